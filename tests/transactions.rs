//! Raw transactions: judged by what is signed, sent as they were judged.

use crate::support::policy::{OPERATOR, SHOP, usual};
use crate::support::wallet::Draft;
use crate::support::{Callgate, Client, ScriptedNode, Wallet};
use alloy_primitives::{Address, address, hex};
use serde_json::json;

const PAYEE: Address = address!("3c44cdddb6a900fa2b585dd299e03d12fa4293bc");
const ETHER: u128 = 1_000_000_000_000_000_000;

async fn start() -> (ScriptedNode, Callgate) {
    let node = ScriptedNode::obedient().await;
    let callgate = usual().start(&node.url()).ready().await;
    (node, callgate)
}

async fn send(callgate: &Callgate, secret: &str, raw: &str) -> Option<i64> {
    let answer = Client::new(&callgate.url())
        .bearer(secret)
        .call("eth_sendRawTransaction", json!([raw]))
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json().pointer("/error/code").and_then(serde_json::Value::as_i64)
}

#[tokio::test]
async fn the_rule_sees_sender_payee_value_and_chain() {
    let (node, callgate) = start().await;
    let wallet = Wallet::development(1);
    let fine = wallet.sign(&Draft::pay(1, 0, PAYEE, ETHER));
    assert_eq!(send(&callgate, SHOP, &fine).await, None);
    assert_eq!(node.seen()[0]["params"], json!([fine]), "byte for byte what was signed");
    let refused = [
        (
            "another wallet",
            Wallet::development(2).sign(&Draft::pay(1, 0, PAYEE, ETHER)),
            -32003,
        ),
        (
            "another payee",
            wallet.sign(&Draft::pay(1, 0, wallet.address(), ETHER)),
            -32003,
        ),
        (
            "a wei too much",
            wallet.sign(&Draft::pay(1, 0, PAYEE, ETHER + 1)),
            -32003,
        ),
        ("a creation", wallet.sign(&Draft::create(1, 0, &[0x60, 0])), -32003),
        ("another chain", wallet.sign(&Draft::pay(5, 0, PAYEE, ETHER)), -32602),
        (
            "no replay protection",
            wallet.sign_legacy(&Draft::pay(1, 0, PAYEE, ETHER), false),
            -32003,
        ),
        (
            "somebody else's authority",
            wallet.sign_7702(&Draft::pay(1, 0, PAYEE, 1), &Wallet::development(2), 0, PAYEE),
            -32003,
        ),
        ("one byte more", format!("{fine}00"), -32602),
        ("half a byte less", fine[..fine.len() - 1].to_owned(), -32602),
        ("upper-case prefix", fine.replacen("0x", "0X", 1), -32602),
    ];
    for (what, raw, code) in refused {
        assert_eq!(send(&callgate, SHOP, &raw).await, Some(code), "{what}");
    }
    assert_eq!(node.seen().len(), 1, "refused transactions reach no node");
}

#[tokio::test]
async fn every_type_passes_where_a_rule_allows_it() {
    let (node, callgate) = start().await;
    let wallet = Wallet::development(2);
    let draft = Draft::pay(1, 3, PAYEE, 5).input(&hex!("a9059cbb00"));
    for raw in [
        wallet.sign_legacy(&draft, true),
        wallet.sign_legacy(&draft, false),
        wallet.sign_2930(&draft),
        wallet.sign(&draft),
        wallet.sign(&Draft::create(1, 4, &[0x60, 0])),
    ] {
        assert_eq!(send(&callgate, OPERATOR, &raw).await, None, "{raw}");
    }
    assert_eq!(node.seen().len(), 5);
    let audit = callgate.events("call", 5).await;
    let from: Vec<&str> = audit.iter().filter_map(|line| line["from"].as_str()).collect();
    assert_eq!(
        from,
        vec![wallet.text().as_str(); 5],
        "the audit line names the recovered sender"
    );
    assert!(audit.iter().all(|line| line["hash"].is_string()));
}

#[tokio::test]
async fn the_high_s_twin_of_a_signature_is_refused() {
    let (node, callgate) = start().await;
    let raw = Wallet::development(1).sign_legacy(&Draft::pay(1, 0, PAYEE, 1), true);
    let mut bytes = hex::decode(&raw).unwrap();
    // The last 32 bytes are s; n − s with the other parity signs the same message.
    let at = bytes.len() - 32;
    let order =
        alloy_primitives::U256::from_be_bytes(hex!("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"));
    let s = alloy_primitives::U256::from_be_slice(&bytes[at..]);
    let twin: [u8; 32] = (order - s).to_be_bytes();
    bytes[at..].copy_from_slice(&twin);
    let v = bytes.len() - 32 - 1 - 32 - 1 - 1;
    bytes[v] = if bytes[v] == 37 { 38 } else { 37 };
    assert_eq!(
        send(&callgate, OPERATOR, &hex::encode_prefixed(bytes)).await,
        Some(-32602)
    );
    assert!(node.seen().is_empty());
}

#[tokio::test]
async fn an_unknown_type_is_refused_by_name() {
    let (node, callgate) = start().await;
    let client = Client::new(&callgate.url()).bearer(OPERATOR);
    for first in ["00", "05", "7e", "7f", "80", "bf", "ff"] {
        let answer = client
            .call("eth_sendRawTransaction", json!([format!("0x{first}c0")]))
            .await;
        assert_eq!(answer.code(), -32602, "{first}: {answer:?}");
    }
    assert!(node.seen().is_empty());
}
