//! What every issuer last gave, and when to ask it again. Pure: times come in, decisions come out.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use callgate_auth::jwt::KeySet;

use super::KeyTimes;
use super::fetch::{FetchError, Fetched, Place};

/// The fetched keys of all issuers.
pub(crate) struct Ring {
    issuers: BTreeMap<String, Issuer>,
    times: KeyTimes,
}

struct Issuer {
    place: Place,
    held: Option<Held>,
    /// Steady time of the last good answer.
    good_at: Duration,
    ask_at: Duration,
    asking: bool,
    error: Option<String>,
}

/// The keys that an issuer's tokens are judged by.
#[derive(Clone)]
pub(crate) struct Held {
    /// The keys.
    pub(crate) keys: Arc<KeySet>,
    /// The hash of the text they were read from.
    pub(crate) hash: blake3::Hash,
    /// Unix seconds of the last good answer.
    pub(crate) good_unix: u64,
}

/// An issuer to ask now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Due {
    /// The issuer.
    pub(crate) issuer: String,
    /// Where to ask.
    pub(crate) place: Place,
}

/// What an answer changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// There are other keys now.
    Changed,
    /// The same keys as before.
    Same,
    /// None; the last good ones stay.
    Failed,
    /// The issuer is no longer asked there.
    Outdated,
}

impl Ring {
    pub(crate) fn new(times: KeyTimes) -> Self {
        Self {
            issuers: BTreeMap::new(),
            times,
        }
    }

    /// Has exactly these issuers from now on. What is held of those that stay at their place stays; new ones are due.
    pub(crate) fn configure(&mut self, wanted: impl IntoIterator<Item = (String, Place)>) {
        let mut known = std::mem::take(&mut self.issuers);
        for (name, place) in wanted {
            let issuer = known
                .remove(&name)
                .filter(|issuer| issuer.place == place)
                .unwrap_or_else(|| Issuer {
                    place,
                    held: None,
                    good_at: Duration::ZERO,
                    ask_at: Duration::ZERO,
                    asking: false,
                    error: None,
                });
            self.issuers.insert(name, issuer);
        }
    }

    /// The issuers' names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.issuers.keys().map(String::as_str)
    }

    /// The issuers to ask now; they count as being asked until [`Ring::take`].
    pub(crate) fn due(&mut self, now: Duration) -> Vec<Due> {
        let due = self
            .issuers
            .iter_mut()
            .filter(|(_, issuer)| !issuer.asking && issuer.ask_at <= now);
        due.map(|(name, issuer)| issuer.ask(name)).collect()
    }

    /// The named issuer, to be asked out of turn, unless it is being asked.
    pub(crate) fn ask(&mut self, name: &str) -> Option<Due> {
        self.issuers
            .get_mut(name)
            .filter(|issuer| !issuer.asking)
            .map(|issuer| issuer.ask(name))
    }

    /// When the next issuer is due or loses its keys.
    pub(crate) fn next(&self) -> Option<Duration> {
        let asks = self
            .issuers
            .values()
            .filter(|issuer| !issuer.asking)
            .map(|issuer| issuer.ask_at);
        let ends = self
            .issuers
            .values()
            .filter(|issuer| issuer.held.is_some())
            .map(|i| i.good_at + self.times.last_good);
        asks.chain(ends).min()
    }

    /// Takes an answer to what [`Ring::due`] or [`Ring::ask`] gave.
    pub(crate) fn take(
        &mut self,
        due: &Due,
        answer: Result<Fetched, FetchError>,
        now: Duration,
        now_unix: u64,
    ) -> Taken {
        let times = self.times;
        let Some(issuer) = self
            .issuers
            .get_mut(&due.issuer)
            .filter(|issuer| issuer.place == due.place)
        else {
            return Taken::Outdated;
        };
        issuer.asking = false;
        match answer {
            Ok(fetched) => issuer.take(fetched, &times, now, now_unix),
            Err(why) => {
                issuer.ask_at = now + times.retry;
                issuer.error = Some(why.to_string());
                Taken::Failed
            }
        }
    }

    /// Drops keys that outlived their issuer's silence. True when there were any.
    pub(crate) fn expire(&mut self, now: Duration) -> bool {
        let last_good = self.times.last_good;
        let old = self
            .issuers
            .values_mut()
            .filter(|i| i.held.is_some() && i.good_at + last_good <= now);
        old.map(|issuer| issuer.held = None).count() > 0
    }

    /// What is held of an issuer.
    pub(crate) fn held(&self, name: &str) -> Option<&Held> {
        self.issuers.get(name)?.held.as_ref()
    }

    /// Why the last answer of an issuer was none.
    pub(crate) fn error(&self, name: &str) -> Option<&str> {
        self.issuers.get(name)?.error.as_deref()
    }
}

impl Issuer {
    fn ask(&mut self, name: &str) -> Due {
        self.asking = true;
        Due {
            issuer: name.to_owned(),
            place: self.place.clone(),
        }
    }

    fn take(&mut self, fetched: Fetched, times: &KeyTimes, now: Duration, good_unix: u64) -> Taken {
        self.good_at = now;
        self.ask_at = now + times.ahead(fetched.fresh);
        self.error = None;
        match &mut self.held {
            Some(held) if held.hash == fetched.hash => {
                held.good_unix = good_unix;
                Taken::Same
            }
            held => {
                *held = Some(Held {
                    keys: Arc::new(fetched.keys),
                    hash: fetched.hash,
                    good_unix,
                });
                Taken::Changed
            }
        }
    }
}
