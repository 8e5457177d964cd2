//! Every entry of the catalogue goes through `understand`: with nothing, with plausible parameters, with absurd ones.

use callgate_eth::catalogue::{self, Access, Carrier, Method, Param, ParamType};
use callgate_eth::{Context, Dialect, Misunderstood, Reason};

use crate::signed::vector;
use crate::support::{ALICE, CHAIN, NEWEST, NODE, client, serving, with, written_for};

/// A key of a participant.
const PARTICIPANT: &str = "\"A1aVtMxLCUHmBVHXoZzzBgPbW/wj5axDpW9X8l91SGo=\"";

/// A value of the parameter's type that any client would take.
pub(crate) fn plausible(method: &Method, param: &Param) -> String {
    let hash = format!("\"0x{}\"", "ab".repeat(32));
    let raw = format!("{:?}", crate::raw::EIP1559);
    let call = format!("{{\"from\":{ALICE:?},\"to\":{ALICE:?}}}");
    match (method.name(), param.name()) {
        (_, "filterId") | ("eth_unsubscribe", _) => return "\"0x10\"".to_owned(),
        ("eth_subscribe", "kind") => return "\"logs\"".to_owned(),
        ("eth_subscribe", "options") => return "{}".to_owned(),
        ("eth_getStorageValues", "requests") => return format!("{{{ALICE:?}:[\"0x0\"]}}"),
        ("eth_getMultiProof", "targets") => return format!("[[{ALICE:?},[\"0x0\"]]]"),
        ("clique_getSigner", _) => return "\"latest\"".to_owned(),
        ("eth_feeHistory", "rewardPercentiles") => return "[25,50.5]".to_owned(),
        (_, "traceTypes") => return "[\"trace\"]".to_owned(),
        (_, "privacyGroupId" | "privateFrom") => return PARTICIPANT.to_owned(),
        (_, "timeoutMs") => return "1000".to_owned(),
        ("account_signData", "contentType") => return "\"text/plain\"".to_owned(),
        ("account_signData", "data") => return "\"0x1234\"".to_owned(),
        ("account_signGnosisSafeTx", "safeTx") => return format!("{{\"safe\":{ALICE:?},\"operation\":0}}"),
        ("wallet_sendCalls" | "wallet_prepareCalls", _) => {
            return format!("{{\"from\":{ALICE:?},\"chainId\":\"{CHAIN:#x}\",\"calls\":[{{\"to\":{ALICE:?}}}]}}");
        }
        ("anvil_reorg", "txBlockPairs") => return format!("[[{raw},0],[{call},1]]"),
        (_, "payload") if method.name().ends_with("_simulateV1") => {
            return format!("{{\"blockStateCalls\":[{{\"calls\":[{call}]}}]}}");
        }
        (_, "bundles") => return format!("[{{\"transactions\":[{call}]}}]"),
        ("trace_callMany", "calls") => return format!("[[{call},[\"trace\"]]]"),
        ("mev_sendBundle" | "mev_simBundle", "bundle") => {
            return format!(
                "{{\"version\":\"v0.1\",\"inclusion\":{{\"block\":\"0x1\"}},\"body\":[{{\"tx\":{raw},\"canRevert\":false}}]}}"
            );
        }
        ("eth_sendBundle" | "eth_callBundle", "bundle") => {
            return format!("{{\"txs\":[{raw}],\"blockNumber\":\"0x1\"}}");
        }
        ("eth_sendPrivateTransaction", "request") => return format!("{{\"tx\":{raw}}}"),
        ("eea_sendTransaction", _) => {
            return format!(
                "{{\"from\":{ALICE:?},\"privateFrom\":{PARTICIPANT},\"privateFor\":[{PARTICIPANT}],\"restriction\":\"restricted\"}}"
            );
        }
        ("overlay_getLogs", "filter") => return format!("{{\"address\":{ALICE:?}}}"),
        (_, "userOperations") => return format!("[{}]", user_operation()),
        (_, "transaction") if method.namespace() == "quorumExtension" => {
            return format!("{{\"from\":{ALICE:?},\"privateFor\":[{PARTICIPANT}]}}");
        }
        (_, "transaction") if method.namespace() == "quorumPermission" && method.access() == Access::Write => {
            return format!("{{\"from\":{ALICE:?}}}");
        }
        ("eth_sendRawPrivateTransaction" | "eth_distributePrivateTransaction", "transaction") => {
            return format!("{:?}", vector("quorum/call"));
        }
        (_, "privateArgs") => return format!("{{\"privateFor\":[{PARTICIPANT}]}}"),
        ("eea_sendRawTransaction" | "priv_distributeRawTransaction", "transaction") => {
            return format!("{:?}", vector("restricted/members"));
        }
        (
            "debug_traceBlock" | "debug_traceTransactionInBlockByHash" | "debug_traceTransactionInBlockByIndex",
            "block",
        ) => {
            return format!("{:?}", crate::signed::block());
        }
        _ => {}
    }
    match param.kind() {
        ParamType::Block => "\"latest\"".to_owned(),
        ParamType::Hash => hash,
        ParamType::Address => format!("{ALICE:?}"),
        ParamType::Quantity => "\"0x1\"".to_owned(),
        ParamType::Data => "\"0x1234\"".to_owned(),
        ParamType::CallObject | ParamType::TransactionObject => call,
        ParamType::Filter | ParamType::Object | ParamType::StateOverride | ParamType::BlockOverride => "{}".to_owned(),
        ParamType::TraceConfig => "{\"tracer\":\"callTracer\"}".to_owned(),
        ParamType::Boolean => "true".to_owned(),
        ParamType::String | ParamType::SubscriptionType => "\"text\"".to_owned(),
        ParamType::Other => "[]".to_owned(),
        ParamType::RawTransaction => raw,
        ParamType::RawTransactionList => format!("[{raw}]"),
        ParamType::TypedData => crate::typed_data::MAIL.to_owned(),
        ParamType::UserOperation => user_operation(),
        ParamType::CallObjectList => "[]".to_owned(),
    }
}

fn user_operation() -> String {
    format!("{{\"sender\":{ALICE:?},\"nonce\":\"0x0\",\"callData\":\"0x1234\",\"signature\":\"0x\"}}")
}

fn params(method: &Method, count: usize) -> String {
    let values: Vec<_> = method
        .params()
        .iter()
        .take(count)
        .map(|param| plausible(method, param))
        .collect();
    format!("[{}]", values.join(","))
}

/// Optional parameters that are never taken, whatever their value.
fn takes_all(method: &Method) -> bool {
    !matches!(
        method.name(),
        "debug_getBadBlocks" | "eth_callMany" | "eth_sendUserOperation"
    )
}

fn written(method: &Method, params: &str) -> Result<String, Misunderstood> {
    written_for(&serving(method.name()), method.name(), params)
}

#[test]
fn every_method_is_understood_with_plausible_parameters_or_says_what_is_not_understood() {
    for method in catalogue::all() {
        for count in [method.required(), method.params().len()] {
            if count == method.params().len() && !takes_all(method) {
                continue;
            }
            let params = params(method, count);
            // With all its parameters, by some client that reads them all.
            let newest = || {
                NEWEST
                    .iter()
                    .map(|text| written_for(&client(text), method.name(), &params))
            };
            let outcome = match written(method, &params) {
                Err(error) if error.reason() == Reason::NotRead => newest().find_map(Result::ok).ok_or(error),
                outcome => outcome,
            };
            match (method.carrier(), outcome) {
                (Carrier::None | Carrier::Understood | Carrier::Opaque(_), Ok(_)) => {}
                (Carrier::NotUnderstood(why), Err(error)) => {
                    assert_eq!(error.reason(), Reason::OperationsNotUnderstood);
                    assert!(
                        error.message().contains(method.name()) && error.message().contains(why),
                        "{error}"
                    );
                    assert_eq!(error.code(), -32602);
                }
                (Carrier::NotUnderstood(_), Ok(written)) => panic!("{} {params} passes as {written}", method.name()),
                (_, Err(error)) => panic!("{} {params}: {error}", method.name()),
            }
        }
    }
}

#[test]
fn every_understood_method_yields_operations_of_its_kind_and_their_places() {
    for method in catalogue::all() {
        let Some(kind) = method.operation() else {
            continue;
        };
        // The node's own pool stands in for transactions that are left out.
        let count = match method.namespace() {
            "testing" => method.params().len(),
            _ => method.required(),
        };
        with(&serving(method.name()), method.name(), &params(method, count), |call| {
            let call = call.unwrap();
            assert!(!call.operations().is_empty(), "{} yields nothing", method.name());
            for operation in call.operations() {
                assert_eq!(operation.kind(), kind, "{}", method.name());
                let place = operation.position();
                assert!(place.to_string().starts_with(&format!("params[{}]", place.param())));
                assert!(place.param() < method.params().len(), "{}: {place}", method.name());
                assert!(operation.sender().is_ok(), "{}", method.name());
            }
        });
    }
}

#[test]
fn a15_every_method_refuses_a_parameter_too_few_or_too_many() {
    for method in catalogue::all()
        .iter()
        .filter(|method| !matches!(method.carrier(), Carrier::NotUnderstood(_)))
    {
        if let Some(fewer) = method.required().checked_sub(1) {
            let error = written(method, &params(method, fewer)).unwrap_err();
            assert_eq!(
                (error.reason(), error.param()),
                (Reason::WrongArity, Some(fewer)),
                "{}",
                method.name()
            );
        }
        if method.params().last().is_some_and(Param::is_variadic) {
            continue;
        }
        let all = params(method, method.params().len());
        let more = if method.params().is_empty() {
            "[0]".to_owned()
        } else {
            all.replacen(']', ",0]", 0)
        };
        let more = if more == all {
            format!("{},0]", all.strip_suffix(']').unwrap())
        } else {
            more
        };
        let error = written(method, &more).unwrap_err();
        assert_eq!(
            (error.reason(), error.param()),
            (Reason::WrongArity, Some(method.params().len())),
            "{}",
            method.name()
        );
    }
}

#[test]
fn a14_every_required_parameter_refuses_null() {
    for method in catalogue::all()
        .iter()
        .filter(|method| !matches!(method.carrier(), Carrier::NotUnderstood(_)))
    {
        for position in 0..method.required() {
            let mut values: Vec<_> = method
                .params()
                .iter()
                .take(method.required())
                .map(|param| plausible(method, param))
                .collect();
            values[position] = "null".to_owned();
            let error = written(method, &format!("[{}]", values.join(","))).unwrap_err();
            assert_eq!(
                error.reason(),
                Reason::NullParameter,
                "{} {position}: {error}",
                method.name()
            );
            assert_eq!(error.param(), Some(position));
        }
    }
}

#[test]
fn no_method_panics_on_absurd_parameters() {
    let absurd = [
        "null",
        "true",
        "0",
        "-1",
        "1.5",
        "1e3",
        "18446744073709551615",
        "\"\"",
        "\"0x\"",
        "\"0x0\"",
        "\"0X1\"",
        "\"latest\"",
        "[]",
        "[[]]",
        "[[[[]]]]",
        "[null]",
        "{}",
        "{\"\":null}",
        "{\"from\":{}}",
        "{\"0x\":{\"code\":1}}",
    ];
    let contexts = Dialect::ALL.map(|dialect| Context {
        chain_id: None,
        client: dialect.into(),
    });
    for method in catalogue::all() {
        for value in absurd {
            for count in 0..=method.params().len() {
                let params = format!("[{}]", vec![value; count].join(","));
                for context in [&NODE, &contexts[count % contexts.len()]] {
                    with(context, method.name(), &params, |_| ());
                }
            }
        }
    }
}

#[test]
fn a_method_that_nobody_knows_has_no_facts_and_is_written_again() {
    let params = r#"[{"b":[1,-2,3.5,true,null,"\u00e9"],"a":{}},"0xAB"]"#;
    with(&NODE, "acme_doThings", params, |call| {
        let call = call.unwrap();
        assert_eq!(call.method_name(), "acme_doThings");
        assert!(call.method().is_none() && call.operations().is_empty());
        assert_eq!(
            (call.handle(), call.makes(), call.subscription_kind()),
            (None, None, None)
        );
    });
    assert_eq!(
        written_for(&NODE, "acme_doThings", params).unwrap(),
        r#"[{"b":[1,-2,3.5,true,null,"é"],"a":{}},"0xAB"]"#
    );
}

#[test]
fn a20_names_that_go_clients_take_for_subscriptions_stay_out() {
    for name in [
        "eth_zzz_subscribe",
        "debug_x_subscribe",
        "eth_a_unsubscribe",
        "acme_subscribe",
        "eth_getBalance_subscribe",
    ] {
        let error = written_for(&NODE, name, r#"["newPendingTransactions"]"#).unwrap_err();
        assert_eq!(error.reason(), Reason::OperationsNotUnderstood, "{name}");
    }
    for name in [
        "debug_subscribe",
        "admin_subscribe",
        "priv_subscribe",
        "reth_subscribeChainNotifications",
        "admin_peerEvents",
    ] {
        let error = written_for(&NODE, name, r#"["x"]"#).unwrap_err();
        assert_eq!(error.reason(), Reason::OperationsNotUnderstood, "{name}");
    }
}
