//! What can go wrong between us and the node, and whether the node may have acted all the same.

use std::fmt;

use crate::audit::NodeOutcome;

/// Whether the node may have received the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// Certainly not: nothing was handed to a connection.
    No,
    /// Perhaps: bytes were written, or may have been.
    Maybe,
}

/// Why there is no answer of the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No connection could be made in time.
    Unreachable,
    /// As many exchanges as the worker may hold are under way.
    Busy,
    /// No whole answer within the time for an exchange.
    TimedOut(Sent),
    /// The connection broke before the answer was whole.
    Broken(Sent),
    /// The answer is larger than we read.
    TooLarge,
    /// Other answers hold all the memory that answers may take.
    Memory,
    /// The answer has this HTTP status and no JSON-RPC in it.
    Status(u16),
    /// The answer is not what JSON-RPC allows, or not to our question.
    Invalid,
    /// The result is of another kind than the method has.
    Unexpected,
    /// The node answers with the hash of another transaction than the one that it was sent.
    OtherTransaction,
    /// The node is on another chain than it must be on.
    Astray,
}

impl Fault {
    /// The stable reason code.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::Unreachable => "upstream_unreachable",
            Self::Busy => "upstream_busy",
            Self::TimedOut(_) => "upstream_timeout",
            Self::Broken(_) => "upstream_broken",
            Self::TooLarge => "upstream_answer_too_large",
            Self::Memory => "answer_memory",
            Self::Status(_) => "upstream_status",
            Self::Invalid => "upstream_invalid_response",
            Self::Unexpected => "upstream_unexpected_result",
            Self::OtherTransaction => "upstream_other_transaction",
            Self::Astray => "upstream_wrong_chain",
        }
    }

    /// How the exchange ended, on record; none when nothing was sent.
    pub(crate) const fn outcome(self) -> Option<NodeOutcome> {
        match self {
            Self::Unreachable | Self::Broken(_) => Some(NodeOutcome::Unreachable),
            Self::Busy | Self::Astray => None,
            Self::TimedOut(_) => Some(NodeOutcome::Timeout),
            Self::TooLarge => Some(NodeOutcome::TooLarge),
            Self::Memory => Some(NodeOutcome::Discarded),
            Self::Status(_) | Self::Invalid | Self::Unexpected => Some(NodeOutcome::Malformed),
            Self::OtherTransaction => Some(NodeOutcome::OtherTransaction),
        }
    }

    /// Whether the node may have acted.
    pub(crate) const fn sent(self) -> Sent {
        match self {
            Self::Unreachable | Self::Busy | Self::Astray => Sent::No,
            Self::TimedOut(sent) | Self::Broken(sent) => sent,
            Self::TooLarge
            | Self::Memory
            | Self::Status(_)
            | Self::Invalid
            | Self::Unexpected
            | Self::OtherTransaction => Sent::Maybe,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable => f.write_str("the node cannot be reached"),
            Self::Busy => f.write_str("too many calls are waiting for the node"),
            Self::TimedOut(_) => f.write_str("the node did not answer in time"),
            Self::Broken(_) => f.write_str("the connection to the node broke"),
            Self::TooLarge => f.write_str("the answer of the node is too large"),
            Self::Memory => f.write_str("too many large answers are under way"),
            Self::Status(status) => write!(f, "the node answered with http status {status}"),
            Self::Invalid => f.write_str("the answer of the node is not a valid answer to this call"),
            Self::Unexpected => f.write_str("the result of the node is not of the kind that this method has"),
            Self::OtherTransaction => {
                f.write_str("the node answered with the hash of another transaction than the one that was sent")
            }
            Self::Astray => f.write_str("the node is on another chain than it must be on"),
        }
    }
}
