//! What the audit can say. Every type borrows from the call it tells of, and none has a place for a credential, for
//! calldata or for a parameter list: what cannot be put in cannot leak.

use std::fmt;
use std::net::IpAddr;

use alloy_primitives::{Address, B256, U256};

/// One line of the audit.
pub enum Event<'a> {
    /// One call, whatever became of it; each call of a batch has its own line.
    Call(CallEvent<'a>),
    /// A request or socket that got no further than its credential or its body.
    Refusal(RefusalEvent<'a>),
    /// A WebSocket was opened or closed.
    Connection(ConnectionEvent<'a>),
    /// The files were read again.
    Reload(ReloadEvent<'a>),
    /// A listener was opened or closed.
    Listener(ListenerEvent<'a>),
}

/// Which front a call came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Front {
    /// An HTTP request.
    Http,
    /// A WebSocket message.
    WebSocket,
}

/// Where a request came from.
#[derive(Clone, Copy)]
pub struct Origin<'a> {
    /// The request's id, the one its answer carries.
    pub request_id: &'a str,
    /// The front it came through.
    pub front: Front,
    /// The listener's name in the policy.
    pub listener: &'a str,
    /// The peer of the connection.
    pub peer: Option<IpAddr>,
    /// The WebSocket's id, when there is one.
    pub connection: Option<&'a str>,
}

/// Who asked.
#[derive(Clone, Copy)]
pub struct Actor<'a> {
    /// The principal's id.
    pub principal: &'a str,
    /// How it proved to be that: `jwt`, `app_credential`.
    pub auth: &'a str,
    /// Its tenant.
    pub tenant: Option<&'a str>,
}

/// One call.
pub struct CallEvent<'a> {
    /// Where it came from.
    pub origin: Origin<'a>,
    /// Its place in its batch, from 0; none outside of a batch.
    pub item: Option<usize>,
    /// Who asked.
    pub actor: Option<Actor<'a>>,
    /// The ruleset it was judged by.
    pub ruleset: Option<&'a str>,
    /// The JSON-RPC method as asked; none when the call had no readable one.
    pub method: Option<&'a str>,
    /// What was decided.
    pub decision: Verdict,
    /// The stable code that says why.
    pub reason: &'a str,
    /// The rule that decided.
    pub rule: Option<Rule<'a>>,
    /// What the call would do, as far as understood.
    pub operations: &'a [OperationFacts],
    /// What the call asks the node about, at level 2.
    pub asks: Option<&'a str>,
    /// What became of it at the node; none when it was not sent.
    pub upstream: Option<Sent<'a>>,
    /// Microseconds spent in Callgate.
    pub us_callgate: u64,
    /// Microseconds spent waiting for the node.
    pub us_node: Option<u64>,
    /// The revision of the snapshot that judged it.
    pub revision: u64,
    /// The nearest miss or the mistake in the call, written only at level 2.
    pub why: Option<&'a dyn fmt::Display>,
}

/// What was decided about a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A rule permitted it.
    Allow,
    /// No rule permits it.
    Deny,
    /// It could not be read or understood.
    Invalid,
    /// A limit was reached.
    Limit,
    /// Callgate could not serve it.
    Error,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 5] = [Self::Allow, Self::Deny, Self::Invalid, Self::Limit, Self::Error];

    /// The stable name in lines and labels.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Invalid => "invalid",
            Self::Limit => "limit",
            Self::Error => "error",
        }
    }
}

/// The rule that decided.
#[derive(Clone, Copy)]
pub struct Rule<'a> {
    /// Its place among the rules, from 0.
    pub index: usize,
    /// Its name, when it has one.
    pub name: Option<&'a str>,
}

/// The few facts of an operation that the audit tells.
#[derive(Clone, Debug, Default)]
pub struct OperationFacts {
    /// `call`, `estimate`, `trace`, `send`, `sign`, `raw` or `userop`.
    pub kind: &'static str,
    /// Where it stands in the call, when it is one of several: `params[0].txs[1]`.
    pub at: Option<Box<str>>,
    /// The sender, as far as known.
    pub from: Option<Address>,
    /// The recipient; none for a creation and for a signature over a message.
    pub to: Option<Address>,
    /// Whether it makes a contract, or the account that acts.
    pub creates: bool,
    /// Wei sent along, as far as anybody can tell.
    pub value: U256,
    /// The first four bytes of the calldata.
    pub selector: Option<[u8; 4]>,
    /// The hash of a signed transaction.
    pub hash: Option<B256>,
    /// Whether it runs on a state or block that the caller has changed.
    pub overrides: bool,
    /// Whether it is private to its participants.
    pub private: bool,
    /// The primary type of an EIP-712 message.
    pub message: Option<Box<str>>,
    /// The contract that such a message is for.
    pub contract: Option<Address>,
}

/// What became of a call at the node.
#[derive(Clone, Copy)]
pub struct Sent<'a> {
    /// The upstream's name in the policy.
    pub name: &'a str,
    /// How it ended.
    pub outcome: NodeOutcome,
    /// The code of the node's error.
    pub code: Option<i64>,
}

/// How an exchange with the node ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeOutcome {
    /// The node answered with a result.
    Result,
    /// The node answered with an error.
    Error,
    /// No connection could be made, or it broke.
    Unreachable,
    /// The node did not answer in time.
    Timeout,
    /// The node answered something that is no answer.
    Malformed,
    /// The node answered with the hash of another transaction than the one that it was sent.
    OtherTransaction,
    /// The node's answer was longer than allowed.
    TooLarge,
    /// Other answers held the memory for the node's.
    Discarded,
    /// The client left before the node answered.
    ClientGone,
}

impl NodeOutcome {
    /// Every outcome.
    pub const ALL: [Self; 9] = [
        Self::Result,
        Self::Error,
        Self::Unreachable,
        Self::Timeout,
        Self::Malformed,
        Self::OtherTransaction,
        Self::TooLarge,
        Self::Discarded,
        Self::ClientGone,
    ];

    /// The stable name in lines and labels.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Result => "result",
            Self::Error => "error",
            Self::Unreachable => "unreachable",
            Self::Timeout => "timeout",
            Self::Malformed => "malformed",
            Self::OtherTransaction => "other_transaction",
            Self::TooLarge => "too_large",
            Self::Discarded => "discarded",
            Self::ClientGone => "client_gone",
        }
    }
}

/// A request that was refused as a whole.
pub struct RefusalEvent<'a> {
    /// Where it came from.
    pub origin: Origin<'a>,
    /// What failed.
    pub kind: Refusal,
    /// The stable code that says why.
    pub reason: &'a str,
    /// Who asked, when the credential was good.
    pub actor: Option<Actor<'a>>,
    /// Where the credential stood: `bearer`, `basic`, `header` …; none when there was none.
    pub presented: Option<&'a str>,
    /// Microseconds spent in Callgate.
    pub us_callgate: u64,
    /// The revision of the snapshot that refused it.
    pub revision: u64,
    /// More, written only at level 2; never the credential.
    pub why: Option<&'a dyn fmt::Display>,
}

/// What failed about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Its credential: none, bad, revoked, expired or ambiguous.
    Authentication,
    /// No mapping gives its principal a ruleset.
    Mapping,
    /// Its HTTP form: method, path, media type.
    Http,
    /// Its body: not JSON, not a request, over a limit.
    Body,
    /// A limit on connections or requests.
    Limit,
}

impl Refusal {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Authentication, Self::Mapping, Self::Http, Self::Body, Self::Limit];

    /// The stable name in lines and labels.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Authentication => "authentication",
            Self::Mapping => "mapping",
            Self::Http => "http",
            Self::Body => "body",
            Self::Limit => "limit",
        }
    }
}

/// A WebSocket's beginning or end.
pub struct ConnectionEvent<'a> {
    /// Where it came from.
    pub origin: Origin<'a>,
    /// Who opened it.
    pub actor: Actor<'a>,
    /// What happened.
    pub change: ConnectionChange<'a>,
}

/// What happened to a WebSocket.
pub enum ConnectionChange<'a> {
    /// It was accepted.
    Opened,
    /// It ended.
    Closed {
        /// The stable code that says why: `client_closed`, `revoked`, `expired`, `shutdown` …
        reason: &'a str,
        /// The close code that was sent or received.
        code: Option<u16>,
        /// How many calls it carried.
        calls: u64,
    },
}

/// The outcome of reading the files again.
pub struct ReloadEvent<'a> {
    /// What asked for it: `file`, `signal`, `poll`, `keys`, `admin`.
    pub trigger: &'a str,
    /// The revision in force afterwards.
    pub revision: u64,
    /// The digest of the snapshot in force afterwards.
    pub digest: &'a str,
    /// Why the newest files were refused; none when they were taken.
    pub failure: Option<&'a str>,
}

/// A listener's beginning or end.
pub struct ListenerEvent<'a> {
    /// Its name in the policy.
    pub name: &'a str,
    /// The address it is bound to.
    pub address: std::net::SocketAddr,
    /// What happened.
    pub change: ListenerChange,
}

/// What happened to a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListenerChange {
    /// It takes connections.
    Started,
    /// It takes no more connections.
    Stopped,
}
