//! Methods that carry several operations: every one is found, wherever it stands, and told with its place.

use callgate_eth::{OperationKind, Reason, To};

use crate::raw::{CREATION, EIP1559, EIP2930, LEGACY, SENDER};
use crate::support::{ALICE, BOB, NODE, Refused, Same, check, client, serving, with, written, written_for};

fn call(to: &str) -> String {
    format!("{{\"from\":{ALICE:?},\"to\":{to:?}}}")
}

/// The places and recipients of what a call carries.
fn places(method: &str, params: &str) -> Vec<(String, To, OperationKind)> {
    with(&serving(method), method, params, |call| {
        let call = call.unwrap_or_else(|error| panic!("{method} {params}: {error}"));
        call.operations()
            .iter()
            .map(|operation| (operation.position().to_string(), operation.to(), operation.kind()))
            .collect()
    })
}

fn names(method: &str, params: &str) -> Vec<String> {
    places(method, params).into_iter().map(|(place, ..)| place).collect()
}

#[test]
fn a74_every_call_of_a_simulation_is_an_operation() {
    let params = format!(
        r#"[{{"blockStateCalls":[{{"calls":[{},{}]}},{{"blockOverrides":{{}},"stateOverrides":{{}},"calls":[{}]}}],"validation":false,"traceTransfers":true,"returnFullTransactions":true}},"latest"]"#,
        call(ALICE),
        call(BOB),
        call(BOB),
    );
    for (method, kind) in [
        ("eth_simulateV1", OperationKind::Call),
        ("debug_simulateV1", OperationKind::Trace),
        ("trace_simulateV1", OperationKind::Trace),
    ] {
        let found = places(method, &params);
        let expected = [
            ("params[0].blockStateCalls[0].calls[0]", ALICE),
            ("params[0].blockStateCalls[0].calls[1]", BOB),
            ("params[0].blockStateCalls[1].calls[0]", BOB),
        ];
        let expected = expected.map(|(place, to)| (place.to_owned(), To::Address(to.parse().unwrap()), kind));
        assert_eq!(found, expected);
        with(&serving(method), method, &params, |call| {
            assert!(
                call.unwrap()
                    .operations()
                    .iter()
                    .all(|operation| !operation.has_overrides())
            );
        });
    }
}

#[test]
fn a74_overrides_in_any_block_count_for_every_call() {
    for overrides in [
        r#""blockOverrides":{"number":"0x10"}"#.to_owned(),
        format!(r#""stateOverrides":{{{ALICE:?}:{{"balance":"0x1"}}}}"#),
    ] {
        let params = format!(
            r#"[{{"blockStateCalls":[{{"calls":[{}]}},{{{overrides},"calls":[{}]}}]}}]"#,
            call(ALICE),
            call(BOB)
        );
        with(&NODE, "eth_simulateV1", &params, |call| {
            let call = call.unwrap();
            assert_eq!(call.operations().len(), 2);
            assert!(call.operations().iter().all(callgate_eth::Operation::has_overrides));
        });
    }
}

#[test]
fn a74_a43_a58_simulations_are_read_strictly_and_bounded() {
    let of = |calls: &str| format!(r#"[{{"blockStateCalls":[{{"calls":[{calls}]}}]}}]"#);
    let many = |count| vec![call(BOB); count].join(",");
    assert_eq!(names("eth_simulateV1", &of(&many(256))).len(), 256);
    let blocks = |count| {
        format!(
            r#"[{{"blockStateCalls":[{}]}}]"#,
            vec![format!("{{\"calls\":[{}]}}", call(BOB)); count].join(",")
        )
    };
    assert_eq!(names("eth_simulateV1", &blocks(256)).len(), 256);
    let two = format!(
        r#"[{{"blockStateCalls":[{{"calls":[{}]}},{{"calls":[{}]}}]}}]"#,
        many(200),
        many(57)
    );
    check(
        "eth_simulateV1",
        &[
            (&of(&many(257)), Refused(Reason::TooMany)),
            (&blocks(257), Refused(Reason::TooMany)),
            (&two, Refused(Reason::TooMany)),
            ("[[[[null,null,[{}]]]]]", Refused(Reason::WrongType)),
            (
                r#"[{"blockStateCalls":[[null,null,[{}]]]}]"#,
                Refused(Reason::WrongType),
            ),
            (r#"[{"BlockStateCalls":[]}]"#, Refused(Reason::UnknownMember)),
            (
                r#"[{"blockStateCalls":[{"Calls":[]}]}]"#,
                Refused(Reason::UnknownMember),
            ),
            ("[{}]", Refused(Reason::MissingMember)),
            (
                r#"[{"blockStateCalls":[{"calls":[{"to":""}]}]}]"#,
                Refused(Reason::NotAnAddress),
            ),
            (r#"[{"blockStateCalls":[],"validation":1}]"#, Refused(Reason::WrongType)),
        ],
    );
    with(
        &NODE,
        "eth_simulateV1",
        r#"[{"blockStateCalls":[{"calls":[]}]}]"#,
        |call| {
            let call = call.unwrap();
            assert!(call.operations().is_empty() && call.carries_nothing());
        },
    );
    with(&NODE, "eth_simulateV1", &of(&call(BOB)), |call| {
        assert!(!call.unwrap().carries_nothing());
    });
}

#[test]
fn a75_b23_bundles_of_calls() {
    let bundles = format!(
        r#"[{{"transactions":[{},{}]}},{{"transactions":[{}],"blockOverride":{{}}}}]"#,
        call(ALICE),
        call(BOB),
        call(ALICE)
    );
    let context = r#"{"blockNumber":"latest","transactionIndex":-1}"#;
    let expected = [
        "params[0][0].transactions[0]",
        "params[0][0].transactions[1]",
        "params[0][1].transactions[0]",
    ];
    assert_eq!(names("eth_callMany", &format!("[{bundles},{context}]")), expected);
    assert_eq!(
        names("debug_traceCallMany", &format!("[{bundles},{context},{{}}]")),
        expected
    );
    let overridden = format!(r#"[{bundles},{context},{{{BOB:?}:{{"code":"0x00"}}}}]"#);
    with(&serving("eth_callMany"), "eth_callMany", &overridden, |call| {
        assert!(
            call.unwrap()
                .operations()
                .iter()
                .all(callgate_eth::Operation::has_overrides)
        );
    });
    let traced = format!(
        r#"[[[{},["trace"]],[{},["vmTrace","stateDiff"]]],"latest"]"#,
        call(ALICE),
        call(BOB)
    );
    assert_eq!(names("trace_callMany", &traced), ["params[0][0][0]", "params[0][1][0]"]);
    check(
        "trace_callMany",
        &[
            (&traced, Same),
            (&format!("[[[{}]]]", call(BOB)), Refused(Reason::WrongArity)),
            (
                &format!("[[[{},[\"trace\"],{{}}]]]", call(BOB)),
                Refused(Reason::WrongArity),
            ),
            (&format!("[[{}]]", call(BOB)), Refused(Reason::WrongType)),
        ],
    );
    check(
        "eth_callMany",
        &[
            // reth has no such parameter; Erigon has, and would hold its node with it.
            (&format!("[{bundles},{context},{{}},1000]"), Refused(Reason::NotRead)),
            (
                &format!("[{bundles},{{\"BlockNumber\":\"latest\"}}]"),
                Refused(Reason::UnknownMember),
            ),
            (
                &format!("[{bundles},{{\"transactionIndex\":-2}}]"),
                Refused(Reason::WrongType),
            ),
        ],
    );
    let erigon = client("erigon/3.3.0/linux-amd64/go1.24.7");
    let timed = written_for(&erigon, "eth_callMany", &format!("[{bundles},{context},{{}},1000]"));
    assert_eq!(timed.unwrap_err().reason(), Reason::Refused);
}

#[test]
fn b23_overrides_hide_in_the_configuration_of_a_traced_call() {
    for (config, overridden) in [
        ("{}".to_owned(), false),
        (r#"{"tracer":"callTracer","txIndex":"0x1"}"#.to_owned(), false),
        (r#"{"stateOverrides":{},"blockOverrides":{}}"#.to_owned(), false),
        (format!(r#"{{"stateOverrides":{{{BOB:?}:{{"code":"0x60"}}}}}}"#), true),
        (r#"{"blockOverrides":{"time":"0x1"}}"#.to_owned(), true),
    ] {
        with(
            &NODE,
            "debug_traceCall",
            &format!("[{},\"latest\",{config}]", call(BOB)),
            |call| {
                let call = call.unwrap();
                assert_eq!(call.operations()[0].kind(), OperationKind::Trace);
                assert_eq!(call.operations()[0].has_overrides(), overridden, "{config}");
            },
        );
    }
    let hash = format!("\"0x{}\"", "ab".repeat(32));
    check(
        "debug_traceTransaction",
        &[(
            &format!("[{hash},{{\"stateOverrides\":{{}}}}]"),
            Refused(Reason::NotRead),
        )],
    );
    check(
        "debug_traceCall",
        &[(
            &format!("[{},\"latest\",{{\"StateOverrides\":{{}}}}]", call(BOB)),
            Refused(Reason::UnknownMember),
        )],
    );
    with(
        &serving("trace_call"),
        "trace_call",
        &format!(r#"[{},["trace"],"latest",{{{BOB:?}:{{"nonce":"0x1"}}}}]"#, call(BOB)),
        |call| {
            assert!(call.unwrap().operations()[0].has_overrides());
        },
    );
}

#[test]
fn b05_b07_every_transaction_of_a_bundle_is_decoded() {
    let txs = format!("[{LEGACY:?},{EIP1559:?},{EIP2930:?}]");
    let bundle = format!(r#"[{{"txs":{txs},"blockNumber":"0x10","minTimestamp":0,"replacementUuid":"a-b"}}]"#);
    let simulated = format!(r#"[{{"txs":{txs},"blockNumber":"0x10","stateBlockNumber":"latest"}}]"#);
    for (method, params, kind) in [
        ("eth_sendBundle", &bundle, OperationKind::Raw),
        ("eth_callBundle", &simulated, OperationKind::Call),
    ] {
        with(&serving(method), method, params, |call| {
            let call = call.unwrap();
            assert_eq!(call.operations().len(), 3);
            for (index, operation) in call.operations().iter().enumerate() {
                assert_eq!(operation.kind(), kind);
                assert_eq!(operation.sender(), Ok(SENDER.parse().unwrap()));
                assert_eq!(operation.position().to_string(), format!("params[0].txs[{index}]"));
                assert!(operation.hash().is_some() && operation.is_signed() && !operation.has_overrides());
            }
        });
        check(method, &[(params, Same)]);
        check(
            method,
            &[
                (
                    &params.replacen(LEGACY, "0x02", 1),
                    Refused(Reason::UndecodableTransaction),
                ),
                (
                    &params.replacen("\"txs\"", "\"Txs\"", 1),
                    Refused(Reason::UnknownMember),
                ),
                (
                    &params.replacen(&format!("{LEGACY:?}"), "{\"tx\":\"0x\"}", 1),
                    Refused(Reason::WrongType),
                ),
                ("[{\"txs\":[]}]", Refused(Reason::MissingMember)),
            ],
        );
    }
    let pretended = simulated.replacen("\"blockNumber\"", "\"timestamp\":1,\"blockNumber\"", 1);
    with(&serving("eth_callBundle"), "eth_callBundle", &pretended, |call| {
        assert!(
            call.unwrap()
                .operations()
                .iter()
                .all(callgate_eth::Operation::has_overrides)
        );
    });
}

#[test]
fn a59_b06_nested_bundles_are_walked() {
    let item = |inner: &str| {
        format!(
            r#"{{"version":"v0.1","inclusion":{{"block":"0x1","maxBlock":"0x2"}},"body":[{inner}],"privacy":{{"hints":["hash"]}},"validity":{{"refundConfig":[{{"address":{BOB:?},"percent":90}}]}}}}"#
        )
    };
    let hash = format!("{{\"hash\":\"0x{}\"}}", "ab".repeat(32));
    let tx = |raw: &str| format!("{{\"tx\":{raw:?},\"canRevert\":true}}");
    let nested = item(&format!("{hash},{},{{\"bundle\":{}}}", tx(LEGACY), item(&tx(EIP1559))));
    for (method, kind) in [
        ("mev_sendBundle", OperationKind::Raw),
        ("mev_simBundle", OperationKind::Call),
    ] {
        assert_eq!(
            places(method, &format!("[{nested}]"))
                .into_iter()
                .map(|(place, _, kind)| (place, kind))
                .collect::<Vec<_>>(),
            [
                ("params[0].body[1].tx".to_owned(), kind),
                ("params[0].body[2].bundle.body[0].tx".to_owned(), kind)
            ]
        );
    }
    let mut deep = tx(LEGACY);
    for _ in 0..3 {
        deep = format!("{{\"bundle\":{}}}", item(&deep));
    }
    assert_eq!(names("mev_sendBundle", &format!("[{}]", item(&deep))).len(), 1);
    deep = format!("{{\"bundle\":{}}}", item(&deep));
    check(
        "mev_sendBundle",
        &[
            (&format!("[{}]", item(&deep)), Refused(Reason::TooMany)),
            (
                &format!(
                    "[{}]",
                    item(&format!("{{\"tx\":{LEGACY:?},\"hash\":\"0x{}\"}}", "ab".repeat(32)))
                ),
                Refused(Reason::Conflict),
            ),
            (
                &format!("[{}]", item("{\"canRevert\":true}")),
                Refused(Reason::MissingMember),
            ),
            (
                &format!("[{}]", item(&format!("[{LEGACY:?}]"))),
                Refused(Reason::WrongType),
            ),
            (
                &format!("[{}]", item(&tx(LEGACY)).replacen("v0.1", "v9", 1)),
                Refused(Reason::Refused),
            ),
        ],
    );
    // Somebody else's transactions alone are nothing of the caller's.
    with(
        &serving("mev_sendBundle"),
        "mev_sendBundle",
        &format!("[{}]", item(&hash)),
        |call| {
            let call = call.unwrap();
            assert!(call.operations().is_empty() && !call.carries_nothing());
        },
    );
}

#[test]
fn a76_b09_every_positional_transaction_is_one() {
    let params = format!("[{LEGACY:?},{EIP1559:?},{CREATION:?}]");
    let found = places("debug_batchSendRawTransaction", &params);
    assert_eq!(found.len(), 3);
    assert_eq!(found[2].0, "params[2]");
    assert_eq!(found[2].1, To::Create);
    check(
        "debug_batchSendRawTransaction",
        &[
            (&params, Same),
            ("[]", Refused(Reason::WrongArity)),
            (&format!("[{LEGACY:?},null]"), Refused(Reason::NullParameter)),
            (
                &format!("[{LEGACY:?},\"0x02\"]"),
                Refused(Reason::UndecodableTransaction),
            ),
        ],
    );
    let many = format!("[{}]", vec![format!("{LEGACY:?}"); 101].join(","));
    check("debug_batchSendRawTransaction", &[(&many, Refused(Reason::WrongArity))]);
}

#[test]
fn b02_b03_signed_transactions_with_conditions() {
    check(
        "eth_sendRawTransactionSync",
        &[
            (&format!("[{LEGACY:?}]"), Same),
            (&format!("[{LEGACY:?},2000]"), Same),
            (&format!("[{LEGACY:?},60001]"), Refused(Reason::OutOfRange)),
            (&format!("[{LEGACY:?},\"1000h\"]"), Refused(Reason::NotAQuantity)),
        ],
    );
    let hash = format!("\"0x{}\"", "ab".repeat(32));
    let condition = format!(
        r#"{{"knownAccounts":{{{ALICE:?}:{hash},{BOB:?}:{{{hash}:{hash}}}}},"blockNumberMin":"0x1","blockNumberMax":"0x2","timestampMin":1,"timestampMax":2}}"#
    );
    check(
        "eth_sendRawTransactionConditional",
        &[
            (&format!("[{LEGACY:?},{condition}]"), Same),
            (
                &format!("[{LEGACY:?},{{\"knownAccounts\":{{\"0x0\":{hash}}}}}]"),
                Refused(Reason::NotHex),
            ),
            (
                &format!("[{LEGACY:?},{{\"sender\":{hash}}}]"),
                Refused(Reason::UnknownMember),
            ),
        ],
    );
    let many: Vec<_> = (0..257).map(|n| format!("\"0x{n:040x}\":{hash}")).collect();
    check(
        "eth_sendRawTransactionConditional",
        &[(
            &format!("[{LEGACY:?},{{\"knownAccounts\":{{{}}}}}]", many.join(",")),
            Refused(Reason::TooMany),
        )],
    );
    let request = format!(
        r#"[{{"tx":{LEGACY:?},"maxBlockNumber":"0x1","preferences":{{"fast":true,"privacy":{{"builders":["a"]}}}}}}]"#
    );
    assert_eq!(names("eth_sendPrivateTransaction", &request), ["params[0].tx"]);
    check(
        "eth_sendPrivateTransaction",
        &[
            (&request, Same),
            (&format!("[{{\"from\":{ALICE:?}}}]"), Refused(Reason::UnknownMember)),
        ],
    );
    assert_eq!(
        places("trace_rawTransaction", &format!("[{LEGACY:?},[\"trace\"]]"))[0].2,
        OperationKind::Trace
    );
    assert_eq!(
        names(
            "testing_buildBlockV1",
            &format!("[{hash},{{}},[{LEGACY:?},{EIP1559:?}]]")
        ),
        ["params[2][0]", "params[2][1]"]
    );
}

#[test]
fn a79_the_gas_that_counts_is_in_the_other_parameters() {
    let object =
        format!(r#"{{"from":{ALICE:?},"to":{BOB:?},"gas":"0x5208","gasPrice":"0x1","nonce":"0x0","value":"0x0"}}"#);
    for (params, gas, price) in [
        (format!("[{object}]"), 0x5208, 1),
        (format!("[{object},\"0x64\"]"), 0x5208, 100),
        (format!("[{object},\"0x64\",\"0x9000\"]"), 0x9000, 100),
    ] {
        with(&NODE, "eth_resend", &params, |call| {
            let call = call.unwrap();
            let operation = &call.operations()[0];
            assert_eq!(operation.kind(), OperationKind::Send);
            assert_eq!(operation.gas(), Some(gas));
            assert_eq!(
                (operation.gas_price(), operation.max_fee_per_gas()),
                (Some(price), Some(price))
            );
        });
    }
    let most = format!("\"0x{}\"", "f".repeat(32));
    let rich = object.replacen("\"value\":\"0x0\"", &format!("\"value\":\"0x{}\"", "f".repeat(64)), 1);
    let error = written("eth_resend", &format!("[{rich},{most}]")).unwrap_err();
    assert_eq!(error.reason(), Reason::OutOfRange);
    for (method, kind) in [
        ("eth_fillTransaction", OperationKind::Estimate),
        ("personal_signTransaction", OperationKind::Sign),
        ("account_signTransaction", OperationKind::Sign),
        ("personal_sendTransaction", OperationKind::Send),
        ("eth_sendTransactionAsync", OperationKind::Send),
        ("eth_sendTransactionSync", OperationKind::Send),
        ("eth_sendUnsignedTransaction", OperationKind::Send),
    ] {
        let password = if method.starts_with("personal_") {
            ",\"secret\""
        } else {
            ""
        };
        assert_eq!(places(method, &format!("[{object}{password}]"))[0].2, kind, "{method}");
        let error = written(method, &format!("[{{\"to\":{BOB:?}}}{password}]")).unwrap_err();
        assert_eq!(error.reason(), Reason::MissingFrom, "{method}");
    }
}

#[test]
fn a77_a_node_calls_no_address_of_the_callers() {
    let error = written(
        "eth_sendTransactionAsync",
        &format!(r#"[{{"from":{ALICE:?},"to":{BOB:?},"callbackUrl":"http://169.254.169.254/"}}]"#),
    )
    .unwrap_err();
    assert_eq!(error.reason(), Reason::Refused);
    assert!(!error.message().contains("169.254"), "{error}");
}

#[test]
fn b25_replaced_code_is_executed_at_the_addresses_asked_for() {
    let params = format!(r#"[{{"address":[{ALICE:?},{BOB:?}]}},{{{BOB:?}:{{"code":"0x60"}}}}]"#);
    with(&serving("overlay_getLogs"), "overlay_getLogs", &params, |call| {
        let call = call.unwrap();
        let to: Vec<_> = call.operations().iter().map(callgate_eth::Operation::to).collect();
        assert_eq!(to, [ALICE, BOB].map(|address| To::Address(address.parse().unwrap())));
        assert!(call.operations().iter().all(callgate_eth::Operation::has_overrides));
    });
    check("overlay_getLogs", &[("[{},{}]", Refused(Reason::MissingMember))]);
    with(
        &serving("overlay_callConstructor"),
        "overlay_callConstructor",
        &format!("[{ALICE:?},\"0x6000\"]"),
        |call| {
            let call = call.unwrap();
            let operation = &call.operations()[0];
            assert_eq!((operation.to(), operation.input_len()), (To::Create, 2));
            assert!(operation.has_overrides());
        },
    );
}

#[test]
fn b_a_reorganisation_of_a_test_chain_carries_transactions() {
    let params = format!(r#"["0x1",[[{},0],[{LEGACY:?},1]]]"#, call(BOB));
    assert_eq!(names("anvil_reorg", &params), ["params[1][0][0]", "params[1][1][0]"]);
    check(
        "anvil_reorg",
        &[
            (r#"["0x1",[]]"#, Same),
            (r#"["0x1",[["0x02",0]]]"#, Refused(Reason::UndecodableTransaction)),
            (r#"["0x1",[[{},0]]]"#, Refused(Reason::MissingFrom)),
        ],
    );
}
