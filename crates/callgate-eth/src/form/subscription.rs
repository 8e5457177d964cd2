//! What `eth_subscribe` can subscribe to: four kinds, by exact name.

use callgate_rpc::{Value, Writer};

use super::filter::{Filter, Purpose};
use super::scalar;
use crate::dialect::Client;
use crate::misunderstood::{Misunderstood, Reason};
use crate::spot::Spot;
use crate::understood::SubscriptionKind;

/// What a subscription asks for beside its kind.
#[derive(Debug)]
pub(crate) enum Options {
    Logs(Box<Filter>),
    /// Whole pending transactions, or only their hashes.
    FullTransactions {
        full: bool,
        as_object: bool,
    },
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
    pub(crate) fn read(
        value: Value<'_>,
        kind: SubscriptionKind,
        client: Client,
        spot: &Spot<'_>,
    ) -> Result<Self, Misunderstood> {
        match kind {
            SubscriptionKind::Logs => {
                Filter::read(value, Purpose::Subscription, client, spot).map(|filter| Self::Logs(Box::new(filter)))
            }
            SubscriptionKind::PendingTransactions => Ok(Self::FullTransactions {
                full: full_transactions(value, client, spot)?,
                as_object: client.takes_pending_options_as_object(),
            }),
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
            Self::FullTransactions { full, as_object: false } => out.bool(*full),
            Self::FullTransactions { full, as_object: true } => {
                out.begin_object();
                out.name("includeTransactions");
                out.bool(*full);
                out.end_object();
            }
        }
    }
}

/// A boolean; or an object with one, for clients that take that.
fn full_transactions(value: Value<'_>, client: Client, spot: &Spot<'_>) -> Result<bool, Misunderstood> {
    const MEMBER: &str = "includeTransactions";
    let object = value.as_object().filter(|_| client.takes_pending_options_as_object());
    let Some(object) = object else {
        return scalar::boolean(value, spot);
    };
    match (object.iter().next(), object.len()) {
        (Some((name, member)), 1) if name.as_str() == MEMBER => scalar::boolean(member, &spot.known(MEMBER)),
        _ => Err(spot.refuse(
            Reason::UnknownMember,
            value,
            format_args!("must have `{MEMBER}` and nothing else"),
        )),
    }
}
