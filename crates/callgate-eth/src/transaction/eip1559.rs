//! Transactions with a fee cap and a tip (type 2).
//!
//! EIP-1559: <https://eips.ethereum.org/EIPS/eip-1559>

use alloy_consensus::TxEip1559;
use alloy_primitives::Bytes;

use super::eip2930::access_list;
use super::error::TransactionError;
use super::field::Field;
use super::fields::{Fees, Gas, chain_id, check_cost, input, nonce, typed_signature};
use super::reader::Reader;
use super::signature::Signature;

/// The EIP-2718 type byte.
pub(super) const TYPE: u8 = 0x02;

/// Reads the twelve fields.
pub(super) fn read(fields: &mut Reader<'_>, raw: &Bytes) -> Result<(TxEip1559, Signature), TransactionError> {
    let chain_id = chain_id(fields)?;
    let nonce = nonce(fields)?;
    let fees = Fees::read(fields)?;
    let transaction = TxEip1559 {
        chain_id,
        nonce,
        max_priority_fee_per_gas: fees.priority,
        max_fee_per_gas: fees.maximum,
        gas_limit: fields.u64(Field::GasLimit)?,
        to: fields.to()?,
        value: fields.u256(Field::Value)?,
        input: input(fields, raw)?,
        access_list: access_list(fields)?,
    };
    let signature = typed_signature(fields)?;
    let gas = Gas {
        amount: transaction.gas_limit,
        price: transaction.max_fee_per_gas,
    };
    check_cost(&[gas], transaction.value)?;
    Ok((transaction, signature))
}
