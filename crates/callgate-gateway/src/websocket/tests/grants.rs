//! A socket ends with its grant, and follows the policy as long as it has one.

use std::time::{Duration, Instant};

use serde_json::json;

use super::client::{Socket, gateway};
use super::node::{WsNode, news};
use crate::testing::{Running, credentials_without, key, policy};

fn replace(gateway: &Running, file: &str, text: &str) {
    let next = gateway.directory.path().join(format!("{file}.next"));
    std::fs::write(&next, text).unwrap();
    std::fs::rename(next, gateway.directory.path().join(file)).unwrap();
}

// D-34
#[tokio::test]
async fn a_revoked_credential_closes_its_sockets_only() {
    let node = WsNode::obedient().await;
    let gateway = gateway(&node, "").await;
    let mut bob = Socket::open(&gateway, &[("x-api-key", &key("bob"))]).await.unwrap();
    let mut alice = Socket::of_alice(&gateway).await;
    alice.subscribe().await;
    bob.subscribe().await;
    replace(&gateway, "credentials.yaml", &credentials_without("bob"));
    assert_eq!(bob.closed().await, Some(4403));
    assert_eq!(
        Socket::open(&gateway, &[("x-api-key", &key("bob"))]).await.err(),
        Some(401)
    );
    assert!(alice.call("eth_blockNumber", &json!([])).await["result"].is_string());
}

#[tokio::test]
async fn a_credential_that_no_mapping_names_any_more_closes_its_sockets() {
    let node = WsNode::obedient().await;
    let gateway = gateway(&node, "").await;
    let mut socket = Socket::of_alice(&gateway).await;
    socket.subscribe().await;
    replace(
        &gateway,
        "policy.yaml",
        &policy(&node.upstreams()).replace("alice|bob", "bob"),
    );
    assert_eq!(socket.closed().await, Some(4403));
    let lines = gateway.audit().await;
    let closed = lines.iter().find(|line| line["event"] == "connection_closed").unwrap();
    assert_eq!(
        (&closed["reason"], &closed["code"]),
        (&json!("no_mapping"), &json!(4403))
    );
}

#[tokio::test]
async fn a_credential_closes_its_sockets_when_its_time_is_over() {
    let node = WsNode::obedient().await;
    let gateway = gateway(&node, "").await;
    let mut socket = Socket::of_alice(&gateway).await;
    socket.subscribe().await;
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let end = now.as_secs() + 3;
    let entry = credentials_without("bob").replace("id: alice,", &format!("id: alice, expires: {end},"));
    replace(&gateway, "credentials.yaml", &entry);
    let started = Instant::now();
    assert_eq!(socket.closed().await, Some(4401));
    assert!(started.elapsed() < Duration::from_secs(10));
    let over = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    assert!(over.as_secs() >= end && over.as_secs() <= end + 2, "{over:?} {end}");
}

#[tokio::test]
async fn open_sockets_are_judged_by_the_new_policy() {
    let node = WsNode::obedient().await;
    let gateway = gateway(&node, "").await;
    let mut socket = Socket::of_alice(&gateway).await;
    let logs = json!({ "address": ["0x1111111111111111111111111111111111111111"], "topics": [null, [format!("0x{:064x}", 1)]] });
    let ours = socket.call("eth_subscribe", &json!(["logs", logs])).await["result"].clone();
    assert!(ours.is_string());
    assert_eq!(socket.call("txpool_status", &json!([])).await["error"]["code"], -32004);
    let wider = policy(&node.upstreams()).replace("    tx:", "    namespaces: { txpool: true }\n    tx:");
    replace(&gateway, "policy.yaml", &wider);
    while socket.call("txpool_status", &json!([])).await["error"].is_object() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    node.push(&news("0xfeed", r#"{"n":1}"#));
    assert_eq!(
        socket.json().await["params"]["subscription"],
        ours,
        "what is still granted goes on"
    );
}

#[tokio::test]
async fn a_socket_does_not_stay_with_a_node_that_was_replaced() {
    let (old, new) = (WsNode::obedient().await, WsNode::obedient().await);
    let gateway = gateway(&old, "").await;
    let mut idle = Socket::of_alice(&gateway).await;
    idle.call("eth_blockNumber", &json!([])).await;
    let mut subscribed = Socket::of_alice(&gateway).await;
    subscribed.subscribe().await;
    replace(&gateway, "policy.yaml", &policy(&new.upstreams()));
    assert_eq!(subscribed.closed().await, Some(1012));
    idle.call("eth_blockNumber", &json!([])).await;
    assert_eq!(new.methods(), ["eth_blockNumber"]);
}
