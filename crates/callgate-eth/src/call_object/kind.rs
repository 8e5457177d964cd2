//! The transaction type of an object: clients infer it from the members present, some by `type`. So it is derived from
//! the members here, and a `type` that says otherwise is refused.

use callgate_rpc::Value;

use super::Purpose;
use super::read::Members;
use crate::dialect::Client;
use crate::misunderstood::{Misunderstood, Reason};
use crate::spot::Spot;
use crate::transaction::TransactionType::{self, Eip1559, Eip2930, Eip4844, Eip7702, Legacy};

impl Members<'_> {
    pub(super) fn transaction_type(
        &self,
        value: Value<'_>,
        purpose: Purpose,
        client: Client,
        spot: &Spot<'_>,
    ) -> Result<TransactionType, Misunderstood> {
        let conflict = |what: &str| Err(spot.refuse(Reason::Conflict, value, what));
        let dynamic = self.fees.max_fee_per_gas.is_some() || self.fees.max_priority_fee_per_gas.is_some();
        let blobs = self.fees.max_fee_per_blob_gas.is_some() || self.blob_hashes.is_some();
        let authorizations = self.authorizations.is_some();
        if self.fees.gas_price.is_some() && (dynamic || blobs || authorizations) {
            return conflict("has `gasPrice` beside members of later transaction types");
        }
        if blobs && authorizations {
            return conflict("has members of blob transactions and `authorizationList`");
        }
        if (blobs || authorizations) && self.to.is_none() {
            return conflict("creates a contract, which transactions with blobs or authorizations cannot");
        }
        if blobs && purpose.is_signed() {
            return Err(spot.refuse(
                Reason::Refused,
                value,
                "is a blob transaction: those are not signed by the node here",
            ));
        }
        let derived = match (authorizations, blobs, dynamic, self.fees.gas_price) {
            (true, ..) => Some(Eip7702),
            (_, true, ..) => Some(Eip4844),
            (_, _, true, _) => Some(Eip1559),
            (.., Some(_)) => Some(if self.access_list.is_some() { Eip2930 } else { Legacy }),
            (.., None) => None,
        };
        match (derived, self.kind) {
            // Libraries estimate the gas of a blob transaction without the members that make it one.
            (None | Some(Eip1559), Some(Eip4844)) if !purpose.is_signed() && self.to.is_some() => Ok(Eip4844),
            (Some(derived), Some(said)) if derived != said => Err(spot.refuse(
                Reason::Conflict,
                value,
                format_args!("says it is of type {said}, but its members make it {derived}"),
            )),
            (Some(derived), _) => Ok(derived),
            (None, said) => self.without_fees(said, purpose, client, value, spot),
        }
    }

    /// Nothing about fees. What is not signed is of whatever type it says. What is signed becomes what the node makes of
    /// it: it fills in the fees of EIP-1559, on GoQuorum a gas price.
    fn without_fees(
        &self,
        said: Option<TransactionType>,
        purpose: Purpose,
        client: Client,
        value: Value<'_>,
        spot: &Spot<'_>,
    ) -> Result<TransactionType, Misunderstood> {
        let priced = if self.access_list.is_some() { Eip2930 } else { Legacy };
        let filled = if client.fills_gas_price() || purpose == Purpose::EeaSigns {
            priced
        } else {
            Eip1559
        };
        match (said, purpose.is_signed()) {
            (None, false) => Ok(priced),
            (Some(said @ (Eip1559 | Eip2930)), false) => Ok(said),
            (Some(said), false) if said == priced => Ok(said),
            (None, true) => Ok(filled),
            (Some(said), true) if said == filled => Ok(said),
            (Some(said @ (Legacy | Eip2930)), true) => Err(spot.refuse(
                Reason::Conflict,
                value,
                format_args!("says it is of type {said}, but without `gasPrice` the node would make it {filled}"),
            )),
            (Some(said), _) => Err(spot.refuse(
                Reason::Conflict,
                value,
                format_args!("says it is of type {said}, but has no members of it"),
            )),
        }
    }
}
