//! The registered claims (RFC 7519 section 4.1), typed and checked after the signature.
//!
//! A claim of the wrong type is an error, never "absent": that confusion is what let malformed tokens pass elsewhere.

use super::NAME_BYTES;
use super::error::{ClaimFault, JwtError};
use super::issuer::{Issuer, SubjectRule};
use serde_json::{Map, Value};

/// The last second of the year 9999: what lies beyond is a mistake of unit or an attack.
const LAST_SECOND: u64 = 253_402_300_799;
/// Subjects that begin so are Callgate's own.
const RESERVED_PREFIX: &str = "callgate:";

type Claims = Map<String, Value>;

/// `iss` as a string. Arrays are refused even when they hold a trusted issuer.
pub(crate) fn issuer(claims: &Claims) -> Result<&str, JwtError> {
    text(claims, "iss")?.ok_or(JwtError::Claim("iss", ClaimFault::Missing))
}

/// What remains of the checked claims for the principal.
pub(crate) struct Checked {
    pub(crate) subject: Option<String>,
    pub(crate) expires_at: u64,
}

/// Checks audience, times and subject at `now` (unix seconds).
pub(crate) fn check(claims: &Claims, issuer: &Issuer, now: u64) -> Result<Checked, JwtError> {
    audience(claims, &issuer.audiences)?;
    let exp = times(claims, issuer, now)?;
    let subject = text(claims, "sub")?;
    if subject.is_none() && issuer.subject == SubjectRule::Required {
        return Err(JwtError::Claim("sub", ClaimFault::Missing));
    }
    if subject.is_some_and(|subject| subject.starts_with(RESERVED_PREFIX)) {
        return Err(JwtError::Claim("sub", ClaimFault::Reserved));
    }
    Ok(Checked {
        subject: subject.map(str::to_owned),
        expires_at: exp,
    })
}

fn audience(claims: &Claims, accepted: &[String]) -> Result<(), JwtError> {
    const EXPECTED: &str = "a string or an array of strings";
    let wrong = JwtError::Claim("aud", ClaimFault::WrongType(EXPECTED));
    let fits = |audience: &str| accepted.iter().any(|accepted| accepted == audience);
    let found = match claims.get("aud") {
        None => return Err(JwtError::Claim("aud", ClaimFault::Missing)),
        Some(Value::String(audience)) => fits(audience),
        Some(Value::Array(items)) => {
            let mut found = false;
            for item in items {
                found |= fits(item.as_str().ok_or_else(|| wrong.clone())?);
            }
            found
        }
        Some(_) => return Err(wrong),
    };
    if found {
        Ok(())
    } else {
        Err(JwtError::Claim("aud", ClaimFault::NotAccepted))
    }
}

/// Checks `exp`, `nbf`, `iat` and the lifetime; gives `exp`.
fn times(claims: &Claims, issuer: &Issuer, now: u64) -> Result<u64, JwtError> {
    let leeway = issuer.leeway_secs;
    let exp = time(claims, "exp")?.ok_or(JwtError::Claim("exp", ClaimFault::Missing))?;
    if now >= exp.saturating_add(leeway) {
        return Err(JwtError::Expired { exp, now });
    }
    if let Some(nbf) = time(claims, "nbf")?.filter(|nbf| *nbf > now.saturating_add(leeway)) {
        return Err(JwtError::NotYetValid { nbf, now });
    }
    let iat = time(claims, "iat")?;
    if let Some(iat) = iat.filter(|iat| *iat > now.saturating_add(leeway)) {
        return Err(JwtError::IssuedInFuture { iat, now });
    }
    if let Some(allowed) = issuer.max_lifetime_secs {
        let iat = iat.ok_or(JwtError::Claim("iat", ClaimFault::Missing))?;
        let lifetime = exp.saturating_sub(iat);
        if lifetime > allowed {
            return Err(JwtError::LivesTooLong { lifetime, allowed });
        }
    }
    Ok(exp)
}

/// A time as an integer of unix seconds. Fractions are refused although RFC 7519 has them: no known issuer sends them,
/// and a float is where 1e400 and rounding begin.
fn time(claims: &Claims, name: &'static str) -> Result<Option<u64>, JwtError> {
    let Some(value) = claims.get(name) else { return Ok(None) };
    let Value::Number(number) = value else {
        return Err(JwtError::Claim(name, ClaimFault::WrongType("an integer")));
    };
    match number.as_u64() {
        Some(seconds) if seconds <= LAST_SECOND => Ok(Some(seconds)),
        None if number.is_f64() => Err(JwtError::Claim(name, ClaimFault::WrongType("an integer"))),
        _ => Err(JwtError::Claim(name, ClaimFault::OutOfRange)),
    }
}

/// A claim that names somebody: a string, not empty, bounded, without control characters (it goes into audit lines).
fn text<'c>(claims: &'c Claims, name: &'static str) -> Result<Option<&'c str>, JwtError> {
    match claims.get(name) {
        None => Ok(None),
        Some(Value::String(text)) if text.is_empty() || text.len() > NAME_BYTES || text.contains(char::is_control) => {
            Err(JwtError::Claim(name, ClaimFault::Text))
        }
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(JwtError::Claim(name, ClaimFault::WrongType("a string"))),
    }
}
