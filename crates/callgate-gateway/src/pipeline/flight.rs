//! A request between its judgement and its answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use callgate_eth::HandleKind;
use callgate_policy::Outgoing;
use hyper::StatusCode;

use super::Scene;
use super::judge::Judged;
use super::record;
use super::settle::{self, Orphan};
use super::slot::Slot;
use crate::answer_memory::Room;
use crate::audit::{Front, NodeOutcome};
use crate::server::Worker;
use crate::upstream::{Fault, Repeat};

/// Whether the client sent one call or a batch. A batch of one is a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One object.
    Single,
    /// An array.
    Batch,
}

/// The answer for the client.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// This JSON, under this status where there is one.
    Json(StatusCode, Bytes),
    /// Nothing but notifications: nobody waits for an answer.
    None,
}

/// A judged request on its way to the node and back. It passes through several hands, so it travels in a box. Dropping it before it has landed records that its client left.
pub(crate) struct Flight {
    pub(super) worker: Arc<Worker>,
    pub(super) scene: Scene,
    pub(super) judged: Judged,
    pub(super) times: Stopwatch,
    /// Slots before this one are on record.
    pub(super) recorded: usize,
}

impl Flight {
    pub(super) fn new(worker: Arc<Worker>, scene: Scene, judged: Judged, started: Instant) -> Self {
        Self {
            worker,
            scene,
            judged,
            times: Stopwatch::since(started),
            recorded: 0,
        }
    }

    /// The bytes for the node, once; none when no call was permitted.
    pub(crate) fn depart(&mut self) -> Option<Bytes> {
        let outgoing = self.judged.outgoing.take()?;
        self.times.node_starts();
        for slot in &mut self.judged.slots {
            if slot.is_waiting() {
                slot.outcome = Some(NodeOutcome::ClientGone);
            }
        }
        Some(Bytes::from(outgoing.into_bytes()))
    }

    /// The ids under which the node answers: of the one call, or of those of the batch.
    pub(crate) fn ids(&self) -> std::ops::Range<u64> {
        let waiting = self.judged.slots.iter().filter(|slot| slot.is_waiting()).count();
        self.judged.first_id..self.judged.first_id.saturating_add(waiting as u64)
    }

    /// How many calls it holds.
    pub(crate) fn calls(&self) -> u64 {
        self.judged.slots.len() as u64
    }

    /// Whether the bytes may reach the node twice.
    pub(crate) fn repeat(&self) -> Repeat {
        self.judged.repeat
    }

    /// Sends the bytes over the worker's own HTTP connections and lands.
    pub(crate) async fn by_http(mut self: Box<Self>) -> Answer {
        let outcome = match self.depart() {
            None => None,
            Some(bytes) => Some(self.scene.current.upstream().ask(bytes, self.repeat()).await),
        };
        self.land(outcome).await
    }

    /// Puts the node's answer to the calls, puts every call on record, and gives the client's answer. `outcome` is none
    /// when nothing was sent.
    pub(crate) async fn land(mut self: Box<Self>, outcome: Option<Result<Bytes, Fault>>) -> Answer {
        if let Some(outcome) = outcome {
            self.times.node_answered();
            self.count_exchange(&outcome);
            let orphans = settle::settle(&mut self, outcome);
            self.release(orphans);
        }
        let room = self.room();
        record::record(&mut self).await;
        self.answer(room)
    }

    /// Room for the client's answer. When there is none, what the node answered is dropped, before the record is made.
    fn room(&mut self) -> Room {
        let mut room = Room::none(&self.worker.gateway.answer_memory);
        let bytes = self.judged.slots.iter().map(Slot::size_hint);
        if room.cover(bytes.fold(0, usize::saturating_add)).is_err() {
            let relaying = self.judged.slots.iter_mut().filter(|slot| slot.relays());
            relaying.for_each(|slot| slot.fail(Fault::Memory));
        }
        room
    }

    fn count_exchange(&self, outcome: &Result<Bytes, Fault>) {
        let outcome = match outcome {
            Ok(_) => Some(NodeOutcome::Result),
            Err(fault) => fault.outcome(),
        };
        if let Some(outcome) = outcome {
            self.worker.metrics.exchanged(outcome, self.times.node());
        }
    }

    /// Filters that the node has just made and that fit nowhere are removed there, in the background.
    fn release(&self, orphans: Vec<Orphan>) {
        let current = &self.scene.current;
        let is_here = current.node_mark(self.scene.front) == current.node_mark(Front::Http);
        for (kind, node) in orphans {
            if kind == HandleKind::Subscription || !is_here {
                // it lives on a WebSocket to the node, and the front that holds that ends it there
                continue;
            }
            let release = Outgoing::release(self.worker.node_ids(1), kind, &node);
            let current = Arc::clone(current);
            tokio::spawn(async move {
                // the node forgets unused filters by itself, so a failure here costs little
                drop(
                    current
                        .upstream()
                        .ask(Bytes::from(release.into_bytes()), Repeat::Never)
                        .await,
                );
            });
        }
    }

    fn answer(&self, room: Room) -> Answer {
        let answered = self.judged.slots.iter().filter(|slot| slot.id.is_some());
        match self.judged.shape {
            Shape::Single => match answered.last() {
                None => Answer::None,
                Some(slot) => {
                    let mut out = Vec::with_capacity(slot.size_hint());
                    slot.write(&mut out, &self.scene);
                    Answer::Json(slot.status(), room.around(out))
                }
            },
            Shape::Batch => {
                let mut out = Vec::with_capacity(answered.clone().map(Slot::size_hint).sum::<usize>() + 2);
                for slot in answered {
                    out.push(if out.is_empty() { b'[' } else { b',' });
                    slot.write(&mut out, &self.scene);
                }
                if out.is_empty() {
                    return Answer::None;
                }
                out.push(b']');
                Answer::Json(StatusCode::OK, room.around(out))
            }
        }
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        record::abandoned(self);
    }
}

/// Tells the node's time from ours.
pub(super) struct Stopwatch {
    started: Instant,
    asked: Option<Instant>,
    node: Duration,
}

impl Stopwatch {
    fn since(started: Instant) -> Self {
        Self {
            started,
            asked: None,
            node: Duration::ZERO,
        }
    }

    fn node_starts(&mut self) {
        self.asked = Some(Instant::now());
    }

    fn node_answered(&mut self) {
        self.node = self.asked.take().map_or(Duration::ZERO, |asked| asked.elapsed());
    }

    /// The time waited for the node so far.
    pub(super) fn node(&self) -> Duration {
        self.asked.map_or(self.node, |asked| asked.elapsed())
    }

    /// The time spent here so far.
    pub(super) fn own(&self) -> Duration {
        self.started.elapsed().saturating_sub(self.node())
    }
}
