//! The subscriptions of one socket: our ids for the client, the node's towards the node.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use callgate_eth::SubscriptionKind;
use parking_lot::Mutex;

use super::limits::{DEED_BYTES, ENDED, SUBSCRIPTIONS};
use crate::handles::HandleId;
use crate::pipeline::{Found, HandlesFull, Made};

/// Everything that one socket is subscribed to.
#[derive(Default)]
pub(super) struct Subscriptions(Mutex<Table>);

#[derive(Default)]
struct Table {
    by_id: HashMap<HandleId, Subscription>,
    by_node: HashMap<Arc<str>, HandleId>,
    bytes: usize,
    /// Ended ones whose last news may still come.
    ended: VecDeque<Arc<str>>,
    /// Those of the node that nobody may have.
    orphans: Vec<Arc<str>>,
}

struct Subscription {
    node: Arc<str>,
    deed: Arc<[u8]>,
    /// What its news must be.
    kind: Option<SubscriptionKind>,
    told: bool,
}

/// What is known about the subscription that news is of.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum News {
    /// The client knows it under this id, and it delivers this.
    For(HandleId, Option<SubscriptionKind>),
    /// The client will know it in a moment.
    TooEarly,
    /// It has ended.
    Late,
    /// Nobody has asked for it, as far as known.
    Unknown,
}

impl Subscriptions {
    /// Whether one more may be made.
    pub(super) fn has_room(&self) -> bool {
        self.0.lock().by_id.len() < SUBSCRIPTIONS
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.lock().by_id.is_empty()
    }

    /// Takes over what the node has just made. Its news waits until [`Subscriptions::told`].
    pub(super) fn adopt(&self, made: &Made<'_>) -> Result<HandleId, HandlesFull> {
        let node: Arc<str> = made.node.into();
        let mut table = self.0.lock();
        // a node that gives one id out twice has one subscription, and only one of ours can be it
        let is_known = table.by_node.contains_key(&node);
        let fits = table.by_id.len() < SUBSCRIPTIONS && table.bytes.saturating_add(made.deed.len()) <= DEED_BYTES;
        let (Some(id), false, true) = (HandleId::random(), is_known, fits) else {
            if !is_known {
                table.orphans.push(node);
            }
            return Err(HandlesFull);
        };
        table.ended.retain(|ended| *ended != node);
        table.bytes = table.bytes.saturating_add(made.deed.len());
        table.by_node.insert(Arc::clone(&node), id);
        table.by_id.insert(
            id,
            Subscription {
                node,
                deed: Arc::clone(made.deed),
                kind: made.news,
                told: false,
            },
        );
        Ok(id)
    }

    /// The client has been told of `id`.
    pub(super) fn told(&self, id: HandleId) {
        if let Some(subscription) = self.0.lock().by_id.get_mut(&id) {
            subscription.told = true;
        }
    }

    /// What `id` names at the node.
    pub(super) fn find(&self, id: HandleId) -> Option<Found> {
        let table = self.0.lock();
        let subscription = table.by_id.get(&id)?;
        Some(Found {
            node: Arc::clone(&subscription.node),
            deed: Arc::clone(&subscription.deed),
        })
    }

    /// Forgets `id`; news of it that is still under way belongs to nobody.
    pub(super) fn forget(&self, id: HandleId) {
        self.0.lock().remove(id);
    }

    /// Ends those whose deed `is_refused`, and gives the node's names of them.
    pub(super) fn end(&self, is_refused: impl Fn(&[u8]) -> bool) -> Vec<Arc<str>> {
        let mut table = self.0.lock();
        let over = table
            .by_id
            .iter()
            .filter(|(_, one)| is_refused(&one.deed))
            .map(|(id, _)| *id)
            .collect::<Vec<_>>();
        over.into_iter().filter_map(|id| table.remove(id)).collect()
    }

    /// Whose the news of `node` is.
    pub(super) fn news(&self, node: &str) -> News {
        let table = self.0.lock();
        match table.by_node.get(node) {
            Some(id) => match table.by_id.get(id) {
                Some(subscription) if subscription.told => News::For(*id, subscription.kind),
                Some(_) => News::TooEarly,
                None => News::Late,
            },
            None if table.ended.iter().any(|ended| **ended == *node) => News::Late,
            None => News::Unknown,
        }
    }

    /// Marks what the node made and nobody asked for, so that it is released once.
    pub(super) fn disown(&self, node: &str) {
        self.0.lock().has_ended(node.into());
    }

    /// What the node must end, because nobody here may have it.
    pub(super) fn orphans(&self) -> Vec<Arc<str>> {
        let mut table = self.0.lock();
        let orphans = std::mem::take(&mut table.orphans);
        for node in &orphans {
            table.has_ended(Arc::clone(node));
        }
        orphans
    }
}

impl Table {
    fn remove(&mut self, id: HandleId) -> Option<Arc<str>> {
        let Subscription { node, deed, .. } = self.by_id.remove(&id)?;
        self.bytes = self.bytes.saturating_sub(deed.len());
        self.by_node.remove(&node);
        self.has_ended(Arc::clone(&node));
        Some(node)
    }

    fn has_ended(&mut self, node: Arc<str>) {
        if self.ended.len() >= ENDED {
            self.ended.pop_front();
        }
        self.ended.push_back(node);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use callgate_eth::HandleKind;

    fn adopt(subscriptions: &Subscriptions, node: &str) -> Result<HandleId, HandlesFull> {
        let deed: Arc<[u8]> = node.as_bytes().into();
        subscriptions.adopt(&Made {
            kind: HandleKind::Subscription,
            node,
            news: None,
            deed: &deed,
        })
    }

    #[test]
    fn news_waits_until_the_client_knows_the_id() {
        let subscriptions = Subscriptions::default();
        assert_eq!(subscriptions.news("0x1"), News::Unknown);
        let id = adopt(&subscriptions, "0x1").unwrap();
        assert_eq!(subscriptions.news("0x1"), News::TooEarly);
        subscriptions.told(id);
        assert_eq!(subscriptions.news("0x1"), News::For(id, None));
        subscriptions.forget(id);
        assert_eq!(subscriptions.news("0x1"), News::Late);
        assert!(subscriptions.find(id).is_none());
    }

    #[test]
    fn one_socket_has_so_many_and_no_more() {
        let subscriptions = Subscriptions::default();
        for n in 0..SUBSCRIPTIONS {
            assert!(subscriptions.has_room());
            adopt(&subscriptions, &n.to_string()).unwrap();
        }
        assert!(!subscriptions.has_room());
        assert_eq!(adopt(&subscriptions, "one more"), Err(HandlesFull));
        assert_eq!(subscriptions.orphans(), [Arc::from("one more")]);
        assert_eq!(subscriptions.orphans(), [] as [Arc<str>; 0]);
        assert_eq!(subscriptions.news("one more"), News::Late);
    }

    #[test]
    fn the_calls_that_made_them_are_bounded_too() {
        let subscriptions = Subscriptions::default();
        let adopt = |node, bytes| {
            let deed: Arc<[u8]> = vec![0; bytes].into();
            subscriptions.adopt(&Made {
                kind: HandleKind::Subscription,
                node,
                news: None,
                deed: &deed,
            })
        };
        let id = adopt("1", DEED_BYTES - 1).unwrap();
        assert_eq!(adopt("2", 2), Err(HandlesFull));
        assert!(adopt("3", 1).is_ok());
        assert_eq!(adopt("4", 1), Err(HandlesFull));
        subscriptions.forget(id);
        assert!(adopt("5", DEED_BYTES - 1).is_ok());
    }

    #[test]
    fn a_node_that_repeats_an_id_gives_nobody_anothers_news() {
        let subscriptions = Subscriptions::default();
        let id = adopt(&subscriptions, "0x1").unwrap();
        assert_eq!(adopt(&subscriptions, "0x1"), Err(HandlesFull));
        assert_eq!(subscriptions.orphans().len(), 0, "the first one stays");
        subscriptions.told(id);
        assert_eq!(subscriptions.news("0x1"), News::For(id, None));
    }

    #[test]
    fn what_is_granted_no_longer_ends() {
        let subscriptions = Subscriptions::default();
        let (kept, ended) = (
            adopt(&subscriptions, "good").unwrap(),
            adopt(&subscriptions, "bad").unwrap(),
        );
        assert_eq!(subscriptions.end(|deed| deed == b"bad"), [Arc::from("bad")]);
        assert!(subscriptions.find(kept).is_some());
        assert!(subscriptions.find(ended).is_none());
        assert_eq!(subscriptions.news("bad"), News::Late);
    }

    #[test]
    fn ended_ones_are_remembered_for_a_while_only() {
        let subscriptions = Subscriptions::default();
        for n in 0..=ENDED {
            subscriptions.disown(&n.to_string());
        }
        assert_eq!(subscriptions.news("0"), News::Unknown);
        assert_eq!(subscriptions.news("1"), News::Late);
    }
}
