//! Every parameter form that the execution-apis specification allows, in requests of our own
//! (`tests/fixtures/execution-apis-examples.jsonl`), is understood.
//!
//! What the specification allows and is not among them, as it is never taken:
//! - memory, a deadline or a limit of steps in a trace configuration, and tracers that are not built in;
//! - blobs in transactions that the node signs or completes;
//! - withdrawals in simulated blocks, which not every client reads, and `prevRandao` as a number, which geth does not;
//! - `eth_getBlockTransactionCountByHash` and `…ByNumber` about no block.

use callgate_eth::{Dialect, catalogue};
use serde_json::Value;
use std::collections::BTreeSet;

use crate::support::{NODE, node, written_for};

const EXAMPLES: &str = include_str!("../../../../tests/fixtures/execution-apis-examples.jsonl");

#[test]
fn every_form_the_specification_allows_is_understood() {
    let mut methods = BTreeSet::new();
    for line in EXAMPLES.lines() {
        let example: Value = serde_json::from_str(line).unwrap();
        let (method, params) = (example["method"].as_str().unwrap(), example["params"].to_string());
        assert!(catalogue::method(method).is_some(), "{method} is not in the catalogue");
        for context in [NODE, node(Dialect::Geth)] {
            if let Err(error) = written_for(&context, method, &params) {
                panic!("{} refuses {line}: {error}", context.dialect.name());
            }
        }
        methods.insert(method.to_owned());
    }
    assert!(methods.len() > 60, "only {} methods have examples", methods.len());
}
