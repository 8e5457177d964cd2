//! Block headers, and the withdrawals after them: walked, not kept. Each item must be there with the length its kind has,
//! in the one spelling RLP gives it; what the header says is for the node.
//!
//! The items are those of go-ethereum, the later ones optional in their order. Headers of other engines, as those of
//! Aura, are refused.
//!
//! EIP-1559, EIP-4895, EIP-4844, EIP-4788, EIP-7685, EIP-7928, EIP-7843: <https://eips.ethereum.org/EIPS/eip-1559> and so on

use super::error::TransactionError;
use super::field::Field;
use super::reader::Reader;

/// Items that every header has, before those that forks added.
const REQUIRED: usize = 15;

/// The items of a header, in their order.
const ITEMS: [(Field, Kind); 23] = [
    (Field::ParentHash, Kind::Hash),
    (Field::UnclesHash, Kind::Hash),
    (Field::Beneficiary, Kind::Address),
    (Field::StateRoot, Kind::Hash),
    (Field::TransactionsRoot, Kind::Hash),
    (Field::ReceiptsRoot, Kind::Hash),
    (Field::LogsBloom, Kind::Bloom),
    (Field::Difficulty, Kind::Wide),
    (Field::Number, Kind::Number),
    (Field::GasLimit, Kind::Number),
    (Field::GasUsed, Kind::Number),
    (Field::Timestamp, Kind::Number),
    (Field::ExtraData, Kind::Bytes),
    (Field::MixHash, Kind::Hash),
    (Field::ProofNonce, Kind::Word),
    (Field::BaseFeePerGas, Kind::Wide),
    (Field::WithdrawalsRoot, Kind::Hash),
    (Field::BlobGasUsed, Kind::Number),
    (Field::ExcessBlobGas, Kind::Number),
    (Field::ParentBeaconBlockRoot, Kind::Hash),
    (Field::RequestsHash, Kind::Hash),
    (Field::BlockAccessListHash, Kind::Hash),
    (Field::SlotNumber, Kind::Number),
];

/// What an item is.
#[derive(Clone, Copy)]
enum Kind {
    /// 32 bytes.
    Hash,
    /// 20 bytes.
    Address,
    /// 256 bytes.
    Bloom,
    /// 8 bytes.
    Word,
    /// Any bytes.
    Bytes,
    /// A number of at most 64 bits.
    Number,
    /// A number of at most 256 bits.
    Wide,
}

/// Walks the header that stands next in `list`.
pub(super) fn walk(list: &mut Reader<'_>, field: Field) -> Result<(), TransactionError> {
    let mut header = list.list(field)?;
    for (place, (item, kind)) in ITEMS.into_iter().enumerate() {
        if place >= REQUIRED && header.is_empty() {
            break;
        }
        kind.walk(&mut header, item)?;
    }
    header.end()
}

/// Walks the withdrawals of a block (EIP-4895: <https://eips.ethereum.org/EIPS/eip-4895>).
pub(super) fn walk_withdrawals(list: &mut Reader<'_>) -> Result<(), TransactionError> {
    let mut withdrawals = list.list(Field::Withdrawals)?;
    while !withdrawals.is_empty() {
        let mut withdrawal = withdrawals.list(Field::Withdrawal)?;
        withdrawal.u64(Field::WithdrawalIndex)?;
        withdrawal.u64(Field::WithdrawalValidator)?;
        withdrawal.address(Field::WithdrawalAddress)?;
        withdrawal.u64(Field::WithdrawalAmount)?;
        withdrawal.end()?;
    }
    withdrawals.end()
}

impl Kind {
    fn walk(self, header: &mut Reader<'_>, item: Field) -> Result<(), TransactionError> {
        match self {
            Self::Hash => header.fixed::<32>(item).map(drop),
            Self::Address => header.fixed::<20>(item).map(drop),
            Self::Bloom => header.fixed::<256>(item).map(drop),
            Self::Word => header.fixed::<8>(item).map(drop),
            Self::Bytes => header.bytes(item).map(drop),
            Self::Number => header.u64(item).map(drop),
            Self::Wide => header.u256(item).map(drop),
        }
    }
}
