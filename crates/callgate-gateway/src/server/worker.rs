//! One worker: a thread with a runtime, listeners, connections and a way to the node of its own.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::Gateway;
use super::accept::accept;
use crate::authenticate::Authentication;
use crate::chain;
use crate::connection::Connections;
use crate::current::Current;
use crate::handles;
use crate::limits::TICK;
use crate::metrics::WorkerMetrics;
use crate::request_id::RequestIds;
use crate::snapshot::Snapshot;

/// How often a worker that is about to stop looks whether its connections are gone.
const DRAIN_LOOK: Duration = Duration::from_millis(10);

/// Everything that requests on one thread share.
pub(crate) struct Worker {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) metrics: WorkerMetrics,
    pub(crate) request_ids: RequestIds,
    pub(crate) authentication: Authentication,
    pub(super) connections: Arc<Connections>,
    node_ids: AtomicU64,
    current: Mutex<Arc<Current>>,
}

/// Which of the workers also looks after the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Duty {
    /// Calls only.
    Calls,
    /// Calls, and asking the node who it is.
    CallsAndNode,
}

impl Worker {
    /// A worker of `gateway`. `seed` must be random: ids for clients and for the node start there.
    pub(super) fn new(gateway: Arc<Gateway>, seed: &Seed) -> io::Result<Self> {
        let metrics = gateway.metrics.worker();
        let current = Current::of(gateway.live.load_full(), &gateway, &metrics, None)?;
        Ok(Self {
            request_ids: RequestIds::starting(seed.request_ids),
            // below 2^53, so that a node written in JavaScript gives our ids back whole
            node_ids: AtomicU64::new(seed.node_ids >> 12),
            authentication: Authentication::new(
                seed.digest_key,
                &gateway.limits,
                gateway.clock.clone(),
                metrics.clone(),
            ),
            connections: Connections::new(&gateway.limits),
            current: Mutex::new(Arc::new(current)),
            metrics,
            gateway,
        })
    }

    /// The snapshot in force, with what goes with it.
    pub(crate) fn current(&self) -> Arc<Current> {
        let newest = self.gateway.live.load();
        let known = Arc::clone(&self.current.lock());
        if known.revision() == newest.revision {
            known
        } else {
            self.current_of(&newest)
        }
    }

    /// What goes with `snapshot`. Kept when it is the newest.
    pub(crate) fn current_of(&self, snapshot: &Arc<Snapshot>) -> Arc<Current> {
        let mut kept = self.current.lock();
        if kept.revision() == snapshot.revision {
            return Arc::clone(&kept);
        }
        match Current::of(Arc::clone(snapshot), &self.gateway, &self.metrics, Some(&kept)) {
            Ok(current) => *kept = Arc::new(current),
            // a snapshot whose node cannot be used leaves the last good one in force
            Err(error) => tracing::error!(%error, snapshot.revision, "the node of the new policy cannot be used"),
        }
        Arc::clone(&kept)
    }

    /// `count` ids for the node, in order, of which this is the first. Never a client's, never used twice.
    pub(crate) fn node_ids(&self, count: u64) -> u64 {
        self.node_ids.fetch_add(count, Ordering::Relaxed)
    }
}

/// Randomness for one worker.
pub(super) struct Seed {
    request_ids: u64,
    node_ids: u64,
    digest_key: [u8; 32],
}

impl Seed {
    /// From the system.
    pub(super) fn random() -> io::Result<Self> {
        let mut digest_key = [0; 32];
        getrandom::fill(&mut digest_key).map_err(io::Error::other)?;
        Ok(Self {
            request_ids: getrandom::u64().map_err(io::Error::other)?,
            node_ids: getrandom::u64().map_err(io::Error::other)?,
            digest_key,
        })
    }
}

/// Runs a worker on this thread until `stop` says so, then until its connections have ended or the time for that is over.
pub(super) fn run(
    worker: &Arc<Worker>,
    duty: Duty,
    listeners: Vec<TcpListener>,
    stop: watch::Receiver<bool>,
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(work(worker, duty, listeners, stop))
}

async fn work(
    worker: &Arc<Worker>,
    duty: Duty,
    listeners: Vec<TcpListener>,
    mut stop: watch::Receiver<bool>,
) -> io::Result<()> {
    let mut accepting = JoinSet::new();
    for (place, listener) in listeners.into_iter().enumerate() {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        accepting.spawn(accept(Arc::clone(worker), listener, place));
    }
    let mut background = JoinSet::new();
    background.spawn(sweep(Arc::clone(worker)));
    if duty == Duty::CallsAndNode {
        background.spawn(chain::watch(Arc::clone(worker)));
        background.spawn(handles::sweep(Arc::clone(worker)));
    }
    let outcome = tokio::select! {
        // an error means that the gateway is gone: stop as well
        _ = stop.wait_for(|stop| *stop) => Ok(()),
        Some(_) = accepting.join_next() => Err(io::Error::other("a listener broke")),
        Some(_) = background.join_next() => Err(io::Error::other("a watch broke")),
    };
    accepting.shutdown().await;
    drain(worker).await;
    outcome
}

async fn sweep(worker: Arc<Worker>) {
    let mut ticks = tokio::time::interval(TICK);
    loop {
        ticks.tick().await;
        for stage in worker.connections.sweep() {
            tracing::debug!(?stage, "a connection took too long and was cut");
        }
    }
}

async fn drain(worker: &Worker) {
    let deadline = Instant::now() + worker.gateway.limits.drain_time;
    worker.connections.drain();
    while worker.connections.count() > 0 && Instant::now() < deadline {
        tokio::time::sleep(DRAIN_LOOK).await;
    }
    worker.connections.cut();
    tokio::task::yield_now().await;
}
