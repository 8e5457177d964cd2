//! Every example runs with its real library, through Callgate, against a real node.

use crate::support::policy::{SHOP, usual};
use crate::support::tools::{self, need};
use crate::support::{Node, Wallet, repository};
use std::path::PathBuf;
use std::process::Command;

const NO_CLIENTS: &str = "the client libraries are missing: tests/tools/install clients";

fn javascript() -> Option<(PathBuf, PathBuf)> {
    let modules = tools::directory().join("clients-js/node_modules");
    modules.is_dir().then_some(modules).zip(tools::on_path("node"))
}

async fn run(program: &PathBuf, arguments: &[PathBuf], directory: Option<PathBuf>) {
    let Some(node) = Node::anvil().await else {
        tools::skip("anvil is missing: tests/tools/install anvil");
        return;
    };
    let callgate = usual().start(&node.url()).ready().await;
    let mut command = Command::new(program);
    command.args(arguments);
    if let Some(directory) = directory {
        command.current_dir(directory);
    }
    command
        .env("CALLGATE_URL", callgate.url())
        .env("CALLGATE_WS_URL", callgate.ws_url())
        .env("CALLGATE_KEY", SHOP);
    command
        .env("WALLET_KEY", Wallet::development(1).key())
        .env("PAYEE", Wallet::development(2).text());
    let done = tokio::task::spawn_blocking(move || command.output())
        .await
        .unwrap()
        .expect("the example starts");
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
    assert!(done.status.success() && said.contains("done"), "{said}");
    assert_eq!(
        said.matches("is refused with -32004").count(),
        2,
        "over HTTP and over WebSocket: {said}"
    );
}

/// JavaScript modules are looked up from where the file is: the example is copied next to the installed libraries.
async fn run_javascript(file: &str) {
    let (modules, node) = need!(javascript(), NO_CLIENTS);
    let directory = modules.parent().unwrap().to_owned();
    let copy = directory.join(file);
    std::fs::copy(repository("examples/javascript").join(file), &copy).unwrap();
    run(&node, &[copy], Some(directory)).await;
}

#[tokio::test]
async fn ethers_js() {
    run_javascript("ethers.mjs").await;
}

#[tokio::test]
async fn viem() {
    run_javascript("viem.mjs").await;
}

#[tokio::test]
async fn web3_py() {
    let python = tools::directory().join("clients-py/bin/python");
    let python = need!(python.exists().then_some(python), NO_CLIENTS);
    run(&python, &[repository("examples/python/web3_example.py")], None).await;
}
