//! The keys of one issuer: where they come from, which of them may judge a token.

mod der;
mod jwks;
mod material;
mod pem;

use super::algorithm::{Algorithm, KeyKind};
use crate::Secret;
use jsonwebtoken::DecodingKey;

/// The largest JWKS or PEM text read, bytes; a fetcher should stop reading there too.
pub const KEYS_BYTES: usize = 512 * 1024;
/// The most keys of a JWKS: every unseen token may have to look through them.
pub const KEYS: usize = 100;
/// The most keys tried for one token: keys that share a `kid`, or a PEM file's keys. Each try costs a signature check
/// that a stranger can ask for.
pub const KEY_TRIES: usize = 4;
/// The least bytes of an HMAC secret; longer hashes need longer secrets (RFC 7518 section 3.2).
pub const SECRET_BYTES: usize = 32;

/// The verification keys of one issuer.
pub struct KeySet {
    keys: Vec<Key>,
    origin: Origin,
    skipped: Vec<SkippedKey>,
}

impl KeySet {
    /// No keys yet: every token asks for a fetch with [`super::JwtError::UnknownKey`].
    pub const fn empty() -> Self {
        Self {
            keys: Vec::new(),
            origin: Origin::Jwks,
            skipped: Vec::new(),
        }
    }

    /// Reads a JWK Set (RFC 7517). Keys that cannot or must not verify signatures are left out and listed by
    /// [`KeySet::skipped`]; a set without any usable key is an error, so that a fetcher keeps its last good one.
    pub fn from_jwks(text: &str) -> Result<Self, KeyError> {
        let (keys, skipped) = jwks::read(text)?;
        Ok(Self {
            keys,
            origin: Origin::Jwks,
            skipped,
        })
    }

    /// Reads one or more PEM blocks, each a `PUBLIC KEY` (SPKI), an `RSA PUBLIC KEY` or a `CERTIFICATE`, of which only
    /// the key counts. These keys have no id, so they stand for whatever `kid` a token names.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        Ok(Self {
            keys: pem::read(text)?,
            origin: Origin::Pem,
            skipped: Vec::new(),
        })
    }

    /// A shared secret for HS256, HS384 and HS512, used as the bytes it is.
    pub fn from_secret(secret: &Secret) -> Result<Self, KeyError> {
        let bytes = secret.expose();
        if bytes.len() < SECRET_BYTES {
            return Err(KeyError::ShortSecret { bytes: bytes.len() });
        }
        if bytes.trim_ascii_start().starts_with(b"-----BEGIN") {
            return Err(KeyError::SecretIsPem);
        }
        let decoding = DecodingKey::from_secret(bytes);
        let key = Key {
            kid: None,
            algorithm: None,
            kind: KeyKind::Secret,
            decoding,
        };
        Ok(Self {
            keys: vec![key],
            origin: Origin::Secret { bytes: bytes.len() },
            skipped: Vec::new(),
        })
    }

    /// How many keys can verify.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether no key can verify anything.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The keys of a JWKS that were left out, and why.
    pub fn skipped(&self) -> &[SkippedKey] {
        &self.skipped
    }

    pub(crate) fn secret_len(&self) -> Option<usize> {
        match self.origin {
            Origin::Secret { bytes } => Some(bytes),
            Origin::Jwks | Origin::Pem => None,
        }
    }

    /// The keys that may judge a token with this header, never none.
    pub(crate) fn candidates(&self, kid: Option<&str>, algorithm: Algorithm) -> Result<Vec<&Key>, NoCandidate> {
        let named = |key: &&Key| match self.origin {
            Origin::Jwks => kid.is_none() || key.kid.as_deref() == kid,
            Origin::Pem | Origin::Secret { .. } => true,
        };
        let known: Vec<&Key> = self.keys.iter().filter(named).collect();
        let fitting: Vec<&Key> = known.iter().copied().filter(|key| key.fits(algorithm)).collect();
        match (known.len(), fitting.len(), kid, self.origin) {
            (0, ..) => Err(NoCandidate::Unknown),
            // Without a name, a set that has nothing fitting may simply be old.
            (_, 0, None, Origin::Jwks) => Err(NoCandidate::Unknown),
            (_, 0, ..) => Err(NoCandidate::Unfit),
            (_, 2.., None, Origin::Jwks) => Err(NoCandidate::Ambiguous),
            _ => Ok(fitting),
        }
    }
}

impl std::fmt::Debug for KeySet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeySet")
            .field("keys", &self.keys.len())
            .field("skipped", &self.skipped)
            .finish()
    }
}

/// Where keys come from decides how far their ids count.
#[derive(Clone, Copy)]
enum Origin {
    Jwks,
    Pem,
    Secret { bytes: usize },
}

/// Why no key may judge a token.
pub(crate) enum NoCandidate {
    Unknown,
    Ambiguous,
    Unfit,
}

/// One verification key.
pub(crate) struct Key {
    kid: Option<String>,
    /// The only algorithm a JWK says it is for.
    algorithm: Option<Algorithm>,
    kind: KeyKind,
    decoding: DecodingKey,
}

impl Key {
    fn fits(&self, algorithm: Algorithm) -> bool {
        self.kind == algorithm.kind() && self.algorithm.is_none_or(|only| only == algorithm)
    }

    /// Whether `signature` (base64url) is this key's over `signed`.
    pub(crate) fn verifies(&self, algorithm: Algorithm, signed: &str, signature: &str) -> bool {
        // Named outright: the crate would otherwise ask for a process-wide provider and panic when it has to choose.
        let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
        jsonwebtoken::crypto::verify(signature, signed.as_bytes(), &self.decoding, algorithm.backend()).unwrap_or(false)
    }
}

/// Why a text gives no key set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// More than [`KEYS_BYTES`].
    #[error("key set is larger than {KEYS_BYTES} bytes")]
    TooLarge,
    /// Not JSON, or not as strict as it must be.
    #[error("key set is {0}")]
    Json(crate::json::JsonFault),
    /// No `keys` array.
    #[error("key set has no `keys` array of objects")]
    NoKeys,
    /// More than [`KEYS`].
    #[error("key set has more than {KEYS} keys")]
    TooMany,
    /// Not one key can be used.
    #[error("no key of the set can verify a signature{}", Reasons(.0))]
    NoneUsable(Vec<SkippedKey>),
    /// Not PEM.
    #[error("not PEM: expected a block that begins with `-----BEGIN PUBLIC KEY-----` or `-----BEGIN CERTIFICATE-----`")]
    NotPem,
    /// A PEM block of another kind; the label is from the file.
    #[error("PEM block {index}: {fault}")]
    Pem {
        /// The block, counted from 1.
        index: usize,
        /// What is wrong with it.
        fault: KeyFault,
    },
    /// More PEM keys than would be tried.
    #[error("more than {KEY_TRIES} PEM keys")]
    TooManyPem,
    /// An HMAC secret that could be guessed.
    #[error("secret has {bytes} bytes, at least {SECRET_BYTES} are needed")]
    ShortSecret {
        /// Its length.
        bytes: usize,
    },
    /// A key file where a secret belongs.
    #[error("secret is a PEM file: public keys are not secrets")]
    SecretIsPem,
}

/// A key that was left out of a JWKS.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("key {index}: {fault}")]
pub struct SkippedKey {
    /// Its place in `keys`, counted from 1.
    pub index: usize,
    /// Why.
    pub fault: KeyFault,
}

/// Why one key cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each message is the documentation")]
pub enum KeyFault {
    #[error("is not a JSON object")]
    NotAnObject,
    #[error("member `{0}` is missing or malformed")]
    Member(&'static str),
    #[error("is not for signatures (`use` is not `sig`)")]
    Use,
    #[error("is not for verification (`key_ops` lacks `verify`)")]
    KeyOps,
    #[error("is for an algorithm that is not known or does not fit its type")]
    Algorithm,
    #[error("is of a type that is not supported; RSA, P-256, P-384 and Ed25519 are")]
    Type,
    #[error("is symmetric: secrets have no place in a published key set")]
    Symmetric,
    #[error("is a private key: only public keys belong here")]
    Private,
    #[error("RSA modulus has {0} bits, 2048 to 8192 are accepted")]
    RsaSize(usize),
    #[error("RSA modulus or exponent is not valid")]
    RsaValue,
    #[error("is not a point of its curve")]
    Point,
    #[error("has a `kid` that more than {KEY_TRIES} keys share")]
    Crowded,
    #[error("is not DER of the expected shape")]
    Der,
}

struct Reasons<'k>(&'k [SkippedKey]);

impl std::fmt::Display for Reasons<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, skipped) in self.0.iter().enumerate() {
            write!(f, "{} {skipped}", if at == 0 { ":" } else { ";" })?;
        }
        Ok(())
    }
}
