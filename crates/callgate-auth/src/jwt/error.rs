//! Why a token is refused. No message contains any part of the token; the client is told none of this.

use super::algorithm::Algorithm;
use crate::json::JsonFault;
use std::fmt;

/// Why a token does not make a principal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// Longer than [`super::TOKEN_BYTES`].
    #[error("token is longer than {} bytes", super::TOKEN_BYTES)]
    TooLong,
    /// Not three parts joined by dots, of which the first encodes an object.
    #[error("not a token: three parts joined by dots are needed, of which the first encodes an object")]
    NotThreeParts,
    /// A part is not canonical base64url: padding, white space, other alphabet, or stray trailing bits.
    #[error("token {0} is not canonical base64url")]
    Encoding(Part),
    /// A part is not an acceptable JSON object.
    #[error("token {0} is {1}")]
    Json(Part, JsonFault),
    /// The header asks for something Callgate refuses.
    #[error("token header {0}")]
    Header(HeaderFault),
    /// The token names an issuer that is not configured.
    #[error("token names no configured issuer")]
    UnknownIssuer,
    /// The algorithm is not in the issuer's list; the name is given only when it is a known one.
    #[error("token algorithm {} is not in the list of issuer `{issuer}`", Maybe(*algorithm))]
    AlgorithmNotAllowed {
        /// The configured issuer.
        issuer: String,
        /// The algorithm of the header, when known at all.
        algorithm: Option<Algorithm>,
    },
    /// No key of the issuer has this key id: the caller may fetch the issuer's keys again and retry.
    #[error("issuer `{issuer}` has no key with the token's key id")]
    UnknownKey {
        /// The configured issuer.
        issuer: String,
        /// The key id of the header, at most [`super::KID_BYTES`] printable ASCII characters.
        kid: Option<String>,
    },
    /// The token names no key and several fit.
    #[error("token names no key id and several keys of issuer `{issuer}` fit")]
    AmbiguousKey {
        /// The configured issuer.
        issuer: String,
    },
    /// The named key is not for this algorithm.
    #[error("the token's key of issuer `{issuer}` is not for algorithm `{algorithm}`")]
    KeyDoesNotFit {
        /// The configured issuer.
        issuer: String,
        /// The algorithm of the header.
        algorithm: Algorithm,
    },
    /// The signature is wrong.
    #[error("token signature does not verify")]
    Signature,
    /// A claim is missing or has a wrong type or value.
    #[error("claim `{0}` {1}")]
    Claim(&'static str, ClaimFault),
    /// The token is over.
    #[error("token expired at {exp}, it is {now} now")]
    Expired {
        /// The claim, unix seconds.
        exp: u64,
        /// The time of the check, unix seconds.
        now: u64,
    },
    /// The token is not valid yet.
    #[error("token is not valid before {nbf}, it is {now} now")]
    NotYetValid {
        /// The claim, unix seconds.
        nbf: u64,
        /// The time of the check, unix seconds.
        now: u64,
    },
    /// The token says it was issued in the future.
    #[error("token was issued at {iat}, it is {now} now")]
    IssuedInFuture {
        /// The claim, unix seconds.
        iat: u64,
        /// The time of the check, unix seconds.
        now: u64,
    },
    /// `exp` − `iat` is more than the issuer allows.
    #[error("token lives {lifetime} seconds, at most {allowed} are allowed")]
    LivesTooLong {
        /// `exp` − `iat`, seconds.
        lifetime: u64,
        /// The issuer's limit, seconds.
        allowed: u64,
    },
}

impl JwtError {
    /// A stable code for audit lines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong => "jwt_too_long",
            Self::NotThreeParts => "jwt_not_three_parts",
            Self::Encoding(_) => "jwt_encoding",
            Self::Json(..) => "jwt_json",
            Self::Header(_) => "jwt_header",
            Self::UnknownIssuer => "jwt_unknown_issuer",
            Self::AlgorithmNotAllowed { .. } => "jwt_algorithm",
            Self::UnknownKey { .. } => "jwt_unknown_key",
            Self::AmbiguousKey { .. } => "jwt_ambiguous_key",
            Self::KeyDoesNotFit { .. } => "jwt_key_mismatch",
            Self::Signature => "jwt_signature",
            Self::Claim("aud", ClaimFault::NotAccepted) => "jwt_audience",
            Self::Claim(..) => "jwt_claim",
            Self::Expired { .. } => "jwt_expired",
            Self::NotYetValid { .. } => "jwt_not_yet_valid",
            Self::IssuedInFuture { .. } => "jwt_issued_in_future",
            Self::LivesTooLong { .. } => "jwt_lives_too_long",
        }
    }
}

/// A part of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The first part.
    Header,
    /// The second part.
    Payload,
    /// The third part.
    Signature,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Header => "header",
            Self::Payload => "payload",
            Self::Signature => "signature",
        })
    }
}

/// What is wrong with a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderFault {
    /// `alg` is missing or not a string.
    #[error("has no `alg` string")]
    NoAlgorithm,
    /// `crit`: an extension that must be understood (RFC 7515 section 4.1.11); we understand none.
    #[error("carries `crit`, and no critical extension is understood")]
    Critical,
    /// `b64`: an unencoded payload (RFC 7797).
    #[error("carries `b64`")]
    Unencoded,
    /// A key, or a place to fetch one, chosen by the sender.
    #[error("carries a key of its own in `{0}`")]
    KeyInside(&'static str),
    /// Encryption or compression.
    #[error("carries `{0}`: encrypted and compressed tokens are not accepted")]
    Encrypted(&'static str),
    /// A nested token.
    #[error("carries `cty`: nested tokens are not accepted")]
    Nested,
    /// `typ` is not a string, or not one the issuer may use for access tokens.
    #[error("has a `typ` that is not accepted")]
    Type,
    /// `kid` is not a string of 1 to [`super::KID_BYTES`] printable ASCII characters.
    #[error(
        "has a `kid` that is not a string of 1 to {} printable ASCII characters",
        super::KID_BYTES
    )]
    KeyId,
}

/// What is wrong with a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimFault {
    /// Required, and not there.
    #[error("is missing")]
    Missing,
    /// There, with a wrong JSON type.
    #[error("is not {0}")]
    WrongType(&'static str),
    /// An integer outside the years 1970 to 9999.
    #[error("is not a time between the years 1970 and 9999")]
    OutOfRange,
    /// Empty, too long, or with control characters.
    #[error("is empty, longer than {} bytes or has control characters", super::NAME_BYTES)]
    Text,
    /// Begins with a prefix that is Callgate's own.
    #[error("begins with the reserved prefix `callgate:`")]
    Reserved,
    /// None of the configured values.
    #[error("holds none of the configured values")]
    NotAccepted,
}

/// Shows a known algorithm, or that it is not known, without echoing the header.
struct Maybe(Option<Algorithm>);

impl fmt::Display for Maybe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(algorithm) => write!(f, "`{algorithm}`"),
            None => f.write_str("(unknown)"),
        }
    }
}
