//! A scripted node for tests: it speaks raw bytes, so it can also lie, break off and hang.

use std::net::SocketAddr;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the node does about one request.
pub(crate) enum Act {
    /// Answers with this JSON and keeps the connection.
    Answer(String),
    /// Writes these bytes and keeps the connection.
    Raw(Vec<u8>),
    /// Writes these bytes and closes the connection.
    RawThenClose(Vec<u8>),
    /// Closes the connection without a byte.
    Close,
    /// Never answers.
    Hang,
}

/// One request as the node saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// The number of the connection, from 0.
    pub(crate) connection: usize,
    /// Everything before the body.
    pub(crate) head: String,
    /// The body.
    pub(crate) body: String,
}

/// A node that follows a script and remembers what it saw.
pub(crate) struct Node {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Node {
    /// Starts a node on the runtime of the test.
    pub(crate) async fn start(script: impl Fn(&Seen) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (script, memory) = (Arc::new(script), Arc::clone(&seen));
        tokio::spawn(async move {
            for connection in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                let (script, memory) = (Arc::clone(&script), Arc::clone(&memory));
                tokio::spawn(async move { serve(stream, connection, &*script, &memory).await });
            }
        });
        Self { address, seen }
    }

    /// A node that answers every call with `{"jsonrpc":"2.0","id":…,"result":"0x1"}` under the right id.
    pub(crate) async fn obedient() -> Self {
        Self::start(|seen| Act::Answer(echo(&seen.body))).await
    }

    /// The address as a URL.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Everything seen so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().clone()
    }

    /// The bodies seen so far.
    pub(crate) fn bodies(&self) -> Vec<String> {
        self.seen.lock().iter().map(|seen| seen.body.clone()).collect()
    }
}

/// The obedient answer to a call or a batch: results name the method they answer.
pub(crate) fn echo(body: &str) -> String {
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let one = |call: &serde_json::Value| {
        let result = match call["method"].as_str().unwrap() {
            "eth_chainId" => "0x7a69".to_owned(),
            other => format!("{other}{}", call["params"]),
        };
        serde_json::json!({ "jsonrpc": "2.0", "id": call["id"], "result": result })
    };
    match body.as_array() {
        // the order of answers in a batch is free: answer backwards
        Some(calls) => serde_json::Value::from(calls.iter().rev().map(one).collect::<Vec<_>>()).to_string(),
        None => one(&body).to_string(),
    }
}

/// A whole HTTP answer.
pub(crate) fn http(status: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

async fn serve(
    mut stream: TcpStream,
    connection: usize,
    script: &(dyn Fn(&Seen) -> Act + Send + Sync),
    memory: &Mutex<Vec<Seen>>,
) {
    let mut buffer = Vec::new();
    while let Some((head, body)) = request(&mut stream, &mut buffer).await {
        let seen = Seen { connection, head, body };
        memory.lock().push(seen.clone());
        match script(&seen) {
            Act::Answer(json) => stream.write_all(&http("200 OK", &json)).await.unwrap_or(()),
            Act::Raw(bytes) => stream.write_all(&bytes).await.unwrap_or(()),
            Act::RawThenClose(bytes) => {
                let _ = stream.write_all(&bytes).await;
                return;
            }
            Act::Close => return,
            Act::Hang => std::future::pending().await,
        }
    }
}

async fn request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<(String, String)> {
    loop {
        if let Some(end) = buffer
            .windows(4)
            .position(|window| window == b"\r\n\r\n")
            .map(|place| place + 4)
        {
            let head = String::from_utf8(buffer[..end].to_vec()).unwrap();
            let length: usize = head
                .lines()
                .find_map(|line| {
                    line.to_ascii_lowercase()
                        .strip_prefix("content-length:")
                        .map(str::to_owned)
                })
                .map_or(0, |length| length.trim().parse().unwrap());
            if buffer.len() >= end + length {
                let body = String::from_utf8(buffer[end..end + length].to_vec()).unwrap();
                buffer.drain(..end + length);
                return Some((head, body));
            }
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
}
