//! Several calls from one account in one request, as wallets and account services take them. Each call is an operation of
//! its own: all must be allowed. Capabilities are not taken: they can name services by URL, and change who pays and who
//! acts.
//!
//! EIP-5792: <https://eips.ethereum.org/EIPS/eip-5792>

use alloy_primitives::Address;
use callgate_rpc::{Value, Writer};

use crate::call_object::{CallObject, Made};
use crate::context::Context;
use crate::form::scalar::{self, HexText};
use crate::misunderstood::{Misunderstood, Reason};
use crate::operation::Operation;
use crate::spot::Spot;
use crate::transaction::TransactionType;

/// The most calls of one request.
const MAX_CALLS: usize = 100;

const KNOWN: &[&str] = &[
    "version",
    "id",
    "from",
    "chainId",
    "atomicRequired",
    "calls",
    "capabilities",
];
const KNOWN_OF_CALL: &[&str] = &["to", "data", "value", "capabilities"];

/// A request, but for its calls, which are operations.
pub(crate) struct SendCalls<'t> {
    version: Option<&'t str>,
    id: Option<&'t str>,
    from: Address,
    chain_id: u64,
    atomic: Option<bool>,
    /// The place of its first call among the operations, and how many there are.
    first: usize,
    count: usize,
}

impl<'t> SendCalls<'t> {
    /// Reads the request at `spot` and gives its calls, which will stand among the operations from place `first` on.
    pub(crate) fn read(
        value: Value<'t>,
        context: &Context,
        first: usize,
        spot: &Spot<'_>,
    ) -> Result<(Self, Vec<CallObject<'t>>), Misunderstood> {
        let object = value
            .as_object()
            .ok_or_else(|| spot.wrong_type(value, "an object of calls"))?;
        if let Some((name, _)) = object.iter().find(|(name, _)| !KNOWN.contains(&name.as_str())) {
            return Err(spot.unknown_member(name.as_str(), name.offset(), KNOWN));
        }
        let missing = |reason, what: &str| spot.refuse(reason, value, what);
        let text = |name: &'static str| object.get(name).map(|member| scalar::string(member, &spot.known(name)));
        let from = object.get("from").ok_or_else(|| {
            missing(
                Reason::MissingFrom,
                "needs `from`: without it the wallet would choose an account",
            )
        })?;
        let from = scalar::address(from, &spot.known("from"))?;
        let chain_id = object
            .get("chainId")
            .ok_or_else(|| missing(Reason::MissingMember, "needs `chainId`"))?;
        let chain_id = chain(chain_id, context, &spot.known("chainId"))?;
        let calls = object
            .get("calls")
            .ok_or_else(|| missing(Reason::MissingMember, "needs `calls`"))?;
        no_capabilities(object.get("capabilities"), spot)?;
        let atomic = object
            .get("atomicRequired")
            .map(|member| scalar::boolean(member, &spot.known("atomicRequired")))
            .transpose()?;
        let calls = read_calls(calls, from, chain_id, &spot.known("calls"))?;
        let request = Self {
            version: text("version").transpose()?,
            id: text("id").transpose()?,
            from,
            chain_id,
            atomic,
            first,
            count: calls.len(),
        };
        Ok((request, calls))
    }

    pub(crate) fn write(&self, operations: &[Operation<'_>], out: &mut Writer<'_>) {
        out.begin_object();
        for (name, text) in [("version", self.version), ("id", self.id)] {
            if let Some(text) = text {
                out.name(name);
                out.string(text);
            }
        }
        out.name("from");
        out.hex(self.from.as_slice());
        out.name("chainId");
        out.quantity_u64(self.chain_id);
        if let Some(atomic) = self.atomic {
            out.name("atomicRequired");
            out.bool(atomic);
        }
        out.name("calls");
        out.begin_array();
        for operation in operations.iter().skip(self.first).take(self.count) {
            if let Some(object) = operation.as_object() {
                write_call(object, out);
            }
        }
        out.end_array();
        out.end_object();
    }
}

fn chain(value: Value<'_>, context: &Context, spot: &Spot<'_>) -> Result<u64, Misunderstood> {
    let given = scalar::quantity_u64(value, spot)?;
    match context.chain_id {
        Some(ours) if ours == given => Ok(given),
        Some(ours) => Err(spot.refuse(
            Reason::WrongChain,
            value,
            format_args!("is another chain: this one is {ours} ({ours:#x})"),
        )),
        None => Err(spot.refuse(
            Reason::ChainUnknown,
            value,
            "cannot be checked: the chain id of the node is not known yet",
        )),
    }
}

fn read_calls<'t>(
    value: Value<'t>,
    from: Address,
    chain_id: u64,
    spot: &Spot<'_>,
) -> Result<Vec<CallObject<'t>>, Misunderstood> {
    let list = value
        .as_array()
        .ok_or_else(|| spot.wrong_type(value, "an array of calls"))?;
    if list.is_empty() || list.len() > MAX_CALLS {
        return Err(spot.refuse(Reason::TooMany, value, format_args!("must have 1 to {MAX_CALLS} calls")));
    }
    list.iter()
        .enumerate()
        .map(|(index, item)| read_call(item, from, chain_id, &spot.item(index)))
        .collect()
}

fn read_call<'t>(
    value: Value<'t>,
    from: Address,
    chain_id: u64,
    spot: &Spot<'_>,
) -> Result<CallObject<'t>, Misunderstood> {
    let object = value
        .as_object()
        .ok_or_else(|| spot.wrong_type(value, "a call object"))?;
    let mut made = Made {
        from,
        to: None,
        value: None,
        input: None,
        chain_id: Some(chain_id),
        kind: TransactionType::Eip1559,
    };
    for (name, member) in object.iter() {
        let here = spot.member(name.as_str());
        match name.as_str() {
            "to" => made.to = Some(scalar::address(member, &here)?),
            "data" => made.input = Some(HexText::read(member, &here)?),
            "value" => made.value = Some(scalar::quantity(member, &here)?),
            "capabilities" => no_capabilities(Some(member), spot)?,
            other => return Err(spot.unknown_member(other, name.offset(), KNOWN_OF_CALL)),
        }
    }
    Ok(made.into())
}

/// None, or an empty object.
fn no_capabilities(value: Option<Value<'_>>, spot: &Spot<'_>) -> Result<(), Misunderstood> {
    match value {
        Some(value) if !value.as_object().is_some_and(callgate_rpc::Object::is_empty) => {
            Err(spot.known("capabilities").refuse(
                Reason::Refused,
                value,
                "is never taken: capabilities change who pays and who acts",
            ))
        }
        _ => Ok(()),
    }
}

fn write_call(object: &CallObject<'_>, out: &mut Writer<'_>) {
    out.begin_object();
    if let Some(to) = object.to {
        out.name("to");
        out.hex(to.as_slice());
    }
    if let Some(value) = object.value {
        out.name("value");
        scalar::write_quantity(out, value);
    }
    if let Some(input) = object.input {
        out.name("data");
        input.write(out);
    }
    out.end_object();
}
