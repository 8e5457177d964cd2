//! policy.md section 2: claims to a ruleset.

use serde_json::{Value, json};

use super::{claims, compiled, mistakes};
use crate::{Compiled, Section};

/// A policy whose mappings give each a ruleset named after its position.
fn policy(mappings: &[&str]) -> String {
    let mut text = String::from(
        "jwt:\n  enabled: true\n  bearer: true\n  issuers:\n    - { issuer: \"https://idp\", audiences: [a], algorithms: [ES256], keys: { pem_file: k.pem } }\n  mappings:\n",
    );
    for (position, mapping) in mappings.iter().enumerate() {
        text.push_str(&format!("    - {{ ruleset: r{position}, claims: {mapping} }}\n"));
    }
    text.push_str("rulesets:\n");
    for position in 0..mappings.len() {
        text.push_str(&format!("  r{position}: {{ chain: {{ info: true }} }}\n"));
    }
    text
}

fn ruleset(compiled: &Compiled, value: Value) -> Option<String> {
    let subject = compiled.policy.subject(Section::Jwt, &claims(value), None).ok()?;
    Some(subject.ruleset().to_owned())
}

/// Whether one matcher for the claim `c` matches its value.
#[expect(clippy::needless_pass_by_value, reason = "cases read better")]
fn matches(matcher: &str, value: Value) -> bool {
    let compiled = compiled(&policy(&[&format!("{{ c: {matcher} }}")]));
    ruleset(&compiled, json!({ "c": value })).is_some()
}

#[test]
fn mappings_are_tried_in_order_and_the_first_match_decides() {
    let compiled = compiled(&policy(&[
        "{ sub: alice }",
        "{ sub: \"a.*\" }",
        "{ sub: \"al.*\" }",
        "{ role: admin }",
    ]));
    for (value, expected) in [
        (json!({ "sub": "alice" }), Some("r0")),
        (json!({ "sub": "alan", "role": "admin" }), Some("r1")),
        (json!({ "sub": "bob", "role": "ADMIN" }), Some("r3")),
        (json!({ "sub": "bob" }), None),
        (json!({}), None),
    ] {
        assert_eq!(ruleset(&compiled, value.clone()).as_deref(), expected, "{value}");
    }
}

#[test]
fn no_match_says_what_was_nearest_and_shows_no_values() {
    let compiled = compiled(&policy(&["{ sub: alice, role: dev }", "{ role: \"adm.*\" }"]));
    let error = compiled
        .policy
        .subject(Section::Jwt, &claims(json!({ "sub": "bob" })), None)
        .unwrap_err();
    assert_eq!(error.code(), "no_mapping");
    let text = error.to_string();
    assert!(
        text.contains("jwt.mappings[0]") && text.contains("`sub`") && text.contains("`alice`"),
        "{text}"
    );
    assert!(!text.contains("bob"));
    let error = compiled
        .policy
        .subject(Section::AppCreds, &claims(json!({ "id": "x" })), None)
        .unwrap_err();
    assert!(error.to_string().contains("no mappings"));
}

#[test]
fn a_matcher_is_for_the_whole_string_in_any_case() {
    for (matcher, value, expected) in [
        ("\".*@example\\\\.com\"", "Alice@EXAMPLE.com", true),
        ("\".*@example\\\\.com\"", "alice@examplexcom", false),
        ("\".*@example\\\\.com\"", "alice@example.com.evil", false),
        ("dev", "DEV", true),
        ("dev", "devops", false),
        ("\"dev.*\"", "xdev", false),
    ] {
        assert_eq!(matches(matcher, json!(value)), expected, "{matcher} {value}");
    }
}

#[test]
fn booleans_and_integers_are_compared_as_their_json_text() {
    assert!(matches("\"true\"", json!(true)) && matches("true", json!(true)));
    assert!(matches("\"100\"", json!(100)) && matches("100", json!(100)) && matches("\"-5\"", json!(-5)));
    assert!(matches("\"18446744073709551615\"", json!(u64::MAX)));
    assert!(!matches("\"10\"", json!(100)) && !matches("\"1\"", json!(true)) && !matches("\"0*100\"", json!(10)));
}

#[test]
fn floats_never_match() {
    for value in [
        json!(1.5),
        json!(1.0),
        json!(1e2),
        serde_json::from_str("18446744073709551616").unwrap(),
    ] {
        assert!(!matches("\".*\"", value.clone()), "{value}");
    }
}

#[test]
fn of_an_array_any_scalar_element_may_match() {
    assert!(matches("\"dev.*\"", json!(["ops", "developers"])));
    assert!(matches("\"7\"", json!([1, 7])) && matches("\"true\"", json!([false, true])));
    assert!(matches("dev", json!([null, { "x": 1 }, 1.5, "dev"])));
    assert!(!matches("dev", json!([["dev"]])) && !matches("dev", json!([{ "dev": "dev" }])));
}

#[test]
fn matchers_nest() {
    let compiled = compiled(&policy(&["{ access: { roles: \"dev.*\", level: { max: \"3\" } } }"]));
    let found = |value| ruleset(&compiled, value).is_some();
    assert!(found(
        json!({ "access": { "roles": ["dev1"], "level": { "max": 3 }, "other": 1 } })
    ));
    assert!(!found(
        json!({ "access": { "roles": ["dev1"], "level": { "max": 4 } } })
    ));
    assert!(!found(json!({ "access": { "roles": ["dev1"] } })));
    assert!(!found(
        json!({ "access": [{ "roles": ["dev1"], "level": { "max": 3 } }] })
    ));
    assert!(!found(json!({ "access": "dev1" })));
    assert!(!found(json!({ "roles": "dev1", "max": 3 })));
}

#[test]
fn all_listed_must_hold_and_others_are_ignored() {
    let compiled = compiled(&policy(&["{ a: x, b: y }"]));
    assert!(ruleset(&compiled, json!({ "a": "x", "b": "y", "c": null })).is_some());
    assert!(ruleset(&compiled, json!({ "a": "x", "b": "z" })).is_none());
    assert!(ruleset(&compiled, json!({ "a": "x" })).is_none());
}

#[test]
fn missing_null_object_and_empty_array_never_match() {
    let compiled = compiled(&policy(&["{ c: \".*\" }"]));
    for value in [
        json!({}),
        json!({ "c": null }),
        json!({ "c": {} }),
        json!({ "c": [] }),
        json!({ "c": { "c": "x" } }),
    ] {
        assert!(ruleset(&compiled, value.clone()).is_none(), "{value}");
    }
    assert!(
        ruleset(&compiled, json!({ "c": "" })).is_some(),
        "an empty text is a text"
    );
}

#[test]
fn a_claim_name_is_taken_whole() {
    let dotted = compiled(&policy(&["{ a.b: x }"]));
    assert!(ruleset(&dotted, json!({ "a.b": "x" })).is_some());
    assert!(ruleset(&dotted, json!({ "a": { "b": "x" } })).is_none());
    let url = compiled(&policy(&["{ \"https://x/roles\": x }"]));
    assert!(ruleset(&url, json!({ "https://x/roles": ["x"] })).is_some());
    assert!(
        ruleset(&url, json!({ "HTTPS://X/ROLES": ["x"] })).is_none(),
        "names keep their case"
    );
}

#[test]
fn control_characters_never_match() {
    for value in ["tenantA\nadmin", "tenantA\n", "\u{0}", "a\u{7f}", "a\u{85}b"] {
        assert!(!matches("\"(?s).*\"", json!(value)), "{value:?}");
    }
}

#[test]
fn non_ascii_claims_are_matched_as_scalars_without_normalisation() {
    assert!(matches("\"zoë\"", json!("ZOë")) && matches("\"zo.\"", json!("zoë")));
    assert!(!matches("\"zoë\"", json!("zoe\u{308}")) && !matches("\"zo.\"", json!("zoe\u{308}")));
}

#[test]
fn a_mapping_without_claims_is_for_everybody() {
    let compiled = compiled(&policy(&["{}"]));
    assert!(ruleset(&compiled, json!({})).is_some());
}

const TENANTS: &str = r#"
appcreds:
  enabled: true
  bearer: true
  credentials: { file: c.yaml }
  mappings:
    - { claims: { id: "{{.keys}}" }, ruleset: member, templated: true }
    - { claims: { id: "{{.id}}-(reader|writer)" }, ruleset: guest, templated: true }
    - { claims: { id: "lost-.*" }, ruleset: guest }
tenants_tag: node-a
tenants:
  - { id: acme, name: Acme, tags: [node-a, node-b], vars: { keys: [u1, u2], wallet: "0x00000000000000000000000000000000000000aa" } }
  - { id: "b.b", tags: [node-a], vars: { keys: "u3", wallet: "0x00000000000000000000000000000000000000bb" } }
  - { id: other, tags: [node-b], vars: { keys: [u4] } }
  - { id: bare, tags: [node-a] }
rulesets:
  member: { tx: [ { from: "{{.tenant.wallet}}", call: true } ] }
  guest: { chain: { info: true } }
"#;

fn tenant(compiled: &Compiled, id: &str, named: Option<&str>) -> Option<(String, Option<String>)> {
    let subject = compiled
        .policy
        .subject(Section::AppCreds, &claims(json!({ "id": id })), named)
        .ok()?;
    Some((subject.ruleset().to_owned(), subject.tenant().map(str::to_owned)))
}

#[test]
fn a_templated_mapping_has_one_copy_per_tenant_with_the_tag() {
    let compiled = compiled(TENANTS);
    let of = |ruleset: &str, tenant: &str| Some((ruleset.to_owned(), Some(tenant.to_owned())));
    assert_eq!(tenant(&compiled, "u1", None), of("member", "acme"));
    assert_eq!(tenant(&compiled, "U2", None), of("member", "acme"));
    assert_eq!(tenant(&compiled, "u3", None), of("member", "b.b"));
    assert_eq!(tenant(&compiled, "u4", None), None, "another node's tenant");
    assert_eq!(tenant(&compiled, "acme-reader", None), of("guest", "acme"));
    assert_eq!(tenant(&compiled, "bare-writer", None), of("guest", "bare"));
    assert_eq!(tenant(&compiled, "bxb-writer", None), None, "values are literals");
    assert_eq!(tenant(&compiled, "lost-1", None), Some(("guest".to_owned(), None)));
}

#[test]
fn a_tenant_without_the_variable_has_no_copy_and_is_told() {
    let warnings = compiled(TENANTS).warnings.render(false);
    assert!(
        warnings.contains("`bare`") && warnings.contains("{{.keys}}"),
        "{warnings}"
    );
}

#[test]
fn tenants_that_share_a_value_are_told() {
    assert!(!compiled(TENANTS).warnings.render(false).contains("share the value"));
    let shared = compiled(&TENANTS.replace("keys: \"u3\"", "keys: [ \"u3\", U1 ]"));
    let warnings = shared.warnings.render(false);
    assert!(warnings.contains("`acme` and `b.b` share the value `u1`"), "{warnings}");
}

#[test]
fn a_credential_of_a_tenant_stays_in_it() {
    let compiled = compiled(TENANTS);
    assert!(tenant(&compiled, "u1", Some("acme")).is_some());
    assert_eq!(tenant(&compiled, "u1", Some("b.b")), None, "the copy of another tenant");
    assert_eq!(
        tenant(&compiled, "lost-1", Some("b.b")),
        Some(("guest".to_owned(), Some("b.b".to_owned())))
    );
    for unknown in ["nobody", "other", "ACME", ""] {
        let claims = claims(json!({ "id": "lost-1" }));
        let error = compiled
            .policy
            .subject(Section::AppCreds, &claims, Some(unknown))
            .unwrap_err();
        assert_eq!(error.code(), "unknown_tenant", "{unknown}");
    }
}

#[test]
fn a_templated_mapping_must_depend_on_the_tenant() {
    let unbound = TENANTS.replace("\"{{.keys}}\"", "\".*\"");
    assert!(mistakes(&unbound).contains("names no variable"));
    let unmarked = TENANTS.replace("ruleset: member, templated: true", "ruleset: member");
    assert!(mistakes(&unmarked).contains("templated: true"));
    let nested = TENANTS.replace("{{.keys}}", "{{.vars.keys}}");
    assert!(mistakes(&nested).contains("no variable of a tenant"));
}

#[test]
fn ten_thousand_tenants_are_found_by_hash_and_in_order() {
    let mut text = String::from(
        "appcreds:\n  enabled: true\n  bearer: true\n  credentials: { file: c.yaml }\n  mappings:\n    - { claims: { id: \"{{.id}}\" }, ruleset: r, templated: true }\n    - { claims: { id: \"t.*\" }, ruleset: s }\nrulesets: { r: { chain: { info: true } }, s: { chain: { info: true } } }\ntenants:\n",
    );
    for number in 0..1000 {
        text.push_str(&format!("  - {{ id: t{number} }}\n"));
    }
    let compiled = compiled(&text);
    assert_eq!(
        tenant(&compiled, "t999", None),
        Some(("r".to_owned(), Some("t999".to_owned())))
    );
    assert_eq!(tenant(&compiled, "t1000", None), Some(("s".to_owned(), None)));
}

#[test]
fn mistakes_in_mappings_are_told() {
    for (mapping, expected) in [
        ("{ c: \"(\" }", "unclosed"),
        ("{ c: {} }", "empty matcher"),
        ("{ c: \"(?-i)x\" }", "(?-i)"),
        ("{ c: \"a{2,1}\" }", "repetition"),
    ] {
        let text = mistakes(&policy(&[mapping]));
        assert!(text.contains(expected), "{mapping}: {text}");
    }
    let text = mistakes(&policy(&["{ c: x }"]).replace("ruleset: r0", "ruleset: r00"));
    assert!(
        text.contains("no ruleset is named `r00`") && text.contains("did you mean `r0`?"),
        "{text}"
    );
}
