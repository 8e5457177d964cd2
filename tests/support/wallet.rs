//! Development wallets: the accounts of anvil and Hardhat, whose keys are public.

use alloy_consensus::transaction::SignableTransaction;
use alloy_consensus::{TxEip1559, TxEip2930, TxEip7702, TxEnvelope, TxLegacy};
use alloy_eips::eip2718::Encodable2718;
use alloy_eips::eip7702::Authorization;
use alloy_primitives::{Address, B256, Bytes, Signature, TxKind, U256, hex};
use alloy_signer::SignerSync;
use alloy_signer_local::PrivateKeySigner;

/// Keys of the mnemonic "test test test test test test test test test test test junk".
const KEYS: [&str; 4] = [
    "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
    "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
    "5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
    "7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6",
];

/// A wallet.
#[derive(Clone)]
pub(crate) struct Wallet(PrivateKeySigner);

/// What a transaction does; fees are generous.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) chain_id: u64,
    pub(crate) nonce: u64,
    pub(crate) to: TxKind,
    pub(crate) value: U256,
    pub(crate) input: Bytes,
    pub(crate) gas: u64,
}

impl Draft {
    /// A payment.
    pub(crate) fn pay(chain_id: u64, nonce: u64, to: Address, wei: u128) -> Self {
        Self {
            chain_id,
            nonce,
            to: TxKind::Call(to),
            value: U256::from(wei),
            input: Bytes::new(),
            gas: 100_000,
        }
    }

    /// With calldata.
    pub(crate) fn input(mut self, input: &[u8]) -> Self {
        self.input = Bytes::copy_from_slice(input);
        self
    }

    /// A contract creation.
    pub(crate) fn create(chain_id: u64, nonce: u64, code: &[u8]) -> Self {
        Self {
            chain_id,
            nonce,
            to: TxKind::Create,
            value: U256::ZERO,
            input: Bytes::copy_from_slice(code),
            gas: 1_000_000,
        }
    }
}

/// Enough for every development chain.
const FEE: u128 = 20_000_000_000;
const TIP: u128 = 1_000_000_000;

impl Wallet {
    /// One of the development accounts.
    pub(crate) fn development(index: usize) -> Self {
        Self::from_key(KEYS[index].parse().unwrap())
    }

    /// The wallet of a private key.
    pub(crate) fn from_key(key: B256) -> Self {
        Self(PrivateKeySigner::from_bytes(&key).unwrap())
    }

    /// Its address.
    pub(crate) fn address(&self) -> Address {
        self.0.address()
    }

    /// Its address as lower-case text.
    pub(crate) fn text(&self) -> String {
        format!("{:#x}", self.address())
    }

    /// Its private key as 0x text.
    pub(crate) fn key(&self) -> String {
        hex::encode_prefixed(self.0.to_bytes())
    }

    /// EIP-1559.
    pub(crate) fn sign(&self, draft: &Draft) -> String {
        self.seal(TxEip1559 {
            chain_id: draft.chain_id,
            nonce: draft.nonce,
            gas_limit: draft.gas,
            max_fee_per_gas: FEE,
            max_priority_fee_per_gas: TIP,
            to: draft.to,
            value: draft.value,
            input: draft.input.clone(),
            ..TxEip1559::default()
        })
    }

    /// Legacy; protected (EIP-155) or not.
    pub(crate) fn sign_legacy(&self, draft: &Draft, protected: bool) -> String {
        self.seal(TxLegacy {
            chain_id: protected.then_some(draft.chain_id),
            nonce: draft.nonce,
            gas_limit: draft.gas,
            gas_price: FEE,
            to: draft.to,
            value: draft.value,
            input: draft.input.clone(),
        })
    }

    /// EIP-2930.
    pub(crate) fn sign_2930(&self, draft: &Draft) -> String {
        self.seal(TxEip2930 {
            chain_id: draft.chain_id,
            nonce: draft.nonce,
            gas_limit: draft.gas,
            gas_price: FEE,
            to: draft.to,
            value: draft.value,
            input: draft.input.clone(),
            ..TxEip2930::default()
        })
    }

    /// EIP-7702: `authority` delegates to `delegate`.
    pub(crate) fn sign_7702(&self, draft: &Draft, authority: &Self, authority_nonce: u64, delegate: Address) -> String {
        let authorization = Authorization {
            chain_id: U256::from(draft.chain_id),
            address: delegate,
            nonce: authority_nonce,
        };
        let signature = authority.0.sign_hash_sync(&authorization.signature_hash()).unwrap();
        let TxKind::Call(to) = draft.to else {
            panic!("a type 4 transaction cannot create")
        };
        self.seal(TxEip7702 {
            chain_id: draft.chain_id,
            nonce: draft.nonce,
            gas_limit: draft.gas,
            max_fee_per_gas: FEE,
            max_priority_fee_per_gas: TIP,
            to,
            value: draft.value,
            input: draft.input.clone(),
            authorization_list: vec![authorization.into_signed(signature)],
            ..TxEip7702::default()
        })
    }

    fn seal<T>(&self, transaction: T) -> String
    where
        T: SignableTransaction<Signature>,
        TxEnvelope: From<alloy_consensus::Signed<T>>,
    {
        let signature = self.0.sign_hash_sync(&transaction.signature_hash()).unwrap();
        hex::encode_prefixed(TxEnvelope::from(transaction.into_signed(signature)).encoded_2718())
    }
}
