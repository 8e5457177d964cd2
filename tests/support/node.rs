//! Real development nodes.

use super::{PATIENCE, tools};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

/// How often a node is started: between the choice of a port and its use somebody else may take it.
const ATTEMPTS: usize = 3;

/// A running node.
pub(crate) struct Node {
    /// Its HTTP port.
    pub(crate) port: u16,
    /// Its WebSocket port.
    pub(crate) ws_port: u16,
    process: Child,
    _directory: Option<tempfile::TempDir>,
}

impl Node {
    /// anvil, chain id 31337, one block per transaction; HTTP and WebSocket on one port.
    pub(crate) async fn anvil() -> Option<Self> {
        let program = tools::anvil()?;
        for _ in 0..ATTEMPTS {
            let port = free_port();
            let mut command = Command::new(&program);
            command.args(["--silent", "--host", "127.0.0.1", "--port", &port.to_string()]);
            if let Some(node) = Self::start(command, port, port, None).await {
                return Some(node);
            }
        }
        panic!("the node ends at the start")
    }

    /// `geth --dev`, chain id 1337.
    pub(crate) async fn geth() -> Option<Self> {
        let program = tools::geth()?;
        for _ in 0..ATTEMPTS {
            let (port, ws_port) = (free_port(), free_port());
            let directory = tempfile::tempdir().unwrap();
            let command = geth_command(&program, directory.path(), port, ws_port);
            if let Some(node) = Self::start(command, port, ws_port, Some(directory)).await {
                return Some(node);
            }
        }
        panic!("the node ends at the start")
    }

    /// Starts `command` and waits until it answers. None when it ended at once: somebody else took the port in the meantime.
    pub(crate) async fn start(
        mut command: Command,
        port: u16,
        ws_port: u16,
        directory: Option<tempfile::TempDir>,
    ) -> Option<Self> {
        let process = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the node starts");
        let mut node = Self {
            port,
            ws_port,
            process,
            _directory: directory,
        };
        let deadline = Instant::now() + PATIENCE;
        while node.try_call("eth_chainId", json!([])).await.is_none() {
            if node.process.try_wait().unwrap().is_some() {
                eprintln!("a node ended at the start: another one is started");
                return None;
            }
            assert!(Instant::now() < deadline, "the node does not answer");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        Some(node)
    }

    /// `http://127.0.0.1:port`
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Asks the node itself, past Callgate.
    pub(crate) async fn call(&self, method: &str, params: Value) -> Value {
        let answer = self.try_call(method, params).await.expect("the node answers");
        answer
            .get("result")
            .cloned()
            .unwrap_or_else(|| panic!("{method} at the node: {answer}"))
    }

    async fn try_call(&self, method: &str, params: Value) -> Option<Value> {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = client
            .post(self.url())
            .header("content-type", "application/json")
            .body(body)
            .send()
            .await
            .ok()?;
        serde_json::from_str(&answer.text().await.ok()?).ok()
    }

    /// Stops the node where it stands.
    pub(crate) fn kill(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}

fn geth_command(program: &Path, directory: &Path, port: u16, ws_port: u16) -> Command {
    let mut command = Command::new(program);
    command.args([
        "--dev",
        "--verbosity",
        "1",
        "--ipcdisable",
        "--nodiscover",
        "--port",
        "0",
        "--authrpc.port",
        "0",
    ]);
    command.arg("--datadir").arg(directory);
    command.args(["--http", "--http.addr", "127.0.0.1", "--http.port", &port.to_string()]);
    command.args(["--http.api", "eth,net,web3,debug,txpool,admin"]);
    command.args(["--ws", "--ws.addr", "127.0.0.1", "--ws.port", &ws_port.to_string()]);
    command.args(["--ws.api", "eth,net,web3,debug,txpool,admin", "--ws.origins", "*"]);
    command
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
