//! What the benches read and judge: calls, a signed transaction, policies of any size.
#![allow(dead_code, reason = "each bench uses its part")]

use alloy_consensus::{SignableTransaction, TxEip1559, TxEnvelope};
use alloy_eips::eip2718::Encodable2718;
use alloy_primitives::{Address, TxKind, U256};
use alloy_signer::SignerSync;
use alloy_signer_local::PrivateKeySigner;
use callgate_eth::{Client, Context, Dialect, Understood, Version, understand};
use callgate_policy::{Compiled, Inputs, Section, Subject, compile, read};
use callgate_rpc::{Call, Limits, Request, Tape};
use std::collections::HashMap;
use std::fmt::Write;
use std::time::Duration;

/// The contract that calls and transactions go to.
pub(crate) const TARGET: &str = "0x1111111111111111111111111111111111111111";

/// Chain 1, a geth.
pub(crate) const CONTEXT: Context = Context {
    chain_id: Some(1),
    client: Client {
        dialect: Dialect::Geth,
        version: Some(Version::new(1, 17, 8)),
    },
};

/// Criterion with times so short that all benches together take about two minutes.
pub(crate) fn criterion() -> criterion::Criterion {
    criterion::Criterion::default()
        .warm_up_time(Duration::from_millis(400))
        .measurement_time(Duration::from_millis(1200))
        .configure_from_args()
}

/// An `eth_call` of 255 bytes, as wallets send it.
pub(crate) fn eth_call() -> String {
    calling(TARGET, &"ab".repeat(36))
}

/// An `eth_call` of a contract with this calldata behind the selector of `balanceOf(address)`.
pub(crate) fn calling(to: &str, data: &str) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","id":4711,"method":"eth_call","params":[{{"from":"0x00000000000000000000000000000000000000aa","to":"{to}","data":"0x70a08231{data}"}},"latest"]}}"#
    )
}

/// An `eth_simulateV1` of this many calls in one block, with state overrides.
pub(crate) fn simulation(calls: usize) -> String {
    let call = |n: usize| {
        format!(
            r#"{{"from":"0x00000000000000000000000000000000000000aa","to":"0x{n:040x}","data":"0x70a08231{}"}}"#,
            "ab".repeat(36)
        )
    };
    let calls: Vec<_> = (1..=calls).map(call).collect();
    format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"eth_simulateV1","params":[{{"blockStateCalls":[{{"stateOverrides":{{"{TARGET}":{{"balance":"0xde0b6b3a7640000"}}}},"calls":[{}]}}]}},"latest"]}}"#,
        calls.join(",")
    )
}

/// A query for the transfers of a token within 1,000 blocks.
pub(crate) fn logs() -> String {
    format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"eth_getLogs","params":[{{"address":"{TARGET}","fromBlock":"0x1","toBlock":"0x3e8","topics":["0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"]}}]}}"#
    )
}

/// A signed EIP-1559 transfer.
pub(crate) fn raw_transaction() -> Vec<u8> {
    let signer = PrivateKeySigner::from_slice(&[7; 32]).expect("a key");
    let transaction = TxEip1559 {
        chain_id: 1,
        nonce: 7,
        gas_limit: 60_000,
        max_fee_per_gas: 30_000_000_000,
        max_priority_fee_per_gas: 1_000_000_000,
        to: TxKind::Call(TARGET.parse::<Address>().expect("an address")),
        value: U256::from(1_u64),
        access_list: Default::default(),
        input: [&[0xa9, 0x05, 0x9c, 0xbb][..], &[0xab; 64]].concat().into(),
    };
    let signature = signer
        .sign_hash_sync(&transaction.signature_hash())
        .expect("a signature");
    TxEnvelope::from(transaction.into_signed(signature)).encoded_2718()
}

/// The call that sends it.
pub(crate) fn send_raw() -> String {
    let hex = alloy_primitives::hex::encode_prefixed(raw_transaction());
    format!(r#"{{"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransaction","params":["{hex}"]}}"#)
}

/// Parses a body that is one call and hands it on.
pub(crate) fn with_call<R>(body: &str, then: impl FnOnce(&Call<'_>) -> R) -> R {
    let mut tape = Tape::new();
    match callgate_rpc::parse(body.as_bytes(), &mut tape, &Limits::default()) {
        Ok(Request::Single(Ok(call))) => then(&call),
        _ => panic!("no single call: {body}"),
    }
}

/// A call whose parameters are right.
pub(crate) fn understood<'t>(call: &Call<'t>) -> Understood<'t> {
    understand(call, &CONTEXT).unwrap_or_else(|error| panic!("{error}"))
}

/// A policy whose one ruleset has `rules` entries for other contracts and then one for [`TARGET`].
pub(crate) fn policy_with_rules(rules: usize) -> Compiled {
    let mut entries = String::new();
    for n in 0..rules {
        writeln!(
            entries,
            "      - {{ name: rule-{n}, to: \"0x{n:040x}\", function: \"0x70a08231\", call: true }}"
        )
        .expect("a String");
    }
    writeln!(
        entries,
        "      - {{ name: read, to: \"{TARGET}\", function: \"0x70a08231\", call: true }}"
    )
    .expect("a String");
    compiled(&policy("", &entries), String::new())
}

/// A policy whose one entry permits calls to a set of `addresses` contracts, [`TARGET`] among them.
pub(crate) fn policy_with_set(addresses: usize) -> Compiled {
    let mut lines = String::new();
    for n in 1..addresses {
        writeln!(lines, "0x{n:040x}").expect("a String");
    }
    writeln!(lines, "{TARGET}").expect("a String");
    let entry = "      - { name: known, to: { set: known }, function: \"0x70a08231\", call: true }\n";
    compiled(&policy("sets: { known: [ { file: known.txt } ] }\n", entry), lines)
}

/// A policy with templates: the wallets of the claims may be called.
pub(crate) fn policy_with_templates() -> Compiled {
    let entry = "      - { name: own, to: \"{{.wallets}}\", call: true }\n";
    compiled(&policy("", entry), String::new())
}

/// What the policy makes of an application with this id.
pub(crate) fn subject(compiled: &Compiled) -> Subject {
    compiled
        .policy
        .subject(Section::AppCreds, &claims(), None)
        .unwrap_or_else(|error| panic!("{error}"))
}

/// The claims of a caller with two wallets.
pub(crate) fn claims() -> serde_json::Map<String, serde_json::Value> {
    let value = serde_json::json!({ "id": "shop", "wallets": [TARGET, "0x2222222222222222222222222222222222222222"] });
    match value {
        serde_json::Value::Object(claims) => claims,
        other => panic!("{other} is no set of claims"),
    }
}

fn policy(top: &str, entries: &str) -> String {
    format!(
        "{top}appcreds:\n  enabled: true\n  bearer: true\n  credentials: {{ file: c.yaml }}\n  mappings:\n    - {{ claims: {{ id: \".+\" }}, ruleset: apps }}\nrulesets:\n  apps:\n    chain: {{ info: true }}\n    tx:\n{entries}"
    )
}

fn compiled(policy: &str, set: String) -> Compiled {
    let document = read("policy.yaml", policy).unwrap_or_else(|report| panic!("{}", report.render(false)));
    let inputs = Inputs {
        files: HashMap::from([("known.txt".to_owned(), set)]),
    };
    compile(&document, &inputs).unwrap_or_else(|report| panic!("{}", report.render(false)))
}
