//! A dead, hanging or lying node; slow and greedy clients. Each harms nobody else.

use crate::support::policy::{OPERATOR, SHOP, usual};
use crate::support::scripted::Act;
use crate::support::tools::need;
use crate::support::wallet::Draft;
use crate::support::{Callgate, Client, Node, ScriptedNode, Wallet, eventually};
use serde_json::{Value, json};
use std::io::{Read, Write};

#[tokio::test]
async fn a_dead_node_is_502_and_says_so() {
    let mut node = need!(Node::anvil().await, "anvil is missing: tests/tools/install anvil");
    let callgate = usual().start(&node.url()).ready().await;
    node.kill();
    let client = Client::new(&callgate.url()).bearer(SHOP);
    let answer = client.call("eth_blockNumber", json!([])).await;
    assert_eq!((answer.status, answer.code()), (502, -32603), "{answer:?}");
    assert!(answer.reason().starts_with("upstream_"), "{answer:?}");
    assert_eq!(
        client.call("admin_peers", json!([])).await.code(),
        -32004,
        "refusals need no node"
    );
    let batch = client
        .post(r#"[{"jsonrpc":"2.0","id":1,"method":"eth_chainId"},{"jsonrpc":"2.0","id":2,"method":"admin_peers"}]"#)
        .await;
    assert_eq!(batch.status, 200);
    assert_eq!(batch.json()[0]["error"]["code"], -32603);
    assert_eq!(batch.json()[1]["error"]["code"], -32004);
    eventually("readiness notices", || async {
        callgate.admin_get("/ready").await.0 == 503
    })
    .await;
    assert_eq!(callgate.admin_get("/health").await.0, 200);
}

#[tokio::test]
async fn a_hanging_node_is_504_and_a_transaction_may_have_been_sent() {
    let node = ScriptedNode::start(|_| Act::Hang).await;
    let setup = usual();
    let path = setup.directory().join("policy.yaml");
    let policy = std::fs::read_to_string(&path)
        .unwrap()
        .replace("version: 1\n", "version: 1\nlimits: { upstream_timeout: 1s }\n");
    std::fs::write(&path, policy).unwrap();
    let callgate = setup.start(&node.url()).ready().await;
    let answer = Client::new(&callgate.url())
        .bearer(SHOP)
        .call("eth_blockNumber", json!([]))
        .await;
    assert_eq!((answer.status, answer.code()), (504, -32603), "{answer:?}");
    let raw = Wallet::development(1).sign(&Draft::pay(1, 0, Wallet::development(2).address(), 1));
    let answer = Client::new(&callgate.url())
        .bearer(OPERATOR)
        .call("eth_sendRawTransaction", json!([raw]))
        .await;
    assert_eq!(answer.status, 504);
    assert!(answer.text.contains("may have been carried out"), "{answer:?}");
    assert_eq!(node.seen().len(), 2, "nothing is sent twice");
}

/// What a lying node answers to a call.
type Lie = Box<dyn Fn(&Value) -> String + Send + Sync>;

#[tokio::test]
async fn answers_that_are_nonsense_become_32603_and_reach_nobody() {
    let lies: Vec<(&str, Lie)> = vec![
        (
            "wrong id",
            Box::new(|call| {
                format!(
                    r#"{{"jsonrpc":"2.0","id":{},"result":"canary"}}"#,
                    call["id"].as_u64().unwrap() + 1
                )
            }),
        ),
        (
            "no id",
            Box::new(|_| r#"{"jsonrpc":"2.0","result":"canary"}"#.to_owned()),
        ),
        (
            "id as text",
            Box::new(|call| format!(r#"{{"jsonrpc":"2.0","id":"{}","result":"canary"}}"#, call["id"])),
        ),
        (
            "another kind",
            Box::new(|call| format!(r#"{{"jsonrpc":"2.0","id":{},"result":{{"x":"canary"}}}}"#, call["id"])),
        ),
        (
            "text where a quantity belongs",
            Box::new(|call| format!(r#"{{"jsonrpc":"2.0","id":{},"result":"canary"}}"#, call["id"])),
        ),
        (
            "neither",
            Box::new(|call| format!(r#"{{"jsonrpc":"2.0","id":{}}}"#, call["id"])),
        ),
        (
            "error as text",
            Box::new(|call| format!(r#"{{"jsonrpc":"2.0","id":{},"error":"canary"}}"#, call["id"])),
        ),
        ("html", Box::new(|_| "<html>canary</html>".to_owned())),
        ("null", Box::new(|_| "null".to_owned())),
        ("nothing", Box::new(|_| String::new())),
        (
            "a batch",
            Box::new(|call| format!(r#"[{{"jsonrpc":"2.0","id":{},"result":"canary"}}]"#, call["id"])),
        ),
        (
            "two",
            Box::new(|call| {
                format!(
                    r#"{{"jsonrpc":"2.0","id":{0},"result":"canary"}}{{"jsonrpc":"2.0","id":{0},"result":"x"}}"#,
                    call["id"]
                )
            }),
        ),
        (
            "very deep",
            Box::new(|call| {
                format!(
                    r#"{{"jsonrpc":"2.0","id":{},"result":{}{}}}"#,
                    call["id"],
                    "[".repeat(100_000),
                    "]".repeat(100_000)
                )
            }),
        ),
        (
            "duplicate result",
            Box::new(|call| {
                format!(
                    r#"{{"jsonrpc":"2.0","id":{},"result":"canary","result":"x"}}"#,
                    call["id"]
                )
            }),
        ),
    ];
    for (what, lie) in lies {
        let node = ScriptedNode::start(move |call| Act::Answer(lie(call))).await;
        let callgate = usual().start(&node.url()).ready().await;
        let answer = Client::new(&callgate.url())
            .bearer(SHOP)
            .call("eth_blockNumber", json!([]))
            .await;
        assert_eq!(answer.code(), -32603, "{what}: {answer:?}");
        assert!(!answer.text.contains("canary"), "{what}: {answer:?}");
        assert_eq!(answer.json()["id"], 1, "{what}");
    }
}

/// Erigon has begun its answer when a trace fails.
#[tokio::test]
async fn an_error_beside_a_result_is_the_answer() {
    let node = ScriptedNode::start(|call| {
        Act::Answer(format!(
            r#"{{"jsonrpc":"2.0","id":{},"result":"canary","error":{{"code":-7,"message":"x"}}}}"#,
            call["id"]
        ))
    })
    .await;
    let callgate = usual().start(&node.url()).ready().await;
    let client = Client::new(&callgate.url()).bearer(SHOP);
    let answer = client.call("eth_blockNumber", json!([])).await;
    assert_eq!(answer.code(), -7);
    assert!(!answer.text.contains("canary"));
}

#[tokio::test]
async fn the_hash_of_another_transaction_is_an_incident() {
    let node = ScriptedNode::start(|call| {
        let other = format!("0x{}", "ab".repeat(32));
        Act::Answer(format!(r#"{{"jsonrpc":"2.0","id":{},"result":"{other}"}}"#, call["id"]))
    })
    .await;
    let callgate = usual().start(&node.url()).ready().await;
    let client = Client::new(&callgate.url()).bearer(SHOP);
    let raw = Wallet::development(1).sign(&Draft::pay(1, 0, Wallet::development(2).address(), 1));
    let answer = client.call("eth_sendRawTransaction", json!([raw])).await;
    assert_eq!(
        (answer.status, answer.code(), answer.reason().as_str()),
        (502, -32603, "upstream_other_transaction"),
        "{answer:?}"
    );
    assert!(answer.text.contains("may have been carried out"), "{answer:?}");
    let line = callgate.events("call", 1).await.remove(0);
    assert_eq!(
        (&line["decision"], &line["upstream_outcome"]),
        (&json!("allow"), &json!("other_transaction"))
    );
    let output = callgate.output();
    let hash = line["hash"].as_str().unwrap();
    assert!(
        output.contains("names another transaction") && output.contains(hash),
        "{output}"
    );
    let metrics = callgate.admin_get("/metrics").await.1;
    let count = r#"callgate_unexpected_answers_total{what="transaction"} 1"#;
    assert!(metrics.contains(count), "{metrics}");
}

#[tokio::test]
async fn redirects_errors_and_broken_http_of_the_node_are_not_followed() {
    for bytes in [
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 500 Oops\r\ncontent-length: 6\r\n\r\ncanary",
        "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"short\":",
        "nonsense\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\n\u{1f}\u{b}x",
    ] {
        let node = ScriptedNode::start(move |_| Act::Bytes(bytes.as_bytes().to_vec())).await;
        let callgate = usual().start(&node.url()).ready().await;
        let answer = Client::new(&callgate.url())
            .bearer(SHOP)
            .call("eth_blockNumber", json!([]))
            .await;
        assert_eq!(answer.code(), -32603, "{bytes}: {answer:?}");
        assert!(!answer.text.contains("canary"));
    }
}

#[tokio::test]
async fn a_node_that_hangs_up_is_told_and_a_transaction_is_not_repeated() {
    let node = ScriptedNode::start(|_| Act::HangUp).await;
    let callgate = usual().start(&node.url()).ready().await;
    let raw = Wallet::development(1).sign(&Draft::pay(1, 0, Wallet::development(2).address(), 1));
    let answer = Client::new(&callgate.url())
        .bearer(OPERATOR)
        .call("eth_sendRawTransaction", json!([raw]))
        .await;
    assert_eq!(answer.code(), -32603);
    assert_eq!(node.seen().len(), 1, "{:?}", node.seen());
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_and_greedy_clients_harm_nobody() {
    let node = ScriptedNode::start(|body| {
        Act::Answer(format!(
            r#"{{"jsonrpc":"2.0","id":{},"result":{{"extraData":"{}"}}}}"#,
            body["id"],
            "x".repeat(1 << 20)
        ))
    })
    .await;
    let callgate = usual().start(&node.url()).ready().await;
    let sloths: Vec<std::net::TcpStream> = (0..40).map(|n| sloth(&callgate, n)).collect();
    let client = Client::new(&callgate.url()).bearer(SHOP);
    for _ in 0..20 {
        assert_eq!(
            client
                .call("eth_getBlockByNumber", json!(["latest", false]))
                .await
                .status,
            200
        );
    }
    drop(sloths);
}

/// Half a head, half a body, or a reader that never reads.
fn sloth(callgate: &Callgate, n: usize) -> std::net::TcpStream {
    let mut stream = std::net::TcpStream::connect(callgate.address).unwrap();
    let call = r#"{"jsonrpc":"2.0","id":1,"method":"eth_getBlockByNumber","params":["latest",false]}"#;
    let head = format!(
        "POST / HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {SHOP}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        call.len()
    );
    match n % 3 {
        0 => stream.write_all(&head.as_bytes()[..head.len() / 2]).unwrap(),
        1 => stream.write_all(format!("{head}{}", &call[..10]).as_bytes()).unwrap(),
        _ => stream.write_all(format!("{head}{call}").repeat(20).as_bytes()).unwrap(),
    }
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn a_half_sent_request_is_cut_in_time() {
    let node = ScriptedNode::obedient().await;
    let setup = usual();
    let path = setup.directory().join("policy.yaml");
    let policy = std::fs::read_to_string(&path).unwrap().replace(
        "version: 1\n",
        "version: 1\nlimits: { head_timeout: 1s, body_timeout: 1s }\n",
    );
    std::fs::write(&path, policy).unwrap();
    let callgate = setup.start(&node.url()).ready().await;
    for n in 0..2 {
        let mut stream = sloth(&callgate, n);
        stream.set_read_timeout(Some(crate::support::PATIENCE)).unwrap();
        let mut answer = Vec::new();
        let end = stream.read_to_end(&mut answer);
        assert!(
            end.is_ok() || end.unwrap_err().kind() == std::io::ErrorKind::ConnectionReset,
            "the connection is cut"
        );
    }
    assert!(node.seen().is_empty());
}
