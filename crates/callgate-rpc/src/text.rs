//! The words of JSON (RFC 8259) in bytes: white space, the plain part of strings, escapes, numbers.
//!
//! Shared by the reader of requests and the scanner of answers, so that both mean the same by "a string". Functions take
//! the whole text and a position, and return positions; none of them allocates.

use crate::error::ParseErrorKind;

/// The first position at or after `at` that is not one of the four white-space bytes.
pub(crate) fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
        at += 1;
    }
    at
}

/// The first position at or after `at` of a quote, a backslash or a control character, or the end of the text.
///
/// In strides of 16 bytes up to the first that has one; there in words of eight.
#[inline]
pub(crate) fn plain_end(bytes: &[u8], at: usize) -> usize {
    let mut rest = bytes.get(at..).unwrap_or_default();
    let mut strides = 0;
    while let Some((chunk, after)) = rest.split_first_chunk::<16>() {
        if has_special(chunk) {
            break;
        }
        rest = after;
        strides += 1;
        if strides == SHORT_STRIDES {
            rest = after_plain_lines(rest);
        }
    }
    while let Some((chunk, after)) = rest.split_first_chunk::<8>() {
        let special = special_bits(u64::from_le_bytes(*chunk));
        if special != 0 {
            return bytes.len() - rest.len() + (special.trailing_zeros() / 8) as usize;
        }
        rest = after;
    }
    bytes.len() - rest.len() + rest.iter().position(|&byte| is_special(byte)).unwrap_or(rest.len())
}

/// After 96 bytes a string is taken for a long one: addresses and hashes have ended before.
const SHORT_STRIDES: usize = 6;

/// What is left from the first 64 bytes on that are not all plain.
#[inline(never)]
fn after_plain_lines(mut rest: &[u8]) -> &[u8] {
    while let Some((chunk, after)) = rest.split_first_chunk::<64>() {
        if has_special(chunk) {
            break;
        }
        rest = after;
    }
    rest
}

fn is_special(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// Written without an early exit, so that it becomes a few vector instructions.
fn has_special<const N: usize>(chunk: &[u8; N]) -> bool {
    chunk.iter().fold(0, |found, &byte| found | u8::from(is_special(byte))) != 0
}

/// The top bit of each byte that is special; bits above the lowest one set may be wrong (borrows carry upwards).
fn special_bits(word: u64) -> u64 {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let below = |word: u64, bound: u8| word.wrapping_sub(LOW * u64::from(bound)) & !word;
    let equal = |byte: u8| below(word ^ (LOW * u64::from(byte)), 1);
    (below(word, 0x20) | equal(b'"') | equal(b'\\')) & HIGH
}

/// One escape sequence.
pub(crate) struct Escape {
    /// What it stands for.
    pub(crate) means: char,
    /// The position after it.
    pub(crate) end: usize,
}

/// Reads the escape whose backslash stands at `at`; a pair of surrogates is one escape. On failure says what is wrong
/// and where.
pub(crate) fn escape(bytes: &[u8], at: usize) -> Result<Escape, (ParseErrorKind, usize)> {
    let letter = bytes.get(at + 1).ok_or((ParseErrorKind::UnexpectedEnd, at + 1))?;
    let means = match letter {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode_escape(bytes, at),
        _ => return Err((ParseErrorKind::BadEscape, at)),
    };
    Ok(Escape { means, end: at + 2 })
}

fn unicode_escape(bytes: &[u8], at: usize) -> Result<Escape, (ParseErrorKind, usize)> {
    let lone = (ParseErrorKind::LoneSurrogate, at);
    let unit = hex4(bytes, at + 2).ok_or((ParseErrorKind::BadEscape, at))?;
    if let Some(means) = char::from_u32(u32::from(unit)) {
        return Ok(Escape { means, end: at + 6 });
    }
    if bytes.get(at + 6) != Some(&b'\\') || bytes.get(at + 7) != Some(&b'u') {
        return Err(lone);
    }
    let second = hex4(bytes, at + 8).ok_or((ParseErrorKind::BadEscape, at + 6))?;
    match char::decode_utf16([unit, second]).next() {
        Some(Ok(means)) => Ok(Escape { means, end: at + 12 }),
        _ => Err(lone),
    }
}

/// The end of the escape whose backslash stands at `at`, by grammar alone: surrogates need no partner.
pub(crate) fn escape_end(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at + 1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(at + 2),
        b'u' => hex4(bytes, at + 2).map(|_| at + 6),
        _ => None,
    }
}

fn hex4(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..)?.first_chunk::<4>()?;
    let mut unit = 0u16;
    for &digit in digits {
        let value = char::from(digit).to_digit(16)?;
        unit = (unit << 4) | u16::try_from(value).ok()?;
    }
    Some(unit)
}

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NumberShape {
    /// An optional minus sign and digits.
    Integer,
    /// With a fraction, an exponent, or both.
    Decimal,
}

/// Reads the number that begins at `at` by JSON's grammar: its shape and the position after it, or the position where a
/// digit is missing.
pub(crate) fn number(bytes: &[u8], at: usize) -> Result<(NumberShape, usize), usize> {
    let mut shape = NumberShape::Integer;
    let mut end = at + usize::from(bytes.get(at) == Some(&b'-'));
    end = match bytes.get(end) {
        Some(b'0') => end + 1,
        _ => digits(bytes, end)?,
    };
    if bytes.get(end) == Some(&b'.') {
        shape = NumberShape::Decimal;
        end = digits(bytes, end + 1)?;
    }
    if let Some(b'e' | b'E') = bytes.get(end) {
        shape = NumberShape::Decimal;
        end += 1;
        end += usize::from(matches!(bytes.get(end), Some(b'+' | b'-')));
        end = digits(bytes, end)?;
    }
    Ok((shape, end))
}

fn digits(bytes: &[u8], at: usize) -> Result<usize, usize> {
    let mut end = at;
    while bytes.get(end).is_some_and(u8::is_ascii_digit) {
        end += 1;
    }
    if end == at { Err(at) } else { Ok(end) }
}

/// Whether 64 bits carry the number: an integer fits `i64` or `u64`, another one is finite and does not vanish as `f64`.
pub(crate) fn number_in_range(text: &str, shape: NumberShape) -> bool {
    match shape {
        // Up to 18 digits fit whatever they are.
        NumberShape::Integer => text.len() <= 18 || text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok(),
        NumberShape::Decimal => match text.parse::<f64>() {
            Ok(0.0) => significand_is_zero(text),
            Ok(value) => value.is_finite(),
            Err(_) => false,
        },
    }
}

fn significand_is_zero(text: &str) -> bool {
    text.bytes()
        .take_while(|byte| !matches!(byte, b'e' | b'E'))
        .all(|byte| !matches!(byte, b'1'..=b'9'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_end_finds_every_special_byte_at_every_place() {
        for length in (0..90).chain(150..180) {
            for place in 0..length {
                for special in (0..0x20).chain([b'"', b'\\']) {
                    let mut bytes = vec![b'a'; length];
                    bytes[place] = special;
                    assert_eq!(plain_end(&bytes, 0), place);
                }
            }
            for plain in [0x20, 0x21, 0x23, 0x5b, 0x5d, 0x7f, 0x80, 0xa2, 0xdc, 0xff] {
                let bytes = vec![plain; length];
                assert_eq!(plain_end(&bytes, 0), length);
                assert_eq!(plain_end(&bytes, length), length);
            }
        }
    }

    #[test]
    fn plain_end_takes_the_first_of_several() {
        for first in 0u8..=255 {
            for second in 0u8..=255 {
                let bytes = [b'a', first, second, b'"', b'a', b'a', b'a', b'a'];
                let expected = bytes.iter().position(|&byte| is_special(byte)).unwrap();
                assert_eq!(plain_end(&bytes, 0), expected);
            }
        }
    }

    #[test]
    fn integers_fit_64_bits() {
        for (text, fits) in [
            ("18446744073709551615", true),
            ("18446744073709551616", false),
            ("-9223372036854775808", true),
            ("-9223372036854775809", false),
            ("-0", true),
        ] {
            assert_eq!(number_in_range(text, NumberShape::Integer), fits, "{text}");
        }
    }

    #[test]
    fn decimals_are_finite_and_do_not_vanish() {
        for (text, fits) in [
            ("1e308", true),
            ("1e309", false),
            ("-1e309", false),
            ("1e-400", false),
            ("0e-400", true),
            ("0.0e999", true),
        ] {
            assert_eq!(number_in_range(text, NumberShape::Decimal), fits, "{text}");
        }
    }
}
