//! What clients read of objects. Members that a client ignores are refused where that would change what is executed: an
//! access list that is dropped, a fee cap that is not kept, an override without effect.
//!
//! Read in the sources and change logs of the clients in August 2026: go-ethereum `internal/ethapi/transaction_args.go` and
//! `override.go`, Besu `CallParameter` and `StateOverride`, GoQuorum `internal/ethapi/api.go`, Nethermind
//! `TransactionForRpc`, Erigon `rpc/ethapi`, alloy `rpc-types-eth`, EDR `edr_chain_l1` and `edr_rpc_eth`, Web3signer
//! `EthSendTransactionJsonParameters`.

use super::{Client, Dialect, Version};
use crate::form::block::Tag;

/// A member of a call or transaction object that not every client reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Member {
    /// `maxFeePerGas`, `maxPriorityFeePerGas`.
    DynamicFees,
    /// `accessList`.
    AccessList,
    /// `authorizationList`.
    Authorizations,
    /// `blobVersionedHashes`, `maxFeePerBlobGas`.
    Blobs,
}

impl Client {
    /// Whether it reads the member in calls that are executed and forgotten.
    pub(crate) fn reads_in_calls(self, member: Member) -> bool {
        use Dialect::{Anvil, Besu, Erigon, Generic, Geth, Goquorum, Hardhat, Nethermind, Reth, Web3signer};
        match member {
            // What depends on fees is the price that a contract can look at, and no rule is looser without them.
            Member::DynamicFees | Member::AccessList => true,
            Member::Authorizations => match self.dialect {
                Geth => self.is_from(1, 15, 0),
                Besu => self.is_from(25, 8, 0),
                Erigon => self.is_from(3, 0, 0),
                Nethermind | Reth | Anvil | Hardhat => true,
                Generic | Goquorum | Web3signer => false,
            },
            Member::Blobs => match self.dialect {
                Geth => self.is_from(1, 13, 11),
                Besu => self.is_from(25, 8, 0),
                Erigon => self.is_from(3, 1, 0),
                Nethermind | Reth | Anvil => true,
                Generic | Goquorum | Hardhat | Web3signer => false,
            },
        }
    }

    /// Whether it reads the member in transactions that it signs.
    pub(crate) fn reads_in_transactions(self, member: Member) -> bool {
        match (member, self.dialect) {
            (Member::DynamicFees, Dialect::Goquorum | Dialect::Generic) => false,
            (Member::AccessList | Member::Authorizations, Dialect::Web3signer | Dialect::Generic) => false,
            (Member::Authorizations, Dialect::Goquorum | Dialect::Besu | Dialect::Erigon) => false,
            (Member::Authorizations, Dialect::Geth) => self.is_from(1, 15, 0),
            (Member::Blobs, _) => false,
            _ => true,
        }
    }

    /// Whether `gasPrice` beside `accessList` makes an EIP-2930 transaction. Some clients sign a legacy one then, without the
    /// list and without a word: geth from 1.14.9, Nethermind.
    pub(crate) fn keeps_access_list_beside_gas_price(self) -> bool {
        match self.dialect {
            Dialect::Geth => self.version.is_some_and(|version| version < Version::new(1, 14, 9)),
            Dialect::Nethermind | Dialect::Generic | Dialect::Web3signer => false,
            _ => true,
        }
    }

    /// Whether a transaction that it signs needs both fee members to be one of EIP-1559.
    pub(crate) fn needs_both_fees(self) -> bool {
        matches!(self.dialect, Dialect::Web3signer | Dialect::Generic)
    }

    /// Whether it fills a transaction without fees up to a legacy one.
    pub(crate) fn fills_gas_price(self) -> bool {
        matches!(self.dialect, Dialect::Goquorum | Dialect::Web3signer)
    }

    /// Whether the state override `movePrecompileToAddress` has an effect.
    pub(crate) fn reads_moved_precompiles(self) -> bool {
        match self.dialect {
            Dialect::Geth => self.is_from(1, 14, 9),
            Dialect::Besu => self.is_from(25, 1, 0),
            Dialect::Nethermind | Dialect::Reth | Dialect::Anvil => true,
            Dialect::Generic | Dialect::Goquorum | Dialect::Erigon | Dialect::Hardhat | Dialect::Web3signer => false,
        }
    }

    /// Whether the block override `difficulty` has an effect.
    pub(crate) fn reads_difficulty(self) -> bool {
        !matches!(
            self.dialect,
            Dialect::Nethermind | Dialect::Generic | Dialect::Web3signer
        )
    }

    /// What the overrides of a block within a bundle are called.
    pub(crate) fn bundled_block_names(self) -> Option<BlockNames> {
        match self.dialect {
            Dialect::Erigon => Some(BlockNames::OfErigon),
            Dialect::Reth | Dialect::Anvil | Dialect::Nethermind => Some(BlockNames::Standard),
            _ => None,
        }
    }

    /// Whether it takes typed data as JSON in a string only.
    pub(crate) fn takes_typed_data_as_text(self) -> bool {
        self.dialect == Dialect::Web3signer
    }

    /// Where it begins to look for logs when nothing is said: Nethermind with the chain, the others at the end.
    pub(crate) fn queries_begin(self) -> Tag {
        match self.dialect {
            Dialect::Nethermind => Tag::Earliest,
            _ => Tag::Latest,
        }
    }

    /// Where a filter that is polled begins when nothing is said; none: where it is made, by leaving it out.
    pub(crate) fn filters_begin(self) -> Option<Tag> {
        match self.dialect {
            Dialect::Nethermind => Some(Tag::Earliest),
            Dialect::Generic | Dialect::Web3signer => Some(Tag::Latest),
            _ => None,
        }
    }

    /// Where `trace_filter` begins when nothing is said; none where nobody knows.
    pub(crate) fn trace_filters_begin(self) -> Option<Tag> {
        match self.dialect {
            Dialect::Besu | Dialect::Nethermind => Some(Tag::Latest),
            Dialect::Generic | Dialect::Web3signer => None,
            _ => Some(Tag::Earliest),
        }
    }

    /// Whether the options of a subscription to pending transactions are an object.
    pub(crate) fn takes_pending_options_as_object(self) -> bool {
        self.dialect == Dialect::Besu
    }

    fn is_from(self, major: u16, minor: u16, patch: u16) -> bool {
        self.version
            .is_some_and(|version| version >= Version::new(major, minor, patch))
    }
}

/// The names of block overrides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BlockNames {
    /// `number`, `time`, `feeRecipient`, `baseFeePerGas` …: execution-apis.
    Standard,
    /// `blockNumber`, `timestamp`, `coinbase`, `baseFee`.
    OfErigon,
}
