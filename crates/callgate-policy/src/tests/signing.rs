//! Signed transactions for tests: whatever fields a case needs, signed by Alice.

use alloy_consensus::transaction::RlpEcdsaEncodableTx;
use alloy_consensus::{SignableTransaction, TxEip1559, TxEip7702, TxLegacy};
use alloy_eips::eip7702::Authorization;
use alloy_primitives::{Address, Bytes, Signature, TxKind, U256, hex};
use alloy_signer::SignerSync;
use alloy_signer_local::PrivateKeySigner;

/// The key of the account of ethereum/tests, known to everybody.
const ALICE_KEY: [u8; 32] = hex!("45a915e4d060149eb4365960e6a7a45f334393093061116b197e3240065ff2d8");
const OTHER_KEY: [u8; 32] = [7; 32];

/// An unsigned transaction.
pub(crate) enum Body {
    Legacy(TxLegacy),
    Eip1559(TxEip1559),
    Eip7702(TxEip7702),
}

impl Body {
    pub(crate) fn eip1559(to: &str, value: u64, data: &str) -> Self {
        Self::Eip1559(TxEip1559 {
            chain_id: 1,
            gas_limit: 100_000,
            max_fee_per_gas: 10,
            max_priority_fee_per_gas: 1,
            to: TxKind::Call(address(to)),
            value: U256::from(value),
            input: Bytes::from(hex::decode(data).unwrap()),
            ..TxEip1559::default()
        })
    }

    pub(crate) fn creation() -> Self {
        let Self::Eip1559(body) = Self::eip1559(super::TOKEN, 0, "6000") else {
            panic!()
        };
        Self::Eip1559(TxEip1559 {
            to: TxKind::Create,
            ..body
        })
    }

    pub(crate) fn legacy(chain_id: Option<u64>) -> Self {
        let to = TxKind::Call(address(super::TOKEN));
        Self::Legacy(TxLegacy {
            chain_id,
            gas_price: 10,
            gas_limit: 21_000,
            to,
            ..TxLegacy::default()
        })
    }

    /// Alice delegates to each of these, for a chain.
    pub(crate) fn delegating(list: &[(&str, u64)]) -> Self {
        Self::with_authorizations(list, ALICE_KEY)
    }

    /// Alice sends what another account has signed for itself.
    pub(crate) fn delegating_by_other(delegate: &str) -> Self {
        Self::with_authorizations(&[(delegate, 1)], OTHER_KEY)
    }

    fn with_authorizations(list: &[(&str, u64)], key: [u8; 32]) -> Self {
        let authorization_list = list.iter().map(|(delegate, chain_id)| {
            let authorization = Authorization {
                chain_id: U256::from(*chain_id),
                address: address(delegate),
                nonce: 0,
            };
            let signature = sign(key, authorization.signature_hash());
            authorization.into_signed(signature)
        });
        Self::Eip7702(TxEip7702 {
            chain_id: 1,
            gas_limit: 100_000,
            max_fee_per_gas: 10,
            to: address(super::TOKEN),
            authorization_list: authorization_list.collect(),
            ..TxEip7702::default()
        })
    }
}

/// The signed transaction as `eth_sendRawTransaction` takes it.
pub(crate) fn raw(body: &Body) -> String {
    match body {
        Body::Legacy(fields) => encode(fields),
        Body::Eip1559(fields) => encode(fields),
        Body::Eip7702(fields) => encode(fields),
    }
}

fn encode(fields: &(impl SignableTransaction<Signature> + RlpEcdsaEncodableTx)) -> String {
    let mut bytes = Vec::new();
    fields.eip2718_encode(&sign(ALICE_KEY, fields.signature_hash()), &mut bytes);
    hex::encode_prefixed(bytes)
}

fn sign(key: [u8; 32], hash: alloy_primitives::B256) -> Signature {
    PrivateKeySigner::from_slice(&key)
        .unwrap()
        .sign_hash_sync(&hash)
        .unwrap()
}

fn address(text: &str) -> Address {
    text.parse().unwrap()
}
