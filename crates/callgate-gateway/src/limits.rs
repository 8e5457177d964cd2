//! Bounds of the running gateway: every size, count and time that a stranger or a node could stretch.
//!
//! Each constant carries its reason. What a policy may change is taken from its settings; the rest is fixed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use callgate_policy::settings::Settings;

/// How often a worker looks for connections that overstay. Deadlines are exact to one tick: enough to end
/// slow clients, and a sweep over 10,000 connections stays far below one per mille of a core.
pub(crate) const TICK: Duration = Duration::from_millis(250);

/// Header fields of a request. Proxies in front add a dozen; hundreds are an attack on parsers.
pub(crate) const HEAD_FIELDS: usize = 64;

/// The read buffer of a connection beyond the largest head. Bounds a head that never ends, before hyper can measure it.
pub(crate) const READ_BUFFER_BYTES: usize = 48 * 1024;

/// A body up to this size is not counted against the memory for bodies: the bound on connections bounds it.
pub(crate) const SMALL_BODY_BYTES: usize = 16 * 1024;

/// The head of an answer of the node. Nodes send a few hundred bytes.
pub(crate) const NODE_HEAD_BYTES: usize = 16 * 1024;

/// The read buffer of a connection to the node: large answers arrive in pieces of this size.
pub(crate) const NODE_READ_BUFFER_BYTES: usize = 256 * 1024;

/// Connections to the node that a worker keeps unused. More than this many calls at once are rare on one core.
pub(crate) const NODE_IDLE_CONNECTIONS: usize = 64;

/// How long an unused connection to the node may be used again for a call that may be repeated. Below the
/// keep-alive times of geth (120 s), nginx (75 s) and common balancers (60 s).
pub(crate) const NODE_IDLE_TIME: Duration = Duration::from_secs(50);

/// The same for a call that must not be repeated (a transaction): so fresh that the node is not just about to
/// close it. Below the shortest keep-alive in use (Node.js, hence Hardhat: 5 s).
pub(crate) const NODE_FRESH_TIME: Duration = Duration::from_secs(2);

/// A node's name for a filter or subscription. Nodes use up to 32 hex digits and a prefix.
pub(crate) const NODE_HANDLE_BYTES: usize = 128;

/// Signatures that one body may make a worker recover: of raw transactions and of EIP-7702 authorizations. Each takes 50
/// to 100 µs, in which the worker does nothing else, so a whole body takes some 25 ms. Nodes hold fewer transactions of
/// one sender than this in their pools (geth: 16 that can run, 64 that wait).
pub(crate) const SIGNATURES: usize = 256;

/// What this gateway allows, counted and timed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Largest request body, in bytes. Declared length is refused before a byte is read.
    pub body_bytes: usize,
    /// Memory for bodies being read, over all connections, in bytes.
    pub body_memory_bytes: usize,
    /// Largest answer of the node, in bytes.
    pub answer_bytes: usize,
    /// Memory for answers of the node, over all connections, in bytes.
    pub answer_memory_bytes: usize,
    /// Largest head of a request, in bytes.
    pub head_bytes: usize,
    /// Client connections of the whole process.
    pub connections: usize,
    /// Client connections of one peer: an IPv4 address or an IPv6 /64.
    pub connections_per_peer: usize,
    /// From the first byte of a head (or the accept) to its last.
    pub head_time: Duration,
    /// Between two requests on one connection.
    pub idle_time: Duration,
    /// A body gets this and then the time its length needs at the slowest rate …
    pub body_grace: Duration,
    /// … but never longer than this.
    pub body_time: Duration,
    /// A client that reads an answer may pause for this long, while it keeps up the slowest rate on the whole.
    pub answer_grace: Duration,
    /// The slowest a client may send or read.
    pub slowest_bytes_per_second: usize,
    /// From handing a call to the node to its whole answer.
    pub exchange_time: Duration,
    /// Reaching the node: name, connection, TLS.
    pub connect_time: Duration,
    /// Exchanges with the node at once, per worker. Nodes refuse above some number (Besu: 80).
    pub exchanges: usize,
    /// Principals that a worker remembers.
    pub remembered_callers: usize,
    /// Bad credentials per second that one peer address may make us look at.
    pub failures_per_second: u32,
    /// How long running calls may take after shutdown was asked for.
    pub drain_time: Duration,
}

impl Limits {
    /// What the policy sets, over the defaults.
    pub(crate) fn of(settings: &Settings) -> Self {
        let limits = &settings.limits;
        Self {
            body_bytes: limits.body_bytes,
            answer_bytes: limits.response_bytes,
            answer_memory_bytes: answer_memory(limits.response_bytes),
            head_bytes: limits.head_bytes,
            connections: limits.connections,
            connections_per_peer: limits.connections_per_peer.unwrap_or(usize::MAX),
            head_time: limits.head_timeout,
            idle_time: limits.idle_timeout,
            body_time: limits.body_timeout,
            answer_grace: limits.write_timeout,
            exchange_time: limits.upstream_timeout,
            connect_time: limits.connect_timeout,
            drain_time: limits.drain_timeout,
            ..Self::default()
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 4 * 1024 * 1024,
            body_memory_bytes: 256 * 1024 * 1024,
            answer_bytes: 64 * 1024 * 1024,
            answer_memory_bytes: answer_memory(64 * 1024 * 1024),
            head_bytes: 16 * 1024,
            connections: 10_000,
            connections_per_peer: usize::MAX,
            head_time: Duration::from_secs(10),
            idle_time: Duration::from_secs(75),
            body_grace: Duration::from_secs(5),
            body_time: Duration::from_secs(30),
            answer_grace: Duration::from_secs(30),
            slowest_bytes_per_second: 64 * 1024,
            exchange_time: Duration::from_secs(60),
            connect_time: Duration::from_secs(5),
            exchanges: 256,
            remembered_callers: 10_000,
            failures_per_second: 50,
            drain_time: Duration::from_secs(10),
        }
    }
}

/// The memory for answers when one has `answer_bytes` at most. An answer is there twice for a moment, as the node's and
/// as the client's, so four of the largest can be under way; and however small that is, there is as much as for eight
/// traces of a block at the default of 64 MiB.
const fn answer_memory(answer_bytes: usize) -> usize {
    const LEAST: usize = 512 * 1024 * 1024;
    let eight = answer_bytes.saturating_mul(8);
    if eight > LEAST { eight } else { LEAST }
}

/// Memory that bodies may take together. Reserved by declared length, before the first byte is read.
#[derive(Debug)]
pub(crate) struct BodyMemory {
    free: AtomicUsize,
}

impl BodyMemory {
    /// `bytes` for all connections of the process.
    pub(crate) fn of(bytes: usize) -> Arc<Self> {
        Arc::new(Self {
            free: AtomicUsize::new(bytes),
        })
    }

    /// Room for `bytes`, or `None` when others hold too much. Small bodies always find room.
    pub(crate) fn reserve(self: &Arc<Self>, bytes: usize) -> Option<Reserved> {
        if bytes <= SMALL_BODY_BYTES {
            return Some(Reserved { from: None, bytes });
        }
        self.free
            .fetch_update(Ordering::AcqRel, Ordering::Relaxed, |free| free.checked_sub(bytes))
            .ok()
            .map(|_| Reserved {
                from: Some(Arc::clone(self)),
                bytes,
            })
    }
}

/// Room for one body; given back when dropped.
#[derive(Debug)]
pub(crate) struct Reserved {
    from: Option<Arc<BodyMemory>>,
    bytes: usize,
}

impl Drop for Reserved {
    fn drop(&mut self) {
        if let Some(memory) = &self.from {
            memory.free.fetch_add(self.bytes, Ordering::AcqRel);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_reserved_at_the_limit_and_refused_above_it() {
        let memory = BodyMemory::of(SMALL_BODY_BYTES * 4);
        let first = memory.reserve(SMALL_BODY_BYTES * 4);
        assert!(first.is_some());
        assert!(memory.reserve(SMALL_BODY_BYTES + 1).is_none(), "nothing is left");
        assert!(
            memory.reserve(SMALL_BODY_BYTES).is_some(),
            "small bodies are bounded by connections"
        );
        drop(first);
        assert!(memory.reserve(SMALL_BODY_BYTES * 4).is_some(), "given back");
        assert!(memory.reserve(SMALL_BODY_BYTES * 4 + 1).is_none(), "one byte too many");
    }
}
