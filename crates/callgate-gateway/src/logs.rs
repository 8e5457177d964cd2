//! The operational log: JSON lines on standard error, for the operator and not for the record. It may drop lines (counted)
//! but never holds up a call, and tells of other crates only what is a warning: their lower levels print headers.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tracing::Dispatch;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Registry, reload};

use crate::level::Detail;
use crate::lines::{self, Destination, Lines, Observe, Writing};

/// How many bytes of log lines may wait for standard error before lines are dropped.
const BACKLOG: usize = 1024 * 1024;

/// The target prefix of all our crates.
const OURS: &str = "callgate";

/// The log in use: its level and its losses. Clones share it.
#[derive(Clone)]
pub struct Logs {
    filter: reload::Handle<Targets, Registry>,
    lost: Arc<AtomicU64>,
}

/// Ends the log; see [`LogWriting::finish`].
pub struct LogWriting(Writing);

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// Standard error cannot be used or no thread can be started.
    #[error("cannot write the log: {0}")]
    Io(#[from] io::Error),
    /// Something in this process logs already.
    #[error("this process has a log already")]
    Taken,
}

impl Logs {
    /// Starts the log on standard error and makes it the process's.
    ///
    /// # Errors
    /// [`LogError`] when it cannot be started or the process has one already.
    pub fn install(detail: Detail) -> Result<(Self, LogWriting), LogError> {
        let (dispatch, logs, writing) = Self::start(Destination::Stderr, Box::new(lines::open), detail)?;
        tracing::dispatcher::set_global_default(dispatch).map_err(|_| LogError::Taken)?;
        Ok((logs, writing))
    }

    fn start(destination: Destination, open: lines::Open, detail: Detail) -> io::Result<(Dispatch, Self, LogWriting)> {
        let (lines, writing) = Lines::start("callgate-log", destination, BACKLOG, None, open, Unwatched)?;
        let lost = Arc::new(AtomicU64::new(0));
        let writer = LogWriter {
            lines,
            lost: Arc::clone(&lost),
        };
        let (filter, handle) = reload::Layer::new(told(detail));
        let json = tracing_subscriber::fmt::layer()
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .with_writer(writer);
        let dispatch = Dispatch::new(Registry::default().with(filter).with(json));
        Ok((dispatch, Self { filter: handle, lost }, LogWriting(writing)))
    }

    /// Tells more or less from the next line on.
    pub fn follow(&self, detail: Detail) {
        // Fails only when the subscriber is gone, and then nobody reads the log.
        let _ = self.filter.reload(told(detail));
    }

    /// How many lines were dropped so far.
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

impl LogWriting {
    /// Writes what waits, for up to `patience`.
    pub fn finish(self, patience: Duration) {
        let _ = self.0.finish(patience);
    }
}

fn told(detail: Detail) -> Targets {
    let ours = match detail {
        Detail::Decisions => LevelFilter::INFO,
        Detail::Reasons => LevelFilter::DEBUG,
    };
    Targets::new().with_default(LevelFilter::WARN).with_target(OURS, ours)
}

/// Takes whole lines from the formatter and never waits.
struct LogWriter {
    lines: Lines,
    lost: Arc<AtomicU64>,
}

impl<'a> MakeWriter<'a> for LogWriter {
    type Writer = &'a Self;

    fn make_writer(&'a self) -> Self::Writer {
        self
    }
}

impl Write for &LogWriter {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self
            .lines
            .push(line.len(), |_, out| out.extend_from_slice(line))
            .is_err()
        {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// There is nowhere to tell that standard error is broken.
struct Unwatched;

impl Observe for Unwatched {
    fn wrote(&mut self, _: usize) {}
    fn failed(&mut self, _: &io::Error) {}
    fn moved(&mut self, _: &Destination, _: Result<(), &io::Error>) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_changes_live_and_other_crates_stay_quiet() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        let file = Destination::File(path.clone());
        let (dispatch, logs, writing) = Logs::start(file, Box::new(lines::open), Detail::Decisions).unwrap();
        tracing::dispatcher::with_default(&dispatch, || {
            tracing::info!(target: "callgate_gateway::x", address = "127.0.0.1:1", "one");
            tracing::debug!(target: "callgate_gateway::x", "hidden");
            tracing::info!(target: "hyper", "hidden");
            logs.follow(Detail::Reasons);
            tracing::debug!(target: "callgate_policy", "two");
            tracing::debug!(target: "hyper", "hidden");
            tracing::warn!(target: "hyper", "three");
        });
        writing.finish(Duration::from_secs(20));
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let messages: Vec<_> = lines.iter().map(|line| line["message"].as_str().unwrap()).collect();
        assert_eq!(messages, ["one", "two", "three"]);
        assert_eq!(lines[0]["address"], "127.0.0.1:1");
        assert_eq!(logs.lost(), 0);
    }
}
