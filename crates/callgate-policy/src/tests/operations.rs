//! policy.md section 4, `tx`: the first entry whose matchers all match decides by its permissions.

use serde_json::json;

use super::signing::{self, Body};
use super::{ALICE, BOB, CONTEXT, TOKEN, app, check, compiled, decide, decide_for, for_all, mistakes};
use callgate_eth::{Context, Dialect};

/// A case with a call in flow style.
fn case(name: &str, method: &str, params: &str, expect: &str) -> String {
    format!("- {{ name: {name}, as: {{ id: a }}, call: {{ method: {method}, params: {params} }}, expect: {expect} }}\n")
}

/// A raw transaction to the token.
fn transfer() -> Body {
    Body::eip1559(TOKEN, 1_000, "a9059cbb")
}

#[test]
fn each_kind_of_operation_needs_its_permission() {
    let object = format!("{{ from: \"{ALICE}\", to: \"{TOKEN}\" }}");
    let raw = signing::raw(&transfer());
    let calls = [
        ("call", "eth_call", format!("[ {object}, latest ]")),
        ("estimate", "eth_estimateGas", format!("[ {object} ]")),
        ("estimate", "eth_createAccessList", format!("[ {object} ]")),
        ("send", "eth_sendTransaction", format!("[ {object} ]")),
        (
            "sign",
            "eth_signTransaction",
            format!("[ {{ from: \"{ALICE}\", to: \"{TOKEN}\", gas: \"0x5208\", gasPrice: \"0x1\", nonce: \"0x0\" }} ]"),
        ),
        ("sign", "eth_sign", format!("[ \"{ALICE}\", \"0x1234\" ]")),
        ("sign", "personal_sign", format!("[ \"0x1234\", \"{ALICE}\" ]")),
        ("raw", "eth_sendRawTransaction", format!("[ \"{raw}\" ]")),
    ];
    let all = [
        "call",
        "estimate",
        "send",
        "sign",
        "raw",
        "trace",
        "private",
        "create",
        "overrides",
    ];
    for (needed, method, params) in &calls {
        check(
            &for_all(&format!("tx: [ {{ {needed}: true }} ]")),
            &case(method, method, params, "allow, rule: 0, reason: rule_permits"),
        );
        let others: Vec<String> = all
            .iter()
            .filter(|other| *other != needed)
            .map(|other| format!("{other}: true"))
            .collect();
        check(
            &for_all(&format!("tx: [ {{ {} }} ]", others.join(", "))),
            &case(
                method,
                method,
                params,
                &format!("deny, rule: 0, reason: {needed}_not_permitted"),
            ),
        );
    }
}

#[test]
fn the_first_entry_that_matches_decides_and_later_ones_are_not_looked_at() {
    check(
        &for_all(&format!(
            "tx:\n  - {{ name: no, to: \"{TOKEN}\" }}\n  - {{ name: yes, to: \"{TOKEN}\", call: true }}\n  - {{ name: rest, call: true }}"
        )),
        &(case(
            "denied by the first",
            "eth_call",
            &format!("[ {{ to: \"{TOKEN}\" }}, latest ]"),
            "deny, rule: no, reason: call_not_permitted",
        ) + &case(
            "others go on",
            "eth_call",
            &format!("[ {{ to: \"{BOB}\" }}, latest ]"),
            "allow, rule: rest",
        )),
    );
}

#[test]
fn no_entry_that_matches_denies_and_says_what_was_nearest() {
    let compiled = compiled(&for_all(&format!(
        "tx:\n  - {{ name: a, to: \"{BOB}\", call: true }}\n  - {{ name: b, to: \"{TOKEN}\", value: {{ lte: 5 }}, call: true }}"
    )));
    let decision = decide(
        &compiled,
        &app(&compiled, "x"),
        "eth_call",
        json!([{ "to": TOKEN, "value": "0x6" }, "latest"]),
    );
    assert_eq!(
        (decision.reason().code(), decision.reason().jsonrpc_code()),
        ("no_rule_matches", Some(-32003))
    );
    assert_eq!((decision.rule(), decision.operation()), (None, Some(0)));
    assert_eq!(
        decision.nearest_miss().unwrap().to_string(),
        "tx[1] `b`: `value` does not match 6"
    );
    let decision = decide(
        &compiled,
        &app(&compiled, "x"),
        "eth_call",
        json!([{ "to": ALICE }, "latest"]),
    );
    assert_eq!(
        decision.nearest_miss().unwrap().to_string(),
        format!("tx[0] `a`: `to` does not match {ALICE}")
    );
}

#[test]
fn an_entry_without_matcher_matches_everything_but_what_must_be_named() {
    let open = for_all("tx: [ { raw: true, call: true, create: true } ]");
    let allow = |body: &Body| {
        case(
            "raw",
            "eth_sendRawTransaction",
            &format!("[ \"{}\" ]", signing::raw(body)),
            "allow",
        )
    };
    let deny = |body: &Body| {
        case(
            "raw",
            "eth_sendRawTransaction",
            &format!("[ \"{}\" ]", signing::raw(body)),
            "deny, reason: no_rule_matches",
        )
    };
    check(
        &open,
        &[
            allow(&transfer()),
            allow(&Body::legacy(Some(1))),
            allow(&Body::creation()),
            deny(&Body::legacy(None)),
            deny(&Body::delegating(&[(ALICE, 1)])),
        ]
        .concat(),
    );
}

#[test]
fn protected_has_three_values() {
    let protected = signing::raw(&Body::legacy(Some(1)));
    let unprotected = signing::raw(&Body::legacy(None));
    for (value, [on_protected, on_unprotected]) in [
        ("", ["allow", "deny"]),
        ("protected: true, ", ["allow", "deny"]),
        ("protected: false, ", ["deny", "allow"]),
        ("protected: any, ", ["allow", "allow"]),
    ] {
        check(
            &for_all(&format!("tx: [ {{ {value}raw: true }} ]")),
            &(case(
                "protected",
                "eth_sendRawTransaction",
                &format!("[ \"{protected}\" ]"),
                on_protected,
            ) + &case(
                "unprotected",
                "eth_sendRawTransaction",
                &format!("[ \"{unprotected}\" ]"),
                on_unprotected,
            )),
        );
    }
}

#[test]
fn from_is_the_recovered_sender_of_raw_transactions() {
    let raw = format!("[ \"{}\" ]", signing::raw(&transfer()));
    for (from, expect) in [
        (format!("\"{ALICE}\""), "allow"),
        (format!("\"{}\"", ALICE.to_uppercase().replace("0X", "0x")), "allow"),
        ("\"0xa94f.*\"".to_owned(), "allow"),
        ("\"0xA94F.*\"".to_owned(), "allow"),
        (format!("[ \"{BOB}\", \"{ALICE}\" ]"), "allow"),
        (format!("\"{BOB}\""), "deny"),
        ("\"a94f.*\"".to_owned(), "deny"),
        ("\"0xa94f\"".to_owned().replace("0xa94f", "0xa94f.{35}"), "deny"),
    ] {
        check(
            &for_all(&format!("tx: [ {{ from: {from}, raw: true }} ]")),
            &case("raw", "eth_sendRawTransaction", &raw, expect),
        );
    }
}

#[test]
fn sets_are_usable_wherever_an_address_matcher_stands() {
    let policy = format!(
        "sets: {{ payees: [ \"{TOKEN}\" ], wallets: [ \"{ALICE}\" ] }}\n{}",
        for_all(
            "tx:\n  - { from: { set: wallets }, to: [ { set: payees }, \"0x00000000000000000000000000000000000b0b0b\" ], call: true }"
        )
    );
    let call = |from: &str, to: &str| format!("[ {{ from: \"{from}\", to: \"{to}\" }}, latest ]");
    check(
        &policy,
        &(case("member", "eth_call", &call(ALICE, TOKEN), "allow")
            + &case("listed", "eth_call", &call(ALICE, BOB), "allow")
            + &case("no member", "eth_call", &call(ALICE, ALICE), "deny")
            + &case("another sender", "eth_call", &call(BOB, TOKEN), "deny")),
    );
    let text = mistakes(&policy.replace("{ set: payees }", "{ set: payes }"));
    assert!(
        text.contains("no set is named `payes`") && text.contains("did you mean `payees`?"),
        "{text}"
    );
}

#[test]
fn absent_from_in_a_read_is_the_zero_address() {
    let zero = "0x0000000000000000000000000000000000000000";
    check(
        &for_all(&format!("tx: [ {{ from: \"{zero}\", call: true }} ]")),
        &(case(
            "absent",
            "eth_call",
            &format!("[ {{ to: \"{TOKEN}\" }}, latest ]"),
            "allow",
        ) + &case(
            "given",
            "eth_call",
            &format!("[ {{ from: \"{ALICE}\", to: \"{TOKEN}\" }}, latest ]"),
            "deny",
        )),
    );
    check(
        &for_all("tx: [ { send: true } ]"),
        &case(
            "send without from",
            "eth_sendTransaction",
            &format!("[ {{ to: \"{TOKEN}\" }} ]"),
            "invalid, reason: missing_from",
        ),
    );
}

#[test]
fn functions_are_signatures_selectors_lists_and_fallback() {
    let call = |data: &str| format!("[ {{ to: \"{TOKEN}\", data: \"{data}\" }}, latest ]");
    for function in [
        "\"transfer(address,uint256)\"",
        "\"0xa9059cbb\"",
        "[ \"totalSupply()\", \"transfer(address, uint)\" ]",
    ] {
        check(
            &for_all(&format!("tx: [ {{ function: {function}, call: true }} ]")),
            &(case("transfer", "eth_call", &call("0xa9059cbb"), "allow")
                + &case("approve", "eth_call", &call("0x095ea7b3"), "deny")
                + &case("short", "eth_call", &call("0xa9059c"), "deny")),
        );
    }
    check(
        &for_all("tx: [ { function: [ fallback, \"0x00000000\" ], call: true } ]"),
        &(case(
            "empty",
            "eth_call",
            &format!("[ {{ to: \"{TOKEN}\" }}, latest ]"),
            "allow",
        ) + &case("three", "eth_call", &call("0x000000"), "allow")
            + &case("zero", "eth_call", &call("0x00000000"), "allow")
            + &case("other", "eth_call", &call("0x00000001"), "deny")),
    );
    assert!(mistakes(&for_all("tx: [ { function: \"transfer(address to)\" } ]")).contains("`address to`"));
}

#[test]
fn values_and_gas_are_exact() {
    let call =
        |value: &str, gas: &str| format!("[ {{ to: \"{TOKEN}\", value: \"{value}\", gas: \"{gas}\" }}, latest ]");
    let ruleset =
        "tx: [ { value: { lte: \"1.5 ether\", not_in: [ 7 ] }, gas: { gte: 21000, lt: \"0x5209\" }, call: true } ]";
    check(
        &for_all(ruleset),
        &(case(
            "at the limit",
            "eth_call",
            &call("0x14d1120d7b160000", "0x5208"),
            "allow",
        ) + &case(
            "one wei more",
            "eth_call",
            &call("0x14d1120d7b160001", "0x5208"),
            "deny",
        ) + &case("excluded", "eth_call", &call("0x7", "0x5208"), "deny")
            + &case("gas above", "eth_call", &call("0x0", "0x5209"), "deny")
            + &case("gas below", "eth_call", &call("0x0", "0x5207"), "deny")
            + &case(
                "no gas",
                "eth_call",
                &format!("[ {{ to: \"{TOKEN}\" }}, latest ]"),
                "deny, reason: no_rule_matches",
            )),
    );
    check(
        &for_all("tx: [ { value: 0, call: true } ]"),
        &(case(
            "absent value is zero",
            "eth_call",
            &format!("[ {{ to: \"{TOKEN}\" }}, latest ]"),
            "allow",
        ) + &case(
            "one",
            "eth_call",
            &format!("[ {{ to: \"{TOKEN}\", value: \"0x1\" }}, latest ]"),
            "deny",
        )),
    );
    for (condition, expected) in [
        ("value: { lte: \"1 dollar\" }", "unknown unit"),
        ("gas: { lte: \"1 gwei\" }", "no unit"),
        ("value: { lt: 5, gt: 5 }", "no number satisfies"),
        ("value: {}", "without comparison"),
    ] {
        let text = mistakes(&for_all(&format!("tx: [ {{ {condition}, call: true }} ]")));
        assert!(text.contains(expected), "{condition}: {text}");
    }
}

#[test]
fn types_are_named() {
    let legacy = format!("[ \"{}\" ]", signing::raw(&Body::legacy(Some(1))));
    let dynamic = format!("[ \"{}\" ]", signing::raw(&transfer()));
    check(
        &for_all("tx: [ { types: [ eip1559, eip2930 ], raw: true } ]"),
        &(case("dynamic", "eth_sendRawTransaction", &dynamic, "allow")
            + &case("legacy", "eth_sendRawTransaction", &legacy, "deny")),
    );
    assert!(mistakes(&for_all("tx: [ { types: [ eip1555 ] } ]")).contains("did you mean `eip1559`?"));
}

/// The hash that stands in the place of a private transaction's calldata can begin like any function.
#[test]
fn c27_hidden_calldata_is_no_function_and_no_fallback() {
    let goquorum = Context {
        client: Dialect::Goquorum.into(),
        ..CONTEXT
    };
    let key = "A1aVtMxLCUHmBVHXoZzzBgPbW/wj5axDpW9X8l91SGo=";
    let hash = format!("0x{}", "00".repeat(64));
    let params = json!([
        { "from": ALICE, "to": BOB, "data": hash, "gas": "0x1", "gasPrice": "0x0", "nonce": "0x0", "privateFor": [key] }
    ]);
    for (matcher, reason) in [
        ("function: fallback,", "no_rule_matches"),
        ("function: \"0x00000000\",", "no_rule_matches"),
        ("function: [ fallback, \"0x00000000\" ],", "no_rule_matches"),
        ("", "rule_permits"),
    ] {
        let rule = format!("tx: [ {{ {matcher} sign: true, private: true }} ]");
        let compiled = compiled(&for_all(&rule));
        let subject = app(&compiled, "shop");
        let decision = decide_for(&goquorum, &compiled, &subject, "eth_signTransaction", params.clone());
        assert_eq!(decision.reason().code(), reason, "{rule}");
        if let Some(miss) = decision.nearest_miss() {
            let told = miss.to_string();
            assert!(told.ends_with("calldata that only its participants can read"), "{told}");
        }
    }
}

#[test]
fn messages_to_sign_match_no_matcher_of_transactions() {
    let sign = format!("[ \"{ALICE}\", \"0x1234\" ]");
    for matcher in [
        "to: \".*\"",
        "value: { gte: 0 }",
        "gas: { gte: 0 }",
        "types: [ legacy, eip1559 ]",
        "function: fallback",
        "authorizations: { delegate: \".*\" }",
    ] {
        check(
            &for_all(&format!("tx: [ {{ {matcher}, sign: true }} ]")),
            &case("message", "eth_sign", &sign, "deny, reason: no_rule_matches"),
        );
    }
    check(
        &for_all(&format!("tx: [ {{ from: \"{ALICE}\", sign: true }} ]")),
        &(case("own", "eth_sign", &sign, "allow")
            + &case("foreign", "eth_sign", &format!("[ \"{BOB}\", \"0x1234\" ]"), "deny")),
    );
}

#[test]
fn authorizations_must_be_named_and_all_must_match() {
    let raw = |list: &[(&str, u64)]| format!("[ \"{}\" ]", signing::raw(&Body::delegating(list)));
    let zero = "0x0000000000000000000000000000000000000000";
    let run = |matcher: &str, list: &[(&str, u64)], expect: &str| {
        check(
            &for_all(&format!("tx: [ {{ {matcher} raw: true }} ]")),
            &case("delegating", "eth_sendRawTransaction", &raw(list), expect),
        );
    };
    let named = format!("authorizations: {{ authority: \"{ALICE}\", delegate: \"{BOB}\" }},");
    run(&named, &[(BOB, 1)], "allow");
    run("", &[(BOB, 1)], "deny");
    run("types: [ eip7702 ],", &[(BOB, 1)], "deny");
    run(&named, &[(BOB, 1), (TOKEN, 1)], "deny");
    run(
        &format!("authorizations: {{ authority: \"{BOB}\" }},"),
        &[(BOB, 1)],
        "deny",
    );
    // C-19: chain id 0 is valid on every chain.
    run("authorizations: { delegate: \".*\" },", &[(BOB, 0)], "deny");
    // C-24: taking a delegation back is granted by naming the zero address.
    run("authorizations: { delegate: \".*\" },", &[(zero, 1)], "deny");
    run(
        &format!("authorizations: {{ authority: \"{ALICE}\" }},"),
        &[(zero, 1)],
        "deny",
    );
    run(
        &format!("authorizations: {{ delegate: \"{zero}\" }},"),
        &[(zero, 1)],
        "allow",
    );
    // An entry for delegations is for nothing else.
    check(
        &for_all(&format!("tx: [ {{ {named} raw: true }} ]")),
        &case(
            "plain",
            "eth_sendRawTransaction",
            &format!("[ \"{}\" ]", signing::raw(&transfer())),
            "deny",
        ),
    );
}

#[test]
fn c18_the_authority_counts_not_the_sender() {
    let raw = signing::raw(&Body::delegating_by_other(BOB));
    check(
        &for_all(&format!(
            "tx: [ {{ from: \"{ALICE}\", authorizations: {{ authority: \"{ALICE}\" }}, raw: true }} ]"
        )),
        &case(
            "another's account",
            "eth_sendRawTransaction",
            &format!("[ \"{raw}\" ]"),
            "deny, reason: no_rule_matches",
        ),
    );
}

#[test]
fn matchers_that_can_match_nothing_are_mistakes() {
    for (to, expected) in [
        ("alice", "is not an address"),
        ("\"\"", "create: true"),
        ("\"0x12\"", "is not an address"),
        ("\"(\"", "unclosed"),
        ("\"{{wallet}}\"", "not a reference"),
        ("\"{{.wallet\"", "not closed"),
        ("\"[{{.wallet}}]\"", "inside"),
    ] {
        let text = mistakes(&for_all(&format!("tx: [ {{ to: {to}, call: true }} ]")));
        assert!(text.contains(expected), "{to}: {text}");
    }
    let wrong_checksum = "0xd8Da6BF26964aF9D7eEd9e03E53415D37aA96045";
    let warnings = compiled(&for_all(&format!("tx: [ {{ to: \"{wrong_checksum}\", call: true }} ]")))
        .warnings
        .render(false);
    assert!(warnings.contains("checksum"), "{warnings}");
}

#[test]
fn templates_may_stand_in_every_matcher() {
    let compiled = compiled(
        "jwt:\n  enabled: true\n  bearer: true\n  issuers:\n    - { issuer: \"https://idp\", audiences: [a], algorithms: [ES256], keys: { pem_file: k.pem } }\n  mappings: [ { claims: {}, ruleset: r } ]\nrulesets:\n  r:\n    templated: true\n    tx: [ { to: \"{{.to}}\", function: \"{{.fn}}\", value: { lte: \"{{.max}}\", in: [ 1, \"{{.also}}\" ] }, gas: { lt: \"{{.gas}}\" }, call: true } ]\n",
    );
    let decide_for = |changes: serde_json::Value, call: serde_json::Value| {
        let mut all = super::claims(
            json!({ "to": TOKEN, "fn": ["transfer(address,uint256)"], "max": "2 gwei", "also": [2, "0x3"], "gas": 50_000 }),
        );
        all.extend(super::claims(changes));
        let subject = compiled.policy.subject(crate::Section::Jwt, &all, None).unwrap();
        let mut object = super::claims(json!({ "to": TOKEN, "data": "0xa9059cbb", "value": "0x1", "gas": "0x5208" }));
        object.extend(super::claims(call));
        decide(&compiled, &subject, "eth_call", json!([object, "latest"]))
            .reason()
            .jsonrpc_code()
            .is_none()
    };
    assert!(decide_for(json!({}), json!({})));
    assert!(decide_for(json!({}), json!({ "value": "0x3" })) && !decide_for(json!({}), json!({ "value": "0x4" })));
    assert!(!decide_for(json!({ "max": "2" }), json!({ "value": "0x3" })));
    assert!(!decide_for(json!({}), json!({ "gas": "0xc350" })) && !decide_for(json!({}), json!({ "data": "0x" })));
    for dead in [
        json!({ "max": [1, 2] }),
        json!({ "max": "much" }),
        json!({ "fn": "transfer" }),
        json!({ "gas": null }),
        json!({ "also": [] }),
        json!({ "gas": "1 gwei" }),
        json!({ "to": {} }),
    ] {
        assert!(!decide_for(dead.clone(), json!({})), "{dead}");
    }
    assert!(
        mistakes(&for_all("tx: [ { templated: false, to: \"{{.x}}\", call: true } ]")).contains("templated: false")
    );
}
