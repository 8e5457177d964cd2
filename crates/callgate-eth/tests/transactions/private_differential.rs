//! Second opinions on generated and mutated private transactions, restricted transactions and blocks. Of the first two,
//! `opinion` must accept what we accept and nothing else, and read the same; of blocks, alloy must read what we accept.

use alloy_consensus::transaction::SignerRecoverable;
use alloy_consensus::{Block, EthereumTxEnvelope, TxEip4844};
use alloy_primitives::{Address, U256};
use alloy_rlp::Decodable;
use callgate_eth::transaction::{
    RawTransaction, RestrictedTransaction, TransactionError, decode_block, decode_quorum_private, decode_restricted,
};
use callgate_eth::{Protection, Recipients};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::differential::{Mutation, mutation, signed};
use crate::forms::{
    Fields, Restricted, To, block, call, encode, for_two, header, in_block, key, quorum, restricted, withdrawal,
};
use crate::opinion::{self, Opinion, Participants};
use crate::support::{Item, ORDER, authorization, eip4844, eip7702, sign};

fn of_private(decoded: &RawTransaction) -> Opinion {
    Opinion {
        sender: decoded.sender().ok(),
        hash: decoded.hash(),
        chain_id: decoded.chain_id(),
        nonce: decoded.nonce(),
        gas_price: decoded.gas_price().unwrap(),
        gas: decoded.gas(),
        to: decoded.to(),
        input: decoded.input().to_vec(),
        participants: None,
    }
}

fn of_restricted(decoded: &RestrictedTransaction) -> Opinion {
    let privacy = decoded.privacy();
    let members = privacy.members().iter().map(|member| *member.bytes()).collect();
    let restriction = match privacy.protection {
        Protection::Unrestricted => "unrestricted",
        _ => "restricted",
    };
    Opinion {
        sender: decoded.sender().ok(),
        hash: decoded.hash(),
        chain_id: decoded.chain_id(),
        nonce: decoded.nonce(),
        gas_price: decoded.gas_price(),
        gas: decoded.gas(),
        to: decoded.to(),
        input: decoded.input().to_vec(),
        participants: Some(Participants {
            from: *privacy.from.unwrap().bytes(),
            members,
            group: match privacy.to {
                Recipients::Group(group) => Some(*group.bytes()),
                Recipients::Members(_) => None,
            },
            restriction: restriction.to_owned(),
        }),
    }
}

fn compare_private(raw: &[u8]) {
    agree(
        raw,
        decode_quorum_private(raw).map(|it| of_private(&it)),
        opinion::quorum(raw),
    );
}

fn compare_restricted(raw: &[u8]) {
    agree(
        raw,
        decode_restricted(raw).map(|it| of_restricted(&it)),
        opinion::restricted(raw),
    );
}

fn agree(raw: &[u8], ours: Result<Opinion, TransactionError>, theirs: Option<Opinion>) {
    match (ours, theirs) {
        (Ok(ours), Some(theirs)) => assert_eq!(ours, theirs),
        (Err(_), None) => {}
        (Ok(_), None) => panic!("only we read {}", alloy_primitives::hex::encode(raw)),
        (Err(error), Some(_)) => panic!("only we refuse, for {error}: {}", alloy_primitives::hex::encode(raw)),
    }
}

type Envelope = EthereumTxEnvelope<TxEip4844>;

fn compare_block(raw: &[u8]) {
    let Ok(ours) = decode_block(raw) else { return };
    assert!(opinion::tree(raw).is_some(), "one spelling");
    let mut rest = raw;
    let theirs = Block::<Envelope>::decode(&mut rest).expect("alloy reads what we accept");
    assert!(rest.is_empty());
    assert_eq!(alloy_rlp::encode(&theirs), raw);
    let facts = |block: &[RawTransaction]| -> Vec<_> { block.iter().map(|it| (it.hash(), it.sender().ok())).collect() };
    let theirs: Vec<_> = theirs
        .body
        .transactions
        .iter()
        .map(|it| (*it.tx_hash(), it.recover_signer().ok()))
        .collect();
    assert_eq!(facts(ours.transactions()), theirs);
}

fn fields() -> impl Strategy<Value = Fields> {
    let to = proptest::option::of(any::<[u8; 20]>());
    let numbers = (0..u64::MAX, any::<u128>(), any::<u64>());
    (numbers, to, vec(any::<u8>(), 0..90)).prop_map(|((nonce, gas_price, gas), to, data)| Fields {
        nonce,
        gas_price,
        gas,
        to: to.map(Address::from),
        value: U256::ZERO,
        data,
    })
}

fn private() -> impl Strategy<Value = Vec<u8>> {
    (fields(), vec(any::<u8>(), 64), 1..9_u8)
        .prop_map(|(fields, data, number)| encode(&Item::List(quorum(&Fields { data, ..fields }, &key(number)))))
}

fn of_group() -> impl Strategy<Value = Vec<u8>> {
    let to = prop_oneof![
        vec(any::<[u8; 32]>(), 0..4).prop_map(To::Members),
        any::<[u8; 32]>().prop_map(To::Group)
    ];
    let restriction = prop_oneof![Just("restricted"), Just("unrestricted")];
    let privacy =
        (any::<[u8; 32]>(), to, restriction).prop_map(|(from, to, restriction)| Restricted { from, to, restriction });
    let chain = proptest::option::of(prop_oneof![1..5_u64, 1..(u64::MAX - 36) / 2]);
    (fields(), privacy, chain, 1..9_u8).prop_map(|(fields, privacy, chain, number)| {
        encode(&Item::List(restricted(&fields, &privacy, chain, &key(number))))
    })
}

fn blocks() -> impl Strategy<Value = Vec<u8>> {
    let transaction = prop_oneof![
        4 => signed(),
        1 => Just(sign(&eip4844(1))),
        1 => Just(sign(&eip7702(vec![authorization(1, Address::ZERO, 3)]))),
    ];
    let uncles = vec((15..=23_usize).prop_map(header), 0..2);
    let withdrawals = proptest::option::of(vec((0..300_u64).prop_map(withdrawal), 0..3));
    (15..=23_usize, vec(transaction, 0..4), uncles, withdrawals).prop_map(
        |(count, transactions, uncles, withdrawals)| {
            let mut items = block(transactions.iter().map(|raw| in_block(raw)).collect());
            items[0] = header(count);
            items[2] = Item::List(uncles);
            items.extend(withdrawals.map(Item::List));
            encode(&Item::List(items))
        },
    )
}

fn mutated(raw: &[u8], steps: &[Mutation]) -> Vec<u8> {
    let mut raw = raw.to_vec();
    steps.iter().for_each(|step| step.apply(&mut raw));
    raw
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn generated_private_transactions_are_accepted_and_agreed_on(raw in private()) {
        prop_assert!(decode_quorum_private(&raw).is_ok());
        compare_private(&raw);
    }

    #[test]
    fn generated_restricted_transactions_are_accepted_and_agreed_on(raw in of_group()) {
        prop_assert!(decode_restricted(&raw).is_ok());
        compare_restricted(&raw);
    }

    #[test]
    fn generated_blocks_are_accepted_and_agreed_on(raw in blocks()) {
        prop_assert!(decode_block(&raw).is_ok(), "{:?}", decode_block(&raw));
        compare_block(&raw);
    }

    #[test]
    fn mutated_private_transactions_are_agreed_on(raw in private(), changes in vec(vec(mutation(), 1..3), 24)) {
        for steps in changes {
            compare_private(&mutated(&raw, &steps));
        }
    }

    #[test]
    fn mutated_restricted_transactions_are_agreed_on(raw in of_group(), changes in vec(vec(mutation(), 1..3), 24)) {
        for steps in changes {
            compare_restricted(&mutated(&raw, &steps));
        }
    }

    #[test]
    fn mutated_blocks_are_refused_or_read_as_alloy_reads_them(raw in blocks(), changes in vec(vec(mutation(), 1..3), 24)) {
        for steps in changes {
            compare_block(&mutated(&raw, &steps));
        }
    }

    #[test]
    fn arbitrary_bytes_are_agreed_on(raw in vec(any::<u8>(), 0..300), first in 0xc0..=0xff_u8) {
        let list = [&[first], raw.as_slice()].concat();
        for raw in [raw, list] {
            compare_private(&raw);
            compare_restricted(&raw);
            compare_block(&raw);
        }
    }
}

/// One item replaced, taken out or put in, in the right encoding: what is left to judge is number, kind and range.
#[test]
fn every_number_and_kind_of_items_is_agreed_on() {
    let others: Vec<_> = [0_usize, 1, 2, 8, 9, 16, 17, 19, 20, 21, 31, 32, 33, 63, 64, 65]
        .into_iter()
        .flat_map(|length| [0, 1, 0x7f, 0xff].map(|byte| vec![byte; length]))
        .chain([26, 27, 28, 29, 34, 35, 36, 37, 38, 39].map(|v| vec![v]))
        .chain([b"restricted".to_vec(), b"unrestricted".to_vec()])
        .chain([ORDER, ORDER >> 1, (ORDER >> 1) + U256::from(1)].map(|it| it.to_be_bytes_vec()))
        .map(Item::Bytes)
        .chain([
            Item::List(Vec::new()),
            Item::List(vec![Item::Bytes(vec![1; 32])]),
            Item::List(vec![Item::List(Vec::new())]),
            Item::List(vec![Item::Bytes(vec![1; 32]); 101]),
        ])
        .collect();
    let bases = [
        quorum(&call(), &key(1)),
        restricted(&call(), &for_two(), Some(1), &key(1)),
        restricted(&call(), &for_two(), None, &key(1)),
    ];
    let compare = |items: Vec<Item>| {
        let raw = encode(&Item::List(items));
        compare_private(&raw);
        compare_restricted(&raw);
        usize::from(decode_quorum_private(&raw).is_ok() || decode_restricted(&raw).is_ok())
    };
    let mut accepted = 0;
    for base in bases {
        for place in 0..base.len() {
            accepted += compare([&base[..place], &base[place + 1..]].concat());
            for other in &others {
                let other = std::slice::from_ref(other);
                accepted += compare([&base[..place], other, &base[place + 1..]].concat());
                accepted += compare([&base[..place], other, &base[place..]].concat());
            }
        }
    }
    assert!(accepted > 100, "{accepted} of them are still transactions");
}
