//! The last step: one audit event per call, whatever became of it, before its answer leaves.

use callgate_policy::Effect;

use super::flight::Flight;
use super::slot::{Slot, State, act_of};
use crate::audit::{CallEvent, Event, Rule, Sent, Verdict};
use crate::reply::Trouble;

/// Puts every call of `flight` on record. A call whose record cannot be kept is answered with an error.
pub(super) async fn record(flight: &mut Flight) {
    let own = flight.clock.own();
    flight.worker.metrics().took(own);
    while flight.recorded < flight.judged.slots.len() {
        let recorded = match write(flight, Urgency::Now) {
            Ok(()) => true,
            Err(line) => flight.worker.gateway().audit().wait_for(line).await.is_ok(),
        };
        let place = flight.recorded;
        flight.recorded += 1;
        if !recorded && let Some(slot) = flight.judged.slots.get_mut(place) {
            slot.state = State::Failed(Trouble::Audit { act: act_of(slot.facts.class) });
        }
    }
}
