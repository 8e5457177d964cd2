//! Legacy transactions (type 0), with EIP-155 replay protection and without.
//!
//! EIP-155: <https://eips.ethereum.org/EIPS/eip-155>

use alloy_consensus::TxLegacy;
use alloy_primitives::Bytes;

use super::error::TransactionError;
use super::field::Field;
use super::fields::{Gas, check_cost, input, nonce, signature};
use super::reader::Reader;
use super::signature::{Parity, Signature};

/// Reads the nine fields.
pub(super) fn read(fields: &mut Reader<'_>, raw: &Bytes) -> Result<(TxLegacy, Signature), TransactionError> {
    let mut transaction = TxLegacy {
        chain_id: None,
        nonce: nonce(fields)?,
        gas_price: fields.u128(Field::GasPrice)?,
        gas_limit: fields.u64(Field::GasLimit)?,
        to: fields.to()?,
        value: fields.u256(Field::Value)?,
        input: input(fields, raw)?,
    };
    let v = V::read(fields)?;
    transaction.chain_id = v.chain_id;
    let signature = signature(v.parity, fields)?;
    let gas = Gas {
        amount: transaction.gas_limit,
        price: transaction.gas_price,
    };
    check_cost(&[gas], transaction.value)?;
    Ok((transaction, signature))
}

/// What `v` says: 27 + parity without a chain, 35 + 2 * chain id + parity with one.
pub(super) struct V {
    pub(super) chain_id: Option<u64>,
    pub(super) parity: Parity,
}

impl V {
    pub(super) fn read(fields: &mut Reader<'_>) -> Result<Self, TransactionError> {
        let v = fields.u64(Field::V)?;
        match v {
            27 => Ok(Self {
                chain_id: None,
                parity: Parity::Even,
            }),
            28 => Ok(Self {
                chain_id: None,
                parity: Parity::Odd,
            }),
            _ => Self::protected(v),
        }
    }

    fn protected(v: u64) -> Result<Self, TransactionError> {
        let twice = v.checked_sub(35).ok_or(TransactionError::LegacyV(v))?;
        let parity = if twice % 2 == 0 { Parity::Even } else { Parity::Odd };
        match twice / 2 {
            0 => Err(TransactionError::ZeroChainId),
            chain_id => Ok(Self {
                chain_id: Some(chain_id),
                parity,
            }),
        }
    }
}
