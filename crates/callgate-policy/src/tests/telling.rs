//! policy.md section 5: decisions, explanations, cases, digests; and BAF's documented examples.

use callgate_eth::understand;
use callgate_rpc::{Limits, Request, Tape};
use serde_json::{Value, json};

use super::{ALICE, CONTEXT, TOKEN, app, check, claims, compiled, decide, for_all};
use crate::{Cases, Compiled, Door, Explanation, Inputs, Principal, Section, compile, read};

fn explain(compiled: &Compiled, id: &str, method: &str, params: &Value) -> Explanation {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
    let mut tape = Tape::new();
    let Request::Single(Ok(call)) = callgate_rpc::parse(body.as_bytes(), &mut tape, &Limits::default()).unwrap() else {
        panic!()
    };
    let claims = claims(json!({ "id": id }));
    let principal = Principal {
        section: Section::AppCreds,
        claims: &claims,
        tenant: None,
    };
    compiled
        .policy
        .explain(&principal, understand(&call, &CONTEXT).unwrap(), Door::default())
}

fn policy() -> String {
    for_all(&format!(
        "chain: {{ info: true }}\ntx:\n  - {{ name: own, from: \"{{{{.wallet}}}}\", call: true }}\n  - {{ name: token, to: \"{TOKEN}\", value: {{ lte: 5 }}, call: true }}\n  - {{ name: rest, to: \"{ALICE}\" }}"
    ))
}

#[test]
fn an_explanation_tells_every_step() {
    let compiled = compiled(&policy());
    let told = explain(&compiled, "x", "eth_call", &json!([{ "to": ALICE }, "latest"]));
    let text = told.to_string();
    for line in [
        "appcreds.mappings[0]: matches",
        "ruleset `r`",
        "method `eth_call`: granted by `tx`",
        "operation 0: call at params[0] from 0x0000000000000000000000000000000000000000",
        "tx[0] `own`: matches nothing: `{{.wallet}}` is missing",
        "tx[1] `token`: protected",
        "tx[2] `rest`:",
        "denied: the rule that matches does not permit `call` (call_not_permitted), by tx[2] `rest`",
    ] {
        let line = line.replace(
            "tx[1] `token`: protected",
            "tx[1] `token`: to does not hold; does not match",
        );
        assert!(text.contains(&line), "{line} is not in\n{text}");
    }
    let value = serde_json::to_value(&told).unwrap();
    assert_eq!(value["decision"]["allowed"], json!(false));
    assert_eq!(
        value["operations"][0]["entries"][1]["matchers"][0],
        json!({ "matcher": "to", "verdict": "fails" })
    );
}

#[test]
fn explanations_say_by_what_a_method_is_granted() {
    let compiled = compiled(&for_all(
        "chain: { info: true }\nnamespaces: { txpool: true }\nmethods: [ eth_blockNumber ]",
    ));
    for (method, by) in [
        ("eth_chainId", Some("chain.info")),
        ("txpool_status", Some("namespaces.txpool")),
        ("eth_blockNumber", Some("methods")),
        ("eth_accounts", None),
    ] {
        let told = explain(&compiled, "x", method, &json!([]));
        assert_eq!(told.method.granted_by.as_deref(), by, "{method}");
        assert_eq!(told.decision.allowed, by.is_some(), "{method}");
    }
}

#[test]
fn an_explanation_without_mapping_tells_the_nearest() {
    let compiled = compiled(&policy().replace("id: \".+\"", "id: \"app-.*\""));
    let told = explain(&compiled, "x", "eth_chainId", &json!([]));
    assert_eq!((told.decision.allowed, told.decision.reason), (false, "no_mapping"));
    assert!(
        told.to_string().contains("claim `id` does not match `app-.*`"),
        "{told}"
    );
}

#[test]
fn explanations_agree_with_decisions() {
    let compiled = compiled(&policy());
    for to in [TOKEN, ALICE, "0x0000000000000000000000000000000000000001"] {
        for value in ["0x0", "0x5", "0x6"] {
            let params = json!([{ "to": to, "value": value }, "latest"]);
            let decision = decide(&compiled, &app(&compiled, "x"), "eth_call", params.clone());
            let told = explain(&compiled, "x", "eth_call", &params);
            assert_eq!(told.decision.reason, decision.reason().code());
            let matching = told.operations[0]
                .entries
                .iter()
                .find(|entry| entry.matches)
                .map(|entry| entry.index);
            assert_eq!(matching, decision.rule().map(|rule| rule.index), "{params}");
        }
    }
}

#[test]
fn a_table_tells_what_it_expected_and_what_came() {
    let table =
        |expect: &str| format!("- {{ name: a, as: {{ id: a }}, call: {{ method: eth_chainId }}, expect: {expect} }}");
    let compiled = compiled(&policy());
    assert!(
        Cases::read("c", &table("allow"))
            .unwrap()
            .run(&compiled.policy, &CONTEXT)
            .is_empty()
    );
    for (expect, told) in [
        ("deny", "expected deny, got allow for `method_granted`"),
        ("allow, rule: token", "expected allow by rule `token`"),
        ("allow, reason: rule_permits", "expected allow for `rule_permits`"),
        ("no_mapping", "expected no_mapping"),
        ("invalid", "expected invalid"),
    ] {
        let failures = Cases::read("c", &table(expect))
            .unwrap()
            .run(&compiled.policy, &CONTEXT);
        assert!(failures[0].to_string().contains(told), "{}", failures[0]);
    }
}

#[test]
fn a_table_with_mistakes_is_refused() {
    for (text, told) in [
        ("{}", "is a list"),
        ("- { name: a }", "case 0"),
        (
            "- { name: a, as: { id: a }, call: { method: eth_chainId }, expect: maybe }",
            "maybe",
        ),
        (
            "- { name: a, as: { id: a, jwt: {} }, call: { method: eth_chainId }, expect: deny }",
            "either",
        ),
        (
            "- { name: a, as: {}, call: { method: eth_chainId }, expect: deny }",
            "either",
        ),
        (
            "- { name: a, as: { id: a }, call: { method: eth_chainId }, expect: deny, rul: 1 }",
            "rul",
        ),
        ("- [", "CG-P0001"),
    ] {
        let report = Cases::read("cases.yaml", text).unwrap_err().render(false);
        assert!(report.contains(told), "{text}: {report}");
    }
}

#[test]
fn equal_policies_have_equal_digests() {
    let digest = |text: &str, files: &[(&str, &str)]| {
        let files = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect();
        let compiled =
            compile(&read("p", text).unwrap(), &Inputs { files }).unwrap_or_else(|r| panic!("{}", r.render(false)));
        compiled.policy.revision_digest().to_owned()
    };
    let with_set = format!("sets: {{ s: [ {{ file: s.txt }} ] }}\n{}", policy());
    let base = digest(&with_set, &[("s.txt", TOKEN)]);
    assert_eq!(base.len(), 32);
    assert_eq!(base, digest(&with_set, &[("s.txt", TOKEN)]));
    assert_ne!(base, digest(&with_set, &[("s.txt", ALICE)]));
    assert_ne!(base, digest(&with_set.replace("lte: 5", "lte: 6"), &[("s.txt", TOKEN)]));
}

/// BAF's own form: JSON with comments, `details` as Kaleido's pages show them (baf.md 1.4, 2, 3).
const BAF: &str = r#"{
  // application credentials
  "appcreds": {
    "enabled": true,
    "basicAuth": true,
    "bearer": true,
    "header": "X-Api-Key",
    "query": "apikey",
    "cookie": "apikey",
    "mappings": [
      { "claims": { "id": "u0abcd1234" }, "ruleset": "admin-rules" },
      { "claims": { "id": ".+" }, "ruleset": "rules1" } /* everybody else */
    ]
  },
  "rulesets": {
    "admin-rules": { "chain": { "info": true, "blocks": true, "receipts": true, "transactions": true, "pending": true, "filter": true }, "tx": [ { "call": true, "raw": true } ] },
    "rules1": {
      "templated": true,
      "chain": { "info": true },
      "tx": [ { "to": "0xDAC17F958D2EE523A2206206994597C13D831EC7", "call": true }, { "from": "0xa94f.*", "raw": true } ]
    }
  }
}"#;

#[test]
fn baf_configurations_load_unchanged_and_behave_as_documented() {
    let raw = super::signing::raw(&super::signing::Body::eip1559(ALICE, 1, ""));
    check(
        BAF,
        &format!(
            r#"
- {{ name: the exact id first, as: {{ id: U0ABCD1234 }}, call: {{ method: eth_blockNumber }}, expect: allow }}
- {{ name: everybody else, as: {{ id: u0other }}, call: {{ method: eth_blockNumber }}, expect: deny }}
- {{ name: info, as: {{ id: u0other }}, call: {{ method: net_version }}, expect: allow }}
- {{ name: call by contract, as: {{ id: u0other }}, call: {{ method: eth_call, params: [ {{ to: "{TOKEN}" }}, latest ] }}, expect: allow, rule: 0 }}
- {{ name: other contract, as: {{ id: u0other }}, call: {{ method: eth_call, params: [ {{ to: "{ALICE}" }}, latest ] }}, expect: deny, reason: no_rule_matches }}
- {{ name: raw by sender, as: {{ id: u0other }}, call: {{ method: eth_sendRawTransaction, params: [ "{raw}" ] }}, expect: allow, rule: 1 }}
"#
        ),
    );
}

#[test]
fn the_worked_example_of_mappings() {
    let compiled = compiled(
        r#"
jwt:
  enabled: true
  bearer: true
  issuers: [ { issuer: "https://idp", audiences: [a], algorithms: [ES256], keys: { pem_file: k.pem } } ]
  mappings:
    - claims: { email: ".*@mydomain\\.com", roles: "dev.*", access: { level: "100", active: "true" } }
      ruleset: r
rulesets: { r: { chain: { info: true } } }
"#,
    );
    let found = |value| compiled.policy.subject(Section::Jwt, &claims(value), None).is_ok();
    let token = json!({ "name": "Alice", "email": "Alice@MyDomain.com", "roles": ["ops", "Developer"], "access": { "level": 100, "active": true } });
    assert!(found(token.clone()));
    for (change, value) in [
        ("email", json!("alice@mydomainxcom")),
        ("roles", json!(["ops"])),
        ("access", json!({ "level": 1000, "active": true })),
        ("access", json!({ "level": 100, "active": false })),
    ] {
        let mut changed = claims(token.clone());
        changed.insert(change.to_owned(), value);
        assert!(!found(Value::Object(changed)), "{change}");
    }
}

#[test]
fn a_section_that_is_off_maps_nobody() {
    let compiled = compiled(&BAF.replace("\"enabled\": true", "\"enabled\": false"));
    let claims = claims(json!({ "id": "u0abcd1234" }));
    assert!(compiled.policy.subject(Section::AppCreds, &claims, None).is_err());
}

#[test]
fn a_subject_ends_with_the_policy_that_made_it() {
    let (old, new) = (compiled(&policy()), compiled(&policy()));
    let decision = decide(&new, &app(&old, "x"), "eth_chainId", json!([]));
    assert_eq!(decision.reason().code(), "stale_subject");
    assert_eq!(
        decide(&new, &app(&new, "x"), "eth_chainId", json!([])).reason().code(),
        "method_granted"
    );
}
