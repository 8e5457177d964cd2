//! An identity provider in a variable: an ES256 key, its JWKS, and tokens.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// The issuer that the tests' policies name.
pub(crate) const ISSUER: &str = "https://idp.example";

/// An issuer with one key.
pub(crate) struct Issuer {
    pair: EcdsaKeyPair,
    kid: String,
}

impl Issuer {
    /// A fresh key under this key id.
    pub(crate) fn new(kid: &str) -> Self {
        Self {
            pair: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap(),
            kid: kid.to_owned(),
        }
    }

    /// The public key as a JWK Set.
    pub(crate) fn jwks(&self) -> String {
        let point = self.pair.public_key().as_ref();
        json!({ "keys": [{ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.kid,
            "x": URL_SAFE_NO_PAD.encode(&point[1..33]), "y": URL_SAFE_NO_PAD.encode(&point[33..65]) }] })
        .to_string()
    }

    /// A token with these claims, for the audience `callgate`, that lives for an hour.
    pub(crate) fn token(&self, claims: &Value) -> String {
        self.token_for(claims, 3600)
    }

    /// A token that lives for `seconds` from now.
    pub(crate) fn token_for(&self, claims: &Value, seconds: i64) -> String {
        let now = i64::try_from(unix_seconds()).unwrap();
        let mut all = json!({ "iss": ISSUER, "aud": "callgate", "sub": "alice", "iat": now - 1, "exp": now + seconds });
        for (name, value) in claims.as_object().unwrap() {
            all[name] = value.clone();
        }
        self.sign(&json!({ "alg": "ES256", "typ": "JWT", "kid": self.kid }), &all)
    }

    /// Any header and claims, signed.
    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        let signed = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header.to_string()),
            URL_SAFE_NO_PAD.encode(claims.to_string())
        );
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }
}

/// Seconds since 1970.
pub(crate) fn unix_seconds() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

/// An HTTP server that publishes a JWK Set, which may change.
pub(crate) struct KeyServer {
    address: std::net::SocketAddr,
    keys: std::sync::Arc<std::sync::Mutex<String>>,
    task: tokio::task::JoinHandle<()>,
}

impl KeyServer {
    /// Publishes these keys.
    pub(crate) async fn start(jwks: String) -> Self {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let keys = std::sync::Arc::new(std::sync::Mutex::new(jwks));
        let shared = std::sync::Arc::clone(&keys);
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                let body = shared.lock().unwrap().clone();
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                    body.len()
                );
                let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
            }
        });
        Self { address, keys, task }
    }

    /// `http://address/keys`
    pub(crate) fn url(&self) -> String {
        format!("http://{}/keys", self.address)
    }

    /// Publishes other keys from now on.
    pub(crate) fn publish(&self, jwks: String) {
        *self.keys.lock().unwrap() = jwks;
    }
}

impl Drop for KeyServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}
