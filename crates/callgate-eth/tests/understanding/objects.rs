//! Call and transaction objects: A-41 to A-58.

use callgate_eth::{Address, Context, Dialect, OperationKind, Reason, To, TransactionType, U256};

use crate::support::{
    ALICE, BOB, CHAIN, NODE, Refused, Same, Written, check, check_objects, node, with, written, written_for,
};

const ZERO: &str = "0x0000000000000000000000000000000000000000";

fn address(text: &str) -> Address {
    text.parse().unwrap()
}

#[test]
fn a_plain_call_is_written_in_one_spelling() {
    check(
        "eth_call",
        &[
            (
                r#"[{"data":"0xA9059CBB","to":"0x0000000000000000000000000000000000000B0B","from":"0x00000000000000000000000000000000000A11CE"}]"#,
                Written(
                    r#"[{"from":"0x00000000000000000000000000000000000a11ce","to":"0x0000000000000000000000000000000000000b0b","data":"0xa9059cbb","input":"0xa9059cbb"},"latest"]"#,
                ),
            ),
            (
                r#"[{"to":"0x0000000000000000000000000000000000000b0b"},"0x10"]"#,
                Written(
                    r#"[{"from":"0x0000000000000000000000000000000000000000","to":"0x0000000000000000000000000000000000000b0b"},"0x10"]"#,
                ),
            ),
            (
                r#"[{"from":"0x00000000000000000000000000000000000a11ce"},null]"#,
                Written(r#"[{"from":"0x00000000000000000000000000000000000a11ce"},"latest"]"#),
            ),
        ],
    );
}

#[test]
fn the_facts_of_a_call() {
    let params = format!(
        r#"[{{"from":{ALICE:?},"to":{BOB:?},"gas":"0x5208","maxFeePerGas":"0x64","maxPriorityFeePerGas":"0x2","value":"0xde0b6b3a7640000","nonce":"0x7","input":"0xa9059cbb00","accessList":[{{"address":{BOB:?},"storageKeys":[]}}]}}]"#
    );
    with(&NODE, "eth_call", &params, |call| {
        let call = call.unwrap();
        assert_eq!(call.method().unwrap().name(), "eth_call");
        let [operation] = call.operations() else {
            panic!("one operation")
        };
        assert_eq!(operation.kind(), OperationKind::Call);
        assert_eq!(operation.position().to_string(), "params[0]");
        assert_eq!(operation.sender(), Ok(address(ALICE)));
        assert_eq!(operation.to(), To::Address(address(BOB)));
        assert_eq!(operation.value(), U256::from(10).pow(U256::from(18)));
        assert_eq!(operation.gas(), Some(21_000));
        assert_eq!(operation.max_fee_per_gas(), Some(100));
        assert_eq!(operation.max_priority_fee_per_gas(), Some(2));
        assert_eq!(operation.gas_price(), None);
        assert_eq!(operation.max_fee_per_blob_gas(), None);
        assert_eq!(operation.nonce(), Some(7));
        assert_eq!(operation.chain_id(), None);
        assert_eq!(operation.transaction_type(), TransactionType::Eip1559);
        assert!(operation.is_protected());
        assert_eq!(operation.selector(), Some([0xa9, 0x05, 0x9c, 0xbb]));
        assert_eq!(operation.input_len(), 5);
        assert_eq!(operation.input_bytes().as_ref(), [0xa9, 0x05, 0x9c, 0xbb, 0]);
        assert_eq!(operation.access_list_len(), 1);
        assert!(operation.authorizations().is_empty());
        assert_eq!(operation.blob_count(), 0);
        assert!(!operation.has_overrides());
        assert!(!operation.is_private());
        assert_eq!(operation.hash(), None);
    });
}

#[test]
fn understood_calls_can_go_to_another_thread() {
    fn is_send<T: Send>(_: &T) {}
    with(&NODE, "eth_call", r#"[{}]"#, |call| is_send(&call.unwrap()));
}

#[test]
fn a07_escaped_text_is_compared_and_written_unescaped() {
    check_objects(
        "eth_call",
        &[(
            r#"{"\u0074o":"0\u00780000000000000000000000000000000000000b0b"}"#,
            Written(
                r#"{"from":"0x0000000000000000000000000000000000000000","to":"0x0000000000000000000000000000000000000b0b"}"#,
            ),
        )],
    );
}

#[test]
fn a40_an_object_position_takes_no_text() {
    check(
        "eth_call",
        &[(
            r#"["{\"to\":\"0x0000000000000000000000000000000000000b0b\"}","latest"]"#,
            Refused(Reason::WrongType),
        )],
    );
}

#[test]
fn a41_names_in_another_letter_case_are_unknown() {
    for name in ["From", "FROM", "To", "INPUT", "Data", "gasprice", "ChainId"] {
        let error = written("eth_call", &format!(r#"[{{"{name}":"0x"}}]"#)).unwrap_err();
        assert_eq!(error.reason(), Reason::UnknownMember);
        assert!(error.message().contains("did you mean"), "{error}");
        assert_eq!(error.param(), Some(0));
    }
    let error = written("eth_call", r#"[{"From":"0x"}]"#).unwrap_err();
    assert_eq!(error.message(), "`params[0]` has no member `From`: did you mean `from`");
    assert_eq!(error.reason().code(), "unknown_member");
}

#[test]
fn a44_data_and_input() {
    let both = Written(
        r#"{"from":"0x0000000000000000000000000000000000000000","to":"0x0000000000000000000000000000000000000b0b","data":"0xab","input":"0xab"}"#,
    );
    let to = r#""to":"0x0000000000000000000000000000000000000b0b""#;
    let object = |members: &str| format!("{{{to},{members}}}");
    check_objects("eth_call", &[(&object(r#""data":"0xab""#), both)]);
    let both = |_| {
        Written(
            r#"{"from":"0x0000000000000000000000000000000000000000","to":"0x0000000000000000000000000000000000000b0b","data":"0xab","input":"0xab"}"#,
        )
    };
    for (members, expected) in [
        (r#""input":"0xab""#, both(())),
        (r#""data":"0xab","input":"0xAB""#, both(())),
        (r#""data":"0xab","input":"0xac""#, Refused(Reason::Conflict)),
        (r#""data":"0xab","input":"0x""#, Refused(Reason::Conflict)),
        (r#""data":"0xab","input":null"#, Refused(Reason::WrongType)),
        (r#""data":"0xabc""#, Refused(Reason::NotHex)),
    ] {
        check_objects("eth_call", &[(&object(members), expected)]);
    }
}

#[test]
fn a44_clients_that_read_only_data_get_only_data() {
    for dialect in Dialect::ALL {
        let text = written_for(&node(dialect), "eth_call", r#"[{"input":"0xab"}]"#).unwrap();
        assert!(text.contains(r#""data":"0xab""#), "{dialect:?}");
        let only_data = matches!(dialect, Dialect::Goquorum | Dialect::Hardhat);
        assert_eq!(text.contains("input"), !only_data, "{dialect:?}");
    }
}

#[test]
fn a45_other_names_for_gas_are_unknown() {
    for name in ["gasLimit", "gas_limit", "maxFee", "gasFeeCap"] {
        check_objects(
            "eth_call",
            &[(
                &format!(r#"{{"gas":"0x1","{name}":"0x1"}}"#),
                Refused(Reason::UnknownMember),
            )],
        );
    }
    let error = written("eth_call", r#"[{"gasLimit":"0x1"}]"#).unwrap_err();
    assert!(error.message().ends_with("did you mean `gas`"), "{error}");
}

#[test]
fn a46_from_is_an_address_and_signing_needs_it() {
    for object in [r#"{"from":null}"#, r#"{"from":0}"#] {
        check_objects("eth_call", &[(object, Refused(Reason::WrongType))]);
    }
    for object in [r#"{"from":""}"#, r#"{"from":"0x"}"#, r#"{"from":"0x0"}"#] {
        check_objects("eth_call", &[(object, Refused(Reason::NotAnAddress))]);
    }
    for method in ["eth_sendTransaction", "eth_signTransaction"] {
        check_objects(
            method,
            &[(&format!(r#"{{"to":{BOB:?}}}"#), Refused(Reason::MissingFrom))],
        );
    }
    with(&NODE, "eth_estimateGas", &format!(r#"[{{"to":{BOB:?}}}]"#), |call| {
        assert_eq!(call.unwrap().operations()[0].sender(), Ok(Address::ZERO));
    });
}

#[test]
fn a47_only_leaving_to_out_creates() {
    for (to, reason) in [
        ("null", Reason::WrongType),
        (r#""""#, Reason::NotAnAddress),
        (r#""0x""#, Reason::NotAnAddress),
        (r#""0x0""#, Reason::NotAnAddress),
        (r#""1""#, Reason::NotAnAddress),
        (r#""0000000000000000000000000000000000000b0b""#, Reason::NotAnAddress),
        (r#""0X0000000000000000000000000000000000000b0b""#, Reason::NotAnAddress),
        (
            r#""0x000000000000000000000000000000000000000b0b""#,
            Reason::NotAnAddress,
        ),
        (r#""0x0000000000000000000000000000000000000b0g""#, Reason::NotAnAddress),
        (r#""0x0x00000000000000000000000000000000000b0b""#, Reason::NotAnAddress),
        (r#"" 0x0000000000000000000000000000000000000b0b""#, Reason::NotAnAddress),
        (r#"["0x0000000000000000000000000000000000000b0b"]"#, Reason::WrongType),
    ] {
        check_objects("eth_call", &[(&format!(r#"{{"to":{to}}}"#), Refused(reason))]);
    }
    for (object, to) in [
        ("{}".to_owned(), To::Create),
        (format!(r#"{{"to":{ZERO:?}}}"#), To::Address(Address::ZERO)),
    ] {
        with(&NODE, "eth_call", &format!("[{object}]"), |call| {
            assert_eq!(call.unwrap().operations()[0].to(), to);
        });
    }
    let creation = format!(r#"[{{"from":{ALICE:?},"data":"0x60016002"}}]"#);
    with(&NODE, "eth_call", &creation, |call| {
        assert_eq!(
            call.unwrap().operations()[0].selector(),
            None,
            "init code has no selector"
        );
    });
}

#[test]
fn a49_quantities_have_one_spelling() {
    for (text, reason) in [
        (r#""0x""#, Reason::NotAQuantity),
        (r#""""#, Reason::NotAQuantity),
        (r#""0x00""#, Reason::NotAQuantity),
        (r#""0x01""#, Reason::NotAQuantity),
        (r#""0X1""#, Reason::NotAQuantity),
        (r#""10""#, Reason::NotAQuantity),
        (r#""010""#, Reason::NotAQuantity),
        (r##""#10""##, Reason::NotAQuantity),
        (r#""0o17""#, Reason::NotAQuantity),
        (r#""0b1""#, Reason::NotAQuantity),
        (r#""0x1_000""#, Reason::NotAQuantity),
        (r#""0x+1""#, Reason::NotAQuantity),
        (r#""-0x1""#, Reason::NotAQuantity),
        (r#""0x 1""#, Reason::NotAQuantity),
        (r#""0x１""#, Reason::NotAQuantity),
        ("1", Reason::NotAQuantity),
        ("null", Reason::WrongType),
        (
            r#""0x10000000000000000000000000000000000000000000000000000000000000000""#,
            Reason::OutOfRange,
        ),
    ] {
        check_objects("eth_call", &[(&format!(r#"{{"value":{text}}}"#), Refused(reason))]);
    }
    let largest = format!("0x{}", "f".repeat(64));
    for (text, out) in [("0x0", "0x0"), ("0xA", "0xa"), (largest.as_str(), largest.as_str())] {
        let text = written("eth_call", &format!(r#"[{{"value":{text:?}}}]"#)).unwrap();
        assert!(text.contains(&format!(r#""value":"{out}""#)), "{text}");
    }
}

#[test]
fn a50_bytes_have_an_even_number_of_digits() {
    for text in ["0xa", "abcd", "0Xabcd", "0xab cd", "0xabcg", "0x0xab", "0x٣٣"] {
        check_objects(
            "eth_call",
            &[(&format!(r#"{{"input":{text:?}}}"#), Refused(Reason::NotHex))],
        );
    }
    check_objects("eth_call", &[(r#"{"input":[171]}"#, Refused(Reason::WrongType))]);
    let text = written("eth_call", r#"[{"input":"0xABcd"}]"#).unwrap();
    assert!(text.contains(r#""input":"0xabcd""#), "{text}");
}

#[test]
fn a51_a_chain_id_is_ours_and_signed_objects_get_it() {
    let ours = format!("{CHAIN:#x}");
    for (chain, reason) in [
        (r#""0x1""#, Reason::WrongChain),
        (r#""0x0""#, Reason::WrongChain),
        ("1", Reason::NotAQuantity),
    ] {
        check_objects("eth_call", &[(&format!(r#"{{"chainId":{chain}}}"#), Refused(reason))]);
        let signed = format!(r#"{{"from":{ALICE:?},"chainId":{chain}}}"#);
        check_objects("eth_sendTransaction", &[(&signed, Refused(reason))]);
    }
    for object in [
        format!(r#"{{"from":{ALICE:?},"to":{BOB:?}}}"#),
        format!(r#"{{"chainId":{ours:?},"from":{ALICE:?},"to":{BOB:?}}}"#),
    ] {
        let text = written("eth_sendTransaction", &format!("[{object}]")).unwrap();
        assert_eq!(
            text,
            format!(r#"[{{"from":{ALICE:?},"to":{BOB:?},"chainId":{ours:?},"type":"0x2"}}]"#)
        );
    }
    let unknown = Context { chain_id: None, ..NODE };
    for (method, params) in [
        ("eth_sendTransaction", format!(r#"[{{"from":{ALICE:?}}}]"#)),
        ("eth_signTransaction", format!(r#"[{{"from":{ALICE:?}}}]"#)),
        ("eth_sign", format!(r#"[{ALICE:?},"0xab"]"#)),
        ("eth_sendRawTransaction", format!("[{:?}]", crate::raw::EIP1559)),
        ("eth_call", format!(r#"[{{"chainId":{ours:?}}}]"#)),
    ] {
        with(&unknown, method, &params, |call| {
            assert_eq!(call.unwrap_err().reason(), Reason::ChainUnknown, "{method}");
        });
    }
    with(&unknown, "eth_call", "[{}]", |call| assert!(call.is_ok()));
}

#[test]
fn a52_the_type_is_what_the_members_make_it() {
    let signature = r#""yParity":"0x0","r":"0x1","s":"0x1""#;
    let authorizations =
        format!(r#""authorizationList":[{{"chainId":"0x0","address":{BOB:?},"nonce":"0x0",{signature}}}]"#);
    for (members, outcome) in [
        (r#""gasPrice":"0x1""#.to_owned(), Ok(TransactionType::Legacy)),
        (
            r#""gasPrice":"0x1","type":"0x0""#.to_owned(),
            Ok(TransactionType::Legacy),
        ),
        (
            r#""gasPrice":"0x1","accessList":[]"#.to_owned(),
            Ok(TransactionType::Eip2930),
        ),
        (
            r#""gasPrice":"0x1","accessList":[],"type":"0x1""#.to_owned(),
            Ok(TransactionType::Eip2930),
        ),
        (r#""maxFeePerGas":"0x1""#.to_owned(), Ok(TransactionType::Eip1559)),
        (
            r#""maxPriorityFeePerGas":"0x1","maxFeePerGas":"0x1","type":"0x2""#.to_owned(),
            Ok(TransactionType::Eip1559),
        ),
        (r#""type":"0x2""#.to_owned(), Ok(TransactionType::Eip1559)),
        (authorizations.clone(), Ok(TransactionType::Eip7702)),
        (
            format!(r#""type":"0x4",{authorizations}"#),
            Ok(TransactionType::Eip7702),
        ),
        (format!(r#""type":"0x0",{authorizations}"#), Err(Reason::Conflict)),
        (format!(r#""type":"0x2",{authorizations}"#), Err(Reason::Conflict)),
        (format!(r#""gasPrice":"0x1",{authorizations}"#), Err(Reason::Conflict)),
        (r#""type":"0x4""#.to_owned(), Err(Reason::Conflict)),
        (r#""type":"0x3""#.to_owned(), Err(Reason::Conflict)),
        (r#""type":"0x5""#.to_owned(), Err(Reason::OutOfRange)),
        (r#""type":"0x7f""#.to_owned(), Err(Reason::OutOfRange)),
        (r#""type":"0x02""#.to_owned(), Err(Reason::NotAQuantity)),
        (r#""type":2"#.to_owned(), Err(Reason::NotAQuantity)),
        (
            r#""gasPrice":"0x1","maxFeePerGas":"0x1""#.to_owned(),
            Err(Reason::Conflict),
        ),
        (r#""gasPrice":"0x1","type":"0x2""#.to_owned(), Err(Reason::Conflict)),
        (r#""maxFeePerGas":"0x1","type":"0x0""#.to_owned(), Err(Reason::Conflict)),
        (
            r#""gasPrice":"0x1","accessList":[],"type":"0x0""#.to_owned(),
            Err(Reason::Conflict),
        ),
    ] {
        for method in ["eth_call", "eth_sendTransaction"] {
            let params = format!(r#"[{{"from":{ALICE:?},"to":{BOB:?},{members}}}]"#);
            with(&NODE, method, &params, |call| {
                let kind = call
                    .map(|call| call.operations()[0].transaction_type())
                    .map_err(|error| error.reason());
                assert_eq!(kind, outcome, "{method} {members}");
            });
        }
    }
}

#[test]
fn a52_without_fees_the_node_decides_what_it_signs() {
    let object = |members: &str| format!(r#"[{{"from":{ALICE:?},"to":{BOB:?}{members}}}]"#);
    for (dialect, members, outcome) in [
        (Dialect::Generic, "", Ok(TransactionType::Eip1559)),
        (Dialect::Geth, r#","accessList":[]"#, Ok(TransactionType::Eip1559)),
        (Dialect::Geth, r#","type":"0x0""#, Err(Reason::Conflict)),
        (Dialect::Geth, r#","type":"0x1","accessList":[]"#, Err(Reason::Conflict)),
        (Dialect::Goquorum, "", Ok(TransactionType::Legacy)),
        (Dialect::Goquorum, r#","type":"0x0""#, Ok(TransactionType::Legacy)),
        (Dialect::Goquorum, r#","accessList":[]"#, Ok(TransactionType::Eip2930)),
    ] {
        with(&node(dialect), "eth_sendTransaction", &object(members), |call| {
            let kind = call
                .map(|call| call.operations()[0].transaction_type())
                .map_err(|error| error.reason());
            assert_eq!(kind, outcome, "{dialect:?} {members}");
        });
    }
    for (members, kind) in [
        ("", TransactionType::Legacy),
        (r#","type":"0x0""#, TransactionType::Legacy),
        (r#","type":"0x1""#, TransactionType::Eip2930),
        (r#","accessList":[]"#, TransactionType::Eip2930),
    ] {
        with(&NODE, "eth_call", &object(members), |call| {
            assert_eq!(call.unwrap().operations()[0].transaction_type(), kind, "{members}");
        });
    }
}

#[test]
fn a53_authorizations_are_signed_and_name_their_authority() {
    // Signed by the key 0x46…46 over chain 0, the address 0x…0b0b and nonce 1; checked in `properties` as well.
    let item = |members: &str| format!(r#"[{{"to":{BOB:?},"authorizationList":[{{{members}}}]}}]"#);
    let good = format!(r#""chainId":"0x0","address":{BOB:?},"nonce":"0x1","yParity":"0x0","r":"0x1","s":"0x1""#);
    with(&NODE, "eth_call", &item(&good), |call| {
        let call = call.unwrap();
        let [authorization] = call.operations()[0].authorizations() else {
            panic!("one authorization")
        };
        assert_eq!(authorization.delegate(), address(BOB));
        assert_eq!((authorization.chain_id(), authorization.nonce()), (0, 1));
        assert!(authorization.authority().is_ok());
    });
    for (members, reason) in [
        (
            good.replace(r#""yParity":"0x0""#, r#""yParity":"0x100""#),
            Reason::BadSignature,
        ),
        (
            good.replace(r#""yParity":"0x0""#, r#""yParity":"0x2""#),
            Reason::BadSignature,
        ),
        (good.replace(r#""r":"0x1""#, r#""r":"0x0""#), Reason::BadSignature),
        (
            good.replace(r#""s":"0x1""#, &format!(r#""s":"0x{}""#, "f".repeat(64))),
            Reason::BadSignature,
        ),
        (
            good.replace(r#""nonce":"0x1""#, r#""nonce":"0xffffffffffffffff""#),
            Reason::BadSignature,
        ),
        (format!(r#"{good},"authority":{ALICE:?}"#), Reason::UnknownMember),
        (format!(r#"{good},"v":"0x1b""#), Reason::UnknownMember),
        (good.replace(r#""chainId":"0x0","#, ""), Reason::MissingMember),
        (good.replace(r#","s":"0x1""#, ""), Reason::MissingMember),
    ] {
        check("eth_call", &[(&item(&members), Refused(reason))]);
    }
    let padded = good.replace(r#""r":"0x1""#, &format!(r#""r":"0x{}1""#, "0".repeat(63)));
    assert_eq!(
        written("eth_call", &item(&padded)).unwrap(),
        written("eth_call", &item(&good)).unwrap()
    );
    check(
        "eth_call",
        &[(
            &format!(r#"[{{"to":{BOB:?},"authorizationList":[]}}]"#),
            Refused(Reason::MissingMember),
        )],
    );
    let many = |count| {
        format!(
            r#"[{{"to":{BOB:?},"authorizationList":[{}]}}]"#,
            vec![format!("{{{good}}}"); count].join(",")
        )
    };
    assert!(written("eth_call", &many(16)).is_ok());
    check("eth_call", &[(&many(17), Refused(Reason::TooMany))]);
    check(
        "eth_call",
        &[(
            &many(1).replace(&format!(r#""to":{BOB:?},"#), ""),
            Refused(Reason::Conflict),
        )],
    );
}

#[test]
fn a55_access_lists_are_objects_and_bounded() {
    let key = format!("\"0x{}\"", "01".repeat(32));
    let entry = |keys: usize| {
        format!(
            r#"{{"address":{BOB:?},"storageKeys":[{}]}}"#,
            vec![key.as_str(); keys].join(",")
        )
    };
    let list = |entries: &[String]| format!(r#"[{{"accessList":[{}]}}]"#, entries.join(","));
    assert!(
        written("eth_call", &list(&[entry(2), entry(0)]))
            .unwrap()
            .contains(&format!(r#""accessList":[{},{}]"#, entry(2), entry(0)))
    );
    assert!(written("eth_call", &list(&vec![entry(0); 256])).is_ok());
    assert!(written("eth_call", &list(&[entry(512), entry(512)])).is_ok());
    for (params, reason) in [
        (list(&vec![entry(0); 257]), Reason::TooMany),
        (list(&[entry(1025)]), Reason::TooMany),
        (list(&[entry(512), entry(513)]), Reason::TooMany),
        (list(&[format!("[{BOB:?},[]]")]), Reason::WrongType),
        (
            list(&[format!(r#"{{"address":{BOB:?},"storageKeys":["0x01"]}}"#)]),
            Reason::NotAHash,
        ),
        (list(&[format!(r#"{{"address":{BOB:?}}}"#)]), Reason::MissingMember),
        (list(&[r#"{"storageKeys":[]}"#.to_owned()]), Reason::MissingMember),
        (
            list(&[format!(r#"{{"address":{BOB:?},"storageKeys":[],"x":1}}"#)]),
            Reason::UnknownMember,
        ),
        (r#"[{"accessList":{}}]"#.to_owned(), Reason::WrongType),
        (r#"[{"accessList":null}]"#.to_owned(), Reason::WrongType),
    ] {
        check("eth_call", &[(&params, Refused(reason))]);
    }
}

#[test]
fn a56_extremes_are_counted_not_wrapped() {
    let most = "f".repeat(64);
    for (members, reason) in [
        (r#""nonce":"0xffffffffffffffff""#.to_owned(), Reason::OutOfRange),
        (r#""nonce":"0x10000000000000000""#.to_owned(), Reason::OutOfRange),
        (r#""gas":"0x10000000000000000""#.to_owned(), Reason::OutOfRange),
        (
            r#""gasPrice":"0x100000000000000000000000000000000""#.to_owned(),
            Reason::OutOfRange,
        ),
        (
            r#""maxFeePerGas":"0x100000000000000000000000000000000""#.to_owned(),
            Reason::OutOfRange,
        ),
        (
            format!(r#""gas":"0x1","gasPrice":"0x1","value":"0x{most}""#),
            Reason::OutOfRange,
        ),
        (
            format!(r#""gas":"0x1","maxFeePerGas":"0x1","value":"0x{most}""#),
            Reason::OutOfRange,
        ),
        (
            r#""maxFeePerGas":"0x1","maxPriorityFeePerGas":"0x2""#.to_owned(),
            Reason::Conflict,
        ),
    ] {
        check_objects("eth_call", &[(&format!("{{{members}}}"), Refused(reason))]);
    }
    for members in [
        r#""nonce":"0xfffffffffffffffe""#.to_owned(),
        r#""gas":"0xffffffffffffffff","gasPrice":"0xffffffffffffffffffffffffffffffff""#.to_owned(),
        format!(r#""gas":"0x0","gasPrice":"0x1","value":"0x{most}""#),
    ] {
        assert!(written("eth_call", &format!("[{{{members}}}]")).is_ok(), "{members}");
    }
}

#[test]
fn a57_members_of_single_chains_are_unknown() {
    for name in [
        "privateFor",
        "privateFrom",
        "restriction",
        "privacyGroupId",
        "mandatoryFor",
        "privacyFlag",
        "strict",
        "tip",
        "condition",
        "creationMethod",
        "eip712Meta",
        "calls",
        "feeToken",
        "sender",
        "callbackUrl",
        "v",
        "hash",
        "",
    ] {
        for value in ["null", "[]", "{}", r#""0x1""#] {
            check_objects(
                "eth_call",
                &[(&format!(r#"{{"{name}":{value}}}"#), Refused(Reason::UnknownMember))],
            );
            let signed = format!(r#"{{"from":{ALICE:?},"{name}":{value}}}"#);
            check_objects("eth_sendTransaction", &[(&signed, Refused(Reason::UnknownMember))]);
        }
    }
}

#[test]
fn a58_objects_are_not_arrays() {
    check(
        "eth_call",
        &[
            (
                r#"[[null,"0x0000000000000000000000000000000000000b0b"]]"#,
                Refused(Reason::WrongType),
            ),
            (r#"[[]]"#, Refused(Reason::WrongType)),
            (r#"[{},"latest",[]]"#, Refused(Reason::WrongType)),
            (r#"[{},"latest",{},[]]"#, Refused(Reason::WrongType)),
            (r#"[{},["latest"]]"#, Refused(Reason::WrongType)),
        ],
    );
}

#[test]
fn blobs_are_simulated_but_not_signed_here() {
    let hash = format!("\"0x01{}\"", "00".repeat(31));
    let object = |method: &str, members: &str| {
        written(method, &format!(r#"[{{"from":{ALICE:?},"to":{BOB:?},{members}}}]"#)).map_err(|error| error.reason())
    };
    let hashes = format!(r#""blobVersionedHashes":[{hash}],"maxFeePerBlobGas":"0x1""#);
    assert!(
        object("eth_call", &hashes)
            .unwrap()
            .ends_with(&format!(r#""blobVersionedHashes":[{hash}]}},"latest"]"#))
    );
    with(&NODE, "eth_call", &format!(r#"[{{"to":{BOB:?},{hashes}}}]"#), |call| {
        let call = call.unwrap();
        assert_eq!(call.operations()[0].blob_count(), 1);
        assert_eq!(call.operations()[0].max_fee_per_blob_gas(), Some(1));
        assert_eq!(call.operations()[0].transaction_type(), TransactionType::Eip4844);
    });
    assert_eq!(object("eth_sendTransaction", &hashes), Err(Reason::Refused));
    for member in ["blobs", "commitments", "proofs", "sidecar"] {
        for method in ["eth_call", "eth_sendTransaction", "eth_signTransaction"] {
            assert_eq!(object(method, &format!(r#""{member}":[]"#)), Err(Reason::Refused));
        }
    }
    assert_eq!(object("eth_call", r#""blobVersionedHashes":[]"#), Err(Reason::TooMany));
    let hashes = |count| format!(r#""blobVersionedHashes":[{}]"#, vec![hash.as_str(); count].join(","));
    assert!(object("eth_call", &hashes(128)).is_ok());
    assert_eq!(object("eth_call", &hashes(129)), Err(Reason::TooMany));
}

#[test]
fn everything_is_written_in_fixed_order() {
    check(
        "eth_signTransaction",
        &[(
            r#"[{"input":"0x01","data":"0x01","chainId":"0xc72dd9d5e883e","nonce":"0x2","value":"0x3","maxPriorityFeePerGas":"0x4","maxFeePerGas":"0x5","gas":"0x6","to":"0x0000000000000000000000000000000000000b0b","from":"0x00000000000000000000000000000000000a11ce","type":"0x2","accessList":[]}]"#,
            Written(
                r#"[{"from":"0x00000000000000000000000000000000000a11ce","to":"0x0000000000000000000000000000000000000b0b","gas":"0x6","maxFeePerGas":"0x5","maxPriorityFeePerGas":"0x4","value":"0x3","nonce":"0x2","chainId":"0xc72dd9d5e883e","type":"0x2","data":"0x01","input":"0x01","accessList":[]}]"#,
            ),
        )],
    );
    check(
        "eth_estimateGas",
        &[(
            r#"[{"from":"0x00000000000000000000000000000000000a11ce","gasPrice":"0x1"}]"#,
            Same,
        )],
    );
}

#[test]
fn messages_do_not_repeat_values() {
    let secret = "0xdeadbeefcafe";
    for object in [
        format!(r#"{{"to":{secret:?}}}"#),
        format!(r#"{{"from":{secret:?}}}"#),
        format!(r#"{{"value":"00{secret}"}}"#),
        format!(r#"{{"data":"{secret}0"}}"#),
        r#"{"chainId":"0xdeadbeefcafe"}"#.to_owned(),
    ] {
        let error = written("eth_call", &format!("[{object}]")).unwrap_err();
        assert!(!error.to_string().contains("dead"), "{error}");
        assert!(error.offset().is_some());
    }
    let long = "x".repeat(200);
    let error = written("eth_call", &format!(r#"[{{"{long}\n`\u001b[31m":1}}]"#)).unwrap_err();
    assert!(
        error.message().len() < 120 && error.message().chars().all(|letter| !letter.is_control()),
        "{error}"
    );
}
