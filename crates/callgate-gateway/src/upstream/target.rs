//! Where the node is: a URL taken apart once.

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
    /// No host, a user beside it, or one that cannot stand in a header.
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

/// The node's address. Has no `Debug`: URL paths and queries of hosted nodes are secrets.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Target {
    transport: Transport,
    host: Box<str>,
    port: u16,
    authority: HeaderValue,
    path: PathAndQuery,
}

impl Target {
    /// Takes `url` apart: `http`, `https`, `ws` or `wss`, without user and password.
    pub(crate) fn parse(url: &str) -> Result<Self, TargetError> {
        let uri: Uri = url.parse().map_err(|_| TargetError::NotAUrl)?;
        let (transport, port) = match uri.scheme_str() {
            Some("http" | "ws") => (Transport::Plain, 80),
            Some("https" | "wss") => (Transport::Tls, 443),
            _ => return Err(TargetError::Scheme),
        };
        let authority = uri.authority().ok_or(TargetError::Host)?;
        let host = authority.host();
        if host.is_empty() || authority.as_str().contains('@') {
            return Err(TargetError::Host);
        }
        Ok(Self {
            transport,
            host: host.trim_start_matches('[').trim_end_matches(']').into(),
            port: authority.port_u16().unwrap_or(port),
            authority: HeaderValue::from_str(authority.as_str()).map_err(|_| TargetError::Host)?,
            path: uri
                .path_and_query()
                .cloned()
                .unwrap_or_else(|| PathAndQuery::from_static("/")),
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
    }

    #[test]
    fn an_address_may_stand_in_brackets() {
        let target = Target::parse("http://[::1]:8545").ok().unwrap();
        assert_eq!((target.host(), target.port()), ("::1", 8545));
        assert_eq!(target.authority(), "[::1]:8545");
        assert_eq!(target.path().as_str(), "/");
    }

    #[test]
    fn other_schemes_and_nonsense_are_refused() {
        for (url, error) in [
            ("ftp://node", TargetError::Scheme),
            ("node:8545", TargetError::Scheme),
            ("/ipc", TargetError::Scheme),
            ("http://", TargetError::NotAUrl),
            ("http://a b", TargetError::NotAUrl),
            ("http://user:password@host", TargetError::Host),
        ] {
            assert_eq!(Target::parse(url).err(), Some(error), "{url}");
        }
    }
}
