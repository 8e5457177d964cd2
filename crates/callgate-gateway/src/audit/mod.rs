//! The audit: one JSON line per call, and one for each refusal, socket, reload and listener. A line exists once it is in
//! the bounded buffer; when the buffer is full its maker waits, and after that the call fails: nothing is answered that
//! is not on record. Lines that cannot belong to an answer (a closed socket, a reload) are given up instead, counted, and
//! told by a `gap` line.

mod event;
mod line;

use std::cell::RefCell;
use std::io;
use std::time::Duration;

pub use event::{
    Actor, CallEvent, ConnectionChange, ConnectionEvent, Event, Front, ListenerChange, ListenerEvent, NodeOutcome,
    OperationFacts, Origin, Refusal, RefusalEvent, ReloadEvent, Rule, Sent, Verdict,
};

use crate::clock::Clock;
use crate::level::Level;
pub use crate::lines::Destination;
use crate::lines::{self, Lines, Observe, Order, Writing};
use crate::metrics::Metrics;
use crate::readiness::{Condition, Readiness, Standing};

/// How many bytes of lines may wait for the sink: some ten thousand calls, a fraction of a second under full load.
const BACKLOG: usize = 4 * 1024 * 1024;

/// How long a call waits for room before it fails.
const PATIENCE: Duration = Duration::from_secs(2);

/// Records events. Clones share one buffer and one writer.
#[derive(Clone)]
pub struct Audit {
    lines: Lines,
    clock: Clock,
    level: Level,
    metrics: Metrics,
    readiness: Readiness,
}

/// Ends the audit; see [`AuditWriting::finish`].
pub struct AuditWriting(Writing);

/// The sink did not make room in time: the event does not exist, so the answer must not leave.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the audit sink takes no more lines")]
pub struct AuditFull;

/// A line for which there was no room.
#[must_use = "the event is not on record"]
pub struct Unrecorded(Vec<u8>);

impl Audit {
    /// Opens the sink and starts the writer.
    ///
    /// # Errors
    /// When the destination cannot be opened: a process that cannot keep its record does not start.
    pub fn start(
        destination: Destination,
        clock: Clock,
        level: Level,
        metrics: Metrics,
        readiness: Readiness,
    ) -> io::Result<(Self, AuditWriting)> {
        Self::start_with(
            destination,
            BACKLOG,
            Box::new(lines::open),
            clock,
            level,
            metrics,
            readiness,
        )
    }

    fn start_with(
        destination: Destination,
        backlog: usize,
        open: lines::Open,
        clock: Clock,
        level: Level,
        metrics: Metrics,
        readiness: Readiness,
    ) -> io::Result<(Self, AuditWriting)> {
        let watch = SinkWatch {
            metrics: metrics.clone(),
            readiness: readiness.clone(),
            displaced: None,
        };
        let (lines, writing) = Lines::start(
            "callgate-audit",
            destination,
            backlog,
            Some(line::write_gap),
            open,
            watch,
        )?;
        Ok((
            Self {
                lines,
                clock,
                level,
                metrics,
                readiness,
            },
            AuditWriting(writing),
        ))
    }

    /// The level in force, for callers that would have to build a reason.
    pub fn level(&self) -> &Level {
        &self.level
    }

    /// Puts `event` on record, if there is room now.
    ///
    /// # Errors
    /// [`AuditFull`] when there is none. The event does not exist then: either it is recorded by
    /// [`Audit::record_or_wait`], or what it tells of must not happen.
    pub fn record(&self, event: &Event<'_>) -> Result<(), AuditFull> {
        self.written(event, |text| self.push(text))
    }

    /// As [`Audit::record`], but waits for room, up to two seconds.
    ///
    /// # Errors
    /// [`AuditFull`] when the sink made no room in that time: the answer must not leave. The loss is counted.
    pub async fn record_or_wait(&self, event: &Event<'_>) -> Result<(), AuditFull> {
        match self.record_or_keep(event) {
            Ok(()) => Ok(()),
            Err(line) => self.wait_for_room(line).await,
        }
    }

    /// As [`Audit::record`], but keeps the line when there is no room, so that nothing borrowed has to wait.
    ///
    /// # Errors
    /// The line, which exists only once [`Audit::wait_for_room`] has taken it.
    pub fn record_or_keep(&self, event: &Event<'_>) -> Result<(), Unrecorded> {
        self.written(event, |text| self.push(text).map_err(|_| Unrecorded(text.to_vec())))
    }

    /// Counts a line as lost that no answer waits for; a `gap` line will say so.
    pub fn give_up(&self, _: Unrecorded) {
        self.lost();
    }

    /// Waits for room for a line, up to two seconds.
    ///
    /// # Errors
    /// [`AuditFull`] when the sink made no room in that time: the answer must not leave. The loss is counted.
    pub async fn wait_for_room(&self, Unrecorded(text): Unrecorded) -> Result<(), AuditFull> {
        self.metrics.audit_waited();
        let pushed = self
            .lines
            .push_or_wait(text.len() + HEAD, PATIENCE, |number, out| append(number, &text, out));
        pushed.await.map_err(|_| self.lost())
    }

    /// Puts an event on record that no answer waits for. Without room it is counted as lost, and a `gap` line will say so.
    pub fn note(&self, event: &Event<'_>) {
        if self.record(event).is_err() {
            self.lost();
        }
    }

    /// Opens the file anew, after something moved it away.
    pub fn reopen(&self) {
        self.lines.order(Order::Reopen);
    }

    /// Sends all further lines elsewhere. If that cannot be opened, the old sink stays and readiness says so.
    pub fn redirect(&self, destination: Destination) {
        self.lines.order(Order::Redirect(destination));
    }

    /// How many bytes of lines wait for the sink.
    pub fn backlog(&self) -> usize {
        self.lines.backlog()
    }

    /// Writes the line into this thread's buffer and hands it on.
    fn written<R>(&self, event: &Event<'_>, then: impl FnOnce(&[u8]) -> R) -> R {
        thread_local! {
            static LINE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
        }
        let mut text = LINE.take();
        text.clear();
        line::write(&mut text, self.clock.unix_micros(), event, self.level.detail());
        let result = then(&text);
        LINE.set(text);
        result
    }

    fn push(&self, text: &[u8]) -> Result<(), AuditFull> {
        self.lines
            .push(text.len() + HEAD, |number, out| append(number, text, out))
            .map_err(|_| AuditFull)
    }

    fn lost(&self) -> AuditFull {
        self.lines.give_up();
        self.metrics.audit_lost();
        self.readiness
            .fail(Condition::Audit, "the audit sink takes no more lines");
        AuditFull
    }
}

impl AuditWriting {
    /// Takes no more events and writes what waits. Returns how many bytes the sink did not take within `patience`.
    pub fn finish(self, patience: Duration) -> usize {
        self.0.finish(patience).err().map_or(0, |unwritten| unwritten.bytes)
    }
}

/// The most bytes of `{"seq":…,`.
const HEAD: usize = 28;

fn append(number: u64, text: &[u8], out: &mut Vec<u8>) {
    line::write_head(number, out);
    out.extend_from_slice(text);
}

/// Turns the writer's fortune into metrics, readiness and one log line per change.
struct SinkWatch {
    metrics: Metrics,
    readiness: Readiness,
    /// Why the sink in use is not the one that was asked for.
    displaced: Option<String>,
}

impl SinkWatch {
    fn set(&self, standing: Standing) {
        let before = self.readiness.standing(Condition::Audit);
        match (&before, &standing) {
            (Standing::Unmet(_), Standing::Unmet(_)) => {}
            (_, Standing::Unmet(why)) => tracing::error!(reason = why, "the audit sink refused lines"),
            (Standing::Unmet(_), _) => tracing::info!("the audit sink takes lines again"),
            _ => {}
        }
        if before != standing {
            self.readiness.set(Condition::Audit, standing);
        }
    }
}

impl Observe for SinkWatch {
    fn wrote(&mut self, bytes: usize) {
        self.metrics.audit_wrote(bytes);
        self.set(self.displaced.clone().map_or(Standing::Met, Standing::Degraded));
    }

    fn failed(&mut self, why: &io::Error) {
        self.metrics.audit_write_failed();
        self.set(Standing::Unmet(format!("the audit sink refused lines: {why}")));
    }

    fn moved(&mut self, wanted: &Destination, result: Result<(), &io::Error>) {
        match result {
            Ok(()) => {
                tracing::info!(sink = %wanted, "the audit sink was opened");
                self.displaced = None;
            }
            Err(why) => {
                tracing::error!(sink = %wanted, error = %why, "the audit sink cannot be opened, the old one stays");
                self.displaced = Some(format!("cannot open {wanted}, the old sink stays: {why}"));
            }
        }
    }
}

#[cfg(test)]
mod tests;
