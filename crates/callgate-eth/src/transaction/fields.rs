//! The fields and checks that several transaction types share: chain id, nonce, calldata, signature, fees and cost.

use alloy_primitives::{Bytes, U256};

use super::error::TransactionError;
use super::field::Field;
use super::reader::Reader;
use super::signature::{Parity, Signature};

/// A chain id of a typed transaction: 64 bits, and not 0, which one parser of Erigon replaces with its own.
pub(super) fn chain_id(fields: &mut Reader<'_>) -> Result<u64, TransactionError> {
    match fields.u64(Field::ChainId)? {
        0 => Err(TransactionError::ZeroChainId),
        chain_id => Ok(chain_id),
    }
}

/// A nonce below 2^64-1 (EIP-2681: <https://eips.ethereum.org/EIPS/eip-2681>).
pub(super) fn nonce(fields: &mut Reader<'_>) -> Result<u64, TransactionError> {
    match fields.u64(Field::Nonce)? {
        u64::MAX => Err(TransactionError::NonceExhausted),
        nonce => Ok(nonce),
    }
}

/// Calldata or init code, as a view of `raw`, which the fields are read from.
pub(super) fn input(fields: &mut Reader<'_>, raw: &Bytes) -> Result<Bytes, TransactionError> {
    Ok(raw.slice_ref(fields.bytes(Field::Data)?))
}

/// The value of a private transaction: it has none.
pub(super) fn no_value(fields: &mut Reader<'_>) -> Result<U256, TransactionError> {
    let offset = fields.offset();
    let value = fields.u256(Field::Value)?;
    if value.is_zero() {
        Ok(value)
    } else {
        Err(TransactionError::PrivateValue { offset })
    }
}

/// The signature of a typed transaction: `y_parity`, r, s.
pub(super) fn typed_signature(fields: &mut Reader<'_>) -> Result<Signature, TransactionError> {
    let parity = Parity::try_from(fields.u64(Field::YParity)?).map_err(TransactionError::Signature)?;
    signature(parity, fields)
}

/// r and s, which end every transaction.
pub(super) fn signature(parity: Parity, fields: &mut Reader<'_>) -> Result<Signature, TransactionError> {
    let r = fields.u256(Field::R)?;
    let s = fields.u256(Field::S)?;
    Signature::new(parity, r, s).map_err(TransactionError::Signature)
}

/// The fee fields of EIP-1559, in wire order: the tip may not exceed the cap.
pub(super) struct Fees {
    pub(super) priority: u128,
    pub(super) maximum: u128,
}

impl Fees {
    pub(super) fn read(fields: &mut Reader<'_>) -> Result<Self, TransactionError> {
        let priority = fields.u128(Field::MaxPriorityFeePerGas)?;
        let maximum = fields.u128(Field::MaxFeePerGas)?;
        if priority > maximum {
            return Err(TransactionError::PriorityAboveMaximum);
        }
        Ok(Self { priority, maximum })
    }
}

/// An amount of gas and the most that is paid for each unit, in wei.
#[derive(Clone, Copy)]
pub(super) struct Gas {
    pub(super) amount: u64,
    pub(super) price: u128,
}

/// Whether everything the sender may pay fits 256 bits, so that no sum a rule or a node makes can wrap.
pub(super) fn check_cost(gas: &[Gas], value: U256) -> Result<(), TransactionError> {
    let total = gas.iter().try_fold(value, |total, gas| {
        U256::from(gas.amount)
            .checked_mul(U256::from(gas.price))
            .and_then(|price| total.checked_add(price))
    });
    total.map(|_| ()).ok_or(TransactionError::CostOverflow)
}
