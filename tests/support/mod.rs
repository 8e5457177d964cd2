//! What the tests stand on: the real binary, real nodes, a recording hop, wallets, tokens and clients. Everything listens
//! on a free loopback port and stops with the test.

pub(crate) mod callgate;
pub(crate) mod client;
pub(crate) mod flows;
pub(crate) mod node;
pub(crate) mod policy;
pub(crate) mod recorder;
pub(crate) mod recording;
pub(crate) mod scripted;
pub(crate) mod socket;
pub(crate) mod tap;
pub(crate) mod token;
pub(crate) mod tools;
pub(crate) mod wallet;

pub(crate) use callgate::Callgate;
pub(crate) use client::{Answer, Client};
pub(crate) use node::Node;
pub(crate) use recorder::Recorder;
pub(crate) use scripted::ScriptedNode;
pub(crate) use socket::Socket;
pub(crate) use wallet::Wallet;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a test waits for something that happens within milliseconds on an idle machine: tests assert that it happens,
/// not how fast.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A file of the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// Waits until `condition` holds.
pub(crate) async fn eventually<F, Fut>(what: &str, mut condition: F)
where
    F: FnMut() -> Fut,
    Fut: Future<Output = bool>,
{
    let deadline = Instant::now() + PATIENCE;
    while !condition().await {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
