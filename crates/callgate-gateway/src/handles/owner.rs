//! Whose a filter is, and whether they still may have one.

use std::collections::HashSet;
use std::sync::Arc;

use callgate_auth::{Method, Principal};

use crate::authenticate::{Caller, section};
use crate::snapshot::Snapshot;

/// A principal's identity: the same subject of two issuers is two principals, and so is the same id in two tenants.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct OwnerKey {
    method: Method,
    /// Issuer, tenant and id, each behind its length, so that no two principals share a text.
    name: Arc<str>,
}

impl OwnerKey {
    /// The identity of `principal`.
    pub(crate) fn of(principal: &Principal) -> Self {
        let part = |text: Option<&str>| text.map_or_else(|| "-".to_owned(), |text| format!("{}:{text}", text.len()));
        let (issuer, tenant) = (part(principal.issuer.as_deref()), part(principal.tenant.as_deref()));
        Self {
            method: principal.method,
            name: format!("{issuer}{tenant}{}", part(Some(&principal.id))).into(),
        }
    }
}

/// Those of `owners` that `snapshot` grants nothing: their credential is gone, or no mapping names them.
///
/// A token cannot be judged again without its text, which nobody keeps; its owner counts as long as its claims are mapped,
/// and it ends with its expiry.
pub(super) fn without_grant(owners: &[(OwnerKey, Arc<Caller>)], snapshot: &Snapshot) -> HashSet<OwnerKey> {
    let mut missing: HashSet<&str> = owners
        .iter()
        .filter(|(key, _)| key.method == Method::AppCredential)
        .map(|(_, caller)| &*caller.principal().id)
        .collect();
    if let Some(store) = snapshot.authenticator.store.as_deref().filter(|_| !missing.is_empty()) {
        for id in store.active_ids() {
            missing.remove(id);
        }
    }
    let has_none = |caller: &Caller| {
        let principal = caller.principal();
        let gone = match principal.method {
            Method::AppCredential => missing.contains(&*principal.id),
            Method::Jwt => snapshot.authenticator.verifier.is_none(),
        };
        let section = section(principal.method);
        gone || snapshot
            .compiled
            .policy
            .subject(section, &principal.claims, principal.tenant.as_deref())
            .is_err()
    };
    owners
        .iter()
        .filter(|(_, caller)| has_none(caller))
        .map(|(key, _)| key.clone())
        .collect()
}
