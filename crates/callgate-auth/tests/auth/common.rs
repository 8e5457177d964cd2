//! Keys, tokens and verifiers for the tests.

use base64::Engine as _;
pub(crate) use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use callgate_auth::jwt::{Algorithm, Issuer, KeySet, Verifier};
use jsonwebtoken::EncodingKey;
use serde_json::{Value, json};
use std::sync::Arc;

/// The time of every test, unix seconds.
pub(crate) const NOW: u64 = 1_800_000_000;
pub(crate) const ISSUER: &str = "https://idp.example/realms/apps";
pub(crate) const AUDIENCE: &str = "callgate";

pub(crate) const P256: &str = include_str!("../fixtures/keys/p256.public.pem");
pub(crate) const P256_CERTIFICATE: &str = include_str!("../fixtures/keys/p256.certificate.pem");
pub(crate) const P256_PRIVATE: &str = include_str!("../fixtures/keys/p256.test-private.pem");
pub(crate) const P384: &str = include_str!("../fixtures/keys/p384.public.pem");
pub(crate) const ED25519: &str = include_str!("../fixtures/keys/ed25519.public.pem");
pub(crate) const RSA: &str = include_str!("../fixtures/keys/rsa2048.public.pem");
pub(crate) const RSA_PKCS1: &str = include_str!("../fixtures/keys/rsa2048.pkcs1.pem");
pub(crate) const RSA_CERTIFICATE: &str = include_str!("../fixtures/keys/rsa2048.certificate.pem");
const P384_PRIVATE: &str = include_str!("../fixtures/keys/p384.test-private.pem");
const ED25519_PRIVATE: &str = include_str!("../fixtures/keys/ed25519.test-private.pem");
const RSA_PRIVATE: &str = include_str!("../fixtures/keys/rsa2048.test-private.pem");

/// Signs with the test key that belongs to the algorithm.
pub(crate) fn sign(algorithm: Algorithm, message: &str) -> String {
    use Algorithm::*;
    let (key, backend) = match algorithm {
        RS256 => (
            EncodingKey::from_rsa_pem(RSA_PRIVATE.as_bytes()),
            jsonwebtoken::Algorithm::RS256,
        ),
        RS384 => (
            EncodingKey::from_rsa_pem(RSA_PRIVATE.as_bytes()),
            jsonwebtoken::Algorithm::RS384,
        ),
        RS512 => (
            EncodingKey::from_rsa_pem(RSA_PRIVATE.as_bytes()),
            jsonwebtoken::Algorithm::RS512,
        ),
        PS256 => (
            EncodingKey::from_rsa_pem(RSA_PRIVATE.as_bytes()),
            jsonwebtoken::Algorithm::PS256,
        ),
        PS384 => (
            EncodingKey::from_rsa_pem(RSA_PRIVATE.as_bytes()),
            jsonwebtoken::Algorithm::PS384,
        ),
        PS512 => (
            EncodingKey::from_rsa_pem(RSA_PRIVATE.as_bytes()),
            jsonwebtoken::Algorithm::PS512,
        ),
        ES256 => (
            EncodingKey::from_ec_pem(P256_PRIVATE.as_bytes()),
            jsonwebtoken::Algorithm::ES256,
        ),
        ES384 => (
            EncodingKey::from_ec_pem(P384_PRIVATE.as_bytes()),
            jsonwebtoken::Algorithm::ES384,
        ),
        EdDSA => (
            EncodingKey::from_ed_pem(ED25519_PRIVATE.as_bytes()),
            jsonwebtoken::Algorithm::EdDSA,
        ),
        HS256 => (Ok(EncodingKey::from_secret(SECRET)), jsonwebtoken::Algorithm::HS256),
        HS384 => (Ok(EncodingKey::from_secret(SECRET)), jsonwebtoken::Algorithm::HS384),
        HS512 => (Ok(EncodingKey::from_secret(SECRET)), jsonwebtoken::Algorithm::HS512),
    };
    jsonwebtoken::crypto::sign(message.as_bytes(), &key.unwrap(), backend).unwrap()
}

/// 64 bytes, enough for every HMAC.
pub(crate) const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// Signs texts as they are, so that tests can send what no JSON library writes.
pub(crate) fn token_of_text(algorithm: Algorithm, header: &str, payload: &str) -> String {
    let signed = format!("{}.{}", B64.encode(header), B64.encode(payload));
    let signature = sign(algorithm, &signed);
    format!("{signed}.{signature}")
}

/// An ES256 token with these header members more and these claims.
pub(crate) fn token_with_header(extra: &Value, claims: &Value) -> String {
    let mut header = json!({ "alg": "ES256", "typ": "JWT" });
    merge(&mut header, extra);
    token_of_text(Algorithm::ES256, &header.to_string(), &claims.to_string())
}

/// An ES256 token with these claims and nothing unusual.
pub(crate) fn token(claims: &Value) -> String {
    token_with_header(&json!({}), claims)
}

/// Good claims, changed: `null` removes a claim.
pub(crate) fn claims(changes: &Value) -> Value {
    let mut claims = json!({ "iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "exp": NOW + 300, "iat": NOW });
    merge(&mut claims, changes);
    claims
}

fn merge(into: &mut Value, changes: &Value) {
    let map = into.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            map.remove(name);
        } else {
            map.insert(name.clone(), value.clone());
        }
    }
}

pub(crate) fn issuer(algorithms: &[Algorithm]) -> Issuer {
    Issuer::new(ISSUER.to_owned(), vec![AUDIENCE.to_owned()], algorithms.to_vec())
}

pub(crate) fn pem(text: &str) -> Arc<KeySet> {
    Arc::new(KeySet::from_pem(text).unwrap())
}

/// One issuer with the P-256 test key, ES256 only.
pub(crate) fn verifier() -> Verifier {
    Verifier::new(vec![(issuer(&[Algorithm::ES256]), pem(P256))]).unwrap()
}

/// One changed issuer with the P-256 test key.
pub(crate) fn verifier_with(change: impl FnOnce(&mut Issuer)) -> Verifier {
    let mut issuer = issuer(&[Algorithm::ES256]);
    change(&mut issuer);
    Verifier::new(vec![(issuer, pem(P256))]).unwrap()
}

/// A JWK for the public part of a test key.
pub(crate) fn jwk(algorithm: Algorithm, changes: &Value) -> Value {
    let der = |text: &str| pem::parse(text).unwrap().into_contents();
    let tail = |text: &str, bytes: usize| {
        let der = der(text);
        der[der.len() - bytes..].to_vec()
    };
    let mut jwk = match algorithm {
        Algorithm::ES256 => ec("P-256", &tail(P256, 64)),
        Algorithm::ES384 => ec("P-384", &tail(P384, 96)),
        Algorithm::EdDSA => json!({ "kty": "OKP", "crv": "Ed25519", "x": B64.encode(tail(ED25519, 32)) }),
        _ => {
            // SEQUENCE, INTEGER of 257 bytes, INTEGER of 3 bytes: the fixed shape of a 2048-bit PKCS#1 key.
            let der = der(RSA_PKCS1);
            json!({ "kty": "RSA", "n": B64.encode(&der[9..265]), "e": B64.encode(&der[267..]) })
        }
    };
    merge(&mut jwk, changes);
    jwk
}

fn ec(curve: &str, point: &[u8]) -> Value {
    let (x, y) = point.split_at(point.len() / 2);
    json!({ "kty": "EC", "crv": curve, "x": B64.encode(x), "y": B64.encode(y) })
}

pub(crate) fn jwks(keys: &[Value]) -> String {
    json!({ "keys": keys }).to_string()
}
