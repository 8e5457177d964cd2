//! The messages of one socket that are under way, and what the node's answers are put to.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::handles::MessageHandles;
use super::outbox::Outbox;
use crate::pipeline::{Answer, Flight};
use crate::upstream::{Fault, Sent};

/// Everything under way on one socket.
pub(super) struct Flights {
    /// By the first of their ids.
    waiting: BTreeMap<u64, Waiting>,
    airborne: FuturesUnordered<Pin<Box<dyn Future<Output = Landed> + Send>>>,
    subscribing: usize,
    /// How long the node may take.
    time: Duration,
}

struct Waiting {
    /// One more than the last id.
    end: u64,
    answer: oneshot::Sender<Result<Bytes, Fault>>,
}

/// A message whose answer is ready.
pub(super) struct Landed {
    first_id: u64,
    /// The answer for the client.
    pub(super) answer: Answer,
    /// What it made.
    pub(super) handles: Arc<MessageHandles>,
}

impl Flights {
    /// None yet; each may take `time` at the node.
    pub(super) fn new(time: Duration) -> Self {
        Self {
            waiting: BTreeMap::new(),
            airborne: FuturesUnordered::new(),
            subscribing: 0,
            time,
        }
    }

    /// How many are under way.
    pub(super) fn count(&self) -> usize {
        self.airborne.len()
    }

    /// Whether one of them may make a subscription.
    pub(super) fn subscribe(&self) -> bool {
        self.subscribing > 0
    }

    /// Whether one of them waits for the node.
    pub(super) fn wait_for_node(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Lands a flight of which nothing is sent.
    pub(super) fn land(&mut self, flight: Box<Flight>, handles: Arc<MessageHandles>) {
        self.subscribing = self.subscribing.saturating_add(usize::from(handles.subscribes()));
        let first_id = flight.ids().start;
        self.airborne.push(Box::pin(async move {
            let answer = flight.land(None).await;
            Landed {
                first_id,
                answer,
                handles,
            }
        }));
    }

    /// Sends `bytes` of a flight by way of `outbox`, and lands it with the answer.
    pub(super) fn send(
        &mut self,
        flight: Box<Flight>,
        bytes: Bytes,
        handles: Arc<MessageHandles>,
        outbox: &Arc<Outbox>,
    ) {
        self.subscribing = self.subscribing.saturating_add(usize::from(handles.subscribes()));
        let ids = flight.ids();
        let (answer, answered) = oneshot::channel();
        self.waiting.insert(ids.start, Waiting { end: ids.end, answer });
        outbox.push(ids.start, bytes);
        let (outbox, time) = (Arc::clone(outbox), self.time);
        self.airborne.push(Box::pin(async move {
            let outcome = match timeout(time, answered).await {
                Ok(Ok(outcome)) => outcome,
                Ok(Err(_)) => Err(Fault::Broken(Sent::Maybe)),
                Err(_) if outbox.withdraw(ids.start) => Err(Fault::TimedOut(Sent::No)),
                Err(_) => Err(Fault::TimedOut(Sent::Maybe)),
            };
            let answer = flight.land(Some(outcome)).await;
            Landed {
                first_id: ids.start,
                answer,
                handles,
            }
        }));
    }

    /// Puts a message of the node to the flight that asked under `id`; false when none waits for it.
    pub(super) fn answer(&mut self, id: u64, message: Bytes) -> bool {
        let first = match self.waiting.range(..=id).next_back() {
            Some((first, waiting)) if id < waiting.end => *first,
            _ => return false,
        };
        self.waiting
            .remove(&first)
            .is_some_and(|waiting| waiting.answer.send(Ok(message)).is_ok())
    }

    /// Puts a message without an id to the only flight that waits; false when there are more, or none.
    pub(super) fn answer_only(&mut self, message: Bytes) -> bool {
        match self.waiting.keys().next().copied() {
            Some(first) if self.waiting.len() == 1 => self.answer(first, message),
            _ => false,
        }
    }

    /// Tells all that wait that no answer will come; `outbox` knows what was never sent.
    pub(super) fn fail(&mut self, fault: Fault, outbox: &Outbox) {
        for (first, waiting) in std::mem::take(&mut self.waiting) {
            let fault = match fault {
                Fault::Broken(_) | Fault::TooLarge | Fault::Memory | Fault::Invalid if outbox.withdraw(first) => {
                    Fault::Broken(Sent::No)
                }
                other => other,
            };
            // whoever has given up in the meantime has an outcome
            drop(waiting.answer.send(Err(fault)));
        }
    }

    /// The next one that lands; none when none is under way.
    pub(super) async fn next(&mut self) -> Option<Landed> {
        self.airborne.next().await
    }

    /// Forgets what has landed. What it made may be told from now on.
    pub(super) fn landed(&mut self, landed: &Landed) {
        self.waiting.remove(&landed.first_id);
        self.subscribing = self
            .subscribing
            .saturating_sub(usize::from(landed.handles.subscribes()));
    }
}
