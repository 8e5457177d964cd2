//! Account abstraction: user operations of every version, and several calls in one request.

use callgate_eth::{ENTRY_POINT_06, ENTRY_POINT_07, ENTRY_POINT_08, OperationKind, Reason, To, U256};

use crate::support::{ALICE, BOB, CHAIN, NODE, Refused, Same, check, serving, with, written};

const FACTORY: &str = "0xfac0000000000000000000000000000000000000";
const PAYMASTER: &str = "0xba70000000000000000000000000000000000000";

fn packed() -> String {
    format!(
        r#"{{"sender":{ALICE:?},"nonce":"0x10000000000000000","initCode":"{FACTORY}1234","callData":"0xb61d27f6aa","callGasLimit":"0x1","verificationGasLimit":"0x2","preVerificationGas":"0x3","maxFeePerGas":"0x5","maxPriorityFeePerGas":"0x4","paymasterAndData":"{PAYMASTER}","signature":"0xff"}}"#
    )
}

fn unpacked() -> String {
    format!(
        r#"{{"sender":{ALICE:?},"nonce":"0x0","factory":{FACTORY:?},"factoryData":"0x1234","callData":"0xb61d27f6","callGasLimit":"0x1","verificationGasLimit":"0x2","preVerificationGas":"0x3","maxFeePerGas":"0x5","maxPriorityFeePerGas":"0x4","paymaster":{PAYMASTER:?},"paymasterVerificationGasLimit":"0x10","paymasterPostOpGasLimit":"0x20","paymasterData":"0x","signature":"0xff"}}"#
    )
}

fn params(operation: &str, entry_point: impl std::fmt::Display) -> String {
    format!("[{operation},\"{}\"]", entry_point.to_string().to_lowercase())
}

#[test]
fn b14_the_facts_of_a_user_operation() {
    for (operation, entry_point, gas) in [
        (packed(), ENTRY_POINT_06, 6),
        (unpacked(), ENTRY_POINT_07, 0x36),
        (unpacked(), ENTRY_POINT_08, 0x36),
    ] {
        for method in [
            "eth_sendUserOperation",
            "boost_sendUserOperation",
            "pimlico_sendUserOperationNow",
        ] {
            with(&serving(method), method, &params(&operation, entry_point), |call| {
                let call = call.unwrap();
                let [operation] = call.operations() else {
                    panic!("one operation")
                };
                assert_eq!(operation.kind(), OperationKind::Userop);
                assert_eq!(operation.sender(), Ok(ALICE.parse().unwrap()));
                assert_eq!(operation.to(), To::Address(entry_point));
                assert_eq!(operation.selector(), Some([0xb6, 0x1d, 0x27, 0xf6]));
                assert_eq!(
                    (operation.value(), operation.nonce(), operation.hash()),
                    (None, None, None)
                );
                assert_eq!(operation.gas(), Some(gas));
                assert_eq!(operation.max_fee_per_gas(), Some(5));
                assert_eq!(operation.max_priority_fee_per_gas(), Some(4));
                assert!(operation.creates() && !operation.is_transaction() && !operation.is_signed());
                let inner = operation.as_user_operation().unwrap();
                assert_eq!(inner.factory(), Some(FACTORY.parse().unwrap()));
                assert_eq!(inner.paymaster(), Some(PAYMASTER.parse().unwrap()));
            });
            check(method, &[(&params(&operation, entry_point), Same)]);
        }
    }
    with(
        &NODE,
        "eth_estimateUserOperationGas",
        &params(&unpacked(), ENTRY_POINT_07),
        |call| {
            assert_eq!(call.unwrap().operations()[0].kind(), OperationKind::Estimate);
        },
    );
}

#[test]
fn b14_the_entry_point_and_the_form_must_agree() {
    let rows = [
        (packed(), ENTRY_POINT_07, Err(Reason::Conflict)),
        (packed(), ENTRY_POINT_08, Err(Reason::Conflict)),
        (unpacked(), ENTRY_POINT_06, Err(Reason::Conflict)),
        (packed(), BOB.parse().unwrap(), Ok(())),
        (unpacked(), BOB.parse().unwrap(), Ok(())),
    ];
    for (operation, entry_point, expected) in rows {
        let outcome = written("eth_sendUserOperation", &params(&operation, entry_point));
        assert_eq!(outcome.map(drop).map_err(|error| error.reason()), expected);
    }
}

#[test]
fn b14_a_user_operation_has_its_members_and_no_others() {
    let change = |from: &str, to: &str| {
        let changed = unpacked().replacen(from, to, 1);
        assert_ne!(changed, unpacked(), "{from}");
        written("eth_sendUserOperation", &params(&changed, ENTRY_POINT_07))
            .unwrap_err()
            .reason()
    };
    for (from, to, reason) in [
        (
            r#""signature":"0xff""#,
            r#""signature":"0xff","verificationgaslimits":"0x00""#,
            Reason::UnknownMember,
        ),
        (
            r#""signature":"0xff""#,
            r#""signature":"0xff","aggregator":"0x00""#,
            Reason::UnknownMember,
        ),
        (
            r#""signature":"0xff""#,
            r#""signature":"0xff","initCode":"0x""#,
            Reason::Conflict,
        ),
        (r#""callData":"0xb61d27f6","#, "", Reason::MissingMember),
        (
            r#""factory":"0xfac0000000000000000000000000000000000000","#,
            "",
            Reason::Conflict,
        ),
        (
            r#""paymaster":"0xba70000000000000000000000000000000000000","#,
            "",
            Reason::Conflict,
        ),
        (r#""nonce":"0x0""#, r#""nonce":"0x00""#, Reason::NotAQuantity),
        (r#""nonce":"0x0""#, r#""nonce":0"#, Reason::NotAQuantity),
        (
            r#""factory":"0xfac0000000000000000000000000000000000000""#,
            r#""factory":"0x7703""#,
            Reason::NotAnAddress,
        ),
    ] {
        assert_eq!(change(from, to), reason, "{to}");
    }
    let short = packed().replacen(FACTORY, "0xfac0", 1);
    let error = written("eth_sendUserOperation", &params(&short, ENTRY_POINT_06)).unwrap_err();
    assert_eq!(error.reason(), Reason::NotAnAddress);
    check(
        "eth_sendUserOperation",
        &[
            (&format!("[{}]", unpacked()), Refused(Reason::WrongArity)),
            (&format!("[{ALICE:?},{ALICE:?}]"), Refused(Reason::WrongType)),
            (&format!("[{},{ALICE:?},{{}}]", unpacked()), Refused(Reason::Refused)),
        ],
    );
}

#[test]
fn b14_a_delegation_is_an_authority_of_its_own() {
    let auth =
        format!(r#"{{"chainId":"{CHAIN:#x}","address":{BOB:?},"nonce":"0x1","yParity":"0x0","r":"0x1","s":"0x1"}}"#);
    let operation = unpacked().replacen(&format!("{FACTORY:?}"), "\"0x7702\"", 1).replacen(
        r#""signature":"0xff""#,
        &format!(r#""signature":"0xff","eip7702Auth":{auth}"#),
        1,
    );
    with(
        &NODE,
        "eth_sendUserOperation",
        &params(&operation, ENTRY_POINT_08),
        |call| {
            let call = call.unwrap();
            let [authorization] = call.operations()[0].authorizations() else {
                panic!("one authorization")
            };
            assert_eq!(authorization.delegate(), BOB.parse::<callgate_eth::Address>().unwrap());
            assert!(!call.operations()[0].creates());
        },
    );
    check("eth_sendUserOperation", &[(&params(&operation, ENTRY_POINT_08), Same)]);
    let old = packed().replacen(
        r#""signature":"0xff""#,
        &format!(r#""signature":"0xff","eip7702Auth":{auth}"#),
        1,
    );
    check(
        "eth_sendUserOperation",
        &[(&params(&old, ENTRY_POINT_06), Refused(Reason::Conflict))],
    );
    for (from, to) in [
        ("\"yParity\":\"0x0\"", "\"yParity\":\"0x100\""),
        ("\"s\":\"0x1\"", "\"s\":\"0x0\""),
    ] {
        let bad = operation.replacen(from, to, 1);
        check(
            "eth_sendUserOperation",
            &[(&params(&bad, ENTRY_POINT_08), Refused(Reason::BadSignature))],
        );
    }
}

fn calls(members: &str, calls: &str) -> String {
    format!(r#"[{{"version":"2.0.0","from":{ALICE:?},"chainId":"{CHAIN:#x}"{members},"calls":[{calls}]}}]"#)
}

#[test]
fn b15_every_call_of_a_request_is_an_operation() {
    let params = calls(
        r#","atomicRequired":true"#,
        &format!(r#"{{"to":{BOB:?},"value":"0x1"}},{{"to":{ALICE:?},"data":"0xa9059cbb00"}},{{"data":"0x6000"}}"#),
    );
    with(&NODE, "wallet_sendCalls", &params, |call| {
        let call = call.unwrap();
        let [pay, transfer, create] = call.operations() else {
            panic!("three operations")
        };
        for operation in call.operations() {
            assert_eq!(operation.kind(), OperationKind::Send);
            assert_eq!(operation.sender(), Ok(ALICE.parse().unwrap()));
            assert_eq!(operation.chain_id(), Some(CHAIN));
        }
        assert_eq!(
            (pay.to(), pay.value()),
            (To::Address(BOB.parse().unwrap()), Some(U256::ONE))
        );
        assert_eq!(transfer.selector(), Some([0xa9, 0x05, 0x9c, 0xbb]));
        assert_eq!((create.to(), create.input_len()), (To::Create, 2));
        assert_eq!(create.position().to_string(), "params[0].calls[2]");
    });
    check(
        "wallet_sendCalls",
        &[(&params, Same), (&calls("", &format!("{{\"to\":{BOB:?}}}")), Same)],
    );
    with(&NODE, "wallet_prepareCalls", &params, |call| {
        assert_eq!(call.unwrap().operations()[0].kind(), OperationKind::Estimate);
    });
}

#[test]
fn b15_what_a_request_may_not_say() {
    let to = format!("{{\"to\":{BOB:?}}}");
    let good = calls("", &to);
    for (params, reason) in [
        (
            good.replacen(&format!("\"from\":{ALICE:?},"), "", 1),
            Reason::MissingFrom,
        ),
        (good.replacen(&format!("{CHAIN:#x}"), "0x1", 1), Reason::WrongChain),
        (
            good.replacen(&format!("\"chainId\":\"{CHAIN:#x}\","), "", 1),
            Reason::MissingMember,
        ),
        (calls("", ""), Reason::TooMany),
        (calls("", &vec![to.as_str(); 101].join(",")), Reason::TooMany),
        (
            calls(
                r#","capabilities":{"paymasterService":{"url":"http://169.254.169.254/"}}"#,
                &to,
            ),
            Reason::Refused,
        ),
        (
            calls("", &format!(r#"{{"to":{BOB:?},"capabilities":{{"x":{{}}}}}}"#)),
            Reason::Refused,
        ),
        (calls(r#","key":{}"#, &to), Reason::UnknownMember),
        (
            calls("", &format!(r#"{{"to":{BOB:?},"gas":"0x1"}}"#)),
            Reason::UnknownMember,
        ),
        (calls("", r#"{"to":null}"#), Reason::WrongType),
    ] {
        let error = written("wallet_sendCalls", &params).unwrap_err();
        assert_eq!(error.reason(), reason, "{params}: {error}");
    }
    let error = written("wallet_sendPreparedCalls", "[{}]").unwrap_err();
    assert_eq!(error.reason(), Reason::OperationsNotUnderstood);
}
