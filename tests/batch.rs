//! Batches: every call is judged alone, the allowed ones travel as one batch, answers come in the order of the questions.

use crate::support::policy::{SHOP, usual};
use crate::support::scripted::Act;
use crate::support::wallet::Draft;
use crate::support::{Client, ScriptedNode, Wallet};
use serde_json::{Value, json};

const BALANCE: &str = r#"{"jsonrpc":"2.0","id":"b","method":"eth_getBalance","params":["0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc","latest"]}"#;

#[tokio::test]
async fn allowed_and_denied_calls_keep_their_places() {
    let node = ScriptedNode::start(|body| {
        // Answers in reverse: order must come from the ids.
        let mut answers: Vec<String> = body
            .as_array()
            .unwrap()
            .iter()
            .map(|call| {
                let told = call["method"].as_str().unwrap().len();
                format!(r#"{{"jsonrpc":"2.0","id":{},"result":"{told:#x}"}}"#, call["id"])
            })
            .collect();
        answers.reverse();
        Act::Answer(format!("[{}]", answers.join(",")))
    })
    .await;
    let callgate = usual().start(&node.url()).ready().await;
    let client = Client::new(&callgate.url()).bearer(SHOP);
    let body = format!(
        r#"[{{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}},
            {{"jsonrpc":"2.0","id":2,"method":"admin_peers"}},
            7,
            {BALANCE},
            {{"jsonrpc":"2.0","method":"eth_gasPrice"}},
            {{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber"}},
            {{"jsonrpc":"2.0","id":3,"method":"eth_getBalance","params":["nonsense"]}}]"#
    );
    let answer = client.post(&body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let items = answer.json();
    let items = items.as_array().expect("a batch").clone();
    assert_eq!(items.len(), 6, "{items:?}");
    assert_eq!(items[0], json!({ "jsonrpc": "2.0", "id": 1, "result": "0xb" }));
    assert_eq!(
        (items[1]["id"].clone(), items[1]["error"]["code"].clone()),
        (json!(2), json!(-32004))
    );
    assert_eq!(
        (items[2]["id"].clone(), items[2]["error"]["code"].clone()),
        (Value::Null, json!(-32600))
    );
    assert_eq!(items[3], json!({ "jsonrpc": "2.0", "id": "b", "result": "0xe" }));
    assert_eq!(items[4], json!({ "jsonrpc": "2.0", "id": 1, "result": "0xf" }));
    assert_eq!(
        (items[5]["id"].clone(), items[5]["error"]["code"].clone()),
        (json!(3), json!(-32602))
    );

    let seen = node.seen();
    assert_eq!(seen.len(), 1, "one batch towards the node");
    let sent: Vec<&str> = seen[0]
        .as_array()
        .unwrap()
        .iter()
        .map(|call| call["method"].as_str().unwrap())
        .collect();
    assert_eq!(
        sent,
        ["eth_chainId", "eth_getBalance", "eth_gasPrice", "eth_blockNumber"]
    );
}

#[tokio::test]
async fn a_batch_of_one_stays_a_batch() {
    let node = ScriptedNode::obedient().await;
    let callgate = usual().start(&node.url()).ready().await;
    let answer = Client::new(&callgate.url())
        .bearer(SHOP)
        .post(&format!("[{BALANCE}]"))
        .await;
    assert_eq!(
        answer.json(),
        json!([{ "jsonrpc": "2.0", "id": "b", "result": "0x2a" }])
    );
    assert!(node.seen()[0].is_array());
}

#[tokio::test]
async fn a_batch_of_denied_calls_reaches_no_node() {
    let node = ScriptedNode::obedient().await;
    let callgate = usual().start(&node.url()).ready().await;
    let body = r#"[{"jsonrpc":"2.0","id":1,"method":"admin_peers"},{"jsonrpc":"2.0","id":2,"method":"debug_setHead","params":["0x0"]}]"#;
    let answer = Client::new(&callgate.url()).bearer(SHOP).post(body).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json().as_array().unwrap().len(), 2);
    assert!(node.seen().is_empty());
}

#[tokio::test]
async fn a_batch_of_notifications_has_no_answer() {
    let node = ScriptedNode::obedient().await;
    let callgate = usual().start(&node.url()).ready().await;
    let body = r#"[{"jsonrpc":"2.0","method":"eth_chainId"},{"jsonrpc":"2.0","method":"admin_peers"}]"#;
    let answer = Client::new(&callgate.url()).bearer(SHOP).post(body).await;
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
}

#[tokio::test]
async fn a_node_that_mixes_up_a_batch_spoils_only_what_it_mixed_up() {
    let node = ScriptedNode::start(|body| {
        let calls = body.as_array().unwrap();
        // The first answer is missing, the second comes twice, one belongs to nobody.
        let second = &calls[1]["id"];
        Act::Answer(format!(
            r#"[{{"jsonrpc":"2.0","id":{second},"result":"0x1"}},{{"jsonrpc":"2.0","id":{second},"result":"0x2"}},{{"jsonrpc":"2.0","id":999999999,"result":"0x3"}},{{"jsonrpc":"2.0","id":{},"result":"0x4"}}]"#,
            calls[2]["id"]
        ))
    })
    .await;
    let callgate = usual().start(&node.url()).ready().await;
    let body = r#"[{"jsonrpc":"2.0","id":1,"method":"eth_gasPrice"},{"jsonrpc":"2.0","id":2,"method":"eth_gasPrice"},{"jsonrpc":"2.0","id":3,"method":"eth_gasPrice"}]"#;
    let answer = Client::new(&callgate.url()).bearer(SHOP).post(body).await;
    let items = answer.json();
    assert_eq!(items[0]["error"]["code"], -32603, "{items}");
    assert_eq!(
        items[1]["error"]["code"], -32603,
        "an id answered twice is not to be trusted: {items}"
    );
    assert!(
        items[2]["result"] == "0x4" || items[2]["error"]["code"] == -32603,
        "{items}"
    );
    assert!(
        !answer.text.contains("0x3"),
        "an answer that belongs to nobody reaches nobody"
    );
}

#[tokio::test]
async fn one_body_makes_callgate_check_so_many_signatures_and_no_more() {
    const MOST: usize = 256;
    let node = ScriptedNode::obedient().await;
    let callgate = usual().start(&node.url()).ready().await;
    let (wallet, payee) = (Wallet::development(1), Wallet::development(2));
    let raw = wallet.sign(&Draft::pay(1, 0, payee.address(), 1));
    let call = |id: usize| json!({ "jsonrpc": "2.0", "id": id, "method": "eth_sendRawTransaction", "params": [raw] });
    let last = json!({ "jsonrpc": "2.0", "id": "last", "method": "eth_chainId", "params": [] });
    let mut calls: Vec<Value> = (0..=MOST).map(call).collect();
    calls.push(last);
    let client = Client::new(&callgate.url()).bearer(SHOP);
    let answer = client.post(&Value::from(calls).to_string()).await.json();
    let hash = alloy_primitives::keccak256(alloy_primitives::hex::decode(&raw).unwrap()).to_string();
    for place in 0..MOST {
        assert_eq!(answer[place]["result"], *hash, "{place}");
    }
    let refused = &answer[MOST]["error"];
    assert_eq!(
        (&refused["code"], &refused["data"]["reason"]),
        (&json!(-32005), &json!("too_many_signatures"))
    );
    assert_eq!(answer[MOST + 1]["result"], "0x2a", "calls without signatures go on");
    assert_eq!(node.seen()[0].as_array().unwrap().len(), MOST + 1);

    let authorizing = wallet.sign_7702(&Draft::pay(1, 0, payee.address(), 1), &payee, 0, payee.address());
    let mut calls: Vec<Value> = (1..MOST).map(call).collect();
    calls.push(json!({ "jsonrpc": "2.0", "id": 0, "method": "eth_sendRawTransaction", "params": [authorizing] }));
    calls.push(call(MOST));
    let answer = client.post(&Value::from(calls).to_string()).await.json();
    assert_eq!(
        answer[MOST - 1]["error"]["data"]["reason"],
        "too_many_signatures",
        "authorizations count"
    );
    assert_eq!(answer[MOST]["result"], *hash, "one signature was left");
    callgate
        .events("call", 2 * MOST)
        .await
        .iter()
        .find(|line| line["reason"] == "too_many_signatures" && line["decision"] == "limit")
        .expect("the record tells");
}
