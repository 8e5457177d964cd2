//! Owns taking URLs apart, strictly: what is not plainly a URL of a server is none. The pieces are
//! slices of the text.

use core::net::Ipv6Addr;

/// The pieces of `scheme://host:port/rest`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parts<'u> {
    /// As written.
    pub(super) scheme: &'u str,
    /// Name or address; IPv6 with its brackets.
    pub(super) host: &'u str,
    pub(super) port: Option<u16>,
    /// Path and query, from the first `/` or `?`.
    pub(super) rest: &'u str,
}

/// Why a text is no URL of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// No `://`.
    NoScheme,
    /// A space, control character or one beyond ASCII.
    Character,
    /// A user or password.
    UserInfo,
    /// No name or address, or not one.
    Host,
    /// Not a number from 1 to 65535.
    Port,
    /// A `#…`.
    Fragment,
}

/// Takes a URL apart.
pub(super) fn parts(text: &str) -> Result<Parts<'_>, Fault> {
    if !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
        return Err(Fault::Character);
    }
    let (scheme, after) = text.split_once("://").ok_or(Fault::NoScheme)?;
    if after.contains('#') {
        return Err(Fault::Fragment);
    }
    let end = after.find(['/', '?']).unwrap_or(after.len());
    let (authority, rest) = after.split_at_checked(end).ok_or(Fault::Host)?;
    if authority.contains('@') {
        return Err(Fault::UserInfo);
    }
    let (host, port) = host_and_port(authority)?;
    Ok(Parts {
        scheme,
        host,
        port,
        rest,
    })
}

fn host_and_port(authority: &str) -> Result<(&str, Option<u16>), Fault> {
    let host_end = match authority.strip_prefix('[') {
        Some(after) => after.find(']').ok_or(Fault::Host)?.saturating_add(2),
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, port) = authority.split_at_checked(host_end).ok_or(Fault::Host)?;
    if !is_host(host) {
        return Err(Fault::Host);
    }
    let port = match port.strip_prefix(':') {
        None if port.is_empty() => None,
        None => return Err(Fault::Host),
        Some(digits) if digits.bytes().all(|digit| digit.is_ascii_digit()) => {
            Some(digits.parse().ok().filter(|port| *port != 0).ok_or(Fault::Port)?)
        }
        Some(_) => return Err(Fault::Port),
    };
    Ok((host, port))
}

/// A host name, an IPv4 address, or an IPv6 address in brackets.
pub(super) fn is_host(text: &str) -> bool {
    if let Some(inner) = text.strip_prefix('[') {
        return inner.strip_suffix(']').is_some_and(|ip| ip.parse::<Ipv6Addr>().is_ok());
    }
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    (1..=253).contains(&text.len()) && text.strip_suffix('.').unwrap_or(text).split('.').all(label)
}

/// Whether a host is this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || bare.parse::<core::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_come_apart() {
        let parts = parts("https://node.example:8545/v3/key?x=1").unwrap();
        assert_eq!(
            (parts.scheme, parts.host, parts.port, parts.rest),
            ("https", "node.example", Some(8545), "/v3/key?x=1")
        );
        let bracketed = super::parts("http://[::1]").unwrap();
        assert_eq!((bracketed.host, bracketed.port, bracketed.rest), ("[::1]", None, ""));
    }

    #[test]
    fn what_is_no_url_says_why() {
        for (text, fault) in [
            ("node:8545", Fault::NoScheme),
            ("", Fault::NoScheme),
            ("http://a b", Fault::Character),
            ("http://caf\u{e9}", Fault::Character),
            ("http://user:pw@node", Fault::UserInfo),
            ("http://", Fault::Host),
            ("http://[::1", Fault::Host),
            ("http://[::g]", Fault::Host),
            ("http://[::1]x", Fault::Host),
            ("http://a..b", Fault::Host),
            ("http://-a", Fault::Host),
            ("http://a:0", Fault::Port),
            ("http://a:65536", Fault::Port),
            ("http://a:+80", Fault::Port),
            ("http://a:", Fault::Port),
            ("http://a/#b", Fault::Fragment),
        ] {
            assert_eq!(parts(text), Err(fault), "{text}");
        }
    }
}
