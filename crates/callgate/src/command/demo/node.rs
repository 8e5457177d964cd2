//! Finds a development node, or starts one and stops it when dropped.

use super::http::{Client, Wire};
use crate::exit::{Exit, Failure, fail};
use rustix::process::{Pid, Signal, kill_process_group};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The anvil that npx fetches when nothing is installed: pinned, so that the demo does tomorrow what it does today.
const ANVIL_PACKAGE: &str = "@foundry-rs/anvil@1.7.1";

/// A node on the PATH answers within a few seconds; npx may have to fetch it first.
const PATIENCE: Duration = Duration::from_secs(30);
const PATIENCE_WITH_NPX: Duration = Duration::from_secs(300);

/// A development node that answers.
pub(super) struct Node {
    /// Its HTTP URL; WebSocket is on the same port unless `ws` says otherwise.
    pub(super) url: String,
    /// Its WebSocket URL.
    pub(super) ws: String,
    /// What it is, for people.
    pub(super) what: String,
    process: Option<Child>,
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            // The whole group: npx and its launcher start the node as a grandchild. It may have ended by itself already.
            if let Some(group) = i32::try_from(process.id()).ok().and_then(Pid::from_raw) {
                let _ = kill_process_group(group, Signal::TERM);
            }
            let _ = process.wait();
        }
    }
}

/// The node to stand in front of: the given one, or the first that this machine can start.
pub(super) async fn find(upstream: Option<&str>, client: &Client) -> Result<Node, Failure> {
    if let Some(url) = upstream {
        let node = Node {
            url: url.to_owned(),
            ws: websocket(url),
            what: format!("the node at {url}"),
            process: None,
        };
        return match ask_chain_id(&node, client).await {
            Some(_) => Ok(node),
            None => Err(fail(
                Exit::Unreachable,
                format_args!("no JSON-RPC node answers at `{url}`"),
            )),
        };
    }
    let port = free_port()?;
    if let Some(anvil) = on_path("anvil") {
        let command = anvil_command(&anvil.to_string_lossy(), &[], port);
        return start(command, port, port, "anvil", PATIENCE, client).await;
    }
    if let Some(geth) = on_path("geth") {
        let ws_port = free_port()?;
        return start(
            geth_command(&geth.to_string_lossy(), port, ws_port),
            port,
            ws_port,
            "geth --dev",
            PATIENCE,
            client,
        )
        .await;
    }
    if let Some(npx) = on_path("npx") {
        let command = anvil_command(
            &npx.to_string_lossy(),
            &["--yes", "--package", ANVIL_PACKAGE, "--", "anvil"],
            port,
        );
        return start(command, port, port, "anvil, through npx", PATIENCE_WITH_NPX, client).await;
    }
    Err(fail(
        Exit::Unreachable,
        "no development node: put `anvil`, `geth` or `npx` (Node.js) on the PATH, or give one with --upstream",
    ))
}

fn anvil_command(program: &str, before: &[&str], port: u16) -> Command {
    let mut command = Command::new(program);
    command
        .args(before)
        .args(["--silent", "--host", "127.0.0.1", "--port", &port.to_string()]);
    command
}

fn geth_command(program: &str, port: u16, ws_port: u16) -> Command {
    let mut command = Command::new(program);
    command.args(["--dev", "--verbosity", "0", "--ipcdisable"]);
    command.args(["--http", "--http.addr", "127.0.0.1", "--http.port", &port.to_string()]);
    command.args(["--http.api", "eth,net,web3,debug,txpool,admin"]);
    command.args(["--ws", "--ws.addr", "127.0.0.1", "--ws.port", &ws_port.to_string()]);
    command.args([
        "--ws.api",
        "eth,net,web3",
        "--port",
        "0",
        "--nodiscover",
        "--authrpc.port",
        "0",
    ]);
    command
}

async fn start(
    mut command: Command,
    port: u16,
    ws_port: u16,
    what: &str,
    patience: Duration,
    client: &Client,
) -> Result<Node, Failure> {
    let process = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .map_err(|error| fail(Exit::Unreachable, format_args!("{what} cannot be started: {error}")))?;
    let mut node = Node {
        url: format!("http://127.0.0.1:{port}"),
        ws: format!("ws://127.0.0.1:{ws_port}"),
        what: what.to_owned(),
        process: Some(process),
    };
    let deadline = Instant::now() + patience;
    while ask_chain_id(&node, client).await.is_none() {
        if let Some(Ok(Some(status))) = node.process.as_mut().map(Child::try_wait) {
            return Err(fail(
                Exit::Unreachable,
                format_args!("{what} ended before it answered: {status}"),
            ));
        }
        if Instant::now() > deadline {
            return Err(fail(
                Exit::Unreachable,
                format_args!("{what} did not answer within {} s", patience.as_secs()),
            ));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(node)
}

async fn ask_chain_id(node: &Node, client: &Client) -> Option<String> {
    match client.call(&node.url, None, "eth_chainId", "[]").await {
        Ok(Wire::Result(id)) => id.as_str().map(str::to_owned),
        _ => None,
    }
}

/// The WebSocket URL that most nodes serve beside an HTTP URL.
fn websocket(url: &str) -> String {
    url.strip_prefix("https://")
        .map(|rest| format!("wss://{rest}"))
        .or_else(|| url.strip_prefix("http://").map(|rest| format!("ws://{rest}")))
        .unwrap_or_else(|| url.to_owned())
}

/// A port that was free a moment ago.
pub(super) fn free_port() -> Result<u16, Failure> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address: SocketAddr| address.port())
        .map_err(|error| fail(Exit::Unreachable, format_args!("no free loopback port: {error}")))
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|dir| dir.join(program))
        .find(|file| file.is_file())
}
