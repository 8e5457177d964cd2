//! Keys that live elsewhere: an issuer's JWK Set behind a URL. `fetch` gets one text, `ring` remembers what every
//! issuer last gave and when to ask again, `gate` lets a token with an unknown key id ask sooner, but seldom.
//!
//! Keys are asked for again before they get old, kept through an outage for a day, and gone with the first good answer that
//! no longer names them.

mod fetch;
mod gate;
mod ring;

use std::time::Duration;

pub(crate) use fetch::{FetchError, Fetched, Fetcher, Place};
pub use fetch::{KeyUrl, KeyUrlError};
pub(crate) use gate::Gate;
pub use gate::Refreshed;
pub(crate) use ring::{Due, Ring, Taken};

/// When keys are asked for.
#[derive(Clone, Copy, Debug)]
pub struct KeyTimes {
    /// How long one issuer may take to answer.
    pub patience: Duration,
    /// How long keys are fresh when the answer does not say.
    pub fresh: Duration,
    /// The shortest an answer may say.
    pub shortest: Duration,
    /// The longest an answer may say: a key that was withdrawn lives no longer.
    pub longest: Duration,
    /// How long to wait after a failure.
    pub retry: Duration,
    /// How long keys live on while their issuer cannot be asked.
    pub last_good: Duration,
    /// How seldom an unknown key id makes us ask; the same as panva/jose and Kong.
    pub cool_down: Duration,
    /// How long a request waits for an answer that is under way.
    pub wait: Duration,
}

impl Default for KeyTimes {
    fn default() -> Self {
        Self {
            patience: Duration::from_secs(5),
            fresh: Duration::from_secs(600),
            shortest: Duration::from_secs(60),
            longest: Duration::from_secs(3600),
            retry: Duration::from_secs(30),
            last_good: Duration::from_secs(24 * 3600),
            cool_down: Duration::from_secs(30),
            wait: Duration::from_secs(1),
        }
    }
}

impl KeyTimes {
    /// When to ask again after an answer that is fresh for `fresh`: at 80 %, so that the new keys are there in time.
    fn ahead(&self, said: Option<Duration>) -> Duration {
        said.map_or(self.fresh, |said| said.clamp(self.shortest, self.longest)) * 4 / 5
    }
}

#[cfg(test)]
mod tests;
