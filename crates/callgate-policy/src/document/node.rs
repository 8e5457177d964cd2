//! Owns the tree a text is read into before anybody asks what it means: scalars, lists and maps,
//! each with its place. Keys are unique, aliases are resolved, depth and size are bounded.

use super::raw::Text;
use crate::diagnostics::Span;

/// A value of the file.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) value: Value,
}

/// What a value is made of.
#[derive(Debug, Clone)]
pub(super) enum Value {
    /// Anything that is no list and no map, as its text.
    Scalar(String, Style),
    /// A list.
    List(Vec<Node>),
    /// A map, in the order of the file.
    Map(Vec<Entry>),
}

/// One member of a map.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: Text,
    pub(super) value: Node,
}

/// How a scalar was written: only a plain one can be a number, a boolean or null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Quoted,
}

/// What a scalar means by the core schema of YAML 1.2, which holds JSON's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scalar {
    Null,
    Switch(bool),
    /// An integer in decimal without leading zeros, hex (`0x…`) or octal (`0o…`).
    Integer,
    Float,
    Text,
}

impl Node {
    /// The text of a scalar.
    pub(super) fn scalar(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(text, _) => Some(text),
            Value::List(_) | Value::Map(_) => None,
        }
    }

    /// The text and its place.
    pub(super) fn text(&self) -> Option<Text> {
        Some(Text::new(self.scalar()?.to_owned(), self.span))
    }

    /// The items of a list; nothing for everything else.
    pub(super) fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            Value::Scalar(..) | Value::Map(_) => &[],
        }
    }

    /// The members of a map; nothing for everything else.
    pub(super) fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            Value::Scalar(..) | Value::List(_) => &[],
        }
    }

    /// What the scalar means; `None` for lists and maps.
    pub(super) fn meaning(&self) -> Option<Scalar> {
        match &self.value {
            Value::Scalar(_, Style::Quoted) => Some(Scalar::Text),
            Value::Scalar(text, Style::Plain) => Some(plain(text)),
            Value::List(_) | Value::Map(_) => None,
        }
    }

    /// How many values this is, and how deep: for the budget.
    pub(super) fn measure(&self) -> Measure {
        let within = |children: &mut dyn Iterator<Item = &Self>| {
            children
                .map(Self::measure)
                .fold(Measure { nodes: 1, depth: 1 }, |sum, child| Measure {
                    nodes: sum.nodes.saturating_add(child.nodes),
                    depth: sum.depth.max(child.depth.saturating_add(1)),
                })
        };
        match &self.value {
            Value::Scalar(..) => Measure { nodes: 1, depth: 0 },
            Value::List(items) => within(&mut items.iter()),
            Value::Map(entries) => within(&mut entries.iter().map(|entry| &entry.value)),
        }
    }
}

/// Size of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Measure {
    pub(super) nodes: usize,
    /// Lists and maps inside each other.
    pub(super) depth: usize,
}

fn plain(text: &str) -> Scalar {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Scalar::Null,
        "true" | "True" | "TRUE" => Scalar::Switch(true),
        "false" | "False" | "FALSE" => Scalar::Switch(false),
        _ if is_integer(text) => Scalar::Integer,
        _ if is_float(text) => Scalar::Float,
        _ => Scalar::Text,
    }
}

fn is_integer(text: &str) -> bool {
    let digits = |digits: &str, radix: u32| !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
    if let Some(hex) = text.strip_prefix("0x") {
        return digits(hex, 16);
    }
    if let Some(octal) = text.strip_prefix("0o") {
        return digits(octal, 8);
    }
    digits(text.strip_prefix(['-', '+']).unwrap_or(text), 10)
}

fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let special = matches!(unsigned, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN");
    let numeric = unsigned.bytes().any(|byte| byte.is_ascii_digit())
        && unsigned
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    special || (numeric && text.parse::<f64>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_mean_what_yaml_1_2_says() {
        for (text, meaning) in [
            ("", Scalar::Null),
            ("~", Scalar::Null),
            ("true", Scalar::Switch(true)),
            ("FALSE", Scalar::Switch(false)),
            ("no", Scalar::Text),
            ("yes", Scalar::Text),
            ("on", Scalar::Text),
            ("0x10", Scalar::Integer),
            ("0o17", Scalar::Integer),
            ("-12", Scalar::Integer),
            ("1e3", Scalar::Float),
            ("1.5", Scalar::Float),
            (".nan", Scalar::Float),
            ("1_000", Scalar::Text),
            ("12:30", Scalar::Text),
            ("0x", Scalar::Text),
            ("127.0.0.1", Scalar::Text),
            ("inf", Scalar::Text),
        ] {
            assert_eq!(plain(text), meaning, "{text}");
        }
    }
}
