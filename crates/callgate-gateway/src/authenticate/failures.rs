//! How often one peer may make us judge a bad credential: a bucket per address, in a bounded table.
//!
//! A peer over its limit still calls with credentials that are known: behind a shared address, one guest's mistakes
//! shut out only newcomers, and only for a moment.

use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::time::Duration;

use lru::LruCache;

use crate::peer::network;

/// Peers that failed of late; the one that failed longest ago is forgotten first.
const PEERS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(4095);

/// A bucket holds this many seconds' worth: a service that restarts with a stale key is not shut out at once.
const BURST_SECONDS: u32 = 2;

/// Failures of late, by peer.
pub(super) struct Failures {
    per_second: u32,
    buckets: LruCache<IpAddr, Bucket>,
}

struct Bucket {
    /// Thousandths of failures that are left.
    left: u64,
    at: Duration,
}

impl Failures {
    /// Nobody has failed yet.
    pub(super) fn new(per_second: u32) -> Self {
        Self {
            per_second,
            buckets: LruCache::new(PEERS),
        }
    }

    /// Whether `peer` may have another credential judged.
    pub(super) fn allow(&mut self, peer: IpAddr, now: Duration) -> bool {
        let (rate, full) = (self.per_second, self.full());
        match self.buckets.get_mut(&network(peer)) {
            None => true,
            Some(bucket) => {
                bucket.refill(rate, full, now);
                bucket.left >= 1000
            }
        }
    }

    /// A credential of `peer` was bad.
    pub(super) fn failed(&mut self, peer: IpAddr, now: Duration) {
        let (rate, full) = (self.per_second, self.full());
        let bucket = self
            .buckets
            .get_or_insert_mut(network(peer), || Bucket { left: full, at: now });
        bucket.refill(rate, full, now);
        bucket.left = bucket.left.saturating_sub(1000);
    }

    fn full(&self) -> u64 {
        u64::from(self.per_second.saturating_mul(BURST_SECONDS).max(1)).saturating_mul(1000)
    }
}

impl Bucket {
    fn refill(&mut self, per_second: u32, full: u64, now: Duration) {
        let gone = u64::try_from(now.saturating_sub(self.at).as_millis()).unwrap_or(u64::MAX);
        self.left = self
            .left
            .saturating_add(gone.saturating_mul(u64::from(per_second)))
            .min(full);
        self.at = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    #[test]
    fn a_peer_is_stopped_at_its_burst_and_let_in_at_its_rate() {
        let mut failures = Failures::new(5);
        let now = Duration::from_secs(100);
        for count in 0..10 {
            assert!(failures.allow(PEER, now), "failure {count}");
            failures.failed(PEER, now);
        }
        assert!(!failures.allow(PEER, now));
        assert!(!failures.allow(PEER, now + Duration::from_millis(199)));
        assert!(failures.allow(PEER, now + Duration::from_millis(200)));
        assert!(
            failures.allow("192.0.2.2".parse().unwrap(), now),
            "others are not touched"
        );
    }

    #[test]
    fn a_network_of_one_customer_is_one_peer() {
        let mut failures = Failures::new(1);
        let now = Duration::ZERO;
        for host in ["2001:db8::1", "2001:db8::2"] {
            failures.failed(host.parse().unwrap(), now);
        }
        assert!(!failures.allow("2001:db8::3".parse().unwrap(), now));
        assert!(failures.allow("2001:db8:0:1::3".parse().unwrap(), now));
        failures.failed("::ffff:192.0.2.1".parse().unwrap(), now);
        failures.failed("192.0.2.1".parse().unwrap(), now);
        assert!(!failures.allow(PEER, now));
    }

    #[test]
    fn the_table_is_bounded() {
        let mut failures = Failures::new(1);
        for host in 0..u32::try_from(PEERS.get()).unwrap() + 1 {
            failures.failed(IpAddr::V4(host.into()), Duration::ZERO);
        }
        assert_eq!(failures.buckets.len(), PEERS.get());
    }
}
