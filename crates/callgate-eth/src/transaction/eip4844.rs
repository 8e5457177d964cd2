//! Blob transactions (type 3): the transaction inside the network form. The blobs around it are `sidecar`'s.
//!
//! EIP-4844: <https://eips.ethereum.org/EIPS/eip-4844>

use alloy_consensus::TxEip4844;
use alloy_eips::eip4844::VERSIONED_HASH_VERSION_KZG;
use alloy_primitives::{B256, Bytes, TxKind};

use super::TransactionType;
use super::eip2930::access_list;
use super::error::TransactionError;
use super::field::Field;
use super::fields::{Fees, Gas, chain_id, check_cost, input, nonce, typed_signature};
use super::reader::Reader;
use super::sidecar::MAX_BLOBS;
use super::signature::Signature;

/// The EIP-2718 type byte.
pub(super) const TYPE: u8 = 0x03;

/// Reads the fourteen fields.
pub(super) fn read(fields: &mut Reader<'_>, raw: &Bytes) -> Result<(TxEip4844, Signature), TransactionError> {
    let chain_id = chain_id(fields)?;
    let nonce = nonce(fields)?;
    let fees = Fees::read(fields)?;
    let gas_limit = fields.u64(Field::GasLimit)?;
    let TxKind::Call(to) = fields.to()? else {
        return Err(TransactionError::CreationForbidden(TransactionType::Eip4844));
    };
    let transaction = TxEip4844 {
        chain_id,
        nonce,
        max_priority_fee_per_gas: fees.priority,
        max_fee_per_gas: fees.maximum,
        gas_limit,
        to,
        value: fields.u256(Field::Value)?,
        input: input(fields, raw)?,
        access_list: access_list(fields)?,
        max_fee_per_blob_gas: fields.u128(Field::MaxFeePerBlobGas)?,
        blob_versioned_hashes: versioned_hashes(fields)?,
    };
    let signature = typed_signature(fields)?;
    let gas = Gas {
        amount: transaction.gas_limit,
        price: transaction.max_fee_per_gas,
    };
    let blob_gas = Gas {
        amount: transaction.blob_gas(),
        price: transaction.max_fee_per_blob_gas,
    };
    check_cost(&[gas, blob_gas], transaction.value)?;
    Ok((transaction, signature))
}

/// At least one hash of version 1, and no more than any fork allows.
fn versioned_hashes(fields: &mut Reader<'_>) -> Result<Vec<B256>, TransactionError> {
    let field = Field::BlobVersionedHashes;
    let mut list = fields.list(field)?;
    let mut hashes = Vec::new();
    while !list.is_empty() {
        let index = hashes.len();
        if index == MAX_BLOBS {
            return Err(TransactionError::TooManyBlobs {
                field,
                limit: MAX_BLOBS,
            });
        }
        let hash = B256::new(*list.fixed(Field::BlobVersionedHash)?);
        let [version, ..] = hash.0;
        if version != VERSIONED_HASH_VERSION_KZG {
            return Err(TransactionError::BlobHashVersion { index, version });
        }
        hashes.push(hash);
    }
    if hashes.is_empty() {
        Err(TransactionError::NoBlobs)
    } else {
        Ok(hashes)
    }
}
