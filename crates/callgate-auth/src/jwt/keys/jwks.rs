//! JWK Sets (RFC 7517, 7518 section 6, 8037): every key is judged alone, and one that must not verify is left out.

use super::material::{Material, uncompressed};
use super::{KEY_TRIES, KEYS, KEYS_BYTES, Key, KeyError, KeyFault, SkippedKey};
use crate::json::{JsonLimits, read_object};
use crate::jwt::KID_BYTES;
use crate::jwt::algorithm::Algorithm;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

/// Keys carry certificate chains and vendors' extras; a hundred of them stay far below this.
const JWKS: JsonLimits = JsonLimits {
    depth: 8,
    values: 10_000,
};
/// Members only private keys have.
const PRIVATE_MEMBERS: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "oth"];

pub(super) fn read(text: &str) -> Result<(Vec<Key>, Vec<SkippedKey>), KeyError> {
    if text.len() > KEYS_BYTES {
        return Err(KeyError::TooLarge);
    }
    let mut document = read_object(text.as_bytes(), JWKS).map_err(KeyError::Json)?;
    let Some(Value::Array(items)) = document.remove("keys") else {
        return Err(KeyError::NoKeys);
    };
    if items.len() > KEYS {
        return Err(KeyError::TooMany);
    }
    let mut keys: Vec<Key> = Vec::new();
    let mut skipped = Vec::new();
    for (at, item) in items.iter().enumerate() {
        match read_key(item).and_then(|key| uncrowded(key, &keys)) {
            Ok(key) => keys.push(key),
            Err(fault) => skipped.push(SkippedKey { index: at + 1, fault }),
        }
    }
    if keys.is_empty() {
        Err(KeyError::NoneUsable(skipped))
    } else {
        Ok((keys, skipped))
    }
}

/// All keys of one `kid` are tried, so their number is bounded.
fn uncrowded(key: Key, keys: &[Key]) -> Result<Key, KeyFault> {
    let sharing = keys
        .iter()
        .filter(|other| other.kid.is_some() && other.kid == key.kid)
        .count();
    if sharing < KEY_TRIES {
        Ok(key)
    } else {
        Err(KeyFault::Crowded)
    }
}

fn read_key(item: &Value) -> Result<Key, KeyFault> {
    let Value::Object(jwk) = item else {
        return Err(KeyFault::NotAnObject);
    };
    let kty = text(jwk, "kty")?.ok_or(KeyFault::Member("kty"))?;
    if kty == "oct" || jwk.contains_key("k") {
        return Err(KeyFault::Symmetric);
    }
    if PRIVATE_MEMBERS.into_iter().any(|name| jwk.contains_key(name)) {
        return Err(KeyFault::Private);
    }
    check_purpose(jwk)?;
    let algorithm = match text(jwk, "alg")? {
        None => None,
        Some(name) => Some(name.parse::<Algorithm>().map_err(|_| KeyFault::Algorithm)?),
    };
    let kid = text(jwk, "kid")?;
    if kid.is_some_and(|kid| kid.is_empty() || kid.len() > KID_BYTES) {
        return Err(KeyFault::Member("kid"));
    }
    material(kty, jwk)?.into_key(kid.map(str::to_owned), algorithm)
}

fn check_purpose(jwk: &Map<String, Value>) -> Result<(), KeyFault> {
    if text(jwk, "use")?.is_some_and(|purpose| purpose != "sig") {
        return Err(KeyFault::Use);
    }
    match jwk.get("key_ops") {
        None => Ok(()),
        Some(Value::Array(operations)) if operations.iter().any(|operation| operation == "verify") => Ok(()),
        Some(Value::Array(_)) => Err(KeyFault::KeyOps),
        Some(_) => Err(KeyFault::Member("key_ops")),
    }
}

fn material(kty: &str, jwk: &Map<String, Value>) -> Result<Material, KeyFault> {
    match (kty, text(jwk, "crv")?) {
        ("RSA", _) => Ok(Material::Rsa {
            n: number(jwk, "n")?,
            e: number(jwk, "e")?,
        }),
        ("EC", Some("P-256")) => Ok(Material::P256 { point: point(jwk, 32)? }),
        ("EC", Some("P-384")) => Ok(Material::P384 { point: point(jwk, 48)? }),
        ("OKP", Some("Ed25519")) => Ok(Material::Ed25519 {
            point: number(jwk, "x")?,
        }),
        _ => Err(KeyFault::Type),
    }
}

/// Coordinates have the full length of the field (RFC 7518 section 6.2.1.2).
fn point(jwk: &Map<String, Value>, bytes: usize) -> Result<Vec<u8>, KeyFault> {
    let coordinate = |name| {
        number(jwk, name).and_then(|value| (value.len() == bytes).then_some(value).ok_or(KeyFault::Member(name)))
    };
    Ok(uncompressed(&coordinate("x")?, &coordinate("y")?))
}

fn number(jwk: &Map<String, Value>, name: &'static str) -> Result<Vec<u8>, KeyFault> {
    let text = text(jwk, name)?.ok_or(KeyFault::Member(name))?;
    URL_SAFE_NO_PAD.decode(text).map_err(|_| KeyFault::Member(name))
}

fn text<'j>(jwk: &'j Map<String, Value>, name: &'static str) -> Result<Option<&'j str>, KeyFault> {
    match jwk.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(KeyFault::Member(name)),
    }
}
