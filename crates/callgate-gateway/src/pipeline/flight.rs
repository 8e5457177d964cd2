//! A request between its judgement and its answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hyper::StatusCode;

use super::Scene;
use super::judge::Judged;
use super::record;
use super::settle;
use super::slot::{Slot, State};
use crate::audit::NodeOutcome;
use crate::reply::Trouble;
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
    Json(StatusCode, Vec<u8>),
    /// Nothing but notifications: nobody waits for an answer.
    None,
}

/// A judged request on its way to the node and back. Dropping it before it has landed records that its client left.
pub(crate) struct Flight {
    pub(super) worker: Arc<Worker>,
    pub(super) scene: Scene,
    pub(super) judged: Judged,
    pub(super) clock: Stopwatch,
    /// Slots before this one are on record.
    pub(super) recorded: usize,
}

impl Flight {
    pub(super) fn new(worker: Arc<Worker>, scene: Scene, judged: Judged, started: Instant) -> Self {
        Self { worker, scene, judged, clock: Stopwatch::since(started), recorded: 0 }
    }

    /// The bytes for the node, once; none when no call was permitted.
    pub(crate) fn depart(&mut self) -> Option<Bytes> {
        let outgoing = self.judged.outgoing.take()?;
        self.clock.node_starts();
        for slot in &mut self.judged.slots {
            if matches!(slot.state, State::Waiting(_)) {
                slot.outcome = Some(NodeOutcome::ClientGone);
            }
        }
        Some(Bytes::from(outgoing.into_bytes()))
    }

    /// The id under which the node answers: of the one call, or of the first of the batch.
    pub(crate) fn first_id(&self) -> u64 {
        self.judged.first_id
    }

    /// Whether the bytes may reach the node twice.
    pub(crate) fn repeat(&self) -> Repeat {
        self.judged.repeat
    }

    /// The scene it was judged in.
    pub(crate) fn scene(&self) -> &Scene {
        &self.scene
    }

    /// Sends the bytes over the worker's own HTTP connections and lands.
    pub(crate) async fn by_http(mut self) -> Answer {
        let outcome = match self.depart() {
            None => None,
            Some(bytes) => Some(self.scene.current.upstream().ask(bytes, self.repeat()).await),
        };
        self.land(outcome).await
    }

    /// Puts the node's answer to the calls, puts every call on record, and gives the client's answer. `outcome` is none
    /// when nothing was sent.
    pub(crate) async fn land(mut self, outcome: Option<Result<Bytes, Fault>>) -> Answer {
        if let Some(outcome) = outcome {
            self.clock.node_answered();
            settle::settle(&mut self, outcome);
            self.release_orphans();
        }
        record::record(&mut self).await;
        self.answer()
    }

    fn answer(&self) -> Answer {
        let answered = self.judged.slots.iter().filter(|slot| slot.id.is_some());
        match self.judged.shape {
            Shape::Single => match answered.last() {
                None => Answer::None,
                Some(slot) => {
                    let mut out = Vec::with_capacity(slot.size_hint());
                    slot.write(&mut out, &self.scene);
                    Answer::Json(slot.status(), out)
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
                Answer::Json(StatusCode::OK, out)
            }
        }
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        record::abandoned(self);
    }
}
