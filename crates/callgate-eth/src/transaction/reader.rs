//! The bounded RLP reader: headers by `alloy-rlp`, whose strictness it relies on (shortest lengths, nothing past the
//! end), and per field its length, number form and place in the error. Knows neither transactions nor blocks.
//!
//! RLP: <https://ethereum.org/developers/docs/data-structures-and-encoding/rlp/>

use alloy_primitives::{Address, TxKind, U256};
use alloy_rlp::{Error as RlpError, Header};

use super::error::TransactionError;
use super::field::Field;

/// The unread items of one list (or of the whole input), and where in the transaction they stand.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    offset: usize,
}

/// One item, still undecided whether it is what the caller wants.
struct Item<'a> {
    is_list: bool,
    payload: &'a [u8],
    start: usize,
    payload_start: usize,
}

impl<'a> Reader<'a> {
    /// Reads `bytes`, the first of which is byte `offset` of the transaction.
    pub(super) fn new(bytes: &'a [u8], offset: usize) -> Self {
        Self { rest: bytes, offset }
    }

    /// Whether every item is read.
    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Where the next item starts in the transaction.
    pub(super) fn offset(&self) -> usize {
        self.offset
    }

    /// Whether the next item is a list, by its first byte alone.
    pub(super) fn list_is_next(&self) -> bool {
        self.rest
            .first()
            .is_some_and(|byte| *byte >= alloy_rlp::EMPTY_LIST_CODE)
    }

    /// A list; its items must be read through the reader returned, and ended with `end`.
    pub(super) fn list(&mut self, field: Field) -> Result<Reader<'a>, TransactionError> {
        let item = self.item(field)?;
        if !item.is_list {
            return Err(TransactionError::ExpectedList {
                field,
                offset: item.start,
            });
        }
        Ok(Reader::new(item.payload, item.payload_start))
    }

    /// The next item whole, with its header: a list or bytes.
    pub(super) fn encoded(&mut self, field: Field) -> Result<&'a [u8], TransactionError> {
        let before = self.rest;
        let Item { start, .. } = self.item(field)?;
        let length = before.len() - self.rest.len();
        before
            .get(..length)
            .ok_or(TransactionError::Truncated { field, offset: start })
    }

    /// Bytes of any length.
    pub(super) fn bytes(&mut self, field: Field) -> Result<&'a [u8], TransactionError> {
        self.string(field).map(|item| item.payload)
    }

    /// Bytes of exactly `N`.
    pub(super) fn fixed<const N: usize>(&mut self, field: Field) -> Result<&'a [u8; N], TransactionError> {
        let item = self.string(field)?;
        item.payload.try_into().map_err(|_| TransactionError::WrongLength {
            field,
            offset: item.start,
            bytes: item.payload.len(),
            expected: N,
        })
    }

    /// A number of at most 64 bits.
    pub(super) fn u64(&mut self, field: Field) -> Result<u64, TransactionError> {
        Ok(u64::from_be_bytes(self.number::<8>(field)?))
    }

    /// A number of at most 128 bits.
    pub(super) fn u128(&mut self, field: Field) -> Result<u128, TransactionError> {
        Ok(u128::from_be_bytes(self.number::<16>(field)?))
    }

    /// A number of at most 256 bits.
    pub(super) fn u256(&mut self, field: Field) -> Result<U256, TransactionError> {
        Ok(U256::from_be_bytes(self.number::<32>(field)?))
    }

    /// An address of 20 bytes.
    pub(super) fn address(&mut self, field: Field) -> Result<Address, TransactionError> {
        Ok(Address::new(*self.fixed::<20>(field)?))
    }

    /// `to`: 20 bytes, or none for a contract creation.
    pub(super) fn to(&mut self) -> Result<TxKind, TransactionError> {
        if self.rest.first() == Some(&alloy_rlp::EMPTY_STRING_CODE) {
            self.bytes(Field::To)?;
            return Ok(TxKind::Create);
        }
        self.address(Field::To).map(TxKind::Call)
    }

    /// The list must be read to its end.
    pub(super) fn end(self) -> Result<(), TransactionError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(TransactionError::ExtraField { offset: self.offset })
        }
    }

    /// A big-endian number without leading zeros, widened to `N` bytes.
    fn number<const N: usize>(&mut self, field: Field) -> Result<[u8; N], TransactionError> {
        let Item {
            payload, start: offset, ..
        } = self.string(field)?;
        if payload.first() == Some(&0) {
            return Err(TransactionError::LeadingZero { field, offset });
        }
        let mut wide = [0; N];
        let target = N.checked_sub(payload.len()).and_then(|from| wide.get_mut(from..));
        let Some(target) = target else {
            return Err(TransactionError::TooWide {
                field,
                offset,
                bits: N * 8,
            });
        };
        target.copy_from_slice(payload);
        Ok(wide)
    }

    fn string(&mut self, field: Field) -> Result<Item<'a>, TransactionError> {
        let item = self.item(field)?;
        if item.is_list {
            return Err(TransactionError::UnexpectedList {
                field,
                offset: item.start,
            });
        }
        Ok(item)
    }

    fn item(&mut self, field: Field) -> Result<Item<'a>, TransactionError> {
        let start = self.offset;
        if self.rest.is_empty() {
            return Err(TransactionError::MissingField { field, offset: start });
        }
        let mut after_header = self.rest;
        let header = Header::decode(&mut after_header).map_err(|error| match error {
            RlpError::NonCanonicalSize | RlpError::NonCanonicalSingleByte | RlpError::LeadingZero => {
                TransactionError::NotShortest { field, offset: start }
            }
            _ => TransactionError::Truncated { field, offset: start },
        })?;
        let payload_start = start + (self.rest.len() - after_header.len());
        let (payload, rest) = after_header
            .split_at_checked(header.payload_length)
            .ok_or(TransactionError::Truncated { field, offset: start })?;
        self.rest = rest;
        self.offset = payload_start + payload.len();
        Ok(Item {
            is_list: header.list,
            payload,
            start,
            payload_start,
        })
    }
}
