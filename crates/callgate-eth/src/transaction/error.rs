//! Why raw bytes are not a transaction we forward: one variant per fault, each a sentence that names the field and
//! the byte. Those about form say nothing of transactions: blocks are refused in the same words. Leaves to callers:
//! which parameter the bytes came from, and the wire code of the answer.

use alloy_eips::eip4844::VERSIONED_HASH_VERSION_KZG;
use thiserror::Error;

use super::TransactionType;
use super::field::Field;
use super::signature::SignatureFault;

/// Why `decode` refused. Offsets are bytes of the decoded transaction, counted from 0; of hex text where said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TransactionError {
    /// The text does not start with `0x` (an upper-case `0X` is not it).
    #[error("not hex: it must start with `0x`")]
    MissingPrefix,
    /// An odd number of hex digits.
    #[error("not hex: {digits} digits do not make whole bytes")]
    OddDigits {
        /// Digits after the prefix.
        digits: usize,
    },
    /// A character that is no hex digit.
    #[error("not hex: character {offset} of the text is no hex digit")]
    NotAHexDigit {
        /// Byte of the text, prefix included.
        offset: usize,
    },
    /// No bytes at all.
    #[error("there are no bytes")]
    Empty,
    /// Longer than nodes take; refused before any work.
    #[error("it is {bytes} bytes long, more than the {limit} allowed")]
    TooLarge {
        /// How many bytes there are.
        bytes: usize,
        /// The limit for its kind.
        limit: usize,
    },
    /// An EIP-2718 type outside 0 to 4, or a leading zero byte.
    #[error("transaction type 0x{0:02x} is not known")]
    UnknownType(
        /// The first byte.
        u8,
    ),
    /// The bytes are an RLP string: a typed transaction wrapped as peers exchange it.
    #[error("the transaction is wrapped in an RLP string (first byte 0x{0:02x}); send it unwrapped")]
    Wrapped(
        /// The first byte.
        u8,
    ),
    /// The input ends inside an item.
    #[error("`{field}` at byte {offset} is cut off")]
    Truncated {
        /// The item.
        field: Field,
        /// Where it starts.
        offset: usize,
    },
    /// An RLP length that is not in its shortest form.
    #[error("`{field}` at byte {offset} does not have the shortest RLP form")]
    NotShortest {
        /// The item.
        field: Field,
        /// Where it starts.
        offset: usize,
    },
    /// A list where bytes belong.
    #[error("`{field}` at byte {offset} is a list, not bytes")]
    UnexpectedList {
        /// The item.
        field: Field,
        /// Where it starts.
        offset: usize,
    },
    /// Bytes where a list belongs.
    #[error("`{field}` at byte {offset} is not a list")]
    ExpectedList {
        /// The item.
        field: Field,
        /// Where it starts.
        offset: usize,
    },
    /// A number with leading zeros.
    #[error("`{field}` at byte {offset} has a leading zero")]
    LeadingZero {
        /// The item.
        field: Field,
        /// Where it starts.
        offset: usize,
    },
    /// A number wider than the field can be.
    #[error("`{field}` at byte {offset} does not fit {bits} bits")]
    TooWide {
        /// The item.
        field: Field,
        /// Where it starts.
        offset: usize,
        /// What the field can hold.
        bits: usize,
    },
    /// Bytes of another length than the field has.
    #[error("`{field}` at byte {offset} is {bytes} bytes long, not {expected}")]
    WrongLength {
        /// The item.
        field: Field,
        /// Where it starts.
        offset: usize,
        /// Its length.
        bytes: usize,
        /// The length it must have.
        expected: usize,
    },
    /// The list ends before this field; an unsigned transaction looks like this too.
    #[error("`{field}` is missing: the list ends at byte {offset}")]
    MissingField {
        /// The item.
        field: Field,
        /// Where the list ends.
        offset: usize,
    },
    /// The list goes on after its last field.
    #[error("the list has an extra field at byte {offset}")]
    ExtraField {
        /// Where it starts.
        offset: usize,
    },
    /// Bytes after the end of the transaction or block.
    #[error("there are bytes after the end, from byte {offset}")]
    TrailingBytes {
        /// Where they start.
        offset: usize,
    },
    /// Writing the decoded transaction again gives other bytes.
    #[error("the transaction is not canonical: encoded again it gives other bytes")]
    NotReproduced,

    /// A legacy `v` that is neither 27, 28 nor made from a chain id (EIP-155).
    #[error("`v` is {0}, neither 27 or 28 nor made from a chain id")]
    LegacyV(
        /// The value sent.
        u64,
    ),
    /// Chain id 0, which no network has.
    #[error("the chain id is 0")]
    ZeroChainId,
    /// A signature that EIP-2 or the curve rules out.
    #[error("the signature is not valid: {0}")]
    Signature(
        /// What is wrong with it.
        SignatureFault,
    ),
    /// Nonce 2^64-1, never valid (EIP-2681).
    #[error("the nonce is 2^64-1, which no transaction may have")]
    NonceExhausted,
    /// EIP-1559: the tip would exceed the cap.
    #[error("the priority fee is above the maximum fee")]
    PriorityAboveMaximum,
    /// Gas times fee plus value does not fit 256 bits.
    #[error("gas times fee plus value is more than 256 bits hold")]
    CostOverflow,
    /// Types 3 and 4 cannot create contracts.
    #[error("an {0} transaction must have a `to`")]
    CreationForbidden(
        /// The transaction's type.
        TransactionType,
    ),

    /// A `v` that does not mark a private transaction of GoQuorum: the transaction is public.
    #[error("`v` is {0}, neither 37 nor 38, which mark a private transaction")]
    NotMarkedPrivate(
        /// The value sent.
        u64,
    ),
    /// Ether in a private transaction: private state has none.
    #[error("`value` at byte {offset} is not 0: a private transaction moves no ether")]
    PrivateValue {
        /// Where it starts.
        offset: usize,
    },
    /// More participants than a private transaction may have.
    #[error("there are more than {limit} `{field}`")]
    TooManyParticipants {
        /// Which of them there are too many of.
        field: Field,
        /// The limit.
        limit: usize,
    },
    /// A `restriction` that the EEA does not know.
    #[error("`restriction` at byte {offset} is neither `restricted` nor `unrestricted`")]
    UnknownRestriction {
        /// Where it starts.
        offset: usize,
    },

    /// A blob transaction in block form (EIP-4844): nodes take it with its sidecar only.
    #[error("the blob transaction has no sidecar: submission needs the network form")]
    MissingSidecar,
    /// A wrapper version we do not know.
    #[error("sidecar version {0} is not known")]
    UnknownSidecarVersion(
        /// The version sent.
        u64,
    ),
    /// A blob transaction without blobs.
    #[error("the blob transaction has no blobs")]
    NoBlobs,
    /// More blobs than any fork allows with this sidecar version.
    #[error("the blob transaction has more than {limit} `{field}`")]
    TooManyBlobs {
        /// What there is too much of.
        field: Field,
        /// The limit.
        limit: usize,
    },
    /// Blobs, commitments, proofs and versioned hashes do not match in number.
    #[error("the sidecar has {found} `{field}`, not {expected}")]
    SidecarCount {
        /// What is miscounted.
        field: Field,
        /// How many there are.
        found: usize,
        /// How many belong to the versioned hashes.
        expected: usize,
    },
    /// A versioned hash of an unknown version.
    #[error("versioned hash {index} starts with 0x{version:02x}, not 0x{VERSIONED_HASH_VERSION_KZG:02x}")]
    BlobHashVersion {
        /// Which one, from 0.
        index: usize,
        /// Its first byte.
        version: u8,
    },
    /// A versioned hash that is not the hash of its commitment.
    #[error("versioned hash {index} does not belong to commitment {index}")]
    CommitmentMismatch {
        /// Which one, from 0.
        index: usize,
    },

    /// An EIP-7702 transaction without authorizations.
    #[error("the authorization list is empty")]
    NoAuthorizations,
    /// More authorizations than we check in one transaction.
    #[error("there are more than {limit} authorizations")]
    TooManyAuthorizations {
        /// The limit.
        limit: usize,
    },
    /// An authorization no node would apply.
    #[error("authorization {index} is not valid: {fault}")]
    Authorization {
        /// Which one, from 0.
        index: usize,
        /// What is wrong with it.
        fault: AuthorizationFault,
    },
}

impl TransactionError {
    /// The stable snake_case name of the fault, for logs, answers and tests.
    pub fn code(&self) -> &'static str {
        match self {
            Self::MissingPrefix => "missing_prefix",
            Self::OddDigits { .. } => "odd_digits",
            Self::NotAHexDigit { .. } => "not_a_hex_digit",
            Self::Empty => "empty",
            Self::TooLarge { .. } => "too_large",
            Self::UnknownType(_) => "unknown_type",
            Self::Wrapped(_) => "wrapped",
            Self::Truncated { .. } => "truncated",
            Self::NotShortest { .. } => "not_shortest",
            Self::UnexpectedList { .. } => "unexpected_list",
            Self::ExpectedList { .. } => "expected_list",
            Self::LeadingZero { .. } => "leading_zero",
            Self::TooWide { .. } => "too_wide",
            Self::WrongLength { .. } => "wrong_length",
            Self::MissingField { .. } => "missing_field",
            Self::ExtraField { .. } => "extra_field",
            Self::TrailingBytes { .. } => "trailing_bytes",
            Self::NotReproduced => "not_reproduced",
            Self::LegacyV(_) => "legacy_v",
            Self::ZeroChainId => "zero_chain_id",
            Self::Signature(fault) => fault.code(),
            Self::NonceExhausted => "nonce_exhausted",
            Self::PriorityAboveMaximum => "priority_above_maximum",
            Self::CostOverflow => "cost_overflow",
            Self::CreationForbidden(_) => "creation_forbidden",
            Self::NotMarkedPrivate(_) => "not_marked_private",
            Self::PrivateValue { .. } => "private_value",
            Self::TooManyParticipants { .. } => "too_many_participants",
            Self::UnknownRestriction { .. } => "unknown_restriction",
            Self::MissingSidecar => "missing_sidecar",
            Self::UnknownSidecarVersion(_) => "unknown_sidecar_version",
            Self::NoBlobs => "no_blobs",
            Self::TooManyBlobs { .. } => "too_many_blobs",
            Self::SidecarCount { .. } => "sidecar_count",
            Self::BlobHashVersion { .. } => "blob_hash_version",
            Self::CommitmentMismatch { .. } => "commitment_mismatch",
            Self::NoAuthorizations => "no_authorizations",
            Self::TooManyAuthorizations { .. } => "too_many_authorizations",
            Self::Authorization { .. } => "invalid_authorization",
        }
    }
}

/// Why an EIP-7702 authorization is refused: nodes would skip it, so it can only mislead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AuthorizationFault {
    /// A signature that EIP-2 or the curve rules out.
    #[error("{0}")]
    Signature(#[from] SignatureFault),
    /// Nonce 2^64-1 (EIP-7702: must be lower).
    #[error("its nonce is 2^64-1")]
    NonceExhausted,
}
