//! How much the logs tell: the policy's `log.level`, held where every worker can read it and a reload can change it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use callgate_policy::settings::LogLevel;

/// What `log.level` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Level 1: one audit line per call.
    Decisions,
    /// Level 2: beside that, why a credential or a call was refused.
    Reasons,
}

impl From<LogLevel> for Detail {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Calls => Self::Decisions,
            LogLevel::Reasons => Self::Reasons,
        }
    }
}

/// The level in force. Clones share it; reading costs one relaxed load.
#[derive(Clone)]
pub struct Level(Arc<AtomicBool>);

impl Level {
    /// Starts at `detail`.
    pub fn new(detail: Detail) -> Self {
        Self(Arc::new(AtomicBool::new(detail == Detail::Reasons)))
    }

    /// What is told now.
    pub fn detail(&self) -> Detail {
        if self.0.load(Ordering::Relaxed) {
            Detail::Reasons
        } else {
            Detail::Decisions
        }
    }

    /// Whether reasons are wanted: ask before building one.
    pub fn tells_why(&self) -> bool {
        self.detail() == Detail::Reasons
    }

    /// Changes the level for everything that holds a clone, from the next line on.
    pub fn set(&self, detail: Detail) {
        self.0.store(detail == Detail::Reasons, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_seen_by_every_clone() {
        let level = Level::new(Detail::Decisions);
        let worker = level.clone();
        assert!(!worker.tells_why());
        level.set(Detail::Reasons);
        assert!(worker.tells_why());
        level.set(Detail::Decisions);
        assert_eq!(worker.detail(), Detail::Decisions);
    }
}
