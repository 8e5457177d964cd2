//! The examples that are published with the methods, among them those of execution-apis, read where they are installed:
//! every one of a method that a node or signer serves is understood.

use crate::support::tools::{self, need};
use callgate_eth::{Client, Context, catalogue, understand};
use callgate_rpc::{Limits, Request, Tape, parse};
use serde_json::{Value, json};

const NO_SPECIFICATION: &str = "the published examples are missing: tests/tools/install flows";

/// Methods of wallets that no node, signer or bundler serves: they ask a person, or the wallet about itself.
const OF_WALLETS: [&str; 13] = [
    "eth_decrypt",
    "eth_getEncryptionPublicKey",
    "wallet_addEthereumChain",
    "wallet_getGrantedExecutionPermissions",
    "wallet_getPermissions",
    "wallet_getSupportedExecutionPermissions",
    "wallet_registerOnboarding",
    "wallet_requestExecutionPermissions",
    "wallet_requestPermissions",
    "wallet_revokePermissions",
    "wallet_scanQRCode",
    "wallet_switchEthereumChain",
    "wallet_watchAsset",
];

/// Examples that no node understands, and why.
const OF_NO_NODE: [(&str, &str); 2] = [
    (
        "eth_getProof example",
        "a storage key has a letter that is no hex digit",
    ),
    (
        "wallet_getCapabilities example",
        "with parameters only wallets serve it",
    ),
];

/// What a geth says that it is; a node that says nothing is one that nobody knows.
const GETH: &str = "Geth/v1.17.8-stable-1a2b3c4d/linux-amd64/go1.25.1";

/// Chain ids of the examples; most say nothing about theirs.
const MAINNET: u64 = 1;
const SEPOLIA: u64 = 11_155_111;

fn specification() -> Option<Value> {
    let path = tools::directory().join("flows-js/node_modules/@metamask/api-specs/dist/build/openrpc.json");
    let text = std::fs::read_to_string(path).ok()?;
    Some(serde_json::from_str(&text).unwrap())
}

#[test]
fn every_published_example_is_understood() {
    let specification = need!(specification(), NO_SPECIFICATION);
    let (mut examples, mut refusals) = (0, Vec::new());
    for method in specification["methods"].as_array().unwrap() {
        let name = method["name"].as_str().unwrap();
        if OF_WALLETS.contains(&name) {
            assert!(catalogue::method(name).is_none(), "{name} is served after all");
            continue;
        }
        assert!(catalogue::method(name).is_some(), "{name} is not in the catalogue");
        for example in method["examples"].as_array().into_iter().flatten() {
            examples += 1;
            for client in ["", GETH] {
                let outcome = understood(name, example, client);
                let exception = OF_NO_NODE.iter().find(|(name, _)| example["name"] == *name);
                match (outcome, exception) {
                    (Ok(()), None) | (Err(_), Some(_)) => {}
                    (Ok(()), Some((_, why))) => refusals.push(format!("{name} passes though {why}")),
                    (Err(error), None) => refusals.push(format!("{name}: {error}\n  {example}")),
                }
            }
        }
    }
    assert!(refusals.is_empty(), "{}", refusals.join("\n"));
    assert!(examples > 40, "only {examples} examples");
}

fn understood(method: &str, example: &Value, client: &str) -> Result<(), String> {
    let params: Vec<_> = example["params"]
        .as_array()
        .unwrap()
        .iter()
        .map(|param| param["value"].clone())
        .collect();
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
    let chain_id = if method == "wallet_sendCalls" { SEPOLIA } else { MAINNET };
    let context = Context {
        chain_id: Some(chain_id),
        client: Client::of_text(client),
    };
    let mut tape = Tape::new();
    match parse(body.as_bytes(), &mut tape, &Limits::default()) {
        Ok(Request::Single(Ok(call))) => understand(&call, &context).map(drop).map_err(|error| error.to_string()),
        other => Err(format!("{other:?}")),
    }
}
