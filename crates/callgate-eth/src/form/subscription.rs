//! What `eth_subscribe` can subscribe to: four kinds, by exact name.

use callgate_rpc::{Value, Writer};

use super::filter::{Filter, Purpose};
use super::scalar;
use crate::misunderstood::{Misunderstood, Reason};
use crate::spot::Spot;
use crate::understood::SubscriptionKind;

/// What a subscription asks for beside its kind.
#[derive(Debug)]
pub(crate) enum Options {
    Logs(Box<Filter>),
    /// Whole pending transactions, or only their hashes.
    FullTransactions(bool),
}

/// The kind of a subscription.
pub(crate) fn kind(value: Value<'_>, spot: &Spot<'_>) -> Result<SubscriptionKind, Misunderstood> {
    let text = scalar::string(value, spot)?;
    SubscriptionKind::ALL
        .into_iter()
        .find(|kind| kind.name() == text)
        .ok_or_else(|| {
            spot.refuse(
                Reason::UnknownSubscription,
                value,
                "is not a subscription: `newHeads`, `logs`, `newPendingTransactions` or `syncing` expected",
            )
        })
}

impl Options {
    pub(crate) fn read(value: Value<'_>, kind: SubscriptionKind, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        match kind {
            SubscriptionKind::Logs => {
                Filter::read(value, Purpose::Subscription, spot).map(|filter| Self::Logs(Box::new(filter)))
            }
            SubscriptionKind::PendingTransactions => scalar::boolean(value, spot).map(Self::FullTransactions),
            SubscriptionKind::NewHeads | SubscriptionKind::Syncing => Err(spot.refuse(
                Reason::WrongArity,
                value,
                format_args!("is one too many: `{}` takes no options", kind.name()),
            )),
        }
    }

    /// What a kind means without options; `logs` gets its filter written out, which some clients insist on.
    pub(crate) fn when_omitted(kind: SubscriptionKind) -> Option<Self> {
        (kind == SubscriptionKind::Logs).then(|| Self::Logs(Box::new(Filter::any())))
    }

    pub(crate) fn write(&self, out: &mut Writer<'_>) {
        match self {
            Self::Logs(filter) => filter.write(out),
            Self::FullTransactions(full) => out.bool(*full),
        }
    }
}
