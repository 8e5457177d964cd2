//! Raw signed transactions of types 0 to 4: exact decoding, or refusal. What decodes has exactly one spelling: the
//! whole input is consumed, every number and length is in its shortest form, the signature is in range and low-s,
//! and encoding the fields again (by alloy, independently of the reader here) gives the same bytes.
//!
//! Three forms that look alike and are not have entries of their own: private transactions of GoQuorum (`quorum`),
//! restricted transactions of the EEA (`restricted`), and whole blocks (`block`).
//!
//! Leaves to others: whether the chain id is ours (`understand`, which knows the context), what may be sent (policy),
//! and what only a node can know: nonce, balance, intrinsic gas, init code size, KZG proofs.
//!
//! EIP-2718: <https://eips.ethereum.org/EIPS/eip-2718>

mod block;
mod eip1559;
mod eip2930;
mod eip4844;
mod eip7702;
mod error;
mod field;
mod fields;
mod header;
mod legacy;
mod quorum;
mod raw;
mod reader;
mod restricted;
mod sidecar;
mod signature;
mod text;

use std::fmt;

use alloy_consensus::TxEip4844;
use alloy_primitives::Bytes;

pub use self::block::{BlockError, MAX_BLOCK_BYTES, MAX_BLOCK_TRANSACTIONS, RawBlock, decode_block, decode_block_hex};
pub use self::eip7702::{Authorization, MAX_AUTHORIZATIONS};
pub use self::error::{AuthorizationFault, TransactionError};
pub use self::field::Field;
pub use self::quorum::{PAYLOAD_HASH_BYTES, decode_quorum_private, decode_quorum_private_hex};
pub use self::raw::RawTransaction;
pub use self::restricted::{RestrictedTransaction, decode_restricted, decode_restricted_hex};
pub use self::sidecar::Version as SidecarVersion;
pub use self::signature::{Parity, RecoverError, Signature, SignatureFault};

use self::raw::Body;
use self::reader::Reader;
use self::sidecar::Sidecar;

/// The most bytes of a transaction without its sidecar: what nodes keep in their pools (geth and reth: 128 KiB).
pub const MAX_TRANSACTION_BYTES: usize = 128 * 1024;

/// The most bytes of a blob transaction in network form: the transaction and the longest sidecar of any fork.
pub const MAX_BLOB_TRANSACTION_BYTES: usize = MAX_TRANSACTION_BYTES + sidecar::MAX_SIDECAR_BYTES;

/// The kinds of transactions we understand, by their EIP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TransactionType {
    /// Type 0, with EIP-155 or without.
    Legacy,
    /// Type 1: access list.
    Eip2930,
    /// Type 2: fee cap and tip.
    Eip1559,
    /// Type 3: blobs.
    Eip4844,
    /// Type 4: delegation of accounts to code.
    Eip7702,
}

/// Decodes the hex text of a transaction: `0x`, then an even number of digits of either case.
///
/// # Errors
/// The text is not hex, is too long (checked before any work), or the bytes are no canonical transaction.
pub fn decode_hex(text: &str) -> Result<RawTransaction, TransactionError> {
    let digits = text::digits(text)?;
    let first = digits.as_bytes().starts_with(b"03").then_some(eip4844::TYPE);
    decode_bytes(text::bytes(digits, limit_of(first))?, BlobForm::Network)
}

/// Decodes a transaction in the form `eth_sendRawTransaction` takes.
///
/// # Errors
/// The bytes are too many (checked before any work), or no canonical transaction of types 0 to 4.
pub fn decode(raw: &[u8]) -> Result<RawTransaction, TransactionError> {
    let bytes = text::copied(raw, limit_of(raw.first().copied()))?;
    decode_bytes(bytes, BlobForm::Network)
}

/// The most bytes of a transaction with this first byte.
fn limit_of(first: Option<u8>) -> usize {
    if first == Some(eip4844::TYPE) {
        MAX_BLOB_TRANSACTION_BYTES
    } else {
        MAX_TRANSACTION_BYTES
    }
}

/// Where blob transactions have their sidecar.
#[derive(Clone, Copy)]
enum BlobForm {
    /// Around them: as they are submitted.
    Network,
    /// Elsewhere: as they stand in blocks.
    Block,
}

/// By the first byte (EIP-2718): a type, the head of a legacy list, or nothing we know.
fn decode_bytes(bytes: Bytes, blobs: BlobForm) -> Result<RawTransaction, TransactionError> {
    match bytes.first().copied().ok_or(TransactionError::Empty)? {
        eip2930::TYPE => decode_simple(bytes, 1, |fields, raw| {
            eip2930::read(fields, raw).map(|(fields, signature)| (Body::Eip2930(fields), signature))
        }),
        eip1559::TYPE => decode_simple(bytes, 1, |fields, raw| {
            eip1559::read(fields, raw).map(|(fields, signature)| (Body::Eip1559(fields), signature))
        }),
        eip4844::TYPE => match blobs {
            BlobForm::Network => decode_blob(bytes),
            BlobForm::Block => decode_simple(bytes, 1, |fields, raw| {
                eip4844::read(fields, raw).map(|(fields, signature)| (Body::Eip4844(fields), signature))
            }),
        },
        eip7702::TYPE => decode_delegating(bytes),
        alloy_rlp::EMPTY_LIST_CODE..=u8::MAX => decode_simple(bytes, 0, |fields, raw| {
            legacy::read(fields, raw).map(|(fields, signature)| (Body::Legacy(fields), signature))
        }),
        first @ alloy_rlp::EMPTY_STRING_CODE.. => Err(TransactionError::Wrapped(first)),
        first => Err(TransactionError::UnknownType(first)),
    }
}

/// Types 0 to 2, and 3 without its sidecar: one list of fields from byte `start` to the end.
fn decode_simple(
    bytes: Bytes,
    start: usize,
    read: impl FnOnce(&mut Reader<'_>, &Bytes) -> Result<(Body, Signature), TransactionError>,
) -> Result<RawTransaction, TransactionError> {
    let (body, signature) = read_list(&bytes, start, |fields| read(fields, &bytes))?;
    check_reproduced(&bytes, &body, &signature)?;
    Ok(RawTransaction::new(bytes, body, signature))
}

/// Type 4.
fn decode_delegating(bytes: Bytes) -> Result<RawTransaction, TransactionError> {
    let eip7702::Eip7702 {
        transaction,
        authorizations,
        signature,
    } = read_list(&bytes, 1, |fields| eip7702::read(fields, &bytes))?;
    let body = Body::Eip7702(transaction);
    check_reproduced(&bytes, &body, &signature)?;
    Ok(RawTransaction::new(bytes, body, signature).with_authorizations(authorizations))
}

/// Type 3: a wrapper list of the transaction and its sidecar.
fn decode_blob(bytes: Bytes) -> Result<RawTransaction, TransactionError> {
    let (body, signature, sidecar) = read_list(&bytes, 1, |wrapper| {
        let (transaction, signature) = read_wrapped(wrapper, &bytes)?;
        let sidecar = Sidecar::read(wrapper)?;
        sidecar.check(&transaction.blob_versioned_hashes)?;
        Ok((Body::Eip4844(transaction), signature, sidecar))
    })?;
    let encoded = body.encode(&signature);
    let reproduced = match (bytes.split_first(), encoded.split_first()) {
        (Some((_, wrapper)), Some((_, transaction))) => sidecar.reproduces(wrapper, transaction),
        _ => false,
    };
    if !reproduced {
        return Err(TransactionError::NotReproduced);
    }
    let version = sidecar.version();
    Ok(RawTransaction::new(bytes, body, signature).with_sidecar(version))
}

/// The transaction at the start of the wrapper. Where its first field stands instead, this is the block form.
fn read_wrapped(wrapper: &mut Reader<'_>, bytes: &Bytes) -> Result<(TxEip4844, Signature), TransactionError> {
    if !wrapper.is_empty() && !wrapper.list_is_next() {
        return Err(TransactionError::MissingSidecar);
    }
    let start = wrapper.offset();
    let mut fields = wrapper.list(Field::Transaction)?;
    let with_type_byte = 1 + (wrapper.offset() - start);
    text::check_size(with_type_byte, MAX_TRANSACTION_BYTES)?;
    let transaction = eip4844::read(&mut fields, bytes)?;
    fields.end()?;
    Ok(transaction)
}

/// Reads the one list that fills `bytes` from `start` to the end, to its last field.
fn read_list<'a, T>(
    bytes: &'a [u8],
    start: usize,
    read: impl FnOnce(&mut Reader<'a>) -> Result<T, TransactionError>,
) -> Result<T, TransactionError> {
    let mut input = Reader::new(bytes.get(start..).unwrap_or_default(), start);
    let mut fields = input.list(Field::Transaction)?;
    let value = read(&mut fields)?;
    fields.end()?;
    if input.is_empty() {
        Ok(value)
    } else {
        Err(TransactionError::TrailingBytes { offset: input.offset() })
    }
}

fn check_reproduced(bytes: &[u8], body: &Body, signature: &Signature) -> Result<(), TransactionError> {
    if body.encode(signature) == bytes {
        Ok(())
    } else {
        Err(TransactionError::NotReproduced)
    }
}

impl TransactionType {
    /// The name as written in documents: `legacy`, `EIP-1559`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Legacy => "legacy",
            Self::Eip2930 => "EIP-2930",
            Self::Eip1559 => "EIP-1559",
            Self::Eip4844 => "EIP-4844",
            Self::Eip7702 => "EIP-7702",
        }
    }
}

impl fmt::Display for TransactionType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::U256;

    use super::*;

    #[test]
    fn bytes_that_the_fields_do_not_encode_to_are_not_reproduced() {
        let signature = Signature::new(Parity::Even, U256::ONE, U256::ONE).unwrap();
        let body = Body::Eip4844(TxEip4844::default());
        let encoded = body.encode(&signature);
        assert_eq!(check_reproduced(&encoded, &body, &signature), Ok(()));
        let (last, shorter) = encoded.split_last().unwrap();
        let otherwise = [shorter, &[last ^ 1]].concat();
        for bytes in [shorter, &otherwise] {
            assert_eq!(
                check_reproduced(bytes, &body, &signature),
                Err(TransactionError::NotReproduced)
            );
        }
    }

    #[test]
    fn limits_are_checked_at_the_limit_and_above() {
        for (first, limit) in [
            (None, MAX_TRANSACTION_BYTES),
            (Some(eip1559::TYPE), MAX_TRANSACTION_BYTES),
            (Some(eip4844::TYPE), MAX_BLOB_TRANSACTION_BYTES),
        ] {
            assert_eq!(text::check_size(limit, limit_of(first)), Ok(()));
            assert!(text::check_size(limit + 1, limit_of(first)).is_err());
        }
    }
}
