//! How many WebSockets may be open: of one principal, and in all.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use super::limits::PER_PRINCIPAL;
use crate::handles::OwnerKey;

/// Counts the sockets of the whole process.
pub(crate) struct Rooms {
    most: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by_owner: HashMap<OwnerKey, usize>,
}

impl Rooms {
    /// Room for most of `connections`: some are always left for calls over HTTP.
    pub(crate) fn of(connections: usize) -> Arc<Self> {
        let most = connections.saturating_sub(connections / 4).max(1);
        Arc::new(Self {
            most,
            taken: Mutex::default(),
        })
    }

    /// A place for a socket of `owner`, unless it has as many as it may have, or the house is full.
    pub(super) fn enter(self: &Arc<Self>, owner: OwnerKey) -> Option<Room> {
        let mut taken = self.taken.lock();
        if taken.all >= self.most {
            return None;
        }
        let own = taken.by_owner.entry(owner.clone()).or_default();
        if *own >= PER_PRINCIPAL {
            return None;
        }
        *own = own.saturating_add(1);
        taken.all = taken.all.saturating_add(1);
        Some(Room {
            rooms: Arc::clone(self),
            owner,
        })
    }
}

/// A socket's place; given back when dropped.
pub(super) struct Room {
    rooms: Arc<Rooms>,
    owner: OwnerKey,
}

impl Drop for Room {
    fn drop(&mut self) {
        let mut taken = self.rooms.taken.lock();
        taken.all = taken.all.saturating_sub(1);
        if let Some(own) = taken.by_owner.get_mut(&self.owner) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                taken.by_owner.remove(&self.owner);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::principal;

    #[test]
    fn the_house_and_each_principal_have_a_bound() {
        let rooms = Rooms::of(8);
        let owner = |id: &str| OwnerKey::of(&principal(id));
        let taken: Vec<_> = (0..6).map(|n| rooms.enter(owner(&n.to_string())).unwrap()).collect();
        assert!(rooms.enter(owner("late")).is_none(), "two of eight are for http");
        drop(taken);
        let rooms = Rooms::of(10_000);
        let taken: Vec<_> = (0..PER_PRINCIPAL)
            .map(|_| rooms.enter(owner("greedy")).unwrap())
            .collect();
        assert!(rooms.enter(owner("greedy")).is_none());
        assert!(rooms.enter(owner("modest")).is_some());
        drop(taken);
        assert!(rooms.enter(owner("greedy")).is_some());
        assert!(
            rooms.taken.lock().by_owner.is_empty(),
            "nothing is remembered of those that left"
        );
    }
}
