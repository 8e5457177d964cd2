//! The scanner: steps over JSON values without building them, checking every byte by the grammar. No recursion, no
//! allocation; nesting is a stack of bits.

use super::error::{ReplyError, ReplyErrorKind as Kind};
use crate::limits::{REPLY_DEPTH, ReplyLimits};
use crate::text;

pub(super) struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Containers that [`Scanner::members`] and [`Scanner::items`] are in.
    depth: usize,
    limit: usize,
}

impl<'a> Scanner<'a> {
    /// Checks length and UTF-8 and stands at the first byte that is not white space.
    pub(super) fn new(bytes: &'a [u8], limits: &ReplyLimits) -> Result<Self, ReplyError> {
        if bytes.len() > limits.bytes {
            return Err(ReplyError::new(Kind::TooLong { limit: limits.bytes }, limits.bytes));
        }
        std::str::from_utf8(bytes).map_err(|error| ReplyError::new(Kind::NotUtf8, error.valid_up_to()))?;
        let at = text::skip_space(bytes, 0);
        Ok(Self {
            bytes,
            at,
            depth: 0,
            limit: limits.depth.min(REPLY_DEPTH),
        })
    }

    /// Stands at the first byte of a value that was scanned before.
    pub(super) fn again(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            depth: 0,
            limit: REPLY_DEPTH,
        }
    }

    /// Nothing but white space may be left.
    pub(super) fn finish(mut self) -> Result<(), ReplyError> {
        self.skip_space();
        if self.at < self.bytes.len() {
            Err(self.error(Kind::TrailingData))
        } else {
            Ok(())
        }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn error(&self, kind: Kind) -> ReplyError {
        ReplyError::new(kind, self.at)
    }

    /// Walks through the object that begins here: `member` gets the raw text of each name and its place, and steps over
    /// the value. Returns the whole object.
    pub(super) fn members(
        &mut self,
        mut member: impl FnMut(&mut Self, &'a [u8], usize) -> Result<(), ReplyError>,
    ) -> Result<&'a [u8], ReplyError> {
        self.walk(b'{', b'}', "an object", |scanner| {
            let at = scanner.at;
            let name = scanner.name()?;
            member(scanner, name, at)
        })
    }

    /// Walks through the array that begins here: `item` steps over each item.
    pub(super) fn items(&mut self, item: impl FnMut(&mut Self) -> Result<(), ReplyError>) -> Result<(), ReplyError> {
        self.walk(b'[', b']', "an array", item).map(|_| ())
    }

    fn walk(
        &mut self,
        open: u8,
        close: u8,
        expected: &'static str,
        mut child: impl FnMut(&mut Self) -> Result<(), ReplyError>,
    ) -> Result<&'a [u8], ReplyError> {
        let start = self.at;
        if self.peek() != Some(open) {
            return Err(self.unexpected(expected));
        }
        self.deeper(self.depth)?;
        self.depth += 1;
        self.step();
        if self.peek() != Some(close) {
            loop {
                child(self)?;
                self.skip_space();
                match self.peek() {
                    Some(b',') => self.step(),
                    Some(byte) if byte == close => break,
                    _ => return Err(self.unexpected("`,` or the end of the container")),
                }
            }
        }
        self.at += 1;
        self.depth -= 1;
        Ok(self.since(start))
    }

    /// Steps over the value that begins here and returns its bytes.
    pub(super) fn value(&mut self) -> Result<&'a [u8], ReplyError> {
        let start = self.at;
        let mut nest = Nest::default();
        loop {
            if self.begin(&mut nest)? {
                continue;
            }
            // A value has ended, and with it perhaps the containers around it.
            loop {
                let Some(container) = nest.innermost() else {
                    return Ok(self.since(start));
                };
                self.skip_space();
                match (self.peek(), container) {
                    (Some(b','), Container::Array) => {
                        self.step();
                        break;
                    }
                    (Some(b','), Container::Object) => {
                        self.step();
                        self.name()?;
                        break;
                    }
                    (Some(b']'), Container::Array) | (Some(b'}'), Container::Object) => {
                        self.at += 1;
                        nest.pop();
                    }
                    (_, Container::Array) => return Err(self.unexpected("`,` or `]`")),
                    (_, Container::Object) => return Err(self.unexpected("`,` or `}`")),
                }
            }
        }
    }

    /// Begins a value. `true` when it is a container and the next value is its first child.
    fn begin(&mut self, nest: &mut Nest) -> Result<bool, ReplyError> {
        let container = match self.peek() {
            Some(b'[') => Container::Array,
            Some(b'{') => Container::Object,
            _ => return self.scalar().map(|()| false),
        };
        self.deeper(self.depth + nest.depth)?;
        self.step();
        match (container, self.peek()) {
            (Container::Array, Some(b']')) | (Container::Object, Some(b'}')) => {
                self.at += 1;
                return Ok(false);
            }
            (Container::Array, _) => {}
            (Container::Object, _) => self.name().map(|_| ())?,
        }
        nest.push(container);
        Ok(true)
    }

    fn scalar(&mut self) -> Result<(), ReplyError> {
        match self.peek() {
            Some(b'"') => self.string().map(|_| ()),
            Some(b'-' | b'0'..=b'9') => match text::number(self.bytes, self.at) {
                Ok((_, end)) => {
                    self.at = end;
                    Ok(())
                }
                Err(at) => {
                    self.at = at;
                    Err(self.unexpected("a digit"))
                }
            },
            Some(b't') => self.literal("true"),
            Some(b'f') => self.literal("false"),
            Some(b'n') => self.literal("null"),
            _ => Err(self.unexpected("a value")),
        }
    }

    /// Steps over a member name, the colon and the white space around it; returns the name without its quotes.
    fn name(&mut self) -> Result<&'a [u8], ReplyError> {
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a member name"));
        }
        let name = self.string()?;
        self.skip_space();
        if self.peek() != Some(b':') {
            return Err(self.unexpected("`:`"));
        }
        self.step();
        Ok(name)
    }

    /// Steps over a string and returns what stands between its quotes.
    fn string(&mut self) -> Result<&'a [u8], ReplyError> {
        let start = self.at + 1;
        let mut end = text::plain_end(self.bytes, start);
        loop {
            let after = match self.bytes.get(end) {
                Some(b'"') => break,
                Some(b'\\') => text::escape_end(self.bytes, end).ok_or(ReplyError::new(Kind::BadEscape, end))?,
                Some(_) => return Err(ReplyError::new(Kind::ControlCharacter, end)),
                None => return Err(ReplyError::new(Kind::UnexpectedEnd, end)),
            };
            end = text::plain_end(self.bytes, after);
        }
        self.at = end + 1;
        Ok(self.bytes.get(start..end).unwrap_or_default())
    }

    fn literal(&mut self, word: &'static str) -> Result<(), ReplyError> {
        for expected in word.bytes() {
            if self.peek() != Some(expected) {
                return Err(self.unexpected(word));
            }
            self.at += 1;
        }
        Ok(())
    }

    /// One byte on, and over white space.
    fn step(&mut self) {
        self.at += 1;
        self.skip_space();
    }

    fn skip_space(&mut self) {
        self.at = text::skip_space(self.bytes, self.at);
    }

    fn deeper(&self, depth: usize) -> Result<(), ReplyError> {
        if depth >= self.limit {
            Err(self.error(Kind::TooDeep { limit: self.limit }))
        } else {
            Ok(())
        }
    }

    fn since(&self, start: usize) -> &'a [u8] {
        self.bytes.get(start..self.at).unwrap_or_default()
    }

    fn unexpected(&self, expected: &'static str) -> ReplyError {
        match self.peek() {
            Some(found) => self.error(Kind::UnexpectedByte { found, expected }),
            None => self.error(Kind::UnexpectedEnd),
        }
    }
}

#[derive(Clone, Copy)]
enum Container {
    Array,
    Object,
}

/// The containers that are open, one bit each; never more than [`REPLY_DEPTH`].
#[derive(Default)]
struct Nest {
    depth: usize,
    objects: [u64; REPLY_DEPTH / 64],
}

impl Nest {
    fn push(&mut self, container: Container) {
        if let Some(word) = self.objects.get_mut(self.depth / 64) {
            let bit = 1 << (self.depth % 64);
            match container {
                Container::Array => *word &= !bit,
                Container::Object => *word |= bit,
            }
        }
        self.depth += 1;
    }

    fn pop(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    fn innermost(&self) -> Option<Container> {
        let top = self.depth.checked_sub(1)?;
        let word = self.objects.get(top / 64).copied().unwrap_or(0);
        Some(if word >> (top % 64) & 1 == 1 {
            Container::Object
        } else {
            Container::Array
        })
    }
}
