//! What must be accepted.

use crate::common::*;
use callgate_auth::jwt::{Algorithm, Issuer, KeySet, Named, Shape, SubjectRule, TypRule, Verifier};
use callgate_auth::{Method, Place, Secret};
use serde_json::json;
use std::sync::Arc;

fn key_text(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::ES256 => P256,
        Algorithm::ES384 => P384,
        Algorithm::EdDSA => ED25519,
        _ => RSA,
    }
}

#[test]
fn every_public_key_algorithm_verifies_with_pem_and_with_jwks() {
    for algorithm in Algorithm::ALL.into_iter().filter(|algorithm| !algorithm.is_symmetric()) {
        let header = json!({ "alg": algorithm.name(), "kid": "k" }).to_string();
        let token = token_of_text(algorithm, &header, &claims(&json!({})).to_string());
        let jwks = jwks(&[jwk(algorithm, &json!({ "kid": "k", "use": "sig" }))]);
        for keys in [pem(key_text(algorithm)), Arc::new(KeySet::from_jwks(&jwks).unwrap())] {
            let verifier = Verifier::new(vec![(issuer(&[algorithm]), keys)]).unwrap();
            assert_eq!(verifier.verify(&token, NOW).unwrap().id, "alice", "{algorithm}");
        }
    }
}

#[test]
fn hmac_verifies_with_a_secret_of_its_own() {
    for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
        let keys = Arc::new(KeySet::from_secret(&Secret::new(SECRET.to_vec())).unwrap());
        let verifier = Verifier::new(vec![(issuer(&[algorithm]), keys)]).unwrap();
        let header = json!({ "alg": algorithm.name() }).to_string();
        let token = token_of_text(algorithm, &header, &claims(&json!({})).to_string());
        assert!(verifier.verify(&token, NOW).is_ok(), "{algorithm}");
    }
}

#[test]
fn certificates_and_pkcs1_keys_count_as_their_keys() {
    let of = |algorithm, text| Verifier::new(vec![(issuer(&[algorithm]), pem(text))]).unwrap();
    assert!(
        of(Algorithm::ES256, P256_CERTIFICATE)
            .verify(&token(&claims(&json!({}))), NOW)
            .is_ok()
    );
    let rsa = token_of_text(Algorithm::RS256, r#"{"alg":"RS256"}"#, &claims(&json!({})).to_string());
    assert!(of(Algorithm::RS256, RSA_CERTIFICATE).verify(&rsa, NOW).is_ok());
    assert!(of(Algorithm::RS256, RSA_PKCS1).verify(&rsa, NOW).is_ok());
}

#[test]
fn a_pem_file_with_two_keys_verifies_with_either() {
    let both = format!("{P384}{P256}{RSA}{RSA_CERTIFICATE}");
    let verifier = Verifier::new(vec![(issuer(&[Algorithm::ES256, Algorithm::RS256]), pem(&both))]).unwrap();
    assert!(
        verifier
            .verify(&token_with_header(&json!({ "kid": "any" }), &claims(&json!({}))), NOW)
            .is_ok()
    );
}

#[test]
fn the_principal_carries_everything_mappings_need() {
    let claims = claims(&json!({ "access": { "roles": ["dev", "ops"] }, "level": 7, "admin": true, "ratio": 0.5 }));
    let principal = verifier().verify(&token(&claims), NOW).unwrap();
    assert_eq!(principal.id, "alice");
    assert_eq!(principal.method, Method::Jwt);
    assert_eq!(principal.presented, Place::Bearer);
    assert_eq!(principal.issuer.as_deref(), Some(ISSUER));
    assert_eq!(principal.expires_at, Some(NOW + 300));
    assert_eq!(principal.tenant, None);
    assert_eq!(serde_json::Value::Object(principal.claims), claims);
}

#[test]
fn audiences_may_be_many_on_both_sides() {
    let verifier = verifier_with(|issuer| issuer.audiences = vec!["a".to_owned(), "b".to_owned()]);
    for aud in [json!("a"), json!("b"), json!(["x", "b"]), json!(["a", "b"])] {
        assert!(
            verifier.verify(&token(&claims(&json!({ "aud": aud }))), NOW).is_ok(),
            "{aud}"
        );
    }
}

#[test]
fn usual_types_and_harmless_header_extras_are_accepted() {
    for typ in [
        json!(null),
        json!("JWT"),
        json!("jwt"),
        json!("at+jwt"),
        json!("application/at+JWT"),
        json!("Application/JWT"),
    ] {
        let token = token_with_header(&json!({ "typ": typ }), &claims(&json!({})));
        assert!(verifier().verify(&token, NOW).is_ok(), "{typ}");
    }
    let extras = json!({ "x5t": "abc", "x5t#S256": "def", "ver": 2, "nested": { "a": [1] } });
    assert!(
        verifier()
            .verify(&token_with_header(&extras, &claims(&json!({}))), NOW)
            .is_ok()
    );
}

#[test]
fn an_issuer_may_insist_on_access_tokens() {
    let verifier = verifier_with(|issuer| issuer.typ = TypRule::AccessToken);
    let token = |typ| token_with_header(&json!({ "typ": typ }), &claims(&json!({})));
    assert!(verifier.verify(&token(json!("at+jwt")), NOW).is_ok());
    assert!(verifier.verify(&token(json!("JWT")), NOW).is_err());
    assert!(verifier.verify(&token(json!(null)), NOW).is_err());
}

#[test]
fn tokens_without_subject_never_share_an_identity() {
    let verifier = verifier_with(|issuer| issuer.subject = SubjectRule::Optional);
    let id = |jti: &str| {
        let token = token(&claims(&json!({ "sub": null, "jti": jti })));
        verifier.verify(&token, NOW).unwrap().id
    };
    assert!(id("a").starts_with("token-"));
    assert_eq!(id("a"), id("a"));
    assert_ne!(id("a"), id("b"));
}

#[test]
fn the_shape_says_who_must_judge() {
    let other = Issuer::new(
        "https://other.example".to_owned(),
        vec![AUDIENCE.to_owned()],
        vec![Algorithm::ES256],
    );
    let verifier = Verifier::new(vec![(other, pem(P256)), (issuer(&[Algorithm::ES256]), pem(P256))]).unwrap();
    let of = |iss| verifier.shape(&token(&claims(&json!({ "iss": iss }))));
    assert_eq!(
        of("https://other.example"),
        Shape::Jwt {
            issuer: Named::Known(0)
        }
    );
    assert_eq!(
        of(ISSUER),
        Shape::Jwt {
            issuer: Named::Known(1)
        }
    );
    assert_eq!(of("https://nobody.example"), Shape::Jwt { issuer: Named::Unknown });
    for text in [
        "",
        "a.b.c",
        "callgate_app_x",
        "..",
        "s3cret.with.dots",
        "eyJhbGciOiJub25lIn0.e30",
    ] {
        assert_eq!(verifier.shape(text), Shape::NotAJwt, "{text}");
    }
}

#[test]
fn new_keys_make_a_new_verifier_and_leave_the_old_one_alone() {
    let old = Verifier::new(vec![(issuer(&[Algorithm::ES256]), Arc::new(KeySet::empty()))]).unwrap();
    let new = old.with_keys(ISSUER, pem(P256)).unwrap();
    let token = token(&claims(&json!({})));
    assert!(old.verify(&token, NOW).is_err());
    assert!(new.verify(&token, NOW).is_ok());
    assert!(old.with_keys("https://nobody.example", pem(P256)).is_none());
    let secret = Arc::new(KeySet::from_secret(&Secret::new(SECRET.to_vec())).unwrap());
    assert!(old.with_keys(ISSUER, secret).is_none());
}
