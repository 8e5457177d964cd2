//! What reads ask for: blocks, filters, slots, traces (A-69, A-70, A-73).

use callgate_eth::Reason;

use crate::support::{ALICE, BOB, Refused, Same, Written, check, written};

const HASH: &str = "0xabababababababababababababababababababababababababababababababab";

#[test]
fn a69_blocks_have_one_spelling() {
    for (block, expected) in [
        (r#""latest""#.to_owned(), Same),
        (r#""earliest""#.to_owned(), Same),
        (r#""pending""#.to_owned(), Same),
        (r#""safe""#.to_owned(), Same),
        (r#""finalized""#.to_owned(), Same),
        (r#""0x0""#.to_owned(), Same),
        (r#""0xa""#.to_owned(), Same),
        (r#""0x7fffffffffffffff""#.to_owned(), Same),
        (format!("{HASH:?}"), Same),
        (format!(r#"{{"blockHash":{HASH:?}}}"#), Same),
        (format!(r#"{{"blockHash":{HASH:?},"requireCanonical":true}}"#), Same),
        (r#""LATEST""#.to_owned(), Refused(Reason::NotABlock)),
        (r#""Latest""#.to_owned(), Refused(Reason::NotABlock)),
        (r#"" latest""#.to_owned(), Refused(Reason::NotABlock)),
        (r#""accepted""#.to_owned(), Refused(Reason::NotABlock)),
        (r#""""#.to_owned(), Refused(Reason::NotABlock)),
        (r#""10""#.to_owned(), Refused(Reason::NotABlock)),
        (r#""010""#.to_owned(), Refused(Reason::NotABlock)),
        ("10".to_owned(), Refused(Reason::WrongType)),
        ("-1".to_owned(), Refused(Reason::WrongType)),
        (r#""0x""#.to_owned(), Refused(Reason::NotAQuantity)),
        (r#""0x00""#.to_owned(), Refused(Reason::NotAQuantity)),
        (r#""0x8000000000000000""#.to_owned(), Refused(Reason::OutOfRange)),
        (r#""0xfffffffffffffffffff""#.to_owned(), Refused(Reason::OutOfRange)),
        ("{}".to_owned(), Refused(Reason::MissingMember)),
        (
            format!(r#"{{"blockHash":{HASH:?},"blockNumber":"0x1"}}"#),
            Refused(Reason::Conflict),
        ),
        (
            r#"{"blockNumber":"0x1","requireCanonical":true}"#.to_owned(),
            Refused(Reason::Conflict),
        ),
        (format!(r#"{{"BlockHash":{HASH:?}}}"#), Refused(Reason::UnknownMember)),
        (r#"{"blockNumber":"latest"}"#.to_owned(), Refused(Reason::NotAQuantity)),
        (r#"{"blockNumber":1}"#.to_owned(), Refused(Reason::NotAQuantity)),
        (r#"{"blockHash":"0x1"}"#.to_owned(), Refused(Reason::NotAHash)),
        (
            format!(r#"{{"blockHash":{HASH:?},"requireCanonical":"true"}}"#),
            Refused(Reason::WrongType),
        ),
    ] {
        check("eth_getBalance", &[(&format!("[{ALICE:?},{block}]"), expected)]);
    }
    let text = written("eth_getBalance", &format!(r#"[{ALICE:?},{{"blockNumber":"0xA"}}]"#)).unwrap();
    assert_eq!(text, format!(r#"[{ALICE:?},"0xa"]"#));
}

#[test]
fn a69_a_missing_block_is_written_where_all_clients_agree() {
    for (method, params) in [
        ("eth_getBalance", format!("{ALICE:?}")),
        ("eth_getCode", format!("{ALICE:?}")),
        ("eth_getTransactionCount", format!("{ALICE:?}")),
        ("eth_getStorageAt", format!(r#"{ALICE:?},"0x0""#)),
        ("eth_getProof", format!(r#"{ALICE:?},["0x0"]"#)),
    ] {
        assert_eq!(
            written(method, &format!("[{params}]")).unwrap(),
            format!(r#"[{params},"latest"]"#)
        );
        assert_eq!(
            written(method, &format!("[{params},null]")).unwrap(),
            format!(r#"[{params},"latest"]"#)
        );
    }
    check("clique_getSigners", &[("[]", Same), ("[null]", Written("[]"))]);
}

#[test]
fn a70_filters_of_a_query() {
    let many = |count: usize| format!(r#"[{{"address":[{}]}}]"#, vec![format!("{ALICE:?}"); count].join(","));
    let topics = |count: usize| format!(r#"[{{"topics":[{}]}}]"#, vec!["null"; count].join(","));
    let alternatives = |count: usize| format!(r#"[{{"topics":[[{}]]}}]"#, vec![format!("{HASH:?}"); count].join(","));
    for (params, expected) in [
        (
            "[{}]".to_owned(),
            Written(r#"[{"fromBlock":"latest","toBlock":"latest"}]"#),
        ),
        (
            r#"[{"fromBlock":"0x1"}]"#.to_owned(),
            Written(r#"[{"fromBlock":"0x1","toBlock":"latest"}]"#),
        ),
        (
            r#"[{"toBlock":"0x1"}]"#.to_owned(),
            Written(r#"[{"fromBlock":"latest","toBlock":"0x1"}]"#),
        ),
        (
            r#"[{"address":null,"topics":null}]"#.to_owned(),
            Written(r#"[{"fromBlock":"latest","toBlock":"latest"}]"#),
        ),
        (
            r#"[{"address":[],"topics":[]}]"#.to_owned(),
            Written(r#"[{"fromBlock":"latest","toBlock":"latest"}]"#),
        ),
        (
            r#"[{"topics":[null,[]]}]"#.to_owned(),
            Written(r#"[{"fromBlock":"latest","toBlock":"latest","topics":[null,null]}]"#),
        ),
        (
            format!(r#"[{{"fromBlock":"0x1","toBlock":"0x1","address":{ALICE:?}}}]"#),
            Same,
        ),
        (
            format!(
                r#"[{{"fromBlock":"0x1","toBlock":"0x2","address":[{ALICE:?},{BOB:?}],"topics":[{HASH:?},null,[{HASH:?},{HASH:?}]]}}]"#
            ),
            Same,
        ),
        (format!(r#"[{{"blockHash":{HASH:?}}}]"#), Same),
        (
            format!(r#"[{{"blockHash":{HASH:?},"fromBlock":"0x1"}}]"#),
            Refused(Reason::Conflict),
        ),
        (
            format!(r#"[{{"blockHash":{HASH:?},"toBlock":"latest"}}]"#),
            Refused(Reason::Conflict),
        ),
        (
            r#"[{"fromBlock":"0x2","toBlock":"0x1"}]"#.to_owned(),
            Refused(Reason::Conflict),
        ),
        (r#"[{"fromBlock":null}]"#.to_owned(), Refused(Reason::WrongType)),
        (
            r#"[{"fromBlock":{"blockNumber":"0x1"}}]"#.to_owned(),
            Refused(Reason::WrongType),
        ),
        (format!(r#"[{{"fromBlock":{HASH:?}}}]"#), Refused(Reason::OutOfRange)),
        (format!(r#"[{{"address":[[{ALICE:?}]]}}]"#), Refused(Reason::WrongType)),
        (
            format!(r#"[{{"address":[{ALICE:?},null]}}]"#),
            Refused(Reason::WrongType),
        ),
        (format!(r#"[{{"topics":{HASH:?}}}]"#), Refused(Reason::WrongType)),
        (
            format!(r#"[{{"topics":[[{HASH:?},null]]}}]"#),
            Refused(Reason::WrongType),
        ),
        (format!(r#"[{{"topics":[[[{HASH:?}]]]}}]"#), Refused(Reason::WrongType)),
        (r#"[{"Address":null}]"#.to_owned(), Refused(Reason::UnknownMember)),
        (r#"[{"limit":1}]"#.to_owned(), Refused(Reason::UnknownMember)),
        ("[[]]".to_owned(), Refused(Reason::WrongType)),
        (many(1001), Refused(Reason::TooMany)),
        (topics(5), Refused(Reason::TooMany)),
        (alternatives(1001), Refused(Reason::TooMany)),
    ] {
        check("eth_getLogs", &[(&params, expected)]);
    }
    for params in [many(1000), topics(4), alternatives(1000)] {
        assert!(written("eth_getLogs", &params).is_ok());
    }
}

#[test]
fn a70_a_filter_to_poll_keeps_its_open_ends() {
    check(
        "eth_newFilter",
        &[
            ("[{}]", Same),
            (r#"[{"toBlock":"0x5"}]"#, Same),
            (r#"[{"fromBlock":"0x2","toBlock":"0x1"}]"#, Refused(Reason::Conflict)),
        ],
    );
}

#[test]
fn a73_only_built_in_tracers() {
    for (config, expected) in [
        ("{}", Same),
        (r#"{"tracer":"callTracer"}"#, Same),
        (r#"{"tracer":"prestateTracer","tracerConfig":{"diffMode":true}}"#, Same),
        (
            r#"{"tracer":"callTracer","tracerConfig":{"onlyTopCall":true,"withLog":false}}"#,
            Same,
        ),
        (
            r#"{"disableStack":true,"disableStorage":true,"enableMemory":false,"enableReturnData":true}"#,
            Same,
        ),
        (
            r#"{"tracer":"{step:function(){},fault:function(){},result:function(){return 1}}"}"#,
            Refused(Reason::Refused),
        ),
        (r#"{"tracer":"CallTracer"}"#, Refused(Reason::Refused)),
        (r#"{"tracer":"bigramTracer"}"#, Refused(Reason::Refused)),
        (
            r#"{"tracer":"muxTracer","tracerConfig":{"callTracer":{}}}"#,
            Refused(Reason::Refused),
        ),
        (r#"{"tracer":null}"#, Refused(Reason::WrongType)),
        (r#"{"enableMemory":true}"#, Refused(Reason::Refused)),
        (r#"{"timeout":"1000h"}"#, Refused(Reason::Refused)),
        (r#"{"reexec":100000}"#, Refused(Reason::Refused)),
        (r#"{"limit":1}"#, Refused(Reason::Refused)),
        (r#"{"stateOverrides":{}}"#, Refused(Reason::NotRead)),
        (r#"{"Tracer":"callTracer"}"#, Refused(Reason::UnknownMember)),
        (r#"{"tracerConfig":{"x":1}}"#, Refused(Reason::UnknownMember)),
        (r#"{"tracerConfig":{"withLog":"true"}}"#, Refused(Reason::WrongType)),
        (r#"{"tracerConfig":[]}"#, Refused(Reason::WrongType)),
        (r#""callTracer""#, Refused(Reason::WrongType)),
    ] {
        check("debug_traceTransaction", &[(&format!("[{HASH:?},{config}]"), expected)]);
    }
}

#[test]
fn trace_types_are_named_once() {
    for (types, expected) in [
        (r#"["trace","vmTrace","stateDiff"]"#, Same),
        ("[]", Same),
        (r#"["trace","trace"]"#, Refused(Reason::Conflict)),
        (r#"["Trace"]"#, Refused(Reason::Refused)),
        (r#""trace""#, Refused(Reason::WrongType)),
    ] {
        check("trace_replayTransaction", &[(&format!("[{HASH:?},{types}]"), expected)]);
    }
}

#[test]
fn trace_filters_are_typed() {
    for (filter, expected) in [
        (r#"{"fromBlock":"0x1","toBlock":"0x2"}"#.to_owned(), Same),
        (
            format!(
                r#"{{"fromBlock":"0x1","toBlock":"latest","fromAddress":[{ALICE:?}],"toAddress":[{BOB:?}],"after":1,"count":2}}"#
            ),
            Same,
        ),
        (format!(r#"{{"fromAddress":{ALICE:?}}}"#), Refused(Reason::WrongType)),
        (r#"{"address":[]}"#.to_owned(), Refused(Reason::UnknownMember)),
        (r#"{"count":-1}"#.to_owned(), Refused(Reason::WrongType)),
        (
            r#"{"fromBlock":"0x2","toBlock":"0x1"}"#.to_owned(),
            Refused(Reason::Conflict),
        ),
    ] {
        check("trace_filter", &[(&format!("[{filter}]"), expected)]);
    }
    assert_eq!(
        written("trace_filter", r#"[{"count":"0xa","toAddress":[]}]"#).unwrap(),
        r#"[{"fromBlock":"earliest","toBlock":"latest","count":10}]"#
    );
}

#[test]
fn storage_slots_are_quantities_or_words() {
    for (slot, expected) in [
        (r#""0x0""#.to_owned(), Same),
        (r#""0xff""#.to_owned(), Same),
        (format!("{HASH:?}"), Same),
        (r#""0""#.to_owned(), Refused(Reason::NotAQuantity)),
        (r#""0X0""#.to_owned(), Refused(Reason::NotAQuantity)),
        (r#""0x0g""#.to_owned(), Refused(Reason::NotAQuantity)),
        (format!(r#""0x0{}""#, "0".repeat(64)), Refused(Reason::NotAQuantity)),
        ("0".to_owned(), Refused(Reason::WrongType)),
    ] {
        check(
            "eth_getStorageAt",
            &[(&format!(r#"[{ALICE:?},{slot},"latest"]"#), expected)],
        );
    }
    let slots = |count| format!(r#"[{ALICE:?},[{}],"latest"]"#, vec![r#""0x1""#; count].join(","));
    check(
        "eth_getProof",
        &[(&slots(2), Same), (&slots(1025), Refused(Reason::TooMany))],
    );
    assert!(written("eth_getProof", &slots(1024)).is_ok());
    check(
        "eth_getStorageValues",
        &[
            (
                &format!(r#"[{{{ALICE:?}:["0x0",{HASH:?}],{BOB:?}:[]}},"latest"]"#),
                Same,
            ),
            (r#"[{"0x1":[]}]"#, Refused(Reason::NotAnAddress)),
            (r#"[[]]"#, Refused(Reason::WrongType)),
        ],
    );
    check(
        "eth_getMultiProof",
        &[
            (&format!(r#"[[[{ALICE:?},["0x0"]]]]"#), Same),
            (&format!(r#"[[[{ALICE:?}]]]"#), Refused(Reason::WrongType)),
            (&format!(r#"[[[{ALICE:?},[],[]]]]"#), Refused(Reason::WrongType)),
        ],
    );
}
