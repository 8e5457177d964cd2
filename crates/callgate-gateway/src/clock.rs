//! The one clock of the gateway, as a value: the wall time that tokens and log lines need and the steady time that
//! cool-downs need. Tests hand out a clock they move themselves; nothing else in the gateway asks the system for the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Wall time and steady time. Cheap to clone; clones of a [`Clock::manual`] move together.
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    System { started: Instant },
    Manual { micros: Arc<AtomicU64> },
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System {
            started: Instant::now(),
        })
    }

    /// A clock that stands at `micros` after the Unix epoch until [`Clock::advance`] moves it.
    pub fn manual(micros: u64) -> Self {
        Self(Source::Manual {
            micros: Arc::new(AtomicU64::new(micros)),
        })
    }

    /// Wall time: microseconds since the Unix epoch; 0 for a machine that believes it is before 1970.
    pub fn unix_micros(&self) -> u64 {
        match &self.0 {
            Source::System { .. } => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |age| u64::try_from(age.as_micros()).unwrap_or(u64::MAX)),
            Source::Manual { micros } => micros.load(Ordering::Relaxed),
        }
    }

    /// Wall time in whole seconds since the Unix epoch, the unit of every date in a token.
    pub fn unix_seconds(&self) -> u64 {
        self.unix_micros() / 1_000_000
    }

    /// Steady time since some fixed moment: never jumps when the machine's clock is set.
    pub fn steady(&self) -> Duration {
        match &self.0 {
            Source::System { started } => started.elapsed(),
            Source::Manual { micros } => Duration::from_micros(micros.load(Ordering::Relaxed)),
        }
    }

    /// Moves a manual clock on; the system's clock moves by itself and ignores this.
    pub fn advance(&self, by: Duration) {
        if let Source::Manual { micros } = &self.0 {
            micros.fetch_add(u64::try_from(by.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_of_a_manual_clock_move_together() {
        let clock = Clock::manual(1_000_000);
        let other = clock.clone();
        clock.advance(Duration::from_millis(1500));
        assert_eq!(other.unix_micros(), 2_500_000);
        assert_eq!(other.unix_seconds(), 2);
        assert_eq!(other.steady(), Duration::from_micros(2_500_000));
    }

    #[test]
    fn the_system_clock_stands_in_this_century() {
        let clock = Clock::system();
        assert!(clock.unix_seconds() > 1_700_000_000);
        clock.advance(Duration::from_secs(3600));
        assert!(clock.steady() < Duration::from_secs(3600));
    }
}
