//! The envelope: one call or a batch, each call an object of exactly `jsonrpc`, `id`, `method` and `params`
//! (JSON-RPC 2.0, sections 4 and 6).
//!
//! What makes the whole document useless is a [`ParseError`]; what spoils one call of a batch is an [`InvalidCall`].

use thiserror::Error;

use crate::error::{ParseError, ParseErrorKind, code};
use crate::id::{Id, IdError};
use crate::limits::Limits;
use crate::value::{Array, Document, Kind, Object, Value};

/// A document that can be answered. A batch of one is a batch: its answer is an array.
#[derive(Debug, Clone, Copy)]
pub enum Request<'t> {
    /// One call.
    Single(Result<Call<'t>, InvalidCall<'t>>),
    /// An array of calls.
    Batch(Batch<'t>),
}

impl<'t> Request<'t> {
    pub(crate) fn of(document: Document<'t>, limits: &Limits) -> Result<Self, ParseError> {
        let root = document.root();
        let bounds = Bounds {
            method_bytes: limits.method_bytes,
            id_bytes: limits.id_bytes,
        };
        if let Some(object) = root.as_object() {
            Ok(Self::Single(Call::of(object, bounds)))
        } else if let Some(items) = root.as_array() {
            if items.is_empty() {
                return Err(ParseError::new(ParseErrorKind::EmptyBatch, items.offset()));
            }
            Ok(Self::Batch(Batch { items, bounds }))
        } else {
            Err(ParseError::new(ParseErrorKind::NotARequest, root.offset()))
        }
    }
}

/// The limits that concern the envelope alone.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    method_bytes: usize,
    id_bytes: usize,
}

/// The calls of a batch: at least one, at most [`Limits::batch_calls`].
#[derive(Clone, Copy)]
pub struct Batch<'t> {
    items: Array<'t>,
    bounds: Bounds,
}

impl<'t> Batch<'t> {
    /// How many items it has, valid or not.
    #[expect(clippy::len_without_is_empty, reason = "a batch is never empty")]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Each item in order, judged alone.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Result<Call<'t>, InvalidCall<'t>>> + use<'t> {
        let bounds = self.bounds;
        self.items.iter().map(move |item| match item.as_object() {
            Some(object) => Call::of(object, bounds),
            None => Err(InvalidCall {
                id: Id::Null,
                kind: InvalidCallKind::NotAnObject,
                offset: item.offset(),
            }),
        })
    }
}

impl std::fmt::Debug for Batch<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "batch of {}", self.len())
    }
}

/// One call whose envelope is in order. Nothing is known about its meaning yet.
#[derive(Debug, Clone, Copy)]
pub struct Call<'t> {
    id: Option<Id<'t>>,
    method: &'t str,
    method_offset: usize,
    params: Params<'t>,
    offset: usize,
}

impl<'t> Call<'t> {
    /// The id; `None` makes it a notification, which is executed by many nodes but never answered.
    pub fn id(&self) -> Option<Id<'t>> {
        self.id
    }

    /// The name of the method: [`is_method_name`] holds.
    pub fn method(&self) -> &'t str {
        self.method
    }

    /// The byte of the body where the method's name begins.
    pub fn method_offset(&self) -> usize {
        self.method_offset
    }

    /// The parameters; empty when absent.
    pub fn params(&self) -> Params<'t> {
        self.params
    }

    /// The byte of the body where the call begins.
    pub fn offset(&self) -> usize {
        self.offset
    }

    fn of(object: Object<'t>, bounds: Bounds) -> Result<Self, InvalidCall<'t>> {
        let members = Envelope::of(object);
        let id = members.id.map(|value| Id::of(value, bounds.id_bytes));
        members
            .call(object.offset(), id, bounds)
            .map_err(|(kind, offset)| InvalidCall {
                id: id.and_then(Result::ok).unwrap_or(Id::Null),
                kind,
                offset,
            })
    }
}

/// The members of one call, not looked at yet.
struct Envelope<'t> {
    jsonrpc: Option<Value<'t>>,
    id: Option<Value<'t>>,
    method: Option<Value<'t>>,
    params: Option<Value<'t>>,
    unknown: Option<usize>,
}

impl<'t> Envelope<'t> {
    /// Names are unique already: the reader refuses duplicates.
    fn of(object: Object<'t>) -> Self {
        let mut this = Self {
            jsonrpc: None,
            id: None,
            method: None,
            params: None,
            unknown: None,
        };
        for (name, value) in object.iter() {
            match name.as_str() {
                "jsonrpc" => this.jsonrpc = Some(value),
                "id" => this.id = Some(value),
                "method" => this.method = Some(value),
                "params" => this.params = Some(value),
                _ => this.unknown = this.unknown.or(Some(name.offset())),
            }
        }
        this
    }

    fn call(
        &self,
        offset: usize,
        id: Option<Result<Id<'t>, IdError>>,
        bounds: Bounds,
    ) -> Result<Call<'t>, (InvalidCallKind, usize)> {
        if let Some(unknown) = self.unknown {
            return Err((InvalidCallKind::UnknownMember, unknown));
        }
        let jsonrpc = self.jsonrpc.ok_or((InvalidCallKind::MissingVersion, offset))?;
        if jsonrpc.as_str() != Some("2.0") {
            return Err((InvalidCallKind::WrongVersion, jsonrpc.offset()));
        }
        let id = id.transpose().map_err(|error| {
            let kind = match error {
                IdError::Kind => InvalidCallKind::WrongId,
                IdError::Unprintable => InvalidCallKind::UnprintableId,
                IdError::TooLong { limit } => InvalidCallKind::IdTooLong { limit },
            };
            (kind, self.id.map_or(offset, Value::offset))
        })?;
        let method_value = self.method.ok_or((InvalidCallKind::MissingMethod, offset))?;
        let method = method(method_value, bounds.method_bytes).map_err(|kind| (kind, method_value.offset()))?;
        // Libraries that serialize "no parameters" write null, and every client reads that as none.
        let params = match self.params {
            None => Params { items: None },
            Some(value) if value.is_null() => Params { items: None },
            Some(value) => {
                let wrong = || (InvalidCallKind::WrongParams { found: value.kind() }, value.offset());
                Params {
                    items: Some(value.as_array().ok_or_else(wrong)?),
                }
            }
        };
        Ok(Call {
            id,
            method,
            method_offset: method_value.offset(),
            params,
            offset,
        })
    }
}

fn method(value: Value<'_>, limit: usize) -> Result<&str, InvalidCallKind> {
    let name = value
        .as_str()
        .ok_or(InvalidCallKind::WrongMethodKind { found: value.kind() })?;
    if name.len() > limit {
        Err(InvalidCallKind::MethodTooLong { limit })
    } else if is_method_name(name) {
        Ok(name)
    } else {
        Err(InvalidCallKind::WrongMethodName)
    }
}

/// Whether a name can be that of a method: `namespace_name`, where the namespace is ASCII letters and digits beginning
/// with a lower-case letter and the name is ASCII letters, digits and `_`.
///
/// Two other spellings exist and are let in: GoQuorum's `plugin@namespace_name`, and `rpc.discover` of OpenRPC.
pub fn is_method_name(name: &str) -> bool {
    if name == "rpc.discover" {
        return true;
    }
    let Some((namespace, rest)) = name.split_once('_') else {
        return false;
    };
    let namespace_fits = match namespace.split_once('@') {
        Some((plugin, inner)) => is_namespace(plugin) && is_namespace(inner),
        None => is_namespace(namespace),
    };
    namespace_fits && !rest.is_empty() && rest.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
}

fn is_namespace(text: &str) -> bool {
    text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The parameters of a call: always positional.
#[derive(Clone, Copy)]
pub struct Params<'t> {
    items: Option<Array<'t>>,
}

impl<'t> Params<'t> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.items.map_or(0, Array::len)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The byte of their bracket, if the call has the member.
    pub fn offset(&self) -> Option<usize> {
        self.items.map(Array::offset)
    }

    /// The parameter at a place, in O(place).
    pub fn get(&self, place: usize) -> Option<Value<'t>> {
        self.items.and_then(|items| items.get(place))
    }

    /// The parameters in order.
    pub fn iter(&self) -> impl Iterator<Item = Value<'t>> + use<'t> {
        self.items.into_iter().flat_map(Array::iter)
    }
}

impl std::fmt::Debug for Params<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} parameters", self.len())
    }
}

/// One call that is none. It is answered alone and harms no other call of its batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{kind} at byte {offset}")]
pub struct InvalidCall<'t> {
    /// The id to answer under: null when the call has none that can be read.
    pub id: Id<'t>,
    /// What was wrong.
    pub kind: InvalidCallKind,
    /// The byte of the body where it was noticed.
    pub offset: usize,
}

impl InvalidCall<'_> {
    /// The JSON-RPC code: always [`code::INVALID_REQUEST`].
    pub fn code(&self) -> i64 {
        code::INVALID_REQUEST
    }
}

/// The kinds of [`InvalidCall`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidCallKind {
    /// An item of a batch is no object.
    #[error("a call must be an object")]
    NotAnObject,
    /// A member that JSON-RPC does not know; names are matched exactly.
    #[error("a call has only the members `jsonrpc`, `id`, `method` and `params`")]
    UnknownMember,
    /// No `jsonrpc`.
    #[error("the member `jsonrpc` is missing")]
    MissingVersion,
    /// A `jsonrpc` other than the string `2.0`.
    #[error("`jsonrpc` must be the string `2.0`")]
    WrongVersion,
    /// An id that is neither a string, nor an integer of 64 bits, nor null.
    #[error("`id` must be a string, an integer of 64 bits, or null")]
    WrongId,
    /// A string id with characters that cannot be printed.
    #[error("`id` must consist of printable ASCII characters")]
    UnprintableId,
    /// Over [`Limits::id_bytes`].
    #[error("`id` has more than {limit} bytes")]
    IdTooLong {
        /// The limit.
        limit: usize,
    },
    /// No `method`.
    #[error("the member `method` is missing")]
    MissingMethod,
    /// A `method` that is no string.
    #[error("`method` must be a string, not {}", found.described())]
    WrongMethodKind {
        /// What it is.
        found: Kind,
    },
    /// Over [`Limits::method_bytes`].
    #[error("`method` has more than {limit} bytes")]
    MethodTooLong {
        /// The limit.
        limit: usize,
    },
    /// A `method` that cannot be the name of one: see [`is_method_name`].
    #[error("`method` is not of the form `namespace_name`")]
    WrongMethodName,
    /// `params` that are no array.
    #[error("`params` must be an array, not {}", found.described())]
    WrongParams {
        /// What they are.
        found: Kind,
    },
}

#[cfg(test)]
mod tests;
