//! The flow scripts of `tests/flows`: which there are, and how one is run.

use super::tools;
use super::{Wallet, repository};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// A library and the script of its ordinary flows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Library {
    Ethers,
    Viem,
    Web3Js,
    Web3Py,
    Cast,
    Hardhat,
}

/// Where a flow runs.
pub(crate) struct Surroundings<'a> {
    pub(crate) url: &'a str,
    pub(crate) ws_url: &'a str,
    /// Id and secret of an application credential; none for a node itself.
    pub(crate) credential: Option<(&'a str, &'a str)>,
    /// `anvil` or `geth`.
    pub(crate) node: &'a str,
}

impl Library {
    pub(crate) const ALL: [Self; 6] = [
        Self::Ethers,
        Self::Viem,
        Self::Web3Js,
        Self::Web3Py,
        Self::Cast,
        Self::Hardhat,
    ];

    /// The name, as of its recording.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ethers => "ethers",
            Self::Viem => "viem",
            Self::Web3Js => "web3js",
            Self::Web3Py => "web3py",
            Self::Cast => "cast",
            Self::Hardhat => "hardhat",
        }
    }

    /// The version that is installed.
    pub(crate) fn version(self) -> String {
        let package = match self {
            Self::Web3Py => {
                let requirements = std::fs::read_to_string(repository("examples/python/requirements.txt")).unwrap();
                return requirements.trim().replace("==", " ");
            }
            Self::Ethers => "ethers",
            Self::Viem => "viem",
            Self::Web3Js => "web3",
            Self::Cast => "@foundry-rs/cast",
            Self::Hardhat => "hardhat",
        };
        let manifest = std::fs::read_to_string(repository("tests/flows/package.json")).unwrap();
        let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
        format!("{package} {}", manifest["dependencies"][package].as_str().unwrap())
    }

    /// Where its recording is.
    pub(crate) fn recording(self) -> PathBuf {
        repository("tests/fixtures/flows").join(format!("{}.jsonl", self.name()))
    }

    /// Runs the flow to its end. None when the library is not installed.
    pub(crate) async fn run(self, surroundings: &Surroundings<'_>) -> Option<Output> {
        let mut command = self.command()?;
        command
            .env("FLOW_URL", surroundings.url)
            .env("FLOW_WS_URL", surroundings.ws_url)
            .env("FLOW_NODE", surroundings.node)
            .env("FLOW_KEY", Wallet::development(1).key())
            .env("FLOW_PAYEE", Wallet::development(2).address().to_string());
        if let Some((id, secret)) = surroundings.credential {
            command
                .env("FLOW_AUTHORIZATION", format!("Bearer {secret}"))
                .env("FLOW_USERINFO", format!("{id}:{secret}"));
        }
        let done = tokio::task::spawn_blocking(move || command.output()).await.unwrap();
        Some(done.expect("the flow starts"))
    }

    fn command(self) -> Option<Command> {
        let here = directory()?;
        Some(match self {
            Self::Ethers => node(here, "ethers.mjs")?,
            Self::Viem => node(here, "viem/flow.mjs")?,
            Self::Web3Js => node(here, "web3.mjs")?,
            Self::Hardhat => node(here, "hardhat/flow.cjs")?,
            Self::Web3Py => {
                let python = tools::directory().join("clients-py/bin/python");
                let mut command = Command::new(python.exists().then_some(python)?);
                command.arg(repository("tests/flows/web3_py.py"));
                command.env("PYTHONDONTWRITEBYTECODE", "1");
                command
            }
            Self::Cast => {
                let mut command = Command::new("bash");
                command.arg(repository("tests/flows/cast.sh"));
                command.env("FLOW_CAST", tools::directory().join("bin/cast"));
                command
            }
        })
    }
}

fn node(directory: &Path, script: &str) -> Option<Command> {
    let mut command = Command::new(tools::on_path("node")?);
    command.arg(directory.join(script)).current_dir(directory);
    Some(command)
}

/// JavaScript modules are looked up from where the file is: the flows are copied next to the installed libraries, once.
fn directory() -> Option<&'static Path> {
    static DIRECTORY: OnceLock<Option<PathBuf>> = OnceLock::new();
    let copied = || {
        let installed = tools::directory().join("flows-js");
        if !installed.join("node_modules").is_dir() {
            return None;
        }
        copy_scripts(&repository("tests/flows"), &installed);
        Some(installed)
    };
    DIRECTORY.get_or_init(copied).as_deref()
}

fn copy_scripts(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let copy = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_scripts(&path, &copy);
        } else if path.extension().is_some_and(|kind| kind == "mjs" || kind == "cjs")
            || path.ends_with("contracts.json")
        {
            std::fs::copy(path, copy).unwrap();
        }
    }
}
