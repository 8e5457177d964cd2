//! Private transactions of GoQuorum.

use alloy_primitives::U256;
use serde_json::Value;

use super::{high_s, invalid, list, plus, valid, with, without};
use crate::forms::{Fields, bytes, call, encode, key, number, quorum};
use crate::support::{Item, ORDER, eip1559, legacy, sign};

pub(super) fn add(vectors: &mut Vec<Value>) {
    let good = quorum(&call(), &key(1));
    let mut accept = |name: &str, fields: &Fields, number: u8| {
        let raw = list(&quorum(fields, &key(number)));
        vectors.push(valid("quorum", name, &raw, key(number).address()));
    };
    accept("call", &call(), 1);
    // The nonces make one signature of each parity.
    for nonce in [0, 1, 2, 3] {
        accept(&format!("nonce-{nonce}"), &Fields { nonce, ..call() }, 2);
    }
    accept("creation", &Fields { to: None, ..call() }, 3);
    let most = Fields {
        nonce: u64::MAX - 1,
        gas_price: u128::MAX,
        gas: u64::MAX,
        ..call()
    };
    accept("highest-numbers", &most, 4);

    let mut refuse = |name: &str, raw: &[u8], reason: &str| vectors.push(invalid("quorum", name, raw, reason));
    let raw = list(&good);
    refuse("empty", &[], "empty");
    refuse("trailing-byte", &[raw.as_slice(), &[0]].concat(), "trailing_bytes");
    refuse("cut-off", &raw[..raw.len() - 1], "truncated");
    refuse("wrapped", &encode(&bytes(&raw)), "expected_list");
    refuse("after-a-type", &[&[1], raw.as_slice()].concat(), "expected_list");
    refuse("without-s", &without(&good, 8), "missing_field");
    refuse("ten-fields", &plus(&good, 9, bytes([])), "extra_field");
    refuse("nonce-with-zero", &with(&good, 0, bytes([0, 7])), "leading_zero");
    refuse(
        "nonce-in-long-form",
        &with(&good, 0, Item::Verbatim(vec![0x81, 7])),
        "not_shortest",
    );
    refuse("nonce-at-its-end", &with(&good, 0, bytes([0xff; 8])), "nonce_exhausted");
    refuse("nonce-of-nine-bytes", &with(&good, 0, bytes([1; 9])), "too_wide");
    refuse("gas-price-of-17-bytes", &with(&good, 1, bytes([1; 17])), "too_wide");
    refuse("to-of-19-bytes", &with(&good, 3, bytes([1; 19])), "wrong_length");
    refuse("value-of-one", &with(&good, 4, bytes([1])), "private_value");
    refuse("no-payload", &with(&good, 5, bytes([])), "wrong_length");
    refuse("payload-of-63-bytes", &with(&good, 5, bytes([1; 63])), "wrong_length");
    refuse("payload-of-65-bytes", &with(&good, 5, bytes([1; 65])), "wrong_length");
    refuse(
        "payload-as-list",
        &with(&good, 5, Item::List(Vec::new())),
        "unexpected_list",
    );
    for v in [0_u64, 27, 28, 35, 36, 39, 2709] {
        let raw = with(&good, 6, number(U256::from(v)));
        refuse(&format!("v-{v}"), &raw, "not_marked_private");
    }
    refuse(
        "v-37-in-64-bits-more",
        &with(&good, 6, bytes([1, 0, 0, 0, 0, 0, 0, 0, 37])),
        "too_wide",
    );
    refuse("r-zero", &with(&good, 7, bytes([])), "signature_r_out_of_range");
    refuse(
        "r-the-order",
        &with(&good, 7, number(ORDER)),
        "signature_r_out_of_range",
    );
    refuse("s-zero", &with(&good, 8, bytes([])), "signature_s_out_of_range");
    refuse("s-high", &with(&good, 8, high_s(&good[8])), "signature_high_s");
    let public = sign(&legacy(Some(2018)));
    refuse("public", &public, "private_value");
    refuse("typed", &sign(&eip1559()), "expected_list");
}
