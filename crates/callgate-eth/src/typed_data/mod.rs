//! EIP-712 messages: typed data whose hash an account signs.
//!
//! Signers hash what `types` describe and ignore what they do not, so a message that says more than it signs can show one
//! thing and mean another. Here a message has exactly the members of its type, every one of that type, at every depth;
//! numbers are in range and in a spelling that every signer reads alike.
//!
//! EIP-712: <https://eips.ethereum.org/EIPS/eip-712>

mod kind;
pub(crate) mod safe_transaction;
mod types;
mod values;

use alloy_primitives::Address;
use callgate_rpc::Value;

use self::types::Types;
use crate::form::plain::Integer;
use crate::form::scalar;
use crate::misunderstood::{Misunderstood, Reason};
use crate::spot::Spot;

/// What a typed message says about itself: everything that a rule can bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedMessage {
    primary_type: Box<str>,
    domain_name: Option<Box<str>>,
    contract: Option<Address>,
    chain_id: Option<u64>,
}

/// The type of the domain; it may be left out, as its members are given by the standard.
const DOMAIN: &str = "EIP712Domain";

/// The members a domain can have, with their types (EIP-712, "Definition of domainSeparator").
const DOMAIN_MEMBERS: [(&str, &str); 5] = [
    ("name", "string"),
    ("version", "string"),
    ("chainId", "uint256"),
    ("verifyingContract", "address"),
    ("salt", "bytes32"),
];

impl TypedMessage {
    /// A message whose domain names this contract, as those of a Safe.
    pub(crate) fn of_contract(primary_type: &str, contract: Address, chain_id: Option<u64>) -> Self {
        Self {
            primary_type: primary_type.into(),
            domain_name: None,
            contract: Some(contract),
            chain_id,
        }
    }

    /// Checks the object at `spot`: `types`, `primaryType`, `domain` and `message`, and nothing else.
    pub(crate) fn read(value: Value<'_>, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        const MEMBERS: [&str; 4] = ["types", "primaryType", "domain", "message"];
        let object = value
            .as_object()
            .ok_or_else(|| spot.wrong_type(value, "an object of typed data"))?;
        if let Some((name, _)) = object.iter().find(|(name, _)| !MEMBERS.contains(&name.as_str())) {
            return Err(spot.unknown_member(name.as_str(), name.offset(), &MEMBERS));
        }
        let must = |name: &'static str| {
            object
                .get(name)
                .ok_or_else(|| spot.refuse(Reason::MissingMember, value, format_args!("needs `{name}`")))
        };
        let types = Types::read(must("types")?, &spot.known("types"))?;
        let primary = must("primaryType")?;
        let here = spot.known("primaryType");
        let primary_type = scalar::string(primary, &here)?;
        let root = types
            .of_struct(primary_type)
            .filter(|_| primary_type != DOMAIN)
            .ok_or_else(|| here.refuse(Reason::MissingMember, primary, "is not one of `types`"))?;
        let domain = must("domain")?;
        let domain_spot = spot.known("domain");
        let read = Self::of_domain(domain, primary_type, &domain_spot)?;
        if let Some(described) = types.of_struct(DOMAIN) {
            values::check_struct(&types, described, domain, &domain_spot)?;
        }
        values::check_struct(&types, root, must("message")?, &spot.known("message"))?;
        Ok(read)
    }

    fn of_domain(value: Value<'_>, primary_type: &str, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        let object = value
            .as_object()
            .ok_or_else(|| spot.wrong_type(value, "an object of domain members"))?;
        let mut read = Self {
            primary_type: primary_type.into(),
            domain_name: None,
            contract: None,
            chain_id: None,
        };
        for (name, member) in object.iter() {
            let here = spot.member(name.as_str());
            match name.as_str() {
                "name" => read.domain_name = Some(scalar::string(member, &here)?.into()),
                "version" => {
                    scalar::string(member, &here)?;
                }
                "chainId" => read.chain_id = Some(chain_id(member, &here)?),
                "verifyingContract" => read.contract = Some(scalar::address(member, &here)?),
                "salt" => {
                    scalar::hash(member, &here)?;
                }
                other => {
                    let known = DOMAIN_MEMBERS.map(|(name, _)| name);
                    return Err(spot.unknown_member(other, name.offset(), &known));
                }
            }
        }
        Ok(read)
    }

    /// The type of the message: `Permit`, `SafeTx`.
    pub fn primary_type(&self) -> &str {
        &self.primary_type
    }

    /// The name of the domain; what an application calls itself.
    pub fn domain_name(&self) -> Option<&str> {
        self.domain_name.as_deref()
    }

    /// The contract that will check the signature.
    pub fn contract(&self) -> Option<Address> {
        self.contract
    }

    /// The chain it is meant for; none when the domain names no chain, so that it may hold on every one.
    pub fn chain_id(&self) -> Option<u64> {
        self.chain_id
    }
}

/// A plain integer, a quantity, or decimal digits: all three are in use.
fn chain_id(value: Value<'_>, spot: &Spot<'_>) -> Result<u64, Misunderstood> {
    match value.as_str() {
        Some(text) if !text.starts_with("0x") => {
            let digits = text.bytes().all(|byte| byte.is_ascii_digit()) && !(text.len() > 1 && text.starts_with('0'));
            text.parse()
                .ok()
                .filter(|_| digits)
                .ok_or_else(|| spot.refuse(Reason::NotAQuantity, value, "is not a number of 64 bits"))
        }
        _ => Integer::read_u64(value, spot),
    }
}
