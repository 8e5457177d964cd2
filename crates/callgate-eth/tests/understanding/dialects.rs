//! One call, many clients: each gets it as it reads exactly what was checked, or not at all. The facts are those of
//! `data/dialects.json` and of the sources named in `src/dialect/reads.rs`.

use callgate_eth::{Dialect, Reason, TransactionType};

use crate::support::{ALICE, BOB, CHAIN, client, node, with, written_for};

const GETH: &str = "Geth/v1.17.8-stable-1a2b3c4d/linux-amd64/go1.25.1";
const OLD_GETH: &str = "Geth/v1.14.8-stable-1a2b3c4d/linux-amd64/go1.22.1";
const BESU: &str = "besu/v26.8.0/linux-x86_64/openjdk-java-21";
const OLD_BESU: &str = "besu/v24.7.0/linux-x86_64/openjdk-java-21";
const QUORUM: &str = "Geth/v1.10.3-stable-0d4a719f(quorum-v24.4.1)/linux-amd64/go1.21.13";
const NETHERMIND: &str = "Nethermind/v1.39.0+abcdef12/linux-x64/dotnet10.0.0";
const OLD_NETHERMIND: &str = "Nethermind/v1.30.1+2b75a75a/linux-x64/dotnet9.0.0";
const ERIGON: &str = "erigon/3.3.0/linux-amd64/go1.24.7";
const OLD_ERIGON: &str = "erigon/3.2.0/linux-amd64/go1.24.7";
const RETH: &str = "reth/v2.5.1-a1b2c3d4/x86_64-unknown-linux-gnu";
const ANVIL: &str = "anvil/v1.7.1";
const HARDHAT: &str = "HardhatNetwork/3.12.0/@nomicfoundation/edr/0.18.0";
const NOBODY: &str = "acme/v1.0.0";

const ALL: [&str; 13] = [
    GETH,
    OLD_GETH,
    BESU,
    OLD_BESU,
    QUORUM,
    NETHERMIND,
    OLD_NETHERMIND,
    ERIGON,
    OLD_ERIGON,
    RETH,
    ANVIL,
    HARDHAT,
    NOBODY,
];

fn outcome(text: &str, method: &str, params: &str) -> Result<String, Reason> {
    written_for(&client(text), method, params).map_err(|error| error.reason())
}

/// Checks that exactly these clients read what stands there; for the others it is refused, since it would have no effect.
fn read_by(method: &str, params: &str, clients: &[&str]) {
    for text in ALL {
        let expected = if clients.contains(&text) {
            None
        } else {
            Some(Reason::NotRead)
        };
        assert_eq!(
            outcome(text, method, params).err(),
            expected,
            "{text} {method} {params}"
        );
    }
}

fn call() -> String {
    format!(r#"{{"from":{ALICE:?},"to":{BOB:?}}}"#)
}

#[test]
fn a61_a64_overrides_only_where_they_have_an_effect() {
    let state = format!(r#"[{},"latest",{{{BOB:?}:{{"balance":"0x1"}}}}]"#, call());
    let block = format!(r#"[{},"latest",{{}},{{"time":"0x1"}}]"#, call());
    read_by(
        "eth_call",
        &state,
        &[
            GETH,
            OLD_GETH,
            BESU,
            NETHERMIND,
            OLD_NETHERMIND,
            ERIGON,
            OLD_ERIGON,
            RETH,
            ANVIL,
            HARDHAT,
        ],
    );
    read_by("eth_call", &block, &[GETH, NETHERMIND, ERIGON, RETH, ANVIL]);
    read_by(
        "eth_estimateGas",
        &state,
        &[
            GETH,
            OLD_GETH,
            BESU,
            NETHERMIND,
            OLD_NETHERMIND,
            ERIGON,
            OLD_ERIGON,
            RETH,
            ANVIL,
        ],
    );
    read_by("eth_createAccessList", &state, &[GETH, BESU, NETHERMIND, ERIGON, RETH]);
}

#[test]
fn null_in_the_place_of_an_override_is_none() {
    for text in ALL {
        let written = outcome(text, "eth_call", &format!(r#"[{},"latest",null,null]"#, call())).unwrap();
        assert_eq!(written, format!(r#"[{},"latest"]"#, call()), "{text}");
    }
}

#[test]
fn what_a_trace_can_believe_depends_on_the_client() {
    let config = |members: &str| format!(r#"[{},"latest",{{{members}}}]"#, call());
    read_by(
        "debug_traceCall",
        &config(r#""blockOverrides":{"time":"0x1"}"#),
        &[GETH, NETHERMIND, RETH, ANVIL],
    );
    read_by(
        "debug_traceCall",
        &config(r#""stateOverrides":{}"#),
        &[
            GETH,
            OLD_GETH,
            BESU,
            QUORUM,
            NETHERMIND,
            OLD_NETHERMIND,
            ERIGON,
            OLD_ERIGON,
            RETH,
            ANVIL,
        ],
    );
    let bundles = format!(r#"[[{{"transactions":[{}]}}],"#, call());
    assert_eq!(
        outcome(NETHERMIND, "debug_traceCallMany", &format!(r#"{bundles}"0x10"]"#)),
        Ok(format!(r#"{bundles}"0x10"]"#))
    );
    assert_eq!(
        outcome(
            NETHERMIND,
            "debug_traceCallMany",
            &format!(r#"{bundles}{{"blockNumber":"0x10","transactionIndex":1}}]"#)
        ),
        Err(Reason::UnknownMember)
    );
    assert_eq!(
        outcome(
            NOBODY,
            "debug_traceCallMany",
            &format!(r#"{bundles}{{"blockNumber":"0x10"}}]"#)
        ),
        Err(Reason::Refused)
    );
    assert!(
        outcome(
            RETH,
            "debug_traceCallMany",
            &format!(r#"{bundles}{{"blockNumber":"0x10"}}]"#)
        )
        .is_ok()
    );
}

#[test]
fn a_missing_block_is_written_as_the_client_takes_it() {
    for (text, method, tag) in [
        (GETH, "eth_estimateGas", "latest"),
        ("Geth/v1.11.6-stable/linux-amd64/go1.20", "eth_estimateGas", "pending"),
        (BESU, "eth_estimateGas", "pending"),
        (OLD_BESU, "eth_estimateGas", "latest"),
        (QUORUM, "eth_estimateGas", "pending"),
        (ANVIL, "eth_estimateGas", "pending"),
        (HARDHAT, "eth_estimateGas", "pending"),
        (RETH, "eth_estimateGas", "latest"),
        (NOBODY, "eth_estimateGas", "latest"),
        (BESU, "eth_createAccessList", "pending"),
        (QUORUM, "eth_createAccessList", "pending"),
        (ERIGON, "eth_createAccessList", "latest"),
        (ANVIL, "eth_call", "latest"),
    ] {
        let written = outcome(text, method, &format!("[{}]", call())).unwrap();
        assert_eq!(written, format!(r#"[{},"{tag}"]"#, call()), "{text} {method}");
    }
    let calls = format!(r#"[[[{},["trace"]]]"#, call());
    for (text, tag) in [
        (RETH, "pending"),
        (ANVIL, "pending"),
        (BESU, "latest"),
        (ERIGON, "latest"),
    ] {
        let written = outcome(text, "trace_callMany", &format!("{calls}]")).unwrap();
        assert_eq!(written, format!(r#"{calls},"{tag}"]"#), "{text}");
    }
}

#[test]
fn a_position_that_means_something_else_elsewhere_is_refused_there() {
    let traced = format!(r#"[{},["trace"],"latest",{{}}]"#, call());
    read_by("trace_call", &traced, &[NETHERMIND, OLD_NETHERMIND, RETH]);
    let range = format!(r#"["latest",{ALICE:?},"0x1",true,true,true]"#);
    for (text, good) in [
        (GETH, true),
        (BESU, false),
        (QUORUM, false),
        (ERIGON, false),
        (NOBODY, false),
    ] {
        let start = range.replacen(ALICE, "0x00", 1);
        assert_eq!(outcome(text, "debug_accountRange", &start).is_ok(), good, "{text}");
    }
    let raw = crate::raw::LEGACY;
    let bundle = format!(r#"[{{"txs":[{raw:?}],"blockNumber":"0x1"}}]"#);
    assert_eq!(outcome(ERIGON, "eth_callBundle", &bundle), Err(Reason::NotRead));
    assert_eq!(outcome(NOBODY, "eth_callBundle", &bundle), Err(Reason::NotRead));
    assert!(outcome(RETH, "eth_callBundle", &bundle).is_ok());
}

#[test]
fn a_timeout_is_a_number_or_a_quantity_by_the_version() {
    let raw = crate::raw::LEGACY;
    let params = |timeout: &str| format!("[{raw:?},{timeout}]");
    for given in ["2000", "\"0x7d0\""] {
        for (text, written) in [
            (GETH, "2000"),
            ("Geth/v1.16.7-stable/linux-amd64/go1.24", "\"0x7d0\""),
            (ANVIL, "2000"),
        ] {
            let outcome = outcome(text, "eth_sendRawTransactionSync", &params(given));
            assert_eq!(outcome, Ok(params(written)), "{text} {given}");
        }
    }
    assert_eq!(
        outcome("reth/v2.0.0-1/x", "eth_sendRawTransactionSync", &params("2000")),
        Err(Reason::NotRead)
    );
    assert_eq!(
        outcome("Geth/custom", "eth_sendRawTransactionSync", &params("2000")),
        Err(Reason::Refused)
    );
}

#[test]
fn b23_blocks_within_bundles_have_the_names_of_the_client() {
    let params = |block: &str| format!(r#"[[{{"transactions":[{}],"blockOverride":{block}}}],{{}}]"#, call());
    let standard = params(r#"{"number":"0x1","time":"0x2","baseFeePerGas":"0x3"}"#);
    let erigon = params(r#"{"blockNumber":"0x1","timestamp":"0x2","baseFee":"0x3"}"#);
    assert_eq!(outcome(RETH, "eth_callMany", &standard).as_ref(), Ok(&standard));
    assert_eq!(outcome(ERIGON, "eth_callMany", &erigon).as_ref(), Ok(&erigon));
    assert_eq!(outcome(ERIGON, "eth_callMany", &standard), Err(Reason::UnknownMember));
    assert_eq!(outcome(RETH, "eth_callMany", &erigon), Err(Reason::UnknownMember));
    assert_eq!(outcome(NOBODY, "eth_callMany", &standard), Err(Reason::NotRead));
    assert!(
        outcome(NOBODY, "eth_callMany", &params("{}")).is_err(),
        "one bundle or several is read differently"
    );
    let randao = format!("{{\"prevRandao\":\"0x{}\"}}", "ab".repeat(32));
    assert_eq!(outcome(ERIGON, "eth_callMany", &params(&randao)), Err(Reason::NotRead));
}

#[test]
fn a52_no_client_signs_another_type_than_was_checked() {
    let send = |members: &str| format!(r#"[{{"from":{ALICE:?},"to":{BOB:?},"gas":"0x5208",{members}}}]"#);
    let list = format!(r#""accessList":[{{"address":{BOB:?},"storageKeys":[]}}]"#);
    let kind = |text: &str, members: &str| {
        with(&client(text), "eth_sendTransaction", &send(members), |call| {
            call.map(|call| call.operations()[0].transaction_type())
                .map_err(|error| error.reason())
        })
    };
    let priced = format!(r#""gasPrice":"0x1",{list}"#);
    let dynamic = format!(r#""maxFeePerGas":"0x2","maxPriorityFeePerGas":"0x1",{list}"#);
    for (text, expected) in [
        (GETH, Err(Reason::NotRead)),
        (NETHERMIND, Err(Reason::NotRead)),
        (NOBODY, Err(Reason::NotRead)),
        (OLD_GETH, Ok(TransactionType::Eip2930)),
        (QUORUM, Ok(TransactionType::Eip2930)),
        (ANVIL, Ok(TransactionType::Eip2930)),
    ] {
        assert_eq!(kind(text, &priced), expected, "{text}");
    }
    for (text, expected) in [
        (GETH, Ok(TransactionType::Eip1559)),
        (ANVIL, Ok(TransactionType::Eip1559)),
        (QUORUM, Err(Reason::NotRead)),
        (NOBODY, Err(Reason::NotRead)),
    ] {
        assert_eq!(kind(text, &dynamic), expected, "{text}");
    }
    let signer = |members: &str| written_for(&node(Dialect::Web3signer), "eth_sendTransaction", &send(members));
    assert!(signer(r#""gasPrice":"0x1""#).is_ok());
    assert!(signer(r#""maxFeePerGas":"0x2","maxPriorityFeePerGas":"0x1""#).is_ok());
    assert_eq!(
        signer(r#""maxFeePerGas":"0x2""#).unwrap_err().reason(),
        Reason::MissingMember
    );
    assert_eq!(signer(&dynamic).unwrap_err().reason(), Reason::NotRead);
}

#[test]
fn a53_authorizations_only_where_they_are_read() {
    let auth = format!(
        r#""authorizationList":[{{"chainId":"{CHAIN:#x}","address":{BOB:?},"nonce":"0x0","yParity":"0x0","r":"0x1","s":"0x1"}}]"#
    );
    let object = format!(r#"[{{"from":{ALICE:?},"to":{BOB:?},{auth}}}]"#);
    for (text, call, send) in [
        (GETH, true, true),
        (OLD_GETH, false, false),
        (BESU, true, false),
        (OLD_BESU, false, false),
        (QUORUM, false, false),
        (RETH, true, true),
        (HARDHAT, true, true),
        (NOBODY, false, false),
    ] {
        assert_eq!(outcome(text, "eth_call", &object).is_ok(), call, "{text}");
        assert_eq!(outcome(text, "eth_sendTransaction", &object).is_ok(), send, "{text}");
    }
}

#[test]
fn a_member_is_read_from_a_version_on_and_not_before() {
    let authorized = format!(
        r#"[{{"from":{ALICE:?},"to":{BOB:?},"authorizationList":[{{"chainId":"{CHAIN:#x}","address":{BOB:?},"nonce":"0x0","yParity":"0x0","r":"0x1","s":"0x1"}}]}}]"#
    );
    let blobs = format!(
        r#"[{{"from":{ALICE:?},"to":{BOB:?},"maxFeePerBlobGas":"0x1","blobVersionedHashes":["0x01{}"]}}]"#,
        "ab".repeat(31)
    );
    let moved = format!(
        r#"[{},"latest",{{{BOB:?}:{{"movePrecompileToAddress":{ALICE:?}}}}}]"#,
        call()
    );
    for (method, params, client, before, first) in [
        ("eth_call", &authorized, "Geth", "1.14.13", "1.15.0"),
        ("eth_sendTransaction", &authorized, "Geth", "1.14.13", "1.15.0"),
        ("eth_call", &authorized, "besu", "25.7.9", "25.8.0"),
        ("eth_call", &authorized, "erigon", "2.99.9", "3.0.0"),
        ("eth_call", &blobs, "Geth", "1.13.10", "1.13.11"),
        ("eth_call", &blobs, "besu", "25.7.9", "25.8.0"),
        ("eth_call", &blobs, "erigon", "3.0.9", "3.1.0"),
        ("eth_call", &moved, "Geth", "1.14.8", "1.14.9"),
        ("eth_call", &moved, "besu", "24.12.2", "25.1.0"),
    ] {
        let of = |version: &str| outcome(&format!("{client}/v{version}/linux"), method, params);
        assert_eq!(of(before), Err(Reason::NotRead), "{client} {before} {method} {params}");
        assert!(of(first).is_ok(), "{client} {first} {method} {params}: {:?}", of(first));
    }
    // And one that is read up to a version.
    let priced = format!(
        r#"[{{"from":{ALICE:?},"to":{BOB:?},"gas":"0x5208","gasPrice":"0x1","accessList":[{{"address":{BOB:?},"storageKeys":[]}}]}}]"#
    );
    let of = |version: &str| outcome(&format!("Geth/v{version}/linux"), "eth_sendTransaction", &priced);
    assert!(of("1.14.8").is_ok());
    assert_eq!(of("1.14.9"), Err(Reason::NotRead));
}

#[test]
fn overrides_that_one_client_knows_and_another_does_not() {
    let moved = format!(
        r#"[{},"latest",{{{BOB:?}:{{"movePrecompileToAddress":{ALICE:?}}}}}]"#,
        call()
    );
    read_by(
        "eth_call",
        &moved,
        &[GETH, BESU, NETHERMIND, OLD_NETHERMIND, RETH, ANVIL],
    );
    let simulated = r#"[{"blockStateCalls":[{"blockOverrides":{"difficulty":"0x1"},"calls":[]}]}]"#;
    for (text, good) in [(GETH, true), (NETHERMIND, false), (NOBODY, false)] {
        assert_eq!(outcome(text, "eth_simulateV1", simulated).is_ok(), good, "{text}");
    }
}

#[test]
fn subscriptions_have_the_options_of_the_client() {
    let params = r#"["newPendingTransactions",true]"#;
    assert_eq!(outcome(GETH, "eth_subscribe", params).as_deref(), Ok(params));
    let object = r#"["newPendingTransactions",{"includeTransactions":true}]"#;
    assert_eq!(outcome(BESU, "eth_subscribe", params).as_deref(), Ok(object));
    assert_eq!(outcome(BESU, "eth_subscribe", object).as_deref(), Ok(object));
    assert_eq!(outcome(GETH, "eth_subscribe", object), Err(Reason::WrongType));
    assert_eq!(
        outcome(
            BESU,
            "eth_subscribe",
            r#"["newPendingTransactions",{"includetransactions":true}]"#
        ),
        Err(Reason::UnknownMember)
    );
}

#[test]
fn what_is_refused_for_a_client_names_it_and_the_parameter() {
    let error = written_for(&client(OLD_BESU), "eth_call", &format!(r#"[{},"latest",{{}}]"#, call())).unwrap_err();
    assert_eq!(error.param(), Some(2));
    assert_eq!(error.reason().code(), "not_read_by_client");
    assert!(
        error.message().contains("`stateOverrides`") && error.message().contains("besu 24.7.0"),
        "{error}"
    );
}
