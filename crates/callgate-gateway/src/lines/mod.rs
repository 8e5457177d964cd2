//! Lines on their way to a file descriptor: one bounded buffer that any thread appends whole lines to, and one thread
//! that writes them in batches. The audit waits when it is full, the operational log drops; both live here so that no
//! worker ever blocks in a `write`.
//!
//! The bound is in bytes and counts what waits and what is being written. Lines leave in the order in which they came.

mod sink;
mod writer;

use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};
use tokio::sync::Notify;

pub use sink::Destination;
pub(crate) use sink::{Open, open};

/// When this much waits, the writer is woken although its linger has not passed.
const URGENT: usize = 128 * 1024;

/// Appends lines. Clones share the buffer.
#[derive(Clone)]
pub(crate) struct Lines(Arc<Shared>);

/// Ends the writing: flushes what waits and joins the thread.
pub(crate) struct Writing {
    lines: Lines,
    thread: JoinHandle<()>,
}

/// What the writer tells about its sink. Called on the writer's thread, never under the buffer's lock.
pub(crate) trait Observe: Send {
    /// A batch is in the kernel's hands.
    fn wrote(&mut self, bytes: usize);
    /// The sink refused; the writer keeps the lines and tries again.
    fn failed(&mut self, why: &io::Error);
    /// An order to open `wanted` was carried out, or was not and the old sink stays.
    fn moved(&mut self, wanted: &Destination, result: Result<(), &io::Error>);
}

/// There is no room now.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full;

/// Lines that were still waiting when patience ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unwritten {
    /// How many bytes of lines were not written.
    pub(crate) bytes: usize,
}

struct Shared {
    state: Mutex<State>,
    /// Wakes the writer.
    wake: Condvar,
    /// Wakes those who wait for the end.
    ended: Condvar,
    /// Wakes those who wait for room.
    room: Notify,
    capacity: usize,
    /// Writes the line that says how many were lost; none for a log that may lose lines silently.
    gap: Option<fn(sequence: u64, lost: u64, out: &mut Vec<u8>)>,
}

#[derive(Default)]
struct State {
    pending: Vec<u8>,
    /// Bytes that the writer took and has not written yet.
    in_flight: usize,
    /// The number of the next line.
    sequence: u64,
    /// Lines given up since the last gap line.
    lost: u64,
    orders: Vec<Order>,
    /// The writer sleeps until it is woken.
    idle: bool,
    closing: bool,
    ended: bool,
}

/// What the writer is told beside lines.
pub(crate) enum Order {
    /// Open the destination anew: its file was moved away.
    Reopen,
    /// Write to another destination from now on.
    Redirect(Destination),
}

impl Lines {
    /// Opens `destination` and starts the writer's thread.
    ///
    /// # Errors
    /// When the destination cannot be opened or no thread can be started.
    pub(crate) fn start(
        name: &str,
        destination: Destination,
        capacity: usize,
        gap: Option<fn(u64, u64, &mut Vec<u8>)>,
        mut open: Open,
        observer: impl Observe + 'static,
    ) -> io::Result<(Self, Writing)> {
        let sink = open(&destination)?;
        let lines = Self(Arc::new(Shared {
            state: Mutex::new(State::default()),
            wake: Condvar::new(),
            ended: Condvar::new(),
            room: Notify::new(),
            capacity,
            gap,
        }));
        let writer = writer::Writer::new(lines.clone(), destination, sink, open, observer);
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || writer.run())?;
        Ok((lines.clone(), Writing { lines, thread }))
    }

    /// Appends one line of about `length` bytes: `write` gets the line's number and must end it with a line feed.
    ///
    /// # Errors
    /// [`Full`] when the bound is reached, or once [`Writing::finish`] was called.
    pub(crate) fn push(&self, length: usize, write: impl FnOnce(u64, &mut Vec<u8>)) -> Result<(), Full> {
        let mut state = self.0.state.lock();
        if state.closing || state.pending.len() + state.in_flight + length > self.0.capacity {
            return Err(Full);
        }
        state.note_gap(self.0.gap);
        let number = state.take_number();
        write(number, &mut state.pending);
        let wake = state.idle || state.pending.len() >= URGENT;
        state.idle = false;
        drop(state);
        if wake {
            self.0.wake.notify_one();
        }
        Ok(())
    }

    /// As [`Lines::push`], but waits up to `patience` for room.
    ///
    /// # Errors
    /// [`Full`] when there was no room in time.
    pub(crate) async fn push_or_wait(
        &self,
        length: usize,
        patience: Duration,
        write: impl Fn(u64, &mut Vec<u8>),
    ) -> Result<(), Full> {
        let waiting = async {
            loop {
                let mut room = std::pin::pin!(self.0.room.notified());
                room.as_mut().enable();
                if self.push(length, &write).is_ok() {
                    return;
                }
                room.await;
            }
        };
        tokio::time::timeout(patience, waiting).await.map_err(|_| Full)
    }

    /// Counts a line that its maker gave up; as soon as there is room, a line says so.
    pub(crate) fn give_up(&self) {
        self.0.state.lock().lost += 1;
        self.0.wake.notify_one();
    }

    /// Bytes that wait or are being written.
    pub(crate) fn backlog(&self) -> usize {
        let state = self.0.state.lock();
        state.pending.len() + state.in_flight
    }

    /// Tells the writer to do something before the next batch.
    pub(crate) fn order(&self, order: Order) {
        self.0.state.lock().orders.push(order);
        self.0.wake.notify_one();
    }
}

impl Writing {
    /// Takes no more lines, writes what waits and ends the thread.
    ///
    /// # Errors
    /// [`Unwritten`] when the sink did not take everything within `patience`; the thread is then left behind.
    pub(crate) fn finish(self, patience: Duration) -> Result<(), Unwritten> {
        let shared = &self.lines.0;
        let deadline = Instant::now() + patience;
        let mut state = shared.state.lock();
        state.closing = true;
        shared.wake.notify_one();
        while !state.ended {
            if shared.ended.wait_until(&mut state, deadline).timed_out() && !state.ended {
                return Err(Unwritten {
                    bytes: state.pending.len() + state.in_flight,
                });
            }
        }
        let left = state.pending.len() + state.in_flight;
        drop(state);
        let _ = self.thread.join();
        if left == 0 {
            Ok(())
        } else {
            Err(Unwritten { bytes: left })
        }
    }
}

impl State {
    fn take_number(&mut self) -> u64 {
        let number = self.sequence;
        self.sequence += 1;
        number
    }

    fn note_gap(&mut self, gap: Option<fn(u64, u64, &mut Vec<u8>)>) {
        let lost = std::mem::take(&mut self.lost);
        if let (1.., Some(write)) = (lost, gap) {
            let number = self.take_number();
            write(number, lost, &mut self.pending);
        }
    }
}

#[cfg(test)]
mod tests;
