//! What a node may answer: the kind of each method's result, and the hash of a transaction that was sent.
//!
//! `data/answers.json` says which kinds of value a method has in all clients and versions known. A result of another kind
//! is no answer to the call, and does not leave; one that names another transaction than the one that was sent is an
//! incident.

use std::fmt;

use alloy_primitives::{B256, hex};
use callgate_rpc::{read_items, read_member};

use crate::catalogue::Method;
use crate::understood::{SubscriptionKind, Understood};

/// The kinds of JSON value that a result may be of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerKinds {
    pub(crate) whole: Kinds,
    /// Of the items, where it is an array.
    pub(crate) items: Kinds,
}

/// A set of kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kinds(pub(crate) u16);

/// One kind of value; those of strings from narrow to wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Boolean,
    /// A whole number.
    Integer,
    /// Any number.
    Number,
    /// `0x` and 1 to 64 hex digits.
    Quantity,
    /// 20 bytes in hex.
    Address,
    /// 32 bytes in hex.
    Hash,
    /// Bytes in hex.
    Data,
    /// Any text.
    String,
    Object,
    Array,
}

/// What the answer to one call must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// Any, for a method that nobody knows.
    kinds: Option<AnswerKinds>,
    transaction: Option<SentTransaction>,
}

/// A transaction whose hash the node answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct SentTransaction {
    hash: B256,
    /// The member that holds it; none when it is the whole result.
    member: Option<&'static str>,
}

/// Why a result is not an answer to its call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unexpected {
    /// It is of another kind.
    Kind {
        /// The kinds that the method has.
        expected: AnswerKinds,
        /// What came, in a word.
        found: &'static str,
    },
    /// It names another transaction than the one that was sent, or none.
    Transaction {
        /// The hash of what was sent.
        sent: B256,
        /// What the node answered, where it is a hash.
        answered: Option<B256>,
    },
}

impl Understood<'_> {
    /// What the answer must be.
    pub fn expected(&self) -> Expected {
        let transaction = self
            .method()
            .and_then(Method::answers_hash_in)
            .filter(|_| self.answers_with_hash);
        let sent = self.operations().first().and_then(crate::Operation::hash);
        Expected {
            kinds: self.method().map(Method::answer),
            transaction: transaction.zip(sent).map(|(member, hash)| SentTransaction {
                hash,
                member: Some(member).filter(|member| !member.is_empty()),
            }),
        }
    }
}

impl SubscriptionKind {
    /// Whether `news` of it is of its kind.
    ///
    /// # Errors
    /// [`Unexpected::Kind`].
    pub fn check_news(self, news: &[u8]) -> Result<(), Unexpected> {
        crate::catalogue::news(self).check(news)
    }
}

impl Expected {
    /// Whether `result`, one JSON value that was scanned before, can be the answer.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, result: &[u8]) -> Result<(), Unexpected> {
        if let Some(kinds) = &self.kinds {
            kinds.check(result)?;
        }
        let Some(transaction) = &self.transaction else {
            return Ok(());
        };
        // What private relays and builders answer in the place of a hash (a number, null) names nothing.
        let value = match transaction.member {
            Some(name) if result.first() == Some(&b'{') => read_member(result, name),
            None if result.first() == Some(&b'"') => Some(result),
            _ => return Ok(()),
        };
        let answered = value.and_then(hash);
        if answered == Some(transaction.hash) {
            return Ok(());
        }
        Err(Unexpected::Transaction {
            sent: transaction.hash,
            answered,
        })
    }
}

impl AnswerKinds {
    /// Whether `result`, one JSON value that was scanned before, is of one of them. Looks at the whole of a scalar; at the items of an array up to the first that has members or items itself, for what
    /// is behind it would be read a second time.
    ///
    /// # Errors
    /// [`Unexpected::Kind`].
    pub fn check(self, result: &[u8]) -> Result<(), Unexpected> {
        let wrong = |found| Unexpected::Kind { expected: self, found };
        let found = self.whole.check(result).map_err(wrong)?;
        if found == Kind::Array && self.items != Kinds::ALL {
            let mut outcome = Ok(());
            read_items(result, |item| match self.items.check(item) {
                Ok(kind) => !matches!(kind, Kind::Object | Kind::Array),
                Err(_) => {
                    outcome = Err(wrong("an array with other items"));
                    false
                }
            });
            return outcome;
        }
        Ok(())
    }
}

impl Kinds {
    pub(crate) const ALL: Self = Self(u16::MAX);

    fn has(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u16) != 0
    }

    /// The kind that the value is of, among these; otherwise what it is, in a word.
    fn check(self, value: &[u8]) -> Result<Kind, &'static str> {
        let one = |kind: Kind| if self.has(kind) { Ok(kind) } else { Err(kind.noun()) };
        match value.first() {
            Some(b'n') => one(Kind::Null),
            Some(b't' | b'f') => one(Kind::Boolean),
            Some(b'{') => one(Kind::Object),
            Some(b'[') => one(Kind::Array),
            Some(b'"') => self.check_string(value),
            _ if self.has(Kind::Number) => Ok(Kind::Number),
            _ if is_integer(value) => one(Kind::Integer),
            _ => Err("a number that is not whole"),
        }
    }

    fn check_string(self, value: &[u8]) -> Result<Kind, &'static str> {
        if self.has(Kind::String) {
            return Ok(Kind::String);
        }
        let digits = value
            .strip_prefix(b"\"0x")
            .and_then(|rest| rest.strip_suffix(b"\""))
            .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let Some(digits) = digits else {
            return Err("text that is not hex");
        };
        let fits = |kind| match kind {
            Kind::Quantity => (1..=64).contains(&digits.len()),
            Kind::Address => digits.len() == 40,
            Kind::Hash => digits.len() == 64,
            Kind::Data => digits.len() % 2 == 0,
            _ => false,
        };
        [Kind::Quantity, Kind::Address, Kind::Hash, Kind::Data]
            .into_iter()
            .find(|kind| self.has(*kind) && fits(*kind))
            .ok_or("hex of another length")
    }
}

fn is_integer(value: &[u8]) -> bool {
    let digits = value.strip_prefix(b"-").unwrap_or(value);
    !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}

/// 32 bytes in hex, in quotes.
fn hash(value: &[u8]) -> Option<B256> {
    let digits = value.strip_prefix(b"\"0x")?.strip_suffix(b"\"")?;
    let mut bytes = [0; 32];
    hex::decode_to_slice(digits, &mut bytes).ok()?;
    Some(B256::from(bytes))
}

impl Kind {
    const EVERY: [Self; 11] = [
        Self::Null,
        Self::Boolean,
        Self::Integer,
        Self::Number,
        Self::Quantity,
        Self::Address,
        Self::Hash,
        Self::Data,
        Self::String,
        Self::Object,
        Self::Array,
    ];

    const fn noun(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::Quantity => "a quantity",
            Self::Address => "an address",
            Self::Hash => "a hash",
            Self::Data => "bytes in hex",
            Self::String => "text",
            Self::Object => "an object",
            Self::Array => "an array",
        }
    }
}

impl fmt::Display for AnswerKinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = Kind::EVERY.into_iter().filter(|kind| self.whole.has(*kind));
        for (place, kind) in kinds.enumerate() {
            let separator = if place == 0 { "" } else { " or " };
            write!(f, "{separator}{}", kind.noun())?;
            if kind == Kind::Array && self.items != Kinds::ALL {
                let items = Kind::EVERY.into_iter().filter(|kind| self.items.has(*kind));
                let items: Vec<_> = items.map(Kind::noun).collect();
                write!(f, " (each item {})", items.join(" or "))?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Unexpected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind { expected, found } => write!(f, "the result is {found}, not {expected}"),
            Self::Transaction {
                sent,
                answered: Some(answered),
            } => {
                write!(
                    f,
                    "the transaction sent is {sent:#x}, the node answers with {answered:#x}"
                )
            }
            Self::Transaction { sent, answered: None } => {
                write!(
                    f,
                    "the transaction sent is {sent:#x}, the node answers with something else"
                )
            }
        }
    }
}
