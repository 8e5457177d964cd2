//! Hand-made faults of form: bytes, RLP, types, sizes, hex. Each test is named after its entry in the list of
//! attacks on raw transactions; where an entry concerns policy, here is tested that the fact it needs is told.

use alloy_primitives::{Address, hex};
use callgate_eth::transaction::{Field, MAX_TRANSACTION_BYTES, TransactionError, decode, decode_hex};

use crate::support::{
    Item, Parts, TO, accepted, authorization, eip1559, eip2930, eip7702, every_kind, legacy, long_form, refusal, sign,
};

#[test]
fn c01_trailing_bytes() {
    for (name, raw) in every_kind() {
        for tail in [&[0x00][..], &[0x80], &[0xc0], &[0xff; 40]] {
            let longer = [raw.as_slice(), tail].concat();
            assert_eq!(
                refusal(&longer),
                TransactionError::TrailingBytes { offset: raw.len() },
                "{name}"
            );
        }
    }
}

#[test]
fn c02_wrapped_in_a_string() {
    let raw = sign(&eip1559());
    let wrapped = Item::Bytes(raw).encode();
    assert_eq!(refusal(&wrapped), TransactionError::Wrapped(0xb9));
    let legacy = Item::Bytes(sign(&legacy(Some(1)))).encode();
    assert_eq!(refusal(&legacy), TransactionError::Wrapped(0xb8));
}

#[test]
fn c03_leading_zero_type_and_nothing() {
    let mut raw = vec![0x00];
    raw.extend(sign(&legacy(Some(1))));
    assert_eq!(refusal(&raw), TransactionError::UnknownType(0));
    assert_eq!(refusal(&[0x00]), TransactionError::UnknownType(0));
    assert_eq!(refusal(&[]), TransactionError::Empty);
    for kind in 1..=4 {
        assert_eq!(
            refusal(&[kind]),
            TransactionError::MissingField {
                field: Field::Transaction,
                offset: 1
            }
        );
    }
}

#[test]
fn c04_longer_forms_of_every_field() {
    for (name, raw) in every_kind() {
        let parts = Parts::of(&raw);
        for (index, item) in parts.items.iter().enumerate() {
            let Item::Bytes(bytes) = item else { continue };
            let longer = match bytes.as_slice() {
                [single] if *single < 0x80 => vec![0x81, *single],
                bytes if bytes.len() < 56 => long_form(bytes, 0x80),
                bytes => [vec![0xb9, 0x00, u8::try_from(bytes.len()).unwrap()], bytes.to_vec()].concat(),
            };
            let error = refusal(&parts.with(index, Item::Verbatim(longer)));
            assert_eq!(error.code(), "not_shortest", "{name} field {index}: {error}");
        }
    }
}

#[test]
fn c04_leading_zeros_in_every_number() {
    let numbers: [(Vec<u8>, &[usize]); 4] = [
        (sign(&legacy(Some(1))), &[0, 1, 2, 4, 6, 7, 8]),
        (sign(&eip2930()), &[0, 1, 2, 3, 5, 8, 9, 10]),
        (sign(&eip1559()), &[0, 1, 2, 3, 4, 6, 9, 10, 11]),
        (
            sign(&eip7702(vec![authorization(1, TO, 3)])),
            &[0, 1, 2, 3, 4, 6, 10, 11, 12],
        ),
    ];
    for (raw, indexes) in numbers {
        let parts = Parts::of(&raw);
        for index in indexes {
            let padded = [&[0], parts.items[*index].bytes()].concat();
            assert_eq!(
                refusal(&parts.with_bytes(*index, &padded)).code(),
                "leading_zero",
                "field {index}"
            );
        }
    }
}

#[test]
fn c04_longer_forms_of_the_lists() {
    let parts = Parts::of(&sign(&eip1559()));
    let empty_list_long = Item::Verbatim(vec![0xf8, 0x00]);
    let error = refusal(&parts.with(8, empty_list_long));
    assert_eq!(
        error,
        TransactionError::NotShortest {
            field: Field::AccessList,
            offset: 115
        }
    );
    let payload: Vec<u8> = parts.items.iter().flat_map(Item::encode).collect();
    let length = u16::try_from(payload.len()).unwrap().to_be_bytes();
    let zero_in_length = [&[0x02, 0xfa, 0x00], length.as_slice(), &payload].concat();
    assert_eq!(
        refusal(&zero_in_length),
        TransactionError::NotShortest {
            field: Field::Transaction,
            offset: 1
        }
    );
    let endless = [0x02, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    assert_eq!(
        refusal(&endless),
        TransactionError::Truncated {
            field: Field::Transaction,
            offset: 1
        }
    );
}

#[test]
fn c05_fields_missing_or_extra() {
    for (name, raw) in every_kind() {
        let parts = Parts::of(&raw);
        let error = refusal(&parts.plus(Item::Bytes(vec![1])));
        assert_eq!(error.code(), "extra_field", "{name}: {error}");
        let error = refusal(&parts.without(parts.items.len() - 1));
        assert_eq!(error.code(), "missing_field", "{name}: {error}");
        for index in 0..parts.items.len() {
            decode(&parts.without(index)).expect_err("one field short");
        }
    }
}

#[test]
fn c05_unsigned_transactions() {
    let parts = Parts::of(&sign(&legacy(Some(1))));
    let six_fields = Parts {
        kind: None,
        items: parts.items[..6].to_vec(),
    }
    .raw();
    assert!(matches!(
        refusal(&six_fields),
        TransactionError::MissingField { field: Field::V, .. }
    ));
    let eip155_form = Parts {
        kind: None,
        items: [&parts.items[..6], &[Item::Bytes(vec![1])]].concat(),
    };
    let eip155_form = Parts::of(&eip155_form.plus(Item::Bytes(vec![]))).plus(Item::Bytes(vec![]));
    assert_eq!(refusal(&eip155_form), TransactionError::LegacyV(1));
    let typed = Parts::of(&sign(&eip1559()));
    let unsigned = Parts {
        kind: Some(2),
        items: typed.items[..9].to_vec(),
    }
    .raw();
    assert!(matches!(
        refusal(&unsigned),
        TransactionError::MissingField {
            field: Field::YParity,
            ..
        }
    ));
}

#[test]
fn c06_length_of_to() {
    for (raw, index) in [
        (sign(&legacy(Some(1))), 3),
        (sign(&eip2930()), 4),
        (sign(&eip1559()), 5),
    ] {
        let parts = Parts::of(&raw);
        assert_eq!(accepted(&parts.with_bytes(index, &[])).to(), None);
        assert_eq!(
            accepted(&parts.with_bytes(index, &[1; 20])).to(),
            Some(Address::repeat_byte(1))
        );
        for length in [1, 19, 21, 32] {
            let error = refusal(&parts.with_bytes(index, &vec![1; length]));
            assert!(
                matches!(error, TransactionError::WrongLength { field: Field::To, bytes, expected: 20, .. } if bytes == length),
                "{error}"
            );
        }
        assert_eq!(
            refusal(&parts.with(index, Item::List(vec![]))).code(),
            "unexpected_list"
        );
    }
}

#[test]
fn c13_unknown_types() {
    let list = Parts::of(&sign(&eip1559()));
    for kind in (0x05..=0x7f).chain([0x00]) {
        let raw = Parts {
            kind: Some(kind),
            ..list.clone()
        }
        .raw();
        assert_eq!(refusal(&raw), TransactionError::UnknownType(kind));
        assert_eq!(refusal(&[kind]), TransactionError::UnknownType(kind));
    }
    for kind in 0x80..=0xbf {
        let raw = Parts {
            kind: Some(kind),
            ..list.clone()
        }
        .raw();
        assert_eq!(refusal(&raw), TransactionError::Wrapped(kind));
    }
    for kind in 0xc0..=0xff {
        let raw = Parts {
            kind: Some(kind),
            ..list.clone()
        }
        .raw();
        decode(&raw).expect_err("a list that is no legacy transaction");
    }
}

#[test]
fn c28_eea_private_fields() {
    let parts = Parts::of(&sign(&legacy(Some(1))));
    let mut private = parts.clone();
    private.items.push(Item::Bytes(vec![1; 32]));
    private.items.push(Item::List(vec![Item::Bytes(vec![2; 32])]));
    private.items.push(Item::Bytes(b"restricted".to_vec()));
    assert_eq!(
        refusal(&private.raw()),
        TransactionError::ExtraField {
            offset: parts.raw().len()
        }
    );
}

#[test]
fn c29_oversize_at_the_limit_and_above() {
    accepted(&legacy_of_size(MAX_TRANSACTION_BYTES));
    let above = legacy_of_size(MAX_TRANSACTION_BYTES + 1);
    let too_large = TransactionError::TooLarge {
        bytes: above.len(),
        limit: MAX_TRANSACTION_BYTES,
    };
    assert_eq!(refusal(&above), too_large);
    assert_eq!(decode_hex(&hex::encode_prefixed(&above)).unwrap_err(), too_large);
}

#[test]
fn c29_oversize_is_seen_before_the_digits_are_read() {
    let garbage = format!("0x{}", "zz".repeat(MAX_TRANSACTION_BYTES + 1));
    assert_eq!(decode_hex(&garbage).unwrap_err().code(), "too_large");
    let garbage = format!("0x{}", "zz".repeat(MAX_TRANSACTION_BYTES));
    assert_eq!(
        decode_hex(&garbage).unwrap_err(),
        TransactionError::NotAHexDigit { offset: 2 }
    );
}

#[test]
fn c31_one_hash_for_one_transaction() {
    let raw = sign(&eip1559());
    let lower = decode_hex(&hex::encode_prefixed(&raw)).unwrap();
    let upper = decode_hex(&format!("0x{}", hex::encode_upper(&raw))).unwrap();
    assert_eq!(lower.hash(), upper.hash());
    assert_eq!(lower.bytes(), upper.bytes());
}

#[test]
fn c35_access_lists_of_other_shapes() {
    let parts = Parts::of(&sign(&eip1559()));
    let address = Item::Bytes(vec![1; 20]);
    let key = |length| Item::Bytes(vec![1; length]);
    let entry = |items: &[Item]| parts.with(8, Item::List(vec![Item::List(items.to_vec())]));
    assert_eq!(
        accepted(&entry(&[address.clone(), Item::List(vec![])])).access_list_len(),
        1
    );
    assert_eq!(accepted(&parts.with(8, Item::List(vec![]))).access_list_len(), 0);
    assert_eq!(refusal(&parts.with_bytes(8, &[])).code(), "expected_list");
    assert_eq!(refusal(&entry(&[])).code(), "missing_field");
    assert_eq!(refusal(&entry(std::slice::from_ref(&address))).code(), "missing_field");
    assert_eq!(
        refusal(&entry(&[address.clone(), Item::Bytes(vec![])])).code(),
        "expected_list"
    );
    assert_eq!(
        refusal(&entry(&[address.clone(), Item::List(vec![key(31)])])).code(),
        "wrong_length"
    );
    assert_eq!(
        refusal(&entry(&[address.clone(), Item::List(vec![key(33)])])).code(),
        "wrong_length"
    );
    assert_eq!(
        refusal(&entry(&[address.clone(), Item::List(vec![]), key(1)])).code(),
        "extra_field"
    );
    assert_eq!(refusal(&entry(&[key(19), Item::List(vec![])])).code(), "wrong_length");
    assert_eq!(
        refusal(&parts.with(8, Item::List(vec![address]))).code(),
        "expected_list"
    );
}

#[test]
fn c37_hex_layer() {
    let digits = hex::encode(sign(&eip1559()));
    let code = |text: &str| decode_hex(text).map(|_| ()).map_err(|error| error.code());
    assert_eq!(code(&format!("0x{digits}")), Ok(()));
    assert_eq!(code(&format!("0x{}", digits.to_uppercase())), Ok(()));
    assert_eq!(code(&format!("0X{digits}")), Err("missing_prefix"));
    assert_eq!(code(&digits), Err("missing_prefix"));
    assert_eq!(code(&format!(" 0x{digits}")), Err("missing_prefix"));
    assert_eq!(code(""), Err("missing_prefix"));
    assert_eq!(code("0"), Err("missing_prefix"));
    assert_eq!(code("0x"), Err("empty"));
    assert_eq!(code(&format!("0x{digits}0")), Err("odd_digits"));
    assert_eq!(code(&format!("0x{digits}  ")), Err("not_a_hex_digit"));
    assert_eq!(code(&format!("0x0x{digits}")), Err("not_a_hex_digit"));
    let error = decode_hex("0x02é").unwrap_err();
    assert_eq!(error, TransactionError::NotAHexDigit { offset: 4 });
    assert_eq!(error.to_string(), "not hex: character 4 of the text is no hex digit");
}

#[test]
fn errors_say_what_and_where() {
    let parts = Parts::of(&sign(&legacy(Some(1))));
    let error = refusal(&parts.with_bytes(3, &[1; 19]));
    assert_eq!(error.to_string(), "`to` at byte 13 is 19 bytes long, not 20");
    let error = refusal(&[0x7e]);
    assert_eq!(error.to_string(), "transaction type 0x7e is not known");
    let error = refusal(&sign(&eip7702(vec![])));
    assert_eq!(error.to_string(), "the authorization list is empty");
}

/// A signed legacy transaction of exactly this many bytes.
fn legacy_of_size(bytes: usize) -> Vec<u8> {
    let mut tx = legacy(Some(1));
    tx.input = vec![0x55; bytes - 200].into();
    // r and s may be a byte shorter, so the nonce is varied until the size fits.
    for nonce in 1..200 {
        tx.nonce = nonce % 100 + 1;
        let raw = sign(&tx);
        if raw.len() == bytes {
            return raw;
        }
        tx.input = vec![0x55; tx.input.len() + bytes - raw.len()].into();
    }
    panic!("no transaction of {bytes} bytes")
}
