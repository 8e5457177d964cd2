//! Owns the compiling of rulesets and their grants.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use callgate_eth::catalogue::{self, Group, Groups};

use super::Names;
use super::entries::entry;
use super::texts;
use crate::diagnostics::{Code, Problem, Problems, did_you_mean, quoted};
use crate::document::raw::{Switch, Text};
use crate::document::raw_rules::{RawChain, RawRuleset};
use crate::pattern::ExactPattern;
use crate::ruleset::Ruleset;
use crate::ruleset::grants::Grants;
use crate::ruleset::rules::Rules;

/// The longest method name the reader of calls lets through.
const MAX_METHOD_BYTES: usize = 64;

/// Compiles all rulesets, by name.
pub(super) fn rulesets(names: &Names<'_>, problems: &mut Problems) -> HashMap<Arc<str>, Arc<Ruleset>> {
    let mut rulesets = HashMap::new();
    for raw in &names.document.raw().rulesets {
        let name: Arc<str> = raw.name.value.as_str().into();
        let entries = raw.tx.iter().map(|raw| entry(raw, names, problems)).collect();
        let ruleset = Ruleset {
            name: Arc::clone(&name),
            grants: grants(raw, names, problems),
            rules: Rules::new(entries),
        };
        rulesets.insert(name, Arc::new(ruleset));
    }
    rulesets
}

fn grants(raw: &RawRuleset, names: &Names<'_>, problems: &mut Problems) -> Grants {
    let namespaces = raw
        .namespaces
        .iter()
        .filter(|(name, switch)| is_namespace(name, problems) && switch.value);
    let namespaces = namespaces.map(|(name, _)| name.value.as_str().into()).collect();
    let patterns_allowed = raw.unsafe_pattern.as_ref().is_some_and(|switch| switch.value);
    let (mut named, mut patterns) = (HashSet::new(), Vec::new());
    for text in &raw.methods {
        if is_method_name(text) {
            warn_of_method(text, names, problems);
            named.insert(text.value.as_str().into());
        } else if patterns_allowed {
            match ExactPattern::compile(text) {
                Ok(pattern) => patterns.push(pattern),
                Err(error) => texts::report(Code::BAD_REGEX, text, &error, problems),
            }
        } else {
            let message = format!("{} is not a method name", quoted(text));
            let hint = "patterns of names need `unsafe_pattern: true` in the ruleset";
            problems.push(Problem::error(Code::BAD_METHOD, text.span, message).hint(hint));
        }
    }
    Grants::new(groups(&raw.chain), namespaces, named, patterns)
}

fn groups(chain: &RawChain) -> Groups {
    let switches: [(&Option<Switch>, Group); 9] = [
        (&chain.info, Group::Info),
        (&chain.blocks, Group::Blocks),
        (&chain.receipts, Group::Receipts),
        (&chain.transactions, Group::Transactions),
        (&chain.pending, Group::Pending),
        (&chain.filter, Group::Filter),
        (&chain.state, Group::State),
        (&chain.fees, Group::Fees),
        (&chain.subscribe, Group::Subscribe),
    ];
    let on = switches
        .into_iter()
        .filter(|(switch, _)| switch.as_ref().is_some_and(|switch| switch.value));
    on.fold(Groups::NONE, |groups, (_, group)| groups.with(group))
}

/// Namespaces grant what the catalogue knows to read; an unknown one would grant nothing.
fn is_namespace(name: &Text, problems: &mut Problems) -> bool {
    let mut methods = catalogue::all()
        .iter()
        .filter(|method| method.namespace() == name.value)
        .peekable();
    if methods.peek().is_some() {
        if !methods.any(|method| method.access() == catalogue::Access::Read && !method.is_sealed()) {
            let message = format!(
                "no method of the namespace {} only reads: nothing is granted",
                quoted(name)
            );
            let problem = Problem::warning(Code::BAD_NAMESPACE, name.span, message);
            problems.push(problem.hint("grant its methods by name, under `methods`"));
        }
        return true;
    }
    let mut known: Vec<&str> = catalogue::all().iter().map(catalogue::Method::namespace).collect();
    known.dedup();
    let message = format!("no known method is in the namespace {}", quoted(name));
    let hint = did_you_mean(name, known).unwrap_or_else(|| "grant its methods by name, under `methods`".to_owned());
    problems.push(Problem::error(Code::BAD_NAMESPACE, name.span, message).hint(hint));
    false
}

/// Letters a method name can have; a dot is one of them (`rpc.discover`), and no wildcard.
fn is_method_name(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'@');
    !text.is_empty() && text.len() <= MAX_METHOD_BYTES && text.bytes().all(is_letter)
}

fn warn_of_method(text: &Text, names: &Names<'_>, problems: &mut Problems) {
    let Some(method) = catalogue::method(text) else {
        let message = format!(
            "{} is not in the catalogue: nothing is known about what it does",
            quoted(text)
        );
        let hint = did_you_mean(text, catalogue::all().iter().map(catalogue::Method::name));
        problems.push(Problem::warning(Code::BAD_METHOD, text.span, message).maybe_hint(hint));
        return;
    };
    let listeners = names.document.raw().listeners.iter().flat_map(|list| &list.value);
    let has_operator = listeners
        .filter_map(|listener| listener.operator.as_ref())
        .any(|switch| switch.value);
    if method.is_sealed() && !has_operator {
        let message = format!("{} is sealed, and no listener is marked `operator: true`", quoted(text));
        problems.push(
            Problem::warning(Code::LINT_NO_EFFECT, text.span, message)
                .hint("sealed methods are served only by listeners for operators"),
        );
    }
}
