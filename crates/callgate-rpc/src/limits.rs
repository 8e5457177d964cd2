//! How much of everything is read, each bound with its reason.

/// The longest body that token positions (32 bits each) can address; no configured limit goes beyond it.
pub(crate) const ADDRESSABLE_BYTES: usize = u32::MAX as usize - 1;

/// The deepest nesting of a node's answer that the scanner can remember (one bit for each level).
pub(crate) const REPLY_DEPTH: usize = 512;

/// Bounds on what a client may send. Every field has a default with a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole body. Default 4 MiB: the largest honest bodies are blob transactions with sidecars and
    /// contract deployments, well under 2 MiB as hex.
    pub body_bytes: usize,
    /// Nested arrays and objects, counting the outermost. Default 32: typed data and nested bundles need about ten.
    pub depth: usize,
    /// Values and member names in the body. Default 200,000 (3.2 MB of tape): bounds the memory that one body of
    /// `[[],[],…]` can claim.
    pub tokens: usize,
    /// Items of one array. Default 100,000: log filters and access lists stay far below.
    pub array_items: usize,
    /// Members of one object. Default 1,024: only override maps come near, nothing else has more than some dozens.
    pub object_members: usize,
    /// Bytes of one member name as written. Default 256: addresses and slots are 66, typed-data names are identifiers;
    /// it also bounds what comparing names can cost.
    pub name_bytes: usize,
    /// Bytes of one string as written. Default: as long as the body, because calldata is one string.
    pub string_bytes: usize,
    /// Bytes of one number as written. Default 128: 64-bit integers need 20, exact decimals of doubles some more.
    pub number_bytes: usize,
    /// Calls in one batch. Default 1,000: what geth takes.
    pub batch_calls: usize,
    /// Bytes of a method name. Default 64: the longest name of any known node has 50.
    pub method_bytes: usize,
    /// Bytes of a string id. Default 128: ids are echoed and logged, and a UUID needs 36.
    pub id_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        const BODY_BYTES: usize = 4 << 20;
        Self {
            body_bytes: BODY_BYTES,
            depth: 32,
            tokens: 200_000,
            array_items: 100_000,
            object_members: 1_024,
            name_bytes: 256,
            string_bytes: BODY_BYTES,
            number_bytes: 128,
            batch_calls: 1_000,
            method_bytes: 64,
            id_bytes: 128,
        }
    }
}

/// Bounds on what a node may answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyLimits {
    /// Bytes of the whole answer. Default 64 MiB: traces of full blocks are that long, and geth stops at 25 MB.
    pub bytes: usize,
    /// Nested arrays and objects, counting the outermost. Default and most 512: call traces nest twice per EVM call.
    pub depth: usize,
    /// Answers in one batch. Default 1,000, as many as a client may ask.
    pub batch: usize,
}

impl Default for ReplyLimits {
    fn default() -> Self {
        Self {
            bytes: 64 << 20,
            depth: REPLY_DEPTH,
            batch: 1_000,
        }
    }
}
