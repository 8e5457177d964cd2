//! Outcomes of judging, under the digest of what was presented. Bounded, and bound to one snapshot.

use std::num::NonZeroUsize;
use std::sync::Arc;

use lru::LruCache;

use super::{Caller, Stranger};

/// A keyed BLAKE3 digest of a credential and its place.
pub(super) type Digest = [u8; 32];

/// How long a refusal is remembered: the answer can change with time alone (`nbf`), so not for long.
pub(super) const REFUSAL_SECONDS: u64 = 5;

/// Refusals are kept apart and few, so that a flood of bad credentials drives out no good one.
const REFUSALS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1023);

/// What judging came to.
pub(super) enum Outcome {
    Caller {
        caller: Arc<Caller>,
        expires_at: Option<u64>,
    },
    Refused {
        stranger: Stranger,
        until: u64,
    },
}

/// The outcomes of one worker.
pub(super) struct Memory {
    revision: u64,
    callers: LruCache<Digest, (Arc<Caller>, Option<u64>)>,
    refusals: LruCache<Digest, (Stranger, u64)>,
}

impl Memory {
    /// Room for `callers` principals.
    pub(super) fn of(callers: usize) -> Self {
        let room = NonZeroUsize::new(callers).unwrap_or(NonZeroUsize::MIN);
        Self {
            revision: 0,
            callers: LruCache::new(room),
            refusals: LruCache::new(REFUSALS),
        }
    }

    /// The outcome under `digest`, if it was made from this snapshot and still holds at `now` (unix seconds).
    pub(super) fn recall(&mut self, revision: u64, digest: &Digest, now: u64) -> Option<Result<Arc<Caller>, Stranger>> {
        self.turn_to(revision);
        if let Some((caller, expires_at)) = self.callers.get(digest) {
            if expires_at.is_none_or(|expires_at| now < expires_at) {
                return Some(Ok(Arc::clone(caller)));
            }
            self.callers.pop(digest);
            return None;
        }
        let (stranger, until) = self.refusals.get(digest)?;
        if now < *until {
            return Some(Err(stranger.clone()));
        }
        self.refusals.pop(digest);
        None
    }

    /// Keeps an outcome, unless a newer snapshot is in force.
    pub(super) fn keep(&mut self, revision: u64, digest: Digest, outcome: Outcome) {
        self.turn_to(revision);
        if revision != self.revision {
            return;
        }
        match outcome {
            Outcome::Caller { caller, expires_at } => drop(self.callers.put(digest, (caller, expires_at))),
            Outcome::Refused { stranger, until } => drop(self.refusals.put(digest, (stranger, until))),
        }
    }

    fn turn_to(&mut self, revision: u64) {
        if revision > self.revision {
            self.callers.clear();
            self.refusals.clear();
            self.revision = revision;
        }
    }
}
