//! Owns the matchers of one `tx` entry: whether an operation is the kind the entry speaks of.
//!
//! Absence never matches: an operation without a field does not satisfy a matcher for it. And
//! three things must be named to be matched at all: authorizations (EIP-7702), blobs (EIP-4844)
//! and transactions without replay protection.

use std::fmt;
use std::sync::Arc;

use alloy_primitives::{Address, U256};
use callgate_eth::{Authorization, TransactionType};

use super::facts::{Facts, Unrecoverable};
use crate::matcher::address::Addresses;
use crate::matcher::condition::Condition;
use crate::matcher::function::Functions;

/// The matchers of an entry; all that are present must hold.
#[derive(Debug, Clone, Default)]
pub(crate) struct Matchers {
    pub(crate) from: Option<Arc<Addresses>>,
    pub(crate) to: Option<Arc<Addresses>>,
    pub(crate) functions: Option<Arc<Functions>>,
    pub(crate) value: Option<Arc<Condition>>,
    pub(crate) gas: Option<Arc<Condition>>,
    pub(crate) types: Option<Types>,
    pub(crate) protected: Protected,
    pub(crate) authorizations: Option<Delegations>,
}

/// `types`: a set of transaction types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Types(u8);

/// `protected`: EIP-155.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Protected {
    /// Only protected transactions.
    #[default]
    Only,
    /// Only unprotected ones.
    Unprotected,
    /// Both.
    Any,
}

/// `authorizations` (EIP-7702): matches a transaction that carries at least one, all of which match.
#[derive(Debug, Clone, Default)]
pub(crate) struct Delegations {
    pub(crate) authority: Option<Arc<Addresses>>,
    pub(crate) delegate: Option<Arc<Addresses>>,
}

/// Which matcher of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Matcher {
    /// `types`, and blobs without them.
    Types,
    /// `protected`.
    Protected,
    /// `to`.
    To,
    /// `function`.
    Function,
    /// `value`.
    Value,
    /// `gas`.
    Gas,
    /// `authorizations` as a whole: carried or not, and for which chain.
    Authorizations,
    /// `authorizations.delegate`.
    Delegate,
    /// `from`.
    From,
    /// `authorizations.authority`.
    Authority,
}

/// Why an entry does not match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mismatch {
    /// This matcher does not hold.
    Matcher(Matcher),
    /// This matcher cannot be decided: a signature recovers nobody. The operation is denied.
    Undecidable(Matcher),
}

impl Matcher {
    /// Every matcher, in the order of evaluation: those that need a signature recovered come last.
    pub(crate) const ORDER: [Self; 10] = [
        Self::Types,
        Self::Protected,
        Self::To,
        Self::Function,
        Self::Value,
        Self::Gas,
        Self::Authorizations,
        Self::Delegate,
        Self::From,
        Self::Authority,
    ];

    /// The key in the policy.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Types => "types",
            Self::Protected => "protected",
            Self::To => "to",
            Self::Function => "function",
            Self::Value => "value",
            Self::Gas => "gas",
            Self::Authorizations => "authorizations",
            Self::Delegate => "authorizations.delegate",
            Self::From => "from",
            Self::Authority => "authorizations.authority",
        }
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl Matchers {
    /// Whether all matchers hold; otherwise the first, in [`Matcher::ORDER`], that does not. Written out,
    /// so that each step is compiled for its matcher alone: this is the innermost loop of a decision.
    pub(crate) fn check(&self, facts: &Facts<'_>) -> Result<(), Mismatch> {
        self.test(Matcher::Types, facts)?;
        self.test(Matcher::Protected, facts)?;
        self.test(Matcher::To, facts)?;
        self.test(Matcher::Function, facts)?;
        self.test(Matcher::Value, facts)?;
        self.test(Matcher::Gas, facts)?;
        self.test(Matcher::Authorizations, facts)?;
        self.test(Matcher::Delegate, facts)?;
        self.test(Matcher::From, facts)?;
        self.test(Matcher::Authority, facts)
    }

    #[inline]
    fn test(&self, matcher: Matcher, facts: &Facts<'_>) -> Result<(), Mismatch> {
        match self.holds(matcher, facts) {
            Ok(None | Some(true)) => Ok(()),
            Ok(Some(false)) => Err(Mismatch::Matcher(matcher)),
            Err(Unrecoverable) => Err(Mismatch::Undecidable(matcher)),
        }
    }

    /// Whether one matcher holds; none when the entry does not have it and nothing is implied.
    #[inline]
    pub(crate) fn holds(&self, matcher: Matcher, facts: &Facts<'_>) -> Result<Option<bool>, Unrecoverable> {
        Ok(match matcher {
            Matcher::Types => self.types_hold(facts),
            Matcher::Protected => match self.protected {
                Protected::Only => (!facts.protected).then_some(false),
                Protected::Unprotected => Some(!facts.protected),
                Protected::Any => None,
            },
            Matcher::To => self
                .to
                .as_ref()
                .map(|to| facts.callee().is_some_and(|callee| to.matches(&callee))),
            // Init code and signed messages have first bytes too, and they are no selector.
            Matcher::Function => self.functions.as_ref().map(|list| {
                let is_seen = facts.callee().is_some() && !facts.hides_calldata;
                is_seen && list.contains(facts.selector)
            }),
            Matcher::Value => self
                .value
                .as_ref()
                .map(|value| facts.value.is_some_and(|sent| value.holds(sent))),
            Matcher::Gas => self
                .gas
                .as_ref()
                .map(|gas| facts.gas.is_some_and(|limit| gas.holds(U256::from(limit)))),
            Matcher::Authorizations => self.authorizations_hold(facts),
            Matcher::Delegate => self.delegates_hold(facts),
            Matcher::From => match &self.from {
                Some(from) => Some(from.matches(&facts.sender()?)),
                None => None,
            },
            Matcher::Authority => return self.authorities_hold(facts),
        })
    }

    /// Blobs need their type to be written out: nothing else in an entry bounds them yet.
    fn types_hold(&self, facts: &Facts<'_>) -> Option<bool> {
        let carries_blobs = facts.blobs > 0 || facts.transaction_type == TransactionType::Eip4844;
        match self.types {
            None => carries_blobs.then_some(false),
            Some(types) => Some(
                facts.is_transaction
                    && types.contains(facts.transaction_type)
                    && (!carries_blobs || types.contains(TransactionType::Eip4844)),
            ),
        }
    }

    fn authorizations_hold(&self, facts: &Facts<'_>) -> Option<bool> {
        let carries = !facts.authorizations.is_empty() || facts.transaction_type == TransactionType::Eip7702;
        match &self.authorizations {
            None => carries.then_some(false),
            // Chain id 0 is valid on every chain, ours is only one of them (attacks.md C-19).
            Some(_) => Some(
                !facts.is_message()
                    && !facts.authorizations.is_empty()
                    && facts
                        .authorizations
                        .iter()
                        .all(|authorization| !is_for_all_chains(authorization)),
            ),
        }
    }

    /// The zero address takes a delegation back: that is granted by naming it, never by a pattern or
    /// by silence (attacks.md C-24).
    fn delegates_hold(&self, facts: &Facts<'_>) -> Option<bool> {
        let delegations = self.authorizations.as_ref()?;
        let allowed = |delegate: &Address| match &delegations.delegate {
            Some(list) if delegate.is_zero() => list.contains_exactly(delegate),
            Some(list) => list.matches(delegate),
            None => !delegate.is_zero(),
        };
        Some(
            facts
                .authorizations
                .iter()
                .all(|authorization| allowed(&authorization.delegate())),
        )
    }

    fn authorities_hold(&self, facts: &Facts<'_>) -> Result<Option<bool>, Unrecoverable> {
        let Some(authority) = self
            .authorizations
            .as_ref()
            .and_then(|delegations| delegations.authority.as_ref())
        else {
            return Ok(None);
        };
        for authorization in facts.authorizations {
            let signer = authorization.authority().map_err(|_| Unrecoverable)?;
            if !authority.matches(&signer) {
                return Ok(Some(false));
            }
        }
        Ok(Some(true))
    }
}

fn is_for_all_chains(authorization: &Authorization) -> bool {
    authorization.chain_id() == 0
}

impl Types {
    /// This set and one more type.
    pub(crate) fn with(self, kind: TransactionType) -> Self {
        Self(self.0 | Self::bit(kind))
    }

    /// Whether the type is in the set.
    pub(crate) fn contains(self, kind: TransactionType) -> bool {
        self.0 & Self::bit(kind) != 0
    }

    fn bit(kind: TransactionType) -> u8 {
        match kind {
            TransactionType::Legacy => 1,
            TransactionType::Eip2930 => 1 << 1,
            TransactionType::Eip1559 => 1 << 2,
            TransactionType::Eip4844 => 1 << 3,
            TransactionType::Eip7702 => 1 << 4,
        }
    }
}
