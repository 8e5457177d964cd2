//! Every parameter form that the execution-apis specification allows, in requests of our own
//! (`tests/fixtures/execution-apis-examples.jsonl`), is understood.
//!
//! What the specification allows and is not among them, as it is never taken:
//! - memory, a deadline or a limit of steps in a trace configuration, and tracers that are not built in;
//! - blobs in transactions that the node signs or completes;
//! - withdrawals in simulated blocks, which not every client reads, and `prevRandao` as a number, which geth does not;
//! - `eth_getBlockTransactionCountByHash` and `…ByNumber` about no block.

use callgate_eth::{Reason, catalogue};
use serde_json::Value;
use std::collections::BTreeSet;

use crate::support::{NODE, client, written_for};

const EXAMPLES: &str = include_str!("../../../../tests/fixtures/execution-apis-examples.jsonl");

#[test]
fn every_form_the_specification_allows_is_understood() {
    let (mut methods, mut not_read) = (BTreeSet::new(), Vec::new());
    for line in EXAMPLES.lines() {
        let example: Value = serde_json::from_str(line).unwrap();
        let (method, params) = (example["method"].as_str().unwrap(), example["params"].to_string());
        assert!(catalogue::method(method).is_some(), "{method} is not in the catalogue");
        let reth = client("reth/v2.5.1-a1b2c3d4/x86_64-unknown-linux-gnu");
        for context in [NODE, reth] {
            match written_for(&context, method, &params) {
                Err(error) if error.reason() == Reason::NotRead => {
                    not_read.push((context.client.to_string(), method.to_owned()));
                }
                Err(error) => panic!("{} refuses {line}: {error}", context.client),
                Ok(_) => {}
            }
        }
        methods.insert(method.to_owned());
    }
    // Since 1.14.9 geth signs a transaction with a gas price as a legacy one, without the access list beside it.
    let dropped =
        ["eth_sendTransaction", "eth_signTransaction"].map(|method| ("geth 1.17.8".to_owned(), method.to_owned()));
    assert_eq!(not_read, dropped);
    assert!(methods.len() > 60, "only {} methods have examples", methods.len());
}
