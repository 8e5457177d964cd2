//! Owns the proof of a decision: [`Permitted`] can be made by judging only, and what goes to a node
//! is written from it and from nothing else. The node never sees a byte the client wrote.

use callgate_eth::{HandleKind, Understood};
use callgate_rpc::BatchWriter;

use crate::decision::Decision;

/// A call that may be sent.
pub struct Permitted<'t> {
    call: Understood<'t>,
    decision: Decision,
}

/// A call that may not be sent, and what was decided about it.
pub struct Refused<'t> {
    call: Understood<'t>,
    decision: Decision,
}

/// Bytes for a node: the only thing an upstream takes.
#[derive(Clone, PartialEq, Eq)]
pub struct Outgoing {
    bytes: Vec<u8>,
    form: Form,
}

/// Whether an [`Outgoing`] is one call or a batch: the answer has the same form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One call; one answer.
    Single,
    /// A batch of this many calls, also when it is one.
    Batch(usize),
}

/// The first reservation for a call: most are shorter, and none is written in a dozen growing pieces.
const CALL_BYTES: usize = 384;

/// What Callgate itself asks a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe {
    /// `eth_chainId`.
    ChainId,
    /// `web3_clientVersion`.
    ClientVersion,
    /// `eth_syncing`.
    Syncing,
}

impl<'t> Permitted<'t> {
    /// Only `judge` vouches that the decision is about the call, and allows it.
    pub(crate) fn new(call: Understood<'t>, decision: Decision) -> Self {
        Self { call, decision }
    }

    /// The call, as it was judged; it cannot be changed any more.
    #[must_use]
    pub fn call(&self) -> &Understood<'t> {
        &self.call
    }

    /// What was decided about it.
    #[must_use]
    pub fn decision(&self) -> &Decision {
        &self.decision
    }
}

impl<'t> Refused<'t> {
    pub(crate) fn new(call: Understood<'t>, decision: Decision) -> Self {
        Self { call, decision }
    }

    /// The call.
    #[must_use]
    pub fn call(&self) -> &Understood<'t> {
        &self.call
    }

    /// What was decided about it.
    #[must_use]
    pub fn decision(&self) -> &Decision {
        &self.decision
    }
}

impl Outgoing {
    /// One call under our own id. `node_handle` is the node's filter or subscription id that stands
    /// where the client wrote ours.
    #[must_use]
    pub fn single(id: u64, permitted: &Permitted<'_>, node_handle: Option<&str>) -> Self {
        let call = permitted.call();
        Self::written(id, call.method_name(), |writer| call.write(writer, node_handle))
    }

    /// A batch of calls, each under an id of its own.
    #[must_use]
    pub fn batch<'p, 't: 'p, 'h>(calls: impl IntoIterator<Item = (u64, &'p Permitted<'t>, Option<&'h str>)>) -> Self {
        let calls = calls.into_iter();
        let mut bytes = Vec::with_capacity(calls.size_hint().0.saturating_mul(CALL_BYTES));
        let mut batch = BatchWriter::new(&mut bytes);
        for (id, permitted, node_handle) in calls {
            let call = permitted.call();
            batch.call(id, call.method_name(), |writer| call.write(writer, node_handle));
        }
        let count = batch.finish();
        Self {
            bytes,
            form: Form::Batch(count),
        }
    }

    /// A question of our own.
    #[must_use]
    pub fn probe(id: u64, probe: Probe) -> Self {
        Self::written(id, probe.method(), |_| {})
    }

    /// Gives a filter or subscription back whose owner is gone.
    #[must_use]
    pub fn release(id: u64, kind: HandleKind, node_handle: &str) -> Self {
        let method = match kind {
            HandleKind::Filter => "eth_uninstallFilter",
            HandleKind::Subscription => "eth_unsubscribe",
        };
        Self::written(id, method, |writer| {
            writer.begin_array();
            writer.string(node_handle);
            writer.end_array();
        })
    }

    fn written(id: u64, method: &str, params: impl FnOnce(&mut callgate_rpc::Writer<'_>)) -> Self {
        let mut bytes = Vec::with_capacity(CALL_BYTES);
        callgate_rpc::write_call(&mut bytes, id, method, params);
        Self {
            bytes,
            form: Form::Single,
        }
    }

    /// What goes out.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The same, given away.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// One call or a batch.
    #[must_use]
    pub fn form(&self) -> Form {
        self.form
    }
}

impl Probe {
    /// The method.
    #[must_use]
    pub fn method(self) -> &'static str {
        match self {
            Self::ChainId => "eth_chainId",
            Self::ClientVersion => "web3_clientVersion",
            Self::Syncing => "eth_syncing",
        }
    }
}
