//! What a parameter says together with its neighbours; and that nothing that a method asks about is overlooked.

use crate::Outcome;
use crate::data::{Classes, Entry, Param};
use crate::name::camel;

const ROLES: [&str; 8] = [
    "alone",
    "first",
    "last",
    "newest",
    "count",
    "following",
    "place",
    "nonce",
];

/// The role that `classes.json` gives a parameter, or the usual one of its name.
pub(crate) fn role(entry: &Entry, param: &Param, classes: &Classes) -> Outcome<String> {
    let named = classes
        .roles
        .get(&entry.method)
        .and_then(|params| params.get(&param.name));
    let usual = match (param.r#type.as_str(), param.name.as_str()) {
        ("block", "start" | "startBlock" | "from" | "fromBlock") => "first",
        ("block", "end" | "endBlock" | "to" | "toBlock") => "last",
        ("hash", "startHash") => "first",
        ("hash", "endHash") => "last",
        ("block", "newestBlock") => "newest",
        ("quantity", "blockCount") => "count",
        _ => "alone",
    };
    let role = named.map_or(usual, String::as_str);
    if !ROLES.contains(&role) {
        return Err(format!("there is no role `{role}`").into());
    }
    Ok(format!("Role::{}", camel(role)))
}

/// Refuses data in which something that a method asks about would be told to nobody.
pub(crate) fn check_asked(entry: &Entry, param: &Param, shape: &str, classes: &Classes) -> Outcome<()> {
    let asks = matches!(
        entry.access.as_str(),
        "read" | "call" | "filter" | "subscription" | "debug"
    ) && !classes.no_operation.contains_key(&entry.method);
    let is_untyped = matches!(shape, "Shape::Object" | "Shape::Any");
    let within = param.contains.iter().filter_map(|item| item.rsplit_once(':'));
    let asked = |kind: &str| matches!(kind, "block" | "hash" | "address" | "filter");
    match within.map(|(_, kind)| kind).find(|kind| asked(kind)) {
        Some(kind) if asks && is_untyped => Err(format!(
            "parameter `{}` asks about a {kind} inside of it: give it a form in which that has a shape",
            param.name
        )
        .into()),
        _ => Ok(()),
    }
}

/// How a hash is read: what it is the hash of, by its name.
pub(crate) fn hash(entry: &Entry, param: &Param) -> Outcome<&'static str> {
    Ok(match param.name.as_str() {
        "blockHash" | "startHash" | "endHash" => "Shape::BlockHash",
        "transactionHash" => "Shape::TransactionHash",
        "userOperationHash" => "Shape::UserOperationHash",
        // Nothing is asked about.
        _ if matches!(entry.access.as_str(), "write" | "sign" | "admin" | "engine" | "dev") => "Shape::Hash",
        other => {
            return Err(format!(
                "`{other}` does not tell what it is the hash of: give it the shape blockHash, transactionHash, \
                 userOperationHash, or hash for anything else"
            )
            .into());
        }
    })
}
