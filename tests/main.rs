//! The black-box suite: every test starts the real binary and talks to it as a client, an operator or a node would.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::string_slice,
    reason = "tests"
)]

mod support;

// What a client sees: status, codes and reasons of policy.md's error table; bad bodies; methods, paths and headers.
mod wire;
// Who: application credentials in all six places, tokens, ambiguity, no mapping.
mod identity;
// Batches: judged per call, one upstream batch, answers in order.
mod batch;
// Raw transactions: what is sent is what was checked.
mod transactions;
// WebSocket: the same rules, subscriptions, close codes.
mod websocket;
// Filters and subscriptions belong to who made them.
mod ownership;
// Policy, credential, key and tenant files change while calls run.
mod reload;
// A dead, hanging or lying node; slow and greedy clients.
mod faults;
// The way down: calls in flight are answered, sockets are told, the exit code is 0.
mod shutdown;
// /health, /ready, /metrics, audit lines, log level; no secret anywhere.
mod records;
// Real nodes: anvil always, geth where it is installed.
mod nodes;
// Nothing legitimate is refused: libraries run the same with and without Callgate.
mod compatibility;
mod published_examples;
// The subcommands: output and exit codes.
mod command;
// Every shipped policy with its table of cases; every example with its real library.
mod examples;
mod policies;
// The list of breaks that tests/tools/mutants puts in still fits the code.
mod mutants;
// Bugs that were fixed, each named after what went wrong.
mod regression;
