//! A document that keeps its own text: JSON that stood inside a string of another document.

use crate::error::ParseError;
use crate::limits::Limits;
use crate::parse;
use crate::tape::Tape;
use crate::value::{Document, Value};

/// One JSON document, read by the same strict reader as a body, that owns its text.
pub struct OwnedDocument {
    text: Box<str>,
    tape: Tape,
}

impl OwnedDocument {
    /// Reads `text`: any one JSON value.
    ///
    /// # Errors
    /// Whatever [`parse`](crate::parse()) refuses; positions count from the start of `text`.
    pub fn read(text: &str, limits: &Limits) -> Result<Self, ParseError> {
        let mut tape = Tape::new();
        parse::read(text.as_bytes(), &mut tape, limits)?;
        Ok(Self {
            text: text.into(),
            tape,
        })
    }

    /// The outermost value.
    pub fn root(&self) -> Value<'_> {
        Document {
            text: &self.text,
            tape: &self.tape,
        }
        .root()
    }
}

/// Says how much there is, never what: it is the client's text.
impl std::fmt::Debug for OwnedDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "document of {} bytes", self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::Writer;

    #[test]
    fn a_document_in_a_string_is_read_as_strictly_as_a_body() {
        let read = |text: &str| OwnedDocument::read(text, &Limits::default());
        let document = read(" {\"b\":[1,\"\\u0061\"],\"a\":null} ").unwrap();
        let mut out = Vec::new();
        Writer::new(&mut out).value(document.root());
        assert_eq!(out, br#"{"b":[1,"a"],"a":null}"#);
        for bad in ["", "{", "{} {}", "{\"a\":1,\"A\":2}", "\u{feff}{}", "[01]"] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
    }
}
