//! `data/dialects.json`: what single clients and versions read differently.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::Outcome;
use crate::data::{ByClient, Classes, Entry, Rule};
use crate::name::camel;
use crate::shape::named_shape;

/// The dialects that differ, by their names; `generic` and `web3signer` are made of them.
pub(crate) const CLIENTS: [&str; 8] = [
    "geth",
    "besu",
    "goquorum",
    "nethermind",
    "erigon",
    "reth",
    "anvil",
    "hardhat",
];

/// Every rule of every client; then, for a client whose version is not known, what all its versions read alike; then, for
/// one that is not known at all, what all clients that serve the method read alike.
pub(crate) fn write_differences(
    out: &mut String,
    entry: &Entry,
    classes: &Classes,
    by_client: &ByClient,
) -> Outcome<()> {
    let mut all = Vec::new();
    for (client, rules) in by_client {
        if !CLIENTS.contains(&client.as_str()) {
            return Err(format!("there is no client `{client}`").into());
        }
        match rules.as_slice() {
            [] => return Err(format!("`{client}` has no rule").into()),
            [only] if only.from.is_none() => write_rule(out, entry, classes, client, "Always", only)?,
            several => {
                for rule in several {
                    let since = match &rule.from {
                        Some(version) => format!("Version({})", version_numbers(version)?),
                        None => "Always".to_owned(),
                    };
                    write_rule(out, entry, classes, client, &since, rule)?;
                }
                let alike = alike(several);
                write_rule(out, entry, classes, client, "Unknown", &alike)?;
            }
        }
        all.extend(rules.iter().cloned());
    }
    let others = CLIENTS
        .iter()
        .any(|client| !by_client.contains_key(*client) && entry.clients.iter().any(|served| served == client));
    if others {
        all.push(Rule::default());
    }
    write_rule(out, entry, classes, "generic", "Always", &alike(&all))
}

/// What several rules have in common.
fn alike(rules: &[Rule]) -> Rule {
    const DIFFERS: &str =
        "clients and their versions read this differently, and this node's is not known: name its `dialect`";
    let takes = rules.iter().filter_map(|rule| rule.takes).min();
    let keys: BTreeSet<&String> = rules.iter().flat_map(|rule| rule.shapes.keys()).collect();
    let shapes = keys.into_iter().map(|key| {
        let mut ways: Vec<Option<&String>> = rules.iter().map(|rule| rule.shapes.get(key)).collect();
        ways.sort();
        ways.dedup();
        let shape = match ways.as_slice() {
            [Some(one)] => (*one).clone(),
            // Of trace configurations the narrowest is in all of them.
            _ if ways.iter().flatten().all(|way| way.starts_with("trace")) => narrowest_trace(&ways),
            _ => format!("refused<{DIFFERS}>"),
        };
        (key.clone(), shape)
    });
    let omitted: BTreeSet<&String> = rules.iter().flat_map(|rule| rule.omitted.keys()).collect();
    let omitted = omitted.into_iter().filter_map(|key| {
        let ways: BTreeSet<Option<&String>> = rules.iter().map(|rule| rule.omitted.get(key)).collect();
        match (ways.len(), ways.into_iter().next()) {
            (1, Some(Some(one))) => Some((key.clone(), one.clone())),
            _ => None,
        }
    });
    Rule {
        from: None,
        takes,
        shapes: shapes.collect(),
        omitted: omitted.collect(),
        refused: rules
            .iter()
            .any(|rule| rule.refused.is_some())
            .then(|| DIFFERS.to_owned()),
    }
}

fn narrowest_trace(ways: &[Option<&String>]) -> String {
    let has = |name: &str| ways.iter().flatten().any(|way| *way == name);
    let narrowest = ["traceConfig", "traceStateConfig"].into_iter().find(|name| has(name));
    narrowest.unwrap_or("traceCallConfig").to_owned()
}

fn version_numbers(text: &str) -> Outcome<String> {
    let numbers = text.split('.').map(str::parse::<u16>).collect::<Result<Vec<_>, _>>()?;
    match numbers.as_slice() {
        [major, minor, patch] => Ok(format!("Version::new({major}, {minor}, {patch})")),
        _ => Err(format!("`{text}` is no version").into()),
    }
}

fn write_rule(
    out: &mut String,
    entry: &Entry,
    classes: &Classes,
    client: &str,
    since: &str,
    rule: &Rule,
) -> Outcome<()> {
    let place = |name: &String| {
        let place = entry.params.iter().position(|param| param.name == *name);
        place.ok_or_else(|| format!("`{client}`: there is no parameter `{name}`"))
    };
    let mut shapes = Vec::new();
    for (name, shape) in &rule.shapes {
        shapes.push(format!("({}, {})", place(name)?, named_shape(shape, classes)?));
    }
    let mut omitted = Vec::new();
    for (name, tag) in &rule.omitted {
        let tag = match tag.as_str() {
            "latest" | "pending" => camel(tag),
            other => return Err(format!("`{client}`: nothing is omitted as `{other}`").into()),
        };
        omitted.push(format!("({}, WhenOmitted::{tag})", place(name)?));
    }
    write!(
        out,
        "Difference {{ dialect: Dialect::{}, since: Since::{since}, takes: {}, shapes: &[{}], omitted: &[{}], refused: {:?} }}, ",
        camel(client),
        rule.takes.unwrap_or(entry.params.len()),
        shapes.join(", "),
        omitted.join(", "),
        rule.refused,
    )?;
    Ok(())
}
