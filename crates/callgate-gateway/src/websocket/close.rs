//! Why a socket ends, and what its client and the record are told: the only place with close codes.

use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::error::{CapacityError, ProtocolError};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::meter::Overrun;
use super::outbox::{Rest, Wrote};
use crate::upstream::Fault;

/// Why a socket ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The client said so, perhaps with a code.
    Closed(Option<u16>),
    /// The client's connection broke.
    Gone,
    /// A message over the limit.
    TooLarge,
    /// Frames that are none.
    Protocol,
    /// Text that is none.
    NotUtf8,
    /// More pings than anybody needs.
    Controls,
    /// A message that does not become whole in time.
    SlowMessage,
    /// The client does not read.
    SlowReader,
    /// The client does not answer our pings.
    Silent,
    /// Others hold the memory for messages.
    Memory,
    /// Others hold the memory for answers that this client has not read.
    AnswerMemory,
    /// The credential's time is over.
    Expired,
    /// The credential is accepted no longer.
    Revoked,
    /// Nothing is granted to the credential any more.
    Unmapped,
    /// The connection to the node ended while the client depended on it.
    Node(Fault),
    /// The policy names another node.
    NodeReplaced,
    /// The node sends news faster than they can be put in order.
    NodeFloods,
    /// The policy no longer has this listener.
    ListenerGone,
    /// The gateway stops.
    Stopping,
    /// Something of ours broke.
    Crashed,
}

/// One ending, said in all three ways.
struct Words {
    code: Option<u16>,
    reason: &'static str,
}

const fn words(code: u16, reason: &'static str) -> Words {
    Words {
        code: Some(code),
        reason,
    }
}

impl Ending {
    fn words(self) -> Words {
        match self {
            Self::Closed(code) => Words {
                code,
                reason: "client_closed",
            },
            Self::Gone => Words {
                code: None,
                reason: "client_gone",
            },
            Self::TooLarge => words(1009, "message_too_large"),
            Self::Protocol => words(1002, "protocol_error"),
            Self::NotUtf8 => words(1007, "not_utf8"),
            Self::Controls => words(1008, "too_many_control_frames"),
            Self::SlowMessage => words(1008, "message_too_slow"),
            Self::SlowReader => words(1008, "slow_reader"),
            Self::Silent => words(1008, "idle_timeout"),
            Self::Memory => words(1013, "body_memory_exhausted"),
            Self::AnswerMemory => words(1013, "answer_memory"),
            Self::Expired => words(4401, "token_expired"),
            Self::Revoked => words(4403, "credential_revoked"),
            Self::Unmapped => words(4403, "no_mapping"),
            Self::Node(Fault::Invalid | Fault::TooLarge) => words(1011, "upstream_invalid_response"),
            Self::Node(fault) => words(1012, fault.reason()),
            Self::NodeReplaced => words(1012, "upstream_replaced"),
            Self::NodeFloods => words(1011, "upstream_floods"),
            Self::ListenerGone => words(1001, "listener_gone"),
            Self::Stopping => words(1001, "stopping"),
            Self::Crashed => words(1011, "internal_error"),
        }
    }

    /// The stable code that says why, for the record.
    pub(super) fn reason(self) -> &'static str {
        self.words().reason
    }

    /// The close code that was sent or received.
    pub(super) fn code(self) -> Option<u16> {
        self.words().code
    }

    /// The frame for the client; none when it has closed by itself, or is not there to read it.
    pub(super) fn frame(self) -> Option<CloseFrame> {
        match self {
            Self::Closed(_) | Self::Gone => None,
            _ => {
                let Words { code, reason } = self.words();
                Some(CloseFrame {
                    code: code?.into(),
                    reason: reason.into(),
                })
            }
        }
    }

    /// Whether answers that are ready may still leave.
    pub(super) fn rest(self) -> Rest {
        match self {
            Self::Node(_) | Self::NodeReplaced | Self::ListenerGone | Self::Stopping => Rest::Send,
            _ => Rest::Discard,
        }
    }

    /// What a failure to read says.
    pub(super) fn of_reading(error: &Error) -> Self {
        match error {
            Error::ConnectionClosed | Error::AlreadyClosed => Self::Closed(None),
            Error::Capacity(CapacityError::MessageTooLong { .. }) => Self::TooLarge,
            Error::Utf8(_) => Self::NotUtf8,
            Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Self::Gone,
            Error::Protocol(_) => Self::Protocol,
            Error::Io(error) => match Overrun::of(error) {
                Some(Overrun::Memory) => Self::Memory,
                Some(Overrun::Framing) => Self::Protocol,
                None => Self::Gone,
            },
            _ => Self::Gone,
        }
    }

    /// What the end of writing says.
    pub(super) fn of_writing(wrote: Wrote) -> Self {
        match wrote {
            Wrote::TooSlow => Self::SlowReader,
            Wrote::NoRoom => Self::AnswerMemory,
            Wrote::All | Wrote::Broken => Self::Gone,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::Sent;

    #[test]
    fn every_frame_has_a_code_that_may_be_sent() {
        for ending in [
            Ending::TooLarge,
            Ending::Expired,
            Ending::Revoked,
            Ending::Node(Fault::Broken(Sent::Maybe)),
            Ending::Node(Fault::Invalid),
            Ending::Stopping,
        ] {
            let frame = ending.frame().unwrap();
            assert!(frame.code.is_allowed(), "{ending:?}");
            assert_eq!(ending.code(), Some(frame.code.into()));
            assert!(frame.reason.len() <= 123);
        }
        assert_eq!(Ending::Closed(Some(1000)).frame(), None);
    }

    #[test]
    fn nothing_leaves_after_the_grant_ended() {
        for ending in [Ending::Expired, Ending::Revoked, Ending::Unmapped] {
            assert_eq!(ending.rest(), Rest::Discard);
        }
    }
}
