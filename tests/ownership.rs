//! Filters and subscriptions belong to the principal that made them; ids are ours.

use crate::support::policy::{OPERATOR, SHOP, usual};
use crate::support::tools::need;
use crate::support::{Client, Node, Socket};
use serde_json::json;

#[tokio::test]
async fn only_the_owner_polls_reads_and_removes_a_filter() {
    let node = need!(Node::anvil().await, "anvil is missing: tests/tools/install anvil");
    let callgate = usual().start(&node.url()).ready().await;
    let owner = Client::new(&callgate.url()).bearer(SHOP);
    let other = Client::new(&callgate.url()).bearer(OPERATOR);
    let filter = owner.call("eth_newBlockFilter", json!([])).await.result();
    let theirs = node.call("eth_newBlockFilter", json!([])).await;
    assert_ne!(filter, theirs);
    node.call("evm_mine", json!([])).await;
    let polled = owner.call("eth_getFilterChanges", json!([filter])).await.result();
    assert_eq!(polled.as_array().map(Vec::len), Some(1), "{polled}");
    for method in ["eth_getFilterChanges", "eth_uninstallFilter"] {
        let answer = other.call(method, json!([filter])).await;
        assert!(answer.json().get("error").is_some(), "{method}: {answer:?}");
        let guess = owner.call(method, json!([theirs])).await;
        assert!(
            guess.json().get("error").is_some(),
            "{method} of the node's own id: {guess:?}"
        );
    }
    assert_eq!(owner.call("eth_uninstallFilter", json!([filter])).await.result(), true);
    assert!(
        owner
            .call("eth_getFilterChanges", json!([filter]))
            .await
            .json()
            .get("error")
            .is_some()
    );
}

#[tokio::test]
async fn a_filter_made_over_http_is_polled_over_websocket_by_the_same_principal() {
    let node = need!(Node::anvil().await, "anvil is missing: tests/tools/install anvil");
    let callgate = usual().start(&node.url()).ready().await;
    let filter = Client::new(&callgate.url())
        .bearer(SHOP)
        .call("eth_newBlockFilter", json!([]))
        .await
        .result();
    let mut mine = Socket::bearer(&callgate.ws_url(), SHOP).await;
    assert!(mine.call("eth_getFilterChanges", json!([filter])).await["result"].is_array());
    let mut theirs = Socket::bearer(&callgate.ws_url(), OPERATOR).await;
    assert!(
        theirs
            .call("eth_getFilterChanges", json!([filter]))
            .await
            .get("error")
            .is_some()
    );
}

#[tokio::test]
async fn nobody_ends_a_subscription_of_another_socket() {
    let node = need!(Node::anvil().await, "anvil is missing: tests/tools/install anvil");
    let callgate = usual().start(&node.url()).ready().await;
    let mut owner = Socket::bearer(&callgate.ws_url(), SHOP).await;
    let id = owner.call("eth_subscribe", json!(["newHeads"])).await["result"].clone();
    let mut other = Socket::bearer(&callgate.ws_url(), OPERATOR).await;
    assert!(other.call("eth_unsubscribe", json!([id])).await.get("error").is_some());
    node.call("evm_mine", json!([])).await;
    assert_eq!(owner.message().await.unwrap()["params"]["subscription"], id);
}
