//! What is configured per issuer, and what makes a configuration impossible.

use super::KeySet;
use super::algorithm::Algorithm;

/// The leeway used unless the policy says otherwise: covers ordinary clock drift.
pub const DEFAULT_LEEWAY_SECS: u64 = 30;
/// The most leeway that may be configured; more would make short-lived tokens meaningless.
pub const MAX_LEEWAY_SECS: u64 = 300;

/// One trusted issuer. Strings are compared exactly: no case folding, no trailing-slash tolerance.
#[derive(Clone, Debug)]
pub struct Issuer {
    /// The `iss` claim.
    pub issuer: String,
    /// The audiences of which a token must hold at least one.
    pub audiences: Vec<String>,
    /// The algorithms a token may use: either public-key ones, or HMAC ones, never both.
    pub algorithms: Vec<Algorithm>,
    /// Seconds of clock difference tolerated for `exp`, `nbf` and `iat`.
    pub leeway_secs: u64,
    /// What `typ` may be.
    pub typ: TypRule,
    /// The most seconds between `iat` and `exp`; when set, `iat` is required.
    pub max_lifetime_secs: Option<u64>,
    /// Whether a token may lack `sub`.
    pub subject: SubjectRule,
}

impl Issuer {
    /// An issuer with the defaults: 30 s leeway, `typ` absent, `JWT` or `at+jwt`, any lifetime, `sub` required.
    pub fn new(issuer: String, audiences: Vec<String>, algorithms: Vec<Algorithm>) -> Self {
        Self {
            issuer,
            audiences,
            algorithms,
            leeway_secs: DEFAULT_LEEWAY_SECS,
            typ: TypRule::Usual,
            max_lifetime_secs: None,
            subject: SubjectRule::Required,
        }
    }

    /// Everything that is wrong with this configuration, given its keys.
    pub(crate) fn problems(&self, keys: &KeySet) -> Vec<IssuerProblem> {
        let mut problems = Vec::new();
        if self.issuer.is_empty() {
            problems.push(IssuerProblem::EmptyIssuer);
        }
        if self.audiences.is_empty() || self.audiences.iter().any(String::is_empty) {
            problems.push(IssuerProblem::NoAudience);
        }
        if self.algorithms.is_empty() {
            problems.push(IssuerProblem::NoAlgorithm);
        }
        if self.leeway_secs > MAX_LEEWAY_SECS {
            problems.push(IssuerProblem::Leeway);
        }
        let symmetric = self
            .algorithms
            .iter()
            .filter(|algorithm| algorithm.is_symmetric())
            .count();
        match keys.secret_len() {
            _ if symmetric != 0 && symmetric != self.algorithms.len() => problems.push(IssuerProblem::MixedAlgorithms),
            Some(_) if symmetric == 0 => problems.push(IssuerProblem::SecretForPublicKeyAlgorithm),
            None if symmetric != 0 => problems.push(IssuerProblem::NoSecret),
            Some(len) => problems.extend(
                self.algorithms
                    .iter()
                    .find(|algorithm| len < algorithm.secret_bytes())
                    .map(|algorithm| IssuerProblem::ShortSecret(*algorithm)),
            ),
            None => {}
        }
        problems
    }
}

/// What `typ` may be. Other values (`dpop+jwt`, `logout+jwt`, …) are other kinds of tokens and never accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum TypRule {
    /// Absent, `JWT` or `at+jwt`.
    #[default]
    Usual,
    /// `at+jwt` only (RFC 9068): ID tokens of the same issuer are refused.
    AccessToken,
}

/// Whether a token may lack `sub`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum SubjectRule {
    /// A token without `sub` is refused.
    #[default]
    Required,
    /// A token without `sub` becomes a principal of its own, named after the digest of the token: two such tokens
    /// never share an identity.
    Optional,
}

/// A configuration that cannot be used: which issuer, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("issuer `{issuer}`: {problem}")]
pub struct IssuerError {
    /// The configured issuer.
    pub issuer: String,
    /// What is wrong.
    pub problem: IssuerProblem,
}

/// What is wrong with a configured issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssuerProblem {
    /// The name is empty.
    #[error("the name is empty")]
    EmptyIssuer,
    /// Two entries share a name, so a token would not pick exactly one.
    #[error("is configured twice")]
    Duplicate,
    /// Without an audience, a token made for anybody else would do.
    #[error("at least one audience is required, and none may be empty")]
    NoAudience,
    /// Nothing could ever verify.
    #[error("at least one algorithm is required")]
    NoAlgorithm,
    /// More than [`MAX_LEEWAY_SECS`].
    #[error("leeway is more than {MAX_LEEWAY_SECS} seconds")]
    Leeway,
    /// HMAC and public keys together invite confusion of the two.
    #[error("HMAC algorithms cannot be mixed with public-key algorithms")]
    MixedAlgorithms,
    /// HMAC algorithms without a secret of the issuer's own.
    #[error("HMAC algorithms need a secret of the issuer's own, not public keys")]
    NoSecret,
    /// A secret, but algorithms that need public keys.
    #[error("public-key algorithms cannot use a secret")]
    SecretForPublicKeyAlgorithm,
    /// A secret shorter than the hash (RFC 7518 section 3.2).
    #[error("the secret is shorter than {} bytes, which `{_0}` needs", _0.secret_bytes())]
    ShortSecret(Algorithm),
}
