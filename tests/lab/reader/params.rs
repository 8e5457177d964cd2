//! Parameters as the execution APIs have them: as many as the method has, hexadecimal in the one right form, and objects
//! of members that are known, each said once.

use super::json::folded;
use crate::support::repository;
use alloy_consensus::transaction::SignerRecoverable;
use alloy_consensus::{Transaction, TxEnvelope};
use alloy_eips::eip2718::{Decodable2718, Encodable2718};
use alloy_primitives::{U256, hex};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::OnceLock;

/// The members of objects that the execution APIs and the clients of the lab know.
const MEMBERS: &[&str] = &[
    "from",
    "to",
    "value",
    "data",
    "input",
    "gas",
    "gasPrice",
    "maxFeePerGas",
    "maxPriorityFeePerGas",
    "maxFeePerBlobGas",
    "nonce",
    "chainId",
    "type",
    "accessList",
    "authorizationList",
    "blobVersionedHashes",
    "blobs",
    "commitments",
    "proofs",
    "address",
    "storageKeys",
    "yParity",
    "r",
    "s",
    "v",
    "hash",
    "blockHash",
    "blockNumber",
    "requireCanonical",
    "fromBlock",
    "toBlock",
    "topics",
    "balance",
    "code",
    "state",
    "stateDiff",
    "movePrecompileToAddress",
    "number",
    "time",
    "timestamp",
    "gasLimit",
    "coinbase",
    "feeRecipient",
    "prevRandao",
    "baseFeePerGas",
    "blobBaseFee",
    "difficulty",
    "random",
    "withdrawals",
    "blockOverrides",
    "stateOverrides",
    "blockStateCalls",
    "calls",
    "validation",
    "traceTransfers",
    "returnFullTransactions",
    "tracer",
    "tracerConfig",
    "timeout",
    "reexec",
    "enableMemory",
    "disableStorage",
    "disableStack",
    "enableReturnData",
    "onlyTopCall",
    "withLog",
    "diffMode",
    "limit",
    "txIndex",
    "blockOverride",
    "transactions",
    "transactionIndex",
    "txs",
    "tx",
    "transactionHashes",
    "version",
    "inclusion",
    "block",
    "body",
    "bundle",
    "canRevert",
    "stateBlockNumber",
];

/// A method of the catalogue: its parameters' types and how many must be there.
struct Method {
    types: Vec<String>,
    required: usize,
    is_variadic: bool,
}

fn method(name: &str) -> Option<&'static Method> {
    static METHODS: OnceLock<HashMap<String, Method>> = OnceLock::new();
    let read = || {
        let text = std::fs::read_to_string(repository("crates/callgate-eth/data/methods.json")).unwrap();
        let entries: Vec<Value> = serde_json::from_str(&text).unwrap();
        let of_entry = |entry: &Value| {
            let params = entry["params"].as_array().unwrap();
            let method = Method {
                types: params
                    .iter()
                    .map(|param| param["type"].as_str().unwrap().to_owned())
                    .collect(),
                required: usize::try_from(entry["required"].as_u64().unwrap()).unwrap(),
                is_variadic: params.iter().any(|param| param["variadic"] == true),
            };
            (entry["method"].as_str().unwrap().to_owned(), method)
        };
        entries.iter().map(of_entry).collect()
    };
    METHODS.get_or_init(read).get(name)
}

/// The parameters of a method, or nothing when they are not what it takes.
pub(super) fn read(name: &str, params: Vec<Value>) -> Option<Vec<Value>> {
    let method = method(name)?;
    if params.len() < method.required || (params.len() > method.types.len() && !method.is_variadic) {
        return None;
    }
    for (place, param) in params.iter().enumerate() {
        let kind = method.types.get(place).or(method.types.last())?;
        if param.is_null() && place >= method.required {
            continue;
        }
        if !is_of(kind, param) || !is_plain(param) {
            return None;
        }
    }
    Some(params)
}

fn is_of(kind: &str, param: &Value) -> bool {
    let text = param.as_str();
    match kind {
        "address" => text.is_some_and(|text| is_hex_of(text, 20)),
        "hash" => text.is_some_and(|text| is_hex_of(text, 32)),
        "data" => text.is_some_and(is_bytes),
        "quantity" => text.map_or(param.is_u64(), is_quantity),
        "boolean" => param.is_boolean(),
        "block" => match param {
            Value::String(text) => is_block(text),
            Value::Object(members) => members.contains_key("blockHash") != members.contains_key("blockNumber"),
            _ => false,
        },
        "rawTransaction" => text.is_some_and(|text| transaction(text).is_some()),
        "callObject" | "transactionObject" | "filter" | "stateOverride" | "blockOverride" | "traceConfig" => {
            param.is_object()
        }
        _ => true,
    }
}

fn is_block(text: &str) -> bool {
    ["latest", "earliest", "pending", "safe", "finalized"].contains(&text) || is_quantity(text) || is_hex_of(text, 32)
}

/// Whether every object in it is of known members with values in their right form.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().all(is_plain),
        Value::Object(members) => is_plain_object(members),
        _ => true,
    }
}

fn is_plain_object(members: &Map<String, Value>) -> bool {
    let right = |(name, value): (&String, &Value)| match name.as_str() {
        _ if value.is_null() => true,
        "value"
        | "gas"
        | "gasPrice"
        | "maxFeePerGas"
        | "maxPriorityFeePerGas"
        | "maxFeePerBlobGas"
        | "nonce"
        | "chainId"
        | "type"
        | "blockNumber"
        | "gasLimit" => value.as_str().is_some_and(is_quantity),
        "from" | "to" => value.as_str().is_some_and(|text| is_hex_of(text, 20)),
        "data" | "input" | "code" => value.as_str().is_some_and(is_bytes),
        "fromBlock" | "toBlock" => value.as_str().is_some_and(is_block),
        "requireCanonical" | "validation" | "traceTransfers" | "returnFullTransactions" => value.is_boolean(),
        "accessList" | "authorizationList" => is_list_of_objects(value) && is_plain(value),
        _ => is_plain(value),
    };
    let known = |name: &String| {
        MEMBERS.contains(&name.as_str())
            || is_hex_of(name, 20)
            || is_hex_of(name, 32) && !MEMBERS.iter().any(|member| folded(member) == folded(name))
    };
    let bytes = |name| members.get(name).filter(|value| !value.is_null());
    let agree = match (bytes("data"), bytes("input")) {
        (Some(data), Some(input)) => data == input,
        _ => true,
    };
    members.keys().all(known) && members.iter().all(right) && agree
}

fn is_list_of_objects(value: &Value) -> bool {
    value.as_array().is_some_and(|items| items.iter().all(Value::is_object))
}

fn is_hex_of(text: &str, bytes: usize) -> bool {
    is_bytes(text) && text.len() == 2 + 2 * bytes
}

fn is_bytes(text: &str) -> bool {
    text.strip_prefix("0x")
        .is_some_and(|digits| digits.len() % 2 == 0 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn is_quantity(text: &str) -> bool {
    text.strip_prefix("0x").is_some_and(|digits| {
        (1..=64).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
            && (digits == "0" || !digits.starts_with('0'))
    })
}

/// A raw transaction of a type that Ethereum has, in its one encoding, with a signature that recovers.
fn transaction(text: &str) -> Option<TxEnvelope> {
    let bytes = is_bytes(text).then(|| hex::decode(text).ok())??;
    let transaction = TxEnvelope::decode_2718_exact(&bytes).ok()?;
    let is_canonical = transaction.encoded_2718() == bytes;
    let has_sender = transaction.recover_signer().is_ok();
    (is_canonical && has_sender).then_some(transaction)
}

/// What a call would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Operation {
    /// Whether it is a signed transaction; else an object.
    pub(crate) is_raw: bool,
    pub(crate) from: Option<String>,
    /// None for a creation.
    pub(crate) to: Option<String>,
    pub(crate) value: U256,
    pub(crate) input: Vec<u8>,
    /// Whether it does more than its parts say: code is given away, state or block are others.
    pub(crate) does_more: bool,
}

/// The operations of a call, wherever they stand: every raw transaction and every object that says whom it calls, or with what.
pub(crate) fn operations(params: &[Value]) -> Vec<Operation> {
    let mut found = Vec::new();
    let is_other_world = params.iter().any(changes_the_world);
    for param in params {
        find(param, is_other_world, &mut found);
    }
    found
}

fn find(value: &Value, is_other_world: bool, found: &mut Vec<Operation>) {
    match value {
        Value::String(text) => found.extend(transaction(text).map(|transaction| Operation {
            is_raw: true,
            from: transaction.recover_signer().ok().map(|from| format!("{from:#x}")),
            to: transaction.to().map(|to| format!("{to:#x}")),
            value: transaction.value(),
            input: transaction.input().to_vec(),
            does_more: transaction.authorization_list().is_some() || is_other_world,
        })),
        Value::Array(items) => items.iter().for_each(|item| find(item, is_other_world, found)),
        Value::Object(members) if ["to", "data", "input"].iter().any(|name| members.contains_key(*name)) => {
            found.push(object(value, is_other_world));
        }
        Value::Object(members) => members.values().for_each(|value| find(value, is_other_world, found)),
        _ => {}
    }
}

/// Whether it overrides something of the state or of the block, anywhere.
fn changes_the_world(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(changes_the_world),
        Value::Object(members) => members.iter().any(|(name, value)| {
            let says_something = value.as_object().is_some_and(|members| !members.is_empty());
            let overrides =
                is_hex_of(name, 20) || ["stateOverrides", "blockOverrides", "blockOverride"].contains(&name.as_str());
            let is_block = [
                "time",
                "timestamp",
                "number",
                "coinbase",
                "feeRecipient",
                "baseFeePerGas",
            ]
            .contains(&name.as_str());
            overrides && says_something || is_block || changes_the_world(value)
        }),
        _ => false,
    }
}

fn object(call: &Value, is_other_world: bool) -> Operation {
    let text = |name: &str| call[name].as_str().map(str::to_ascii_lowercase);
    Operation {
        is_raw: false,
        from: text("from"),
        to: text("to"),
        value: text("value").map_or(U256::ZERO, |value| value.parse().unwrap()),
        input: text("input")
            .or_else(|| text("data"))
            .map_or_else(Vec::new, |input| hex::decode(input).unwrap()),
        does_more: call.get("authorizationList").is_some() || is_other_world,
    }
}
