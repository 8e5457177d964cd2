//! Which credential of a request counts, and which system judges it.

use crate::common::*;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use callgate_auth::credential::{InlineSecrets, RANDOM_BYTES, Refusal, Store, generate};
use callgate_auth::jwt::{Algorithm, ClaimFault, JwtError, Verifier};
use callgate_auth::presented::{PlacesError, VALUE_BYTES};
use callgate_auth::{AuthError, Authenticator, Method, Place, Places, Presented, PresentedError, Principal, Switches};
use serde_json::json;
use std::sync::Arc;

type Headers<'h> = &'h [(&'h str, &'h str)];

fn all() -> Switches {
    Switches {
        basic: true,
        bearer: true,
        access_token: true,
        header: Some("X-Api-Key".to_owned()),
        query: Some("apikey".to_owned()),
        cookie: Some("apikey".to_owned()),
    }
}

fn everything() -> Places {
    let jwt = Switches {
        bearer: true,
        header: Some("X-Id-Token".to_owned()),
        ..Switches::default()
    };
    Places::new(Some(&jwt), Some(&all())).unwrap()
}

fn extract<'r>(places: &Places, headers: Headers<'r>, query: Option<&'r str>) -> Result<Presented<'r>, PresentedError> {
    places.extract(headers.iter().map(|(name, value)| (*name, value.as_bytes())), query)
}

/// The place and the bytes that count, as they would be fed to a cache.
fn found(headers: Headers<'_>, query: Option<&str>) -> Result<(Place, String), PresentedError> {
    let places = everything();
    let presented = extract(&places, headers, query)?;
    let mut last = Vec::new();
    presented.feed(|piece| last = piece.to_vec());
    Ok((presented.place(), String::from_utf8(last).unwrap()))
}

fn key() -> (String, String) {
    let generated = generate("app", &[5; RANDOM_BYTES]).unwrap();
    (generated.key.expose_str().unwrap().to_owned(), generated.hash)
}

fn authenticator() -> Authenticator {
    let text = format!(
        "- {{ id: app, hash: {} }}\n- {{ id: dots, secret: some.dotted.secret }}\n",
        key().1
    );
    let store = Store::read("c", &text, InlineSecrets::Allowed).unwrap();
    Authenticator {
        verifier: Some(Arc::new(verifier())),
        store: Some(Arc::new(store)),
    }
}

fn authenticate(headers: Headers<'_>, query: Option<&str>) -> Result<Principal, AuthError> {
    let places = everything();
    authenticator().authenticate(&extract(&places, headers, query).unwrap(), NOW)
}

#[test]
fn all_six_places_work() {
    let (key, _) = key();
    let basic = format!("Basic {}", STANDARD.encode(format!("app:{key}")));
    let bearer = format!("Bearer {key}");
    let cookie = format!("a=b; apikey={key}; c=d");
    let cases: [(Headers<'_>, Option<String>, Place); 6] = [
        (&[("authorization", &basic)], None, Place::Basic),
        (&[("Authorization", &bearer)], None, Place::Bearer),
        (&[], Some(format!("access_token={key}")), Place::AccessToken),
        (&[("x-api-key", &key)], None, Place::Header),
        (&[], Some(format!("x=1&apikey={key}")), Place::Query),
        (&[("Cookie", &cookie)], None, Place::Cookie),
    ];
    for (headers, query, place) in cases {
        let principal = authenticate(headers, query.as_deref()).unwrap();
        assert_eq!((principal.id.as_str(), principal.presented), ("app", place));
    }
}

#[test]
fn places_that_are_switched_off_are_not_looked_at() {
    let (key, _) = key();
    let off = Places::new(None, None).unwrap();
    let bearer = format!("Bearer {key}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("x-api-key", &key),
        ("cookie", "apikey=x"),
    ];
    assert_eq!(
        extract(&off, &headers, Some("apikey=x&access_token=y")).err(),
        Some(PresentedError::Missing)
    );
    let only_basic = Places::new(
        None,
        Some(&Switches {
            basic: true,
            ..Switches::default()
        }),
    )
    .unwrap();
    assert_eq!(
        extract(&only_basic, &headers, None).err(),
        Some(PresentedError::Missing)
    );
    // Tokens have no Basic form.
    let jwt = Places::new(
        Some(&Switches {
            basic: true,
            ..Switches::default()
        }),
        None,
    )
    .unwrap();
    assert_eq!(
        extract(&jwt, &[("authorization", "Basic YTpi")], None).err(),
        Some(PresentedError::Missing)
    );
}

#[test]
fn d21_two_credentials_are_ambiguous() {
    use Place::*;
    let ambiguous = |headers: Headers<'_>, query: Option<&str>, one, other| {
        assert_eq!(
            found(headers, query).err(),
            Some(PresentedError::Ambiguous(one, other)),
            "{headers:?} {query:?}"
        );
    };
    ambiguous(
        &[("authorization", "Bearer a"), ("authorization", "Bearer b")],
        None,
        Bearer,
        Bearer,
    );
    ambiguous(
        &[("authorization", "Bearer a"), ("Authorization", "Bearer a")],
        None,
        Bearer,
        Bearer,
    );
    ambiguous(
        &[("authorization", "Digest x"), ("authorization", "Bearer a")],
        None,
        Bearer,
        Bearer,
    );
    ambiguous(
        &[("authorization", "Bearer a"), ("x-api-key", "b")],
        None,
        Bearer,
        Header,
    );
    ambiguous(
        &[("authorization", "Basic YTpi"), ("x-api-key", "b")],
        None,
        Basic,
        Header,
    );
    ambiguous(&[("x-api-key", "a"), ("x-id-token", "b")], None, Header, Header);
    ambiguous(&[("x-api-key", "a"), ("X-API-KEY", "a")], None, Header, Header);
    ambiguous(&[("x-api-key", "a")], Some("apikey=b"), Header, Query);
    ambiguous(
        &[("authorization", "Bearer a")],
        Some("access_token=b"),
        Bearer,
        AccessToken,
    );
    ambiguous(&[], Some("apikey=a&apikey=a"), Query, Query);
    ambiguous(&[], Some("apikey=a&%61pikey=b"), Query, Query);
    ambiguous(&[], Some("apikey=a&access_token=b"), Query, AccessToken);
    ambiguous(&[("cookie", "apikey=a; apikey=b")], None, Cookie, Cookie);
    ambiguous(&[("cookie", "apikey=a"), ("cookie", "apikey=a")], None, Cookie, Cookie);
    ambiguous(&[("cookie", "apikey=a"), ("x-api-key", "b")], None, Cookie, Header);
}

#[test]
fn the_same_key_in_two_places_is_one_credential() {
    assert_eq!(
        found(&[("x-api-key", "a")], Some("apikey=a")).unwrap(),
        (Place::Header, "a".to_owned())
    );
}

#[test]
fn d21_joined_headers_are_malformed() {
    for value in [
        "Bearer a, Bearer b",
        "Bearer a,b c",
        "Bearer  ",
        "Bearer",
        "bearer \ta",
        "Bearer a\t",
        "Bearer é",
    ] {
        let refused = Some(PresentedError::Malformed(Place::Bearer));
        assert_eq!(found(&[("authorization", value)], None).err(), refused, "{value:?}");
    }
    for value in ["", "a b", "a, b", "\u{7f}"] {
        let refused = Some(PresentedError::Malformed(Place::Header));
        assert_eq!(found(&[("x-api-key", value)], None).err(), refused, "{value:?}");
    }
    let invalid = everything()
        .extract([("x-api-key", [0xff, 0xfe].as_slice())], None)
        .err();
    assert_eq!(invalid, Some(PresentedError::Malformed(Place::Header)));
}

#[test]
fn d22_look_alike_headers_are_no_credentials() {
    for name in [
        "X_Api_Key",
        "x_api-key",
        "x-api-key ",
        "x-api-keys",
        "xapikey",
        "x--api-key",
        "authorization_",
    ] {
        assert_eq!(
            found(&[(name, "Bearer a")], None).err(),
            Some(PresentedError::Missing),
            "{name}"
        );
    }
    let places = |header: &str| {
        let switches = Switches {
            header: Some(header.to_owned()),
            ..Switches::default()
        };
        Places::new(None, Some(&switches)).err()
    };
    assert_eq!(
        places("X_Api_Key"),
        Some(PlacesError::HeaderName("X_Api_Key".to_owned()))
    );
    assert_eq!(places(""), Some(PlacesError::HeaderName(String::new())));
    assert_eq!(places("Cookie"), Some(PlacesError::HeaderTaken("Cookie".to_owned())));
    assert_eq!(
        places("Authorization"),
        Some(PlacesError::HeaderTaken("Authorization".to_owned()))
    );
    let query = Switches {
        query: Some("a=b".to_owned()),
        ..Switches::default()
    };
    assert_eq!(
        Places::new(None, Some(&query)).err(),
        Some(PlacesError::Name("a=b".to_owned()))
    );
}

#[test]
fn e26_spellings_of_basic() {
    let basic = |text: &str| found(&[("authorization", text)], None).map(|(_, key)| key);
    let encoded = |text: &str| format!("Basic {}", STANDARD.encode(text));
    assert_eq!(basic(&encoded("app:key")).unwrap(), "key");
    assert_eq!(basic(&encoded("app:key:with:colons")).unwrap(), "key:with:colons");
    assert_eq!(basic(&encoded("app:key").replace("Basic", "bAsIc")).unwrap(), "key");
    for text in ["app:", ":key", "app", "", "app:k y", "app:kéy", "a\0b:key", "app:key\n"] {
        assert_eq!(
            basic(&encoded(text)),
            Err(PresentedError::Malformed(Place::Basic)),
            "{text:?}"
        );
    }
    for text in [
        "Basic",
        "Basic !!!",
        "Basic YTpi=",
        "Basic YTpi YTpi",
        "Basic YTpj\u{a0}",
        "Basic YTpj/===",
        "Basic YX:j",
    ] {
        assert_eq!(basic(text), Err(PresentedError::Malformed(Place::Basic)), "{text:?}");
    }
    let latin1 = format!("Basic {}", STANDARD.encode(b"app:\xff"));
    assert_eq!(basic(&latin1), Err(PresentedError::Malformed(Place::Basic)));
}

#[test]
fn e26_query_values_are_decoded_once_and_exactly() {
    let query = |text: &str| found(&[], Some(text)).map(|(_, key)| key);
    assert_eq!(query("apikey=a%2Bb+c").unwrap(), "a+b+c");
    assert_eq!(query("apikey=a%2541").unwrap(), "a%41");
    assert_eq!(query("%zz=1&apikey=a=b").unwrap(), "a=b");
    for text in [
        "apikey",
        "apikey=",
        "apikey=%",
        "apikey=%4",
        "apikey=%zz",
        "apikey=%ff",
        "apikey=a%20b",
        "apikey=%00",
    ] {
        assert_eq!(query(text), Err(PresentedError::Malformed(Place::Query)), "{text}");
    }
    for text in ["", "Apikey=a", "apikey[]=a", "x=apikey", "apikey%20=a"] {
        assert_eq!(query(text), Err(PresentedError::Missing), "{text}");
    }
}

#[test]
fn e17_values_hold_at_the_limit_and_fail_one_further() {
    let long = "a".repeat(VALUE_BYTES);
    assert!(found(&[("x-api-key", &long)], None).is_ok());
    let longer = format!("{long}a");
    assert_eq!(
        found(&[("x-api-key", &longer)], None).err(),
        Some(PresentedError::Malformed(Place::Header))
    );
}

#[test]
fn tokens_are_judged_first_and_failing_is_final() {
    let good = token(&claims(&json!({})));
    let header = format!("Bearer {good}");
    let principal = authenticate(&[("authorization", &header)], None).unwrap();
    assert_eq!((principal.method, principal.presented), (Method::Jwt, Place::Bearer));
    let principal = authenticate(&[("x-id-token", &good)], None).unwrap();
    assert_eq!((principal.method, principal.presented), (Method::Jwt, Place::Header));
    let expired = format!(
        "Bearer {}",
        token(&claims(&json!({ "exp": NOW - 100, "iat": NOW - 200 })))
    );
    let error = authenticate(&[("authorization", &expired)], None).unwrap_err();
    assert_eq!(
        error,
        AuthError::Jwt(JwtError::Expired {
            exp: NOW - 100,
            now: NOW
        })
    );
}

#[test]
fn a_failed_token_of_ours_is_not_tried_as_a_key() {
    // A token so short that it can be a literal secret as well; as a token of a configured issuer it fails.
    let mut issuer = issuer(&[Algorithm::ES256]);
    issuer.issuer = "i".to_owned();
    let verifier = Verifier::new(vec![(issuer, pem(P256))]).unwrap();
    let token = token_of_text(Algorithm::ES256, r#"{"alg":"ES256"}"#, r#"{"iss":"i"}"#);
    let text = format!("- {{ id: odd, secret: \"{token}\" }}\n");
    let store = Store::read("c", &text, InlineSecrets::Allowed).unwrap();
    let authenticator = Authenticator {
        verifier: Some(Arc::new(verifier)),
        store: Some(Arc::new(store)),
    };
    let places = everything();
    let bearer = format!("Bearer {token}");
    let as_token = extract(&places, &[("authorization", &bearer)], None)
        .unwrap()
        .into_owned();
    let error = authenticator.authenticate(&as_token, NOW).unwrap_err();
    assert_eq!(error, AuthError::Jwt(JwtError::Claim("aud", ClaimFault::Missing)));
    // Where tokens are not accepted, it is the key it also is.
    let as_key = extract(&places, &[("x-api-key", &token)], None).unwrap().into_owned();
    assert_eq!(authenticator.authenticate(&as_key, NOW).unwrap().id, "odd");
}

#[test]
fn a_token_where_only_keys_are_accepted_is_a_wrong_key() {
    let token = token(&claims(&json!({})));
    let error = authenticate(&[("x-api-key", &token)], None).unwrap_err();
    assert_eq!(error, AuthError::Credential(Refusal::Unknown));
}

#[test]
fn bearer_values_of_strangers_and_keys_with_dots_go_to_the_other_system() {
    let stranger = format!("Bearer {}", token(&claims(&json!({ "iss": "https://evil.example" }))));
    let error = authenticate(&[("authorization", &stranger)], None).unwrap_err();
    assert_eq!(error, AuthError::Jwt(JwtError::UnknownIssuer));
    let principal = authenticate(&[("authorization", "Bearer some.dotted.secret")], None).unwrap();
    assert_eq!(
        (principal.method, principal.id.as_str()),
        (Method::AppCredential, "dots")
    );
    let error = authenticate(&[("authorization", "Bearer no.such.secret")], None).unwrap_err();
    assert_eq!(error, AuthError::Credential(Refusal::Unknown));
}

#[test]
fn a_system_that_is_off_accepts_nothing() {
    let places = everything();
    let key = key().0;
    let presented = extract(&places, &[("x-api-key", &key)], None).unwrap().into_owned();
    let off = Authenticator {
        store: None,
        ..authenticator()
    };
    assert_eq!(
        off.authenticate(&presented, NOW),
        Err(AuthError::NotAccepted(Place::Header))
    );
    let bearer = format!("Bearer {key}");
    let presented = extract(&places, &[("authorization", &bearer)], None)
        .unwrap()
        .into_owned();
    assert_eq!(
        off.authenticate(&presented, NOW),
        Err(AuthError::Jwt(JwtError::NotThreeParts))
    );
    assert!(Authenticator::default().authenticate(&presented, NOW).is_err());
}

#[test]
fn e20_what_is_fed_to_a_cache_tells_credentials_apart() {
    let places = everything();
    let feed = |headers: Headers<'_>, query: Option<&str>| {
        let mut all = Vec::new();
        extract(&places, headers, query)
            .unwrap()
            .feed(|piece| all.extend_from_slice(piece));
        all
    };
    let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
    let (one, other) = (basic("ab:c"), basic("a:bc"));
    let seen = [
        feed(&[("authorization", "Bearer abc")], None),
        feed(&[("x-api-key", "abc")], None),
        feed(&[("x-id-token", "abc")], None),
        feed(&[], Some("apikey=abc")),
        feed(&[("authorization", &one)], None),
        feed(&[("authorization", &other)], None),
    ];
    for (at, left) in seen.iter().enumerate() {
        assert!(seen.iter().skip(at + 1).all(|right| left != right), "{at}");
    }
    let presented = extract(&places, &[("x-api-key", "abc")], None).unwrap().into_owned();
    let mut owned = Vec::new();
    presented.feed(|piece| owned.extend_from_slice(piece));
    assert_eq!(owned, seen[1]);
}
