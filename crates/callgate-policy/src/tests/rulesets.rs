//! policy.md section 4, methods: `chain`, `namespaces`, `methods`, sealed methods.

use callgate_eth::catalogue::{self, Access};
use serde_json::json;

use super::{app, check, compiled, decide, for_all, mistakes};
use crate::ruleset::grants::GrantedBy;

/// BAF's documented lists (baf.md 2.2).
const BAF: [(&str, &[&str]); 6] = [
    (
        "info",
        &["net_version", "eth_chainId", "eth_protocolVersion", "eth_gasPrice"],
    ),
    ("receipts", &["eth_getTransactionReceipt"]),
    (
        "blocks",
        &[
            "eth_blockNumber",
            "eth_getBlockTransactionCountByHash",
            "eth_getBlockTransactionCountByNumber",
            "eth_getBlockByHash",
            "eth_getBlockByNumber",
            "eth_getUncleCountByBlockHash",
            "eth_getUncleCountByBlockNumber",
            "eth_getUncleByBlockHashAndIndex",
            "eth_getUncleByBlockNumberAndIndex",
        ],
    ),
    (
        "transactions",
        &[
            "eth_getLogs",
            "eth_getCode",
            "eth_getTransactionByHash",
            "eth_getTransactionByBlockHashAndIndex",
            "eth_getTransactionByBlockNumberAndIndex",
        ],
    ),
    ("pending", &["eth_pendingTransactions"]),
    (
        "filter",
        &["eth_uninstallFilter", "eth_getFilterChanges", "eth_getFilterLogs"],
    ),
];

/// By what a ruleset grants a method.
fn granted(ruleset: &str, method: &str) -> Option<GrantedBy> {
    let compiled = compiled(&for_all(ruleset));
    let subject = app(&compiled, "x");
    let method = catalogue::method(method).unwrap();
    let by = subject.rules_of().grants.granted_by(method);
    let bit = subject.rules_of().grants.contains(method) || subject.rules_of().grants.unseals(method);
    assert_eq!(by.is_some(), bit, "the bit is the table");
    by
}

#[test]
fn chain_switches_grant_the_methods_baf_documents() {
    for (switch, methods) in BAF {
        for method in methods {
            assert!(
                granted(&format!("chain: {{ {switch}: true }}"), method).is_some(),
                "{switch} {method}"
            );
            assert!(
                granted(&format!("chain: {{ {switch}: false }}"), method).is_none(),
                "{switch} {method}"
            );
        }
        for (other, _) in BAF.iter().filter(|(other, _)| *other != switch) {
            let only_other = format!("chain: {{ {other}: true }}");
            for method in methods {
                assert!(granted(&only_other, method).is_none(), "{other} {method}");
            }
        }
    }
}

#[test]
fn chain_switches_of_ours_grant_their_groups() {
    for (switch, method) in [
        ("state", "eth_getBalance"),
        ("state", "eth_getCode"),
        ("state", "eth_getTransactionCount"),
        ("fees", "eth_gasPrice"),
        ("fees", "eth_feeHistory"),
        ("info", "web3_clientVersion"),
        ("receipts", "eth_getBlockReceipts"),
        ("subscribe", "eth_subscribe"),
        ("subscribe", "eth_unsubscribe"),
    ] {
        assert!(
            granted(&format!("chain: {{ {switch}: true }}"), method).is_some(),
            "{switch} {method}"
        );
    }
}

#[test]
fn all_switches_together_grant_no_carrier_and_nothing_sealed() {
    let all = "chain: { info: true, blocks: true, receipts: true, transactions: true, pending: true, filter: true, state: true, fees: true, subscribe: true }";
    let compiled = compiled(&for_all(all));
    let subject = app(&compiled, "x");
    for method in catalogue::all() {
        if subject.rules_of().grants.contains(method) {
            let name = method.name();
            assert!(
                !method.is_sealed() && method.carrier() == catalogue::Carrier::None,
                "{name}"
            );
            assert!(
                matches!(method.access(), Access::Read | Access::Filter | Access::Subscription),
                "{name}"
            );
            let is_foreign = !name.starts_with("eth_") && method.access() != Access::Read;
            assert!(!is_foreign, "{name}: ids of other namespaces are not understood");
        }
    }
}

#[test]
fn what_nothing_grants_is_denied() {
    check(
        &for_all("chain: { info: true }"),
        r#"
- { name: granted, as: { id: a }, call: { method: eth_chainId }, expect: allow, reason: method_granted }
- { name: not granted, as: { id: a }, call: { method: eth_blockNumber }, expect: deny, reason: method_not_granted }
- { name: call without tx, as: { id: a }, call: { method: eth_call, params: [ { to: "0x0000000000000000000000000000000000000001" }, latest ] }, expect: deny, reason: method_not_granted }
- { name: unknown, as: { id: a }, call: { method: foo_bar }, expect: deny, reason: unknown_method }
- { name: sealed, as: { id: a }, call: { method: debug_setHead, params: [ "0x1" ] }, expect: deny, reason: method_sealed }
"#,
    );
    assert!(granted("tx: []", "eth_chainId").is_none());
}

#[test]
fn a_filter_needs_filter_and_the_switch_of_what_it_shows() {
    for (method, params, group) in [
        ("eth_newFilter", json!([{}]), "transactions"),
        ("eth_newBlockFilter", json!([]), "blocks"),
        ("eth_newPendingTransactionFilter", json!([]), "pending"),
    ] {
        for (switches, allowed) in [
            (format!("filter: true, {group}: true"), true),
            ("filter: true".to_owned(), false),
            (format!("{group}: true"), false),
        ] {
            let compiled = compiled(&for_all(&format!("chain: {{ {switches} }}")));
            let decision = decide(&compiled, &app(&compiled, "x"), method, params.clone());
            assert_eq!(
                decision.reason().jsonrpc_code().is_none(),
                allowed,
                "{method} {switches}"
            );
        }
    }
    for method in ["eth_getFilterChanges", "eth_getFilterLogs", "eth_uninstallFilter"] {
        assert!(granted("chain: { filter: true }", method).is_some());
        assert!(granted("chain: { transactions: true, blocks: true, pending: true }", method).is_none());
    }
}

#[test]
fn a_subscription_needs_subscribe_and_the_switch_of_its_kind() {
    for (kind, group) in [
        ("newHeads", "blocks"),
        ("logs", "transactions"),
        ("newPendingTransactions", "pending"),
        ("syncing", "info"),
    ] {
        let with = compiled(&for_all(&format!("chain: {{ subscribe: true, {group}: true }}")));
        let decision = decide(&with, &app(&with, "x"), "eth_subscribe", json!([kind]));
        assert_eq!(decision.reason().code(), "method_granted", "{kind}");
        let without = compiled(&for_all("chain: { subscribe: true, state: true }"));
        let decision = decide(&without, &app(&without, "x"), "eth_subscribe", json!([kind]));
        assert_eq!(decision.reason().code(), "subscription_kind_not_granted", "{kind}");
        assert_eq!(decision.reason().jsonrpc_code(), Some(-32004));
        let only_kind = compiled(&for_all(&format!("chain: {{ {group}: true }}")));
        let decision = decide(&only_kind, &app(&only_kind, "x"), "eth_subscribe", json!([kind]));
        assert_eq!(decision.reason().code(), "method_not_granted", "{kind}");
        let by_name = compiled(&for_all("methods: [ eth_subscribe ]"));
        let decision = decide(&by_name, &app(&by_name, "x"), "eth_subscribe", json!([kind]));
        assert_eq!(
            decision.reason().code(),
            "subscription_kind_not_granted",
            "a name does not widen what is told"
        );
    }
    assert!(granted("chain: { subscribe: true }", "eth_unsubscribe").is_some());
    assert!(granted("chain: { blocks: true }", "eth_unsubscribe").is_none());
}

#[test]
fn subscriptions_of_other_namespaces_are_not_understood() {
    for method in catalogue::all()
        .iter()
        .filter(|method| method.access() == Access::Subscription)
    {
        let own = ["eth_subscribe", "eth_unsubscribe"].contains(&method.name());
        assert_eq!(
            granted("chain: { subscribe: true }", method.name()).is_some(),
            own,
            "{}",
            method.name()
        );
    }
}

#[test]
fn a_namespace_grants_its_reads_only() {
    for namespace in ["debug", "txpool", "eth", "admin", "trace", "engine", "personal"] {
        let compiled = compiled(&for_all(&format!("namespaces: {{ {namespace}: true }}")));
        let subject = app(&compiled, "x");
        for method in catalogue::all() {
            let expected = method.namespace() == namespace && method.access() == Access::Read && !method.is_sealed();
            assert_eq!(
                subject.rules_of().grants.contains(method),
                expected,
                "{}",
                method.name()
            );
        }
    }
    assert!(granted("namespaces: { txpool: false }", "txpool_status").is_none());
    assert!(mistakes(&for_all("namespaces: { txpol: true }")).contains("did you mean `txpool`?"));
}

#[test]
fn methods_grant_by_exact_name() {
    check(
        &for_all("methods: [ eth_blockNumber, foo_bar, rpc.discover ]"),
        r#"
- { name: by name, as: { id: a }, call: { method: eth_blockNumber }, expect: allow }
- { name: unknown by name, as: { id: a }, call: { method: foo_bar, params: [ 1 ] }, expect: allow }
- { name: another case, as: { id: a }, call: { method: foo_Bar }, expect: deny, reason: unknown_method }
- { name: longer, as: { id: a }, call: { method: foo_barx }, expect: deny, reason: unknown_method }
- { name: dot is a dot, as: { id: a }, call: { method: rpc_discover }, expect: deny }
"#,
    );
    let warnings = compiled(&for_all("methods: [ eth_blockNumbr ]")).warnings.render(false);
    assert!(
        warnings.contains("not in the catalogue") && warnings.contains("did you mean `eth_blockNumber`?"),
        "{warnings}"
    );
}

#[test]
fn patterns_need_a_written_unsafe_pattern() {
    let text = mistakes(&for_all("methods: [ \"eth_get.*\" ]"));
    assert!(
        text.contains("not a method name") && text.contains("unsafe_pattern"),
        "{text}"
    );
    let ruleset = "unsafe_pattern: true\nmethods: [ \"eth_get.*\", \"debug_.*|foo_x\" ]";
    for (method, expected) in [
        ("eth_getBalance", true),
        ("eth_blockNumber", false),
        ("debug_setHead", false),
        ("debug_getBadBlocks", true),
    ] {
        assert_eq!(granted(ruleset, method).is_some(), expected, "{method}");
    }
    check(
        &for_all(ruleset),
        r#"
- { name: outside the catalogue, as: { id: a }, call: { method: eth_getSomething }, expect: deny, reason: unknown_method }
- { name: case counts, as: { id: a }, call: { method: eth_GETSomething }, expect: deny, reason: unknown_method }
- { name: whole names, as: { id: a }, call: { method: xeth_getSomething }, expect: deny, reason: unknown_method }
- { name: sealed is not for patterns, as: { id: a }, listener: operator, call: { method: debug_setHead, params: [ "0x1" ] }, expect: deny, reason: method_sealed }
"#,
    );
    assert!(mistakes(&for_all("unsafe_pattern: true\nmethods: [ \"eth_(\" ]")).contains("unclosed"));
}

#[test]
fn sealed_methods_need_their_name_and_an_operator_listener() {
    check(
        &for_all("methods: [ debug_setHead ]\nnamespaces: { debug: true }"),
        r#"
- { name: at the operators' door, as: { id: a }, listener: operator, call: { method: debug_setHead, params: [ "0x1" ] }, expect: allow }
- { name: at the public door, as: { id: a }, call: { method: debug_setHead, params: [ "0x1" ] }, expect: deny, reason: operator_listener_required }
- { name: another, as: { id: a }, listener: operator, call: { method: anvil_mine, params: [] }, expect: deny, reason: method_sealed }
"#,
    );
    let warnings = compiled(&for_all("methods: [ debug_setHead ]")).warnings.render(false);
    assert!(
        warnings.contains("sealed") && warnings.contains("operator: true"),
        "{warnings}"
    );
}

#[test]
fn carriers_granted_by_name_stay_subject_to_tx() {
    check(
        &for_all("methods: [ eth_call ]"),
        r#"
- { name: no entry, as: { id: a }, call: { method: eth_call, params: [ { to: "0x0000000000000000000000000000000000000001" }, latest ] }, expect: deny, reason: no_rule_matches }
"#,
    );
}
