//! The keeper's part about telling: log, audit, metrics, readiness and the board of sources.

use super::Task;
use crate::audit::{Event, ReloadEvent};
use crate::metrics::ReloadOutcome;
use crate::readiness::{Condition, Standing};
use crate::snapshot::identity::{IssuerPlan, Keys};
use crate::snapshot::refusal::Refusal;
use crate::sources::{Source, SourceReport};
use crate::watch::Trigger;

impl Task {
    pub(super) fn report(&mut self, trigger: Trigger, outcome: ReloadOutcome) -> ReloadOutcome {
        let revision = self.live.load().revision;
        self.around.readiness.meet(Condition::Policy);
        self.files_are_good();
        let healed = self.refused.take().is_some();
        if outcome == ReloadOutcome::Swapped || healed {
            let digest = &self.good.digest;
            tracing::info!(
                trigger = trigger.name(),
                revision,
                digest,
                result = outcome.name(),
                "files read again"
            );
            self.note(trigger, None);
        }
        outcome
    }

    pub(super) fn report_refusal(&mut self, trigger: Trigger, refusal: &Refusal) -> ReloadOutcome {
        let revision = self.live.load().revision;
        let why = refusal.summary();
        let standing = format!("revision {revision} stays in force, the newest files were refused: {why}");
        self.around.readiness.degrade(Condition::Policy, standing);
        self.files_are_at_fault(refusal);
        if trigger != Trigger::Poll || self.refused.as_ref() != Some(&why) {
            tracing::error!(
                trigger = trigger.name(),
                revision,
                error = why,
                "files refused, the last good ones stay"
            );
            self.note(trigger, Some(&why));
        }
        self.refused = Some(why);
        ReloadOutcome::Refused
    }

    pub(super) fn files_are_good(&mut self) {
        let now = self.around.clock.unix_seconds();
        let good = |name: &String| (name.clone(), Source::good(name.clone(), now));
        self.board = self.good.files.iter().map(good).collect();
    }

    fn files_are_at_fault(&mut self, refusal: &Refusal) {
        self.board.retain(|_, source| source.last_good.is_some());
        self.board.values_mut().for_each(|source| source.error = None);
        for (name, error) in refusal.faults(self.builder.policy()) {
            let source = self.board.entry(name.clone()).or_insert_with(|| Source::unread(name));
            source.error = Some(error);
        }
    }

    /// Puts everything on the board, and how the keys stand.
    pub(super) fn tell(&self) {
        let snapshot = self.live.load();
        let keys = self.ring.names().map(|issuer| Source {
            name: format!("keys of {issuer}"),
            last_good: self.ring.held(issuer).map(|held| held.good_unix),
            error: self.ring.error(issuer).map(ToOwned::to_owned),
        });
        self.live.freshness.set(SourceReport {
            revision: snapshot.revision,
            digest: snapshot.digest.clone(),
            sources: self.board.values().cloned().chain(keys).collect(),
        });
        self.around.readiness.set(Condition::Keys, self.keys_standing());
    }

    /// An issuer that is away takes its own tokens with it and nobody else: the process is not ready only when nobody at
    /// all could prove who he is.
    fn keys_standing(&self) -> Standing {
        let failing = self.ring.names().filter_map(|issuer| {
            let why = match (self.ring.error(issuer), self.ring.held(issuer)) {
                (Some(error), _) => error,
                (None, None) => "no keys yet",
                (None, Some(_)) => return None,
            };
            Some(format!("issuer `{issuer}`: {why}"))
        });
        let why = failing.collect::<Vec<_>>().join("; ");
        let usable = |plan: &IssuerPlan| match &plan.keys {
            Keys::Held(_) => true,
            Keys::Fetched(_) => self.ring.held(&plan.issuer.issuer).is_some(),
        };
        if why.is_empty() {
            Standing::Met
        } else if self.good.store.is_some() || self.good.issuers.iter().any(usable) {
            Standing::Degraded(why)
        } else {
            Standing::Unmet(why)
        }
    }

    pub(super) fn note(&self, trigger: Trigger, failure: Option<&str>) {
        let snapshot = self.live.load();
        let (revision, digest) = (snapshot.revision, snapshot.digest.as_str());
        self.around.audit.note(&Event::Reload(ReloadEvent {
            trigger: trigger.name(),
            revision,
            digest,
            failure,
        }));
    }
}
