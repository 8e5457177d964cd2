//! Reading an object: each member by its exact name and type, then what they say together.

use alloy_primitives::{Address, B256, U256};
use callgate_rpc::Value;

use super::aside::Aside;
use super::private::{self, PrivateMembers};
use super::{AccessList, Authorizations, CallObject, Fees, Purpose};
use crate::context::Context;
use crate::dialect::{Client, Member};
use crate::form::scalar::{self, HexText};
use crate::misunderstood::{Misunderstood, Reason};
use crate::spot::Spot;
use crate::transaction::TransactionType;

/// The most blob hashes of one call: more than any fork's blocks hold.
pub(crate) const MAX_BLOB_HASHES: usize = 128;

/// Every member we know, in the order they are written.
const KNOWN: &[&str] = &[
    "from",
    "to",
    "gas",
    "gasPrice",
    "maxFeePerGas",
    "maxPriorityFeePerGas",
    "maxFeePerBlobGas",
    "value",
    "nonce",
    "chainId",
    "type",
    "data",
    "input",
    "accessList",
    "authorizationList",
    "blobVersionedHashes",
];

/// The members as given.
#[derive(Default)]
pub(super) struct Members<'t> {
    pub(super) from: Option<Address>,
    pub(super) to: Option<Address>,
    pub(super) gas: Option<u64>,
    pub(super) fees: Fees,
    pub(super) value: Option<U256>,
    pub(super) nonce: Option<u64>,
    pub(super) chain_id: Option<u64>,
    pub(super) kind: Option<TransactionType>,
    pub(super) data: Option<HexText<'t>>,
    pub(super) input: Option<HexText<'t>>,
    pub(super) access_list: Option<AccessList>,
    pub(super) authorizations: Option<Authorizations>,
    pub(super) blob_hashes: Option<Vec<B256>>,
    pub(super) private: PrivateMembers,
}

impl<'t> CallObject<'t> {
    /// Reads the object at `spot`.
    pub(crate) fn read(
        value: Value<'t>,
        purpose: Purpose,
        context: &Context,
        spot: &Spot<'_>,
    ) -> Result<Self, Misunderstood> {
        let object = value.as_object().ok_or_else(|| spot.wrong_type(value, "an object"))?;
        let (mut members, mut aside) = (Members::default(), Aside::default());
        for (name, member) in object.iter() {
            let here = spot.member(name.as_str());
            let is_known = members.set(name.as_str(), member, &here)?
                || PrivateMembers::are_read(purpose, context.client.dialect)
                    && members.private.set(name.as_str(), member, &here)?
                || purpose == Purpose::Simulate && aside.set(name.as_str(), member, &here)?;
            if !is_known {
                return Err(unknown(name.as_str(), name.offset(), spot));
            }
        }
        aside.check(members.blob_hashes.as_ref().map_or(0, Vec::len), value, spot)?;
        members.into_object(value, purpose, context, spot)
    }
}

impl<'t> Members<'t> {
    /// Sets one member. False when there is none of this name.
    fn set(&mut self, name: &str, value: Value<'t>, spot: &Spot<'_>) -> Result<bool, Misunderstood> {
        match name {
            "from" => self.from = Some(scalar::address(value, spot)?),
            "to" => self.to = to(value, spot)?,
            "gas" => self.gas = Some(scalar::quantity_u64(value, spot)?),
            "gasPrice" => self.fees.gas_price = Some(scalar::quantity_u128(value, spot)?),
            "maxFeePerGas" => self.fees.max_fee_per_gas = Some(scalar::quantity_u128(value, spot)?),
            "maxPriorityFeePerGas" => self.fees.max_priority_fee_per_gas = Some(scalar::quantity_u128(value, spot)?),
            "maxFeePerBlobGas" => self.fees.max_fee_per_blob_gas = Some(scalar::quantity_u128(value, spot)?),
            "value" => self.value = Some(scalar::quantity(value, spot)?),
            "nonce" => self.nonce = Some(nonce(value, spot)?),
            "chainId" => self.chain_id = Some(scalar::quantity_u64(value, spot)?),
            "type" => self.kind = Some(kind(value, spot)?),
            "data" => self.data = Some(HexText::read(value, spot)?),
            "input" => self.input = Some(HexText::read(value, spot)?),
            "accessList" => self.access_list = Some(AccessList::read(value, spot)?),
            "authorizationList" => self.authorizations = Some(Authorizations::read(value, spot)?),
            "blobVersionedHashes" => self.blob_hashes = Some(blob_hashes(value, spot)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn into_object(
        self,
        value: Value<'t>,
        purpose: Purpose,
        context: &Context,
        spot: &Spot<'_>,
    ) -> Result<CallObject<'t>, Misunderstood> {
        if purpose == Purpose::NodeFills {
            self.check_filled_by_node(value, spot)?;
        }
        self.check_read_by_client(value, purpose, context.client, spot)?;
        let kind = self.transaction_type(value, purpose, context.client, spot)?;
        let input = self.calldata(value, spot)?;
        let chain_id = self.chain(value, purpose, context, spot)?;
        let from = match (self.from, purpose) {
            (Some(from), _) => from,
            (None, Purpose::Simulate) => Address::ZERO,
            (None, Purpose::NodeSigns | Purpose::NodePrepares | Purpose::EeaSigns | Purpose::NodeFills) => {
                return Err(spot.refuse(
                    Reason::MissingFrom,
                    value,
                    "needs `from`: without it the node would choose a key",
                ));
            }
        };
        self.check_tip(value, spot)?;
        let writes_kind = match purpose {
            // A simulation of another type than legacy says so: Nethermind goes by it.
            Purpose::NodePrepares => self.kind.is_some(),
            Purpose::Simulate => self.kind.is_some() || kind != TransactionType::Legacy,
            Purpose::NodeSigns => true,
            // These clients know one type only, and not the member.
            Purpose::EeaSigns | Purpose::NodeFills => false,
        };
        let privacy = self.private.into_privacy(purpose, value, spot)?;
        let object = CallObject {
            from,
            to: self.to,
            gas: self.gas,
            fees: self.fees,
            value: self.value,
            nonce: self.nonce,
            chain_id,
            kind,
            input,
            access_list: self.access_list,
            authorizations: self.authorizations,
            blob_hashes: self.blob_hashes,
            privacy: privacy.map(Box::new),
            writes_kind,
            replaced: None,
            purpose,
        };
        private::check(&object, value, spot)?;
        // No sum that a rule or a node makes can wrap.
        match object.cost() {
            Some(_) => Ok(object),
            None => Err(spot.refuse(Reason::OutOfRange, value, "may cost more wei than 256 bits hold")),
        }
    }

    /// `data` and `input` are two names of one thing: either, or both with the same bytes.
    fn calldata(&self, value: Value<'_>, spot: &Spot<'_>) -> Result<Option<HexText<'t>>, Misunderstood> {
        match (self.data, self.input) {
            (Some(data), Some(input)) if !data.is_same(input) => {
                Err(spot.refuse(Reason::Conflict, value, "has `data` and `input` with different bytes"))
            }
            (data, input) => Ok(input.or(data)),
        }
    }

    /// The chain id to write: the one given, which must be ours; ours in whatever is signed.
    fn chain(
        &self,
        value: Value<'_>,
        purpose: Purpose,
        context: &Context,
        spot: &Spot<'_>,
    ) -> Result<Option<u64>, Misunderstood> {
        match (self.chain_id, context.chain_id, purpose) {
            (Some(given), Some(ours), _) if given == ours => Ok(Some(ours)),
            (Some(_), Some(ours), _) => Err(spot.refuse(
                Reason::WrongChain,
                value,
                format_args!("has a `chainId` of another chain: this one is {ours} ({ours:#x})"),
            )),
            (None, _, Purpose::Simulate) => Ok(None),
            (None, Some(_), Purpose::EeaSigns | Purpose::NodeFills) => Ok(None),
            (Some(_), None, _) | (None, None, _) => Err(spot.refuse(
                Reason::ChainUnknown,
                value,
                "cannot be checked: the chain id of the node is not known yet",
            )),
            (None, Some(ours), Purpose::NodeSigns | Purpose::NodePrepares) => Ok(Some(ours)),
        }
    }

    /// Nothing that this client would leave out of what it executes or signs.
    fn check_read_by_client(
        &self,
        value: Value<'_>,
        purpose: Purpose,
        client: Client,
        spot: &Spot<'_>,
    ) -> Result<(), Misunderstood> {
        let fees = &self.fees;
        let given = [
            (
                Member::DynamicFees,
                "maxFeePerGas",
                fees.max_fee_per_gas.is_some() || fees.max_priority_fee_per_gas.is_some(),
            ),
            (Member::AccessList, "accessList", self.access_list.is_some()),
            (
                Member::Authorizations,
                "authorizationList",
                self.authorizations.is_some(),
            ),
            (
                Member::Blobs,
                "blobVersionedHashes",
                self.blob_hashes.is_some() || fees.max_fee_per_blob_gas.is_some(),
            ),
        ];
        for (member, name, given) in given {
            let read = match purpose {
                Purpose::Simulate => client.reads_in_calls(member),
                _ => client.reads_in_transactions(member),
            };
            // Blob transactions that the node would sign have a sentence of their own.
            if given && !read && (member != Member::Blobs || purpose == Purpose::Simulate) {
                return Err(spot.refuse(
                    Reason::NotRead,
                    value,
                    format_args!("has `{name}`, which this node's client ({client}) is not known to read here"),
                ));
            }
        }
        let one_fee = fees.max_fee_per_gas.is_some() != fees.max_priority_fee_per_gas.is_some();
        if purpose == Purpose::NodeSigns && one_fee && client.needs_both_fees() {
            let what = "needs both `maxFeePerGas` and `maxPriorityFeePerGas` for this node's client";
            return Err(spot.refuse(Reason::MissingMember, value, what));
        }
        let dropped = purpose == Purpose::NodeSigns && fees.gas_price.is_some() && self.access_list.is_some();
        if dropped && !client.keeps_access_list_beside_gas_price() {
            let what = "has `gasPrice` beside `accessList`: this node's client would sign it without the list";
            return Err(spot.refuse(Reason::NotRead, value, what));
        }
        Ok(())
    }

    /// Nothing that the node would write over, or that would make it another transaction.
    fn check_filled_by_node(&self, value: Value<'_>, spot: &Spot<'_>) -> Result<(), Misunderstood> {
        let given = [
            ("to", self.to.is_some()),
            ("value", self.value.is_some_and(|value| !value.is_zero())),
            ("data", self.data.is_some()),
            ("input", self.input.is_some()),
            ("accessList", self.access_list.is_some()),
            ("authorizationList", self.authorizations.is_some()),
            ("blobVersionedHashes", self.blob_hashes.is_some()),
        ];
        match given.into_iter().find(|(_, given)| *given) {
            Some((name, _)) => Err(spot.refuse(
                Reason::Conflict,
                value,
                format_args!("has `{name}`, which the node fills in itself here: leave it out"),
            )),
            None => Ok(()),
        }
    }

    /// A tip within the fee cap.
    fn check_tip(&self, value: Value<'_>, spot: &Spot<'_>) -> Result<(), Misunderstood> {
        if let (Some(tip), Some(most)) = (self.fees.max_priority_fee_per_gas, self.fees.max_fee_per_gas)
            && tip > most
        {
            return Err(spot.refuse(
                Reason::Conflict,
                value,
                "has a `maxPriorityFeePerGas` above its `maxFeePerGas`",
            ));
        }
        Ok(())
    }
}

/// A member that is not read. Those that are live somewhere say why they are not.
#[cold]
fn unknown(name: &str, offset: usize, spot: &Spot<'_>) -> Misunderstood {
    match name {
        "blobs" | "commitments" | "proofs" | "sidecar" => spot.refuse_at(
            Reason::Refused,
            offset,
            format_args!("has `{name}`: blobs are not signed by the node here, send the signed transaction"),
        ),
        "privateFor" | "privateFrom" | "privacyGroupId" | "privacyFlag" | "mandatoryFor" | "restriction" => spot
            .refuse_at(
                Reason::UnknownMember,
                offset,
                format_args!("has `{name}`, which makes it a private transaction: this node's client knows none here"),
            ),
        "callbackUrl" => spot.refuse_at(
            Reason::Refused,
            offset,
            "has `callbackUrl`, an address that the node would call: poll for the receipt instead",
        ),
        _ => spot.unknown_member(name, offset, KNOWN),
    }
}

/// 20 bytes, or null, which every client takes for `to` left out: a creation. Libraries built on alloy write it so. Empty
/// and short text is read differently by each client.
fn to(value: Value<'_>, spot: &Spot<'_>) -> Result<Option<Address>, Misunderstood> {
    if value.is_null() {
        return Ok(None);
    }
    scalar::address(value, spot).map(Some)
}

/// Below 2^64-1 (EIP-2681: <https://eips.ethereum.org/EIPS/eip-2681>).
fn nonce(value: Value<'_>, spot: &Spot<'_>) -> Result<u64, Misunderstood> {
    match scalar::quantity_u64(value, spot)? {
        u64::MAX => Err(spot.refuse(
            Reason::OutOfRange,
            value,
            "is the one nonce no transaction can have (EIP-2681)",
        )),
        nonce => Ok(nonce),
    }
}

fn kind(value: Value<'_>, spot: &Spot<'_>) -> Result<TransactionType, Misunderstood> {
    match scalar::byte(value, spot)? {
        0 => Ok(TransactionType::Legacy),
        1 => Ok(TransactionType::Eip2930),
        2 => Ok(TransactionType::Eip1559),
        3 => Ok(TransactionType::Eip4844),
        4 => Ok(TransactionType::Eip7702),
        _ => Err(spot.refuse(
            Reason::OutOfRange,
            value,
            "is not a transaction type: `0x0` to `0x4` expected",
        )),
    }
}

fn blob_hashes(value: Value<'_>, spot: &Spot<'_>) -> Result<Vec<B256>, Misunderstood> {
    let list = value
        .as_array()
        .ok_or_else(|| spot.wrong_type(value, "an array of versioned hashes"))?;
    if list.is_empty() || list.len() > MAX_BLOB_HASHES {
        return Err(spot.refuse(
            Reason::TooMany,
            value,
            format_args!("must have 1 to {MAX_BLOB_HASHES} hashes"),
        ));
    }
    list.iter()
        .enumerate()
        .map(|(index, item)| scalar::hash(item, &spot.item(index)))
        .collect()
}
