//! The node: reached over connections of this worker's own, with bytes that only a permit can make.
//!
//! Nothing of a client's request reaches the node but the calls that were judged: the request line, the header
//! fields and their order are fixed here. Nothing of the node's answer is believed before it was scanned.

mod connect;
mod exchange;
mod fault;
mod target;

pub use exchange::{Repeat, Upstream};
pub use fault::{Fault, Sent};
pub use target::{Target, TargetError};

#[cfg(test)]
mod tests;
