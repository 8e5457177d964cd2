//! User operations of account abstraction, in the form bundlers take them: unpacked for entry point 0.6, and for 0.7 and
//! later. Which of the two it is, its members say; where the entry point is a known one, both must agree.
//!
//! The account that acts is a member, not the signer of anything we could check: its own code decides at the node whether
//! the signature is good. So a user operation is a kind of its own, with a permission of its own.
//!
//! ERC-4337: <https://eips.ethereum.org/EIPS/eip-4337>, ERC-7769: <https://eips.ethereum.org/EIPS/eip-7769>

use alloy_primitives::{Address, U256, address};
use callgate_rpc::{Object, Value, Writer};

use crate::call_object::Authorizations;
use crate::form::scalar::{self, HexText};
use crate::misunderstood::{Misunderstood, Reason};
use crate::spot::Spot;
use crate::transaction::Authorization;

/// One user operation.
pub struct UserOperation<'t> {
    sender: Address,
    nonce: U256,
    call_data: HexText<'t>,
    gas: [Option<U256>; GAS.len()],
    fees: [Option<u128>; FEES.len()],
    form: Form<'t>,
    signature: Option<HexText<'t>>,
    authorization: Option<Authorizations>,
    entry_point: Option<Address>,
}

/// What differs between the versions.
enum Form<'t> {
    /// Entry point 0.6: factory and paymaster each packed with their data.
    Packed {
        init_code: HexText<'t>,
        paymaster_and_data: Option<HexText<'t>>,
    },
    /// Entry point 0.7 and later: each a member of its own.
    Unpacked {
        factory: Option<Factory>,
        factory_data: Option<HexText<'t>>,
        paymaster: Option<Address>,
        paymaster_data: Option<HexText<'t>>,
        paymaster_gas: [Option<U256>; PAYMASTER_GAS.len()],
    },
}

/// Who deploys the account.
#[derive(Clone, Copy)]
enum Factory {
    Contract(Address),
    /// `0x7702`: the account gets its code by the authorization that comes along.
    Delegation,
}

const GAS: [&str; 3] = ["callGasLimit", "verificationGasLimit", "preVerificationGas"];
const FEES: [&str; 2] = ["maxFeePerGas", "maxPriorityFeePerGas"];
const PAYMASTER_GAS: [&str; 2] = ["paymasterVerificationGasLimit", "paymasterPostOpGasLimit"];

/// Members of both versions, of 0.6 alone, of 0.7 and later alone.
const COMMON: &[&str] = &["sender", "nonce", "callData", "signature", "eip7702Auth"];
const PACKED: &[&str] = &["initCode", "paymasterAndData"];
const UNPACKED: &[&str] = &["factory", "factoryData", "paymaster", "paymasterData"];

/// The short spelling of a factory that stands for a delegation.
const DELEGATION: &str = "0x7702";

/// The entry point of version 0.6, the same on every chain.
pub const ENTRY_POINT_06: Address = address!("5ff137d4b0fdcd49dca30c7cf57e578a026d2789");
/// The entry point of version 0.7.
pub const ENTRY_POINT_07: Address = address!("0000000071727de22e5e9d8baf0edac6f37da032");
/// The entry point of version 0.8.
pub const ENTRY_POINT_08: Address = address!("4337084d9e255ff0702461cf8895ce9e3b5ff108");

impl<'t> UserOperation<'t> {
    /// Reads the object at `spot`. Gas limits and signature may be missing, as they are when gas is to be estimated.
    pub(crate) fn read(value: Value<'t>, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        let object = value
            .as_object()
            .ok_or_else(|| spot.wrong_type(value, "a user operation object"))?;
        check_names(object, spot)?;
        let packed = PACKED.iter().any(|name| object.get(name).is_some());
        let unpacked = UNPACKED
            .iter()
            .chain(&PAYMASTER_GAS)
            .any(|name| object.get(name).is_some());
        if packed && unpacked {
            let what = "has members of entry point 0.6 beside members of 0.7";
            return Err(spot.refuse(Reason::Conflict, value, what));
        }
        let members = Members { object, value, spot };
        let operation = Self {
            sender: members.must("sender", scalar::address)?,
            nonce: members.must("nonce", scalar::quantity)?,
            call_data: members.must("callData", HexText::read)?,
            gas: members.each(GAS, scalar::quantity)?,
            fees: members.each(FEES, scalar::quantity_u128)?,
            form: if packed {
                Form::packed(&members)?
            } else {
                Form::unpacked(&members)?
            },
            signature: members.may("signature", HexText::read)?,
            authorization: members.may("eip7702Auth", Authorizations::read_one)?,
            entry_point: None,
        };
        if operation.authorization.is_some() && packed {
            let what = "has `eip7702Auth`, which entry point 0.6 does not know";
            return Err(spot.refuse(Reason::Conflict, value, what));
        }
        Ok(operation)
    }

    /// Tells which entry point executes it.
    pub(crate) fn set_entry_point(
        &mut self,
        entry_point: Address,
        value: Value<'_>,
        spot: &Spot<'_>,
    ) -> Result<(), Misunderstood> {
        let packed = matches!(self.form, Form::Packed { .. });
        let fits = match entry_point {
            ENTRY_POINT_06 => packed,
            ENTRY_POINT_07 | ENTRY_POINT_08 => !packed,
            _ => true,
        };
        if !fits {
            let what = "is an entry point of another version than the user operation";
            return Err(spot.refuse(Reason::Conflict, value, what));
        }
        self.entry_point = Some(entry_point);
        Ok(())
    }

    /// The account that acts.
    pub fn account(&self) -> Address {
        self.sender
    }

    /// The contract that executes it.
    pub fn entry_point(&self) -> Option<Address> {
        self.entry_point
    }

    /// Its two-part nonce: 192 bits of key, 64 bits of sequence.
    pub fn nonce(&self) -> U256 {
        self.nonce
    }

    /// What the account is called with.
    pub(crate) fn call_data(&self) -> HexText<'t> {
        self.call_data
    }

    /// The contract that deploys the account before it acts.
    pub fn factory(&self) -> Option<Address> {
        match &self.form {
            Form::Packed { init_code, .. } => init_code.first().map(Address::new),
            Form::Unpacked { factory, .. } => match factory {
                Some(Factory::Contract(address)) => Some(*address),
                Some(Factory::Delegation) | None => None,
            },
        }
    }

    /// The contract that pays for it.
    pub fn paymaster(&self) -> Option<Address> {
        match &self.form {
            Form::Packed { paymaster_and_data, .. } => {
                paymaster_and_data.and_then(|data| data.first().map(Address::new))
            }
            Form::Unpacked { paymaster, .. } => *paymaster,
        }
    }

    /// All its gas limits together; none while one of its own is missing, or when they exceed 64 bits.
    pub(crate) fn gas(&self) -> Option<u64> {
        let mut sum = U256::ZERO;
        for limit in self.gas {
            sum = sum.checked_add(limit?)?;
        }
        if let Form::Unpacked { paymaster_gas, .. } = &self.form {
            for limit in paymaster_gas.iter().flatten() {
                sum = sum.checked_add(*limit)?;
            }
        }
        sum.try_into().ok()
    }

    pub(crate) fn max_fee_per_gas(&self) -> Option<u128> {
        let [most, _] = self.fees;
        most
    }

    pub(crate) fn max_priority_fee_per_gas(&self) -> Option<u128> {
        let [_, tip] = self.fees;
        tip
    }

    pub(crate) fn authorizations(&self) -> &[Authorization] {
        self.authorization.as_ref().map_or(&[], Authorizations::as_slice)
    }

    pub(crate) fn write(&self, out: &mut Writer<'_>) {
        out.begin_object();
        out.name("sender");
        out.hex(self.sender.as_slice());
        out.name("nonce");
        scalar::write_quantity(out, self.nonce);
        self.form.write_factory(out);
        out.name("callData");
        self.call_data.write(out);
        write_quantities(out, GAS, &self.gas);
        for (name, fee) in FEES.into_iter().zip(self.fees) {
            if let Some(fee) = fee {
                out.name(name);
                scalar::write_quantity_u128(out, fee);
            }
        }
        self.form.write_paymaster(out);
        write_hex(out, "signature", self.signature);
        if let Some(authorization) = &self.authorization {
            out.name("eip7702Auth");
            authorization.write_one(out);
        }
        out.end_object();
    }
}

impl<'t> Form<'t> {
    fn packed(members: &Members<'t, '_>) -> Result<Self, Misunderstood> {
        let form = Self::Packed {
            init_code: members.must("initCode", packed)?,
            paymaster_and_data: members.may("paymasterAndData", packed)?,
        };
        Ok(form)
    }

    fn unpacked(members: &Members<'t, '_>) -> Result<Self, Misunderstood> {
        let form = Self::Unpacked {
            factory: members.may("factory", factory)?,
            factory_data: members.may("factoryData", HexText::read)?,
            paymaster: members.may("paymaster", scalar::address)?,
            paymaster_data: members.may("paymasterData", HexText::read)?,
            paymaster_gas: members.each(PAYMASTER_GAS, scalar::quantity)?,
        };
        if let Self::Unpacked {
            factory,
            factory_data,
            paymaster,
            paymaster_data,
            paymaster_gas,
        } = &form
        {
            members.needs_both(factory.is_some(), factory_data.is_some(), "factoryData", "factory")?;
            members.needs_both(
                paymaster.is_some(),
                paymaster_data.is_some(),
                "paymasterData",
                "paymaster",
            )?;
            for (name, limit) in PAYMASTER_GAS.into_iter().zip(paymaster_gas) {
                members.needs_both(paymaster.is_some(), limit.is_some(), name, "paymaster")?;
            }
        }
        Ok(form)
    }

    fn write_factory(&self, out: &mut Writer<'_>) {
        match self {
            Self::Packed { init_code, .. } => write_hex(out, "initCode", Some(*init_code)),
            Self::Unpacked {
                factory, factory_data, ..
            } => {
                match factory {
                    Some(Factory::Contract(address)) => write_address(out, "factory", Some(*address)),
                    Some(Factory::Delegation) => {
                        out.name("factory");
                        out.string(DELEGATION);
                    }
                    None => {}
                }
                write_hex(out, "factoryData", *factory_data);
            }
        }
    }

    fn write_paymaster(&self, out: &mut Writer<'_>) {
        match self {
            Self::Packed { paymaster_and_data, .. } => write_hex(out, "paymasterAndData", *paymaster_and_data),
            Self::Unpacked {
                paymaster,
                paymaster_data,
                paymaster_gas,
                ..
            } => {
                write_address(out, "paymaster", *paymaster);
                write_quantities(out, PAYMASTER_GAS, paymaster_gas);
                write_hex(out, "paymasterData", *paymaster_data);
            }
        }
    }
}

/// Nothing, or an address and what follows it.
fn packed<'t>(value: Value<'t>, spot: &Spot<'_>) -> Result<HexText<'t>, Misunderstood> {
    let text = HexText::read(value, spot)?;
    match text.len() {
        0 | 20.. => Ok(text),
        bytes => Err(spot.refuse(
            Reason::NotAnAddress,
            value,
            format_args!("must be empty or begin with an address: {bytes} bytes are too few"),
        )),
    }
}

fn factory(value: Value<'_>, spot: &Spot<'_>) -> Result<Factory, Misunderstood> {
    if value.as_str() == Some(DELEGATION) {
        return Ok(Factory::Delegation);
    }
    scalar::address(value, spot).map(Factory::Contract)
}

fn check_names(object: Object<'_>, spot: &Spot<'_>) -> Result<(), Misunderstood> {
    let known = || {
        let lists = [COMMON, PACKED, UNPACKED, &GAS, &FEES, &PAYMASTER_GAS];
        lists.into_iter().flatten().copied()
    };
    match object
        .iter()
        .find(|(name, _)| !known().any(|known| known == name.as_str()))
    {
        Some((name, _)) => {
            let known: Vec<_> = known().collect();
            Err(spot.unknown_member(name.as_str(), name.offset(), &known))
        }
        None => Ok(()),
    }
}

/// The members of an object, read by name.
struct Members<'t, 's> {
    object: Object<'t>,
    value: Value<'t>,
    spot: &'s Spot<'s>,
}

impl<'t> Members<'t, '_> {
    fn may<T>(
        &self,
        name: &'static str,
        read: impl Fn(Value<'t>, &Spot<'_>) -> Result<T, Misunderstood>,
    ) -> Result<Option<T>, Misunderstood> {
        let member = self.object.get(name);
        member.map(|value| read(value, &self.spot.known(name))).transpose()
    }

    fn must<T>(
        &self,
        name: &'static str,
        read: impl Fn(Value<'t>, &Spot<'_>) -> Result<T, Misunderstood>,
    ) -> Result<T, Misunderstood> {
        self.may(name, read)?.ok_or_else(|| {
            self.spot
                .refuse(Reason::MissingMember, self.value, format_args!("needs `{name}`"))
        })
    }

    fn each<T: Copy, const N: usize>(
        &self,
        names: [&'static str; N],
        read: impl Fn(Value<'t>, &Spot<'_>) -> Result<T, Misunderstood>,
    ) -> Result<[Option<T>; N], Misunderstood> {
        let mut found = [None; N];
        for (slot, name) in found.iter_mut().zip(names) {
            *slot = self.may(name, &read)?;
        }
        Ok(found)
    }

    fn needs_both(&self, owner: bool, given: bool, name: &str, owner_name: &str) -> Result<(), Misunderstood> {
        if given && !owner {
            let what = format_args!("has `{name}` without `{owner_name}`");
            return Err(self.spot.refuse(Reason::Conflict, self.value, what));
        }
        Ok(())
    }
}

fn write_hex(out: &mut Writer<'_>, name: &str, text: Option<HexText<'_>>) {
    if let Some(text) = text {
        out.name(name);
        text.write(out);
    }
}

fn write_address(out: &mut Writer<'_>, name: &str, address: Option<Address>) {
    if let Some(address) = address {
        out.name(name);
        out.hex(address.as_slice());
    }
}

fn write_quantities<const N: usize>(out: &mut Writer<'_>, names: [&str; N], numbers: &[Option<U256>; N]) {
    for (name, number) in names.into_iter().zip(numbers) {
        if let Some(number) = number {
            out.name(name);
            scalar::write_quantity(out, *number);
        }
    }
}

/// Names the account only: calldata and signatures have no place in logs.
impl std::fmt::Debug for UserOperation<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserOperation")
            .field("sender", &self.sender)
            .field("entry_point", &self.entry_point)
            .finish_non_exhaustive()
    }
}
