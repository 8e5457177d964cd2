//! Who may ask for keys out of turn. A token that names an unknown key may be the first after a rotation, or one of a
//! flood of forgeries: the first one in a while makes us ask, those that come meanwhile wait for that answer, all others are
//! refused at once.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{mpsc, watch};

use super::KeyTimes;
use crate::clock::Clock;
use crate::metrics::Metrics;

/// What came of asking for keys out of turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// The issuer was asked and what it said is in force: judge the token again, by the newest snapshot.
    Asked,
    /// The issuer was asked a moment ago, is slow to answer, or has no keys to ask for: the judgement stands.
    Stands,
}

/// One gate per issuer with fetched keys. Clones are the same gate; issuers come from the policy, never from a token.
#[derive(Clone)]
pub(crate) struct Gate {
    issuers: Arc<Mutex<HashMap<String, Turnstile>>>,
    wanted: mpsc::Sender<String>,
    clock: Clock,
    times: KeyTimes,
    metrics: Metrics,
}

struct Turnstile {
    /// Closed until then.
    open_at: Duration,
    /// Counts finished fetches.
    finished: watch::Sender<u64>,
    /// Whether a fetch is under way.
    fetching: bool,
}

/// What a request does.
enum Turn {
    Wait(watch::Receiver<u64>),
    Refused,
}

impl Gate {
    /// A gate without issuers; `wanted` gets the issuers to ask. It must have room for every issuer.
    pub(crate) fn new(wanted: mpsc::Sender<String>, clock: Clock, times: KeyTimes, metrics: Metrics) -> Self {
        Self {
            issuers: Arc::default(),
            wanted,
            clock,
            times,
            metrics,
        }
    }

    /// Has exactly these issuers from now on. Those that stay keep their cool-down.
    pub(crate) fn configure<'i>(&self, issuers: impl IntoIterator<Item = &'i str>) {
        let mut known = self.issuers.lock();
        let mut next = HashMap::new();
        for issuer in issuers {
            let turnstile = known.remove(issuer).unwrap_or_else(|| Turnstile {
                open_at: Duration::ZERO,
                finished: watch::Sender::new(0),
                fetching: false,
            });
            next.insert(issuer.to_owned(), turnstile);
        }
        *known = next;
    }

    /// Asks for the keys of `issuer` and waits for them, unless it is too soon.
    pub(crate) async fn refresh(&self, issuer: &str) -> Refreshed {
        match self.turn(issuer) {
            Turn::Refused => Refreshed::Stands,
            Turn::Wait(mut finished) => match tokio::time::timeout(self.times.wait, finished.changed()).await {
                Ok(Ok(())) => Refreshed::Asked,
                _ => Refreshed::Stands,
            },
        }
    }

    fn turn(&self, issuer: &str) -> Turn {
        let now = self.clock.steady();
        let mut issuers = self.issuers.lock();
        let Some(turnstile) = issuers.get_mut(issuer) else {
            return Turn::Refused;
        };
        self.metrics.key_unknown(issuer);
        let finished = turnstile.finished.subscribe();
        if turnstile.fetching {
            return Turn::Wait(finished);
        }
        if now < turnstile.open_at || self.wanted.try_send(issuer.to_owned()).is_err() {
            return Turn::Refused;
        }
        turnstile.fetching = true;
        turnstile.open_at = now + self.times.cool_down;
        Turn::Wait(finished)
    }

    /// A fetch begins, whoever asked for it.
    pub(crate) fn begin(&self, issuer: &str) {
        if let Some(turnstile) = self.issuers.lock().get_mut(issuer) {
            turnstile.fetching = true;
        }
    }

    /// A fetch ended and its answer is in force.
    pub(crate) fn end(&self, issuer: &str) {
        if let Some(turnstile) = self.issuers.lock().get_mut(issuer) {
            turnstile.fetching = false;
            turnstile.finished.send_modify(|count| *count += 1);
        }
    }
}
