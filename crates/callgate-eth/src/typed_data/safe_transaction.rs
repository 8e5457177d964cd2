//! A Safe transaction as clef takes it to sign: an object of its own, of which clef makes an EIP-712 message of type
//! `SafeTx` for the Safe's domain.

use callgate_rpc::Value;

use super::TypedMessage;
use crate::context::Context;
use crate::form::plain::{Free, Integer};
use crate::form::scalar;
use crate::misunderstood::{Misunderstood, Reason};
use crate::spot::Spot;

/// Every member clef reads. All are scalars.
const KNOWN: &[&str] = &[
    "safe",
    "to",
    "value",
    "data",
    "operation",
    "gasToken",
    "safeTxGas",
    "baseGas",
    "gasPrice",
    "refundReceiver",
    "nonce",
    "safeTxHash",
    "chainId",
];

/// Reads the object at `spot`.
pub(crate) fn read<'t>(
    value: Value<'t>,
    context: &Context,
    spot: &Spot<'_>,
) -> Result<(TypedMessage, Free<'t>), Misunderstood> {
    let object = value
        .as_object()
        .ok_or_else(|| spot.wrong_type(value, "an object of a Safe transaction"))?;
    let mut safe = None;
    let mut chain_id = context.chain_id;
    for (name, member) in object.iter() {
        let here = spot.member(name.as_str());
        match name.as_str() {
            "safe" => safe = Some(scalar::address(member, &here)?),
            "to" | "gasToken" | "refundReceiver" => drop(scalar::address(member, &here)?),
            "operation" if Integer::read_u64(member, &here)? != 0 => {
                return Err(here.refuse(
                    Reason::Refused,
                    member,
                    "must be 0: a delegate call runs the code of others as the Safe itself",
                ));
            }
            "chainId" => chain_id = Some(scalar::quantity_u64(member, &here)?),
            other if !KNOWN.contains(&other) => return Err(spot.unknown_member(other, name.offset(), KNOWN)),
            _ if member.as_str().is_none() && member.as_number().is_none() => {
                return Err(here.wrong_type(member, "a string or a number"));
            }
            _ => {}
        }
    }
    let Some(safe) = safe else {
        return Err(spot.refuse(Reason::MissingMember, value, "needs `safe`"));
    };
    Ok((
        TypedMessage::of_contract("SafeTx", safe, chain_id),
        Free::read(value, spot)?,
    ))
}
