//! One call on its way: what it is, what was decided, and what it is waiting for. Owned, so that it can wait.

use std::sync::Arc;

use bytes::Bytes;
use callgate_eth::{Expected, HandleKind, SubscriptionKind, To, Understood, catalogue};
use callgate_policy::Decision;
use callgate_rpc::{NodeError, OwnedId, Writer, write_node_error, write_result};
use hyper::StatusCode;
use smallvec::SmallVec;

use super::Scene;
use crate::audit::{NodeOutcome, OperationFacts};
use crate::level::Detail;
use crate::metrics::CallClass;
use crate::reply::{Act, Trouble};
use crate::upstream::Fault;

/// One call of a request.
pub(crate) struct Slot {
    /// The client's id; none for a notification, which is not answered.
    pub(super) id: Option<OwnedId>,
    /// What the audit tells of it.
    pub(super) facts: Facts,
    /// How far it is.
    pub(super) state: State,
    /// How the node took it; none when the node has not seen it.
    pub(super) outcome: Option<NodeOutcome>,
    /// The code of the node's error.
    pub(super) node_code: Option<i64>,
    /// What the call does.
    pub(super) act: Act,
    /// What the answer must be; none for a call that is not sent.
    pub(super) expected: Option<Expected>,
}

/// How far a call is.
pub(super) enum State {
    /// It is over, with an error of ours.
    Failed(Trouble),
    /// It was permitted, and the node must answer it.
    Waiting(HandleUse),
    /// The node's result, to be relayed.
    Result(Bytes),
    /// A name of ours in place of the node's.
    Named(Arc<str>),
    /// The node's error object, to be relayed.
    NodeError(Bytes),
}

/// What the call does to a filter or subscription.
pub(super) enum HandleUse {
    /// Nothing.
    None,
    /// It makes one.
    Makes {
        /// Which of the two.
        kind: HandleKind,
        /// What it will deliver by itself.
        news: Option<SubscriptionKind>,
        /// The call as the node receives it.
        deed: Arc<[u8]>,
    },
    /// It removes this one of ours.
    Ends(HandleKind, Arc<str>),
}

/// What the audit tells of a call.
pub(super) struct Facts {
    pub(super) method: Option<MethodName>,
    pub(super) class: CallClass,
    pub(super) operations: SmallVec<[OperationFacts; 1]>,
    pub(super) decision: Option<Decision>,
    /// What it asks the node about, in words.
    pub(super) asks: Option<Box<str>>,
}

/// A method's name: borrowed from the catalogue when it is known there.
pub(super) enum MethodName {
    Known(&'static str),
    Other(Box<str>),
}

impl MethodName {
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Known(name) => name,
            Self::Other(name) => name,
        }
    }
}

impl Slot {
    /// A call that is over before it was sent.
    pub(super) fn failed(id: Option<OwnedId>, facts: Facts, trouble: Trouble) -> Self {
        let act = act_of(facts.class);
        Self {
            id,
            facts,
            state: State::Failed(trouble),
            outcome: None,
            node_code: None,
            act,
            expected: None,
        }
    }

    /// A call that may be sent.
    pub(super) fn waiting(id: Option<OwnedId>, facts: Facts, handle: HandleUse, expected: Expected) -> Self {
        let act = act_of(facts.class);
        Self {
            id,
            facts,
            state: State::Waiting(handle),
            outcome: None,
            node_code: None,
            act,
            expected: Some(expected),
        }
    }

    /// Whether the node must answer it.
    pub(super) fn is_waiting(&self) -> bool {
        matches!(self.state, State::Waiting(_))
    }

    /// Whether bytes of the node are its answer.
    pub(super) fn relays(&self) -> bool {
        matches!(self.state, State::Result(_) | State::NodeError(_))
    }

    /// The node gave no usable answer.
    pub(super) fn fail(&mut self, fault: Fault) {
        self.outcome = fault.outcome();
        self.state = State::Failed(Trouble::Upstream { fault, act: self.act });
    }

    /// The node gave an error.
    pub(super) fn node_error(&mut self, answer: &Bytes, error: &NodeError<'_>) {
        self.outcome = Some(NodeOutcome::Error);
        self.node_code = Some(error.code);
        self.state = State::NodeError(answer.slice_ref(error.raw));
    }

    /// The HTTP status when this call is the whole request.
    pub(super) fn status(&self) -> StatusCode {
        match &self.state {
            State::Failed(trouble) => trouble.status(),
            State::Waiting(_) | State::Result(_) | State::Named(_) | State::NodeError(_) => StatusCode::OK,
        }
    }

    /// About how many bytes the answer has: enough that writing it seldom moves it.
    pub(super) fn size_hint(&self) -> usize {
        const AROUND: usize = 64 + 128;
        match &self.state {
            State::Result(bytes) | State::NodeError(bytes) => bytes.len().saturating_add(AROUND),
            State::Named(_) => AROUND,
            State::Failed(_) | State::Waiting(_) => 2 * AROUND,
        }
    }

    /// Writes the answer, if anybody waits for one.
    pub(super) fn write(&self, out: &mut Vec<u8>, scene: &Scene) {
        let Some(id) = &self.id else { return };
        match &self.state {
            State::Result(result) => write_result(out, id, result),
            State::NodeError(error) => write_node_error(out, id, error),
            State::Named(name) => {
                let mut text = Vec::with_capacity(name.len().saturating_add(2));
                Writer::new(&mut text).string(name);
                write_result(out, id, &text);
            }
            State::Failed(trouble) => trouble.write(out, id, self.facts.decision.as_ref(), &scene.signature()),
            // cannot be: every waiting call was settled; an error is the safe answer
            State::Waiting(_) => {
                let trouble = Trouble::Upstream {
                    fault: Fault::Invalid,
                    act: self.act,
                };
                trouble.write(out, id, self.facts.decision.as_ref(), &scene.signature());
            }
        }
    }
}

impl Facts {
    /// Of a call that could not even be read.
    pub(super) fn unreadable() -> Self {
        Self {
            method: None,
            class: CallClass::Unknown,
            operations: SmallVec::new(),
            decision: None,
            asks: None,
        }
    }

    /// Of a call to `method` whose parameters were not understood.
    pub(super) fn of_method(name: &str) -> Self {
        Self::named(catalogue::method(name), name)
    }

    fn named(method: Option<&'static catalogue::Method>, name: &str) -> Self {
        let (class, name) = match method {
            Some(method) => (class_of(method.access()), MethodName::Known(method.name())),
            None => (CallClass::Unknown, MethodName::Other(name.into())),
        };
        Self {
            method: Some(name),
            class,
            ..Self::unreadable()
        }
    }

    /// Of a call that was judged.
    pub(super) fn of_judged(call: &Understood<'_>, decision: &Decision, detail: Detail) -> Self {
        let several = call.operations().len() > 1;
        let operations = call.operations().iter().map(|operation| OperationFacts {
            kind: operation.kind().name(),
            at: several.then(|| operation.position().to_string().into()),
            // recovering a sender costs as much as several whole calls; level 2 is for finding out, so it names everybody
            from: match detail {
                Detail::Decisions => operation.known_sender(),
                Detail::Reasons => operation.sender().ok(),
            },
            to: match operation.to() {
                To::Address(address) => Some(address),
                To::Create | To::None | To::Node => None,
            },
            creates: operation.creates(),
            value: operation.value().unwrap_or_default(),
            selector: operation.selector(),
            hash: operation.hash(),
            overrides: operation.has_overrides(),
            private: operation.is_private(),
            message: operation.typed_message().map(|message| message.primary_type().into()),
            contract: operation.typed_message().and_then(callgate_eth::TypedMessage::contract),
        });
        Self {
            decision: Some(decision.clone()),
            operations: operations.collect(),
            asks: match detail {
                Detail::Decisions => None,
                Detail::Reasons => asks(call),
            },
            ..Self::named(call.method(), call.method_name())
        }
    }
}

/// The most that is told of what one call asks about.
const ASKED: usize = 16;

fn asks(call: &Understood<'_>) -> Option<Box<str>> {
    let asked = call.asked();
    let mut told: Vec<_> = asked.iter().take(ASKED).map(ToString::to_string).collect();
    if let Some(more @ 1..) = asked.len().checked_sub(ASKED) {
        told.push(format!("and {more} more"));
    }
    (!told.is_empty()).then(|| told.join("; ").into())
}

pub(super) const fn class_of(access: catalogue::Access) -> CallClass {
    use catalogue::Access;
    match access {
        Access::Read => CallClass::Read,
        Access::Call => CallClass::Call,
        Access::Write => CallClass::Write,
        Access::Sign => CallClass::Sign,
        Access::Filter => CallClass::Filter,
        Access::Subscription => CallClass::Subscription,
        Access::Admin => CallClass::Admin,
        Access::Debug => CallClass::Debug,
        Access::Engine => CallClass::Engine,
        Access::Dev => CallClass::Dev,
    }
}

/// Only what the catalogue knows to read may reach the node twice.
pub(super) const fn act_of(class: CallClass) -> Act {
    match class {
        CallClass::Read | CallClass::Call => Act::Reads,
        CallClass::Write
        | CallClass::Sign
        | CallClass::Filter
        | CallClass::Subscription
        | CallClass::Admin
        | CallClass::Debug
        | CallClass::Engine
        | CallClass::Dev
        | CallClass::Unknown => Act::Acts,
    }
}
