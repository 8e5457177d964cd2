//! The number a request carries through answers and audit lines.
//!
//! 128 bits: a random half per worker, chosen at start, and a counter. Unique without a lock, and a client
//! that sees one learns nothing about requests of other workers.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// One request (of HTTP) or one message (of WebSocket). Shown as 32 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct RequestId(u128);

impl RequestId {
    /// The 32 hex digits, written into a buffer of the caller's, without allocating.
    pub(crate) fn encode(self, buffer: &mut [u8; 32]) -> &str {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        for (place, byte) in buffer.iter_mut().enumerate() {
            let shift = 124_usize.saturating_sub(place.saturating_mul(4));
            let nibble = usize::try_from((self.0 >> shift) & 0xf).unwrap_or(0);
            *byte = DIGITS.get(nibble).copied().unwrap_or(b'0');
        }
        std::str::from_utf8(buffer).unwrap_or_default()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Hands out the request ids of one worker.
pub(crate) struct RequestIds {
    worker: u64,
    next: AtomicU64,
}

impl RequestIds {
    /// A source whose ids start with `worker`, which should be random.
    pub(crate) const fn starting(worker: u64) -> Self {
        Self {
            worker,
            next: AtomicU64::new(1),
        }
    }

    /// The next id.
    pub(crate) fn next(&self) -> RequestId {
        let count = self.next.fetch_add(1, Ordering::Relaxed);
        RequestId((u128::from(self.worker) << 64) | u128::from(count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ_and_print_as_32_digits() {
        let ids = RequestIds::starting(0xabcd);
        let (first, second) = (ids.next(), ids.next());
        assert_ne!(first, second);
        assert_eq!(first.to_string(), "000000000000abcd0000000000000001");
        let mut buffer = [0; 32];
        assert_eq!(second.encode(&mut buffer), second.to_string());
    }

    #[test]
    fn the_largest_id_prints_too() {
        let mut buffer = [0; 32];
        let id = RequestId(u128::MAX);
        assert_eq!(id.encode(&mut buffer), "f".repeat(32));
    }
}
