//! The demo's wallets: well-known development keys, and raw transactions signed with them in this process.

use alloy_consensus::{SignableTransaction, TxEip1559, TxEnvelope};
use alloy_eips::eip2718::Encodable2718;
use alloy_primitives::{Address, Signature, TxKind, U256, address, hex, keccak256};
use secp256k1::{Message, PublicKey, SECP256K1, SecretKey};

/// The third development account: the payee that the demo's policy lists.
pub(super) const PAYEE: Address = address!("3c44cdddb6a900fa2b585dd299e03d12fa4293bc");

/// A wallet whose key is public: the second and fourth development accounts of anvil and Hardhat (mnemonic
/// "test test test test test test test test test test test junk").
pub(super) struct Wallet(SecretKey);

impl Wallet {
    /// The wallet that the demo's application may pay from.
    pub(super) fn application() -> anyhow::Result<Self> {
        Self::from_hex("59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d")
    }

    /// Somebody else's wallet.
    pub(super) fn stranger() -> anyhow::Result<Self> {
        Self::from_hex("7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6")
    }

    fn from_hex(key: &str) -> anyhow::Result<Self> {
        Ok(Self(SecretKey::from_slice(&hex::decode(key)?)?))
    }

    /// The address of this wallet: the last 20 bytes of the hash of its public key.
    pub(super) fn address(&self) -> Address {
        let point = PublicKey::from_secret_key(SECP256K1, &self.0).serialize_uncompressed();
        let hash = keccak256(point.get(1..).unwrap_or_default());
        Address::from_slice(hash.get(12..).unwrap_or_default())
    }

    /// A signed EIP-1559 payment of `value` wei, as `eth_sendRawTransaction` takes it.
    pub(super) fn pay(&self, chain_id: u64, nonce: u64, to: Address, value: U256) -> anyhow::Result<String> {
        let payment = TxEip1559 {
            chain_id,
            nonce,
            gas_limit: 21_000,
            max_fee_per_gas: 20_000_000_000,
            max_priority_fee_per_gas: 1_000_000_000,
            to: TxKind::Call(to),
            value,
            ..TxEip1559::default()
        };
        let digest = Message::from_digest(payment.signature_hash().0);
        let (recovery, compact) = SECP256K1.sign_ecdsa_recoverable(&digest, &self.0).serialize_compact();
        let signature = Signature::from_bytes_and_parity(&compact, i32::from(recovery) == 1);
        Ok(hex::encode_prefixed(
            TxEnvelope::from(payment.into_signed(signature)).encoded_2718(),
        ))
    }
}
