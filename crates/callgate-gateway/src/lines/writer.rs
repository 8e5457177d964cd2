//! The writing thread: takes what waits, writes it in pieces, and keeps at it when the sink refuses.

use std::io::{self, ErrorKind, Write};
use std::time::Duration;

use super::{Destination, Lines, Observe, Open, Order};

/// After a batch the writer rests this long, so that a busy process is woken a few hundred times a second instead of
/// once per line.
const LINGER: Duration = Duration::from_millis(3);

/// How long the writer waits before it tries a sink again that refused.
const RETRY: Duration = Duration::from_millis(200);

/// How long the writer waits for a sink that does not block and has no room.
const CONGESTED: Duration = Duration::from_millis(5);

/// The most bytes handed to the sink at once: room is given back after each piece.
const PIECE: usize = 64 * 1024;

pub(super) struct Writer<O> {
    lines: Lines,
    destination: Destination,
    sink: Box<dyn Write + Send>,
    open: Open,
    observer: O,
    batch: Vec<u8>,
    /// How much of `batch` is written.
    done: usize,
}

enum Next {
    Write,
    Obey(Vec<Order>),
    End,
}

/// What became of a batch.
#[derive(PartialEq, Eq)]
enum Batch {
    /// Written, or being tried again.
    Kept,
    /// Left unwritten: the sink refuses and the process ends.
    Abandoned,
}

impl<O: Observe> Writer<O> {
    pub(super) fn new(
        lines: Lines,
        destination: Destination,
        sink: Box<dyn Write + Send>,
        open: Open,
        observer: O,
    ) -> Self {
        Self {
            lines,
            destination,
            sink,
            open,
            observer,
            batch: Vec::new(),
            done: 0,
        }
    }

    pub(super) fn run(mut self) {
        loop {
            match self.next() {
                Next::Write => {
                    if self.write_batch() == Batch::Abandoned {
                        return self.end();
                    }
                }
                Next::Obey(orders) => orders.into_iter().for_each(|order| self.obey(order)),
                Next::End => return self.end(),
            }
        }
    }

    /// Waits for something to do.
    fn next(&mut self) -> Next {
        let shared = &self.lines.0;
        let mut state = shared.state.lock();
        loop {
            if !state.orders.is_empty() {
                return Next::Obey(std::mem::take(&mut state.orders));
            }
            // What was lost is told even when no line follows: whoever waits for the sink to recover learns of it so.
            if state.pending.is_empty() && !state.closing {
                state.note_gap(shared.gap);
            }
            if !state.pending.is_empty() {
                std::mem::swap(&mut state.pending, &mut self.batch);
                state.in_flight = self.batch.len();
                return Next::Write;
            }
            if state.closing {
                return Next::End;
            }
            state.idle = true;
            shared.wake.wait(&mut state);
            state.idle = false;
        }
    }

    fn write_batch(&mut self) -> Batch {
        self.done = 0;
        while self.done < self.batch.len() {
            match self.write_piece() {
                Ok(written) => self.advance(written),
                Err(why) if why.kind() == ErrorKind::Interrupted => {}
                Err(why) if why.kind() == ErrorKind::WouldBlock => std::thread::sleep(CONGESTED),
                Err(why) => {
                    self.observer.failed(&why);
                    if self.pause() == Batch::Abandoned {
                        return Batch::Abandoned;
                    }
                }
            }
        }
        if let Err(why) = self.sink.flush() {
            self.observer.failed(&why);
        } else {
            self.observer.wrote(self.batch.len());
        }
        self.batch.clear();
        self.linger();
        Batch::Kept
    }

    fn write_piece(&mut self) -> io::Result<usize> {
        let rest = self.batch.get(self.done..).unwrap_or_default();
        match self.sink.write(rest.get(..PIECE).unwrap_or(rest))? {
            0 => Err(ErrorKind::WriteZero.into()),
            written => Ok(written),
        }
    }

    fn advance(&mut self, written: usize) {
        self.done += written;
        let shared = &self.lines.0;
        let mut state = shared.state.lock();
        state.in_flight = self.batch.len().saturating_sub(self.done);
        drop(state);
        shared.room.notify_waiters();
    }

    /// Waits before the next try. When the process ends there is none: what is left stays unwritten.
    fn pause(&mut self) -> Batch {
        let mut state = self.lines.0.state.lock();
        if state.closing {
            return Batch::Abandoned;
        }
        if state.orders.is_empty() {
            self.lines.0.wake.wait_for(&mut state, RETRY);
        }
        let orders = std::mem::take(&mut state.orders);
        drop(state);
        orders.into_iter().for_each(|order| self.obey(order));
        Batch::Kept
    }

    fn linger(&self) {
        let shared = &self.lines.0;
        let mut state = shared.state.lock();
        if !state.closing && state.orders.is_empty() && state.pending.len() < super::URGENT {
            shared.wake.wait_for(&mut state, LINGER);
        }
    }

    fn obey(&mut self, order: Order) {
        let wanted = match order {
            Order::Reopen => self.destination.clone(),
            Order::Redirect(destination) => destination,
        };
        match (self.open)(&wanted) {
            Ok(sink) => {
                self.observer.moved(&wanted, Ok(()));
                self.sink = sink;
                self.destination = wanted;
                self.rewind();
            }
            Err(why) => self.observer.moved(&wanted, Err(&why)),
        }
    }

    /// A line that was half-way into the old sink is written whole into the new one.
    fn rewind(&mut self) {
        let written = self.batch.get(..self.done).unwrap_or_default();
        self.done = written.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    }

    fn end(self) {
        let mut state = self.lines.0.state.lock();
        state.ended = true;
        self.lines.0.ended.notify_all();
    }
}
