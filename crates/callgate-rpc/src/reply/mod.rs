//! Answers of a node: one pass checks the whole text and finds the top-level members; nothing is built.
//!
//! The node is not trusted with shape: strict UTF-8 and JSON, exactly `jsonrpc`, `id` and one of `result` and `error`,
//! each once. What is relayed are the bytes of a result that this module has seen to be one JSON value.

mod error;
mod scan;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use error::ReplyErrorKind as Kind;
pub use error::{ReplyError, ReplyErrorKind};
use scan::Scanner;

use crate::limits::{REPLY_DEPTH, ReplyLimits};
use crate::text;

/// The answer to one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply<'a> {
    /// Which call it answers.
    pub id: ReplyId,
    /// What came of it.
    pub outcome: Outcome<'a>,
}

/// The id of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyId {
    /// An integer from 0: the kind of id that we send.
    Ours(u64),
    /// `null`: the node could not read the call's id.
    Null,
    /// Anything else: not an answer to a call of ours.
    Foreign,
}

/// What came of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome<'a> {
    /// One JSON value, without white space around it.
    Result(&'a [u8]),
    /// An error.
    Error(NodeError<'a>),
}

/// A node's error, its shape checked. Members other than these three are left out of account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeError<'a> {
    /// The code.
    pub code: i64,
    /// The message: a JSON string with its quotes and escapes.
    pub message: &'a [u8],
    /// The data, if any: one JSON value.
    pub data: Option<&'a [u8]>,
    /// The whole error object, for [`crate::write_node_error`].
    pub raw: &'a [u8],
}

/// The answer to a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatchReply<'a> {
    /// One answer for each call, in any order; whether each call has one is for the caller to see.
    Replies(Vec<Reply<'a>>),
    /// One error for the batch as a whole.
    Error(NodeError<'a>),
}

/// A message of a node on a WebSocket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeMessage<'a> {
    /// The answer to one call.
    Reply(Reply<'a>),
    /// The answers to a batch.
    Batch(Vec<Reply<'a>>),
    /// News of a subscription.
    Notification(Notification<'a>),
}

/// News of a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification<'a> {
    /// The method: `eth_subscription` with most nodes.
    pub method: Cow<'a, str>,
    /// The node's id of the subscription, as [`read_text`] reads it.
    pub subscription: Cow<'a, str>,
    /// One JSON value, without white space around it.
    pub result: &'a [u8],
}

/// Reads the answer to one call.
///
/// # Errors
/// [`ReplyError`] when the bytes are not exactly one answer.
pub fn scan_reply<'a>(bytes: &'a [u8], limits: &ReplyLimits) -> Result<Reply<'a>, ReplyError> {
    let mut scanner = Scanner::new(bytes, limits)?;
    let reply = Envelope::scan(&mut scanner)?.reply()?;
    scanner.finish()?;
    Ok(reply)
}

/// Reads the answer to a batch.
///
/// # Errors
/// [`ReplyError`] when the bytes are neither an array of answers nor one error.
pub fn scan_batch<'a>(bytes: &'a [u8], limits: &ReplyLimits) -> Result<BatchReply<'a>, ReplyError> {
    let mut scanner = Scanner::new(bytes, limits)?;
    let answer = if scanner.peek() == Some(b'[') {
        BatchReply::Replies(replies(&mut scanner, limits)?)
    } else {
        let start = scanner.at();
        match Envelope::scan(&mut scanner)?.reply()? {
            Reply {
                id: ReplyId::Null,
                outcome: Outcome::Error(error),
            } => BatchReply::Error(error),
            _ => return Err(ReplyError::new(Kind::NotABatch, start)),
        }
    };
    scanner.finish()?;
    Ok(answer)
}

/// Reads one message of a WebSocket.
///
/// # Errors
/// [`ReplyError`] when the bytes are neither answers nor news of a subscription.
pub fn scan_message<'a>(bytes: &'a [u8], limits: &ReplyLimits) -> Result<NodeMessage<'a>, ReplyError> {
    let mut scanner = Scanner::new(bytes, limits)?;
    let message = if scanner.peek() == Some(b'[') {
        NodeMessage::Batch(replies(&mut scanner, limits)?)
    } else {
        let envelope = Envelope::scan(&mut scanner)?;
        if envelope.news_at.is_some() {
            NodeMessage::Notification(envelope.notification()?)
        } else {
            NodeMessage::Reply(envelope.reply()?)
        }
    };
    scanner.finish()?;
    Ok(message)
}

/// The text of a JSON string, or the digits of an integer from 0: the forms in which nodes name filters and
/// subscriptions. `None` for every other value.
pub fn read_text(raw: &[u8]) -> Option<Cow<'_, str>> {
    let Some(inner) = raw.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")) else {
        let digits = !raw.is_empty() && raw.iter().all(u8::is_ascii_digit);
        return if digits {
            std::str::from_utf8(raw).ok().map(Cow::Borrowed)
        } else {
            None
        };
    };
    let inner = std::str::from_utf8(inner).ok()?;
    let mut end = text::plain_end(inner.as_bytes(), 0);
    if end == inner.len() {
        return Some(Cow::Borrowed(inner));
    }
    let mut resolved = String::with_capacity(inner.len());
    let mut start = 0;
    while end < inner.len() {
        resolved.push_str(inner.get(start..end)?);
        if inner.as_bytes().get(end) != Some(&b'\\') {
            return None;
        }
        let escape = text::escape(inner.as_bytes(), end).ok()?;
        resolved.push(escape.means);
        start = escape.end;
        end = text::plain_end(inner.as_bytes(), start);
    }
    resolved.push_str(inner.get(start..)?);
    Some(Cow::Owned(resolved))
}

/// The value of a member of an object that a scan has returned: none when `raw` is no object, or has the member not at
/// all or twice.
pub fn read_member<'a>(raw: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let (mut found, mut seen) = (None, 0_usize);
    Scanner::again(raw)
        .members(|scanner, member, _| {
            let value = scanner.value()?;
            if member == name.as_bytes() {
                found = Some(value);
                seen += 1;
            }
            Ok(())
        })
        .ok()?;
    found.filter(|_| seen == 1)
}

/// Shows the items of an array that a scan has returned, one after the other, for as long as `look` wants more.
pub fn read_items<'a>(raw: &'a [u8], mut look: impl FnMut(&'a [u8]) -> bool) {
    // An error ends the walk; it is nobody's fault.
    let _ = Scanner::again(raw).items(|scanner| {
        let item = scanner.value()?;
        if look(item) {
            Ok(())
        } else {
            Err(scanner.error(Kind::TrailingData))
        }
    });
}

/// Reads an error object that was found before.
pub(crate) fn node_error(raw: &[u8]) -> Result<NodeError<'_>, ReplyError> {
    let limits = ReplyLimits {
        bytes: raw.len(),
        depth: REPLY_DEPTH,
        batch: 0,
    };
    let mut scanner = Scanner::new(raw, &limits)?;
    let error = scan_error(&mut scanner)?;
    scanner.finish()?;
    Ok(error)
}

fn replies<'a>(scanner: &mut Scanner<'a>, limits: &ReplyLimits) -> Result<Vec<Reply<'a>>, ReplyError> {
    let mut replies = Vec::new();
    scanner.items(|scanner| {
        if replies.len() >= limits.batch {
            return Err(scanner.error(Kind::TooManyReplies { limit: limits.batch }));
        }
        replies.push(Envelope::scan(scanner)?.reply()?);
        Ok(())
    })?;
    Ok(replies)
}

/// The members of an answer or a notification, each seen at most once.
struct Envelope<'a> {
    start: usize,
    version: Option<()>,
    id: Option<ReplyId>,
    result: Option<&'a [u8]>,
    error: Option<NodeError<'a>>,
    no_error: Option<()>,
    method: Option<Cow<'a, str>>,
    params: Option<(Cow<'a, str>, &'a [u8])>,
    /// Where the first member stands that only answers have.
    reply_at: Option<usize>,
    /// Where the first member stands that only notifications have.
    news_at: Option<usize>,
}

impl<'a> Envelope<'a> {
    fn scan(scanner: &mut Scanner<'a>) -> Result<Self, ReplyError> {
        let mut this = Self {
            start: scanner.at(),
            version: None,
            id: None,
            result: None,
            error: None,
            no_error: None,
            method: None,
            params: None,
            reply_at: None,
            news_at: None,
        };
        scanner.members(|scanner, name, at| this.member(scanner, name, at))?;
        Ok(this)
    }

    fn member(&mut self, scanner: &mut Scanner<'a>, name: &[u8], at: usize) -> Result<(), ReplyError> {
        match name {
            b"jsonrpc" => {
                let here = scanner.at();
                if scanner.value()? != b"\"2.0\"" {
                    return Err(ReplyError::new(Kind::WrongVersion, here));
                }
                return put(&mut self.version, (), at);
            }
            b"id" => put(&mut self.id, reply_id(scanner.value()?), at)?,
            b"result" => put(&mut self.result, scanner.value()?, at)?,
            // As JSON-RPC 1.0 has it, and some block builders still do.
            b"error" if scanner.peek() == Some(b'n') => {
                scanner.value()?;
                put(&mut self.no_error, (), at)?;
            }
            b"error" => put(&mut self.error, scan_error(scanner)?, at)?,
            b"method" => put(&mut self.method, scan_text(scanner)?, at)?,
            b"params" => put(&mut self.params, scan_news(scanner)?, at)?,
            _ => return Err(ReplyError::new(Kind::UnknownMember, at)),
        }
        let first = if matches!(name, b"method" | b"params") {
            &mut self.news_at
        } else {
            &mut self.reply_at
        };
        *first = first.or(Some(at));
        Ok(())
    }

    fn reply(self) -> Result<Reply<'a>, ReplyError> {
        let fault = |kind| ReplyError::new(kind, self.start);
        if let Some(at) = self.news_at {
            return Err(ReplyError::new(Kind::UnknownMember, at));
        }
        self.version.ok_or(fault(Kind::MissingVersion))?;
        let id = self.id.ok_or(fault(Kind::MissingId))?;
        let outcome = match (self.result, self.error) {
            (Some(result), None) => Outcome::Result(result),
            // Erigon has written a beginning of the result already when a trace fails: what it has is no result.
            (_, Some(error)) if self.no_error.is_none() => Outcome::Error(error),
            (None, None) => return Err(fault(Kind::NoOutcome)),
            (_, Some(_)) => return Err(fault(Kind::DuplicateMember)),
        };
        Ok(Reply { id, outcome })
    }

    fn notification(self) -> Result<Notification<'a>, ReplyError> {
        let fault = |kind| ReplyError::new(kind, self.start);
        if let Some(at) = self.reply_at {
            return Err(ReplyError::new(Kind::UnknownMember, at));
        }
        self.version.ok_or(fault(Kind::MissingVersion))?;
        let method = self.method.ok_or(fault(Kind::WrongNotification))?;
        let (subscription, result) = self.params.ok_or(fault(Kind::WrongNotification))?;
        Ok(Notification {
            method,
            subscription,
            result,
        })
    }
}

fn put<T>(slot: &mut Option<T>, value: T, at: usize) -> Result<(), ReplyError> {
    if slot.replace(value).is_some() {
        return Err(ReplyError::new(Kind::DuplicateMember, at));
    }
    Ok(())
}

fn reply_id(raw: &[u8]) -> ReplyId {
    if raw == b"null" {
        return ReplyId::Null;
    }
    // An integer without a sign, by JSON's grammar: nothing else parses as `u64` from its first byte on.
    let number = std::str::from_utf8(raw).ok().and_then(|text| text.parse().ok());
    number.map_or(ReplyId::Foreign, ReplyId::Ours)
}

fn scan_error<'a>(scanner: &mut Scanner<'a>) -> Result<NodeError<'a>, ReplyError> {
    let start = scanner.at();
    let (mut code, mut message, mut data) = (None, None, None);
    let raw = scanner.members(|scanner, name, at| {
        let here = scanner.at();
        let value = scanner.value()?;
        match name {
            b"code" => {
                let number = std::str::from_utf8(value)
                    .ok()
                    .and_then(|text| text.parse::<i64>().ok());
                put(&mut code, number.ok_or(ReplyError::new(Kind::WrongError, here))?, at)
            }
            b"message" if value.first() == Some(&b'"') => put(&mut message, value, at),
            b"message" => Err(ReplyError::new(Kind::WrongError, here)),
            b"data" => put(&mut data, value, at),
            _ => Ok(()),
        }
    })?;
    let wrong = ReplyError::new(Kind::WrongError, start);
    Ok(NodeError {
        code: code.ok_or(wrong)?,
        message: message.ok_or(wrong)?,
        data,
        raw,
    })
}

fn scan_text<'a>(scanner: &mut Scanner<'a>) -> Result<Cow<'a, str>, ReplyError> {
    let here = scanner.at();
    read_text(scanner.value()?).ok_or(ReplyError::new(Kind::WrongNotification, here))
}

/// The `params` of a notification: exactly `subscription` and `result`.
fn scan_news<'a>(scanner: &mut Scanner<'a>) -> Result<(Cow<'a, str>, &'a [u8]), ReplyError> {
    let start = scanner.at();
    let (mut subscription, mut result) = (None, None);
    scanner.members(|scanner, name, at| match name {
        b"subscription" => put(&mut subscription, scan_text(scanner)?, at),
        b"result" => put(&mut result, scanner.value()?, at),
        _ => Err(ReplyError::new(Kind::WrongNotification, at)),
    })?;
    subscription
        .zip(result)
        .ok_or(ReplyError::new(Kind::WrongNotification, start))
}
