//! The policy that most tests start from: one application, one operator, one issuer.

use super::callgate::{Callgate, Setup};
use super::token::Issuer;

/// Secrets of the test's application credentials.
pub(crate) const SHOP: &str = "shop-secret-0123456789abcdef";
pub(crate) const OPERATOR: &str = "operator-secret-0123456789abcdef";
pub(crate) const STRANGER: &str = "stranger-secret-0123456789abcdef";

/// The credentials file of the tests.
pub(crate) fn credentials() -> String {
    format!(
        "- {{ id: shop, secret: {SHOP} }}\n- {{ id: operator, secret: {OPERATOR} }}\n- {{ id: stranger, secret: {STRANGER} }}\n"
    )
}

/// The policy text, with the given rulesets (indented by two spaces) and log level 2.
pub(crate) fn text(rulesets: &str) -> String {
    format!(
        r#"version: 1
insecure_inline_secrets: true
log: {{ level: 2, audit: stdout }}
jwt:
  enabled: true
  bearer: true
  issuers:
    - issuer: https://idp.example
      audiences: [ callgate ]
      algorithms: [ ES256 ]
      keys: {{ jwks_file: keys.json }}
  mappings:
    - claims: {{ wallet: "0x.+" }}
      ruleset: shop
appcreds:
  enabled: true
  basicAuth: true
  bearer: true
  header: X-Api-Key
  query: apikey
  cookie: apikey
  credentials: {{ file: credentials.yaml }}
  mappings:
    - claims: {{ id: "shop" }}
      ruleset: shop
    - claims: {{ id: "operator" }}
      ruleset: operator
rulesets:
{rulesets}"#
    )
}

/// Rulesets with which most tests make do.
pub(crate) const RULESETS: &str = r#"  shop:
    chain: { info: true, blocks: true, receipts: true, transactions: true, state: true, fees: true, subscribe: true, filter: true, pending: true }
    tx:
      - name: pay
        from: "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"
        to: "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc"
        value: { lte: "1 ether" }
        raw: true
        estimate: true
      - name: read
        call: true
  operator:
    chain: { info: true, blocks: true, receipts: true, transactions: true, state: true, fees: true, subscribe: true, filter: true, pending: true }
    methods: [ debug_traceTransaction, txpool_status ]
    tx:
      - name: anything
        call: true
        estimate: true
        raw: true
        send: true
        create: true
        protected: any
"#;

/// A Callgate with `RULESETS` and a fresh issuer.
pub(crate) fn usual() -> Setup {
    with_rulesets(RULESETS).0
}

/// A Callgate with these rulesets, and the issuer whose tokens it takes.
pub(crate) fn with_rulesets(rulesets: &str) -> (Setup, Issuer) {
    let issuer = Issuer::new("k1");
    let setup = Callgate::with_policy(&text(rulesets))
        .file("credentials.yaml", &credentials())
        .file("keys.json", &issuer.jwks());
    (setup, issuer)
}
