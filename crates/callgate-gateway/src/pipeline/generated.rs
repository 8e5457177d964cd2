//! Generated batches through the whole gateway: the node sees exactly the calls that a rule allows, in their order, and every
//! call is answered and recorded.

use callgate_testkit::object::{Object, call_object};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::testing::{Node, Running};

/// The one that the policy of the tests allows to be called.
const PAYEE: &str = "0x1111111111111111111111111111111111111111";

/// How many batches are tried.
const BATCHES: usize = 40;

/// Objects of which about half call the payee.
fn objects() -> impl Strategy<Value = Vec<Object>> {
    let object = (call_object(), any::<bool>()).prop_map(|(mut object, is_allowed)| {
        if is_allowed {
            object.value["to"] = PAYEE.into();
            object.meaning.to = PAYEE.parse().ok();
        }
        object
    });
    vec(object, 1..6)
}

#[tokio::test]
async fn the_node_sees_exactly_what_is_allowed_of_generated_batches() {
    let node = Node::obedient().await;
    let gateway = Running::before(&node).await;
    let mut runner = TestRunner::deterministic();
    let (mut asked, mut expected) = (0, Vec::new());
    for _ in 0..BATCHES {
        let objects = objects().new_tree(&mut runner).unwrap().current();
        let call = |(id, object): (usize, &Object)| json!({ "jsonrpc": "2.0", "id": id, "method": "eth_call", "params": [object.value, "latest"] });
        let batch: Vec<_> = objects.iter().enumerate().map(call).collect();
        let answers = gateway.post(&Value::Array(batch).to_string()).await.json();
        let answers = answers.as_array().unwrap();
        assert_eq!(answers.len(), objects.len());
        for (id, (answer, object)) in answers.iter().zip(&objects).enumerate() {
            let is_allowed = object.meaning.to == PAYEE.parse().ok();
            assert_eq!(answer["id"], id);
            assert_eq!(
                answer.get("result").is_some(),
                is_allowed,
                "{answer} to {}",
                object.value
            );
            if is_allowed {
                expected.push(object.meaning.input.clone());
            }
        }
        asked += objects.len();
    }
    let sent: Vec<_> = node
        .seen()
        .iter()
        .map(|seen| serde_json::from_str::<Value>(&seen.body).unwrap())
        .filter_map(|body| body.as_array().cloned())
        .flatten()
        .map(|call| {
            assert_eq!(call["params"][0]["to"], PAYEE);
            let object = &call["params"][0];
            let input = object["input"].as_str().or(object["data"].as_str()).unwrap_or("0x");
            alloy_primitives::hex::decode(input).unwrap()
        })
        .collect();
    assert_eq!(sent, expected, "sent as generated, in their order");
    assert_eq!(gateway.calls().await.len(), asked, "a line for each");
}
