//! The shapes that are operations, or that say more about one.

use alloy_primitives::{Address, U256};
use callgate_rpc::{Limits, OwnedDocument, Value};

use super::reading::{Reading, Unsigned};
use crate::call_object::{CallObject, Made, PrivateMembers, Purpose, Replaced, participant};
use crate::catalogue::Shape;
use crate::context::Dialect;
use crate::form::filter::{Filter, Purpose as FilterPurpose};
use crate::form::plain::Free;
use crate::form::scalar::{self, HexText};
use crate::misunderstood::{Misunderstood, Reason};
use crate::operation::{Operation, Overrides};
use crate::privacy::{Privacy, Protection, Recipients};
use crate::send_calls::SendCalls;
use crate::spot::Spot;
use crate::transaction::{self, RawTransaction, TransactionError, TransactionType};
use crate::typed_data::{TypedMessage, safe_transaction};
use crate::understood::Argument;
use crate::user_operation::UserOperation;

impl<'t> Reading<'t, '_> {
    pub(super) fn operation(
        &mut self,
        shape: Shape,
        value: Value<'t>,
        spot: &Spot<'_>,
    ) -> Result<Argument<'t>, Misunderstood> {
        match shape {
            Shape::CallObject => self.object(value, Purpose::Simulate, spot),
            Shape::TransactionObject => self.object(value, Purpose::NodeSigns, spot),
            Shape::PreparedTransaction => self.object(value, Purpose::NodePrepares, spot),
            Shape::EeaTransaction => self.object(value, Purpose::EeaSigns, spot),
            Shape::NodeFilledTransaction => self.object(value, Purpose::NodeFills, spot),
            Shape::RawTransaction => self.raw(value, spot),
            Shape::TypedData => self.typed_data(value, spot),
            Shape::SafeTransaction => self.safe_transaction(value, spot),
            Shape::UserOperation => self.user_operation(value, spot),
            Shape::EntryPoint => self.entry_point(value, spot),
            Shape::SendCalls => self.send_calls(value, spot),
            Shape::ConstructorCode => self.constructor(value, spot),
            Shape::ReplayedFilter => self.replayed_filter(value, spot),
            Shape::QuorumPrivacy => {
                let privacy = Box::new(PrivateMembers::read_arguments(value, spot)?);
                self.privacy = Some(privacy.clone());
                Ok(Argument::Privacy(privacy))
            }
            Shape::PrivacyGroup => {
                let group = participant(value, spot)?;
                self.privacy = Some(Box::new(Privacy {
                    from: None,
                    to: Recipients::Group(group),
                    mandatory: Vec::new(),
                    protection: Protection::Restricted,
                }));
                Ok(Argument::Participant(group))
            }
            Shape::ReplacingPrice => self.replacing_price(value, spot),
            Shape::ReplacingGas => self.replacing_gas(value, spot),
            // `read` sends nothing else here.
            _ => Err(spot.refuse(
                Reason::OperationsNotUnderstood,
                value,
                "is an operation that is not understood",
            )),
        }
    }

    fn object(&mut self, value: Value<'t>, purpose: Purpose, spot: &Spot<'_>) -> Result<Argument<'t>, Misunderstood> {
        let object = CallObject::read(value, purpose, self.context, spot)?;
        let kind = self.kind(value, spot)?;
        self.keep(Operation::object(kind, spot.as_position(), object), value, spot)
    }

    fn raw(&mut self, value: Value<'t>, spot: &Spot<'_>) -> Result<Argument<'t>, Misunderstood> {
        let text = scalar::string(value, spot)?;
        let transaction = transaction::decode_hex(text).map_err(|error| undecodable(&error, value, spot))?;
        self.check_chain(&transaction, value, spot)?;
        // GoQuorum reads v 37 and 38, which EIP-155 gives chain 1, as the mark of a private transaction.
        let legacy = transaction.transaction_type() == TransactionType::Legacy;
        if self.context.dialect == Dialect::Goquorum && legacy && transaction.chain_id() == Some(1) {
            return Err(spot.refuse(
                Reason::OperationsNotUnderstood,
                value,
                "is a private transaction to GoQuorum (v is 37 or 38): send it with its participants",
            ));
        }
        let kind = self.kind(value, spot)?;
        let text = HexText::read(value, spot)?;
        self.keep(Operation::raw(kind, spot.as_position(), text, transaction), value, spot)
    }

    fn check_chain(
        &self,
        transaction: &RawTransaction,
        value: Value<'_>,
        spot: &Spot<'_>,
    ) -> Result<(), Misunderstood> {
        match (transaction.chain_id(), self.context.chain_id) {
            (None, _) => Ok(()),
            (Some(signed), Some(ours)) if signed == ours => Ok(()),
            (Some(signed), Some(ours)) => {
                let what = format_args!("is signed for chain {signed} ({signed:#x}), this one is {ours} ({ours:#x})");
                Err(spot.refuse(Reason::WrongChain, value, what))
            }
            (Some(_), None) => Err(spot.refuse(
                Reason::ChainUnknown,
                value,
                "cannot be checked: the chain id is not known yet",
            )),
        }
    }

    /// Libraries send typed data as an object or as JSON in a string. It is written as an object, which every client that
    /// signs it takes, but for Web3signer, which takes text.
    fn typed_data(&mut self, value: Value<'t>, spot: &Spot<'_>) -> Result<Argument<'t>, Misunderstood> {
        let as_text = self.context.dialect == Dialect::Web3signer;
        let argument = match value.as_str() {
            Some(text) => {
                let document = OwnedDocument::read(text, &Limits::default()).map_err(|error| {
                    spot.refuse(
                        Reason::WrongType,
                        value,
                        format_args!("is text that is no JSON: {error}"),
                    )
                })?;
                let message = TypedMessage::read(document.root(), spot)?;
                self.keep_typed(message, value, spot)?;
                if as_text {
                    Argument::DocumentText(Box::new(document))
                } else {
                    Argument::Document(Box::new(document))
                }
            }
            None => {
                let message = TypedMessage::read(value, spot)?;
                self.keep_typed(message, value, spot)?;
                if as_text {
                    Argument::FreeText(Free::read(value, spot)?)
                } else {
                    Argument::Free(Free::read(value, spot)?)
                }
            }
        };
        Ok(argument)
    }

    fn keep_typed(&mut self, message: TypedMessage, value: Value<'_>, spot: &Spot<'_>) -> Result<(), Misunderstood> {
        if let (Some(meant), Some(ours)) = (message.chain_id(), self.context.chain_id)
            && meant != ours
        {
            return Err(spot.refuse(
                Reason::WrongChain,
                value,
                format_args!("has a domain of chain {meant} ({meant:#x}), this one is {ours} ({ours:#x})"),
            ));
        }
        self.message = Some((spot.as_position().param(), Unsigned::Typed(Box::new(message))));
        Ok(())
    }

    /// What clef signs for a Safe: an EIP-712 message of type `SafeTx`, given as an object of its own.
    fn safe_transaction(&mut self, value: Value<'t>, spot: &Spot<'_>) -> Result<Argument<'t>, Misunderstood> {
        let (message, text) = safe_transaction::read(value, self.context, spot)?;
        self.keep_typed(message, value, spot)?;
        Ok(Argument::Free(text))
    }

    fn user_operation(&mut self, value: Value<'t>, spot: &Spot<'_>) -> Result<Argument<'t>, Misunderstood> {
        let operation = UserOperation::read(value, spot)?;
        let kind = self.kind(value, spot)?;
        self.keep(
            Operation::user_operation(kind, spot.as_position(), operation),
            value,
            spot,
        )
    }

    fn entry_point(&mut self, value: Value<'t>, spot: &Spot<'_>) -> Result<Argument<'t>, Misunderstood> {
        let entry_point = scalar::address(value, spot)?;
        for operation in &mut self.operations {
            if let Some(operation) = operation.user_operation_mut() {
                operation.set_entry_point(entry_point, value, spot)?;
            }
        }
        Ok(Argument::Address(entry_point))
    }

    fn send_calls(&mut self, value: Value<'t>, spot: &Spot<'_>) -> Result<Argument<'t>, Misunderstood> {
        let (request, calls) = SendCalls::read(value, self.context, self.operations.len(), spot)?;
        let kind = self.kind(value, spot)?;
        let calls_spot = spot.known("calls");
        for (index, call) in calls.into_iter().enumerate() {
            let position = calls_spot.item(index).as_position();
            self.keep(Operation::object(kind, position, call), value, spot)?;
        }
        Ok(Argument::SendCalls(Box::new(request)))
    }

    /// Code of the caller's that runs as the constructor of a contract that exists.
    fn constructor(&mut self, value: Value<'t>, spot: &Spot<'_>) -> Result<Argument<'t>, Misunderstood> {
        let code = HexText::read(value, spot)?;
        self.overrides = Overrides::Some;
        let object = Made {
            from: Address::ZERO,
            to: None,
            value: None,
            input: Some(code),
            chain_id: None,
            kind: TransactionType::Legacy,
        };
        let kind = self.kind(value, spot)?;
        self.keep(Operation::object(kind, spot.as_position(), object.into()), value, spot)?;
        Ok(Argument::Data(code))
    }

    /// Blocks executed again with other code: every address asked for is called, so to speak.
    fn replayed_filter(&mut self, value: Value<'t>, spot: &Spot<'_>) -> Result<Argument<'t>, Misunderstood> {
        let filter = Filter::read(value, FilterPurpose::Query, spot)?;
        self.overrides = Overrides::Some;
        let kind = self.kind(value, spot)?;
        let addresses = filter.addresses().ok_or_else(|| {
            spot.refuse(
                Reason::MissingMember,
                value,
                "needs `address`: blocks are executed again for it",
            )
        })?;
        let address_spot = spot.known("address");
        for (index, address) in addresses.iter().enumerate() {
            let object = Made {
                from: Address::ZERO,
                to: Some(*address),
                value: None,
                input: None,
                chain_id: None,
                kind: TransactionType::Legacy,
            };
            let position = address_spot.item(index).as_position();
            self.keep(Operation::object(kind, position, object.into()), value, spot)?;
        }
        Ok(Argument::Filter(Box::new(filter)))
    }

    fn replacing_price(&mut self, value: Value<'t>, spot: &Spot<'_>) -> Result<Argument<'t>, Misunderstood> {
        let price = scalar::quantity_u128(value, spot)?;
        self.replace(value, spot, |replaced| replaced.gas_price = Some(price))?;
        Ok(Argument::Quantity(U256::from(price)))
    }

    fn replacing_gas(&mut self, value: Value<'t>, spot: &Spot<'_>) -> Result<Argument<'t>, Misunderstood> {
        let gas = scalar::quantity_u64(value, spot)?;
        self.replace(value, spot, |replaced| replaced.gas = Some(gas))?;
        Ok(Argument::Quantity(U256::from(gas)))
    }

    /// Changes the transaction before it.
    fn replace(
        &mut self,
        value: Value<'_>,
        spot: &Spot<'_>,
        change: impl FnOnce(&mut Replaced),
    ) -> Result<(), Misunderstood> {
        let Some(object) = self.operations.last_mut().and_then(Operation::object_mut) else {
            return Err(spot.refuse(Reason::OperationsNotUnderstood, value, "has no transaction before it"));
        };
        change(object.replaced.get_or_insert_default());
        match object.cost() {
            Some(_) => Ok(()),
            None => Err(spot.refuse(Reason::OutOfRange, value, "makes it cost more wei than 256 bits hold")),
        }
    }
}

fn undecodable(error: &TransactionError, value: Value<'_>, spot: &Spot<'_>) -> Misunderstood {
    spot.refuse(
        Reason::UndecodableTransaction,
        value,
        format_args!("is no signed transaction: {error}"),
    )
}
