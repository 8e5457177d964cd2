//! The closed label sets. Nothing that a stranger chooses is ever a label: methods are told by the class of their
//! catalogue entry.

/// The class of a method, from the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallClass {
    /// Reads the chain or the node.
    Read,
    /// Executes without changing the chain.
    Call,
    /// Sends a transaction.
    Write,
    /// Asks the node to sign.
    Sign,
    /// Makes, polls or removes a filter.
    Filter,
    /// Makes or ends a subscription.
    Subscription,
    /// Administers the node.
    Admin,
    /// Debugs the node.
    Debug,
    /// Drives the node as its consensus client does.
    Engine,
    /// Controls a test chain.
    Dev,
    /// Not in the catalogue, or not readable.
    Unknown,
}

impl CallClass {
    /// Every class.
    pub const ALL: [Self; 11] = [
        Self::Read,
        Self::Call,
        Self::Write,
        Self::Sign,
        Self::Filter,
        Self::Subscription,
        Self::Admin,
        Self::Debug,
        Self::Engine,
        Self::Dev,
        Self::Unknown,
    ];

    /// The stable name in labels.
    pub const fn name(self) -> &'static str {
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
            Self::Unknown => "unknown",
        }
    }
}

/// Whether a credential was found verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheOutcome {
    /// It was.
    Hit,
    /// It had to be verified.
    Miss,
}

impl CacheOutcome {
    /// Both outcomes.
    pub const ALL: [Self; 2] = [Self::Hit, Self::Miss];

    /// The stable name in labels.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Miss => "miss",
        }
    }
}

/// What the node said that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnexpectedAnswer {
    /// A result of another kind than its method has.
    Result,
    /// The hash of another transaction than the one that was sent.
    Transaction,
    /// News of another kind than its subscription has.
    News,
}

impl UnexpectedAnswer {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Result, Self::Transaction, Self::News];

    /// The stable name in labels.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Result => "result",
            Self::Transaction => "transaction",
            Self::News => "news",
        }
    }
}

/// What a reload came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReloadOutcome {
    /// A new snapshot is in force.
    Swapped,
    /// Nothing had changed.
    Unchanged,
    /// The new files were refused; the last good snapshot stays.
    Refused,
}

impl ReloadOutcome {
    /// The stable name in labels.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Swapped => "swapped",
            Self::Unchanged => "unchanged",
            Self::Refused => "refused",
        }
    }
}

/// What a fetch of an issuer's keys came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchOutcome {
    /// Keys were taken.
    Ok,
    /// None were; the last good ones stay for a while.
    Failed,
}

impl FetchOutcome {
    /// The stable name in labels.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
        }
    }
}
