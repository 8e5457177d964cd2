//! Scalars: hex text, quantities, addresses, hashes, booleans.
//!
//! In: `0x` in lower case, digits of either case, quantities without leading zeros (execution-apis, base types). Out:
//! lower case. Everything that one client pads, another truncates and a third reads as decimal is refused.

use alloy_primitives::{Address, B256, U256, hex};
use callgate_rpc::{Value, Writer};

use crate::misunderstood::{Misunderstood, Reason};
use crate::spot::Spot;

/// Bytes as hex digits, borrowed from the body: an even number of them, without `0x`.
#[derive(Clone, Copy)]
pub(crate) struct HexText<'t>(&'t str);

impl<'t> HexText<'t> {
    /// Hex of any number of bytes.
    pub(crate) fn read(value: Value<'t>, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        let digits = digits(value, spot, Reason::NotHex, "`0x` and an even number of hex digits")?;
        if !digits.len().is_multiple_of(2) {
            return Err(spot.refuse(
                Reason::NotHex,
                value,
                format_args!("has an odd number of hex digits: {}", digits.len()),
            ));
        }
        Ok(Self(digits))
    }

    /// How many bytes they spell.
    pub(crate) fn len(self) -> usize {
        self.0.len() / 2
    }

    /// The first `N` bytes, when there are as many.
    pub(crate) fn first<const N: usize>(self) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        hex::decode_to_slice(self.0.get(..2 * N)?, &mut bytes).ok()?;
        Some(bytes)
    }

    /// The bytes.
    pub(crate) fn bytes(self) -> Vec<u8> {
        hex::decode(self.0).unwrap_or_default()
    }

    pub(crate) fn is_same(self, other: Self) -> bool {
        self.0.eq_ignore_ascii_case(other.0)
    }

    pub(crate) fn write(self, out: &mut Writer<'_>) {
        out.hex_text(self.0);
    }
}

/// What stands behind `0x`, when all of it is hex.
fn digits<'t>(value: Value<'t>, spot: &Spot<'_>, reason: Reason, expected: &str) -> Result<&'t str, Misunderstood> {
    let text = value
        .as_str()
        .ok_or_else(|| spot.wrong_type(value, "a string of hex"))?;
    let digits = text.strip_prefix("0x").ok_or_else(|| {
        spot.refuse(
            reason,
            value,
            format_args!("does not start with `0x`: {expected} expected"),
        )
    })?;
    if hex::check_raw(digits) {
        return Ok(digits);
    }
    let place = digits
        .bytes()
        .position(|byte| !byte.is_ascii_hexdigit())
        .unwrap_or_default();
    Err(spot.refuse(
        reason,
        value,
        format_args!("has something other than a hex digit at position {}", place + 2),
    ))
}

fn fixed<const N: usize>(
    value: Value<'_>,
    spot: &Spot<'_>,
    reason: Reason,
    what: &str,
) -> Result<[u8; N], Misunderstood> {
    let digits = digits(value, spot, reason, what)?;
    let mut bytes = [0; N];
    if digits.len() == 2 * N && hex::decode_to_slice(digits, &mut bytes).is_ok() {
        return Ok(bytes);
    }
    Err(spot.refuse(
        reason,
        value,
        format_args!("is not {what}: {} hex digits expected, not {}", 2 * N, digits.len()),
    ))
}

/// 20 bytes, in any letter case: EIP-55 checksums are for people.
pub(crate) fn address(value: Value<'_>, spot: &Spot<'_>) -> Result<Address, Misunderstood> {
    fixed(value, spot, Reason::NotAnAddress, "an address").map(Address::new)
}

/// 32 bytes.
pub(crate) fn hash(value: Value<'_>, spot: &Spot<'_>) -> Result<B256, Misunderstood> {
    fixed(value, spot, Reason::NotAHash, "32 bytes").map(B256::new)
}

/// The address a member's name spells, as in state overrides. None when it is not exactly one.
pub(crate) fn address_name(name: &str) -> Option<Address> {
    fixed_name(name).map(Address::new)
}

/// The 32 bytes a member's name spells.
pub(crate) fn hash_name(name: &str) -> Option<B256> {
    fixed_name(name).map(B256::new)
}

fn fixed_name<const N: usize>(name: &str) -> Option<[u8; N]> {
    let digits = name.strip_prefix("0x")?;
    let mut bytes = [0; N];
    let exact = digits.len() == 2 * N && hex::check_raw(digits) && hex::decode_to_slice(digits, &mut bytes).is_ok();
    exact.then_some(bytes)
}

/// A canonical quantity of up to 256 bits.
pub(crate) fn quantity(value: Value<'_>, spot: &Spot<'_>) -> Result<U256, Misunderstood> {
    const EXPECTED: &str = "a quantity (`0x` and hex digits without leading zeros)";
    if value.as_number().is_some() {
        return Err(spot.refuse(
            Reason::NotAQuantity,
            value,
            format_args!("is a plain number: {EXPECTED} expected"),
        ));
    }
    let digits = digits(value, spot, Reason::NotAQuantity, EXPECTED)?;
    match digits.as_bytes() {
        [] => Err(spot.refuse(Reason::NotAQuantity, value, "has no digits: zero is `0x0`")),
        [b'0', _, ..] => Err(spot.refuse(
            Reason::NotAQuantity,
            value,
            format_args!("has leading zeros: {EXPECTED} expected"),
        )),
        bytes if bytes.len() > 2 * size_of::<U256>() => {
            Err(spot.refuse(Reason::OutOfRange, value, "has more than 256 bits"))
        }
        _ => U256::from_str_radix(digits, 16)
            .map_err(|_| spot.refuse(Reason::NotAQuantity, value, format_args!("is not {EXPECTED}"))),
    }
}

/// A canonical quantity of up to 64 bits.
pub(crate) fn quantity_u64(value: Value<'_>, spot: &Spot<'_>) -> Result<u64, Misunderstood> {
    quantity(value, spot)?
        .try_into()
        .map_err(|_| spot.refuse(Reason::OutOfRange, value, "has more than 64 bits"))
}

/// A canonical quantity of up to 128 bits.
pub(crate) fn quantity_u128(value: Value<'_>, spot: &Spot<'_>) -> Result<u128, Misunderstood> {
    quantity(value, spot)?
        .try_into()
        .map_err(|_| spot.refuse(Reason::OutOfRange, value, "has more than 128 bits"))
}

/// A number of one byte: a quantity, or two digits as execution-apis also spells it (`0x02`).
pub(crate) fn byte(value: Value<'_>, spot: &Spot<'_>) -> Result<u64, Misunderstood> {
    match value.as_str().map(str::as_bytes) {
        Some([b'0', b'x', b'0', digit]) if digit.is_ascii_hexdigit() => {
            Ok(u64::from(char::from(*digit).to_digit(16).unwrap_or_default()))
        }
        _ => quantity_u64(value, spot),
    }
}

/// A real JSON boolean: neither `"true"` nor 1.
pub(crate) fn boolean(value: Value<'_>, spot: &Spot<'_>) -> Result<bool, Misunderstood> {
    value
        .as_bool()
        .ok_or_else(|| spot.wrong_type(value, "`true` or `false`"))
}

/// Text.
pub(crate) fn string<'t>(value: Value<'t>, spot: &Spot<'_>) -> Result<&'t str, Misunderstood> {
    value.as_str().ok_or_else(|| spot.wrong_type(value, "a string"))
}

pub(crate) fn write_quantity(out: &mut Writer<'_>, value: U256) {
    out.quantity_be(&value.to_be_bytes::<32>());
}

pub(crate) fn write_quantity_u128(out: &mut Writer<'_>, value: u128) {
    out.quantity_be(&value.to_be_bytes());
}
