//! One operation of a call: what would be executed, sent or signed, by whom, on what. The facts policy judges by.

mod facts;
mod position;

use std::fmt;

use alloy_primitives::Address;
use callgate_rpc::Writer;

use crate::call_object::CallObject;
use crate::form::scalar::HexText;
use crate::privacy::Privacy;
use crate::transaction::{RawTransaction, RestrictedTransaction};
use crate::typed_data::TypedMessage;
use crate::user_operation::UserOperation;

pub use self::position::Position;
pub(crate) use self::position::Within;

/// What becomes of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OperationKind {
    /// Executed and forgotten; the answer is its result.
    Call,
    /// Executed and forgotten; the answer is its gas or access list.
    Estimate,
    /// Executed and forgotten; the answer is its trace.
    Trace,
    /// The node signs it with a key it holds, and sends it.
    Send,
    /// The node signs it with a key it holds; the answer is the signature.
    Sign,
    /// Signed already, and sent.
    Raw,
    /// A user operation (ERC-4337), signed in the way of its account, and sent to a bundler.
    Userop,
}

/// What an operation is directed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum To {
    /// An account.
    Address(Address),
    /// Nothing yet: it creates a contract.
    Create,
    /// Nothing at all: it is a message to sign.
    None,
    /// A contract that the node fills in, with the calldata for it.
    Node,
}

/// One operation.
pub struct Operation<'t> {
    kind: OperationKind,
    position: Position,
    body: Body<'t>,
    overrides: Overrides,
    /// Of what is private by other parameters than its own.
    privacy: Option<Box<Privacy>>,
}

/// Whether the operation runs on the chain as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overrides {
    None,
    Some,
}

#[expect(
    clippy::large_enum_variant,
    reason = "calls are the hot path and are held without an allocation"
)]
enum Body<'t> {
    Object(CallObject<'t>),
    Raw(Box<RawTransaction>),
    Restricted(Box<RestrictedTransaction>),
    Message {
        signer: Address,
        text: HexText<'t>,
    },
    Typed {
        signer: Address,
        message: Box<TypedMessage>,
    },
    UserOperation(Box<UserOperation<'t>>),
}

impl<'t> Operation<'t> {
    pub(crate) fn object(kind: OperationKind, position: Position, object: CallObject<'t>) -> Self {
        Self::new(kind, position, Body::Object(object))
    }

    pub(crate) fn raw(kind: OperationKind, position: Position, transaction: RawTransaction) -> Self {
        Self::new(kind, position, Body::Raw(Box::new(transaction)))
    }

    pub(crate) fn restricted(kind: OperationKind, position: Position, transaction: RestrictedTransaction) -> Self {
        Self::new(kind, position, Body::Restricted(Box::new(transaction)))
    }

    pub(crate) fn message(param: usize, signer: Address, text: HexText<'t>) -> Self {
        let position = Position::of_param(param);
        Self::new(OperationKind::Sign, position, Body::Message { signer, text })
    }

    pub(crate) fn typed(param: usize, signer: Address, message: Box<TypedMessage>) -> Self {
        let position = Position::of_param(param);
        Self::new(OperationKind::Sign, position, Body::Typed { signer, message })
    }

    pub(crate) fn user_operation(kind: OperationKind, position: Position, operation: UserOperation<'t>) -> Self {
        Self::new(kind, position, Body::UserOperation(Box::new(operation)))
    }

    fn new(kind: OperationKind, position: Position, body: Body<'t>) -> Self {
        Self {
            kind,
            position,
            body,
            overrides: Overrides::None,
            privacy: None,
        }
    }

    pub(crate) fn set_overrides(&mut self, overrides: Overrides) {
        self.overrides = overrides;
    }

    pub(crate) fn set_privacy(&mut self, privacy: Box<Privacy>) {
        self.privacy = Some(privacy);
    }

    pub(crate) fn as_object(&self) -> Option<&CallObject<'t>> {
        match &self.body {
            Body::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The object, for parameters that change it.
    pub(crate) fn object_mut(&mut self) -> Option<&mut CallObject<'t>> {
        match &mut self.body {
            Body::Object(object) => Some(object),
            _ => None,
        }
    }

    pub(crate) fn user_operation_mut(&mut self) -> Option<&mut UserOperation<'t>> {
        match &mut self.body {
            Body::UserOperation(operation) => Some(operation),
            _ => None,
        }
    }

    /// The object, the signed bytes or the message, as one value. Of a transaction in a block, the transaction alone.
    pub(crate) fn write(&self, out: &mut Writer<'_>) {
        match &self.body {
            Body::Object(object) => object.write(out),
            Body::Raw(transaction) => out.hex(transaction.bytes()),
            Body::Restricted(transaction) => out.hex(transaction.bytes()),
            Body::Message { text, .. } => text.write(out),
            Body::UserOperation(operation) => operation.write(out),
            // Written from its document, which is an argument of its own.
            Body::Typed { .. } => out.null(),
        }
    }
}

impl OperationKind {
    /// The name of the permission it needs in a policy: `call`, `raw`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Estimate => "estimate",
            Self::Trace => "trace",
            Self::Send => "send",
            Self::Sign => "sign",
            Self::Raw => "raw",
            Self::Userop => "userop",
        }
    }

    /// Whether nothing of it remains: neither sent nor signed.
    pub fn is_read_only(self) -> bool {
        match self {
            Self::Call | Self::Estimate | Self::Trace => true,
            Self::Send | Self::Sign | Self::Raw | Self::Userop => false,
        }
    }
}

/// Names kind and size only: calldata has no place in logs.
impl fmt::Debug for Operation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation")
            .field("kind", &self.kind)
            .field("position", &self.position)
            .field("to", &self.to())
            .field("input_len", &self.input_len())
            .finish_non_exhaustive()
    }
}
