//! The HTTP front: from a request to its answer, in the order limit → authenticate → read → judge → forward.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use futures_util::FutureExt;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::HeaderValue;
use hyper::http::request::Parts;
use hyper::{Request, Response};

use super::body;
use super::entrance::Entrance;
use super::head::{self, Asked};
use super::worker::Worker;
use crate::audit::{Event, Front, Origin, RefusalEvent};
use crate::authenticate::{Caller, Stranger};
use crate::connection::Watch;
use crate::cors::{self, From};
use crate::current::Current;
use crate::handles::Filters;
use crate::limits::Reserved;
use crate::pipeline::{self, Answer, Flight, Scene};
use crate::reply::{self, Refused, Signature};
use crate::request_id::RequestId;
use crate::websocket;

/// A connection's client.
#[derive(Clone)]
pub(crate) struct Guest {
    pub(crate) worker: Arc<Worker>,
    pub(crate) watch: Arc<Watch>,
    pub(crate) peer: IpAddr,
    /// The place of its listener among the open ones.
    pub(crate) place: usize,
}

/// One request of a guest.
pub(crate) struct Visit {
    pub(crate) guest: Guest,
    pub(crate) request_id: RequestId,
    pub(crate) current: Arc<Current>,
    pub(crate) entrance: Arc<Entrance>,
    /// When it came; moved on by the time that its client made us wait.
    pub(crate) started: Instant,
    /// Who is calling, once that is known: for the record.
    caller: Option<Arc<Caller>>,
}

/// Why a visit ends early, and whom it was.
pub(super) struct Ended {
    refused: Refused,
    stranger: Option<Stranger>,
}

impl std::convert::From<Refused> for Ended {
    fn from(refused: Refused) -> Self {
        Self {
            refused,
            stranger: None,
        }
    }
}

/// Answers one request. Whatever happens, there is an answer.
pub(super) async fn serve(guest: Guest, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let (watch, worker) = (Arc::clone(&guest.watch), Arc::clone(&guest.worker));
    let request_id = worker.request_ids.next();
    worker.metrics.request(Front::Http);
    let response = match whole(visit(guest, request_id, request)).await {
        Some(response) => response,
        None => {
            worker.metrics.panicked();
            tracing::error!(request.id = %request_id, "a request ended in a panic");
            reply::refuse(
                &Refused::Crashed,
                &Signature {
                    request_id,
                    detail: worker.current().detail(),
                },
            )
        }
    };
    watch.answer_starts();
    response
}

/// The outcome of `work`; none when it ends in a panic, which goes no further.
fn whole<T>(work: impl Future<Output = T>) -> impl Future<Output = Option<T>> {
    // no `async fn`: it would keep room for `work` twice
    AssertUnwindSafe(work).catch_unwind().map(Result::ok)
}

async fn visit(guest: Guest, request_id: RequestId, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let started = Instant::now();
    let current = guest.worker.current();
    let signature = Signature {
        request_id,
        detail: current.detail(),
    };
    let Some(entrance) = current.entrance(guest.place).map(Arc::clone) else {
        return reply::refuse(&Refused::ListenerGone, &signature);
    };
    let mut visit = Visit {
        guest,
        request_id,
        current,
        entrance,
        started,
        caller: None,
    };
    let (head, body) = request.into_parts();
    let origin = match cors::from(&head, visit.entrance.cors()) {
        From::Listed(origin) => Some(origin.clone()),
        From::NoPage | From::Stranger => None,
    };
    let mut response = match visit.answer(head, body, origin.as_ref()).await {
        Ok(response) => response,
        Err(ended) => {
            visit.record(&ended).await;
            reply::refuse(&ended.refused, &signature)
        }
    };
    if let Some(origin) = &origin {
        cors::tag(origin, response.headers_mut());
    }
    response
}

impl Visit {
    async fn answer(
        &mut self,
        head: Parts,
        body: Incoming,
        origin: Option<&HeaderValue>,
    ) -> Result<Response<Full<Bytes>>, Ended> {
        let asked = head::examine(&head, &self.entrance)?;
        if cors::from(&head, self.entrance.cors()) == From::Stranger {
            return Err(Refused::Origin.into());
        }
        match asked {
            Asked::Preflight => Ok(self.preflight(origin)),
            Asked::Calls { length } => {
                let caller = self.authenticate(&head).await?;
                let (body, reserved) = self.body(body, length).await?;
                let caller = self.still(caller, &head).await?;
                let flight = self.judge(caller, &body);
                drop((body, reserved));
                Ok(match flight?.by_http().await {
                    Answer::Json(status, body) => reply::json(status, body),
                    Answer::None => reply::nothing(),
                })
            }
            Asked::WebSocket => {
                let caller = self.authenticate(&head).await?;
                Ok(websocket::accept(self, caller, Request::from_parts(head, body))?)
            }
        }
    }

    fn preflight(&self, origin: Option<&HeaderValue>) -> Response<Full<Bytes>> {
        let mut response = reply::nothing();
        if let (Some(cors), Some(origin)) = (self.entrance.cors(), origin) {
            cors.preflight(origin, response.headers_mut());
        }
        response
    }

    async fn authenticate(&mut self, head: &Parts) -> Result<Arc<Caller>, Ended> {
        let worker = Arc::clone(&self.guest.worker);
        let mut snapshot = Arc::clone(self.current.snapshot());
        let outcome = worker
            .authentication
            .of_request(head, self.guest.peer, &mut snapshot, &worker.gateway.live)
            .await;
        if snapshot.revision != self.current.revision() {
            self.turn_to(worker.current_of(&snapshot))?;
        }
        match outcome {
            Ok(caller) => {
                self.caller = Some(Arc::clone(&caller));
                Ok(caller)
            }
            Err(stranger) => Err(Ended {
                refused: self.refusal_of(&stranger),
                stranger: Some(stranger),
            }),
        }
    }

    fn refusal_of(&self, stranger: &Stranger) -> Refused {
        match stranger {
            Stranger::Unknown { reason, .. } => Refused::Credential {
                reason,
                challenge: self.current.challenge(),
            },
            Stranger::Unmapped { .. } => Refused::Mapping,
            Stranger::TooManyFailures => Refused::Failures,
        }
    }

    /// The body, and its place in the memory for bodies.
    async fn body(&mut self, body: Incoming, length: usize) -> Result<(Bytes, Reserved), Refused> {
        let memory = &self.guest.worker.gateway.body_memory;
        let reserved = memory.reserve(length).ok_or(Refused::Memory)?;
        let waiting = Instant::now();
        self.guest.watch.body_starts(length);
        let body = body::read(body, length).await?;
        self.guest.watch.answering();
        self.started += waiting.elapsed();
        Ok((body, reserved))
    }

    /// Who is calling now that the body is there. Its client chose how long that took, and a grant that ended meanwhile
    /// is none: then the head is judged again, by the newest snapshot.
    async fn still(&mut self, caller: Arc<Caller>, head: &Parts) -> Result<Arc<Caller>, Ended> {
        let gateway = &self.guest.worker.gateway;
        let second = gateway.clock.unix_seconds();
        let is_over = caller.principal().expires_at.is_some_and(|end| second >= end);
        if gateway.live.load().revision == self.current.revision() && !is_over {
            return Ok(caller);
        }
        self.turn_to(self.guest.worker.current())?;
        self.authenticate(head).await
    }

    fn turn_to(&mut self, current: Arc<Current>) -> Result<(), Refused> {
        self.entrance = current
            .entrance(self.guest.place)
            .map(Arc::clone)
            .ok_or(Refused::ListenerGone)?;
        self.current = current;
        Ok(())
    }

    fn judge(&self, caller: Arc<Caller>, body: &[u8]) -> Result<Box<Flight>, Refused> {
        let scene = self.scene(caller);
        pipeline::judge(&self.guest.worker, scene, self.started, body).map_err(Refused::Document)
    }

    fn scene(&self, caller: Arc<Caller>) -> Scene {
        Scene {
            request_id: self.request_id,
            front: Front::Http,
            entrance: Arc::clone(&self.entrance),
            peer: self.guest.peer,
            connection: None,
            caller,
            current: Arc::clone(&self.current),
            handles: Arc::<Filters>::clone(&self.guest.worker.gateway.handles),
        }
    }

    /// Puts a refused request on record. It is refused even when that fails.
    async fn record(&self, ended: &Ended) {
        let worker = &self.guest.worker;
        let (kind, reason) = (ended.refused.kind(), ended.refused.reason());
        worker.metrics.request_refused(kind, reason);
        let kept = {
            let mut digits = [0; 32];
            let origin = Origin {
                request_id: self.request_id.encode(&mut digits),
                front: Front::Http,
                listener: self.entrance.name(),
                peer: Some(self.guest.peer),
                connection: None,
            };
            let stranger = ended.stranger.as_ref();
            let why = stranger.and_then(Stranger::why);
            worker.gateway.audit.record_or_keep(&Event::Refusal(RefusalEvent {
                origin,
                kind,
                reason,
                actor: match stranger {
                    Some(stranger) => stranger.actor(),
                    None => self.caller.as_deref().map(Caller::actor),
                },
                presented: stranger.and_then(Stranger::presented).map(callgate_auth::Place::name),
                us_callgate: u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX),
                revision: self.current.revision(),
                why: why.as_ref().map(|why| -> &dyn std::fmt::Display { why }),
            }))
        };
        if let Err(line) = kept {
            // the audit has counted the loss
            drop(worker.gateway.audit.wait_for_room(line).await);
        }
    }
}

#[cfg(test)]
mod tests {
    // D-49
    #[tokio::test]
    async fn a_panic_goes_no_further() {
        assert_eq!(super::whole(async { 7 }).await, Some(7));
        let broken = async {
            tokio::task::yield_now().await;
            panic!("made for this test")
        };
        assert_eq!(super::whole::<()>(broken).await, None);
    }
}
