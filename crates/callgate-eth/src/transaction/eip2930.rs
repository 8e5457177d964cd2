//! Transactions with an access list (type 1), and the access list that later types carry too.
//!
//! EIP-2930: <https://eips.ethereum.org/EIPS/eip-2930>

use alloy_consensus::TxEip2930;
use alloy_eips::eip2930::{AccessList, AccessListItem};
use alloy_primitives::{B256, Bytes};

use super::error::TransactionError;
use super::field::Field;
use super::fields::{Gas, chain_id, check_cost, input, nonce, typed_signature};
use super::reader::Reader;
use super::signature::Signature;

/// The EIP-2718 type byte.
pub(super) const TYPE: u8 = 0x01;

/// Reads the eleven fields.
pub(super) fn read(fields: &mut Reader<'_>, raw: &Bytes) -> Result<(TxEip2930, Signature), TransactionError> {
    let transaction = TxEip2930 {
        chain_id: chain_id(fields)?,
        nonce: nonce(fields)?,
        gas_price: fields.u128(Field::GasPrice)?,
        gas_limit: fields.u64(Field::GasLimit)?,
        to: fields.to()?,
        value: fields.u256(Field::Value)?,
        input: input(fields, raw)?,
        access_list: access_list(fields)?,
    };
    let signature = typed_signature(fields)?;
    let gas = Gas {
        amount: transaction.gas_limit,
        price: transaction.gas_price,
    };
    check_cost(&[gas], transaction.value)?;
    Ok((transaction, signature))
}

/// `[[address, [key, …]], …]`; bounded by the size of the transaction.
pub(super) fn access_list(fields: &mut Reader<'_>) -> Result<AccessList, TransactionError> {
    let mut entries = fields.list(Field::AccessList)?;
    let mut list = Vec::new();
    while !entries.is_empty() {
        let mut entry = entries.list(Field::AccessListEntry)?;
        let address = entry.address(Field::AccessListAddress)?;
        let mut keys = entry.list(Field::StorageKeys)?;
        let mut storage_keys = Vec::new();
        while !keys.is_empty() {
            storage_keys.push(B256::new(*keys.fixed(Field::StorageKey)?));
        }
        entry.end()?;
        list.push(AccessListItem { address, storage_keys });
    }
    Ok(AccessList(list))
}
