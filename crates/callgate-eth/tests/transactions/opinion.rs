//! Second opinions on private and restricted transactions: read by `rlp` into a tree that must encode to the same bytes,
//! then judged item by item, the signer recovered by ethers-core (k256). They know nothing of the crate but what it must
//! answer.

use alloy_primitives::{Address, B256, U256, keccak256};
use ethers_core::types::Signature;

use crate::forms::{bytes, encode, number};
use crate::support::{Item, ORDER};

/// What a transaction says.
#[derive(Debug, PartialEq)]
pub(crate) struct Opinion {
    pub(crate) sender: Option<Address>,
    pub(crate) hash: B256,
    pub(crate) chain_id: Option<u64>,
    pub(crate) nonce: u64,
    pub(crate) gas_price: u128,
    pub(crate) gas: u64,
    pub(crate) to: Option<Address>,
    pub(crate) input: Vec<u8>,
    pub(crate) participants: Option<Participants>,
}

#[derive(Debug, PartialEq)]
pub(crate) struct Participants {
    pub(crate) from: [u8; 32],
    pub(crate) members: Vec<[u8; 32]>,
    pub(crate) group: Option<[u8; 32]>,
    pub(crate) restriction: String,
}

/// The tree of bytes that have one spelling.
pub(crate) fn tree(raw: &[u8]) -> Option<Item> {
    let item = item(&rlp::Rlp::new(raw))?;
    (encode(&item) == raw).then_some(item)
}

fn item(rlp: &rlp::Rlp<'_>) -> Option<Item> {
    if rlp.is_list() {
        rlp.iter()
            .map(|inner| item(&inner))
            .collect::<Option<_>>()
            .map(Item::List)
    } else {
        Some(Item::Bytes(rlp.data().ok()?.to_vec()))
    }
}

/// A private transaction of GoQuorum.
pub(crate) fn quorum(raw: &[u8]) -> Option<Opinion> {
    let Item::List(items) = tree(raw)? else { return None };
    let [first @ .., v, r, s] = items.as_slice() else {
        return None;
    };
    let parity = u256(v)?.checked_sub(U256::from(37))?;
    let opinion = opinion(raw, first, None)?;
    if opinion.input.len() != 64 {
        return None;
    }
    Some(Opinion {
        sender: recover(first, parity, r, s)?,
        ..opinion
    })
}

/// A restricted transaction.
pub(crate) fn restricted(raw: &[u8]) -> Option<Opinion> {
    let Item::List(items) = tree(raw)? else { return None };
    let [first @ .., v, r, s, from, to, restriction] = items.as_slice() else {
        return None;
    };
    let v = u256(v)?;
    let (chain_id, parity) = match v.checked_sub(U256::from(37)) {
        // 37 and 38 are chain 1.
        Some(beyond) => (Some(beyond / U256::from(2) + U256::from(1)), beyond % U256::from(2)),
        None => (None, v.checked_sub(U256::from(27))?),
    };
    u64::try_from(v).ok()?;
    let participants = participants(from, to, restriction)?;
    let chain_id = chain_id.map(|id| u64::try_from(id).unwrap());
    let chain = chain_id.map(|id| [number(U256::from(id)), bytes([]), bytes([])]);
    let tail = [from.clone(), to.clone(), restriction.clone()];
    let unsigned = [first, &chain.into_iter().flatten().collect::<Vec<_>>(), &tail].concat();
    Some(Opinion {
        sender: recover(&unsigned, parity, r, s)?,
        participants: Some(participants),
        ..opinion(raw, first, chain_id)?
    })
}

fn participants(from: &Item, to: &Item, restriction: &Item) -> Option<Participants> {
    let (members, group) = match to {
        Item::List(members) => (members.iter().map(fixed).collect::<Option<Vec<_>>>()?, None),
        group => (Vec::new(), Some(fixed(group)?)),
    };
    let restriction = String::from_utf8(string(restriction)?.to_vec()).ok()?;
    let known = ["restricted", "unrestricted"].contains(&restriction.as_str());
    (known && members.len() <= 100).then_some(Participants {
        from: fixed(from)?,
        members,
        group,
        restriction,
    })
}

fn opinion(raw: &[u8], first: &[Item], chain_id: Option<u64>) -> Option<Opinion> {
    let [nonce, gas_price, gas, to, value, data] = first else {
        return None;
    };
    let nonce = u64::try_from(u256(nonce)?).ok().filter(|nonce| *nonce != u64::MAX)?;
    let to = match string(to)? {
        [] => None,
        to => Some(Address::try_from(to).ok()?),
    };
    if !u256(value)?.is_zero() {
        return None;
    }
    Some(Opinion {
        sender: None,
        hash: keccak256(raw),
        chain_id,
        nonce,
        gas_price: u128::try_from(u256(gas_price)?).ok()?,
        gas: u64::try_from(u256(gas)?).ok()?,
        to,
        input: string(data)?.to_vec(),
        participants: None,
    })
}

/// Who signed the list of `unsigned`: nobody inside, none at all outside the ranges of the curve and EIP-2.
fn recover(unsigned: &[Item], parity: U256, r: &Item, s: &Item) -> Option<Option<Address>> {
    let (r, s) = (u256(r)?, u256(s)?);
    let in_range = !r.is_zero() && r < ORDER && !s.is_zero() && s <= ORDER / U256::from(2) && parity <= U256::from(1);
    if !in_range {
        return None;
    }
    let hash = keccak256(encode(&Item::List(unsigned.to_vec())));
    let signature = Signature {
        r: ethers_core::types::U256::from_big_endian(&r.to_be_bytes::<32>()),
        s: ethers_core::types::U256::from_big_endian(&s.to_be_bytes::<32>()),
        v: 27 + u64::try_from(parity).unwrap(),
    };
    Some(signature.recover(hash.0).ok().map(|address| Address::new(address.0)))
}

fn string(item: &Item) -> Option<&[u8]> {
    match item {
        Item::Bytes(bytes) => Some(bytes),
        _ => None,
    }
}

fn fixed(item: &Item) -> Option<[u8; 32]> {
    string(item)?.try_into().ok()
}

/// A number of at most 256 bits without leading zeros.
fn u256(item: &Item) -> Option<U256> {
    let bytes = string(item)?;
    (bytes.len() <= 32 && bytes.first() != Some(&0)).then(|| U256::from_be_slice(bytes))
}
