//! Key sets: which keys verify, which are left out, what is refused at load.

use crate::common::*;
use base64::Engine as _;
use callgate_auth::jwt::{Algorithm, KEY_TRIES, KEYS, KEYS_BYTES, KeyError, KeyFault, KeySet};
use serde_json::{Value, json};

/// The fault of a key beside a good one.
fn skipped(key: Value) -> Option<KeyFault> {
    let set = KeySet::from_jwks(&jwks(&[jwk(Algorithm::ES256, &json!({})), key])).unwrap();
    set.skipped().first().map(|skipped| skipped.fault.clone())
}

#[test]
fn e08_keys_that_must_not_verify_are_left_out() {
    let ec = |changes: Value| jwk(Algorithm::ES256, &changes);
    let rsa = |changes: Value| jwk(Algorithm::RS256, &changes);
    assert_eq!(
        skipped(ec(
            json!({ "use": "sig", "key_ops": ["verify"], "alg": "ES256", "x5c": ["AA"] })
        )),
        None
    );
    assert_eq!(skipped(ec(json!({ "use": "enc" }))), Some(KeyFault::Use));
    assert_eq!(skipped(ec(json!({ "key_ops": ["sign"] }))), Some(KeyFault::KeyOps));
    assert_eq!(
        skipped(ec(json!({ "key_ops": "verify" }))),
        Some(KeyFault::Member("key_ops"))
    );
    assert_eq!(skipped(ec(json!({ "alg": "RS256" }))), Some(KeyFault::Algorithm));
    assert_eq!(skipped(ec(json!({ "alg": "HS256" }))), Some(KeyFault::Algorithm));
    assert_eq!(skipped(rsa(json!({ "alg": "RSA-OAEP" }))), Some(KeyFault::Algorithm));
    assert_eq!(skipped(ec(json!({ "d": "AAAA" }))), Some(KeyFault::Private));
    assert_eq!(skipped(ec(json!({ "k": "AAAA" }))), Some(KeyFault::Symmetric));
    assert_eq!(
        skipped(json!({ "kty": "oct", "k": B64.encode(SECRET) })),
        Some(KeyFault::Symmetric)
    );
    assert_eq!(
        skipped(json!({ "kty": "EC", "crv": "P-521", "x": "AA", "y": "AA" })),
        Some(KeyFault::Type)
    );
    assert_eq!(
        skipped(json!({ "kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA" })),
        Some(KeyFault::Type)
    );
    assert_eq!(
        skipped(json!({ "kty": "OKP", "crv": "X25519", "x": "AA" })),
        Some(KeyFault::Type)
    );
    assert_eq!(skipped(json!({ "kty": 1 })), Some(KeyFault::Member("kty")));
    assert_eq!(skipped(json!("key")), Some(KeyFault::NotAnObject));
    assert_eq!(skipped(ec(json!({ "kid": "" }))), Some(KeyFault::Member("kid")));
    assert_eq!(skipped(ec(json!({ "kid": 1 }))), Some(KeyFault::Member("kid")));
}

#[test]
fn e05_keys_with_bad_numbers_are_left_out() {
    let ec = |changes: Value| jwk(Algorithm::ES256, &changes);
    let rsa = |changes: Value| jwk(Algorithm::RS256, &changes);
    let zero = B64.encode([0; 32]);
    assert_eq!(skipped(ec(json!({ "x": zero, "y": zero }))), Some(KeyFault::Point));
    assert_eq!(
        skipped(ec(json!({ "x": B64.encode([1; 31]) }))),
        Some(KeyFault::Member("x"))
    );
    assert_eq!(
        skipped(ec(json!({ "y": "not base64url!" }))),
        Some(KeyFault::Member("y"))
    );
    assert_eq!(
        skipped(jwk(Algorithm::EdDSA, &json!({ "x": B64.encode([7; 31]) }))),
        Some(KeyFault::Point)
    );
    let e = |bytes: &[u8]| skipped(rsa(json!({ "e": B64.encode(bytes) })));
    assert_eq!(e(&[1]), Some(KeyFault::RsaValue));
    assert_eq!(e(&[1, 0, 0]), Some(KeyFault::RsaValue));
    assert_eq!(e(&[]), Some(KeyFault::RsaValue));
    assert_eq!(e(&[1, 0, 0, 0, 1]), Some(KeyFault::RsaValue));
    assert_eq!(e(&[0, 1, 0, 1]), None);
    assert_eq!(e(&[3]), None);
    let n = |bytes: &[u8]| skipped(rsa(json!({ "n": B64.encode(bytes) })));
    assert_eq!(n(&[0xff; 128]), Some(KeyFault::RsaSize(1024)));
    assert_eq!(
        n(&[&[0x7f], [0xff; 255].as_slice()].concat()),
        Some(KeyFault::RsaSize(2047))
    );
    assert_eq!(n(&[0xff; 256]), None);
    assert_eq!(n(&[0xff; 1024]), None);
    assert_eq!(
        n(&[&[1], [0xff; 1024].as_slice()].concat()),
        Some(KeyFault::RsaSize(8193))
    );
    assert_eq!(n(&[0xfe; 256]), Some(KeyFault::RsaValue));
}

#[test]
fn e08_sets_hold_at_their_limits_and_fail_one_further() {
    let key = |at: usize| jwk(Algorithm::EdDSA, &json!({ "kid": at.to_string() }));
    let set = |count: usize| KeySet::from_jwks(&jwks(&(0..count).map(key).collect::<Vec<_>>()));
    assert_eq!(set(KEYS).unwrap().len(), KEYS);
    assert_eq!(set(KEYS + 1).unwrap_err(), KeyError::TooMany);
    let text = jwks(&[key(1)]);
    let padded = |bytes: usize| format!("{text}{}", " ".repeat(bytes - text.len()));
    assert!(KeySet::from_jwks(&padded(KEYS_BYTES)).is_ok());
    assert_eq!(
        KeySet::from_jwks(&padded(KEYS_BYTES + 1)).unwrap_err(),
        KeyError::TooLarge
    );
    let same = vec![jwk(Algorithm::EdDSA, &json!({ "kid": "same" })); KEY_TRIES + 1];
    let set = KeySet::from_jwks(&jwks(&same)).unwrap();
    assert_eq!(
        (set.len(), set.skipped()[0].fault.clone()),
        (KEY_TRIES, KeyFault::Crowded)
    );
}

#[test]
fn e08_an_emptied_or_broken_set_is_an_error_and_not_an_empty_set() {
    assert_eq!(
        KeySet::from_jwks("{\"keys\":[]}").unwrap_err(),
        KeyError::NoneUsable(Vec::new())
    );
    let only_enc = jwks(&[jwk(Algorithm::ES256, &json!({ "use": "enc" }))]);
    assert!(
        KeySet::from_jwks(&only_enc)
            .unwrap_err()
            .to_string()
            .contains("key 1: is not for signatures")
    );
    assert_eq!(KeySet::from_jwks("{}").unwrap_err(), KeyError::NoKeys);
    assert_eq!(KeySet::from_jwks("{\"keys\":{}}").unwrap_err(), KeyError::NoKeys);
    for text in ["", "[]", "<html>", "{\"keys\":[],\"keys\":[]}", "{\"keys\":[]} x"] {
        assert!(matches!(KeySet::from_jwks(text), Err(KeyError::Json(_))), "{text}");
    }
}

#[test]
fn pem_files_are_taken_whole_or_not_at_all() {
    let fault = |text: &str| KeySet::from_pem(text).unwrap_err();
    assert_eq!(fault(""), KeyError::NotPem);
    assert_eq!(fault("not pem"), KeyError::NotPem);
    assert_eq!(
        fault(P256_PRIVATE),
        KeyError::Pem {
            index: 1,
            fault: KeyFault::Private
        }
    );
    assert_eq!(
        fault(&format!("{P256}{P256_PRIVATE}")),
        KeyError::Pem {
            index: 2,
            fault: KeyFault::Private
        }
    );
    let koblitz = include_str!("../fixtures/keys/secp256k1.public.pem");
    assert_eq!(
        fault(koblitz),
        KeyError::Pem {
            index: 1,
            fault: KeyFault::Type
        }
    );
    assert_eq!(KeySet::from_pem(&P256.repeat(KEY_TRIES)).unwrap().len(), KEY_TRIES);
    assert_eq!(fault(&P256.repeat(KEY_TRIES + 1)), KeyError::TooManyPem);
}

#[test]
fn cut_and_changed_der_never_passes_silently() {
    for text in [P256, P256_CERTIFICATE, RSA, ED25519] {
        let block = pem::parse(text).unwrap();
        let der = block.contents();
        let load = |bytes: &[u8]| KeySet::from_pem(&pem::encode(&pem::Pem::new(block.tag(), bytes.to_vec())));
        assert!(load(der).is_ok());
        for cut in 0..der.len() {
            assert!(load(&der[..cut]).is_err(), "{cut}");
        }
        assert!(load(&[der, &[0]].concat()).is_err());
    }
}
