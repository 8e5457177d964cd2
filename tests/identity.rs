//! Who: application credentials in all six places, tokens, ambiguity, order.

use crate::support::policy::{OPERATOR, RULESETS, SHOP, usual, with_rulesets};
use crate::support::token::{Issuer, KeyServer, unix_seconds};
use crate::support::{Answer, Client, ScriptedNode};
use base64::Engine;
use serde_json::json;

async fn ask(client: &Client) -> Answer {
    client.call("eth_blockNumber", json!([])).await
}

fn basic(id: &str, secret: &str) -> String {
    format!(
        "Basic {}",
        base64::engine::general_purpose::STANDARD.encode(format!("{id}:{secret}"))
    )
}

#[tokio::test]
async fn a_credential_counts_in_all_six_places() {
    let node = ScriptedNode::obedient().await;
    let callgate = usual().start(&node.url()).ready().await;
    let url = callgate.url();
    let clients = [
        ("basic", Client::new(&url).header("authorization", &basic("shop", SHOP))),
        ("bearer", Client::new(&url).bearer(SHOP)),
        ("access_token", Client::new(&format!("{url}?access_token={SHOP}"))),
        ("header", Client::new(&url).header("X-Api-Key", SHOP)),
        ("query", Client::new(&format!("{url}?apikey={SHOP}"))),
        (
            "cookie",
            Client::new(&url).header("cookie", &format!("theme=dark; apikey={SHOP}")),
        ),
    ];
    for (place, client) in clients {
        assert_eq!(ask(&client).await.status, 200, "{place}");
    }
    for (place, client) in [
        (
            "wrong id",
            Client::new(&url).header("authorization", &basic("operator", SHOP)),
        ),
        ("look-alike header", Client::new(&url).header("X_Api_Key", SHOP)),
        ("other query", Client::new(&format!("{url}?key={SHOP}"))),
        (
            "other cookie",
            Client::new(&url).header("cookie", &format!("xapikey={SHOP}")),
        ),
    ] {
        assert_eq!(ask(&client).await.status, 401, "{place}");
    }
    let audit = callgate.events("call", 6).await;
    assert_eq!(
        audit.iter().filter(|line| line["auth"].is_string()).count(),
        6,
        "{audit:?}"
    );
}

#[tokio::test]
async fn two_different_credentials_are_ambiguous() {
    let node = ScriptedNode::obedient().await;
    let callgate = usual().start(&node.url()).ready().await;
    let url = callgate.url();
    for client in [
        Client::new(&url).bearer(SHOP).header("X-Api-Key", OPERATOR),
        Client::new(&url)
            .bearer(SHOP)
            .header("authorization", &basic("operator", OPERATOR)),
        Client::new(&format!("{url}?apikey={OPERATOR}")).bearer(SHOP),
    ] {
        assert_eq!(ask(&client).await.status, 401);
    }
    assert!(node.seen().is_empty());
}

#[tokio::test]
async fn a_token_maps_by_its_claims() {
    let node = ScriptedNode::obedient().await;
    let (setup, issuer) = with_rulesets(RULESETS);
    let callgate = setup.start(&node.url()).ready().await;
    let url = callgate.url();
    let with_wallet = issuer.token(&json!({ "wallet": "0x70997970c51812dc3a010c7d01b50e0d17dc79c8" }));
    assert_eq!(ask(&Client::new(&url).bearer(&with_wallet)).await.status, 200);
    let without = issuer.token(&json!({}));
    assert_eq!(ask(&Client::new(&url).bearer(&without)).await.status, 403);
}

#[tokio::test]
async fn a_bad_token_is_final_even_beside_nothing_else() {
    let node = ScriptedNode::obedient().await;
    let (setup, issuer) = with_rulesets(RULESETS);
    let callgate = setup.start(&node.url()).ready().await;
    let url = callgate.url();
    let wallet = json!({ "wallet": "0x70997970c51812dc3a010c7d01b50e0d17dc79c8" });
    let now = unix_seconds();
    let header = json!({ "alg": "ES256", "typ": "JWT", "kid": "k1" });
    let claims = |changes: serde_json::Value| {
        let mut all = json!({ "iss": "https://idp.example", "aud": "callgate", "sub": "alice", "iat": now, "exp": now + 600,
            "wallet": "0x70997970c51812dc3a010c7d01b50e0d17dc79c8" });
        for (name, value) in changes.as_object().unwrap() {
            if value.is_null() {
                all.as_object_mut().unwrap().remove(name);
            } else {
                all[name] = value.clone();
            }
        }
        all
    };
    let fine = issuer.sign(&header, &claims(json!({})));
    assert_eq!(ask(&Client::new(&url).bearer(&fine)).await.status, 200, "the yardstick");
    let stranger = Issuer::new("k1");
    let bad = [
        ("another key", stranger.token(&wallet)),
        ("no exp", issuer.sign(&header, &claims(json!({ "exp": null })))),
        (
            "exp as text",
            issuer.sign(&header, &claims(json!({ "exp": "9999999999" }))),
        ),
        ("expired", issuer.sign(&header, &claims(json!({ "exp": now - 120 })))),
        ("not yet", issuer.sign(&header, &claims(json!({ "nbf": now + 600 })))),
        (
            "from the future",
            issuer.sign(&header, &claims(json!({ "iat": now + 600 }))),
        ),
        ("no aud", issuer.sign(&header, &claims(json!({ "aud": null })))),
        (
            "other aud",
            issuer.sign(&header, &claims(json!({ "aud": "callgate2" }))),
        ),
        (
            "iss list",
            issuer.sign(&header, &claims(json!({ "iss": ["https://idp.example", "x"] }))),
        ),
        (
            "crit",
            issuer.sign(
                &json!({ "alg": "ES256", "kid": "k1", "crit": ["x"], "x": 1 }),
                &claims(json!({})),
            ),
        ),
        (
            "dpop typ",
            issuer.sign(
                &json!({ "alg": "ES256", "kid": "k1", "typ": "dpop+jwt" }),
                &claims(json!({})),
            ),
        ),
        (
            "alg none",
            issuer.sign(&json!({ "alg": "none", "kid": "k1" }), &claims(json!({}))),
        ),
        (
            "own jwk",
            issuer.sign(&json!({ "alg": "ES256", "kid": "k1", "jwk": {} }), &claims(json!({}))),
        ),
        (
            "unknown kid",
            issuer.sign(&json!({ "alg": "ES256", "kid": "k2" }), &claims(json!({}))),
        ),
        ("padding", format!("{fine}=")),
        ("cut", fine[..fine.len() - 4].to_owned()),
    ];
    node.seen().clear();
    let before = node.seen().len();
    for (what, token) in bad {
        let answer = ask(&Client::new(&url).bearer(&token)).await;
        assert_eq!(answer.status, 401, "{what}: {answer:?}");
        assert!(!answer.text.contains(&token), "{what}: the token came back");
    }
    assert_eq!(node.seen().len(), before);
}

#[tokio::test]
async fn ruleset_and_principal_are_on_record() {
    let node = ScriptedNode::obedient().await;
    let callgate = usual().start(&node.url()).ready().await;
    assert_eq!(ask(&Client::new(&callgate.url()).bearer(OPERATOR)).await.status, 200);
    let audit = callgate.events("call", 1).await;
    let line = &audit[0];
    assert_eq!(line["principal"], "operator");
    assert_eq!(line["ruleset"], "operator");
    assert_eq!(line["method"], "eth_blockNumber");
    assert_eq!(line["decision"], "allow");
    assert!(line["us_callgate"].is_u64() && line["us_node"].is_u64(), "{line}");
}

// Two threads: the key server answers while the start of callgate is waited for.
#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_key_is_fetched_from_the_issuer_while_the_client_waits() {
    let node = ScriptedNode::obedient().await;
    let (setup, issuer) = with_rulesets(RULESETS);
    let server = KeyServer::start(issuer.jwks()).await;
    let path = setup.directory().join("policy.yaml");
    let policy = std::fs::read_to_string(&path).unwrap();
    let policy = policy.replace("jwks_file: keys.json", &format!("jwks_url: \"{}\"", server.url()));
    std::fs::write(&path, policy).unwrap();
    let callgate = setup.start(&node.url()).ready().await;
    let claims = json!({ "wallet": "0x70997970c51812dc3a010c7d01b50e0d17dc79c8" });
    let first = Client::new(&callgate.url()).bearer(&issuer.token(&claims));
    assert_eq!(ask(&first).await.status, 200);
    let next = Issuer::new("k2");
    server.publish(next.jwks());
    let second = Client::new(&callgate.url()).bearer(&next.token(&claims));
    assert_eq!(ask(&second).await.status, 200, "asked for once, at once");
    assert_eq!(ask(&first).await.status, 401, "a withdrawn key counts no longer");
}
