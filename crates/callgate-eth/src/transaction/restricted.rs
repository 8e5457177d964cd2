//! Restricted transactions of the Enterprise Ethereum Alliance, as `eea_sendRawTransaction` and
//! `priv_distributeRawTransaction` of Besu up to 25.5 take them:
//!
//! `[nonce, gasPrice, gas, to, value, data, v, r, s, privateFrom, privateFor | privacyGroupId, restriction]`
//!
//! `privateFor` is a list of keys of participants, `privacyGroupId` the id of a group in the place of the list. The
//! signature covers everything but itself, with the three items of EIP-155 after `data` where it names a chain. For the
//! chain, Besu makes a public marker transaction that it signs with a key of its own; it refuses a restricted transaction
//! that moves ether, whatever else it says, so that is refused here. web3js-quorum and EthSigner write the same form.
//!
//! Enterprise Ethereum Client Specification 7, section 6 (the members; the encoding is Besu's):
//! <https://entethalliance.org/specs/ethereum-client/>

use std::cell::OnceCell;
use std::fmt;

use alloy_consensus::TxLegacy;
use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use alloy_rlp::{Encodable, Header};

use super::error::TransactionError;
use super::field::Field;
use super::fields::{Gas, check_cost, input, no_value, nonce, signature};
use super::legacy::V;
use super::reader::Reader;
use super::signature::{RecoverError, Signature};
use super::{MAX_TRANSACTION_BYTES, read_list, text};
use crate::privacy::{MAX_PARTICIPANTS, Participant, Privacy, Protection, Recipients};

/// A signed restricted transaction that decoded completely and encodes back to the same bytes. Made only by
/// `decode_restricted` and `decode_restricted_hex`; immutable. Sender and hash are computed on first use and remembered.
#[derive(Clone)]
pub struct RestrictedTransaction {
    bytes: Bytes,
    fields: TxLegacy,
    from: Participant,
    privacy: Privacy,
    signature: Signature,
    sender: OnceCell<Result<Address, RecoverError>>,
    hash: OnceCell<B256>,
}

/// Decodes the hex text of a restricted transaction.
///
/// # Errors
/// The text is not hex, is too long (checked before any work), or the bytes are no canonical restricted transaction.
pub fn decode_restricted_hex(text: &str) -> Result<RestrictedTransaction, TransactionError> {
    decode_bytes(&text::bytes(text::digits(text)?, MAX_TRANSACTION_BYTES)?)
}

/// Decodes a restricted transaction.
///
/// # Errors
/// The bytes are too many (checked before any work), or no canonical restricted transaction.
pub fn decode_restricted(raw: &[u8]) -> Result<RestrictedTransaction, TransactionError> {
    decode_bytes(&text::copied(raw, MAX_TRANSACTION_BYTES)?)
}

fn decode_bytes(bytes: &Bytes) -> Result<RestrictedTransaction, TransactionError> {
    if bytes.is_empty() {
        return Err(TransactionError::Empty);
    }
    let transaction = read_list(bytes, 0, |fields| RestrictedTransaction::read(fields, bytes))?;
    if transaction.encode(Part::Signed) == *bytes {
        Ok(transaction)
    } else {
        Err(TransactionError::NotReproduced)
    }
}

impl RestrictedTransaction {
    /// The canonical bytes, byte for byte what was decoded.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Who takes part. `from` is always there and covered by the signature.
    pub fn privacy(&self) -> &Privacy {
        &self.privacy
    }

    /// Whether it holds on one chain only. Besu takes both.
    pub fn is_protected(&self) -> bool {
        self.chain_id().is_some()
    }

    /// The chain it is signed for; none without EIP-155. Never 0.
    pub fn chain_id(&self) -> Option<u64> {
        self.fields.chain_id
    }

    /// The sender's nonce in the privacy group, which counts apart from the public one.
    pub fn nonce(&self) -> u64 {
        self.fields.nonce
    }

    /// The gas limit, which the marker transaction gets as well.
    pub fn gas(&self) -> u64 {
        self.fields.gas_limit
    }

    /// Wei per gas, which the node pays for the marker transaction.
    pub fn gas_price(&self) -> u128 {
        self.fields.gas_price
    }

    /// The account called in the private state; none for a contract creation.
    pub fn to(&self) -> Option<Address> {
        self.fields.to.into_to()
    }

    /// The wei sent along: none can be.
    pub fn value(&self) -> U256 {
        self.fields.value
    }

    /// Calldata, or init code for a contract creation.
    pub fn input(&self) -> &[u8] {
        &self.fields.input
    }

    /// Keccak-256 of the canonical bytes, by which Besu named private transactions up to 1.4; the node answers with the
    /// hash of the marker transaction it makes.
    pub fn hash(&self) -> B256 {
        *self.hash.get_or_init(|| keccak256(&self.bytes))
    }

    /// The account whose key signed it, by libsecp256k1 on first use. Every signature in range recovers *some*
    /// address: only an address that a rule names means anything.
    ///
    /// # Errors
    /// No key can have made the signature.
    pub fn sender(&self) -> Result<Address, RecoverError> {
        *self
            .sender
            .get_or_init(|| self.signature.recover(keccak256(self.encode(Part::Unsigned))))
    }

    /// The sender, if it has been recovered already and exists.
    pub fn known_sender(&self) -> Option<Address> {
        self.sender.get().copied()?.ok()
    }

    /// Reads the twelve fields of `raw`.
    fn read(fields: &mut Reader<'_>, raw: &Bytes) -> Result<Self, TransactionError> {
        let mut transaction = TxLegacy {
            chain_id: None,
            nonce: nonce(fields)?,
            gas_price: fields.u128(Field::GasPrice)?,
            gas_limit: fields.u64(Field::GasLimit)?,
            to: fields.to()?,
            value: no_value(fields)?,
            input: input(fields, raw)?,
        };
        let v = V::read(fields)?;
        transaction.chain_id = v.chain_id;
        let signature = signature(v.parity, fields)?;
        let from = Participant::new(*fields.fixed(Field::PrivateFrom)?);
        let privacy = Privacy {
            from: Some(from),
            to: recipients(fields)?,
            mandatory: Vec::new(),
            protection: restriction(fields)?,
        };
        let gas = Gas {
            amount: transaction.gas_limit,
            price: transaction.gas_price,
        };
        check_cost(&[gas], transaction.value)?;
        Ok(Self {
            bytes: raw.clone(),
            fields: transaction,
            from,
            privacy,
            signature,
            sender: OnceCell::new(),
            hash: OnceCell::new(),
        })
    }

    /// The RLP of what is sent or of what is signed.
    fn encode(&self, part: Part) -> Vec<u8> {
        let mut payload = Vec::with_capacity(self.bytes.len());
        let out = &mut payload;
        self.fields.nonce.encode(out);
        self.fields.gas_price.encode(out);
        self.fields.gas_limit.encode(out);
        self.fields.to.encode(out);
        self.fields.value.encode(out);
        self.fields.input.encode(out);
        match (part, self.chain_id()) {
            (Part::Signed, chain_id) => {
                let signature = self.signature.to_alloy();
                v(chain_id, signature.v()).encode(out);
                signature.r().encode(out);
                signature.s().encode(out);
            }
            (Part::Unsigned, Some(chain_id)) => {
                chain_id.encode(out);
                U256::ZERO.encode(out);
                U256::ZERO.encode(out);
            }
            (Part::Unsigned, None) => {}
        }
        self.from.bytes().encode(out);
        match &self.privacy.to {
            Recipients::Members(members) => {
                let keys: Vec<_> = members.iter().map(|member| B256::new(*member.bytes())).collect();
                keys.encode(out);
            }
            Recipients::Group(group) => group.bytes().encode(out),
        }
        self.privacy.protection.restriction().unwrap_or_default().encode(out);
        let mut list = Vec::with_capacity(self.bytes.len());
        let header = Header {
            list: true,
            payload_length: payload.len(),
        };
        header.encode(&mut list);
        list.extend(payload);
        list
    }
}

/// What is encoded.
#[derive(Clone, Copy)]
enum Part {
    /// With the signature: what is sent.
    Signed,
    /// Without: what is signed.
    Unsigned,
}

/// EIP-155: <https://eips.ethereum.org/EIPS/eip-155>. Wider than the `v` that is read, so that nothing wraps.
fn v(chain_id: Option<u64>, y_is_odd: bool) -> u128 {
    chain_id.map_or(27, |chain_id| 35 + 2 * u128::from(chain_id)) + u128::from(y_is_odd)
}

/// A list of keys, empty for the sender alone, or the id of a group. Ids and keys have 32 bytes.
fn recipients(fields: &mut Reader<'_>) -> Result<Recipients, TransactionError> {
    if !fields.is_empty() && !fields.list_is_next() {
        let group = fields.fixed(Field::PrivacyGroupId)?;
        return Ok(Recipients::Group(Participant::new(*group)));
    }
    let mut list = fields.list(Field::PrivateFor)?;
    let mut members = Vec::new();
    while !list.is_empty() {
        if members.len() == MAX_PARTICIPANTS {
            return Err(TransactionError::TooManyParticipants {
                field: Field::PrivateFor,
                limit: MAX_PARTICIPANTS,
            });
        }
        members.push(Participant::new(*list.fixed(Field::PrivateForMember)?));
    }
    Ok(Recipients::Members(members))
}

fn restriction(fields: &mut Reader<'_>) -> Result<Protection, TransactionError> {
    let offset = fields.offset();
    let word = fields.bytes(Field::Restriction)?;
    std::str::from_utf8(word)
        .ok()
        .and_then(Protection::of_restriction)
        .ok_or(TransactionError::UnknownRestriction { offset })
}

/// Names the size only: calldata and participants have no place in logs.
impl fmt::Debug for RestrictedTransaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RestrictedTransaction")
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}
