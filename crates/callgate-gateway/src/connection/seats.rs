//! How many connections there may be: in the whole process, and of one peer.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;

use crate::limits::Limits;
use crate::peer::network;

/// The seats of the whole process.
pub(crate) struct Seats {
    free: AtomicUsize,
    /// None while one peer may have all of them: then nobody is counted.
    peers: Option<Peers>,
}

/// Seats taken by each peer that has any: never more entries than seats.
struct Peers {
    most: usize,
    taken: Mutex<HashMap<IpAddr, usize>>,
}

/// Why there is no seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoSeat {
    /// The house is full.
    House,
    /// The peer has as many as it may have.
    Peer,
}

impl NoSeat {
    /// The stable reason code.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::House => "too_many_connections",
            Self::Peer => "too_many_connections_of_peer",
        }
    }
}

impl Seats {
    /// As many as `limits` gives.
    pub(crate) fn of(limits: &Limits) -> Arc<Self> {
        let most = limits.connections_per_peer;
        Arc::new(Self {
            free: AtomicUsize::new(limits.connections),
            peers: (most < limits.connections).then(|| Peers {
                most,
                taken: Mutex::default(),
            }),
        })
    }

    /// A seat for `peer`.
    ///
    /// # Errors
    /// When the house is full, or the peer has its share.
    pub(crate) fn take(self: &Arc<Self>, peer: IpAddr) -> Result<Seat, NoSeat> {
        self.free
            .fetch_update(Ordering::AcqRel, Ordering::Relaxed, |free| free.checked_sub(1))
            .map_err(|_| NoSeat::House)?;
        let mut seat = Seat {
            seats: Arc::clone(self),
            counted: None,
        };
        if let Some(peers) = &self.peers {
            let peer = network(peer);
            let mut taken = peers.taken.lock();
            let own = taken.entry(peer).or_default();
            if *own >= peers.most {
                return Err(NoSeat::Peer);
            }
            *own = own.saturating_add(1);
            seat.counted = Some(peer);
        }
        Ok(seat)
    }
}

/// A connection's place; given back when dropped.
pub(crate) struct Seat {
    seats: Arc<Seats>,
    counted: Option<IpAddr>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.seats.free.fetch_add(1, Ordering::AcqRel);
        if let (Some(peers), Some(peer)) = (&self.seats.peers, self.counted) {
            let mut taken = peers.taken.lock();
            if let Some(own) = taken.get_mut(&peer) {
                *own = own.saturating_sub(1);
                if *own == 0 {
                    taken.remove(&peer);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seats(connections: usize, connections_per_peer: usize) -> Arc<Seats> {
        Seats::of(&Limits {
            connections,
            connections_per_peer,
            ..Limits::default()
        })
    }

    fn peer(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_peer_has_its_share_and_no_more() {
        let seats = seats(4, 2);
        let own = [seats.take(peer("2001:db8::1")), seats.take(peer("2001:db8::ffff:2"))];
        assert!(own.iter().all(Result::is_ok));
        assert_eq!(
            seats.take(peer("2001:db8::3")).err(),
            Some(NoSeat::Peer),
            "one /64 is one peer"
        );
        let other = [seats.take(peer("2001:db8:0:1::1")), seats.take(peer("192.0.2.1"))];
        assert!(other.iter().all(Result::is_ok), "a refused one takes no seat");
        assert_eq!(seats.take(peer("192.0.2.2")).err(), Some(NoSeat::House));
        drop(own);
        assert!(seats.take(peer("::ffff:192.0.2.1")).is_ok());
        drop(other);
        let peers = seats.peers.as_ref().unwrap();
        assert!(
            peers.taken.lock().is_empty(),
            "nothing is remembered of those that left"
        );
    }

    #[test]
    fn one_peer_may_have_all_when_nothing_else_is_said() {
        let seats = Seats::of(&Limits::default());
        let all: Vec<_> = (0..10_000).map(|_| seats.take(peer("127.0.0.1"))).collect();
        assert!(all.iter().all(Result::is_ok));
        assert_eq!(seats.take(peer("192.0.2.1")).err(), Some(NoSeat::House));
    }
}
