//! The only place that touches sockets, files and clocks: the running proxy and its admin surface.

pub mod admin;
pub mod audit;
pub mod clock;
mod connection;
mod cors;
mod files;
pub mod keys;
pub mod level;
mod limits;
mod lines;
pub mod logs;
pub mod metrics;
pub mod readiness;
mod request_id;
pub mod snapshot;
pub mod sources;
mod upstream;
pub mod watch;

#[cfg(test)]
mod testing;
