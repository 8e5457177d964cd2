//! The filters of all principals: ids that clients see, and what they name at the node.
//!
//! A node's filter ids are no secrets: some count from one. So clients get ids of ours, 128 random bits, and an id works
//! only for the principal that made it, over whatever connection. A filter ends with its owner's grant, when its owner
//! removes it, and when nobody polls it for as long as nodes keep one; the node is told.

mod id;
mod owner;
mod sweep;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use callgate_eth::HandleKind;
use parking_lot::Mutex;

pub(crate) use self::id::HandleId;
pub(crate) use self::owner::OwnerKey;
pub(crate) use self::sweep::sweep;
use crate::authenticate::Caller;
use crate::clock::Clock;
use crate::current::NodeMark;
use crate::pipeline::{Found, Handles, HandlesFull, Made, Who};
use crate::snapshot::Snapshot;

/// Filters of one principal. A dapp backend polls a handful; hundreds are a leak, or an attack on the node's memory.
const PER_PRINCIPAL: usize = 128;

/// Filters of all principals: some megabytes here, and what a node holds without strain.
const IN_ALL: usize = 16_384;

/// The calls that made one principal's filters, in bytes: they are judged again at every poll. A few thousand addresses.
const PER_PRINCIPAL_BYTES: usize = 1024 * 1024;

/// The same for all principals.
const IN_ALL_BYTES: usize = 64 * 1024 * 1024;

/// How long a filter lives without being used. Nodes forget theirs after five minutes.
const IDLE: Duration = Duration::from_secs(5 * 60);

/// How long a filter outlives the credential it was last used with: leeway, and time to present the next token.
const GRANT_GRACE_SECONDS: u64 = 60;

/// The filters of the whole process, shared by its workers. The lock is held for lookups only.
pub(crate) struct Filters {
    clock: Clock,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    filters: HashMap<HandleId, Filter>,
    /// What the node's names mean at present.
    by_node: HashMap<(NodeMark, Arc<str>), HandleId>,
    owners: HashMap<OwnerKey, Owner>,
    bytes: usize,
}

struct Filter {
    owner: OwnerKey,
    node: Arc<str>,
    at: NodeMark,
    deed: Arc<[u8]>,
    used: Duration,
}

struct Owner {
    /// As it last used a filter.
    caller: Arc<Caller>,
    filters: usize,
    bytes: usize,
}

/// A filter that the node should forget.
#[derive(Debug, PartialEq, Eq)]
struct Ended {
    node: Arc<str>,
    at: NodeMark,
}

impl Filters {
    /// No filters yet.
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            table: Mutex::default(),
        }
    }

    /// Forgets what nobody has used for long, and what belongs to credentials that are over.
    fn end_overdue(&self) -> Vec<Ended> {
        let (now, today) = (self.clock.steady(), self.clock.unix_seconds());
        let mut table = self.table.lock();
        let over = |owner: &Owner| {
            let expires_at = owner.caller.principal().expires_at;
            expires_at.is_some_and(|second| today >= second.saturating_add(GRANT_GRACE_SECONDS))
        };
        let gone: Vec<OwnerKey> = table
            .owners
            .iter()
            .filter(|(_, owner)| over(owner))
            .map(|(key, _)| key.clone())
            .collect();
        table.end(|filter| now.saturating_sub(filter.used) >= IDLE || gone.contains(&filter.owner))
    }

    /// Forgets what belongs to principals that `snapshot` grants nothing.
    fn end_revoked(&self, snapshot: &Snapshot) -> Vec<Ended> {
        let callers: Vec<(OwnerKey, Arc<Caller>)> = {
            let table = self.table.lock();
            table
                .owners
                .iter()
                .map(|(key, owner)| (key.clone(), Arc::clone(&owner.caller)))
                .collect()
        };
        if callers.is_empty() {
            return Vec::new();
        }
        let gone = owner::without_grant(&callers, snapshot);
        self.table.lock().end(|filter| gone.contains(&filter.owner))
    }
}

impl Table {
    /// Takes out what `is_over`.
    fn end(&mut self, is_over: impl Fn(&Filter) -> bool) -> Vec<Ended> {
        let over: Vec<HandleId> = self
            .filters
            .iter()
            .filter(|(_, filter)| is_over(filter))
            .map(|(id, _)| *id)
            .collect();
        over.into_iter()
            .filter_map(|id| self.remove(id))
            .map(|filter| Ended {
                node: filter.node,
                at: filter.at,
            })
            .collect()
    }

    fn remove(&mut self, id: HandleId) -> Option<Filter> {
        let filter = self.filters.remove(&id)?;
        self.by_node.remove(&(filter.at, Arc::clone(&filter.node)));
        self.bytes = self.bytes.saturating_sub(filter.deed.len());
        if let Some(owner) = self.owners.get_mut(&filter.owner) {
            owner.filters = owner.filters.saturating_sub(1);
            owner.bytes = owner.bytes.saturating_sub(filter.deed.len());
            if owner.filters == 0 {
                self.owners.remove(&filter.owner);
            }
        }
        Some(filter)
    }

    /// Whether one more filter fits, made by a call of `bytes`.
    fn has_room(&self, owner: &OwnerKey, bytes: usize) -> bool {
        let fits_owner =
            |owner: &Owner| owner.filters < PER_PRINCIPAL && owner.bytes.saturating_add(bytes) <= PER_PRINCIPAL_BYTES;
        self.filters.len() < IN_ALL
            && self.bytes.saturating_add(bytes) <= IN_ALL_BYTES
            && bytes <= PER_PRINCIPAL_BYTES
            && self.owners.get(owner).is_none_or(fits_owner)
    }

    fn insert(&mut self, id: HandleId, filter: Filter, caller: &Arc<Caller>) {
        let name = (filter.at, Arc::clone(&filter.node));
        // a node that gives a name out again has forgotten what it was of: nodes that count start anew with the process
        if let Some(before) = self.by_node.get(&name).copied() {
            self.remove(before);
        }
        self.by_node.insert(name, id);
        let owner = self.owners.entry(filter.owner.clone());
        let owner = owner.or_insert_with(|| Owner {
            caller: Arc::clone(caller),
            filters: 0,
            bytes: 0,
        });
        owner.caller = Arc::clone(caller);
        owner.filters = owner.filters.saturating_add(1);
        owner.bytes = owner.bytes.saturating_add(filter.deed.len());
        self.bytes = self.bytes.saturating_add(filter.deed.len());
        self.filters.insert(id, filter);
    }
}

impl Handles for Filters {
    fn find(&self, kind: HandleKind, ours: &str, who: &Who<'_>) -> Option<Found> {
        let id = HandleId::parse(ours).filter(|_| kind == HandleKind::Filter)?;
        let owner = OwnerKey::of(who.caller.principal());
        let now = self.clock.steady();
        let mut table = self.table.lock();
        let filter = table.filters.get_mut(&id)?;
        let is_idle = now.saturating_sub(filter.used) >= IDLE;
        if is_idle || filter.owner != owner || filter.at != who.node() {
            return None;
        }
        filter.used = now;
        let found = Found {
            node: Arc::clone(&filter.node),
            deed: Arc::clone(&filter.deed),
        };
        if let Some(owner) = table.owners.get_mut(&owner) {
            owner.caller = Arc::clone(who.caller);
        }
        Some(found)
    }

    fn room(&self, kind: HandleKind, who: &Who<'_>) -> Result<(), HandlesFull> {
        let owner = OwnerKey::of(who.caller.principal());
        let fits = kind == HandleKind::Filter && self.table.lock().has_room(&owner, 0);
        fits.then_some(()).ok_or(HandlesFull)
    }

    fn adopt(&self, made: Made<'_>, who: &Who<'_>) -> Result<Arc<str>, HandlesFull> {
        let owner = OwnerKey::of(who.caller.principal());
        let id = HandleId::random().ok_or(HandlesFull)?;
        let mut table = self.table.lock();
        if made.kind != HandleKind::Filter || !table.has_room(&owner, made.deed.len()) {
            return Err(HandlesFull);
        }
        let filter = Filter {
            owner,
            node: made.node.into(),
            at: who.node(),
            deed: Arc::clone(made.deed),
            used: self.clock.steady(),
        };
        table.insert(id, filter, who.caller);
        Ok(id.to_string().into())
    }

    fn forget(&self, kind: HandleKind, ours: &str, who: &Who<'_>) {
        let Some(id) = HandleId::parse(ours).filter(|_| kind == HandleKind::Filter) else {
            return;
        };
        let owner = OwnerKey::of(who.caller.principal());
        let mut table = self.table.lock();
        if table.filters.get(&id).is_some_and(|filter| filter.owner == owner) {
            table.remove(id);
        }
    }
}

#[cfg(test)]
mod tests;
