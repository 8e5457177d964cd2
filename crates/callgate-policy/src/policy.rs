//! Owns the compiled policy: who gets which ruleset, and what each ruleset allows. Immutable; shared
//! by all workers behind one pointer.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use callgate_eth::Understood;

use crate::claims::Claims;
use crate::explain::{Explanation, Principal};
use crate::judge::{Door, Judgement, judge};
use crate::mapping::Mappings;
use crate::ruleset::Ruleset;
use crate::subject::{NoMapping, Section, Subject};
use crate::tenants::Tenants;

/// A compiled policy.
#[derive(Debug, Default)]
pub struct Policy {
    pub(crate) jwt: Mappings,
    pub(crate) appcreds: Mappings,
    pub(crate) tenants: Tenants,
    pub(crate) rulesets: HashMap<Arc<str>, Arc<Ruleset>>,
    pub(crate) digest: String,
    pub(crate) identity: Identity,
}

/// Tells compiled policies of one process apart: a subject is good for the policy that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity(u64);

impl Default for Identity {
    /// One that nobody else has.
    fn default() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

impl Policy {
    /// What the policy was made from, as a digest of 32 hex digits: equal digests are equal policies.
    #[must_use]
    pub fn revision_digest(&self) -> &str {
        &self.digest
    }

    /// How many rulesets there are.
    #[must_use]
    pub fn ruleset_count(&self) -> usize {
        self.rulesets.len()
    }

    /// Maps the claims of an authenticated principal to its ruleset, and fills that ruleset's templates
    /// from them. Done once per principal; judging by the result is cheap.
    ///
    /// `tenant` is the tenant the credential itself names, if any.
    ///
    /// # Errors
    /// No mapping matches: the principal may do nothing.
    pub fn subject(&self, section: Section, claims: &Claims, tenant: Option<&str>) -> Result<Subject, NoMapping> {
        Subject::new(self, section, claims, tenant)
    }

    /// Decides about a call. Pure: the same subject, call and door give the same judgement. A subject made
    /// by another policy may do nothing: what it was granted ended with that policy.
    #[must_use]
    pub fn judge<'t>(&self, subject: &Subject, call: Understood<'t>, door: Door) -> Judgement<'t> {
        judge(self.identity, subject, call, door)
    }

    /// Decides about a call and tells how: every mapping and entry that was considered.
    #[must_use]
    pub fn explain(&self, principal: &Principal<'_>, call: Understood<'_>, door: Door) -> Explanation {
        Explanation::of(self, principal, call, door)
    }

    pub(crate) fn mappings(&self, section: Section) -> &Mappings {
        match section {
            Section::Jwt => &self.jwt,
            Section::AppCreds => &self.appcreds,
        }
    }
}
