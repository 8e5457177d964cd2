//! One question to the node and its answer, over a pool of this worker's own.
//!
//! Repeating is the danger here. A call that may act (send, sign, make a filter) is written at most once: it
//! takes only a connection that was used a moment ago, or a fresh one, and when that breaks it is over. A call
//! that only reads gets one more try, on a fresh connection, when an old one turns out to be dead.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Method, Request, Response, StatusCode, Uri};
use parking_lot::Mutex;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use super::connect::{Connector, Link};
use super::fault::{Fault, Sent};
use super::target::Target;
use crate::answer_memory::{AnswerMemory, Room};
use crate::limits::{Limits, NODE_FRESH_TIME, NODE_IDLE_CONNECTIONS, NODE_IDLE_TIME};
use crate::metrics::WorkerMetrics;

/// The first reservation for an answer whose length the node announces: it may be lying.
const TRUSTED_LENGTH: usize = 1024 * 1024;

/// Whether a call may reach the node twice without harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// It only reads.
    Harmless,
    /// It may act.
    Never,
}

/// This worker's way to the node.
pub(crate) struct Upstream {
    target: Target,
    connector: Connector,
    uri: Uri,
    headers: HeaderMap,
    idle: Mutex<Vec<Idle>>,
    exchanges: Semaphore,
    exchange_time: Duration,
    connect_time: Duration,
    answer_bytes: usize,
    answer_memory: Arc<AnswerMemory>,
    metrics: WorkerMetrics,
}

struct Idle {
    link: Link,
    since: Instant,
}

impl Upstream {
    /// A way to `target` with an empty pool, whose answers share `memory` with others.
    pub(crate) fn to(
        target: Target,
        limits: &Limits,
        memory: &Arc<AnswerMemory>,
        metrics: &WorkerMetrics,
    ) -> std::io::Result<Self> {
        let connector = Connector::to(&target)?;
        let uri = Uri::from(target.path().clone());
        Ok(Self {
            headers: fixed_headers(&target),
            target,
            connector,
            uri,
            idle: Mutex::new(Vec::new()),
            exchanges: Semaphore::new(limits.exchanges),
            exchange_time: limits.exchange_time,
            connect_time: limits.connect_time,
            answer_bytes: limits.answer_bytes,
            answer_memory: Arc::clone(memory),
            metrics: metrics.clone(),
        })
    }

    /// Whether this is the way to `target` under these limits.
    pub(crate) fn leads_to(&self, target: &Target, limits: &Limits) -> bool {
        self.target == *target
            && self.exchange_time == limits.exchange_time
            && self.connect_time == limits.connect_time
            && self.answer_bytes == limits.answer_bytes
    }

    /// Sends `body` and waits for the whole answer, which holds its room in the memory for answers.
    pub(crate) async fn ask(&self, body: Bytes, repeat: Repeat) -> Result<Bytes, Fault> {
        let _place = self.place().await?;
        let mut sent = Sent::No;
        match timeout(self.exchange_time, self.exchange(body, repeat, &mut sent)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Fault::TimedOut(sent)),
        }
    }

    /// One of the exchanges that may run at once; waits as long as reaching the node may take.
    async fn place(&self) -> Result<SemaphorePermit<'_>, Fault> {
        if let Ok(place) = self.exchanges.try_acquire() {
            return Ok(place);
        }
        match timeout(self.connect_time, self.exchanges.acquire()).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) | Err(_) => Err(Fault::Busy),
        }
    }

    async fn exchange(&self, body: Bytes, repeat: Repeat, sent: &mut Sent) -> Result<Bytes, Fault> {
        if let Some(mut link) = self.idle_link(repeat).await {
            match self.over(&mut link, body.clone(), sent).await {
                Ok(response) => return self.finish(link, response).await,
                Err(Unanswered::NeverSent) => *sent = Sent::No,
                Err(Unanswered::MaybeSent) if repeat == Repeat::Harmless => {}
                Err(Unanswered::MaybeSent) => return Err(Fault::Broken(Sent::Maybe)),
            }
        }
        let mut link = self.fresh_link().await?;
        match self.over(&mut link, body, sent).await {
            Ok(response) => self.finish(link, response).await,
            Err(Unanswered::NeverSent) => Err(Fault::Broken(Sent::No)),
            Err(Unanswered::MaybeSent) => Err(Fault::Broken(Sent::Maybe)),
        }
    }

    async fn over(&self, link: &mut Link, body: Bytes, sent: &mut Sent) -> Result<Response<Incoming>, Unanswered> {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = self.headers.clone();
        *sent = Sent::Maybe;
        link.try_send_request(request)
            .await
            .map_err(|mut error| match error.take_message() {
                Some(_) => Unanswered::NeverSent,
                None => Unanswered::MaybeSent,
            })
    }

    /// Reads the answer; the connection goes back to the pool only after a clean end.
    async fn finish(&self, link: Link, response: Response<Incoming>) -> Result<Bytes, Fault> {
        let (head, body) = response.into_parts();
        acceptable(head.status, &head.headers)?;
        let answer = self.collect(body).await?;
        if !head.status.is_success() && !looks_like_json(&answer) {
            return Err(Fault::Status(head.status.as_u16()));
        }
        self.keep(link);
        Ok(answer)
    }

    async fn collect(&self, mut body: Incoming) -> Result<Bytes, Fault> {
        let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
        if announced > self.answer_bytes {
            return Err(Fault::TooLarge);
        }
        let mut room = Room::none(&self.answer_memory);
        room.cover(announced).map_err(|_| Fault::Memory)?;
        let Some(first) = piece(&mut body).await? else {
            return Ok(Bytes::new());
        };
        if body.is_end_stream() && first.len() <= self.answer_bytes {
            room.cover(first.len()).map_err(|_| Fault::Memory)?;
            return Ok(room.around(first));
        }
        let mut answer = BytesMut::with_capacity(announced.clamp(first.len(), TRUSTED_LENGTH.max(first.len())));
        answer.extend_from_slice(&first);
        while let Some(next) = piece(&mut body).await? {
            if next.len() > self.answer_bytes.saturating_sub(answer.len()) {
                return Err(Fault::TooLarge);
            }
            room.cover(answer.len().saturating_add(next.len()))
                .map_err(|_| Fault::Memory)?;
            answer.extend_from_slice(&next);
        }
        Ok(room.around(answer.freeze()))
    }

    async fn fresh_link(&self) -> Result<Link, Fault> {
        self.metrics.dialled();
        // boxed: it is rare and, with TLS in it, larger than everything else that an exchange keeps
        let connecting = Box::pin(self.connector.connect(&self.target));
        match timeout(self.connect_time, connecting).await {
            Ok(Ok(link)) => Ok(link),
            Ok(Err(error)) => {
                tracing::debug!(error.kind = ?error.kind(), "no connection to the node");
                Err(Fault::Unreachable)
            }
            Err(_) => Err(Fault::Unreachable),
        }
    }

    async fn idle_link(&self, repeat: Repeat) -> Option<Link> {
        let longest = match repeat {
            Repeat::Harmless => NODE_IDLE_TIME,
            Repeat::Never => NODE_FRESH_TIME,
        };
        loop {
            let mut link = self.newest_idle(longest)?;
            if link.ready().await.is_ok() {
                return Some(link);
            }
        }
    }

    /// The connection used last. Older ones lie below it, so when it is too old to keep, all are.
    fn newest_idle(&self, longest: Duration) -> Option<Link> {
        let mut idle = self.idle.lock();
        let age = idle.last()?.since.elapsed();
        if age > NODE_IDLE_TIME {
            idle.clear();
            return None;
        }
        if age > longest {
            return None;
        }
        idle.pop().map(|idle| idle.link)
    }

    fn keep(&self, link: Link) {
        if link.is_closed() {
            return;
        }
        let mut idle = self.idle.lock();
        if idle.len() < NODE_IDLE_CONNECTIONS {
            idle.push(Idle {
                link,
                since: Instant::now(),
            });
        }
    }
}

/// How a request went without an answer.
enum Unanswered {
    NeverSent,
    MaybeSent,
}

async fn piece(body: &mut Incoming) -> Result<Option<Bytes>, Fault> {
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Fault::Broken(Sent::Maybe))?;
        // anything else is a trailer, which nobody needs
        if let Ok(data) = frame.into_data() {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

/// Redirects lead elsewhere and encoded bodies cannot be scanned: neither is followed.
fn acceptable(status: StatusCode, headers: &HeaderMap) -> Result<(), Fault> {
    if status.is_informational() || status.is_redirection() {
        return Err(Fault::Status(status.as_u16()));
    }
    match headers.get(header::CONTENT_ENCODING) {
        Some(encoding) if encoding != "identity" => Err(Fault::Invalid),
        _ => Ok(()),
    }
}

/// Some nodes put their JSON-RPC errors under status 400 or 500.
fn looks_like_json(answer: &[u8]) -> bool {
    matches!(
        answer.iter().find(|byte| !byte.is_ascii_whitespace()),
        Some(b'{' | b'[')
    )
}

fn fixed_headers(target: &Target) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(4);
    headers.insert(header::HOST, target.authority().clone());
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    headers
}
