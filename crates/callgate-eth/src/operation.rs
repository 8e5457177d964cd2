//! One operation of a call: what would be executed, sent or signed, by whom, on what. The facts policy judges by.

use std::borrow::Cow;
use std::fmt;

use alloy_primitives::{Address, B256, U256};
use callgate_rpc::Writer;

use crate::call_object::{AccessList, Authorizations, CallObject};
use crate::form::scalar::HexText;
use crate::transaction::{Authorization, RawTransaction, RecoverError, TransactionType};

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
}

/// Where an operation stands in the call; prints as `params[0]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    param: usize,
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
}

/// One operation.
pub struct Operation<'t> {
    kind: OperationKind,
    position: Position,
    body: Body<'t>,
    overrides: Overrides,
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
    Raw {
        text: HexText<'t>,
        transaction: Box<RawTransaction>,
    },
    Message {
        signer: Address,
        text: HexText<'t>,
    },
}

impl<'t> Operation<'t> {
    pub(crate) fn object(kind: OperationKind, param: usize, object: CallObject<'t>) -> Self {
        Self::new(kind, param, Body::Object(object))
    }

    /// `text` must be what `transaction` was decoded from.
    pub(crate) fn raw(param: usize, text: HexText<'t>, transaction: RawTransaction) -> Self {
        Self::new(
            OperationKind::Raw,
            param,
            Body::Raw {
                text,
                transaction: Box::new(transaction),
            },
        )
    }

    pub(crate) fn message(param: usize, signer: Address, text: HexText<'t>) -> Self {
        Self::new(OperationKind::Sign, param, Body::Message { signer, text })
    }

    fn new(kind: OperationKind, param: usize, body: Body<'t>) -> Self {
        Self {
            kind,
            position: Position { param },
            body,
            overrides: Overrides::None,
        }
    }

    pub(crate) fn set_overrides(&mut self, overrides: Overrides) {
        self.overrides = overrides;
    }

    /// What becomes of it.
    pub fn kind(&self) -> OperationKind {
        self.kind
    }

    /// Where it stands in the call.
    pub fn position(&self) -> Position {
        self.position
    }

    /// Who acts: `from`, the signer of a message, or the account whose key signed a raw transaction (recovered on first
    /// use, then remembered). In read-only calls without `from`, the zero address.
    ///
    /// # Errors
    /// No key can have made the signature of a raw transaction.
    pub fn sender(&self) -> Result<Address, RecoverError> {
        match &self.body {
            Body::Object(object) => Ok(object.from),
            Body::Raw { transaction, .. } => transaction.sender(),
            Body::Message { signer, .. } => Ok(*signer),
        }
    }

    /// [`Operation::sender`] as far as it costs nothing: a raw transaction's only when it was recovered before.
    pub fn known_sender(&self) -> Option<Address> {
        match &self.body {
            Body::Object(object) => Some(object.from),
            Body::Raw { transaction, .. } => transaction.known_sender(),
            Body::Message { signer, .. } => Some(*signer),
        }
    }

    /// What it is directed at.
    pub fn to(&self) -> To {
        let to = match &self.body {
            Body::Object(object) => object.to,
            Body::Raw { transaction, .. } => transaction.to(),
            Body::Message { .. } => return To::None,
        };
        to.map_or(To::Create, To::Address)
    }

    /// Wei sent along; zero when nothing is said.
    pub fn value(&self) -> U256 {
        match &self.body {
            Body::Object(object) => object.value.unwrap_or_default(),
            Body::Raw { transaction, .. } => transaction.value(),
            Body::Message { .. } => U256::ZERO,
        }
    }

    /// The gas limit; none when the node is to choose.
    pub fn gas(&self) -> Option<u64> {
        match &self.body {
            Body::Object(object) => object.gas,
            Body::Raw { transaction, .. } => Some(transaction.gas()),
            Body::Message { .. } => None,
        }
    }

    /// Wei per gas, where it is one price.
    pub fn gas_price(&self) -> Option<u128> {
        match &self.body {
            Body::Object(object) => object.fees.gas_price,
            Body::Raw { transaction, .. } => transaction.gas_price(),
            Body::Message { .. } => None,
        }
    }

    /// The most wei per gas it can cost: the fee cap, or the one gas price. None when the node is to choose.
    pub fn max_fee_per_gas(&self) -> Option<u128> {
        match &self.body {
            Body::Object(object) => object.fees.max_fee_per_gas.or(object.fees.gas_price),
            Body::Raw { transaction, .. } => Some(transaction.max_fee_per_gas()),
            Body::Message { .. } => None,
        }
    }

    /// The tip per gas in wei.
    pub fn max_priority_fee_per_gas(&self) -> Option<u128> {
        match &self.body {
            Body::Object(object) => object.fees.max_priority_fee_per_gas,
            Body::Raw { transaction, .. } => transaction.max_priority_fee_per_gas(),
            Body::Message { .. } => None,
        }
    }

    /// The most wei per blob gas.
    pub fn max_fee_per_blob_gas(&self) -> Option<u128> {
        match &self.body {
            Body::Object(object) => object.fees.max_fee_per_blob_gas,
            Body::Raw { transaction, .. } => transaction.max_fee_per_blob_gas(),
            Body::Message { .. } => None,
        }
    }

    /// The nonce; none when the node is to choose.
    pub fn nonce(&self) -> Option<u64> {
        match &self.body {
            Body::Object(object) => object.nonce,
            Body::Raw { transaction, .. } => Some(transaction.nonce()),
            Body::Message { .. } => None,
        }
    }

    /// The chain it is bound to. None for unprotected raw transactions, messages, and calls that do not say.
    pub fn chain_id(&self) -> Option<u64> {
        match &self.body {
            Body::Object(object) => object.chain_id,
            Body::Raw { transaction, .. } => transaction.chain_id(),
            Body::Message { .. } => None,
        }
    }

    /// The transaction type; for objects by their members, whatever the node would make of them. Legacy for messages.
    pub fn transaction_type(&self) -> TransactionType {
        match &self.body {
            Body::Object(object) => object.kind,
            Body::Raw { transaction, .. } => transaction.transaction_type(),
            Body::Message { .. } => TransactionType::Legacy,
        }
    }

    /// Whether it holds on one chain only (EIP-155). Only a raw legacy transaction can be without that.
    pub fn is_protected(&self) -> bool {
        match &self.body {
            Body::Raw { transaction, .. } => transaction.is_protected(),
            Body::Object(_) | Body::Message { .. } => true,
        }
    }

    /// The first four bytes of the calldata; none when there are fewer, in a creation, and in a message.
    pub fn selector(&self) -> Option<[u8; 4]> {
        match &self.body {
            Body::Object(object) if object.to.is_some() => object.input.and_then(HexText::first),
            Body::Raw { transaction, .. } if transaction.to().is_some() => transaction.input().first_chunk().copied(),
            _ => None,
        }
    }

    /// How many bytes the calldata, init code or message has.
    pub fn input_len(&self) -> usize {
        match &self.body {
            Body::Object(object) => object.input.map_or(0, HexText::len),
            Body::Raw { transaction, .. } => transaction.input().len(),
            Body::Message { text, .. } => text.len(),
        }
    }

    /// The calldata, init code or message; decoded anew where the call has it as text.
    pub fn input_bytes(&self) -> Cow<'_, [u8]> {
        match &self.body {
            Body::Object(object) => Cow::Owned(object.input.map(HexText::bytes).unwrap_or_default()),
            Body::Raw { transaction, .. } => Cow::Borrowed(transaction.input()),
            Body::Message { text, .. } => Cow::Owned(text.bytes()),
        }
    }

    /// How many addresses the access list has.
    pub fn access_list_len(&self) -> usize {
        match &self.body {
            Body::Object(object) => object.access_list.as_ref().map_or(0, AccessList::len),
            Body::Raw { transaction, .. } => transaction.access_list_len(),
            Body::Message { .. } => 0,
        }
    }

    /// The accounts it delegates to code (EIP-7702).
    pub fn authorizations(&self) -> &[Authorization] {
        match &self.body {
            Body::Object(object) => object.authorizations.as_ref().map_or(&[], Authorizations::as_slice),
            Body::Raw { transaction, .. } => transaction.authorizations(),
            Body::Message { .. } => &[],
        }
    }

    /// How many blobs it carries (EIP-4844).
    pub fn blob_count(&self) -> usize {
        match &self.body {
            Body::Object(object) => object.blob_hashes.as_ref().map_or(0, Vec::len),
            Body::Raw { transaction, .. } => transaction.blob_count(),
            Body::Message { .. } => 0,
        }
    }

    /// Whether it runs on a state or block the caller made up.
    pub fn has_overrides(&self) -> bool {
        self.overrides == Overrides::Some
    }

    /// Whether it is a private transaction. None of those that are understood is: the members and formats of private
    /// transactions are refused where they appear.
    pub fn is_private(&self) -> bool {
        false
    }

    /// The transaction hash; none for what is not signed yet.
    pub fn hash(&self) -> Option<B256> {
        match &self.body {
            Body::Raw { transaction, .. } => Some(transaction.hash()),
            Body::Object(_) | Body::Message { .. } => None,
        }
    }

    /// The object, the signed bytes or the message, as one value.
    pub(crate) fn write(&self, out: &mut Writer<'_>) {
        match &self.body {
            Body::Object(object) => object.write(out),
            Body::Raw { text, .. } | Body::Message { text, .. } => text.write(out),
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
        }
    }

    /// Whether nothing of it remains: neither sent nor signed.
    pub fn is_read_only(self) -> bool {
        match self {
            Self::Call | Self::Estimate | Self::Trace => true,
            Self::Send | Self::Sign | Self::Raw => false,
        }
    }
}

impl Position {
    /// The parameter, counted from 0.
    pub fn param(self) -> usize {
        self.param
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "params[{}]", self.param)
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
