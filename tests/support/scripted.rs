//! A node that does what the test says: answers with given bytes, lies, hangs, or hangs up.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What to do with one request.
pub(crate) enum Act {
    /// Answer 200 with this body.
    Answer(String),
    /// The same, after a while.
    Later(std::time::Duration, String),
    /// Write these bytes and close.
    Bytes(Vec<u8>),
    /// Never answer.
    Hang,
    /// Close without a word.
    HangUp,
}

type Script = dyn Fn(&serde_json::Value) -> Act + Send + Sync;

/// A scripted node.
pub(crate) struct ScriptedNode {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<serde_json::Value>>>,
    task: tokio::task::JoinHandle<()>,
}

impl ScriptedNode {
    /// A node that acts on every body as `script` says. `eth_chainId` and `web3_clientVersion` are answered as a
    /// geth of chain 1 would, so that Callgate gets ready, and are not counted as seen.
    pub(crate) async fn start(script: impl Fn(&serde_json::Value) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (script, shared): (Arc<Script>, _) = (Arc::new(script), Arc::clone(&seen));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&script), Arc::clone(&shared)));
            }
        });
        Self { address, seen, task }
    }

    /// A node that answers every call, batches too: with `"0x2a"` where that can be the answer.
    pub(crate) async fn obedient() -> Self {
        Self::start(|body| {
            let one = |call: &serde_json::Value| {
                format!(
                    r#"{{"jsonrpc":"2.0","id":{},"result":{}}}"#,
                    call["id"],
                    result_of(call)
                )
            };
            Act::Answer(match body.as_array() {
                Some(calls) => format!("[{}]", calls.iter().map(one).collect::<Vec<_>>().join(",")),
                None => one(body),
            })
        })
        .await
    }

    /// `http://address`
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every body that came, parsed.
    pub(crate) fn seen(&self) -> Vec<serde_json::Value> {
        self.seen.lock().unwrap().clone()
    }
}

fn result_of(call: &serde_json::Value) -> serde_json::Value {
    match call["method"].as_str() {
        Some("eth_sendRawTransaction") => {
            let raw = call["params"][0]
                .as_str()
                .and_then(|raw| alloy_primitives::hex::decode(raw).ok());
            let raw = raw.expect("callgate sends hex");
            alloy_primitives::keccak256(raw).to_string().into()
        }
        Some("txpool_status") => serde_json::json!({ "pending": "0x0", "queued": "0x0" }),
        _ => "0x2a".into(),
    }
}

impl Drop for ScriptedNode {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, script: Arc<Script>, seen: Arc<Mutex<Vec<serde_json::Value>>>) {
    let mut buffer = Vec::new();
    loop {
        let Some(body) = read_body(&mut stream, &mut buffer).await else {
            return;
        };
        let body: serde_json::Value = serde_json::from_slice(&body).expect("callgate sends JSON");
        let act = match body["method"].as_str() {
            Some("eth_chainId") => Act::Answer(format!(r#"{{"jsonrpc":"2.0","id":{},"result":"0x1"}}"#, body["id"])),
            Some("web3_clientVersion") => Act::Answer(format!(
                r#"{{"jsonrpc":"2.0","id":{},"result":"Geth/v1.17.8-scripted/linux-amd64/go1.25.1"}}"#,
                body["id"]
            )),
            _ => {
                seen.lock().unwrap().push(body.clone());
                script(&body)
            }
        };
        match act {
            Act::Answer(text) => {
                if answer(&mut stream, &text).await.is_err() {
                    return;
                }
            }
            Act::Later(wait, text) => {
                tokio::time::sleep(wait).await;
                if answer(&mut stream, &text).await.is_err() {
                    return;
                }
            }
            Act::Bytes(bytes) => {
                let _ = stream.write_all(&bytes).await;
                return;
            }
            Act::Hang => std::future::pending::<()>().await,
            Act::HangUp => return,
        }
    }
}

async fn answer(stream: &mut TcpStream, text: &str) -> std::io::Result<()> {
    let length = text.len();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n");
    stream.write_all(format!("{head}{text}").as_bytes()).await
}

async fn read_body(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Vec<u8>> {
    loop {
        if let Some(head) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
            let length: usize = text
                .split("content-length:")
                .nth(1)?
                .split("\r\n")
                .next()?
                .trim()
                .parse()
                .ok()?;
            if buffer.len() >= head + 4 + length {
                let rest = buffer.split_off(head + 4 + length);
                let body = buffer.split_off(head + 4);
                *buffer = rest;
                return Some(body);
            }
        }
        let mut chunk = [0; 16 * 1024];
        let read = stream.read(&mut chunk).await.ok().filter(|read| *read > 0)?;
        buffer.extend_from_slice(&chunk[..read]);
    }
}
