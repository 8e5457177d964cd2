//! From the bytes of a body to a flight: every call parsed, understood and judged, alone, by one snapshot.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Instant;

use callgate_eth::{HandleKind, Understood, understand};
use callgate_policy::{Door, Judgement, Outgoing, Permitted, ReasonCode, Subject};
use callgate_rpc::{Batch, Call, InvalidCall, ParseError, Request, Tape};
use smallvec::SmallVec;

use super::Scene;
use super::flight::{Flight, Shape};
use super::slot::{Facts, HandleUse, Slot};
use crate::audit::Front;
use crate::current::Current;
use crate::limits::SIGNATURES;
use crate::reply::{Act, Trouble};
use crate::server::Worker;
use crate::upstream::{Fault, Repeat};

thread_local! {
    /// The tape of this worker: parsing never yields, so one is enough, and it keeps its buffers.
    static TAPE: RefCell<Tape> = RefCell::new(Tape::new());
}

/// Judges every call of `body`. Nothing is sent yet.
///
/// # Errors
/// When the body as a whole is no request; no call of it was judged then.
pub(crate) fn judge(
    worker: &Arc<Worker>,
    scene: Scene,
    started: Instant,
    body: &[u8],
) -> Result<Box<Flight>, ParseError> {
    // taken, not borrowed: should judging panic, the next body finds a fresh tape
    let mut tape = TAPE.replace(Tape::new());
    let judged = callgate_rpc::parse(body, &mut tape, scene.current.rpc_limits()).map(|request| match request {
        Request::Single(call) => judge_single(worker, &scene, call),
        Request::Batch(batch) => judge_batch(worker, &scene, &batch),
    });
    // back also after a body that is none: bad bodies must not cost more than good ones
    TAPE.set(tape);
    Ok(Box::new(Flight::new(Arc::clone(worker), scene, judged?, started)))
}

/// Every call of a body, judged.
pub(super) struct Judged {
    pub(super) shape: Shape,
    pub(super) slots: SmallVec<[Slot; 1]>,
    pub(super) outgoing: Option<Outgoing>,
    pub(super) repeat: Repeat,
    /// Our id of the first waiting call; the others follow in order.
    pub(super) first_id: u64,
}

/// A call that may be sent, and the node's name for the handle it speaks of.
type Sendable<'t> = (Permitted<'t>, Option<Arc<str>>);

/// The signatures that a body may still make us recover. Told by what calls carry, whether a rule looks at it or not.
struct Signatures {
    left: usize,
}

impl Signatures {
    /// Of a fresh body.
    fn of_body() -> Self {
        Self { left: SIGNATURES }
    }

    /// Takes those of `call`; false when it has more than are left.
    fn take(&mut self, call: &Understood<'_>) -> bool {
        let signatures = call.operations().iter().map(|operation| {
            let own = usize::from(operation.is_signed());
            own.saturating_add(operation.authorizations().len())
        });
        let needed = signatures.fold(0, usize::saturating_add);
        match self.left.checked_sub(needed) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }
}

fn judge_single(worker: &Worker, scene: &Scene, call: Result<Call<'_>, InvalidCall<'_>>) -> Judged {
    let (slot, sendable) = judge_call(scene, call, &mut Signatures::of_body());
    let repeat = repeat_of(std::slice::from_ref(&slot));
    let first_id = worker.node_ids(1);
    let outgoing = sendable.map(|(permitted, handle)| Outgoing::single(first_id, &permitted, handle.as_deref()));
    Judged {
        shape: Shape::Single,
        slots: SmallVec::from_iter([slot]),
        outgoing,
        repeat,
        first_id,
    }
}

fn judge_batch(worker: &Worker, scene: &Scene, batch: &Batch<'_>) -> Judged {
    let mut slots = SmallVec::with_capacity(batch.len());
    let mut sendables = Vec::with_capacity(batch.len());
    let mut signatures = Signatures::of_body();
    for call in batch.iter() {
        let (slot, sendable) = judge_call(scene, call, &mut signatures);
        slots.push(slot);
        sendables.extend(sendable);
    }
    let repeat = repeat_of(&slots);
    let first_id = worker.node_ids(sendables.len() as u64);
    let calls = (first_id..)
        .zip(&sendables)
        .map(|(id, (permitted, handle))| (id, permitted, handle.as_deref()));
    let outgoing = (!sendables.is_empty()).then(|| Outgoing::batch(calls));
    Judged {
        shape: Shape::Batch,
        slots,
        outgoing,
        repeat,
        first_id,
    }
}

fn repeat_of(slots: &[Slot]) -> Repeat {
    let acts = |slot: &Slot| slot.is_waiting() && slot.act == Act::Acts;
    if slots.iter().any(acts) {
        Repeat::Never
    } else {
        Repeat::Harmless
    }
}

fn judge_call<'t>(
    scene: &Scene,
    call: Result<Call<'t>, InvalidCall<'t>>,
    signatures: &mut Signatures,
) -> (Slot, Option<Sendable<'t>>) {
    let call = match call {
        Ok(call) => call,
        Err(invalid) => {
            let trouble = Trouble::Invalid {
                kind: invalid.kind,
                offset: invalid.offset,
            };
            return (
                Slot::failed(Some(invalid.id.to_owned()), Facts::unreadable(), trouble),
                None,
            );
        }
    };
    let id = call.id().map(callgate_rpc::Id::to_owned);
    match understand(&call, &scene.current.context()) {
        Err(misunderstood) => {
            let facts = Facts::of_method(call.method());
            (Slot::failed(id, facts, Trouble::Misunderstood(misunderstood)), None)
        }
        Ok(understood) if !signatures.take(&understood) => {
            let facts = Facts::of_method(call.method());
            (Slot::failed(id, facts, Trouble::TooManySignatures), None)
        }
        Ok(understood) => match permit(scene, understood) {
            (facts, Ok((handle, sendable))) => {
                let expected = sendable.0.call().expected();
                (Slot::waiting(id, facts, handle, expected), Some(sendable))
            }
            (facts, Err(trouble)) => (Slot::failed(id, facts, trouble), None),
        },
    }
}

/// Asks the policy, and sees that the call may speak of the filter or subscription it names.
fn permit<'t>(scene: &Scene, call: Understood<'t>) -> (Facts, Result<(HandleUse, Sendable<'t>), Trouble>) {
    let policy = scene.current.policy();
    let detail = scene.current.settings().log.level.into();
    // the facts come after the judgement, which may have recovered a sender
    match policy.judge(scene.caller.subject(), call, scene.entrance.door()) {
        Judgement::Refused(refused) => {
            let reason = refused.decision().reason();
            let facts = Facts::of_judged(refused.call(), refused.decision(), detail);
            (facts, Err(Trouble::Denied { reason }))
        }
        Judgement::Permitted(permitted) => {
            let facts = Facts::of_judged(permitted.call(), permitted.decision(), detail);
            if scene.current.node_is_astray() {
                let act = super::slot::act_of(facts.class);
                return (
                    facts,
                    Err(Trouble::Upstream {
                        fault: Fault::Astray,
                        act,
                    }),
                );
            }
            let used = handle_use(scene, &permitted);
            (
                facts,
                used.map(|(handle, node_handle)| (handle, (permitted, node_handle))),
            )
        }
    }
}

fn handle_use(scene: &Scene, permitted: &Permitted<'_>) -> Result<(HandleUse, Option<Arc<str>>), Trouble> {
    let call = permitted.call();
    if let Some(kind) = call.makes() {
        if kind == HandleKind::Subscription && scene.front == Front::Http {
            return Err(Trouble::NeedsWebSocket);
        }
        scene
            .handles
            .room(kind, &scene.who())
            .map_err(|_| Trouble::TooManyHandles)?;
        let deed = Outgoing::single(0, permitted, None).into_bytes().into();
        let news = call.subscription_kind();
        return Ok((HandleUse::Makes { kind, news, deed }, None));
    }
    let Some(handle) = call.handle() else {
        return Ok((HandleUse::None, None));
    };
    let found = scene
        .handles
        .find(handle.kind(), handle.text(), &scene.who())
        .ok_or(Trouble::UnknownHandle(handle.kind()))?;
    if matches!(call.method_name(), "eth_uninstallFilter" | "eth_unsubscribe") {
        return Ok((HandleUse::Ends(handle.kind(), handle.text().into()), Some(found.node)));
    }
    match refusal_of_deed(
        &scene.current,
        scene.caller.subject(),
        scene.entrance.door(),
        &found.deed,
    ) {
        None => Ok((HandleUse::None, Some(found.node))),
        Some(reason) => Err(Trouble::Denied { reason }),
    }
}

/// Why the call that once made a filter or subscription would be refused now; none when it would still be permitted.
/// What it delivers must be granted for as long as it is delivered.
pub(crate) fn refusal_of_deed(current: &Current, subject: &Subject, door: Door, deed: &[u8]) -> Option<ReasonCode> {
    // a tape of its own: that of the worker may hold the call that asks
    let mut tape = Tape::new();
    let Ok(Request::Single(Ok(call))) = callgate_rpc::parse(deed, &mut tape, current.rpc_limits()) else {
        return Some(ReasonCode::MethodNotGranted);
    };
    // it was understood before: not to understand it now is no reason to deliver it
    let Ok(understood) = understand(&call, &current.context()) else {
        return Some(ReasonCode::MethodNotGranted);
    };
    match current.policy().judge(subject, understood, door) {
        Judgement::Permitted(_) => None,
        Judgement::Refused(refused) => Some(refused.decision().reason()),
    }
}
