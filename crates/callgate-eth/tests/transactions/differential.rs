//! Second and third opinions on types 0, 1 and 2: ethers-core (decoder and k256 recovery) and a field walk over
//! rlp 0.5, both independent of alloy; and alloy's own pooled decoder on all types. What we accept, they read the
//! same way. What they read and we refuse, we refuse for a reason listed here.

use alloy_consensus::transaction::{PooledTransaction, SignerRecoverable, TxEip4844WithSidecar};
use alloy_consensus::{EthereumTxEnvelope, Transaction as _, TxEip1559, TxEip2930, TxLegacy};
use alloy_eips::eip2718::{Decodable2718, Encodable2718};
use alloy_eips::eip2930::{AccessList, AccessListItem};
use alloy_eips::eip7594::BlobTransactionSidecarVariant;
use alloy_primitives::{Address, B256, Bytes, TxKind, U256, hex};
use callgate_eth::transaction::{Field, RawTransaction, TransactionError, TransactionType, decode, decode_hex};
use ethers_core::types::Transaction as EthersTransaction;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::{TO, authorization, eip4844, eip7702, every_kind, sign, with_blob_proofs, with_cell_proofs};

/// Codes of refusals of bytes that ethers-core or the walk still read, and why we are stricter.
const STRICTER: &[(&str, &str)] = &[
    ("trailing_bytes", "C-01: they ignore what follows"),
    ("wrapped", "C-02: they unwrap"),
    ("not_shortest", "C-04: they accept some longer forms"),
    ("leading_zero", "C-04: data read as bytes may start with zeros"),
    ("extra_field", "C-05: they read the fields they know"),
    ("legacy_v", "C-07: they take any v"),
    ("zero_chain_id", "C-09: they take any chain id"),
    ("signature_high_s", "C-10: they normalise"),
    ("signature_r_out_of_range", "C-11: they look at recovery only"),
    ("signature_s_out_of_range", "C-11: they look at recovery only"),
    ("signature_parity", "C-11: they take any parity"),
    ("too_wide", "their numbers are 256 bits wide"),
    ("nonce_exhausted", "C-34: a rule of blocks"),
    ("priority_above_maximum", "a rule of blocks"),
    ("cost_overflow", "C-33: a rule of blocks"),
    ("wrong_length", "C-06, C-35: the walk takes fields of any length"),
];

/// Where rlp 0.5 reads what is not well-formed: it follows items past the end of their list, its iterator stops
/// silently at an item it cannot read (access lists), and it takes a list for bytes (calldata).
fn is_leniency_of_rlp(raw: &[u8], error: &TransactionError) -> bool {
    match error {
        TransactionError::Truncated { .. } | TransactionError::MissingField { .. } if !list_fills_input(raw) => true,
        TransactionError::UnexpectedList { field, .. }
        | TransactionError::ExpectedList { field, .. }
        | TransactionError::MissingField { field, .. }
        | TransactionError::Truncated { field, .. } => field.name().starts_with("access_list") || *field == Field::Data,
        _ => false,
    }
}

fn list_fills_input(raw: &[u8]) -> bool {
    let mut list = if raw.first().is_some_and(|first| *first < 0x80) {
        &raw[1..]
    } else {
        raw
    };
    alloy_rlp::Header::decode(&mut list).is_ok_and(|header| header.list && header.payload_length == list.len())
}

fn compare(raw: &[u8]) {
    match decode(raw) {
        Ok(decoded) => agree(raw, &decoded),
        Err(error) => {
            let others_read_it = ethers(raw).is_some() || walk(raw).is_some();
            let listed = STRICTER.iter().any(|(code, _)| *code == error.code()) || is_leniency_of_rlp(raw, &error);
            assert!(
                listed || !others_read_it,
                "refused for {} ({error}): {}",
                error.code(),
                hex::encode(raw)
            );
        }
    }
}

fn agree(raw: &[u8], decoded: &RawTransaction) {
    assert_eq!(decoded.bytes(), raw);
    agree_with_alloy(raw, decoded);
    if matches!(
        decoded.transaction_type(),
        TransactionType::Eip4844 | TransactionType::Eip7702
    ) {
        return;
    }
    agree_with_ethers(raw, decoded);
    agree_with_walk(raw, decoded);
}

fn agree_with_alloy(raw: &[u8], decoded: &RawTransaction) {
    type Any = EthereumTxEnvelope<TxEip4844WithSidecar<BlobTransactionSidecarVariant>>;
    let other = Any::decode_2718_exact(raw).expect("alloy reads what we accept");
    assert_eq!(other.encoded_2718(), raw);
    assert_eq!(*other.tx_hash(), decoded.hash());
    assert_eq!(other.recover_signer().ok(), decoded.sender().ok());
    assert_eq!(
        (other.nonce(), other.value(), other.to()),
        (decoded.nonce(), decoded.value(), decoded.to())
    );
    let authorities = other.authorization_list().unwrap_or_default().iter();
    let authorities: Vec<_> = authorities
        .map(|it| {
            it.signature()
                .ok()?
                .recover_address_from_prehash(&it.inner().signature_hash())
                .ok()
        })
        .collect();
    let ours: Vec<_> = decoded.authorizations().iter().map(|it| it.authority().ok()).collect();
    assert_eq!(authorities, ours);
}

fn ethers(raw: &[u8]) -> Option<EthersTransaction> {
    rlp::decode(raw).ok()
}

fn agree_with_ethers(raw: &[u8], decoded: &RawTransaction) {
    let other = ethers(raw).expect("ethers-core reads what we accept");
    let kind = other.transaction_type.map_or(0, |kind| kind.as_u64());
    assert_eq!(kind, decoded.transaction_type() as u64);
    assert_eq!(other.chain_id.map(|id| id.as_u64()), decoded.chain_id());
    assert_eq!(other.nonce.as_u64(), decoded.nonce());
    assert_eq!(other.gas.as_u64(), decoded.gas());
    if kind < 2 {
        assert_eq!(other.gas_price.map(|price| price.as_u128()), decoded.gas_price());
    }
    if kind == 2 {
        assert_eq!(
            other.max_fee_per_gas.map(|fee| fee.as_u128()),
            Some(decoded.max_fee_per_gas())
        );
        assert_eq!(
            other.max_priority_fee_per_gas.map(|fee| fee.as_u128()),
            decoded.max_priority_fee_per_gas()
        );
    }
    assert_eq!(other.to.map(|to| Address::new(to.0)), decoded.to());
    assert_eq!(U256::from_limbs(other.value.0), decoded.value());
    assert_eq!(other.input.as_ref(), decoded.input());
    assert_eq!(
        other.access_list.as_ref().map_or(0, |list| list.0.len()),
        decoded.access_list_len()
    );
    assert_eq!(B256::new(other.hash.0), decoded.hash());
    let sender = other.recover_from().ok().map(|sender| Address::new(sender.0));
    assert_eq!(sender, decoded.sender().ok());
}

/// The payloads of the list by rlp 0.5, `None` for inner lists; type byte first.
struct Walk {
    kind: u8,
    fields: Vec<Option<Vec<u8>>>,
}

/// Reads types 0 to 2 by the number of their fields and nothing else.
fn walk(raw: &[u8]) -> Option<Walk> {
    let (kind, list, expected) = match raw.first()? {
        1 => (1, raw.get(1..)?, 11),
        2 => (2, raw.get(1..)?, 12),
        0xc0.. => (0, raw, 9),
        _ => return None,
    };
    let list = rlp::Rlp::new(list);
    if !list.is_list() || list.item_count().ok()? != expected {
        return None;
    }
    let mut fields = Vec::new();
    for index in 0..expected {
        let item = list.at(index).ok()?;
        let inner_list = kind > 0 && index == expected - 4;
        if inner_list != item.is_list() {
            return None;
        }
        fields.push(if inner_list {
            None
        } else {
            Some(item.data().ok()?.to_vec())
        });
    }
    Some(Walk { kind, fields })
}

fn agree_with_walk(raw: &[u8], decoded: &RawTransaction) {
    let Walk { kind, fields } = walk(raw).expect("the walk reads what we accept");
    assert_eq!(u64::from(kind), decoded.transaction_type() as u64);
    let mut fields = fields.into_iter().flatten();
    let mut next = || fields.next().unwrap();
    let number = |bytes: Vec<u8>| U256::from_be_slice(&bytes);
    if kind > 0 {
        assert_eq!(Some(number(next())), decoded.chain_id().map(U256::from));
    }
    assert_eq!(number(next()), U256::from(decoded.nonce()));
    if kind == 2 {
        assert_eq!(Some(number(next())), decoded.max_priority_fee_per_gas().map(U256::from));
    }
    assert_eq!(number(next()), U256::from(decoded.max_fee_per_gas()));
    assert_eq!(number(next()), U256::from(decoded.gas()));
    assert_eq!(next(), decoded.to().map_or(vec![], |to| to.to_vec()));
    assert_eq!(number(next()), decoded.value());
    assert_eq!(next(), decoded.input());
    let v = number(next());
    if kind == 0 {
        let chain_id = v.checked_sub(U256::from(35)).map(|twice| twice / U256::from(2));
        assert_eq!(chain_id, decoded.chain_id().map(U256::from));
    } else {
        assert!(v <= U256::ONE);
    }
}

#[test]
fn vectors() {
    let text = include_str!("../../../../tests/fixtures/transaction-vectors.json");
    let entries: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
    for entry in entries {
        let raw = hex::decode(entry["raw"].as_str().unwrap()).unwrap();
        compare(&raw);
    }
}

#[test]
fn every_kind_of_transaction() {
    for (_, raw) in every_kind() {
        compare(&raw);
    }
}

#[test]
fn cell_proofs_are_what_alloys_pool_takes() {
    let raw = sign(&with_cell_proofs(eip4844(2), 2));
    let pooled = PooledTransaction::decode_2718_exact(&raw).unwrap();
    assert_eq!(*pooled.tx_hash(), decode(&raw).unwrap().hash());
}

/// A change to the bytes of a valid transaction.
#[derive(Debug, Clone)]
pub(crate) enum Mutation {
    Flip { at: usize, bit: u8 },
    Set { at: usize, byte: u8 },
    Insert { at: usize, byte: u8 },
    Remove { at: usize },
    Cut { at: usize },
    Append { bytes: Vec<u8> },
    Swap { a: usize, b: usize },
}

impl Mutation {
    pub(crate) fn apply(&self, raw: &mut Vec<u8>) {
        let len = raw.len().max(1);
        match self {
            _ if raw.is_empty() => {}
            Self::Flip { at, bit } => raw[at % len] ^= 1 << bit,
            Self::Set { at, byte } => raw[at % len] = *byte,
            Self::Insert { at, byte } => raw.insert(at % len, *byte),
            Self::Remove { at } => drop(raw.remove(at % len)),
            Self::Cut { at } => raw.truncate(at % len),
            Self::Append { bytes } => raw.extend(bytes),
            Self::Swap { a, b } => raw.swap(a % len, b % len),
        }
    }
}

pub(crate) fn mutation() -> impl Strategy<Value = Mutation> {
    let edge = prop_oneof![
        Just(0x00u8),
        Just(0x7f),
        Just(0x80),
        Just(0x81),
        Just(0xb8),
        Just(0xc0),
        Just(0xf8),
        any::<u8>()
    ];
    // Half of the places are in the first bytes, where the headers and numbers are.
    let at = || prop_oneof![0..48usize, any::<usize>()];
    prop_oneof![
        (at(), 0..8u8).prop_map(|(at, bit)| Mutation::Flip { at, bit }),
        (at(), edge.clone()).prop_map(|(at, byte)| Mutation::Set { at, byte }),
        (at(), edge).prop_map(|(at, byte)| Mutation::Insert { at, byte }),
        at().prop_map(|at| Mutation::Remove { at }),
        any::<usize>().prop_map(|at| Mutation::Cut { at }),
        vec(any::<u8>(), 1..4).prop_map(|bytes| Mutation::Append { bytes }),
        (at(), at()).prop_map(|(a, b)| Mutation::Swap { a, b }),
    ]
}

fn kind_of_to() -> impl Strategy<Value = TxKind> {
    prop_oneof![
        Just(TxKind::Create),
        any::<[u8; 20]>().prop_map(|to| TxKind::Call(to.into()))
    ]
}

fn wei() -> impl Strategy<Value = U256> {
    prop_oneof![
        Just(U256::ZERO),
        any::<u64>().prop_map(U256::from),
        any::<u128>().prop_map(U256::from)
    ]
}

fn number() -> impl Strategy<Value = u64> {
    prop_oneof![0..300u64, any::<u32>().prop_map(u64::from), 0..u64::MAX]
}

fn entries() -> impl Strategy<Value = AccessList> {
    let entry = (any::<[u8; 20]>(), vec(any::<[u8; 32]>(), 0..3)).prop_map(|(address, keys)| AccessListItem {
        address: address.into(),
        storage_keys: keys.into_iter().map(B256::from).collect(),
    });
    vec(entry, 0..3).prop_map(AccessList)
}

fn data() -> impl Strategy<Value = Bytes> {
    vec(any::<u8>(), 0..90).prop_map(Bytes::from)
}

pub(crate) fn signed() -> impl Strategy<Value = Vec<u8>> {
    let common = || (number(), number(), kind_of_to(), wei(), data());
    // EIP-155 doubles the chain id into v.
    let chain = proptest::option::of(1..(u64::MAX - 36) / 2);
    let legacy = (chain, any::<u64>(), common()).prop_map(|(chain_id, price, (nonce, gas_limit, to, value, input))| {
        sign(&TxLegacy {
            chain_id,
            nonce,
            gas_price: price.into(),
            gas_limit,
            to,
            value,
            input,
        })
    });
    let eip2930 =
        (1..=u64::MAX, any::<u64>(), common(), entries()).prop_map(|(chain_id, price, common, access_list)| {
            let (nonce, gas_limit, to, value, input) = common;
            sign(&TxEip2930 {
                chain_id,
                nonce,
                gas_price: price.into(),
                gas_limit,
                to,
                value,
                access_list,
                input,
            })
        });
    let eip1559 = (1..=u64::MAX, any::<u128>(), any::<u64>(), common(), entries()).prop_map(
        |(chain_id, maximum, tip, common, access_list)| {
            let (nonce, gas_limit, to, value, input) = common;
            sign(&TxEip1559 {
                chain_id,
                nonce,
                gas_limit,
                max_fee_per_gas: maximum,
                max_priority_fee_per_gas: u128::from(tip).min(maximum),
                to,
                value,
                access_list,
                input,
            })
        },
    );
    prop_oneof![legacy, eip2930, eip1559]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn generated_transactions_are_accepted_and_agreed_on(raw in signed()) {
        agree(&raw, &decode(&raw).expect("generated as valid"));
    }

    #[test]
    fn mutated_transactions_are_agreed_on_or_refused_for_a_listed_reason(
        raw in signed(),
        mutations in vec(vec(mutation(), 1..3), 24),
    ) {
        for steps in mutations {
            let mut raw = raw.clone();
            steps.iter().for_each(|step| step.apply(&mut raw));
            compare(&raw);
        }
    }

    #[test]
    fn mutated_delegations_are_refused_or_read_as_alloy_reads_them(steps in vec(mutation(), 1..3)) {
        let mut raw = sign(&eip7702(vec![authorization(1, TO, 3), authorization(0, TO, 4)]));
        steps.iter().for_each(|step| step.apply(&mut raw));
        if let Ok(decoded) = decode(&raw) {
            agree(&raw, &decoded);
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(kind in 0..6u8, mut bytes in vec(any::<u8>(), 0..300)) {
        touch(&bytes);
        bytes.insert(0, kind);
        touch(&bytes);
    }

    #[test]
    fn arbitrary_text_never_panics(text in any::<String>()) {
        let _ = decode_hex(&text);
        let _ = decode_hex(&format!("0x{text}"));
    }
}

proptest! {
    // Blob transactions are long, so fewer of them.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn mutated_blob_transactions_are_refused_or_read_as_alloy_reads_them(
        cells in any::<bool>(),
        steps in vec(mutation(), 1..3),
    ) {
        let tx = eip4844(1);
        let mut raw = if cells { sign(&with_cell_proofs(tx, 1)) } else { sign(&with_blob_proofs(tx, 1)) };
        steps.iter().for_each(|step| step.apply(&mut raw));
        if let Ok(decoded) = decode(&raw) {
            agree(&raw, &decoded);
        }
    }
}

/// Everything that is computed from a transaction.
fn touch(raw: &[u8]) {
    if let Ok(decoded) = decode(raw) {
        let _ = (
            decoded.sender(),
            decoded.hash(),
            decoded.input(),
            decoded.max_fee_per_gas(),
        );
        for authorization in decoded.authorizations() {
            let _ = authorization.authority();
        }
    }
}
