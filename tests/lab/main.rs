//! The lab: a corpus of bodies, run on real nodes as they are and through Callgate.
//!
//! For each body, over HTTP and as a message of a WebSocket, holds: either nothing was sent, or the node executed exactly the
//! operations in the audit line, and a node that is given only what Callgate sent does the same. What the bare nodes do over
//! HTTP is written down in `results/` and summed up in `results.md`; `CALLGATE_WRITE_LAB=1` writes both anew,
//! `CALLGATE_LAB_SEED=n` tries other generated bodies.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::string_slice,
    reason = "tests"
)]

#[path = "../support/mod.rs"]
#[allow(
    dead_code,
    unused_imports,
    unused_macros,
    reason = "the black-box suite uses the rest"
)]
mod support;

// The bodies, by the entries of the catalogue of attacks.
mod case;
mod corpus;
// The world that the nodes are in, and the clients.
mod client;
mod ground;
mod line;
mod stage;
mod wire;
mod world;
// What a careful reader reads, what nodes do, and whether that is as it must be.
mod door;
mod effects;
mod judge;
mod reader;
mod rlp;
mod run;
mod table;

use client::Client;
use support::repository;
use support::tools::need;
use table::Table;

/// The seed of the generated bodies that the results tell of.
const SEED: u64 = 1;

fn seed() -> u64 {
    std::env::var("CALLGATE_LAB_SEED").map_or(SEED, |seed| seed.parse().expect("a number"))
}

async fn nothing_is_executed_that_was_not_checked(client: Client) {
    let seed = seed();
    eprintln!("the generated bodies are of seed {seed}");
    let corpus = corpus::all(seed);
    let outcome = need!(run::run(client, corpus.cases()).await, client.missing());
    assert!(
        outcome.violations.is_empty(),
        "{} of {} bodies (seed {seed}):\n{}",
        outcome.violations.len(),
        outcome.rows.len(),
        outcome.violations.join("\n")
    );
    let now = Table::of(outcome);
    if std::env::var_os("CALLGATE_WRITE_LAB").is_some() {
        now.write(client.name());
    } else if seed == SEED {
        let differences = Table::read(client.name()).differences(&now);
        assert!(
            differences.is_empty(),
            "the results are not those that are written down (CALLGATE_WRITE_LAB=1 writes them anew):\n{}",
            differences.join("\n")
        );
    }
}

#[tokio::test]
async fn geth() {
    nothing_is_executed_that_was_not_checked(Client::Geth).await;
}

#[tokio::test]
async fn geth_before_its_names_are_exact() {
    nothing_is_executed_that_was_not_checked(Client::GethBefore).await;
}

#[tokio::test]
async fn anvil() {
    nothing_is_executed_that_was_not_checked(Client::Anvil).await;
}

#[tokio::test]
async fn hardhat() {
    nothing_is_executed_that_was_not_checked(Client::Hardhat).await;
}

/// Over a WebSocket nothing else comes of a body than over HTTP.
async fn a_message_is_judged_as_a_body_is(client: Client) {
    let seed = seed();
    eprintln!("the generated bodies are of seed {seed}");
    let corpus = corpus::all(seed);
    let (sent, violations) = need!(run::run_over_websocket(client, corpus.cases()).await, client.missing());
    assert!(
        violations.is_empty(),
        "{} of {} messages (seed {seed}):\n{}",
        violations.len(),
        corpus.cases().len(),
        violations.join("\n")
    );
    if seed == SEED {
        let table = Table::read(client.name());
        let of_bodies: Vec<_> = table.rows.into_iter().map(|row| (row.case, row.behind)).collect();
        let differences: Vec<_> = sent.iter().filter(|message| !of_bodies.contains(message)).collect();
        assert_eq!((sent.len(), differences), (of_bodies.len(), Vec::new()));
    }
}

#[tokio::test]
async fn geth_over_websocket() {
    a_message_is_judged_as_a_body_is(Client::Geth).await;
}

#[tokio::test]
async fn geth_before_its_names_are_exact_over_websocket() {
    a_message_is_judged_as_a_body_is(Client::GethBefore).await;
}

#[tokio::test]
async fn anvil_over_websocket() {
    a_message_is_judged_as_a_body_is(Client::Anvil).await;
}

#[tokio::test]
async fn hardhat_over_websocket() {
    a_message_is_judged_as_a_body_is(Client::Hardhat).await;
}

#[test]
fn the_corpus_is_large_and_nothing_stands_in_it_twice() {
    let corpus = corpus::all(SEED);
    let cases = corpus.cases();
    assert!(cases.len() >= 2500, "{} bodies", cases.len());
    let mut names: Vec<_> = cases.iter().map(|case| (case.group, &case.name)).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), cases.len(), "two cases have one name");
}

#[test]
fn the_summary_and_the_readme_tell_the_results() {
    let tables = Client::ALL.map(|client| (client.name(), Table::read(client.name())));
    let summary = table::summary(&tables);
    let path = repository("tests/lab/results.md");
    if std::env::var_os("CALLGATE_WRITE_LAB").is_some() {
        std::fs::write(&path, &summary).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).unwrap() == summary,
        "results.md is not the sum of results/"
    );
    let [(_, newest), (_, geth), (_, anvil), (_, hardhat)] = &tables;
    let told = format!(
        "of {} bodies, {} make a bare geth do something other than a careful reader would expect; behind Callgate: {} \
         (geth 1.17.5; the newest geth {}, anvil {}, Hardhat {}; behind Callgate: {}, {} and {}).",
        geth.rows.len(),
        geth.surprises(),
        geth.violations(),
        newest.surprises(),
        anvil.surprises(),
        hardhat.surprises(),
        newest.violations(),
        anvil.violations(),
        hardhat.violations()
    );
    let readme = std::fs::read_to_string(repository("README.md")).unwrap();
    let readme = readme.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(readme.contains(&told), "README.md does not say: {told}");
}
