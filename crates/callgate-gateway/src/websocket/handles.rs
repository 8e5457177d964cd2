//! The filters and subscriptions that one message may speak of, and what it made.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use callgate_eth::HandleKind;
use parking_lot::Mutex;

use super::subscriptions::Subscriptions;
use crate::handles::{Filters, HandleId};
use crate::pipeline::{Found, Handles, HandlesFull, Made, Who};

/// Filters are the principal's, subscriptions the socket's.
pub(super) struct MessageHandles {
    filters: Arc<Filters>,
    subscriptions: Arc<Subscriptions>,
    subscribes: AtomicBool,
    born: Mutex<Vec<HandleId>>,
}

impl MessageHandles {
    /// For one message.
    pub(super) fn new(filters: &Arc<Filters>, subscriptions: &Arc<Subscriptions>) -> Arc<Self> {
        Arc::new(Self {
            filters: Arc::clone(filters),
            subscriptions: Arc::clone(subscriptions),
            subscribes: AtomicBool::new(false),
            born: Mutex::default(),
        })
    }

    /// Whether the message may make a subscription.
    pub(super) fn subscribes(&self) -> bool {
        self.subscribes.load(Ordering::Relaxed)
    }

    /// The subscriptions that it has made.
    pub(super) fn born(&self) -> Vec<HandleId> {
        std::mem::take(&mut *self.born.lock())
    }
}

impl Handles for MessageHandles {
    fn find(&self, kind: HandleKind, ours: &str, who: &Who<'_>) -> Option<Found> {
        match kind {
            HandleKind::Filter => self.filters.find(kind, ours, who),
            HandleKind::Subscription => self.subscriptions.find(HandleId::parse(ours)?),
        }
    }

    fn room(&self, kind: HandleKind, who: &Who<'_>) -> Result<(), HandlesFull> {
        match kind {
            HandleKind::Filter => self.filters.room(kind, who),
            HandleKind::Subscription => {
                self.subscribes.store(true, Ordering::Relaxed);
                self.subscriptions.has_room().then_some(()).ok_or(HandlesFull)
            }
        }
    }

    fn adopt(&self, made: Made<'_>, who: &Who<'_>) -> Result<Arc<str>, HandlesFull> {
        match made.kind {
            HandleKind::Filter => self.filters.adopt(made, who),
            HandleKind::Subscription => {
                let id = self.subscriptions.adopt(&made)?;
                self.born.lock().push(id);
                Ok(id.to_string().into())
            }
        }
    }

    fn forget(&self, kind: HandleKind, ours: &str, who: &Who<'_>) {
        match kind {
            HandleKind::Filter => self.filters.forget(kind, ours, who),
            HandleKind::Subscription => {
                if let Some(id) = HandleId::parse(ours) {
                    self.subscriptions.forget(id);
                }
            }
        }
    }
}
