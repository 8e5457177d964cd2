//! Taking connections: one loop per listener and worker.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use tokio::net::{TcpListener, TcpStream};

use super::front;
use super::worker::Worker;
use crate::audit::{Front, Refusal};
use crate::connection::Served;
use crate::limits::READ_BUFFER_BYTES;

/// How long to wait when the system has no more file descriptors: closing connections frees some.
const EXHAUSTED_PAUSE: Duration = Duration::from_millis(50);

/// Takes connections from `listener` for ever; ends by being dropped.
pub(super) async fn accept(worker: Arc<Worker>, listener: TcpListener, place: usize) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => admit(&worker, stream, peer, place),
            Err(error) if is_about_one_connection(&error) => {}
            Err(error) => {
                tracing::warn!(error.kind = ?error.kind(), "no connection can be accepted for a moment");
                tokio::time::sleep(EXHAUSTED_PAUSE).await;
            }
        }
    }
}

fn admit(worker: &Arc<Worker>, stream: TcpStream, peer: SocketAddr, place: usize) {
    let seat = match worker.gateway.seats.take(peer.ip()) {
        Ok(seat) => seat,
        Err(why) => {
            // closing at once tells the client more, and costs less, than letting it wait in the queue
            worker.metrics.request_refused(Refusal::Limit, why.reason());
            return;
        }
    };
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let socket = worker.connections.admit(stream, seat);
    let watch = socket.watch();
    let guest = front::Guest {
        worker: Arc::clone(worker),
        watch: Arc::clone(&watch),
        peer: peer.ip(),
        place,
    };
    let service = service_fn(move |request| {
        // boxed: hyper keeps room for this future on every connection, also between requests, and moves it about
        let answer = Box::pin(front::serve(guest.clone(), request));
        async move { Ok::<_, Infallible>(answer.await) }
    });
    let connection = http1::Builder::new()
        .header_read_timeout(None) // the sweep of `connection` does this, for every stage
        .max_header_size(worker.gateway.limits.head_bytes)
        .max_buf_size(worker.gateway.limits.head_bytes.saturating_add(READ_BUFFER_BYTES))
        .serve_connection(socket, service)
        .with_upgrades();
    let open = worker.metrics.connection_opened(Front::Http);
    tokio::spawn(Served::new(connection, watch, open));
}

fn is_about_one_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted
    )
}
