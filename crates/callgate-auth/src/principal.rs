//! Who is calling: the one shape every authenticator produces and the only thing mappings see.

use std::fmt;

/// An authenticated caller. Identity is (`method`, `issuer`, `id`): the same subject of two issuers is two principals.
#[derive(Clone, Debug, PartialEq)]
pub struct Principal {
    /// `sub` of the token, or the id of the application credential.
    pub id: String,
    /// The system that vouched for it.
    pub method: Method,
    /// Where in the request the credential stood.
    pub presented: Place,
    /// The token's issuer; `None` for application credentials.
    pub issuer: Option<String>,
    /// What mappings are matched against: the whole token payload, or `{ "id": … }`.
    pub claims: serde_json::Map<String, serde_json::Value>,
    /// The tenant of an application credential, when its entry names one.
    pub tenant: Option<String>,
    /// Unix second from which the credential is over: the token's `exp` (without leeway), or the credential's expiry.
    pub expires_at: Option<u64>,
}

/// The authenticating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// A JSON Web Token of a configured issuer.
    Jwt,
    /// An application credential.
    AppCredential,
}

impl Method {
    /// The stable name used in audit lines.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jwt => "jwt",
            Self::AppCredential => "appcred",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The place of a request that carried the credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// `Authorization: Basic`.
    Basic,
    /// `Authorization: Bearer`.
    Bearer,
    /// The `access_token` query parameter.
    AccessToken,
    /// A configured header.
    Header,
    /// A configured query parameter.
    Query,
    /// A configured cookie.
    Cookie,
}

impl Place {
    /// The stable name used in audit lines.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Bearer => "bearer",
            Self::AccessToken => "access_token",
            Self::Header => "header",
            Self::Query => "query",
            Self::Cookie => "cookie",
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
