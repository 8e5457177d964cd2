//! WebSocket: the same rules as HTTP, on the same port, with the node's WebSocket behind.

use crate::support::policy::{OPERATOR, SHOP, STRANGER, usual};
use crate::support::tools::need;
use crate::support::wallet::Draft;
use crate::support::{Callgate, Node, Recorder, Socket, Wallet};
use alloy_primitives::address;
use serde_json::json;
use tokio_tungstenite::tungstenite::protocol::Message;

/// anvil serves HTTP and WebSocket on one port, so one recording hop sees both.
async fn start() -> Option<(Node, Recorder, Callgate)> {
    let node = Node::anvil().await?;
    let recorder = Recorder::before(node.port).await;
    let callgate = usual().start(&recorder.url()).ready().await;
    Some((node, recorder, callgate))
}

#[tokio::test]
async fn calls_are_judged_like_over_http() {
    let (_node, _recorder, callgate) = need!(start().await, "anvil is missing: tests/tools/install anvil");
    let mut socket = Socket::bearer(&callgate.ws_url(), SHOP).await;
    assert_eq!(socket.call("eth_chainId", json!([])).await["result"], "0x7a69");
    assert_eq!(socket.call("admin_peers", json!([])).await["error"]["code"], -32004);
    assert_eq!(
        socket.call("eth_getBalance", json!(["x"])).await["error"]["code"],
        -32602
    );
    let raw = Wallet::development(2).sign(&Draft::pay(
        31337,
        0,
        address!("3c44cdddb6a900fa2b585dd299e03d12fa4293bc"),
        1,
    ));
    assert_eq!(
        socket.call("eth_sendRawTransaction", json!([raw])).await["error"]["code"],
        -32003
    );
    let raw = Wallet::development(1).sign(&Draft::pay(
        31337,
        0,
        address!("3c44cdddb6a900fa2b585dd299e03d12fa4293bc"),
        1,
    ));
    assert!(socket.call("eth_sendRawTransaction", json!([raw])).await["result"].is_string());
}

#[tokio::test]
async fn batches_and_broken_messages_keep_the_socket_open() {
    let (_node, _recorder, callgate) = need!(start().await, "anvil is missing: tests/tools/install anvil");
    let mut socket = Socket::bearer(&callgate.ws_url(), SHOP).await;
    socket
        .send(r#"[{"jsonrpc":"2.0","id":1,"method":"eth_chainId"},{"jsonrpc":"2.0","id":2,"method":"admin_peers"}]"#)
        .await;
    let batch = socket.message().await.unwrap();
    assert_eq!(batch[0]["result"], "0x7a69", "{batch}");
    assert_eq!(batch[1]["error"]["code"], -32004, "{batch}");
    socket.send("{}{}").await;
    assert_eq!(socket.message().await.unwrap()["error"]["code"], -32700);
    assert_eq!(socket.call("eth_chainId", json!([])).await["result"], "0x7a69");
}

#[tokio::test]
async fn the_handshake_is_authenticated() {
    let (_node, _recorder, callgate) = need!(start().await, "anvil is missing: tests/tools/install anvil");
    let url = callgate.ws_url();
    assert_eq!(Socket::open(&url, &[]).await.err(), Some(401));
    assert_eq!(
        Socket::open(&url, &[("authorization", "Bearer nonsense")]).await.err(),
        Some(401)
    );
    let stranger = format!("Bearer {STRANGER}");
    assert_eq!(
        Socket::open(&url, &[("authorization", &stranger)]).await.err(),
        Some(403)
    );
    assert_eq!(
        Socket::open(&format!("{url}other"), &[("x-api-key", SHOP)]).await.err(),
        Some(404)
    );
    assert!(Socket::open(&url, &[("x-api-key", SHOP)]).await.is_ok());
}

#[tokio::test]
async fn a_foreign_origin_is_refused() {
    let (_node, _recorder, callgate) = need!(start().await, "anvil is missing: tests/tools/install anvil");
    let headers = [("x-api-key", SHOP), ("origin", "https://evil.example")];
    assert_eq!(Socket::open(&callgate.ws_url(), &headers).await.err(), Some(403));
}

#[tokio::test]
async fn binary_messages_are_judged_like_text() {
    let (_node, recorder, callgate) = need!(start().await, "anvil is missing: tests/tools/install anvil");
    let mut socket = Socket::bearer(&callgate.ws_url(), SHOP).await;
    recorder.clear();
    let mut send = async |bytes: &[u8]| {
        socket.send_message(Message::binary(bytes.to_vec())).await;
        socket.message().await.unwrap()
    };
    let denied = send(br#"{"jsonrpc":"2.0","id":1,"method":"admin_peers"}"#).await;
    assert_eq!(denied["error"]["code"], -32004);
    let wrong = send(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_chainI\xc1\xa4\"}").await;
    assert_eq!(wrong["error"]["code"], -32700, "not UTF-8");
    assert_eq!(recorder.text(), "", "nothing of it reaches the node");
    let allowed = send(br#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}"#).await;
    assert_eq!(allowed["result"], "0x7a69");
}

#[tokio::test]
async fn compression_is_never_negotiated() {
    let (_node, _recorder, callgate) = need!(start().await, "anvil is missing: tests/tools/install anvil");
    let answer = raw_handshake(&callgate, "Sec-WebSocket-Extensions: permessage-deflate\r\n");
    assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
    assert!(
        !answer.to_ascii_lowercase().contains("sec-websocket-extensions"),
        "{answer}"
    );
    let old = raw_handshake(&callgate, "Sec-WebSocket-Version: 7\r\n");
    assert!(old.starts_with("HTTP/1.1 4"), "{old}");
}

fn raw_handshake(callgate: &Callgate, extra: &str) -> String {
    use std::io::{Read, Write};
    let version = if extra.contains("Version") {
        ""
    } else {
        "Sec-WebSocket-Version: 13\r\n"
    };
    let mut stream = std::net::TcpStream::connect(callgate.address).unwrap();
    stream
        .set_read_timeout(Some(std::time::Duration::from_secs(10)))
        .unwrap();
    write!(
        stream,
        "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{version}X-Api-Key: {SHOP}\r\n{extra}\r\n"
    )
    .unwrap();
    let mut answer = Vec::new();
    let mut byte = [0];
    while !answer.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
        answer.push(byte[0]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn new_heads_arrive_under_an_id_of_ours_and_stop_after_unsubscribe() {
    let (node, recorder, callgate) = need!(start().await, "anvil is missing: tests/tools/install anvil");
    let mut socket = Socket::bearer(&callgate.ws_url(), SHOP).await;
    let ours = socket.call("eth_subscribe", json!(["newHeads"])).await["result"].clone();
    let id = ours.as_str().expect("an id").to_owned();
    assert!(!recorder.text().contains(&id), "the node never learns our ids");
    node.call("evm_mine", json!([])).await;
    let head = socket.message().await.unwrap();
    assert_eq!(
        (head["method"].clone(), head["params"]["subscription"].clone()),
        (json!("eth_subscription"), ours.clone())
    );
    assert!(head["params"]["result"]["number"].is_string(), "{head}");
    assert_eq!(socket.call("eth_unsubscribe", json!([id])).await["result"], true);
    node.call("evm_mine", json!([])).await;
    assert_eq!(socket.call("eth_chainId", json!([])).await["result"], "0x7a69");
    assert!(
        socket.call("eth_unsubscribe", json!([id])).await.get("error").is_some(),
        "it is gone"
    );
}

#[tokio::test]
async fn kinds_need_their_group() {
    let (_node, _recorder, callgate) = need!(start().await, "anvil is missing: tests/tools/install anvil");
    let mut socket = Socket::bearer(&callgate.ws_url(), OPERATOR).await;
    assert!(socket.call("eth_subscribe", json!(["newPendingTransactions"])).await["result"].is_string());
    assert!(
        socket
            .call(
                "eth_subscribe",
                json!(["logs", { "address": "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc" }])
            )
            .await["result"]
            .is_string()
    );
    assert!(
        socket
            .call("eth_subscribe", json!(["everything"]))
            .await
            .get("error")
            .is_some()
    );
    assert!(
        socket
            .call("eth_zzz_subscribe", json!(["newHeads"]))
            .await
            .get("error")
            .is_some()
    );
}
