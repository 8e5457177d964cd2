//! Where the node is: a URL taken apart once, with its credentials out of sight.

use base64::Engine;
use hyper::Uri;
use hyper::header::HeaderValue;
use hyper::http::uri::PathAndQuery;
use thiserror::Error;

/// Why a URL names no node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum TargetError {
    /// Not a URL at all.
    #[error("the upstream is not a url")]
    NotAUrl,
    /// Another scheme than the four we speak.
    #[error("the upstream's scheme must be http, https, ws or wss")]
    Scheme,
    /// No host, or one that cannot stand in a header.
    #[error("the upstream has no usable host")]
    Host,
}

/// How bytes travel to the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    /// Plain TCP.
    Plain,
    /// TLS, certificate checked against the platform's roots.
    Tls,
}

/// The node's address. Has no `Debug`: URL paths, queries and user names of hosted nodes are secrets.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Target {
    transport: Transport,
    host: Box<str>,
    port: u16,
    authority: HeaderValue,
    path: PathAndQuery,
    authorization: Option<HeaderValue>,
}

impl Target {
    /// Takes `url` apart: `http`, `https`, `ws` or `wss`; user and password become Basic authentication.
    pub(crate) fn parse(url: &str) -> Result<Self, TargetError> {
        let uri: Uri = url.parse().map_err(|_| TargetError::NotAUrl)?;
        let (transport, port) = match uri.scheme_str() {
            Some("http" | "ws") => (Transport::Plain, 80),
            Some("https" | "wss") => (Transport::Tls, 443),
            _ => return Err(TargetError::Scheme),
        };
        let authority = uri.authority().ok_or(TargetError::Host)?;
        let (login, bare) = match authority.as_str().rsplit_once('@') {
            Some((login, bare)) => (Some(login), bare),
            None => (None, authority.as_str()),
        };
        let host = authority.host();
        if host.is_empty() {
            return Err(TargetError::Host);
        }
        Ok(Self {
            transport,
            host: host.trim_start_matches('[').trim_end_matches(']').into(),
            port: authority.port_u16().unwrap_or(port),
            authority: HeaderValue::from_str(bare).map_err(|_| TargetError::Host)?,
            path: uri
                .path_and_query()
                .cloned()
                .unwrap_or_else(|| PathAndQuery::from_static("/")),
            authorization: login.map(basic).transpose()?,
        })
    }

    /// How bytes travel.
    pub(crate) fn transport(&self) -> Transport {
        self.transport
    }

    /// The name or address to connect to, without brackets.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// The port to connect to.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The value of the `host` header.
    pub(crate) fn authority(&self) -> &HeaderValue {
        &self.authority
    }

    /// The path and query of the configured URL: the only ones a request to the node ever has.
    pub(crate) fn path(&self) -> &PathAndQuery {
        &self.path
    }

    /// Basic authentication for the node, when the URL carries a user.
    pub(crate) fn authorization(&self) -> Option<&HeaderValue> {
        self.authorization.as_ref()
    }
}

/// `user:password`, percent-decoded as RFC 3986 wants, as a header value.
fn basic(login: &str) -> Result<HeaderValue, TargetError> {
    let plain = percent_decoded(login).ok_or(TargetError::NotAUrl)?;
    let text = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(plain));
    let mut value = HeaderValue::from_str(&text).map_err(|_| TargetError::NotAUrl)?;
    value.set_sensitive(true);
    Ok(value)
}

fn percent_decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = text.bytes();
    let mut plain = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            plain.push(byte);
            continue;
        }
        let high = char::from(bytes.next()?).to_digit(16)?;
        let low = char::from(bytes.next()?).to_digit(16)?;
        plain.push(u8::try_from(high * 16 + low).ok()?);
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_apart() {
        let target = Target::parse("https://node.example/v3/key?x=1").ok().unwrap();
        assert_eq!(target.transport(), Transport::Tls);
        assert_eq!((target.host(), target.port()), ("node.example", 443));
        assert_eq!(target.authority(), "node.example");
        assert_eq!(target.path().as_str(), "/v3/key?x=1");
        assert!(target.authorization().is_none());
    }

    #[test]
    fn a_user_becomes_basic_authentication_and_leaves_the_host() {
        let target = Target::parse("http://us%65r:p%40ss@[::1]:8545").ok().unwrap();
        assert_eq!((target.host(), target.port()), ("::1", 8545));
        assert_eq!(target.authority(), "[::1]:8545");
        assert_eq!(target.path().as_str(), "/");
        assert_eq!(target.authorization().unwrap(), "Basic dXNlcjpwQHNz");
    }

    #[test]
    fn other_schemes_and_nonsense_are_refused() {
        for (url, error) in [
            ("ftp://node", TargetError::Scheme),
            ("node:8545", TargetError::Scheme),
            ("/ipc", TargetError::Scheme),
            ("http://", TargetError::NotAUrl),
            ("http://a b", TargetError::NotAUrl),
            ("http://u%zz@host", TargetError::NotAUrl),
        ] {
            assert_eq!(Target::parse(url).err(), Some(error), "{url}");
        }
    }
}
