//! The words the catalogue classes methods by: access, groups, carrier, seal.

use std::fmt;

/// What a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// Reads.
    Read,
    /// Executes code without changing state.
    Call,
    /// Submits a transaction or user operation.
    Write,
    /// Returns a signature made with a key the node holds.
    Sign,
    /// Makes, polls or removes a filter.
    Filter,
    /// Starts or ends a subscription.
    Subscription,
    /// Operates the node: its keys, votes, peers, files.
    Admin,
    /// Looks inside the node.
    Debug,
    /// Consensus and block validation.
    Engine,
    /// Test-chain control.
    Dev,
}

/// A permission group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Group {
    /// `accounts`
    Accounts,
    /// `admin`
    Admin,
    /// `chain.blocks`
    Blocks,
    /// `chain.fees`
    Fees,
    /// `chain.filter`
    Filter,
    /// `chain.info`
    Info,
    /// `chain.pending`
    Pending,
    /// `chain.receipts`
    Receipts,
    /// `chain.state`
    State,
    /// `chain.subscribe`
    Subscribe,
    /// `chain.transactions`
    Transactions,
    /// `debug`
    Debug,
    /// `dev`
    Dev,
    /// `engine`
    Engine,
    /// `other`
    Other,
    /// `privacy`
    Privacy,
    /// `tx.call`
    Call,
    /// `tx.estimate`
    Estimate,
    /// `tx.raw`
    Raw,
    /// `tx.send`
    Send,
    /// `tx.sign`
    Sign,
    /// `tx.trace`
    Trace,
    /// `txpool`
    Txpool,
}

/// A set of permission groups.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Groups(u32);

/// Whether the parameters of a method carry operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// None: a read, or a method that only operates the node.
    None,
    /// Yes, and `understand` yields them all.
    Understood,
    /// Yes, or it may be, and they are nobody's to judge: the method is sealed, and who opens it answers for what it
    /// carries. Says what that is.
    Opaque(&'static str),
    /// Yes, and nobody can tell which: such a call is refused. Says what is not understood.
    NotUnderstood(&'static str),
}

/// Why a method is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seal {
    pub(super) kind: SealKind,
    pub(super) because: &'static str,
}

/// The kinds of methods that are never safe behind a shared door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SealKind {
    /// Consensus and block validation.
    Engine,
    /// State, clock, pool and mining of a test chain.
    TestChain,
    /// Acting as any account.
    Impersonation,
    /// Keys and credentials of the node.
    Keys,
    /// Files and addresses the node opens for the caller.
    FilesAndUrls,
    /// Rewinding, rewriting or clearing what the node knows.
    ChainSurgery,
    /// The node's database and configuration, past every rule.
    RawStore,
    /// Votes on validators, members, permissions.
    VotesAndMembers,
    /// Peers, listeners, logging, sequencing, block building.
    NodeOperation,
    /// Stopping what others have sent.
    OthersTransactions,
    /// Spending from keys that the node chooses.
    NodeFunds,
}

/// What a method does with filter and subscription ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Handles {
    Nothing,
    MakesFilter,
    TakesFilter,
    MakesSubscription,
    TakesSubscription,
}

impl Group {
    /// Every group.
    pub const ALL: [Self; 23] = [
        Self::Accounts,
        Self::Admin,
        Self::Blocks,
        Self::Fees,
        Self::Filter,
        Self::Info,
        Self::Pending,
        Self::Receipts,
        Self::State,
        Self::Subscribe,
        Self::Transactions,
        Self::Debug,
        Self::Dev,
        Self::Engine,
        Self::Other,
        Self::Privacy,
        Self::Call,
        Self::Estimate,
        Self::Raw,
        Self::Send,
        Self::Sign,
        Self::Trace,
        Self::Txpool,
    ];

    /// The name as in the data and in policies: `chain.info`, `tx.call`, `privacy`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::Admin => "admin",
            Self::Blocks => "chain.blocks",
            Self::Fees => "chain.fees",
            Self::Filter => "chain.filter",
            Self::Info => "chain.info",
            Self::Pending => "chain.pending",
            Self::Receipts => "chain.receipts",
            Self::State => "chain.state",
            Self::Subscribe => "chain.subscribe",
            Self::Transactions => "chain.transactions",
            Self::Debug => "debug",
            Self::Dev => "dev",
            Self::Engine => "engine",
            Self::Other => "other",
            Self::Privacy => "privacy",
            Self::Call => "tx.call",
            Self::Estimate => "tx.estimate",
            Self::Raw => "tx.raw",
            Self::Send => "tx.send",
            Self::Sign => "tx.sign",
            Self::Trace => "tx.trace",
            Self::Txpool => "txpool",
        }
    }

    const fn bit(self) -> u32 {
        1 << self as u8
    }
}

impl Groups {
    /// No group.
    pub const NONE: Self = Self(0);

    /// The set of `groups`.
    pub const fn of(groups: &[Group]) -> Self {
        let mut bits = 0;
        let mut rest = groups;
        while let Some((first, others)) = rest.split_first() {
            bits |= first.bit();
            rest = others;
        }
        Self(bits)
    }

    /// Whether `group` is in it.
    pub fn contains(self, group: Group) -> bool {
        self.0 & group.bit() != 0
    }

    /// Whether the two sets share a group.
    pub fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// This set and `group`.
    #[must_use]
    pub fn with(self, group: Group) -> Self {
        Self(self.0 | group.bit())
    }

    /// The groups in it.
    pub fn iter(self) -> impl Iterator<Item = Group> {
        Group::ALL.into_iter().filter(move |group| self.contains(*group))
    }
}

impl fmt::Debug for Groups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Group::name)).finish()
    }
}

impl Access {
    /// The name as in the data: `read`, `subscription`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Call => "call",
            Self::Write => "write",
            Self::Sign => "sign",
            Self::Filter => "filter",
            Self::Subscription => "subscription",
            Self::Admin => "admin",
            Self::Debug => "debug",
            Self::Engine => "engine",
            Self::Dev => "dev",
        }
    }
}

impl Seal {
    /// The kind.
    pub fn kind(self) -> SealKind {
        self.kind
    }

    /// A sentence for whoever asks why: "makes the node open files or addresses named by the caller".
    pub fn because(self) -> &'static str {
        self.because
    }
}
