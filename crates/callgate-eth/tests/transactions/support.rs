//! Makes signed transactions of every type with alloy, and takes raw ones apart and together again, also wrongly.

use alloy_consensus::transaction::{RlpEcdsaEncodableTx, TxEip4844WithSidecar};
use alloy_consensus::{SignableTransaction, TxEip1559, TxEip2930, TxEip4844, TxEip7702, TxLegacy};
use alloy_eips::eip2930::{AccessList, AccessListItem};
use alloy_eips::eip4844::{Blob, BlobTransactionSidecar, Bytes48, kzg_to_versioned_hash};
use alloy_eips::eip7594::{BlobTransactionSidecarEip7594, BlobTransactionSidecarVariant, CELLS_PER_EXT_BLOB};
use alloy_eips::eip7702::{Authorization, SignedAuthorization};
use alloy_primitives::{Address, B256, Bytes, Signature, TxKind, U256, address, uint};
use alloy_signer::SignerSync;
use alloy_signer_local::PrivateKeySigner;
use callgate_eth::transaction::{RawTransaction, TransactionError, decode};

/// The order of secp256k1.
pub(crate) const ORDER: U256 = uint!(0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141_U256);

pub(crate) const TO: Address = address!("00000000000000000000000000000000000000aa");

/// The key that signs transactions unless said otherwise.
pub(crate) fn sender() -> PrivateKeySigner {
    PrivateKeySigner::from_bytes(&B256::repeat_byte(0x11)).unwrap()
}

/// A second key, for authorizations.
pub(crate) fn authority() -> PrivateKeySigner {
    PrivateKeySigner::from_bytes(&B256::repeat_byte(0x22)).unwrap()
}

pub(crate) fn sign<T: SignableTransaction<Signature> + RlpEcdsaEncodableTx>(transaction: &T) -> Vec<u8> {
    let signature = sender().sign_hash_sync(&transaction.signature_hash()).unwrap();
    let mut raw = Vec::new();
    transaction.eip2718_encode(&signature, &mut raw);
    raw
}

pub(crate) fn legacy(chain_id: Option<u64>) -> TxLegacy {
    TxLegacy {
        chain_id,
        nonce: 7,
        gas_price: 20_000_000_000,
        gas_limit: 90_000,
        to: TxKind::Call(TO),
        value: U256::from(1_000_000),
        input: calldata(),
    }
}

pub(crate) fn eip2930() -> TxEip2930 {
    TxEip2930 {
        chain_id: 1,
        nonce: 7,
        gas_price: 20_000_000_000,
        gas_limit: 90_000,
        to: TxKind::Call(TO),
        value: U256::from(1_000_000),
        access_list: access_list(),
        input: calldata(),
    }
}

pub(crate) fn eip1559() -> TxEip1559 {
    TxEip1559 {
        chain_id: 1,
        nonce: 7,
        gas_limit: 90_000,
        max_fee_per_gas: 20_000_000_000,
        max_priority_fee_per_gas: 1_000_000_000,
        to: TxKind::Call(TO),
        value: U256::from(1_000_000),
        access_list: access_list(),
        input: calldata(),
    }
}

/// Without sidecar: the block form.
pub(crate) fn eip4844(blobs: usize) -> TxEip4844 {
    TxEip4844 {
        chain_id: 1,
        nonce: 7,
        gas_limit: 90_000,
        max_fee_per_gas: 20_000_000_000,
        max_priority_fee_per_gas: 1_000_000_000,
        to: TO,
        value: U256::from(1_000_000),
        access_list: access_list(),
        blob_versioned_hashes: commitments(blobs)
            .iter()
            .map(|it| kzg_to_versioned_hash(it.as_slice()))
            .collect(),
        max_fee_per_blob_gas: 3,
        input: calldata(),
    }
}

/// A network form with one proof per blob. Commitments and proofs are no points: structure only.
pub(crate) fn with_blob_proofs(tx: TxEip4844, blobs: usize) -> TxEip4844WithSidecar<BlobTransactionSidecarVariant> {
    let sidecar = BlobTransactionSidecar::new(blob_list(blobs), commitments(blobs), proofs(blobs));
    TxEip4844WithSidecar {
        tx,
        sidecar: BlobTransactionSidecarVariant::Eip4844(sidecar),
    }
}

/// A network form with one proof per cell.
pub(crate) fn with_cell_proofs(tx: TxEip4844, blobs: usize) -> TxEip4844WithSidecar<BlobTransactionSidecarVariant> {
    let cell_proofs = proofs(blobs * CELLS_PER_EXT_BLOB);
    let sidecar = BlobTransactionSidecarEip7594::new(blob_list(blobs), commitments(blobs), cell_proofs);
    TxEip4844WithSidecar {
        tx,
        sidecar: BlobTransactionSidecarVariant::Eip7594(sidecar),
    }
}

pub(crate) fn eip7702(authorizations: Vec<SignedAuthorization>) -> TxEip7702 {
    TxEip7702 {
        chain_id: 1,
        nonce: 7,
        gas_limit: 90_000,
        max_fee_per_gas: 20_000_000_000,
        max_priority_fee_per_gas: 1_000_000_000,
        to: TO,
        value: U256::from(1_000_000),
        access_list: access_list(),
        authorization_list: authorizations,
        input: calldata(),
    }
}

/// Signed by `authority()`.
pub(crate) fn authorization(chain_id: u64, delegate: Address, nonce: u64) -> SignedAuthorization {
    let authorization = Authorization {
        chain_id: U256::from(chain_id),
        address: delegate,
        nonce,
    };
    let signature = authority().sign_hash_sync(&authorization.signature_hash()).unwrap();
    authorization.into_signed(signature)
}

/// One signed transaction of every type and form, by name.
pub(crate) fn every_kind() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("unprotected", sign(&legacy(None))),
        ("legacy", sign(&legacy(Some(1)))),
        ("eip2930", sign(&eip2930())),
        ("eip1559", sign(&eip1559())),
        ("blob proofs", sign(&with_blob_proofs(eip4844(2), 2))),
        ("cell proofs", sign(&with_cell_proofs(eip4844(2), 2))),
        ("eip7702", sign(&eip7702(vec![authorization(1, TO, 3)]))),
    ]
}

pub(crate) fn refusal(raw: &[u8]) -> TransactionError {
    decode(raw).expect_err("must be refused")
}

pub(crate) fn accepted(raw: &[u8]) -> RawTransaction {
    decode(raw).unwrap_or_else(|error| panic!("must decode: {error}"))
}

fn calldata() -> Bytes {
    let mut data = vec![0xa9, 0x05, 0x9c, 0xbb];
    data.extend([0x01; 64]);
    data.into()
}

fn access_list() -> AccessList {
    AccessList(vec![AccessListItem {
        address: TO,
        storage_keys: vec![B256::ZERO, B256::repeat_byte(9)],
    }])
}

fn blob_list(count: usize) -> Vec<Blob> {
    (0..count)
        .map(|index| Blob::repeat_byte(u8::try_from(index).unwrap()))
        .collect()
}

fn commitments(count: usize) -> Vec<Bytes48> {
    (0..count)
        .map(|index| Bytes48::repeat_byte(0xc0 + u8::try_from(index).unwrap()))
        .collect()
}

fn proofs(count: usize) -> Vec<Bytes48> {
    vec![Bytes48::repeat_byte(0xee); count]
}

/// A raw transaction as its type byte and the items of its list, to be changed and put together again.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) kind: Option<u8>,
    pub(crate) items: Vec<Item>,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Item {
    Bytes(Vec<u8>),
    List(Vec<Item>),
    /// Put into the list as it is: for encodings no encoder writes.
    Verbatim(Vec<u8>),
}

impl Parts {
    pub(crate) fn of(raw: &[u8]) -> Self {
        let kind = (raw[0] < 0x80).then_some(raw[0]);
        let list = rlp::Rlp::new(&raw[usize::from(kind.is_some())..]);
        let Item::List(items) = Item::of(&list) else {
            panic!("not a list")
        };
        Self { kind, items }
    }

    pub(crate) fn with(&self, index: usize, item: Item) -> Vec<u8> {
        let mut changed = self.clone();
        changed.items[index] = item;
        changed.raw()
    }

    pub(crate) fn with_bytes(&self, index: usize, bytes: &[u8]) -> Vec<u8> {
        self.with(index, Item::Bytes(bytes.to_vec()))
    }

    pub(crate) fn without(&self, index: usize) -> Vec<u8> {
        let mut changed = self.clone();
        changed.items.remove(index);
        changed.raw()
    }

    pub(crate) fn plus(&self, item: Item) -> Vec<u8> {
        let mut changed = self.clone();
        changed.items.push(item);
        changed.raw()
    }

    pub(crate) fn raw(&self) -> Vec<u8> {
        let mut raw: Vec<u8> = self.kind.into_iter().collect();
        raw.extend(Item::List(self.items.clone()).encode());
        raw
    }
}

impl Item {
    fn of(rlp: &rlp::Rlp<'_>) -> Self {
        if rlp.is_list() {
            Self::List(rlp.iter().map(|item| Self::of(&item)).collect())
        } else {
            Self::Bytes(rlp.data().unwrap().to_vec())
        }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) if bytes.len() == 1 && bytes[0] < 0x80 => bytes.clone(),
            Self::Bytes(bytes) => with_header(0x80, bytes),
            Self::List(items) => with_header(0xc0, &items.iter().flat_map(Self::encode).collect::<Vec<_>>()),
            Self::Verbatim(bytes) => bytes.clone(),
        }
    }

    pub(crate) fn list(&self) -> &[Item] {
        let Self::List(items) = self else { panic!("not a list") };
        items
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        let Self::Bytes(bytes) = self else { panic!("not bytes") };
        bytes
    }
}

/// The item with its length spelled longer than needed.
pub(crate) fn long_form(bytes: &[u8], base: u8) -> Vec<u8> {
    let mut out = vec![base + 0x38, u8::try_from(bytes.len()).unwrap()];
    out.extend(bytes);
    out
}

fn with_header(base: u8, payload: &[u8]) -> Vec<u8> {
    let length = payload.len().to_be_bytes();
    let length: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    let mut out = match u8::try_from(payload.len()) {
        Ok(short) if short < 56 => vec![base + short],
        _ => [vec![base + 0x37 + u8::try_from(length.len()).unwrap()], length].concat(),
    };
    out.extend(payload);
    out
}
