//! What a client sees: the error table, bad bodies, methods, paths and headers. The node behind is scripted, so that every
//! test can also say what reached it.

use crate::support::policy::{SHOP, STRANGER, usual};
use crate::support::{Callgate, Client, ScriptedNode};
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;

async fn start() -> (ScriptedNode, Callgate, Client) {
    let node = ScriptedNode::obedient().await;
    let callgate = usual().start(&node.url()).ready().await;
    let client = Client::new(&callgate.url()).bearer(SHOP);
    (node, callgate, client)
}

#[tokio::test]
async fn an_allowed_call_passes_and_comes_back_under_the_clients_id() {
    let (node, _callgate, client) = start().await;
    let answer = client
        .post(r#"{"jsonrpc":"2.0","id":"abc","method":"eth_blockNumber","params":[]}"#)
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.json(),
        json!({ "jsonrpc": "2.0", "id": "abc", "result": "0x2a" })
    );
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(node.seen().len(), 1);
    assert_ne!(node.seen()[0]["id"], json!("abc"), "the node sees an id of ours");
}

#[tokio::test]
async fn nobody_gets_401_and_a_challenge() {
    let (node, callgate, _) = start().await;
    for client in [
        Client::new(&callgate.url()),
        Client::new(&callgate.url()).bearer("wrong-secret"),
    ] {
        let answer = client.call("eth_blockNumber", json!([])).await;
        assert_eq!(answer.status, 401);
        assert!(answer.headers.contains_key("www-authenticate"));
        assert_eq!((answer.code(), answer.json()["id"].clone()), (4100, json!(null)));
    }
    assert!(node.seen().is_empty());
}

#[tokio::test]
async fn somebody_whom_no_mapping_matches_gets_403() {
    let (node, callgate, _) = start().await;
    let answer = Client::new(&callgate.url())
        .bearer(STRANGER)
        .call("eth_blockNumber", json!([]))
        .await;
    assert_eq!((answer.status, answer.code()), (403, 4100));
    assert!(node.seen().is_empty());
}

#[tokio::test]
async fn a_method_that_is_not_granted_is_32004() {
    let (node, _callgate, client) = start().await;
    for method in [
        "debug_traceTransaction",
        "admin_peers",
        "foo_bar",
        "engine_newPayloadV4",
        "eth_accounts",
    ] {
        let params = if method == "debug_traceTransaction" {
            json!([format!("0x{:064}", 1)])
        } else {
            json!([])
        };
        let answer = client.call(method, params).await;
        assert_eq!(answer.status, 200, "{method}");
        assert!(matches!(answer.code(), -32004 | -32602), "{method}: {answer:?}");
    }
    assert!(node.seen().is_empty());
}

#[tokio::test]
async fn an_operation_that_no_rule_allows_is_32003() {
    let (node, _callgate, client) = start().await;
    let call = json!([{ "to": "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc" }, "latest", { "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc": { "balance": "0x1" } }]);
    let answer = client.call("eth_call", call).await;
    assert_eq!((answer.status, answer.code()), (200, -32003), "{answer:?}");
    assert!(!answer.json()["error"]["data"]["requestId"].is_null());
    assert!(node.seen().is_empty());
}

#[tokio::test]
async fn bad_parameters_are_32602_and_name_the_parameter() {
    let (node, _callgate, client) = start().await;
    for (method, params) in [
        ("eth_getBalance", json!([])),
        ("eth_getBalance", json!(["0x12", "latest"])),
        (
            "eth_getBalance",
            json!(["0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc", "LATEST"]),
        ),
        ("eth_blockNumber", json!([1])),
        (
            "eth_call",
            json!([{ "to": "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc", "Gas": "0x1" }, "latest"]),
        ),
        ("eth_sendRawTransaction", json!(["0x02c0"])),
    ] {
        let answer = client.call(method, params.clone()).await;
        assert_eq!(
            (answer.status, answer.code()),
            (200, -32602),
            "{method} {params}: {answer:?}"
        );
    }
    assert!(node.seen().is_empty());
}

#[tokio::test]
async fn a_body_that_is_not_json_is_400_and_32700() {
    let (node, _callgate, client) = start().await;
    for body in ["{", " ", "nonsense", "{}{}", "\u{feff}{}", r#"{"a":1,}"#, "[1,2"] {
        let answer = client.post(body).await;
        assert_eq!(answer.status, 400, "{body}: {answer:?}");
        assert!(matches!(answer.code(), -32700 | -32600), "{body}: {answer:?}");
    }
    let answer = client
        .post_bytes(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\"}".to_vec())
        .await;
    assert_eq!((answer.status, answer.code()), (400, -32700));
    assert!(node.seen().is_empty());
}

#[tokio::test]
async fn a_body_that_is_no_request_is_400_and_32600() {
    let (node, _callgate, client) = start().await;
    for body in [
        "{}",
        "[]",
        r#"{"jsonrpc":"1.0","id":1,"method":"eth_blockNumber"}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":{}}"#,
        r#"{"jsonrpc":"2.0","id":1.5,"method":"eth_blockNumber"}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","extra":1}"#,
        r#"{"jsonrpc":"2.0","id":1,"Method":"eth_blockNumber"}"#,
    ] {
        let answer = client.post(body).await;
        assert_eq!((answer.status, answer.code()), (400, -32600), "{body}: {answer:?}");
    }
    assert!(node.seen().is_empty());
}

#[tokio::test]
async fn duplicate_members_are_refused_at_every_depth() {
    let (node, _callgate, client) = start().await;
    for body in [
        r#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId","method":"eth_sendRawTransaction"}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId","METHOD":"eth_sendRawTransaction"}"#,
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_chainId\",\"param\u{17f}\":[],\"params\":[]}",
        r#"{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"to":"0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc","\u0074o":"0x00"},"latest"]}"#,
    ] {
        let answer = client.post(body).await;
        assert_eq!(answer.status, 400, "{body}: {answer:?}");
    }
    assert!(node.seen().is_empty());
}

#[tokio::test]
async fn too_deep_and_too_long_are_refused() {
    let (node, _callgate, client) = start().await;
    let deep = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"eth_call","params":{}{}}}"#,
        "[".repeat(200),
        "]".repeat(200)
    );
    assert_eq!(client.post(&deep).await.status, 400);
    let batch = format!(
        "[{}]",
        vec![r#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}"#; 10_000].join(",")
    );
    assert_eq!(client.post(&batch).await.status, 400);
    let long = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"eth_call","params":["{}"]}}"#,
        "0".repeat(32 << 20)
    );
    let answer = tokio::time::timeout(crate::support::PATIENCE, client.post_or_cut(long))
        .await
        .expect("an end");
    assert!(matches!(answer, None | Some(413)), "{answer:?}");
    assert!(node.seen().is_empty());
}

#[tokio::test]
async fn only_post_of_json_on_the_path_is_served() {
    let (node, callgate, client) = start().await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber"}"#;
    let request = |method: reqwest::Method, path: &str, kind: Option<&str>| {
        let mut request = http
            .request(method, format!("http://{}{path}", callgate.address))
            .bearer_auth(SHOP)
            .body(body);
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        request.send()
    };
    let json = Some("application/json");
    for method in ["GET", "PUT", "PATCH", "DELETE", "HEAD", "TRACE"] {
        let status = request(method.parse().unwrap(), "/", json).await.unwrap().status();
        assert_eq!(status, 405, "{method}");
    }
    for path in ["/graphql", "//", "/./x", "/%2e%2e/admin", "/metrics"] {
        let status = request(reqwest::Method::POST, path, json).await.unwrap().status();
        assert_eq!(status, 404, "{path}");
    }
    for kind in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("application/json; charset=utf-16"),
    ] {
        assert_eq!(
            request(reqwest::Method::POST, "/", kind).await.unwrap().status(),
            415,
            "{kind:?}"
        );
    }
    let zipped = http
        .post(callgate.url())
        .bearer_auth(SHOP)
        .header("content-type", "application/json")
        .header("content-encoding", "gzip")
        .body(body);
    assert_eq!(zipped.send().await.unwrap().status(), 415);
    assert!(node.seen().is_empty());
    let fine = client.header("content-type", "application/json").post(body).await;
    assert_eq!(fine.status, 415, "two content types are one too many");
    let fine = request(reqwest::Method::POST, "/", Some("application/json; charset=UTF-8"))
        .await
        .unwrap();
    assert_eq!(fine.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn ambiguous_framing_is_refused_and_nothing_is_smuggled() {
    let (node, callgate, _) = start().await;
    let call = r#"{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber"}"#;
    let head =
        format!("POST / HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {SHOP}\r\ncontent-type: application/json\r\n");
    for framing in [
        format!(
            "content-length: {}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n{call}",
            call.len()
        ),
        format!(
            "transfer-encoding: chunked\r\ncontent-length: {}\r\n\r\n0\r\n\r\n{call}",
            call.len()
        ),
        format!("content-length: {}\r\ncontent-length: 3\r\n\r\n{call}", call.len()),
        format!("content-length: +{}\r\n\r\n{call}", call.len()),
        format!("transfer-encoding: xchunked\r\n\r\n0\r\n\r\n{call}"),
        format!("transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n{call}"),
    ] {
        let answer = raw(&callgate, &format!("{head}{framing}"));
        assert!(
            answer.starts_with("HTTP/1.1 4") || answer.starts_with("HTTP/1.1 5"),
            "{framing}\n{answer}"
        );
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{framing}\n{answer}");
    }
    assert!(node.seen().is_empty());
}

/// Writes bytes on a fresh connection and reads until the server closes or is silent.
fn raw(callgate: &Callgate, bytes: &str) -> String {
    let mut stream = TcpStream::connect(callgate.address).unwrap();
    stream
        .set_read_timeout(Some(std::time::Duration::from_secs(3)))
        .unwrap();
    stream.write_all(bytes.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut chunk) {
        answer.extend_from_slice(&chunk[..read]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn no_client_header_path_or_query_reaches_the_node() {
    let node = ScriptedNode::obedient().await;
    let port: u16 = node.url().rsplit(':').next().unwrap().parse().unwrap();
    let recorder = crate::support::Recorder::before(port).await;
    let callgate = usual().start(&recorder.url()).ready().await;
    recorder.clear();
    let client =
        Client::new(&format!("{}?apikey=", callgate.url()).replace("?apikey=", &format!("?apikey={SHOP}&x=canary1")))
            .header("x-canary", "canary2")
            .header("cookie", "a=canary3")
            .header("user-agent", "canary4")
            .header("x-forwarded-for", "10.9.8.7");
    assert_eq!(client.call("eth_blockNumber", json!([])).await.status, 200);
    let sent = recorder.text();
    for trace in ["canary", SHOP, "10.9.8.7", "apikey"] {
        assert!(
            !sent.to_ascii_lowercase().contains(trace),
            "`{trace}` reached the node:\n{sent}"
        );
    }
    assert!(sent.contains("eth_blockNumber"));
}

#[tokio::test]
async fn notifications_are_judged_and_never_answered() {
    let (node, _callgate, client) = start().await;
    let allowed = client.post(r#"{"jsonrpc":"2.0","method":"eth_blockNumber"}"#).await;
    assert_eq!((allowed.status, allowed.text.as_str()), (204, ""));
    let denied = client.post(r#"{"jsonrpc":"2.0","method":"admin_peers"}"#).await;
    assert_eq!((denied.status, denied.text.as_str()), (204, ""));
    assert!(node.seen().iter().all(|call| call["method"] == "eth_blockNumber"));
}

#[tokio::test]
async fn cors_is_off() {
    let (_node, callgate, client) = start().await;
    let answer = client
        .header("origin", "https://evil.example")
        .call("eth_blockNumber", json!([]))
        .await;
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let preflight = http
        .request(reqwest::Method::OPTIONS, callgate.url())
        .header("origin", "https://evil.example")
        .send()
        .await
        .unwrap();
    assert!(!preflight.headers().contains_key("access-control-allow-origin"));
}
