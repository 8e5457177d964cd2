//! The node: reached over connections of this worker's own, with bytes that only a permit can make.
//!
//! Nothing of a client's request reaches the node but the calls that were judged: the request line, the header
//! fields and their order are fixed here. Nothing of the node's answer is believed before it was scanned.

mod connect;
mod exchange;
mod fault;
mod target;

pub(crate) use exchange::{Repeat, Upstream};
pub(crate) use fault::{Fault, Sent};
pub(crate) use target::Target;

#[cfg(test)]
mod tests;
