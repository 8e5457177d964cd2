//! Raw signed transactions of types 0 to 4: exact decoding, or refusal. What decodes has exactly one spelling: the
//! whole input is consumed, every number and length is in its shortest form, the signature is in range and low-s,
//! and encoding the fields again (by alloy, independently of the reader here) gives the same bytes.
//!
//! Leaves to others: whether the chain id is ours (`understand`, which knows the context), what may be sent (policy),
//! and what only a node can know: nonce, balance, intrinsic gas, init code size, KZG proofs.
//!
//! EIP-2718: <https://eips.ethereum.org/EIPS/eip-2718>

mod eip1559;
mod eip2930;
mod eip4844;
mod eip7702;
mod error;
mod fields;
mod legacy;
mod raw;
mod reader;
mod sidecar;
mod signature;

use std::fmt;

use alloy_consensus::TxEip4844;
use alloy_primitives::{Bytes, hex};

pub use self::eip7702::{Authorization, MAX_AUTHORIZATIONS};
pub use self::error::{AuthorizationFault, Field, TransactionError};
pub use self::raw::RawTransaction;
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
    let digits = text.strip_prefix("0x").ok_or(TransactionError::MissingPrefix)?;
    let is_blob = digits.as_bytes().starts_with(b"03");
    check_size(digits.len() / 2, if is_blob { Some(eip4844::TYPE) } else { None })?;
    if digits.len() % 2 != 0 {
        return Err(TransactionError::OddDigits { digits: digits.len() });
    }
    // `decode` would strip a second `0x`.
    if !hex::check_raw(digits) {
        return Err(not_hex(digits));
    }
    let bytes = hex::decode(digits).map_err(|_| not_hex(digits))?;
    decode_bytes(Bytes::from(bytes))
}

/// Decodes a transaction in the form `eth_sendRawTransaction` takes.
///
/// # Errors
/// The bytes are too many (checked before any work), or no canonical transaction of types 0 to 4.
pub fn decode(raw: &[u8]) -> Result<RawTransaction, TransactionError> {
    check_size(raw.len(), raw.first().copied())?;
    decode_bytes(Bytes::copy_from_slice(raw))
}

fn check_size(bytes: usize, first: Option<u8>) -> Result<(), TransactionError> {
    let limit = if first == Some(eip4844::TYPE) {
        MAX_BLOB_TRANSACTION_BYTES
    } else {
        MAX_TRANSACTION_BYTES
    };
    if bytes > limit {
        Err(TransactionError::TooLarge { bytes, limit })
    } else {
        Ok(())
    }
}

/// Where the first character stands that is no hex digit.
fn not_hex(digits: &str) -> TransactionError {
    let place = digits
        .bytes()
        .position(|byte| !byte.is_ascii_hexdigit())
        .unwrap_or(digits.len());
    TransactionError::NotAHexDigit {
        offset: "0x".len() + place,
    }
}

/// By the first byte (EIP-2718): a type, the head of a legacy list, or nothing we know.
fn decode_bytes(bytes: Bytes) -> Result<RawTransaction, TransactionError> {
    match bytes.first().copied().ok_or(TransactionError::Empty)? {
        eip2930::TYPE => decode_simple(bytes, 1, |fields, raw| {
            eip2930::read(fields, raw).map(|(fields, signature)| (Body::Eip2930(fields), signature))
        }),
        eip1559::TYPE => decode_simple(bytes, 1, |fields, raw| {
            eip1559::read(fields, raw).map(|(fields, signature)| (Body::Eip1559(fields), signature))
        }),
        eip4844::TYPE => decode_blob(bytes),
        eip7702::TYPE => decode_delegating(bytes),
        alloy_rlp::EMPTY_LIST_CODE..=u8::MAX => decode_simple(bytes, 0, |fields, raw| {
            legacy::read(fields, raw).map(|(fields, signature)| (Body::Legacy(fields), signature))
        }),
        first @ alloy_rlp::EMPTY_STRING_CODE.. => Err(TransactionError::Wrapped(first)),
        first => Err(TransactionError::UnknownType(first)),
    }
}

/// Types 0 to 2: one list of fields from byte `start` to the end.
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
    check_size(with_type_byte, None)?;
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
        let (_, shorter) = encoded.split_last().unwrap();
        assert_eq!(
            check_reproduced(shorter, &body, &signature),
            Err(TransactionError::NotReproduced)
        );
    }

    #[test]
    fn limits_are_checked_at_the_limit_and_above() {
        assert_eq!(check_size(MAX_TRANSACTION_BYTES, None), Ok(()));
        assert!(check_size(MAX_TRANSACTION_BYTES + 1, None).is_err());
        assert_eq!(check_size(MAX_BLOB_TRANSACTION_BYTES, Some(eip4844::TYPE)), Ok(()));
        assert!(check_size(MAX_BLOB_TRANSACTION_BYTES + 1, Some(eip4844::TYPE)).is_err());
        assert!(check_size(MAX_TRANSACTION_BYTES + 1, Some(eip1559::TYPE)).is_err());
    }
}
