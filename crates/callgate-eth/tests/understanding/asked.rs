//! What calls ask about: every address, slot, topic, block and transaction that a read names is told.

use callgate_eth::catalogue::{self, Access, Carrier, Method, Param, ParamType};

use crate::every_method::plausible;
use crate::support::{ALICE, BOB, NEWEST, client, serving, with, written, written_for};

const HASH: &str = "0xabababababababababababababababababababababababababababababababab";
const TOPIC: &str = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";

/// What the call asks about, as it is told.
fn asked(method: &str, params: &str) -> Vec<String> {
    with(&serving(method), method, params, |call| {
        let call = call.unwrap_or_else(|error| panic!("{method} {params}: {error}"));
        call.asked().iter().map(ToString::to_string).collect()
    })
}

fn asks(method: &Method) -> bool {
    let reads = matches!(
        method.access(),
        Access::Read | Access::Call | Access::Filter | Access::Subscription | Access::Debug
    );
    reads && method.carrier() == Carrier::None
}

/// A value of its own for every parameter that something can be asked about by, and how it is told.
fn telling(method: &Method, param: &Param, place: usize) -> (String, Option<String>) {
    let address = format!("0x{:040x}", 0xa000 + place);
    let number = 0xb000 + place;
    let hash = format!("0x{:064x}", 0xc000 + place);
    match param.kind() {
        ParamType::Address => (format!("{address:?}"), Some(address)),
        ParamType::Hash => (format!("{hash:?}"), Some(hash)),
        ParamType::Block => (format!("\"{number:#x}\""), Some(number.to_string())),
        ParamType::Filter if method.name() != "eth_subscribe" => (
            format!("{{\"address\":{address:?},\"topics\":[{hash:?}]}}"),
            Some(format!("{address} with topics {hash}")),
        ),
        _ => (plausible(method, param), None),
    }
}

#[test]
fn every_account_hash_block_and_filter_that_a_read_names_is_told() {
    let mut methods = 0;
    for method in catalogue::all().iter().filter(|method| asks(method)) {
        let values: Vec<_> = method
            .params()
            .iter()
            .enumerate()
            .map(|(place, param)| telling(method, param, place))
            .collect();
        if values.iter().all(|(_, told)| told.is_none()) {
            continue;
        }
        // Clients differ in how many parameters they take: as many as any takes.
        for count in (method.required()..=values.len()).rev() {
            let params: Vec<_> = values.iter().take(count).map(|(value, _)| value.as_str()).collect();
            let params = format!("[{}]", params.join(","));
            let takes = |text: &&&str| written_for(&client(text), method.name(), &params).is_ok();
            let Some(text) = NEWEST.iter().find(takes) else {
                continue;
            };
            let told = with(&client(text), method.name(), &params, |call| {
                let call = call.unwrap();
                call.asked()
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join("; ")
            });
            for (_, expected) in values.iter().take(count) {
                let is_told = expected
                    .as_ref()
                    .is_none_or(|expected| told.contains(expected.as_str()));
                assert!(is_told, "{} {params} tells `{told}`, not {expected:?}", method.name());
            }
            methods += 1;
            break;
        }
    }
    assert!(methods >= 175, "only {methods} methods were tried");
}

#[test]
fn reads_tell_what_they_ask_about() {
    let block = format!("block {HASH}");
    for (method, params, expected) in [
        ("eth_blockNumber", "[]".to_owned(), vec![]),
        (
            "eth_getBalance",
            format!("[{ALICE:?}]"),
            vec![format!("account {ALICE}"), "block latest".to_owned()],
        ),
        (
            "eth_getStorageAt",
            format!("[{ALICE:?},\"0x10\",{{\"blockHash\":{HASH:?}}}]"),
            vec![
                format!("account {ALICE}"),
                format!("slots 0x10 of {ALICE}"),
                block.clone(),
            ],
        ),
        (
            "eth_getProof",
            format!(
                "[{ALICE:?},[\"0x1\",\"0x{:064x}\",\"0x3\",\"0x4\",\"0x5\",\"0x6\"],\"safe\"]",
                2
            ),
            vec![
                format!("account {ALICE}"),
                format!("slots 0x1, 0x2, 0x3, 0x4 and 2 more of {ALICE}"),
                "block safe".to_owned(),
            ],
        ),
        (
            "eth_getProof",
            format!("[{ALICE:?},[]]"),
            vec![format!("account {ALICE}"), "block latest".to_owned()],
        ),
        (
            "eth_getStorageValues",
            format!("[{{{ALICE:?}:[\"0x1\"],{BOB:?}:[\"0x2\"]}},\"0xa\"]"),
            vec![
                format!("account {ALICE}"),
                format!("slots 0x1 of {ALICE}"),
                format!("account {BOB}"),
                format!("slots 0x2 of {BOB}"),
                "block 10".to_owned(),
            ],
        ),
        (
            "eth_getMultiProof",
            format!("[[[{ALICE:?},[\"0x1\"]]],\"0xa\"]"),
            vec![
                format!("account {ALICE}"),
                format!("slots 0x1 of {ALICE}"),
                "block 10".to_owned(),
            ],
        ),
        (
            "eth_getTransactionByHash",
            format!("[{HASH:?}]"),
            vec![format!("transaction {HASH}")],
        ),
        (
            "eth_getTransactionByBlockHashAndIndex",
            format!("[{HASH:?},\"0x3\"]"),
            vec![block.clone(), format!("transaction 3 of block {HASH}")],
        ),
        (
            "eth_getTransactionByBlockNumberAndIndex",
            "[\"latest\",\"0x0\"]".to_owned(),
            vec!["block latest".to_owned(), "transaction 0 of block latest".to_owned()],
        ),
        (
            "eth_getUncleByBlockHashAndIndex",
            format!("[{HASH:?},\"0x3\"]"),
            vec![block.clone()],
        ),
        (
            "ots_getTransactionBySenderAndNonce",
            format!("[{ALICE:?},7]"),
            vec![
                format!("account {ALICE}"),
                format!("transaction of {ALICE} with nonce 7"),
            ],
        ),
        (
            "ots_searchTransactionsBefore",
            format!("[{ALICE:?},100,25]"),
            vec![format!("account {ALICE}"), "blocks up to 100".to_owned()],
        ),
        (
            "ots_searchTransactionsAfter",
            format!("[{ALICE:?},100,25]"),
            vec![format!("account {ALICE}"), "blocks from 100 on".to_owned()],
        ),
        (
            "eth_feeHistory",
            "[5,\"latest\",[]]".to_owned(),
            vec!["5 blocks up to latest".to_owned()],
        ),
        (
            "reth_getBlockExecutionOutcome",
            "[\"0x5\",3]".to_owned(),
            vec!["block 5".to_owned(), "3 blocks from 5 on".to_owned()],
        ),
        (
            "eth_getBlockRange",
            "[\"0x5\",\"0x9\",true]".to_owned(),
            vec!["blocks 5 to 9".to_owned()],
        ),
        (
            "debug_getModifiedAccountsByNumber",
            "[5,9]".to_owned(),
            vec!["blocks 5 to 9".to_owned()],
        ),
        (
            "debug_getModifiedAccountsByHash",
            format!("[{HASH:?},{TOPIC:?}]"),
            vec![format!("blocks {HASH} to {TOPIC}")],
        ),
        (
            "debug_traceTransaction",
            format!("[{HASH:?}]"),
            vec![format!("transaction {HASH}")],
        ),
        ("debug_traceBlockByHash", format!("[{HASH:?}]"), vec![block.clone()]),
        (
            "debug_storageRangeAt",
            format!("[{HASH:?},0,{ALICE:?},\"0x\",5]"),
            vec![block.clone(), format!("account {ALICE}")],
        ),
        (
            "debug_preimage",
            format!("[{HASH:?}]"),
            vec![format!("what has the hash {HASH}")],
        ),
        (
            "eth_getUserOperationByHash",
            format!("[{HASH:?}]"),
            vec![format!("user operation {HASH}")],
        ),
        ("erigon_getHeaderByHash", format!("[{HASH:?}]"), vec![block.clone()]),
        (
            "flashbots_getFeeRefundsByRecipient",
            format!("[{{\"cursor\":\"x\",\"recipient\":{ALICE:?}}}]"),
            vec![format!("account {ALICE}")],
        ),
        (
            "txpool_besuPendingTransactions",
            format!("[\"0x5\",{{\"from\":{{\"eq\":{ALICE:?}}},\"to\":{{\"eq\":{BOB:?}}},\"gas\":{{\"lt\":\"0x1\"}}}}]"),
            vec![format!("account {ALICE}"), format!("account {BOB}")],
        ),
        ("clique_getSigner", "[\"0x5\"]".to_owned(), vec!["block 5".to_owned()]),
        ("clique_getSigner", format!("[\"0x{}\"]", "f9".repeat(40)), vec![]),
    ] {
        assert_eq!(asked(method, &params), expected, "{method} {params}");
    }
}

#[test]
fn log_filters_tell_emitters_topics_and_blocks_in_every_form() {
    for (method, filter, expected) in [
        (
            "eth_getLogs",
            "{}".to_owned(),
            "logs of any contract in blocks latest to latest".to_owned(),
        ),
        (
            "eth_getLogs",
            format!("{{\"address\":[],\"topics\":[],\"blockHash\":{HASH:?}}}"),
            format!("logs of any contract in block {HASH}"),
        ),
        (
            "eth_getLogs",
            format!(
                "{{\"address\":[{ALICE:?},{BOB:?}],\"topics\":[null,{TOPIC:?},[{HASH:?},{TOPIC:?}]],\"fromBlock\":\"earliest\",\"toBlock\":\"0x10\"}}"
            ),
            format!("logs of {ALICE}, {BOB} with topics any, {TOPIC}, {HASH} | {TOPIC} in blocks earliest to 16"),
        ),
        (
            "erigon_getLogs",
            format!("{{\"address\":{ALICE:?},\"fromBlock\":\"0x1\"}}"),
            format!("logs of {ALICE} in blocks from 1 on"),
        ),
        (
            "eth_newFilter",
            "{}".to_owned(),
            "logs of any contract in blocks to come".to_owned(),
        ),
        (
            "eth_newFilter",
            format!("{{\"topics\":[{TOPIC:?}],\"toBlock\":\"0x10\"}}"),
            format!("logs of any contract with topics {TOPIC} in blocks up to 16"),
        ),
    ] {
        assert_eq!(asked(method, &format!("[{filter}]")), [expected], "{method} {filter}");
    }
    assert_eq!(
        asked("eth_subscribe", &format!("[\"logs\",{{\"address\":{ALICE:?}}}]")),
        [format!("logs of {ALICE} in blocks to come")]
    );
    assert_eq!(
        asked("eth_subscribe", "[\"logs\"]"),
        ["logs of any contract in blocks to come"]
    );
    assert!(asked("eth_subscribe", "[\"newHeads\"]").is_empty());
}

/// Clients begin at different blocks when a call does not say where: what is told is what is written for this one.
#[test]
fn a70_a_missing_beginning_is_what_this_client_takes_it_for() {
    for (client_text, logs, polled, traces) in [
        ("Geth/v1.17.8/linux-amd64/go1.25.1", "latest", None, Some("earliest")),
        (
            "besu/v26.8.0/linux-x86_64/openjdk-java-21",
            "latest",
            None,
            Some("latest"),
        ),
        (
            "Nethermind/v1.39.0+ab/linux-x64/dotnet10.0.0",
            "earliest",
            Some("earliest"),
            Some("latest"),
        ),
        (
            "reth/v2.5.1-a1b2c3d4/x86_64-unknown-linux-gnu",
            "latest",
            None,
            Some("earliest"),
        ),
        ("erigon/3.3.0/linux-amd64/go1.24.7", "latest", None, Some("earliest")),
        ("acme/v1", "latest", Some("latest"), None),
    ] {
        let write = |method, params: &str| written_for(&client(client_text), method, params);
        assert_eq!(
            write("eth_getLogs", "[{}]").unwrap(),
            format!("[{{\"fromBlock\":{logs:?},\"toBlock\":\"latest\"}}]")
        );
        let polled = polled.map_or_else(String::new, |tag| format!("\"fromBlock\":{tag:?}"));
        assert_eq!(write("eth_newFilter", "[{}]").unwrap(), format!("[{{{polled}}}]"));
        let traced = write("trace_filter", &format!("[{{\"toAddress\":[{ALICE:?}]}}]"));
        match traces {
            Some(tag) => assert_eq!(
                traced.unwrap(),
                format!("[{{\"fromBlock\":{tag:?},\"toBlock\":\"latest\",\"toAddress\":[{ALICE:?}]}}]")
            ),
            None => assert!(traced.unwrap_err().message().contains("needs `fromBlock`")),
        }
    }
    with(
        &client("reth/v2.5.1-a1b2c3d4/x86_64-unknown-linux-gnu"),
        "trace_filter",
        &format!("[{{\"fromAddress\":[{ALICE:?}],\"toBlock\":\"0x9\"}}]"),
        |call| {
            let told: Vec<_> = call.unwrap().asked().iter().map(ToString::to_string).collect();
            assert_eq!(
                told,
                [format!("traces from {ALICE} to anybody in blocks earliest to 9")]
            );
        },
    );
}

#[test]
fn calls_tell_the_block_they_run_on_and_sends_ask_nothing() {
    let call = format!("{{\"from\":{ALICE:?},\"to\":{BOB:?}}}");
    assert_eq!(asked("eth_call", &format!("[{call}]")), ["block latest"]);
    assert_eq!(
        asked(
            "eth_callMany",
            &format!("[[{{\"transactions\":[{call}]}}],{{\"blockNumber\":\"0x5\"}}]")
        ),
        ["block 5"]
    );
    assert!(asked("eth_sendTransaction", &format!("[{call}]")).is_empty());
    assert_eq!(
        asked(
            "mev_simBundle",
            &format!(
                "[{{\"version\":\"v0.1\",\"inclusion\":{{\"block\":\"0x1\"}},\"body\":[{{\"tx\":{:?},\"canRevert\":false}}]}},{{\"parentBlock\":\"0x7\",\"coinbase\":{ALICE:?}}}]",
                crate::raw::EIP1559
            )
        ),
        ["block 7"],
        "who is pretended to mine is not asked about"
    );
}

#[test]
fn members_that_a_form_leaves_open_are_written_again_and_those_it_knows_are_typed() {
    let params = format!("[{{\"recipient\":{ALICE:?},\"cursor\":\"a\",\"limit\":5}}]");
    assert_eq!(written("buildernet_getDelayedRefunds", &params).unwrap(), params);
    assert!(written("buildernet_getDelayedRefunds", "[{\"recipient\":\"me\"}]").is_err());
}
