//! The assembly: the one place where everything is built from the policy, started, and stopped again.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::sync::{Notify, watch};

use crate::admin::{Admin, AdminError, AdminParts, AdminServer};
use crate::answer_memory::AnswerMemory;
use crate::audit::{Audit, AuditWriting, Event, ListenerChange, ListenerEvent};
use crate::clock::Clock;
use crate::connection::Seats;
use crate::handles::Filters;
use crate::keys::KeyTimes;
use crate::level::Level;
use crate::limits::{BodyMemory, Limits};
use crate::logs::Logs;
use crate::metrics::Metrics;
use crate::readiness::{Condition, Readiness};
use crate::server::{Gateway, Opened, Sockets, Threads};
use crate::snapshot::{Keeper, Live, Loaded, Refusal, Sources, Surroundings};
use crate::watch::Reloads;
use crate::websocket::Rooms;

/// How long the audit may take to write what waits when the process ends.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// What a gateway is started with.
pub struct Config {
    /// The policy, and what stands above it.
    pub sources: Sources,
    /// How many threads serve calls; none: one per core.
    pub workers: Option<NonZeroUsize>,
    /// The operational log of the process, whose level follows the policy.
    pub logs: Option<Logs>,
    /// Is told, once, where everything listens, and how to ask for a reload (SIGHUP).
    pub started: Box<dyn FnOnce(Started, Reloads) + Send>,
}

/// A gateway that takes calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Started {
    /// The name of each listener and the address it has.
    pub listeners: Vec<(String, SocketAddr)>,
    /// The address of health, readiness and metrics.
    pub admin: SocketAddr,
    /// The node's name in the policy.
    pub upstream: String,
    /// How many threads serve calls.
    pub workers: usize,
}

/// Why a gateway did not start, or broke.
#[derive(Debug, Error)]
pub enum RunError {
    /// The policy or a file it names is not good.
    #[error(transparent)]
    Policy(#[from] Refusal),
    /// A listener cannot be opened.
    #[error("cannot listen on {address}: {error}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        error: io::Error,
    },
    /// The admin surface cannot be opened.
    #[error(transparent)]
    Admin(#[from] AdminError),
    /// The audit's sink cannot be opened.
    #[error("cannot open the audit: {0}")]
    Audit(io::Error),
    /// The system gives no thread, or the node cannot be used.
    #[error("cannot start: {0}")]
    Start(io::Error),
    /// A worker broke.
    #[error("a worker broke: {0}")]
    Worker(io::Error),
}

/// Serves calls until `shutdown` completes, then lets running calls end.
///
/// # Errors
/// [`RunError`] when something cannot be started, and then nothing is left running, or when a worker broke.
pub async fn run(config: Config, shutdown: impl Future<Output = ()>) -> Result<(), RunError> {
    let ended = Arc::new(Notify::new());
    let mut house = House::open(config, &ended)?;
    tokio::select! {
        () = shutdown => {}
        () = ended.notified() => tracing::error!("a worker ended before its time"),
    }
    house.stop();
    let outcome = match tokio::task::spawn_blocking(|| house.close()).await {
        Ok(outcome) => outcome,
        Err(error) => Err(io::Error::other(error)),
    };
    outcome.map_err(RunError::Worker)
}

/// Everything that runs.
struct House {
    threads: Option<Threads>,
    stop: watch::Sender<bool>,
    gateway: Arc<Gateway>,
    audit_writing: AuditWriting,
    _keeper: Keeper,
    _admin: AdminServer,
}

/// What is there before any call can be taken.
struct Ground {
    clock: Clock,
    level: Level,
    metrics: Metrics,
    readiness: Readiness,
    audit: Audit,
}

impl House {
    fn open(config: Config, ended: &Arc<Notify>) -> Result<Self, RunError> {
        let loaded = Loaded::read(config.sources)?;
        let settings = loaded.settings().clone();
        let limits = Limits::of(&settings);
        let workers = config.workers.or_else(|| std::thread::available_parallelism().ok());
        let workers = workers.map_or(1, NonZeroUsize::get);
        let sockets = Sockets::open(&settings.listeners, workers)
            .map_err(|(address, error)| RunError::Listen { address, error })?;
        let admin = Admin::bind(settings.admin)?;
        let (ground, audit_writing) = Ground::lay(&loaded)?;
        let (live, keeper) = loaded
            .start(ground.surroundings(config.logs.clone()))
            .map_err(RunError::Start)?;
        let reloads = live.reloads().clone();
        let (stop, stopping) = watch::channel(false);
        let gateway = Arc::new(ground.gateway(live, limits, sockets.opened.clone(), stopping));
        let started = Started {
            listeners: sockets
                .opened
                .iter()
                .map(|opened| (opened.name.clone(), opened.address))
                .collect(),
            admin: admin.address(),
            upstream: settings.upstream.name.clone(),
            workers,
        };
        let admin = admin
            .serve(ground.admin_parts(&gateway, config.logs))
            .map_err(RunError::Start)?;
        let threads = Threads::start(&gateway, sockets, ended).map_err(RunError::Start)?;
        tell(&gateway, ListenerChange::Started);
        ground.readiness.meet(Condition::Listeners);
        (config.started)(started, reloads);
        Ok(Self {
            threads: Some(threads),
            stop,
            gateway,
            audit_writing,
            _keeper: keeper,
            _admin: admin,
        })
    }

    /// Tells everybody to stop taking work.
    fn stop(&mut self) {
        self.gateway.readiness.fail(Condition::Serving, "stopping");
        self.stop.send_replace(true);
    }

    /// Waits for the workers, then for the audit.
    fn close(mut self) -> io::Result<()> {
        let outcome = self.threads.take().map_or(Ok(()), Threads::join);
        tell(&self.gateway, ListenerChange::Stopped);
        let unwritten = self.audit_writing.finish(LAST_WORDS);
        if unwritten > 0 {
            tracing::error!(bytes = unwritten, "the audit's sink did not take the last lines");
        }
        outcome
    }
}

impl Ground {
    fn lay(loaded: &Loaded) -> Result<(Self, AuditWriting), RunError> {
        let clock = Clock::system();
        let level = Level::new(loaded.detail());
        let metrics = Metrics::new(clock.unix_seconds());
        let readiness = Readiness::new();
        let (audit, writing) = Audit::start(
            loaded.audit_destination(),
            clock.clone(),
            level.clone(),
            metrics.clone(),
            readiness.clone(),
        )
        .map_err(RunError::Audit)?;
        Ok((
            Self {
                clock,
                level,
                metrics,
                readiness,
                audit,
            },
            writing,
        ))
    }

    fn surroundings(&self, logs: Option<Logs>) -> Surroundings {
        Surroundings {
            clock: self.clock.clone(),
            metrics: self.metrics.clone(),
            readiness: self.readiness.clone(),
            level: self.level.clone(),
            audit: self.audit.clone(),
            logs,
            poll: Surroundings::POLL,
            key_times: KeyTimes::default(),
        }
    }

    fn gateway(&self, live: Live, limits: Limits, opened: Vec<Opened>, stop: watch::Receiver<bool>) -> Gateway {
        Gateway {
            live,
            audit: self.audit.clone(),
            metrics: self.metrics.clone(),
            readiness: self.readiness.clone(),
            clock: self.clock.clone(),
            handles: Arc::new(Filters::new(self.clock.clone())),
            rooms: Rooms::of(limits.connections),
            chain: Arc::default(),
            seats: Seats::of(&limits),
            body_memory: BodyMemory::of(limits.body_memory_bytes),
            answer_memory: AnswerMemory::of(limits.answer_memory_bytes),
            limits,
            opened,
            stop,
        }
    }

    fn admin_parts(&self, gateway: &Gateway, logs: Option<Logs>) -> AdminParts {
        AdminParts {
            clock: self.clock.clone(),
            readiness: self.readiness.clone(),
            freshness: gateway.live.freshness().clone(),
            metrics: self.metrics.clone(),
            audit: self.audit.clone(),
            logs,
            reloads: gateway.live.reloads().clone(),
        }
    }
}

fn tell(gateway: &Gateway, change: ListenerChange) {
    for opened in &gateway.opened {
        let event = ListenerEvent {
            name: &opened.name,
            address: opened.address,
            change,
        };
        gateway.audit.note(&Event::Listener(event));
    }
}
