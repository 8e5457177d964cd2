//! Owns comparing a tree with the table of keys: every unknown key, wrong value and missing key of a
//! file is noted, none stops the walk. What passes here can be taken apart without asking again.

use super::kind::{Forms, Key, Kind, Need, Section};
use super::node::{Entry, Node, Scalar, Value};
use super::units;
use crate::diagnostics::{Code, Problem, Problems, did_you_mean, nearest, one_of, quoted};

/// Notes everything in which `node` is not a `kind`. `name` is what messages call it.
pub(super) fn check(node: &Node, kind: &Kind, name: &str, problems: &mut Problems) {
    match kind {
        Kind::List(of) => list(node, of, name, problems),
        Kind::Map { of, names } => map(node, of, names, name, problems),
        Kind::Section(known) => section(node, known, name, problems),
        Kind::OneOf(forms) => one_form(node, forms, name, problems),
        Kind::Secret => secret(node, name, problems),
        _ => scalar(node, kind, name, problems),
    }
}

fn list(node: &Node, of: &Kind, name: &str, problems: &mut Problems) {
    let Value::List(items) = &node.value else {
        return wrong_type(node, name, "a list", list_hint(node), problems);
    };
    let item = format!("an item of {name}");
    for node in items {
        check(node, of, &item, problems);
    }
}

fn list_hint(node: &Node) -> Option<String> {
    let text = node.scalar().filter(|_| node.meaning() != Some(Scalar::Null))?;
    let short = text.len() <= 40 && !text.contains(char::is_control);
    short.then(|| format!("write `[ {text} ]`"))
}

fn map(node: &Node, of: &Kind, names: &str, name: &str, problems: &mut Problems) {
    let Value::Map(entries) = &node.value else {
        return wrong_type(node, name, &format!("a map from {names} names"), None, problems);
    };
    for entry in entries {
        if entry.key.value.is_empty() {
            problems.error(
                Code::BAD_NAME,
                entry.key.span,
                format!("a {names} name may not be empty"),
            );
        }
        check(
            &entry.value,
            of,
            &format!("the {names} {}", quoted(&entry.key.value)),
            problems,
        );
    }
}

fn section(node: &Node, known: &Section, name: &str, problems: &mut Problems) {
    let Value::Map(entries) = &node.value else {
        let keys: Vec<_> = known.keys.iter().map(|key| key.name).take(4).collect();
        let hint = format!("its keys are {}", keys.join(", ")) + if known.keys.len() > 4 { " and more" } else { "" };
        return wrong_type(node, name, "a section with keys", Some(hint), problems);
    };
    for entry in entries {
        match known.keys.iter().find(|key| key.name == entry.key.value) {
            Some(key) => check(&entry.value, key.kind, &format!("`{}`", key.name), problems),
            None => unknown_key(entry, known, name, problems),
        }
    }
    for key in known.keys.iter().filter(|key| key.need == Need::Required) {
        missing_key(key, (known, node), name, problems);
    }
}

fn unknown_key(entry: &Entry, known: &Section, name: &str, problems: &mut Problems) {
    let key = entry.key.value.as_str();
    let problem = Problem::error(
        Code::UNKNOWN_KEY,
        entry.key.span,
        format!("unknown key {} in {name}", quoted(key)),
    );
    if known.later.contains(&key) {
        problems.push(problem.hint(format!(
            "`{key}` is not available in this version, it would have no effect"
        )));
        return;
    }
    let keys: Vec<_> = known.keys.iter().map(|key| key.name).collect();
    let hint = did_you_mean(key, keys.iter().copied()).unwrap_or_else(|| format!("the keys are {}", one_of_all(&keys)));
    problems.push(problem.hint(hint));
}

fn one_of_all(keys: &[&str]) -> String {
    keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
}

/// A required key that is absent; one that is there but mistyped is told as the unknown key only.
fn missing_key(key: &Key, (known, node): (&Section, &Node), name: &str, problems: &mut Problems) {
    let is_known = |written: &str| known.keys.iter().any(|key| key.name == written);
    let meant = |written: &str| written == key.name || (!is_known(written) && nearest(written, [key.name]).is_some());
    if node.entries().iter().any(|entry| meant(&entry.key.value)) {
        return;
    }
    let span = node.entries().first().map_or(node.span, |first| first.key.span);
    let problem = Problem::error(Code::MISSING_KEY, span, format!("{name} has no `{}`", key.name));
    problems.push(problem.hint(format!("add `{}`: {}", key.name, key.about.trim_end_matches('.'))));
}

fn one_form(node: &Node, forms: &Forms, name: &str, problems: &mut Problems) {
    let form = match &node.value {
        Value::Scalar(..) => forms.scalar,
        Value::List(_) => forms.list,
        Value::Map(_) => forms.map,
    };
    match form {
        Some(kind) => check(node, kind, name, problems),
        None => wrong_type(node, name, &shapes(forms), None, problems),
    }
}

fn shapes(forms: &Forms) -> String {
    let shapes = [
        forms.scalar.map(|_| "a single value"),
        forms.list.map(|_| "a list"),
        forms.map.map(|_| "a map"),
    ];
    shapes.into_iter().flatten().collect::<Vec<_>>().join(" or ")
}

/// Quotes nothing: whatever stands here may be a secret.
fn secret(node: &Node, name: &str, problems: &mut Problems) {
    let reference = node.scalar().and_then(super::secret::reference);
    if reference.is_none() && node.meaning() != Some(Scalar::Null) {
        problems.hide(node.span);
    }
    if node.meaning() != Some(Scalar::Text) || node.scalar() == Some("") {
        let problem = Problem::error(
            Code::WRONG_TYPE,
            node.span,
            format!("{name} must be a reference to a secret"),
        );
        problems.push(problem.hint(SECRET_HINT));
    }
}

const SECRET_HINT: &str = "write `file:PATH`, `env:NAME` or `cred:NAME`";

fn scalar(node: &Node, kind: &Kind, name: &str, problems: &mut Problems) {
    let (Some(text), Some(meaning)) = (node.scalar(), node.meaning()) else {
        return wrong_type(node, name, expectation(kind), None, problems);
    };
    if meaning == Scalar::Null {
        return wrong_type(
            node,
            name,
            expectation(kind),
            Some("remove the key, or give it a value".to_owned()),
            problems,
        );
    }
    match kind {
        Kind::Switch if matches!(meaning, Scalar::Switch(_)) => {}
        Kind::Switch => wrong_type(node, name, expectation(kind), switch_hint(text), problems),
        Kind::SwitchOr { word } if matches!(meaning, Scalar::Switch(_)) || text == *word => {}
        Kind::SwitchOr { word } => {
            let hint = switch_hint(text).unwrap_or_else(|| format!("write `true`, `false` or `{word}`"));
            wrong_type(node, name, "`true`, `false` or a word", Some(hint), problems);
        }
        Kind::Text => text_only(node, text, meaning, name, problems),
        Kind::Integer { min, max } => integer(node, text, (*min, *max), name, problems),
        Kind::IntegerOr { word, .. } if text == *word => {}
        Kind::IntegerOr { word, .. } if text.starts_with(|first: char| first.is_ascii_alphabetic()) => {
            let message = format!("{name} must be `{word}` or a whole number, not {}", found(node));
            problems.push(Problem::error(Code::WRONG_TYPE, node.span, message).maybe_hint(did_you_mean(text, [*word])));
        }
        Kind::IntegerOr { min, max, .. } => integer(node, text, (*min, *max), name, problems),
        Kind::Duration if units::duration(text).is_none() => {
            let message = format!("{name} must be a duration, not {}", quoted(text));
            problems.push(Problem::error(Code::BAD_DURATION, node.span, message).hint(units::duration_hint(text)));
        }
        Kind::Size if units::size(text).is_none() => {
            let message = format!("{name} must be a size, not {}", quoted(text));
            problems.push(Problem::error(Code::BAD_SIZE, node.span, message).hint(units::size_hint(text)));
        }
        Kind::Words(words) if !words.contains(&text) => {
            let message = format!("{name} must be {}, not {}", one_of(words), quoted(text));
            let hint = did_you_mean(text, words.iter().copied());
            problems.push(Problem::error(Code::UNKNOWN_WORD, node.span, message).maybe_hint(hint));
        }
        _ => {}
    }
}

/// YAML would read these as something else in the hands of the next program: quotes make them texts.
fn text_only(node: &Node, text: &str, meaning: Scalar, name: &str, problems: &mut Problems) {
    let hex = text.starts_with("0x");
    if meaning == Scalar::Text || (meaning == Scalar::Integer && hex) {
        if text.is_empty() {
            problems.error(Code::WRONG_TYPE, node.span, format!("{name} may not be empty"));
        }
        return;
    }
    wrong_type(
        node,
        name,
        "a text",
        Some(format!("write it in quotes: `\"{text}\"`")),
        problems,
    );
}

fn integer(node: &Node, text: &str, (min, max): (u64, u64), name: &str, problems: &mut Problems) {
    if node.meaning() != Some(Scalar::Integer) {
        let hint = units::integer(text).map(|_| "remove the quotes".to_owned());
        return wrong_type(
            node,
            name,
            "a whole number",
            hint.or_else(|| integer_hint(text)),
            problems,
        );
    }
    match units::integer(text) {
        Some(number) if (min..=max).contains(&number) => {}
        Some(number) => {
            let range = if min == max {
                min.to_string()
            } else {
                format!("between {min} and {max}")
            };
            let message = format!("{name} must be {range}, not {number}");
            problems.error(Code::BAD_NUMBER, node.span, message);
        }
        None => {
            let message = format!(
                "{name} must be a whole number from {min} to {max}, not {}",
                quoted(text)
            );
            problems.push(Problem::error(Code::BAD_NUMBER, node.span, message).maybe_hint(integer_hint(text)));
        }
    }
}

fn integer_hint(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|digit| *digit != '_').collect();
    let without_zeros = digits.trim_start_matches('0');
    (digits.len() < 30 && units::integer(without_zeros).is_some()).then(|| format!("write `{without_zeros}`"))
}

fn switch_hint(text: &str) -> Option<String> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "on" | "true" | "1" | "y" => Some("write `true`".to_owned()),
        "no" | "off" | "false" | "0" | "n" => Some("write `false`".to_owned()),
        _ => None,
    }
}

const fn expectation(kind: &Kind) -> &'static str {
    match kind {
        Kind::Switch => "`true` or `false`",
        Kind::Integer { .. } => "a whole number",
        Kind::IntegerOr { .. } => "a whole number or a word",
        Kind::SwitchOr { .. } => "`true`, `false` or a word",
        Kind::Duration => "a duration",
        Kind::Size => "a size",
        Kind::Words(_) => "a word",
        _ => "a text",
    }
}

fn wrong_type(node: &Node, name: &str, expected: &str, hint: Option<String>, problems: &mut Problems) {
    let message = format!("{name} must be {expected}, not {}", found(node));
    problems.push(Problem::error(Code::WRONG_TYPE, node.span, message).maybe_hint(hint));
}

fn found(node: &Node) -> String {
    match (&node.value, node.meaning()) {
        (Value::Scalar(..), Some(Scalar::Null)) => "nothing".to_owned(),
        (Value::Scalar(text, _), Some(Scalar::Text)) => format!("the text {}", quoted(text)),
        (Value::Scalar(text, _), _) => quoted(text),
        (Value::List(_), _) => "a list".to_owned(),
        (Value::Map(_), _) => "a map".to_owned(),
    }
}
