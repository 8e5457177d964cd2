//! A careful reader: what a body says to somebody who takes RFC 8259, JSON-RPC 2.0 and the execution APIs at their word, and
//! refuses what they leave open. It shares no code with Callgate.

mod json;
mod params;

pub(crate) use params::{Operation, operations};

use serde_json::{Value, json};

/// What a careful reader reads.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reading {
    /// Whether the calls stand in a batch.
    pub(crate) is_batch: bool,
    /// The calls that can be read; in a batch others may stand beside them.
    pub(crate) calls: Vec<Call>,
    /// What could not be read.
    pub(crate) refused: usize,
}

/// A call.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Call {
    /// None for a notification.
    pub(crate) id: Option<Value>,
    pub(crate) method: String,
    pub(crate) params: Vec<Value>,
}

impl Reading {
    /// Of bytes that claim to be a request or a batch of them.
    pub(crate) fn of(body: &[u8]) -> Self {
        let nothing = Self {
            is_batch: false,
            calls: Vec::new(),
            refused: 1,
        };
        let Some(document) = json::read(body) else {
            return nothing;
        };
        match document {
            Value::Array(items) if items.is_empty() => nothing,
            Value::Array(items) => {
                let read: Vec<_> = items.iter().map(Call::of).collect();
                let refused = read.iter().filter(|call| call.is_none()).count();
                Self {
                    is_batch: true,
                    calls: read.into_iter().flatten().collect(),
                    refused,
                }
            }
            item => match Call::of(&item) {
                Some(call) => Self {
                    is_batch: false,
                    calls: vec![call],
                    refused: 0,
                },
                None => nothing,
            },
        }
    }

    /// The same calls in the plainest spelling; none when there is none.
    pub(crate) fn plain(&self) -> Option<Vec<u8>> {
        let mut calls = self.calls.iter().map(Call::plain);
        let body = if self.is_batch {
            let calls: Vec<_> = calls.collect();
            (!calls.is_empty()).then_some(Value::Array(calls))?
        } else {
            calls.next()?
        };
        Some(serde_json::to_vec(&body).unwrap())
    }
}

impl Call {
    fn of(item: &Value) -> Option<Self> {
        let members = item.as_object()?;
        let known = ["jsonrpc", "id", "method", "params"];
        if members.keys().any(|name| !known.contains(&name.as_str())) || members.get("jsonrpc")? != "2.0" {
            return None;
        }
        let id = members.get("id").cloned();
        if !matches!(id, None | Some(Value::Null | Value::Number(_) | Value::String(_))) {
            return None;
        }
        let method = members.get("method")?.as_str()?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if method.is_empty() || !method.bytes().all(is_plain) {
            return None;
        }
        let params = match members.get("params") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(params)) => params.clone(),
            Some(_) => return None,
        };
        let params = params::read(method, params)?;
        Some(Self {
            id,
            method: method.to_owned(),
            params,
        })
    }

    fn plain(&self) -> Value {
        let mut call = json!({ "jsonrpc": "2.0", "method": self.method, "params": self.params });
        if let Some(id) = &self.id {
            call["id"] = id.clone();
        }
        call
    }
}
