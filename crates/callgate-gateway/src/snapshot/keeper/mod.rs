//! The one task that makes snapshots: it waits for something to change, builds, compares, swaps and reports.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, mpsc as blocking};
use std::thread::JoinHandle;

use arc_swap::ArcSwap;
use callgate_policy::settings::Settings;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use super::build::{Builder, Built, Parts};
use super::identity;
use super::refusal::Refusal;
use super::{Live, Loaded, Snapshot, Surroundings};
use crate::audit::Destination;
use crate::files::Reading;
use crate::keys::{Due, FetchError, Fetched, Fetcher, Gate, Ring};
use crate::metrics::ReloadOutcome;
use crate::readiness::{Condition, Standing};
use crate::sources::{Freshness, Source};
use crate::watch::{self as files, Requests, Trigger, Watch};

mod keys;
mod report;

/// How many issuers may wait to be asked out of turn; each waits at most once.
const WANTED: usize = 256;

/// The running task; dropped, it stops, and the snapshot in force stays as it is.
pub struct Keeper {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

pub(super) fn start(loaded: Loaded, around: Surroundings) -> io::Result<(Live, Keeper)> {
    let Loaded {
        builder,
        parts,
        reading,
    } = loaded;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let fetcher = Fetcher::new(around.key_times.patience).map_err(io::Error::other)?;
    let (wanted, wanted_here) = mpsc::channel(WANTED);
    let (reloads, requests) = files::channel();
    let gate = Gate::new(wanted, around.clock.clone(), around.key_times, around.metrics.clone());
    let ring = Ring::new(around.key_times);
    let first = snapshot(&parts, &ring, 1).map_err(|refused| io::Error::other(refused.summary()))?;
    let live = Live {
        cell: Arc::new(ArcSwap::from_pointee(first)),
        changed: watch::Sender::new(1),
        gate,
        reloads,
        freshness: Freshness::default(),
    };
    let task = Task::new(builder, parts, live.clone(), fetcher, ring, around);
    let (stop, stopped) = oneshot::channel();
    let (ready, is_ready) = blocking::channel();
    let thread = std::thread::Builder::new()
        .name("callgate-keeper".to_owned())
        .spawn(move || runtime.block_on(task.run(&reading, requests, wanted_here, stopped, ready)))?;
    // An error means that the task is gone: what is in force stays in force.
    let _ = is_ready.recv();
    Ok((
        live,
        Keeper {
            stop: Some(stop),
            thread: Some(thread),
        },
    ))
}

struct Task {
    builder: Builder,
    /// The parts of the snapshot in force.
    good: Parts,
    live: Live,
    ring: Ring,
    fetcher: Fetcher,
    fetches: JoinSet<(Due, Result<Fetched, FetchError>)>,
    watch: Watch,
    around: Surroundings,
    board: BTreeMap<String, Source>,
    /// What is listened on for as long as the process runs.
    addresses: Vec<(String, SocketAddr)>,
    /// Where the audit goes.
    destination: Destination,
    /// The last refusal, until a reading was good: said once.
    refused: Option<String>,
}

impl Task {
    fn new(builder: Builder, good: Parts, live: Live, fetcher: Fetcher, ring: Ring, around: Surroundings) -> Self {
        Self {
            addresses: addresses(&good.compiled.settings),
            destination: builder.audit_destination(&good.compiled.settings),
            watch: Watch::start(live.reloads.clone()),
            fetches: JoinSet::new(),
            board: BTreeMap::new(),
            refused: None,
            builder,
            good,
            live,
            ring,
            fetcher,
            around,
        }
    }

    async fn run(
        mut self,
        reading: &Reading,
        mut requests: Requests,
        mut wanted: mpsc::Receiver<String>,
        mut stopped: oneshot::Receiver<()>,
        ready: blocking::Sender<()>,
    ) {
        self.begin(reading);
        while let Some(answer) = self.fetches.join_next().await {
            self.take(answer);
        }
        let _ = ready.send(());
        let mut poll = tokio::time::interval(self.around.poll);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        poll.tick().await;
        loop {
            let due = self.until_due();
            tokio::select! {
                _ = &mut stopped => return,
                Some(trigger) = requests.next() => self.reload(trigger),
                _ = poll.tick() => self.reload(Trigger::Poll),
                Some(issuer) = wanted.recv() => self.fetch_out_of_turn(&issuer),
                Some(answer) = self.fetches.join_next() => self.take(answer),
                () = tokio::time::sleep(due) => {}
            }
            self.forget_old_keys();
            self.fetch_due();
        }
    }

    /// The first snapshot is in force already.
    fn begin(&mut self, reading: &Reading) {
        self.around.readiness.meet(Condition::Policy);
        self.warn();
        self.configure_keys();
        self.watch(reading);
        self.files_are_good();
        self.fetch_due();
        let revision = self.live.load().revision;
        self.around.metrics.reloaded(ReloadOutcome::Swapped, revision);
        self.note(Trigger::Start, None);
        self.tell();
    }

    /// Build, compare, swap, report.
    fn reload(&mut self, trigger: Trigger) {
        if trigger == Trigger::Signal {
            self.around.audit.reopen();
        }
        let Built { parts, reading } = self.builder.build();
        self.watch(&reading);
        let outcome = match parts {
            Ok(parts) if parts.hash == self.good.hash => Ok(ReloadOutcome::Unchanged),
            Ok(parts) => self.swap(parts).map(|()| ReloadOutcome::Swapped),
            Err(refusal) => Err(refusal),
        };
        let counted = match outcome {
            Ok(outcome) => self.report(trigger, outcome),
            Err(refusal) => self.report_refusal(trigger, &refusal),
        };
        self.tell();
        self.around.metrics.reloaded(counted, self.live.load().revision);
    }

    fn swap(&mut self, parts: Parts) -> Result<(), Refusal> {
        identity::authenticator(&parts, |_| None)?;
        self.good = parts;
        self.configure_keys();
        let revision = self.live.load().revision + 1;
        self.live.swap(self.snapshot(revision)?);
        self.obey_settings();
        Ok(())
    }

    /// What can change without a restart does; addresses cannot.
    fn obey_settings(&mut self) {
        let compiled = Arc::clone(&self.good.compiled);
        let settings = &compiled.settings;
        let detail = settings.log.level.into();
        self.around.level.set(detail);
        if let Some(logs) = &self.around.logs {
            logs.follow(detail);
        }
        let destination = self.builder.audit_destination(settings);
        if destination != self.destination {
            self.around.audit.redirect(destination.clone());
            self.destination = destination;
        }
        self.warn();
        let readiness = &self.around.readiness;
        if addresses(settings) != self.addresses {
            let why = "the policy asks for other addresses than those that are open: they change with a restart only";
            tracing::warn!("{why}");
            readiness.degrade(Condition::Listeners, why);
        } else if matches!(readiness.standing(Condition::Listeners), Standing::Degraded(_)) {
            readiness.meet(Condition::Listeners);
        }
    }

    /// Tells what is odd about the policy in force.
    fn warn(&self) {
        for finding in self.good.compiled.warnings.findings() {
            let (file, line) = (&finding.place.file, finding.place.line);
            tracing::warn!(file, line, code = finding.code.as_str(), "{}", finding.message);
        }
    }

    fn snapshot(&self, revision: u64) -> Result<Snapshot, Refusal> {
        snapshot(&self.good, &self.ring, revision)
    }

    /// Watches the files, and looks again when one changed before it was watched.
    fn watch(&mut self, reading: &Reading) {
        self.watch.follow(reading.names());
        if !reading.still_holds() {
            self.live.reloads.ask(Trigger::File);
        }
    }
}

/// A snapshot of `parts` and the keys fetched so far.
fn snapshot(parts: &Parts, ring: &Ring, revision: u64) -> Result<Snapshot, Refusal> {
    let fetched = |issuer: &str| ring.held(issuer).map(|held| Arc::clone(&held.keys));
    Ok(Snapshot {
        revision,
        digest: parts.digest.clone(),
        compiled: Arc::clone(&parts.compiled),
        authenticator: identity::authenticator(parts, fetched)?,
        places: Arc::clone(&parts.places),
    })
}

fn addresses(settings: &Settings) -> Vec<(String, SocketAddr)> {
    let listeners = settings
        .listeners
        .iter()
        .map(|listener| (listener.name.clone(), listener.address));
    listeners.chain([(String::from("admin"), settings.admin)]).collect()
}
