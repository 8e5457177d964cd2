//! The only place that touches sockets, files and clocks: the running proxy and its admin surface.

pub mod admin;
mod answer_memory;
pub mod audit;
mod authenticate;
mod chain;
pub mod clock;
mod connection;
mod cors;
mod current;
mod files;
mod handles;
pub mod keys;
pub mod level;
mod limits;
mod lines;
pub mod logs;
pub mod metrics;
mod peer;
mod pipeline;
pub mod readiness;
mod reply;
mod request_id;
mod run;
mod server;
pub mod snapshot;
pub mod sources;
mod upstream;
pub mod watch;
mod websocket;

pub use run::{Config, RunError, Started, run};

#[cfg(test)]
mod testing;
