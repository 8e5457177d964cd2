//! Private transactions of GoQuorum and restricted ones of the EEA: what they say, and what each is taken for elsewhere.

use alloy_primitives::{U256, hex};
use callgate_eth::transaction::{
    Field, MAX_TRANSACTION_BYTES, TransactionError, TransactionType, decode, decode_quorum_private,
    decode_quorum_private_hex, decode_restricted, decode_restricted_hex,
};
use callgate_eth::{Participant, Protection, Recipients};

use crate::forms::{
    CHAIN, Fields, GROUP, ONE, Restricted, TWO, To, bytes, call, encode, for_two, key, quorum, restricted,
};
use crate::support::{Item, TO, legacy, sign};

fn private(fields: &Fields) -> Vec<u8> {
    encode(&Item::List(quorum(fields, &key(1))))
}

fn for_group(fields: &Fields, chain_id: Option<u64>) -> Vec<u8> {
    let privacy = Restricted {
        to: To::Group(GROUP),
        ..for_two()
    };
    encode(&Item::List(restricted(fields, &privacy, chain_id, &key(1))))
}

#[test]
fn b11_the_facts_of_a_private_transaction() {
    let raw = private(&Fields { gas_price: 3, ..call() });
    let decoded = decode_quorum_private(&raw).unwrap();
    assert!(decoded.is_private() && !decoded.is_protected());
    assert_eq!(decoded.bytes(), raw);
    assert_eq!(decoded.transaction_type(), TransactionType::Legacy);
    assert_eq!((decoded.chain_id(), decoded.nonce(), decoded.gas()), (None, 7, 90_000));
    assert_eq!((decoded.gas_price(), decoded.max_fee_per_gas()), (Some(3), 3));
    assert_eq!((decoded.to(), decoded.value()), (Some(TO), U256::ZERO));
    assert_eq!((decoded.known_sender(), decoded.sender()), (None, Ok(key(1).address())));
    assert_eq!(decoded.known_sender(), Some(key(1).address()));
    let hash: Vec<u8> = (0..64).collect();
    assert_eq!(decoded.input(), hash);
    assert_eq!(decoded.payload_hash().map(<[u8; 64]>::as_slice), Some(hash.as_slice()));
    let creation = decode_quorum_private(&private(&Fields { to: None, ..call() })).unwrap();
    assert_eq!(creation.to(), None);
}

/// The same bytes are a transaction of chain 1 to everybody else, by another sender and of the same hash.
#[test]
fn c07_the_method_tells_which_reading_holds() {
    let raw = private(&call());
    let (private, public) = (decode_quorum_private(&raw).unwrap(), decode(&raw).unwrap());
    assert_eq!(public.chain_id(), Some(1));
    assert!(!public.is_private() && public.payload_hash().is_none());
    assert_eq!(private.hash(), public.hash());
    assert_ne!(private.sender(), public.sender());
    let public = sign(&legacy(Some(1)));
    assert!(decode_quorum_private(&public).is_err());
}

#[test]
fn the_text_of_private_transactions_is_hex_of_either_case() {
    let raw = private(&call());
    let digits = hex::encode(&raw);
    for text in [format!("0x{digits}"), format!("0x{}", digits.to_uppercase())] {
        assert_eq!(decode_quorum_private_hex(&text).unwrap().bytes(), raw);
    }
    let code = |text: &str| {
        decode_quorum_private_hex(text)
            .map(|_| ())
            .map_err(|error| error.code())
    };
    assert_eq!(code(&digits), Err("missing_prefix"));
    assert_eq!(code(&format!("0X{digits}")), Err("missing_prefix"));
    assert_eq!(code(&format!("0x0x{digits}")), Err("not_a_hex_digit"));
    assert_eq!(code(&format!("0x{digits}0")), Err("odd_digits"));
    assert_eq!(code("0x"), Err("empty"));
    let raw = for_group(&call(), None);
    let digits = hex::encode(&raw);
    assert_eq!(
        decode_restricted_hex(&format!("0x{}", digits.to_uppercase()))
            .unwrap()
            .bytes(),
        raw
    );
    assert_eq!(decode_restricted_hex(&digits).unwrap_err().code(), "missing_prefix");
    assert_eq!(decode_restricted_hex("0x").unwrap_err().code(), "empty");
}

#[test]
fn b12_the_facts_of_a_restricted_transaction() {
    let fields = Fields {
        gas_price: 1000,
        data: hex!("a9059cbb01").to_vec(),
        ..call()
    };
    let raw = encode(&Item::List(restricted(&fields, &for_two(), Some(CHAIN), &key(2))));
    let decoded = decode_restricted(&raw).unwrap();
    assert_eq!(decoded.bytes(), raw);
    assert_eq!((decoded.chain_id(), decoded.is_protected()), (Some(CHAIN), true));
    assert_eq!((decoded.nonce(), decoded.gas(), decoded.gas_price()), (7, 90_000, 1000));
    assert_eq!((decoded.to(), decoded.value()), (Some(TO), U256::ZERO));
    assert_eq!(decoded.input(), fields.data);
    assert_eq!((decoded.known_sender(), decoded.sender()), (None, Ok(key(2).address())));
    assert_eq!(decoded.known_sender(), Some(key(2).address()));
    let privacy = decoded.privacy();
    assert_eq!(privacy.from, Some(Participant::new(ONE)));
    assert_eq!(privacy.to, Recipients::Members(vec![Participant::new(TWO)]));
    assert_eq!(
        (privacy.protection, privacy.mandatory.len()),
        (Protection::Restricted, 0)
    );
    let unbound = decode_restricted(&for_group(&fields, None)).unwrap();
    assert_eq!((unbound.chain_id(), unbound.is_protected()), (None, false));
    assert_eq!(unbound.privacy().group(), Some(Participant::new(GROUP)));
}

/// Participants are part of what is signed: others than those signed for make another sender.
#[test]
fn c28_participants_are_signed() {
    let items = restricted(&call(), &for_two(), Some(CHAIN), &key(2));
    let sender = |index: usize, item: Item| {
        let mut changed = items.clone();
        changed[index] = item;
        decode_restricted(&encode(&Item::List(changed))).unwrap().sender().ok()
    };
    let signer = Some(key(2).address());
    assert_eq!(sender(9, bytes(ONE)), signer);
    assert_ne!(sender(9, bytes(TWO)), signer);
    assert_ne!(sender(10, Item::List(vec![bytes(ONE)])), signer);
    assert_ne!(sender(10, Item::List(Vec::new())), signer);
    assert_ne!(sender(10, bytes(TWO)), signer, "a group with the id of the member");
    assert_ne!(sender(11, bytes("unrestricted")), signer);
}

#[test]
fn c29_private_transactions_are_no_longer_than_others() {
    let long = |bytes: usize| vec![0xf9; bytes];
    for decode in [
        |raw: &[u8]| decode_quorum_private(raw).map(|_| ()),
        |raw: &[u8]| decode_restricted(raw).map(|_| ()),
    ] {
        assert_eq!(
            decode(&long(MAX_TRANSACTION_BYTES + 1)),
            Err(TransactionError::TooLarge {
                bytes: MAX_TRANSACTION_BYTES + 1,
                limit: MAX_TRANSACTION_BYTES
            })
        );
        assert!(!matches!(
            decode(&long(MAX_TRANSACTION_BYTES)),
            Err(TransactionError::TooLarge { .. })
        ));
    }
    // The payload of a restricted transaction stands in it: the longest that decodes is as long as the limit.
    let of = |length: usize| {
        let data = vec![7; length];
        encode(&Item::List(restricted(
            &Fields { data, ..call() },
            &for_two(),
            None,
            &key(2),
        )))
    };
    let overhead = of(100_000).len() - 100_000;
    let longest = of(MAX_TRANSACTION_BYTES - overhead);
    assert_eq!(longest.len(), MAX_TRANSACTION_BYTES);
    assert!(decode_restricted(&longest).is_ok());
}

#[test]
fn errors_of_private_transactions_name_the_field_and_the_byte() {
    let good = quorum(&call(), &key(1));
    let told = |index: usize, item: Item| {
        let mut changed = good.clone();
        changed[index] = item;
        decode_quorum_private(&encode(&Item::List(changed)))
            .unwrap_err()
            .to_string()
    };
    assert_eq!(told(5, bytes([1; 4])), "`data` at byte 30 is 4 bytes long, not 64");
    assert_eq!(
        told(4, bytes([1])),
        "`value` at byte 29 is not 0: a private transaction moves no ether"
    );
    assert_eq!(
        told(6, bytes([27])),
        "`v` is 27, neither 37 nor 38, which mark a private transaction"
    );
    let good = restricted(&call(), &for_two(), None, &key(1));
    let told = |index: usize, item: Item| {
        let mut changed = good.clone();
        changed[index] = item;
        decode_restricted(&encode(&Item::List(changed))).unwrap_err()
    };
    assert_eq!(
        told(9, bytes([1; 31])),
        TransactionError::WrongLength {
            field: Field::PrivateFrom,
            offset: 163,
            bytes: 31,
            expected: 32
        }
    );
    assert_eq!(
        told(10, Item::List(vec![bytes(TWO), bytes([])])).to_string(),
        "`private_for[]` at byte 230 is 0 bytes long, not 32"
    );
    assert_eq!(
        told(11, bytes("open")).to_string(),
        "`restriction` at byte 230 is neither `restricted` nor `unrestricted`"
    );
}
