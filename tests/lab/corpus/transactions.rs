//! C-01 to C-39: raw transactions that are odd, each to GOOD and to EVIL.

use super::base::payment;
use crate::case::Corpus;
use crate::rlp::{Item, Signed, headed, long_head, sign};
use crate::support::Wallet;
use crate::support::wallet::Draft;
use crate::world::{CHAIN_ID, EVIL, EVIL_CONTRACT, GOOD, MOST};
use alloy_primitives::{Address, B256, U256, hex};

/// The order of the curve.
const ORDER: &str = "0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

/// The entry, what is odd, and how it is made from the right encoding.
type OfEncoding = (&'static str, &'static str, fn(Vec<u8>) -> Vec<u8>);

/// The same, from the signature.
type OfSignature<'a> = (&'static str, &'static str, &'a dyn Fn(Signed) -> [Item; 3]);

/// What is odd, and how the parameter is made from the right text.
type OfText = (&'static str, fn(&str) -> String);

/// What a transaction says, as far as the cases change it.
#[derive(Clone)]
struct Said {
    chain: Item,
    nonce: Item,
    price: Item,
    gas: Item,
    to: Item,
    value: Item,
    data: Item,
    access: Item,
}

fn said(to: &str) -> Said {
    Said {
        chain: Item::number(u128::from(CHAIN_ID)),
        nonce: Item::number(0),
        price: Item::number(20_000_000_000),
        gas: Item::number(100_000),
        to: Item::Bytes(hex::decode(to).unwrap()),
        value: Item::number(5),
        data: Item::Bytes(Vec::new()),
        access: Item::List(Vec::new()),
    }
}

impl Said {
    /// The fields of type 2, unsigned.
    fn dynamic(&self) -> Vec<Item> {
        let said = self.clone();
        let tip = Item::number(1_000_000_000);
        vec![
            said.chain,
            said.nonce,
            tip,
            said.price,
            said.gas,
            said.to,
            said.value,
            said.data,
            said.access,
        ]
    }

    /// The fields of a legacy transaction, unsigned and without chain id.
    fn legacy(&self) -> Vec<Item> {
        let said = self.clone();
        vec![said.nonce, said.price, said.gas, said.to, said.value, said.data]
    }
}

/// `type || rlp(fields)`
fn typed(kind: u8, fields: &[Item]) -> Vec<u8> {
    [vec![kind], Item::List(fields.to_vec()).encode()].concat()
}

/// The fields, signed as a transaction of a type.
fn signed(wallet: &Wallet, kind: u8, fields: &[Item]) -> (Vec<Item>, Signed) {
    let signature = sign(wallet, &typed(kind, fields));
    let parity = Item::number(u128::from(signature.parity));
    let mut all = fields.to_vec();
    all.extend([parity, Item::word(signature.r), Item::word(signature.s)]);
    (all, signature)
}

/// Legacy with EIP-155, or with 27 and 28 when there is no chain id.
fn legacy(wallet: &Wallet, said: &Said, chain_id: Option<u128>) -> (Vec<Item>, Signed) {
    let mut hashed = said.legacy();
    if let Some(chain_id) = chain_id {
        hashed.extend([Item::number(chain_id), Item::number(0), Item::number(0)]);
    }
    let signature = sign(wallet, &Item::List(hashed).encode());
    let v = chain_id.map_or(27, |chain_id| 35 + 2 * chain_id) + u128::from(signature.parity);
    let mut all = said.legacy();
    all.extend([Item::number(v), Item::word(signature.r), Item::word(signature.s)]);
    (all, signature)
}

/// The other signature of the same hash: n - s.
fn high(s: B256) -> B256 {
    let order: U256 = ORDER.parse().unwrap();
    B256::from(order - U256::from_be_bytes(s.0))
}

/// Everything, to GOOD and to EVIL.
pub(super) fn add(corpus: &mut Corpus) {
    for (whom, to) in [("GOOD", GOOD), ("EVIL", EVIL)] {
        encodings(corpus, whom, to);
        fields(corpus, whom, to);
        signatures(corpus, whom, to);
        chains(corpus, whom, to);
        types(corpus, whom, to);
        texts(corpus, whom, to);
        wrappings(corpus, whom, to);
    }
}

fn add_raw(corpus: &mut Corpus, group: &'static str, name: &str, bytes: &[u8]) {
    add_text(corpus, group, name, &format!("\"{}\"", hex::encode_prefixed(bytes)));
}

fn add_text(corpus: &mut Corpus, group: &'static str, name: &str, param: &str) {
    let body = |method: &str, more: &str| {
        format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":[{param}{more}]}}"#)
    };
    corpus.add(group, name, body("eth_sendRawTransaction", ""));
}

/// C-01 to C-05: what surrounds the fields.
fn encodings(corpus: &mut Corpus, whom: &str, to: &str) {
    let changes: &[OfEncoding] = &[
        ("C-01", "a byte more", |bytes| [bytes, vec![0]].concat()),
        ("C-01", "itself again", |bytes| [bytes.clone(), bytes].concat()),
        ("C-01", "a byte less", |bytes| bytes[..bytes.len() - 1].to_vec()),
        ("C-02", "wrapped in a byte string", |bytes| headed(0x80, bytes)),
        ("C-02", "wrapped in a list", |bytes| headed(0xc0, bytes)),
        ("C-02", "wrapped twice", |bytes| headed(0x80, headed(0x80, bytes))),
        ("C-03", "a zero first", |bytes| [vec![0], bytes].concat()),
        ("C-03", "its type twice", |bytes| [vec![bytes[0]], bytes].concat()),
        ("C-04", "a head longer than needed", |bytes| relisted(&bytes, 1)),
        ("C-04", "a head with more zeros", |bytes| relisted(&bytes, 3)),
        ("C-04", "a head that says more", |mut bytes| {
            bytes[2] = bytes[2].wrapping_add(1);
            bytes
        }),
        ("C-04", "a head that says less", |mut bytes| {
            bytes[2] = bytes[2].wrapping_sub(1);
            bytes
        }),
    ];
    for (group, name, change) in changes {
        let (fields, _) = signed(&corpus.sender(), 2, &said(to).dynamic());
        add_raw(
            corpus,
            group,
            &format!("{name}: type 2 to {whom}"),
            &change(typed(2, &fields)),
        );
        let (fields, _) = legacy(&corpus.sender(), &said(to), Some(u128::from(CHAIN_ID)));
        let bytes = Item::List(fields).encode();
        add_raw(corpus, group, &format!("{name}: legacy to {whom}"), &change(bytes));
    }
    for count in [1, 6, 8, 9, 10, 11] {
        let (fields, _) = signed(&corpus.sender(), 2, &said(to).dynamic());
        add_raw(
            corpus,
            "C-05",
            &format!("{count} fields: type 2 to {whom}"),
            &typed(2, &fields[..count]),
        );
        let (fields, _) = legacy(&corpus.sender(), &said(to), Some(u128::from(CHAIN_ID)));
        let count = count.min(8);
        let bytes = Item::List(fields[..count].to_vec()).encode();
        add_raw(
            corpus,
            "C-05",
            &format!("{count} fields of {}: legacy to {whom}", corpus.cases().len()),
            &bytes,
        );
    }
    for more in [Item::number(0), Item::List(Vec::new()), Item::Bytes(vec![1; 32])] {
        let (mut fields, _) = signed(&corpus.sender(), 2, &said(to).dynamic());
        let name = format!("a field more, {more:?}: type 2 to {whom}");
        fields.push(more);
        add_raw(corpus, "C-05", &name, &typed(2, &fields));
    }
}

/// The payload under a head with zeros before its length.
fn relisted(bytes: &[u8], zeros: usize) -> Vec<u8> {
    let start = usize::from(bytes[0] < 0xc0);
    let head = usize::from(bytes[start] - 0xf7) + 1;
    let payload = &bytes[start + head..];
    [&bytes[..start], &long_head(0xc0, payload.len(), zeros), payload].concat()
}

/// C-04, C-06, C-33, C-34: the fields themselves, signed as they are.
fn fields(corpus: &mut Corpus, whom: &str, to: &str) {
    let address = hex::decode(to).unwrap();
    let with = |change: &dyn Fn(&mut Said)| {
        let mut said = said(to);
        change(&mut said);
        said
    };
    let odd: Vec<(&'static str, &str, Said)> = vec![
        (
            "C-04",
            "a zero before the value",
            with(&|said| said.value = Item::Bytes(vec![0, 5])),
        ),
        (
            "C-04",
            "a zero before the nonce",
            with(&|said| said.nonce = Item::Bytes(vec![0])),
        ),
        (
            "C-04",
            "a zero before the gas",
            with(&|said| said.gas = Item::Bytes(vec![0, 1, 0x86, 0xa0])),
        ),
        (
            "C-04",
            "a head for one byte",
            with(&|said| said.value = Item::Raw(vec![0x81, 0x05])),
        ),
        (
            "C-04",
            "a long head for a short text",
            with(&|said| said.data = Item::Raw(vec![0xb8, 0x01, 0xff])),
        ),
        ("C-06", "no payee", with(&|said| said.to = Item::Bytes(Vec::new()))),
        (
            "C-06",
            "a payee of 19 bytes",
            with(&|said| said.to = Item::Bytes(address[1..].to_vec())),
        ),
        (
            "C-06",
            "a payee of 21 bytes",
            with(&|said| said.to = Item::Bytes([address.clone(), vec![0]].concat())),
        ),
        (
            "C-06",
            "a payee of 32 bytes",
            with(&|said| said.to = Item::Bytes([vec![0; 12], address.clone()].concat())),
        ),
        (
            "C-06",
            "a payee in a list",
            with(&|said| said.to = Item::List(vec![Item::Bytes(address.clone())])),
        ),
        (
            "C-06",
            "an empty list as payee",
            with(&|said| said.to = Item::List(Vec::new())),
        ),
        (
            "C-33",
            "all the value there is",
            with(&|said| said.value = Item::Bytes(vec![0xff; 32])),
        ),
        (
            "C-33",
            "a value of 33 bytes",
            with(&|said| said.value = Item::Bytes(vec![1; 33])),
        ),
        (
            "C-33",
            "a value over the limit",
            with(&|said| said.value = Item::number(MOST + 1)),
        ),
        (
            "C-33",
            "the value of the limit",
            with(&|said| said.value = Item::number(MOST)),
        ),
        (
            "C-33",
            "gas of nine bytes",
            with(&|said| said.gas = Item::Bytes(vec![1; 9])),
        ),
        (
            "C-33",
            "a price of 32 bytes",
            with(&|said| said.price = Item::Bytes(vec![1; 32])),
        ),
        (
            "C-34",
            "the greatest nonce",
            with(&|said| said.nonce = Item::number(u128::from(u64::MAX))),
        ),
        ("C-34", "the next nonce", with(&|said| said.nonce = Item::number(1))),
        (
            "C-34",
            "a nonce of nine bytes",
            with(&|said| said.nonce = Item::Bytes(vec![1; 9])),
        ),
        (
            "C-25",
            "calldata",
            with(&|said| said.data = Item::Bytes(vec![0xde, 0xad, 0xbe, 0xef])),
        ),
        (
            "C-25",
            "three bytes of calldata",
            with(&|said| said.data = Item::Bytes(vec![0xde, 0xad, 0xbe])),
        ),
        (
            "C-25",
            "a list as calldata",
            with(&|said| said.data = Item::List(vec![Item::number(1)])),
        ),
        (
            "C-25",
            "a creation",
            with(&|said| {
                said.to = Item::Bytes(Vec::new());
                said.data = Item::Bytes(vec![0x60, 0x00, 0x60, 0x00, 0xf3]);
                said.value = Item::number(0);
            }),
        ),
        (
            "C-29",
            "200 KiB of calldata",
            with(&|said| said.data = Item::Bytes(vec![1; 200 * 1024])),
        ),
        (
            "C-15",
            "an access list",
            with(&|said| said.access = access(&address, 32)),
        ),
        (
            "C-15",
            "an access list with a short key",
            with(&|said| said.access = access(&address, 31)),
        ),
        (
            "C-15",
            "an access list with a short address",
            with(&|said| said.access = access(&address[1..], 32)),
        ),
        (
            "C-15",
            "a byte string as access list",
            with(&|said| said.access = Item::Bytes(vec![1])),
        ),
    ];
    for (group, name, said) in odd {
        let (fields, _) = signed(&corpus.sender(), 2, &said.dynamic());
        add_raw(corpus, group, &format!("{name}: type 2 to {whom}"), &typed(2, &fields));
        if group != "C-15" {
            let (fields, _) = legacy(&corpus.sender(), &said, Some(u128::from(CHAIN_ID)));
            add_raw(
                corpus,
                group,
                &format!("{name}: legacy to {whom}"),
                &Item::List(fields).encode(),
            );
        }
    }
}

fn access(address: &[u8], key: usize) -> Item {
    let keys = Item::List(vec![Item::Bytes(vec![1; key])]);
    Item::List(vec![Item::List(vec![Item::Bytes(address.to_vec()), keys])])
}

/// C-07, C-10 to C-12: the signature.
fn signatures(corpus: &mut Corpus, whom: &str, to: &str) {
    let order: B256 = ORDER.parse().unwrap();
    let changes: &[OfSignature<'_>] = &[
        ("C-10", "the high twin", &|signed| {
            [
                Item::number(u128::from(!signed.parity)),
                Item::word(signed.r),
                Item::word(high(signed.s)),
            ]
        }),
        ("C-10", "s high, parity kept", &|signed| {
            [
                Item::number(u128::from(signed.parity)),
                Item::word(signed.r),
                Item::word(high(signed.s)),
            ]
        }),
        ("C-11", "r is zero", &|signed| {
            [Item::number(0), Item::number(0), Item::word(signed.s)]
        }),
        ("C-11", "s is zero", &|signed| {
            [Item::number(0), Item::word(signed.r), Item::number(0)]
        }),
        ("C-11", "r is the order", &|signed| {
            [Item::number(0), Item::word(order), Item::word(signed.s)]
        }),
        ("C-11", "s is the order", &|signed| {
            [Item::number(0), Item::word(signed.r), Item::word(order)]
        }),
        ("C-11", "all zero", &|_| {
            [Item::number(0), Item::number(0), Item::number(0)]
        }),
        ("C-11", "parity 2", &|signed| {
            [Item::number(2), Item::word(signed.r), Item::word(signed.s)]
        }),
        ("C-11", "parity 27", &|signed| {
            [
                Item::number(27 + u128::from(signed.parity)),
                Item::word(signed.r),
                Item::word(signed.s),
            ]
        }),
        ("C-11", "parity with a zero", &|signed| {
            [Item::Bytes(vec![0, 1]), Item::word(signed.r), Item::word(signed.s)]
        }),
        ("C-11", "r with a zero", &|signed| {
            let r = [vec![0], signed.r.to_vec()].concat();
            [
                Item::number(u128::from(signed.parity)),
                Item::Bytes(r),
                Item::word(signed.s),
            ]
        }),
        ("C-12", "the other parity", &|signed| {
            [
                Item::number(u128::from(!signed.parity)),
                Item::word(signed.r),
                Item::word(signed.s),
            ]
        }),
        ("C-12", "r and s changed over", &|signed| {
            [
                Item::number(u128::from(signed.parity)),
                Item::word(signed.s),
                Item::word(signed.r),
            ]
        }),
    ];
    for (group, name, change) in changes {
        let (mut fields, signature) = signed(&corpus.sender(), 2, &said(to).dynamic());
        fields.truncate(9);
        fields.extend(change(signature));
        add_raw(corpus, group, &format!("{name}: type 2 to {whom}"), &typed(2, &fields));
    }
    let (fields, signature) = legacy(&corpus.sender(), &said(to), None);
    let mut twin = fields;
    twin.truncate(6);
    twin.extend([
        Item::number(27 + u128::from(!signature.parity)),
        Item::word(signature.r),
        Item::word(high(signature.s)),
    ]);
    add_raw(
        corpus,
        "C-10",
        &format!("the high twin: legacy to {whom}"),
        &Item::List(twin).encode(),
    );
    for v in [
        0,
        1,
        2,
        26,
        27,
        28,
        29,
        30,
        34,
        35,
        36,
        37,
        38,
        255,
        2708,
        2709,
        2710,
        1 << 64,
    ] {
        let (mut fields, signature) = legacy(&corpus.sender(), &said(to), Some(u128::from(CHAIN_ID)));
        fields.truncate(6);
        fields.extend([Item::number(v), Item::word(signature.r), Item::word(signature.s)]);
        add_raw(
            corpus,
            "C-07",
            &format!("v is {v}: legacy to {whom}"),
            &Item::List(fields).encode(),
        );
    }
    let sender = corpus.sender();
    let (fields, _) = signed(&sender, 2, &said(GOOD).dynamic());
    let mut bytes = typed(2, &fields);
    let at = bytes
        .windows(20)
        .position(|window| window == hex::decode(GOOD).unwrap())
        .unwrap();
    bytes[at..at + 20].copy_from_slice(&hex::decode(to).unwrap());
    bytes[at + 19] ^= 1;
    add_raw(
        corpus,
        "C-12",
        &format!("another payee than was signed, near {whom}"),
        &bytes,
    );
}

/// C-09: chain ids.
fn chains(corpus: &mut Corpus, whom: &str, to: &str) {
    for chain in [0, 1, 1336, 31337, 1 << 64] {
        let mut said = said(to);
        said.chain = Item::number(chain);
        let (fields, _) = signed(&corpus.sender(), 2, &said.dynamic());
        add_raw(
            corpus,
            "C-09",
            &format!("chain id {chain}: type 2 to {whom}"),
            &typed(2, &fields),
        );
        let (fields, _) = legacy(&corpus.sender(), &said, Some(chain));
        add_raw(
            corpus,
            "C-09",
            &format!("chain id {chain}: legacy to {whom}"),
            &Item::List(fields).encode(),
        );
    }
    let (fields, _) = legacy(&corpus.sender(), &said(to), None);
    add_raw(
        corpus,
        "C-07",
        &format!("unprotected: legacy to {whom}"),
        &Item::List(fields).encode(),
    );
    let (fields, _) = legacy(&corpus.sender(), &said(to), Some(u128::from(CHAIN_ID)));
    add_raw(
        corpus,
        "C-07",
        &format!("protected: legacy to {whom}"),
        &Item::List(fields).encode(),
    );
}

/// C-13 to C-24: other types.
fn types(corpus: &mut Corpus, whom: &str, to: &str) {
    let (fields, _) = signed(&corpus.sender(), 2, &said(to).dynamic());
    for kind in [1, 3, 4, 5, 0x64, 0x7e, 0x7f, 0x80, 0xbf] {
        add_raw(
            corpus,
            "C-13",
            &format!("type {kind} with the fields of type 2 to {whom}"),
            &typed(kind, &fields),
        );
    }
    let sender = corpus.sender();
    let draft = Draft::pay(CHAIN_ID, 0, to.parse().unwrap(), 5);
    let raw = sender.sign_2930(&draft);
    add_text(corpus, "C-13", &format!("type 1 to {whom}"), &format!("\"{raw}\""));
    let delegates: [(&str, Address); 3] = [
        ("EVIL", EVIL_CONTRACT.parse().unwrap()),
        ("nobody", Address::ZERO),
        ("GOOD", GOOD.parse().unwrap()),
    ];
    for (name, delegate) in delegates {
        let sender = corpus.sender();
        let raw = sender.sign_7702(&draft, &sender, 1, delegate);
        add_text(
            corpus,
            "C-18",
            &format!("the sender delegates to {name}, paying {whom}"),
            &format!("\"{raw}\""),
        );
        let sender = corpus.sender();
        let raw = sender.sign_7702(&draft, &Wallet::development(1), 0, delegate);
        add_text(
            corpus,
            "C-18",
            &format!("another delegates to {name}, paying {whom}"),
            &format!("\"{raw}\""),
        );
    }
    // A list of authorizations that is empty; a blob transaction without blobs.
    let mut fields = said(to).dynamic();
    fields.push(Item::List(Vec::new()));
    let (all, _) = signed(&corpus.sender(), 4, &fields);
    add_raw(
        corpus,
        "C-21",
        &format!("no authorizations: type 4 to {whom}"),
        &typed(4, &all),
    );
    fields.insert(9, Item::number(1));
    let (all, _) = signed(&corpus.sender(), 3, &fields);
    add_raw(corpus, "C-16", &format!("no blobs: type 3 to {whom}"), &typed(3, &all));
    fields[10] = Item::List(vec![Item::Bytes([vec![1], vec![2; 31]].concat())]);
    let (all, _) = signed(&corpus.sender(), 3, &fields);
    add_raw(
        corpus,
        "C-16",
        &format!("a blob that is not there: type 3 to {whom}"),
        &typed(3, &all),
    );
}

/// C-37: the text around the bytes.
fn texts(corpus: &mut Corpus, whom: &str, to: &str) {
    let spellings: &[OfText] = &[
        ("plain", |raw| format!("\"{raw}\"")),
        ("0X", |raw| format!("\"0X{}\"", &raw[2..])),
        ("capitals", |raw| format!("\"0x{}\"", raw[2..].to_ascii_uppercase())),
        ("no prefix", |raw| format!("\"{}\"", &raw[2..])),
        ("a digit less", |raw| format!("\"{}\"", &raw[..raw.len() - 1])),
        ("a zero first", |raw| format!("\"0x0{}\"", &raw[2..])),
        ("a space first", |raw| format!("\" {raw}\"")),
        ("a line feed last", |raw| format!("\"{raw}\\n\"")),
        ("a space within", |raw| format!("\"{} {}\"", &raw[..20], &raw[20..])),
        ("an underscore within", |raw| {
            format!("\"{}_{}\"", &raw[..20], &raw[20..])
        }),
        ("an escaped digit", |raw| {
            format!("\"0x\\u003{}{}\"", &raw[2..3], &raw[3..])
        }),
        ("an escaped x", |raw| format!("\"0\\u0078{}\"", &raw[2..])),
        ("in a list", |raw| format!("[\"{raw}\"]")),
        ("in an object", |raw| format!("{{\"raw\":\"{raw}\"}}")),
        ("0x twice", |raw| format!("\"0x{raw}\"")),
        ("a second one after it", |raw| format!("\"{raw}{}\"", &raw[2..])),
    ];
    for (name, spell) in spellings {
        let raw = payment(&corpus.sender(), to);
        add_text(corpus, "C-37", &format!("{name}: to {whom}"), &spell(&raw));
    }
    for (name, text) in [
        ("0x", "\"0x\""),
        ("0x00", "\"0x00\""),
        ("0x02", "\"0x02\""),
        ("0xc0", "\"0xc0\""),
        ("0x02c0", "\"0x02c0\""),
    ] {
        if whom == "EVIL" {
            add_text(corpus, "C-03", name, text);
        }
    }
}

/// The same transaction by other doors.
fn wrappings(corpus: &mut Corpus, whom: &str, to: &str) {
    let forms: &[(&'static str, &str, &str, &str)] = &[
        ("B-02", "and waits", "eth_sendRawTransactionSync", "[$]"),
        ("B-02", "and waits a second", "eth_sendRawTransactionSync", "[$,1000]"),
        (
            "B-02",
            "and waits for a text",
            "eth_sendRawTransactionSync",
            "[$,\"1000\"]",
        ),
        ("B-03", "on conditions", "eth_sendRawTransactionConditional", "[$,{}]"),
        (
            "B-01",
            "with an object",
            "eth_sendRawTransaction",
            "[$,{\"privateFor\":[]}]",
        ),
        ("B-01", "twice", "eth_sendRawTransaction", "[$,$]"),
        (
            "B-05",
            "in a bundle",
            "eth_sendBundle",
            "[{\"txs\":[$],\"blockNumber\":\"0x1\"}]",
        ),
        (
            "B-06",
            "in a nested bundle",
            "mev_sendBundle",
            "[{\"version\":\"v0.1\",\"inclusion\":{\"block\":\"0x1\"},\"body\":[{\"bundle\":{\"version\":\"v0.1\",\"inclusion\":{\"block\":\"0x1\"},\"body\":[{\"tx\":$,\"canRevert\":false}]}}]}]",
        ),
        (
            "B-07",
            "simulated",
            "eth_callBundle",
            "[{\"txs\":[$],\"blockNumber\":\"0x1\",\"stateBlockNumber\":\"latest\"}]",
        ),
        ("B-09", "one of many", "debug_batchSendRawTransaction", "[$,$]"),
        ("B-09", "traced", "trace_rawTransaction", "[$,[\"trace\"]]"),
        (
            "B-11",
            "as a private one",
            "eth_sendRawPrivateTransaction",
            "[$,{\"privateFor\":[]}]",
        ),
        (
            "B-11",
            "distributed",
            "eth_distributePrivateTransaction",
            "[$,{\"privateFor\":[]}]",
        ),
        ("B-12", "as a restricted one", "eea_sendRawTransaction", "[$]"),
        ("B-12", "to a relay", "eth_sendPrivateTransaction", "[{\"tx\":$}]"),
        ("B-12", "to a relay, raw", "eth_sendPrivateRawTransaction", "[$]"),
        ("B-13", "by another name", "realtime_sendRawTransaction", "[$]"),
        (
            "B-13",
            "by the name of zkSync",
            "zks_sendRawTransactionWithDetailedOutput",
            "[$]",
        ),
    ];
    for (group, name, method, params) in forms {
        let raw = format!("\"{}\"", payment(&corpus.sender(), to));
        let params = params.replace('$', &raw);
        let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{params}}}"#);
        corpus.add(group, format!("{name}: to {whom}"), body);
    }
    for (name, first, second) in [("EVIL first", EVIL, GOOD), ("EVIL second", GOOD, EVIL)] {
        let sender = corpus.sender();
        let first = sender.sign(&Draft::pay(CHAIN_ID, 0, first.parse().unwrap(), 5));
        let second = sender.sign(&Draft::pay(CHAIN_ID, 1, second.parse().unwrap(), 5));
        let call = |id: u8, raw: &str| {
            format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"eth_sendRawTransaction","params":["{raw}"]}}"#)
        };
        corpus.add(
            "A-37",
            format!("two in a batch, {name}, {whom}"),
            format!("[{},{}]", call(1, &first), call(2, &second)),
        );
    }
}
