//! The shapes that are operations, or that say more about one.

use alloy_primitives::{Address, U256};
use callgate_rpc::{Limits, OwnedDocument, Value};

use super::reading::{Reading, Unsigned};
use crate::call_object::{CallObject, Made, PrivateMembers, Purpose, Replaced, participant};
use crate::catalogue::Shape;
use crate::dialect::Dialect;
use crate::form::filter::{Filter, Purpose as FilterPurpose};
use crate::form::plain::Free;
use crate::form::scalar::{self, HexText};
use crate::misunderstood::{Misunderstood, Reason};
use crate::operation::{Operation, OperationKind, Overrides};
use crate::privacy::{Privacy, Protection, Recipients};
use crate::send_calls::SendCalls;
use crate::spot::Spot;
use crate::transaction::{PAYLOAD_HASH_BYTES, TransactionType};
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
            Shape::QuorumPrivateTransaction => self.quorum_private(value, spot),
            Shape::EeaRawTransaction => self.restricted(value, spot),
            Shape::BlockRlp => self.block(value, spot),
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
        match purpose {
            Purpose::NodeSigns => self.check_signed_as_it_is(&object, kind, value, spot)?,
            Purpose::NodeFills => self.check_filled(&object, value, spot)?,
            Purpose::Simulate | Purpose::NodePrepares | Purpose::EeaSigns => {}
        }
        self.keep(Operation::object(kind, spot.as_position(), object), value, spot)
    }

    /// GoQuorum puts the hash of the payload in the place of a private transaction's data only where it sends it. Where it
    /// signs alone, the caller must have put it there.
    fn check_signed_as_it_is(
        &self,
        object: &CallObject<'_>,
        kind: OperationKind,
        value: Value<'_>,
        spot: &Spot<'_>,
    ) -> Result<(), Misunderstood> {
        if object.privacy.is_none() {
            return Ok(());
        }
        if self.method.name() == "eth_resend" {
            let what = "is private: send it again by `eth_sendTransaction`, with its nonce";
            return Err(spot.refuse(Reason::Refused, value, what));
        }
        if kind == OperationKind::Sign && object.input.map(HexText::len) != Some(PAYLOAD_HASH_BYTES) {
            let what = format_args!(
                "is private and only signed, so its data must be the {PAYLOAD_HASH_BYTES}-byte hash of the payload"
            );
            return Err(spot.refuse(Reason::Conflict, value, what));
        }
        Ok(())
    }

    /// GoQuorum's permission contracts are public, whatever a transaction to them says; those that extend a contract to new
    /// parties are private, whether it says so or not.
    fn check_filled(&self, object: &CallObject<'_>, value: Value<'_>, spot: &Spot<'_>) -> Result<(), Misunderstood> {
        let is_extension = self.method.namespace() == "quorumExtension";
        match (is_extension, object.privacy.is_some()) {
            (true, true) | (false, false) => Ok(()),
            (true, false) if self.context.client.dialect == Dialect::Goquorum => Err(spot.refuse(
                Reason::MissingMember,
                value,
                "needs `privateFor`: the node makes it private, and adds the parties of the contract itself",
            )),
            (true, false) => Err(spot.refuse(
                Reason::OperationsNotUnderstood,
                value,
                "is private to parties that only the dialect of GoQuorum tells",
            )),
            (false, true) => Err(spot.refuse(
                Reason::Conflict,
                value,
                "has participants, but the node would send it in public",
            )),
        }
    }

    /// Libraries send typed data as an object or as JSON in a string. It is written as an object, which every client that
    /// signs it takes, but for Web3signer, which takes text.
    fn typed_data(&mut self, value: Value<'t>, spot: &Spot<'_>) -> Result<Argument<'t>, Misunderstood> {
        let as_text = self.context.client.takes_typed_data_as_text();
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
        let filter = Filter::read(value, FilterPurpose::Query, self.context.client, spot)?;
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
