//! The catalogue: what each JSON-RPC method name is, from `data/methods.json` and `data/classes.json`, compiled into one
//! static table (dense index) and a perfect hash of the names. Names are exact bytes; nothing is trimmed or folded.
//!
//! Leaves to others: reading parameters (`understand`), and what anybody may call (policy).

mod difference;
mod shape;
mod table;
mod words;

pub use self::shape::{Param, ParamType};
pub use self::words::{Access, Carrier, Group, Groups, Seal, SealKind};

pub(crate) use self::difference::Difference;
pub(crate) use self::shape::{Form, Item, Need, Role, Shape, WhenOmitted};
pub(crate) use self::table::news;
pub(crate) use self::words::Handles;

use crate::answer::AnswerKinds;
use crate::dialect::Client;
use crate::operation::OperationKind;

/// The entry of a method, by its exact name.
pub fn method(name: &str) -> Option<&'static Method> {
    table::NAMES
        .get(name)
        .and_then(|index| table::METHODS.get(usize::from(*index)))
}

/// Every entry, sorted by name; an entry stands at its [`Method::index`].
pub fn all() -> &'static [Method] {
    &table::METHODS
}

/// What is known about one JSON-RPC method.
#[derive(Debug)]
pub struct Method {
    name: &'static str,
    index: u16,
    namespace: &'static str,
    clients: &'static [&'static str],
    last_served: &'static [(&'static str, &'static str)],
    access: Access,
    group: Group,
    groups: Groups,
    params: &'static [Param],
    required: usize,
    uses_node_key: bool,
    alias_of: Option<&'static str>,
    since: Option<&'static str>,
    note: Option<&'static str>,
    carrier: Carrier,
    seal: Option<Seal>,
    operation: Option<OperationKind>,
    handles: Handles,
    answer: AnswerKinds,
    answers_hash_in: Option<&'static str>,
    differences: &'static [Difference],
}

impl Method {
    /// The exact, case-sensitive name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Where it stands in [`all`]: dense, so that a policy can keep one bit per method.
    pub fn index(&self) -> u16 {
        self.index
    }

    /// The part of the name before the first underscore.
    pub fn namespace(&self) -> &'static str {
        self.namespace
    }

    /// The programs that serve it.
    pub fn clients(&self) -> &'static [&'static str] {
        self.clients
    }

    /// Programs that dropped it, each with the last release that served it.
    pub fn last_served(&self) -> &'static [(&'static str, &'static str)] {
        self.last_served
    }

    /// What a call does.
    pub fn access(&self) -> Access {
        self.access
    }

    /// Its own permission group.
    pub fn group(&self) -> Group {
        self.group
    }

    /// Every permission group it is in: its own, and those the Kaleido firewall documents it under.
    pub fn groups(&self) -> Groups {
        self.groups
    }

    /// Its positional parameters.
    pub fn params(&self) -> &'static [Param] {
        self.params
    }

    /// How many leading parameters must be given.
    pub fn required(&self) -> usize {
        self.required
    }

    /// Whether a call uses a private key held by the node or signer.
    pub fn uses_node_key(&self) -> bool {
        self.uses_node_key
    }

    /// The method whose handler it shares.
    pub fn alias_of(&self) -> Option<&'static str> {
        self.alias_of
    }

    /// The EIP or ERC that defines it.
    pub fn since(&self) -> Option<&'static str> {
        self.since
    }

    /// Differences between clients worth knowing.
    pub fn note(&self) -> Option<&'static str> {
        self.note
    }

    /// Whether its parameters carry operations, and whether those are understood.
    pub fn carrier(&self) -> Carrier {
        self.carrier
    }

    /// Why it is never safe behind a shared door; none for methods that a rule may grant like any other.
    pub fn seal(&self) -> Option<Seal> {
        self.seal
    }

    /// Whether it needs its exact name in a policy and a listener marked for operators.
    pub fn is_sealed(&self) -> bool {
        self.seal.is_some()
    }

    /// The kind of the operations it carries, where they are understood.
    pub fn operation(&self) -> Option<OperationKind> {
        self.operation
    }

    /// The kinds of value that clients answer it with.
    pub fn answer(&self) -> AnswerKinds {
        self.answer
    }

    /// Where the answer holds the hash of the transaction sent: a member, or nothing for the whole result.
    pub(crate) fn answers_hash_in(&self) -> Option<&'static str> {
        self.answers_hash_in
    }

    pub(crate) fn handles(&self) -> Handles {
        self.handles
    }

    /// What this client reads differently. A client that is not known to serve the method may do so by a plugin, in
    /// nobody knows whose way: it is told what all read alike.
    pub(crate) fn difference(&self, client: Client) -> Option<&'static Difference> {
        if self.differences.is_empty() {
            return None;
        }
        let found = Difference::find(self.differences, client);
        let name = client.dialect.name();
        if found.is_some() || self.clients.contains(&name) || self.last_served.iter().any(|(had, _)| *had == name) {
            return found;
        }
        Difference::find(self.differences, Client::default())
    }
}
