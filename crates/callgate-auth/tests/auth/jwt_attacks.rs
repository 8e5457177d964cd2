//! The identity attacks on tokens, each under the number it has in the attack catalogue.

use crate::common::*;
use base64::Engine as _;
use callgate_auth::Secret;
use callgate_auth::jwt::{
    Algorithm, ClaimFault, HeaderFault, Issuer, IssuerProblem, JsonFault, JwtError, KID_BYTES, KeyError, KeySet,
    NAME_BYTES, Part, TOKEN_BYTES, Verifier,
};
use serde_json::{Value, json};
use std::sync::Arc;

fn verify(token: &str) -> Result<String, JwtError> {
    verifier().verify(token, NOW).map(|principal| principal.id)
}

fn verify_claims(changes: &Value) -> Result<String, JwtError> {
    verify(&token(&claims(changes)))
}

fn verify_header(extra: &Value) -> Result<String, JwtError> {
    verify(&token_with_header(extra, &claims(&json!({}))))
}

fn not_allowed(algorithm: Option<Algorithm>) -> Result<String, JwtError> {
    Err(JwtError::AlgorithmNotAllowed {
        issuer: ISSUER.to_owned(),
        algorithm,
    })
}

#[test]
fn e01_alg_none() {
    for name in ["none", "None", "nOnE", "NONE", ""] {
        let signed = format!(
            "{}.{}",
            B64.encode(json!({ "alg": name }).to_string()),
            B64.encode(claims(&json!({})).to_string())
        );
        let real = sign(Algorithm::ES256, &signed);
        for signature in ["", "AA", &real] {
            assert_eq!(verify(&format!("{signed}.{signature}")), not_allowed(None), "{name}");
        }
    }
    for alg in [json!(null), json!(1), json!(["ES256"]), json!({}), json!(true)] {
        assert_eq!(
            verify_header(&json!({ "alg": alg })),
            Err(JwtError::Header(HeaderFault::NoAlgorithm)),
            "{alg}"
        );
    }
    // An empty signature under a real algorithm.
    let whole = token(&claims(&json!({})));
    let (signed, _) = whole.rsplit_once('.').unwrap();
    assert_eq!(verify(&format!("{signed}.")), Err(JwtError::Signature));
}

#[test]
fn e02_public_key_as_hmac_secret() {
    let der = pem::parse(P256).unwrap().into_contents();
    let jwk = jwk(Algorithm::ES256, &json!({})).to_string();
    for secret in [
        P256.as_bytes(),
        P256.trim().as_bytes(),
        &der,
        &der[26..],
        jwk.as_bytes(),
    ] {
        let header = B64.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
        let signed = format!("{header}.{}", B64.encode(claims(&json!({})).to_string()));
        let key = jsonwebtoken::EncodingKey::from_secret(secret);
        let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &key, jsonwebtoken::Algorithm::HS256).unwrap();
        assert_eq!(
            verify(&format!("{signed}.{signature}")),
            not_allowed(Some(Algorithm::HS256))
        );
    }
}

#[test]
fn e02_key_type_is_bound_to_the_algorithm() {
    // Both algorithms are allowed, but the named key is of the other kind.
    let keys = jwks(&[
        jwk(Algorithm::ES256, &json!({ "kid": "ec" })),
        jwk(Algorithm::RS256, &json!({ "kid": "rsa", "alg": "RS256" })),
    ]);
    let algorithms = [Algorithm::ES256, Algorithm::RS256, Algorithm::PS256];
    let verifier = Verifier::new(vec![(issuer(&algorithms), Arc::new(KeySet::from_jwks(&keys).unwrap()))]).unwrap();
    let verify = |algorithm: Algorithm, kid: &str| {
        let header = json!({ "alg": algorithm.name(), "kid": kid }).to_string();
        verifier
            .verify(&token_of_text(algorithm, &header, &claims(&json!({})).to_string()), NOW)
            .map(|_| ())
    };
    let unfit = |algorithm| {
        Err(JwtError::KeyDoesNotFit {
            issuer: ISSUER.to_owned(),
            algorithm,
        })
    };
    assert_eq!(verify(Algorithm::ES256, "ec"), Ok(()));
    assert_eq!(verify(Algorithm::RS256, "rsa"), Ok(()));
    assert_eq!(verify(Algorithm::ES256, "rsa"), unfit(Algorithm::ES256));
    assert_eq!(verify(Algorithm::RS256, "ec"), unfit(Algorithm::RS256));
    // The JWK says RS256, so PS256 with the same key is refused too.
    assert_eq!(verify(Algorithm::PS256, "rsa"), unfit(Algorithm::PS256));
}

#[test]
fn e02_symmetric_and_public_keys_never_mix() {
    let secret = Arc::new(KeySet::from_secret(&Secret::new(SECRET.to_vec())).unwrap());
    let problem = |algorithms: &[Algorithm], keys: &Arc<KeySet>| {
        Verifier::new(vec![(issuer(algorithms), keys.clone())]).unwrap_err()[0].problem
    };
    assert_eq!(
        problem(&[Algorithm::ES256, Algorithm::HS256], &pem(P256)),
        IssuerProblem::MixedAlgorithms
    );
    assert_eq!(
        problem(&[Algorithm::ES256, Algorithm::HS256], &secret),
        IssuerProblem::MixedAlgorithms
    );
    assert_eq!(problem(&[Algorithm::HS256], &pem(P256)), IssuerProblem::NoSecret);
    assert_eq!(
        problem(&[Algorithm::ES256], &secret),
        IssuerProblem::SecretForPublicKeyAlgorithm
    );
}

#[test]
fn e04_psychic_signatures_and_other_spellings() {
    let whole = token(&claims(&json!({})));
    let (signed, good) = whole.rsplit_once('.').unwrap();
    let good = B64.decode(good).unwrap();
    let with = |signature: &[u8]| verify(&format!("{signed}.{}", B64.encode(signature)));
    assert_eq!(with(&good), Ok("alice".to_owned()));
    let order = hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    let (r, s) = good.split_at(32);
    let zero = [0_u8; 32];
    let bad: [Vec<u8>; 10] = [
        vec![0; 64],                    // r = s = 0
        [&zero, s].concat(),            // r = 0
        [r, &zero].concat(),            // s = 0
        [order.as_slice(), s].concat(), // r = n
        [r, &order].concat(),           // s = n
        [order.as_slice(), &order].concat(),
        der_signature(r, s),              // DER instead of raw
        good[..63].to_vec(),              // short
        [good.as_slice(), &[0]].concat(), // long
        [&r[1..], s].concat(),            // short r
    ];
    for signature in bad {
        assert_eq!(with(&signature), Err(JwtError::Signature), "{signature:?}");
    }
}

#[test]
fn e05_weak_keys_are_refused_at_load() {
    let short = KeySet::from_secret(&Secret::new(vec![b'k'; 31])).unwrap_err();
    assert_eq!(short, KeyError::ShortSecret { bytes: 31 });
    assert!(KeySet::from_secret(&Secret::new(vec![b'k'; 32])).is_ok());
    // A longer hash needs a longer secret.
    let keys = Arc::new(KeySet::from_secret(&Secret::new(vec![b'k'; 32])).unwrap());
    let errors = Verifier::new(vec![(issuer(&[Algorithm::HS512]), keys)]).unwrap_err();
    assert_eq!(errors[0].problem, IssuerProblem::ShortSecret(Algorithm::HS512));
    assert_eq!(
        KeySet::from_secret(&Secret::new(P256.as_bytes().to_vec())).unwrap_err(),
        KeyError::SecretIsPem
    );
    let weak = include_str!("../fixtures/keys/rsa1024.public.pem");
    assert!(KeySet::from_pem(weak).unwrap_err().to_string().contains("1024 bits"));
}

#[test]
fn e06_keys_brought_along_are_refused() {
    let own = jwk(Algorithm::ES256, &json!({}));
    for (name, value) in [
        ("jwk", own),
        ("jku", json!("https://evil.example/jwks")),
        ("x5u", json!("https://evil.example/cert")),
        ("x5c", json!(["AAAA"])),
    ] {
        let refused = Err(JwtError::Header(HeaderFault::KeyInside(name)));
        assert_eq!(verify_header(&json!({ name: value })), refused);
    }
}

#[test]
fn e06_critical_and_unencoded_are_refused() {
    for crit in [
        json!(["exp"]),
        json!([]),
        json!("b64"),
        json!(["http://example.invalid/UNDEFINED"]),
        json!(0),
    ] {
        assert_eq!(
            verify_header(&json!({ "crit": crit })),
            Err(JwtError::Header(HeaderFault::Critical))
        );
    }
    for b64 in [json!(false), json!(true)] {
        assert_eq!(
            verify_header(&json!({ "b64": b64 })),
            Err(JwtError::Header(HeaderFault::Unencoded))
        );
    }
}

#[test]
fn e07_key_ids_are_only_looked_up() {
    let keys = jwks(&[jwk(Algorithm::ES256, &json!({ "kid": "k1" }))]);
    let verifier = Verifier::new(vec![(
        issuer(&[Algorithm::ES256]),
        Arc::new(KeySet::from_jwks(&keys).unwrap()),
    )])
    .unwrap();
    let verify = |kid: Value| {
        verifier
            .verify(&token_with_header(&json!({ "kid": kid }), &claims(&json!({}))), NOW)
            .map(|principal| principal.id)
    };
    assert_eq!(verify(json!("k1")), Ok("alice".to_owned()));
    for kid in [
        "../../dev/null",
        "' OR 1=1 --",
        "K1",
        "k1 ",
        "https://evil.example/k1",
        "|/bin/true",
    ] {
        let unknown = JwtError::UnknownKey {
            issuer: ISSUER.to_owned(),
            kid: Some(kid.to_owned()),
        };
        assert_eq!(verify(json!(kid)), Err(unknown));
    }
    for kid in [
        json!(""),
        json!("k1\u{0}"),
        json!("k1\n"),
        json!("é"),
        json!(1),
        json!(["k1"]),
        json!({}),
        json!(true),
    ] {
        assert_eq!(verify(kid.clone()), Err(JwtError::Header(HeaderFault::KeyId)), "{kid}");
    }
    assert!(matches!(
        verify(json!("k".repeat(KID_BYTES))),
        Err(JwtError::UnknownKey { .. })
    ));
    assert_eq!(
        verify(json!("k".repeat(KID_BYTES + 1))),
        Err(JwtError::Header(HeaderFault::KeyId))
    );
}

#[test]
fn e07_a_key_id_shared_by_two_issuers_is_two_keys() {
    let set = |algorithm| {
        let keys = jwks(&[jwk(algorithm, &json!({ "kid": "same" }))]);
        Arc::new(KeySet::from_jwks(&keys).unwrap())
    };
    let named = |name: &str, algorithm| Issuer::new(name.to_owned(), vec![AUDIENCE.to_owned()], vec![algorithm]);
    let verifier = Verifier::new(vec![
        (named("https://a.example", Algorithm::ES256), set(Algorithm::ES256)),
        (named("https://b.example", Algorithm::EdDSA), set(Algorithm::EdDSA)),
    ])
    .unwrap();
    let verify = |iss: &str, algorithm: Algorithm| {
        let header = json!({ "alg": algorithm.name(), "kid": "same" }).to_string();
        let token = token_of_text(algorithm, &header, &claims(&json!({ "iss": iss })).to_string());
        verifier.verify(&token, NOW).map(|principal| principal.issuer.unwrap())
    };
    assert_eq!(
        verify("https://a.example", Algorithm::ES256).unwrap(),
        "https://a.example"
    );
    assert_eq!(
        verify("https://b.example", Algorithm::EdDSA).unwrap(),
        "https://b.example"
    );
    assert!(verify("https://a.example", Algorithm::EdDSA).is_err());
    assert!(verify("https://b.example", Algorithm::ES256).is_err());
}

#[test]
fn e07_a_missing_key_id_needs_exactly_one_fitting_key() {
    let set = |keys: &[Value]| Arc::new(KeySet::from_jwks(&jwks(keys)).unwrap());
    let verify = |keys: &[Value]| {
        let verifier = Verifier::new(vec![(issuer(&[Algorithm::ES256]), set(keys))]).unwrap();
        verifier
            .verify(&token(&claims(&json!({}))), NOW)
            .map(|principal| principal.id)
    };
    let good = jwk(Algorithm::ES256, &json!({ "kid": "a" }));
    let again = jwk(Algorithm::ES256, &json!({ "kid": "b" }));
    let other = jwk(Algorithm::RS256, &json!({ "kid": "c" }));
    assert_eq!(verify(&[good.clone(), other.clone()]), Ok("alice".to_owned()));
    assert_eq!(
        verify(&[good, again]),
        Err(JwtError::AmbiguousKey {
            issuer: ISSUER.to_owned()
        })
    );
    assert_eq!(
        verify(&[other]),
        Err(JwtError::UnknownKey {
            issuer: ISSUER.to_owned(),
            kid: None
        })
    );
}

#[test]
fn e08_duplicate_key_ids_are_both_tried() {
    let stranger = json!({ "kty": "EC", "crv": "P-256", "kid": "k",
        "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM" });
    let good = jwk(Algorithm::ES256, &json!({ "kid": "k" }));
    for keys in [[stranger.clone(), good.clone()], [good, stranger]] {
        let keys = Arc::new(KeySet::from_jwks(&jwks(&keys)).unwrap());
        let verifier = Verifier::new(vec![(issuer(&[Algorithm::ES256]), keys)]).unwrap();
        let token = token_with_header(&json!({ "kid": "k" }), &claims(&json!({})));
        assert!(verifier.verify(&token, NOW).is_ok());
    }
}

#[test]
fn e10_other_kinds_of_tokens() {
    for typ in [
        json!("dpop+jwt"),
        json!("logout+jwt"),
        json!("secevent+jwt"),
        json!("vc+sd-jwt"),
        json!("JOSE"),
        json!(""),
        json!(" JWT"),
        json!("application/application/jwt"),
        json!(1),
        json!(["JWT"]),
    ] {
        assert_eq!(
            verify_header(&json!({ "typ": typ })),
            Err(JwtError::Header(HeaderFault::Type)),
            "{typ}"
        );
    }
    assert_eq!(
        verify_header(&json!({ "cty": "JWT" })),
        Err(JwtError::Header(HeaderFault::Nested))
    );
    // An SD-JWT carries disclosures behind tildes.
    assert_eq!(
        verify(&format!("{}~", token(&claims(&json!({}))))),
        Err(JwtError::Encoding(Part::Signature))
    );
}

#[test]
fn e11_missing_claims() {
    for name in ["iss", "aud", "exp", "sub"] {
        let missing = match name {
            "iss" => JwtError::Claim("iss", ClaimFault::Missing),
            "aud" => JwtError::Claim("aud", ClaimFault::Missing),
            "exp" => JwtError::Claim("exp", ClaimFault::Missing),
            _ => JwtError::Claim("sub", ClaimFault::Missing),
        };
        assert_eq!(verify_claims(&json!({ name: null })), Err(missing));
    }
}

#[test]
fn e12_wrong_claim_types() {
    let wrong = |name: &'static str, value: Value| {
        let result = verify_claims(&json!({ name: value }));
        let text = format!("{name}: {value} gave {result:?}");
        assert!(
            matches!(result, Err(JwtError::Claim(found, _)) if found == name),
            "{text}"
        );
    };
    for value in [
        json!({ "a": AUDIENCE }),
        json!(1),
        json!([[AUDIENCE]]),
        json!([AUDIENCE, 1]),
        json!([AUDIENCE, null]),
        json!([]),
        json!(""),
    ] {
        wrong("aud", value);
    }
    for value in [json!([ISSUER]), json!([ISSUER, "x"]), json!(1), json!({}), json!("")] {
        wrong("iss", value);
    }
    for value in [
        json!(1),
        json!(["alice"]),
        json!({}),
        json!(true),
        json!(""),
        json!("a\u{0}"),
        json!("a\nb"),
    ] {
        wrong("sub", value);
    }
    for name in ["exp", "nbf", "iat"] {
        for value in [
            json!("1800000300"),
            json!(1_800_000_300.0),
            json!(1.5),
            json!(-1),
            json!([1]),
            json!({}),
            json!(true),
        ] {
            wrong(name, value);
        }
    }
    // Too large for a date, too large for 64 bits, too large for a float.
    for exp in ["253402300800", "18446744073709551616", "1e300"] {
        let payload = claims(&json!({})).to_string().replace("1800000300", exp);
        let result = verify(&token_of_text(Algorithm::ES256, r#"{"alg":"ES256"}"#, &payload));
        assert!(matches!(result, Err(JwtError::Claim("exp", _))), "{exp}: {result:?}");
    }
    let payload = claims(&json!({})).to_string().replace("1800000300", "1e400");
    let result = verify(&token_of_text(Algorithm::ES256, r#"{"alg":"ES256"}"#, &payload));
    assert_eq!(result, Err(JwtError::Json(Part::Payload, JsonFault::Syntax)));
}

#[test]
fn e12_null_is_a_wrong_type_and_not_a_missing_claim() {
    for name in ["iss", "aud", "exp", "nbf", "iat", "sub"] {
        let text = claims(&json!({ name: "@" })).to_string().replace("\"@\"", "null");
        let result = verify(&token_of_text(Algorithm::ES256, r#"{"alg":"ES256"}"#, &text));
        assert!(
            matches!(result, Err(JwtError::Claim(_, ClaimFault::WrongType(_)))),
            "{name}: {result:?}"
        );
    }
}

#[test]
fn e12_duplicate_claims_make_no_token() {
    let good = claims(&json!({})).to_string();
    for extra in [
        r#""sub":"root""#,
        r#""\u0073ub":"root""#,
        r#""x":{"roles":"a","roles":"b"}"#,
        r#""x":[{"a":1,"a":1}]"#,
        r#""iss":"https://evil.example""#,
    ] {
        let payload = format!("{},{extra}}}", good.strip_suffix('}').unwrap());
        let result = verify(&token_of_text(Algorithm::ES256, r#"{"alg":"ES256"}"#, &payload));
        assert_eq!(
            result,
            Err(JwtError::Json(Part::Payload, JsonFault::Duplicate)),
            "{extra}"
        );
    }
    let result = verify(&token_of_text(
        Algorithm::ES256,
        r#"{"alg":"ES256","alg":"none"}"#,
        &good,
    ));
    assert_eq!(result, Err(JwtError::Json(Part::Header, JsonFault::Duplicate)));
}

#[test]
fn e13_clocks_at_the_limit_and_one_second_further() {
    // exp: on or after exp + leeway the token is over.
    assert!(verify_claims(&json!({ "exp": NOW - 29, "iat": NOW - 60 })).is_ok());
    assert_eq!(
        verify_claims(&json!({ "exp": NOW - 30 })),
        Err(JwtError::Expired {
            exp: NOW - 30,
            now: NOW
        })
    );
    // nbf and iat: up to the leeway in the future.
    assert!(verify_claims(&json!({ "nbf": NOW + 30 })).is_ok());
    assert_eq!(
        verify_claims(&json!({ "nbf": NOW + 31 })),
        Err(JwtError::NotYetValid {
            nbf: NOW + 31,
            now: NOW
        })
    );
    assert!(verify_claims(&json!({ "iat": NOW + 30 })).is_ok());
    assert_eq!(
        verify_claims(&json!({ "iat": NOW + 31 })),
        Err(JwtError::IssuedInFuture {
            iat: NOW + 31,
            now: NOW
        })
    );
    // Without leeway the token is over at exp itself.
    let strict = verifier_with(|issuer| issuer.leeway_secs = 0);
    let at = |exp| strict.verify(&token(&claims(&json!({ "exp": exp }))), NOW).is_ok();
    assert!(at(NOW + 1));
    assert!(!at(NOW));
}

#[test]
fn e13_leeway_and_lifetime_are_bounded() {
    let build = |leeway| {
        let mut issuer = issuer(&[Algorithm::ES256]);
        issuer.leeway_secs = leeway;
        Verifier::new(vec![(issuer, pem(P256))])
    };
    assert!(build(300).is_ok());
    assert_eq!(build(301).unwrap_err()[0].problem, IssuerProblem::Leeway);
    let verifier = verifier_with(|issuer| issuer.max_lifetime_secs = Some(300));
    let verify = |changes: Value| {
        verifier
            .verify(&token(&claims(&changes)), NOW)
            .map(|principal| principal.id)
    };
    assert!(verify(json!({ "exp": NOW + 300 })).is_ok());
    assert_eq!(
        verify(json!({ "exp": NOW + 301 })),
        Err(JwtError::LivesTooLong {
            lifetime: 301,
            allowed: 300
        })
    );
    assert_eq!(
        verify(json!({ "iat": null })),
        Err(JwtError::Claim("iat", ClaimFault::Missing))
    );
}

#[test]
fn e14_audiences_are_exact() {
    for aud in [
        "callgat",
        "callgate2",
        "Callgate",
        " callgate",
        "https://callgate",
        "callgate/",
        "*",
    ] {
        let refused = Err(JwtError::Claim("aud", ClaimFault::NotAccepted));
        assert_eq!(verify_claims(&json!({ "aud": aud })), refused, "{aud}");
        assert_eq!(verify_claims(&json!({ "aud": [aud, "x"] })), refused, "{aud}");
    }
    let none = Issuer::new(ISSUER.to_owned(), Vec::new(), vec![Algorithm::ES256]);
    assert_eq!(
        Verifier::new(vec![(none, pem(P256))]).unwrap_err()[0].problem,
        IssuerProblem::NoAudience
    );
}

#[test]
fn e16_one_token_has_one_spelling() {
    let good = token(&claims(&json!({})));
    assert!(verify(&good).is_ok());
    let parts: Vec<&str> = good.split('.').collect();
    let [header, payload, signature] = parts[..] else {
        panic!("three parts")
    };
    for bad in [
        format!("{good}="),
        format!("{good}=="),
        format!(" {good}"),
        format!("{good} "),
        format!("{good}\n"),
        format!("{header}\n.{payload}.{signature}"),
        format!("{header}.{payload}=.{signature}"),
        format!("{header}.{payload}.{signature}."),
        format!(".{header}.{payload}.{signature}"),
        format!("{header}..{payload}.{signature}"),
        format!("{header}.{payload}"),
        format!("{header}.{payload}.{signature}.x.y"),
        json!({ "payload": payload, "signatures": [{ "protected": header, "signature": signature }] }).to_string(),
    ] {
        assert!(verify(&bad).is_err(), "{bad}");
    }
}

#[test]
fn e16_trailing_bits_and_other_alphabets() {
    // 64 bytes leave four unused bits in the last character of the signature.
    let good = token(&claims(&json!({})));
    let last = good.chars().last().unwrap();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let at = alphabet.find(last).unwrap();
    assert_eq!(at % 16, 0);
    let changed = format!("{}{}", &good[..good.len() - 1], &alphabet[at + 1..at + 2]);
    assert_eq!(verify(&changed), Err(JwtError::Encoding(Part::Signature)));
    // Both alphabets carry the same bits: the standard one is refused.
    for salt in 0.. {
        let good = token(&claims(&json!({ "jti": salt })));
        if good.contains(['-', '_']) {
            assert!(matches!(
                verify(&good.replace('-', "+").replace('_', "/")),
                Err(JwtError::Encoding(_))
            ));
            break;
        }
    }
}

#[test]
fn e17_huge_tokens_and_bombs() {
    let filler = |bytes: usize| {
        let claims = claims(&json!({ "x": "" })).to_string();
        let header = r#"{"alg":"ES256"}"#;
        let at = |len: usize| {
            token_of_text(
                Algorithm::ES256,
                header,
                &claims.replace("\"x\":\"\"", &format!("\"x\":\"{}\"", "y".repeat(len))),
            )
        };
        let mut len = bytes * 3 / 4 - 400;
        while at(len + 1).len() <= bytes {
            len += 1;
        }
        (at(len), at(len + 2))
    };
    let (fits, too_long) = filler(TOKEN_BYTES);
    assert!(TOKEN_BYTES - fits.len() < 2 && too_long.len() > TOKEN_BYTES);
    assert!(verify(&fits).is_ok());
    assert_eq!(verify(&too_long), Err(JwtError::TooLong));
    assert_eq!(verify(&"a".repeat(1 << 20)), Err(JwtError::TooLong));
    // Many claims and deep nesting within the size.
    let many: Vec<u8> = vec![1; 1000];
    assert_eq!(
        verify_claims(&json!({ "x": many })),
        Err(JwtError::Json(Part::Payload, JsonFault::TooMany))
    );
    let deep = format!("{{\"iss\":\"{ISSUER}\",\"x\":{}{}}}", "[".repeat(16), "]".repeat(16));
    let result = verify(&token_of_text(Algorithm::ES256, r#"{"alg":"ES256"}"#, &deep));
    assert_eq!(result, Err(JwtError::Json(Part::Payload, JsonFault::TooDeep)));
    for (name, value) in [("zip", "DEF"), ("enc", "A256GCM")] {
        let refused = Err(JwtError::Header(HeaderFault::Encrypted(name)));
        assert_eq!(verify_header(&json!({ name: value })), refused);
    }
    // A JWE has five parts.
    assert_eq!(verify("eyJhbGciOiJkaXIifQ..a.b.c"), Err(JwtError::NotThreeParts));
}

#[test]
fn e18_header_extras_of_any_type_are_no_outage() {
    let extras = json!({ "ver": 1, "x": null, "y": [1, "a"], "z": { "q": 1.5 }, "x5t": 3 });
    assert!(verify_header(&extras).is_ok());
}

#[test]
fn e19_issuers_are_exact_and_identity_names_them() {
    for iss in [
        format!("{ISSUER}/"),
        ISSUER.to_uppercase(),
        ISSUER.replace("idp.example", "idp.example:443"),
        ISSUER.replace("https", "http"),
        format!(" {ISSUER}"),
        ISSUER.replace('i', "\u{456}"),
    ] {
        assert_eq!(
            verify_claims(&json!({ "iss": iss })),
            Err(JwtError::UnknownIssuer),
            "{iss}"
        );
    }
    let twice = vec![
        (issuer(&[Algorithm::ES256]), pem(P256)),
        (issuer(&[Algorithm::ES256]), pem(P256)),
    ];
    assert_eq!(Verifier::new(twice).unwrap_err()[0].problem, IssuerProblem::Duplicate);
    let long = "a".repeat(NAME_BYTES);
    assert!(verify_claims(&json!({ "sub": long })).is_ok());
    assert!(verify_claims(&json!({ "sub": format!("{long}a") })).is_err());
    let reserved = Err(JwtError::Claim("sub", ClaimFault::Reserved));
    assert_eq!(verify_claims(&json!({ "sub": "callgate:admin" })), reserved);
}

#[test]
fn e22_a_removed_key_and_a_removed_issuer_end_their_tokens() {
    let set = |kid: &str| Arc::new(KeySet::from_jwks(&jwks(&[jwk(Algorithm::ES256, &json!({ "kid": kid }))])).unwrap());
    let before = Verifier::new(vec![(issuer(&[Algorithm::ES256]), set("old"))]).unwrap();
    let token = token_with_header(&json!({ "kid": "old" }), &claims(&json!({})));
    assert!(before.verify(&token, NOW).is_ok());
    let after = before.with_keys(ISSUER, set("new")).unwrap();
    assert!(matches!(after.verify(&token, NOW), Err(JwtError::UnknownKey { .. })));
    assert_eq!(
        Verifier::default().verify(&token, NOW).unwrap_err(),
        JwtError::UnknownIssuer
    );
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

fn der_signature(r: &[u8], s: &[u8]) -> Vec<u8> {
    let integer = |number: &[u8]| [&[2, 33, 0], number].concat();
    let (r, s) = (integer(r), integer(s));
    [&[0x30, (r.len() + s.len()) as u8], r.as_slice(), &s].concat()
}
