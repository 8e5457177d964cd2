//! Why a call is not understood: a stable reason, the place, and a sentence for its author.

use std::fmt;

/// A call that is not understood completely, and therefore goes nowhere. Its answer is JSON-RPC -32602.
///
/// The message never repeats values, only names, kinds and lengths: parameters can hold keys and passwords.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misunderstood {
    reason: Reason,
    param: Option<usize>,
    offset: Option<usize>,
    message: String,
}

/// The kinds of misunderstanding; the codes are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Too few or too many parameters.
    WrongArity,
    /// `null` where a value must stand.
    NullParameter,
    /// Another JSON type than the position takes.
    WrongType,
    /// Not `0x` and an even number of hex digits.
    NotHex,
    /// Not 20 bytes of hex.
    NotAnAddress,
    /// Not 32 bytes of hex.
    NotAHash,
    /// Not `0x` and minimal hex.
    NotAQuantity,
    /// A number beyond what its position takes.
    OutOfRange,
    /// Not a tag, number, hash or EIP-1898 object.
    NotABlock,
    /// A member the object does not have, or has in other letter case.
    UnknownMember,
    /// A member the object must have.
    MissingMember,
    /// Members that contradict each other, or a `type` that the other members deny.
    Conflict,
    /// More items than are taken.
    TooMany,
    /// Nothing says which account signs.
    MissingFrom,
    /// Meant for another chain.
    WrongChain,
    /// The chain id is not known yet, so nothing signed can be checked.
    ChainUnknown,
    /// The bytes are no canonical signed transaction.
    UndecodableTransaction,
    /// A signature that no account can have made.
    BadSignature,
    /// The method carries operations that nobody here can tell.
    OperationsNotUnderstood,
    /// A subscription kind that is not known.
    UnknownSubscription,
    /// Something that the client of the node would leave unread, so that something else would happen than was checked.
    NotRead,
    /// A value that is known and never taken: passwords, scripts, files, blobs to be signed.
    Refused,
}

impl Reason {
    /// The stable snake_case name.
    pub fn code(self) -> &'static str {
        match self {
            Self::WrongArity => "wrong_arity",
            Self::NullParameter => "null_parameter",
            Self::WrongType => "wrong_type",
            Self::NotHex => "not_hex",
            Self::NotAnAddress => "not_an_address",
            Self::NotAHash => "not_a_hash",
            Self::NotAQuantity => "not_a_quantity",
            Self::OutOfRange => "out_of_range",
            Self::NotABlock => "not_a_block",
            Self::UnknownMember => "unknown_member",
            Self::MissingMember => "missing_member",
            Self::Conflict => "conflicting_members",
            Self::TooMany => "too_many",
            Self::MissingFrom => "missing_from",
            Self::WrongChain => "wrong_chain",
            Self::ChainUnknown => "chain_unknown",
            Self::UndecodableTransaction => "undecodable_transaction",
            Self::BadSignature => "bad_signature",
            Self::OperationsNotUnderstood => "operations_not_understood",
            Self::UnknownSubscription => "unknown_subscription",
            Self::NotRead => "not_read_by_client",
            Self::Refused => "parameter_refused",
        }
    }
}

impl Misunderstood {
    pub(crate) fn new(reason: Reason, param: Option<usize>, offset: Option<usize>, message: String) -> Self {
        Self {
            reason,
            param,
            offset,
            message,
        }
    }

    /// The kind of misunderstanding.
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// The parameter it is about, counted from 0.
    pub fn param(&self) -> Option<usize> {
        self.param
    }

    /// The byte of the body where the value at fault starts.
    pub fn offset(&self) -> Option<usize> {
        self.offset
    }

    /// The sentence: lower case, names in backticks, no values.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The JSON-RPC error code: invalid params.
    pub fn code(&self) -> i32 {
        -32602
    }
}

impl fmt::Display for Misunderstood {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match self.offset {
            Some(offset) => write!(f, " (byte {offset})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Misunderstood {}
