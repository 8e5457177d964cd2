//! The published vectors. Whoever changes what we accept or refuse has to change a list here, with the reason.

use callgate_eth::transaction::decode_hex;
use serde_json::Value;

/// Valid by their source, refused by us, with the code of the refusal.
const VALID_BUT_REFUSED: &[(&str, &str, &str)] = &[
    (
        "ethereum-tests/ttEIP1559/GasLimitPriceProductOverflowtMinusOne",
        "too_wide",
        FEE,
    ),
    ("ethereum-tests/ttGasPrice/TransactionWithHighGasPrice", "too_wide", FEE),
    (
        "ethereum-tests/ttValue/TransactionWithHighValue",
        "cost_overflow",
        "nobody can pay what 256 bits cannot hold",
    ),
    ("rpc-test-chain/block-042/tx-00", "missing_sidecar", BLOCK_FORM),
    ("rpc-test-chain/block-048/tx-00", "missing_sidecar", BLOCK_FORM),
    ("rpc-test-chain/block-051/tx-00", "missing_sidecar", BLOCK_FORM),
    ("rpc-test-chain/block-053/tx-02", "missing_sidecar", BLOCK_FORM),
];
const FEE: &str = "fees are 128 bits wide: more wei per gas than there are";
const BLOCK_FORM: &str = "blob transactions are submitted in network form, with their sidecar";

/// Invalid by their source, decoded by us, and who refuses instead.
const INVALID_BUT_DECODED: &[(&str, &str, RefusedBy)] = &[
    (
        "ethereum-tests/ttData/dataTx_bcValidBlockTestFrontier",
        "INTRINSIC_GAS_TOO_LOW",
        RefusedBy::Node,
    ),
    (
        "ethereum-tests/ttEIP2028/DataTestInsufficientGas2028",
        "INTRINSIC_GAS_TOO_LOW",
        RefusedBy::Node,
    ),
    (
        "ethereum-tests/ttEIP3860/DataTestNotEnoughGasInitCode",
        "INTRINSIC_GAS_TOO_LOW",
        RefusedBy::Node,
    ),
    (
        "ethereum-tests/ttRSValue/TransactionWithRvalueHigh",
        "EC_RECOVERY_FAIL",
        RefusedBy::Sender,
    ),
    (
        "ethereum-tests/ttRSValue/RightVRSTestF0000000b",
        "INVALID_CHAINID",
        RefusedBy::ChainCheck,
    ),
    (
        "ethereum-tests/ttSignature/Vitalik_16",
        "INVALID_CHAINID",
        RefusedBy::ChainCheck,
    ),
    (
        "ethereum-tests/ttVValue/V_overflow64bitSigned",
        "INVALID_CHAINID",
        RefusedBy::ChainCheck,
    ),
    (
        "ethereum-tests/ttVValue/V_wrongvalue_121",
        "INVALID_CHAINID",
        RefusedBy::ChainCheck,
    ),
    (
        "ethereum-tests/ttVValue/V_wrongvalue_123",
        "INVALID_CHAINID",
        RefusedBy::ChainCheck,
    ),
    (
        "ethereum-tests/ttVValue/V_wrongvalue_ff",
        "INVALID_CHAINID",
        RefusedBy::ChainCheck,
    ),
    (
        "ethereum-tests/ttVValue/WrongVRSTestVEqual39",
        "INVALID_CHAINID",
        RefusedBy::ChainCheck,
    ),
];

#[derive(PartialEq)]
enum RefusedBy {
    /// The node: intrinsic gas depends on the fork.
    Node,
    /// Recovery, as soon as a rule asks for the sender.
    Sender,
    /// `understand`: the chain id is not that of the context, 1 in these vectors.
    ChainCheck,
}

struct Vector {
    name: String,
    raw: String,
    valid: bool,
    reason: Option<String>,
    sender: Option<String>,
    hash: Option<String>,
    kind: Option<u64>,
    chain_id: Option<u64>,
}

fn vectors() -> Vec<Vector> {
    let text = include_str!("../../../../tests/fixtures/transaction-vectors.json");
    let entries: Vec<Value> = serde_json::from_str(text).unwrap();
    let string = |entry: &Value, member: &str| entry[member].as_str().map(str::to_owned);
    entries
        .iter()
        .map(|entry| Vector {
            name: string(entry, "name").unwrap(),
            raw: string(entry, "raw").unwrap(),
            valid: entry["valid"].as_bool().unwrap(),
            reason: string(entry, "reason"),
            sender: string(entry, "sender"),
            hash: string(entry, "hash"),
            kind: entry["type"].as_u64(),
            chain_id: entry["chainId"].as_u64(),
        })
        .collect()
}

#[test]
fn every_vector_is_there() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 144);
    assert_eq!(vectors.iter().filter(|vector| vector.valid).count(), 64);
    for (name, ..) in VALID_BUT_REFUSED {
        assert!(
            vectors.iter().any(|vector| vector.name == *name && vector.valid),
            "{name}"
        );
    }
    for (name, ..) in INVALID_BUT_DECODED {
        assert!(
            vectors.iter().any(|vector| vector.name == *name && !vector.valid),
            "{name}"
        );
    }
}

#[test]
fn valid_vectors_decode_to_their_sender_hash_and_chain() {
    for vector in vectors().iter().filter(|vector| vector.valid) {
        let name = &vector.name;
        let decoded = decode_hex(&vector.raw);
        if let Some((_, code, why)) = VALID_BUT_REFUSED.iter().find(|(named, ..)| named == name) {
            assert_eq!(decoded.expect_err(name).code(), *code, "{name}: {why}");
            continue;
        }
        let decoded = decoded.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(
            Some(format!("{:#x}", decoded.sender().unwrap())),
            vector.sender,
            "{name}"
        );
        assert_eq!(Some(format!("{:#x}", decoded.hash())), vector.hash, "{name}");
        assert_eq!(decoded.chain_id(), vector.chain_id, "{name}");
        assert_eq!(Some(decoded.transaction_type() as u64), vector.kind, "{name}");
    }
}

#[test]
fn invalid_vectors_are_refused_here_or_by_a_named_other() {
    for vector in vectors().iter().filter(|vector| !vector.valid) {
        let name = &vector.name;
        let exception = INVALID_BUT_DECODED.iter().find(|(named, ..)| named == name);
        let (decoded, (_, reason, refused_by)) = match (decode_hex(&vector.raw), exception) {
            (Err(_), None) => continue,
            (Ok(decoded), Some(exception)) => (decoded, exception),
            (Ok(_), None) => panic!("{name} ({:?}) must be refused", vector.reason),
            (Err(error), Some(_)) => panic!("{name} is refused now: {error}"),
        };
        assert_eq!(vector.reason.as_deref(), Some(*reason), "{name}");
        match refused_by {
            RefusedBy::Node => assert!(decoded.sender().is_ok(), "{name}"),
            RefusedBy::Sender => assert!(decoded.sender().is_err(), "{name}"),
            RefusedBy::ChainCheck => assert!(decoded.chain_id().is_some_and(|id| id != 1), "{name}"),
        }
    }
}

#[test]
fn valid_vectors_decode_from_bytes_as_from_text_of_either_case() {
    for vector in vectors().iter().filter(|vector| vector.valid) {
        let upper = format!("0x{}", vector.raw.trim_start_matches("0x").to_uppercase());
        let hash = |text: &str| decode_hex(text).map(|decoded| decoded.hash());
        assert_eq!(hash(&upper), hash(&vector.raw), "{}", vector.name);
    }
}
