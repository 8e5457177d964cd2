//! Call and transaction objects: the members that make an operation, read strictly and written in one spelling.
//!
//! Leaves to others: what the operation may do (policy). Not read at all: members of single chains or clients
//! (`feeToken`, `gasLimit`, `callbackUrl` …), which one node ignores and another obeys; those of private transactions only
//! where the client knows them.

mod aside;
mod kind;
mod lists;
mod private;
mod read;
mod write;

use alloy_primitives::{Address, B256, U256};

use crate::form::scalar::HexText;
use crate::privacy::Privacy;
use crate::transaction::TransactionType;

pub(crate) use self::lists::{AccessList, Authorizations};
pub(crate) use self::private::{PrivateMembers, participant, write as write_privacy};

/// A call or transaction object that is understood completely.
pub(crate) struct CallObject<'t> {
    /// In read-only calls without one: the zero address, and so written.
    pub(crate) from: Address,
    /// None is a creation.
    pub(crate) to: Option<Address>,
    pub(crate) gas: Option<u64>,
    pub(crate) fees: Fees,
    pub(crate) value: Option<U256>,
    pub(crate) nonce: Option<u64>,
    pub(crate) chain_id: Option<u64>,
    pub(crate) kind: TransactionType,
    pub(crate) input: Option<HexText<'t>>,
    pub(crate) access_list: Option<AccessList>,
    pub(crate) authorizations: Option<Authorizations>,
    pub(crate) blob_hashes: Option<Vec<B256>>,
    /// Who takes part in a private transaction.
    pub(crate) privacy: Option<Box<Privacy>>,
    /// What other parameters put in the place of its own members.
    pub(crate) replaced: Option<Box<Replaced>>,
    /// Whether its type is written; clients that select by `type` must see it, others ignore it.
    writes_kind: bool,
    purpose: Purpose,
}

/// Gas that takes the place of an object's own, as in `eth_resend`.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Replaced {
    pub(crate) gas: Option<u64>,
    pub(crate) gas_price: Option<u128>,
}

/// Wei per gas.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Fees {
    pub(crate) gas_price: Option<u128>,
    pub(crate) max_fee_per_gas: Option<u128>,
    pub(crate) max_priority_fee_per_gas: Option<u128>,
    pub(crate) max_fee_per_blob_gas: Option<u128>,
}

/// What becomes of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// It is executed and forgotten.
    Simulate,
    /// The node signs it with a key it holds.
    NodeSigns,
    /// The node fills in what is missing and gives it back unsigned: whoever signs it later is judged then.
    NodePrepares,
    /// The node signs it, with the members of restricted transactions of the EEA, which it must have.
    EeaSigns,
    /// The node signs it, and fills in what it is directed at: it only says who signs, and at what price.
    NodeFills,
}

impl CallObject<'_> {
    /// Whether the node fills in the recipient and the calldata.
    pub(crate) fn is_filled_by_node(&self) -> bool {
        self.purpose == Purpose::NodeFills
    }

    /// The gas limit that will count.
    pub(crate) fn gas(&self) -> Option<u64> {
        self.replaced.as_ref().and_then(|replaced| replaced.gas).or(self.gas)
    }

    /// The one gas price that will count.
    pub(crate) fn gas_price(&self) -> Option<u128> {
        self.replaced
            .as_ref()
            .and_then(|replaced| replaced.gas_price)
            .or(self.fees.gas_price)
    }

    /// The most wei per gas that it can cost.
    pub(crate) fn max_fee_per_gas(&self) -> Option<u128> {
        let replaced = self.replaced.as_ref().and_then(|replaced| replaced.gas_price);
        replaced.or(self.fees.max_fee_per_gas).or(self.fees.gas_price)
    }

    /// The most wei it can cost, as far as it says; none when that is more than 256 bits hold.
    pub(crate) fn cost(&self) -> Option<U256> {
        let gas = U256::from(self.gas().unwrap_or_default());
        let price = U256::from(self.max_fee_per_gas().unwrap_or_default());
        gas.checked_mul(price)?.checked_add(self.value.unwrap_or_default())
    }
}

impl Purpose {
    /// Whether a key of the node signs it.
    fn is_signed(self) -> bool {
        !matches!(self, Self::Simulate | Self::NodePrepares)
    }
}

/// An operation that is no object in the call, in the terms of one.
pub(crate) struct Made<'t> {
    pub(crate) from: Address,
    pub(crate) to: Option<Address>,
    pub(crate) value: Option<U256>,
    pub(crate) input: Option<HexText<'t>>,
    pub(crate) chain_id: Option<u64>,
    pub(crate) kind: TransactionType,
}

impl<'t> From<Made<'t>> for CallObject<'t> {
    fn from(made: Made<'t>) -> Self {
        Self {
            from: made.from,
            to: made.to,
            gas: None,
            fees: Fees::default(),
            value: made.value,
            nonce: None,
            chain_id: made.chain_id,
            kind: made.kind,
            input: made.input,
            access_list: None,
            authorizations: None,
            blob_hashes: None,
            privacy: None,
            replaced: None,
            writes_kind: false,
            purpose: Purpose::Simulate,
        }
    }
}
