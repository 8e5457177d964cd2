//! Whether this process may be sent calls: named conditions, each met, degraded (works, but somebody should look) or not
//! met, with the reason. `/ready` prints them; nothing else decides readiness.

use std::sync::Arc;

use parking_lot::Mutex;

/// The conditions of readiness, in the order `/ready` lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// A policy is in force; degraded while the newest files were refused and the last good ones stand.
    Policy,
    /// Every token issuer has keys; degraded while some live on old keys or have none, not met when none has any.
    Keys,
    /// The listeners are open; degraded when a reload asked for other addresses than the open ones.
    Listeners,
    /// The node answers.
    Upstream,
    /// The node's chain id is known and is the one the policy pins.
    ChainId,
    /// The node is the client that calls are written for; degraded while it is not known, or changes.
    Client,
    /// The audit sink takes lines.
    Audit,
    /// The process is not about to stop.
    Serving,
}

impl Condition {
    /// Every condition.
    pub const ALL: [Self; 8] = [
        Self::Policy,
        Self::Keys,
        Self::Listeners,
        Self::Upstream,
        Self::ChainId,
        Self::Client,
        Self::Audit,
        Self::Serving,
    ];

    /// The stable name in `/ready` and in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Keys => "keys",
            Self::Listeners => "listeners",
            Self::Upstream => "upstream",
            Self::ChainId => "chain_id",
            Self::Client => "client",
            Self::Audit => "audit",
            Self::Serving => "serving",
        }
    }

    const fn slot(self) -> usize {
        self as usize
    }
}

/// How a condition stands. Reasons are for operators: no secrets, no URL with credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// As it should be.
    Met,
    /// Calls are served, but something is not as configured.
    Degraded(String),
    /// Calls should go elsewhere.
    Unmet(String),
}

impl Standing {
    /// Tells the log that `condition` stands differently now.
    fn tell(&self, condition: Condition, before: &Self) {
        if matches!(condition, Condition::Policy | Condition::Serving) {
            return; // the keeper tells about files, and who stops the process knows
        }
        let condition = condition.name();
        match self {
            Self::Met if matches!(before, Self::Unmet(why) if why == STARTING) => {
                tracing::debug!(condition, "a condition of readiness is met");
            }
            Self::Met => tracing::info!(condition, "a condition of readiness is met again"),
            Self::Degraded(why) => tracing::warn!(condition, why, "a condition of readiness is degraded"),
            Self::Unmet(why) => tracing::error!(condition, why, "a condition of readiness is not met"),
        }
    }
}

/// Why what was not looked at yet is not met.
const STARTING: &str = "starting";

/// The shared board of conditions. Clones show the same board. Everything starts as not met, except what can only go
/// wrong later (`keys`, `client`, `audit`, `serving`).
#[derive(Clone)]
pub struct Readiness(Arc<Mutex<[Standing; Condition::ALL.len()]>>);

impl Default for Readiness {
    fn default() -> Self {
        Self::new()
    }
}

impl Readiness {
    /// A board for a process that is starting.
    pub fn new() -> Self {
        let start = Condition::ALL.map(|condition| match condition {
            Condition::Keys | Condition::Client | Condition::Audit | Condition::Serving => Standing::Met,
            _ => Standing::Unmet(STARTING.to_owned()),
        });
        Self(Arc::new(Mutex::new(start)))
    }

    /// Says that `condition` holds.
    pub fn meet(&self, condition: Condition) {
        self.set(condition, Standing::Met);
    }

    /// Says that `condition` holds only just, and why.
    pub fn degrade(&self, condition: Condition, why: impl Into<String>) {
        self.set(condition, Standing::Degraded(why.into()));
    }

    /// Says that `condition` does not hold, and why.
    pub fn fail(&self, condition: Condition, why: impl Into<String>) {
        self.set(condition, Standing::Unmet(why.into()));
    }

    /// Puts `standing` on the board. A change is told in the log, once.
    pub fn set(&self, condition: Condition, standing: Standing) {
        let mut board = self.0.lock();
        let Some(slot) = board.get_mut(condition.slot()).filter(|slot| **slot != standing) else {
            return;
        };
        standing.tell(condition, slot);
        *slot = standing;
    }

    /// How one condition stands.
    pub fn standing(&self, condition: Condition) -> Standing {
        self.0
            .lock()
            .get(condition.slot())
            .cloned()
            .unwrap_or_else(|| Standing::Unmet("unknown".to_owned()))
    }

    /// Whether every condition is met or degraded.
    pub fn is_ready(&self) -> bool {
        self.0
            .lock()
            .iter()
            .all(|standing| !matches!(standing, Standing::Unmet(_)))
    }

    /// All conditions with their standing, in a fixed order.
    pub fn report(&self) -> Vec<(Condition, Standing)> {
        Condition::ALL.into_iter().zip(self.0.lock().iter().cloned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_condition_has_the_slot_of_its_place_in_the_list() {
        for (place, condition) in Condition::ALL.into_iter().enumerate() {
            assert_eq!(condition.slot(), place, "{}", condition.name());
        }
    }

    #[test]
    fn ready_means_that_nothing_is_unmet() {
        let board = Readiness::new();
        assert!(!board.is_ready());
        for condition in Condition::ALL {
            board.meet(condition);
        }
        assert!(board.is_ready());
        board.degrade(Condition::Policy, "`policy.yaml` was refused");
        assert!(board.is_ready(), "degraded still serves");
        board.fail(Condition::Upstream, "connection refused");
        assert!(!board.is_ready());
        assert_eq!(
            board.standing(Condition::Upstream),
            Standing::Unmet("connection refused".to_owned())
        );
        assert_eq!(board.report().len(), Condition::ALL.len());
    }
}
