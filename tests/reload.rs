//! Policy, credential, key and tenant files change while calls run.

use crate::support::policy::{OPERATOR, RULESETS, SHOP, credentials, text, usual, with_rulesets};
use crate::support::token::Issuer;
use crate::support::tools::need;
use crate::support::{Client, Node, ScriptedNode, Socket, eventually};
use serde_json::json;

#[tokio::test]
async fn a_changed_policy_takes_effect_without_a_restart() {
    let node = ScriptedNode::obedient().await;
    let callgate = usual().start(&node.url()).ready().await;
    let client = Client::new(&callgate.url()).bearer(SHOP);
    assert_eq!(client.call("txpool_status", json!([])).await.code(), -32004);
    callgate.replace(
        "policy.yaml",
        &text(&RULESETS.replacen("    tx:", "    namespaces: { txpool: true }\n    tx:", 1)),
    );
    eventually("the new policy judges", || async {
        client
            .call("txpool_status", json!([]))
            .await
            .json()
            .get("result")
            .is_some()
    })
    .await;
}

#[tokio::test]
async fn a_broken_policy_keeps_the_last_good_one_and_says_so() {
    let node = ScriptedNode::obedient().await;
    let callgate = usual().start(&node.url()).ready().await;
    let client = Client::new(&callgate.url()).bearer(SHOP);
    callgate.replace("policy.yaml", "version: 1\nrulesetz: {}\n");
    eventually("the log tells the mistake", || async {
        callgate.output().contains("rulesetz")
    })
    .await;
    assert_eq!(client.call("eth_blockNumber", json!([])).await.status, 200);
    let (_, ready) = callgate.admin_get("/ready").await;
    assert!(ready.contains("policy"), "{ready}");
    let (_, metrics) = callgate.admin_get("/metrics").await;
    assert!(
        metrics
            .lines()
            .any(|line| line.contains("reload") && line.contains("refused") && line.ends_with(" 1")),
        "{metrics}"
    );
    callgate.replace("policy.yaml", &text(RULESETS));
    eventually("all is well again", || async {
        !callgate.admin_get("/ready").await.1.contains("rulesetz")
    })
    .await;
}

#[tokio::test]
async fn a_revoked_credential_ends_calls_and_sockets() {
    let node = need!(Node::anvil().await, "anvil is missing: tests/tools/install anvil");
    let callgate = usual().start(&node.url()).ready().await;
    let client = Client::new(&callgate.url()).bearer(SHOP);
    let mut mine = Socket::bearer(&callgate.ws_url(), SHOP).await;
    let mut theirs = Socket::bearer(&callgate.ws_url(), OPERATOR).await;
    mine.call("eth_subscribe", json!(["newHeads"])).await;
    callgate.replace(
        "credentials.yaml",
        &format!("- {{ id: operator, secret: {OPERATOR} }}\n"),
    );
    assert_eq!(mine.closed().await, Some(4403));
    eventually("calls are refused", || async {
        client.call("eth_chainId", json!([])).await.status == 401
    })
    .await;
    assert_eq!(
        theirs.call("eth_chainId", json!([])).await["result"],
        "0x7a69",
        "nobody else is disturbed"
    );
}

#[tokio::test]
async fn a_credential_rotates_without_a_failed_call() {
    let node = ScriptedNode::obedient().await;
    let callgate = usual().start(&node.url()).ready().await;
    let client = Client::new(&callgate.url()).bearer(SHOP);
    callgate.replace(
        "credentials.yaml",
        &format!(
            "{}- {{ id: shop2, secret: next-secret-0123456789abcdef }}\n",
            credentials()
        ),
    );
    for _ in 0..50 {
        assert_eq!(client.call("eth_blockNumber", json!([])).await.status, 200);
    }
    let next = Client::new(&callgate.url()).bearer("next-secret-0123456789abcdef");
    // Known now, though no mapping names it: 403 instead of 401.
    eventually("the new credential is known", || async {
        next.call("eth_blockNumber", json!([])).await.status == 403
    })
    .await;
}

#[tokio::test]
async fn keys_of_an_issuer_change() {
    let node = ScriptedNode::obedient().await;
    let (setup, issuer) = with_rulesets(RULESETS);
    let callgate = setup.start(&node.url()).ready().await;
    let claims = json!({ "wallet": "0x70997970c51812dc3a010c7d01b50e0d17dc79c8" });
    let old = Client::new(&callgate.url()).bearer(&issuer.token(&claims));
    assert_eq!(old.call("eth_blockNumber", json!([])).await.status, 200);
    let next = Issuer::new("k2");
    callgate.replace("keys.json", &next.jwks());
    let new = Client::new(&callgate.url()).bearer(&next.token(&claims));
    eventually("the new key counts", || async {
        new.call("eth_blockNumber", json!([])).await.status == 200
    })
    .await;
    assert_eq!(
        old.call("eth_blockNumber", json!([])).await.status,
        401,
        "the removed key counts no longer"
    );
}

#[tokio::test]
async fn an_expired_token_closes_its_socket() {
    let node = need!(Node::anvil().await, "anvil is missing: tests/tools/install anvil");
    let (setup, issuer) = with_rulesets(RULESETS);
    // Without leeway the token's own end counts.
    let path = setup.directory().join("policy.yaml");
    let policy = std::fs::read_to_string(&path)
        .unwrap()
        .replace("keys: { jwks_file", "leeway: 0s\n      keys: { jwks_file");
    std::fs::write(&path, policy).unwrap();
    let callgate = setup.start(&node.url()).ready().await;
    let token = issuer.token_for(&json!({ "wallet": "0x70997970c51812dc3a010c7d01b50e0d17dc79c8" }), 4);
    let mut socket = Socket::bearer(&callgate.ws_url(), &token).await;
    assert_eq!(socket.call("eth_chainId", json!([])).await["result"], "0x7a69");
    assert_eq!(socket.closed().await, Some(4401));
}

#[tokio::test]
async fn open_sockets_are_judged_by_the_new_policy() {
    let node = need!(Node::anvil().await, "anvil is missing: tests/tools/install anvil");
    let callgate = usual().start(&node.url()).ready().await;
    let mut socket = Socket::bearer(&callgate.ws_url(), SHOP).await;
    assert!(socket.call("eth_gasPrice", json!([])).await["result"].is_string());
    callgate.replace(
        "policy.yaml",
        &text(&RULESETS.replace("info: true, ", "").replace("fees: true, ", "")),
    );
    let deadline = std::time::Instant::now() + crate::support::PATIENCE;
    while socket.call("eth_gasPrice", json!([])).await.get("error").is_none() {
        assert!(
            std::time::Instant::now() < deadline,
            "the open socket keeps the old policy"
        );
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn calls_run_on_while_everything_reloads() {
    let node = ScriptedNode::obedient().await;
    let callgate = usual().start(&node.url()).ready().await;
    let client = Client::new(&callgate.url()).bearer(SHOP);
    let calls = {
        let client = client.clone();
        tokio::spawn(async move {
            for _ in 0..600 {
                let answer = client.call("eth_blockNumber", json!([])).await;
                assert_eq!(answer.status, 200, "{answer:?}");
            }
        })
    };
    for round in 0..15 {
        callgate.replace("policy.yaml", &format!("{}# {round}\n", text(RULESETS)));
        callgate.replace(
            "credentials.yaml",
            &if round % 3 == 2 {
                "- nonsense\n".to_owned()
            } else {
                format!("{}# {round}\n", credentials())
            },
        );
        callgate.signal("HUP");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    calls.await.unwrap();
}
