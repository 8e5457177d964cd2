//! The HTTP front on the wire: framing, methods, paths, sizes, slow and silent clients, shutdown.

use std::time::Duration;

use tokio::io::AsyncWriteExt;

use serde_json::json;

use crate::testing::{Act, Node, Running, echo, key, request, told};

const CALL: &str = r#"{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}"#;

/// A request with this first line and these further headers, which may repeat ours.
fn with(line: &str, headers: &str, body: &str) -> String {
    let key = key("alice");
    format!("{line} HTTP/1.1\r\nhost: x\r\nx-api-key: {key}\r\n{headers}\r\n{body}")
}

const JSON: &str = "content-type: application/json\r\n";

/// What the node saw of calls, its own questions left out.
fn calls(node: &Node) -> Vec<String> {
    let own = |body: &String| body.contains("eth_chainId") || body.contains("web3_clientVersion");
    node.bodies().into_iter().filter(|body| !own(body)).collect()
}

#[tokio::test]
async fn a_call_reaches_the_node_rewritten_and_its_answer_comes_back() {
    let node = Node::obedient().await;
    let gateway = Running::before(&node).await;
    let reply = gateway
        .post(r#" {"id" : "a", "params":[ ],"method":"eth_blockNumber", "jsonrpc":"2.0"}"#)
        .await;
    assert_eq!(reply.status, 200);
    assert_eq!(
        reply.json(),
        json!({ "jsonrpc": "2.0", "id": "a", "result": told("eth_blockNumber", &json!([])) })
    );
    assert_eq!(reply.header("content-type"), Some("application/json"));
    let seen = calls(&node);
    assert_eq!(seen.len(), 1);
    let id: serde_json::Value = serde_json::from_str(&seen[0]).unwrap();
    assert_eq!(
        seen[0],
        format!(
            r#"{{"jsonrpc":"2.0","id":{},"method":"eth_blockNumber","params":[]}}"#,
            id["id"]
        )
    );
}

#[tokio::test]
async fn nothing_of_the_clients_head_reaches_the_node() {
    let node = Node::obedient().await;
    let gateway = Running::before(&node).await;
    let headers = format!(
        "{JSON}x-canary: 1\r\ncookie: canary=1\r\ncontent-length: {}\r\n",
        CALL.len()
    );
    assert_eq!(
        gateway.raw(&with("POST /rpc?canary=1", &headers, CALL)).await.status,
        200
    );
    let key = key("alice");
    for seen in node.seen() {
        assert!(
            !seen.head.contains("canary") && !seen.head.contains(&key),
            "{}",
            seen.head
        );
        assert!(seen.head.starts_with("POST / HTTP/1.1\r\n"));
    }
}

/// GoQuorum takes the private state from a header, the query, or the beginning of the id.
#[tokio::test]
async fn no_client_chooses_the_private_state_of_a_goquorum_node() {
    let node = Node::obedient().await;
    let gateway = Running::before(&node).await;
    let body = r#"{"jsonrpc":"2.0","id":"canary/1","method":"eth_blockNumber","params":[]}"#;
    let headers = format!(
        "{JSON}quorum-psi: canary\r\npsi: canary\r\ncontent-length: {}\r\n",
        body.len()
    );
    let reply = gateway.raw(&with("POST /rpc?PSI=canary", &headers, body)).await;
    assert_eq!((reply.status, &reply.json()["id"]), (200, &json!("canary/1")));
    for seen in node.seen() {
        assert!(
            !seen.head.contains("canary") && !seen.body.contains("canary"),
            "{seen:?}"
        );
    }
}

// D-01, D-02, D-03, D-06, D-07
#[tokio::test]
async fn ambiguous_framing_is_refused_and_ends_the_connection() {
    let node = Node::obedient().await;
    let gateway = Running::before(&node).await;
    let length = CALL.len();
    let smuggled = request(CALL);
    let chunked = format!("{length:x}\r\n{CALL}\r\n0\r\n\r\n");
    for (name, status, headers) in [
        (
            "CL.TE",
            400,
            format!("{JSON}content-length: {length}\r\ntransfer-encoding: chunked\r\n"),
        ),
        (
            "TE.CL",
            400,
            format!("{JSON}transfer-encoding: chunked\r\ncontent-length: {length}\r\n"),
        ),
        ("TE", 400, format!("{JSON}transfer-encoding: chunked\r\n")),
        (
            "TE twice",
            400,
            format!("{JSON}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n"),
        ),
        (
            "TE list",
            400,
            format!("{JSON}transfer-encoding: chunked, identity\r\n"),
        ),
        ("TE unknown", 400, format!("{JSON}transfer-encoding: xchunked\r\n")),
        ("TE tab", 400, format!("{JSON}transfer-encoding:\tchunked\r\n")),
        (
            "TE vertical tab",
            400,
            format!("{JSON}transfer-encoding: \x0bchunked\r\n"),
        ),
        ("TE space", 400, format!("{JSON}transfer-encoding : chunked\r\n")),
        ("TE folded", 400, format!("{JSON}transfer-encoding:\r\n chunked\r\n")),
        (
            "two CL",
            400,
            format!("{JSON}content-length: {length}\r\ncontent-length: 5\r\n"),
        ),
        ("CL list", 400, format!("{JSON}content-length: {length}, {length}\r\n")),
        ("CL plus", 400, format!("{JSON}content-length: +{length}\r\n")),
        ("CL hex", 400, format!("{JSON}content-length: 0x{length:x}\r\n")),
        ("CL negative", 400, format!("{JSON}content-length: -1\r\n")),
        (
            "CL overflow",
            400,
            format!("{JSON}content-length: 18446744073709551621\r\n"),
        ),
        (
            "CL large",
            413,
            format!("{JSON}content-length: 18446744073709551000\r\n"),
        ),
        ("no CL", 411, JSON.to_owned()),
        (
            "expectation",
            417,
            format!("{JSON}content-length: {length}\r\nexpect: 200-ok\r\n"),
        ),
        (
            "upgrade with a body",
            400,
            format!("{JSON}content-length: {length}\r\nupgrade: websocket\r\n"),
        ),
    ] {
        let mut client = gateway.client().await;
        let body = if headers.contains("transfer-encoding") {
            &chunked
        } else {
            CALL
        };
        client
            .send(&format!("{}{smuggled}", with("POST /", &headers, body)))
            .await;
        assert_eq!(client.reply().await.map(|reply| reply.status), Some(status), "{name}");
        assert!(client.reply().await.is_none(), "{name}: the connection goes on");
    }
    let mut client = gateway.client().await;
    client.send(&request(CALL).replace("HTTP/1.1", "HTTP/1.0")).await;
    assert_eq!(client.reply().await.unwrap().status, 505);
    assert!(client.is_closed().await);
    assert_eq!(calls(&node), [""; 0], "nothing reached the node");
}

#[tokio::test]
async fn a_client_that_asks_may_go_on() {
    let node = Node::obedient().await;
    let gateway = Running::before(&node).await;
    let mut client = gateway.client().await;
    let headers = format!("{JSON}expect: 100-continue\r\ncontent-length: {}\r\n", CALL.len());
    client.send(&with("POST /", &headers, "")).await;
    assert_eq!(client.reply().await.unwrap().status, 100);
    client.send(CALL).await;
    assert_eq!(client.reply().await.unwrap().status, 200);
    let mut refused = gateway.client().await;
    refused
        .send(&with(
            "POST /",
            &headers.replace("content-length: ", "content-length: 99999999"),
            "",
        ))
        .await;
    assert_eq!(
        refused.reply().await.unwrap().status,
        413,
        "refused before a byte was asked for"
    );
}

// D-13 to D-19
#[tokio::test]
async fn methods_paths_and_media_types_are_exact() {
    let node = Node::obedient().await;
    let gateway = Running::before(&node).await;
    let usual = format!("{JSON}content-length: {}\r\n", CALL.len());
    for (line, headers, status, reason) in [
        ("GET /", usual.as_str(), 405, "http_method_not_allowed"),
        ("PUT /", &usual, 405, "http_method_not_allowed"),
        ("PATCH /", &usual, 405, "http_method_not_allowed"),
        ("DELETE /", &usual, 405, "http_method_not_allowed"),
        ("OPTIONS /", &usual, 405, "http_method_not_allowed"),
        ("post /", &usual, 405, "http_method_not_allowed"),
        (
            "GET /?method=eth_sendRawTransaction&params=[]&id=1",
            "",
            405,
            "http_method_not_allowed",
        ),
        ("POST //", &usual, 404, "path_not_served"),
        ("POST /./", &usual, 404, "path_not_served"),
        ("POST /%72pc", &usual, 404, "path_not_served"),
        ("POST /;x", &usual, 404, "path_not_served"),
        ("POST /rpc/../", &usual, 404, "path_not_served"),
        ("POST /graphql", &usual, 404, "path_not_served"),
        ("POST http://x/", &usual, 404, "path_not_served"),
        (
            "POST /",
            "content-type: text/plain\r\ncontent-length: 2\r\n",
            415,
            "media_type_not_accepted",
        ),
        ("POST /", "content-length: 2\r\n", 415, "media_type_not_accepted"),
        (
            "POST /",
            "content-type: application/json\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n",
            415,
            "content_encoding_not_accepted",
        ),
    ] {
        let reply = gateway.raw(&with(line, headers, CALL)).await;
        assert_eq!(reply.status, status, "{line}");
        assert_eq!(reply.reason(), reason, "{line}");
        assert_eq!(reply.json()["id"], serde_json::Value::Null);
        assert_eq!(reply.header("allow"), (status == 405).then_some("POST"));
    }
    let nameless = with("POST /", &usual, CALL).replace("host: x\r\n", "");
    assert_eq!(gateway.raw(&nameless).await.reason(), "host_missing");
    for (line, status) in [("HEAD /", 405), ("CONNECT x:1", 404), ("TRACE /", 405)] {
        let mut client = gateway.client().await;
        client.send(&with(line, &usual, CALL)).await;
        let mut head = String::new();
        while !head.contains("\r\n\r\n") {
            let mut bytes = [0; 1024];
            let count = tokio::io::AsyncReadExt::read(&mut client.stream, &mut bytes)
                .await
                .unwrap();
            assert_ne!(count, 0, "{line}");
            head.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
        }
        assert!(head.starts_with(&format!("HTTP/1.1 {status}")), "{line}: {head}");
    }
    assert_eq!(calls(&node), [""; 0]);
}

// D-15, and policy.md section 6
#[tokio::test]
async fn bodies_that_are_no_request_are_told_so() {
    let node = Node::obedient().await;
    let gateway = Running::with(&node, "limits: { body: 2KiB, batch: 3, depth: 8 }\n").await;
    let deep = format!("{}{}", "[".repeat(9), "]".repeat(9));
    let long = format!("{CALL}{}", " ".repeat(2048 - CALL.len()));
    let longer = format!("{long} ");
    for (body, status, code) in [
        ("", 400, -32700),
        ("{", 400, -32700),
        ("{}x", 400, -32700),
        ("\u{feff}{}", 400, -32700),
        ("7", 400, -32600),
        ("[]", 400, -32600),
        ("{}", 400, -32600),
        (
            r#"{"jsonrpc":"2.0","id":1,"id":1,"method":"eth_blockNumber"}"#,
            400,
            -32600,
        ),
        (r#"{"jsonrpc":"1.0","id":1,"method":"eth_blockNumber"}"#, 400, -32600),
        ("[1,2,3,4]", 400, -32600),
        (&deep, 400, -32600),
        (&longer, 413, -32600),
    ] {
        let reply = gateway.post(body).await;
        assert_eq!((reply.status, reply.code()), (status, code), "{body}");
    }
    assert_eq!(gateway.post(&long).await.status, 200, "at the limit");
    assert_eq!(calls(&node).len(), 1);
}

// D-12
#[tokio::test]
async fn pipelined_calls_are_answered_in_order() {
    let node = Node::start(|seen| {
        if seen.body.contains("eth_syncing") {
            std::thread::sleep(Duration::from_millis(50));
        }
        Act::Answer(echo(&seen.body))
    })
    .await;
    let gateway = Running::before(&node).await;
    let mut client = gateway.client().await;
    let call = |id: usize| {
        let method = match id {
            0 => "eth_syncing",
            1 => "admin_peers",
            _ => "eth_blockNumber",
        };
        request(&format!(
            r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":[]}}"#
        ))
    };
    client.send(&(0..100).map(call).collect::<String>()).await;
    for id in 0..100 {
        let answer = client.reply().await.unwrap().json();
        assert_eq!(answer["id"], id);
        assert_eq!(answer["error"]["code"].as_i64(), (id == 1).then_some(-32004));
    }
}

// D-45
#[tokio::test]
async fn slow_clients_are_cut() {
    let node = Node::obedient().await;
    let gateway = Running::with(
        &node,
        "limits: { head_timeout: 1s, body_timeout: 1s, idle_timeout: 1s }\n",
    )
    .await;
    let mut silent = gateway.client().await;
    let mut head = gateway.client().await;
    head.send("POST / HTTP/1.1\r\nhost: x\r\n").await;
    let mut body = gateway.client().await;
    let start = request(CALL);
    body.send(start.strip_suffix('}').unwrap()).await;
    let mut idle = gateway.client().await;
    assert_eq!(idle.post(CALL).await.status, 200);
    for (name, client) in [
        ("silent", &mut silent),
        ("head", &mut head),
        ("body", &mut body),
        ("idle", &mut idle),
    ] {
        assert!(client.is_closed().await, "{name}");
    }
    assert_eq!(gateway.post(CALL).await.status, 200, "others are served");
}

#[tokio::test]
async fn a_client_that_never_reads_is_cut_and_harms_nobody() {
    let large = format!(r#"{{"extraData":"{}"}}"#, "x".repeat(64 * 1024));
    let node = Node::start(move |seen| {
        let body: serde_json::Value = serde_json::from_str(&seen.body).unwrap();
        Act::Answer(format!(r#"{{"jsonrpc":"2.0","id":{},"result":{large}}}"#, body["id"]))
    })
    .await;
    let gateway = Running::with(&node, "limits: { write_timeout: 1s }\n").await;
    let mut deaf = gateway.client().await;
    let call = r#"{"jsonrpc":"2.0","id":1,"method":"eth_getBlockByNumber","params":["latest",false]}"#;
    let flood = request(call).repeat(10);
    // goes on until the gateway hangs up
    while deaf.stream.write_all(flood.as_bytes()).await.is_ok() {}
    assert_eq!(gateway.post(call).await.status, 200);
}

// D-25
#[tokio::test]
async fn heads_are_bounded() {
    let node = Node::obedient().await;
    let gateway = Running::before(&node).await;
    let usual = format!("{JSON}content-length: {}\r\n", CALL.len());
    for extra in [
        format!("x-long: {}\r\n", "x".repeat(17 * 1024)),
        "x-many: 1\r\n".repeat(200),
        "x: 1\r\n".repeat(70),
    ] {
        let reply = gateway.raw(&with("POST /", &format!("{usual}{extra}"), CALL)).await;
        assert_eq!(reply.status, 431);
    }
    let endless = format!("POST / HTTP/1.1\r\nhost: x\r\nx-endless: {}", "x".repeat(100 * 1024));
    assert_eq!(gateway.raw(&endless).await.status, 431);
}

// D-20
#[tokio::test]
async fn browsers_are_answered_here() {
    let node = Node::obedient().await;
    let policy = crate::testing::policy("").replace(
        "paths: [ /, /rpc ]",
        "paths: [ / ], hosts: [ rpc.example ], cors: { origins: [ \"https://app.example\" ] }",
    );
    let gateway = Running::of(&node, &policy).await;
    let preflight = |origin: &str| {
        format!(
            "OPTIONS / HTTP/1.1\r\nhost: rpc.example\r\norigin: {origin}\r\naccess-control-request-method: POST\r\n\r\n"
        )
    };
    let reply = gateway.raw(&preflight("https://app.example")).await;
    assert_eq!(reply.status, 204);
    assert_eq!(reply.header("access-control-allow-origin"), Some("https://app.example"));
    assert_eq!(
        reply.header("access-control-allow-headers"),
        Some("content-type, authorization, x-api-key")
    );
    let reply = gateway.raw(&preflight("https://evil.example")).await;
    assert_eq!((reply.status, reply.header("access-control-allow-origin")), (403, None));
    let call = |host: &str, origin: &str| {
        request(CALL).replace("host: x\r\n", &format!("host: {host}\r\norigin: {origin}\r\n"))
    };
    let reply = gateway.raw(&call("rpc.example", "https://app.example")).await;
    assert_eq!(
        (reply.status, reply.header("access-control-allow-origin")),
        (200, Some("https://app.example"))
    );
    assert_eq!(
        gateway.raw(&call("rpc.example", "null")).await.reason(),
        "origin_not_allowed"
    );
    assert_eq!(
        gateway.raw(&call("evil.example", "https://app.example")).await.reason(),
        "host_not_served"
    );
    assert_eq!(calls(&node).len(), 1);
}

#[tokio::test]
async fn running_calls_end_before_the_gateway_does() {
    let node = Node::start(|seen| {
        if seen.body.contains("eth_syncing") {
            std::thread::sleep(Duration::from_millis(300));
        }
        Act::Answer(echo(&seen.body))
    })
    .await;
    let gateway = Running::before(&node).await;
    let (address, mut running) = (gateway.address(), gateway.client().await);
    let mut idle = gateway.client().await;
    assert_eq!(idle.post(CALL).await.status, 200);
    running
        .send(&request(&CALL.replace("eth_blockNumber", "eth_syncing")))
        .await;
    while calls(&node).len() < 2 {
        tokio::task::yield_now().await;
    }
    let (reply, lines) = tokio::join!(running.reply(), gateway.calls());
    assert_eq!(reply.unwrap().status, 200);
    assert_eq!(lines.len(), 2);
    assert!(idle.is_closed().await);
    assert!(
        tokio::net::TcpStream::connect(address).await.is_err(),
        "nobody listens any more"
    );
}

#[tokio::test]
async fn the_house_has_a_bounded_number_of_seats() {
    let node = Node::obedient().await;
    let gateway = Running::with(&node, "limits: { connections: 2 }\n").await;
    let mut first = gateway.client().await;
    assert_eq!(first.post(CALL).await.status, 200);
    let mut second = gateway.client().await;
    assert_eq!(second.post(CALL).await.status, 200);
    assert!(gateway.client().await.is_closed().await);
    drop(first);
    loop {
        let mut again = gateway.client().await;
        let _ = again.stream.write_all(request(CALL).as_bytes()).await;
        if again.reply().await.is_some_and(|reply| reply.status == 200) {
            break;
        }
    }
}

#[tokio::test]
async fn one_peer_has_its_share_of_the_seats() {
    let node = Node::obedient().await;
    let gateway = Running::with(&node, "limits: { connections_per_peer: 1 }\n").await;
    let mut first = gateway.client().await;
    assert_eq!(first.post(CALL).await.status, 200);
    assert!(gateway.client().await.is_closed().await);
    assert_eq!(first.post(CALL).await.status, 200, "who is there is served on");
}

/// Sends all but the last byte of a call of `alice`, and the rest once the gateway knows the new files.
async fn call_across_a_reload(change: impl FnOnce(&std::path::Path)) -> (u16, String) {
    let node = Node::obedient().await;
    let gateway = Running::before(&node).await;
    let whole = request(r#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}"#);
    let (most, last) = whole.split_at(whole.len() - 1);
    let mut client = gateway.client().await;
    client.send(most).await;
    // the head is judged while its body is still on the way
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    change(gateway.directory.path());
    loop {
        let mut admin = gateway.admin().await;
        admin.send("GET /ready HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
        if admin.reply().await.unwrap().json()["revision"] != 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    client.send(last).await;
    let reply = client.reply().await.unwrap();
    (reply.status, reply.body)
}

#[tokio::test]
async fn a_credential_revoked_while_its_body_comes_calls_nothing() {
    let (status, body) = call_across_a_reload(|directory| {
        std::fs::write(directory.join("credentials.yaml"), "[]\n").unwrap();
    })
    .await;
    assert_eq!(status, 401, "{body}");
}

#[tokio::test]
async fn a_grant_taken_while_the_body_comes_is_gone() {
    let (status, body) = call_across_a_reload(|directory| {
        let path = directory.join("policy.yaml");
        let policy = std::fs::read_to_string(&path)
            .unwrap()
            .replace("info: true", "info: false");
        std::fs::write(path, policy).unwrap();
    })
    .await;
    assert_eq!(status, 200);
    assert!(body.contains("method_not_granted"), "{body}");
}

#[tokio::test]
async fn the_record_of_a_body_that_is_no_request_tells_whose_it_was() {
    let node = Node::obedient().await;
    let gateway = Running::before(&node).await;
    assert_eq!(gateway.post("{").await.status, 400);
    let lines = gateway.audit().await;
    let line = lines.iter().find(|line| line["event"] == "refusal").unwrap();
    assert_eq!(
        (&line["principal"], &line["reason"]),
        (&"alice".into(), &"parse_error".into()),
        "{line}"
    );
}
