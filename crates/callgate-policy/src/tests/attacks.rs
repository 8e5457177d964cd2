//! Attacks on identity and rules (attacks.md), by number. What concerns patterns alone (E-28 to
//! E-34) is attacked in `pattern`.

use serde_json::json;

use super::{ALICE, BOB, TOKEN, app, check, claims, compiled, decide, for_all, mistakes};
use crate::{Inputs, Section, compile, read};

fn jwt(mappings: &str, rulesets: &str) -> String {
    format!(
        "jwt:\n  enabled: true\n  bearer: true\n  issuers:\n    - {{ issuer: \"https://idp\", audiences: [a], algorithms: [ES256], keys: {{ pem_file: k.pem }} }}\n  mappings:\n{mappings}\nrulesets:\n{rulesets}\n"
    )
}

#[test]
fn e28_and_e29_claims_are_matched_whole() {
    let policy = compiled(&jwt(
        "    - { claims: { t: \"tenantA\" }, ruleset: r }",
        "  r: { chain: { info: true } }",
    ));
    for value in [
        "evil-tenantA-x",
        "tenantA\nadmin",
        "tenantA\n",
        "\ntenantA",
        " tenantA",
        "tenantA\u{0}",
    ] {
        assert!(
            policy
                .policy
                .subject(Section::Jwt, &claims(json!({ "t": value })), None)
                .is_err(),
            "{value:?}"
        );
    }
}

#[test]
fn e30_kelvin_sign_and_long_s_are_other_letters() {
    let policy = compiled(&jwt(
        "    - { claims: { t: \"kios.\" }, ruleset: r }",
        "  r: { chain: { info: true } }",
    ));
    for (value, expected) in [
        ("KIOSK", true),
        ("\u{212A}iosk", false),
        ("kio\u{17F}k", false),
        ("kios\u{212A}", true),
    ] {
        let found = policy
            .policy
            .subject(Section::Jwt, &claims(json!({ "t": value })), None)
            .is_ok();
        assert_eq!(found, expected, "{value}");
    }
}

#[test]
fn e32_endless_claims_match_nothing() {
    let policy = compiled(&jwt(
        "    - { claims: { t: \".*\" }, ruleset: r }",
        "  r: { chain: { info: true } }",
    ));
    let found = |value| {
        policy
            .policy
            .subject(Section::Jwt, &claims(json!({ "t": value })), None)
            .is_ok()
    };
    assert!(found(json!("a".repeat(4096))) && !found(json!("a".repeat(4097))));
    assert!(found(json!(vec!["a"; 4096])) && !found(json!(vec!["a"; 4097])));
    let big = mistakes(&jwt(
        "    - { claims: { t: \"((a{1000}){1000}){1000}\" }, ruleset: r }",
        "  r: {}",
    ));
    assert!(big.contains("too large"), "{big}");
}

/// Wallets of a principal with these claims: which of `ALICE` and `BOB` may call.
fn wallets(from: &str, value: serde_json::Value) -> [bool; 2] {
    let ruleset = format!("  r: {{ tx: [ {{ from: {from}, call: true }} ] }}");
    let policy = compiled(&jwt("    - { claims: {}, ruleset: r }", &ruleset));
    let subject = policy.policy.subject(Section::Jwt, &claims(value), None).unwrap();
    [ALICE, BOB].map(|from| {
        let decision = decide(
            &policy,
            &subject,
            "eth_call",
            json!([{ "from": from, "to": TOKEN }, "latest"]),
        );
        decision.reason().jsonrpc_code().is_none()
    })
}

#[test]
fn e34_claims_in_templates_are_literals() {
    for template in [
        "\"{{.wallet}}\"",
        "\"({{.wallet}})\"",
        "\"0x{{.wallet}}\"",
        "[ \"{{.wallet}}\" ]",
    ] {
        for hostile in [
            json!(".*"),
            json!(")|(.*"),
            json!("0x.*"),
            json!("0x[0-9a-f]{40}"),
            json!("(?s).*"),
            json!("x|.*"),
            json!("{{.other}}"),
            json!("\n"),
            json!(format!("{ALICE}\n")),
            json!(format!("{ALICE}|{BOB}")),
            json!([".*", "x"]),
            json!("*"),
            json!("%"),
        ] {
            let claims = json!({ "wallet": hostile, "other": BOB });
            assert_eq!(wallets(template, claims), [false, false], "{template} {hostile}");
        }
    }
    assert_eq!(wallets("\"{{.wallet}}\"", json!({ "wallet": ALICE })), [true, false]);
    assert_eq!(
        wallets(
            "\"{{.wallet}}\"",
            json!({ "wallet": ALICE.to_uppercase().replace("0X", "0x") })
        ),
        [true, false]
    );
    assert_eq!(
        wallets("\"0x{{.wallet}}\"", json!({ "wallet": ALICE.replace("0x", "") })),
        [true, false]
    );
    assert_eq!(
        wallets("\"{{.wallet}}\"", json!({ "wallet": [ALICE, BOB] })),
        [true, true]
    );
    assert_eq!(wallets("\"{{.wallet}}.*\"", json!({ "wallet": "0xa9" })), [true, false]);
}

#[test]
fn e36_missing_is_not_empty_is_not_null() {
    for value in [
        json!({}),
        json!({ "wallet": null }),
        json!({ "wallet": "" }),
        json!({ "wallet": [] }),
        json!({ "wallet": {} }),
        json!({ "wallet": { "wallet": ALICE } }),
        json!({ "wallet": [ALICE, {}] }),
        json!({ "wallet": [ALICE, null] }),
        json!({ "wallet": 1.5 }),
        json!({ "Wallet": ALICE }),
    ] {
        assert_eq!(wallets("\"{{.wallet}}\"", value.clone()), [false, false], "{value}");
    }
    assert_eq!(
        wallets("\"{{.a.b}}\"", json!({ "a": { "b": ALICE }, "a.b": BOB })),
        [true, false]
    );
    assert_eq!(wallets("\"{{.a.b}}\"", json!({ "a.b": BOB })), [false, false]);
}

#[test]
fn e36_tenant_variables_do_not_come_from_claims() {
    assert_eq!(
        wallets("\"{{.tenant.wallet}}\"", json!({ "tenant": { "wallet": ALICE } })),
        [false, false]
    );
}

#[test]
fn e37_types_are_not_coerced_beyond_the_documented() {
    let policy = compiled(&jwt(
        "    - { claims: { t: \"1\" }, ruleset: r }",
        "  r: { chain: { info: true } }",
    ));
    for (value, expected) in [
        (json!("1"), true),
        (json!(1), true),
        (json!(1.0), false),
        (json!(true), false),
        (json!([[1]]), false),
    ] {
        let found = policy
            .policy
            .subject(Section::Jwt, &claims(json!({ "t": value })), None)
            .is_ok();
        assert_eq!(found, expected, "{value}");
    }
}

#[test]
fn e38_a_star_in_data_means_nothing() {
    let policy = compiled(&jwt(
        "    - { claims: { t: \"acme\" }, ruleset: r }",
        "  r: { chain: { info: true } }",
    ));
    for value in ["*", ".*", "%", "any", "all"] {
        assert!(
            policy
                .policy
                .subject(Section::Jwt, &claims(json!({ "t": value })), None)
                .is_err(),
            "{value}"
        );
    }
}

#[test]
fn e40_order_defaults_and_unknown_names() {
    let unknown = mistakes(&for_all("chain: { info: true }").replace("ruleset: r", "ruleset: admin"));
    assert!(unknown.contains("no ruleset is named `admin`"));
    let twice = read(
        "p",
        "rulesets:\n  r: { chain: { info: true } }\n  r: { chain: { state: true } }\n",
    );
    let refused = match twice {
        Err(_) => true,
        Ok(document) => compile(&document, &Inputs::default()).is_err(),
    };
    assert!(refused, "a ruleset written twice is a mistake");
    let empty = compiled(&for_all("tx: []"));
    let decision = decide(&empty, &app(&empty, "x"), "eth_chainId", json!([]));
    assert_eq!(decision.reason().code(), "method_not_granted");
}

#[test]
fn a47_and_c25_creation_is_its_own_permission_and_no_to_matches_it() {
    check(
        &for_all("tx:\n  - { name: any, to: \".*\", call: true, create: true }\n  - { name: rest, call: true }"),
        &format!(
            r#"
- {{ name: a call, as: {{ id: a }}, call: {{ method: eth_call, params: [ {{ to: "{TOKEN}" }}, latest ] }}, expect: allow, rule: any }}
- {{ name: no to, as: {{ id: a }}, call: {{ method: eth_call, params: [ {{ data: "0x6000" }}, latest ] }}, expect: deny, rule: rest, reason: create_not_permitted }}
- {{ name: null to, as: {{ id: a }}, call: {{ method: eth_call, params: [ {{ to: null, data: "0x6000" }}, latest ] }}, expect: deny, rule: rest, reason: create_not_permitted }}
- {{ name: empty to, as: {{ id: a }}, call: {{ method: eth_call, params: [ {{ to: "", data: "0x6000" }}, latest ] }}, expect: invalid }}
- {{ name: zero is an address, as: {{ id: a }}, call: {{ method: eth_call, params: [ {{ to: "0x0000000000000000000000000000000000000000" }}, latest ] }}, expect: allow, rule: any }}
"#
        ),
    );
}

#[test]
fn a47_init_code_is_no_selector() {
    check(
        &for_all(
            "tx:\n  - { function: \"0x60806040\", call: true, create: true }\n  - { function: fallback, call: true, create: true }",
        ),
        r#"
- { name: init code, as: { id: a }, call: { method: eth_call, params: [ { data: "0x60806040" }, latest ] }, expect: deny, reason: no_rule_matches }
- { name: short init code, as: { id: a }, call: { method: eth_call, params: [ { data: "0x60" }, latest ] }, expect: deny, reason: no_rule_matches }
"#,
    );
}

#[test]
fn a61_and_a64_overrides_need_their_permission() {
    let cases = |expect: &str| {
        format!(
            r#"
- {{ name: code, as: {{ id: a }}, call: {{ method: eth_call, params: [ {{ to: "{TOKEN}" }}, latest, {{ "{TOKEN}": {{ code: "0x6000" }} }} ] }}, expect: {expect} }}
- {{ name: plain, as: {{ id: a }}, call: {{ method: eth_call, params: [ {{ to: "{TOKEN}" }}, latest ] }}, expect: allow }}
"#
        )
    };
    check(
        &for_all(&format!("tx: [ {{ to: \"{TOKEN}\", call: true }} ]")),
        &cases("deny, reason: overrides_not_permitted"),
    );
    check(
        &for_all(&format!("tx: [ {{ to: \"{TOKEN}\", call: true, overrides: true }} ]")),
        &cases("allow"),
    );
}

#[test]
fn a67_short_calldata_is_no_selector() {
    check(
        &for_all("tx: [ { function: \"transfer(address,uint256)\", call: true } ]"),
        &format!(
            r#"
- {{ name: transfer, as: {{ id: a }}, call: {{ method: eth_call, params: [ {{ to: "{TOKEN}", data: "0xa9059cbb00" }}, latest ] }}, expect: allow }}
- {{ name: nothing, as: {{ id: a }}, call: {{ method: eth_call, params: [ {{ to: "{TOKEN}" }}, latest ] }}, expect: deny, reason: no_rule_matches }}
- {{ name: three bytes, as: {{ id: a }}, call: {{ method: eth_call, params: [ {{ to: "{TOKEN}", data: "0xa9059c" }}, latest ] }}, expect: deny }}
- {{ name: approve, as: {{ id: a }}, call: {{ method: eth_call, params: [ {{ to: "{TOKEN}", data: "0x095ea7b3" }}, latest ] }}, expect: deny }}
- {{ name: a wrapper, as: {{ id: a }}, call: {{ method: eth_call, params: [ {{ to: "{TOKEN}", data: "0xac9650d8" }}, latest ] }}, expect: deny }}
"#
        ),
    );
}

#[test]
fn a22_dots_in_rules_of_methods_are_dots() {
    let text = mistakes(&for_all("methods: [ \"eth.call|x\" ]"));
    assert!(text.contains("not a method name"), "{text}");
}
