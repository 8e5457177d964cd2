//! Secrets are never shown.

use super::*;

const INLINE: &str =
    "jwt: { issuers: [ { issuer: a, audiences: [b], algorithms: [HS256], keys: { secret: hunter2 } } ] }\n";

#[test]
fn a_literal_is_refused_and_never_shown() {
    let report = mistakes(INLINE);
    assert_eq!(report.findings()[0].code, Code::INLINE_SECRET);
    assert!(
        !format!("{report:?} {:?}", report.findings()).contains("hunter2"),
        "{report}"
    );
    let document = read("policy.yaml", INLINE).unwrap();
    assert!(!format!("{:?}", document.raw()).contains("hunter2"));
}

#[test]
fn a_policy_may_say_that_it_is_a_demonstration() {
    let document = clean(&format!("insecure_inline_secrets: true\n{INLINE}"));
    let keys = document.raw().jwt.as_ref().unwrap().issuers[0].keys.as_ref().unwrap();
    assert_eq!(keys.secret.as_deref(), Some(&RawSecret::Literal("hunter2".to_owned())));
}

#[test]
fn mistakes_around_a_secret_do_not_show_it() {
    for text in [
        "jwt: { issuers: [ { keys: { secrets: hunter2 } } ] }\n",
        "jwt: { issuers: [ { keys: { secret: [ hunter2 ] } } ] }\n",
        "password: hunter2\n",
        "jwt: { issuers: [ { keys: { secret: hunter2 \n",
        "{\"keys\": {\"client-secret\": \"hunter2\" \"x\"}}",
    ] {
        let report = mistakes(text);
        assert!(
            !report.is_empty() && !format!("{report} {:?}", report.findings()).contains("hunter2"),
            "{report}"
        );
    }
}
