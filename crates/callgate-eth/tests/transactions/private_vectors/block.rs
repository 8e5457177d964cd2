//! Blocks.

use alloy_primitives::{hex, keccak256};
use serde_json::{Value, json};

use super::{high_s, invalid, list, plus, with, without};
use crate::forms::{block, bytes, encode, header, in_block, withdrawal};
use crate::support::{
    Item, Parts, TO, authorization, eip1559, eip2930, eip4844, eip7702, legacy, sender, sign, with_cell_proofs,
};

/// Transactions of every type, in the form of blocks.
fn of_every_type() -> Vec<Vec<u8>> {
    vec![
        sign(&legacy(None)),
        sign(&legacy(Some(1))),
        sign(&eip2930()),
        sign(&eip1559()),
        sign(&eip4844(2)),
        sign(&eip7702(vec![authorization(1, TO, 3)])),
    ]
}

fn valid_block(name: &str, items: &[Item], transactions: &[Vec<u8>]) -> Value {
    let inside: Vec<_> = transactions
        .iter()
        .map(|raw| json!({"sender": sender().address().to_string().to_lowercase(), "hash": keccak256(raw)}))
        .collect();
    json!({
        "name": format!("block/{name}"),
        "form": "block",
        "raw": hex::encode_prefixed(list(items)),
        "valid": true,
        "transactions": inside,
    })
}

pub(super) fn add(vectors: &mut Vec<Value>) {
    let transactions = of_every_type();
    let standing: Vec<_> = transactions.iter().map(|raw| in_block(raw)).collect();
    let good = block(standing.clone());
    vectors.push(valid_block("without-transactions", &block(Vec::new()), &[]));
    vectors.push(valid_block("of-every-type", &good, &transactions));
    for count in 16..=23 {
        let mut items = good.clone();
        items[0] = header(count);
        if count > 16 {
            items.push(Item::List(vec![withdrawal(0), withdrawal(1)]));
        }
        let name = format!("header-of-{count}");
        vectors.push(valid_block(&name, &items, &transactions));
    }
    let mut with_uncles = good.clone();
    with_uncles[2] = Item::List(vec![header(15), header(16)]);
    vectors.push(valid_block("with-uncles", &with_uncles, &transactions));

    let mut refuse = |name: &str, raw: &[u8], reason: &str| vectors.push(invalid("block", name, raw, reason));
    let raw = list(&good);
    refuse("empty", &[], "empty");
    refuse("trailing-byte", &[raw.as_slice(), &[0x80]].concat(), "trailing_bytes");
    refuse("cut-off", &raw[..raw.len() - 1], "truncated");
    refuse("wrapped", &encode(&bytes(&raw)), "expected_list");
    refuse("without-uncles", &without(&good, 2), "missing_field");
    refuse("header-alone", &without(&[good[0].clone()], 0), "missing_field");
    let withdrawals = |item: Item| plus(&good, 3, Item::List(vec![item]));
    refuse(
        "after-withdrawals",
        &list(&[good.clone(), vec![Item::List(vec![]); 2]].concat()),
        "extra_field",
    );
    refuse(
        "withdrawal-of-three",
        &withdrawals(Item::List(withdrawal(0).list()[..3].to_vec())),
        "missing_field",
    );
    refuse(
        "withdrawal-of-five",
        &withdrawals(Item::List([withdrawal(0).list(), &[bytes([])]].concat())),
        "extra_field",
    );
    refuse("withdrawal-as-bytes", &withdrawals(bytes([1; 40])), "expected_list");
    refuse("header-of-14", &with(&good, 0, header(14)), "missing_field");
    refuse("header-of-24", &with(&good, 0, header(24)), "extra_field");
    let in_header = |index: usize, item: Item| {
        let mut items = header(23).list().to_vec();
        items[index] = item;
        with(&good, 0, Item::List(items))
    };
    refuse("header-hash-of-31", &in_header(0, bytes([1; 31])), "wrong_length");
    refuse("header-bloom-of-255", &in_header(6, bytes([1; 255])), "wrong_length");
    refuse("header-number-with-zero", &in_header(8, bytes([0, 42])), "leading_zero");
    refuse("header-number-of-nine", &in_header(8, bytes([1; 9])), "too_wide");
    refuse(
        "header-extra-as-list",
        &in_header(12, Item::List(vec![])),
        "unexpected_list",
    );
    refuse("header-optional-left-empty", &in_header(16, bytes([])), "wrong_length");
    refuse(
        "uncle-of-14",
        &with(&good, 2, Item::List(vec![header(14)])),
        "missing_field",
    );
    refuse(
        "transactions-as-bytes",
        &with(&good, 1, bytes([1; 60])),
        "expected_list",
    );
    let of = |item: Item| list(&block(vec![standing[0].clone(), item]));
    refuse("transaction-empty", &of(bytes([])), "empty");
    refuse(
        "transaction-unwrapped",
        &list(&block(vec![Item::Verbatim(transactions[3].clone())])),
        "missing_field",
    );
    refuse(
        "transaction-legacy-wrapped",
        &of(bytes(&transactions[1])),
        "unknown_type",
    );
    refuse(
        "transaction-wrapped-twice",
        &of(bytes(encode(&bytes(&transactions[3])))),
        "wrapped",
    );
    refuse(
        "transaction-of-type-0",
        &of(bytes([&[0], transactions[1].as_slice()].concat())),
        "unknown_type",
    );
    refuse("transaction-of-type-5", &of(bytes([5, 0xc0])), "unknown_type");
    refuse(
        "transaction-trailing",
        &of(bytes([transactions[3].as_slice(), &[0]].concat())),
        "trailing_bytes",
    );
    let blob = sign(&with_cell_proofs(eip4844(1), 1));
    refuse("blob-with-sidecar", &of(bytes(&blob[..600])), "truncated");
    let sidecar = encode(&Item::List(vec![Item::List(vec![]), bytes([1]), Item::List(vec![])]));
    refuse(
        "blob-in-network-form",
        &of(bytes([&[3], sidecar.as_slice()].concat())),
        "unexpected_list",
    );
    let parts = Parts::of(&transactions[1]);
    refuse(
        "transaction-with-high-s",
        &of(in_block(&parts.with(8, high_s(&parts.items[8])))),
        "signature_high_s",
    );
    refuse(
        "transaction-unsigned",
        &of(in_block(&parts.without(8))),
        "missing_field",
    );
    refuse("transaction-alone", &transactions[1], "expected_list");
}
