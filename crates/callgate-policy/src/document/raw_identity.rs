//! Owns the raw form of identity: `jwt`, `appcreds`, mappings, tenants.

use super::raw::{Switch, Text};
use crate::diagnostics::{Span, Spanned};

/// Where a credential may be presented; the keys BAF gives `appcreds`.
#[derive(Debug, Clone, Default)]
pub struct RawPlaces {
    /// `bearer`: `Authorization: Bearer`, and `access_token` in the query.
    pub bearer: Option<Switch>,
    /// `header`: name of a header.
    pub header: Option<Text>,
    /// `query`: name of a query parameter.
    pub query: Option<Text>,
    /// `cookie`: name of a cookie.
    pub cookie: Option<Text>,
}

/// `jwt` (BAF).
#[derive(Debug, Clone)]
pub struct RawJwt {
    /// The section.
    pub span: Span,
    /// `enabled`.
    pub enabled: Option<Switch>,
    /// Where tokens are looked for.
    pub places: RawPlaces,
    /// `issuers`.
    pub issuers: Vec<RawIssuer>,
    /// `mappings` (BAF).
    pub mappings: Vec<RawMapping>,
}

/// One entry of `jwt.issuers`.
#[derive(Debug, Clone)]
pub struct RawIssuer {
    /// The entry.
    pub span: Span,
    /// `issuer`: compared with `iss` as a whole.
    pub issuer: Option<Text>,
    /// `audiences`.
    pub audiences: Vec<Text>,
    /// `algorithms`.
    pub algorithms: Vec<Text>,
    /// `keys`.
    pub keys: Option<RawKeys>,
    /// `leeway`: a duration.
    pub leeway: Option<Text>,
    /// `typ`: `usual` or `at+jwt`.
    pub typ: Option<Text>,
    /// `max_lifetime`: a duration.
    pub max_lifetime: Option<Text>,
}

/// `keys` of an issuer: exactly one must be given.
#[derive(Debug, Clone)]
pub struct RawKeys {
    /// The section.
    pub span: Span,
    /// `jwks_file`.
    pub jwks_file: Option<Text>,
    /// `jwks_url`.
    pub jwks_url: Option<Text>,
    /// `pem_file`.
    pub pem_file: Option<Text>,
    /// `discovery`: true finds `jwks_url` through the issuer's metadata.
    pub discovery: Option<Switch>,
    /// `secret`: for HS algorithms only.
    pub secret: Option<Spanned<RawSecret>>,
}

/// A secret as the policy names it. Has no `Display`; `Debug` never shows a literal.
#[derive(Clone, PartialEq, Eq)]
pub enum RawSecret {
    /// `file:PATH`.
    File(String),
    /// `env:NAME`.
    Env(String),
    /// `cred:NAME`: a systemd credential.
    Cred(String),
    /// The secret itself: only with `insecure_inline_secrets: true`.
    Literal(String),
}

impl std::fmt::Debug for RawSecret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(out, "file:{path}"),
            Self::Env(name) => write!(out, "env:{name}"),
            Self::Cred(name) => write!(out, "cred:{name}"),
            Self::Literal(_) => out.write_str("(hidden)"),
        }
    }
}

/// `appcreds` (BAF).
#[derive(Debug, Clone)]
pub struct RawAppCreds {
    /// The section.
    pub span: Span,
    /// `enabled`.
    pub enabled: Option<Switch>,
    /// `basicAuth`.
    pub basic_auth: Option<Switch>,
    /// The other places.
    pub places: RawPlaces,
    /// `credentials.file`.
    pub credentials_file: Option<Text>,
    /// `mappings`.
    pub mappings: Vec<RawMapping>,
}

/// One entry of `mappings` (BAF): claims to a ruleset.
#[derive(Debug, Clone)]
pub struct RawMapping {
    /// The entry.
    pub span: Span,
    /// `claims`; empty matches everybody this section authenticates.
    pub claims: RawClaims,
    /// `ruleset`.
    pub ruleset: Text,
    /// `templated`: one copy per tenant that carries `tenants_tag`.
    pub templated: Option<Switch>,
}

/// Matchers by claim name, in the order of the file.
pub type RawClaims = Vec<(Text, RawClaim)>;

/// One claim matcher.
#[derive(Debug, Clone)]
pub enum RawClaim {
    /// A regular expression for the whole claim. Plain numbers and booleans arrive as their text.
    Pattern(Text),
    /// Matchers for the members of a structured claim.
    Nested(Span, RawClaims),
}

/// A tenant, from the policy or from the tenants file.
#[derive(Debug, Clone)]
pub struct RawTenant {
    /// The entry.
    pub span: Span,
    /// `id`.
    pub id: Text,
    /// `name`.
    pub name: Option<Text>,
    /// `tags`.
    pub tags: Vec<Text>,
    /// `hosts`.
    pub hosts: Vec<Text>,
    /// `vars`, in the order of the file.
    pub vars: Vec<(Text, RawVariable)>,
}

/// A tenant variable.
#[derive(Debug, Clone)]
pub enum RawVariable {
    /// One value; numbers and booleans arrive as their text.
    One(Text),
    /// A list of values.
    Many(Vec<Text>),
}
