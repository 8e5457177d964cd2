//! Why a whole document was refused, and the JSON-RPC codes that go with it.

use thiserror::Error;

/// The error codes of the JSON-RPC 2.0 specification, section 5.1.
pub mod code {
    /// The body is not JSON (of the strict kind that is read here).
    pub const PARSE_ERROR: i64 = -32700;
    /// The body is JSON but no request, or is over a limit.
    pub const INVALID_REQUEST: i64 = -32600;
    /// The method does not exist.
    pub const METHOD_NOT_FOUND: i64 = -32601;
    /// The parameters are wrong.
    pub const INVALID_PARAMS: i64 = -32602;
    /// Something failed on this side or behind it.
    pub const INTERNAL_ERROR: i64 = -32603;
}

/// A document that was refused as a whole: no call of it may be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{kind} at byte {offset}")]
pub struct ParseError {
    kind: ParseErrorKind,
    offset: usize,
}

impl ParseError {
    pub(crate) fn new(kind: ParseErrorKind, offset: usize) -> Self {
        Self { kind, offset }
    }

    /// What was wrong.
    pub fn kind(&self) -> ParseErrorKind {
        self.kind
    }

    /// The byte of the body where it was noticed, counted from zero.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The JSON-RPC code: [`code::PARSE_ERROR`] when the text is not JSON, [`code::INVALID_REQUEST`] when it is JSON
    /// but over a limit, ambiguous, or no request.
    pub fn code(&self) -> i64 {
        self.kind.code()
    }
}

/// The kinds of [`ParseError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ParseErrorKind {
    /// No document at all.
    #[error("the body is empty")]
    Empty,
    /// The bytes are not UTF-8.
    #[error("the body is not valid UTF-8")]
    NotUtf8,
    /// A byte order mark comes first.
    #[error("the body begins with a byte order mark")]
    ByteOrderMark,
    /// The document stops in the middle.
    #[error("the body ends too early")]
    UnexpectedEnd,
    /// A byte that the JSON grammar does not allow here.
    #[error("unexpected {}, expected {expected}", Found(*found))]
    UnexpectedByte {
        /// The byte.
        found: u8,
        /// What could have stood here.
        expected: &'static str,
    },
    /// Something follows the document.
    #[error("the body continues after its end as a document")]
    TrailingData,
    /// A raw control character in a string.
    #[error("a control character stands unescaped in a string")]
    ControlCharacter,
    /// A backslash sequence that JSON does not know.
    #[error("a string contains an unknown escape")]
    BadEscape,
    /// Half of a surrogate pair.
    #[error("a string contains a lone surrogate")]
    LoneSurrogate,
    /// The character U+0000.
    #[error("a string contains the character U+0000")]
    NulCharacter,
    /// A number that 64 bits cannot carry.
    #[error("a number is outside of what 64 bits can carry")]
    NumberOutOfRange,
    /// One member name twice in an object.
    #[error("a member name repeats the one at byte {first} (escapes and letter case do not tell names apart)")]
    DuplicateName {
        /// Where the first of the two stands.
        first: usize,
    },
    /// Over [`crate::Limits::body_bytes`].
    #[error("the body has more than {limit} bytes")]
    BodyTooLong {
        /// The limit.
        limit: usize,
    },
    /// Over [`crate::Limits::depth`].
    #[error("values are nested more than {limit} deep")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// Over [`crate::Limits::tokens`].
    #[error("the body has more than {limit} values and names")]
    TooManyTokens {
        /// The limit.
        limit: usize,
    },
    /// Over [`crate::Limits::array_items`].
    #[error("an array has more than {limit} items")]
    TooManyItems {
        /// The limit.
        limit: usize,
    },
    /// Over [`crate::Limits::object_members`].
    #[error("an object has more than {limit} members")]
    TooManyMembers {
        /// The limit.
        limit: usize,
    },
    /// Over [`crate::Limits::name_bytes`].
    #[error("a member name has more than {limit} bytes")]
    NameTooLong {
        /// The limit.
        limit: usize,
    },
    /// Over [`crate::Limits::string_bytes`].
    #[error("a string has more than {limit} bytes")]
    StringTooLong {
        /// The limit.
        limit: usize,
    },
    /// Over [`crate::Limits::number_bytes`].
    #[error("a number has more than {limit} bytes")]
    NumberTooLong {
        /// The limit.
        limit: usize,
    },
    /// Neither an object nor an array.
    #[error("a request must be an object, or an array of objects")]
    NotARequest,
    /// `[]`.
    #[error("a batch must contain at least one call")]
    EmptyBatch,
    /// Over [`crate::Limits::batch_calls`].
    #[error("a batch has more than {limit} calls")]
    BatchTooLong {
        /// The limit.
        limit: usize,
    },
}

impl ParseErrorKind {
    fn code(self) -> i64 {
        match self {
            Self::Empty
            | Self::NotUtf8
            | Self::ByteOrderMark
            | Self::UnexpectedEnd
            | Self::UnexpectedByte { .. }
            | Self::TrailingData
            | Self::ControlCharacter
            | Self::BadEscape
            | Self::LoneSurrogate
            | Self::NulCharacter => code::PARSE_ERROR,
            Self::NumberOutOfRange
            | Self::DuplicateName { .. }
            | Self::BodyTooLong { .. }
            | Self::TooDeep { .. }
            | Self::TooManyTokens { .. }
            | Self::TooManyItems { .. }
            | Self::TooManyMembers { .. }
            | Self::NameTooLong { .. }
            | Self::StringTooLong { .. }
            | Self::NumberTooLong { .. }
            | Self::NotARequest
            | Self::EmptyBatch
            | Self::BatchTooLong { .. } => code::INVALID_REQUEST,
        }
    }
}

/// A byte as a reader of messages wants to see it: itself when visible, its number otherwise.
pub(crate) struct Found(pub(crate) u8);

impl std::fmt::Display for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_ascii_graphic() && self.0 != b'`' {
            write!(f, "`{}`", char::from(self.0))
        } else {
            write!(f, "byte 0x{:02x}", self.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_the_byte_and_the_offset() {
        let error = ParseError::new(
            ParseErrorKind::UnexpectedByte {
                found: b'}',
                expected: "a value",
            },
            7,
        );
        assert_eq!(error.to_string(), "unexpected `}`, expected a value at byte 7");
        let error = ParseError::new(
            ParseErrorKind::UnexpectedByte {
                found: 0xc2,
                expected: "a value",
            },
            0,
        );
        assert_eq!(error.to_string(), "unexpected byte 0xc2, expected a value at byte 0");
    }

    #[test]
    fn syntax_and_shape_have_different_codes() {
        assert_eq!(ParseError::new(ParseErrorKind::NotUtf8, 0).code(), -32700);
        assert_eq!(ParseError::new(ParseErrorKind::EmptyBatch, 0).code(), -32600);
        assert_eq!(
            ParseError::new(ParseErrorKind::DuplicateName { first: 1 }, 9).code(),
            -32600
        );
    }
}
