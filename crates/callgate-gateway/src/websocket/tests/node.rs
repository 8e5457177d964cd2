//! A node that speaks WebSocket by a script, and pushes what a test tells it to.

use std::net::SocketAddr;
use std::sync::Arc;

use crate::testing::told;
use futures_util::{SinkExt, StreamExt};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;

/// What the node does about one message.
pub(super) enum Act {
    /// Sends these texts.
    Say(Vec<String>),
    /// Ends the connection without a word.
    Break,
}

/// A running node. It takes WebSockets only.
pub(super) struct WsNode {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Value>>>,
    heads: Arc<Mutex<Vec<String>>>,
    push: Arc<Mutex<Option<mpsc::UnboundedSender<String>>>>,
}

type Script = dyn Fn(&Value) -> Act + Send + Sync;

impl WsNode {
    /// A node that does what `script` says.
    pub(super) async fn start(script: impl Fn(&Value) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let node = Self {
            address: listener.local_addr().unwrap(),
            seen: Arc::default(),
            heads: Arc::default(),
            push: Arc::default(),
        };
        let (seen, heads, push) = (Arc::clone(&node.seen), Arc::clone(&node.heads), Arc::clone(&node.push));
        let script: Arc<Script> = Arc::new(script);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (script, seen, heads, push) = (
                    Arc::clone(&script),
                    Arc::clone(&seen),
                    Arc::clone(&heads),
                    Arc::clone(&push),
                );
                tokio::spawn(async move {
                    let mut head = [0; 2048];
                    let length = stream.peek(&mut head).await.unwrap_or(0);
                    let head = String::from_utf8_lossy(&head[..length]).into_owned();
                    // questions over HTTP are not answered
                    if head.starts_with("GET") {
                        heads.lock().push(head);
                        serve(stream, &*script, &seen, &push).await;
                    }
                });
            }
        });
        node
    }

    /// Answers every call with its method and params; `eth_subscribe` with `0xfeed`.
    pub(super) async fn obedient() -> Self {
        Self::start(|call| Act::Say(vec![obey(call)])).await
    }

    /// Where it is, for a policy.
    pub(super) fn upstreams(&self) -> String {
        format!(
            "upstreams: [ {{ name: node, url: \"http://{0}\", ws: \"ws://{0}/path?key=1\" }} ]",
            self.address
        )
    }

    /// Every message so far.
    pub(super) fn seen(&self) -> Vec<Value> {
        self.seen.lock().clone()
    }

    /// The methods of all calls so far.
    pub(super) fn methods(&self) -> Vec<String> {
        self.seen()
            .iter()
            .filter_map(|call| call["method"].as_str().map(str::to_owned))
            .collect()
    }

    /// The heads of all handshakes so far.
    pub(super) fn heads(&self) -> Vec<String> {
        self.heads.lock().clone()
    }

    /// Says something nobody asked for, on the newest connection.
    pub(super) fn push(&self, text: &str) {
        self.push.lock().as_ref().unwrap().send(text.to_owned()).unwrap();
    }
}

/// The obedient answer to a call or a batch, which is answered backwards.
pub(super) fn obey(call: &Value) -> String {
    let one = |call: &Value| {
        let result = match call["method"].as_str().unwrap() {
            "eth_subscribe" => json!("0xfeed"),
            "eth_unsubscribe" => json!(true),
            other => told(other, &call["params"]),
        };
        json!({ "jsonrpc": "2.0", "id": call["id"], "result": result })
    };
    match call.as_array() {
        Some(calls) => Value::from(calls.iter().rev().map(one).collect::<Vec<_>>()).to_string(),
        None => one(call).to_string(),
    }
}

/// News of the subscription `node`.
pub(super) fn news(node: &str, result: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","method":"eth_subscription","params":{{"subscription":"{node}","result":{result}}}}}"#)
}

async fn serve(
    stream: TcpStream,
    script: &Script,
    seen: &Mutex<Vec<Value>>,
    push: &Mutex<Option<mpsc::UnboundedSender<String>>>,
) {
    let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else {
        return;
    };
    let (sender, mut pushed) = mpsc::unbounded_channel();
    *push.lock() = Some(sender);
    loop {
        tokio::select! {
            Some(text) = pushed.recv() => socket.send(Message::text(text)).await.unwrap_or(()),
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    let call: Value = serde_json::from_str(&text).unwrap();
                    seen.lock().push(call.clone());
                    match script(&call) {
                        Act::Say(texts) => for text in texts {
                            socket.send(Message::text(text)).await.unwrap_or(());
                        },
                        Act::Break => return,
                    }
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return,
            },
        }
    }
}
