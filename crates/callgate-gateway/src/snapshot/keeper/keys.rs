//! The keeper's part about fetched keys: when to ask an issuer, and what to do with its answer.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::task::JoinError;

use super::Task;
use crate::keys::{Due, FetchError, Fetched, Place, Taken};
use crate::metrics::{FetchOutcome, ReloadOutcome};
use crate::snapshot::build::Parts;
use crate::snapshot::identity::Keys;
use crate::watch::Trigger;

impl Task {
    /// Keys that were fetched judge with the last good files, whatever the newest files are like.
    fn rekey(&mut self) {
        let revision = self.live.load().revision + 1;
        match self.snapshot(revision) {
            Ok(snapshot) => {
                self.live.swap(snapshot);
                self.around.metrics.reloaded(ReloadOutcome::Swapped, revision);
                self.note(Trigger::Keys, None);
            }
            Err(refusal) => tracing::error!(
                error = refusal.summary(),
                "fetched keys are of no use, the old ones stay"
            ),
        }
    }

    pub(super) fn fetch_due(&mut self) {
        for due in self.ring.due(self.around.clock.steady()) {
            self.fetch(due);
        }
    }

    pub(super) fn fetch_out_of_turn(&mut self, issuer: &str) {
        if let Some(due) = self.ring.ask(issuer) {
            self.fetch(due);
        }
    }

    fn fetch(&mut self, due: Due) {
        self.live.gate.begin(&due.issuer);
        let fetcher = self.fetcher.clone();
        self.fetches.spawn(async move {
            // A panic must not leave the issuer "being asked" for ever.
            let fetch = AssertUnwindSafe(fetcher.fetch(&due.issuer, &due.place)).catch_unwind();
            let answer = fetch.await.unwrap_or(Err(FetchError::Internal));
            (due, answer)
        });
    }

    pub(super) fn take(&mut self, answer: Result<(Due, Result<Fetched, FetchError>), JoinError>) {
        let Ok((due, answer)) = answer else { return };
        let clock = &self.around.clock;
        let outcome = if answer.is_ok() {
            FetchOutcome::Ok
        } else {
            FetchOutcome::Failed
        };
        self.around.metrics.keys_fetched(&due.issuer, outcome);
        if let Err(why) = &answer {
            tracing::warn!(issuer = due.issuer, error = %why, "no keys fetched, the last good ones stay");
        }
        if self.ring.take(&due, answer, clock.steady(), clock.unix_seconds()) == Taken::Changed {
            self.rekey();
        }
        self.live.gate.end(&due.issuer);
        self.tell();
    }

    pub(super) fn forget_old_keys(&mut self) {
        if self.ring.expire(self.around.clock.steady()) {
            tracing::error!("fetched keys were too old to be kept, their issuers' tokens are refused");
            self.rekey();
            self.tell();
        }
    }

    pub(super) fn until_due(&self) -> Duration {
        let now = self.around.clock.steady();
        self.ring
            .next()
            .map_or(self.around.poll, |next| next.saturating_sub(now))
    }

    pub(super) fn configure_keys(&mut self) {
        self.ring.configure(remote(&self.good));
        self.live.gate.configure(self.ring.names());
    }
}

/// The issuers whose keys are fetched.
fn remote(parts: &Parts) -> Vec<(String, Place)> {
    let fetched = parts.issuers.iter().filter_map(|plan| match &plan.keys {
        Keys::Held(_) => None,
        Keys::Fetched(place) => Some((plan.issuer.issuer.clone(), place.clone())),
    });
    fetched.collect()
}
