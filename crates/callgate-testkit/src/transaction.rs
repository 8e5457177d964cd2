//! Signed transactions.

use alloy_consensus::transaction::{RlpEcdsaEncodableTx, SignableTransaction, TxEip4844WithSidecar};
use alloy_consensus::{TxEip1559, TxEip2930, TxEip4844, TxEip7702, TxLegacy};
use alloy_eips::eip2930::{AccessList, AccessListItem};
use alloy_eips::eip4844::{Blob, BlobTransactionSidecar, Bytes48, kzg_to_versioned_hash};
use alloy_eips::eip7594::BlobTransactionSidecarVariant;
use alloy_eips::eip7702::{Authorization, SignedAuthorization};
use alloy_primitives::{Address, B256, Bytes, Signature, TxKind, U256};
use alloy_signer::SignerSync as _;
use alloy_signer_local::PrivateKeySigner;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::Meaning;

/// A transaction as it is sent, and what it says.
#[derive(Debug, Clone)]
pub struct SignedTransaction {
    /// The encoding of EIP-2718.
    pub raw: Vec<u8>,
    /// Its type: 0 to 4.
    pub kind: u8,
    /// What it does; `from` is who signed.
    pub meaning: Meaning,
    /// None for a legacy transaction that is not protected (EIP-155).
    pub chain_id: Option<u64>,
    /// Its number among those of its sender.
    pub nonce: u64,
}

/// What all types have.
#[derive(Debug, Clone)]
struct Common {
    nonce: u64,
    gas: u64,
    price: u64,
    to: TxKind,
    value: U256,
    input: Bytes,
    entries: AccessList,
    key: u8,
}

/// A key of few, so that senders meet again.
fn signer(key: u8) -> PrivateKeySigner {
    PrivateKeySigner::from_bytes(&B256::repeat_byte(key % 16 + 1)).expect("a small number is a key")
}

/// A transaction of any type. `chain_id` is the chain that protected ones are for.
pub fn transaction(chain_id: u64) -> impl Strategy<Value = SignedTransaction> {
    let delegations = vec((any::<u8>(), any::<[u8; 20]>(), any::<u32>()), 1..3);
    // Blobs are long: few transactions have them.
    (common(), 0..21_u8, delegations).prop_map(move |(common, which, delegations)| match which {
        0 => eip4844(&common, chain_id),
        1..5 => legacy(&common, Some(chain_id)),
        5..9 => legacy(&common, None),
        9..13 => eip2930(&common, chain_id),
        13..17 => eip1559(&common, chain_id),
        _ => eip7702(&common, chain_id, &delegations),
    })
}

fn common() -> impl Strategy<Value = Common> {
    let to = prop_oneof![
        1 => Just(TxKind::Create),
        4 => any::<[u8; 20]>().prop_map(|to| TxKind::Call(to.into())),
    ];
    let value = prop_oneof![
        Just(U256::ZERO),
        any::<u64>().prop_map(U256::from),
        any::<u128>().prop_map(U256::from)
    ];
    let entry = (any::<[u8; 20]>(), vec(any::<[u8; 32]>(), 0..3)).prop_map(|(address, keys)| AccessListItem {
        address: address.into(),
        storage_keys: keys.into_iter().map(B256::from).collect(),
    });
    (
        prop_oneof![0..300_u64, 0..u64::MAX],
        prop_oneof![21_000..1_000_000_u64, any::<u32>().prop_map(u64::from)],
        any::<u64>(),
        to,
        value,
        vec(any::<u8>(), 0..90),
        vec(entry, 0..3),
        any::<u8>(),
    )
        .prop_map(|(nonce, gas, price, to, value, input, entries, key)| Common {
            nonce,
            gas,
            price,
            to,
            value,
            input: input.into(),
            entries: AccessList(entries),
            key,
        })
}

fn legacy(common: &Common, chain_id: Option<u64>) -> SignedTransaction {
    let transaction = TxLegacy {
        chain_id,
        nonce: common.nonce,
        gas_price: common.price.into(),
        gas_limit: common.gas,
        to: common.to,
        value: common.value,
        input: common.input.clone(),
    };
    seal(&transaction, 0, common, chain_id)
}

fn eip2930(common: &Common, chain_id: u64) -> SignedTransaction {
    let transaction = TxEip2930 {
        chain_id,
        nonce: common.nonce,
        gas_price: common.price.into(),
        gas_limit: common.gas,
        to: common.to,
        value: common.value,
        access_list: common.entries.clone(),
        input: common.input.clone(),
    };
    seal(&transaction, 1, common, Some(chain_id))
}

fn eip1559(common: &Common, chain_id: u64) -> SignedTransaction {
    let transaction = TxEip1559 {
        chain_id,
        nonce: common.nonce,
        gas_limit: common.gas,
        max_fee_per_gas: common.price.into(),
        max_priority_fee_per_gas: u128::from(common.price) / 2,
        to: common.to,
        value: common.value,
        access_list: common.entries.clone(),
        input: common.input.clone(),
    };
    seal(&transaction, 2, common, Some(chain_id))
}

/// The same but for creations, which types 3 and 4 cannot be.
fn directed(common: &Common) -> (Address, Common) {
    let to = common.to.to().copied().unwrap_or_default();
    let common = Common {
        to: TxKind::Call(to),
        ..common.clone()
    };
    (to, common)
}

/// In the form in which it is sent: with its sidecar. Commitment and proof are no points.
fn eip4844(common: &Common, chain_id: u64) -> SignedTransaction {
    let (to, common) = directed(common);
    let commitment = Bytes48::repeat_byte(0xc0);
    let tx = TxEip4844 {
        chain_id,
        nonce: common.nonce,
        gas_limit: common.gas,
        max_fee_per_gas: common.price.into(),
        max_priority_fee_per_gas: u128::from(common.price) / 2,
        to,
        value: common.value,
        access_list: common.entries.clone(),
        blob_versioned_hashes: vec![kzg_to_versioned_hash(commitment.as_slice())],
        max_fee_per_blob_gas: common.price.into(),
        input: common.input.clone(),
    };
    let sidecar = BlobTransactionSidecar::new(vec![Blob::ZERO], vec![commitment], vec![Bytes48::ZERO]);
    let sidecar = BlobTransactionSidecarVariant::Eip4844(sidecar);
    let mut signed = seal(&TxEip4844WithSidecar { tx, sidecar }, 3, &common, Some(chain_id));
    signed.meaning.blobs = 1;
    signed
}

fn eip7702(common: &Common, chain_id: u64, delegations: &[(u8, [u8; 20], u32)]) -> SignedTransaction {
    let (to, common) = directed(common);
    let authorize = |(key, delegate, nonce): &(u8, [u8; 20], u32)| -> (Address, SignedAuthorization) {
        let authorization = Authorization {
            chain_id: U256::from(chain_id),
            address: delegate.into(),
            nonce: (*nonce).into(),
        };
        let authority = signer(*key);
        let signature = authority
            .sign_hash_sync(&authorization.signature_hash())
            .expect("a key signs");
        (authority.address(), authorization.into_signed(signature))
    };
    let signed: Vec<_> = delegations.iter().map(authorize).collect();
    let told = signed
        .iter()
        .map(|(authority, signed)| (*authority, *signed.address()))
        .collect();
    let transaction = TxEip7702 {
        chain_id,
        nonce: common.nonce,
        gas_limit: common.gas,
        max_fee_per_gas: common.price.into(),
        max_priority_fee_per_gas: u128::from(common.price) / 2,
        to,
        value: common.value,
        access_list: common.entries.clone(),
        authorization_list: signed.into_iter().map(|(_, signed)| signed).collect(),
        input: common.input.clone(),
    };
    let mut signed = seal(&transaction, 4, &common, Some(chain_id));
    signed.meaning.delegations = told;
    signed
}

fn seal<T: SignableTransaction<Signature> + RlpEcdsaEncodableTx>(
    transaction: &T,
    kind: u8,
    common: &Common,
    chain_id: Option<u64>,
) -> SignedTransaction {
    let signer = signer(common.key);
    let signature = signer
        .sign_hash_sync(&transaction.signature_hash())
        .expect("a key signs");
    let mut raw = Vec::new();
    transaction.eip2718_encode(&signature, &mut raw);
    SignedTransaction {
        raw,
        kind,
        meaning: Meaning {
            from: Some(signer.address()),
            to: common.to.to().copied(),
            value: common.value,
            input: common.input.to_vec(),
            accessed: if kind == 0 { 0 } else { common.entries.0.len() },
            ..Meaning::default()
        },
        chain_id,
        nonce: common.nonce,
    }
}
