//! Nothing legitimate is refused: the ordinary flows of the libraries people use run on a fresh node and, through Callgate
//! with a policy that allows everything, on another; line by line they see the same, and Callgate itself refuses nothing.
//!
//! `CALLGATE_RECORD_FLOWS=1` writes down anew what each library asks, as the fixtures that are replayed here and in
//! `callgate-eth`.

use crate::support::flows::{Library, Surroundings};
use crate::support::recording::{Recording, kinds_of_calls};
use crate::support::tap::Tap;
use crate::support::tools::{need, skip};
use crate::support::{Callgate, Node, Socket, Wallet, eventually, policy};
use serde_json::{Value, json};

const NO_ANVIL: &str = "anvil is missing: tests/tools/install anvil";
const NO_GETH: &str = "geth is missing: tests/tools/install geth";
const NO_FLOWS: &str = "a library is missing: tests/tools/install clients flows";

/// Everything that a policy can allow at a shared door.
const EVERYTHING: &str = r#"  operator:
    chain: { info: true, blocks: true, receipts: true, transactions: true, state: true, fees: true, subscribe: true, filter: true, pending: true }
    namespaces: { net: true, web3: true, txpool: true, trace: true, debug: true }
    methods: [ eth_accounts, eth_requestAccounts, eth_coinbase, eth_blobBaseFee, debug_traceTransaction, debug_traceCall, hardhat_metadata, anvil_nodeInfo ]
    tx:
      - name: whoever gives code away
        authorizations: { delegate: ".*" }
        types: [ legacy, eip2930, eip1559, eip4844, eip7702 ]
        protected: any
        call: true
        estimate: true
        trace: true
        raw: true
        send: true
        sign: true
        userop: true
        private: true
        create: true
        overrides: true
      - name: every other transaction
        types: [ legacy, eip2930, eip1559, eip4844 ]
        protected: any
        call: true
        estimate: true
        trace: true
        raw: true
        send: true
        sign: true
        userop: true
        private: true
        create: true
        overrides: true
      - name: messages, which have no type
        sign: true
"#;

/// Callgate in front of `node`, allowing everything, and a hop before it that reads along.
async fn open_door(node: &Node) -> (Callgate, Tap) {
    let (setup, _) = policy::with_rulesets(EVERYTHING);
    let path = setup.directory().join("policy.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    // The usual policy maps an application to a ruleset that is not needed here.
    let text = text
        .replace(
            "    - claims: { wallet: \"0x.+\" }\n      ruleset: shop\n",
            "    - claims: { wallet: \"0x.+\" }\n      ruleset: operator\n",
        )
        .replace("    - claims: { id: \"shop\" }\n      ruleset: shop\n", "");
    let upstreams = format!(
        "upstreams: [ {{ name: node, url: \"{}\", ws: \"ws://127.0.0.1:{}\" }} ]\n",
        node.url(),
        node.ws_port
    );
    std::fs::write(&path, text + &upstreams).unwrap();
    let callgate = setup.start_as_written().ready().await;
    let tap = Tap::before(callgate.address).await;
    (callgate, tap)
}

/// Runs the flow, and gives the lines it printed.
async fn lines(library: Library, surroundings: &Surroundings<'_>) -> Option<Vec<String>> {
    let done = library.run(surroundings).await?;
    let (printed, complaints) = (
        String::from_utf8_lossy(&done.stdout).into_owned(),
        String::from_utf8_lossy(&done.stderr).into_owned(),
    );
    assert!(
        done.status.success(),
        "{} at {}:\n{printed}{complaints}",
        library.name(),
        surroundings.url
    );
    Some(printed.lines().map(str::to_owned).collect())
}

/// geth's development account is the only rich one there.
async fn fund(node: &Node) {
    let wallet = Wallet::development(1).text();
    let balance = || async { node.call("eth_getBalance", json!([wallet, "latest"])).await };
    if balance().await == "0x0" {
        let rich = node.call("eth_accounts", json!([])).await[0].clone();
        let payment = json!([{ "from": rich, "to": wallet, "value": "0x56bc75e2d63100000" }]);
        node.call("eth_sendTransaction", payment).await;
        eventually("the wallet is funded", || async { balance().await != "0x0" }).await;
    }
}

/// The flow on one node as it is and on another through Callgate.
async fn the_same_through_callgate(library: Library, name: &str, bare: Node, guarded: Node) {
    fund(&bare).await;
    fund(&guarded).await;
    let ws_url = format!("ws://127.0.0.1:{}", bare.ws_port);
    let without = Surroundings {
        url: &bare.url(),
        ws_url: &ws_url,
        credential: None,
        node: name,
    };
    let without = need!(lines(library, &without).await, NO_FLOWS);
    drop(bare);
    let (_callgate, tap) = open_door(&guarded).await;
    let through = Surroundings {
        url: &tap.url(),
        ws_url: &tap.ws_url(),
        credential: Some(("operator", policy::OPERATOR)),
        node: name,
    };
    let through = library.run(&through).await.expect("it ran already");
    let refusals = tap.refusals();
    assert!(refusals.is_empty(), "Callgate refuses:\n{}", refusals.join("\n"));
    let printed = String::from_utf8_lossy(&through.stdout);
    let through_lines: Vec<_> = printed.lines().collect();
    for (bare, through) in without.iter().zip(&through_lines) {
        assert_eq!(bare, through, "{} sees something else through Callgate", library.name());
    }
    assert!(
        through.status.success() && through_lines.len() == without.len(),
        "{} ends early through Callgate:\n{printed}{}",
        library.name(),
        String::from_utf8_lossy(&through.stderr)
    );
    if name == "anvil" {
        compare_with_recording(library, &tap.requests());
    }
}

/// What the library asked is what its recording holds; or becomes it.
fn compare_with_recording(library: Library, requests: &[String]) {
    if std::env::var_os("CALLGATE_RECORD_FLOWS").is_some() {
        Recording::of(requests).write(library);
        return;
    }
    let recorded = kinds_of_calls(&Recording::read(library).bodies);
    let missing: Vec<_> = kinds_of_calls(requests)
        .into_iter()
        .filter(|kind| !recorded.contains(kind))
        .collect();
    assert!(
        missing.is_empty(),
        "the recording lacks {missing:?}: write it anew with CALLGATE_RECORD_FLOWS=1"
    );
}

async fn with_anvil(library: Library) {
    let bare = need!(Node::anvil().await, NO_ANVIL);
    let guarded = need!(Node::anvil().await, NO_ANVIL);
    the_same_through_callgate(library, "anvil", bare, guarded).await;
}

async fn with_geth(library: Library) {
    let bare = need!(Node::geth().await, NO_GETH);
    let guarded = need!(Node::geth().await, NO_GETH);
    the_same_through_callgate(library, "geth", bare, guarded).await;
}

#[tokio::test]
async fn ethers_js_with_anvil() {
    with_anvil(Library::Ethers).await;
}

#[tokio::test]
async fn ethers_js_with_geth() {
    with_geth(Library::Ethers).await;
}

#[tokio::test]
async fn viem_with_anvil() {
    with_anvil(Library::Viem).await;
}

#[tokio::test]
async fn viem_with_geth() {
    with_geth(Library::Viem).await;
}

#[tokio::test]
async fn web3_js_with_anvil() {
    with_anvil(Library::Web3Js).await;
}

#[tokio::test]
async fn web3_js_with_geth() {
    with_geth(Library::Web3Js).await;
}

#[tokio::test]
async fn web3_py_with_anvil() {
    with_anvil(Library::Web3Py).await;
}

#[tokio::test]
async fn web3_py_with_geth() {
    with_geth(Library::Web3Py).await;
}

#[tokio::test]
async fn cast_with_anvil() {
    with_anvil(Library::Cast).await;
}

#[tokio::test]
async fn cast_with_geth() {
    with_geth(Library::Cast).await;
}

#[tokio::test]
async fn hardhat_with_anvil() {
    with_anvil(Library::Hardhat).await;
}

#[tokio::test]
async fn hardhat_with_geth() {
    with_geth(Library::Hardhat).await;
}

#[tokio::test]
async fn recordings_are_answered_alike_with_and_without_callgate() {
    for library in Library::ALL {
        let Some((bare, guarded)) = Node::anvil().await.zip(Node::anvil().await) else {
            skip(NO_ANVIL);
            return;
        };
        let (callgate, _tap) = open_door(&guarded).await;
        let mut without = Replay::new(
            Socket::open(&format!("ws://127.0.0.1:{}", bare.ws_port), &[])
                .await
                .unwrap(),
        );
        let mut through = Replay::new(Socket::bearer(&callgate.ws_url(), policy::OPERATOR).await);
        // Transactions that were left out leave gaps in the nonces: nobody waits for what comes after one.
        let waits = |body: &String| body.contains("eth_sendRawTransactionSync");
        for body in Recording::read(library).bodies.iter().filter(|body| !waits(body)) {
            let (bare, guarded) = tokio::join!(without.ask(body), through.ask(body));
            assert_eq!(
                kinds_of_answer(&bare),
                kinds_of_answer(&guarded),
                "{}: {body}\n  bare {bare}\n  through Callgate {guarded}",
                library.name()
            );
        }
    }
}

/// `result` or `error` of each answer.
fn kinds_of_answer(answer: &Value) -> Vec<&'static str> {
    let kind = |answer: &Value| {
        if answer.get("result").is_some() {
            "result"
        } else {
            "error"
        }
    };
    match answer {
        Value::Array(answers) => answers.iter().map(kind).collect(),
        answer => vec![kind(answer)],
    }
}

/// A recording asked again: what named a filter or subscription of then names one of now.
struct Replay {
    socket: Socket,
    filters: Vec<Value>,
    subscriptions: Vec<Value>,
}

impl Replay {
    fn new(socket: Socket) -> Self {
        Self {
            socket,
            filters: Vec::new(),
            subscriptions: Vec::new(),
        }
    }

    async fn ask(&mut self, body: &str) -> Value {
        let mut body: Value = serde_json::from_str(body).unwrap();
        for call in calls_of(&mut body) {
            match call["method"].as_str().unwrap_or_default() {
                "eth_getFilterChanges" | "eth_getFilterLogs" => {
                    let filter = self.filter().await;
                    call["params"][0] = filter.clone();
                    self.filters.push(filter);
                }
                "eth_uninstallFilter" => call["params"][0] = self.filter().await,
                "eth_unsubscribe" => call["params"][0] = self.subscriptions.pop().unwrap_or_else(|| json!("0x1")),
                _ => {}
            }
        }
        let mut answer = self.answer(&body).await;
        for (call, answer) in calls_of(&mut body).into_iter().zip(calls_of(&mut answer)) {
            match call["method"].as_str().unwrap_or_default() {
                "eth_newFilter" | "eth_newBlockFilter" | "eth_newPendingTransactionFilter" => {
                    self.filters.push(answer["result"].clone());
                }
                "eth_subscribe" => self.subscriptions.push(answer["result"].clone()),
                _ => {}
            }
        }
        answer
    }

    /// The last filter that was made; one more when none is left.
    async fn filter(&mut self) -> Value {
        if let Some(filter) = self.filters.pop() {
            return filter;
        }
        let call = json!({ "jsonrpc": "2.0", "id": 0, "method": "eth_newBlockFilter", "params": [] });
        self.answer(&call).await["result"].clone()
    }

    async fn answer(&mut self, body: &Value) -> Value {
        self.socket.send(&body.to_string()).await;
        loop {
            let message = self.socket.message().await.expect("an answer");
            if message.get("method").is_none() {
                return message;
            }
        }
    }
}

/// The one item, or all of a batch.
fn calls_of(body: &mut Value) -> Vec<&mut Value> {
    match body {
        Value::Array(items) => items.iter_mut().collect(),
        item => vec![item],
    }
}
