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
    pub(super) role: Role,
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

/// The form in which the value at one position is read, checked and written again. Written in `data/classes.json` with a
/// small letter at the start: `list<rawTransaction,100>`, `tuple<callObject,traceTypes>`, or the name of a form there.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    Block,
    /// The hash of whatever the method is about.
    Hash,
    BlockHash,
    TransactionHash,
    UserOperationHash,
    /// The number of a block: a plain JSON integer or a canonical hex quantity.
    BlockNumber,
    /// A block, or the header of one in RLP.
    BlockOrHeader,
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
    /// A transaction the node completes and gives back unsigned.
    PreparedTransaction,
    /// The account that signs a message.
    Signer,
    Message,
    /// EIP-712 data, as an object or as JSON in a string.
    TypedData,
    /// A Safe transaction to be signed, as the object clef takes.
    SafeTransaction,
    /// An ERC-4337 user operation.
    UserOperation,
    /// The contract that executes the user operations before it.
    EntryPoint,
    /// An EIP-5792 request for several calls from one account.
    SendCalls,
    /// A transaction whose recipient and data the node fills in; it only says who signs.
    NodeFilledTransaction,
    /// A transaction object with the members of the EEA.
    EeaTransaction,
    /// A signed restricted transaction of the EEA.
    EeaRawTransaction,
    /// A signed transaction of GoQuorum whose data is the hash of a private payload.
    QuorumPrivateTransaction,
    /// The participants of the private transaction before it, in GoQuorum's spelling.
    QuorumPrivacy,
    /// The privacy group the next call runs in.
    PrivacyGroup,
    /// A base64 key of a participant.
    Participant,
    /// A whole block in RLP, whose transactions are executed.
    BlockRlp,
    /// Init code that is executed.
    ConstructorCode,
    /// A log filter over code that is replaced: every address is executed.
    ReplayedFilter,
    /// The gas price that replaces that of the transaction before it.
    ReplacingPrice,
    /// The gas limit that replaces that of the transaction before it.
    ReplacingGas,
    /// A password of a key the node holds: passed on, never shown.
    Password,
    /// A place in a block, or -1 for its end.
    Index,
    /// Milliseconds to wait, as a plain integer, up to a minute.
    Timeout,
    /// The same, as a quantity.
    TimeoutQuantity,
    /// One of these texts.
    Word(&'static [&'static str]),
    StateOverride,
    BlockOverride,
    /// A trace configuration that can hold overrides of the state and of the block.
    TraceCallConfig,
    /// A trace configuration that can hold overrides of the state.
    TraceStateConfig,
    /// Block overrides within a bundle.
    BundledBlockOverride,
    Scalars(Item),
    /// An array of one shape.
    List {
        of: &'static Shape,
        most: usize,
    },
    /// An array with one shape for each place.
    Tuple(&'static [Shape]),
    /// An object whose members are typed.
    Form(&'static Form),
    /// An object named by 20-byte addresses, each with a value of one shape.
    ByAddress(&'static Shape),
    /// An object named by 32-byte slots.
    BySlot(&'static Shape),
    /// A value that the call is made to believe about the chain.
    Pretend(&'static Shape),
    /// The first of two shapes for a string, the second for anything else.
    TextOr(&'static Shape, &'static Shape),
    /// An object that carries no operation.
    Object,
    /// Any JSON value that carries no operation.
    Any,
    /// Never taken; says why.
    Refused(&'static str),
}

/// An object whose members are typed, in the order in which they are written.
#[derive(Debug)]
pub(crate) struct Form {
    /// Whether members that are not listed are taken as plain JSON.
    pub(crate) open: bool,
    pub(crate) members: &'static [Member],
}

/// One member of a form.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) need: Need,
}

/// Whether a member must stand there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Must,
    May,
    /// One of the members marked so must stand there, and no more than one.
    One,
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
    /// The tag `latest`: what the client takes a missing block for, or where clients differ, what is plain.
    Latest,
    /// The tag `pending`: what the client takes a missing block for.
    Pending,
}

/// What a parameter says together with its neighbours, where it does not speak for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Alone,
    /// The first block of a range.
    First,
    /// The last block of a range.
    Last,
    /// The last of `Count` blocks.
    Newest,
    /// How many blocks.
    Count,
    /// How many blocks, from the one before it on.
    Following,
    /// The place of a transaction in the block before it.
    Place,
    /// The nonce of a transaction that the account before it sent.
    Nonce,
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

    pub(crate) fn role(&self) -> Role {
        self.role
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
