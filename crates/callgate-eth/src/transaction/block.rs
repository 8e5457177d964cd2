//! A whole block in RLP, as `debug_traceBlock` takes it: `[header, transactions, uncles, withdrawals?]`. Its transactions
//! are decoded as exactly as those that are sent; the rest is walked (`header`). No other tail is read: go-ethereum and
//! Besu know none.
//!
//! In blocks, transactions of types 1 to 4 stand in RLP strings, and blob transactions have no sidecar. What is refused in
//! a transaction that is sent is refused here too: high s (blocks before Homestead have it), more than 16 authorizations,
//! authorizations that a block carries and no node applies.
//!
//! Blocks: <https://ethereum.github.io/yellowpaper/paper.pdf>, section 4.3; EIP-2718: <https://eips.ethereum.org/EIPS/eip-2718>

use std::fmt;

use alloy_primitives::Bytes;
use thiserror::Error;

use super::error::TransactionError;
use super::field::Field;
use super::raw::RawTransaction;
use super::reader::Reader;
use super::{BlobForm, decode_bytes, header, text};

/// The most bytes of a block: no valid block is longer (EIP-7934: <https://eips.ethereum.org/EIPS/eip-7934>).
pub const MAX_BLOCK_BYTES: usize = 8 * 1024 * 1024;

/// The most transactions of a block: 42 million gas of nothing but plain transfers. Blocks of public chains have some
/// hundreds.
pub const MAX_BLOCK_TRANSACTIONS: usize = 2_000;

/// A block that decoded completely. Made only by `decode_block` and `decode_block_hex`; immutable.
#[derive(Clone)]
pub struct RawBlock {
    bytes: Bytes,
    transactions: Vec<RawTransaction>,
}

/// Why bytes are no block we forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BlockError {
    /// The text, or the list and what stands in it beside the transactions. Offsets are bytes of the block, counted from 0.
    #[error(transparent)]
    Form(#[from] TransactionError),
    /// One of its transactions.
    #[error("`transactions[{index}]`, from byte {offset}, is no signed transaction: {fault}")]
    Transaction {
        /// Which one, from 0.
        index: usize,
        /// The byte of the block where it starts, inside its string if it has a type.
        offset: usize,
        /// What is wrong with it. Offsets are bytes of the transaction.
        fault: TransactionError,
    },
    /// More transactions than we judge at once.
    #[error("there are more than {limit} transactions")]
    TooManyTransactions {
        /// The limit.
        limit: usize,
    },
}

/// Decodes the hex text of a block.
///
/// # Errors
/// The text is not hex, is too long (checked before any work), or the bytes are no canonical block.
pub fn decode_block_hex(text: &str) -> Result<RawBlock, BlockError> {
    decode(text::bytes(text::digits(text)?, MAX_BLOCK_BYTES)?)
}

/// Decodes a block.
///
/// # Errors
/// The bytes are too many (checked before any work), or no canonical block.
pub fn decode_block(raw: &[u8]) -> Result<RawBlock, BlockError> {
    decode(text::copied(raw, MAX_BLOCK_BYTES)?)
}

fn decode(bytes: Bytes) -> Result<RawBlock, BlockError> {
    if bytes.is_empty() {
        return Err(TransactionError::Empty.into());
    }
    let mut input = Reader::new(&bytes, 0);
    let mut block = input.list(Field::Block)?;
    header::walk(&mut block, Field::Header)?;
    let transactions = transactions(&mut block, &bytes)?;
    let mut uncles = block.list(Field::Uncles)?;
    while !uncles.is_empty() {
        header::walk(&mut uncles, Field::Uncle)?;
    }
    if !block.is_empty() {
        header::walk_withdrawals(&mut block)?;
    }
    block.end()?;
    if !input.is_empty() {
        return Err(TransactionError::TrailingBytes { offset: input.offset() }.into());
    }
    Ok(RawBlock { bytes, transactions })
}

fn transactions(block: &mut Reader<'_>, bytes: &Bytes) -> Result<Vec<RawTransaction>, BlockError> {
    let mut list = block.list(Field::Transactions)?;
    let mut transactions = Vec::new();
    while !list.is_empty() {
        let index = transactions.len();
        if index == MAX_BLOCK_TRANSACTIONS {
            return Err(BlockError::TooManyTransactions {
                limit: MAX_BLOCK_TRANSACTIONS,
            });
        }
        // A list is a legacy transaction itself, a string holds one with a type.
        let is_legacy = list.list_is_next();
        let raw = if is_legacy {
            list.encoded(Field::BlockTransaction)?
        } else {
            list.bytes(Field::BlockTransaction)?
        };
        let offset = list.offset() - raw.len();
        let decoded = match raw.first() {
            Some(first @ alloy_rlp::EMPTY_LIST_CODE..) if !is_legacy => Err(TransactionError::UnknownType(*first)),
            _ => decode_bytes(bytes.slice_ref(raw), BlobForm::Block),
        };
        transactions.push(decoded.map_err(|fault| BlockError::Transaction { index, offset, fault })?);
    }
    Ok(transactions)
}

impl RawBlock {
    /// The canonical bytes, byte for byte what was decoded.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The transactions, in their order.
    pub fn transactions(&self) -> &[RawTransaction] {
        &self.transactions
    }

    /// The transactions alone.
    pub fn into_transactions(self) -> Vec<RawTransaction> {
        self.transactions
    }
}

impl BlockError {
    /// The stable snake_case name of the fault, for logs, answers and tests.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Form(fault) | Self::Transaction { fault, .. } => fault.code(),
            Self::TooManyTransactions { .. } => "too_many_transactions",
        }
    }
}

/// Names the sizes only: calldata has no place in logs.
impl fmt::Debug for RawBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawBlock")
            .field("bytes", &self.bytes.len())
            .field("transactions", &self.transactions.len())
            .finish_non_exhaustive()
    }
}
