//! Handshakes, calls, batches, frames that are refused, and a node that fails.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::Message;

use super::client::{Socket, gateway};
use super::node::{Act, WsNode, obey};
use crate::testing::{key, told};
use crate::websocket::limits::{CONTROL_FRAMES, IN_FLIGHT};

#[tokio::test]
async fn calls_are_judged_and_reach_the_node_in_our_words() {
    let node = WsNode::obedient().await;
    let gateway = gateway(&node, "").await;
    let mut socket = Socket::of_alice(&gateway).await;
    assert!(
        node.heads().is_empty(),
        "the node is reached for the first permitted call"
    );
    assert_eq!(socket.call("admin_peers", &json!([])).await["error"]["code"], -32004);
    assert_eq!(
        socket.call("eth_getBlockByNumber", &json!(["x", true])).await["error"]["code"],
        -32602
    );
    assert!(node.heads().is_empty());
    let answer = socket.call("eth_getBlockByNumber", &json!(["latest", true])).await;
    assert_eq!(answer["result"], told("eth_getBlockByNumber", &json!(["latest", true])));
    let seen = node.seen();
    assert_eq!(seen.len(), 1);
    assert_ne!(seen[0]["id"], 3, "the id is ours");
    let heads = node.heads();
    assert!(heads[0].starts_with("GET /path?key=1 HTTP/1.1\r\n"), "{heads:?}");
    let head = heads[0].to_ascii_lowercase();
    assert!(!head.contains("x-api-key") && !head.contains("extensions"), "{head}");
    let mut other = Socket::of_alice(&gateway).await;
    other.call("eth_blockNumber", &json!([])).await;
    assert_eq!(node.heads().len(), 2, "one socket to the node per socket");
}

#[tokio::test]
async fn answers_come_as_they_are_ready_and_batches_stay_batches() {
    let first = Mutex::new(None);
    let node = WsNode::start(move |call| {
        if call["params"] == json!(["earliest", false]) {
            *first.lock() = Some(obey(call));
            return Act::Say(vec![]);
        }
        Act::Say(std::iter::once(obey(call)).chain(first.lock().take()).collect())
    })
    .await;
    let gateway = gateway(&node, "").await;
    let mut socket = Socket::of_alice(&gateway).await;
    let slow = socket.ask("eth_getBlockByNumber", &json!(["earliest", false])).await;
    let fast = socket.ask("eth_blockNumber", &json!([])).await;
    assert_eq!(socket.json().await["id"], fast);
    assert_eq!(socket.json().await["id"], slow);
    let call = |id, method| json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": [] });
    let batch = json!([
        call(1, "eth_blockNumber"),
        call(2, "admin_peers"),
        call(3, "eth_syncing")
    ]);
    socket.send(&batch.to_string()).await;
    let answer = socket.json().await;
    assert_eq!(answer[0]["result"], told("eth_blockNumber", &json!([])), "{answer}");
    assert_eq!(answer[1]["error"]["code"], -32004);
    assert_eq!(answer[2]["result"], told("eth_syncing", &json!([])));
    assert_eq!(node.seen().last().unwrap().as_array().map(Vec::len), Some(2));
    socket.send(&json!([call(9, "eth_blockNumber")]).to_string()).await;
    assert_eq!(socket.json().await.as_array().map(Vec::len), Some(1));
    socket.send(r#"{"jsonrpc":"2.0","method":"eth_blockNumber"}"#).await;
    assert_eq!(
        socket.call("eth_blockNumber", &json!([])).await["id"],
        3,
        "nothing answers a notification"
    );
}

// D-31
#[tokio::test]
async fn a_message_that_is_no_request_is_told_and_the_socket_stays() {
    let node = WsNode::obedient().await;
    let gateway = gateway(&node, "").await;
    let mut socket = Socket::of_alice(&gateway).await;
    for (text, code) in [
        ("{}{}", -32700),
        ("", -32700),
        ("[]", -32600),
        ("7", -32600),
        ("{", -32700),
    ] {
        socket.send(text).await;
        let answer = socket.json().await;
        assert_eq!(
            (&answer["error"]["code"], &answer["id"]),
            (&json!(code), &Value::Null),
            "{text}"
        );
    }
    assert!(socket.call("eth_blockNumber", &json!([])).await["result"].is_string());
}

// D-28
#[tokio::test]
async fn frames_that_carry_no_call_end_the_socket() {
    let node = WsNode::obedient().await;
    let gateway = gateway(&node, "limits: { body: 64KiB }").await;
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_blockNumber", "params": [] }).to_string();
    let mut socket = Socket::of_alice(&gateway).await;
    let at_limit = format!("{call}{}", " ".repeat((64 << 10) - call.len()));
    socket.send(&at_limit).await;
    assert!(socket.json().await["result"].is_string());
    socket.send_message(Message::text(format!("{at_limit} "))).await;
    assert_eq!(socket.closed().await, Some(1009));
    let mut socket = Socket::of_alice(&gateway).await;
    for _ in 0..=CONTROL_FRAMES {
        socket.send_message(Message::Ping(vec![].into())).await;
    }
    assert_eq!(socket.closed().await, Some(1008));
    // an unmasked frame, and a compressed one (D-30)
    for frame in [b"\x81\x02{}".to_vec(), b"\xc1\x82\0\0\0\0{}".to_vec()] {
        let mut socket = Socket::of_alice(&gateway).await;
        socket.stream().write_all(&frame).await.unwrap();
        assert_eq!(socket.closed().await, Some(1002));
    }
    let mut socket = Socket::of_alice(&gateway).await;
    socket.stream().write_all(b"\x81\x82\0\0\0\0\xff\xff").await.unwrap();
    assert_eq!(socket.closed().await, Some(1007));
    assert_eq!(node.seen().len(), 1);
}

#[tokio::test]
async fn the_handshake_is_authenticated_and_strict() {
    let node = WsNode::obedient().await;
    let cors =
        "listeners: [ { name: public, address: \"127.0.0.1:0\", cors: { origins: [ \"https://app.example\" ] } } ]";
    let before = crate::testing::policy(&node.upstreams());
    let listeners = before.lines().nth(1).unwrap();
    let gateway = crate::testing::Running::as_written(&before.replace(listeners, cors)).await;
    let (alice, mallory) = (key("alice"), key("mallory"));
    assert_eq!(Socket::open(&gateway, &[]).await.err(), Some(401));
    assert_eq!(
        Socket::open(&gateway, &[("x-api-key", "nonsense")]).await.err(),
        Some(401)
    );
    assert_eq!(
        Socket::open(&gateway, &[("x-api-key", &mallory)]).await.err(),
        Some(403)
    );
    // D-36
    let with = |origin| [("x-api-key", alice.as_str()), ("origin", origin)];
    assert_eq!(
        Socket::open(&gateway, &with("https://evil.example")).await.err(),
        Some(403)
    );
    assert_eq!(Socket::open(&gateway, &with("null")).await.err(), Some(403));
    assert!(Socket::open(&gateway, &with("https://app.example")).await.is_ok());
    // D-38
    let head = |more: &str| {
        format!(
            "GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nx-api-key: {alice}\r\n{more}\r\n"
        )
    };
    let sample = "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let version = gateway
        .raw(&head(&format!(
            "sec-websocket-version: 7\r\n{sample}content-length: 0\r\n"
        )))
        .await;
    assert_eq!(version.status, 426);
    assert_eq!(gateway.raw(&head("sec-websocket-version: 13\r\n")).await.status, 400);
    let mut early = gateway.client().await;
    early
        .send(&format!(
            "{}\u{1}\u{2}",
            head(&format!("sec-websocket-version: 13\r\n{sample}"))
        ))
        .await;
    let mut answer = Vec::new();
    early.stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
    assert!(
        answer.ends_with("\r\n\r\n"),
        "frames before the answer are no frames: {answer:?}"
    );
}

#[tokio::test]
async fn a_node_that_breaks_is_told_to_whoever_waits_and_ends_the_socket() {
    let node = WsNode::start(|_| Act::Break).await;
    let gateway = gateway(&node, "").await;
    let mut socket = Socket::of_alice(&gateway).await;
    let send = json!([{ "from": "0x3333333333333333333333333333333333333333", "to": "0x1111111111111111111111111111111111111111" }]);
    let answer = socket.call("eth_sendTransaction", &send).await;
    assert_eq!(answer["error"]["code"], -32603, "{answer}");
    assert_eq!(answer["error"]["data"]["reason"], "upstream_broken");
    assert!(
        answer["error"]["message"].as_str().unwrap().contains("may have been"),
        "{answer}"
    );
    assert_eq!(socket.closed().await, Some(1012));
    assert_eq!(node.seen().len(), 1, "nothing is sent twice");
}

#[tokio::test]
async fn a_node_that_cannot_be_reached_costs_answers_only() {
    let node = WsNode::obedient().await;
    let dead = "upstreams: [ { name: node, url: \"http://127.0.0.1:9\", ws: \"ws://127.0.0.1:9\" } ]";
    let gateway = crate::testing::Running::as_written(&crate::testing::policy(dead)).await;
    let mut socket = Socket::of_alice(&gateway).await;
    for _ in 0..2 {
        let answer = socket.call("eth_blockNumber", &json!([])).await;
        assert_eq!(answer["error"]["data"]["reason"], "upstream_unreachable", "{answer}");
    }
    assert_eq!(socket.call("admin_peers", &json!([])).await["error"]["code"], -32004);
    drop(node);
}

// D-39
#[tokio::test]
async fn a_node_that_lies_is_not_believed() {
    for lie in [
        "nonsense",
        "null",
        r#"{"jsonrpc":"2.0","id":1}"#,
        r#"{"jsonrpc":"2.0","id":1,"result":"canary","result":1}"#,
        r#"{"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":"0x1"}}"#,
    ] {
        let node = WsNode::start(move |_| Act::Say(vec![lie.to_owned()])).await;
        let gateway = gateway(&node, "").await;
        let mut socket = Socket::of_alice(&gateway).await;
        let answer = socket.call("eth_blockNumber", &json!([])).await;
        assert_eq!(
            answer["error"]["data"]["reason"], "upstream_invalid_response",
            "{lie}: {answer}"
        );
        assert_eq!(socket.closed().await, Some(1011), "{lie}");
    }
}

#[tokio::test]
async fn answers_to_nobody_reach_nobody() {
    let node = WsNode::start(|call| {
        let strange = [
            r#"{"jsonrpc":"2.0","id":1,"result":"canary"}"#,
            r#"{"jsonrpc":"2.0","id":"x","result":"canary"}"#,
            r#"{"jsonrpc":"2.0","id":null,"result":"canary"}"#,
            r#"[{"jsonrpc":"2.0","id":2,"result":"canary"}]"#,
        ];
        Act::Say(
            strange
                .map(str::to_owned)
                .into_iter()
                .chain([obey(call), obey(call)])
                .collect(),
        )
    })
    .await;
    let gateway = gateway(&node, "").await;
    let mut socket = Socket::of_alice(&gateway).await;
    for _ in 0..3 {
        assert_eq!(
            socket.call("eth_blockNumber", &json!([])).await["result"],
            told("eth_blockNumber", &json!([]))
        );
    }
}

#[tokio::test]
async fn a_node_that_hangs_is_given_up_and_late_answers_are_dropped() {
    let node = WsNode::start(|call| match call["method"].as_str() {
        Some("eth_syncing") => Act::Say(vec![]),
        _ => Act::Say(vec![obey(call)]),
    })
    .await;
    let gateway = gateway(&node, "limits: { upstream_timeout: 1s }").await;
    let mut socket = Socket::of_alice(&gateway).await;
    let answer = socket.call("eth_syncing", &json!([])).await;
    assert_eq!(answer["error"]["data"]["reason"], "upstream_timeout", "{answer}");
    let late = json!({ "jsonrpc": "2.0", "id": node.seen()[0]["id"], "result": "canary" });
    node.push(&late.to_string());
    assert_eq!(
        socket.call("eth_blockNumber", &json!([])).await["result"],
        told("eth_blockNumber", &json!([]))
    );
}

#[tokio::test]
async fn so_many_messages_are_under_way_and_no_more() {
    let waiting = AtomicU64::new(0);
    let kept = Mutex::new(Vec::new());
    let node = WsNode::start(move |call| {
        kept.lock().push(obey(call));
        if waiting.fetch_add(1, Ordering::Relaxed) + 1 == IN_FLIGHT as u64 {
            waiting.store(0, Ordering::Relaxed);
            return Act::Say(std::mem::take(&mut *kept.lock()));
        }
        Act::Say(vec![])
    })
    .await;
    let gateway = gateway(&node, "").await;
    let mut socket = Socket::of_alice(&gateway).await;
    for _ in 0..2 * IN_FLIGHT {
        socket.ask("eth_blockNumber", &json!([])).await;
    }
    for _ in 0..2 * IN_FLIGHT {
        assert!(socket.json().await["result"].is_string());
    }
}

#[tokio::test]
async fn running_calls_end_before_the_gateway_does_and_everything_is_on_record() {
    let node = WsNode::obedient().await;
    let gateway = gateway(&node, "").await;
    let mut socket = Socket::of_alice(&gateway).await;
    socket.call("eth_blockNumber", &json!([])).await;
    socket.call("admin_peers", &json!([])).await;
    socket.send("{").await;
    socket.json().await;
    socket.send_message(Message::Close(None)).await;
    assert_eq!(socket.closed().await, None);
    let mut other = Socket::of_alice(&gateway).await;
    other.call("eth_blockNumber", &json!([])).await;
    let (lines, code) = tokio::join!(gateway.audit(), other.closed());
    assert_eq!(code, Some(1001));
    let of = |event: &str| {
        lines
            .iter()
            .filter(|line| line["event"] == event)
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(of("connection_opened").len(), 2);
    let closed = of("connection_closed");
    assert_eq!(closed.len(), 2, "{closed:?}");
    assert_eq!(
        (&closed[0]["reason"], &closed[0]["calls"]),
        (&json!("client_closed"), &json!(2))
    );
    assert_eq!(
        (&closed[1]["reason"], &closed[1]["code"]),
        (&json!("stopping"), &json!(1001))
    );
    let calls = of("call");
    assert_eq!(calls.len(), 3);
    assert!(
        calls
            .iter()
            .all(|line| line["front"] == "ws" && line["principal"] == "alice"),
        "{calls:?}"
    );
    assert_eq!(calls[0]["connection"], closed[0]["connection"]);
    assert_eq!(of("refusal").len(), 1);
    assert_eq!(of("refusal")[0]["reason"], "parse_error");
}

#[tokio::test]
async fn a_client_that_never_reads_is_cut() {
    let node = WsNode::start(|call| {
        let result = json!({ "extraData": "x".repeat(256 << 10) });
        Act::Say(vec![
            json!({ "jsonrpc": "2.0", "id": call["id"], "result": result }).to_string(),
        ])
    })
    .await;
    let gateway = gateway(&node, "limits: { write_timeout: 1s, upstream_timeout: 5s }").await;
    let mut socket = Socket::of_alice(&gateway).await;
    for _ in 0..IN_FLIGHT {
        socket.ask("eth_getBlockByNumber", &json!(["latest", false])).await;
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let lines = loop {
        let text = std::fs::read_to_string(gateway.directory.path().join("audit.log")).unwrap();
        if text.contains("connection_closed") {
            break text;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    assert!(lines.contains("slow_reader"), "{lines}");
}
