//! Values without a form of their own: integers, percentiles, lists of scalars, and JSON that carries no operation.

use alloy_primitives::{Address, B256, U256};
use callgate_rpc::{Value, Writer};

use super::scalar::{self, HexText};
use crate::catalogue::Item;
use crate::misunderstood::{Misunderstood, Reason};
use crate::spot::Spot;

/// The highest plain integer that every client's JSON reader keeps exactly: 2^53 - 1.
pub(crate) const MAX_INTEGER: u64 = (1 << 53) - 1;

/// The most items of a list of scalars: the most block hashes an execution client answers for at once.
pub(crate) const MAX_ITEMS: usize = 1024;

/// The most percentiles of one fee history: geth's own limit.
pub(crate) const MAX_PERCENTILES: usize = 100;

/// The longest percentile: two digits before the point, and more after it than any client keeps.
const MAX_PERCENTILE_TEXT: usize = 20;

/// The most values inside one free-form JSON parameter: far beyond any real one, far below the body's own limit.
pub(crate) const MAX_FREE_VALUES: usize = 10_000;

/// A number that some clients read as a plain JSON integer, others as a quantity. Both spellings mean the same.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Integer {
    Plain(u64),
    Quantity(U256),
}

impl Integer {
    pub(crate) fn read(value: Value<'_>, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        let Some(number) = value.as_number() else {
            return scalar::quantity(value, spot).map(Self::Quantity);
        };
        match number.as_u64() {
            Some(number) if number <= MAX_INTEGER => Ok(Self::Plain(number)),
            Some(_) => Err(spot.refuse(
                Reason::OutOfRange,
                value,
                "is beyond 2^53 - 1: write it as a quantity in hex",
            )),
            None => Err(spot.refuse(Reason::WrongType, value, "must be a whole number that is not negative")),
        }
    }

    /// The number, however spelled.
    pub(crate) fn number(self) -> U256 {
        match self {
            Self::Plain(number) => U256::from(number),
            Self::Quantity(number) => number,
        }
    }

    /// Either spelling, up to 64 bits.
    pub(crate) fn read_u64(value: Value<'_>, spot: &Spot<'_>) -> Result<u64, Misunderstood> {
        match Self::read(value, spot)? {
            Self::Plain(number) => Ok(number),
            Self::Quantity(number) => number
                .try_into()
                .map_err(|_| spot.refuse(Reason::OutOfRange, value, "has more than 64 bits")),
        }
    }

    /// As it came: which spelling a client reads at a position, the caller knows.
    pub(crate) fn write(self, out: &mut Writer<'_>) {
        match self {
            Self::Plain(number) => out.u64(number),
            Self::Quantity(number) => scalar::write_quantity(out, number),
        }
    }
}

/// The longest a call may ask to wait: a minute, many blocks of most chains.
pub(crate) const MAX_TIMEOUT_MILLISECONDS: u64 = 60_000;

/// The longest password of a key: clients derive keys from them, and none has a limit of its own.
const MAX_PASSWORD: usize = 1024;

/// A place in a block, counted from 0, or -1 for its end.
pub(crate) fn index(value: Value<'_>, spot: &Spot<'_>) -> Result<i64, Misunderstood> {
    match value.as_number().and_then(callgate_rpc::Number::as_i64) {
        Some(-1) => Ok(-1),
        _ => {
            let number = Integer::read_u64(value, spot)?;
            i64::try_from(number).map_err(|_| spot.refuse(Reason::OutOfRange, value, "is beyond any place in a block"))
        }
    }
}

/// Milliseconds.
pub(crate) fn timeout(value: Value<'_>, spot: &Spot<'_>) -> Result<u64, Misunderstood> {
    let milliseconds = Integer::read_u64(value, spot)?;
    if milliseconds > MAX_TIMEOUT_MILLISECONDS {
        return Err(spot.refuse(
            Reason::OutOfRange,
            value,
            format_args!("must be at most {MAX_TIMEOUT_MILLISECONDS} milliseconds"),
        ));
    }
    Ok(milliseconds)
}

/// One of `words`.
pub(crate) fn word<'t>(value: Value<'t>, words: &[&str], spot: &Spot<'_>) -> Result<&'t str, Misunderstood> {
    let text = scalar::string(value, spot)?;
    if words.contains(&text) {
        return Ok(text);
    }
    let expected: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    Err(spot.refuse(
        Reason::Refused,
        value,
        format_args!("is not understood: {} expected", expected.join(" or ")),
    ))
}

/// A password of a key the node holds. Nothing of it is ever repeated.
pub(crate) fn password<'t>(value: Value<'t>, spot: &Spot<'_>) -> Result<&'t str, Misunderstood> {
    let text = scalar::string(value, spot)?;
    if text.len() > MAX_PASSWORD {
        return Err(spot.refuse(
            Reason::OutOfRange,
            value,
            format_args!("has more than {MAX_PASSWORD} bytes"),
        ));
    }
    Ok(text)
}

/// Reward percentiles: plain numbers from 0 to 100.
#[derive(Clone, Copy)]
pub(crate) struct Percentiles<'t>(Value<'t>);

impl<'t> Percentiles<'t> {
    pub(crate) fn read(value: Value<'t>, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        let list = value
            .as_array()
            .ok_or_else(|| spot.wrong_type(value, "an array of numbers"))?;
        if list.len() > MAX_PERCENTILES {
            return Err(spot.refuse(
                Reason::TooMany,
                value,
                format_args!("has more than {MAX_PERCENTILES} percentiles"),
            ));
        }
        for (index, item) in list.iter().enumerate() {
            let spot = spot.item(index);
            let number = item.as_number().ok_or_else(|| spot.wrong_type(item, "a number"))?;
            if !is_percentile(number.text()) {
                return Err(spot.refuse(
                    Reason::OutOfRange,
                    item,
                    format_args!("must be a number from 0 to 100 in at most {MAX_PERCENTILE_TEXT} plain digits"),
                ));
            }
        }
        Ok(Self(value))
    }

    pub(crate) fn write(self, out: &mut Writer<'_>) {
        out.value(self.0);
    }
}

/// 0 to 100, digits and one point only: neither sign nor exponent.
fn is_percentile(text: &str) -> bool {
    let plain = text.len() <= MAX_PERCENTILE_TEXT && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    plain && text.parse::<f64>().is_ok_and(|number| (0.0..=100.0).contains(&number))
}

/// A list of scalars of one kind.
pub(crate) enum List<'t> {
    Addresses(Vec<Address>),
    Data(Vec<HexText<'t>>),
    Hashes(Vec<B256>),
    Quantities(Vec<U256>),
    Strings(Vec<&'t str>),
}

impl<'t> List<'t> {
    pub(crate) fn read(value: Value<'t>, item: Item, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        match item {
            Item::Address => items(value, spot, scalar::address).map(Self::Addresses),
            Item::Data => items(value, spot, HexText::read).map(Self::Data),
            Item::Hash => items(value, spot, scalar::hash).map(Self::Hashes),
            Item::Quantity => items(value, spot, scalar::quantity).map(Self::Quantities),
            Item::String => items(value, spot, scalar::string).map(Self::Strings),
        }
    }

    pub(crate) fn write(&self, out: &mut Writer<'_>) {
        out.begin_array();
        match self {
            Self::Addresses(items) => items.iter().for_each(|item| out.hex(item.as_slice())),
            Self::Data(items) => items.iter().for_each(|item| item.write(out)),
            Self::Hashes(items) => items.iter().for_each(|item| out.hex(item.as_slice())),
            Self::Quantities(items) => items.iter().for_each(|item| scalar::write_quantity(out, *item)),
            Self::Strings(items) => items.iter().for_each(|item| out.string(item)),
        }
        out.end_array();
    }
}

/// The items of an array of at most `MAX_ITEMS`.
pub(crate) fn items<'t, T>(
    value: Value<'t>,
    spot: &Spot<'_>,
    read: impl Fn(Value<'t>, &Spot<'_>) -> Result<T, Misunderstood>,
) -> Result<Vec<T>, Misunderstood> {
    let list = value.as_array().ok_or_else(|| spot.wrong_type(value, "an array"))?;
    if list.len() > MAX_ITEMS {
        return Err(spot.refuse(Reason::TooMany, value, format_args!("has more than {MAX_ITEMS} items")));
    }
    list.iter()
        .enumerate()
        .map(|(index, item)| read(item, &spot.item(index)))
        .collect()
}

/// JSON of a parameter that carries no operation. Its shape was checked by the strict reader (depth, unique names);
/// here only its size. Written again by our own writer.
#[derive(Clone, Copy)]
pub(crate) struct Free<'t>(Value<'t>);

impl<'t> Free<'t> {
    pub(crate) fn read(value: Value<'t>, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        let mut left = MAX_FREE_VALUES;
        if spend(value, &mut left) {
            return Ok(Self(value));
        }
        Err(spot.refuse(
            Reason::TooMany,
            value,
            format_args!("has more than {MAX_FREE_VALUES} values"),
        ))
    }

    pub(crate) fn read_object(value: Value<'t>, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        match value.as_object() {
            Some(_) => Self::read(value, spot),
            None => Err(spot.wrong_type(value, "an object")),
        }
    }

    pub(crate) fn write(self, out: &mut Writer<'_>) {
        out.value(self.0);
    }
}

/// Counts the values within; false when there are more than `left`. As deep as the reader lets documents be.
fn spend(value: Value<'_>, left: &mut usize) -> bool {
    let Some(rest) = left.checked_sub(1) else { return false };
    *left = rest;
    if let Some(list) = value.as_array() {
        return list.iter().all(|item| spend(item, left));
    }
    match value.as_object() {
        Some(object) => object.iter().all(|(_, member)| spend(member, left)),
        None => true,
    }
}
