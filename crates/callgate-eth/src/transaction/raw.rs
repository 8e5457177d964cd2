//! The decoded transaction: the exact bytes, the typed fields, and what is computed from them on demand.

use std::cell::OnceCell;
use std::fmt;

use alloy_consensus::transaction::RlpEcdsaEncodableTx;
use alloy_consensus::{SignableTransaction, Transaction, TxEip1559, TxEip2930, TxEip4844, TxEip7702, TxLegacy};
use alloy_primitives::{Address, B256, Bytes, U256, keccak256};

use super::TransactionType;
use super::eip7702::Authorization;
use super::quorum;
use super::sidecar;
use super::signature::{RecoverError, Signature};

/// A signed transaction that decoded completely and encodes back to the same bytes. Made only by the decoders of this
/// module; immutable. Sender, hash and authorities are computed on first use and remembered.
#[derive(Clone)]
pub struct RawTransaction {
    bytes: Bytes,
    body: Body,
    signature: Signature,
    authorizations: Vec<Authorization>,
    sidecar: Option<sidecar::Version>,
    sender: OnceCell<Result<Address, RecoverError>>,
    hash: OnceCell<B256>,
}

/// The unsigned fields, one variant per type.
#[derive(Clone)]
pub(super) enum Body {
    Legacy(TxLegacy),
    Eip2930(TxEip2930),
    Eip1559(TxEip1559),
    Eip4844(TxEip4844),
    Eip7702(TxEip7702),
    /// Legacy fields without a chain, under the mark of a private transaction of GoQuorum.
    QuorumPrivate(TxLegacy),
}

impl RawTransaction {
    /// Only the decoder vouches that `bytes` and the fields are the same transaction.
    pub(super) fn new(bytes: Bytes, body: Body, signature: Signature) -> Self {
        Self {
            bytes,
            body,
            signature,
            authorizations: Vec::new(),
            sidecar: None,
            sender: OnceCell::new(),
            hash: OnceCell::new(),
        }
    }

    pub(super) fn with_authorizations(self, authorizations: Vec<Authorization>) -> Self {
        Self { authorizations, ..self }
    }

    pub(super) fn with_sidecar(self, version: sidecar::Version) -> Self {
        Self {
            sidecar: Some(version),
            ..self
        }
    }

    /// The canonical bytes, byte for byte what was decoded; blob transactions with their sidecar, but for those in blocks.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The type by its EIP.
    pub fn transaction_type(&self) -> TransactionType {
        match self.body {
            Body::Legacy(_) | Body::QuorumPrivate(_) => TransactionType::Legacy,
            Body::Eip2930(_) => TransactionType::Eip2930,
            Body::Eip1559(_) => TransactionType::Eip1559,
            Body::Eip4844(_) => TransactionType::Eip4844,
            Body::Eip7702(_) => TransactionType::Eip7702,
        }
    }

    /// Whether it holds on one chain only. False for legacy transactions without EIP-155, valid on every chain, and for
    /// private transactions of GoQuorum, whose signature covers no chain id either.
    pub fn is_protected(&self) -> bool {
        self.chain_id().is_some()
    }

    /// Whether it has the mark of a private transaction of GoQuorum.
    pub fn is_private(&self) -> bool {
        matches!(self.body, Body::QuorumPrivate(_))
    }

    /// What a private transaction of GoQuorum has in the place of calldata: the hash by which the transaction managers of
    /// its participants know the payload.
    pub fn payload_hash(&self) -> Option<&[u8; quorum::PAYLOAD_HASH_BYTES]> {
        match &self.body {
            Body::QuorumPrivate(fields) => fields.input.first_chunk(),
            _ => None,
        }
    }

    /// The chain it is signed for; none for legacy transactions without EIP-155 and private ones. Never 0.
    pub fn chain_id(&self) -> Option<u64> {
        self.fields().chain_id()
    }

    /// How many transactions the sender has sent before this one.
    pub fn nonce(&self) -> u64 {
        self.fields().nonce()
    }

    /// The gas limit.
    pub fn gas(&self) -> u64 {
        self.fields().gas_limit()
    }

    /// Wei per gas, in types 0 and 1.
    pub fn gas_price(&self) -> Option<u128> {
        self.fields().gas_price()
    }

    /// The most wei per gas it can cost: the fee cap, in types 0 and 1 the gas price.
    pub fn max_fee_per_gas(&self) -> u128 {
        self.fields().max_fee_per_gas()
    }

    /// The tip per gas in wei, from type 2 on.
    pub fn max_priority_fee_per_gas(&self) -> Option<u128> {
        self.fields().max_priority_fee_per_gas()
    }

    /// The most wei per blob gas, in type 3.
    pub fn max_fee_per_blob_gas(&self) -> Option<u128> {
        self.fields().max_fee_per_blob_gas()
    }

    /// The account called; none for a contract creation.
    pub fn to(&self) -> Option<Address> {
        self.fields().to()
    }

    /// The wei sent along.
    pub fn value(&self) -> U256 {
        self.fields().value()
    }

    /// Calldata, or init code for a contract creation; the hash of the payload in a private transaction of GoQuorum.
    pub fn input(&self) -> &[u8] {
        self.fields().input()
    }

    /// Entries of the access list; 0 for types without one.
    pub fn access_list_len(&self) -> usize {
        self.fields().access_list().map_or(0, |list| list.len())
    }

    /// The EIP-7702 authorizations, 1 to `MAX_AUTHORIZATIONS` in type 4, none in others.
    pub fn authorizations(&self) -> &[Authorization] {
        &self.authorizations
    }

    /// Blobs it carries: at least 1 in type 3, else 0.
    pub fn blob_count(&self) -> usize {
        self.fields().blob_versioned_hashes().map_or(0, <[B256]>::len)
    }

    /// How its blobs are proven, in type 3.
    pub fn sidecar_version(&self) -> Option<sidecar::Version> {
        self.sidecar
    }

    /// The transaction hash: keccak-256 of the canonical bytes, for blob transactions without the sidecar.
    pub fn hash(&self) -> B256 {
        *self.hash.get_or_init(|| match &self.body {
            Body::Eip4844(_) => keccak256(self.body.encode(&self.signature)),
            _ => keccak256(&self.bytes),
        })
    }

    /// The account whose key signed it, by libsecp256k1 on first use. Every signature in range recovers *some*
    /// address: only an address that a rule names means anything.
    ///
    /// # Errors
    /// No key can have made the signature.
    pub fn sender(&self) -> Result<Address, RecoverError> {
        *self
            .sender
            .get_or_init(|| self.signature.recover(self.body.signature_hash()))
    }

    /// The sender, if it has been recovered already and exists.
    pub fn known_sender(&self) -> Option<Address> {
        self.sender.get().copied()?.ok()
    }

    fn fields(&self) -> &dyn Transaction {
        match &self.body {
            Body::Legacy(fields) | Body::QuorumPrivate(fields) => fields,
            Body::Eip2930(fields) => fields,
            Body::Eip1559(fields) => fields,
            Body::Eip4844(fields) => fields,
            Body::Eip7702(fields) => fields,
        }
    }
}

impl Body {
    /// The signed transaction as EIP-2718 bytes; blob transactions without their sidecar.
    pub(super) fn encode(&self, signature: &Signature) -> Vec<u8> {
        match self {
            Self::Legacy(fields) => encode(fields, signature),
            Self::Eip2930(fields) => encode(fields, signature),
            Self::Eip1559(fields) => encode(fields, signature),
            Self::Eip4844(fields) => encode(fields, signature),
            Self::Eip7702(fields) => encode(fields, signature),
            Self::QuorumPrivate(fields) => encode(&quorum::marked(fields), signature),
        }
    }

    fn signature_hash(&self) -> B256 {
        match self {
            Self::Legacy(fields) | Self::QuorumPrivate(fields) => fields.signature_hash(),
            Self::Eip2930(fields) => fields.signature_hash(),
            Self::Eip1559(fields) => fields.signature_hash(),
            Self::Eip4844(fields) => fields.signature_hash(),
            Self::Eip7702(fields) => fields.signature_hash(),
        }
    }
}

fn encode(fields: &impl RlpEcdsaEncodableTx, signature: &Signature) -> Vec<u8> {
    let signature = signature.to_alloy();
    let mut bytes = Vec::with_capacity(fields.eip2718_encoded_length(&signature));
    fields.eip2718_encode(&signature, &mut bytes);
    bytes
}

/// Names the type and size only: calldata has no place in logs.
impl fmt::Debug for RawTransaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawTransaction")
            .field("type", &self.transaction_type())
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}
