//! The way down: SIGTERM stops new work, finishes what runs, tells open sockets, and exits with 0.

use crate::support::policy::{SHOP, usual};
use crate::support::scripted::Act;
use crate::support::tools::need;
use crate::support::{Client, Node, ScriptedNode, Socket, eventually};
use serde_json::json;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn calls_in_flight_are_answered_before_the_process_ends() {
    let node = ScriptedNode::start(|body| {
        Act::Later(
            Duration::from_millis(800),
            format!(r#"{{"jsonrpc":"2.0","id":{},"result":"0x1a7e"}}"#, body["id"]),
        )
    })
    .await;
    let mut callgate = usual().start(&node.url()).ready().await;
    let client = Client::new(&callgate.url()).bearer(SHOP);
    let call = tokio::spawn(async move { client.call("eth_blockNumber", json!([])).await });
    eventually("the node has the call", || async { !node.seen().is_empty() }).await;
    callgate.signal("TERM");
    assert_eq!(call.await.unwrap().result(), "0x1a7e");
    assert_eq!(callgate.wait(), Some(0));
    assert!(
        callgate.audit().iter().any(|line| line["event"] == "call"),
        "its audit line was written: {}",
        callgate.output()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn open_sockets_are_closed_with_a_word() {
    let node = need!(Node::anvil().await, "anvil is missing: tests/tools/install anvil");
    let mut callgate = usual().start(&node.url()).ready().await;
    let mut socket = Socket::bearer(&callgate.ws_url(), SHOP).await;
    assert_eq!(socket.call("eth_chainId", json!([])).await["result"], "0x7a69");
    callgate.signal("TERM");
    let code = socket.closed().await;
    assert!(matches!(code, Some(1001 | 1012)), "{code:?}");
    assert_eq!(callgate.wait(), Some(0));
}
