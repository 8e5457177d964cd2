//! A call that is understood completely: its method, its typed parameters, its operations, and the one way to write it.

use alloy_primitives::{Address, B256, U256, hex};
use callgate_rpc::{OwnedDocument, Writer};
use smallvec::SmallVec;

use crate::call_object;
use crate::catalogue::{Handles, Method};
use crate::form::block::Block;
use crate::form::filter::{Filter, TraceFilter};
use crate::form::overrides::{BlockOverride, StateOverride};
use crate::form::plain::{Free, Integer, List, Percentiles};
use crate::form::scalar::{self, HexText};
use crate::form::storage::{self, Slot, SlotsByAccount};
use crate::form::subscription::Options;
use crate::form::trace::{TraceConfig, TraceTypes};
use crate::operation::Operation;
use crate::privacy::{Participant, Privacy};
use crate::send_calls::SendCalls;

/// A call whose every parameter is typed. Made only by [`understand`](crate::understand()).
pub struct Understood<'t> {
    pub(crate) name: &'t str,
    pub(crate) method: Option<&'static Method>,
    pub(crate) arguments: Arguments<'t>,
    pub(crate) operations: Operations<'t>,
    pub(crate) carries_nothing: bool,
    pub(crate) handle: Option<Handle<'t>>,
    pub(crate) subscription: Option<SubscriptionKind>,
    /// Whether this client answers with the hash of the transaction that it is sent.
    pub(crate) answers_with_hash: bool,
}

/// No method with facts has more than five parameters; calls have four.
pub(crate) type Arguments<'t> = SmallVec<[Argument<'t>; 4]>;

/// Nearly every call has one operation or none.
pub(crate) type Operations<'t> = SmallVec<[Operation<'t>; 1]>;

/// A filter or subscription id as the client wrote it: one of ours, never the node's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handle<'t> {
    pub(crate) kind: HandleKind,
    pub(crate) text: &'t str,
}

/// What an id stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HandleKind {
    /// A filter to poll.
    Filter,
    /// A subscription.
    Subscription,
}

/// What a subscription delivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SubscriptionKind {
    /// Block headers.
    NewHeads,
    /// Logs.
    Logs,
    /// Transactions entering the pool.
    PendingTransactions,
    /// Whether the node is in sync.
    Syncing,
}

/// One parameter in its typed form.
pub(crate) enum Argument<'t> {
    Block(Block),
    Address(Address),
    /// The hash of whatever the method is about.
    Hash(B256),
    BlockHash(B256),
    TransactionHash(B256),
    UserOperationHash(B256),
    /// A block by its number, spelled as it came.
    BlockNumber(Integer),
    Quantity(U256),
    Integer(Integer),
    /// A place, or -1.
    Index(i64),
    Data(HexText<'t>),
    Boolean(bool),
    Text(&'t str),
    Filter(Box<Filter>),
    TraceFilter(Box<TraceFilter>),
    TraceTypes(TraceTypes),
    TraceConfig(Box<TraceConfig<'t>>),
    Slot(Slot),
    Slots(Vec<Slot>),
    SlotsByAccount(SlotsByAccount),
    Percentiles(Percentiles<'t>),
    StateOverride(StateOverride<'t>),
    BlockOverride(Box<BlockOverride>),
    Subscription(SubscriptionKind),
    SubscriptionOptions(Options),
    List(List<'t>),
    Free(Free<'t>),
    /// JSON, as the text of it that this client takes.
    FreeText(Free<'t>),
    /// JSON that stood in a string, as the object it is.
    Document(Box<OwnedDocument>),
    /// The same, as the text that this client takes.
    DocumentText(Box<OwnedDocument>),
    /// The participants of a private transaction, as an object of their own.
    Privacy(Box<Privacy>),
    Participant(Participant),
    /// Several calls from one account, as EIP-5792 asks for them.
    SendCalls(Box<SendCalls<'t>>),
    Items(Vec<Argument<'t>>),
    Members(Vec<(&'t str, Argument<'t>)>),
    /// Members named by hex of these bytes.
    Named(Vec<(Vec<u8>, Argument<'t>)>),
    /// The operation at this place among the operations.
    Operation(usize),
    /// The node's id for the client's handle.
    Handle,
}

impl<'t> Understood<'t> {
    /// The exact name.
    pub fn method_name(&self) -> &'t str {
        self.name
    }

    /// The catalogue entry. None: nothing is known about the method, it has no facts, and only its name can be granted.
    pub fn method(&self) -> Option<&'static Method> {
        self.method
    }

    /// What would be executed, sent or signed. All of them must be allowed. Empty for plain reads.
    pub fn operations(&self) -> &[Operation<'t>] {
        &self.operations
    }

    /// Whether the lists that its operations would stand in are there and have nothing in them.
    pub fn carries_nothing(&self) -> bool {
        self.carries_nothing
    }

    /// What `eth_subscribe` subscribes to.
    pub fn subscription_kind(&self) -> Option<SubscriptionKind> {
        self.subscription
    }

    /// The filter or subscription id the client sent.
    pub fn handle(&self) -> Option<Handle<'t>> {
        self.handle
    }

    /// What the call makes, whose id the answer will hold.
    pub fn makes(&self) -> Option<HandleKind> {
        match self.method?.handles() {
            Handles::MakesFilter => Some(HandleKind::Filter),
            Handles::MakesSubscription => Some(HandleKind::Subscription),
            Handles::Nothing | Handles::TakesFilter | Handles::TakesSubscription => None,
        }
    }

    /// Writes the params array, as [`callgate_rpc::write_call`] takes it.
    /// `handle` is the node's id that stands for the client's; the client's own is never written, so without one the
    /// call names nothing: `0x0` is Nethermind's first filter, but 256 bits of ones are nobody's.
    pub fn write(&self, out: &mut Writer<'_>, handle: Option<&str>) {
        out.begin_array();
        for argument in &self.arguments {
            match argument {
                Argument::Handle => match handle {
                    Some(node) => out.string(node),
                    None => out.hex(&[0xff; 32]),
                },
                other => other.write(&self.operations, out),
            }
        }
        out.end_array();
    }
}

impl Argument<'_> {
    fn write(&self, operations: &[Operation<'_>], out: &mut Writer<'_>) {
        match self {
            Self::Block(block) => block.write(out),
            Self::Address(address) => out.hex(address.as_slice()),
            Self::Hash(hash) | Self::BlockHash(hash) | Self::TransactionHash(hash) | Self::UserOperationHash(hash) => {
                out.hex(hash.as_slice());
            }
            Self::Quantity(number) => scalar::write_quantity(out, *number),
            Self::Integer(number) | Self::BlockNumber(number) => number.write(out),
            Self::Index(place) => out.i64(*place),
            Self::Data(data) => data.write(out),
            Self::Boolean(yes) => out.bool(*yes),
            Self::Text(text) => out.string(text),
            Self::Filter(filter) => filter.write(out),
            Self::TraceFilter(filter) => filter.write(out),
            Self::TraceTypes(types) => types.write(out),
            Self::TraceConfig(config) => config.write(out),
            Self::Slot(slot) => slot.write(out),
            Self::Slots(slots) => storage::write_slots(out, slots),
            Self::SlotsByAccount(slots) => slots.write(out),
            Self::Percentiles(list) => list.write(out),
            Self::StateOverride(state) => state.write(out),
            Self::BlockOverride(block) => block.write(out),
            Self::Subscription(kind) => out.string(kind.name()),
            Self::SubscriptionOptions(options) => options.write(out),
            Self::List(list) => list.write(out),
            Self::Free(value) => value.write(out),
            Self::FreeText(value) => out.string(&text_of(|text| value.write(text))),
            Self::Document(document) => out.value(document.root()),
            Self::DocumentText(document) => out.string(&text_of(|text| text.value(document.root()))),
            Self::Privacy(privacy) => {
                out.begin_object();
                call_object::write_privacy(privacy, out);
                out.end_object();
            }
            Self::Participant(participant) => out.string(&participant.to_string()),
            Self::SendCalls(request) => request.write(operations, out),
            Self::Items(items) => {
                out.begin_array();
                items.iter().for_each(|item| item.write(operations, out));
                out.end_array();
            }
            Self::Members(members) => {
                out.begin_object();
                for (name, member) in members {
                    out.name(name);
                    member.write(operations, out);
                }
                out.end_object();
            }
            Self::Named(members) => {
                out.begin_object();
                for (name, member) in members {
                    out.name(&hex::encode_prefixed(name));
                    member.write(operations, out);
                }
                out.end_object();
            }
            Self::Operation(place) => {
                if let Some(operation) = operations.get(*place) {
                    operation.write(out);
                }
            }
            // Written by `Understood::write`, which knows what it stands for.
            Self::Handle => {}
        }
    }
}

/// What is written, as text.
fn text_of(write: impl FnOnce(&mut Writer<'_>)) -> String {
    let mut text = Vec::new();
    write(&mut Writer::new(&mut text));
    String::from_utf8(text).unwrap_or_default()
}

impl<'t> Handle<'t> {
    /// What it stands for.
    pub fn kind(self) -> HandleKind {
        self.kind
    }

    /// The id: `0x` and hex.
    pub fn text(self) -> &'t str {
        self.text
    }
}

impl SubscriptionKind {
    pub(crate) const ALL: [Self; 4] = [Self::NewHeads, Self::Logs, Self::PendingTransactions, Self::Syncing];

    /// The name in `eth_subscribe`.
    pub fn name(self) -> &'static str {
        match self {
            Self::NewHeads => "newHeads",
            Self::Logs => "logs",
            Self::PendingTransactions => "newPendingTransactions",
            Self::Syncing => "syncing",
        }
    }
}

/// Names the method and its operations only: parameters can hold keys and passwords.
impl std::fmt::Debug for Understood<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Understood")
            .field("method", &self.name)
            .field("operations", &self.operations)
            .finish_non_exhaustive()
    }
}
