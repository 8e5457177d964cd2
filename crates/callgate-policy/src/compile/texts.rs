//! Owns the compiling of address texts: addresses, sets, patterns and templates.

use std::sync::Arc;

use super::Names;
use crate::diagnostics::{Code, Problem, Problems, did_you_mean, quoted};
use crate::document::raw::Text;
use crate::document::raw_rules::RawAddresses;
use crate::matcher::address::{Addresses, has_wrong_checksum, read_address};
use crate::pattern::{Pattern, PatternError, Template};
use crate::ruleset::draft::AddressesDraft;

/// An address matcher, ready or with templates.
pub(super) enum CompiledAddresses {
    /// Without templates.
    Ready(Arc<Addresses>),
    /// To be filled per principal.
    Draft(AddressesDraft),
}

/// Compiles an address matcher.
pub(super) fn addresses(raw: &RawAddresses, names: &Names<'_>, problems: &mut Problems) -> CompiledAddresses {
    let mut draft = AddressesDraft::default();
    let mut exact = Vec::new();
    collect(raw, names, &mut draft, &mut exact, problems);
    draft.fixed.extend(exact);
    if draft.templates.is_empty() {
        CompiledAddresses::Ready(Arc::new(draft.fixed))
    } else {
        CompiledAddresses::Draft(draft)
    }
}

fn collect(
    raw: &RawAddresses,
    names: &Names<'_>,
    draft: &mut AddressesDraft,
    exact: &mut Vec<alloy_primitives::Address>,
    problems: &mut Problems,
) {
    match raw {
        RawAddresses::List(_, members) => {
            for member in members {
                collect(member, names, draft, exact, problems);
            }
        }
        RawAddresses::Set(name) => match names.sets.get(&name.value) {
            Some(set) => draft.fixed.add_set(Arc::clone(set)),
            None => {
                let problem = Problem::error(
                    Code::UNKNOWN_SET,
                    name.span,
                    format!("no set is named {}", quoted(name)),
                );
                let hint = did_you_mean(name, names.sets.keys().map(String::as_str));
                problems.push(problem.maybe_hint(hint));
            }
        },
        RawAddresses::Text(text) if Template::is_in(text) => draft.templates.extend(template(text, problems)),
        RawAddresses::Text(text) => match read_address(text) {
            Some(address) => {
                warn_of_checksum(text, problems);
                exact.push(address);
            }
            None => {
                if let Some(pattern) = address_pattern(text, problems) {
                    draft.fixed.add_pattern(pattern);
                }
            }
        },
    }
}

fn warn_of_checksum(text: &Text, problems: &mut Problems) {
    if has_wrong_checksum(text) {
        let message = format!("the checksum (EIP-55) of {} is wrong", quoted(text));
        problems.push(
            Problem::warning(Code::LINT_CHECKSUM, text.span, message)
                .hint("check the address for a mistyped digit, or write it in lower case"),
        );
    }
}

/// A pattern over the text of an address; what can be no address is a mistake.
fn address_pattern(text: &Text, problems: &mut Problems) -> Option<Pattern> {
    let pattern = pattern(text, problems)?;
    if pattern.as_literal().is_none() {
        return Some(pattern);
    }
    let message = format!("{} is not an address, and as an expression matches none", quoted(text));
    let hint = if text.is_empty() {
        "an absent `to` never matches: contract creation is allowed by `create: true`"
    } else {
        "an address is `0x` and 40 hex digits; an expression is for all of its lower-case text"
    };
    problems.push(Problem::error(Code::BAD_ADDRESS_MATCHER, text.span, message).hint(hint));
    None
}

/// Compiles a regular expression.
pub(super) fn pattern(text: &Text, problems: &mut Problems) -> Option<Pattern> {
    Pattern::compile(text)
        .map_err(|error| report(Code::BAD_REGEX, text, &error, problems))
        .ok()
}

/// Compiles a text with references.
pub(super) fn template(text: &Text, problems: &mut Problems) -> Option<Template> {
    Template::parse(text)
        .map_err(|error| report(Code::BAD_TEMPLATE, text, &error, problems))
        .ok()
}

/// Tells what is wrong with an expression, and where in it.
pub(super) fn report(code: Code, text: &Text, error: &PatternError, problems: &mut Problems) {
    let character = text
        .get(..error.offset)
        .map_or(0, |before| before.chars().count())
        .saturating_add(1);
    let message = format!("{}: {}, at character {character}", quoted(text), error.message);
    problems.error(code, text.span, message);
}
