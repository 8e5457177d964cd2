//! State and block overrides: what a call is made to believe about the chain it runs on.
//!
//! execution-apis, `eth_call` and `eth_simulateV1`; members as in go-ethereum, which the other clients follow.

use alloy_primitives::{Address, B256, U256};
use callgate_rpc::{Object, Value, Writer};

use super::scalar::{self, HexText};
use crate::dialect::{BlockNames, Client};
use crate::misunderstood::{Misunderstood, Reason};
use crate::spot::Spot;

/// The most accounts overridden in one call.
pub(crate) const MAX_ACCOUNTS: usize = 256;

/// The most storage slots overridden in one call, over all accounts.
pub(crate) const MAX_SLOTS: usize = 4096;

/// State to pretend, by account.
pub(crate) struct StateOverride<'t>(Vec<(Address, Account<'t>)>);

#[derive(Default)]
struct Account<'t> {
    balance: Option<U256>,
    nonce: Option<u64>,
    code: Option<HexText<'t>>,
    storage: Option<Storage>,
    moved_to: Option<Address>,
}

/// Storage to pretend: all of it, or some slots.
struct Storage {
    extent: Extent,
    slots: Vec<(B256, B256)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// `state`: every other slot is zero.
    Whole,
    /// `stateDiff`: every other slot is as it is.
    Some,
}

impl<'t> StateOverride<'t> {
    pub(crate) fn read(value: Value<'t>, client: Client, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        let object = value
            .as_object()
            .ok_or_else(|| spot.wrong_type(value, "an object of overrides by address"))?;
        if object.len() > MAX_ACCOUNTS {
            return Err(spot.refuse(
                Reason::TooMany,
                value,
                format_args!("overrides more than {MAX_ACCOUNTS} accounts"),
            ));
        }
        let mut accounts = Vec::with_capacity(object.len());
        let mut slots = 0;
        for (name, member) in object.iter() {
            let address = scalar::address_name(name.as_str()).ok_or_else(|| {
                spot.refuse_at(
                    Reason::NotAnAddress,
                    name.offset(),
                    "has a member that is not named by an address",
                )
            })?;
            let account = Account::read(member, client, &spot.member(name.as_str()))?;
            slots += account.storage.as_ref().map_or(0, |storage| storage.slots.len());
            if slots > MAX_SLOTS {
                return Err(spot.refuse(
                    Reason::TooMany,
                    value,
                    format_args!("overrides more than {MAX_SLOTS} slots"),
                ));
            }
            accounts.push((address, account));
        }
        Ok(Self(accounts))
    }

    /// Whether it pretends nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn write(&self, out: &mut Writer<'_>) {
        out.begin_object();
        for (address, account) in &self.0 {
            out.name(&format!("{address:#x}"));
            account.write(out);
        }
        out.end_object();
    }
}

impl<'t> Account<'t> {
    fn read(value: Value<'t>, client: Client, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        const KNOWN: &[&str] = &[
            "balance",
            "nonce",
            "code",
            "state",
            "stateDiff",
            "movePrecompileToAddress",
        ];
        let object = value
            .as_object()
            .ok_or_else(|| spot.wrong_type(value, "an object of overrides"))?;
        let mut account = Self::default();
        for (name, member) in object.iter() {
            let here = spot.member(name.as_str());
            let extent = match name.as_str() {
                "balance" => {
                    account.balance = Some(scalar::quantity(member, &here)?);
                    continue;
                }
                "nonce" => {
                    account.nonce = Some(scalar::quantity_u64(member, &here)?);
                    continue;
                }
                "code" => {
                    account.code = Some(HexText::read(member, &here)?);
                    continue;
                }
                "movePrecompileToAddress" if !client.reads_moved_precompiles() => {
                    return Err(not_read(member, client, &here));
                }
                "movePrecompileToAddress" => {
                    account.moved_to = Some(scalar::address(member, &here)?);
                    continue;
                }
                "state" => Extent::Whole,
                "stateDiff" => Extent::Some,
                other => return Err(spot.unknown_member(other, name.offset(), KNOWN)),
            };
            if account.storage.is_some() {
                return Err(spot.refuse(Reason::Conflict, value, "has `state` and `stateDiff`"));
            }
            account.storage = Some(Storage {
                extent,
                slots: slots(member, &here)?,
            });
        }
        Ok(account)
    }

    fn write(&self, out: &mut Writer<'_>) {
        out.begin_object();
        if let Some(balance) = self.balance {
            out.name("balance");
            scalar::write_quantity(out, balance);
        }
        if let Some(nonce) = self.nonce {
            out.name("nonce");
            out.quantity_u64(nonce);
        }
        if let Some(code) = self.code {
            out.name("code");
            code.write(out);
        }
        if let Some(address) = self.moved_to {
            out.name("movePrecompileToAddress");
            out.hex(address.as_slice());
        }
        if let Some(storage) = &self.storage {
            out.name(if storage.extent == Extent::Whole {
                "state"
            } else {
                "stateDiff"
            });
            out.begin_object();
            for (slot, word) in &storage.slots {
                out.name(&format!("{slot:#x}"));
                out.hex(word.as_slice());
            }
            out.end_object();
        }
        out.end_object();
    }
}

fn slots(value: Value<'_>, spot: &Spot<'_>) -> Result<Vec<(B256, B256)>, Misunderstood> {
    let object: Object<'_> = value
        .as_object()
        .ok_or_else(|| spot.wrong_type(value, "an object of words by slot"))?;
    if object.len() > MAX_SLOTS {
        return Err(spot.refuse(
            Reason::TooMany,
            value,
            format_args!("overrides more than {MAX_SLOTS} slots"),
        ));
    }
    let mut slots = Vec::with_capacity(object.len());
    for (name, member) in object.iter() {
        let slot = scalar::hash_name(name.as_str()).ok_or_else(|| {
            spot.refuse_at(
                Reason::NotAHash,
                name.offset(),
                "has a slot that is not 32 bytes of hex",
            )
        })?;
        slots.push((slot, scalar::hash(member, &spot.member(name.as_str()))?));
    }
    Ok(slots)
}

/// Block fields to pretend.
#[derive(Debug)]
pub(crate) struct BlockOverride {
    numbers: [Option<U256>; NUMBERS.len()],
    fee_recipient: Option<Address>,
    prev_randao: Option<B256>,
    names: BlockNames,
}

/// The numeric fields, in the order they are written. 64 bits where headers have 64.
const NUMBERS: [(&str, u32); 6] = [
    ("number", 64),
    ("difficulty", 256),
    ("time", 64),
    ("gasLimit", 64),
    ("baseFeePerGas", 256),
    ("blobBaseFee", 256),
];

impl BlockOverride {
    pub(crate) fn read(value: Value<'_>, client: Client, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        Self::read_named(value, BlockNames::Standard, client, spot)
    }

    /// The fields of a block within a bundle, for which clients have names of their own.
    pub(crate) fn read_bundled(value: Value<'_>, client: Client, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        let names = client.bundled_block_names();
        let block = Self::read_named(value, names.unwrap_or(BlockNames::Standard), client, spot)?;
        let [.., blob_base_fee] = block.numbers;
        let unnamed = names == Some(BlockNames::OfErigon) && (block.prev_randao.is_some() || blob_base_fee.is_some());
        if unnamed || (names.is_none() && !block.is_empty()) {
            return Err(not_read(value, client, spot));
        }
        Ok(block)
    }

    fn read_named(value: Value<'_>, names: BlockNames, client: Client, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        let object = value
            .as_object()
            .ok_or_else(|| spot.wrong_type(value, "an object of block overrides"))?;
        let mut block = Self {
            numbers: [None; NUMBERS.len()],
            fee_recipient: None,
            prev_randao: None,
            names,
        };
        for (name, member) in object.iter() {
            let here = spot.member(name.as_str());
            match names.standard(name.as_str()) {
                "feeRecipient" => block.fee_recipient = Some(scalar::address(member, &here)?),
                "prevRandao" => block.prev_randao = Some(scalar::hash(member, &here)?),
                "difficulty" if !client.reads_difficulty() => return Err(not_read(member, client, &here)),
                other => {
                    let field = block
                        .numbers
                        .iter_mut()
                        .zip(NUMBERS)
                        .find(|(_, (known, _))| *known == other);
                    let Some((number, (_, bits))) = field else {
                        return Err(spot.unknown_member(name.as_str(), name.offset(), &known_fields()));
                    };
                    *number = Some(bounded(member, bits, &here)?);
                }
            }
        }
        Ok(block)
    }

    /// Whether it pretends nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.fee_recipient.is_none() && self.prev_randao.is_none() && self.numbers.iter().all(Option::is_none)
    }

    pub(crate) fn write(&self, out: &mut Writer<'_>) {
        out.begin_object();
        for (number, (name, _)) in self.numbers.iter().zip(NUMBERS) {
            if let Some(number) = number {
                out.name(self.names.of(name));
                scalar::write_quantity(out, *number);
            }
        }
        if let Some(address) = self.fee_recipient {
            out.name(self.names.of("feeRecipient"));
            out.hex(address.as_slice());
        }
        if let Some(randao) = self.prev_randao {
            out.name("prevRandao");
            out.hex(randao.as_slice());
        }
        out.end_object();
    }
}

fn bounded(value: Value<'_>, bits: u32, spot: &Spot<'_>) -> Result<U256, Misunderstood> {
    match bits {
        64 => scalar::quantity_u64(value, spot).map(U256::from),
        _ => scalar::quantity(value, spot),
    }
}

fn known_fields() -> Vec<&'static str> {
    NUMBERS
        .iter()
        .map(|(name, _)| *name)
        .chain(["feeRecipient", "prevRandao"])
        .collect()
}

/// The standard names and Erigon's for the same.
const ERIGON_NAMES: [(&str, &str); 4] = [
    ("number", "blockNumber"),
    ("time", "timestamp"),
    ("feeRecipient", "coinbase"),
    ("baseFeePerGas", "baseFee"),
];

impl BlockNames {
    /// What the field of this standard name is called.
    fn of(self, standard: &'static str) -> &'static str {
        let other = ERIGON_NAMES.iter().find(|(name, _)| *name == standard);
        match (self, other) {
            (Self::OfErigon, Some((_, erigon))) => erigon,
            _ => standard,
        }
    }

    /// The standard name of what is called so; each field has one name only.
    fn standard(self, name: &str) -> &str {
        match self {
            Self::Standard => name,
            Self::OfErigon => match ERIGON_NAMES.iter().find(|(_, erigon)| *erigon == name) {
                Some((standard, _)) => standard,
                None if ERIGON_NAMES.iter().any(|(standard, _)| *standard == name) => "",
                None => name,
            },
        }
    }
}

#[cold]
fn not_read(value: Value<'_>, client: Client, spot: &Spot<'_>) -> Misunderstood {
    spot.refuse(
        Reason::NotRead,
        value,
        format_args!("would have no effect: this node's client ({client}) is not known to read it"),
    )
}
