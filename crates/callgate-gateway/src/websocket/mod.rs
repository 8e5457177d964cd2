//! The WebSocket front: the same calls, judged by the same pipeline, over a connection that stays.
//!
//! A socket is one task. It reads messages, has each judged by the snapshot of that moment, sends what is permitted over a
//! WebSocket to the node that is its own, and hands answers to its writer as they come. Subscriptions live between the two
//! sockets under ids of ours. Nothing outlives its grant: the credential presented at the handshake is kept and judged again
//! whenever the snapshot changes or its time is over, and before every message and every push.

mod close;
mod connection;
mod flights;
mod grant;
mod handles;
mod handshake;
mod limits;
mod link;
mod meter;
mod outbox;
mod rooms;
mod session;
mod subscriptions;

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::{Request, Response};

use self::connection::Opening;
use self::grant::Grant;
pub(crate) use self::link::Route;
pub(crate) use self::rooms::Rooms;
use crate::authenticate::Caller;
use crate::handles::OwnerKey;
use crate::reply::Refused;
use crate::server::Visit;

/// Answers a handshake. The origin has been checked, the caller is known, the path is ours.
///
/// # Errors
/// When it is no handshake, or when no more sockets may be open.
pub(crate) fn accept(
    visit: &Visit,
    caller: Arc<Caller>,
    mut request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Refused> {
    let response = handshake::answer(request.headers())?;
    if visit.guest.watch.is_draining() {
        return Err(Refused::Stopping);
    }
    let room = visit
        .guest
        .worker
        .gateway
        .rooms
        .enter(OwnerKey::of(caller.principal()))
        .ok_or(Refused::Rooms)?;
    let grant = Grant::of(visit, caller, &request)?;
    let opening = Opening::of(visit, grant, room);
    tokio::spawn(connection::serve(opening, hyper::upgrade::on(&mut request)));
    Ok(response)
}

#[cfg(test)]
mod tests;
