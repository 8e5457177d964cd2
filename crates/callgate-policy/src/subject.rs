//! Owns subjects: a principal as policy sees it. Made once per principal, by mapping its claims to
//! a ruleset and filling that ruleset's templates; then cheap to clone and to judge by.

use std::fmt;
use std::sync::Arc;

use crate::claims::Claims;
use crate::mapping::{ClaimMiss, Mapping, Mappings};
use crate::policy::{Identity, Policy};
use crate::ruleset::Ruleset;
use crate::ruleset::draft::Values;
use crate::ruleset::rules::FilledRules;
use crate::tenants::Tenant;

/// How many mappings an explanation of [`NoMapping`] looks at: beyond, it says nothing nearer.
const MAX_EXPLAINED: usize = 64;

/// Which section of the policy authenticated a principal: each has its own mappings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Section {
    /// `jwt`.
    Jwt,
    /// `appcreds`.
    AppCreds,
}

/// A principal with its ruleset and filled matchers.
#[derive(Clone)]
pub struct Subject(Arc<Inner>);

struct Inner {
    policy: Identity,
    ruleset: Arc<Ruleset>,
    filled: FilledRules,
    tenant: Option<Arc<Tenant>>,
    mapping: usize,
}

/// No mapping gives the principal a ruleset: it may do nothing at all (HTTP 403).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoMapping {
    section: Section,
    why: Unmapped,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Unmapped {
    /// The policy has no such section, or it has no mappings.
    NoMappings,
    /// The credential names a tenant that is none of this node.
    UnknownTenant,
    /// None of the mappings matches; the nearest, with its position and ruleset.
    NoMatch {
        nearest: Option<(usize, Arc<str>, ClaimMiss)>,
    },
}

impl Section {
    /// The key in the policy.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Jwt => "jwt",
            Self::AppCreds => "appcreds",
        }
    }
}

impl Subject {
    /// Maps claims to a ruleset and fills its templates.
    pub(crate) fn new(
        policy: &Policy,
        section: Section,
        claims: &Claims,
        named: Option<&str>,
    ) -> Result<Self, NoMapping> {
        let (mappings, tenants) = (policy.mappings(section), &policy.tenants);
        let named = named.filter(|_| tenants.configured);
        let own = match named {
            Some(id) => Some(tenants.get(id).ok_or(NoMapping {
                section,
                why: Unmapped::UnknownTenant,
            })?),
            None => None,
        };
        if mappings.len() == 0 {
            return Err(NoMapping {
                section,
                why: Unmapped::NoMappings,
            });
        }
        let Some(mapping) = mappings.find(claims, named) else {
            return Err(NoMapping {
                section,
                why: Unmapped::NoMatch {
                    nearest: nearest(mappings, claims, named),
                },
            });
        };
        Ok(Self::of(policy.identity, mapping, own, claims))
    }

    fn of(policy: Identity, mapping: &Mapping, own: Option<&Arc<Tenant>>, claims: &Claims) -> Self {
        let tenant = mapping.tenant.as_ref().or(own).cloned();
        let rules = &mapping.ruleset.rules;
        let filled = if rules.has_templates() {
            rules.fill(Values {
                claims,
                tenant: tenant.as_deref(),
            })
        } else {
            FilledRules::default()
        };
        Self(Arc::new(Inner {
            policy,
            ruleset: Arc::clone(&mapping.ruleset),
            filled,
            tenant,
            mapping: mapping.position,
        }))
    }

    /// The name of the ruleset.
    #[must_use]
    pub fn ruleset(&self) -> &str {
        &self.0.ruleset.name
    }

    /// The id of the tenant: that of the templated mapping, or the one the credential names.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.0.tenant.as_ref().map(|tenant| &**tenant.id())
    }

    /// The mapping that matched, by its position in the section, counted from 0.
    #[must_use]
    pub fn mapping(&self) -> usize {
        self.0.mapping
    }

    pub(crate) fn is_of(&self, policy: Identity) -> bool {
        self.0.policy == policy
    }

    pub(crate) fn rules_of(&self) -> &Ruleset {
        &self.0.ruleset
    }

    pub(crate) fn filled(&self) -> &FilledRules {
        &self.0.filled
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Subject")
            .field("ruleset", &self.ruleset())
            .field("tenant", &self.tenant())
            .finish()
    }
}

impl NoMapping {
    /// The stable reason code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.why {
            Unmapped::NoMappings | Unmapped::NoMatch { .. } => "no_mapping",
            Unmapped::UnknownTenant => "unknown_tenant",
        }
    }
}

impl fmt::Display for NoMapping {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let section = self.section.name();
        match &self.why {
            Unmapped::NoMappings => write!(out, "`{section}` has no mappings"),
            Unmapped::UnknownTenant => out.write_str("the credential names a tenant that is none of this node"),
            Unmapped::NoMatch { nearest: None } => write!(out, "no mapping of `{section}` matches"),
            Unmapped::NoMatch {
                nearest: Some((position, ruleset, miss)),
            } => write!(
                out,
                "no mapping of `{section}` matches; nearest is {section}.mappings[{position}] (ruleset `{ruleset}`): {miss}"
            ),
        }
    }
}

impl std::error::Error for NoMapping {}

fn nearest(mappings: &Mappings, claims: &Claims, tenant: Option<&str>) -> Option<(usize, Arc<str>, ClaimMiss)> {
    let misses = mappings.iter().take(MAX_EXPLAINED).filter_map(|mapping| {
        let miss = mapping.check(claims, tenant).err()?;
        Some((mapping.position, Arc::clone(&mapping.ruleset.name), miss))
    });
    // The first of the highest rank: `max_by_key` alone would take the last.
    misses.reduce(|best, next| if next.2.rank() > best.2.rank() { next } else { best })
}
