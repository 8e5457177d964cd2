//! What six libraries ask in their ordinary flows, as recorded in `tests/fixtures/flows`: every call is understood for
//! every kind of node, and what is written in its place means the same.
//!
//! What may differ, and nothing else: the letter case of hex; `data` and `input`, which are two names of one thing;
//! `from`, `chainId`, `type` and a block that were left out and are written out; what says nothing and is left out (an
//! empty filter member, the notes of web3.js); the spelling of numbers that have two.

use callgate_eth::{Client, Context, Dialect, Handle, Reason, understand};
use callgate_rpc::{Call, Limits, Request, Tape, Writer, parse};
use serde_json::{Map, Value, json};

use crate::support::NEWEST;

/// The recordings, each with its library's version on the first line.
const RECORDINGS: [&str; 6] = [
    include_str!("../../../../tests/fixtures/flows/cast.jsonl"),
    include_str!("../../../../tests/fixtures/flows/ethers.jsonl"),
    include_str!("../../../../tests/fixtures/flows/hardhat.jsonl"),
    include_str!("../../../../tests/fixtures/flows/viem.jsonl"),
    include_str!("../../../../tests/fixtures/flows/web3js.jsonl"),
    include_str!("../../../../tests/fixtures/flows/web3py.jsonl"),
];

/// The nodes they are asked of, by their dialects: the newest of each.
const NODES: [Dialect; 5] = [
    Dialect::Geth,
    Dialect::Anvil,
    Dialect::Hardhat,
    Dialect::Reth,
    Dialect::Besu,
];

/// Those on which the flows were recorded: nothing that they were asked is refused.
const RECORDED: [Dialect; 2] = [Dialect::Geth, Dialect::Anvil];

/// anvil's chain, where they were recorded.
const CHAIN: u64 = 31_337;

#[test]
fn every_call_of_every_flow_is_understood_and_keeps_its_meaning() {
    for recording in RECORDINGS {
        let mut lines = recording.lines();
        let version = lines.next().unwrap();
        let mut bodies = 0;
        for body in lines {
            bodies += 1;
            let asked: Value = serde_json::from_str(body).unwrap();
            let mut tape = Tape::new();
            match parse(body.as_bytes(), &mut tape, &Limits::default()) {
                Ok(Request::Single(Ok(call))) => check(version, &call, &asked),
                Ok(Request::Batch(batch)) => batch
                    .iter()
                    .zip(asked.as_array().unwrap())
                    .for_each(|(call, asked)| check(version, &call.unwrap(), asked)),
                other => panic!("{version}: {body} is not read: {other:?}"),
            }
        }
        assert!(bodies > 30, "{version} has only {bodies} bodies");
    }
}

fn check(version: &str, call: &Call<'_>, asked: &Value) {
    let asked = asked["params"].as_array().cloned().unwrap_or_default();
    for client in NEWEST.map(Client::of_text) {
        if !NODES.contains(&client.dialect) {
            continue;
        }
        let context = Context {
            chain_id: Some(CHAIN),
            client,
        };
        let place = format!("{version} {} at {client}", call.method());
        let understood = match understand(call, &context) {
            Ok(understood) => understood,
            // Another node would leave a part of it unread: nobody's flow on that node.
            Err(error) if error.reason() == Reason::NotRead && !RECORDED.contains(&client.dialect) => continue,
            Err(error) => panic!("{place}: {error}\n{}", json!(asked)),
        };
        let mut text = Vec::new();
        understood.write(&mut Writer::new(&mut text), understood.handle().map(Handle::text));
        let written: Vec<Value> = serde_json::from_slice(&text).unwrap();
        if let Err(difference) = same_params(call.method(), &asked, &written) {
            panic!(
                "{place}: {difference}\n  asked {}\n  written {}",
                json!(asked),
                json!(written)
            );
        }
    }
}

/// Parameter by parameter; behind the last one, a block may be written that was left out.
fn same_params(method: &str, asked: &[Value], written: &[Value]) -> Result<(), String> {
    for (place, asked) in asked.iter().enumerate() {
        match written.get(place) {
            Some(written) => same(method, asked, written)?,
            None if asked.is_null() => {}
            None => return Err(format!("{asked} is lost")),
        }
    }
    match written.get(asked.len()..).unwrap_or_default() {
        [] => Ok(()),
        [block] if block == "latest" || block == "pending" => Ok(()),
        // A subscription to logs gets its filter written out.
        [filter] if method == "eth_subscribe" && *filter == json!({}) => Ok(()),
        more => Err(format!("{} came out of nothing", json!(more))),
    }
}

fn same(method: &str, asked: &Value, written: &Value) -> Result<(), String> {
    let differ = || Err(format!("{asked} became {written}"));
    match (asked, written) {
        (Value::Object(asked), Value::Object(written)) => same_members(method, asked, written),
        (Value::Array(asked), Value::Array(written)) if asked.len() == written.len() => asked
            .iter()
            .zip(written)
            .try_for_each(|(asked, written)| same(method, asked, written)),
        (Value::String(asked), Value::String(written)) if lower(asked) == lower(written) => Ok(()),
        // Typed data as JSON in a string.
        (Value::String(text), Value::Object(_)) if method.starts_with("eth_signTypedData") => {
            same(method, &serde_json::from_str(text).unwrap(), written)
        }
        // The number of blocks of a fee history.
        (Value::Number(number), Value::String(quantity)) if method == "eth_feeHistory" => {
            let same = number.as_u64().map(|number| format!("{number:#x}")) == Some(quantity.clone());
            if same { Ok(()) } else { differ() }
        }
        // A block by its number, as an object with nothing else in it.
        (Value::Object(block), Value::String(_)) if block.len() == 1 && block.contains_key("blockNumber") => {
            same(method, &block["blockNumber"], written)
        }
        _ if asked == written => Ok(()),
        _ => differ(),
    }
}

fn same_members(method: &str, asked: &Map<String, Value>, written: &Map<String, Value>) -> Result<(), String> {
    let (asked, written) = (one_spelling(asked), one_spelling(written));
    for (name, value) in &asked {
        match written.get(name) {
            Some(written) => same(method, value, written)?,
            None if says_nothing(method, name, value) => {}
            None => return Err(format!("`{name}` is lost")),
        }
    }
    for (name, value) in &written {
        if !asked.contains_key(name) && !is_written_out(name, value) {
            return Err(format!("`{name}` came out of nothing: {value}"));
        }
    }
    Ok(())
}

/// Names in lower-case hex, and the calldata under one name.
fn one_spelling(members: &Map<String, Value>) -> Map<String, Value> {
    let mut spelled = Map::new();
    for (name, value) in members {
        let name = if name == "input" { "data" } else { name };
        let other = spelled.insert(lower(name), value.clone());
        assert!(other.is_none_or(|other| other == *value), "`{name}` has two values");
    }
    spelled
}

/// What is left out when it is written.
fn says_nothing(method: &str, name: &str, value: &Value) -> bool {
    match name {
        // A creation; any address, any topics.
        "to" | "address" | "topics" if value.is_null() || *value == json!([]) => true,
        // The range of a subscription to everything that is to come.
        "fromBlock" => method == "eth_subscribe" && value == "earliest",
        "toBlock" => method == "eth_subscribe" && value == "latest",
        // What web3.js tells itself.
        "chain" | "hardfork" | "networkId" => true,
        _ => false,
    }
}

/// What is written though it was left out.
fn is_written_out(name: &str, value: &Value) -> bool {
    match name {
        "from" => *value == format!("0x{:040}", 0),
        "chainId" => *value == format!("{CHAIN:#x}"),
        "type" => ["0x0", "0x1", "0x2"].iter().any(|kind| value == kind),
        "fromBlock" | "toBlock" => value == "latest",
        _ => false,
    }
}

/// Hex in lower case; all other text as it is.
fn lower(text: &str) -> String {
    if text.starts_with("0x") {
        text.to_ascii_lowercase()
    } else {
        text.to_owned()
    }
}
