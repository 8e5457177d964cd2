//! Names of filters and subscriptions: the client's are ours, and only their owner may use them.

use std::sync::Arc;

use callgate_eth::HandleKind;

use crate::authenticate::Caller;

/// The filters and subscriptions that a scene may speak of.
pub(crate) trait Handles: Send + Sync {
    /// The node's name for `ours`, when `caller` owns it.
    fn find(&self, kind: HandleKind, ours: &str, caller: &Caller) -> Option<Arc<str>>;

    /// Whether `caller` may have one more.
    ///
    /// # Errors
    /// When it has as many as it may have.
    fn room(&self, kind: HandleKind, caller: &Caller) -> Result<(), HandlesFull>;

    /// Takes over what the node has just made for `caller`, under a name of ours.
    ///
    /// # Errors
    /// When others took the last room in the meantime: the node's must be released then.
    fn adopt(&self, kind: HandleKind, node: &str, caller: &Caller) -> Result<Arc<str>, HandlesFull>;

    /// Forgets what the node has just removed for its owner.
    fn forget(&self, kind: HandleKind, ours: &str, caller: &Caller);
}

/// No more filters or subscriptions fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HandlesFull;

/// A front on which nothing can be kept.
pub(crate) struct NoHandles;

impl Handles for NoHandles {
    fn find(&self, _: HandleKind, _: &str, _: &Caller) -> Option<Arc<str>> {
        None
    }

    fn room(&self, _: HandleKind, _: &Caller) -> Result<(), HandlesFull> {
        Err(HandlesFull)
    }

    fn adopt(&self, _: HandleKind, _: &str, _: &Caller) -> Result<Arc<str>, HandlesFull> {
        Err(HandlesFull)
    }

    fn forget(&self, _: HandleKind, _: &str, _: &Caller) {}
}
