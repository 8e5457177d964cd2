//! Real nodes: every operation kind allowed and denied, subscriptions, filters, batches, reload and revocation while calls
//! run, and the bytes that reached the node.

use crate::support::policy::{OPERATOR, RULESETS, SHOP, credentials, text, usual};
use crate::support::tools::need;
use crate::support::wallet::Draft;
use crate::support::{Callgate, Client, Node, Recorder, Socket, Wallet, eventually};
use alloy_primitives::{Address, address};
use serde_json::{Value, json};

const PAYEE: Address = address!("3c44cdddb6a900fa2b585dd299e03d12fa4293bc");
const NO_ANVIL: &str = "anvil is missing: tests/tools/install anvil";
const NO_GETH: &str = "geth is missing: tests/tools/install geth";

/// A node with a recording hop before it, and Callgate before that.
struct Stage {
    node: Node,
    http: Recorder,
    _ws: Recorder,
    callgate: Callgate,
    chain_id: u64,
}

impl Stage {
    async fn of(node: Node) -> Self {
        let chain_id = number(&node.call("eth_chainId", json!([])).await);
        let (http, ws) = (Recorder::before(node.port).await, Recorder::before(node.ws_port).await);
        let setup = usual();
        let path = setup.directory().join("policy.yaml");
        let policy = std::fs::read_to_string(&path).unwrap();
        std::fs::write(
            &path,
            policy
                + &format!(
                    "upstreams: [ {{ name: node, url: \"{}\", ws: \"{}\" }} ]\n",
                    http.url(),
                    ws.ws_url()
                ),
        )
        .unwrap();
        let callgate = setup.start_as_written().ready().await;
        let stage = Self {
            node,
            http,
            _ws: ws,
            callgate,
            chain_id,
        };
        stage.fund(Wallet::development(1).address()).await;
        stage.http.clear();
        stage
    }

    fn client(&self, secret: &str) -> Client {
        Client::new(&self.callgate.url()).bearer(secret)
    }

    /// geth's development account is the only rich one there.
    async fn fund(&self, wallet: Address) {
        let balance = || async {
            self.node
                .call("eth_getBalance", json!([format!("{wallet:#x}"), "latest"]))
                .await
        };
        if balance().await == "0x0" {
            let rich = self.node.call("eth_accounts", json!([])).await[0].clone();
            self.node
                .call(
                    "eth_sendTransaction",
                    json!([{ "from": rich, "to": format!("{wallet:#x}"), "value": "0x56bc75e2d63100000" }]),
                )
                .await;
            eventually("the wallet is funded", || async { balance().await != "0x0" }).await;
        }
    }

    async fn nonce(&self, wallet: &Wallet) -> u64 {
        number(
            &self
                .node
                .call("eth_getTransactionCount", json!([wallet.text(), "pending"]))
                .await,
        )
    }
}

fn number(quantity: &Value) -> u64 {
    u64::from_str_radix(quantity.as_str().expect("a quantity").trim_start_matches("0x"), 16).expect("hex")
}

#[tokio::test]
async fn anvil_reads_calls_and_estimates() {
    let node = need!(Node::anvil().await, NO_ANVIL);
    reads_calls_and_estimates(Stage::of(node).await).await;
}

#[tokio::test]
async fn geth_reads_calls_and_estimates() {
    let node = need!(Node::geth().await, NO_GETH);
    reads_calls_and_estimates(Stage::of(node).await).await;
}

async fn reads_calls_and_estimates(stage: Stage) {
    let client = stage.client(SHOP);
    let wallet = Wallet::development(1);
    let payee = format!("{PAYEE:#x}");
    for (method, params) in [
        ("eth_chainId", json!([])),
        ("net_version", json!([])),
        ("eth_blockNumber", json!([])),
        ("eth_getBlockByNumber", json!(["latest", true])),
        ("eth_getBalance", json!([wallet.text(), "latest"])),
        ("eth_getTransactionCount", json!([wallet.text(), "pending"])),
        ("eth_getCode", json!([payee, "latest"])),
        ("eth_getStorageAt", json!([payee, "0x0", "latest"])),
        ("eth_gasPrice", json!([])),
        ("eth_maxPriorityFeePerGas", json!([])),
        ("eth_feeHistory", json!(["0x1", "latest", [25, 75]])),
        (
            "eth_getLogs",
            json!([{ "fromBlock": "0x0", "toBlock": "latest", "address": payee }]),
        ),
        ("eth_call", json!([{ "to": payee, "data": "0x70a08231" }, "latest"])),
        (
            "eth_call",
            json!([{ "from": payee, "to": payee, "input": "0x" }, "latest"]),
        ),
        (
            "eth_estimateGas",
            json!([{ "from": wallet.text(), "to": payee, "value": "0x1" }]),
        ),
    ] {
        let through = client.call(method, params.clone()).await.result();
        let direct = stage.node.call(method, params.clone()).await;
        assert_eq!(through, direct, "{method} {params}");
    }
    let hash = format!("0x{:064x}", 1);
    assert_eq!(
        client.call("eth_getTransactionReceipt", json!([hash])).await.result(),
        Value::Null
    );
    stage.http.clear();
    for (method, params, code) in [
        (
            "eth_estimateGas",
            json!([{ "from": payee, "to": wallet.text(), "value": "0x1" }]),
            -32003,
        ),
        (
            "eth_call",
            json!([{ "to": payee }, "latest", { payee.clone(): { "code": "0x60" } }]),
            -32003,
        ),
        ("eth_call", json!([{ "data": "0x6000" }, "latest"]), -32003),
        ("debug_traceTransaction", json!([hash]), -32004),
        (
            "eth_sendTransaction",
            json!([{ "from": wallet.text(), "to": payee }]),
            -32003,
        ),
        ("eth_sign", json!([wallet.text(), "0x00"]), -32003),
        (
            "eth_signTransaction",
            json!([{ "from": wallet.text(), "to": payee, "gas": "0x5208", "gasPrice": "0x1", "nonce": "0x0" }]),
            -32003,
        ),
        ("personal_sign", json!(["0x00", wallet.text()]), -32003),
        ("eth_createAccessList", json!([{ "from": payee, "to": payee }]), -32003),
    ] {
        assert_eq!(
            client.call(method, params.clone()).await.code(),
            code,
            "{method} {params}"
        );
    }
    assert_eq!(stage.http.text(), "", "refused calls reach no node");
}

#[tokio::test]
async fn anvil_takes_transactions_of_every_type() {
    let node = need!(Node::anvil().await, NO_ANVIL);
    transactions_of_every_type(Stage::of(node).await).await;
}

#[tokio::test]
async fn geth_takes_transactions_of_every_type() {
    let node = need!(Node::geth().await, NO_GETH);
    transactions_of_every_type(Stage::of(node).await).await;
}

async fn transactions_of_every_type(stage: Stage) {
    let wallet = Wallet::development(1);
    let client = stage.client(OPERATOR);
    let first = stage.nonce(&wallet).await;
    let draft = |n: u64| Draft::pay(stage.chain_id, first + n, PAYEE, 1);
    for raw in [
        wallet.sign_legacy(&draft(0), true),
        wallet.sign_2930(&draft(1)),
        wallet.sign(&draft(2)),
        wallet.sign(&Draft::create(
            stage.chain_id,
            first + 3,
            &[0x60, 0x00, 0x60, 0x00, 0xf3],
        )),
    ] {
        let hash = client.call("eth_sendRawTransaction", json!([raw])).await.result();
        // geth answers with an error while it has not indexed the block
        eventually("it is mined", || async {
            let answer = client.call("eth_getTransactionReceipt", json!([hash])).await.json();
            answer["result"].is_object()
        })
        .await;
        let receipt = client.call("eth_getTransactionReceipt", json!([hash])).await.result();
        assert_eq!(receipt["from"], wallet.text());
        assert_eq!(receipt["status"], "0x1");
        assert!(stage.http.text().contains(&raw), "sent as signed");
    }
    stage.http.clear();
    let other = stage
        .client(SHOP)
        .call(
            "eth_sendRawTransaction",
            json!([Wallet::development(2).sign(&draft(4))]),
        )
        .await;
    assert_eq!(other.code(), -32003);
    assert_eq!(stage.http.text(), "");
}

#[tokio::test]
async fn anvil_signs_only_what_a_rule_allows() {
    let node = need!(Node::anvil().await, NO_ANVIL);
    let stage = Stage::of(node).await;
    let wallet = Wallet::development(1);
    let call = json!([{ "from": wallet.text(), "to": format!("{PAYEE:#x}"), "value": "0x1" }]);
    let hash = stage
        .client(OPERATOR)
        .call("eth_sendTransaction", call.clone())
        .await
        .result();
    assert!(hash.is_string());
    assert_eq!(
        stage.client(SHOP).call("eth_sendTransaction", call).await.code(),
        -32003
    );
    let nobody = json!([{ "to": format!("{PAYEE:#x}"), "value": "0x1" }]);
    assert_eq!(
        stage.client(OPERATOR).call("eth_sendTransaction", nobody).await.code(),
        -32602,
        "the node would choose a key"
    );
    assert_eq!(
        stage
            .client(OPERATOR)
            .call("eth_sign", json!([wallet.text(), "0x00"]))
            .await
            .code(),
        -32003
    );
}

#[tokio::test]
async fn anvil_subscriptions_and_filters() {
    let node = need!(Node::anvil().await, NO_ANVIL);
    subscriptions_and_filters(Stage::of(node).await).await;
}

#[tokio::test]
async fn geth_subscriptions_and_filters() {
    let node = need!(Node::geth().await, NO_GETH);
    subscriptions_and_filters(Stage::of(node).await).await;
}

async fn subscriptions_and_filters(stage: Stage) {
    let wallet = Wallet::development(1);
    let client = stage.client(SHOP);
    let mut socket = Socket::bearer(&stage.callgate.ws_url(), SHOP).await;
    let heads = socket.call("eth_subscribe", json!(["newHeads"])).await["result"].clone();
    assert!(heads.is_string());
    let blocks = client.call("eth_newBlockFilter", json!([])).await.result();
    let logs = client
        .call("eth_newFilter", json!([{ "address": format!("{PAYEE:#x}") }]))
        .await
        .result();
    let nonce = stage.nonce(&wallet).await;
    let hash = client
        .call(
            "eth_sendRawTransaction",
            json!([wallet.sign(&Draft::pay(stage.chain_id, nonce, PAYEE, 1))]),
        )
        .await
        .result();
    assert!(hash.is_string());
    let head = socket.message().await.unwrap();
    assert_eq!(head["params"]["subscription"], heads);
    eventually("the filter sees a block", || async {
        client
            .call("eth_getFilterChanges", json!([blocks]))
            .await
            .result()
            .as_array()
            .is_some_and(|blocks| !blocks.is_empty())
    })
    .await;
    assert_eq!(
        client.call("eth_getFilterLogs", json!([logs])).await.result(),
        json!([])
    );
    assert_eq!(client.call("eth_uninstallFilter", json!([blocks])).await.result(), true);
    assert_eq!(socket.call("eth_unsubscribe", json!([heads])).await["result"], true);
}

#[tokio::test]
async fn anvil_batches_reload_and_revocation_while_calls_run() {
    let node = need!(Node::anvil().await, NO_ANVIL);
    batches_reload_and_revocation(Stage::of(node).await).await;
}

#[tokio::test]
async fn geth_batches_reload_and_revocation_while_calls_run() {
    let node = need!(Node::geth().await, NO_GETH);
    batches_reload_and_revocation(Stage::of(node).await).await;
}

async fn batches_reload_and_revocation(stage: Stage) {
    let operator = stage.client(OPERATOR);
    let body = r#"[{"jsonrpc":"2.0","id":1,"method":"eth_chainId"},{"jsonrpc":"2.0","id":2,"method":"admin_nodeInfo"},{"jsonrpc":"2.0","id":3,"method":"eth_blockNumber"}]"#;
    let calls = tokio::spawn(async move {
        for _ in 0..150 {
            let answer = operator.post(body).await;
            let items = answer.json();
            assert!(
                items[0]["result"].is_string() && items[2]["result"].is_string(),
                "{items}"
            );
            assert_eq!(items[1]["error"]["code"], -32004, "{items}");
        }
    });
    let upstreams = std::fs::read_to_string(stage.callgate.path("policy.yaml")).unwrap();
    let upstreams = upstreams
        .lines()
        .find(|line| line.starts_with("upstreams"))
        .unwrap()
        .to_owned();
    for round in 0..5 {
        stage
            .callgate
            .replace("policy.yaml", &format!("{}{upstreams}\n# {round}\n", text(RULESETS)));
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let shop = stage.client(SHOP);
    stage.callgate.replace(
        "credentials.yaml",
        &credentials().replace(SHOP, "another-secret-0123456789abcdef"),
    );
    eventually("the shop is out", || async {
        shop.call("eth_chainId", json!([])).await.status == 401
    })
    .await;
    calls.await.unwrap();
}
