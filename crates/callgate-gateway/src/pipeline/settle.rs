//! The node's answer, put to the calls it answers. Matched by our ids alone; whatever does not match belongs to nobody.

use std::sync::Arc;

use bytes::Bytes;
use callgate_eth::{HandleKind, SubscriptionKind, Unexpected};
use callgate_rpc::{BatchReply, Outcome, Reply, ReplyId, read_text, scan_batch, scan_reply};

use super::Scene;
use super::flight::{Flight, Shape};
use super::handles::Made;
use super::slot::{HandleUse, MethodName, Slot, State};
use crate::audit::NodeOutcome;
use crate::limits::NODE_HANDLE_BYTES;
use crate::metrics::UnexpectedAnswer;
use crate::reply::Trouble;
use crate::server::Worker;
use crate::upstream::Fault;

/// A filter that the node made and nobody may use: it must be removed there.
pub(super) type Orphan = (HandleKind, Box<str>);

/// Puts `outcome` to every waiting call of `flight`.
pub(super) fn settle(flight: &mut Flight, outcome: Result<Bytes, Fault>) -> Vec<Orphan> {
    let mut orphans = Vec::new();
    let Flight {
        worker, scene, judged, ..
    } = flight;
    let waiting = judged.slots.iter_mut().filter(|slot| slot.is_waiting());
    match outcome {
        Err(fault) => waiting.for_each(|slot| slot.fail(fault)),
        Ok(answer) => {
            let mut question = Question {
                worker,
                scene,
                answer: &answer,
                first_id: judged.first_id,
                orphans: &mut orphans,
            };
            match judged.shape {
                Shape::Single => question.single(waiting),
                Shape::Batch => question.batch(waiting.collect()),
            }
        }
    }
    orphans
}

/// What was asked, and the bytes that came back.
struct Question<'a> {
    worker: &'a Worker,
    scene: &'a Scene,
    answer: &'a Bytes,
    first_id: u64,
    orphans: &'a mut Vec<Orphan>,
}

impl Question<'_> {
    fn single<'s>(&mut self, waiting: impl Iterator<Item = &'s mut Slot>) {
        let reply = match scan_reply(self.answer, self.scene.current.reply_limits()) {
            Ok(reply) if self.answers_one(&reply) => Some(reply.outcome),
            Ok(_) => None,
            Err(error) => {
                tracing::debug!(%error, "the node's answer is no json-rpc");
                None
            }
        };
        for slot in waiting {
            match &reply {
                Some(outcome) => self.give(slot, outcome),
                None => slot.fail(Fault::Invalid),
            }
        }
    }

    /// An error without an id is the answer as well: nothing else was asked on this connection.
    fn answers_one(&self, reply: &Reply<'_>) -> bool {
        match reply.id {
            ReplyId::Ours(id) => id == self.first_id,
            ReplyId::Null => matches!(reply.outcome, Outcome::Error(_)),
            ReplyId::Foreign => false,
        }
    }

    fn batch(&mut self, mut waiting: Vec<&mut Slot>) {
        match scan_batch(self.answer, self.scene.current.reply_limits()) {
            Ok(BatchReply::Replies(replies)) => {
                for reply in &replies {
                    self.one_of(&mut waiting, reply);
                }
                // what is still waiting was not answered
                waiting
                    .iter_mut()
                    .filter(|slot| slot.is_waiting())
                    .for_each(|slot| slot.fail(Fault::Invalid));
            }
            Ok(BatchReply::Error(error)) => {
                waiting
                    .iter_mut()
                    .for_each(|slot| self.give(slot, &Outcome::Error(error)));
            }
            Err(error) => {
                tracing::debug!(%error, "the node's answer is no json-rpc");
                waiting.iter_mut().for_each(|slot| slot.fail(Fault::Invalid));
            }
        }
    }

    fn one_of(&mut self, waiting: &mut [&mut Slot], reply: &Reply<'_>) {
        let ReplyId::Ours(id) = reply.id else { return };
        let place = id
            .checked_sub(self.first_id)
            .and_then(|place| usize::try_from(place).ok());
        let Some(slot) = place.and_then(|place| waiting.get_mut(place)) else {
            return;
        };
        if slot.is_waiting() {
            self.give(slot, &reply.outcome);
        } else {
            // two answers to one question: neither can be believed
            slot.fail(Fault::Invalid);
        }
    }

    fn give(&mut self, slot: &mut Slot, outcome: &Outcome<'_>) {
        let State::Waiting(handle) = &slot.state else { return };
        match outcome {
            Outcome::Error(error) => slot.node_error(self.answer, error),
            Outcome::Result(result) => {
                if let Some(Err(why)) = slot.expected.map(|expected| expected.check(result)) {
                    let fault = self.unexpected(slot, &why);
                    return slot.fail(fault);
                }
                slot.outcome = Some(NodeOutcome::Result);
                slot.state = match handle {
                    HandleUse::None => State::Result(self.answer.slice_ref(result)),
                    HandleUse::Ends(kind, ours) => {
                        self.scene.handles.forget(*kind, ours, &self.scene.who());
                        State::Result(self.answer.slice_ref(result))
                    }
                    HandleUse::Makes { kind, news, deed } => match self.adopt(*kind, *news, deed, result) {
                        Ok(state) => state,
                        Err(fault) => return slot.fail(fault),
                    },
                };
            }
        }
    }

    /// Tells that the node said what cannot be.
    fn unexpected(&self, slot: &Slot, why: &Unexpected) -> Fault {
        let method = slot.facts.method.as_ref().map_or("", MethodName::as_str);
        let mut digits = [0; 32];
        let request_id = self.scene.request_id.encode(&mut digits);
        match why {
            Unexpected::Kind { .. } => {
                tracing::warn!(method, request_id, %why, "the node's result is not passed on");
                self.worker.metrics.unexpected(UnexpectedAnswer::Result);
                Fault::Unexpected
            }
            Unexpected::Transaction { .. } => {
                tracing::error!(method, request_id, %why, "the node names another transaction than it was sent");
                self.worker.metrics.unexpected(UnexpectedAnswer::Transaction);
                Fault::OtherTransaction
            }
        }
    }

    /// The node's name of a new filter or subscription becomes one of ours.
    fn adopt(
        &mut self,
        kind: HandleKind,
        news: Option<SubscriptionKind>,
        deed: &Arc<[u8]>,
        result: &[u8],
    ) -> Result<State, Fault> {
        let node = read_text(result)
            .filter(|node| node.len() <= NODE_HANDLE_BYTES)
            .ok_or(Fault::Invalid)?;
        Ok(
            match self.scene.handles.adopt(
                Made {
                    kind,
                    node: &node,
                    news,
                    deed,
                },
                &self.scene.who(),
            ) {
                Ok(ours) => State::Named(ours),
                Err(_) => {
                    self.orphans.push((kind, node.into()));
                    State::Failed(Trouble::TooManyHandles)
                }
            },
        )
    }
}
