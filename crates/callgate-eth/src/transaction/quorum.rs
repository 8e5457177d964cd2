//! Private transactions of GoQuorum: legacy transactions whose `v` is 37 or 38, signed with the hash of Homestead, which
//! covers no chain id. To every other client such a `v` is that of EIP-155 on chain 1; which reading holds is told by the
//! method, never by the bytes.
//!
//! The calldata stays with the transaction managers. Both `eth_sendRawPrivateTransaction` and
//! `eth_distributePrivateTransaction` take, as `data`, the 64-byte hash under which the payload was stored before. GoQuorum
//! pads shorter data and cuts longer from the left, so one payload would have many spellings: exactly 64 bytes are read
//! here. It submits what is not marked as a public transaction though its payload has been sent to the participants, and
//! its pool refuses a private one that moves ether: neither is read.
//!
//! GoQuorum, private transaction lifecycle: <https://docs.goquorum.consensys.io/concepts/privacy/private-transaction-lifecycle>

use alloy_consensus::TxLegacy;
use alloy_primitives::Bytes;

use super::error::TransactionError;
use super::field::Field;
use super::fields::{Gas, check_cost, no_value, nonce, signature};
use super::raw::{Body, RawTransaction};
use super::reader::Reader;
use super::signature::{Parity, Signature};
use super::{MAX_TRANSACTION_BYTES, check_reproduced, read_list, text};

/// Bytes of the hash by which a transaction manager knows a payload (SHA3-512).
pub const PAYLOAD_HASH_BYTES: usize = 64;

/// Decodes the hex text of a private transaction of GoQuorum.
///
/// # Errors
/// The text is not hex, is too long (checked before any work), or the bytes are no canonical private transaction.
pub fn decode_quorum_private_hex(text: &str) -> Result<RawTransaction, TransactionError> {
    decode_bytes(text::bytes(text::digits(text)?, MAX_TRANSACTION_BYTES)?)
}

/// Decodes a private transaction of GoQuorum.
///
/// # Errors
/// The bytes are too many (checked before any work), or no canonical private transaction.
pub fn decode_quorum_private(raw: &[u8]) -> Result<RawTransaction, TransactionError> {
    decode_bytes(text::copied(raw, MAX_TRANSACTION_BYTES)?)
}

/// The transaction whose encoding has the mark: `v` is 37 plus parity where EIP-155 writes chain 1.
pub(super) fn marked(fields: &TxLegacy) -> TxLegacy {
    TxLegacy {
        chain_id: Some(1),
        ..fields.clone()
    }
}

fn decode_bytes(bytes: Bytes) -> Result<RawTransaction, TransactionError> {
    if bytes.is_empty() {
        return Err(TransactionError::Empty);
    }
    let (fields, signature) = read_list(&bytes, 0, |fields| read(fields, &bytes))?;
    let body = Body::QuorumPrivate(fields);
    check_reproduced(&bytes, &body, &signature)?;
    Ok(RawTransaction::new(bytes, body, signature))
}

/// Reads the nine fields.
fn read(fields: &mut Reader<'_>, raw: &Bytes) -> Result<(TxLegacy, Signature), TransactionError> {
    let transaction = TxLegacy {
        chain_id: None,
        nonce: nonce(fields)?,
        gas_price: fields.u128(Field::GasPrice)?,
        gas_limit: fields.u64(Field::GasLimit)?,
        to: fields.to()?,
        value: no_value(fields)?,
        input: payload_hash(fields, raw)?,
    };
    let parity = match fields.u64(Field::V)? {
        37 => Parity::Even,
        38 => Parity::Odd,
        v => return Err(TransactionError::NotMarkedPrivate(v)),
    };
    let signature = signature(parity, fields)?;
    let gas = Gas {
        amount: transaction.gas_limit,
        price: transaction.gas_price,
    };
    check_cost(&[gas], transaction.value)?;
    Ok((transaction, signature))
}

fn payload_hash(fields: &mut Reader<'_>, raw: &Bytes) -> Result<Bytes, TransactionError> {
    let hash = fields.fixed::<PAYLOAD_HASH_BYTES>(Field::Data)?;
    Ok(raw.slice_ref(hash.as_slice()))
}
