//! Ids of calls: what a client may choose, and what it gets back unchanged.

use std::fmt;

use crate::value::{Kind, Value};

/// The id of a call. `1` and `"1"` are different ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Id<'t> {
    /// `null`: a call like any other, answered with id null.
    Null,
    /// An integer from 0.
    Unsigned(u64),
    /// An integer below 0.
    Negative(i64),
    /// Visible ASCII characters and spaces, at most [`crate::Limits::id_bytes`].
    String(&'t str),
}

impl<'t> Id<'t> {
    /// A copy that outlives the body.
    pub fn to_owned(self) -> OwnedId {
        match self {
            Self::Null => OwnedId::Null,
            Self::Unsigned(number) => OwnedId::Unsigned(number),
            Self::Negative(number) => OwnedId::Negative(number),
            Self::String(text) => OwnedId::String(text.into()),
        }
    }

    /// Reads an id, or says what is wrong with it.
    pub(crate) fn of(value: Value<'t>, limit: usize) -> Result<Self, IdError> {
        match value.kind() {
            Kind::Null => Ok(Self::Null),
            Kind::Number => Self::of_number(value),
            Kind::String => {
                let text = value.as_str().unwrap_or_default();
                if text.len() > limit {
                    Err(IdError::TooLong { limit })
                } else if text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
                    Ok(Self::String(text))
                } else {
                    Err(IdError::Unprintable)
                }
            }
            Kind::Bool | Kind::Array | Kind::Object => Err(IdError::Kind),
        }
    }

    /// `-0` is refused: no two readers agree on whether it is 0.
    fn of_number(value: Value<'t>) -> Result<Self, IdError> {
        let number = value.as_number().ok_or(IdError::Kind)?;
        match (number.as_u64(), number.as_i64()) {
            (Some(unsigned), _) => Ok(Self::Unsigned(unsigned)),
            (None, Some(negative)) if negative < 0 => Ok(Self::Negative(negative)),
            _ => Err(IdError::Kind),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IdError {
    Kind,
    Unprintable,
    TooLong { limit: usize },
}

/// An [`Id`] of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum OwnedId {
    /// See [`Id::Null`].
    Null,
    /// See [`Id::Unsigned`].
    Unsigned(u64),
    /// See [`Id::Negative`].
    Negative(i64),
    /// See [`Id::String`].
    String(Box<str>),
}

/// What can be written as the id of an answer.
pub trait AsId {
    /// The id.
    fn as_id(&self) -> Id<'_>;
}

impl AsId for Id<'_> {
    fn as_id(&self) -> Id<'_> {
        *self
    }
}

impl AsId for OwnedId {
    fn as_id(&self) -> Id<'_> {
        match self {
            Self::Null => Id::Null,
            Self::Unsigned(number) => Id::Unsigned(*number),
            Self::Negative(number) => Id::Negative(*number),
            Self::String(text) => Id::String(text),
        }
    }
}

/// As in JSON, without quotes and escapes: for messages, not for the wire.
impl fmt::Display for Id<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Unsigned(number) => number.fmt(f),
            Self::Negative(number) => number.fmt(f),
            Self::String(text) => text.fmt(f),
        }
    }
}

impl fmt::Display for OwnedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_id().fmt(f)
    }
}
