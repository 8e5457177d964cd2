//! Owns the reading of amounts: exact 256-bit integers written plain (`21000`), in hex (`0x5208`),
//! with an exponent (`1000e6`) or with a unit (`1.5 ether`, `30 gwei`). Underscores may group digits.

use alloy_primitives::U256;

/// The longest amount: 78 digits, a unit and spaces leave room.
const MAX_AMOUNT_BYTES: usize = 128;

/// The largest power of ten that can matter: 10^77 < 2^256 < 10^78.
const MAX_POWER: usize = 77;

/// What an amount counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Wei: units of ether may be written.
    Wei,
    /// A plain count such as gas: no unit.
    Count,
}

/// Why a text is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AmountError {
    /// Neither digits, hex nor digits with a unit.
    #[error("not an amount: write it plain, in hex, or with a unit, as in `1.5 ether`")]
    Form,
    /// A unit nobody knows.
    #[error("unknown unit: wei, kwei, mwei, gwei, szabo, finney and ether are known")]
    Unit,
    /// A unit where none belongs.
    #[error("this is a count: it has no unit")]
    UnitOnCount,
    /// Less than one wei.
    #[error("finer than one wei")]
    TooFine,
    /// More than 256 bits.
    #[error("larger than 256 bits")]
    TooLarge,
}

/// Reads an amount.
///
/// # Errors
/// Says why the text is none.
pub(crate) fn read_amount(text: &str, unit: Unit) -> Result<U256, AmountError> {
    let text = text.trim();
    if text.is_empty() || text.len() > MAX_AMOUNT_BYTES {
        return Err(AmountError::Form);
    }
    if let Some(hex) = text.strip_prefix("0x") {
        return read_hex(hex);
    }
    let text = ungrouped(text)?;
    let is_plain = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E');
    let (number, unit_power) = if text.bytes().all(is_plain) {
        (text.as_str(), 0)
    } else {
        split_unit(&text, unit)?
    };
    read_decimal(number.trim_end(), unit_power)
}

/// The text without underscores, each of which must stand between two digits.
fn ungrouped(text: &str) -> Result<String, AmountError> {
    let parts: Vec<&str> = text.split('_').collect();
    let is_grouped = parts.iter().zip(parts.iter().skip(1)).all(|(left, right)| {
        left.ends_with(|c: char| c.is_ascii_digit()) && right.starts_with(|c: char| c.is_ascii_digit())
    });
    if is_grouped {
        Ok(parts.concat())
    } else {
        Err(AmountError::Form)
    }
}

fn read_hex(digits: &str) -> Result<U256, AmountError> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(AmountError::Form);
    }
    U256::from_str_radix(digits, 16).map_err(|_| AmountError::TooLarge)
}

/// Splits `1.5 ether` into the number and the power of ten of its unit.
fn split_unit(text: &str, unit: Unit) -> Result<(&str, usize), AmountError> {
    let word_length = text.chars().rev().take_while(char::is_ascii_alphabetic).count();
    let Some((number, word)) = text.split_at_checked(text.len().saturating_sub(word_length)) else {
        return Err(AmountError::Form);
    };
    if word.is_empty() {
        return Err(AmountError::Form);
    }
    if unit == Unit::Count {
        return Err(AmountError::UnitOnCount);
    }
    let power = match word.to_ascii_lowercase().as_str() {
        "wei" => 0,
        "kwei" => 3,
        "mwei" => 6,
        "gwei" => 9,
        "szabo" => 12,
        "finney" => 15,
        "ether" | "eth" => 18,
        _ => return Err(AmountError::Unit),
    };
    Ok((number, power))
}

/// Reads `12`, `1.5` or `1000e6`, times ten to the `power`, exactly.
fn read_decimal(text: &str, power: usize) -> Result<U256, AmountError> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        None => (text, 0),
        Some((mantissa, exponent)) => (mantissa, read_exponent(exponent)?),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let has_empty_fraction = mantissa.ends_with('.');
    if whole.is_empty() || has_empty_fraction || !all_digits(whole) || !all_digits(fraction) {
        return Err(AmountError::Form);
    }
    let fraction = fraction.trim_end_matches('0');
    let shift = power.saturating_add(exponent);
    let zeros = shift.checked_sub(fraction.len()).ok_or(AmountError::TooFine)?;
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return Ok(U256::ZERO);
    }
    if zeros > MAX_POWER {
        return Err(AmountError::TooLarge);
    }
    let scale = U256::from(10)
        .checked_pow(U256::from(zeros))
        .ok_or(AmountError::TooLarge)?;
    let value = U256::from_str_radix(digits, 10).map_err(|_| AmountError::TooLarge)?;
    value.checked_mul(scale).ok_or(AmountError::TooLarge)
}

fn read_exponent(text: &str) -> Result<usize, AmountError> {
    if text.is_empty() || text.len() > 3 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(AmountError::Form);
    }
    text.parse().map_err(|_| AmountError::Form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        let ether = U256::from(10).pow(U256::from(18));
        for (text, expected) in [
            ("0", U256::ZERO),
            ("21000", U256::from(21_000)),
            ("0x5208", U256::from(21_000)),
            ("0xFf", U256::from(255)),
            ("1 ether", ether),
            ("1eth", ether),
            ("1.5 ether", ether + ether / U256::from(2)),
            ("1.50 Ether", ether + ether / U256::from(2)),
            ("30 gwei", U256::from(30_000_000_000_u64)),
            ("30gwei", U256::from(30_000_000_000_u64)),
            ("0.000000000000000001 ether", U256::from(1)),
            ("1000e6", U256::from(1_000_000_000_u64)),
            ("1.5e1", U256::from(15)),
            ("2 wei", U256::from(2)),
            ("20_000", U256::from(20_000)),
            ("1_000_000 gwei", U256::from(1_000_000_000_000_000_u64)),
            ("007", U256::from(7)),
            (
                "115792089237316195423570985008687907853269984665640564039457584007913129639935",
                U256::MAX,
            ),
        ] {
            assert_eq!(read_amount(text, Unit::Wei), Ok(expected), "{text}");
        }
        let max_hex = format!("0x{}", "f".repeat(64));
        assert_eq!(read_amount(&max_hex, Unit::Count), Ok(U256::MAX));
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        use AmountError::{Form, TooFine, TooLarge, Unit as UnknownUnit};
        for (text, expected) in [
            ("", Form),
            ("-1", Form),
            ("+1", Form),
            ("_1", Form),
            ("1_", Form),
            ("1__0", Form),
            ("1_ ether", Form),
            ("1_.0 ether", Form),
            ("0x_1", Form),
            ("0x1_0", Form),
            (".5 ether", Form),
            ("1. ether", Form),
            ("0x", Form),
            ("0xg", Form),
            ("1 2", Form),
            ("e6", Form),
            ("1e", Form),
            ("1e-1", Form),
            ("1e9999", Form),
            ("ether", Form),
            ("१२", Form),
            ("1 dollar", UnknownUnit),
            ("1.5", TooFine),
            ("0.0000000000000000001 ether", TooFine),
            ("1e78", TooLarge),
            (
                "115792089237316195423570985008687907853269984665640564039457584007913129639936",
                TooLarge,
            ),
            (
                "115792089237316195423570985008687907853269984665640564039457584007913129639935 ether",
                TooLarge,
            ),
        ] {
            assert_eq!(read_amount(text, super::Unit::Wei), Err(expected), "{text}");
        }
        assert_eq!(
            read_amount(&format!("0x1{}", "0".repeat(64)), super::Unit::Wei),
            Err(TooLarge)
        );
        assert_eq!(read_amount("1 gwei", super::Unit::Count), Err(AmountError::UnitOnCount));
        assert_eq!(
            read_amount(&"0".repeat(MAX_AMOUNT_BYTES), super::Unit::Wei),
            Ok(U256::ZERO)
        );
        assert_eq!(
            read_amount(&"0".repeat(MAX_AMOUNT_BYTES + 1), super::Unit::Wei),
            Err(Form)
        );
    }
}
