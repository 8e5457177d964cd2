//! RLP written by hand, so that it can be written wrongly, and signatures over it.

use crate::support::Wallet;
use alloy_primitives::{B256, keccak256};
use secp256k1::{Message, SECP256K1, SecretKey};

/// A byte string or a list.
#[derive(Debug, Clone)]
pub(crate) enum Item {
    Bytes(Vec<u8>),
    List(Vec<Self>),
    /// Bytes that are put as they are.
    Raw(Vec<u8>),
}

impl Item {
    /// A number without leading zeros.
    pub(crate) fn number(number: u128) -> Self {
        let bytes = number.to_be_bytes();
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        Self::Bytes(bytes[zeros..].to_vec())
    }

    /// A word without leading zeros.
    pub(crate) fn word(word: B256) -> Self {
        let zeros = word.iter().take_while(|byte| **byte == 0).count();
        Self::Bytes(word[zeros..].to_vec())
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) if bytes.len() == 1 && bytes[0] < 0x80 => bytes.clone(),
            Self::Bytes(bytes) => headed(0x80, bytes.clone()),
            Self::List(items) => headed(0xc0, items.iter().flat_map(Self::encode).collect()),
            Self::Raw(bytes) => bytes.clone(),
        }
    }
}

/// A payload with its head.
pub(crate) fn headed(offset: u8, payload: Vec<u8>) -> Vec<u8> {
    let length = payload.len();
    let mut head = if length < 56 {
        vec![offset + u8::try_from(length).unwrap()]
    } else {
        long_head(offset, length, 0)
    };
    head.extend(payload);
    head
}

/// The head of a long payload, with zeros before the length.
pub(crate) fn long_head(offset: u8, length: usize, zeros: usize) -> Vec<u8> {
    let mut bytes = vec![0; zeros];
    bytes.extend(length.to_be_bytes().into_iter().skip_while(|byte| *byte == 0));
    let mut head = vec![offset + 55 + u8::try_from(bytes.len()).unwrap()];
    head.extend(bytes);
    head
}

/// A signature: parity, r and s.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signed {
    pub(crate) parity: bool,
    pub(crate) r: B256,
    pub(crate) s: B256,
}

/// Signs the hash of `bytes`.
pub(crate) fn sign(wallet: &Wallet, bytes: &[u8]) -> Signed {
    let key: B256 = wallet.key().parse().unwrap();
    let key = SecretKey::from_slice(key.as_slice()).unwrap();
    let message = Message::from_digest(keccak256(bytes).0);
    let (id, signature) = SECP256K1.sign_ecdsa_recoverable(&message, &key).serialize_compact();
    Signed {
        parity: i32::from(id) & 1 == 1,
        r: B256::from_slice(&signature[..32]),
        s: B256::from_slice(&signature[32..]),
    }
}
