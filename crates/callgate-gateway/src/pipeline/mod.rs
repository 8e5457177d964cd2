//! The way of a call, shared by both fronts: parse → understand → judge → forward → record.
//!
//! [`judge`] is synchronous and ends with owned values: neither the body nor anything borrowed from it lives across an
//! await. What it leaves is a [`Flight`]: the bytes for the node, made from permits only, and a slot per call. The front
//! gets the node's answer in its own way and [lands](Flight::land) the flight, which puts every call on record and gives
//! the client's answer. A flight that is dropped on the way (its client left) is recorded all the same.

mod flight;
mod handles;
mod judge;
mod record;
mod settle;
mod slot;

use std::net::IpAddr;
use std::sync::Arc;

pub(crate) use self::flight::{Answer, Flight};
pub(crate) use self::handles::{Found, Handles, HandlesFull, Made, Who};
pub(crate) use self::judge::{judge, refusal_of_deed};
use crate::audit::{Front, Origin};
use crate::authenticate::Caller;
use crate::current::Current;
use crate::reply::Signature;
use crate::request_id::RequestId;
use crate::server::Entrance;

/// Where a request or message stands: everything about it that is not its calls.
#[derive(Clone)]
pub(crate) struct Scene {
    /// Its id.
    pub(crate) request_id: RequestId,
    /// The front it came through.
    pub(crate) front: Front,
    /// The listener it came through.
    pub(crate) entrance: Arc<Entrance>,
    /// The peer of the connection.
    pub(crate) peer: IpAddr,
    /// The WebSocket's id.
    pub(crate) connection: Option<Arc<str>>,
    /// Who sent it.
    pub(crate) caller: Arc<Caller>,
    /// The snapshot it is judged by, and what goes with it.
    pub(crate) current: Arc<Current>,
    /// The filters and subscriptions it may speak of.
    pub(crate) handles: Arc<dyn Handles>,
}

impl Scene {
    /// What every error answer of this request carries.
    pub(crate) fn signature(&self) -> Signature {
        Signature {
            request_id: self.request_id,
            detail: self.current.detail(),
        }
    }

    /// Who speaks of filters and subscriptions here.
    pub(crate) fn who(&self) -> Who<'_> {
        Who {
            caller: &self.caller,
            current: &self.current,
            front: self.front,
        }
    }

    /// Where its records say that it came from.
    pub(crate) fn origin<'a>(&'a self, request_id: &'a str) -> Origin<'a> {
        Origin {
            request_id,
            front: self.front,
            listener: self.entrance.name(),
            peer: Some(self.peer),
            connection: self.connection.as_deref(),
        }
    }
}

#[cfg(test)]
mod generated;
#[cfg(test)]
mod tests;
