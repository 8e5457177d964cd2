//! Nothing that can be printed shows a secret.

use crate::common::*;
use callgate_auth::credential::{InlineSecrets, RANDOM_BYTES, Store, generate};
use callgate_auth::jwt::{Algorithm, KeySet, Verifier};
use callgate_auth::{Authenticator, Place, Places, Secret, Switches};
use serde_json::json;
use std::sync::Arc;

const CANARY: &str = "canary-secret-0123456789-0123456789";

/// Whether a type can be printed: the inherent constant wins where the bound holds.
macro_rules! prints {
    ($type:ty, $trait:path) => {{
        #[expect(dead_code, reason = "one of the two constants is always hidden by the other")]
        const fn decide() -> bool {
            struct Probe<T: ?Sized>(std::marker::PhantomData<T>);
            trait No {
                const PRINTS: bool = false;
            }
            impl<T: ?Sized> No for Probe<T> {}
            impl<T: ?Sized + $trait> Probe<T> {
                const PRINTS: bool = true;
            }
            <Probe<$type>>::PRINTS
        }
        decide()
    }};
}

#[test]
fn types_that_hold_secrets_cannot_be_printed() {
    assert!(prints!(Store, std::fmt::Debug));
    assert!(!prints!(Secret, std::fmt::Debug));
    assert!(!prints!(Secret, std::fmt::Display));
    assert!(!prints!(callgate_auth::Presented<'static>, std::fmt::Debug));
    assert!(!prints!(callgate_auth::Presented<'static>, std::fmt::Display));
    assert!(!prints!(callgate_auth::credential::Generated, std::fmt::Debug));
}

#[test]
fn debug_output_of_everything_else_holds_no_secret() {
    let keys = Arc::new(KeySet::from_secret(&Secret::from(CANARY.to_owned())).unwrap());
    let verifier = Verifier::new(vec![(issuer(&[Algorithm::HS256]), keys.clone())]).unwrap();
    let text = format!("- {{ id: demo, secret: {CANARY} }}\n");
    let store = Store::read("c", &text, InlineSecrets::Allowed).unwrap();
    let principal = store.find(CANARY, Place::Header, NOW).unwrap();
    let authenticator = Authenticator {
        verifier: Some(Arc::new(verifier.clone())),
        store: Some(Arc::new(store)),
    };
    let problems = Store::read("c", &text, InlineSecrets::Refused).unwrap_err();
    let printed = format!(
        "{keys:?} {verifier:?} {authenticator:?} {principal:?} {problems:?} {:?}",
        verifier.shape(CANARY)
    );
    assert!(!printed.contains("canary"), "{printed}");
    assert!(!printed.contains("99, 97, 110, 97, 114, 121"), "{printed}");
}

#[test]
fn errors_of_tokens_hold_no_part_of_them() {
    let verifier = verifier();
    let good = token(&claims(&json!({})));
    let mut tokens = vec![CANARY.to_owned(), format!("{CANARY}.{CANARY}.{CANARY}")];
    for name in ["alg", "typ", "kid", "crit", "jku", "enc", "cty"] {
        tokens.push(token_with_header(&json!({ name: CANARY }), &claims(&json!({}))));
    }
    for name in ["iss", "aud", "exp", "nbf", "iat"] {
        tokens.push(token(&claims(&json!({ name: CANARY }))));
    }
    tokens.push(format!("{good}{CANARY}"));
    for token in tokens {
        let Err(error) = verifier.verify(&token, NOW) else {
            continue;
        };
        let printed = format!("{error} {}", error.code());
        assert!(!printed.contains("canary"), "{printed}");
        for part in token.split('.').filter(|part| part.len() > 20) {
            assert!(!printed.contains(part), "{printed}");
        }
    }
}

#[test]
fn errors_of_presented_credentials_hold_no_part_of_them() {
    let switches = Switches {
        bearer: true,
        header: Some("X-Api-Key".to_owned()),
        ..Switches::default()
    };
    let places = Places::new(None, Some(&switches)).unwrap();
    let spaced = format!("{CANARY} {CANARY}");
    for headers in [
        vec![("x-api-key", spaced.as_str())],
        vec![("x-api-key", CANARY), ("x-api-key", CANARY)],
        vec![("authorization", "Bearer x"), ("x-api-key", CANARY)],
    ] {
        let result = places.extract(headers.iter().map(|(name, value)| (*name, value.as_bytes())), None);
        let error = result.err().unwrap();
        let printed = format!("{error} {error:?} {}", error.code());
        assert!(!printed.contains("canary"), "{printed}");
    }
}

#[test]
fn broken_files_are_described_without_their_contents() {
    for text in [
        format!("- {{ id: a, secret: {CANARY}\n"),
        format!("- id: a\n  secret: \"{CANARY}\n"),
        format!("- id: {CANARY}-UPPER\n"),
        format!("- {CANARY}\n"),
        format!("- {CANARY}: x\n"),
        format!("{CANARY}\n"),
        format!("- {{ id: a, hash: {CANARY} }}\n"),
        format!("- {{ id: a, secret: &{CANARY} b }}\n"),
        format!("- {{ id: a, secret: *{CANARY} }}\n"),
        format!("- {{ id: a, secret: !{CANARY} b }}\n"),
        format!("- {{ id: a, secret: @{CANARY} }}\n"),
    ] {
        let problems = Store::read("c", &text, InlineSecrets::Allowed).unwrap_err();
        let printed = format!("{problems:?}");
        assert!(!printed.contains("canary"), "{printed}");
    }
}

#[test]
fn a_generated_hash_says_nothing_of_the_key() {
    let generated = generate("app", &[3; RANDOM_BYTES]).unwrap();
    let key = generated.key.expose_str().unwrap();
    assert!(!generated.hash.contains(&key[13..40]));
}
