//! Why a node's answer was refused.

use thiserror::Error;

use crate::error::Found;

/// A node's answer that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{kind} at byte {offset}")]
pub struct ReplyError {
    kind: ReplyErrorKind,
    offset: usize,
}

impl ReplyError {
    pub(super) fn new(kind: ReplyErrorKind, offset: usize) -> Self {
        Self { kind, offset }
    }

    /// What was wrong.
    pub fn kind(&self) -> ReplyErrorKind {
        self.kind
    }

    /// The byte of the answer where it was noticed, counted from zero.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

/// The kinds of [`ReplyError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ReplyErrorKind {
    /// Over [`crate::ReplyLimits::bytes`].
    #[error("the answer has more than {limit} bytes")]
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// The bytes are not UTF-8.
    #[error("the answer is not valid UTF-8")]
    NotUtf8,
    /// The document stops in the middle.
    #[error("the answer ends too early")]
    UnexpectedEnd,
    /// A byte that the JSON grammar, or the shape of an answer, does not allow here.
    #[error("unexpected {}, expected {expected}", Found(*found))]
    UnexpectedByte {
        /// The byte.
        found: u8,
        /// What could have stood here.
        expected: &'static str,
    },
    /// A raw control character in a string.
    #[error("a control character stands unescaped in a string")]
    ControlCharacter,
    /// A backslash sequence that JSON does not know.
    #[error("a string contains an unknown escape")]
    BadEscape,
    /// Something follows the document.
    #[error("the answer continues after its end as a document")]
    TrailingData,
    /// Over [`crate::ReplyLimits::depth`].
    #[error("values are nested more than {limit} deep")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// A member that an answer does not have; names are matched exactly as they are written.
    #[error("the answer has a member that JSON-RPC does not know here")]
    UnknownMember,
    /// A member that was there before.
    #[error("the answer has a member twice")]
    DuplicateMember,
    /// No `jsonrpc`.
    #[error("the answer has no `jsonrpc`")]
    MissingVersion,
    /// A `jsonrpc` other than the string `2.0`.
    #[error("`jsonrpc` is not the string `2.0`")]
    WrongVersion,
    /// No `id`.
    #[error("the answer has no `id`")]
    MissingId,
    /// Neither `result` nor `error`.
    #[error("the answer has neither `result` nor `error`")]
    NoOutcome,
    /// An `error` without an integer `code` and a string `message`.
    #[error("`error` is not an object with an integer `code` and a string `message`")]
    WrongError,
    /// A notification without a method, or whose `params` are not exactly `subscription` and `result`.
    #[error("the notification does not have a `method` and exactly `subscription` and `result` in its `params`")]
    WrongNotification,
    /// A batch was answered by one answer that is no error for the whole.
    #[error("the answer to a batch is neither an array nor an error without id")]
    NotABatch,
    /// Over [`crate::ReplyLimits::batch`].
    #[error("the answer to a batch has more than {limit} items")]
    TooManyReplies {
        /// The limit.
        limit: usize,
    },
}
