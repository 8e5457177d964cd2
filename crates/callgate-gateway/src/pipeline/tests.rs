//! Calls through the whole pipeline: batches, notifications, denials, a node that lies, and what is put on record.

use std::time::Duration;

use serde_json::{Value, json};

use crate::testing::{Act, Node, Running, Seen, echo, http, key, policy, request, told};

const PAYEE: &str = "0x1111111111111111111111111111111111111111";
const OTHER: &str = "0x2222222222222222222222222222222222222222";
const FROM: &str = "0x3333333333333333333333333333333333333333";

#[expect(clippy::needless_pass_by_value, reason = "calls read better with `json!` in place")]
fn call(id: impl Into<Value>, method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id.into(), "method": method, "params": params })
}

fn notification(method: &str) -> Value {
    json!({ "jsonrpc": "2.0", "method": method, "params": [] })
}

fn own_question(seen: &Seen) -> bool {
    seen.body.contains("eth_chainId") || seen.body.contains("web3_clientVersion")
}

/// What the node saw of calls, its own questions left out.
fn seen(node: &Node) -> Vec<Value> {
    let calls = node.seen().into_iter().filter(|seen| !own_question(seen));
    calls.map(|seen| serde_json::from_str(&seen.body).unwrap()).collect()
}

/// A node that answers calls as `lie` says, given the id of the (first) call.
async fn liar(lie: impl Fn(u64) -> Act + Send + Sync + 'static) -> Node {
    Node::start(move |seen| {
        if own_question(seen) {
            return Act::Answer(echo(&seen.body));
        }
        let body: Value = serde_json::from_str(&seen.body).unwrap();
        let first = body.get(0).unwrap_or(&body);
        lie(first["id"].as_u64().unwrap())
    })
    .await
}

fn denied(target: &str) -> Value {
    json!([{ "to": target, "data": "0x" }, "latest"])
}

#[tokio::test]
async fn large_answers_share_a_memory_and_the_record_tells_when_it_is_full() {
    let node = Node::start(|seen| {
        if own_question(seen) || seen.body.contains("eth_gasPrice") {
            return Act::Answer(echo(&seen.body));
        }
        // announced, and never sent
        Act::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 60000000\r\n\r\n{".to_vec())
    })
    .await;
    let gateway = Running::with(&node, "limits: { upstream_timeout: 20s }\n").await;
    let large = request(&call(1, "eth_blockNumber", json!([])).to_string());
    let mut waiting = Vec::new();
    for _ in 0..8 {
        let mut client = gateway.client().await;
        client.send(&large).await;
        waiting.push(client);
    }
    let reply = loop {
        let mut client = gateway.client().await;
        client.send(&large).await;
        match tokio::time::timeout(Duration::from_millis(500), client.reply()).await {
            Ok(reply) => break reply.unwrap(),
            Err(_) => waiting.push(client),
        }
    };
    assert_eq!((reply.status, reply.code()), (503, -32603));
    assert_eq!(reply.reason(), "answer_memory");
    assert_eq!(
        gateway
            .post(&call(2, "eth_gasPrice", json!([])).to_string())
            .await
            .status,
        200
    );
    drop(waiting);
    let lines = gateway.calls().await;
    let told: Vec<_> = lines.iter().filter(|line| line["reason"] == "answer_memory").collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["upstream_outcome"], "discarded");
}

#[tokio::test]
async fn every_call_of_a_batch_is_judged_alone_and_answers_keep_the_order() {
    let node = Node::obedient().await;
    let gateway = Running::before(&node).await;
    let batch = json!([
        call("a", "eth_blockNumber", json!([])),
        call(2, "admin_peers", json!([])),
        7,
        call(Value::Null, "eth_call", denied(PAYEE)),
        call(4, "eth_call", denied(OTHER)),
        call(5, "eth_getBlockByNumber", json!(["latest"])),
        call("a", "eth_gasPrice", json!([])),
    ]);
    let reply = gateway.post(&batch.to_string()).await;
    assert_eq!(reply.status, 200);
    let answers = reply.json();
    let short: Vec<_> = answers
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| {
            (
                answer["id"].clone(),
                answer["error"]["code"].as_i64(),
                answer["error"]["data"]["reason"].clone(),
            )
        })
        .collect();
    assert_eq!(
        short,
        [
            (json!("a"), None, Value::Null),
            (json!(2), Some(-32004), json!("method_not_granted")),
            (Value::Null, Some(-32600), json!("invalid_request")),
            (Value::Null, None, Value::Null),
            (json!(4), Some(-32003), json!("no_rule_matches")),
            (json!(5), Some(-32602), json!("wrong_arity")),
            (json!("a"), None, Value::Null),
        ]
    );
    assert_eq!(answers[0]["result"], told("eth_blockNumber", &json!([])));
    assert_eq!(answers[6]["result"], told("eth_gasPrice", &json!([])));
    let seen = seen(&node);
    assert_eq!(seen.len(), 1, "one batch for the allowed ones");
    let methods: Vec<_> = seen[0]
        .as_array()
        .unwrap()
        .iter()
        .map(|call| call["method"].clone())
        .collect();
    assert_eq!(methods, ["eth_blockNumber", "eth_call", "eth_gasPrice"]);
    let lines = gateway.calls().await;
    assert_eq!(lines.len(), 7);
    assert_eq!(
        lines.iter().map(|line| line["item"].clone()).collect::<Vec<_>>(),
        [0, 1, 2, 3, 4, 5, 6]
    );
}

#[tokio::test]
async fn a_batch_of_one_stays_a_batch() {
    let node = Node::obedient().await;
    let gateway = Running::before(&node).await;
    let reply = gateway
        .post(&json!([call(1, "eth_blockNumber", json!([]))]).to_string())
        .await;
    assert_eq!(
        reply.json(),
        json!([{ "jsonrpc": "2.0", "id": 1, "result": told("eth_blockNumber", &json!([])) }])
    );
    assert!(seen(&node)[0].is_array());
    gateway.post(&call(1, "eth_blockNumber", json!([])).to_string()).await;
    assert!(seen(&node)[1].is_object());
}

#[tokio::test]
async fn notifications_are_judged_and_not_answered() {
    let node = Node::obedient().await;
    let gateway = Running::before(&node).await;
    let reply = gateway.post(&notification("eth_blockNumber").to_string()).await;
    assert_eq!((reply.status, reply.body.as_str()), (204, ""));
    let reply = gateway.post(&notification("admin_peers").to_string()).await;
    assert_eq!((reply.status, reply.body.as_str()), (204, ""));
    let all = json!([notification("admin_peers"), notification("eth_blockNumber")]);
    assert_eq!(gateway.post(&all.to_string()).await.status, 204);
    let some = json!([notification("eth_blockNumber"), call(1, "eth_gasPrice", json!([]))]);
    let reply = gateway.post(&some.to_string()).await;
    assert_eq!(
        reply.json(),
        json!([{ "jsonrpc": "2.0", "id": 1, "result": told("eth_gasPrice", &json!([])) }])
    );
    let seen = seen(&node);
    assert_eq!(seen.len(), 3);
    assert!(seen[0]["id"].is_u64(), "the node gets a call under our id");
    let decisions: Vec<_> = gateway
        .calls()
        .await
        .iter()
        .map(|line| line["decision"].clone())
        .collect();
    assert_eq!(decisions, ["allow", "deny", "deny", "allow", "allow", "allow"]);
}

#[tokio::test]
async fn ids_for_the_node_are_never_the_clients() {
    let node = Node::obedient().await;
    let gateway = Running::before(&node).await;
    for id in [json!(1), json!("x"), json!(-7), Value::Null, json!(u64::MAX)] {
        let reply = gateway
            .post(&call(id.clone(), "eth_blockNumber", json!([])).to_string())
            .await;
        assert_eq!(reply.json()["id"], id);
    }
    let mut ids: Vec<_> = seen(&node).iter().map(|call| call["id"].as_u64().unwrap()).collect();
    assert!(ids.iter().all(|id| *id > 1 && *id < 1 << 53));
    ids.dedup();
    assert_eq!(ids.len(), 5);
}

#[tokio::test]
async fn denials_tell_as_much_as_the_policy_lets_them() {
    let node = Node::obedient().await;
    let body = call(1, "eth_call", denied(OTHER)).to_string();
    for (detail, members) in [
        ("none", vec!["requestId"]),
        ("reason", vec!["reason", "requestId"]),
        ("full", vec!["reason", "requestId"]),
    ] {
        let gateway = Running::with(&node, &format!("errors: {{ detail: {detail} }}\n")).await;
        let reply = gateway.post(&body).await;
        assert_eq!((reply.status, reply.code()), (200, -32003));
        let answer = reply.json();
        let data = answer["error"]["data"].as_object().unwrap();
        assert_eq!(data.keys().collect::<Vec<_>>(), members, "{detail}");
        let message = answer["error"]["message"].as_str().unwrap();
        assert_eq!(message.contains(OTHER), detail == "full", "{message}");
        let lines = gateway.calls().await;
        assert_eq!(lines[0]["request_id"], data["requestId"]);
    }
    let sign = call(1, "eth_sendTransaction", json!([{ "from": FROM, "to": PAYEE }]));
    let gateway = Running::of(
        &node,
        &crate::testing::policy("errors: { detail: full }\n").replace(", send: true", ""),
    )
    .await;
    let answer = gateway.post(&sign.to_string()).await.json();
    assert_eq!(answer["error"]["data"]["reason"], "send_not_permitted");
    assert_eq!(answer["error"]["data"]["rule"], "tx[0] `pay`");
    assert!(seen(&node).is_empty());
}

#[tokio::test]
async fn errors_of_the_node_are_relayed() {
    let error = r#"{"code":3,"message":"execution reverted: \u0078","data":"0x08c379a0"}"#;
    let node = liar(move |id| Act::Answer(format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{error}}}"#))).await;
    let gateway = Running::before(&node).await;
    let reply = gateway.post(&call("q", "eth_call", denied(PAYEE)).to_string()).await;
    assert_eq!(
        (reply.status, reply.body),
        (200, format!(r#"{{"jsonrpc":"2.0","id":"q","error":{error}}}"#))
    );
    let line = &gateway.calls().await[0];
    assert_eq!(
        (&line["decision"], &line["upstream_outcome"]),
        (&json!("allow"), &json!("error"))
    );
}

// D-39
#[tokio::test]
async fn lies_of_the_node_become_errors_of_one_kind() {
    let good = |id: u64| format!(r#"{{"jsonrpc":"2.0","id":{id},"result":"0x1"}}"#);
    type Lie = Box<dyn Fn(u64) -> Vec<u8> + Send + Sync>;
    let lies: Vec<(&str, Lie)> = vec![
        ("another id", Box::new(move |id| http("200 OK", &good(id + 1)))),
        (
            "id as text",
            Box::new(|id| http("200 OK", &format!(r#"{{"jsonrpc":"2.0","id":"{id}","result":"0x1"}}"#))),
        ),
        (
            "result without id",
            Box::new(|_| http("200 OK", r#"{"jsonrpc":"2.0","id":null,"result":"0x1"}"#)),
        ),
        (
            "another kind",
            Box::new(|id| http("200 OK", &format!(r#"{{"jsonrpc":"2.0","id":{id},"result":["0x1"]}}"#))),
        ),
        (
            "neither",
            Box::new(|id| http("200 OK", &format!(r#"{{"jsonrpc":"2.0","id":{id}}}"#))),
        ),
        (
            "error as text",
            Box::new(|id| http("200 OK", &format!(r#"{{"jsonrpc":"2.0","id":{id},"error":"no"}}"#))),
        ),
        (
            "two results",
            Box::new(|id| {
                http(
                    "200 OK",
                    &format!(r#"{{"jsonrpc":"2.0","id":{id},"result":1,"result":2}}"#),
                )
            }),
        ),
        ("html", Box::new(|_| http("200 OK", "<html>"))),
        ("null", Box::new(|_| http("200 OK", "null"))),
        ("nothing", Box::new(|_| http("200 OK", ""))),
        ("utf-16", Box::new(|_| http("200 OK", "{\0}\0"))),
        (
            "deep",
            Box::new(|id| {
                http(
                    "200 OK",
                    &format!(
                        r#"{{"jsonrpc":"2.0","id":{id},"result":{}{}}}"#,
                        "[".repeat(100_000),
                        "]".repeat(100_000)
                    ),
                )
            }),
        ),
        (
            "two documents",
            Box::new(move |id| http("200 OK", &format!("{}{}", good(id), good(id)))),
        ),
        (
            "a batch",
            Box::new(move |id| http("200 OK", &format!("[{}]", good(id)))),
        ),
        (
            "encoded",
            Box::new(move |id| {
                String::from_utf8(http("200 OK", &good(id)))
                    .unwrap()
                    .replacen("content-type", "content-encoding: gzip\r\ncontent-type", 1)
                    .into_bytes()
            }),
        ),
        (
            "redirect",
            Box::new(|_| b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n".to_vec()),
        ),
        ("status", Box::new(|_| http("500 Internal Server Error", "oops"))),
        (
            "cut",
            Box::new(|_| b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{".to_vec()),
        ),
    ];
    for (name, lie) in lies {
        let node = liar(move |id| Act::RawThenClose(lie(id))).await;
        let gateway = Running::before(&node).await;
        let reply = gateway.post(&call(1, "eth_blockNumber", json!([])).to_string()).await;
        assert_eq!((reply.status, reply.code()), (502, -32603), "{name}");
        assert!(reply.reason().starts_with("upstream_"), "{name}: {}", reply.reason());
        assert!(
            !reply.body.contains("0x1") && !reply.body.contains("html"),
            "{name}: {}",
            reply.body
        );
        let reply = gateway
            .post(&json!([call(1, "eth_blockNumber", json!([]))]).to_string())
            .await;
        if name != "a batch" {
            assert_eq!(
                (reply.status, reply.json()[0]["error"]["code"].as_i64()),
                (200, Some(-32603)),
                "{name} to a batch"
            );
        }
    }
}

// D-39
#[tokio::test]
async fn lies_in_a_batch_spoil_only_their_own_calls() {
    let good = |id: u64, text: &str| format!(r#"{{"jsonrpc":"2.0","id":{id},"result":"{text}"}}"#);
    type Case = (
        &'static str,
        fn(u64, &dyn Fn(u64, &str) -> String) -> String,
        [Option<&'static str>; 3],
    );
    let cases: [Case; 7] = [
        (
            "backwards",
            |id, good| format!("[{},{},{}]", good(id + 2, "0xc"), good(id + 1, "0xb"), good(id, "0xa")),
            [Some("0xa"), Some("0xb"), Some("0xc")],
        ),
        (
            "missing",
            |id, good| format!("[{},{}]", good(id, "0xa"), good(id + 2, "0xc")),
            [Some("0xa"), None, Some("0xc")],
        ),
        (
            "twice",
            |id, good| {
                format!(
                    "[{},{},{},{}]",
                    good(id, "0xa"),
                    good(id + 1, "0xb"),
                    good(id + 1, "0xf"),
                    good(id + 2, "0xc")
                )
            },
            [Some("0xa"), None, Some("0xc")],
        ),
        (
            "too many",
            |id, good| {
                format!(
                    "[{},{},{},{}]",
                    good(id, "0xa"),
                    good(id + 1, "0xb"),
                    good(id + 2, "0xc"),
                    good(id + 3, "0xf")
                )
            },
            [Some("0xa"), Some("0xb"), Some("0xc")],
        ),
        (
            "foreign",
            |id, good| format!("[{},{},{}]", good(id, "0xa"), good(1, "0xf"), good(id + 2, "0xc")),
            [Some("0xa"), None, Some("0xc")],
        ),
        ("empty", |_, _| "[]".to_owned(), [None, None, None]),
        ("single", |id, good| good(id, "0xa"), [None, None, None]),
    ];
    for (name, lie, expected) in cases {
        let node = liar(move |id| Act::Answer(lie(id, &good))).await;
        let gateway = Running::before(&node).await;
        let batch = json!([1, 2, 3].map(|id| call(id, "eth_blockNumber", json!([]))));
        let answers = gateway.post(&batch.to_string()).await.json();
        for (place, expected) in expected.into_iter().enumerate() {
            assert_eq!(answers[place]["id"], place + 1, "{name}");
            assert_eq!(answers[place]["result"].as_str(), expected, "{name}: {answers}");
            assert_eq!(answers[place]["error"]["code"].as_i64().is_some(), expected.is_none());
        }
    }
}

#[tokio::test]
async fn an_error_about_a_whole_batch_goes_to_each_call() {
    let node = liar(|_| {
        Act::Answer(r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"batch too large"}}"#.to_owned())
    })
    .await;
    let gateway = Running::before(&node).await;
    let batch = json!([
        call(1, "eth_blockNumber", json!([])),
        call(2, "admin_peers", json!([])),
        call(3, "eth_gasPrice", json!([]))
    ]);
    let answers = gateway.post(&batch.to_string()).await.json();
    let codes: Vec<_> = (0..3)
        .map(|place| answers[place]["error"]["code"].as_i64().unwrap())
        .collect();
    assert_eq!(codes, [-32600, -32004, -32600]);
}

#[tokio::test]
async fn a_node_that_is_away_or_hangs_is_told_apart_and_transactions_are_told_the_truth() {
    let send = call(1, "eth_sendTransaction", json!([{ "from": FROM, "to": PAYEE }])).to_string();
    let read = call(1, "eth_blockNumber", json!([])).to_string();
    let node = liar(|_| Act::Hang).await;
    let gateway = Running::with(&node, "limits: { upstream_timeout: 1s }\n").await;
    let (sent, asked) = tokio::join!(gateway.post(&send), gateway.post(&read));
    for (reply, acted) in [(sent, true), (asked, false)] {
        assert_eq!(
            (reply.status, reply.code(), reply.reason().as_str()),
            (504, -32603, "upstream_timeout")
        );
        assert_eq!(
            reply.body.contains("may have been carried out"),
            acted,
            "{}",
            reply.body
        );
    }
    let node = liar(|_| Act::Close).await;
    let gateway = Running::before(&node).await;
    let reply = gateway.post(&send).await;
    assert_eq!((reply.status, reply.reason().as_str()), (502, "upstream_broken"));
    assert!(reply.body.contains("may have been carried out"));
    assert_eq!(seen(&node).len(), 1, "never twice");
    let batch = format!("[{send},{read}]");
    let reply = gateway.post(&batch).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.json()[0]["error"]["data"]["reason"], "upstream_broken");
}

#[tokio::test]
async fn a_call_whose_client_left_is_on_record() {
    let node = liar(|_| Act::Hang).await;
    let gateway = Running::before(&node).await;
    let mut client = gateway.client().await;
    client
        .send(&request(&call(1, "eth_blockNumber", json!([])).to_string()))
        .await;
    while seen(&node).is_empty() {
        tokio::task::yield_now().await;
    }
    drop(client);
    let path = gateway.directory.path().join("audit.log");
    while !std::fs::read_to_string(&path)
        .unwrap_or_default()
        .contains("client_gone")
    {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let lines = gateway.calls().await;
    assert_eq!(lines.len(), 1);
    assert_eq!(
        (&lines[0]["decision"], &lines[0]["upstream_outcome"]),
        (&json!("allow"), &json!("client_gone"))
    );
}

#[tokio::test]
async fn the_record_tells_who_what_and_why_and_no_secret() {
    let node = Node::obedient().await;
    let gateway = Running::before(&node).await;
    let canary = "ca11da7a".repeat(8);
    let params = json!([{ "from": FROM, "to": OTHER, "data": format!("0xa9059cbb{canary}") }, "latest"]);
    gateway.post(&call(1, "eth_call", params).to_string()).await;
    let line = gateway.calls().await.remove(0);
    for (member, value) in [
        ("principal", json!("alice")),
        ("auth", json!("appcred")),
        ("ruleset", json!("apps")),
        ("method", json!("eth_call")),
        ("decision", json!("deny")),
        ("reason", json!("no_rule_matches")),
        ("listener", json!("public")),
    ] {
        assert_eq!(line[member], value, "{member} in {line}");
    }
    assert_eq!(
        (&line["from"], &line["to"], &line["selector"]),
        (&json!(FROM), &json!(OTHER), &json!("0xa9059cbb")),
        "{line}"
    );
    assert!(line["why"].as_str().unwrap().contains("does not match"), "{line}");
    assert_eq!(line["asks"], json!("block latest"));
    assert!(line["us_callgate"].is_u64());
    let text = line.to_string();
    assert!(!text.contains(&canary) && !text.contains(&key("alice")));
}

#[tokio::test]
async fn subscriptions_need_a_websocket() {
    let node = Node::obedient().await;
    let gateway = Running::before(&node).await;
    let reply = gateway
        .post(&call(1, "eth_subscribe", json!(["newHeads"])).to_string())
        .await;
    assert_eq!((reply.status, reply.reason().as_str()), (200, "needs_websocket"));
    assert!(seen(&node).is_empty());
}

#[tokio::test]
async fn a_batch_waits_once_for_an_audit_that_takes_nothing() {
    let node = Node::obedient().await;
    let stuck = policy("").replace("audit: { file: audit.log }", "audit: { file: /dev/full }");
    let gateway = Running::of(&node, &stuck).await;
    // some thousand lines fill the buffer; from then on nothing of a batch goes on record
    let batch = format!("[{}]", vec!["1"; 1000].join(","));
    let mut client = gateway.client().await;
    for _ in 0..40 {
        let answers = client.post(&batch).await.json();
        let last = &answers.as_array().unwrap()[999];
        if last["error"]["data"]["reason"] == "audit_unavailable" {
            return;
        }
    }
    panic!("the buffer has no end");
}
