//! Block parameters: a tag, a number, a hash, or an EIP-1898 object with exactly one of the two.
//!
//! EIP-1898: <https://eips.ethereum.org/EIPS/eip-1898>

use alloy_primitives::{B256, U256};
use callgate_rpc::{Object, Value, Writer};

use super::plain::Integer;
use super::scalar;
use crate::misunderstood::{Misunderstood, Reason};
use crate::spot::Spot;

/// Which block a call is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Block {
    /// One by its role.
    Tag(Tag),
    /// One by its number.
    Number(u64),
    /// A bare hash, which clients tell from a number by its 32 bytes.
    Hash(B256),
    /// An EIP-1898 object with a hash.
    HashObject {
        /// The hash.
        hash: B256,
        /// Whether it must be in the canonical chain.
        require_canonical: Option<bool>,
    },
}

/// A block by its role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// The first block that the node has: the genesis.
    Earliest,
    /// The newest block.
    Latest,
    /// The block that is being made.
    Pending,
    /// The newest block that is safe from reorganisations unless many validators are dishonest.
    Safe,
    /// The newest block that is final.
    Finalized,
}

/// The highest block number clients hold: geth and Besu keep 63 bits and read the rest as tags or cap it.
const MAX_NUMBER: u64 = i64::MAX as u64;

impl Block {
    pub(crate) fn read(value: Value<'_>, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        if let Some(object) = value.as_object() {
            return Self::read_object(value, object, spot);
        }
        match value.as_str() {
            Some(text) if text.len() == "0x".len() + 64 => scalar::hash(value, spot).map(Self::Hash),
            Some(_) => Self::read_tag_or_number(value, spot),
            None => Err(spot.wrong_type(value, "a block: a tag, a quantity or an object")),
        }
    }

    /// A tag or a number, where hashes have no place: the ends of a range.
    pub(crate) fn read_tag_or_number(value: Value<'_>, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        let text = value
            .as_str()
            .ok_or_else(|| spot.wrong_type(value, "a block: a tag or a quantity"))?;
        if text.starts_with("0x") {
            return quantity(value, spot).map(Self::Number);
        }
        Tag::of(text).map(Self::Tag).ok_or_else(|| {
            spot.refuse(
                Reason::NotABlock,
                value,
                "is not a block: `latest`, `earliest`, `pending`, `safe`, `finalized`, or `0x` and a number in hex expected",
            )
        })
    }

    fn read_object(value: Value<'_>, object: Object<'_>, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        let (mut block_number, mut block_hash, mut require_canonical) = (None, None, None);
        for (name, member) in object.iter() {
            match name.as_str() {
                field @ "blockNumber" => block_number = Some(quantity(member, &spot.member(field))?),
                field @ "blockHash" => block_hash = Some(scalar::hash(member, &spot.member(field))?),
                field @ "requireCanonical" => require_canonical = Some(scalar::boolean(member, &spot.member(field))?),
                other => {
                    return Err(spot.unknown_member(
                        other,
                        name.offset(),
                        &["blockNumber", "blockHash", "requireCanonical"],
                    ));
                }
            }
        }
        match (block_number, block_hash) {
            (Some(number), None) if require_canonical.is_none() => Ok(Self::Number(number)),
            (Some(_), None) => Err(spot.refuse(
                Reason::Conflict,
                value,
                "has `requireCanonical`, which goes with `blockHash` only",
            )),
            (None, Some(hash)) => Ok(Self::HashObject {
                hash,
                require_canonical,
            }),
            (Some(_), Some(_)) => Err(spot.refuse(Reason::Conflict, value, "names a block by number and by hash")),
            (None, None) => Err(spot.refuse(Reason::MissingMember, value, "needs `blockNumber` or `blockHash`")),
        }
    }

    pub(crate) fn write(self, out: &mut Writer<'_>) {
        match self {
            Self::Tag(tag) => out.string(tag.name()),
            Self::Number(number) => out.quantity_u64(number),
            Self::Hash(hash) => out.hex(hash.as_slice()),
            Self::HashObject {
                hash,
                require_canonical,
            } => {
                out.begin_object();
                out.name("blockHash");
                out.hex(hash.as_slice());
                if let Some(required) = require_canonical {
                    out.name("requireCanonical");
                    out.bool(required);
                }
                out.end_object();
            }
        }
    }
}

fn quantity(value: Value<'_>, spot: &Spot<'_>) -> Result<u64, Misunderstood> {
    let number = scalar::quantity_u64(value, spot)?;
    if number > MAX_NUMBER {
        return Err(spot.refuse(Reason::OutOfRange, value, "is beyond any block number"));
    }
    Ok(number)
}

/// A block number in either spelling, which is kept.
pub(crate) fn number(value: Value<'_>, spot: &Spot<'_>) -> Result<Integer, Misunderstood> {
    let number = Integer::read(value, spot)?;
    if number.number() > U256::from(MAX_NUMBER) {
        return Err(spot.refuse(Reason::OutOfRange, value, "is beyond any block number"));
    }
    Ok(number)
}

impl Tag {
    fn of(text: &str) -> Option<Self> {
        [Self::Earliest, Self::Latest, Self::Pending, Self::Safe, Self::Finalized]
            .into_iter()
            .find(|tag| tag.name() == text)
    }

    /// The tag, as it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Earliest => "earliest",
            Self::Latest => "latest",
            Self::Pending => "pending",
            Self::Safe => "safe",
            Self::Finalized => "finalized",
        }
    }
}
