//! Makes private, restricted and block bytes from their specifications, apart from everything in the crate: RLP by `rlp`,
//! hashes and signatures by alloy's signer (k256). Every value is a tree of items first, to be changed and encoded, also
//! wrongly.

use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_signer::SignerSync;
use alloy_signer_local::PrivateKeySigner;
use rlp::RlpStream;

use crate::support::{Item, TO};

/// The chain of the restricted transactions here: that of the execution-apis test chain.
pub(crate) const CHAIN: u64 = 3_503_995_874_084_926;

/// Bytes that stand for keys of participants and ids of groups.
pub(crate) const ONE: [u8; 32] = [0x11; 32];
pub(crate) const TWO: [u8; 32] = [0x22; 32];
pub(crate) const GROUP: [u8; 32] = [0x66; 32];

/// The fields that every legacy transaction starts with.
#[derive(Debug, Clone)]
pub(crate) struct Fields {
    pub(crate) nonce: u64,
    pub(crate) gas_price: u128,
    pub(crate) gas: u64,
    pub(crate) to: Option<Address>,
    pub(crate) value: U256,
    pub(crate) data: Vec<u8>,
}

/// What a restricted transaction has after its signature.
#[derive(Debug, Clone)]
pub(crate) struct Restricted {
    pub(crate) from: [u8; 32],
    pub(crate) to: To,
    pub(crate) restriction: &'static str,
}

#[derive(Debug, Clone)]
pub(crate) enum To {
    Members(Vec<[u8; 32]>),
    Group([u8; 32]),
}

/// A private call of GoQuorum.
pub(crate) fn call() -> Fields {
    Fields {
        nonce: 7,
        gas_price: 0,
        gas: 90_000,
        to: Some(TO),
        value: U256::ZERO,
        data: (0..64).collect(),
    }
}

/// A restricted transaction for one other participant.
pub(crate) fn for_two() -> Restricted {
    Restricted {
        from: ONE,
        to: To::Members(vec![TWO]),
        restriction: "restricted",
    }
}

/// The key number `number`.
pub(crate) fn key(number: u8) -> PrivateKeySigner {
    PrivateKeySigner::from_bytes(&B256::repeat_byte(number)).unwrap()
}

/// A number as RLP writes it.
pub(crate) fn number(number: impl TryInto<U256>) -> Item {
    let Ok(number) = number.try_into() else {
        panic!("no number of 256 bits")
    };
    Item::Bytes(number.to_be_bytes_trimmed_vec())
}

pub(crate) fn bytes(bytes: impl AsRef<[u8]>) -> Item {
    Item::Bytes(bytes.as_ref().to_vec())
}

/// The tree in RLP, by `rlp`.
pub(crate) fn encode(item: &Item) -> Vec<u8> {
    let mut stream = RlpStream::new();
    append(&mut stream, item);
    stream.out().to_vec()
}

fn append(stream: &mut RlpStream, item: &Item) {
    match item {
        Item::Bytes(bytes) => {
            stream.append(bytes);
        }
        Item::List(items) => {
            stream.begin_list(items.len());
            items.iter().for_each(|item| append(stream, item));
        }
        Item::Verbatim(bytes) => {
            stream.append_raw(bytes, 1);
        }
    }
}

fn first_six(fields: &Fields) -> Vec<Item> {
    vec![
        number(U256::from(fields.nonce)),
        number(U256::from(fields.gas_price)),
        number(U256::from(fields.gas)),
        bytes(fields.to.map(|to| to.to_vec()).unwrap_or_default()),
        number(fields.value),
        bytes(&fields.data),
    ]
}

/// The parity, r and s of a signature over the list of `items`.
fn signed(items: Vec<Item>, key: &PrivateKeySigner) -> (u64, Item, Item) {
    let hash = keccak256(encode(&Item::List(items)));
    let signature = key.sign_hash_sync(&hash).unwrap();
    (u64::from(signature.v()), number(signature.r()), number(signature.s()))
}

/// A private transaction of GoQuorum, as the items of its list.
pub(crate) fn quorum(fields: &Fields, key: &PrivateKeySigner) -> Vec<Item> {
    let mut items = first_six(fields);
    let (parity, r, s) = signed(items.clone(), key);
    items.extend([number(U256::from(37 + parity)), r, s]);
    items
}

/// A restricted transaction, as the items of its list.
pub(crate) fn restricted(
    fields: &Fields,
    privacy: &Restricted,
    chain_id: Option<u64>,
    key: &PrivateKeySigner,
) -> Vec<Item> {
    let to = match &privacy.to {
        To::Members(members) => Item::List(members.iter().map(bytes).collect()),
        To::Group(group) => bytes(group),
    };
    let tail = [bytes(privacy.from), to, bytes(privacy.restriction)];
    let chain = chain_id.map(|id| [number(U256::from(id)), bytes([]), bytes([])]);
    let unsigned = [first_six(fields), chain.into_iter().flatten().collect(), tail.to_vec()];
    let (parity, r, s) = signed(unsigned.concat(), key);
    let v = U256::from(parity) + chain_id.map_or(U256::from(27), |id| U256::from(id) * U256::from(2) + U256::from(35));
    [first_six(fields), vec![number(v), r, s], tail.to_vec()].concat()
}

/// A header with `count` items.
pub(crate) fn header(count: usize) -> Item {
    let hash = |byte: u8| bytes([byte; 32]);
    let items = [
        hash(1),
        hash(2),
        bytes([3; 20]),
        hash(4),
        hash(5),
        hash(6),
        bytes([7; 256]),
        number(U256::from(0x20000)),
        number(U256::from(42)),
        number(U256::from(30_000_000)),
        number(U256::ZERO),
        number(U256::from(1_700_000_000)),
        bytes("extra"),
        hash(8),
        bytes([9; 8]),
        number(U256::from(7)),
        hash(10),
        number(U256::from(131_072)),
        number(U256::ZERO),
        hash(11),
        hash(12),
        hash(13),
        number(U256::from(9_000_000)),
        number(U256::from(1)),
    ];
    Item::List(items.into_iter().take(count).collect())
}

pub(crate) fn withdrawal(index: u64) -> Item {
    Item::List(vec![
        number(U256::from(index)),
        number(U256::from(77)),
        bytes([0xaa; 20]),
        number(U256::from(1_000_000_000)),
    ])
}

/// A transaction as it stands in a block: a legacy one itself, one with a type in a string.
pub(crate) fn in_block(raw: &[u8]) -> Item {
    if raw.first().is_some_and(|first| *first >= 0xc0) {
        Item::Verbatim(raw.to_vec())
    } else {
        bytes(raw)
    }
}

/// A block as the items of its list: header, transactions, uncles.
pub(crate) fn block(transactions: Vec<Item>) -> Vec<Item> {
    vec![header(15), Item::List(transactions), Item::List(Vec::new())]
}
