//! Reads the parameters of one call, each in the form its shape asks for.

use alloy_primitives::Address;
use callgate_rpc::{Call, Value};
use smallvec::SmallVec;

use crate::call_object::{CallObject, Purpose};
use crate::catalogue::{Handles, Method, Shape, WhenOmitted};
use crate::context::{Context, Dialect};
use crate::form::block::{Block, Tag};
use crate::form::filter::{self, Filter, TraceFilter};
use crate::form::overrides::{BlockOverride, StateOverride};
use crate::form::plain::{Free, Integer, List, Percentiles};
use crate::form::scalar::{self, HexText};
use crate::form::storage::{self, Slot, SlotsByAccount};
use crate::form::subscription::{self, Options};
use crate::form::trace::{TraceConfig, TraceTypes};
use crate::misunderstood::{Misunderstood, Reason};
use crate::operation::{Operation, OperationKind, Overrides};
use crate::spot::Spot;
use crate::transaction::{self, TransactionError, TransactionType};
use crate::understood::{Argument, Arguments, Handle, HandleKind, Operations, SubscriptionKind, Understood};

/// The longest filter or subscription id: 32 bytes of hex. Ours are shorter.
pub(crate) const MAX_HANDLE: usize = "0x".len() + 64;

/// A call while its parameters are being read.
pub(super) struct Reading<'t, 'c> {
    call: &'c Call<'t>,
    method: &'static Method,
    context: &'c Context,
    arguments: Arguments<'t>,
    operations: Operations<'t>,
    overrides: Overrides,
    signer: Option<Address>,
    message: Option<(usize, HexText<'t>)>,
    handle: Option<Handle<'t>>,
    subscription: Option<SubscriptionKind>,
}

impl<'t, 'c> Reading<'t, 'c> {
    pub(super) fn new(call: &'c Call<'t>, method: &'static Method, context: &'c Context) -> Self {
        Self {
            call,
            method,
            context,
            arguments: SmallVec::new(),
            operations: SmallVec::new(),
            overrides: Overrides::None,
            signer: None,
            message: None,
            handle: None,
            subscription: None,
        }
    }

    /// Reads the first `given` parameters, and what the rest means when it is left out.
    pub(super) fn run(mut self, given: usize) -> Result<Understood<'t>, Misunderstood> {
        for (position, param) in self.method.params().iter().enumerate() {
            let argument = match self.call.params().get(position) {
                Some(value) if position < given && !value.is_null() => self.read(position, param.shape(), value)?,
                Some(value) if position < given => self.read_null(position, param.when_omitted(), value)?,
                _ => match self.omitted(param.shape(), param.when_omitted()) {
                    Some(argument) => argument,
                    None => break,
                },
            };
            self.arguments.push(argument);
        }
        self.finish()
    }

    fn finish(mut self) -> Result<Understood<'t>, Misunderstood> {
        if let (Some(signer), Some((position, text))) = (self.signer, self.message) {
            self.operations.push(Operation::message(position, signer, text));
        }
        let overrides = self.overrides;
        self.operations
            .iter_mut()
            .for_each(|operation| operation.set_overrides(overrides));
        Ok(Understood {
            name: self.call.method(),
            method: Some(self.method),
            arguments: self.arguments,
            operations: self.operations,
            handle: self.handle,
            subscription: self.subscription,
        })
    }

    /// A null before the last parameter stands for what would be written if it were left out, or for nothing.
    fn read_null(
        &self,
        position: usize,
        omitted: WhenOmitted,
        value: Value<'t>,
    ) -> Result<Argument<'t>, Misunderstood> {
        match omitted {
            WhenOmitted::Latest => Ok(Argument::Block(Block::Tag(Tag::Latest))),
            WhenOmitted::Nothing => {
                Err(Spot::param(position).refuse(Reason::NullParameter, value, "must not be null here"))
            }
        }
    }

    fn omitted(&self, shape: Shape, omitted: WhenOmitted) -> Option<Argument<'t>> {
        match (omitted, shape, self.subscription) {
            (WhenOmitted::Latest, ..) => Some(Argument::Block(Block::Tag(Tag::Latest))),
            (_, Shape::SubscriptionOptions, Some(kind)) => {
                Options::when_omitted(kind).map(Argument::SubscriptionOptions)
            }
            _ => None,
        }
    }

    fn read(&mut self, position: usize, shape: Shape, value: Value<'t>) -> Result<Argument<'t>, Misunderstood> {
        let spot = &Spot::param(position);
        Ok(match shape {
            Shape::Block => Argument::Block(Block::read(value, spot)?),
            Shape::Hash => Argument::Hash(scalar::hash(value, spot)?),
            Shape::Address => Argument::Address(scalar::address(value, spot)?),
            Shape::Quantity => Argument::Quantity(scalar::quantity(value, spot)?),
            Shape::Integer => Argument::Integer(Integer::read(value, spot)?),
            Shape::Count => Argument::Quantity(Integer::read(value, spot)?.number()),
            Shape::Data => Argument::Data(HexText::read(value, spot)?),
            Shape::Boolean => Argument::Boolean(scalar::boolean(value, spot)?),
            Shape::String => Argument::Text(scalar::string(value, spot)?),
            Shape::Filter => self.filter(value, filter::Purpose::Poll, spot)?,
            Shape::LogsQuery => self.filter(value, filter::Purpose::Query, spot)?,
            Shape::TraceFilter => Argument::TraceFilter(Box::new(TraceFilter::read(value, spot)?)),
            Shape::TraceTypes => Argument::TraceTypes(TraceTypes::read(value, spot)?),
            Shape::TraceConfig => Argument::TraceConfig(TraceConfig::read(value, spot)?),
            Shape::Slot => Argument::Slot(Slot::read(value, spot)?),
            Shape::Slots => Argument::Slots(storage::slots(value, spot)?),
            Shape::SlotRequests => Argument::SlotsByAccount(SlotsByAccount::read_object(value, spot)?),
            Shape::ProofTargets => Argument::SlotsByAccount(SlotsByAccount::read_pairs(value, spot)?),
            Shape::Percentiles => Argument::Percentiles(Percentiles::read(value, spot)?),
            Shape::List(item) => Argument::List(List::read(value, item, spot)?),
            Shape::Object => Argument::Free(Free::read_object(value, spot)?),
            Shape::Any => Argument::Free(Free::read(value, spot)?),
            Shape::Refused(why) => {
                return Err(spot.refuse(Reason::Refused, value, format_args!("is never taken: {why}")));
            }
            Shape::Handle => self.handle(value, spot)?,
            Shape::SubscriptionKind => self.subscription(value, spot)?,
            Shape::SubscriptionOptions => self.options(value, spot)?,
            Shape::StateOverride => self.state_override(value, spot)?,
            Shape::BlockOverride => self.block_override(value, spot)?,
            Shape::CallObject => self.object(position, value, Purpose::Simulate, spot)?,
            Shape::TransactionObject => self.object(position, value, Purpose::NodeSigns, spot)?,
            Shape::RawTransaction => self.raw(position, value, spot)?,
            Shape::Signer => {
                let signer = scalar::address(value, spot)?;
                self.signer = Some(signer);
                Argument::Address(signer)
            }
            Shape::Message => {
                let text = HexText::read(value, spot)?;
                self.message = Some((position, text));
                Argument::Data(text)
            }
        })
    }

    fn filter(
        &self,
        value: Value<'t>,
        purpose: filter::Purpose,
        spot: &Spot<'_>,
    ) -> Result<Argument<'t>, Misunderstood> {
        Filter::read(value, purpose, spot).map(|filter| Argument::Filter(Box::new(filter)))
    }

    fn handle(&mut self, value: Value<'t>, spot: &Spot<'_>) -> Result<Argument<'t>, Misunderstood> {
        let text = scalar::string(value, spot)?;
        let digits = text.strip_prefix("0x").unwrap_or_default();
        let is_handle =
            !digits.is_empty() && text.len() <= MAX_HANDLE && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_handle {
            return Err(spot.refuse(
                Reason::NotHex,
                value,
                "is not an id: `0x` and 1 to 64 hex digits expected",
            ));
        }
        let kind = match self.method.handles() {
            Handles::TakesSubscription | Handles::MakesSubscription => HandleKind::Subscription,
            Handles::TakesFilter | Handles::MakesFilter | Handles::Nothing => HandleKind::Filter,
        };
        self.handle = Some(Handle { kind, text });
        Ok(Argument::Handle)
    }

    fn subscription(&mut self, value: Value<'t>, spot: &Spot<'_>) -> Result<Argument<'t>, Misunderstood> {
        let kind = subscription::kind(value, spot)?;
        self.subscription = Some(kind);
        Ok(Argument::Subscription(kind))
    }

    fn options(&self, value: Value<'t>, spot: &Spot<'_>) -> Result<Argument<'t>, Misunderstood> {
        match self.subscription {
            Some(kind) => Options::read(value, kind, spot).map(Argument::SubscriptionOptions),
            None => Err(spot.refuse(
                Reason::UnknownSubscription,
                value,
                "has no kind of subscription before it",
            )),
        }
    }

    fn state_override(&mut self, value: Value<'t>, spot: &Spot<'_>) -> Result<Argument<'t>, Misunderstood> {
        let state = StateOverride::read(value, spot)?;
        if !state.is_empty() {
            self.overrides = Overrides::Some;
        }
        Ok(Argument::StateOverride(state))
    }

    fn block_override(&mut self, value: Value<'t>, spot: &Spot<'_>) -> Result<Argument<'t>, Misunderstood> {
        let block = BlockOverride::read(value, spot)?;
        if !block.is_empty() {
            self.overrides = Overrides::Some;
        }
        Ok(Argument::BlockOverride(Box::new(block)))
    }

    fn object(
        &mut self,
        position: usize,
        value: Value<'t>,
        purpose: Purpose,
        spot: &Spot<'_>,
    ) -> Result<Argument<'t>, Misunderstood> {
        let object = CallObject::read(value, purpose, self.context, spot)?;
        let kind = self.kind(value, spot)?;
        Ok(self.keep(Operation::object(kind, position, object)))
    }

    fn raw(&mut self, position: usize, value: Value<'t>, spot: &Spot<'_>) -> Result<Argument<'t>, Misunderstood> {
        let text = scalar::string(value, spot)?;
        let undecodable = |error: TransactionError| {
            spot.refuse(
                Reason::UndecodableTransaction,
                value,
                format_args!("is no signed transaction: {error}"),
            )
        };
        let transaction = transaction::decode_hex(text).map_err(undecodable)?;
        let text = HexText::read(value, spot)?;
        match (transaction.chain_id(), self.context.chain_id) {
            (None, _) => {}
            (Some(signed), Some(ours)) if signed == ours => {}
            (Some(signed), Some(ours)) => {
                let what = format_args!("is signed for chain {signed} ({signed:#x}), this one is {ours} ({ours:#x})");
                return Err(spot.refuse(Reason::WrongChain, value, what));
            }
            (Some(_), None) => {
                return Err(spot.refuse(
                    Reason::ChainUnknown,
                    value,
                    "cannot be checked: the chain id is not known yet",
                ));
            }
        }
        // GoQuorum reads v 37 and 38, which EIP-155 gives chain 1, as the mark of a private transaction.
        let legacy = transaction.transaction_type() == TransactionType::Legacy;
        if self.context.dialect == Dialect::Goquorum && legacy && transaction.chain_id() == Some(1) {
            return Err(spot.refuse(
                Reason::OperationsNotUnderstood,
                value,
                "is a private transaction to GoQuorum (v is 37 or 38): those are not understood",
            ));
        }
        Ok(self.keep(Operation::raw(position, text, transaction)))
    }

    fn kind(&self, value: Value<'t>, spot: &Spot<'_>) -> Result<OperationKind, Misunderstood> {
        self.method.operation().ok_or_else(|| {
            spot.refuse(
                Reason::OperationsNotUnderstood,
                value,
                "is an operation of a kind that is not understood",
            )
        })
    }

    fn keep(&mut self, operation: Operation<'t>) -> Argument<'t> {
        self.operations.push(operation);
        Argument::Operation(self.operations.len() - 1)
    }
}
