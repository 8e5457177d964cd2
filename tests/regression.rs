//! Bugs that were fixed, each in a test named after what went wrong.

use std::io::Write;
use std::process::{Command, Stdio};

use callgate_auth::Place;
use callgate_auth::credential::{InlineSecrets, Store};

use crate::support::policy::{RULESETS, SHOP, text, usual, with_rulesets};
use crate::support::scripted::Act;
use crate::support::{Client, ScriptedNode, eventually, repository};
use serde_json::json;

#[test]
fn the_demo_listened_where_others_could_use_its_public_secrets() {
    let output = Command::new(env!("CARGO_BIN_EXE_callgate"))
        .args([
            "demo",
            "--once",
            "--listen",
            "0.0.0.0:0",
            "--upstream",
            "http://127.0.0.1:1",
        ])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("can be reached by others"), "{told}");
}

#[test]
fn the_key_of_the_operator_in_the_examples_was_bar() {
    let path = repository("policies/example-credentials.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let store = Store::read("example", &text, InlineSecrets::Refused).unwrap();
    assert!(store.ids().any(|id| id == "operator-1"));
    let words = ["", "foo", "bar", "test", "secret", "password", "operator", "operator-1"].map(str::to_owned);
    let short = (0..=u8::MAX).flat_map(|one| {
        let one = char::from(one);
        std::iter::once(one.to_string())
            .chain((0..=u8::MAX).map(move |other| [one, char::from(other)].iter().collect()))
    });
    for key in words.into_iter().chain(short) {
        assert!(store.find(&key, Place::Header, 0).is_err(), "{key:?}");
    }
}

#[tokio::test]
async fn connections_to_the_node_were_not_counted() {
    let node = ScriptedNode::obedient().await;
    let callgate = usual().start(&node.url()).ready().await;
    let metrics = callgate.admin_get("/metrics").await.1;
    assert!(
        !metrics.contains("callgate_upstream_connections_opened_total 0"),
        "{metrics}"
    );
}

#[tokio::test]
async fn a_client_that_never_read_kept_its_answer_for_minutes() {
    let large = "0".repeat(16 * 1024 * 1024);
    let node = ScriptedNode::start(move |call| {
        Act::Answer(format!(
            r#"{{"jsonrpc":"2.0","id":{},"result":{{"extraData":"0x{large}"}}}}"#,
            call["id"]
        ))
    })
    .await;
    let policy = text(RULESETS).replace("version: 1\n", "version: 1\nlimits: { write_timeout: 1s }\n");
    let setup = usual().file("policy.yaml", &policy);
    let callgate = setup.start(&node.url()).ready().await;
    let open = async |count: usize| {
        let line = format!("callgate_connections_open{{front=\"http\"}} {count}");
        callgate.admin_get("/metrics").await.1.contains(&line)
    };
    let mut deaf = std::net::TcpStream::connect(callgate.address).unwrap();
    let call = r#"{"jsonrpc":"2.0","id":1,"method":"eth_getBlockByNumber","params":["latest",false]}"#;
    let head = format!(
        "POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nauthorization: Bearer {SHOP}\r\ncontent-length: {}\r\n\r\n",
        call.len()
    );
    deaf.write_all(format!("{head}{call}").as_bytes()).unwrap();
    eventually("the client is counted", || open(1)).await;
    eventually("the client is cut", || open(0)).await;
    assert_eq!(node.seen().len(), 1);
}

#[tokio::test]
async fn a_node_that_was_away_was_not_in_the_log() {
    let callgate = usual().start("http://127.0.0.1:1");
    eventually("the log tells", || async {
        let output = callgate.output();
        output.contains("a condition of readiness is not met") && output.contains("the node cannot be reached")
    })
    .await;
}

#[tokio::test]
async fn warnings_of_the_policy_were_told_after_a_reload_only() {
    let node = ScriptedNode::obedient().await;
    let rulesets = RULESETS.replace("txpool_status", "txpool_status, evm_mine");
    let callgate = with_rulesets(&rulesets).0.start(&node.url()).ready().await;
    let output = callgate.output();
    assert!(output.contains("`evm_mine` is sealed"), "{output}");
}

#[tokio::test]
async fn the_policy_was_blamed_for_a_broken_set() {
    let node = ScriptedNode::obedient().await;
    let policy = text(RULESETS).replace("rulesets:", "sets: { payees: [ { file: payees.txt } ] }\nrulesets:");
    let setup = usual().file("policy.yaml", &policy);
    let callgate = setup.file("payees.txt", "").start(&node.url()).ready().await;
    callgate.replace("payees.txt", "nobody");
    eventually("the set is refused", || async {
        callgate.admin_get("/ready").await.1.contains("degraded")
    })
    .await;
    let ready: serde_json::Value = serde_json::from_str(&callgate.admin_get("/ready").await.1).unwrap();
    for source in ready["sources"].as_array().unwrap() {
        let is_at_fault = source["name"].as_str().unwrap().ends_with("payees.txt");
        assert_eq!(source["error"].is_string(), is_at_fault, "{ready}");
    }
}

/// What `callgate check` tells about a policy: its standard error.
fn check(policy: &str) -> String {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("policy.yaml");
    std::fs::write(&path, policy).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_callgate"))
        .arg("check")
        .arg(path)
        .output()
        .unwrap();
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn one_mistake_was_told_twice() {
    let told = check(
        "version: 1\nlisteners: [ { name: a, address: nowhere }, { name: b, address: nowhere } ]\nrulesets: { r: { tx: [ { types: [ eip1558 ], raw: true } ] } }\n",
    );
    assert!(!told.contains("the same address"), "{told}");
    assert_eq!(told.matches("`eip1559`?").count(), 1, "{told}");
}

#[test]
fn a_chain_id_in_words_was_not_told_of_auto() {
    let told = check("version: 1\nchain_id: one\n");
    assert!(told.contains("`chain_id` must be `auto` or a whole number"), "{told}");
}

#[test]
fn a_namespace_that_grants_nothing_was_fine() {
    let told = check("version: 1\nrulesets: { r: { namespaces: { engine: true, txpool: true } } }\n");
    assert!(
        told.contains("no method of the namespace `engine` only reads"),
        "{told}"
    );
    assert!(!told.contains("`txpool` only reads"), "{told}");
}

#[tokio::test]
async fn a_listener_that_the_policy_no_longer_has_said_that_the_gateway_stops() {
    let node = ScriptedNode::obedient().await;
    let free = || {
        std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
    };
    let (one, other) = (free(), free());
    let with = |address| {
        text(RULESETS).replace(
            "version: 1\n",
            &format!("version: 1\nlisteners: [ {{ name: public, address: \"127.0.0.1:0\" }}, {{ name: second, address: \"{address}\" }} ]\n"),
        )
    };
    let setup = usual().file("policy.yaml", &with(one));
    let callgate = setup.start(&node.url()).ready().await;
    let client = Client::new(&format!("http://{one}/")).bearer(SHOP);
    assert_eq!(client.call("eth_chainId", json!([])).await.status, 200);
    callgate.replace("policy.yaml", &with(other));
    eventually("the listener is gone", || async {
        client.call("eth_chainId", json!([])).await.reason() == "listener_gone"
    })
    .await;
}
