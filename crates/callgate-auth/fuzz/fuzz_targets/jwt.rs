//! Tokens and key sets as strangers write them: nothing panics, nothing without a good signature passes.
#![no_main]

use callgate_auth::jwt::{Algorithm, Issuer, KeySet, Verifier};
use libfuzzer_sys::fuzz_target;
use std::sync::{Arc, LazyLock};

static VERIFIER: LazyLock<Option<Verifier>> = LazyLock::new(|| {
    let keys = KeySet::from_pem(include_str!("../../tests/fixtures/keys/p256.public.pem")).ok()?;
    let issuer = Issuer::new("i".to_owned(), vec!["callgate".to_owned()], vec![Algorithm::ES256]);
    Verifier::new(vec![(issuer, Arc::new(keys))]).ok()
});

fuzz_target!(|text: &str| {
    if let Some(verifier) = &*VERIFIER {
        verifier.shape(text);
        assert!(verifier.verify(text, 1_800_000_000).is_err());
    }
    let _ = KeySet::from_jwks(text);
    let _ = KeySet::from_pem(text);
});
