//! The lists an object can hold: access lists (EIP-2930) and authorizations (EIP-7702).
//!
//! EIP-2930: <https://eips.ethereum.org/EIPS/eip-2930>, EIP-7702: <https://eips.ethereum.org/EIPS/eip-7702>

use alloy_primitives::{Address, B256, U256};
use callgate_rpc::{Value, Writer};

use crate::form::scalar;
use crate::form::storage::Slot;
use crate::misunderstood::{Misunderstood, Reason};
use crate::spot::Spot;
use crate::transaction::{Authorization, MAX_AUTHORIZATIONS, Parity, Signature};

/// The most addresses of one access list: every entry costs gas, and real lists have a few.
pub(crate) const MAX_ACCESSED_ADDRESSES: usize = 256;

/// The most storage keys of one access list, over all its addresses.
pub(crate) const MAX_ACCESSED_KEYS: usize = 1024;

/// What a transaction announces to touch.
#[derive(Debug)]
pub(crate) struct AccessList(Vec<(Address, Vec<B256>)>);

impl AccessList {
    pub(super) fn read(value: Value<'_>, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        let list = value
            .as_array()
            .ok_or_else(|| spot.wrong_type(value, "an array of objects"))?;
        if list.len() > MAX_ACCESSED_ADDRESSES {
            return Err(spot.refuse(
                Reason::TooMany,
                value,
                format_args!("has more than {MAX_ACCESSED_ADDRESSES} addresses"),
            ));
        }
        let mut entries = Vec::with_capacity(list.len());
        let mut keys = 0;
        for (index, item) in list.iter().enumerate() {
            let entry = access(item, &spot.item(index))?;
            keys += entry.1.len();
            if keys > MAX_ACCESSED_KEYS {
                return Err(spot.refuse(
                    Reason::TooMany,
                    value,
                    format_args!("has more than {MAX_ACCESSED_KEYS} keys"),
                ));
            }
            entries.push(entry);
        }
        Ok(Self(entries))
    }

    /// How many addresses it has.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn write(&self, out: &mut Writer<'_>) {
        out.begin_array();
        for (address, keys) in &self.0 {
            out.begin_object();
            out.name("address");
            out.hex(address.as_slice());
            out.name("storageKeys");
            out.begin_array();
            keys.iter().for_each(|key| out.hex(key.as_slice()));
            out.end_array();
            out.end_object();
        }
        out.end_array();
    }
}

fn access(value: Value<'_>, spot: &Spot<'_>) -> Result<(Address, Vec<B256>), Misunderstood> {
    let object = value.as_object().ok_or_else(|| spot.wrong_type(value, "an object"))?;
    let (mut address, mut keys) = (None, None);
    for (name, member) in object.iter() {
        let here = spot.member(name.as_str());
        match name.as_str() {
            "address" => address = Some(scalar::address(member, &here)?),
            "storageKeys" => keys = Some(storage_keys(member, &here)?),
            other => return Err(spot.unknown_member(other, name.offset(), &["address", "storageKeys"])),
        }
    }
    match (address, keys) {
        (Some(address), Some(keys)) => Ok((address, keys)),
        (None, _) => Err(spot.refuse(Reason::MissingMember, value, "needs `address`")),
        (_, None) => Err(spot.refuse(Reason::MissingMember, value, "needs `storageKeys`")),
    }
}

fn storage_keys(value: Value<'_>, spot: &Spot<'_>) -> Result<Vec<B256>, Misunderstood> {
    let list = value
        .as_array()
        .ok_or_else(|| spot.wrong_type(value, "an array of 32-byte keys"))?;
    if list.len() > MAX_ACCESSED_KEYS {
        return Err(spot.refuse(
            Reason::TooMany,
            value,
            format_args!("has more than {MAX_ACCESSED_KEYS} keys"),
        ));
    }
    list.iter()
        .enumerate()
        .map(|(index, key)| scalar::hash(key, &spot.item(index)))
        .collect()
}

/// Accounts that give their code away, each by a signature; never empty.
pub(crate) struct Authorizations {
    list: Vec<Authorization>,
    /// At the places of `list`.
    signatures: Vec<Signed>,
}

#[derive(Clone, Copy)]
struct Signed {
    parity: Parity,
    r: U256,
    s: U256,
}

/// The members of one authorization, all of them needed.
const AUTHORIZATION: [&str; 6] = ["chainId", "address", "nonce", "yParity", "r", "s"];

impl Authorizations {
    pub(super) fn read(value: Value<'_>, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        let items = value
            .as_array()
            .ok_or_else(|| spot.wrong_type(value, "an array of signed authorizations"))?;
        if items.is_empty() {
            return Err(spot.refuse(Reason::MissingMember, value, "is empty: leave it out"));
        }
        if items.len() > MAX_AUTHORIZATIONS {
            return Err(spot.refuse(
                Reason::TooMany,
                value,
                format_args!("has more than {MAX_AUTHORIZATIONS} authorizations"),
            ));
        }
        let mut read = Self {
            list: Vec::with_capacity(items.len()),
            signatures: Vec::with_capacity(items.len()),
        };
        for (index, item) in items.iter().enumerate() {
            let (authorization, signed) = authorization(item, &spot.item(index))?;
            read.list.push(authorization);
            read.signatures.push(signed);
        }
        Ok(read)
    }

    /// One authorization, as user operations carry it.
    pub(crate) fn read_one(value: Value<'_>, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        let (authorization, signed) = authorization(value, spot)?;
        Ok(Self {
            list: vec![authorization],
            signatures: vec![signed],
        })
    }

    pub(crate) fn as_slice(&self) -> &[Authorization] {
        &self.list
    }

    pub(super) fn write(&self, out: &mut Writer<'_>) {
        out.begin_array();
        for (authorization, signed) in self.list.iter().zip(&self.signatures) {
            write_authorization(authorization, *signed, out);
        }
        out.end_array();
    }

    /// The one that [`Authorizations::read_one`] has read.
    pub(crate) fn write_one(&self, out: &mut Writer<'_>) {
        if let (Some(authorization), Some(signed)) = (self.list.first(), self.signatures.first()) {
            write_authorization(authorization, *signed, out);
        }
    }
}

fn write_authorization(authorization: &Authorization, signed: Signed, out: &mut Writer<'_>) {
    out.begin_object();
    out.name("chainId");
    out.quantity_u64(authorization.chain_id());
    out.name("address");
    out.hex(authorization.delegate().as_slice());
    out.name("nonce");
    out.quantity_u64(authorization.nonce());
    out.name("yParity");
    out.quantity_u64(u64::from(signed.parity == Parity::Odd));
    out.name("r");
    scalar::write_quantity(out, signed.r);
    out.name("s");
    scalar::write_quantity(out, signed.s);
    out.end_object();
}

fn authorization(value: Value<'_>, spot: &Spot<'_>) -> Result<(Authorization, Signed), Misunderstood> {
    let object = value.as_object().ok_or_else(|| spot.wrong_type(value, "an object"))?;
    if let Some((name, _)) = object.iter().find(|(name, _)| !AUTHORIZATION.contains(&name.as_str())) {
        return Err(spot.unknown_member(name.as_str(), name.offset(), &AUTHORIZATION));
    }
    // Some libraries pad r and s to 32 bytes, others write quantities: the same number either way.
    let number = |name: &str| match object.get(name) {
        Some(member) => Slot::read(member, &spot.member(name)).map(Slot::number),
        None => Err(missing(value, name, spot)),
    };
    let small = |name: &str| match object.get(name) {
        Some(member) => scalar::quantity_u64(member, &spot.member(name)),
        None => Err(missing(value, name, spot)),
    };
    let delegate = match object.get("address") {
        Some(member) => scalar::address(member, &spot.member("address"))?,
        None => return Err(missing(value, "address", spot)),
    };
    let (chain_id, nonce) = (small("chainId")?, small("nonce")?);
    let fault = |fault: &dyn std::fmt::Display| {
        spot.refuse(
            Reason::BadSignature,
            value,
            format_args!("cannot be an authorization: {fault}"),
        )
    };
    let parity = match object.get("yParity") {
        Some(member) => scalar::byte(member, &spot.member("yParity"))?,
        None => return Err(missing(value, "yParity", spot)),
    };
    let parity = Parity::try_from(parity).map_err(|error| fault(&error))?;
    let (r, s) = (number("r")?, number("s")?);
    let signature = Signature::new(parity, r, s).map_err(|error| fault(&error))?;
    let authorization = Authorization::new(chain_id, delegate, nonce, signature).map_err(|error| fault(&error))?;
    Ok((authorization, Signed { parity, r, s }))
}

#[cold]
fn missing(value: Value<'_>, name: &str, spot: &Spot<'_>) -> Misunderstood {
    spot.refuse(Reason::MissingMember, value, format_args!("needs `{name}`"))
}
