//! Calls that carry operations, in every way that methods carry them.

use alloy_primitives::hex;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::Meaning;
use crate::object::{call_object, transaction_object};
use crate::transaction::transaction;

/// A call, and what it means.
#[derive(Debug, Clone)]
pub struct Call {
    /// The JSON-RPC method.
    pub method: &'static str,
    /// Its parameters: an array.
    pub params: Value,
    /// A client that serves the method, as it names itself.
    pub client: &'static str,
    /// `call`, `estimate`, `trace`, `send` or `raw`.
    pub kind: &'static str,
    /// Its operations, in the order of its text.
    pub operations: Vec<Meaning>,
}

const GETH: &str = "Geth/v1.17.8-stable-1a2b3c4d/linux-amd64/go1.25.1";
const RETH: &str = "reth/v2.5.1-a1b2c3d4/x86_64-unknown-linux-gnu";
const BESU: &str = "besu/v26.8.0/linux-x86_64/openjdk-java-21";

/// A call of any kind. `chain_id` is the chain that signed transactions are for.
pub fn call(chain_id: u64) -> BoxedStrategy<Call> {
    prop_oneof![of_one_object(), of_signed(chain_id), of_several()].boxed()
}

/// A call with one object.
pub fn of_one_object() -> BoxedStrategy<Call> {
    let called = proptest::sample::select(vec![
        ("eth_call", "call", GETH),
        ("eth_estimateGas", "estimate", GETH),
        ("eth_createAccessList", "estimate", GETH),
        ("debug_traceCall", "trace", GETH),
    ]);
    let called = (called, call_object()).prop_map(|((method, kind, client), object)| Call {
        method,
        params: json!([object.value, "latest"]),
        client,
        kind,
        operations: vec![object.meaning],
    });
    let sent = transaction_object().prop_map(|object| Call {
        method: "eth_sendTransaction",
        params: json!([object.value]),
        client: GETH,
        kind: "send",
        operations: vec![object.meaning],
    });
    prop_oneof![3 => called, 1 => sent].boxed()
}

/// A call with signed transactions: alone, several, in a bundle, in a bundle within a bundle.
pub fn of_signed(chain_id: u64) -> BoxedStrategy<Call> {
    (vec(transaction(chain_id), 1..4), 0..5_u8)
        .prop_map(|(mut transactions, how)| {
            if how < 2 {
                transactions.truncate(1);
            }
            let operations: Vec<_> = transactions.iter().map(|signed| signed.meaning.clone()).collect();
            let texts: Vec<_> = transactions
                .iter()
                .map(|signed| hex::encode_prefixed(&signed.raw))
                .collect();
            let first = texts.first().cloned().unwrap_or_default();
            let (method, params, client) = match how {
                0 => ("eth_sendRawTransaction", json!([first]), GETH),
                1 => ("eth_sendRawTransactionSync", json!([first]), GETH),
                2 => ("debug_batchSendRawTransaction", json!(texts), BESU),
                3 => ("eth_sendBundle", json!([{ "txs": texts, "blockNumber": "0x10" }]), RETH),
                _ => {
                    let body: Vec<_> = texts.iter().map(|tx| json!({ "tx": tx, "canRevert": false })).collect();
                    let inclusion = json!({ "block": "0x10" });
                    let inner = json!({ "version": "v0.1", "inclusion": inclusion, "body": body });
                    let outer = json!({ "version": "v0.1", "inclusion": inclusion, "body": [{ "bundle": inner }] });
                    ("mev_sendBundle", json!([outer]), RETH)
                }
            };
            Call {
                method,
                params,
                client,
                kind: "raw",
                operations,
            }
        })
        .boxed()
}

/// A call with several objects.
pub fn of_several() -> BoxedStrategy<Call> {
    (vec(call_object(), 1..5), 0..3_u8, any::<prop::sample::Index>())
        .prop_map(|(objects, how, cut)| {
            let operations = objects.iter().map(|object| object.meaning.clone()).collect();
            let values: Vec<_> = objects.into_iter().map(|object| object.value).collect();
            // In one block or in two.
            let (first, second) = values.split_at(cut.index(values.len()));
            let blocks = |name: &str| -> Vec<Value> {
                let block = |calls: &[Value]| json!({ name: calls });
                [first, second]
                    .into_iter()
                    .filter(|calls| !calls.is_empty())
                    .map(block)
                    .collect()
            };
            let (method, params, client, kind) = match how {
                0 => (
                    "eth_simulateV1",
                    json!([{ "blockStateCalls": blocks("calls") }, "latest"]),
                    GETH,
                    "call",
                ),
                1 => (
                    "eth_callMany",
                    json!([blocks("transactions"), { "blockNumber": "latest" }]),
                    RETH,
                    "call",
                ),
                _ => {
                    let traced: Vec<_> = values.iter().map(|value| json!([value, ["trace"]])).collect();
                    ("trace_callMany", json!([traced, "latest"]), RETH, "trace")
                }
            };
            Call {
                method,
                params,
                client,
                kind,
                operations,
            }
        })
        .boxed()
}
