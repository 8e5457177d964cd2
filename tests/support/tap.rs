//! A hop in front of a port that passes bytes on as they are and reads along: every request body and WebSocket message in
//! the order it came, and what was answered. Unlike `Recorder` it knows HTTP and WebSocket, and listens both ways.

use serde_json::Value;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A hop that reads along.
pub(crate) struct Tap {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<Heard>>>,
    task: tokio::task::JoinHandle<()>,
}

/// One body or message.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    pub(crate) connection: usize,
    pub(crate) from: End,
    pub(crate) text: String,
}

/// Who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Client,
    Server,
}

impl Tap {
    /// Listens in front of `server`.
    pub(crate) async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&heard);
        let task = tokio::spawn(async move {
            for connection in 0.. {
                let Ok((client, _)) = listener.accept().await else {
                    return;
                };
                tokio::spawn(pass(client, server, connection, Arc::clone(&shared)));
            }
        });
        Self { address, heard, task }
    }

    /// `http://address/`
    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// `ws://address/`
    pub(crate) fn ws_url(&self) -> String {
        format!("ws://{}/", self.address)
    }

    /// Everything so far.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    /// Everything since the last time, and forgets it.
    #[allow(dead_code, reason = "of use to the lab alone")]
    pub(crate) fn take(&self) -> Vec<Heard> {
        std::mem::take(&mut *self.heard.lock().unwrap())
    }

    /// What clients said so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        let of_clients = |heard: Heard| (heard.from == End::Client).then_some(heard.text);
        self.heard().into_iter().filter_map(of_clients).collect()
    }

    /// The errors that are Callgate's own and no node's, each with what was asked: those that carry a request id. A library
    /// that polls a filter while it ends it races with itself, and any node would say that the filter is gone.
    pub(crate) fn refusals(&self) -> Vec<String> {
        let heard = self.heard();
        let own = |answer: &Value| answer.pointer("/error/data/requestId").is_some();
        let of_clients = || heard.iter().filter(|heard| heard.from == End::Client);
        let ended: Vec<_> = of_clients()
            .flat_map(|heard| items(&heard.text))
            .filter(|call| call["method"] == "eth_uninstallFilter")
            .map(|mut call| call["params"][0].take())
            .collect();
        let polls_what_it_ended = |asked: &str, refused: &Value| {
            refused.pointer("/error/data/reason") == Some(&Value::from("unknown_filter_or_subscription"))
                && items(asked).iter().any(|call| {
                    call["id"] == refused["id"]
                        && call["method"] == "eth_getFilterChanges"
                        && ended.contains(&call["params"][0])
                })
        };
        let mut refusals = Vec::new();
        for (place, answer) in heard.iter().enumerate().filter(|(_, heard)| heard.from == End::Server) {
            for refused in items(&answer.text).iter().filter(|answer| own(answer)) {
                let asked = heard[..place].iter().rev().find(|earlier| {
                    earlier.connection == answer.connection
                        && earlier.from == End::Client
                        && (refused["id"].is_null()
                            || items(&earlier.text).iter().any(|call| call["id"] == refused["id"]))
                });
                let asked = asked.map_or("(nobody asked)", |asked| asked.text.as_str());
                if polls_what_it_ended(asked, refused) {
                    continue;
                }
                refusals.push(format!("{asked}\n  -> {}", refused["error"]));
            }
        }
        refusals
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The one call or answer of a text, or all of a batch.
fn items(text: &str) -> Vec<Value> {
    match serde_json::from_str(text) {
        Ok(Value::Array(items)) => items,
        Ok(item) => vec![item],
        Err(_) => Vec::new(),
    }
}

async fn pass(client: TcpStream, server: SocketAddr, connection: usize, heard: Arc<Mutex<Vec<Heard>>>) {
    let Ok(server) = TcpStream::connect(server).await else {
        return;
    };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let hear = |from: End, heard: Arc<Mutex<Vec<Heard>>>| {
        move |text: String| heard.lock().unwrap().push(Heard { connection, from, text })
    };
    tokio::join!(
        listen(from_client, to_server, hear(End::Client, Arc::clone(&heard))),
        listen(from_server, to_client, hear(End::Server, heard)),
    );
}

async fn listen(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, mut hear: impl FnMut(String)) {
    let mut reader = Reader::default();
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        reader.bytes.extend_from_slice(&buffer[..read]);
        while let Some(text) = reader.next() {
            if !text.is_empty() {
                hear(text);
            }
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            break;
        }
    }
    let _ = to.shutdown().await;
}

/// What came and was not read yet, of one direction of one connection.
#[derive(Default)]
struct Reader {
    bytes: Vec<u8>,
    upgraded: bool,
    /// The beginning of a message in several frames.
    begun: Vec<u8>,
}

impl Reader {
    /// The next complete body or message; empty when it has none that counts.
    fn next(&mut self) -> Option<String> {
        if self.upgraded { self.frame() } else { self.body() }
    }

    /// HTTP: a head, and as many bytes as it says.
    fn body(&mut self) -> Option<String> {
        let end = find(&self.bytes, b"\r\n\r\n")? + 4;
        let head = String::from_utf8_lossy(&self.bytes[..end]).to_ascii_lowercase();
        let header = |name: &str| {
            head.lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(':').map(str::trim))
        };
        let (body, used) = if header("transfer-encoding") == Some("chunked") {
            chunked(&self.bytes[end..])?
        } else {
            let length = header("content-length").map_or(0, |length| length.parse().unwrap());
            (self.bytes.get(end..end + length)?.to_vec(), length)
        };
        self.upgraded = header("upgrade") == Some("websocket");
        self.bytes.drain(..end + used);
        Some(String::from_utf8_lossy(&body).into_owned())
    }

    /// WebSocket: one frame (RFC 6455, 5.2), a text message when it is the last of one.
    fn frame(&mut self) -> Option<String> {
        let (first, second) = (*self.bytes.first()?, *self.bytes.get(1)?);
        let (length, start) = match second & 0x7f {
            126 => (big_endian(self.bytes.get(2..4)?), 4),
            127 => (big_endian(self.bytes.get(2..10)?), 10),
            short => (usize::from(short), 2),
        };
        let is_masked = second & 0x80 != 0;
        let mask = if is_masked {
            self.bytes.get(start..start + 4)?.to_vec()
        } else {
            vec![0; 4]
        };
        let start = start + if is_masked { 4 } else { 0 };
        let payload: Vec<u8> = self
            .bytes
            .get(start..start + length)?
            .iter()
            .zip(mask.iter().cycle())
            .map(|(byte, mask)| byte ^ mask)
            .collect();
        self.bytes.drain(..start + length);
        let (is_last, kind) = (first & 0x80 != 0, first & 0x0f);
        // Continuations and texts; pings, pongs and closes are nothing said.
        if kind > 1 {
            return Some(String::new());
        }
        self.begun.extend(payload);
        if !is_last {
            return Some(String::new());
        }
        Some(String::from_utf8_lossy(&std::mem::take(&mut self.begun)).into_owned())
    }
}

/// The body of chunks, and how many bytes they took.
fn chunked(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let (mut body, mut at) = (Vec::new(), 0);
    loop {
        let line = at + find(bytes.get(at..)?, b"\r\n")?;
        let length = usize::from_str_radix(std::str::from_utf8(&bytes[at..line]).unwrap().trim(), 16).unwrap();
        body.extend_from_slice(bytes.get(line + 2..line + 2 + length)?);
        at = line + 2 + length + 2;
        if bytes.len() < at {
            return None;
        }
        if length == 0 {
            return Some((body, at));
        }
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

fn big_endian(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
}
