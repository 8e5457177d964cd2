//! The only place that touches sockets, files and clocks: the running proxy and its admin surface.

pub mod audit;
pub mod clock;
mod connection;
mod cors;
pub mod level;
mod limits;
mod lines;
pub mod metrics;
pub mod readiness;
mod request_id;
mod upstream;

#[cfg(test)]
mod testing;
