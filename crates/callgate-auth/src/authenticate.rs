//! The order of the two systems: tokens first, and a token that names a configured issuer is judged as one for good.

use crate::credential::{Refusal, Store};
use crate::jwt::{JwtError, Verifier};
use crate::presented::{Presented, Shown};
use crate::principal::{Place, Principal};
use std::sync::Arc;

/// Both systems with their present keys and credentials; an absent one is switched off.
#[derive(Clone, Debug, Default)]
pub struct Authenticator {
    /// Judges tokens.
    pub verifier: Option<Arc<Verifier>>,
    /// Judges application credentials.
    pub store: Option<Arc<Store>>,
}

/// Why a credential makes no principal. For the audit: the client is told only that it is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// A token was judged.
    #[error(transparent)]
    Jwt(#[from] JwtError),
    /// An application credential was judged.
    #[error(transparent)]
    Credential(#[from] Refusal),
    /// The value stands where neither active system accepts any.
    #[error("no system accepts a credential in {0}")]
    NotAccepted(Place),
}

impl AuthError {
    /// A stable code for audit lines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Jwt(error) => error.code(),
            Self::Credential(refusal) => refusal.code(),
            Self::NotAccepted(_) => "credential_not_accepted",
        }
    }
}

impl Authenticator {
    /// Judges a credential at `now` (unix seconds). [`JwtError::UnknownKey`] means that a fetch of the issuer's keys
    /// may change the answer.
    pub fn authenticate(&self, presented: &Presented<'_>, now: u64) -> Result<Principal, AuthError> {
        let place = presented.place();
        let systems = presented.systems();
        let verifier = self.verifier.as_deref().filter(|_| systems.jwt);
        let store = self.store.as_deref().filter(|_| systems.appcreds);
        match presented.secret() {
            Shown::Key(key) => judge_key(verifier, store, key, place, now),
            Shown::Pair { id, key } => match store {
                Some(store) => Ok(store.find_pair(id, key, place, now)?),
                None => Err(AuthError::NotAccepted(place)),
            },
        }
    }
}

fn judge_key(
    verifier: Option<&Verifier>,
    store: Option<&Store>,
    key: &str,
    place: Place,
    now: u64,
) -> Result<Principal, AuthError> {
    use crate::jwt::Reading;
    match (verifier.map(|verifier| (verifier, verifier.read(key))), store) {
        (Some((verifier, Reading::Ours(token))), _) => Ok(verifier.judge(token, place, now)?),
        // A stranger's token is not one of our keys, but what is wrong with it says more in the audit.
        (Some((_, Reading::Foreign(error))), Some(store)) => match store.find(key, place, now) {
            Err(Refusal::Unknown) => Err(error.into()),
            other => Ok(other?),
        },
        (Some((_, Reading::NotAJwt(_))) | None, Some(store)) => Ok(store.find(key, place, now)?),
        (Some((_, Reading::Foreign(error) | Reading::NotAJwt(error))), None) => Err(error.into()),
        (None, None) => Err(AuthError::NotAccepted(place)),
    }
}
