//! Owns the compiling of `tx` entries.

use std::sync::Arc;

use super::Names;
use super::numbers::{CompiledCondition, condition};
use super::texts::{self, CompiledAddresses, addresses};
use callgate_eth::TransactionType;

use crate::diagnostics::{Code, Problem, Problems, Spanned, quoted};
use crate::document::raw::{Switch, Text};
use crate::document::raw_rules::{RawAddresses, RawAuthorizations, RawCondition, RawPermissions, RawProtected, RawTx};
use crate::matcher::address::Addresses;
use crate::matcher::amount::Unit;
use crate::matcher::condition::Condition;
use crate::matcher::function::{Function, Functions};
use crate::pattern::Template;
use crate::ruleset::draft::{AddressesDraft, ConditionDraft, Draft, FunctionsDraft};
use crate::ruleset::matchers::{Delegations, Matchers, Protected, Types};
use crate::ruleset::permission::{Permission, Permissions};
use crate::ruleset::rules::Entry;

/// The types by their names in policies.
const TYPES: [(&str, TransactionType); 5] = [
    ("legacy", TransactionType::Legacy),
    ("eip2930", TransactionType::Eip2930),
    ("eip1559", TransactionType::Eip1559),
    ("eip4844", TransactionType::Eip4844),
    ("eip7702", TransactionType::Eip7702),
];

/// Compiles one entry.
pub(super) fn entry(raw: &RawTx, names: &Names<'_>, problems: &mut Problems) -> Entry {
    let mut matchers = Matchers::default();
    let mut draft = Draft::default();
    let from = raw.matchers.from.as_ref();
    (matchers.from, draft.from) = split_addresses(from, names, problems);
    (matchers.to, draft.to) = split_addresses(raw.matchers.to.as_ref(), names, problems);
    if let Some(list) = &raw.matchers.function {
        (matchers.functions, draft.functions) = functions(list, problems);
    }
    (matchers.value, draft.value) = split_condition(raw.matchers.value.as_ref(), Unit::Wei, problems);
    (matchers.gas, draft.gas) = split_condition(raw.matchers.gas.as_ref(), Unit::Count, problems);
    matchers.types = raw.matchers.types.as_ref().map(types);
    matchers.protected = protected(raw.matchers.protected.as_ref());
    if let Some(section) = &raw.matchers.authorizations {
        matchers.authorizations = Some(delegations(section, &mut draft, names, problems));
    }
    refuse_denied_template(raw, &draft, problems);
    Entry {
        name: raw.name.as_ref().map(|name| name.value.as_str().into()),
        matchers,
        draft,
        permissions: permissions(&raw.permissions),
    }
}

type Split<R, D> = (Option<Arc<R>>, Option<D>);

fn split_addresses(
    raw: Option<&RawAddresses>,
    names: &Names<'_>,
    problems: &mut Problems,
) -> Split<Addresses, AddressesDraft> {
    match raw.map(|raw| addresses(raw, names, problems)) {
        None => (None, None),
        Some(CompiledAddresses::Ready(ready)) => (Some(ready), None),
        Some(CompiledAddresses::Draft(draft)) => (None, Some(draft)),
    }
}

fn split_condition(
    raw: Option<&RawCondition>,
    unit: Unit,
    problems: &mut Problems,
) -> Split<Condition, ConditionDraft> {
    match raw.map(|raw| condition(raw, unit, problems)) {
        None => (None, None),
        Some(CompiledCondition::Ready(ready)) => (Some(ready), None),
        Some(CompiledCondition::Draft(draft)) => (None, Some(draft)),
    }
}

fn functions(list: &Spanned<Vec<Text>>, problems: &mut Problems) -> Split<Functions, FunctionsDraft> {
    let mut draft = FunctionsDraft::default();
    for text in &list.value {
        if Template::is_in(text) {
            draft.templates.extend(texts::template(text, problems));
            continue;
        }
        match Function::read(text) {
            Ok(function) => draft.fixed.push(function),
            Err(error) => {
                problems.error(Code::BAD_FUNCTION, text.span, format!("{}: {error}", quoted(text)));
            }
        }
    }
    if draft.templates.is_empty() {
        (Some(Arc::new(Functions::new(draft.fixed))), None)
    } else {
        (None, Some(draft))
    }
}

/// The types of a list. Other words are refused with the document.
fn types(list: &Spanned<Vec<Text>>) -> Types {
    let known = list
        .value
        .iter()
        .filter_map(|text| TYPES.iter().find(|(name, _)| *name == text.value));
    known.fold(Types::default(), |types, (_, kind)| types.with(*kind))
}

fn protected(raw: Option<&Spanned<RawProtected>>) -> Protected {
    match raw.map(|raw| raw.value) {
        None | Some(RawProtected::Only) => Protected::Only,
        Some(RawProtected::Unprotected) => Protected::Unprotected,
        Some(RawProtected::Any) => Protected::Any,
    }
}

fn delegations(
    section: &RawAuthorizations,
    draft: &mut Draft,
    names: &Names<'_>,
    problems: &mut Problems,
) -> Delegations {
    let (authority, authority_draft) = split_addresses(section.authority.as_ref(), names, problems);
    let (delegate, delegate_draft) = split_addresses(section.delegate.as_ref(), names, problems);
    draft.authority = authority_draft;
    draft.delegate = delegate_draft;
    Delegations { authority, delegate }
}

/// `templated: false` written out beside a template is a contradiction.
fn refuse_denied_template(raw: &RawTx, draft: &Draft, problems: &mut Problems) {
    if let Some(switch) = raw
        .templated
        .as_ref()
        .filter(|switch| !switch.value && !draft.is_empty())
    {
        let problem = Problem::error(
            Code::BAD_TEMPLATE,
            switch.span,
            "the entry holds templates all the same",
        );
        problems.push(problem.hint("remove `templated: false`, or write the values out"));
    }
}

fn permissions(raw: &RawPermissions) -> Permissions {
    let is_on = |switch: &Option<Switch>| switch.as_ref().is_some_and(|switch| switch.value);
    Permission::ALL
        .into_iter()
        .filter(|permission| {
            is_on(match permission {
                Permission::Call => &raw.call,
                Permission::Estimate => &raw.estimate,
                Permission::Trace => &raw.trace,
                Permission::Raw => &raw.raw,
                Permission::Send => &raw.send,
                Permission::Sign => &raw.sign,
                Permission::Create => &raw.create,
                Permission::Private => &raw.private,
                Permission::Overrides => &raw.overrides,
                Permission::Userop => &raw.userop,
            })
        })
        .collect()
}
