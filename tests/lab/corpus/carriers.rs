//! Section B: every method of the catalogue that is no plain read, with everything evil that it can carry.

use super::base::payment;
use crate::case::Corpus;
use crate::support::repository;
use crate::world::{EVIL, EVIL_CONTRACT, READ, UNLOCKED};
use serde_json::Value;

/// Methods of development chains and of operators after which a node is another one.
const RUINOUS: &[&str] = &[
    "reset",
    "revert",
    "sethead",
    "automine",
    "setintervalmining",
    "setchainid",
    "setrpcurl",
    "impersonate",
    "stop",
    "setblockgaslimit",
    "setcoinbase",
    "setlogging",
    "dropalltransactions",
    "droptransaction",
    "setmingasprice",
    "setnextblock",
    "increasetime",
    "settime",
    "timestamp",
    "setprevrandao",
    "loadstate",
    "removepool",
    "reorg",
    "rollback",
    "setgaslimit",
    "setgasprice",
    "setetherbase",
    "snapshot",
    "setbalance",
    "setcode",
    "setnonce",
    "setstorage",
    "dealerc20",
    "verbosity",
    "vmodule",
    "setmutexprofile",
    "setblockprofile",
    "addaccount",
    "mine",
    "setdifficulty",
    "setextra",
    "settrie",
    "setgc",
    "start",
];

/// Methods that keep a node busy for long, or that wait for what never comes.
const LONG: &[&str] = &[
    "debug_cpuProfile",
    "debug_blockProfile",
    "debug_goTrace",
    "debug_mutexProfile",
    "admin_sleepBlocks",
    "admin_sleep",
];

pub(super) fn add(corpus: &mut Corpus) {
    let text = std::fs::read_to_string(repository("crates/callgate-eth/data/methods.json")).unwrap();
    let entries: Vec<Value> = serde_json::from_str(&text).unwrap();
    for entry in &entries {
        let method = entry["method"].as_str().unwrap();
        if matches!(entry["access"].as_str(), Some("read" | "subscription")) || LONG.contains(&method) {
            continue;
        }
        let group = match entry["access"].as_str() {
            Some("write") => "B-writes",
            Some("sign") => "B-signs",
            Some("call") => "B-calls",
            _ => "B-administers",
        };
        let params: Vec<_> = entry["params"]
            .as_array()
            .unwrap()
            .iter()
            .map(|param| evil(corpus, param))
            .collect();
        let required = usize::try_from(entry["required"].as_u64().unwrap()).unwrap();
        let body = |params: &[String]| {
            format!(
                r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":[{}]}}"#,
                params.join(",")
            )
        };
        let ruins = RUINOUS.iter().any(|word| method.to_ascii_lowercase().contains(word));
        let mut add = |name: String, body: String| {
            if ruins {
                corpus.add_ruinous(group, name, body);
            } else {
                corpus.add(group, name, body);
            }
        };
        add(method.to_owned(), body(&params));
        if required < params.len() {
            add(format!("{method}, no more than it needs"), body(&params[..required]));
        }
    }
}

/// A parameter of a type, with EVIL in it.
fn evil(corpus: &Corpus, param: &Value) -> String {
    let raw = || payment(&corpus.sender(), EVIL);
    let name = param["name"].as_str().unwrap_or_default();
    match param["type"].as_str().unwrap() {
        "rawTransaction" => format!("\"{}\"", raw()),
        "rawTransactionList" => format!(r#"{{"txs":["{}"],"blockNumber":"0x1"}}"#, raw()),
        "callObject" => format!(r#"{{"to":"{EVIL_CONTRACT}","data":"{READ}"}}"#),
        "callObjectList" => format!(r#"{{"blockStateCalls":[{{"calls":[{{"to":"{EVIL_CONTRACT}","data":"{READ}"}}]}}]}}"#),
        "transactionObject" => format!(
            r#"{{"from":"{UNLOCKED}","to":"{EVIL}","value":"0x5","gas":"0x186a0","gasPrice":"0x77359400","nonce":"0x0"}}"#
        ),
        "address" if name.contains("from") || name.contains("sender") || name.contains("signer") => format!("\"{UNLOCKED}\""),
        "address" => format!("\"{EVIL}\""),
        "quantity" => "\"0x1\"".to_owned(),
        "data" => "\"0x0bad\"".to_owned(),
        "hash" => format!("\"0x{}\"", "0b".repeat(32)),
        "block" => "\"latest\"".to_owned(),
        "boolean" => "true".to_owned(),
        // Whoever takes this for a file finds no directory, and for an address nobody.
        "string" => "\"/nonexistent/x\"".to_owned(),
        "typedData" => {
            r#"{"types":{"EIP712Domain":[{"name":"name","type":"string"}],"Evil":[{"name":"x","type":"uint256"}]},"primaryType":"Evil","domain":{"name":"x"},"message":{"x":"1"}}"#.to_owned()
        }
        "userOperation" => format!(
            r#"{{"sender":"{EVIL}","nonce":"0x0","initCode":"0x","callData":"0x","callGasLimit":"0x1","verificationGasLimit":"0x1","preVerificationGas":"0x1","maxFeePerGas":"0x1","maxPriorityFeePerGas":"0x1","paymasterAndData":"0x","signature":"0x"}}"#
        ),
        _ => "{}".to_owned(),
    }
}
