//! One client connection: how long it may take for what, and how it is cut or drained.
//!
//! No timer per request: a connection only writes down, in one atomic, until which tick of the worker's
//! coarse clock its present stage may last. Once per tick the worker looks at all of its connections and cuts
//! those that overstay. This is what ends slow heads, slow bodies and clients that never read an answer.

mod seats;

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper::server::conn::http1;
use hyper::service::HttpService;
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use tokio::net::TcpStream;

pub(crate) use self::seats::{Seat, Seats};
use crate::limits::{Limits, TICK};
use crate::metrics::OpenConnection;

/// No deadline: the stage is bounded elsewhere.
const NEVER: u32 = u32::MAX;

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Between requests.
    Idle,
    /// Sending the head of a request, or connected and still silent.
    Head,
    /// Sending the body.
    Body,
    /// Waiting for us. Bounded by the exchange with the node.
    Answering,
    /// Reading our answer.
    Reading,
    /// Became a WebSocket, which keeps its own deadlines.
    Upgraded,
}

impl Stage {
    const fn number(self) -> u8 {
        match self {
            Self::Idle => 0,
            Self::Head => 1,
            Self::Body => 2,
            Self::Answering => 3,
            Self::Reading => 4,
            Self::Upgraded => 5,
        }
    }

    const fn of(number: u8) -> Self {
        match number {
            0 => Self::Idle,
            1 => Self::Head,
            2 => Self::Body,
            3 => Self::Answering,
            4 => Self::Reading,
            _ => Self::Upgraded,
        }
    }
}

/// What the worker asks of a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Run,
    Drain,
    Cut,
}

impl Order {
    const fn number(self) -> u8 {
        match self {
            Self::Run => 0,
            Self::Drain => 1,
            Self::Cut => 2,
        }
    }

    const fn of(number: u8) -> Self {
        match number {
            0 => Self::Run,
            1 => Self::Drain,
            _ => Self::Cut,
        }
    }
}

/// The stage of one connection and its deadline. Shared by the socket, the service and the sweep.
pub(crate) struct Watch {
    clock: Arc<Clock>,
    times: StageTimes,
    stage: AtomicU8,
    deadline: AtomicU32,
    /// When the answer in hand was begun.
    begun: AtomicU32,
    /// How many of its bytes left.
    earned: AtomicUsize,
    order: AtomicU8,
    waker: Mutex<Option<Waker>>,
}

impl Watch {
    /// The body of `length` bytes starts: it gets a grace and then the slowest rate we accept.
    pub(crate) fn body_starts(&self, length: usize) {
        let ticks = self
            .times
            .body_grace
            .saturating_add(ticks_for(length, self.times.slowest_bytes_per_tick));
        self.enter(Stage::Body, ticks.min(self.times.body_longest));
    }

    /// The request has been read; the node and we have the word.
    pub(crate) fn answering(&self) {
        self.stage.store(Stage::Answering.number(), Ordering::Relaxed);
        self.deadline.store(NEVER, Ordering::Relaxed);
    }

    /// An answer is handed to the socket. Its client has the grace to begin reading.
    pub(crate) fn answer_starts(&self) {
        self.earned.store(0, Ordering::Relaxed);
        self.begun.store(self.clock.now(), Ordering::Relaxed);
        self.enter(Stage::Reading, self.times.answer_grace);
    }

    /// The client made room for `count` bytes more of an answer. It may pause for the grace, as long as it keeps up the
    /// slowest rate on the whole: what it never reads buys no time.
    fn bytes_left(&self, count: usize) {
        if self.stage() != Stage::Reading {
            return;
        }
        let earned = self.earned.load(Ordering::Relaxed).saturating_add(count);
        self.earned.store(earned, Ordering::Relaxed);
        let rate = ticks_for(earned, self.times.slowest_bytes_per_tick);
        let since = self.clock.now().saturating_sub(self.begun.load(Ordering::Relaxed));
        let grace = self.times.answer_grace;
        self.enter(
            Stage::Reading,
            grace.min(grace.saturating_add(rate).saturating_sub(since)),
        );
    }

    /// The connection is a WebSocket from now on.
    pub(crate) fn upgraded(&self) {
        self.stage.store(Stage::Upgraded.number(), Ordering::Relaxed);
        self.deadline.store(NEVER, Ordering::Relaxed);
    }

    /// What the connection is doing now.
    pub(crate) fn stage(&self) -> Stage {
        Stage::of(self.stage.load(Ordering::Relaxed))
    }

    /// True once the worker wants to stop: no new work on this connection.
    pub(crate) fn is_draining(&self) -> bool {
        Order::of(self.order.load(Ordering::Relaxed)) != Order::Run
    }

    fn bytes_came(&self) {
        if self.stage() == Stage::Idle {
            self.enter(Stage::Head, self.times.head);
        }
    }

    fn wrote(&self, polled: &Poll<std::io::Result<usize>>) {
        if let Poll::Ready(Ok(count)) = polled {
            self.bytes_left(*count);
        }
    }

    fn all_written(&self) {
        if self.stage() == Stage::Reading {
            self.enter(Stage::Idle, self.times.idle);
        }
    }

    fn enter(&self, stage: Stage, ticks: u32) {
        self.stage.store(stage.number(), Ordering::Relaxed);
        // one tick more: the present one is already partly gone
        let deadline = self.clock.now().saturating_add(ticks).saturating_add(1);
        self.deadline.store(deadline.min(NEVER - 1), Ordering::Relaxed);
    }

    fn is_overdue(&self, now: u32) -> bool {
        let deadline = self.deadline.load(Ordering::Relaxed);
        deadline != NEVER && now > deadline
    }

    fn obey(&self, order: Order) {
        self.order.fetch_max(order.number(), Ordering::Relaxed);
        if let Some(waker) = self.waker.lock().as_ref() {
            waker.wake_by_ref();
        }
    }
}

/// The times of the stages, in ticks.
#[derive(Clone, Copy)]
struct StageTimes {
    head: u32,
    idle: u32,
    body_grace: u32,
    body_longest: u32,
    answer_grace: u32,
    slowest_bytes_per_tick: usize,
}

impl StageTimes {
    fn of(limits: &Limits) -> Self {
        let per_second = u32::try_from(TICK.as_millis()).unwrap_or(1).max(1);
        let share = u64::from(per_second).saturating_mul(limits.slowest_bytes_per_second as u64) / 1000;
        Self {
            head: ticks(limits.head_time),
            idle: ticks(limits.idle_time),
            body_grace: ticks(limits.body_grace),
            body_longest: ticks(limits.body_time),
            answer_grace: ticks(limits.answer_grace),
            slowest_bytes_per_tick: usize::try_from(share).unwrap_or(usize::MAX).max(1),
        }
    }
}

fn ticks(time: Duration) -> u32 {
    let count = time.as_millis().div_ceil(TICK.as_millis().max(1));
    u32::try_from(count).unwrap_or(NEVER - 1)
}

fn ticks_for(length: usize, per_tick: usize) -> u32 {
    u32::try_from(length.div_ceil(per_tick.max(1))).unwrap_or(NEVER - 1)
}

/// The coarse clock of a worker: moved by its sweep, read for free.
pub(crate) struct Clock(AtomicU32);

impl Clock {
    fn now(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}

/// All connections of one worker.
pub(crate) struct Connections {
    clock: Arc<Clock>,
    times: StageTimes,
    open: Mutex<Open>,
}

struct Open {
    next: u64,
    by_number: HashMap<u64, Arc<Watch>>,
}

impl Connections {
    /// No connections yet, and the times that `limits` gives to each.
    pub(crate) fn new(limits: &Limits) -> Arc<Self> {
        Arc::new(Self {
            clock: Arc::new(Clock(AtomicU32::new(0))),
            times: StageTimes::of(limits),
            open: Mutex::new(Open {
                next: 0,
                by_number: HashMap::new(),
            }),
        })
    }

    /// Takes a fresh connection into the list.
    pub(crate) fn admit(self: &Arc<Self>, stream: TcpStream, seat: Seat) -> Socket {
        let watch = Arc::new(Watch {
            clock: Arc::clone(&self.clock),
            times: self.times,
            stage: AtomicU8::new(Stage::Head.number()),
            deadline: AtomicU32::new(NEVER),
            begun: AtomicU32::new(0),
            earned: AtomicUsize::new(0),
            order: AtomicU8::new(Order::Run.number()),
            waker: Mutex::new(None),
        });
        watch.enter(Stage::Head, self.times.head);
        let mut open = self.open.lock();
        let number = open.next;
        open.next = open.next.wrapping_add(1);
        open.by_number.insert(number, Arc::clone(&watch));
        drop(open);
        Socket {
            stream: TokioIo::new(stream),
            _entry: Entry {
                number,
                list: Arc::clone(self),
                _seat: seat,
            },
            watch,
        }
    }

    /// One tick: cuts every connection whose stage lasts too long; says in which stage each was.
    pub(crate) fn sweep(&self) -> Vec<Stage> {
        let now = self.clock.0.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        let overdue: Vec<Arc<Watch>> = {
            let open = self.open.lock();
            open.by_number
                .values()
                .filter(|watch| watch.is_overdue(now))
                .cloned()
                .collect()
        };
        overdue
            .iter()
            .map(|watch| {
                let stage = watch.stage();
                watch.obey(Order::Cut);
                stage
            })
            .collect()
    }

    /// Asks every connection to finish what it is doing and to close.
    pub(crate) fn drain(&self) {
        self.order_all(Order::Drain);
    }

    /// Closes every connection at once.
    pub(crate) fn cut(&self) {
        self.order_all(Order::Cut);
    }

    /// How many are open.
    pub(crate) fn count(&self) -> usize {
        self.open.lock().by_number.len()
    }

    fn order_all(&self, order: Order) {
        let all: Vec<Arc<Watch>> = self.open.lock().by_number.values().cloned().collect();
        for watch in all {
            watch.obey(order);
        }
    }
}

/// A connection's line in the list; leaves it when the socket is dropped.
struct Entry {
    number: u64,
    list: Arc<Connections>,
    _seat: Seat,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.list.open.lock().by_number.remove(&self.number);
    }
}

/// The client's socket, telling the watch what it sees.
pub(crate) struct Socket {
    stream: TokioIo<TcpStream>,
    watch: Arc<Watch>,
    _entry: Entry,
}

impl Socket {
    /// The watch of this connection.
    pub(crate) fn watch(&self) -> Arc<Watch> {
        Arc::clone(&self.watch)
    }
}

impl Read for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<std::io::Result<()>> {
        // a read that ends the connection starts a head that never comes: harmless
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        if matches!(polled, Poll::Ready(Ok(()))) {
            self.watch.bytes_came();
        }
        polled
    }
}

impl Write for Socket {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &[u8]) -> Poll<std::io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, buffer);
        self.watch.wrote(&polled);
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(context);
        if polled.is_ready() {
            self.watch.all_written();
        }
        polled
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, buffers);
        self.watch.wrote(&polled);
        polled
    }
}

/// Drives one connection until it ends, is drained or is cut.
pub(crate) struct Served<S>
where
    S: HttpService<Incoming>,
{
    connection: http1::UpgradeableConnection<Socket, S>,
    watch: Arc<Watch>,
    draining: bool,
    _open: OpenConnection,
}

impl<S> Served<S>
where
    S: HttpService<Incoming, ResBody = Full<Bytes>>,
{
    /// A connection ready to be polled.
    pub(crate) fn new(
        connection: http1::UpgradeableConnection<Socket, S>,
        watch: Arc<Watch>,
        open: OpenConnection,
    ) -> Self {
        Self {
            connection,
            watch,
            draining: false,
            _open: open,
        }
    }
}

impl<S> Future for Served<S>
where
    S: HttpService<Incoming, ResBody = Full<Bytes>>,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    http1::UpgradeableConnection<Socket, S>: Unpin,
{
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        match Order::of(this.watch.order.load(Ordering::Relaxed)) {
            Order::Cut => return Poll::Ready(()),
            Order::Drain if !this.draining => {
                this.draining = true;
                Pin::new(&mut this.connection).graceful_shutdown();
            }
            Order::Drain | Order::Run => {}
        }
        remember(&this.watch, context);
        // how a connection ended is of no interest: every call on it has its own record
        Pin::new(&mut this.connection).poll(context).map(|_| ())
    }
}

/// The task's waker stays the same for its whole life, so this locks once.
fn remember(watch: &Watch, context: &Context<'_>) {
    let mut waker = watch.waker.lock();
    if !waker.as_ref().is_some_and(|known| known.will_wake(context.waker())) {
        *waker = Some(context.waker().clone());
    }
}

#[cfg(test)]
mod tests;
