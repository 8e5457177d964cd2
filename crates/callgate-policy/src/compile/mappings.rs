//! Owns the compiling of mappings, and the copies a templated one makes per tenant.

use std::collections::HashMap;
use std::sync::Arc;

use super::texts;
use crate::diagnostics::{Code, Problem, Problems, did_you_mean, quoted};
use crate::document::raw::Text;
use crate::document::raw_identity::{RawClaim, RawClaims, RawMapping};
use crate::mapping::{ClaimMatcher, Mapping, Mappings, Matchers};
use crate::pattern::{Filled, Pattern, Reference, Template, Unfilled};
use crate::ruleset::Ruleset;
use crate::tenants::{Tenant, Tenants};

/// How deep claim matchers may nest: claims are not deeper.
const MAX_DEPTH: usize = 16;

/// Matchers before a tenant's values are inserted.
type Prepared = Vec<(Box<str>, PreparedClaim)>;

enum PreparedClaim {
    Pattern(Pattern),
    Template(Template),
    Nested(Prepared),
}

/// Compiles the mappings of a section.
pub(super) fn mappings(
    list: &[RawMapping],
    rulesets: &HashMap<Arc<str>, Arc<Ruleset>>,
    tenants: &Tenants,
    problems: &mut Problems,
) -> Mappings {
    let mut compiled = Vec::new();
    for (position, raw) in list.iter().enumerate() {
        let ruleset = ruleset(&raw.ruleset, rulesets, problems);
        let prepared = prepare(&raw.claims, 0, problems);
        let (Some(ruleset), Some(prepared)) = (ruleset, prepared) else {
            continue;
        };
        let make = |claims, tenant| Mapping {
            position,
            claims,
            ruleset: Arc::clone(&ruleset),
            tenant,
        };
        let is_templated = raw.templated.as_ref().is_some_and(|switch| switch.value);
        let has_references = has_references(&prepared);
        match (is_templated, has_references) {
            (false, false) => compiled.extend(instantiate(&prepared, None).ok().map(|claims| make(claims, None))),
            (true, true) => {
                let copies = copies(raw, &prepared, tenants, problems);
                compiled.extend(copies.into_iter().map(|(claims, tenant)| make(claims, Some(tenant))));
            }
            (true, false) => {
                let message = "a templated mapping that names no variable of a tenant gives everybody the first tenant";
                let problem = Problem::error(Code::BAD_TEMPLATE, raw.span, message);
                problems.push(problem.hint("name one, as in `{{.id}}`, or remove `templated`"));
            }
            (false, true) => {
                let problem = Problem::error(
                    Code::BAD_TEMPLATE,
                    raw.span,
                    "templates in a mapping that is not templated",
                );
                problems.push(problem.hint("add `templated: true`: one copy is made per tenant"));
            }
        }
    }
    Mappings::new(compiled)
}

fn ruleset(name: &Text, rulesets: &HashMap<Arc<str>, Arc<Ruleset>>, problems: &mut Problems) -> Option<Arc<Ruleset>> {
    let found = rulesets.get(name.value.as_str());
    if found.is_none() {
        let message = format!("no ruleset is named {}", quoted(name));
        let hint = did_you_mean(name, rulesets.keys().map(|name| &**name));
        problems.push(Problem::error(Code::UNKNOWN_RULESET, name.span, message).maybe_hint(hint));
    }
    found.cloned()
}

/// Compiles the texts of a mapping; none when any of them failed.
fn prepare(raw: &RawClaims, depth: usize, problems: &mut Problems) -> Option<Prepared> {
    let mut prepared = Some(Vec::with_capacity(raw.len()));
    for (name, claim) in raw {
        let claim = match claim {
            RawClaim::Pattern(text) if Template::is_in(text) => prepare_template(text, problems),
            RawClaim::Pattern(text) => texts::pattern(text, problems).map(PreparedClaim::Pattern),
            RawClaim::Nested(span, members) if members.is_empty() || depth >= MAX_DEPTH => {
                let what = if members.is_empty() {
                    "an empty matcher says nothing"
                } else {
                    "nested too deep"
                };
                problems.error(Code::BAD_CLAIM_MATCHER, *span, what);
                None
            }
            RawClaim::Nested(_, members) => {
                prepare(members, depth.saturating_add(1), problems).map(PreparedClaim::Nested)
            }
        };
        match (claim, &mut prepared) {
            (Some(claim), Some(list)) => list.push((name.value.as_str().into(), claim)),
            _ => prepared = None,
        }
    }
    prepared
}

fn prepare_template(text: &Text, problems: &mut Problems) -> Option<PreparedClaim> {
    let template = texts::template(text, problems)?;
    let is_variable = |reference: &Reference| match reference {
        Reference::Tenant(_) => true,
        Reference::Claim(path) => path.len() == 1,
    };
    if template.references().iter().all(is_variable) {
        return Some(PreparedClaim::Template(template));
    }
    let problem = Problem::error(
        Code::BAD_TEMPLATE,
        text.span,
        format!("{} is no variable of a tenant", quoted(text)),
    );
    problems.push(problem.hint("a mapping can name `{{.id}}`, `{{.name}}` and the keys of `vars`"));
    None
}

fn has_references(prepared: &Prepared) -> bool {
    prepared.iter().any(|(_, claim)| match claim {
        PreparedClaim::Pattern(_) => false,
        PreparedClaim::Template(_) => true,
        PreparedClaim::Nested(members) => has_references(members),
    })
}

/// One copy per tenant that has all variables; the others are told.
fn copies(
    raw: &RawMapping,
    prepared: &Prepared,
    tenants: &Tenants,
    problems: &mut Problems,
) -> Vec<(Matchers, Arc<Tenant>)> {
    let mut copies = Vec::new();
    for tenant in tenants.iter() {
        match instantiate(prepared, Some(tenant)) {
            Ok(claims) => copies.push((claims, Arc::clone(tenant))),
            Err(why) => {
                let message = format!("no copy is made for the tenant {}: {why}", quoted(tenant.id()));
                problems.push(Problem::warning(Code::MISSING_VARIABLE, raw.span, message));
            }
        }
    }
    warn_of_shared_values(raw, &copies, problems);
    if copies.is_empty() && tenants.iter().next().is_none() {
        let message = "no tenant is here, so this mapping has no copy";
        let problem = Problem::warning(Code::LINT_NO_EFFECT, raw.span, message);
        problems.push(problem.hint("see `tenants` and `tenants_tag`"));
    }
    copies
}

/// A value that two tenants share gives its bearer the first of them, in whose name the other's users then act. Told
/// for mappings by one claim, which nearly all are.
fn warn_of_shared_values(raw: &RawMapping, copies: &[(Matchers, Arc<Tenant>)], problems: &mut Problems) {
    let mut owners: HashMap<&str, &Tenant> = HashMap::new();
    for (claims, tenant) in copies {
        let [(_, ClaimMatcher::OneOf(values))] = claims.as_slice() else {
            continue;
        };
        for value in values {
            let owner = *owners.entry(value).or_insert(tenant);
            if owner.id() != tenant.id() {
                let (first, second) = (quoted(owner.id()), quoted(tenant.id()));
                let message = format!("the tenants {first} and {second} share the value {}", quoted(value));
                let problem = Problem::warning(Code::LINT_SHADOWED, raw.span, message);
                problems.push(problem.hint("the first of them is chosen for whoever brings it"));
            }
        }
    }
}

fn instantiate(prepared: &Prepared, tenant: Option<&Arc<Tenant>>) -> Result<Matchers, Unfilled> {
    let claim = |claim: &PreparedClaim| match claim {
        PreparedClaim::Pattern(pattern) => Ok(ClaimMatcher::Pattern(pattern.clone())),
        PreparedClaim::Nested(members) => instantiate(members, tenant).map(ClaimMatcher::Nested),
        PreparedClaim::Template(template) => {
            let values = |reference: &Reference| tenant.ok_or("missing")?.values_for_mapping(reference);
            Ok(match template.fill(values)? {
                Filled::Literals(texts) => ClaimMatcher::one_of(texts),
                Filled::Pattern(pattern) => ClaimMatcher::Pattern(pattern),
            })
        }
    };
    prepared
        .iter()
        .map(|(name, matcher)| Ok((name.clone(), claim(matcher)?)))
        .collect()
}
