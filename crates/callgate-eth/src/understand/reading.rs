//! Reads the parameters of one call in order, each in the form its shape asks for, and closes with what they say together.

use alloy_primitives::Address;
use callgate_rpc::{Call, Value};
use smallvec::SmallVec;

use crate::catalogue::{Difference, Method, Param, Shape, WhenOmitted};
use crate::context::Context;
use crate::dialect::Dialect;
use crate::form::block::{Block, Tag};
use crate::form::scalar::HexText;
use crate::form::subscription::Options;
use crate::misunderstood::{Misunderstood, Reason};
use crate::operation::{Operation, OperationKind, Overrides};
use crate::privacy::Privacy;
use crate::spot::Spot;
use crate::typed_data::TypedMessage;
use crate::understood::{Argument, Arguments, Handle, Operations, SubscriptionKind, Understood};

/// The most operations of one call: bundles and simulations have dozens. Every one is judged, and may cost a signature.
/// Blocks have a bound of their own (`MAX_BLOCK_TRANSACTIONS`): an honest one has hundreds, and cannot be sent in parts.
pub(crate) const MAX_OPERATIONS: usize = 256;

/// A call while its parameters are being read.
pub(super) struct Reading<'t, 'c> {
    pub(super) call: &'c Call<'t>,
    pub(super) method: &'static Method,
    pub(super) context: &'c Context,
    /// What this client reads differently.
    difference: Option<&'static Difference>,
    arguments: Arguments<'t>,
    pub(super) operations: Operations<'t>,
    pub(super) overrides: Overrides,
    /// Lists of operations that were read and had nothing in them.
    pub(super) empty_lists: bool,
    pub(super) signer: Option<Address>,
    pub(super) message: Option<(usize, Unsigned<'t>)>,
    /// The participants of every operation of the call.
    pub(super) privacy: Option<Box<Privacy>>,
    pub(super) handle: Option<Handle<'t>>,
    pub(super) subscription: Option<SubscriptionKind>,
}

/// What is to be signed, before it is known by whom.
pub(super) enum Unsigned<'t> {
    Bytes(HexText<'t>),
    Typed(Box<TypedMessage>),
}

impl<'t, 'c> Reading<'t, 'c> {
    pub(super) fn new(call: &'c Call<'t>, method: &'static Method, context: &'c Context) -> Self {
        Self {
            call,
            method,
            context,
            difference: method.difference(context.client),
            arguments: SmallVec::new(),
            operations: SmallVec::new(),
            overrides: Overrides::None,
            empty_lists: false,
            signer: None,
            message: None,
            privacy: None,
            handle: None,
            subscription: None,
        }
    }

    /// Reads the first `given` parameters, and what the rest means when it is left out.
    pub(super) fn run(mut self, given: usize) -> Result<Understood<'t>, Misunderstood> {
        for (position, value) in self.call.params().iter().take(given).enumerate() {
            let Some(param) = self.param(position) else { break };
            let argument = if value.is_null() {
                self.read_null(position, self.when_omitted(position, param), value)?
            } else {
                let shape = self
                    .difference
                    .and_then(|difference| difference.shape(position))
                    .unwrap_or(param.shape());
                self.read(shape, value, &Spot::param(position))?
            };
            self.arguments.push(argument);
        }
        let takes = self.difference.map_or(usize::MAX, Difference::takes);
        for (position, param) in self.method.params().iter().enumerate().take(takes).skip(given) {
            match self.omitted(param.shape(), self.when_omitted(position, param)) {
                Some(argument) => self.arguments.push(argument),
                None => break,
            }
        }
        self.finish()
    }

    /// The parameter at a place; the last one again and again when it is variadic.
    fn param(&self, position: usize) -> Option<&'static Param> {
        let params = self.method.params();
        params
            .get(position)
            .or_else(|| params.last().filter(|last| last.is_variadic()))
    }

    fn when_omitted(&self, position: usize, param: &Param) -> WhenOmitted {
        self.difference
            .and_then(|difference| difference.when_omitted(position))
            .unwrap_or(param.when_omitted())
    }

    fn finish(mut self) -> Result<Understood<'t>, Misunderstood> {
        if let (Some(signer), Some((param, unsigned))) = (self.signer, self.message.take()) {
            self.operations.push(match unsigned {
                Unsigned::Bytes(text) => Operation::message(param, signer, text),
                Unsigned::Typed(message) => Operation::typed(param, signer, message),
            });
        }
        for operation in &mut self.operations {
            operation.set_overrides(self.overrides);
            if let Some(privacy) = &self.privacy {
                operation.set_privacy(privacy.clone());
            }
        }
        // Only GoQuorum answers a private transaction with its own hash; others make a marker transaction for it.
        let is_marked = self.operations.iter().any(Operation::is_private);
        let answers_with_hash = !is_marked || self.context.client.dialect == Dialect::Goquorum;
        Ok(Understood {
            name: self.call.method(),
            method: Some(self.method),
            arguments: self.arguments,
            carries_nothing: self.empty_lists && self.operations.is_empty(),
            operations: self.operations,
            handle: self.handle,
            subscription: self.subscription,
            answers_with_hash,
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
            WhenOmitted::Pending => Ok(Argument::Block(Block::Tag(Tag::Pending))),
            WhenOmitted::Nothing => {
                Err(Spot::param(position).refuse(Reason::NullParameter, value, "must not be null here"))
            }
        }
    }

    fn omitted(&self, shape: Shape, omitted: WhenOmitted) -> Option<Argument<'t>> {
        match (omitted, shape, self.subscription) {
            (WhenOmitted::Latest, ..) => Some(Argument::Block(Block::Tag(Tag::Latest))),
            (WhenOmitted::Pending, ..) => Some(Argument::Block(Block::Tag(Tag::Pending))),
            (_, Shape::SubscriptionOptions, Some(kind)) => {
                Options::when_omitted(kind).map(Argument::SubscriptionOptions)
            }
            _ => None,
        }
    }

    /// The kind of operation that this method makes of what it carries.
    pub(super) fn kind(&self, value: Value<'_>, spot: &Spot<'_>) -> Result<OperationKind, Misunderstood> {
        self.method.operation().ok_or_else(|| {
            spot.refuse(
                Reason::OperationsNotUnderstood,
                value,
                "is an operation of a kind that is not understood",
            )
        })
    }

    /// Keeps an operation, and gives what stands for it among the arguments.
    pub(super) fn keep(
        &mut self,
        operation: Operation<'t>,
        value: Value<'_>,
        spot: &Spot<'_>,
    ) -> Result<Argument<'t>, Misunderstood> {
        if self.operations.len() >= MAX_OPERATIONS {
            return Err(spot.refuse(
                Reason::TooMany,
                value,
                format_args!("is one operation too many: a call has at most {MAX_OPERATIONS}"),
            ));
        }
        self.operations.push(operation);
        Ok(Argument::Operation(self.operations.len() - 1))
    }
}
