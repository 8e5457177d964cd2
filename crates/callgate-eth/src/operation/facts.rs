//! The facts of an operation, whatever its body. What a body does not have is absent, and absence never matches a rule.

use std::borrow::Cow;

use alloy_primitives::{Address, B256, U256};

use super::{Body, Operation, OperationKind, Overrides, Position, To};
use crate::call_object::{AccessList, Authorizations};
use crate::form::scalar::HexText;
use crate::privacy::Privacy;
use crate::transaction::{Authorization, RecoverError, TransactionType};
use crate::typed_data::TypedMessage;
use crate::user_operation::UserOperation;

impl Operation<'_> {
    /// What becomes of it.
    pub fn kind(&self) -> OperationKind {
        self.kind
    }

    /// Where it stands in the call.
    pub fn position(&self) -> &Position {
        &self.position
    }

    /// Who acts: `from`, the signer of a message, the account of a user operation, or the account whose key signed a raw
    /// transaction (recovered on first use, then remembered). In read-only calls without `from`, the zero address.
    ///
    /// The account of a user operation is what the operation says; its own code decides whether the signature is good.
    ///
    /// # Errors
    /// No key can have made the signature of a raw transaction.
    pub fn sender(&self) -> Result<Address, RecoverError> {
        match &self.body {
            Body::Object(object) => Ok(object.from),
            Body::Raw(transaction) => transaction.sender(),
            Body::Restricted(transaction) => transaction.sender(),
            Body::Message { signer, .. } | Body::Typed { signer, .. } => Ok(*signer),
            Body::UserOperation(operation) => Ok(operation.account()),
        }
    }

    /// [`Operation::sender`] as far as it costs nothing: a raw transaction's only when it was recovered before.
    pub fn known_sender(&self) -> Option<Address> {
        match &self.body {
            Body::Raw(transaction) => transaction.known_sender(),
            Body::Restricted(transaction) => transaction.known_sender(),
            _ => self.sender().ok(),
        }
    }

    /// Whether the sender is told by a signature that has to be recovered.
    pub fn is_signed(&self) -> bool {
        matches!(self.body, Body::Raw(_) | Body::Restricted(_))
    }

    /// What it is directed at. User operations are directed at the entry point that executes them.
    pub fn to(&self) -> To {
        let to = match &self.body {
            Body::Object(object) if object.is_filled_by_node() => return To::Node,
            Body::Object(object) => object.to,
            Body::Raw(transaction) => transaction.to(),
            Body::Restricted(transaction) => transaction.to(),
            Body::Message { .. } | Body::Typed { .. } => return To::None,
            Body::UserOperation(operation) => return operation.entry_point().map_or(To::None, To::Address),
        };
        to.map_or(To::Create, To::Address)
    }

    /// Whether it makes a contract or an account: a creation, or a user operation that deploys its account first.
    pub fn creates(&self) -> bool {
        match &self.body {
            Body::UserOperation(operation) => operation.factory().is_some(),
            _ => self.to() == To::Create,
        }
    }

    /// Wei sent along; zero when nothing is said. None where nobody can tell: what a message or user operation moves is in
    /// its data, and what the node fills in is the node's.
    pub fn value(&self) -> Option<U256> {
        match &self.body {
            Body::Object(object) if object.is_filled_by_node() => None,
            Body::Object(object) => Some(object.value.unwrap_or_default()),
            Body::Raw(transaction) => Some(transaction.value()),
            Body::Restricted(transaction) => Some(transaction.value()),
            Body::Message { .. } | Body::Typed { .. } | Body::UserOperation(_) => None,
        }
    }

    /// The gas limit; none when the node is to choose. Of a user operation, all its limits together.
    pub fn gas(&self) -> Option<u64> {
        match &self.body {
            Body::Object(object) => object.gas(),
            Body::Raw(transaction) => Some(transaction.gas()),
            Body::Restricted(transaction) => Some(transaction.gas()),
            Body::Message { .. } | Body::Typed { .. } => None,
            Body::UserOperation(operation) => operation.gas(),
        }
    }

    /// Wei per gas, where it is one price.
    pub fn gas_price(&self) -> Option<u128> {
        match &self.body {
            Body::Object(object) => object.gas_price(),
            Body::Raw(transaction) => transaction.gas_price(),
            Body::Restricted(transaction) => Some(transaction.gas_price()),
            _ => None,
        }
    }

    /// The most wei per gas it can cost: the fee cap, or the one gas price. None when the node is to choose.
    pub fn max_fee_per_gas(&self) -> Option<u128> {
        match &self.body {
            Body::Object(object) => object.max_fee_per_gas(),
            Body::Raw(transaction) => Some(transaction.max_fee_per_gas()),
            Body::Restricted(transaction) => Some(transaction.gas_price()),
            Body::Message { .. } | Body::Typed { .. } => None,
            Body::UserOperation(operation) => operation.max_fee_per_gas(),
        }
    }

    /// The tip per gas in wei.
    pub fn max_priority_fee_per_gas(&self) -> Option<u128> {
        match &self.body {
            Body::Object(object) => object.fees.max_priority_fee_per_gas,
            Body::Raw(transaction) => transaction.max_priority_fee_per_gas(),
            Body::Restricted(_) | Body::Message { .. } | Body::Typed { .. } => None,
            Body::UserOperation(operation) => operation.max_priority_fee_per_gas(),
        }
    }

    /// The most wei per blob gas.
    pub fn max_fee_per_blob_gas(&self) -> Option<u128> {
        match &self.body {
            Body::Object(object) => object.fees.max_fee_per_blob_gas,
            Body::Raw(transaction) => transaction.max_fee_per_blob_gas(),
            _ => None,
        }
    }

    /// The nonce; none when the node is to choose, and for the two-part nonces of user operations.
    pub fn nonce(&self) -> Option<u64> {
        match &self.body {
            Body::Object(object) => object.nonce,
            Body::Raw(transaction) => Some(transaction.nonce()),
            Body::Restricted(transaction) => Some(transaction.nonce()),
            _ => None,
        }
    }

    /// The chain it is bound to. None for unprotected raw transactions, messages of bytes, typed messages whose domain
    /// names no chain, and calls that do not say.
    pub fn chain_id(&self) -> Option<u64> {
        match &self.body {
            Body::Object(object) => object.chain_id,
            Body::Raw(transaction) => transaction.chain_id(),
            Body::Restricted(transaction) => transaction.chain_id(),
            Body::Typed { message, .. } => message.chain_id(),
            Body::Message { .. } | Body::UserOperation(_) => None,
        }
    }

    /// The transaction type; for objects by their members, whatever the node would make of them. Legacy for what is no
    /// transaction.
    pub fn transaction_type(&self) -> TransactionType {
        match &self.body {
            Body::Object(object) => object.kind,
            Body::Raw(transaction) => transaction.transaction_type(),
            _ => TransactionType::Legacy,
        }
    }

    /// Whether it is a transaction or call: neither a message nor a user operation.
    pub fn is_transaction(&self) -> bool {
        matches!(self.body, Body::Object(_) | Body::Raw(_) | Body::Restricted(_))
    }

    /// Whether it holds on one chain only (EIP-155). Only a raw legacy, private or restricted transaction can be without
    /// that.
    pub fn is_protected(&self) -> bool {
        match &self.body {
            Body::Raw(transaction) => transaction.is_protected(),
            Body::Restricted(transaction) => transaction.is_protected(),
            _ => true,
        }
    }

    /// Whether nobody here can see what it calls with: a private transaction of GoQuorum, signed or to be signed as it is,
    /// has the hash of its payload in the place of calldata. No rule about functions can be kept for it.
    pub fn hides_calldata(&self) -> bool {
        match &self.body {
            Body::Raw(transaction) => transaction.is_private(),
            Body::Object(object) => self.kind == OperationKind::Sign && object.privacy.is_some(),
            _ => false,
        }
    }

    /// The first four bytes of the calldata; none when there are fewer, in a creation, in a message, and where the calldata
    /// is hidden. Of a user operation, of the calldata its account is called with.
    pub fn selector(&self) -> Option<[u8; 4]> {
        if self.hides_calldata() {
            return None;
        }
        match &self.body {
            Body::Object(object) if object.to.is_some() => object.input.and_then(HexText::first),
            Body::Raw(transaction) if transaction.to().is_some() => transaction.input().first_chunk().copied(),
            Body::Restricted(transaction) if transaction.to().is_some() => transaction.input().first_chunk().copied(),
            Body::UserOperation(operation) => operation.call_data().first(),
            _ => None,
        }
    }

    /// How many bytes the calldata, init code or message has; zero for typed messages. Of hidden calldata, of its hash.
    pub fn input_len(&self) -> usize {
        match &self.body {
            Body::Object(object) => object.input.map_or(0, HexText::len),
            Body::Raw(transaction) => transaction.input().len(),
            Body::Restricted(transaction) => transaction.input().len(),
            Body::Message { text, .. } => text.len(),
            Body::Typed { .. } => 0,
            Body::UserOperation(operation) => operation.call_data().len(),
        }
    }

    /// The calldata, init code or message; decoded anew where the call has it as text. Empty for typed messages. Of hidden
    /// calldata, its hash.
    pub fn input_bytes(&self) -> Cow<'_, [u8]> {
        match &self.body {
            Body::Object(object) => Cow::Owned(object.input.map(HexText::bytes).unwrap_or_default()),
            Body::Raw(transaction) => Cow::Borrowed(transaction.input()),
            Body::Restricted(transaction) => Cow::Borrowed(transaction.input()),
            Body::Message { text, .. } => Cow::Owned(text.bytes()),
            Body::Typed { .. } => Cow::Borrowed(&[]),
            Body::UserOperation(operation) => Cow::Owned(operation.call_data().bytes()),
        }
    }

    /// How many addresses the access list has.
    pub fn access_list_len(&self) -> usize {
        match &self.body {
            Body::Object(object) => object.access_list.as_ref().map_or(0, AccessList::len),
            Body::Raw(transaction) => transaction.access_list_len(),
            _ => 0,
        }
    }

    /// The accounts it delegates to code (EIP-7702).
    pub fn authorizations(&self) -> &[Authorization] {
        match &self.body {
            Body::Object(object) => object.authorizations.as_ref().map_or(&[], Authorizations::as_slice),
            Body::Raw(transaction) => transaction.authorizations(),
            Body::UserOperation(operation) => operation.authorizations(),
            Body::Restricted(_) | Body::Message { .. } | Body::Typed { .. } => &[],
        }
    }

    /// How many blobs it carries (EIP-4844).
    pub fn blob_count(&self) -> usize {
        match &self.body {
            Body::Object(object) => object.blob_hashes.as_ref().map_or(0, Vec::len),
            Body::Raw(transaction) => transaction.blob_count(),
            _ => 0,
        }
    }

    /// Whether it runs on a state or block the caller made up.
    pub fn has_overrides(&self) -> bool {
        self.overrides == Overrides::Some
    }

    /// Who takes part, when it is a private transaction or a call on private state.
    pub fn privacy(&self) -> Option<&Privacy> {
        let own = match &self.body {
            Body::Object(object) => object.privacy.as_deref(),
            Body::Restricted(transaction) => Some(transaction.privacy()),
            _ => None,
        };
        own.or(self.privacy.as_deref())
    }

    /// Whether it is a private transaction or a call on private state.
    pub fn is_private(&self) -> bool {
        self.privacy().is_some()
    }

    /// The EIP-712 message to sign.
    pub fn typed_message(&self) -> Option<&TypedMessage> {
        match &self.body {
            Body::Typed { message, .. } => Some(message),
            _ => None,
        }
    }

    /// The ERC-4337 user operation.
    pub fn as_user_operation(&self) -> Option<&UserOperation<'_>> {
        match &self.body {
            Body::UserOperation(operation) => Some(operation),
            _ => None,
        }
    }

    /// The transaction hash; none for what is not signed yet. A restricted transaction is answered with the hash of the
    /// marker transaction that the node makes for it, which nobody can tell before.
    pub fn hash(&self) -> Option<B256> {
        match &self.body {
            Body::Raw(transaction) => Some(transaction.hash()),
            Body::Restricted(transaction) => Some(transaction.hash()),
            _ => None,
        }
    }
}
