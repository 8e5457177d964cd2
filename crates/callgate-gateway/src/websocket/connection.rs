//! A socket from the answer to its handshake to its last byte: set up, served, closed, on record at both ends.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::stream::SplitStream;
use futures_util::{FutureExt, StreamExt};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::close::Ending;
use super::grant::Grant;
use super::limits::{CLIENT_BUFFER_BYTES, CLOSING, LINGER, OPENING};
use super::meter::{Meter, Metered};
use super::outbox::{self, Outbox, Pace, Wrote};
use super::rooms::Room;
use super::session::Session;
use crate::audit::{ConnectionChange, ConnectionEvent, Event, Front, Origin};
use crate::authenticate::Caller;
use crate::connection::{Socket, Watch};
use crate::metrics::OpenConnection;
use crate::request_id::RequestId;
use crate::server::{Visit, Worker};

/// A client's stream.
pub(super) type ClientStream = WebSocketStream<Metered<TokioIo<Socket>>>;

/// What the handshake leaves to the socket.
pub(super) struct Opening {
    worker: Arc<Worker>,
    watch: Arc<Watch>,
    grant: Grant,
    room: Room,
    request_id: RequestId,
    peer: IpAddr,
}

impl Opening {
    /// Of an accepted handshake.
    pub(super) fn of(visit: &Visit, grant: Grant, room: Room) -> Self {
        Self {
            worker: Arc::clone(&visit.guest.worker),
            watch: Arc::clone(&visit.guest.watch),
            grant,
            room,
            request_id: visit.request_id,
            peer: visit.guest.peer,
        }
    }
}

/// What every message of a socket shares with its record.
#[derive(Clone)]
pub(super) struct Identity {
    /// The socket's id: that of its handshake.
    pub(super) connection: Arc<str>,
    /// The client's address.
    pub(super) peer: IpAddr,
    /// Calls so far.
    pub(super) calls: Arc<AtomicU64>,
}

/// Serves a socket to its end.
pub(super) async fn serve(opening: Opening, upgrade: OnUpgrade) {
    let Some(socket) = opened(upgrade).await else { return };
    let Opening {
        worker,
        watch,
        grant,
        room,
        request_id,
        peer,
    } = opening;
    watch.upgraded();
    let identity = Identity {
        connection: request_id.to_string().into(),
        peer,
        calls: Arc::default(),
    };
    let record = Record::open(&worker, &grant, &identity);
    let meter = Meter::new(
        worker.gateway.limits.body_bytes,
        Arc::clone(&worker.gateway.body_memory),
    );
    let (sink, mut stream) = stream(socket, &meter, worker.gateway.limits.body_bytes).await.split();
    let outbox = Arc::new(Outbox::within(&worker.gateway.answer_memory));
    let pace = Pace::of(&worker.gateway.limits);
    let session = Session::new(Arc::clone(&worker), grant, identity, Arc::clone(&outbox), meter);
    let mut writing = pin!(outbox::write(sink, &outbox, pace));
    let ending = {
        let session = AssertUnwindSafe(session.run(&mut stream)).catch_unwind();
        tokio::select! {
            biased;
            ended = session => Ok(ended.unwrap_or_else(|_| crashed(&worker))),
            wrote = &mut writing => Err(Ending::of_writing(wrote)),
        }
    };
    if let Ok(ending) = ending {
        outbox.end(ending.frame(), ending.rest());
        if writing.await == Wrote::All && ending.frame().is_some() {
            leave(&mut stream).await;
        }
    }
    record.close(ending.unwrap_or_else(|ending| ending));
    drop(room);
}

fn crashed(worker: &Worker) -> Ending {
    worker.metrics.panicked();
    tracing::error!("a websocket ended in a panic");
    Ending::Crashed
}

/// The socket, once its handshake is answered. Bytes that came before the answer are no frames of an honest client.
async fn opened(upgrade: OnUpgrade) -> Option<Socket> {
    let upgraded = timeout(OPENING, upgrade).await.ok()?.ok()?;
    let parts = upgraded.downcast::<Socket>().ok()?;
    parts.read_buf.is_empty().then_some(parts.io)
}

async fn stream(socket: Socket, meter: &Arc<Meter>, message_bytes: usize) -> ClientStream {
    let config = WebSocketConfig::default()
        .read_buffer_size(CLIENT_BUFFER_BYTES)
        .write_buffer_size(CLIENT_BUFFER_BYTES)
        .max_message_size(Some(message_bytes))
        .max_frame_size(Some(message_bytes));
    let stream = Metered::new(TokioIo::new(socket), Arc::clone(meter));
    WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await
}

/// Reads on until the client has closed as well, so that its last frames do not reset what we sent last.
async fn leave(stream: &mut SplitStream<ClientStream>) {
    let closed = async {
        let mut frames = 0_u32;
        while let Some(Ok(_)) = stream.next().await {
            frames = frames.saturating_add(1);
        }
        frames
    };
    // whoever does not close in time is cut; a stream that broke is not read on, so its client gets a moment to read
    if timeout(CLOSING, closed).await == Ok(0) {
        tokio::time::sleep(LINGER).await;
    }
}

/// The socket on record and in the metrics.
struct Record {
    worker: Arc<Worker>,
    identity: Identity,
    listener: Box<str>,
    caller: Arc<Caller>,
    metrics: OpenConnection,
}

impl Record {
    fn open(worker: &Arc<Worker>, grant: &Grant, identity: &Identity) -> Self {
        let record = Self {
            worker: Arc::clone(worker),
            identity: identity.clone(),
            listener: grant.entrance().name().into(),
            caller: Arc::clone(grant.caller()),
            metrics: worker.metrics.connection_opened(Front::WebSocket),
        };
        record.note(ConnectionChange::Opened);
        record
    }

    fn close(self, ending: Ending) {
        let calls = self.identity.calls.load(Ordering::Relaxed);
        self.note(ConnectionChange::Closed {
            reason: ending.reason(),
            code: ending.code(),
            calls,
        });
        drop(self.metrics);
    }

    fn note(&self, change: ConnectionChange<'_>) {
        let origin = Origin {
            request_id: &self.identity.connection,
            front: Front::WebSocket,
            listener: &self.listener,
            peer: Some(self.identity.peer),
            connection: Some(&self.identity.connection),
        };
        let event = ConnectionEvent {
            origin,
            actor: self.caller.actor(),
            change,
        };
        self.worker.gateway.audit.note(&Event::Connection(event));
    }
}
