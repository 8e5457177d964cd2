//! The clients of the lab, and how a node of each is started: alike, but for what they are.

use crate::support::node::free_port;
use crate::support::{Node, repository, tools};
use crate::world::{CHAIN_ID, UNLOCKED};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A client that runs here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Client {
    /// The newest geth: reads the names of a call's members exactly.
    Geth,
    /// The last geth that reads them in any case.
    GethBefore,
    /// Foundry's node.
    Anvil,
    /// Hardhat's node.
    Hardhat,
}

/// How often a node is started: between the choice of a port and its use somebody else may take it.
const ATTEMPTS: usize = 3;

impl Client {
    pub(crate) const ALL: [Self; 4] = [Self::Geth, Self::GethBefore, Self::Anvil, Self::Hardhat];

    /// The name, as of its file of results.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Geth => "geth",
            Self::GethBefore => "geth-before",
            Self::Anvil => "anvil",
            Self::Hardhat => "hardhat",
        }
    }

    /// What installs it.
    pub(crate) fn missing(self) -> &'static str {
        match self {
            Self::Geth => "geth is missing: tests/tools/install geth",
            Self::GethBefore => "an older geth is missing: tests/tools/install geth_before",
            Self::Anvil => "anvil is missing: tests/tools/install anvil",
            Self::Hardhat => "Hardhat is missing: tests/tools/install flows",
        }
    }

    /// A node of its own, with nothing on its chain. None when the client is not installed.
    pub(crate) async fn start(self) -> Option<Node> {
        let program = self.program()?;
        for _ in 0..ATTEMPTS {
            let port = free_port();
            let ws_port = if self.has_one_port() { port } else { free_port() };
            let directory = tempfile::tempdir().unwrap();
            let command = self.command(&program, directory.path(), port, ws_port);
            if let Some(node) = Node::start(command, port, ws_port, Some(directory)).await {
                return Some(node);
            }
        }
        panic!("the node ends at the start")
    }

    /// Whether it has `txpool_content`; else `eth_pendingTransactions`.
    pub(crate) fn shows_its_pool(self) -> bool {
        self != Self::Hardhat
    }

    /// Whether it takes WebSockets where it takes HTTP.
    fn has_one_port(self) -> bool {
        matches!(self, Self::Anvil | Self::Hardhat)
    }

    /// Whether it makes a block now and then that nobody asked for.
    pub(crate) fn makes_blocks_by_itself(self) -> bool {
        matches!(self, Self::Geth | Self::GethBefore)
    }

    /// Whether it carries out the calls of a batch in any order.
    pub(crate) fn runs_batches_in_any_order(self) -> bool {
        matches!(self, Self::Anvil | Self::Hardhat)
    }

    /// Whether it may give the nonce of its last transaction to the next one as well, as long as it has not taken note of the
    /// block with it: the next one fails then.
    pub(crate) fn gives_nonces_twice(self) -> bool {
        matches!(self, Self::Geth | Self::GethBefore)
    }

    fn program(self) -> Option<PathBuf> {
        let installed = |path: &str| Some(tools::directory().join(path)).filter(|program| program.exists());
        match self {
            Self::Geth => tools::geth(),
            Self::GethBefore => installed("geth-before/geth"),
            Self::Anvil => tools::anvil(),
            Self::Hardhat => installed("flows-js/node_modules/hardhat/internal/cli/bootstrap.js"),
        }
    }

    fn command(self, program: &Path, directory: &Path, port: u16, ws_port: u16) -> Command {
        match self {
            Self::Geth | Self::GethBefore => geth(program, directory, port, ws_port),
            Self::Anvil => anvil(program, port),
            Self::Hardhat => hardhat(program, directory, port),
        }
    }
}

/// A development chain whose one account is the first of the development mnemonic: its key is there before geth makes one.
fn geth(program: &Path, directory: &Path, port: u16, ws_port: u16) -> Command {
    let keys = directory.join("keystore");
    std::fs::create_dir_all(&keys).unwrap();
    std::fs::copy(
        repository("tests/lab/keystore.json"),
        keys.join(format!("UTC--2026-01-01T00-00-00.000000000Z--{}", &UNLOCKED[2..])),
    )
    .unwrap();
    let mut command = Command::new(program);
    command.args(["--dev", "--verbosity", "1", "--ipcdisable", "--nodiscover"]);
    command.args(["--port", "0", "--authrpc.port", "0", "--cache", "64"]);
    // All states stay: how far back a call may look does not depend on how much came before it.
    command.args(["--state.scheme", "hash", "--gcmode", "archive"]);
    command.arg("--datadir").arg(directory);
    let apis = "eth,net,web3,debug,txpool,admin,miner";
    command.args(["--http", "--http.addr", "127.0.0.1", "--http.port", &port.to_string()]);
    command.args(["--http.api", apis]);
    command.args(["--ws", "--ws.addr", "127.0.0.1", "--ws.port", &ws_port.to_string()]);
    command.args(["--ws.api", apis, "--ws.origins", "*"]);
    command
}

fn anvil(program: &Path, port: u16) -> Command {
    let mut command = Command::new(program);
    command.args(["--silent", "--host", "127.0.0.1", "--port", &port.to_string()]);
    command.args(["--chain-id", &CHAIN_ID.to_string()]);
    command
}

/// Hardhat wants its project beside its libraries.
fn hardhat(program: &Path, directory: &Path, port: u16) -> Command {
    let libraries = tools::directory().join("flows-js");
    let config = libraries.join("lab.hardhat.config.cjs");
    // Tests that start at once write the same text: renamed into place, nobody reads half of it.
    let written = directory.join("config.cjs");
    std::fs::copy(repository("tests/lab/hardhat.config.cjs"), &written).unwrap();
    if std::fs::rename(&written, &config).is_err() {
        std::fs::copy(&written, &config).unwrap();
    }
    let mut command = Command::new(tools::on_path("node").expect("node runs Hardhat"));
    command.arg(program).arg("--config").arg(&config);
    command.args(["node", "--hostname", "127.0.0.1", "--port", &port.to_string()]);
    command
        .current_dir(&libraries)
        .env("HARDHAT_DISABLE_TELEMETRY_PROMPT", "true");
    command
}
