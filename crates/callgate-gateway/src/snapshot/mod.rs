//! What calls are judged by: one immutable [`Snapshot`] behind one shared cell. One task builds snapshots (read, compile,
//! compare, swap, report) and nothing else writes; every request takes one and keeps it.
//!
//! [`Loaded::read`] reads everything once and refuses to go on with any mistake. [`Loaded::start`] puts the first snapshot in
//! force and starts the task, which keeps the last good one from then on.

mod build;
mod identity;
mod keeper;
mod refusal;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::{ArcSwap, Guard};
use callgate_auth::{Authenticator, Places};
use callgate_policy::settings::{Settings, Upstream};
use callgate_policy::{Compiled, Report};
use tokio::sync::watch;

use crate::audit::{Audit, Destination};
use crate::clock::Clock;
use crate::files::Reading;
use crate::keys::{Gate, KeyTimes, Refreshed};
use crate::level::{Detail, Level};
use crate::logs::Logs;
use crate::metrics::Metrics;
use crate::readiness::Readiness;
use crate::sources::Freshness;
use crate::watch::{POLL, Reloads};
use build::{Builder, Parts};
pub use keeper::Keeper;
pub use refusal::{Mistake, Refusal};

/// Everything that judges calls, as of one moment.
pub struct Snapshot {
    /// Counts snapshots, from 1.
    pub revision: u64,
    /// Tells snapshots of equal files apart from others, also between processes. Shared secrets have no part in it.
    pub digest: String,
    /// Settings, rules and warnings.
    pub compiled: Arc<Compiled>,
    /// Token keys and application credentials.
    pub authenticator: Authenticator,
    /// Where credentials may stand in a request.
    pub places: Arc<Places>,
}

/// Where the policy is, and what the command line overrides.
#[derive(Clone, Debug)]
pub struct Sources {
    /// The policy file; every other file is named in it, relative to it.
    pub policy: PathBuf,
    /// What stands above the file.
    pub overrides: Overrides,
}

/// Settings from the command line or the environment, which stand above the policy's, also after a reload.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// The address of the first listener.
    pub listen: Option<SocketAddr>,
    /// The node; it keeps the name the policy gives it.
    pub upstream: Option<Upstream>,
    /// The admin address.
    pub admin: Option<SocketAddr>,
}

/// The files, read and found good, before anything runs.
pub struct Loaded {
    builder: Builder,
    parts: Parts,
    reading: Reading,
}

/// What the task that keeps the snapshot reports to.
pub struct Surroundings {
    /// The time.
    pub clock: Clock,
    /// Counts reloads and fetches.
    pub metrics: Metrics,
    /// Shows what is wrong.
    pub readiness: Readiness,
    /// Follows `log.level`.
    pub level: Level,
    /// Records reloads, follows `log.audit`.
    pub audit: Audit,
    /// Follows `log.level`; none when the process has no log of its own.
    pub logs: Option<Logs>,
    /// How often files are read without an event.
    pub poll: Duration,
    /// When keys are fetched.
    pub key_times: KeyTimes,
}

impl Surroundings {
    /// How often files are read unless told otherwise.
    pub const POLL: Duration = POLL;
}

/// The snapshot in force. Clones share the one cell.
#[derive(Clone)]
pub struct Live {
    cell: Arc<ArcSwap<Snapshot>>,
    changed: watch::Sender<u64>,
    gate: Gate,
    reloads: Reloads,
    freshness: Freshness,
}

impl Live {
    /// The snapshot in force now: take one per request or message and keep it.
    pub fn load(&self) -> Guard<Arc<Snapshot>> {
        self.cell.load()
    }

    /// As [`Live::load`], for those that keep it for long.
    pub fn load_full(&self) -> Arc<Snapshot> {
        self.cell.load_full()
    }

    /// Tells the revision of every snapshot that comes into force: what open sockets wait for.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// A token of `issuer` names a key that is not known: asks the issuer, unless that was done a moment ago, and waits for
    /// its answer for up to a second. After [`Refreshed::Asked`] the token may be judged again, by a new [`Live::load`].
    pub async fn refresh_keys(&self, issuer: &str) -> Refreshed {
        self.gate.refresh(issuer).await
    }

    /// Where to ask for the files to be read again: for SIGHUP.
    pub fn reloads(&self) -> &Reloads {
        &self.reloads
    }

    /// How fresh the snapshot's sources are.
    pub fn freshness(&self) -> &Freshness {
        &self.freshness
    }

    fn swap(&self, snapshot: Snapshot) {
        let revision = snapshot.revision;
        self.cell.store(Arc::new(snapshot));
        self.changed.send_replace(revision);
    }
}

impl Loaded {
    /// Reads and compiles everything once.
    ///
    /// # Errors
    /// [`Refusal`] with every mistake that was found.
    pub fn read(sources: Sources) -> Result<Self, Refusal> {
        let mut builder = Builder::new(sources);
        let built = builder.build();
        let parts = built.parts?;
        identity::authenticator(&parts, |_| None)?;
        Ok(Self {
            builder,
            parts,
            reading: built.reading,
        })
    }

    /// The settings, overrides included.
    pub fn settings(&self) -> &Settings {
        &self.parts.compiled.settings
    }

    /// What is odd about the policy, but no mistake.
    pub fn warnings(&self) -> &Report {
        &self.parts.compiled.warnings
    }

    /// Where the audit goes, its path resolved.
    pub fn audit_destination(&self) -> Destination {
        self.builder.audit_destination(self.settings())
    }

    /// The level of the logs.
    pub fn detail(&self) -> Detail {
        self.settings().log.level.into()
    }

    /// Puts the first snapshot in force and starts the task that keeps it, on a thread of its own. Returns when every issuer
    /// with fetched keys has answered or has been given up for now: one [`KeyTimes::patience`], two with discovery.
    ///
    /// # Errors
    /// When no thread or TLS client can be started.
    pub fn start(self, around: Surroundings) -> io::Result<(Live, Keeper)> {
        keeper::start(self, around)
    }
}

#[cfg(test)]
mod tests;
