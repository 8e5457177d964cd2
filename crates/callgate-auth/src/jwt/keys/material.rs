//! Public key material, checked before it may verify anything.

use super::{Key, KeyFault};
use crate::jwt::algorithm::{Algorithm, KeyKind};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RsaPublicKeyComponents,
};
use jsonwebtoken::DecodingKey;

/// RSA sizes: below 2048 bits is weak, beyond 8192 only slow.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// A public key as numbers, not yet checked.
pub(super) enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    P256 { point: Vec<u8> },
    P384 { point: Vec<u8> },
    Ed25519 { point: Vec<u8> },
}

impl Material {
    pub(super) fn into_key(self, kid: Option<String>, algorithm: Option<Algorithm>) -> Result<Key, KeyFault> {
        let (kind, decoding) = match self {
            Self::Rsa { n, e } => (KeyKind::Rsa, rsa(&n, &e)?),
            Self::P256 { point } => (
                KeyKind::P256,
                on_curve(&ECDSA_P256_SHA256_FIXED, &point, DecodingKey::from_ec_der)?,
            ),
            Self::P384 { point } => (
                KeyKind::P384,
                on_curve(&ECDSA_P384_SHA384_FIXED, &point, DecodingKey::from_ec_der)?,
            ),
            Self::Ed25519 { point } => (KeyKind::Ed25519, on_curve(&ED25519, &point, DecodingKey::from_ed_der)?),
        };
        if algorithm.is_some_and(|algorithm| algorithm.kind() != kind) {
            return Err(KeyFault::Algorithm);
        }
        Ok(Key {
            kid,
            algorithm,
            kind,
            decoding,
        })
    }
}

/// Joins coordinates to an uncompressed point (SEC 1 section 2.3.3).
pub(super) fn uncompressed(x: &[u8], y: &[u8]) -> Vec<u8> {
    [&[4], x, y].concat()
}

fn on_curve(
    algorithm: &'static dyn aws_lc_rs::signature::VerificationAlgorithm,
    point: &[u8],
    key: fn(&[u8]) -> DecodingKey,
) -> Result<DecodingKey, KeyFault> {
    ParsedPublicKey::new(algorithm, point).map_err(|_| KeyFault::Point)?;
    Ok(key(point))
}

fn rsa(n: &[u8], e: &[u8]) -> Result<DecodingKey, KeyFault> {
    let n = without_leading_zeros(n);
    let e = without_leading_zeros(e);
    let bits = n
        .first()
        .map_or(0, |first| n.len() * 8 - first.leading_zeros() as usize);
    if !RSA_BITS.contains(&bits) {
        return Err(KeyFault::RsaSize(bits));
    }
    let odd = |number: &[u8]| number.last().is_some_and(|last| last % 2 == 1);
    // 1 signs nothing, an even exponent has no inverse, and the backend verifies with nothing larger than 33 bits.
    if !odd(n) || !odd(e) || e == [1] || e.len() > 4 {
        return Err(KeyFault::RsaValue);
    }
    let parsed = RsaPublicKeyComponents { n, e }.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256);
    parsed.map_err(|_| KeyFault::RsaValue)?;
    Ok(DecodingKey::from_rsa_raw_components(n, e))
}

fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}
