//! The reader of requests: one pass over the body, no recursion, everything checked and counted.
//!
//! What is accepted is a part of RFC 8259: UTF-8 without a byte order mark, one document, no duplicate names (see
//! [`crate::fold`]), no U+0000, no lone surrogates, numbers that 64 bits carry. Nothing is skipped unread, so no text can
//! hide in a place that this reader ignores and the next one does not.

use crate::call::Request;
use crate::error::{ParseError, ParseErrorKind as Kind};
use crate::fold::{self, Letters};
use crate::limits::{ADDRESSABLE_BYTES, Limits};
use crate::tape::{Tape, Token, TokenKind};
use crate::text::{self, NumberShape};
use crate::value::Document;

/// Reads a body as one call or a batch of calls.
///
/// The tape is emptied first and holds the document afterwards; what is returned borrows from it and from the body.
///
/// # Errors
/// [`ParseError`] when the document as a whole is refused. A call that is no call does not spoil the others of its
/// batch: see [`crate::InvalidCall`].
pub fn parse<'t>(body: &'t [u8], tape: &'t mut Tape, limits: &Limits) -> Result<Request<'t>, ParseError> {
    let text = read(body, tape, limits)?;
    let tape: &'t Tape = tape;
    Request::of(Document { text, tape }, limits)
}

/// Puts the whole body on the tape.
pub(crate) fn read<'t>(body: &'t [u8], tape: &mut Tape, limits: &Limits) -> Result<&'t str, ParseError> {
    let limit = limits.body_bytes.min(ADDRESSABLE_BYTES);
    if body.len() > limit {
        return Err(ParseError::new(Kind::BodyTooLong { limit }, limit));
    }
    let text = std::str::from_utf8(body).map_err(|error| ParseError::new(Kind::NotUtf8, error.valid_up_to()))?;
    if text.starts_with('\u{feff}') {
        return Err(ParseError::new(Kind::ByteOrderMark, 0));
    }
    tape.clear();
    Reader {
        text,
        letters: Letters::of(text),
        bytes: text.as_bytes(),
        at: 0,
        tape,
        limits,
    }
    .document()?;
    Ok(text)
}

struct Reader<'a> {
    text: &'a str,
    letters: Letters,
    bytes: &'a [u8],
    at: usize,
    tape: &'a mut Tape,
    limits: &'a Limits,
}

/// What may come next.
enum Next {
    Value,
    FirstItemOrEnd,
    FirstNameOrEnd,
    Name,
    SeparatorOrEnd,
}

impl Reader<'_> {
    fn document(&mut self) -> Result<(), ParseError> {
        self.skip_space();
        if self.peek().is_none() {
            return Err(self.error(Kind::Empty));
        }
        let mut next = self.value()?;
        loop {
            self.skip_space();
            next = match next {
                Next::Value => self.value()?,
                Next::FirstItemOrEnd if self.peek() == Some(b']') => self.close(),
                Next::FirstItemOrEnd => self.item()?,
                Next::FirstNameOrEnd if self.peek() == Some(b'}') => self.close(),
                Next::FirstNameOrEnd | Next::Name => self.name()?,
                Next::SeparatorOrEnd => match self.tape.open.last() {
                    Some(&container) => self.separator(container)?,
                    None if self.at < self.bytes.len() => return Err(self.error(Kind::TrailingData)),
                    None => return Ok(()),
                },
            };
        }
    }

    fn separator(&mut self, container: u32) -> Result<Next, ParseError> {
        let is_array = self.tape.token(container).kind == TokenKind::Array;
        match (self.peek(), is_array) {
            (Some(b','), true) => {
                self.at += 1;
                self.skip_space();
                self.item()
            }
            (Some(b']'), true) => Ok(self.close()),
            (_, true) => Err(self.unexpected("`,` or `]`")),
            (Some(b','), false) => {
                self.at += 1;
                Ok(Next::Name)
            }
            (Some(b'}'), false) => {
                fold::refuse_duplicates(self.text, self.letters, self.tape, container)?;
                Ok(self.close())
            }
            (_, false) => Err(self.unexpected("`,` or `}`")),
        }
    }

    fn value(&mut self) -> Result<Next, ParseError> {
        match self.peek() {
            Some(b'"') => {
                let token = self.string(TokenKind::String, TokenKind::EscapedString)?;
                self.push(token)
            }
            Some(b'{') => self.open(TokenKind::Object, Next::FirstNameOrEnd),
            Some(b'[') => self.open(TokenKind::Array, Next::FirstItemOrEnd),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal("true", TokenKind::True),
            Some(b'f') => self.literal("false", TokenKind::False),
            Some(b'n') => self.literal("null", TokenKind::Null),
            _ => Err(self.unexpected("a value")),
        }
    }

    /// One item of the innermost array.
    fn item(&mut self) -> Result<Next, ParseError> {
        let is_batch = self.tape.open.len() == 1;
        let (limit, kind) = if is_batch {
            let limit = self.limits.batch_calls;
            (limit, Kind::BatchTooLong { limit })
        } else {
            let limit = self.limits.array_items;
            (limit, Kind::TooManyItems { limit })
        };
        self.count(limit, kind)?;
        self.value()
    }

    /// The name of one member of the innermost object, and the colon.
    fn name(&mut self) -> Result<Next, ParseError> {
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a member name"));
        }
        let limit = self.limits.object_members;
        self.count(limit, Kind::TooManyMembers { limit })?;
        let start = self.at;
        let token = self.string(TokenKind::Name, TokenKind::EscapedName)?;
        let limit = self.limits.name_bytes;
        if self.at - start - 2 > limit {
            return Err(ParseError::new(Kind::NameTooLong { limit }, start));
        }
        self.push(token)?;
        self.skip_space();
        if self.peek() != Some(b':') {
            return Err(self.unexpected("`:`"));
        }
        self.at += 1;
        Ok(Next::Value)
    }

    /// Counts one more item or member of the innermost container.
    fn count(&mut self, limit: usize, kind: Kind) -> Result<(), ParseError> {
        let Tape { open, tokens, .. } = &mut *self.tape;
        if let Some(container) = open.last().and_then(|&index| tokens.get_mut(index as usize)) {
            if container.first as usize >= limit {
                return Err(self.error(kind));
            }
            container.first += 1;
        }
        Ok(())
    }

    fn open(&mut self, kind: TokenKind, next: Next) -> Result<Next, ParseError> {
        let limit = self.limits.depth;
        if self.tape.open.len() >= limit {
            return Err(self.error(Kind::TooDeep { limit }));
        }
        let index = self.tape.tokens.len() as u32;
        self.push(Token {
            kind,
            at: self.at as u32,
            first: 0,
            last: 0,
        })?;
        self.tape.open.push(index);
        self.at += 1;
        Ok(next)
    }

    fn close(&mut self) -> Next {
        let Tape { open, tokens, .. } = &mut *self.tape;
        let end = tokens.len() as u32;
        if let Some(container) = open.pop().and_then(|index| tokens.get_mut(index as usize)) {
            container.last = end;
        }
        self.at += 1;
        Next::SeparatorOrEnd
    }

    /// The string whose opening quote comes next.
    fn string(&mut self, plain: TokenKind, escaped: TokenKind) -> Result<Token, ParseError> {
        let at = self.at;
        let start = at + 1;
        let end = text::plain_end(self.bytes, start);
        let token = match self.bytes.get(end) {
            Some(b'"') => {
                self.at = end + 1;
                Token {
                    kind: plain,
                    at: at as u32,
                    first: start as u32,
                    last: end as u32,
                }
            }
            Some(b'\\') => {
                let first = self.tape.scratch.len() as u32;
                self.unescape(start, end)?;
                Token {
                    kind: escaped,
                    at: at as u32,
                    first,
                    last: self.tape.scratch.len() as u32,
                }
            }
            Some(_) => return Err(ParseError::new(Kind::ControlCharacter, end)),
            None => return Err(ParseError::new(Kind::UnexpectedEnd, end)),
        };
        let limit = self.limits.string_bytes;
        if self.at - at - 2 > limit {
            return Err(ParseError::new(Kind::StringTooLong { limit }, at));
        }
        Ok(token)
    }

    /// Resolves the escapes of a string into the scratch; its text so far is `start..end`, and a backslash follows.
    #[cold]
    fn unescape(&mut self, mut start: usize, mut end: usize) -> Result<(), ParseError> {
        loop {
            self.tape
                .scratch
                .push_str(self.text.get(start..end).unwrap_or_default());
            match self.bytes.get(end) {
                Some(b'"') => {
                    self.at = end + 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    let escape = text::escape(self.bytes, end).map_err(|(kind, at)| ParseError::new(kind, at))?;
                    if escape.means == '\0' {
                        return Err(ParseError::new(Kind::NulCharacter, end));
                    }
                    self.tape.scratch.push(escape.means);
                    start = escape.end;
                }
                Some(_) => return Err(ParseError::new(Kind::ControlCharacter, end)),
                None => return Err(ParseError::new(Kind::UnexpectedEnd, end)),
            }
            end = text::plain_end(self.bytes, start);
        }
    }

    fn number(&mut self) -> Result<Next, ParseError> {
        let start = self.at;
        let (shape, end) = match text::number(self.bytes, start) {
            Ok(number) => number,
            Err(at) => {
                self.at = at;
                return Err(self.unexpected("a digit"));
            }
        };
        let limit = self.limits.number_bytes;
        if end - start > limit {
            return Err(ParseError::new(Kind::NumberTooLong { limit }, start));
        }
        if !text::number_in_range(self.text.get(start..end).unwrap_or_default(), shape) {
            return Err(ParseError::new(Kind::NumberOutOfRange, start));
        }
        let kind = match shape {
            NumberShape::Integer => TokenKind::Integer,
            NumberShape::Decimal => TokenKind::Decimal,
        };
        self.at = end;
        self.push(Token {
            kind,
            at: start as u32,
            first: start as u32,
            last: end as u32,
        })
    }

    fn literal(&mut self, word: &'static str, kind: TokenKind) -> Result<Next, ParseError> {
        let start = self.at;
        for expected in word.bytes() {
            if self.peek() != Some(expected) {
                return Err(self.unexpected(word));
            }
            self.at += 1;
        }
        self.push(Token {
            kind,
            at: start as u32,
            first: start as u32,
            last: self.at as u32,
        })
    }

    fn push(&mut self, token: Token) -> Result<Next, ParseError> {
        let limit = self.limits.tokens;
        if self.tape.tokens.len() >= limit {
            return Err(ParseError::new(Kind::TooManyTokens { limit }, token.at as usize));
        }
        self.tape.tokens.push(token);
        Ok(Next::SeparatorOrEnd)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        self.at = text::skip_space(self.bytes, self.at);
    }

    fn unexpected(&self, expected: &'static str) -> ParseError {
        match self.peek() {
            Some(found) => self.error(Kind::UnexpectedByte { found, expected }),
            None => self.error(Kind::UnexpectedEnd),
        }
    }

    fn error(&self, kind: Kind) -> ParseError {
        ParseError::new(kind, self.at)
    }
}

#[cfg(test)]
mod tests;
