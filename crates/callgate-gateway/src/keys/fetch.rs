//! One fetch: HTTPS (plain HTTP only to this machine), no redirect, no proxy, a bounded body, a bounded time.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use callgate_auth::jwt::{KEYS_BYTES, KeyError, KeySet};
use reqwest::header::{ACCEPT, CACHE_CONTROL};
use reqwest::{Client, Response, StatusCode, Url, redirect};

/// Where OpenID Connect puts an issuer's metadata (Discovery 1.0, section 4).
const METADATA: &str = "/.well-known/openid-configuration";

/// A URL that keys may be fetched from.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyUrl(Url);

/// Why keys may not be fetched from a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyUrlError {
    /// Not a URL.
    #[error("is not a URL")]
    NotAUrl,
    /// Neither HTTPS nor this machine.
    #[error("must be an https URL: keys that come unprotected can be anybody's (http is accepted for loopback)")]
    Unprotected,
    /// A user name or password.
    #[error("must not carry a user name or password")]
    Credentials,
}

impl KeyUrl {
    /// Checks a URL.
    ///
    /// # Errors
    /// [`KeyUrlError`] when keys may not come from there.
    pub fn parse(text: &str) -> Result<Self, KeyUrlError> {
        let url = Url::parse(text).map_err(|_| KeyUrlError::NotAUrl)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(KeyUrlError::Credentials);
        }
        match url.scheme() {
            "https" if url.has_host() => Ok(Self(url)),
            "http" if is_loopback(url.host_str().unwrap_or_default()) => Ok(Self(url)),
            _ => Err(KeyUrlError::Unprotected),
        }
    }

    /// The URL of an issuer's metadata.
    fn metadata(issuer: &str) -> Result<Self, KeyUrlError> {
        Self::parse(&format!("{}{METADATA}", issuer.trim_end_matches('/')))
    }
}

/// Scheme, host and path; a query may hold a key.
impl fmt::Display for KeyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.0.scheme(), self.0.authority(), self.0.path())
    }
}

impl fmt::Debug for KeyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Where an issuer's keys are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Behind this URL.
    Url(KeyUrl),
    /// Where the issuer's metadata says.
    Discovery,
}

/// An answer.
pub(crate) struct Fetched {
    /// The keys.
    pub(crate) keys: KeySet,
    /// The hash of the text they were read from.
    pub(crate) hash: blake3::Hash,
    /// How long the answer says it is fresh.
    pub(crate) fresh: Option<Duration>,
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("no answer: {0}")]
    Unreachable(String),
    #[error("fetching failed; this is a bug in callgate")]
    Internal,
    #[error("answered with status {0}, without being followed anywhere")]
    Redirected(StatusCode),
    #[error("answered with status {0}")]
    Status(StatusCode),
    #[error("answer is larger than {KEYS_BYTES} bytes")]
    TooLarge,
    #[error("answer is not UTF-8")]
    NotText,
    #[error("{0}")]
    Keys(#[from] KeyError),
    #[error("metadata is not a JSON object with `issuer` and `jwks_uri`")]
    Metadata,
    #[error("metadata is of another issuer")]
    Issuer,
    #[error("`jwks_uri` of the metadata {0}")]
    Url(KeyUrlError),
}

/// Fetches keys.
#[derive(Clone)]
pub(crate) struct Fetcher(Client);

impl Fetcher {
    /// A client that waits `patience` for a whole answer.
    ///
    /// # Errors
    /// When no TLS client can be made.
    pub(crate) fn new(patience: Duration) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .timeout(patience)
            .connect_timeout(patience)
            .user_agent(concat!("callgate/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self(client))
    }

    /// Fetches the keys of `issuer`.
    pub(crate) async fn fetch(&self, issuer: &str, place: &Place) -> Result<Fetched, FetchError> {
        let url = match place {
            Place::Url(url) => url.clone(),
            Place::Discovery => self.discover(issuer).await?,
        };
        let response = self.get(&url).await?;
        let fresh = freshness(&response);
        let text = text(response).await?;
        Ok(Fetched {
            keys: KeySet::from_jwks(&text)?,
            hash: blake3::hash(text.as_bytes()),
            fresh,
        })
    }

    async fn discover(&self, issuer: &str) -> Result<KeyUrl, FetchError> {
        let url = KeyUrl::metadata(issuer).map_err(FetchError::Url)?;
        let text = text(self.get(&url).await?).await?;
        let metadata: serde_json::Value = serde_json::from_str(&text).map_err(|_| FetchError::Metadata)?;
        let member = |name| {
            metadata
                .get(name)
                .and_then(serde_json::Value::as_str)
                .ok_or(FetchError::Metadata)
        };
        if member("issuer")? != issuer {
            return Err(FetchError::Issuer);
        }
        KeyUrl::parse(member("jwks_uri")?).map_err(FetchError::Url)
    }

    async fn get(&self, url: &KeyUrl) -> Result<Response, FetchError> {
        let request = self
            .0
            .get(url.0.clone())
            .header(ACCEPT, "application/jwk-set+json, application/json");
        let response = request.send().await.map_err(unreachable)?;
        match response.status() {
            StatusCode::OK => Ok(response),
            status if status.is_redirection() => Err(FetchError::Redirected(status)),
            status => Err(FetchError::Status(status)),
        }
    }
}

async fn text(mut response: Response) -> Result<String, FetchError> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(unreachable)? {
        if body.len() + piece.len() > KEYS_BYTES {
            return Err(FetchError::TooLarge);
        }
        body.extend_from_slice(&piece);
    }
    String::from_utf8(body).map_err(|_| FetchError::NotText)
}

/// The cause at the bottom, without the URL.
fn unreachable(error: reqwest::Error) -> FetchError {
    let error = error.without_url();
    if error.is_timeout() {
        return FetchError::Unreachable("timed out".to_owned());
    }
    let mut cause: &dyn std::error::Error = &error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    FetchError::Unreachable(cause.to_string())
}

/// `max-age` of `Cache-Control`; `no-store` and `no-cache` count as nothing said, for keys have to be kept.
fn freshness(response: &Response) -> Option<Duration> {
    let directives = response.headers().get(CACHE_CONTROL)?.to_str().ok()?;
    let age = directives
        .split(',')
        .find_map(|directive| directive.trim().strip_prefix("max-age="))?;
    age.trim_matches('"').parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_from_https_or_from_this_machine() {
        for good in [
            "https://idp.example/keys",
            "http://127.0.0.1:8080/keys",
            "http://127.9.9.9/keys",
            "http://[::1]:1/keys",
            "http://localhost/keys",
        ] {
            assert!(KeyUrl::parse(good).is_ok(), "{good}");
        }
        for (bad, why) in [
            ("keys.json", KeyUrlError::NotAUrl),
            ("http://idp.example/keys", KeyUrlError::Unprotected),
            ("http://localhost.evil.example/keys", KeyUrlError::Unprotected),
            ("http://127.0.0.1.evil.example/keys", KeyUrlError::Unprotected),
            ("file:///etc/passwd", KeyUrlError::Unprotected),
            ("ftp://127.0.0.1/keys", KeyUrlError::Unprotected),
            ("https://user:secret@idp.example/keys", KeyUrlError::Credentials),
        ] {
            assert_eq!(KeyUrl::parse(bad), Err(why), "{bad}");
        }
    }

    #[test]
    fn a_url_is_shown_without_its_query() {
        let url = KeyUrl::parse("https://idp.example:8443/keys?key=s3cret#x").unwrap();
        assert_eq!(
            format!("{url} {url:?}"),
            "https://idp.example:8443/keys https://idp.example:8443/keys"
        );
    }

    #[test]
    fn metadata_stands_below_the_issuer() {
        let of = |issuer| KeyUrl::metadata(issuer).unwrap().0.to_string();
        let expected = "https://idp.example/realms/a/.well-known/openid-configuration";
        assert_eq!(of("https://idp.example/realms/a"), expected);
        assert_eq!(of("https://idp.example/realms/a/"), expected);
    }
}
