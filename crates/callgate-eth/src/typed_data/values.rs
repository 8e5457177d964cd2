//! Whether a value is of its type: exactly its members, numbers in range, bytes of the right length.

use alloy_primitives::U256;
use callgate_rpc::Value;

use super::kind::{Base, array, base};
use super::types::{Struct, Types};
use crate::form::plain::MAX_INTEGER;
use crate::form::scalar::{self, HexText};
use crate::misunderstood::{Misunderstood, Reason};
use crate::spot::Spot;

/// An object with exactly the members of a struct. As deep as the reader lets documents be.
pub(super) fn check_struct(
    types: &Types<'_>,
    kind: Struct<'_>,
    value: Value<'_>,
    spot: &Spot<'_>,
) -> Result<(), Misunderstood> {
    let object = value.as_object().ok_or_else(|| spot.wrong_type(value, "an object"))?;
    for (name, kind) in kind.members() {
        let member = object
            .get(name)
            .ok_or_else(|| spot.refuse(Reason::MissingMember, value, format_args!("needs `{name}`")))?;
        check(types, kind, member, &spot.member(name))?;
    }
    if object.len() == kind.len() {
        return Ok(());
    }
    let extra = object
        .iter()
        .find(|(given, _)| !kind.members().any(|(name, _)| name == given.as_str()));
    match extra {
        Some((name, _)) => {
            let known: Vec<_> = kind.members().map(|(name, _)| name).collect();
            Err(spot.unknown_member(name.as_str(), name.offset(), &known))
        }
        None => Ok(()),
    }
}

fn check(types: &Types<'_>, kind: &str, value: Value<'_>, spot: &Spot<'_>) -> Result<(), Misunderstood> {
    if let Some((inner, length)) = array(kind) {
        let list = value.as_array().ok_or_else(|| spot.wrong_type(value, "an array"))?;
        if length.is_some_and(|length| length != list.len()) {
            let what = format_args!("has {} items, not as many as its type says", list.len());
            return Err(spot.refuse(Reason::WrongArity, value, what));
        }
        return list
            .iter()
            .enumerate()
            .try_for_each(|(index, item)| check(types, inner, item, &spot.item(index)));
    }
    match base(kind) {
        Some(Base::Address) => scalar::address(value, spot).map(drop),
        Some(Base::Bool) => scalar::boolean(value, spot).map(drop),
        Some(Base::String) => scalar::string(value, spot).map(drop),
        Some(Base::Bytes) => HexText::read(value, spot).map(drop),
        Some(Base::FixedBytes(bytes)) => fixed_bytes(bytes, value, spot),
        Some(Base::Uint(bits)) => number(bits, Sign::Without, value, spot),
        Some(Base::Int(bits)) => number(bits, Sign::With, value, spot),
        Some(Base::Struct(name)) => match types.of_struct(name) {
            Some(kind) => check_struct(types, kind, value, spot),
            None => Err(spot.refuse(Reason::MissingMember, value, "is of a type that is not one of `types`")),
        },
        None => Err(spot.refuse(Reason::MissingMember, value, "is of a type that does not exist")),
    }
}

fn fixed_bytes(bytes: usize, value: Value<'_>, spot: &Spot<'_>) -> Result<(), Misunderstood> {
    let text = HexText::read(value, spot)?;
    if text.len() == bytes {
        return Ok(());
    }
    Err(spot.refuse(
        Reason::NotHex,
        value,
        format_args!("must have {bytes} bytes, not {}", text.len()),
    ))
}

/// Whether a number can be negative.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    With,
    Without,
}

/// A plain integer of up to 53 bits, decimal digits, or a quantity in hex; a minus sign where the type has one.
fn number(bits: usize, sign: Sign, value: Value<'_>, spot: &Spot<'_>) -> Result<(), Misunderstood> {
    let (negative, magnitude) = spelled(value, spot)?;
    if negative && sign == Sign::Without {
        return Err(spot.refuse(Reason::OutOfRange, value, "must not be negative"));
    }
    let fits = match sign {
        Sign::Without => magnitude.bit_len() <= bits,
        // From -2^(bits-1) to 2^(bits-1) - 1.
        Sign::With => {
            let limit = U256::ONE << (bits - 1);
            if negative {
                magnitude <= limit
            } else {
                magnitude < limit
            }
        }
    };
    if fits {
        return Ok(());
    }
    Err(spot.refuse(Reason::OutOfRange, value, format_args!("does not fit {bits} bits")))
}

fn spelled(value: Value<'_>, spot: &Spot<'_>) -> Result<(bool, U256), Misunderstood> {
    if let Some(number) = value.as_number() {
        let whole = number.as_i64().filter(|number| number.unsigned_abs() <= MAX_INTEGER);
        return whole
            .map(|number| (number < 0, U256::from(number.unsigned_abs())))
            .ok_or_else(|| {
                let what = "is no whole number within 2^53: write it as text, in decimal or in hex";
                spot.refuse(Reason::OutOfRange, value, what)
            });
    }
    let text = scalar::string(value, spot)?;
    if text.starts_with("0x") {
        return scalar::quantity(value, spot).map(|number| (false, number));
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && (text == "0" || !digits.starts_with('0'));
    U256::from_str_radix(digits, 10)
        .ok()
        .filter(|_| plain)
        .map(|magnitude| (digits.len() < text.len(), magnitude))
        .ok_or_else(|| spot.refuse(Reason::NotAQuantity, value, "is no whole number of at most 256 bits"))
}
