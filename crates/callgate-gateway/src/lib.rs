//! The only place that touches sockets, files and clocks: the running proxy and its admin surface.

pub mod audit;
pub mod clock;
pub mod level;
mod lines;
pub mod metrics;
pub mod readiness;
