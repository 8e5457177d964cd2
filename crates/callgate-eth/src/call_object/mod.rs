//! Call and transaction objects: the members that make an operation, read strictly and written in one spelling.
//!
//! Leaves to others: what the operation may do (policy). Not read at all: members of single chains or clients
//! (`privateFor`, `feeToken`, `gasLimit` …), which one node ignores and another obeys.

mod kind;
mod lists;
mod read;
mod write;

use alloy_primitives::{Address, B256, U256};

use crate::context::Calldata;
use crate::form::scalar::HexText;
use crate::transaction::TransactionType;

pub(crate) use self::lists::{AccessList, Authorizations};

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
    spelling: Spelling,
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
}

/// How it is written.
#[derive(Debug, Clone, Copy)]
struct Spelling {
    calldata: Calldata,
    kind: Written,
}

/// Whether a member that can be inferred is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    Yes,
    No,
}
