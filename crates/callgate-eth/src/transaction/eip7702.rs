//! Transactions that delegate accounts to code (type 4), and the authorizations they carry.
//!
//! EIP-7702: <https://eips.ethereum.org/EIPS/eip-7702>

use std::cell::OnceCell;

use alloy_consensus::TxEip7702;
use alloy_eips::eip7702::SignedAuthorization;
use alloy_primitives::{Address, Bytes, TxKind, U256};

use super::TransactionType;
use super::eip2930::access_list;
use super::error::{AuthorizationFault, TransactionError};
use super::field::Field;
use super::fields::{Fees, Gas, chain_id, check_cost, input, nonce, typed_signature};
use super::reader::Reader;
use super::signature::{Parity, RecoverError, Signature};

/// The EIP-2718 type byte.
pub(super) const TYPE: u8 = 0x04;

/// Most authorizations of one transaction: each costs a signature recovery here and in the node. Wallets send one or
/// two; batch relayers stay below this.
pub const MAX_AUTHORIZATIONS: usize = 16;

/// A signed promise that an account (the authority) runs the code of another (the delegate) from now on.
#[derive(Clone)]
pub struct Authorization {
    chain_id: u64,
    delegate: Address,
    nonce: u64,
    signature: Signature,
    authority: OnceCell<Result<Address, RecoverError>>,
}

/// Reads the thirteen fields.
pub(super) fn read(fields: &mut Reader<'_>, raw: &Bytes) -> Result<Eip7702, TransactionError> {
    let chain_id = chain_id(fields)?;
    let nonce = nonce(fields)?;
    let fees = Fees::read(fields)?;
    let gas_limit = fields.u64(Field::GasLimit)?;
    let TxKind::Call(to) = fields.to()? else {
        return Err(TransactionError::CreationForbidden(TransactionType::Eip7702));
    };
    let value = fields.u256(Field::Value)?;
    let input = input(fields, raw)?;
    let access_list = access_list(fields)?;
    let authorizations = authorizations(fields)?;
    let signature = typed_signature(fields)?;
    check_cost(
        &[Gas {
            amount: gas_limit,
            price: fees.maximum,
        }],
        value,
    )?;
    let transaction = TxEip7702 {
        chain_id,
        nonce,
        max_priority_fee_per_gas: fees.priority,
        max_fee_per_gas: fees.maximum,
        gas_limit,
        to,
        value,
        input,
        access_list,
        authorization_list: authorizations.iter().map(Authorization::to_alloy).collect(),
    };
    Ok(Eip7702 {
        transaction,
        authorizations,
        signature,
    })
}

/// A type 4 transaction and its authorizations in our form.
pub(super) struct Eip7702 {
    pub(super) transaction: TxEip7702,
    pub(super) authorizations: Vec<Authorization>,
    pub(super) signature: Signature,
}

/// One to `MAX_AUTHORIZATIONS`, each one that a node would apply.
fn authorizations(fields: &mut Reader<'_>) -> Result<Vec<Authorization>, TransactionError> {
    let mut list = fields.list(Field::AuthorizationList)?;
    let mut authorizations = Vec::new();
    while !list.is_empty() {
        let index = authorizations.len();
        if index == MAX_AUTHORIZATIONS {
            return Err(TransactionError::TooManyAuthorizations {
                limit: MAX_AUTHORIZATIONS,
            });
        }
        let mut item = list.list(Field::Authorization)?;
        let chain_id = item.u64(Field::AuthorizationChainId)?;
        let delegate = item.address(Field::AuthorizationAddress)?;
        let nonce = item.u64(Field::AuthorizationNonce)?;
        let y_parity = item.u64(Field::AuthorizationYParity)?;
        let r = item.u256(Field::AuthorizationR)?;
        let s = item.u256(Field::AuthorizationS)?;
        item.end()?;
        let authorization = Parity::try_from(y_parity)
            .and_then(|parity| Signature::new(parity, r, s))
            .map_err(AuthorizationFault::Signature)
            .and_then(|signature| Authorization::new(chain_id, delegate, nonce, signature))
            .map_err(|fault| TransactionError::Authorization { index, fault })?;
        authorizations.push(authorization);
    }
    if authorizations.is_empty() {
        Err(TransactionError::NoAuthorizations)
    } else {
        Ok(authorizations)
    }
}

impl Authorization {
    /// An authorization from its parts, as JSON objects give them.
    ///
    /// # Errors
    /// The nonce is one no account can have.
    pub fn new(chain_id: u64, delegate: Address, nonce: u64, signature: Signature) -> Result<Self, AuthorizationFault> {
        if nonce == u64::MAX {
            return Err(AuthorizationFault::NonceExhausted);
        }
        Ok(Self {
            chain_id,
            delegate,
            nonce,
            signature,
            authority: OnceCell::new(),
        })
    }

    /// The account that gives its code away. Recovered from the signature on first use, then remembered.
    ///
    /// # Errors
    /// No key can have made the signature.
    pub fn authority(&self) -> Result<Address, RecoverError> {
        *self
            .authority
            .get_or_init(|| self.signature.recover(self.unsigned().signature_hash()))
    }

    /// The account whose code the authority will run; the zero address takes a delegation back.
    pub fn delegate(&self) -> Address {
        self.delegate
    }

    /// The chain it is meant for; 0 means every chain.
    pub fn chain_id(&self) -> u64 {
        self.chain_id
    }

    /// Whether it holds on every chain: its chain id is 0.
    pub fn holds_on_every_chain(&self) -> bool {
        self.chain_id == 0
    }

    /// The nonce the authority must have.
    pub fn nonce(&self) -> u64 {
        self.nonce
    }

    fn unsigned(&self) -> alloy_eips::eip7702::Authorization {
        alloy_eips::eip7702::Authorization {
            chain_id: U256::from(self.chain_id),
            address: self.delegate,
            nonce: self.nonce,
        }
    }

    fn to_alloy(&self) -> SignedAuthorization {
        self.unsigned().into_signed(self.signature.to_alloy())
    }
}
