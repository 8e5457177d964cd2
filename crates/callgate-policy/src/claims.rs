//! Owns the reading of claims: which texts a claim stands for when a pattern or template looks at
//! it. Claims are what somebody else signed: nothing in them has a meaning of its own, neither
//! `*` nor `.` nor an expression (attacks.md E-36 to E-38).

use std::borrow::Cow;

use serde_json::{Map, Value};

/// Claims as they come from authentication.
pub(crate) type Claims = Map<String, Value>;

/// A longer text in a claim matches nothing: patterns are linear in it, and no identity is longer.
pub(crate) const MAX_CLAIM_BYTES: usize = 4096;

/// A longer list in a claim matches nothing.
pub(crate) const MAX_CLAIM_ITEMS: usize = 4096;

/// The text of a scalar. None for `null`, objects, arrays, floats, and for texts that are too
/// long or hold control characters: those match nothing, whatever the pattern.
pub(crate) fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) if text.len() <= MAX_CLAIM_BYTES && !text.chars().any(char::is_control) => {
            Some(Cow::Borrowed(text))
        }
        Value::Bool(true) => Some(Cow::Borrowed("true")),
        Value::Bool(false) => Some(Cow::Borrowed("false")),
        Value::Number(number) if number.is_u64() || number.is_i64() => Some(Cow::Owned(number.to_string())),
        _ => None,
    }
}

/// The texts a pattern may match: that of a scalar, or those of the scalars of a list.
pub(crate) fn texts(value: &Value) -> impl Iterator<Item = Cow<'_, str>> {
    let (one, many) = match value {
        Value::Array(items) if items.len() <= MAX_CLAIM_ITEMS => (None, items.as_slice()),
        other => (text(other), [].as_slice()),
    };
    one.into_iter().chain(many.iter().filter_map(text))
}

/// The texts a template is filled with, or why there are none. Stricter than [`texts`]: a list
/// must hold nothing but usable scalars, and empty texts are no value.
pub(crate) fn values(value: Option<&Value>) -> Result<Vec<String>, &'static str> {
    let items = match value {
        None | Some(Value::Null) => return Err("missing"),
        Some(Value::Array(items)) if items.is_empty() => return Err("empty"),
        Some(Value::Array(items)) if items.len() > MAX_CLAIM_ITEMS => return Err("too long a list"),
        Some(Value::Array(items)) => items.as_slice(),
        Some(one) => std::slice::from_ref(one),
    };
    items.iter().map(filling).collect()
}

fn filling(value: &Value) -> Result<String, &'static str> {
    match value {
        Value::Object(_) | Value::Array(_) | Value::Null => Err("not a plain value"),
        Value::Number(number) if !number.is_u64() && !number.is_i64() => Err("not an integer"),
        Value::String(text) if text.is_empty() => Err("empty"),
        other => text(other).map(Cow::into_owned).ok_or("not a plain text"),
    }
}

/// The value at a path of names, each taken whole.
pub(crate) fn at<'c>(claims: &'c Claims, path: &[Box<str>]) -> Option<&'c Value> {
    let (first, rest) = path.split_first()?;
    rest.iter()
        .try_fold(claims.get(&**first)?, |value, name| value.as_object()?.get(&**name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn all(value: &Value) -> Vec<String> {
        texts(value).map(Cow::into_owned).collect()
    }

    #[test]
    fn scalars_are_compared_as_their_json_text() {
        for (value, text) in [
            (json!("a.b"), "a.b"),
            (json!(""), ""),
            (json!(true), "true"),
            (json!(100), "100"),
            (json!(-1), "-1"),
            (json!(u64::MAX), "18446744073709551615"),
        ] {
            assert_eq!(all(&value), [text], "{value}");
        }
        assert_eq!(all(&json!(["a", 1, true])), ["a", "1", "true"]);
        assert_eq!(all(&json!(["a", null, 1.5, {"b": 1}, ["c"], "d\n"])), ["a"]);
    }

    #[test]
    fn what_is_no_scalar_has_no_text() {
        let big: Value = serde_json::from_str("18446744073709551616").unwrap();
        for value in [
            json!(null),
            json!({}),
            json!([]),
            json!(1.0),
            json!(1e2),
            big,
            json!("a\nb"),
            json!("\u{0}"),
            json!("\u{7f}"),
            json!("\u{85}"),
        ] {
            assert!(all(&value).is_empty(), "{value}");
            assert!(values(Some(&value)).is_err(), "{value}");
        }
        assert_eq!(all(&json!("a".repeat(MAX_CLAIM_BYTES))).len(), 1);
        assert_eq!(all(&json!("a".repeat(MAX_CLAIM_BYTES + 1))).len(), 0);
        assert_eq!(all(&json!(vec!["a"; MAX_CLAIM_ITEMS])).len(), MAX_CLAIM_ITEMS);
        assert_eq!(all(&json!(vec!["a"; MAX_CLAIM_ITEMS + 1])).len(), 0);
    }

    #[test]
    fn values_of_templates_are_all_or_nothing() {
        assert_eq!(values(Some(&json!(["a", 1]))), Ok(vec!["a".to_owned(), "1".to_owned()]));
        for (value, why) in [
            (json!(null), "missing"),
            (json!(""), "empty"),
            (json!([]), "empty"),
            (json!(["a", ""]), "empty"),
            (json!(["a", null]), "not a plain value"),
            (json!(["a", {"b": 1}]), "not a plain value"),
            (json!(1.5), "not an integer"),
            (json!("a\nb"), "not a plain text"),
            (json!(vec!["a"; MAX_CLAIM_ITEMS + 1]), "too long a list"),
        ] {
            assert_eq!(values(Some(&value)), Err(why), "{value}");
        }
        assert_eq!(values(None), Err("missing"));
    }

    #[test]
    fn names_are_taken_whole() {
        let Value::Object(claims) = json!({"a.b": 1, "a": {"b": 2}, "l": ["x"], "__proto__": 3}) else {
            panic!()
        };
        let path = |names: &[&str]| names.iter().map(|name| (*name).into()).collect::<Vec<Box<str>>>();
        assert_eq!(at(&claims, &path(&["a.b"])), Some(&json!(1)));
        assert_eq!(at(&claims, &path(&["a", "b"])), Some(&json!(2)));
        assert_eq!(at(&claims, &path(&["l", "0"])), None);
        assert_eq!(at(&claims, &path(&["__proto__"])), Some(&json!(3)));
        assert_eq!(at(&claims, &path(&["toString"])), None);
        assert_eq!(at(&claims, &[]), None);
    }
}
