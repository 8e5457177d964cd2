//! Values of a request: cursors into the tape, copied freely, valid as long as the body and the tape.

use crate::tape::{Tape, Token, TokenKind};

/// A document that was read: its text and the tape that describes it.
#[derive(Clone, Copy)]
pub(crate) struct Document<'t> {
    pub(crate) text: &'t str,
    pub(crate) tape: &'t Tape,
}

impl<'t> Document<'t> {
    /// The outermost value.
    pub(crate) fn root(self) -> Value<'t> {
        Value {
            document: self,
            index: 0,
        }
    }

    fn text_of(self, token: Token) -> &'t str {
        let whole = match token.kind {
            TokenKind::EscapedString | TokenKind::EscapedName => self.tape.scratch.as_str(),
            _ => self.text,
        };
        whole.get(token.first as usize..token.last as usize).unwrap_or_default()
    }
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl Kind {
    /// The kind with its article, for messages: `expected a string, found an array`.
    pub fn described(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "a boolean",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }
}

/// One value of a request.
#[derive(Clone, Copy)]
pub struct Value<'t> {
    document: Document<'t>,
    index: u32,
}

impl<'t> Value<'t> {
    /// What it is.
    pub fn kind(self) -> Kind {
        match self.token().kind {
            TokenKind::Null => Kind::Null,
            TokenKind::True | TokenKind::False => Kind::Bool,
            TokenKind::Integer | TokenKind::Decimal => Kind::Number,
            TokenKind::String | TokenKind::EscapedString | TokenKind::Name | TokenKind::EscapedName => Kind::String,
            TokenKind::Array => Kind::Array,
            TokenKind::Object => Kind::Object,
        }
    }

    /// The byte of the body where it begins (its quote, bracket or first character).
    pub fn offset(self) -> usize {
        self.token().at as usize
    }

    /// Whether it is `null`.
    pub fn is_null(self) -> bool {
        self.token().kind == TokenKind::Null
    }

    /// The boolean, if it is one.
    pub fn as_bool(self) -> Option<bool> {
        match self.token().kind {
            TokenKind::True => Some(true),
            TokenKind::False => Some(false),
            _ => None,
        }
    }

    /// The text with escapes resolved, if it is a string.
    pub fn as_str(self) -> Option<&'t str> {
        let token = self.token();
        match token.kind {
            TokenKind::String | TokenKind::EscapedString => Some(self.document.text_of(token)),
            _ => None,
        }
    }

    /// The number, if it is one.
    pub fn as_number(self) -> Option<Number<'t>> {
        let token = self.token();
        match token.kind {
            TokenKind::Integer | TokenKind::Decimal => Some(Number {
                text: self.document.text_of(token),
            }),
            _ => None,
        }
    }

    /// The array, if it is one.
    pub fn as_array(self) -> Option<Array<'t>> {
        let token = self.token();
        (token.kind == TokenKind::Array).then_some(Array {
            items: self.children(token),
            offset: token.at,
        })
    }

    /// The object, if it is one.
    pub fn as_object(self) -> Option<Object<'t>> {
        let token = self.token();
        (token.kind == TokenKind::Object).then_some(Object {
            members: self.children(token),
            offset: token.at,
        })
    }

    pub(crate) fn document(self) -> Document<'t> {
        self.document
    }

    /// The tokens that make up the value: its own and those of everything in it.
    pub(crate) fn tokens(self) -> std::ops::Range<u32> {
        self.index..self.after()
    }

    fn children(self, token: Token) -> Cursor<'t> {
        Cursor {
            document: self.document,
            next: self.index + 1,
            left: token.first,
        }
    }

    /// The token after the value and everything in it.
    fn after(self) -> u32 {
        let token = self.token();
        match token.kind {
            TokenKind::Array | TokenKind::Object => token.last,
            _ => self.index + 1,
        }
    }

    fn token(self) -> Token {
        self.document.tape.token(self.index)
    }
}

impl std::fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} at byte {}", self.kind().described(), self.offset())
    }
}

/// A number as it is written; integers fit `i64` or `u64`, others are finite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number<'t> {
    text: &'t str,
}

impl<'t> Number<'t> {
    /// The number as it stands in the body.
    pub fn text(self) -> &'t str {
        self.text
    }

    /// Whether it has neither fraction nor exponent (`1.0` and `1e2` are no integers here).
    pub fn is_integer(self) -> bool {
        !self.text.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E'))
    }

    /// The value of an integer without a minus sign (`-0` has one).
    pub fn as_u64(self) -> Option<u64> {
        self.text.parse().ok()
    }

    /// The value of an integer that fits; `-0` is 0.
    pub fn as_i64(self) -> Option<i64> {
        self.text.parse().ok()
    }

    /// The nearest double; finite.
    pub fn as_f64(self) -> Option<f64> {
        self.text.parse().ok()
    }
}

/// A walk over the children of one container.
#[derive(Clone, Copy)]
struct Cursor<'t> {
    document: Document<'t>,
    next: u32,
    left: u32,
}

impl<'t> Cursor<'t> {
    fn value(&mut self) -> Value<'t> {
        let value = Value {
            document: self.document,
            index: self.next,
        };
        self.next = value.after();
        value
    }

    fn take(&mut self) -> Option<()> {
        self.left = self.left.checked_sub(1)?;
        Some(())
    }
}

/// The items of an array.
#[derive(Clone, Copy)]
pub struct Array<'t> {
    items: Cursor<'t>,
    offset: u32,
}

impl<'t> Array<'t> {
    /// How many items it has.
    pub fn len(self) -> usize {
        self.items.left as usize
    }

    /// Whether it has none.
    pub fn is_empty(self) -> bool {
        self.items.left == 0
    }

    /// The byte of its bracket.
    pub fn offset(self) -> usize {
        self.offset as usize
    }

    /// The item at a place, in O(place).
    pub fn get(self, place: usize) -> Option<Value<'t>> {
        self.iter().nth(place)
    }

    /// The items in order.
    pub fn iter(self) -> impl ExactSizeIterator<Item = Value<'t>> + use<'t> {
        Items(self.items)
    }
}

struct Items<'t>(Cursor<'t>);

impl<'t> Iterator for Items<'t> {
    type Item = Value<'t>;

    fn next(&mut self) -> Option<Value<'t>> {
        self.0.take()?;
        Some(self.0.value())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.0.left as usize, Some(self.0.left as usize))
    }
}

impl ExactSizeIterator for Items<'_> {}

/// The members of an object; no two names are equal, not even after case folding.
#[derive(Clone, Copy)]
pub struct Object<'t> {
    members: Cursor<'t>,
    offset: u32,
}

impl<'t> Object<'t> {
    /// How many members it has.
    pub fn len(self) -> usize {
        self.members.left as usize
    }

    /// Whether it has none.
    pub fn is_empty(self) -> bool {
        self.members.left == 0
    }

    /// The byte of its brace.
    pub fn offset(self) -> usize {
        self.offset as usize
    }

    /// The value of the member with exactly this name, in O(members).
    pub fn get(self, name: &str) -> Option<Value<'t>> {
        self.iter()
            .find_map(|(found, value)| (found.as_str() == name).then_some(value))
    }

    /// The members in the order of the body.
    pub fn iter(self) -> impl ExactSizeIterator<Item = (Name<'t>, Value<'t>)> + use<'t> {
        Members(self.members)
    }
}

struct Members<'t>(Cursor<'t>);

impl<'t> Iterator for Members<'t> {
    type Item = (Name<'t>, Value<'t>);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.take()?;
        let token = self.0.document.tape.token(self.0.next);
        let name = Name {
            text: self.0.document.text_of(token),
            offset: token.at,
        };
        self.0.next += 1;
        Some((name, self.0.value()))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.0.left as usize, Some(self.0.left as usize))
    }
}

impl ExactSizeIterator for Members<'_> {}

/// The name of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name<'t> {
    text: &'t str,
    offset: u32,
}

impl<'t> Name<'t> {
    /// The name with escapes resolved.
    pub fn as_str(self) -> &'t str {
        self.text
    }

    /// The byte of its opening quote.
    pub fn offset(self) -> usize {
        self.offset as usize
    }
}

pub(crate) enum Part<'t> {
    Name(&'t str),
    Text(&'t str),
    Number(&'t str),
    Bool(bool),
    Null,
    OpenArray,
    OpenObject,
}

impl<'t> Document<'t> {
    /// One token for the writer, and for containers the token after them.
    pub(crate) fn part(self, index: u32) -> (Part<'t>, u32) {
        let token = self.tape.token(index);
        let part = match token.kind {
            TokenKind::Null => Part::Null,
            TokenKind::True => Part::Bool(true),
            TokenKind::False => Part::Bool(false),
            TokenKind::Integer | TokenKind::Decimal => Part::Number(self.text_of(token)),
            TokenKind::String | TokenKind::EscapedString => Part::Text(self.text_of(token)),
            TokenKind::Name | TokenKind::EscapedName => Part::Name(self.text_of(token)),
            TokenKind::Array => Part::OpenArray,
            TokenKind::Object => Part::OpenObject,
        };
        (part, token.last)
    }
}
