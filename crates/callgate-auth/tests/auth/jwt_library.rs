//! What `jsonwebtoken` 11.1 lets through when used as its documentation shows, and that Callgate does not.
//!
//! The left half of each test documents the library: should an update make it stricter, the test says so, and nothing
//! breaks but the comment. The right half is the promise.

use crate::common::*;
use jsonwebtoken::{DecodingKey, Validation, decode};
use serde_json::{Value, json};

/// The library with one algorithm, one audience and one issuer.
fn library_accepts(token: &str) -> bool {
    let mut validation = Validation::new(jsonwebtoken::Algorithm::ES256);
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&[ISSUER]);
    // The library reads the clock itself, so these tests use times that are right for a long time.
    decode::<Value>(token, &DecodingKey::from_ec_pem(P256.as_bytes()).unwrap(), &validation).is_ok()
}

const FAR: u64 = 4_000_000_000;

fn far(changes: &Value) -> Value {
    let mut all = claims(&json!({ "exp": FAR, "iat": null }));
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            all.as_object_mut().unwrap().remove(name);
        } else {
            all[name] = value.clone();
        }
    }
    all
}

fn only_the_library_accepts(token: &str) {
    assert!(library_accepts(token), "the library became stricter: update the table");
    assert!(verifier().verify(token, NOW).is_err());
}

#[test]
fn both_accept_an_ordinary_token() {
    let token = token(&far(&json!({})));
    assert!(library_accepts(&token));
    assert!(verifier().verify(&token, NOW).is_ok());
}

#[test]
fn no_issuer_and_no_audience() {
    only_the_library_accepts(&token(&far(&json!({ "iss": null, "aud": null }))));
    only_the_library_accepts(&token(&far(&json!({ "iss": null }))));
    only_the_library_accepts(&token(&far(&json!({ "aud": null }))));
}

#[test]
fn an_audience_of_the_wrong_type() {
    only_the_library_accepts(&token(&far(&json!({ "aud": { "a": "callgate" } }))));
}

#[test]
fn not_before_an_hour_ahead() {
    only_the_library_accepts(&token(&far(&json!({ "nbf": FAR - 1000 }))));
}

#[test]
fn an_issuer_array_that_holds_the_trusted_one_and_another() {
    only_the_library_accepts(&token(&far(&json!({ "iss": [ISSUER, "https://evil.example"] }))));
}

#[test]
fn an_unknown_critical_header() {
    only_the_library_accepts(&token_with_header(
        &json!({ "crit": ["x"], "x": "1" }),
        &far(&json!({})),
    ));
}

#[test]
fn a_proof_used_as_an_access_token() {
    only_the_library_accepts(&token_with_header(&json!({ "typ": "dpop+jwt" }), &far(&json!({}))));
}

#[test]
fn a_float_as_expiry() {
    only_the_library_accepts(&token(&far(&json!({ "exp": 4_000_000_000.5 }))));
}

#[test]
fn a_claim_given_twice() {
    let text = far(&json!({}))
        .to_string()
        .replace('{', r#"{"roles":"guest","roles":"admin","#);
    only_the_library_accepts(&token_of_text(
        callgate_auth::jwt::Algorithm::ES256,
        r#"{"alg":"ES256"}"#,
        &text,
    ));
}

#[test]
fn expired_59_seconds_ago() {
    // The library's leeway is 60 seconds; ours 30.
    let expired = token(&claims(&json!({ "exp": NOW - 59, "iat": NOW - 100 })));
    assert!(verifier().verify(&expired, NOW).is_err());
}
