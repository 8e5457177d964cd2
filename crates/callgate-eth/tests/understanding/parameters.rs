//! Parameters by their type: A-13 to A-15, A-31, A-69 to A-80.

use callgate_eth::{HandleKind, Reason, SubscriptionKind};

use crate::support::{ALICE, NODE, Refused, Same, Written, check, with, written};

const HASH: &str = "0xabababababababababababababababababababababababababababababababab";

#[test]
fn a14_a15_arity_is_exact() {
    check(
        "eth_sendRawTransaction",
        &[
            ("[]", Refused(Reason::WrongArity)),
            (r#"["0x01","0x02"]"#, Refused(Reason::WrongArity)),
        ],
    );
    check(
        "eth_call",
        &[
            ("[]", Refused(Reason::WrongArity)),
            (r#"[{},"latest",{},{},"5s"]"#, Refused(Reason::WrongArity)),
            ("[null]", Refused(Reason::NullParameter)),
        ],
    );
    check(
        "eth_chainId",
        &[
            ("[]", Same),
            ("[null]", Refused(Reason::WrongArity)),
            ("[{}]", Refused(Reason::WrongArity)),
        ],
    );
    check(
        "eth_getBlockByNumber",
        &[
            (r#"["latest"]"#, Refused(Reason::WrongArity)),
            (r#"["latest",null]"#, Refused(Reason::NullParameter)),
        ],
    );
    let error = written("eth_getBalance", "[]").unwrap_err();
    assert_eq!(
        error.message(),
        "`eth_getBalance` takes 1 to 2 parameters: `params[0]` (`address`) is missing"
    );
    assert_eq!((error.param(), error.offset()), (Some(0), Some(0)));
    let error = written("eth_chainId", "[7]").unwrap_err();
    assert_eq!(error.message(), "`eth_chainId` takes no parameters, not 1");
}

#[test]
fn absent_parameters_are_none() {
    let body = br#"{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber"}"#;
    let mut tape = callgate_rpc::Tape::new();
    let Ok(callgate_rpc::Request::Single(Ok(call))) =
        callgate_rpc::parse(body, &mut tape, &callgate_rpc::Limits::default())
    else {
        panic!("one call")
    };
    assert!(callgate_eth::understand(&call, &NODE).is_ok());
}

#[test]
fn a71_ids_are_ours_and_never_written() {
    for (method, kind) in [
        ("eth_getFilterChanges", HandleKind::Filter),
        ("eth_getFilterLogs", HandleKind::Filter),
        ("eth_uninstallFilter", HandleKind::Filter),
        ("eth_unsubscribe", HandleKind::Subscription),
    ] {
        with(&NODE, method, r#"["0xAb12"]"#, |call| {
            let call = call.unwrap();
            let handle = call.handle().unwrap();
            assert_eq!((handle.kind(), handle.text()), (kind, "0xAb12"));
            assert_eq!(call.makes(), None);
            // without the node's id it names nothing; small numbers are real ids with some clients, 0x0 included
            let nothing = format!(r#"["0x{}"]"#, "f".repeat(64));
            for (node, expected) in [(Some("0x7"), r#"["0x7"]"#), (None, nothing.as_str())] {
                let mut out = Vec::new();
                call.write(&mut callgate_rpc::Writer::new(&mut out), node);
                assert_eq!(out, expected.as_bytes());
            }
        });
        let longest = format!(r#"["0x{}"]"#, "f".repeat(64));
        assert!(written(method, &longest).is_ok());
        for params in [
            r#"[""]"#,
            r#"["0x"]"#,
            r#"["12"]"#,
            r#"["0xg"]"#,
            &longest.replacen('f', "ff", 1),
        ] {
            check(method, &[(params, Refused(Reason::NotHex))]);
        }
        for params in ["[1]", "[{}]"] {
            check(method, &[(params, Refused(Reason::WrongType))]);
        }
    }
}

#[test]
fn calls_that_make_something_say_so() {
    for (method, params, makes) in [
        ("eth_newFilter", "[{}]", Some(HandleKind::Filter)),
        ("eth_newBlockFilter", "[]", Some(HandleKind::Filter)),
        ("eth_newPendingTransactionFilter", "[]", Some(HandleKind::Filter)),
        ("eth_newPendingTransactionFilter", "[true]", Some(HandleKind::Filter)),
        ("eth_subscribe", r#"["newHeads"]"#, Some(HandleKind::Subscription)),
        ("eth_blockNumber", "[]", None),
    ] {
        with(&NODE, method, params, |call| {
            assert_eq!(call.unwrap().makes(), makes, "{method}");
        });
    }
}

#[test]
fn subscriptions_are_of_four_kinds() {
    for (params, kind) in [
        (r#"["newHeads"]"#, SubscriptionKind::NewHeads),
        (r#"["logs"]"#, SubscriptionKind::Logs),
        (r#"["newPendingTransactions"]"#, SubscriptionKind::PendingTransactions),
        (
            r#"["newPendingTransactions",true]"#,
            SubscriptionKind::PendingTransactions,
        ),
        (r#"["syncing"]"#, SubscriptionKind::Syncing),
    ] {
        with(&NODE, "eth_subscribe", params, |call| {
            assert_eq!(call.unwrap().subscription_kind(), Some(kind));
        });
    }
    for (params, expected) in [
        (r#"["newHeads"]"#.to_owned(), Same),
        (r#"["newHeads",null]"#.to_owned(), Written(r#"["newHeads"]"#)),
        (r#"["logs"]"#.to_owned(), Written(r#"["logs",{}]"#)),
        (r#"["logs",{}]"#.to_owned(), Same),
        (format!(r#"["logs",{{"address":{ALICE:?},"topics":[{HASH:?}]}}]"#), Same),
        (r#"["newPendingTransactions",false]"#.to_owned(), Same),
        (r#"["newHeads",{}]"#.to_owned(), Refused(Reason::WrongArity)),
        (
            r#"["newHeads",{"includeTransactions":true}]"#.to_owned(),
            Refused(Reason::WrongArity),
        ),
        (r#"["syncing",true]"#.to_owned(), Refused(Reason::WrongArity)),
        (r#"["logs",{"fromBlock":"0x1"}]"#.to_owned(), Refused(Reason::Conflict)),
        (
            format!(r#"["logs",{{"blockHash":{HASH:?}}}]"#),
            Refused(Reason::UnknownMember),
        ),
        (r#"["logs",true]"#.to_owned(), Refused(Reason::WrongType)),
        (
            r#"["newPendingTransactions",{}]"#.to_owned(),
            Refused(Reason::WrongType),
        ),
        (r#"["newPendingTransactions",1]"#.to_owned(), Refused(Reason::WrongType)),
        (r#"["NewHeads"]"#.to_owned(), Refused(Reason::UnknownSubscription)),
        (
            r#"["transactionReceipts",{}]"#.to_owned(),
            Refused(Reason::UnknownSubscription),
        ),
        (
            r#"["alchemy_minedTransactions"]"#.to_owned(),
            Refused(Reason::UnknownSubscription),
        ),
        (r#"[{}]"#.to_owned(), Refused(Reason::WrongType)),
        ("[]".to_owned(), Refused(Reason::WrongArity)),
    ] {
        check("eth_subscribe", &[(&params, expected)]);
    }
}

#[test]
fn a31_plain_numbers_only_where_clients_read_them() {
    for (params, expected) in [
        (r#"["0x5","latest",[25,75]]"#, Same),
        (r#"[5,"latest",[25,75]]"#, Written(r#"["0x5","latest",[25,75]]"#)),
        (r#"["0x5","latest",[0,0.5,99.999,100]]"#, Same),
        (r#"["0x5","latest",[]]"#, Same),
        (r#"["5","latest",[]]"#, Refused(Reason::NotAQuantity)),
        (r#"[5.0,"latest",[]]"#, Refused(Reason::WrongType)),
        (r#"[-5,"latest",[]]"#, Refused(Reason::WrongType)),
        (r#"[1e1,"latest",[]]"#, Refused(Reason::WrongType)),
        (r#"[9007199254740992,"latest",[]]"#, Refused(Reason::OutOfRange)),
        (r#"["0x5","latest",[101]]"#, Refused(Reason::OutOfRange)),
        (r#"["0x5","latest",[-1]]"#, Refused(Reason::OutOfRange)),
        (r#"["0x5","latest",[1e1]]"#, Refused(Reason::OutOfRange)),
        (r#"["0x5","latest",["25"]]"#, Refused(Reason::WrongType)),
        (
            r#"["0x5","latest",[0.0000000000000000000001]]"#,
            Refused(Reason::OutOfRange),
        ),
    ] {
        check("eth_feeHistory", &[(params, expected)]);
    }
    let percentiles = |count| format!(r#"["0x5","latest",[{}]]"#, vec!["1"; count].join(","));
    assert!(written("eth_feeHistory", &percentiles(100)).is_ok());
    check("eth_feeHistory", &[(&percentiles(101), Refused(Reason::TooMany))]);
    let at = |index: &str| format!(r#"["latest",{index},{ALICE:?},"0x",10]"#);
    for (params, expected) in [
        (at("3"), Same),
        (at(r#""0x3""#), Same),
        (at("9007199254740991"), Same),
        (at("3.5"), Refused(Reason::WrongType)),
    ] {
        check("debug_storageRangeAt", &[(&params, expected)]);
    }
    check(
        "eth_getTransactionByBlockHashAndIndex",
        &[(&format!("[{HASH:?},1]"), Refused(Reason::NotAQuantity))],
    );
}

#[test]
fn a80_booleans_are_real() {
    for value in [r#""true""#, "1", "0", r#""0x1""#, "[]"] {
        check(
            "eth_getBlockByNumber",
            &[(&format!(r#"["latest",{value}]"#), Refused(Reason::WrongType))],
        );
    }
    check(
        "eth_getBlockByNumber",
        &[(r#"["latest",true]"#, Same), (r#"["latest",false]"#, Same)],
    );
}

#[test]
fn hashes_have_32_bytes() {
    for (hash, reason) in [
        (r#""0x""#, Reason::NotAHash),
        (r#""0xab""#, Reason::NotAHash),
        (r#""latest""#, Reason::NotAHash),
        ("{}", Reason::WrongType),
    ] {
        check("eth_getTransactionReceipt", &[(&format!("[{hash}]"), Refused(reason))]);
    }
    let upper = HASH.to_uppercase().replacen("0X", "0x", 1);
    assert_eq!(
        written("eth_getTransactionReceipt", &format!("[{upper:?}]")).unwrap(),
        format!("[{HASH:?}]")
    );
}

#[test]
fn parameters_that_are_never_taken() {
    check(
        "debug_getBadBlocks",
        &[
            ("[]", Same),
            ("[null]", Written("[]")),
            (r#"["/tmp/x"]"#, Refused(Reason::Refused)),
        ],
    );
    for value in ["1", "{}", &format!("{:?}", "hunter2".repeat(200))] {
        let error = written("personal_sign", &format!(r#"["0xab",{ALICE:?},{value}]"#)).unwrap_err();
        assert!(!error.message().contains("hunter2"), "{error}");
    }
}

#[test]
fn free_json_is_bounded() {
    let list = |count: usize| format!("[[{}]]", vec!["0"; count].join(","));
    assert!(written("acme_list", &list(9_999)).is_ok());
    check("acme_list", &[(&list(10_000), Refused(Reason::TooMany))]);
    check(
        "aa_getRip7560Bundle",
        &[
            (r#"[{"hash":"0x1","number":1}]"#, Same),
            ("[[]]", Refused(Reason::WrongType)),
        ],
    );
}

#[test]
fn lists_of_scalars_are_typed_and_bounded() {
    let hashes = |count| format!(r#"[{}]"#, vec![format!("{HASH:?}"); count].join(","));
    let params = |list: &str| format!(r#"[{list},"safe",{{}}]"#);
    check(
        "supervisor_checkAccessList",
        &[
            (&params(&hashes(2)), Same),
            (&params(r#"["0x1"]"#), Refused(Reason::NotAHash)),
        ],
    );
    assert!(written("supervisor_checkAccessList", &params(&hashes(1024))).is_ok());
    check(
        "supervisor_checkAccessList",
        &[(&params(&hashes(1025)), Refused(Reason::TooMany))],
    );
    check("trace_get", &[(&format!(r#"[{HASH:?},["0x0","0x1"]]"#), Same)]);
}
