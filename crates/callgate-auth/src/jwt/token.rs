//! The outside of a token (RFC 7515 compact form): size, three parts, canonical base64url, header, payload as JSON.
//!
//! Nothing here is believed yet: this is what must be read before a key can be chosen.

use super::algorithm::Algorithm;
use super::error::{HeaderFault, JwtError, Part};
use super::{KID_BYTES, TOKEN_BYTES};
use crate::json::{JsonLimits, read_object};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

/// A header has a handful of members; extras may be small objects.
const HEADER: JsonLimits = JsonLimits { depth: 4, values: 64 };
/// Real payloads nest three or four levels (role maps); within [`TOKEN_BYTES`] a thousand values are plenty.
const PAYLOAD: JsonLimits = JsonLimits {
    depth: 16,
    values: 1000,
};

/// Header members by which a sender would choose the key. `x5t` is only a thumbprint that Microsoft's tokens always
/// carry: it is never used and therefore harmless.
const KEY_MEMBERS: [&str; 4] = ["jku", "jwk", "x5u", "x5c"];
/// Header members of encrypted or compressed tokens.
const ENCRYPTED_MEMBERS: [&str; 5] = ["enc", "zip", "epk", "apu", "apv"];

/// The three parts, still encoded.
pub(crate) struct Parts<'t> {
    /// Header and payload with the dot between: what is signed.
    pub(crate) signed: &'t str,
    pub(crate) signature: &'t str,
    header: &'t str,
    payload: &'t str,
}

/// The header members that matter, read strictly.
pub(crate) struct Header {
    /// `None` for a name that is not known; it is refused once the issuer is known.
    pub(crate) algorithm: Option<Algorithm>,
    pub(crate) typ: Typ,
    pub(crate) kid: Option<String>,
}

/// `typ`, without the optional `application/` and in any case (RFC 7515 section 4.1.9).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Typ {
    Absent,
    Jwt,
    /// RFC 9068.
    AccessToken,
}

impl<'t> Parts<'t> {
    pub(crate) fn split(token: &'t str) -> Result<Self, JwtError> {
        if token.len() > TOKEN_BYTES {
            return Err(JwtError::TooLong);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(JwtError::NotThreeParts)?;
        let (header, payload) = signed.split_once('.').ok_or(JwtError::NotThreeParts)?;
        if payload.contains('.') {
            return Err(JwtError::NotThreeParts);
        }
        Ok(Self {
            signed,
            signature,
            header,
            payload,
        })
    }

    /// Whether this is a token at all and not a key that happens to contain dots: the header decodes to something
    /// that begins like an object.
    pub(crate) fn looks_like_a_token(&self) -> bool {
        // Only the first characters are decoded, and leniently: shape decides who judges, not whether it passes.
        let start: String = self.header.chars().take(8).collect();
        let whole = start.trim_end_matches('=').len() / 4 * 4;
        let bytes = start.get(..whole).and_then(|start| URL_SAFE_NO_PAD.decode(start).ok());
        bytes.is_some_and(|bytes| bytes.trim_ascii_start().first() == Some(&b'{'))
    }

    pub(crate) fn header(&self) -> Result<Header, JwtError> {
        Header::read(&decode(self.header, Part::Header)?)
    }

    pub(crate) fn payload(&self) -> Result<Map<String, Value>, JwtError> {
        let bytes = decode(self.payload, Part::Payload)?;
        read_object(&bytes, PAYLOAD).map_err(|fault| JwtError::Json(Part::Payload, fault))
    }

    /// Refuses a signature whose text could be spelled another way; the bytes are the backend's business.
    pub(crate) fn check_signature_encoding(&self) -> Result<(), JwtError> {
        decode(self.signature, Part::Signature).map(drop)
    }
}

fn decode(text: &str, part: Part) -> Result<Vec<u8>, JwtError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| JwtError::Encoding(part))
}

impl Header {
    fn read(bytes: &[u8]) -> Result<Self, JwtError> {
        let members = read_object(bytes, HEADER).map_err(|fault| JwtError::Json(Part::Header, fault))?;
        refuse_members(&members).map_err(JwtError::Header)?;
        let Some(Value::String(name)) = members.get("alg") else {
            return Err(JwtError::Header(HeaderFault::NoAlgorithm));
        };
        let typ = read_typ(members.get("typ")).ok_or(JwtError::Header(HeaderFault::Type))?;
        let kid = match members.get("kid") {
            None => None,
            Some(kid) => Some(read_kid(kid).ok_or(JwtError::Header(HeaderFault::KeyId))?),
        };
        Ok(Self {
            algorithm: name.parse().ok(),
            typ,
            kid,
        })
    }
}

fn refuse_members(members: &Map<String, Value>) -> Result<(), HeaderFault> {
    if members.contains_key("crit") {
        return Err(HeaderFault::Critical);
    }
    if members.contains_key("b64") {
        return Err(HeaderFault::Unencoded);
    }
    if let Some(name) = KEY_MEMBERS.into_iter().find(|name| members.contains_key(*name)) {
        return Err(HeaderFault::KeyInside(name));
    }
    if let Some(name) = ENCRYPTED_MEMBERS.into_iter().find(|name| members.contains_key(*name)) {
        return Err(HeaderFault::Encrypted(name));
    }
    if members.contains_key("cty") {
        return Err(HeaderFault::Nested);
    }
    Ok(())
}

fn read_typ(typ: Option<&Value>) -> Option<Typ> {
    let typ = match typ {
        None => return Some(Typ::Absent),
        Some(Value::String(typ)) => typ.to_ascii_lowercase(),
        Some(_) => return None,
    };
    match typ.strip_prefix("application/").unwrap_or(&typ) {
        "jwt" => Some(Typ::Jwt),
        "at+jwt" => Some(Typ::AccessToken),
        _ => None,
    }
}

fn read_kid(kid: &Value) -> Option<String> {
    let kid = kid.as_str()?;
    let printable = kid.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    (!kid.is_empty() && kid.len() <= KID_BYTES && printable).then(|| kid.to_owned())
}
