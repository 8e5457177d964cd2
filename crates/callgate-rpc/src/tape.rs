//! The tape: a document as a flat row of tokens in a buffer that is used again and again.

use std::hash::RandomState;

/// Room for one document: its tokens, the text of strings that had escapes, and the working space of the reader.
///
/// Keep one for each worker and hand it to [`crate::parse`] again and again: after the first documents nothing is
/// allocated any more, unless a string has escapes that outgrow the room. Its size is bounded by [`crate::Limits`].
#[derive(Default)]
pub struct Tape {
    pub(crate) tokens: Vec<Token>,
    /// Strings with their escapes resolved.
    pub(crate) scratch: String,
    /// Tokens of the containers that are not closed yet.
    pub(crate) open: Vec<u32>,
    /// Hash and token of each member name of one object.
    pub(crate) names: Vec<(u64, u32)>,
    /// One member name, case-folded.
    pub(crate) folded: String,
    /// Keyed anew for each tape, so that nobody outside can choose names that collide.
    pub(crate) hashing: RandomState,
}

impl Tape {
    /// An empty tape.
    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) fn clear(&mut self) {
        self.tokens.clear();
        self.scratch.clear();
        self.open.clear();
    }

    pub(crate) fn token(&self, index: u32) -> Token {
        self.tokens.get(index as usize).copied().unwrap_or(Token::NOTHING)
    }
}

/// Says how much there is, never what: it is the client's text.
impl std::fmt::Debug for Tape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "tape of {} tokens", self.tokens.len())
    }
}

/// One value or member name. A member's name comes right before its value; what is in a container comes right after it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    /// The byte of the body where it begins.
    pub(crate) at: u32,
    /// Text: where it begins (after the quote; in the scratch when it had escapes). Container: how many items or members.
    pub(crate) first: u32,
    /// Text: where it ends. Container: the token after all that is in it.
    pub(crate) last: u32,
}

impl Token {
    /// What stands at a position that no cursor points to.
    const NOTHING: Self = Self {
        kind: TokenKind::Null,
        at: 0,
        first: 0,
        last: 0,
    };
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Null,
    True,
    False,
    Integer,
    Decimal,
    /// A string that stands in the body as it is.
    String,
    /// A string that had escapes: its text is in the scratch.
    EscapedString,
    Name,
    EscapedName,
    Array,
    Object,
}
