//! `data/answers.json`: the kinds of results.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Deserialize;

use crate::Outcome;
use crate::data::Entry;
use crate::name::camel;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Answers {
    /// By method: kinds with `|` between them, `array<…>` for one whose items are of certain kinds, `any`.
    results: BTreeMap<String, String>,
    /// By method: the member that holds the hash of the transaction sent; empty when it is the whole result.
    transaction_hashes: BTreeMap<String, String>,
    /// By kind of subscription.
    notifications: BTreeMap<String, String>,
}

const KINDS: [&str; 11] = [
    "null", "boolean", "integer", "number", "quantity", "address", "hash", "data", "string", "object", "array",
];

/// Refuses answers of methods that are not there, and methods without one.
pub(crate) fn check(answers: &Answers, entries: &[Entry]) -> Outcome<()> {
    let known: BTreeSet<&String> = entries.iter().map(|entry| &entry.method).collect();
    let named: BTreeSet<&String> = answers.results.keys().collect();
    if let Some(name) = known.symmetric_difference(&named).next() {
        return Err(format!("`{name}` is in one of methods.json and answers.json only").into());
    }
    match answers.transaction_hashes.keys().find(|name| !known.contains(name)) {
        Some(name) => Err(format!("answers.json names `{name}`, which methods.json does not have").into()),
        None => Ok(()),
    }
}

/// The two members of the table that are about answers.
pub(crate) fn members(answers: &Answers, entry: &Entry) -> Outcome<String> {
    let result = answers.results.get(&entry.method).ok_or("its answer is not known")?;
    Ok(format!(
        "answer: {}, answers_hash_in: {:?}",
        kinds(result)?,
        answers.transaction_hashes.get(&entry.method)
    ))
}

/// What each subscription delivers, in the order of the kinds in the code.
pub(crate) fn write_notifications(out: &mut String, answers: &Answers) -> Outcome<()> {
    let mut arms = String::new();
    for (name, text) in &answers.notifications {
        let variant = match name.as_str() {
            "newPendingTransactions" => "PendingTransactions".to_owned(),
            other => camel(other),
        };
        write!(arms, "SubscriptionKind::{variant} => {}, ", kinds(text)?)?;
    }
    writeln!(
        out,
        "pub(crate) fn news(kind: SubscriptionKind) -> AnswerKinds {{ match kind {{ {arms} }} }}"
    )?;
    Ok(())
}

fn kinds(text: &str) -> Outcome<String> {
    if text == "any" {
        return Ok("AnswerKinds { whole: Kinds::ALL, items: Kinds::ALL }".to_owned());
    }
    let (whole, items) = match (text.find("array<"), text.rfind('>')) {
        (Some(start), Some(end)) => {
            let inner = text.get(start + "array<".len()..end).unwrap_or_default();
            let outer = format!(
                "{}array{}",
                text.get(..start).unwrap_or_default(),
                text.get(end + 1..).unwrap_or_default()
            );
            (bits(&outer)?, format!("Kinds({})", bits(inner)?))
        }
        _ => (bits(text)?, "Kinds::ALL".to_owned()),
    };
    Ok(format!("AnswerKinds {{ whole: Kinds({whole}), items: {items} }}"))
}

fn bits(text: &str) -> Outcome<u16> {
    let mut bits = 0;
    for name in text.split('|') {
        let place = KINDS.iter().position(|kind| *kind == name);
        bits |= 1_u16 << place.ok_or_else(|| format!("there is no kind of answer `{name}`"))?;
    }
    Ok(bits)
}
