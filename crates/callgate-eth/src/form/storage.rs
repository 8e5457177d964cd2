//! Storage slots and the lists of them that state reads take.

use alloy_primitives::{Address, B256, U256};
use callgate_rpc::{Value, Writer};

use super::plain::items;
use super::scalar;
use crate::misunderstood::{Misunderstood, Reason};
use crate::spot::Spot;

/// The most slots in one parameter: geth's limit for proofs.
pub(crate) const MAX_SLOTS: usize = 1024;

/// One storage slot, or another number that is written both ways. Clients read both spellings, and some answer in the
/// one they were asked in: it is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Slot {
    Quantity(U256),
    Word(B256),
}

impl Slot {
    pub(crate) fn read(value: Value<'_>, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        match value.as_str() {
            Some(text) if text.len() == "0x".len() + 64 => scalar::hash(value, spot).map(Self::Word),
            Some(_) => scalar::quantity(value, spot).map(Self::Quantity),
            None => Err(spot.wrong_type(value, "a quantity or 32 bytes in hex")),
        }
    }

    /// A slot to be read, which may have leading zeros, as is common: execution-apis takes up to 32 bytes in any length.
    /// It is written as a quantity then, which clients answer in as well.
    pub(crate) fn read_padded(value: Value<'_>, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        let padded = value
            .as_str()
            .and_then(|text| text.strip_prefix("0x"))
            .filter(|digits| digits.len() < 64 && digits.len() != 1 && (digits.is_empty() || digits.starts_with('0')));
        match padded {
            Some("") => Ok(Self::Quantity(U256::ZERO)),
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) => U256::from_str_radix(digits, 16)
                .map(Self::Quantity)
                .map_err(|_| spot.refuse(Reason::NotAQuantity, value, "is no number of up to 32 bytes")),
            _ => Self::read(value, spot),
        }
    }

    /// The number it spells.
    pub(crate) fn number(self) -> U256 {
        match self {
            Self::Quantity(number) => number,
            Self::Word(word) => U256::from_be_bytes(word.0),
        }
    }

    pub(crate) fn write(self, out: &mut Writer<'_>) {
        match self {
            Self::Quantity(slot) => scalar::write_quantity(out, slot),
            Self::Word(slot) => out.hex(slot.as_slice()),
        }
    }
}

/// A list of slots.
pub(crate) fn slots(value: Value<'_>, spot: &Spot<'_>) -> Result<Vec<Slot>, Misunderstood> {
    items(value, spot, Slot::read_padded)
}

pub(crate) fn write_slots(out: &mut Writer<'_>, slots: &[Slot]) {
    out.begin_array();
    slots.iter().for_each(|slot| slot.write(out));
    out.end_array();
}

/// Slots of several accounts.
#[derive(Debug)]
pub(crate) struct SlotsByAccount {
    accounts: Vec<(Address, Vec<Slot>)>,
    form: Form,
}

/// How clients spell it.
#[derive(Debug, Clone, Copy)]
enum Form {
    /// `{ address: [slot…] }`
    Object,
    /// `[[address, [slot…]]…]`
    Pairs,
}

impl SlotsByAccount {
    /// Members named by addresses, each with its slots.
    pub(crate) fn read_object(value: Value<'_>, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        let object = value
            .as_object()
            .ok_or_else(|| spot.wrong_type(value, "an object of slots by address"))?;
        let mut accounts = Vec::new();
        for (name, member) in object.iter() {
            let address = scalar::address_name(name.as_str()).ok_or_else(|| {
                spot.refuse_at(
                    Reason::NotAnAddress,
                    name.offset(),
                    "has a member that is not named by an address",
                )
            })?;
            accounts.push((address, slots(member, &spot.member(name.as_str()))?));
        }
        Self {
            accounts,
            form: Form::Object,
        }
        .checked(value, spot)
    }

    /// Pairs of an address and its slots.
    pub(crate) fn read_pairs(value: Value<'_>, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        let accounts = items(value, spot, |item, spot| {
            let pair = item.as_array().filter(|pair| pair.len() == 2);
            let mut pair = pair
                .ok_or_else(|| spot.wrong_type(item, "an array of an address and its slots"))?
                .iter();
            match (pair.next(), pair.next()) {
                (Some(address), Some(list)) => {
                    Ok((scalar::address(address, &spot.item(0))?, slots(list, &spot.item(1))?))
                }
                _ => Err(spot.wrong_type(item, "an array of an address and its slots")),
            }
        })?;
        Self {
            accounts,
            form: Form::Pairs,
        }
        .checked(value, spot)
    }

    fn checked(self, value: Value<'_>, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        let slots: usize = self.accounts.iter().map(|(_, slots)| slots.len()).sum();
        if self.accounts.len() > MAX_SLOTS || slots > MAX_SLOTS {
            return Err(spot.refuse(
                Reason::TooMany,
                value,
                format_args!("has more than {MAX_SLOTS} accounts or slots"),
            ));
        }
        Ok(self)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Address, &[Slot])> {
        self.accounts
            .iter()
            .map(|(address, slots)| (*address, slots.as_slice()))
    }

    pub(crate) fn write(&self, out: &mut Writer<'_>) {
        match self.form {
            Form::Object => {
                out.begin_object();
                for (address, slots) in &self.accounts {
                    out.name(&format!("{address:#x}"));
                    write_slots(out, slots);
                }
                out.end_object();
            }
            Form::Pairs => {
                out.begin_array();
                for (address, slots) in &self.accounts {
                    out.begin_array();
                    out.hex(address.as_slice());
                    write_slots(out, slots);
                    out.end_array();
                }
                out.end_array();
            }
        }
    }
}
