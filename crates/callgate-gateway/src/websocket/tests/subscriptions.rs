//! Subscriptions: ids of ours, the right news to the right client, in order, and their end.

use std::time::Duration;

use serde_json::json;

use super::client::{Socket, gateway};
use super::node::{Act, WsNode, news, obey};
use crate::handles::HandleId;
use crate::testing::policy;
use crate::websocket::limits::{HELD_NEWS, SUBSCRIPTIONS};

#[tokio::test]
async fn news_is_relayed_under_our_id_with_the_nodes_own_words() {
    let node = WsNode::obedient().await;
    let gateway = gateway(&node, "").await;
    let mut socket = Socket::of_alice(&gateway).await;
    let ours = socket.subscribe().await;
    assert!(HandleId::parse(&ours).is_some(), "{ours}");
    node.push(&news("0xfeed", r#"{ "number" : "0x1", "odd":[1.0e5] }"#));
    assert_eq!(
        socket.text().await,
        news(&ours, r#"{ "number" : "0x1", "odd":[1.0e5] }"#)
    );
    let unknown = HandleId::random().unwrap().to_string();
    for id in ["0xfeed", unknown.as_str()] {
        assert!(socket.call("eth_unsubscribe", &json!([id])).await["error"].is_object());
    }
    let mut other = Socket::of_alice(&gateway).await;
    assert!(
        other.call("eth_unsubscribe", &json!([ours])).await["error"].is_object(),
        "it is another socket's"
    );
    assert_eq!(socket.call("eth_unsubscribe", &json!([ours])).await["result"], true);
    assert_eq!(node.seen().last().unwrap()["params"], json!(["0xfeed"]));
    node.push(&news("0xfeed", r#"{"n":1}"#));
    assert!(
        socket.call("eth_unsubscribe", &json!([ours])).await["error"].is_object(),
        "it is gone"
    );
    assert_eq!(
        node.methods()
            .iter()
            .filter(|method| *method == "eth_unsubscribe")
            .count(),
        1
    );
}

// D-37
#[tokio::test]
async fn sockets_of_one_principal_do_not_share_news() {
    let node = WsNode::obedient().await;
    let gateway = gateway(&node, "").await;
    let mut one = Socket::of_alice(&gateway).await;
    let first = one.subscribe().await;
    node.push(&news("0xfeed", r#"{"n":1}"#));
    assert_eq!(one.json().await["params"]["subscription"], first);
    let mut other = Socket::of_alice(&gateway).await;
    let second = other.subscribe().await;
    assert_ne!(first, second);
    node.push(&news("0xfeed", r#"{"n":2}"#));
    assert_eq!(
        other.json().await["params"],
        json!({ "subscription": second, "result": { "n": 2 } })
    );
    assert!(
        one.call("eth_blockNumber", &json!([])).await["result"].is_string(),
        "the first one heard nothing"
    );
}

#[tokio::test]
async fn news_of_another_kind_than_the_subscription_has_is_dropped() {
    let node = WsNode::obedient().await;
    let gateway = gateway(&node, "").await;
    let mut socket = Socket::of_alice(&gateway).await;
    let ours = socket.subscribe().await;
    for wrong in ["null", "1", "[{}]", r#""0x1""#] {
        node.push(&news("0xfeed", wrong));
    }
    node.push(&news("0xfeed", r#"{"n":1}"#));
    assert_eq!(
        socket.json().await["params"],
        json!({ "subscription": ours, "result": { "n": 1 } })
    );
}

#[tokio::test]
async fn news_that_is_faster_than_the_answer_waits_for_it() {
    let node = WsNode::start(|call| {
        let early = [1, 2].map(|number| news("0xfeed", &json!({ "n": number }).to_string()));
        let answer = obey(call);
        Act::Say(
            early
                .into_iter()
                .chain([answer, news("0xfeed", r#"{"n":3}"#)])
                .collect(),
        )
    })
    .await;
    let gateway = gateway(&node, "").await;
    let mut socket = Socket::of_alice(&gateway).await;
    let ours = socket.subscribe().await;
    for number in 1..=3 {
        assert_eq!(
            socket.json().await["params"],
            json!({ "subscription": ours, "result": { "n": number } })
        );
    }
}

#[tokio::test]
async fn a_node_that_floods_before_its_answer_is_left() {
    let node = WsNode::start(|call| {
        let early = (0..=HELD_NEWS).map(|number| news("0xfeed", &number.to_string()));
        Act::Say(early.chain([obey(call)]).collect())
    })
    .await;
    let gateway = gateway(&node, "").await;
    let mut socket = Socket::of_alice(&gateway).await;
    socket.ask("eth_subscribe", &json!(["newHeads"])).await;
    assert_eq!(socket.closed().await, Some(1011));
}

#[tokio::test]
async fn news_that_nobody_asked_for_is_dropped_and_ended_at_the_node() {
    let node = WsNode::obedient().await;
    let gateway = gateway(&node, "").await;
    let mut socket = Socket::of_alice(&gateway).await;
    socket.call("eth_blockNumber", &json!([])).await;
    for _ in 0..3 {
        node.push(&news("0xbad", "1"));
    }
    while !node.methods().iter().any(|method| method == "eth_unsubscribe") {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(socket.call("eth_blockNumber", &json!([])).await["result"].is_string());
    let ends: Vec<_> = node
        .seen()
        .into_iter()
        .filter(|call| call["method"] == "eth_unsubscribe")
        .collect();
    assert_eq!(ends.len(), 1);
    assert_eq!(ends[0]["params"], json!(["0xbad"]));
}

#[tokio::test]
async fn so_many_subscriptions_and_no_more() {
    let next = std::sync::atomic::AtomicU64::new(1);
    let node = WsNode::start(move |call| {
        let number = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Act::Say(vec![
            json!({ "jsonrpc": "2.0", "id": call["id"], "result": format!("0x{number:x}") }).to_string(),
        ])
    })
    .await;
    let gateway = gateway(&node, "").await;
    let mut socket = Socket::of_alice(&gateway).await;
    for _ in 0..SUBSCRIPTIONS {
        socket.subscribe().await;
    }
    let refused = socket.call("eth_subscribe", &json!(["newHeads"])).await;
    assert_eq!(refused["error"]["code"], -32005, "{refused}");
    assert_eq!(node.seen().len(), SUBSCRIPTIONS);
}

#[tokio::test]
async fn subscriptions_need_their_group_and_end_with_it() {
    let node = WsNode::obedient().await;
    let gateway = gateway(&node, "").await;
    let mut socket = Socket::of_alice(&gateway).await;
    let refused = socket.call("eth_subscribe", &json!(["newPendingTransactions"])).await;
    assert_eq!(refused["error"]["code"], -32004, "{refused}");
    let ours = socket.subscribe().await;
    let narrower = policy(&node.upstreams()).replace("blocks: true, ", "");
    std::fs::write(gateway.directory.path().join("policy.yaml"), narrower).unwrap();
    // nothing is asked: the change alone ends it
    while !node.methods().iter().any(|method| method == "eth_unsubscribe") {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    node.push(&news("0xfeed", r#"{"n":1}"#));
    assert!(socket.call("eth_unsubscribe", &json!([ours])).await["error"].is_object());
    assert!(
        socket.call("eth_syncing", &json!([])).await["result"].is_object(),
        "the socket stays"
    );
}

#[tokio::test]
async fn subscriptions_end_with_the_connection_to_the_node() {
    let node = WsNode::start(|call| match call["method"].as_str() {
        Some("eth_syncing") => Act::Break,
        _ => Act::Say(vec![obey(call)]),
    })
    .await;
    let gateway = gateway(&node, "").await;
    let mut socket = Socket::of_alice(&gateway).await;
    socket.subscribe().await;
    let answer = socket.call("eth_syncing", &json!([])).await;
    assert_eq!(answer["error"]["code"], -32603);
    assert_eq!(socket.closed().await, Some(1012));
}
