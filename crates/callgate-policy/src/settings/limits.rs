//! Owns the bounds a policy may set: names, ranges, defaults and their reasons.

use std::time::Duration;

use crate::diagnostics::{Code, Problem, Problems, quoted};
use crate::document::raw::{RawLimits, Text};
use crate::document::units;

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

/// Bounds of the process. Sizes are bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// A request body or WebSocket message.
    pub body_bytes: usize,
    /// Calls in one batch.
    pub batch_calls: usize,
    /// Lists and objects inside each other in a request.
    pub depth: usize,
    /// The head of a request.
    pub head_bytes: usize,
    /// An answer of the node.
    pub response_bytes: usize,
    /// Open connections.
    pub connections: usize,
    /// Open connections of one peer, which is an IPv4 address or an IPv6 /64; as many as `connections` when absent.
    pub connections_per_peer: Option<usize>,
    /// For a head to arrive.
    pub head_timeout: Duration,
    /// For a body to arrive.
    pub body_timeout: Duration,
    /// For an answer to be taken.
    pub write_timeout: Duration,
    /// For silence on a connection.
    pub idle_timeout: Duration,
    /// For the node to answer.
    pub upstream_timeout: Duration,
    /// For the node to accept a connection.
    pub connect_timeout: Duration,
    /// For open calls when the process ends.
    pub drain_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // A transaction with six blobs in network form is 1.6 MiB of hex; nodes take 5 MiB.
            body_bytes: 4 * MIB,
            // geth answers 1,000 calls of a batch.
            batch_calls: 1_000,
            // The deepest parameters in use (user operations in bundles, typed data) have twelve.
            depth: 32,
            // Room for a token of 8 KiB beside what proxies add.
            head_bytes: 16 * KIB,
            // A trace of a full block; more is a question for a range.
            response_bytes: 64 * MIB,
            // Two descriptors each stay far below the usual limit of 65,536.
            connections: 10_000,
            // Behind one proxy or balancer all clients have one address: only who runs it knows the share of a peer.
            connections_per_peer: None,
            // Heads are one packet; a client that needs longer holds a slot for nothing.
            head_timeout: Duration::from_secs(10),
            // 4 MiB at 1.2 Mbit/s.
            body_timeout: Duration::from_secs(30),
            // As long as a body.
            write_timeout: Duration::from_secs(30),
            // Longer than the keep-alive of common balancers (60 s), so that they close first.
            idle_timeout: Duration::from_secs(75),
            // geth stops a call after 5 s and a write after 30 s; traces take longer.
            upstream_timeout: Duration::from_secs(60),
            // Three tries of TCP.
            connect_timeout: Duration::from_secs(5),
            // Kubernetes kills after 30 s.
            drain_timeout: Duration::from_secs(10),
        }
    }
}

pub(super) fn limits(raw: &RawLimits, problems: &mut Problems) -> Limits {
    let mut limits = Limits::default();
    for (key, value) in &raw.entries {
        set(&mut limits, key, value, problems);
    }
    limits
}

/// Keys the table does not know were told when the text was read.
fn set(limits: &mut Limits, key: &Text, value: &Text, problems: &mut Problems) {
    let seconds = |from, to| (Duration::from_secs(from), Duration::from_secs(to));
    match key.as_str() {
        "body" => size(&mut limits.body_bytes, value, (KIB, 64 * MIB), problems),
        "batch" => count(&mut limits.batch_calls, value),
        "depth" => count(&mut limits.depth, value),
        "head" => size(&mut limits.head_bytes, value, (4 * KIB, 256 * KIB), problems),
        "response" => size(&mut limits.response_bytes, value, (64 * KIB, 1024 * MIB), problems),
        "connections" => count(&mut limits.connections, value),
        "connections_per_peer" => count(limits.connections_per_peer.insert(0), value),
        "head_timeout" => time(&mut limits.head_timeout, value, seconds(1, 120), problems),
        "body_timeout" => time(&mut limits.body_timeout, value, seconds(1, 600), problems),
        "write_timeout" => time(&mut limits.write_timeout, value, seconds(1, 600), problems),
        "idle_timeout" => time(&mut limits.idle_timeout, value, seconds(1, 86_400), problems),
        "upstream_timeout" => time(&mut limits.upstream_timeout, value, seconds(1, 3_600), problems),
        "connect_timeout" => time(&mut limits.connect_timeout, value, seconds(1, 120), problems),
        "drain_timeout" => time(
            &mut limits.drain_timeout,
            value,
            (Duration::ZERO, Duration::from_secs(600)),
            problems,
        ),
        _ => {}
    }
}

/// The range of counts stands in the table of keys.
fn count(target: &mut usize, value: &Text) {
    if let Some(number) = units::integer(value).and_then(|number| usize::try_from(number).ok()) {
        *target = number;
    }
}

fn size(target: &mut usize, value: &Text, (least, most): (usize, usize), problems: &mut Problems) {
    let Some(bytes) = units::size(value) else { return };
    match usize::try_from(bytes) {
        Ok(bytes) if (least..=most).contains(&bytes) => *target = bytes,
        _ => {
            let message = format!("{} is out of range", quoted(value));
            let hint = format!("between {} and {}", shown_size(least), shown_size(most));
            problems.push(Problem::error(Code::BAD_SIZE, value.span, message).hint(hint));
        }
    }
}

fn shown_size(bytes: usize) -> String {
    if bytes >= MIB {
        format!("{}MiB", bytes / MIB)
    } else {
        format!("{}KiB", bytes / KIB)
    }
}

fn time(target: &mut Duration, value: &Text, (least, most): (Duration, Duration), problems: &mut Problems) {
    if let Some(time) = duration(value, (least, most), problems) {
        *target = time;
    }
}

/// A duration in a range; `None` with a noted problem outside of it.
pub(super) fn duration(value: &Text, (least, most): (Duration, Duration), problems: &mut Problems) -> Option<Duration> {
    let time = units::duration(value)?;
    if (least..=most).contains(&time) {
        return Some(time);
    }
    let message = format!("{} is out of range", quoted(value));
    let hint = format!("between {}s and {}s", least.as_secs(), most.as_secs());
    problems.push(Problem::error(Code::BAD_DURATION, value.span, message).hint(hint));
    None
}
