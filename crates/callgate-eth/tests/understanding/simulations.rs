//! Calls that lie: A-61 to A-67.

use callgate_eth::{Reason, U256};

use crate::support::{ALICE, BOB, NODE, Refused, Same, Written, check, with, written};

fn overrides(method: &str, params: &str) -> bool {
    with(&NODE, method, params, |call| {
        call.unwrap().operations()[0].has_overrides()
    })
}

#[test]
fn a61_overrides_are_seen_wherever_they_stand() {
    let state = format!(r#"{{{BOB:?}:{{"code":"0x00"}}}}"#);
    for (method, params, expected) in [
        ("eth_call", "[{}]".to_owned(), false),
        ("eth_call", r#"[{},"latest"]"#.to_owned(), false),
        ("eth_call", r#"[{},"latest",{}]"#.to_owned(), false),
        ("eth_call", r#"[{},"latest",null]"#.to_owned(), false),
        ("eth_call", r#"[{},"latest",{},{}]"#.to_owned(), false),
        ("eth_call", format!(r#"[{{}},"latest",{state}]"#), true),
        ("eth_call", format!(r#"[{{}},null,{state}]"#), true),
        ("eth_call", format!(r#"[{{}},"latest",{{{ALICE:?}:{{}}}}]"#), true),
        ("eth_call", r#"[{},"latest",{},{"number":"0x1"}]"#.to_owned(), true),
        ("eth_estimateGas", format!(r#"[{{}},"latest",{state}]"#), true),
        ("eth_estimateGas", r#"[{},"latest",{},{"time":"0x1"}]"#.to_owned(), true),
        ("eth_createAccessList", format!(r#"[{{}},"latest",{state}]"#), true),
    ] {
        assert_eq!(overrides(method, &params), expected, "{method} {params}");
    }
}

#[test]
fn a61_state_overrides_are_typed_and_written_in_one_spelling() {
    let params = |account: &str| format!(r#"[{{"from":{ALICE:?}}},"latest",{{{BOB:?}:{account}}}]"#);
    for account in [
        r#"{"balance":"0xde0b6b3a7640000","nonce":"0x1","code":"0x6001"}"#,
        r#"{"movePrecompileToAddress":"0x0000000000000000000000000000000000000123"}"#,
        r#"{"state":{}}"#,
        r#"{"stateDiff":{"0x0000000000000000000000000000000000000000000000000000000000000001":"0x00000000000000000000000000000000000000000000000000000000000000ff"}}"#,
    ] {
        assert_eq!(written("eth_call", &params(account)).unwrap(), params(account));
    }
    for (account, reason) in [
        ("null", Reason::WrongType),
        ("[]", Reason::WrongType),
        (r#"{"balance":1}"#, Reason::NotAQuantity),
        (r#"{"balance":"0x00"}"#, Reason::NotAQuantity),
        (r#"{"nonce":"0x10000000000000000"}"#, Reason::OutOfRange),
        (r#"{"code":"0x1"}"#, Reason::NotHex),
        (r#"{"Code":"0x01"}"#, Reason::UnknownMember),
        (r#"{"fakeBalance":"0x1"}"#, Reason::UnknownMember),
        (r#"{"stateDiff":{"0x1":"0x1"}}"#, Reason::NotAHash),
        (r#"{"stateDiff":[]}"#, Reason::WrongType),
    ] {
        check("eth_call", &[(&params(account), Refused(reason))]);
    }
}

#[test]
fn a62_keys_are_addresses_in_one_spelling() {
    for key in [
        "",
        "0x",
        "0x0b0b",
        "0000000000000000000000000000000000000b0b",
        "0X0000000000000000000000000000000000000b0b",
    ] {
        check(
            "eth_call",
            &[(
                &format!(r#"[{{}},"latest",{{"{key}":{{}}}}]"#),
                Refused(Reason::NotAnAddress),
            )],
        );
    }
    check(
        "eth_call",
        &[(
            r#"[{},"latest",{"0x0000000000000000000000000000000000000B0B":{}}]"#,
            Written(
                r#"[{"from":"0x0000000000000000000000000000000000000000"},"latest",{"0x0000000000000000000000000000000000000b0b":{}}]"#,
            ),
        )],
    );
}

#[test]
fn a62_overrides_are_bounded() {
    let accounts = |count: usize| {
        let list: Vec<_> = (0..count).map(|number| format!(r#""0x{number:040x}":{{}}"#)).collect();
        format!(r#"[{{}},"latest",{{{}}}]"#, list.join(","))
    };
    assert!(written("eth_call", &accounts(256)).is_ok());
    check("eth_call", &[(&accounts(257), Refused(Reason::TooMany))]);
    let slots = |each: usize| {
        let word = "0".repeat(64);
        let list: Vec<_> = (0..each)
            .map(|number| format!(r#""0x{number:064x}":"0x{word}""#))
            .collect();
        let list = list.join(",");
        let accounts: Vec<_> = (0..8)
            .map(|number| format!(r#""0x{number:040x}":{{"stateDiff":{{{list}}}}}"#))
            .collect();
        format!(r#"[{{}},"latest",{{{}}}]"#, accounts.join(","))
    };
    assert!(written("eth_call", &slots(512)).is_ok());
    check("eth_call", &[(&slots(513), Refused(Reason::TooMany))]);
}

#[test]
fn a63_state_and_state_diff_exclude_each_other() {
    let both = format!(r#"[{{}},"latest",{{{BOB:?}:{{"state":{{}},"stateDiff":{{}}}}}}]"#);
    check("eth_call", &[(&both, Refused(Reason::Conflict))]);
}

#[test]
fn a64_block_overrides_are_typed() {
    let zero = r#"{"from":"0x0000000000000000000000000000000000000000"}"#;
    let params = |block: &str| format!(r#"[{zero},"latest",{{}},{block}]"#);
    let all = format!(
        r#"{{"number":"0x1","difficulty":"0x2","time":"0x3","gasLimit":"0x4","baseFeePerGas":"0x5","blobBaseFee":"0x6","feeRecipient":{BOB:?},"prevRandao":"0x{}"}}"#,
        "07".repeat(32)
    );
    assert_eq!(written("eth_call", &params(&all)).unwrap(), params(&all));
    for (block, reason) in [
        (r#"{"Number":"0x1"}"#, Reason::UnknownMember),
        (r#"{"coinbase":"0x1"}"#, Reason::UnknownMember),
        (r#"{"number":1}"#, Reason::NotAQuantity),
        (r#"{"number":"0x10000000000000000"}"#, Reason::OutOfRange),
        (r#"{"feeRecipient":"0x1"}"#, Reason::NotAnAddress),
        (r#"{"prevRandao":"0x1"}"#, Reason::NotAHash),
        (r#"{"withdrawals":[]}"#, Reason::UnknownMember),
        (r#""latest""#, Reason::WrongType),
    ] {
        check("eth_call", &[(&params(block), Refused(reason))]);
    }
}

#[test]
fn a65_the_sender_of_a_call_is_a_fact_and_is_always_written() {
    for method in ["eth_call", "eth_estimateGas", "eth_createAccessList"] {
        for (object, from) in [
            (format!(r#"{{"from":{ALICE:?},"to":{BOB:?}}}"#), ALICE),
            (
                format!(r#"{{"to":{BOB:?}}}"#),
                "0x0000000000000000000000000000000000000000",
            ),
        ] {
            with(&NODE, method, &format!("[{object}]"), |call| {
                assert_eq!(call.unwrap().operations()[0].sender(), Ok(from.parse().unwrap()));
            });
            let text = written(method, &format!("[{object}]")).unwrap();
            assert!(
                text.starts_with(&format!(r#"[{{"from":{from:?},"to":{BOB:?}}}"#)),
                "{text}"
            );
        }
    }
}

#[test]
fn a67_a_selector_has_four_bytes() {
    for (data, selector) in [
        ("0x", None),
        ("0xa9", None),
        ("0xa9059c", None),
        ("0xa9059cbb", Some([0xa9, 5, 0x9c, 0xbb])),
        ("0xA9059CBBff", Some([0xa9, 5, 0x9c, 0xbb])),
    ] {
        with(
            &NODE,
            "eth_call",
            &format!(r#"[{{"to":{BOB:?},"data":{data:?}}}]"#),
            |call| {
                assert_eq!(call.unwrap().operations()[0].selector(), selector, "{data}");
            },
        );
    }
    with(&NODE, "eth_call", &format!(r#"[{{"to":{BOB:?}}}]"#), |call| {
        let call = call.unwrap();
        assert_eq!(
            (call.operations()[0].selector(), call.operations()[0].input_len()),
            (None, 0)
        );
        assert_eq!(call.operations()[0].value(), Some(U256::ZERO));
    });
}

#[test]
fn the_block_of_an_estimate_is_written_as_the_client_takes_a_missing_one() {
    // Geth takes the latest; what others take is in the tests of dialects.
    let zero = r#"{"from":"0x0000000000000000000000000000000000000000"}"#;
    for method in ["eth_estimateGas", "eth_createAccessList"] {
        check(
            method,
            &[
                (
                    "[{}]",
                    Written(r#"[{"from":"0x0000000000000000000000000000000000000000"},"latest"]"#),
                ),
                (
                    "[{},null]",
                    Written(r#"[{"from":"0x0000000000000000000000000000000000000000"},"latest"]"#),
                ),
                (&format!(r#"[{zero},"pending"]"#), Same),
                (
                    "[{},null,{}]",
                    Written(r#"[{"from":"0x0000000000000000000000000000000000000000"},"latest",{}]"#),
                ),
            ],
        );
    }
}
