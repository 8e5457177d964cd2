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
                    r#"[{"from":"0x00000000000000000000000000000000000a11ce","to":"0x0000000000000000000000000000000000000b0b","data":"0xa9059cbb"},"latest"]"#,
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
        assert_eq!(operation.value(), Some(U256::from(10).pow(U256::from(18))));
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
        r#"{"from":"0x0000000000000000000000000000000000000000","to":"0x0000000000000000000000000000000000000b0b","data":"0xab"}"#,
    );
    let to = r#""to":"0x0000000000000000000000000000000000000b0b""#;
    let object = |members: &str| format!("{{{to},{members}}}");
    check_objects("eth_call", &[(&object(r#""data":"0xab""#), both)]);
    let both = |_| {
        Written(
            r#"{"from":"0x0000000000000000000000000000000000000000","to":"0x0000000000000000000000000000000000000b0b","data":"0xab"}"#,
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
fn a44_every_client_gets_data_which_all_of_them_read_and_never_input() {
    for dialect in Dialect::ALL {
        for object in [
            r#"{"input":"0xab"}"#,
            r#"{"data":"0xab"}"#,
            r#"{"data":"0xab","input":"0xAB"}"#,
        ] {
            let text = written_for(&node(dialect), "eth_call", &format!("[{object}]")).unwrap();
            assert!(text.contains(r#""data":"0xab""#), "{dialect:?}");
            assert!(!text.contains("input"), "{dialect:?}");
        }
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
fn a47_only_leaving_to_out_or_null_creates() {
    for (to, reason) in [
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
        (r#"{"to":null}"#.to_owned(), To::Create),
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
    assert!(text.contains(r#""data":"0xabcd""#), "{text}");
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
fn everything_is_written_in_fixed_order() {
    check(
        "eth_signTransaction",
        &[(
            r#"[{"input":"0x01","data":"0x01","chainId":"0xc72dd9d5e883e","nonce":"0x2","value":"0x3","maxPriorityFeePerGas":"0x4","maxFeePerGas":"0x5","gas":"0x6","to":"0x0000000000000000000000000000000000000b0b","from":"0x00000000000000000000000000000000000a11ce","type":"0x2","accessList":[]}]"#,
            Written(
                r#"[{"from":"0x00000000000000000000000000000000000a11ce","to":"0x0000000000000000000000000000000000000b0b","gas":"0x6","maxFeePerGas":"0x5","maxPriorityFeePerGas":"0x4","value":"0x3","nonce":"0x2","chainId":"0xc72dd9d5e883e","type":"0x2","data":"0x01","accessList":[]}]"#,
            ),
        )],
    );
    check(
        "eth_estimateGas",
        &[(
            r#"[{"from":"0x00000000000000000000000000000000000a11ce","gasPrice":"0x1"},"latest"]"#,
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
