//! Owns warnings: policies that are correct and probably mean something else. Told by `callgate check`, never a reason to refuse.

use std::collections::{HashMap, HashSet};

use callgate_eth::catalogue::{self, Access, Group};

use crate::diagnostics::{Code, Problem, Problems, Span, quoted};
use crate::document::Document;
use crate::document::raw::{RawDocument, Switch, Text};
use crate::document::raw_identity::{RawClaim, RawClaims, RawMapping};
use crate::document::raw_rules::{
    RawAddresses, RawChain, RawMatchers, RawPermissions, RawProtected, RawRuleset, RawSetMember, RawTx,
};
use crate::matcher::address::has_wrong_checksum;

/// Notes everything suspicious. Meant for a document without errors: one with errors lacks parts and would be misjudged.
pub fn lint(document: &Document, problems: &mut Problems) {
    let raw = document.raw();
    for mappings in mapping_lists(raw) {
        shadowed_mappings(mappings, problems);
        for mapping in mappings {
            dots_in_claims(&mapping.claims, problems);
        }
    }
    unmapped_rulesets(raw, problems);
    sections_without_mappings(raw, problems);
    exposed_operators(raw, problems);
    for set in &raw.sets {
        for member in &set.members {
            if let RawSetMember::Address(text) = member {
                checksum(text, problems);
            }
        }
    }
    for ruleset in &raw.rulesets {
        unreachable_entries(ruleset, problems);
        granted_twice(ruleset, problems);
        for tx in &ruleset.tx {
            entry(tx, problems);
        }
    }
}

fn mapping_lists(raw: &RawDocument) -> impl Iterator<Item = &[RawMapping]> {
    let jwt = raw.jwt.iter().map(|jwt| jwt.mappings.as_slice());
    jwt.chain(raw.appcreds.iter().map(|appcreds| appcreds.mappings.as_slice()))
}

// Mappings

fn shadowed_mappings(mappings: &[RawMapping], problems: &mut Problems) {
    for (at, mapping) in mappings.iter().enumerate() {
        let earlier = mappings.iter().take(at).find(|earlier| hides(earlier, mapping));
        if let Some(earlier) = earlier {
            let message = format!("this mapping to {} is never reached", quoted(&mapping.ruleset));
            let problem = Problem::warning(Code::LINT_SHADOWED, mapping.span, message);
            let label = "this one matches everybody it would match";
            problems.push(
                problem
                    .related(earlier.span, label)
                    .hint("put the narrower mapping first"),
            );
        }
    }
}

/// Whether `earlier` certainly matches whoever `later` matches.
fn hides(earlier: &RawMapping, later: &RawMapping) -> bool {
    let is_templated = |mapping: &RawMapping| mapping.templated.as_deref() == Some(&true);
    (!is_templated(earlier) || is_templated(later)) && covers(&earlier.claims, &later.claims)
}

fn covers(earlier: &RawClaims, later: &RawClaims) -> bool {
    earlier.iter().all(|(name, wide)| {
        let narrow = later
            .iter()
            .find(|(other, _)| other.value == name.value)
            .map(|(_, claim)| claim);
        match (wide, narrow) {
            (RawClaim::Pattern(wide), Some(RawClaim::Pattern(narrow))) => {
                is_anything(wide) || wide.value == narrow.value
            }
            (RawClaim::Nested(_, wide), Some(RawClaim::Nested(_, narrow))) => covers(wide, narrow),
            _ => false,
        }
    })
}

fn is_anything(pattern: &str) -> bool {
    matches!(pattern, ".*" | ".+")
}

fn unmapped_rulesets(raw: &RawDocument, problems: &mut Problems) {
    let mapped: HashSet<&str> = mapping_lists(raw)
        .flatten()
        .map(|mapping| mapping.ruleset.as_str())
        .collect();
    for ruleset in raw
        .rulesets
        .iter()
        .filter(|ruleset| !mapped.contains(ruleset.name.as_str()))
    {
        let message = format!("no mapping leads to the ruleset {}", quoted(&ruleset.name));
        problems.push(Problem::warning(Code::LINT_UNMAPPED, ruleset.name.span, message));
    }
}

fn sections_without_mappings(raw: &RawDocument, problems: &mut Problems) {
    let jwt = raw
        .jwt
        .iter()
        .map(|jwt| ("jwt", jwt.span, jwt.enabled.as_deref(), jwt.mappings.is_empty()));
    let appcreds = raw
        .appcreds
        .iter()
        .map(|it| ("appcreds", it.span, it.enabled.as_deref(), it.mappings.is_empty()));
    for (name, span, enabled, empty) in jwt.chain(appcreds) {
        if empty && enabled == Some(&true) {
            let problem = Problem::warning(
                Code::LINT_NO_EFFECT,
                span,
                format!("`{name}` has no mappings: nobody it authenticates may call"),
            );
            problems.push(problem.hint("add `mappings`"));
        }
    }
}

fn exposed_operators(raw: &RawDocument, problems: &mut Problems) {
    for listener in raw.listeners.iter().flat_map(|listeners| &listeners.value) {
        let Some(operator) = listener.operator.as_ref().filter(|operator| operator.value) else {
            continue;
        };
        let address = listener
            .address
            .as_ref()
            .and_then(|text| text.parse::<core::net::SocketAddr>().ok());
        if address.is_some_and(|address| !address.ip().is_loopback()) {
            let problem = Problem::warning(
                Code::LINT_EXPOSED,
                operator.span,
                "this operator listener can be reached from other machines",
            );
            problems.push(problem.hint("listen on loopback, or keep others away by the network"));
        }
    }
}

// Patterns

fn dots_in_claims(claims: &RawClaims, problems: &mut Problems) {
    for (_, claim) in claims {
        match claim {
            RawClaim::Pattern(text) => dots(text, problems),
            RawClaim::Nested(_, claims) => dots_in_claims(claims, problems),
        }
    }
}

/// A dot between two letters or digits is a dot of a name: `example.com`.
fn dots(text: &Text, problems: &mut Problems) {
    let Some(escaped) = escape_dots(text) else { return };
    let message = format!("a `.` in {} matches any character", quoted(text));
    let problem = Problem::warning(Code::LINT_DOT, text.span, message);
    problems.push(problem.hint(format!(
        "to match a dot write {}, in double quotes with the backslash doubled",
        quoted(&escaped)
    )));
}

/// The pattern with such dots escaped; `None` when there is none. Classes and templates are left alone.
fn escape_dots(pattern: &str) -> Option<String> {
    let characters: Vec<char> = pattern.chars().collect();
    let mut escaped = String::with_capacity(pattern.len());
    let (mut found, mut class, mut template) = (false, false, false);
    let at = |index: Option<usize>| index.and_then(|index| characters.get(index)).copied();
    let is_word = |character: Option<char>| character.is_some_and(|c| c.is_ascii_alphanumeric() || c == '-');
    for (index, &character) in characters.iter().enumerate() {
        let before = at(index.checked_sub(1));
        let after = at(index.checked_add(1));
        let protected = before == Some('\\');
        // `\w.x` ends in a letter that is none.
        let shorthand = at(index.checked_sub(2)) == Some('\\');
        match character {
            '[' if !protected => class = true,
            ']' if !protected => class = false,
            '{' if before == Some('{') => template = true,
            '}' if before == Some('}') => template = false,
            '.' if !class && !template && !protected && !shorthand && is_word(before) && is_word(after) => {
                escaped.push('\\');
                found = true;
            }
            _ => {}
        }
        escaped.push(character);
    }
    found.then_some(escaped)
}

fn addresses(matcher: &RawAddresses, problems: &mut Problems) {
    match matcher {
        RawAddresses::Text(text) => abbreviation(text, problems),
        RawAddresses::List(_, list) => list.iter().for_each(|item| addresses(item, problems)),
        RawAddresses::Set(_) => {}
    }
}

/// A set holds addresses only; those of matchers are told when they are compiled.
fn checksum(text: &Text, problems: &mut Problems) {
    if has_wrong_checksum(text) {
        let message = format!("the checksum (EIP-55) of {} is wrong", quoted(text));
        let problem = Problem::warning(Code::LINT_CHECKSUM, text.span, message);
        problems.push(problem.hint("check the address for a mistyped digit, or write it in lower case"));
    }
}

/// `0x12..34` is an address cut short for people: as a pattern it has eight characters and matches none.
fn abbreviation(text: &Text, problems: &mut Problems) {
    let Some(rest) = text.strip_prefix("0x") else { return };
    let plain = rest.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'.');
    if plain && rest.contains('.') && rest.len() != 40 {
        let message = format!(
            "{} matches no address: each `.` is one digit, and it has {} of 40",
            quoted(text),
            rest.len()
        );
        problems.push(
            Problem::warning(Code::LINT_DOT, text.span, message)
                .hint("write the whole address, or `.*` for any digits"),
        );
    }
}

// Rulesets

fn unreachable_entries(ruleset: &RawRuleset, problems: &mut Problems) {
    let mut catch_all: Option<&RawTx> = None;
    for tx in &ruleset.tx {
        if let Some(earlier) = catch_all {
            if !escapes(&tx.matchers, &earlier.matchers) {
                let problem = Problem::warning(Code::LINT_UNREACHABLE, first_line(tx), "this entry is never reached");
                let label = "this one matches everything before it";
                problems.push(
                    problem
                        .related(first_line(earlier), label)
                        .hint("put the entry without matchers last"),
                );
            }
        } else if matches_everything(&tx.matchers) {
            catch_all = Some(tx);
        }
    }
}

fn first_line(tx: &RawTx) -> Span {
    tx.name.as_ref().map_or(tx.span, |name| name.span)
}

/// No matcher but `protected` and `authorizations`, which `escapes` looks at.
fn matches_everything(matchers: &RawMatchers) -> bool {
    let any_sender = match &matchers.from {
        None => true,
        Some(RawAddresses::Text(text)) => is_anything(text),
        Some(_) => false,
    };
    let others = matchers.to.is_none() && matchers.function.is_none() && matchers.value.is_none();
    let rest = matchers.gas.is_none() && matchers.types.is_none();
    let unprotected = matchers.protected.as_deref() == Some(&RawProtected::Unprotected);
    let narrow = matchers
        .authorizations
        .as_ref()
        .is_some_and(|it| it.authority.is_some() || it.delegate.is_some());
    any_sender && others && rest && !unprotected && !narrow
}

/// Whether an entry can match what a catch-all leaves: unprotected transactions, and such with authorizations.
fn escapes(later: &RawMatchers, catch_all: &RawMatchers) -> bool {
    let any_protection = catch_all.protected.as_deref() == Some(&RawProtected::Any);
    let takes_unprotected = matches!(
        later.protected.as_deref(),
        Some(RawProtected::Any | RawProtected::Unprotected)
    );
    (takes_unprotected && !any_protection) || (later.authorizations.is_some() && catch_all.authorizations.is_none())
}

fn granted_twice(ruleset: &RawRuleset, problems: &mut Problems) {
    let mut seen: HashMap<&str, Span> = HashMap::new();
    for method in &ruleset.methods {
        let first = seen
            .get(method.as_str())
            .copied()
            .map(|span| (span, "first granted here".to_owned()));
        if let Some((span, label)) = first.or_else(|| otherwise_granted(ruleset, method)) {
            let problem = Problem::warning(
                Code::LINT_TWICE,
                method.span,
                format!("{} is granted twice", quoted(method)),
            );
            problems.push(
                problem
                    .related(span, label)
                    .hint("remove one of them, so that taking it away later works"),
            );
        }
        seen.entry(method).or_insert(method.span);
    }
}

/// The switch that grants a method already. Filters and subscriptions need two switches and are left alone.
fn otherwise_granted(ruleset: &RawRuleset, method: &str) -> Option<(Span, String)> {
    let method = catalogue::method(method).filter(|method| !method.is_sealed())?;
    let on = |switch: &Option<Switch>| switch.as_ref().filter(|switch| switch.value).map(|switch| switch.span);
    let in_group = plain_groups(&ruleset.chain).into_iter().find_map(|(switch, group)| {
        let span = on(switch).filter(|_| method.groups().contains(group))?;
        Some((span, format!("`{}` grants it", group.name())))
    });
    let in_namespace = || {
        let namespaces = ruleset.namespaces.iter().filter(|_| method.access() == Access::Read);
        let granted = namespaces
            .into_iter()
            .find(|(name, switch)| switch.value && name.value == method.namespace());
        granted.map(|(name, _)| (name.span, "this namespace grants it".to_owned()))
    };
    in_group.or_else(in_namespace)
}

fn plain_groups(chain: &RawChain) -> [(&Option<Switch>, Group); 7] {
    [
        (&chain.info, Group::Info),
        (&chain.blocks, Group::Blocks),
        (&chain.receipts, Group::Receipts),
        (&chain.transactions, Group::Transactions),
        (&chain.pending, Group::Pending),
        (&chain.state, Group::State),
        (&chain.fees, Group::Fees),
    ]
}

fn entry(tx: &RawTx, problems: &mut Problems) {
    let matchers = &tx.matchers;
    let authorizations = matchers
        .authorizations
        .iter()
        .flat_map(|it| [it.authority.as_ref(), it.delegate.as_ref()]);
    for matcher in [matchers.from.as_ref(), matchers.to.as_ref()]
        .into_iter()
        .chain(authorizations)
        .flatten()
    {
        addresses(matcher, problems);
    }
    let on = |switch: &Option<Switch>| switch.as_ref().is_some_and(|switch| switch.value);
    let permissions = &tx.permissions;
    let RawPermissions {
        call,
        raw,
        send,
        sign,
        estimate,
        trace,
        userop,
        private,
        create,
        overrides,
    } = permissions;
    let grants = [call, raw, send, sign, estimate, trace, userop].into_iter().any(on);
    for (name, switch) in [("private", private), ("create", create), ("overrides", overrides)] {
        if let Some(switch) = switch.as_ref().filter(|switch| switch.value && !grants) {
            let message = format!("`{name}` alone allows nothing");
            let hint = "add what it goes with: `call`, `raw`, `send`, `sign`, `estimate`, `trace` or `userop`";
            problems.push(Problem::warning(Code::LINT_NOTHING, switch.span, message).hint(hint));
        }
    }
    if let (Some(create), Some(to)) = (create.as_ref().filter(|create| create.value), &matchers.to) {
        let problem = Problem::warning(
            Code::LINT_NO_EFFECT,
            create.span,
            "`create` has no effect beside `to`: a creation has no receiver",
        );
        problems.push(
            problem
                .related(to.span(), "never matches a creation")
                .hint("allow creations by an entry of their own"),
        );
    }
}

#[cfg(test)]
mod tests;
