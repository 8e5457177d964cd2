//! Owns the granting of methods: `chain`, `namespaces` and `methods` of a ruleset become one bit
//! per method of the catalogue, so that a decision is one look.

use std::collections::HashSet;
use std::sync::Arc;

use callgate_eth::SubscriptionKind;
use callgate_eth::catalogue::{self, Group, Groups, Method};

use crate::pattern::ExactPattern;

/// What a ruleset grants beside operations.
#[derive(Debug, Clone, Default)]
pub(crate) struct Grants {
    granted: Methods,
    /// Sealed methods written out by name.
    unsealed: Methods,
    groups: Groups,
    namespaces: Vec<Box<str>>,
    named: HashSet<Box<str>>,
    patterns: Vec<ExactPattern>,
}

/// A set of methods of the catalogue.
#[derive(Debug, Clone, Default)]
struct Methods(Vec<u64>);

/// By what a method is granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum GrantedBy {
    /// `chain.…`.
    Group(Group),
    /// `namespaces.…`.
    Namespace(Box<str>),
    /// `methods`.
    Name,
    /// A pattern in `methods`.
    Pattern(Arc<str>),
}

impl Grants {
    /// Computes the bits.
    pub(crate) fn new(
        groups: Groups,
        namespaces: Vec<Box<str>>,
        named: HashSet<Box<str>>,
        patterns: Vec<ExactPattern>,
    ) -> Self {
        let mut grants = Self {
            groups,
            namespaces,
            named,
            patterns,
            ..Self::default()
        };
        for method in catalogue::all() {
            if method.is_sealed() {
                if grants.named.contains(method.name()) {
                    grants.unsealed.insert(method);
                }
            } else if grants.granted_by(method).is_some() {
                grants.granted.insert(method);
            }
        }
        grants
    }

    /// Whether a method that is not sealed is granted.
    pub(crate) fn contains(&self, method: &Method) -> bool {
        self.granted.contains(method)
    }

    /// Whether a sealed method is written out by name.
    pub(crate) fn unseals(&self, method: &Method) -> bool {
        self.unsealed.contains(method)
    }

    /// Whether a name outside the catalogue is granted: only written out. A pattern that matched it could also match another
    /// spelling of a method that carries operations, on a node that does not mind the spelling.
    pub(crate) fn contains_unlisted(&self, name: &str) -> bool {
        self.named.contains(name)
    }

    /// Whether a subscription of this kind may be made, once `eth_subscribe` itself is granted.
    pub(crate) fn contains_kind(&self, kind: SubscriptionKind) -> bool {
        self.groups.contains(group_of(kind))
    }

    /// By what a method is granted, the most particular first. Slow: for compiling and explaining.
    pub(crate) fn granted_by(&self, method: &Method) -> Option<GrantedBy> {
        if self.named.contains(method.name()) {
            return Some(GrantedBy::Name);
        }
        if method.is_sealed() {
            return None;
        }
        if let Some(group) = self.granting_group(method) {
            return Some(GrantedBy::Group(group));
        }
        if method.access() == catalogue::Access::Read
            && let Some(namespace) = self
                .namespaces
                .iter()
                .find(|namespace| ***namespace == *method.namespace())
        {
            return Some(GrantedBy::Namespace(namespace.clone()));
        }
        let pattern = self.patterns.iter().find(|pattern| pattern.matches(method.name()))?;
        Some(GrantedBy::Pattern(pattern.source().into()))
    }

    /// The `chain` switch that grants a method. Making a filter takes `filter` and the switch of
    /// what it lets through; of the subscription methods only the two of Ethereum are understood.
    fn granting_group(&self, method: &Method) -> Option<Group> {
        let needs = match method.name() {
            "eth_newFilter" => [Group::Filter, Group::Transactions].as_slice(),
            "eth_newBlockFilter" => &[Group::Filter, Group::Blocks],
            "eth_newPendingTransactionFilter" => &[Group::Filter, Group::Pending],
            "eth_getFilterChanges" | "eth_getFilterLogs" | "eth_uninstallFilter" => &[Group::Filter],
            "eth_subscribe" | "eth_unsubscribe" => &[Group::Subscribe],
            _ if matches!(
                method.access(),
                catalogue::Access::Filter | catalogue::Access::Subscription
            ) =>
            {
                return None;
            }
            _ => {
                return method
                    .groups()
                    .iter()
                    .find(|group| is_switch(*group) && self.groups.contains(*group));
            }
        };
        if needs.iter().all(|group| self.groups.contains(*group)) {
            needs.first().copied()
        } else {
            None
        }
    }
}

/// The groups that are switches of `chain`; the others are for names and namespaces.
fn is_switch(group: Group) -> bool {
    group.name().starts_with("chain.")
}

/// The switch a kind of subscription needs beside `subscribe`.
pub(crate) fn group_of(kind: SubscriptionKind) -> Group {
    match kind {
        SubscriptionKind::NewHeads => Group::Blocks,
        SubscriptionKind::Logs => Group::Transactions,
        SubscriptionKind::PendingTransactions => Group::Pending,
        SubscriptionKind::Syncing => Group::Info,
    }
}

impl Methods {
    fn insert(&mut self, method: &Method) {
        let (word, bit) = place(method);
        if self.0.len() <= word {
            self.0.resize(word.saturating_add(1), 0);
        }
        if let Some(word) = self.0.get_mut(word) {
            *word |= bit;
        }
    }

    fn contains(&self, method: &Method) -> bool {
        let (word, bit) = place(method);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }
}

fn place(method: &Method) -> (usize, u64) {
    (usize::from(method.index() / 64), 1 << (method.index() % 64))
}
