//! How fresh everything is that the snapshot was made of: the board that the one building task writes and `/ready` and
//! `/metrics` read.

use std::sync::Arc;

use parking_lot::Mutex;

use crate::metrics::{Metrics, SourceFreshness};

/// The board. Clones show the same.
#[derive(Clone, Default)]
pub struct Freshness(Arc<Mutex<SourceReport>>);

/// What is in force, and where it came from.
#[derive(Clone, Default)]
pub struct SourceReport {
    /// The revision of the snapshot in force.
    pub revision: u64,
    /// Its digest.
    pub digest: String,
    /// Its sources.
    pub sources: Vec<Source>,
}

/// One source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its name, from the operator's files: a file, or `keys of` an issuer.
    pub name: String,
    /// When it was last read and found good, in seconds since the Unix epoch.
    pub last_good: Option<u64>,
    /// Why its newest state is not in force.
    pub error: Option<String>,
}

impl Source {
    /// A source that is good.
    pub(crate) const fn good(name: String, unix_seconds: u64) -> Self {
        Self {
            name,
            last_good: Some(unix_seconds),
            error: None,
        }
    }

    /// A source that was never good.
    pub(crate) const fn unread(name: String) -> Self {
        Self {
            name,
            last_good: None,
            error: None,
        }
    }
}

impl Freshness {
    /// Replaces the report.
    pub(crate) fn set(&self, report: SourceReport) {
        *self.0.lock() = report;
    }

    /// The report.
    pub fn report(&self) -> SourceReport {
        self.0.lock().clone()
    }

    /// Puts the report into the metrics.
    pub(crate) fn tell(&self, metrics: &Metrics) {
        let report = self.report();
        metrics.sources(report.sources.iter().map(|source| SourceFreshness {
            name: &source.name,
            last_good: source.last_good,
            failing: source.error.is_some(),
        }));
    }
}
