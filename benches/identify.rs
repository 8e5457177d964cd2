//! Who is calling: tokens never seen before, and application credentials by the size of their table. What a token costs
//! that was seen before stands in `compare`.
#![expect(clippy::expect_used, clippy::panic, reason = "a bench: a failed step ends it")]

mod sample;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine;
use callgate_auth::Place;
use callgate_auth::credential::{InlineSecrets, Store};
use callgate_auth::jwt::{Algorithm, Issuer, KeySet, Verifier};
use criterion::{BatchSize, BenchmarkId, Criterion};
use std::fmt::Write;
use std::hint::black_box;
use std::sync::Arc;

/// The moment of all judging, unix seconds.
const NOW: u64 = 1_800_000_000;

fn main() {
    let mut criterion = sample::criterion();
    tokens(&mut criterion);
    credentials(&mut criterion);
    criterion.final_summary();
}

fn tokens(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("verify an unseen token");
    for signer in [es256(), rs256(), eddsa()] {
        let token = signer.token();
        let keys = KeySet::from_pem(&signer.pem).expect("a key");
        let issuer = Issuer::new(
            "https://idp.example".into(),
            vec!["callgate".into()],
            vec![signer.algorithm],
        );
        let verifier = Verifier::new(vec![(issuer, Arc::new(keys))]).expect("a verifier");
        if let Err(error) = verifier.verify(&token, NOW) {
            panic!("{}: {error}", signer.name);
        }
        group.bench_function(signer.name, |bencher| {
            bencher.iter(|| black_box(verifier.verify(black_box(&token), NOW).is_ok()));
        });
    }
    group.finish();
}

fn credentials(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("find a credential");
    for count in [10, 100_000] {
        let mut text = String::new();
        for n in 0..count {
            writeln!(text, "- {{ id: app-{n}, secret: bench-secret-{n:032} }}").expect("a String");
        }
        let store = Store::read("credentials.yaml", &text, InlineSecrets::Allowed).expect("credentials");
        // in turn, so that the table's size shows in the processor's caches
        let keys: Vec<String> = (0..count).map(|n| format!("bench-secret-{n:032}")).collect();
        assert!(
            store
                .find("bench-secret-00000000000000000000000000000007", Place::Bearer, NOW)
                .is_ok()
        );
        for (name, suffix) in [("known", ""), ("unknown", "x")] {
            let mut turn = keys.iter().step_by(7).cycle().map(|key| format!("{key}{suffix}"));
            group.bench_function(BenchmarkId::new(name, count), |bencher| {
                bencher.iter_batched(
                    || turn.next().expect("endless"),
                    |key| store.find(black_box(&key), Place::Bearer, NOW).is_ok(),
                    BatchSize::SmallInput,
                );
            });
        }
    }
    group.finish();
}

/// A fresh key that signs tokens.
struct Signer {
    name: &'static str,
    algorithm: Algorithm,
    pem: String,
    sign: Sign,
}

/// Makes a signature.
type Sign = Box<dyn Fn(&[u8]) -> Vec<u8>>;

impl Signer {
    fn token(&self) -> String {
        let header = format!(r#"{{"alg":"{}","typ":"JWT"}}"#, self.name);
        let claims = format!(
            r#"{{"iss":"https://idp.example","aud":"callgate","sub":"team-wallet-backend","scope":"rpc","iat":{NOW},"exp":{}}}"#,
            NOW + 3600
        );
        let signed = format!("{}.{}", base64url(header.as_bytes()), base64url(claims.as_bytes()));
        let signature = (self.sign)(signed.as_bytes());
        format!("{signed}.{}", base64url(&signature))
    }
}

fn es256() -> Signer {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
    Signer {
        name: "ES256",
        algorithm: Algorithm::ES256,
        pem: pem(pair.public_key()),
        sign: Box::new(move |bytes| {
            pair.sign(&SystemRandom::new(), bytes)
                .expect("a signature")
                .as_ref()
                .to_vec()
        }),
    }
}

fn rs256() -> Signer {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
    Signer {
        name: "RS256",
        algorithm: Algorithm::RS256,
        pem: pem(pair.public_key()),
        sign: Box::new(move |bytes| {
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), bytes, &mut signature)
                .expect("a signature");
            signature
        }),
    }
}

fn eddsa() -> Signer {
    let pair = Ed25519KeyPair::generate().expect("a key");
    Signer {
        name: "EdDSA",
        algorithm: Algorithm::EdDSA,
        pem: pem(pair.public_key()),
        sign: Box::new(move |bytes| pair.sign(bytes).as_ref().to_vec()),
    }
}

fn pem(key: &impl AsDer<PublicKeyX509Der<'static>>) -> String {
    let der = key.as_der().expect("a public key");
    let text = base64::engine::general_purpose::STANDARD.encode(der.as_ref());
    format!("-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n")
}

fn base64url(bytes: &[u8]) -> String {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}
