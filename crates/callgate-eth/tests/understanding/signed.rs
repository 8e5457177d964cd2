//! The signed forms that look like others, inside a call: private transactions of GoQuorum with their participants,
//! restricted transactions of the EEA, blocks. What decodes at all is the subject of the tests of transactions.

use callgate_eth::{
    Context, Dialect, OperationKind, Participant, Protection, Reason, Recipients, To, TransactionType, U256,
};
use rlp::{Rlp, RlpStream};
use serde_json::Value;

use crate::raw::{CREATION, EIP1559, EIP2930, LEGACY, SENDER, UNPROTECTED};
use crate::support::{CHAIN, NODE, node, with, written_for};

const ONE: &str = "A1aVtMxLCUHmBVHXoZzzBgPbW/wj5axDpW9X8l91SGo=";
const TWO: &str = "Ko2bVqD+nNlNYL5EE7y3IdOnviftjiizpjRt+HTuFBs=";

/// Who signed the vectors that are used here, and whom they call.
const QUORUM_SENDER: &str = "0x1a642f0e3c3af545e7acbd38b07251b3990914f1";
const CALLED: &str = "0x00000000000000000000000000000000000000aa";

fn entry(name: &str) -> Value {
    let file: Vec<Value> = serde_json::from_str(include_str!("../transactions/private-vectors.json")).unwrap();
    file.into_iter().find(|vector| vector["name"] == name).unwrap()
}

/// The hex of one of our own vectors.
pub(crate) fn vector(name: &str) -> String {
    entry(name)["raw"].as_str().unwrap().to_owned()
}

fn hex(text: &str) -> Vec<u8> {
    let digits = text.strip_prefix("0x").unwrap().as_bytes();
    let digit = |byte: u8| u8::try_from(char::from(byte).to_digit(16).unwrap()).unwrap();
    digits
        .chunks(2)
        .map(|pair| digit(pair[0]) << 4 | digit(pair[1]))
        .collect()
}

fn text(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("0x{digits}")
}

/// A block with these transactions, under the header of a vector.
fn block_of(transactions: &[&str]) -> String {
    let empty = hex(&vector("block/without-transactions"));
    let mut stream = RlpStream::new_list(3);
    stream.append_raw(Rlp::new(&empty).at(0).unwrap().as_raw(), 1);
    stream.begin_list(transactions.len());
    for transaction in transactions {
        let raw = hex(transaction);
        if raw[0] < 0xc0 {
            stream.append(&raw);
        } else {
            stream.append_raw(&raw, 1);
        }
    }
    stream.begin_list(0);
    text(&stream.out())
}

/// A block with a transaction of every type that the test chain has.
pub(crate) fn block() -> String {
    block_of(&[UNPROTECTED, LEGACY, CREATION, EIP2930, EIP1559])
}

fn reason(context: &Context, method: &str, params: &str) -> Result<String, Reason> {
    written_for(context, method, params).map_err(|error| error.reason())
}

fn key(text: &str) -> Participant {
    Participant::parse(text).unwrap()
}

#[test]
fn b11_a_private_transaction_has_the_participants_that_stand_beside_it() {
    let raw = vector("quorum/call");
    let beside = format!(
        r#"{{"privateFrom":"{ONE}","privateFor":["{TWO}"],"mandatoryFor":["{ONE}"],"privacyFlag":2,"restriction":"restricted"}}"#
    );
    for method in ["eth_sendRawPrivateTransaction", "eth_distributePrivateTransaction"] {
        let params = format!("[{raw:?},{beside}]");
        with(&node(Dialect::Goquorum), method, &params, |call| {
            let call = call.unwrap();
            let [operation] = call.operations() else {
                panic!("one operation")
            };
            assert_eq!(operation.kind(), OperationKind::Raw);
            assert_eq!(operation.position().to_string(), "params[0]");
            assert!(operation.is_signed() && operation.is_transaction() && operation.is_private());
            assert!(!operation.is_protected());
            assert_eq!((operation.known_sender(), operation.chain_id()), (None, None));
            assert_eq!(operation.sender(), Ok(QUORUM_SENDER.parse().unwrap()));
            assert_eq!(operation.to(), To::Address(CALLED.parse().unwrap()));
            assert_eq!((operation.value(), operation.gas()), (Some(U256::ZERO), Some(90_000)));
            assert_eq!((operation.nonce(), operation.gas_price()), (Some(7), Some(0)));
            assert_eq!(operation.transaction_type(), TransactionType::Legacy);
            let hash = entry("quorum/call")["hash"].as_str().unwrap().parse().unwrap();
            assert_eq!(operation.hash(), Some(hash));
            let privacy = operation.privacy().unwrap();
            assert_eq!(
                (privacy.from, privacy.members()),
                (Some(key(ONE)), [key(TWO)].as_slice())
            );
            assert_eq!(privacy.mandatory, [key(ONE)]);
            assert_eq!(privacy.protection, Protection::MandatoryParties);
        });
        let written = reason(&node(Dialect::Goquorum), method, &params).unwrap();
        let expected = format!(
            r#"[{raw:?},{{"privateFrom":"{ONE}","privateFor":["{TWO}"],"mandatoryFor":["{ONE}"],"privacyFlag":2}}]"#
        );
        assert_eq!(written, expected);
    }
}

#[test]
fn b11_without_participants_it_is_not_understood() {
    let raw = vector("quorum/call");
    let outcome = |beside: &str| {
        let params = format!("[{raw:?},{beside}]");
        reason(&node(Dialect::Goquorum), "eth_sendRawPrivateTransaction", &params)
    };
    assert!(outcome(r#"{"privateFor":[]}"#).is_ok());
    for (beside, expected) in [
        ("null".to_owned(), Reason::NullParameter),
        ("{}".to_owned(), Reason::MissingMember),
        (r#"{"privateFor":null}"#.to_owned(), Reason::NullParameter),
        (format!(r#"{{"privateFrom":"{ONE}"}}"#), Reason::Conflict),
        (format!(r#"{{"privacyGroupId":"{ONE}"}}"#), Reason::UnknownMember),
        (r#"{"privatefor":[]}"#.to_owned(), Reason::UnknownMember),
        (
            r#"{"privateFor":[],"restriction":"unrestricted"}"#.to_owned(),
            Reason::Conflict,
        ),
    ] {
        assert_eq!(outcome(&beside), Err(expected), "{beside}");
    }
}

#[test]
fn b11_a_public_transaction_is_not_sent_as_a_private_one() {
    let goquorum = node(Dialect::Goquorum);
    for raw in [
        LEGACY,
        UNPROTECTED,
        EIP1559,
        &vector("restricted/members"),
        "0x",
        "",
        "0xc0",
    ] {
        let params = format!(r#"[{raw:?},{{"privateFor":["{TWO}"]}}]"#);
        assert_eq!(
            reason(&goquorum, "eth_sendRawPrivateTransaction", &params),
            Err(Reason::UndecodableTransaction),
            "{raw}"
        );
    }
}

#[test]
fn c27_the_hash_of_a_payload_has_no_selector() {
    let raw = vector("quorum/call");
    let params = format!(r#"[{raw:?},{{"privateFor":["{TWO}"]}}]"#);
    with(
        &node(Dialect::Goquorum),
        "eth_sendRawPrivateTransaction",
        &params,
        |call| {
            let call = call.unwrap();
            let operation = &call.operations()[0];
            assert!(operation.hides_calldata());
            assert_eq!((operation.selector(), operation.input_len()), (None, 64));
            assert_eq!(operation.input_bytes().len(), 64);
            assert!(!operation.creates());
        },
    );
    let raw = vector("quorum/creation");
    let params = format!(r#"[{raw:?},{{"privateFor":["{TWO}"]}}]"#);
    with(
        &node(Dialect::Goquorum),
        "eth_sendRawPrivateTransaction",
        &params,
        |call| {
            let call = call.unwrap();
            assert!(call.operations()[0].creates() && call.operations()[0].hides_calldata());
        },
    );
}

#[test]
fn c27_on_the_ordinary_way_a_private_transaction_is_refused_whatever_the_chain() {
    let params = format!("[{:?}]", vector("quorum/call"));
    for chain_id in [1, CHAIN] {
        let context = |dialect: Dialect| Context {
            chain_id: Some(chain_id),
            client: dialect.into(),
        };
        assert_eq!(
            reason(&context(Dialect::Goquorum), "eth_sendRawTransaction", &params),
            Err(Reason::OperationsNotUnderstood)
        );
        let elsewhere = reason(&context(Dialect::Geth), "eth_sendRawTransaction", &params);
        assert_eq!(elsewhere.is_ok(), chain_id == 1, "{elsewhere:?}");
    }
}

#[test]
fn b12_the_facts_of_a_restricted_transaction() {
    for (name, method) in [
        ("restricted/members", "eea_sendRawTransaction"),
        ("restricted/group", "priv_distributeRawTransaction"),
    ] {
        let vector = entry(name);
        let params = format!("[{}]", vector["raw"]);
        with(&node(Dialect::Besu), method, &params, |call| {
            let call = call.unwrap();
            let [operation] = call.operations() else {
                panic!("one operation")
            };
            assert_eq!(operation.kind(), OperationKind::Raw);
            assert!(operation.is_signed() && operation.is_transaction() && operation.is_private());
            assert_eq!((operation.known_sender(), operation.chain_id()), (None, Some(CHAIN)));
            assert_eq!(
                operation.sender().unwrap().to_string().to_lowercase(),
                vector["sender"].as_str().unwrap()
            );
            assert!(operation.known_sender().is_some() && operation.is_protected());
            assert_eq!(operation.to(), To::Address(CALLED.parse().unwrap()));
            assert_eq!((operation.value(), operation.gas()), (Some(U256::ZERO), Some(90_000)));
            assert_eq!((operation.nonce(), operation.gas_price()), (Some(7), Some(0)));
            assert_eq!(
                (operation.max_fee_per_gas(), operation.max_priority_fee_per_gas()),
                (Some(0), None)
            );
            assert_eq!(operation.transaction_type(), TransactionType::Legacy);
            assert!(!operation.hides_calldata() && !operation.creates() && !operation.has_overrides());
            assert_eq!(
                (operation.selector(), operation.input_len()),
                (Some([0xa9, 0x05, 0x9c, 0xbb]), 36)
            );
            assert_eq!(operation.input_bytes().len(), 36);
            assert_eq!(operation.hash().unwrap().to_string(), vector["hash"].as_str().unwrap());
            let privacy = operation.privacy().unwrap();
            assert_eq!(privacy.from, Some(Participant::new([0x11; 32])));
            let to = if name.ends_with("group") {
                Recipients::Group(Participant::new([0x66; 32]))
            } else {
                Recipients::Members(vec![Participant::new([0x22; 32])])
            };
            assert_eq!((&privacy.to, privacy.protection), (&to, Protection::Restricted));
        });
        assert_eq!(reason(&node(Dialect::Besu), method, &params), Ok(params));
    }
}

#[test]
fn b12_a_restricted_transaction_is_for_our_chain_or_for_none() {
    let outcome =
        |context: &Context, name: &str| reason(context, "eea_sendRawTransaction", &format!("[{:?}]", vector(name)));
    let besu = node(Dialect::Besu);
    assert_eq!(outcome(&besu, "restricted/chain-1"), Err(Reason::WrongChain));
    assert!(outcome(&besu, "restricted/without-chain").is_ok());
    let unknown = Context { chain_id: None, ..besu };
    assert_eq!(outcome(&unknown, "restricted/members"), Err(Reason::ChainUnknown));
    for name in [
        "restricted/trailing-byte",
        "restricted/members-and-group",
        "quorum/call",
    ] {
        assert_eq!(outcome(&besu, name), Err(Reason::UndecodableTransaction), "{name}");
    }
    let params = format!("[{:?}]", vector("restricted/without-chain"));
    with(&besu, "eea_sendRawTransaction", &params, |call| {
        let call = call.unwrap();
        assert!(!call.operations()[0].is_protected());
    });
}

#[test]
fn private_forms_are_for_the_clients_that_have_them() {
    for dialect in Dialect::ALL {
        let context = node(dialect);
        let private = format!(r#"[{:?},{{"privateFor":[]}}]"#, vector("quorum/call"));
        let served = matches!(
            dialect,
            Dialect::Generic | Dialect::Web3signer | Dialect::Goquorum | Dialect::Besu
        );
        let expected = if served {
            None
        } else {
            Some(Reason::OperationsNotUnderstood)
        };
        assert_eq!(
            reason(&context, "eth_sendRawPrivateTransaction", &private).err(),
            expected,
            "{dialect:?}"
        );
        let restricted = format!("[{:?}]", vector("restricted/members"));
        let served = matches!(dialect, Dialect::Generic | Dialect::Web3signer | Dialect::Besu);
        let expected = if served {
            None
        } else {
            Some(Reason::OperationsNotUnderstood)
        };
        assert_eq!(
            reason(&context, "eea_sendRawTransaction", &restricted).err(),
            expected,
            "{dialect:?}"
        );
    }
}

#[test]
fn every_transaction_of_a_block_is_an_operation() {
    let hash = format!("\"0x{}\"", "ab".repeat(32));
    for (method, more) in [
        ("debug_traceBlock", String::new()),
        ("debug_traceTransactionInBlockByHash", format!(",{hash}")),
        ("debug_traceTransactionInBlockByIndex", ",\"0x0\"".to_owned()),
    ] {
        let params = format!("[{:?}{more}]", block());
        with(&NODE, method, &params, |call| {
            let call = call.unwrap();
            let facts: Vec<_> = call
                .operations()
                .iter()
                .map(|it| {
                    (
                        it.position().to_string(),
                        it.transaction_type(),
                        it.chain_id(),
                        it.creates(),
                    )
                })
                .collect();
            let expected = [
                (TransactionType::Legacy, None, false),
                (TransactionType::Legacy, Some(CHAIN), false),
                (TransactionType::Legacy, Some(CHAIN), true),
                (TransactionType::Eip2930, Some(CHAIN), false),
                (TransactionType::Eip1559, Some(CHAIN), false),
            ];
            for (index, ((place, kind, chain_id, creates), expected)) in facts.into_iter().zip(expected).enumerate() {
                assert_eq!(place, format!("params[0].transactions[{index}]"));
                assert_eq!((kind, chain_id, creates), expected);
            }
            assert_eq!(call.operations().len(), 5);
            for operation in call.operations() {
                assert_eq!(operation.kind(), OperationKind::Trace);
                assert_eq!(operation.sender(), Ok(SENDER.parse().unwrap()));
                assert!(operation.is_signed() && operation.has_overrides() && !operation.is_private());
            }
        });
        assert_eq!(reason(&NODE, method, &params), Ok(params));
    }
}

#[test]
fn a_block_without_transactions_carries_nothing() {
    let params = format!("[{:?}]", block_of(&[]));
    with(&NODE, "debug_traceBlock", &params, |call| {
        let call = call.unwrap();
        assert!(call.operations().is_empty() && call.carries_nothing());
    });
}

#[test]
fn a_block_may_have_more_transactions_than_a_bundle() {
    let params = format!("[{:?}]", block_of(&[LEGACY; 300]));
    with(&NODE, "debug_traceBlock", &params, |call| {
        assert_eq!(call.unwrap().operations().len(), 300);
    });
    let params = format!("[{:?}]", block_of(&[LEGACY; 2001]));
    assert_eq!(
        reason(&NODE, "debug_traceBlock", &params),
        Err(Reason::UndecodableTransaction)
    );
}

#[test]
fn what_is_no_block_of_ours_is_refused() {
    let foreign = Context {
        chain_id: Some(5),
        ..NODE
    };
    let params = format!("[{:?}]", block());
    with(&foreign, "debug_traceBlock", &params, |call| {
        let error = call.unwrap_err();
        assert_eq!(error.reason(), Reason::WrongChain);
        assert!(
            error
                .message()
                .starts_with("`params[0].transactions[1]` is signed for chain"),
            "{error}"
        );
    });
    assert_eq!(
        reason(&node(Dialect::Goquorum), "debug_traceBlock", &params),
        Err(Reason::NotRead)
    );
    for text in ["", "0x", "0xc0", LEGACY, "+QIC", &vector("block/trailing-byte")] {
        let params = format!("[{text:?}]");
        assert_eq!(
            reason(&NODE, "debug_traceBlock", &params),
            Err(Reason::UndecodableTransaction),
            "{text}"
        );
    }
    assert_eq!(reason(&NODE, "debug_traceBlock", "[1]"), Err(Reason::WrongType));
    let bad = format!("[{:?}]", vector("block/transaction-with-high-s"));
    with(&NODE, "debug_traceBlock", &bad, |call| {
        let error = call.unwrap_err();
        assert!(
            error.message().contains("is no block: `transactions[1]`, from byte "),
            "{error}"
        );
        assert!(error.message().contains("upper half"), "{error}");
    });
}
