//! As much DER (X.690) as public keys need: SPKI (RFC 5280, 5480, 8410), PKCS#1 public keys (RFC 8017) and where the
//! key stands in a certificate. Definite, minimal lengths only; nothing may be left over.

use super::KeyFault;
use super::material::Material;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OBJECT_ID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;

const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const P384: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// Reads a SubjectPublicKeyInfo.
pub(super) fn spki(der: &[u8]) -> Result<Material, KeyFault> {
    let mut outer = Der(der);
    let body = outer.take(SEQUENCE).ok_or(KeyFault::Der)?;
    outer.end().ok_or(KeyFault::Der)?;
    spki_body(body)
}

/// Reads the key of an X.509 certificate. Its validity and issuer mean nothing here: the file itself is the trust.
pub(super) fn certificate(der: &[u8]) -> Result<Material, KeyFault> {
    spki_body(spki_of_certificate(der).ok_or(KeyFault::Der)?)
}

/// Reads a PKCS#1 RSAPublicKey.
pub(super) fn rsa_public_key(der: &[u8]) -> Result<Material, KeyFault> {
    rsa_numbers(der).ok_or(KeyFault::Der)
}

fn spki_of_certificate(der: &[u8]) -> Option<&[u8]> {
    let mut outer = Der(der);
    let mut certificate = Der(outer.take(SEQUENCE)?);
    outer.end()?;
    let mut signed = Der(certificate.take(SEQUENCE)?);
    if signed.next_is(VERSION) {
        signed.take(VERSION)?;
    }
    signed.take(INTEGER)?;
    for _algorithm_issuer_validity_subject in 0..4 {
        signed.take(SEQUENCE)?;
    }
    signed.take(SEQUENCE)
}

fn spki_body(body: &[u8]) -> Result<Material, KeyFault> {
    let SpkiParts { algorithm, curve, key } = spki_parts(body).ok_or(KeyFault::Der)?;
    match (algorithm, curve) {
        (RSA_ENCRYPTION, _) => rsa_public_key(key),
        (EC_PUBLIC_KEY, Some(P256)) => Ok(Material::P256 { point: key.to_vec() }),
        (EC_PUBLIC_KEY, Some(P384)) => Ok(Material::P384 { point: key.to_vec() }),
        (ED25519, _) => Ok(Material::Ed25519 { point: key.to_vec() }),
        _ => Err(KeyFault::Type),
    }
}

struct SpkiParts<'d> {
    algorithm: &'d [u8],
    /// The parameters, when they name a curve.
    curve: Option<&'d [u8]>,
    key: &'d [u8],
}

fn spki_parts(body: &[u8]) -> Option<SpkiParts<'_>> {
    let mut parts = Der(body);
    let mut identifier = Der(parts.take(SEQUENCE)?);
    let bits = parts.take(BIT_STRING)?;
    parts.end()?;
    let algorithm = identifier.take(OBJECT_ID)?;
    let curve = identifier.take(OBJECT_ID);
    let (unused, key) = bits.split_first()?;
    (*unused == 0).then_some(SpkiParts { algorithm, curve, key })
}

fn rsa_numbers(der: &[u8]) -> Option<Material> {
    let mut outer = Der(der);
    let mut numbers = Der(outer.take(SEQUENCE)?);
    outer.end()?;
    let n = positive(numbers.take(INTEGER)?)?;
    let e = positive(numbers.take(INTEGER)?)?;
    numbers.end()?;
    Some(Material::Rsa {
        n: n.to_vec(),
        e: e.to_vec(),
    })
}

fn positive(integer: &[u8]) -> Option<&[u8]> {
    integer
        .first()
        .is_some_and(|first| first & 0x80 == 0)
        .then_some(integer)
}

struct Der<'d>(&'d [u8]);

impl<'d> Der<'d> {
    fn next_is(&self, tag: u8) -> bool {
        self.0.first() == Some(&tag)
    }

    /// Takes the next value when it has this tag, giving its contents.
    fn take(&mut self, tag: u8) -> Option<&'d [u8]> {
        let (found, rest) = self.0.split_first()?;
        if *found != tag {
            return None;
        }
        let (length, rest) = length(rest)?;
        let (contents, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(contents)
    }

    fn end(&self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

/// A definite length in its shortest form, up to three length bytes: key files are not larger.
fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let count = match first {
        0..=0x7f => return Some((usize::from(*first), rest)),
        0x81..=0x83 => usize::from(first & 0x7f),
        _ => return None,
    };
    let (digits, rest) = rest.split_at_checked(count)?;
    let value = digits
        .iter()
        .fold(0_usize, |value, digit| (value << 8) | usize::from(*digit));
    let least = if count == 1 { 0x80 } else { 1 << (8 * (count - 1)) };
    (value >= least).then_some((value, rest))
}
