//! What the node may answer to a call.

use alloy_primitives::{hex, keccak256};
use callgate_eth::catalogue;
use callgate_eth::{Context, Dialect, SubscriptionKind, Unexpected};

use crate::raw::EIP1559;
use crate::signed::vector;
use crate::support::{ALICE, NODE, node, serving, with};

/// Checks an answer to a call.
fn answer(context: &Context, method: &str, params: &str, result: &str) -> Result<(), Unexpected> {
    with(context, method, params, |call| {
        call.unwrap_or_else(|error| panic!("{method}: {error}"))
            .expected()
            .check(result.as_bytes())
    })
}

#[test]
fn results_are_of_the_kind_of_their_method() {
    let hash = format!("\"0x{}\"", "ab".repeat(32));
    let (shorter, longer) = (hash.replacen("ab", "", 1), hash.replacen("ab", "abab", 1));
    let address = format!("{ALICE:?}");
    let (addresses, hashes) = (format!("[{address},{address}]"), format!("[{address},{hash}]"));
    for (method, params, good, bad) in [
        (
            "eth_blockNumber",
            "[]".to_owned(),
            vec!["\"0x1\"", "\"0x0\""],
            vec!["1", "\"1\"", "\"0x\"", "\"0xg\"", "{}", "[]", "true", "\"\\u0030x1\""],
        ),
        (
            "eth_getBalance",
            format!("[{ALICE:?}]"),
            vec!["\"0x0\"", "null"],
            vec!["\"latest\"", "1e3", "{\"balance\":\"0x0\"}"],
        ),
        (
            "eth_call",
            format!("[{{\"to\":{ALICE:?}}}]"),
            vec!["\"0x\"", "\"0xAB\""],
            vec!["\"0xabc\"", "[\"0x\"]", "\"ab\"", "false"],
        ),
        (
            "eth_accounts",
            "[]".to_owned(),
            vec!["[]"],
            vec!["{}", "[\"0x12\"]", "[{}]"],
        ),
        (
            "eth_getLogs",
            "[{}]".to_owned(),
            vec!["[]", "[{\"a\":[1]},{}]"],
            vec!["{}", "[1]", "[\"0x\"]", "null"],
        ),
        (
            "eth_syncing",
            "[]".to_owned(),
            vec!["false", "{\"currentBlock\":\"0x1\"}"],
            vec!["null", "[]", "\"no\""],
        ),
        (
            "net_version",
            "[]".to_owned(),
            vec!["\"1\"", "\"any \\n text\""],
            vec!["[]", "{}", "true"],
        ),
        (
            "eth_getTransactionReceipt",
            format!("[{hash}]"),
            vec!["null", "{}"],
            vec!["[]", "\"0x1\""],
        ),
        (
            "eth_sendTransaction",
            format!("[{{\"from\":{ALICE:?}}}]"),
            vec![&hash],
            vec![&shorter, &longer, &address, "\"0x\"", "{}"],
        ),
        (
            "eth_accounts",
            "[]".to_owned(),
            vec![&addresses],
            vec![&hashes, "[\"0x\"]"],
        ),
        (
            "debug_traceTransaction",
            format!("[{hash}]"),
            vec!["null", "[]", "1.5", "\"x\""],
            vec![],
        ),
        (
            "acme_doThings",
            "[]".to_owned(),
            vec!["null", "[]", "1.5e7", "\"x\""],
            vec![],
        ),
    ] {
        for result in good {
            assert_eq!(
                answer(&serving(method), method, &params, result),
                Ok(()),
                "{method} {result}"
            );
        }
        for result in bad {
            let outcome = answer(&serving(method), method, &params, result);
            assert!(
                matches!(outcome, Err(Unexpected::Kind { .. })),
                "{method} {result}: {outcome:?}"
            );
        }
    }
    assert_eq!(
        answer(&NODE, "eth_blockNumber", "[]", "{}").unwrap_err().to_string(),
        "the result is an object, not a quantity"
    );
    assert_eq!(
        answer(&NODE, "eth_accounts", "[]", "[\"0x1\"]")
            .unwrap_err()
            .to_string(),
        "the result is an array with other items, not an array (each item an address)"
    );
}

#[test]
fn few_methods_may_be_answered_with_anything() {
    let anything = catalogue::method("debug_traceTransaction").unwrap().answer();
    let any = catalogue::all()
        .iter()
        .filter(|method| method.answer() == anything)
        .count();
    assert_eq!(any, 10, "the tracer decides, the node's configuration, or nobody knows");
}

#[test]
fn a_sent_transaction_is_answered_with_its_own_hash() {
    let other = format!("0x{}", "ab".repeat(32));
    let params = format!("[{EIP1559:?}]");
    let ours = format!("{:#x}", keccak256(hex::decode(EIP1559).unwrap()));
    for method in [
        "eth_sendRawTransaction",
        "eth_sendRawTransactionConditional",
        "eth_sendPrivateRawTransaction",
    ] {
        let params = match method {
            "eth_sendRawTransactionConditional" => format!("[{EIP1559:?},{{}}]"),
            _ => params.clone(),
        };
        let check = |result: String| answer(&NODE, method, &params, &result);
        assert_eq!(check(format!("{ours:?}")), Ok(()));
        assert_eq!(
            check(format!("\"0x{}\"", ours.trim_start_matches("0x").to_uppercase())),
            Ok(())
        );
        let error = check(format!("{other:?}")).unwrap_err();
        assert!(matches!(error, Unexpected::Transaction { answered: Some(_), .. }));
        assert_eq!(
            error.to_string(),
            format!("the transaction sent is {ours}, the node answers with {other}")
        );
    }
    let sync = |result: &str| answer(&NODE, "eth_sendRawTransactionSync", &params, result);
    assert_eq!(
        sync(&format!("{{\"status\":\"0x1\",\"transactionHash\":{ours:?}}}")),
        Ok(())
    );
    for result in [
        format!("{{\"transactionHash\":{other:?}}}"),
        "{}".to_owned(),
        format!("{{\"transactionHash\":{ours:?},\"transactionHash\":{other:?}}}"),
        "{\"transactionHash\":null}".to_owned(),
    ] {
        assert!(matches!(sync(&result), Err(Unexpected::Transaction { .. })), "{result}");
    }
    assert!(matches!(
        answer(&NODE, "eth_sendRawTransaction", &params, "200"),
        Err(Unexpected::Kind { .. })
    ));
    assert_eq!(
        answer(&NODE, "eth_sendPrivateRawTransaction", &params, "200"),
        Ok(()),
        "a relay tells nothing"
    );
    assert_eq!(
        answer(
            &NODE,
            "eth_sendTransaction",
            &format!("[{{\"from\":{ALICE:?}}}]"),
            &format!("{other:?}")
        ),
        Ok(()),
        "nobody but the node knows what it signs"
    );
}

#[test]
fn only_goquorum_answers_a_private_transaction_with_its_hash() {
    let other = format!("\"0x{}\"", "ab".repeat(32));
    let key = "A1aVtMxLCUHmBVHXoZzzBgPbW/wj5axDpW9X8l91SGo=";
    let params = format!("[{:?},{{\"privateFor\":[\"{key}\"]}}]", vector("quorum/call"));
    let check = |dialect| answer(&node(dialect), "eth_sendRawPrivateTransaction", &params, &other);
    assert!(matches!(check(Dialect::Goquorum), Err(Unexpected::Transaction { .. })));
    assert_eq!(check(Dialect::Besu), Ok(()), "the hash of a marker transaction");
}

#[test]
fn news_is_of_the_kind_of_its_subscription() {
    let hash = format!("\"0x{}\"", "ab".repeat(32));
    for (kind, good, bad) in [
        (SubscriptionKind::NewHeads, vec!["{}"], vec!["[]", "null", "\"0x1\""]),
        (SubscriptionKind::Logs, vec!["{}"], vec!["[{}]", "false"]),
        (
            SubscriptionKind::PendingTransactions,
            vec![hash.as_str(), "{}"],
            vec!["\"0x1\"", "[]"],
        ),
        (SubscriptionKind::Syncing, vec!["true", "{}"], vec!["1", "\"x\""]),
    ] {
        for news in good {
            assert_eq!(kind.check_news(news.as_bytes()), Ok(()), "{kind:?} {news}");
        }
        for news in bad {
            assert!(kind.check_news(news.as_bytes()).is_err(), "{kind:?} {news}");
        }
    }
}
