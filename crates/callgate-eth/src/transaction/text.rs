//! Hex text of signed bytes: `0x` in lower case, then an even number of digits of either case. Its length is checked
//! before anything is decoded (C-29).

use alloy_primitives::{Bytes, hex};

use super::error::TransactionError;

const PREFIX: &str = "0x";

/// What stands behind `0x`.
pub(super) fn digits(text: &str) -> Result<&str, TransactionError> {
    text.strip_prefix(PREFIX).ok_or(TransactionError::MissingPrefix)
}

/// The bytes that `digits` spell, when they are no more than `limit`.
pub(super) fn bytes(digits: &str, limit: usize) -> Result<Bytes, TransactionError> {
    check_size(digits.len() / 2, limit)?;
    if !digits.len().is_multiple_of(2) {
        return Err(TransactionError::OddDigits { digits: digits.len() });
    }
    // `decode` would strip a second `0x`.
    if !hex::check_raw(digits) {
        return Err(not_hex(digits));
    }
    let bytes = hex::decode(digits).map_err(|_| not_hex(digits))?;
    Ok(Bytes::from(bytes))
}

/// The bytes of a raw value, when they are no more than `limit`.
pub(super) fn copied(raw: &[u8], limit: usize) -> Result<Bytes, TransactionError> {
    check_size(raw.len(), limit)?;
    Ok(Bytes::copy_from_slice(raw))
}

pub(super) fn check_size(bytes: usize, limit: usize) -> Result<(), TransactionError> {
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
        offset: PREFIX.len() + place,
    }
}
