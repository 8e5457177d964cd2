//! A strict reader for the JSON of tokens and key sets: one object, duplicate names refused at every depth, bounded.
//!
//! serde's derive and `serde_json::Value` keep the last of two equal names; a token with two `sub` claims must be no
//! token at all. So a visitor of our own builds the tree.

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::cell::Cell;
use std::fmt;

/// How deep and how large a document may be. Its bytes are bounded by the caller before decoding.
#[derive(Clone, Copy)]
pub(crate) struct JsonLimits {
    /// Nested objects and arrays, the outermost object being 1.
    pub(crate) depth: usize,
    /// Values of every kind together.
    pub(crate) values: usize,
}

/// Why a text is not an acceptable JSON object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonFault {
    /// Not JSON, or not UTF-8, or something follows the document.
    #[error("not well-formed JSON")]
    Syntax,
    /// The outermost value is not an object.
    #[error("not a JSON object")]
    NotAnObject,
    /// A name occurs twice in one object.
    #[error("a member name occurs twice in one object")]
    Duplicate,
    /// Nested deeper than allowed.
    #[error("nested too deeply")]
    TooDeep,
    /// More values than allowed.
    #[error("too many values")]
    TooMany,
}

/// Reads exactly one object from `bytes`.
pub(crate) fn read_object(bytes: &[u8], limits: JsonLimits) -> Result<Map<String, Value>, JsonFault> {
    let text = std::str::from_utf8(bytes).map_err(|_| JsonFault::Syntax)?;
    let state = State {
        left: Cell::new(limits.values),
        fault: Cell::new(None),
    };
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Node {
        state: &state,
        depth: limits.depth,
    }
    .deserialize(&mut reader)
    .map_err(|_| state.fault.get().unwrap_or(JsonFault::Syntax))?;
    reader.end().map_err(|_| JsonFault::Syntax)?;
    match value {
        Value::Object(map) => Ok(map),
        _ => Err(JsonFault::NotAnObject),
    }
}

struct State {
    left: Cell<usize>,
    fault: Cell<Option<JsonFault>>,
}

impl State {
    fn fail<E: serde::de::Error>(&self, fault: JsonFault) -> E {
        self.fault.set(Some(fault));
        E::custom(fault)
    }
}

#[derive(Clone, Copy)]
struct Node<'s> {
    state: &'s State,
    depth: usize,
}

impl Node<'_> {
    fn inner<E: serde::de::Error>(self) -> Result<Self, E> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Self {
                state: self.state,
                depth,
            }),
            None => Err(self.state.fail(JsonFault::TooDeep)),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        match self.state.left.get().checked_sub(1) {
            Some(left) => self.state.left.set(left),
            None => return Err(self.state.fail(JsonFault::TooMany)),
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut map = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if map.contains_key(&name) {
                return Err(self.state.fail(JsonFault::Duplicate));
            }
            let value = members.next_value_seed(inner)?;
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: JsonLimits = JsonLimits { depth: 3, values: 6 };

    fn read(text: &str) -> Result<Map<String, Value>, JsonFault> {
        read_object(text.as_bytes(), LIMITS)
    }

    #[test]
    fn reads_every_kind_of_value() {
        let map = read(r#"{"a":[1,-2,"x",null]}"#).unwrap();
        assert_eq!(Value::Object(map), serde_json::json!({"a":[1,-2,"x",null]}));
    }

    #[test]
    fn duplicates_are_refused_at_every_depth_and_after_unescaping() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":{"b":1,"b":2}}"#,
            r#"{"a":[{"b":1,"b":2}]}"#,
            r#"{"a":1,"\u0061":2}"#,
        ] {
            assert_eq!(read(text), Err(JsonFault::Duplicate), "{text}");
        }
        assert!(read(r#"{"a":{"a":1}}"#).is_ok());
    }

    #[test]
    fn depth_holds_at_the_limit_and_fails_one_further() {
        assert!(read(r#"{"a":{"b":[]}}"#).is_ok());
        assert_eq!(read(r#"{"a":{"b":[[]]}}"#), Err(JsonFault::TooDeep));
    }

    #[test]
    fn count_holds_at_the_limit_and_fails_one_further() {
        assert!(read(r#"{"a":[1,2,3,4]}"#).is_ok());
        assert_eq!(read(r#"{"a":[1,2,3,4,5]}"#), Err(JsonFault::TooMany));
    }

    #[test]
    fn anything_but_one_object_is_refused() {
        for text in [
            "",
            " ",
            "{",
            "{} {}",
            "{}x",
            "{'a':1}",
            "{\"a\":1,}",
            "\u{feff}{}",
            "{\"a\":1e400}",
            "{\"a\":\"\\ud800\"}",
        ] {
            assert_eq!(read(text), Err(JsonFault::Syntax), "{text}");
        }
        for text in ["[]", "1", "null", "\"{}\""] {
            assert_eq!(read(text), Err(JsonFault::NotAnObject), "{text}");
        }
        assert_eq!(read_object(b"{\"a\":\"\xff\"}", LIMITS), Err(JsonFault::Syntax));
    }

    /// Features of `serde_json` are unified over a whole build. With `arbitrary_precision` on, the name below would
    /// turn a client's object into a number; this test fails should any dependency ever switch it on.
    #[test]
    fn the_magic_name_of_arbitrary_precision_is_an_ordinary_name() {
        let map = read(r#"{"a":{"$serde_json::private::Number":"1"},"b":1.5}"#).unwrap();
        assert!(map["a"].is_object());
        assert!(map["b"].is_f64());
    }
}
