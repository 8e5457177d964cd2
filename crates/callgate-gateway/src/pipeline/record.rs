//! The last step: one audit event per call, whatever became of it, before its answer leaves.

use std::fmt;
use std::time::Duration;

use super::flight::{Flight, Shape};
use super::slot::{Slot, State};
use crate::audit::{AuditFull, CallEvent, Event, Rule, Sent, Unrecorded, Verdict};
use crate::reply::Trouble;

/// Puts every call of `flight` on record. A call whose record cannot be kept is answered with an error.
pub(super) async fn record(flight: &mut Flight) {
    let own = flight.times.own();
    flight.worker.metrics.took(own);
    let mut patient = true;
    while flight.recorded < flight.judged.slots.len() {
        let kept = match write(flight, own) {
            Ok(()) => Ok(()),
            Err(line) if patient => flight.worker.gateway.audit.wait_for_room(line).await,
            Err(line) => {
                flight.worker.gateway.audit.give_up(line);
                Err(AuditFull)
            }
        };
        // a sink that made no room for one call is not waited for again by each of the others
        patient &= kept.is_ok();
        let place = flight.recorded;
        flight.recorded = place.saturating_add(1);
        if let (Err(AuditFull), Some(slot)) = (kept, flight.judged.slots.get_mut(place)) {
            slot.state = State::Failed(Trouble::Audit { act: slot.act });
        }
    }
}

/// Puts what is not yet on record there, for nobody waits for the answer any more.
pub(super) fn abandoned(flight: &mut Flight) {
    let own = flight.times.own();
    while flight.recorded < flight.judged.slots.len() {
        if let Err(line) = write(flight, own) {
            flight.worker.gateway.audit.give_up(line);
        }
        flight.recorded = flight.recorded.saturating_add(1);
    }
}

/// The next slot's event.
fn write(flight: &Flight, own: Duration) -> Result<(), Unrecorded> {
    let Some(slot) = flight.judged.slots.get(flight.recorded) else {
        return Ok(());
    };
    let (verdict, reason) = (slot.verdict(), slot.reason());
    flight.worker.metrics.call(slot.facts.class, verdict);
    if verdict != Verdict::Allow {
        flight.worker.metrics.call_refused(reason);
    }
    let mut digits = [0; 32];
    let why = slot.why();
    let decision = slot.facts.decision.as_ref();
    let event = CallEvent {
        origin: flight.scene.origin(flight.scene.request_id.encode(&mut digits)),
        item: (flight.judged.shape == Shape::Batch).then_some(flight.recorded),
        actor: Some(flight.scene.caller.actor()),
        ruleset: Some(flight.scene.caller.subject().ruleset()),
        method: slot.facts.method.as_ref().map(super::slot::MethodName::as_str),
        decision: verdict,
        reason,
        rule: decision.and_then(callgate_policy::Decision::rule).map(|rule| Rule {
            index: rule.index,
            name: rule.name,
        }),
        operations: &slot.facts.operations,
        asks: slot.facts.asks.as_deref(),
        upstream: slot.outcome.map(|outcome| Sent {
            name: flight.scene.current.upstream_name(),
            outcome,
            code: slot.node_code,
        }),
        us_callgate: micros(own),
        us_node: slot.outcome.map(|_| micros(flight.times.node())),
        revision: flight.scene.current.revision(),
        why: why.as_ref().map(|why| -> &dyn fmt::Display { why }),
    };
    flight.worker.gateway.audit.record_or_keep(&Event::Call(event))
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// What level 2 adds: the mistake in the call, or the entry that came nearest to permitting it.
enum Why<'a> {
    Mistake(&'a callgate_eth::Misunderstood),
    Form(callgate_rpc::InvalidCallKind),
    Nearest(callgate_policy::NearestMiss<'a>),
}

impl fmt::Display for Why<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mistake(mistake) => mistake.fmt(f),
            Self::Form(kind) => kind.fmt(f),
            Self::Nearest(miss) => miss.fmt(f),
        }
    }
}

impl Slot {
    fn verdict(&self) -> Verdict {
        match &self.state {
            // a permitted call that the node failed was permitted all the same: its outcome tells
            State::Failed(Trouble::Upstream { .. }) | State::Waiting(_) => Verdict::Allow,
            State::Failed(trouble) => trouble.verdict(),
            State::Result(_) | State::Named(_) | State::NodeError(_) => Verdict::Allow,
        }
    }

    fn reason(&self) -> &'static str {
        match (&self.state, &self.facts.decision) {
            (State::Failed(trouble), _) => trouble.reason(),
            (_, Some(decision)) => decision.reason().code(),
            (_, None) => "",
        }
    }

    fn why(&self) -> Option<Why<'_>> {
        match &self.state {
            State::Failed(Trouble::Misunderstood(mistake)) => Some(Why::Mistake(mistake)),
            State::Failed(Trouble::Invalid { kind, .. }) => Some(Why::Form(*kind)),
            State::Failed(Trouble::Denied { .. }) => self.facts.decision.as_ref()?.nearest_miss().map(Why::Nearest),
            _ => None,
        }
    }
}
