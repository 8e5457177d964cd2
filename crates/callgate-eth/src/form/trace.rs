//! How a transaction or block is traced: only tracers built into the client, named from a list. A tracer that is
//! JavaScript source runs in the node's process; deadlines and memory are the node's to spare, not the caller's to set.

use callgate_rpc::{Object, Value, Writer};

use super::overrides::{BlockOverride, StateOverride};
use super::scalar;
use crate::dialect::Client;
use crate::misunderstood::{Misunderstood, Reason};
use crate::spot::Spot;

/// A trace configuration, as flags: every member a caller may set is a choice among few.
#[derive(Default)]
pub(crate) struct TraceConfig<'t> {
    tracer: Option<Tracer>,
    flags: Flags,
    tracer_flags: Option<Flags>,
    of_call: OfCall<'t>,
}

/// What only the trace of a call that was never sent can have.
#[derive(Default)]
struct OfCall<'t> {
    state: Option<StateOverride<'t>>,
    block: Option<Box<BlockOverride>>,
    index: Option<u64>,
}

/// What a trace configuration can make a call believe about the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Believes {
    Nothing,
    State,
    StateAndBlock,
}

/// A built-in tracer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tracer {
    Call,
    FlatCall,
    FourByte,
    Noop,
    Prestate,
}

const TRACERS: [(&str, Tracer); 5] = [
    ("callTracer", Tracer::Call),
    ("flatCallTracer", Tracer::FlatCall),
    ("4byteTracer", Tracer::FourByte),
    ("noopTracer", Tracer::Noop),
    ("prestateTracer", Tracer::Prestate),
];

/// Switches of the struct logger. `enableMemory` only as `false`: memory per step is the costliest trace there is.
const SWITCHES: &[&str] = &[
    "disableMemory",
    "disableReturnData",
    "disableStack",
    "disableStorage",
    "enableMemory",
    "enableReturnData",
];

/// Switches of the built-in tracers.
const TRACER_SWITCHES: &[&str] = &[
    "convertParityErrors",
    "diffMode",
    "disableCode",
    "disableStorage",
    "includeEmpty",
    "includePrecompiles",
    "onlyTopCall",
    "withLog",
];

/// Values of switches, at the places of their names.
#[derive(Debug, Default, Clone, Copy)]
struct Flags([Option<bool>; 8]);

impl<'t> TraceConfig<'t> {
    /// Reads the object at `spot`, for `client`. The configuration of a call that is traced can make the call believe
    /// things about the chain, as far as the client lets it.
    pub(crate) fn read(
        value: Value<'t>,
        believes: Believes,
        client: Client,
        spot: &Spot<'_>,
    ) -> Result<Self, Misunderstood> {
        let object = value
            .as_object()
            .ok_or_else(|| spot.wrong_type(value, "a trace configuration object"))?;
        let mut config = Self::default();
        for (name, member) in object.iter() {
            let here = spot.member(name.as_str());
            match name.as_str() {
                "stateOverrides" if believes != Believes::Nothing => {
                    config.of_call.state = Some(StateOverride::read(member, client, &here)?);
                }
                "blockOverrides" if believes == Believes::StateAndBlock => {
                    config.of_call.block = Some(Box::new(BlockOverride::read(member, client, &here)?));
                }
                "txIndex" if believes == Believes::StateAndBlock => {
                    config.of_call.index = Some(scalar::quantity_u64(member, &here)?);
                }
                "stateOverrides" | "blockOverrides" | "txIndex" => {
                    return Err(here.refuse(
                        Reason::NotRead,
                        member,
                        format_args!(
                            "would have no effect: this node's client ({client}) is not known to read it here"
                        ),
                    ));
                }
                other => config.set(other, member, name.offset(), spot)?,
            }
        }
        Ok(config)
    }

    /// Whether it makes the call believe anything.
    pub(crate) fn has_overrides(&self) -> bool {
        self.of_call.state.as_ref().is_some_and(|state| !state.is_empty())
            || self.of_call.block.as_ref().is_some_and(|block| !block.is_empty())
    }

    /// Sets a member that every trace can have.
    fn set(&mut self, name: &str, value: Value<'_>, offset: usize, spot: &Spot<'_>) -> Result<(), Misunderstood> {
        let here = spot.member(name);
        match name {
            "tracer" => self.tracer = Some(tracer(value, &here)?),
            "tracerConfig" => {
                let inner = value
                    .as_object()
                    .ok_or_else(|| here.wrong_type(value, "an object of tracer switches"))?;
                self.tracer_flags = Some(Flags::read(inner, TRACER_SWITCHES, &here)?);
            }
            "enableMemory" if scalar::boolean(value, &here)? => {
                return Err(here.refuse(
                    Reason::Refused,
                    value,
                    "is never granted: a trace with memory can exhaust the node",
                ));
            }
            "timeout" | "reexec" | "limit" => {
                return Err(here.refuse(Reason::Refused, value, "is the node's to set, not the caller's"));
            }
            switch if SWITCHES.contains(&switch) => self.flags.set(SWITCHES, switch, scalar::boolean(value, &here)?),
            other => return Err(spot.unknown_member(other, offset, &known())),
        }
        Ok(())
    }

    pub(crate) fn write(&self, out: &mut Writer<'_>) {
        out.begin_object();
        if let Some(tracer) = self.tracer {
            out.name("tracer");
            TRACERS
                .iter()
                .filter(|(_, known)| *known == tracer)
                .for_each(|(name, _)| out.string(name));
        }
        self.flags.write(out, SWITCHES);
        if let Some(flags) = &self.tracer_flags {
            out.name("tracerConfig");
            out.begin_object();
            flags.write(out, TRACER_SWITCHES);
            out.end_object();
        }
        if let Some(state) = &self.of_call.state {
            out.name("stateOverrides");
            state.write(out);
        }
        if let Some(block) = &self.of_call.block {
            out.name("blockOverrides");
            block.write(out);
        }
        if let Some(index) = self.of_call.index {
            out.name("txIndex");
            out.quantity_u64(index);
        }
        out.end_object();
    }
}

fn known() -> Vec<&'static str> {
    SWITCHES.iter().copied().chain(["tracer", "tracerConfig"]).collect()
}

fn tracer(value: Value<'_>, spot: &Spot<'_>) -> Result<Tracer, Misunderstood> {
    let text = scalar::string(value, spot)?;
    TRACERS.iter().find(|(name, _)| *name == text).map(|(_, tracer)| *tracer).ok_or_else(|| {
        spot.refuse(
            Reason::Refused,
            value,
            "is not a built-in tracer: `callTracer`, `prestateTracer`, `flatCallTracer`, `4byteTracer` or `noopTracer` expected",
        )
    })
}

impl Flags {
    fn read(object: Object<'_>, names: &[&str], spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        let mut flags = Self::default();
        for (name, member) in object.iter() {
            if !names.contains(&name.as_str()) {
                return Err(spot.unknown_member(name.as_str(), name.offset(), names));
            }
            flags.set(
                names,
                name.as_str(),
                scalar::boolean(member, &spot.member(name.as_str()))?,
            );
        }
        Ok(flags)
    }

    fn set(&mut self, names: &[&str], name: &str, value: bool) {
        for (slot, known) in self.0.iter_mut().zip(names) {
            if *known == name {
                *slot = Some(value);
            }
        }
    }

    fn write(&self, out: &mut Writer<'_>, names: &[&str]) {
        for (flag, name) in self.0.iter().zip(names) {
            if let Some(flag) = flag {
                out.name(name);
                out.bool(*flag);
            }
        }
    }
}

/// Which traces the `trace_` methods return.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct TraceTypes([bool; 3]);

const TRACE_TYPES: [&str; 3] = ["trace", "vmTrace", "stateDiff"];

impl TraceTypes {
    pub(crate) fn read(value: Value<'_>, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        let list = value
            .as_array()
            .ok_or_else(|| spot.wrong_type(value, "an array of trace types"))?;
        let mut types = Self::default();
        for (index, item) in list.iter().enumerate() {
            let spot = spot.item(index);
            let text = scalar::string(item, &spot)?;
            let known = types.0.iter_mut().zip(TRACE_TYPES).find(|(_, name)| *name == text);
            let (wanted, _) = known.ok_or_else(|| {
                spot.refuse(
                    Reason::Refused,
                    item,
                    "is not a trace type: `trace`, `vmTrace` or `stateDiff` expected",
                )
            })?;
            if std::mem::replace(wanted, true) {
                return Err(spot.refuse(Reason::Conflict, item, "is named twice"));
            }
        }
        Ok(types)
    }

    pub(crate) fn write(self, out: &mut Writer<'_>) {
        out.begin_array();
        for (wanted, name) in self.0.iter().zip(TRACE_TYPES) {
            if *wanted {
                out.string(name);
            }
        }
        out.end_array();
    }
}
