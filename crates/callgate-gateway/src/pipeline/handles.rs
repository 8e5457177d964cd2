//! Names of filters and subscriptions: the client's are ours, and only their owner may use them.

use std::sync::Arc;

use callgate_eth::{HandleKind, SubscriptionKind};

use crate::audit::Front;
use crate::authenticate::Caller;
use crate::current::{Current, NodeMark};

/// The filters and subscriptions that a scene may speak of.
pub(crate) trait Handles: Send + Sync {
    /// What `ours` names, when `who` owns it.
    fn find(&self, kind: HandleKind, ours: &str, who: &Who<'_>) -> Option<Found>;

    /// Whether `who` may have one more.
    ///
    /// # Errors
    /// When it has as many as it may have.
    fn room(&self, kind: HandleKind, who: &Who<'_>) -> Result<(), HandlesFull>;

    /// Takes over what the node has just made, under a name of ours.
    ///
    /// # Errors
    /// When others took the last room in the meantime: the node's must be released then.
    fn adopt(&self, made: Made<'_>, who: &Who<'_>) -> Result<Arc<str>, HandlesFull>;

    /// Forgets what the node has just removed for its owner.
    fn forget(&self, kind: HandleKind, ours: &str, who: &Who<'_>);
}

/// Who speaks of a filter or subscription, and of which node.
pub(crate) struct Who<'a> {
    /// The caller.
    pub(crate) caller: &'a Arc<Caller>,
    /// The snapshot, and the node behind it.
    pub(crate) current: &'a Current,
    /// The front, which leads to that node.
    pub(crate) front: Front,
}

impl Who<'_> {
    /// The node that ids are of.
    pub(crate) fn node(&self) -> NodeMark {
        self.current.node_mark(self.front)
    }
}

/// A filter or subscription that is the caller's.
pub(crate) struct Found {
    /// The node's name for it.
    pub(crate) node: Arc<str>,
    /// The call that made it, to be judged again: what it delivers may be granted no longer.
    pub(crate) deed: Arc<[u8]>,
}

/// What the node has just made.
pub(crate) struct Made<'a> {
    /// A filter or a subscription.
    pub(crate) kind: HandleKind,
    /// The node's name for it.
    pub(crate) node: &'a str,
    /// What it will deliver by itself.
    pub(crate) news: Option<SubscriptionKind>,
    /// The call that made it, as the node received it.
    pub(crate) deed: &'a Arc<[u8]>,
}

/// No more filters or subscriptions fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HandlesFull;
