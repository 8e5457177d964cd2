//! The node: reached over connections of this worker's own, with bytes that only a permit can make.
//!
//! Nothing of a client's request reaches the node but the calls that were judged: the request line, the header
//! fields and their order are fixed here. Nothing of the node's answer is believed before it was scanned.

mod connect;
mod exchange;
mod fault;
mod target;

pub(crate) use connect::{Connector, Duplex};
pub(crate) use exchange::{Repeat, Upstream};
pub(crate) use fault::{Fault, Sent};
pub(crate) use target::{Target, Transport};

use callgate_policy::settings;

/// Whether the node of a policy can be reached the way it is named: its URLs are understood and there are certificates
/// to check it by. Connects to nothing.
///
/// # Errors
/// Why not; without the URL, which may hold a key.
pub(crate) fn check(upstream: &settings::Upstream) -> std::io::Result<()> {
    for url in [&upstream.url, &upstream.ws] {
        let target = Target::parse(url).map_err(std::io::Error::other)?;
        connect::Connector::to(&target)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
