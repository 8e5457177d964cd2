//! Owns claim mappings (BAF): which ruleset a principal gets. Ordered, the first match decides.
//! Mappings that ask for exact values (the copies made per tenant do) are found by hash, so that
//! a lookup does not walk through all tenants.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::claims::{self, Claims};
use crate::pattern::Pattern;
use crate::ruleset::Ruleset;
use crate::tenants::Tenant;

/// The mappings of one section.
#[derive(Debug, Default)]
pub(crate) struct Mappings {
    list: Vec<Mapping>,
    /// Claim name, then value in ASCII lower case, then the mappings that ask for it.
    by_value: HashMap<Box<str>, HashMap<Box<str>, Vec<u32>>>,
    /// The mappings that must always be looked at.
    others: Vec<u32>,
}

/// One mapping, or one copy of a templated one.
#[derive(Debug)]
pub(crate) struct Mapping {
    /// Its position in the file, counted from 0; copies share it.
    pub(crate) position: usize,
    /// What must hold.
    pub(crate) claims: Matchers,
    /// What it gives.
    pub(crate) ruleset: Arc<Ruleset>,
    /// The tenant of a copy.
    pub(crate) tenant: Option<Arc<Tenant>>,
}

/// Matchers by claim name; all must hold.
pub(crate) type Matchers = Vec<(Box<str>, ClaimMatcher)>;

/// What a claim must be.
#[derive(Debug)]
pub(crate) enum ClaimMatcher {
    /// A text, or a list of which one text is, that matches.
    Pattern(Pattern),
    /// The same, equal to one of these (in ASCII lower case).
    OneOf(HashSet<Box<str>>),
    /// A structured claim.
    Nested(Matchers),
}

/// Why a mapping does not match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClaimMiss {
    /// The names that lead to the claim.
    pub(crate) path: Vec<Box<str>>,
    /// What is wrong with it.
    pub(crate) why: ClaimFault,
}

/// What is wrong with a claim. Never the value: it is not ours to log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ClaimFault {
    /// Absent.
    Missing,
    /// `null`, an empty list, an object where a text is expected, or the reverse.
    WrongKind,
    /// Another value than this pattern asks for.
    NoMatch(Box<str>),
    /// The copy of another tenant than the credential names.
    OtherTenant,
}

impl Mappings {
    /// Mappings in the order of the file.
    pub(crate) fn new(list: Vec<Mapping>) -> Self {
        let mut mappings = Self {
            list,
            ..Self::default()
        };
        for (index, mapping) in mappings.list.iter().enumerate() {
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            match exact_values(&mapping.claims) {
                None => mappings.others.push(index),
                Some((name, values)) => {
                    let by_value = mappings.by_value.entry(name.into()).or_default();
                    for value in values {
                        by_value.entry(value).or_default().push(index);
                    }
                }
            }
        }
        mappings
    }

    /// The first mapping that matches. `tenant` is the one the credential names, if any: the copies
    /// of other tenants are not for it.
    pub(crate) fn find(&self, claims: &Claims, tenant: Option<&str>) -> Option<&Mapping> {
        let mut candidates = self.others.clone();
        for (name, by_value) in &self.by_value {
            let Some(claim) = claims.get(&**name) else { continue };
            for text in claims::texts(claim) {
                candidates.extend(by_value.get(text.to_ascii_lowercase().as_str()).into_iter().flatten());
            }
        }
        candidates.sort_unstable();
        candidates.dedup();
        let mappings = candidates
            .into_iter()
            .filter_map(|index| self.list.get(usize::try_from(index).ok()?));
        mappings
            .into_iter()
            .find(|mapping| mapping.check(claims, tenant).is_ok())
    }

    /// All of them, in order: for explanations.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Mapping> {
        self.list.iter()
    }

    /// How many there are, copies included.
    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }
}

impl Mapping {
    /// Whether the claims match, or what does not.
    pub(crate) fn check(&self, claims: &Claims, tenant: Option<&str>) -> Result<(), ClaimMiss> {
        if let (Some(own), Some(named)) = (&self.tenant, tenant)
            && **own.id() != *named
        {
            return Err(ClaimMiss {
                path: Vec::new(),
                why: ClaimFault::OtherTenant,
            });
        }
        check_all(&self.claims, claims)
    }
}

impl ClaimMatcher {
    /// A matcher for any of these texts.
    pub(crate) fn one_of(texts: impl IntoIterator<Item = String>) -> Self {
        Self::OneOf(texts.into_iter().map(|text| text.to_ascii_lowercase().into()).collect())
    }

    fn check(&self, value: &Value) -> Result<(), ClaimMiss> {
        let matches = match (self, value) {
            (Self::Nested(matchers), Value::Object(members)) => return check_all(matchers, members),
            (Self::Nested(_), _) => return Err(ClaimMiss::here(ClaimFault::WrongKind)),
            (Self::Pattern(pattern), value) => claims::texts(value).any(|text| pattern.matches(&text)),
            (Self::OneOf(texts), value) => {
                claims::texts(value).any(|text| texts.contains(text.to_ascii_lowercase().as_str()))
            }
        };
        match (matches, claims::texts(value).next()) {
            (true, _) => Ok(()),
            (false, None) => Err(ClaimMiss::here(ClaimFault::WrongKind)),
            (false, Some(_)) => Err(ClaimMiss::here(ClaimFault::NoMatch(self.source()))),
        }
    }

    fn source(&self) -> Box<str> {
        match self {
            Self::Pattern(pattern) => pattern.source().into(),
            Self::OneOf(texts) => texts.iter().min().cloned().unwrap_or_default(),
            Self::Nested(_) => "".into(),
        }
    }
}

impl ClaimMiss {
    fn here(why: ClaimFault) -> Self {
        Self { path: Vec::new(), why }
    }

    /// How far the mapping got: for the nearest miss.
    pub(crate) fn rank(&self) -> usize {
        match self.why {
            ClaimFault::OtherTenant => 0,
            ClaimFault::Missing => 1,
            ClaimFault::WrongKind => 2,
            ClaimFault::NoMatch(_) => 3,
        }
    }
}

fn check_all(matchers: &Matchers, claims: &Claims) -> Result<(), ClaimMiss> {
    for (name, matcher) in matchers {
        let outcome = match claims.get(&**name) {
            None => Err(ClaimMiss::here(ClaimFault::Missing)),
            Some(value) => matcher.check(value),
        };
        outcome.map_err(|mut miss| {
            miss.path.insert(0, name.clone());
            miss
        })?;
    }
    Ok(())
}

/// A claim of the top level that the mapping wants to be one of these values.
fn exact_values(matchers: &Matchers) -> Option<(&str, Vec<Box<str>>)> {
    matchers.iter().find_map(|(name, matcher)| match matcher {
        ClaimMatcher::Pattern(pattern) => Some((&**name, vec![pattern.as_literal()?.to_ascii_lowercase().into()])),
        ClaimMatcher::OneOf(texts) => Some((&**name, texts.iter().cloned().collect())),
        ClaimMatcher::Nested(_) => None,
    })
}

impl fmt::Display for ClaimMiss {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if matches!(self.why, ClaimFault::OtherTenant) {
            return out.write_str("it is the copy of another tenant than the credential's");
        }
        out.write_str("claim `")?;
        for (index, name) in self.path.iter().enumerate() {
            write!(out, "{}{name}", if index > 0 { "` → `" } else { "" })?;
        }
        match &self.why {
            ClaimFault::Missing => out.write_str("` is missing"),
            ClaimFault::WrongKind => out.write_str("` holds nothing that a pattern can match"),
            ClaimFault::NoMatch(pattern) => write!(out, "` does not match `{pattern}`"),
            ClaimFault::OtherTenant => Ok(()),
        }
    }
}
