//! Owns the way from a tree to plain JSON values, for files that hold calls and claims (tables of
//! cases). Scalars mean what YAML 1.2 says, except that `0x…` is text: JSON-RPC knows no hex numbers.

use serde_json::{Map, Number, Value as Json};

use super::node::{Node, Scalar, Value};
use super::yaml;
use crate::diagnostics::Problems;

/// Reads a whole text as one JSON value. Mistakes of syntax go to `problems`.
pub(crate) fn value(name: &str, text: &str, problems: &mut Problems) -> Option<Json> {
    let file = problems.add_file(name, text);
    yaml::tree(text, file, yaml::POLICY, problems).map(|tree| json(&tree))
}

fn json(node: &Node) -> Json {
    match &node.value {
        Value::List(items) => Json::Array(items.iter().map(json).collect()),
        Value::Map(entries) => {
            let members = entries
                .iter()
                .map(|entry| (entry.key.value.clone(), json(&entry.value)));
            Json::Object(members.collect::<Map<_, _>>())
        }
        Value::Scalar(text, _) => match node.meaning() {
            Some(Scalar::Null) => Json::Null,
            Some(Scalar::Switch(switch)) => Json::Bool(switch),
            Some(Scalar::Integer | Scalar::Float) => number(text),
            Some(Scalar::Text) | None => Json::String(text.clone()),
        },
    }
}

fn number(text: &str) -> Json {
    let integer = text
        .parse::<u64>()
        .map(Number::from)
        .or_else(|_| text.parse::<i64>().map(Number::from))
        .ok();
    let is_prefixed = text.starts_with("0x") || text.starts_with("0o");
    let float = || {
        if is_prefixed {
            None
        } else {
            text.parse::<f64>().ok().and_then(Number::from_f64)
        }
    };
    integer
        .or_else(float)
        .map_or_else(|| Json::String(text.to_owned()), Json::Number)
}
