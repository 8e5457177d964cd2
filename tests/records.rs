//! /health, /ready, /metrics, audit lines and log level; and no secret anywhere.

use crate::support::policy::{OPERATOR, RULESETS, SHOP, text, usual, with_rulesets};
use crate::support::wallet::Draft;
use crate::support::{Client, ScriptedNode, Wallet, eventually};
use serde_json::json;

#[tokio::test]
async fn health_ready_and_metrics_are_on_the_admin_address_only() {
    let node = ScriptedNode::obedient().await;
    let callgate = usual().start(&node.url()).ready().await;
    assert_eq!(callgate.admin_get("/health").await.0, 200);
    let (status, ready) = callgate.admin_get("/ready").await;
    assert_eq!(status, 200, "{ready}");
    assert_eq!(
        Client::new(&callgate.url())
            .bearer(SHOP)
            .call("admin_peers", json!([]))
            .await
            .code(),
        -32004
    );
    assert_eq!(
        Client::new(&callgate.url())
            .bearer(SHOP)
            .call("eth_blockNumber", json!([]))
            .await
            .status,
        200
    );
    let (status, metrics) = callgate.admin_get("/metrics").await;
    assert_eq!(status, 200);
    assert!(metrics.contains("callgate_") && metrics.contains("# HELP"), "{metrics}");
    assert!(metrics.contains("deny") && metrics.contains("allow"), "{metrics}");
    assert!(!metrics.contains("shop"), "principals are no label: {metrics}");
    assert_eq!(callgate.admin_get("/other").await.0, 404);
    for path in ["health", "ready", "metrics"] {
        let answer = reqwest::get(format!("{}{path}", callgate.url())).await.unwrap();
        assert_ne!(answer.status().as_u16(), 200, "{path} is not for clients");
    }
}

#[tokio::test]
async fn every_call_has_one_line_and_level_two_tells_why() {
    let node = ScriptedNode::obedient().await;
    let callgate = usual().start(&node.url()).ready().await;
    let client = Client::new(&callgate.url()).bearer(SHOP);
    client.call("eth_blockNumber", json!([])).await;
    client.call("admin_peers", json!([])).await;
    let raw = Wallet::development(1).sign(&Draft::pay(
        1,
        0,
        Wallet::development(2).address(),
        2_000_000_000_000_000_000,
    ));
    client.call("eth_sendRawTransaction", json!([raw])).await;
    Client::new(&callgate.url())
        .bearer("unknown")
        .call("eth_blockNumber", json!([]))
        .await;
    let calls = callgate.events("call", 3).await;
    assert_eq!(calls.len(), 3, "{calls:?}");
    assert_eq!(
        (calls[0]["decision"].as_str(), calls[1]["decision"].as_str()),
        (Some("allow"), Some("deny"))
    );
    assert!(calls[0].get("why").is_none() || calls[0]["why"].is_string());
    let too_much = &calls[2];
    assert_eq!(too_much["from"], Wallet::development(1).text());
    assert_eq!(too_much["to"], Wallet::development(2).text());
    assert!(
        too_much["why"].as_str().unwrap_or_default().contains("value"),
        "the nearest miss: {too_much}"
    );
    let refusals = callgate.events("refusal", 1).await;
    assert!(refusals[0]["why"].is_string(), "{refusals:?}");
    let audit = callgate.audit();
    let numbers: Vec<u64> = audit.iter().filter_map(|line| line["seq"].as_u64()).collect();
    assert!(
        numbers.windows(2).all(|pair| pair[1] == pair[0] + 1),
        "no line is lost: {numbers:?}"
    );
}

#[tokio::test]
async fn the_level_changes_live() {
    let node = ScriptedNode::obedient().await;
    let callgate = usual().start(&node.url()).ready().await;
    let client = Client::new(&callgate.url()).bearer(SHOP);
    callgate.replace("policy.yaml", &text(RULESETS).replace("level: 2", "level: 1"));
    eventually("refusals are told without why", || async {
        client.call("admin_peers", json!([])).await;
        callgate
            .audit()
            .last()
            .is_some_and(|line| line["event"] == "call" && line.get("why").is_none())
    })
    .await;
}

#[tokio::test]
async fn an_audit_file_is_written_and_reopened_on_hup() {
    let node = ScriptedNode::obedient().await;
    let setup = usual();
    let path = setup.directory().join("policy.yaml");
    let policy = std::fs::read_to_string(&path)
        .unwrap()
        .replace("audit: stdout", "audit: { file: audit.log }");
    std::fs::write(&path, policy).unwrap();
    let callgate = setup.start(&node.url()).ready().await;
    let client = Client::new(&callgate.url()).bearer(SHOP);
    client.call("eth_blockNumber", json!([])).await;
    let lines = |name: &str| std::fs::read_to_string(callgate.path(name)).unwrap_or_default();
    eventually("the line is in the file", || async {
        lines("audit.log").contains("eth_blockNumber")
    })
    .await;
    std::fs::rename(callgate.path("audit.log"), callgate.path("audit.log.1")).unwrap();
    callgate.signal("HUP");
    eventually("the new file gets the next lines", || async {
        client.call("eth_gasPrice", json!([])).await;
        lines("audit.log").contains("eth_gasPrice")
    })
    .await;
}

#[tokio::test]
async fn no_secret_and_no_calldata_is_ever_written() {
    let node = ScriptedNode::obedient().await;
    let (setup, issuer) = with_rulesets(RULESETS);
    let callgate = setup
        .environment("CALLGATE_LOG", "trace")
        .start(&node.url())
        .ready()
        .await;
    let url = callgate.url();
    let calldata = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00";
    let token = issuer.token(&json!({ "wallet": "0x70997970c51812dc3a010c7d01b50e0d17dc79c8" }));
    let wrong = "wrong-secret-canary-0123456789";
    for client in [
        Client::new(&url).bearer(SHOP),
        Client::new(&url).bearer(&token),
        Client::new(&url).bearer(wrong),
        Client::new(&format!("{url}?apikey={SHOP}")),
        Client::new(&format!("{url}?access_token={wrong}")),
        Client::new(&url).header("cookie", &format!("apikey={OPERATOR}")),
        Client::new(&url).bearer(SHOP).header("x-api-key", OPERATOR),
    ] {
        client.call("eth_call", json!([{ "to": "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc", "data": format!("0xa9059cbb{calldata}") }, "latest"])).await;
        client
            .call(
                "personal_unlockAccount",
                json!(["0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc", "password-canary", 1]),
            )
            .await;
        client.call(&format!("eth_{calldata}"), json!([calldata])).await;
        client
            .post(&format!(
                "{{\"jsonrpc\":\"2.0\",\"id\":\"{calldata}\",\"method\":\"eth_chainId\",\"oops"
            ))
            .await;
    }
    let raw = Wallet::development(1).sign(
        &Draft::pay(1, 0, Wallet::development(2).address(), 1).input(&alloy_primitives::hex::decode(calldata).unwrap()),
    );
    Client::new(&url)
        .bearer(SHOP)
        .call("eth_sendRawTransaction", json!([raw]))
        .await;
    callgate.replace(
        "credentials.yaml",
        &format!("- {{ id: shop, secret: {SHOP}, oops: 1 }}\n"),
    );
    eventually("the bad file is told", || async {
        callgate.output().contains("unknown key")
    })
    .await;
    let (_, metrics) = callgate.admin_get("/metrics").await;
    let (_, ready) = callgate.admin_get("/ready").await;
    let everything = format!("{}{metrics}{ready}", callgate.output());
    for canary in [
        SHOP,
        OPERATOR,
        wrong,
        &token,
        token.rsplit('.').next().unwrap(),
        "password-canary",
        &raw[2..],
    ] {
        assert!(!everything.contains(canary), "`{canary}` was written");
    }
    // A method name is a client's choice and is told; parameters and ids are not.
    let without_methods: String = everything
        .lines()
        .filter(|line| !line.contains(&format!("\"eth_{calldata}")))
        .collect();
    assert!(!without_methods.contains(calldata), "calldata was written");
}
