//! What tests of the running gateway need: a scripted node, a gateway in front of it, and a client. Node and client speak
//! raw bytes, so both can also lie, break off and hang.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use callgate_auth::{Method, Place, Principal};
use callgate_policy::settings::Settings;
use callgate_policy::{Problems, Section};
use parking_lot::Mutex;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::authenticate::Caller;
use crate::run::{Config, RunError, Started, run};
use crate::snapshot::{Overrides, Sources};

/// Long enough for whatever a test waits for; reached only when it fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// The settings of an empty policy.
pub(crate) fn settings() -> Settings {
    let document = callgate_policy::read("policy.yaml", "version: 1").unwrap();
    Settings::of(&document, &mut Problems::default())
}

/// A policy with one listener, three credentials and one ruleset. `more` is added at the end of the top level.
pub(crate) fn policy(more: &str) -> String {
    format!(
        "version: 1
listeners: [ {{ name: public, address: \"127.0.0.1:0\", paths: [ /, /rpc ] }} ]
admin: {{ address: \"127.0.0.1:0\" }}
chain_id: 31337
dialect: geth
log: {{ level: 2, audit: {{ file: audit.log }} }}
appcreds:
  enabled: true
  basicAuth: true
  bearer: true
  header: X-Api-Key
  query: apikey
  cookie: apikey
  credentials: {{ file: credentials.yaml }}
  mappings: [ {{ claims: {{ id: \"alice|bob\" }}, ruleset: apps }} ]
rulesets:
  apps:
    chain: {{ info: true, blocks: true, transactions: true, filter: true, subscribe: true }}
    tx:
      - {{ name: pay, to: \"0x1111111111111111111111111111111111111111\", call: true, raw: true, send: true }}
{more}"
    )
}

/// The key of one of the credentials in [`policy`]: `alice`, `bob`, and `mallory`, whom no mapping knows.
pub(crate) fn key(id: &str) -> String {
    let generated = callgate_auth::credential::generate(id, &[id.len() as u8; 64]).unwrap();
    generated.key.expose_str().unwrap().to_owned()
}

/// The principal behind the key of `id`.
pub(crate) fn principal(id: &str) -> Principal {
    let mut claims = serde_json::Map::new();
    claims.insert("id".to_owned(), id.into());
    Principal {
        id: id.to_owned(),
        method: Method::AppCredential,
        presented: Place::Header,
        issuer: None,
        claims,
        tenant: None,
        expires_at: None,
    }
}

/// `principal` as the policy sees it; one of those whom it maps.
pub(crate) fn caller(principal: Principal) -> Arc<Caller> {
    let document = callgate_policy::read("policy.yaml", &policy("")).unwrap();
    let compiled = callgate_policy::compile(&document, &callgate_policy::Inputs::default()).unwrap();
    let subject = compiled
        .policy
        .subject(Section::AppCreds, &principal.claims, None)
        .unwrap();
    Caller::of(principal, subject)
}

/// The credentials of [`policy`], less those that `gone` names.
pub(crate) fn credentials_without(gone: &str) -> String {
    credentials()
        .lines()
        .filter(|line| !line.contains(&format!("id: {gone},")))
        .map(|line| format!("{line}\n"))
        .collect()
}

fn credentials() -> String {
    let line = |id| {
        let hash = callgate_auth::credential::generate(id, &[id.len() as u8; 64])
            .unwrap()
            .hash;
        format!("- {{ id: {id}, hash: \"{hash}\" }}\n")
    };
    ["alice", "bob", "mallory"].map(line).concat()
}

/// A gateway that runs.
pub(crate) struct Running {
    pub(crate) started: Started,
    pub(crate) directory: TempDir,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<Result<(), RunError>>,
}

impl Running {
    /// A gateway with [`policy`] in front of `node`.
    pub(crate) async fn before(node: &Node) -> Self {
        Self::with(node, "").await
    }

    /// The same, with more in its policy.
    pub(crate) async fn with(node: &Node, more: &str) -> Self {
        Self::of(node, &policy(more)).await
    }

    /// The same, with another policy.
    pub(crate) async fn of(node: &Node, policy: &str) -> Self {
        Self::start(Some(node), policy).await
    }

    /// A gateway whose policy names its node.
    pub(crate) async fn as_written(policy: &str) -> Self {
        Self::start(None, policy).await
    }

    async fn start(node: Option<&Node>, policy: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("policy.yaml"), policy).unwrap();
        std::fs::write(directory.path().join("credentials.yaml"), credentials()).unwrap();
        let overrides = Overrides {
            upstream: node.map(|node| callgate_policy::settings::Upstream::at(&node.url()).unwrap()),
            ..Overrides::default()
        };
        let (tell, told) = oneshot::channel();
        let config = Config {
            sources: Sources {
                policy: directory.path().join("policy.yaml"),
                overrides,
            },
            workers: std::num::NonZeroUsize::new(1),
            logs: None,
            started: Box::new(move |started, _| drop(tell.send(started))),
        };
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(run(config, async move { drop(stopped.await) }));
        let Ok(started) = told.await else {
            panic!("no start: {:?}", task.await)
        };
        Self {
            started,
            directory,
            stop: Some(stop),
            task,
        }
    }

    /// Where clients connect.
    pub(crate) fn address(&self) -> SocketAddr {
        self.started.listeners[0].1
    }

    /// A connection to it.
    pub(crate) async fn client(&self) -> Client {
        Client {
            stream: TcpStream::connect(self.address()).await.unwrap(),
            buffer: Vec::new(),
        }
    }

    /// A connection to the admin address.
    pub(crate) async fn admin(&self) -> Client {
        Client {
            stream: TcpStream::connect(self.started.admin).await.unwrap(),
            buffer: Vec::new(),
        }
    }

    /// The answer to `body`, sent by `alice` on a fresh connection.
    pub(crate) async fn post(&self, body: &str) -> Reply {
        self.client().await.post(body).await
    }

    /// The answer to a whole request on a fresh connection.
    pub(crate) async fn raw(&self, request: &str) -> Reply {
        let mut client = self.client().await;
        client.send(request).await;
        client.reply().await.expect("no answer")
    }

    /// Stops the gateway and gives the lines of its audit.
    pub(crate) async fn audit(mut self) -> Vec<serde_json::Value> {
        drop(self.stop.take());
        tokio::time::timeout(PATIENCE, self.task)
            .await
            .unwrap()
            .unwrap()
            .unwrap();
        let text = std::fs::read_to_string(self.directory.path().join("audit.log")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// As [`Running::audit`], only the lines of calls.
    pub(crate) async fn calls(self) -> Vec<serde_json::Value> {
        self.audit()
            .await
            .into_iter()
            .filter(|line| line["event"] == "call")
            .collect()
    }
}

/// A request of `alice` with this body.
pub(crate) fn request(body: &str) -> String {
    request_of("alice", body)
}

/// A request of somebody with this body.
pub(crate) fn request_of(id: &str, body: &str) -> String {
    let (key, length) = (key(id), body.len());
    format!(
        "POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nx-api-key: {key}\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

/// One connection of a client.
pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer as the client sees it.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// The code of the error.
    pub(crate) fn code(&self) -> i64 {
        self.json()["error"]["code"]
            .as_i64()
            .unwrap_or_else(|| panic!("no error in {self:?}"))
    }

    /// The reason of the error.
    pub(crate) fn reason(&self) -> String {
        self.json()["error"]["data"]["reason"]
            .as_str()
            .unwrap_or_else(|| panic!("no reason in {self:?}"))
            .to_owned()
    }

    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .find_map(|line| line.split_once(": ").filter(|(known, _)| *known == name))
            .map(|line| line.1)
    }
}

impl Client {
    /// Sends bytes as they are.
    pub(crate) async fn send(&mut self, bytes: &str) {
        self.stream.write_all(bytes.as_bytes()).await.unwrap();
    }

    /// Sends a request of `alice` and reads the answer.
    pub(crate) async fn post(&mut self, body: &str) -> Reply {
        self.send(&request(body)).await;
        self.reply().await.expect("no answer")
    }

    /// The next answer; none when the gateway has closed the connection.
    pub(crate) async fn reply(&mut self) -> Option<Reply> {
        tokio::time::timeout(PATIENCE, self.read())
            .await
            .expect("no answer in time")
    }

    /// Whether the gateway closes the connection without another byte.
    pub(crate) async fn is_closed(&mut self) -> bool {
        let mut byte = [0];
        let read = tokio::time::timeout(PATIENCE, self.stream.read(&mut byte))
            .await
            .expect("neither bytes nor an end");
        self.buffer.is_empty() && !matches!(read, Ok(1..))
    }

    async fn read(&mut self) -> Option<Reply> {
        let head = message(&mut self.stream, &mut self.buffer).await?;
        let status = head.0.split(' ').nth(1).unwrap().parse().unwrap();
        Some(Reply {
            status,
            head: head.0,
            body: head.1,
        })
    }
}

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

    /// A node that answers every call with what [`told`] says, under the right id.
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

/// A result that the method can have, and that names the call it answers where there is room for it.
pub(crate) fn told(method: &str, params: &serde_json::Value) -> serde_json::Value {
    let call = format!("{method}{params}");
    let short: String = call.bytes().take(31).map(|byte| format!("{byte:02x}")).collect();
    let candidates = [
        serde_json::json!(call),
        serde_json::json!(format!("0x{short}")),
        serde_json::json!({ "call": call }),
        serde_json::json!([]),
        serde_json::json!(true),
        serde_json::json!(format!("0x{}", "ab".repeat(32))),
    ];
    let fits = |result: &serde_json::Value| {
        let method = callgate_eth::catalogue::method(method);
        method.is_none_or(|method| method.answer().check(result.to_string().as_bytes()).is_ok())
    };
    candidates.into_iter().find(fits).unwrap_or_default()
}

/// The obedient answer to a call or a batch.
pub(crate) fn echo(body: &str) -> String {
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let one = |call: &serde_json::Value| {
        let result = match call["method"].as_str().unwrap() {
            "eth_chainId" => serde_json::json!("0x7a69"),
            other => told(other, &call["params"]),
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
    while let Some((head, body)) = message(&mut stream, &mut buffer).await {
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

/// The next message of a peer: head and body.
async fn message(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<(String, String)> {
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
