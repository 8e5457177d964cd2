//! The running server: one worker per core, each with its own listeners, connections and way to the node.

mod accept;
mod body;
mod entrance;
mod front;
mod head;
mod listen;
mod worker;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use callgate_policy::settings::{Listener, Settings};
use tokio::sync::{Notify, watch};

pub(crate) use self::entrance::Entrance;
pub(crate) use self::front::Visit;
pub(crate) use self::worker::Worker;
use self::worker::{Duty, Seed};
use crate::answer_memory::AnswerMemory;
use crate::audit::Audit;
use crate::chain::Chain;
use crate::clock::Clock;
use crate::connection::Seats;
use crate::handles::Filters;
use crate::limits::{BodyMemory, Limits};
use crate::metrics::Metrics;
use crate::readiness::Readiness;
use crate::snapshot::Live;
use crate::websocket::Rooms;

/// What all workers share.
pub(crate) struct Gateway {
    pub(crate) live: Live,
    pub(crate) audit: Audit,
    pub(crate) metrics: Metrics,
    pub(crate) readiness: Readiness,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    pub(crate) handles: Arc<Filters>,
    pub(crate) rooms: Arc<Rooms>,
    pub(crate) chain: Arc<Chain>,
    pub(crate) seats: Arc<Seats>,
    pub(crate) body_memory: Arc<BodyMemory>,
    pub(crate) answer_memory: Arc<AnswerMemory>,
    pub(crate) opened: Vec<Opened>,
    /// True from the moment that the gateway is about to stop.
    pub(crate) stop: watch::Receiver<bool>,
}

/// A listener that is open. A reload changes what it serves, not where it is.
#[derive(Clone, Debug)]
pub(crate) struct Opened {
    /// Its name in the policy that opened it.
    pub(crate) name: String,
    /// Its address there; port 0 lets the system choose.
    pub(crate) wanted: SocketAddr,
    /// The address it has.
    pub(crate) address: SocketAddr,
}

impl Opened {
    /// What it serves under these settings; none when they no longer have it.
    pub(crate) fn entrance(&self, settings: &Settings) -> Option<Arc<Entrance>> {
        let is_this = |listener: &&Listener| {
            listener.address == self.wanted && (self.wanted.port() != 0 || listener.name == self.name)
        };
        settings
            .listeners
            .iter()
            .find(is_this)
            .map(|listener| Arc::new(Entrance::of(listener, settings)))
    }
}

/// Sockets for every worker, in the order of the listeners.
pub(crate) struct Sockets {
    pub(crate) opened: Vec<Opened>,
    by_worker: Vec<Vec<TcpListener>>,
}

impl Sockets {
    /// Opens every listener for every worker.
    ///
    /// # Errors
    /// The address that cannot be opened, and why.
    pub(crate) fn open(listeners: &[Listener], workers: usize) -> Result<Self, (SocketAddr, io::Error)> {
        let mut opened = Vec::with_capacity(listeners.len());
        let mut by_worker: Vec<Vec<TcpListener>> = (0..workers).map(|_| Vec::new()).collect();
        for listener in listeners {
            let (address, sockets) =
                listen::open(listener.address, workers).map_err(|error| (listener.address, error))?;
            for (worker, socket) in by_worker.iter_mut().zip(sockets) {
                worker.push(socket);
            }
            opened.push(Opened {
                name: listener.name.clone(),
                wanted: listener.address,
                address,
            });
        }
        Ok(Self { opened, by_worker })
    }
}

/// The threads of the workers.
pub(crate) struct Threads(Vec<std::thread::JoinHandle<io::Result<()>>>);

impl Threads {
    /// Starts one thread per worker. `ended` is told when one ends, for whatever reason.
    ///
    /// # Errors
    /// When a thread cannot be started, or the node of the policy cannot be used.
    pub(crate) fn start(gateway: &Arc<Gateway>, sockets: Sockets, ended: &Arc<Notify>) -> io::Result<Self> {
        let mut threads = Vec::with_capacity(sockets.by_worker.len());
        for (number, listeners) in sockets.by_worker.into_iter().enumerate() {
            let worker = Arc::new(Worker::new(Arc::clone(gateway), &Seed::random()?)?);
            let duty = if number == 0 { Duty::CallsAndNode } else { Duty::Calls };
            let (stop, ended) = (gateway.stop.clone(), Ended(Arc::clone(ended)));
            let thread = std::thread::Builder::new().name(format!("worker-{number}"));
            threads.push(thread.spawn(move || {
                let _tells = ended;
                worker::run(&worker, duty, listeners, stop)
            })?);
        }
        Ok(Self(threads))
    }

    /// Waits for all of them.
    ///
    /// # Errors
    /// When one of them broke.
    pub(crate) fn join(self) -> io::Result<()> {
        let mut outcome = Ok(());
        for thread in self.0 {
            let ended = thread
                .join()
                .unwrap_or_else(|_| Err(io::Error::other("a worker ended in a panic")));
            outcome = outcome.and(ended);
        }
        outcome
    }
}

/// Tells that a thread ended, also when it panicked.
struct Ended(Arc<Notify>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

#[cfg(test)]
mod tests;
