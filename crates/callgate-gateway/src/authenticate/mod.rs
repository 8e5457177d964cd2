//! From what a request presents to who is calling, remembered.
//!
//! Judging a token costs as much as several whole requests, so the outcome is kept under a keyed digest of what was
//! presented, and judged once per worker: judging never yields, so a second request with the same token finds the first
//! one's outcome. What is kept dies with the snapshot it was made from and with the credential's own expiry.

mod failures;
mod memory;

use std::net::IpAddr;
use std::sync::Arc;

use callgate_auth::jwt::JwtError;
use callgate_auth::{AuthError, Method, Place, Presented, PresentedError, Principal};
use callgate_policy::{Section, Subject};
use hyper::http::request::Parts;
use parking_lot::Mutex;

use self::failures::Failures;
use self::memory::{Digest, Memory, Outcome};
use crate::audit::Actor;
use crate::clock::Clock;
use crate::keys::Refreshed;
use crate::limits::Limits;
use crate::metrics::{CacheOutcome, WorkerMetrics};
use crate::snapshot::{Live, Snapshot};

/// Who is calling, and what the policy makes of them.
pub(crate) struct Caller {
    principal: Principal,
    subject: Subject,
}

impl Caller {
    /// Somebody whom no request had to introduce.
    #[cfg(test)]
    pub(crate) fn of(principal: Principal, subject: Subject) -> Arc<Self> {
        Arc::new(Self { principal, subject })
    }

    /// The authenticated principal.
    pub(crate) fn principal(&self) -> &Principal {
        &self.principal
    }

    /// What the policy judges.
    pub(crate) fn subject(&self) -> &Subject {
        &self.subject
    }

    /// The principal as the audit tells of it.
    pub(crate) fn actor(&self) -> Actor<'_> {
        actor(&self.principal)
    }
}

fn actor(principal: &Principal) -> Actor<'_> {
    Actor {
        principal: &principal.id,
        auth: principal.method.name(),
        tenant: principal.tenant.as_deref(),
    }
}

/// Why nobody is calling.
#[derive(Clone, Debug)]
pub(crate) enum Stranger {
    /// Nothing was presented, or nothing that is accepted.
    Unknown {
        /// The stable code for the audit.
        reason: &'static str,
        /// Where the credential stood.
        presented: Option<Place>,
        /// The sentence for level 2; no part of a credential.
        why: String,
    },
    /// The credential is good, but nothing is granted to it.
    Unmapped {
        /// Who it is.
        principal: Arc<Principal>,
        /// The nearest miss, for level 2.
        why: String,
    },
    /// This peer has failed too often just now; nothing was judged.
    TooManyFailures,
}

/// Judges credentials for one worker and remembers the outcomes.
pub(crate) struct Authentication {
    digest_key: [u8; 32],
    memory: Mutex<Memory>,
    failures: Mutex<Failures>,
    clock: Clock,
    metrics: WorkerMetrics,
}

impl Authentication {
    /// An empty memory. `digest_key` must be random: nobody outside can then choose what collides.
    pub(crate) fn new(digest_key: [u8; 32], limits: &Limits, clock: Clock, metrics: WorkerMetrics) -> Self {
        Self {
            digest_key,
            memory: Mutex::new(Memory::of(limits.remembered_callers)),
            failures: Mutex::new(Failures::new(limits.failures_per_second)),
            clock,
            metrics,
        }
    }

    /// Who sends a request with this head. May answer with a newer snapshot than it was given: when a token names a key
    /// that its issuer has only just published.
    pub(crate) async fn of_request(
        &self,
        head: &Parts,
        peer: IpAddr,
        snapshot: &mut Arc<Snapshot>,
        live: &Live,
    ) -> Result<Arc<Caller>, Stranger> {
        let headers = head
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes()));
        let presented = snapshot
            .places
            .extract(headers, head.uri.query())
            .map_err(not_presented)?;
        self.of_presented(&presented, Some(peer), snapshot, live).await
    }

    /// Who presents this. Used again for open WebSockets whenever the snapshot changes: then without a peer, because a
    /// credential that was good once is no guess, however many sockets lose it at the same moment.
    pub(crate) async fn of_presented(
        &self,
        presented: &Presented<'_>,
        peer: Option<IpAddr>,
        snapshot: &mut Arc<Snapshot>,
        live: &Live,
    ) -> Result<Arc<Caller>, Stranger> {
        match self.judge(presented, peer, snapshot)? {
            Judged::Known(caller) => Ok(caller),
            Judged::KeyMissing { issuer, refused } => {
                if live.refresh_keys(&issuer).await == Refreshed::Stands {
                    return Err(self.refuse(presented, peer, snapshot, refused));
                }
                *snapshot = live.load_full();
                match self.judge(presented, peer, snapshot)? {
                    Judged::Known(caller) => Ok(caller),
                    Judged::KeyMissing { refused, .. } => Err(self.refuse(presented, peer, snapshot, refused)),
                }
            }
        }
    }

    fn judge(&self, presented: &Presented<'_>, peer: Option<IpAddr>, snapshot: &Snapshot) -> Result<Judged, Stranger> {
        let digest = self.digest(presented);
        let now = self.clock.unix_seconds();
        if let Some(outcome) = self.memory.lock().recall(snapshot.revision, &digest, now) {
            self.metrics.credential_looked_up(CacheOutcome::Hit);
            return outcome.map(Judged::Known);
        }
        self.metrics.credential_looked_up(CacheOutcome::Miss);
        if peer.is_some_and(|peer| !self.failures.lock().allow(peer, self.clock.steady())) {
            return Err(Stranger::TooManyFailures);
        }
        let principal = match snapshot.authenticator.authenticate(presented, now) {
            Ok(principal) => principal,
            Err(AuthError::Jwt(JwtError::UnknownKey { issuer, kid })) => {
                let refused = unknown(
                    presented,
                    &AuthError::Jwt(JwtError::UnknownKey {
                        issuer: issuer.clone(),
                        kid,
                    }),
                );
                return Ok(Judged::KeyMissing { issuer, refused });
            }
            Err(error) => return Err(self.refuse(presented, peer, snapshot, unknown(presented, &error))),
        };
        let caller =
            mapped(principal, snapshot).map_err(|stranger| self.refuse(presented, peer, snapshot, stranger))?;
        let expires_at = caller.principal.expires_at;
        let outcome = Outcome::Caller {
            caller: Arc::clone(&caller),
            expires_at,
        };
        self.memory.lock().keep(snapshot.revision, digest, outcome);
        Ok(Judged::Known(caller))
    }

    /// Remembers a refusal for a moment, so that the same bad credential does not cost its judging again, and counts it.
    fn refuse(
        &self,
        presented: &Presented<'_>,
        peer: Option<IpAddr>,
        snapshot: &Snapshot,
        stranger: Stranger,
    ) -> Stranger {
        if let Some(peer) = peer {
            self.failures.lock().failed(peer, self.clock.steady());
        }
        let until = self.clock.unix_seconds().saturating_add(memory::REFUSAL_SECONDS);
        let outcome = Outcome::Refused {
            stranger: stranger.clone(),
            until,
        };
        self.memory
            .lock()
            .keep(snapshot.revision, self.digest(presented), outcome);
        stranger
    }

    fn digest(&self, presented: &Presented<'_>) -> Digest {
        let mut hasher = blake3::Hasher::new_keyed(&self.digest_key);
        presented.feed(|piece| {
            hasher.update(piece);
        });
        *hasher.finalize().as_bytes()
    }
}

enum Judged {
    Known(Arc<Caller>),
    KeyMissing { issuer: String, refused: Stranger },
}

fn not_presented(error: PresentedError) -> Stranger {
    let presented = match error {
        PresentedError::Missing => None,
        PresentedError::Ambiguous(place, _) | PresentedError::Malformed(place) => Some(place),
    };
    Stranger::Unknown {
        reason: error.code(),
        presented,
        why: error.to_string(),
    }
}

fn unknown(presented: &Presented<'_>, error: &AuthError) -> Stranger {
    Stranger::Unknown {
        reason: error.code(),
        presented: Some(presented.place()),
        why: error.to_string(),
    }
}

/// The section of the policy whose mappings are for principals of `method`.
pub(crate) const fn section(method: Method) -> Section {
    match method {
        Method::Jwt => Section::Jwt,
        Method::AppCredential => Section::AppCreds,
    }
}

fn mapped(principal: Principal, snapshot: &Snapshot) -> Result<Arc<Caller>, Stranger> {
    match snapshot.compiled.policy.subject(
        section(principal.method),
        &principal.claims,
        principal.tenant.as_deref(),
    ) {
        Ok(subject) => Ok(Arc::new(Caller { principal, subject })),
        Err(nothing) => Err(Stranger::Unmapped {
            why: nothing.to_string(),
            principal: Arc::new(principal),
        }),
    }
}

impl Stranger {
    /// The principal, when there is one.
    pub(crate) fn actor(&self) -> Option<Actor<'_>> {
        match self {
            Self::Unmapped { principal, .. } => Some(actor(principal)),
            Self::Unknown { .. } | Self::TooManyFailures => None,
        }
    }

    /// Where the credential stood.
    pub(crate) fn presented(&self) -> Option<Place> {
        match self {
            Self::Unknown { presented, .. } => *presented,
            Self::Unmapped { principal, .. } => Some(principal.presented),
            Self::TooManyFailures => None,
        }
    }

    /// The sentence for level 2.
    pub(crate) fn why(&self) -> Option<&str> {
        match self {
            Self::Unknown { why, .. } | Self::Unmapped { why, .. } => Some(why),
            Self::TooManyFailures => None,
        }
    }
}

#[cfg(test)]
mod tests;
