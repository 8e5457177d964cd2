//! Restricted transactions of the EEA.

use alloy_primitives::hex;
use serde_json::Value;

use super::{high_s, invalid, list, plus, valid, with, without};
use crate::forms::{
    CHAIN, Fields, GROUP, ONE, Restricted, TWO, To, bytes, call, encode, for_two, key, quorum, restricted,
};
use crate::support::{Item, legacy, long_form, sign};

pub(super) fn add(vectors: &mut Vec<Value>) {
    let payload = Fields {
        data: hex!("a9059cbb00000000000000000000000000000000000000000000000000000000000000aa").to_vec(),
        ..call()
    };
    let good = restricted(&payload, &for_two(), Some(CHAIN), &key(5));
    let mut accept = |name: &str, fields: &Fields, privacy: &Restricted, chain_id: Option<u64>, number: u8| {
        let raw = list(&restricted(fields, privacy, chain_id, &key(number)));
        vectors.push(valid("restricted", name, &raw, key(number).address()));
    };
    let to = |to: To| Restricted { to, ..for_two() };
    accept("members", &payload, &for_two(), Some(CHAIN), 5);
    accept("group", &payload, &to(To::Group(GROUP)), Some(CHAIN), 5);
    accept("nobody-else", &payload, &to(To::Members(Vec::new())), Some(CHAIN), 5);
    accept("a-hundred", &payload, &to(To::Members(vec![TWO; 100])), Some(CHAIN), 5);
    let open = Restricted {
        restriction: "unrestricted",
        ..for_two()
    };
    accept("unrestricted", &payload, &open, Some(CHAIN), 5);
    accept("without-chain", &payload, &for_two(), None, 6);
    accept("group-without-chain", &payload, &to(To::Group(GROUP)), None, 6);
    accept("chain-1", &payload, &for_two(), Some(1), 6);
    accept("chain-of-63-bits", &payload, &for_two(), Some((u64::MAX - 36) / 2), 6);
    accept(
        "creation",
        &Fields {
            to: None,
            ..payload.clone()
        },
        &for_two(),
        Some(CHAIN),
        7,
    );
    let nothing = Fields {
        data: Vec::new(),
        nonce: 0,
        gas: 0,
        ..payload.clone()
    };
    accept("without-data", &nothing, &for_two(), Some(CHAIN), 7);

    let mut refuse = |name: &str, raw: &[u8], reason: &str| vectors.push(invalid("restricted", name, raw, reason));
    let raw = list(&good);
    refuse("empty", &[], "empty");
    refuse("trailing-byte", &[raw.as_slice(), &[0xc0]].concat(), "trailing_bytes");
    refuse("cut-off", &raw[..raw.len() - 1], "truncated");
    refuse("wrapped", &encode(&bytes(&raw)), "expected_list");
    refuse("public", &sign(&legacy(Some(CHAIN))), "private_value");
    refuse("private-of-goquorum", &list(&quorum(&call(), &key(1))), "missing_field");
    refuse("without-restriction", &without(&good, 11), "missing_field");
    refuse("thirteen-fields", &plus(&good, 12, bytes([])), "extra_field");
    refuse(
        "members-and-group",
        &plus(&good, 11, bytes(GROUP)),
        "unknown_restriction",
    );
    refuse("gas-with-zero", &with(&good, 2, bytes([0, 1])), "leading_zero");
    refuse("gas-of-nine-bytes", &with(&good, 2, bytes([1; 9])), "too_wide");
    refuse("to-of-21-bytes", &with(&good, 3, bytes([1; 21])), "wrong_length");
    refuse("value-of-one", &with(&good, 4, bytes([1])), "private_value");
    refuse("v-0", &with(&good, 6, bytes([])), "legacy_v");
    refuse("v-29", &with(&good, 6, bytes([29])), "legacy_v");
    refuse("v-35", &with(&good, 6, bytes([35])), "zero_chain_id");
    refuse("v-36", &with(&good, 6, bytes([36])), "zero_chain_id");
    refuse("v-of-nine-bytes", &with(&good, 6, bytes([1; 9])), "too_wide");
    refuse("r-zero", &with(&good, 7, bytes([])), "signature_r_out_of_range");
    refuse("s-high", &with(&good, 8, high_s(&good[8])), "signature_high_s");
    refuse("from-nobody", &with(&good, 9, bytes([])), "wrong_length");
    refuse("from-of-31-bytes", &with(&good, 9, bytes([1; 31])), "wrong_length");
    refuse(
        "from-in-base64",
        &with(&good, 9, bytes("ERERERERERERERERERERERERERERERERERERERERERE=")),
        "wrong_length",
    );
    refuse(
        "from-as-list",
        &with(&good, 9, Item::List(vec![bytes(ONE)])),
        "unexpected_list",
    );
    refuse(
        "member-of-33-bytes",
        &with(&good, 10, Item::List(vec![bytes([1; 33])])),
        "wrong_length",
    );
    refuse(
        "member-as-list",
        &with(&good, 10, Item::List(vec![Item::List(vec![bytes(TWO)])])),
        "unexpected_list",
    );
    refuse(
        "a-hundred-and-one",
        &with(&good, 10, Item::List(vec![bytes(TWO); 101])),
        "too_many_participants",
    );
    refuse("group-of-20-bytes", &with(&good, 10, bytes([6; 20])), "wrong_length");
    refuse("no-group", &with(&good, 10, bytes([])), "wrong_length");
    refuse(
        "members-in-long-form",
        &with(&good, 10, Item::Verbatim(long_form(&encode(&bytes(TWO)), 0xc0))),
        "not_shortest",
    );
    refuse(
        "restriction-nothing",
        &with(&good, 11, bytes([])),
        "unknown_restriction",
    );
    refuse(
        "restriction-in-capitals",
        &with(&good, 11, bytes("Restricted")),
        "unknown_restriction",
    );
    refuse(
        "restriction-with-space",
        &with(&good, 11, bytes("restricted ")),
        "unknown_restriction",
    );
    refuse(
        "restriction-not-text",
        &with(&good, 11, bytes([0xff; 10])),
        "unknown_restriction",
    );
    refuse(
        "restriction-as-list",
        &with(&good, 11, Item::List(vec![bytes("restricted")])),
        "unexpected_list",
    );
}
