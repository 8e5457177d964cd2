//! JSON Web Tokens, strictly: everything `jsonwebtoken` would let through by default is refused here.
//!
//! The order of steps: size, three parts, canonical base64url, header, payload without duplicate names, `iss` picks
//! exactly one issuer, algorithm in the issuer's list, key by (issuer, kid), signature, typed claims. The library
//! underneath is used for nothing but the signature.

mod algorithm;
mod claims;
mod error;
mod issuer;
mod keys;
mod token;

pub use crate::json::JsonFault;
pub use algorithm::{Algorithm, UnknownAlgorithm};
pub use error::{ClaimFault, HeaderFault, JwtError, Part};
pub use issuer::{DEFAULT_LEEWAY_SECS, Issuer, IssuerError, IssuerProblem, MAX_LEEWAY_SECS, SubjectRule, TypRule};
pub use keys::{KEY_TRIES, KEYS, KEYS_BYTES, KeyError, KeyFault, KeySet, SECRET_BYTES, SkippedKey};

use crate::principal::{Method, Place, Principal};
use keys::NoCandidate;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::Arc;
use token::{Header, Parts, Typ};

/// The longest token, bytes. Every byte is read before anything is verified; real tokens with long role lists have 2
/// to 4 KiB, and what is larger does not fit ordinary header limits either.
pub const TOKEN_BYTES: usize = 8 * 1024;
/// The longest key id, bytes.
pub const KID_BYTES: usize = 128;
/// The longest `iss` and `sub`, bytes (OpenID Connect allows 255 for `sub`).
pub const NAME_BYTES: usize = 255;

/// Judges tokens: issuers and their keys, immutable. A new set of keys makes a new verifier, which costs a few
/// reference counts.
#[derive(Clone, Debug, Default)]
pub struct Verifier {
    issuers: Vec<(Arc<Issuer>, Arc<KeySet>)>,
    by_name: Arc<HashMap<String, usize>>,
}

/// What a bearer value is, before anything is believed of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Not three dot-joined parts whose first encodes an object: something else, perhaps a key.
    NotAJwt,
    /// A token.
    Jwt {
        /// Whether a configured issuer must judge it.
        issuer: Named,
    },
}

/// Whom a token names as its issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// The configured issuer at this place of the list given to [`Verifier::new`].
    Known(usize),
    /// None that is configured, or none that can be read.
    Unknown,
}

impl Verifier {
    /// Puts issuers and their keys together; every impossible configuration is reported at once.
    pub fn new(issuers: Vec<(Issuer, Arc<KeySet>)>) -> Result<Self, Vec<IssuerError>> {
        let mut errors = Vec::new();
        let mut by_name = HashMap::new();
        for (at, (issuer, keys)) in issuers.iter().enumerate() {
            let mut problems = issuer.problems(keys);
            if by_name.insert(issuer.issuer.clone(), at).is_some() {
                problems.push(IssuerProblem::Duplicate);
            }
            errors.extend(problems.into_iter().map(|problem| IssuerError {
                issuer: issuer.issuer.clone(),
                problem,
            }));
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let issuers = issuers
            .into_iter()
            .map(|(issuer, keys)| (Arc::new(issuer), keys))
            .collect();
        Ok(Self {
            issuers,
            by_name: Arc::new(by_name),
        })
    }

    /// The same issuers, with new keys for the named one: what a key fetch leads to. `None` when it is not configured
    /// or the keys do not fit its algorithms.
    pub fn with_keys(&self, issuer: &str, keys: Arc<KeySet>) -> Option<Self> {
        let mut next = self.clone();
        let (config, slot) = self.by_name.get(issuer).and_then(|at| next.issuers.get_mut(*at))?;
        if !config.problems(&keys).is_empty() {
            return None;
        }
        *slot = keys;
        Some(next)
    }

    /// The configured issuers, in order.
    pub fn issuers(&self) -> impl Iterator<Item = (&Issuer, &Arc<KeySet>)> {
        self.issuers.iter().map(|(issuer, keys)| (&**issuer, keys))
    }

    /// What `token` is and who must judge it; nothing is verified.
    pub fn shape(&self, token: &str) -> Shape {
        match self.read(token) {
            Reading::NotAJwt(_) => Shape::NotAJwt,
            Reading::Foreign(_) => Shape::Jwt { issuer: Named::Unknown },
            Reading::Ours(reading) => Shape::Jwt {
                issuer: Named::Known(reading.at),
            },
        }
    }

    /// Judges a token at `now` (unix seconds). [`Principal::presented`] is [`Place::Bearer`]; use
    /// [`crate::Authenticator`] for credentials from other places.
    pub fn verify(&self, token: &str, now: u64) -> Result<Principal, JwtError> {
        match self.read(token) {
            Reading::NotAJwt(error) | Reading::Foreign(error) => Err(error),
            Reading::Ours(reading) => self.judge(reading, Place::Bearer, now),
        }
    }

    /// Reads the outside of a token as far as the choice of an issuer.
    pub(crate) fn read<'t>(&self, token: &'t str) -> Reading<'t> {
        let parts = match Parts::split(token) {
            Ok(parts) if parts.looks_like_a_token() => parts,
            Ok(_) => return Reading::NotAJwt(JwtError::NotThreeParts),
            Err(error) => return Reading::NotAJwt(error),
        };
        let read = parts.payload().and_then(|claims| {
            let at = self
                .by_name
                .get(claims::issuer(&claims)?)
                .copied()
                .ok_or(JwtError::UnknownIssuer)?;
            Ok((claims, at))
        });
        match read {
            Ok((claims, at)) => Reading::Ours(Unverified { parts, claims, at }),
            Err(error) => Reading::Foreign(error),
        }
    }

    /// Verifies what [`Verifier::read`] found.
    pub(crate) fn judge(&self, token: Unverified<'_>, place: Place, now: u64) -> Result<Principal, JwtError> {
        let (issuer, keys) = self.issuers.get(token.at).ok_or(JwtError::UnknownIssuer)?;
        let header = token.parts.header()?;
        check_typ(&header, issuer)?;
        token.parts.check_signature_encoding()?;
        check_signature(&token.parts, &header, issuer, keys)?;
        let checked = claims::check(&token.claims, issuer, now)?;
        Ok(Principal {
            id: checked.subject.unwrap_or_else(|| anonymous(token.parts.signed)),
            method: Method::Jwt,
            presented: place,
            issuer: Some(issuer.issuer.clone()),
            claims: token.claims,
            tenant: None,
            expires_at: Some(checked.expires_at),
        })
    }
}

/// What can be said of a bearer value before a key is chosen.
pub(crate) enum Reading<'t> {
    NotAJwt(JwtError),
    /// A token that no configured issuer will judge, and what `verify` says of it.
    Foreign(JwtError),
    Ours(Unverified<'t>),
}

/// A token that names a configured issuer, and nothing more.
pub(crate) struct Unverified<'t> {
    parts: Parts<'t>,
    claims: Map<String, Value>,
    at: usize,
}

fn check_typ(header: &Header, issuer: &Issuer) -> Result<(), JwtError> {
    match (issuer.typ, header.typ) {
        (TypRule::Usual, _) | (TypRule::AccessToken, Typ::AccessToken) => Ok(()),
        (TypRule::AccessToken, Typ::Absent | Typ::Jwt) => Err(JwtError::Header(HeaderFault::Type)),
    }
}

fn check_signature(parts: &Parts<'_>, header: &Header, issuer: &Issuer, keys: &KeySet) -> Result<(), JwtError> {
    let name = || issuer.issuer.clone();
    let allowed = header
        .algorithm
        .filter(|algorithm| issuer.algorithms.contains(algorithm));
    let Some(algorithm) = allowed else {
        return Err(JwtError::AlgorithmNotAllowed {
            issuer: name(),
            algorithm: header.algorithm,
        });
    };
    let candidates = keys
        .candidates(header.kid.as_deref(), algorithm)
        .map_err(|miss| match miss {
            NoCandidate::Unknown => JwtError::UnknownKey {
                issuer: name(),
                kid: header.kid.clone(),
            },
            NoCandidate::Ambiguous => JwtError::AmbiguousKey { issuer: name() },
            NoCandidate::Unfit => JwtError::KeyDoesNotFit {
                issuer: name(),
                algorithm,
            },
        })?;
    if candidates
        .iter()
        .any(|key| key.verifies(algorithm, parts.signed, parts.signature))
    {
        Ok(())
    } else {
        Err(JwtError::Signature)
    }
}

/// The identity of a token without a subject: its own digest, so that no two such tokens share anything.
fn anonymous(signed: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, signed.as_bytes());
    let hex: String = digest
        .as_ref()
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("token-{hex}")
}
