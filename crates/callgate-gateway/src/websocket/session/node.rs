//! What the node sends: answers, put to the calls they answer by our ids, and news, put to subscriptions.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use callgate_eth::HandleKind;
use callgate_policy::Outgoing;
use callgate_rpc::{NodeMessage, Notification, Outcome, Reply, ReplyId, scan_message, write_notification};

use super::Session;
use crate::metrics::UnexpectedAnswer;
use crate::upstream::Fault;
use crate::websocket::close::Ending;
use crate::websocket::limits::{HELD_BYTES, HELD_NEWS};
use crate::websocket::link::FromNode;
use crate::websocket::subscriptions::News;

/// What nodes call news of a subscription.
const METHOD: &str = "eth_subscription";

/// News that came before the client could know its subscription.
#[derive(Default)]
pub(super) struct Held {
    messages: VecDeque<Bytes>,
    bytes: usize,
}

impl Held {
    fn keep(&mut self, message: Bytes) -> Result<(), Ending> {
        self.bytes = self.bytes.saturating_add(message.len());
        self.messages.push_back(message);
        if self.messages.len() > HELD_NEWS || self.bytes > HELD_BYTES {
            Err(Ending::NodeFloods)
        } else {
            Ok(())
        }
    }
}

impl Session {
    /// Takes what the node's end gave.
    pub(super) fn hear_node(&mut self, from_node: FromNode) -> Result<(), Ending> {
        match from_node {
            FromNode::Opened => Ok(()),
            FromNode::Message(message) => self.hear(&message),
            FromNode::Lost(fault) => {
                self.lose_node(fault);
                Ok(())
            }
        }
    }

    fn hear(&mut self, message: &Bytes) -> Result<(), Ending> {
        let current = Arc::clone(self.grant.current());
        match scan_message(message, current.reply_limits()) {
            Ok(NodeMessage::Reply(reply)) => self.put(&[reply], message),
            Ok(NodeMessage::Batch(replies)) => self.put(&replies, message),
            Ok(NodeMessage::Notification(news)) => return self.notify(&news, message),
            Err(error) => {
                tracing::debug!(%error, "the node's message is no json-rpc");
                self.lose_node(Fault::Invalid);
            }
        }
        Ok(())
    }

    /// Puts an answer, or the answers to a batch, to the flight that asked.
    fn put(&mut self, replies: &[Reply<'_>], message: &Bytes) {
        let ours = replies.iter().find_map(|reply| match reply.id {
            ReplyId::Ours(id) => Some(id),
            ReplyId::Null | ReplyId::Foreign => None,
        });
        let is_error = |reply: &Reply<'_>| reply.id == ReplyId::Null && matches!(reply.outcome, Outcome::Error(_));
        let was_put = match ours {
            Some(id) => self.flights.answer(id, message.clone()),
            // an error without an id answers the only question there is
            None => replies.iter().any(is_error) && self.flights.answer_only(message.clone()),
        };
        if !was_put {
            tracing::debug!("the node answered what nobody asks any more");
        }
    }

    /// Relays news to the client under our id, if it is of a subscription the client has.
    fn notify(&mut self, news: &Notification<'_>, message: &Bytes) -> Result<(), Ending> {
        if news.method != METHOD {
            tracing::debug!("the node sent news that nobody can ask for");
            return Ok(());
        }
        match self.subscriptions.news(&news.subscription) {
            News::For(id, kind) => {
                if let Some(Err(why)) = kind.map(|kind| kind.check_news(news.result)) {
                    tracing::warn!(%why, "the node's news is not passed on");
                    self.worker.metrics.unexpected(UnexpectedAnswer::News);
                    return Ok(());
                }
                let mut text = Vec::new();
                write_notification(&mut text, METHOD, &id.to_string(), news.result);
                self.client.push(0, Bytes::from(text));
            }
            News::TooEarly => return self.held.keep(message.clone()),
            News::Unknown if self.flights.subscribe() => return self.held.keep(message.clone()),
            News::Unknown => {
                // its subscriber has not waited for the answer
                self.subscriptions.disown(&news.subscription);
                self.release(&news.subscription);
            }
            News::Late => {}
        }
        Ok(())
    }

    /// Looks at the news again that came too early.
    pub(super) fn let_go(&mut self) -> Result<(), Ending> {
        let held = std::mem::take(&mut self.held);
        for message in held.messages {
            self.hear(&message)?;
        }
        Ok(())
    }

    /// Tells the node that nobody wants a subscription any more.
    pub(super) fn release(&self, node: &str) {
        if let Some(link) = &self.link {
            let id = self.worker.node_ids(1);
            let release = Outgoing::release(id, HandleKind::Subscription, node);
            link.outbox.push(id, Bytes::from(release.into_bytes()));
        }
    }

    /// The connection to the node is over: whoever waits is told, and the socket ends with its subscriptions.
    fn lose_node(&mut self, fault: Fault) {
        let is_needed = self.is_node_needed();
        if let Some(link) = self.link.take() {
            self.flights.fail(fault, &link.outbox);
        }
        self.held = Held::default();
        // one that never came to be has cost nothing but answers: the next call tries again
        if is_needed && fault != Fault::Unreachable {
            self.leave(Ending::Node(fault));
        }
    }
}
