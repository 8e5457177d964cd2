//! Claims of strangers: mapping and template filling never panic, and an exact matcher matches exactly.
#![no_main]

use std::sync::LazyLock;

use callgate_policy::{Compiled, Inputs, Section, compile, read};
use serde_json::{Map, Value};

const POLICY: &str = r#"
jwt:
  enabled: true
  bearer: true
  issuers: [ { issuer: "https://idp", audiences: [a], algorithms: [ES256], keys: { pem_file: k.pem } } ]
  mappings:
    - { claims: { sub: alice }, ruleset: exact }
    - { claims: { sub: ".*@example\\.com", access: { roles: "dev.*" } }, ruleset: open }
    - { claims: {}, ruleset: open }
rulesets:
  exact: { chain: { info: true } }
  open: { tx: [ { from: "{{.wallet}}", to: "0x{{.a.b}}.*", value: { lte: "{{.max}}" }, call: true } ] }
"#;

static COMPILED: LazyLock<Option<Compiled>> =
    LazyLock::new(|| read("policy", POLICY).ok().and_then(|document| compile(&document, &Inputs::default()).ok()));

fn is_alice(claims: &Map<String, Value>) -> bool {
    let is = |value: &Value| value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("alice"));
    claims.get("sub").is_some_and(|sub| is(sub) || sub.as_array().is_some_and(|list| list.iter().any(is)))
}

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(Value::Object(claims)) = serde_json::from_str(text) else { return };
    let compiled = COMPILED.as_ref().expect("the policy is right");
    let subject = compiled.policy.subject(Section::Jwt, &claims, None).expect("the last mapping is for everybody");
    let list_fits = claims.get("sub").and_then(Value::as_array).is_none_or(|list| list.len() <= 4096);
    assert_eq!(subject.ruleset() == "exact", is_alice(&claims) && list_fits);
});
