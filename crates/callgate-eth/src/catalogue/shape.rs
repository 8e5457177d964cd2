//! Parameters: what the catalogue says about a position, and the form its value is read in.

/// One positional parameter.
#[derive(Debug)]
pub struct Param {
    pub(super) name: &'static str,
    pub(super) kind: ParamType,
    pub(super) items: Option<ParamType>,
    pub(super) contains: &'static [(&'static str, &'static str)],
    pub(super) variadic: bool,
    pub(super) shape: Shape,
    pub(super) when_omitted: WhenOmitted,
}

/// The type of a parameter, as in the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParamType {
    /// Tag, number or EIP-1898 object.
    Block,
    /// 32 bytes.
    Hash,
    /// 20 bytes.
    Address,
    /// A number, as `0x` and minimal hex.
    Quantity,
    /// Bytes, as `0x` and hex.
    Data,
    /// A signed transaction.
    RawTransaction,
    /// A call to execute without changing state.
    CallObject,
    /// A transaction the node or signer signs or sends.
    TransactionObject,
    /// Calls, or objects that carry several.
    CallObjectList,
    /// Signed transactions, or objects that carry several.
    RawTransactionList,
    /// A log filter.
    Filter,
    /// EIP-712 data to sign.
    TypedData,
    /// An ERC-4337 user operation.
    UserOperation,
    /// State to pretend for a call, by address.
    StateOverride,
    /// Block fields to pretend for a call.
    BlockOverride,
    /// The kind of a subscription.
    SubscriptionType,
    /// How to trace.
    TraceConfig,
    /// `true` or `false`.
    Boolean,
    /// Text.
    String,
    /// A JSON object.
    Object,
    /// Anything else.
    Other,
}

/// The form in which the value at one position is read, checked and written again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Block,
    Hash,
    Address,
    /// A canonical hex quantity.
    Quantity,
    /// A plain JSON integer or a canonical hex quantity; written as it came.
    Integer,
    /// A plain JSON integer or a canonical hex quantity; written as a quantity.
    Count,
    Data,
    Boolean,
    String,
    Filter,
    /// A filter that is executed at once: a missing end of the range is written out.
    LogsQuery,
    TraceFilter,
    TraceTypes,
    TraceConfig,
    /// A storage slot: a quantity or 32 bytes.
    Slot,
    Slots,
    /// Addresses to lists of slots.
    SlotRequests,
    /// Pairs of an address and its slots.
    ProofTargets,
    Percentiles,
    /// A filter or subscription id of ours.
    Handle,
    SubscriptionKind,
    SubscriptionOptions,
    RawTransaction,
    CallObject,
    TransactionObject,
    /// The account that signs a message.
    Signer,
    Message,
    StateOverride,
    BlockOverride,
    List(Item),
    /// An object that carries no operation.
    Object,
    /// Any JSON value that carries no operation.
    Any,
    /// Never taken; says why.
    Refused(&'static str),
}

/// The elements of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Item {
    Address,
    Data,
    Hash,
    Quantity,
    String,
}

/// What is written for an optional parameter that was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WhenOmitted {
    Nothing,
    /// The tag `latest`, which every client takes a missing block for.
    Latest,
}

impl Param {
    /// The name, for messages; parameters are positional.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The type.
    pub fn kind(&self) -> ParamType {
        self.kind
    }

    /// The type of a list's elements.
    pub fn items(&self) -> Option<ParamType> {
        self.items
    }

    /// What stands inside: pairs of a path (`a.b` a member, `[]` every element, `[0]` a tuple position, `[key]` the
    /// object's keys) and a type.
    pub fn contains(&self) -> &'static [(&'static str, &'static str)] {
        self.contains
    }

    /// Whether it repeats to the end of the list.
    pub fn is_variadic(&self) -> bool {
        self.variadic
    }

    pub(crate) fn shape(&self) -> Shape {
        self.shape
    }

    pub(crate) fn when_omitted(&self) -> WhenOmitted {
        self.when_omitted
    }
}

impl ParamType {
    /// The name as in the data: `rawTransaction`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Hash => "hash",
            Self::Address => "address",
            Self::Quantity => "quantity",
            Self::Data => "data",
            Self::RawTransaction => "rawTransaction",
            Self::CallObject => "callObject",
            Self::TransactionObject => "transactionObject",
            Self::CallObjectList => "callObjectList",
            Self::RawTransactionList => "rawTransactionList",
            Self::Filter => "filter",
            Self::TypedData => "typedData",
            Self::UserOperation => "userOperation",
            Self::StateOverride => "stateOverride",
            Self::BlockOverride => "blockOverride",
            Self::SubscriptionType => "subscriptionType",
            Self::TraceConfig => "traceConfig",
            Self::Boolean => "boolean",
            Self::String => "string",
            Self::Object => "object",
            Self::Other => "other",
        }
    }
}
