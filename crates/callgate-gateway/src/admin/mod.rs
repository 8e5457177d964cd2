//! The admin surface, on its own address and thread, so that neither load nor a stuck worker can silence it:
//!
//! - `GET /health`: the process runs; depends on nothing else
//! - `GET /ready`: may it be sent calls, as JSON with every condition, its reason and every source's freshness; 503 when not
//! - `GET /metrics`: Prometheus
//! - `POST /reload`: read the files again
//!
//! It listens on loopback only: it has neither TLS nor credentials. Nothing it says is secret, but a web page in a browser on
//! the same machine must not read or call it either, so requests with an `Origin` or a foreign `Host` are refused.

mod answer;

use std::convert::Infallible;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, oneshot};

use crate::audit::Audit;
use crate::clock::Clock;
use crate::logs::Logs;
use crate::metrics::Metrics;
use crate::readiness::Readiness;
use crate::sources::Freshness;
use crate::watch::Reloads;

/// How many connections are served at once: a few scrapers and probes.
const CONNECTIONS: usize = 32;

/// How long one connection may live: each carries one request.
const LIFETIME: Duration = Duration::from_secs(10);

/// The most bytes of a request's head.
const HEAD_BYTES: usize = 16 * 1024;

/// What the admin surface can show and do.
#[derive(Clone)]
pub struct AdminParts {
    /// The clock, for ages.
    pub clock: Clock,
    /// The conditions for `/ready`.
    pub readiness: Readiness,
    /// The sources for `/ready` and `/metrics`.
    pub freshness: Freshness,
    /// The numbers for `/metrics`.
    pub metrics: Metrics,
    /// The audit, for its backlog.
    pub audit: Audit,
    /// The log, for its losses; none when the process has none of its own.
    pub logs: Option<Logs>,
    /// Where `/reload` asks.
    pub reloads: Reloads,
}

/// A bound address that does not answer yet.
pub struct Admin {
    listener: TcpListener,
    address: SocketAddr,
}

/// A running admin surface; dropped, it stops.
pub struct AdminServer {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Why there is no admin surface.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// An address that others can reach.
    #[error("the admin address `{0}` is not loopback: it has no TLS and no credentials")]
    BeyondLoopback(SocketAddr),
    /// The system said no.
    #[error("cannot listen on the admin address `{address}`: {why}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        why: io::Error,
    },
}

impl Admin {
    /// Binds `address`; port 0 takes a free one.
    ///
    /// # Errors
    /// [`AdminError`] for an address beyond loopback, or one that cannot be bound.
    pub fn bind(address: SocketAddr) -> Result<Self, AdminError> {
        if !address.ip().is_loopback() {
            return Err(AdminError::BeyondLoopback(address));
        }
        let failed = |why| AdminError::Bind { address, why };
        let listener = TcpListener::bind(address).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, address })
    }

    /// The address with its real port.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers from now on, on a thread of its own.
    ///
    /// # Errors
    /// When the thread or its runtime cannot be started.
    pub fn serve(self, parts: AdminParts) -> io::Result<AdminServer> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let (address, listener) = (self.address, self.listener);
        let thread = std::thread::Builder::new()
            .name("callgate-admin".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    tokio::select! {
                        _ = stopped => {}
                        () = accept(listener, Arc::new(parts)) => {}
                    }
                });
            })?;
        Ok(AdminServer {
            address,
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl AdminServer {
    /// The address with its real port.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for AdminServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn accept(listener: TcpListener, parts: Arc<AdminParts>) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(why) => return tracing::error!(error = %why, "the admin address does not answer"),
    };
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                let parts = Arc::clone(&parts);
                tokio::spawn(async move {
                    let _ = tokio::time::timeout(LIFETIME, connection(stream, parts)).await;
                    drop(permit);
                });
            }
            // Out of descriptors, most likely: a pause lets others close theirs.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

async fn connection(stream: TcpStream, parts: Arc<AdminParts>) {
    let service = service_fn(move |request| {
        let answer = answer::answer(&request, &parts);
        async move { Ok::<_, Infallible>(answer) }
    });
    let mut server = http1::Builder::new();
    server
        .timer(TokioTimer::new())
        .header_read_timeout(LIFETIME)
        .max_buf_size(HEAD_BYTES)
        .keep_alive(false);
    // A peer that leaves early or speaks no HTTP is nobody's concern here.
    let _ = server.serve_connection(TokioIo::new(stream), service).await;
}

#[cfg(test)]
mod tests;
