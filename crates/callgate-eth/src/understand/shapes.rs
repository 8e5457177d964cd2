//! The shapes: what each makes of a value.

use alloy_primitives::U256;
use callgate_rpc::Value;

use super::reading::{Reading, Unsigned};
use crate::call_object::participant;
use crate::catalogue::{Handles, Shape};
use crate::form::block::{self, Block};
use crate::form::filter::{self, Filter, TraceFilter};
use crate::form::overrides::{BlockOverride, StateOverride};
use crate::form::plain::{self, Free, Integer, List, Percentiles};
use crate::form::scalar::{self, HexText};
use crate::form::storage::{self, Slot, SlotsByAccount};
use crate::form::subscription::{self, Options};
use crate::form::trace::{Believes, TraceConfig, TraceTypes};
use crate::misunderstood::{Misunderstood, Reason};
use crate::operation::Overrides;
use crate::spot::Spot;
use crate::understood::{Argument, Handle, HandleKind};

/// The longest filter or subscription id: 32 bytes of hex. Ours are shorter.
pub(crate) const MAX_HANDLE: usize = "0x".len() + 64;

impl<'t> Reading<'t, '_> {
    pub(super) fn read(
        &mut self,
        shape: Shape,
        value: Value<'t>,
        spot: &Spot<'_>,
    ) -> Result<Argument<'t>, Misunderstood> {
        Ok(match shape {
            Shape::Block => Argument::Block(Block::read(value, spot)?),
            Shape::Hash => Argument::Hash(scalar::hash(value, spot)?),
            Shape::BlockHash => Argument::BlockHash(scalar::hash(value, spot)?),
            Shape::TransactionHash => Argument::TransactionHash(scalar::hash(value, spot)?),
            Shape::UserOperationHash => Argument::UserOperationHash(scalar::hash(value, spot)?),
            Shape::BlockNumber => Argument::BlockNumber(block::number(value, spot)?),
            Shape::BlockOrHeader => block_or_header(value, spot)?,
            Shape::Address => Argument::Address(scalar::address(value, spot)?),
            Shape::Quantity => Argument::Quantity(scalar::quantity(value, spot)?),
            Shape::Integer => Argument::Integer(Integer::read(value, spot)?),
            Shape::Count => Argument::Quantity(Integer::read(value, spot)?.number()),
            Shape::Index => Argument::Index(plain::index(value, spot)?),
            Shape::Timeout => Argument::Integer(Integer::Plain(plain::timeout(value, spot)?)),
            Shape::TimeoutQuantity => Argument::Quantity(U256::from(plain::timeout(value, spot)?)),
            Shape::Data => Argument::Data(HexText::read(value, spot)?),
            Shape::Boolean => Argument::Boolean(scalar::boolean(value, spot)?),
            Shape::String => Argument::Text(scalar::string(value, spot)?),
            Shape::Word(words) => Argument::Text(plain::word(value, words, spot)?),
            Shape::Participant => Argument::Participant(participant(value, spot)?),
            Shape::Password => Argument::Text(plain::password(value, spot)?),
            Shape::Filter => self.filter(value, filter::Purpose::Poll, spot)?,
            Shape::LogsQuery => self.filter(value, filter::Purpose::Query, spot)?,
            Shape::TraceFilter => Argument::TraceFilter(Box::new(TraceFilter::read(value, self.context.client, spot)?)),
            Shape::TraceTypes => Argument::TraceTypes(TraceTypes::read(value, spot)?),
            Shape::TraceConfig => self.trace_config(value, Believes::Nothing, spot)?,
            Shape::Slot => Argument::Slot(Slot::read_padded(value, spot)?),
            Shape::Slots => Argument::Slots(storage::slots(value, spot)?),
            Shape::SlotRequests => Argument::SlotsByAccount(SlotsByAccount::read_object(value, spot)?),
            Shape::ProofTargets => Argument::SlotsByAccount(SlotsByAccount::read_pairs(value, spot)?),
            Shape::Percentiles => Argument::Percentiles(Percentiles::read(value, spot)?),
            Shape::Scalars(item) => Argument::List(List::read(value, item, spot)?),
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
            Shape::TraceCallConfig => self.trace_config(value, Believes::StateAndBlock, spot)?,
            Shape::TraceStateConfig => self.trace_config(value, Believes::State, spot)?,
            Shape::BundledBlockOverride => self.bundled_block_override(value, spot)?,
            Shape::Pretend(inner) => {
                self.overrides = Overrides::Some;
                self.read(*inner, value, spot)?
            }
            Shape::List { of, most } => self.list(*of, most, value, spot)?,
            Shape::Tuple(shapes) => self.tuple(shapes, value, spot)?,
            Shape::Form(form) => self.form(form, value, spot)?,
            Shape::ByAddress(of) => self.by_address(*of, value, spot)?,
            Shape::BySlot(of) => self.by_slot(*of, value, spot)?,
            Shape::TextOr(text, other) => {
                let shape = if value.as_str().is_some() { text } else { other };
                self.read(*shape, value, spot)?
            }
            Shape::Signer => {
                let signer = scalar::address(value, spot)?;
                self.signer = Some(signer);
                Argument::Address(signer)
            }
            Shape::Message => {
                let text = HexText::read(value, spot)?;
                self.message = Some((spot.as_position().param(), Unsigned::Bytes(text)));
                Argument::Data(text)
            }
            Shape::CallObject
            | Shape::TransactionObject
            | Shape::PreparedTransaction
            | Shape::EeaTransaction
            | Shape::NodeFilledTransaction
            | Shape::RawTransaction
            | Shape::EeaRawTransaction
            | Shape::QuorumPrivateTransaction
            | Shape::QuorumPrivacy
            | Shape::PrivacyGroup
            | Shape::TypedData
            | Shape::SafeTransaction
            | Shape::UserOperation
            | Shape::EntryPoint
            | Shape::SendCalls
            | Shape::BlockRlp
            | Shape::ConstructorCode
            | Shape::ReplayedFilter
            | Shape::ReplacingPrice
            | Shape::ReplacingGas => self.operation(shape, value, spot)?,
        })
    }

    fn filter(
        &self,
        value: Value<'t>,
        purpose: filter::Purpose,
        spot: &Spot<'_>,
    ) -> Result<Argument<'t>, Misunderstood> {
        Filter::read(value, purpose, self.context.client, spot).map(|filter| Argument::Filter(Box::new(filter)))
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
            Some(kind) => Options::read(value, kind, self.context.client, spot).map(Argument::SubscriptionOptions),
            None => Err(spot.refuse(
                Reason::UnknownSubscription,
                value,
                "has no kind of subscription before it",
            )),
        }
    }

    fn state_override(&mut self, value: Value<'t>, spot: &Spot<'_>) -> Result<Argument<'t>, Misunderstood> {
        let state = StateOverride::read(value, self.context.client, spot)?;
        if !state.is_empty() {
            self.overrides = Overrides::Some;
        }
        Ok(Argument::StateOverride(state))
    }

    fn block_override(&mut self, value: Value<'t>, spot: &Spot<'_>) -> Result<Argument<'t>, Misunderstood> {
        let block = BlockOverride::read(value, self.context.client, spot)?;
        Ok(self.keep_block_override(block))
    }

    fn bundled_block_override(&mut self, value: Value<'t>, spot: &Spot<'_>) -> Result<Argument<'t>, Misunderstood> {
        let block = BlockOverride::read_bundled(value, self.context.client, spot)?;
        Ok(self.keep_block_override(block))
    }

    fn keep_block_override(&mut self, block: BlockOverride) -> Argument<'t> {
        if !block.is_empty() {
            self.overrides = Overrides::Some;
        }
        Argument::BlockOverride(Box::new(block))
    }

    fn trace_config(
        &mut self,
        value: Value<'t>,
        believes: Believes,
        spot: &Spot<'_>,
    ) -> Result<Argument<'t>, Misunderstood> {
        let config = TraceConfig::read(value, believes, self.context.client, spot)?;
        if config.has_overrides() {
            self.overrides = Overrides::Some;
        }
        Ok(Argument::TraceConfig(Box::new(config)))
    }
}

/// The shortest header in RLP is longer than a hash.
const HASH_BYTES: usize = 32;

fn block_or_header<'t>(value: Value<'t>, spot: &Spot<'_>) -> Result<Argument<'t>, Misunderstood> {
    let is_header = |text: &str| text.starts_with("0x") && text.len() > "0x".len() + 2 * HASH_BYTES;
    if value.as_str().is_some_and(is_header) {
        return HexText::read(value, spot).map(Argument::Data);
    }
    Block::read(value, spot).map(Argument::Block)
}
