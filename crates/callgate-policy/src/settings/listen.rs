//! Owns where this process listens: client addresses with their paths, hosts and origins, and the admin address.

use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

use super::{is_name, limits, url};
use crate::diagnostics::{Code, Problem, Problems, Span, Spanned, quoted};
use crate::document::raw::{RawAdmin, RawCors, RawListener, Text};

/// Loopback: a policy without `listeners` exposes nothing. One above 8545, where nodes listen, and 5 more.
pub const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8550);
/// Loopback: metrics tell who calls what, and nobody authenticates here.
pub const DEFAULT_ADMIN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9550);
/// What browsers remember unless told: ten minutes, the most Chromium took for years.
const DEFAULT_CORS_AGE: Duration = Duration::from_secs(600);
/// Longer paths are no paths anybody types.
const MAX_PATH: usize = 256;

/// An address clients connect to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    /// Name in logs and metrics, unique.
    pub name: String,
    /// Address and port.
    pub address: SocketAddr,
    /// Paths answered; all others are not found.
    pub paths: Vec<String>,
    /// The only `Host` names answered, lower case, without port; empty: any.
    pub hosts: Vec<String>,
    /// Whether sealed methods may be granted here.
    pub operator: bool,
    /// Browser origins; `None`: no cross-origin calls.
    pub cors: Option<Cors>,
}

/// Browser origins that may call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cors {
    /// Exact origins, as browsers send them.
    pub origins: Vec<String>,
    /// How long a browser may remember it.
    pub max_age: Duration,
}

impl Default for Listener {
    fn default() -> Self {
        Self {
            name: "public".to_owned(),
            address: DEFAULT_LISTEN,
            paths: vec!["/".to_owned()],
            hosts: Vec::new(),
            operator: false,
            cors: None,
        }
    }
}

pub(super) fn listeners(raw: Option<&Spanned<Vec<RawListener>>>, problems: &mut Problems) -> Vec<Listener> {
    let Some(raw) = raw else {
        return vec![Listener::default()];
    };
    if raw.value.is_empty() {
        let problem = Problem::error(Code::BAD_COUNT, raw.span, "`listeners` is empty: nobody could connect");
        problems.push(problem.hint(format!("remove the key to listen on {DEFAULT_LISTEN}")));
    }
    let listeners: Vec<_> = raw
        .value
        .iter()
        .enumerate()
        .map(|(at, raw)| listener(at, raw, problems))
        .collect();
    let written = || raw.value.iter().zip(&listeners);
    let names =
        written().map(|(raw, listener)| (listener.name.clone(), raw.name.as_ref().map_or(raw.span, |n| n.span)));
    refuse_twins("name", names, problems);
    let addresses = written().filter_map(|(raw, listener)| {
        // what is no address was told already, and the default in its place is nobody's twin
        let text = raw
            .address
            .as_ref()
            .filter(|text| text.value.parse::<SocketAddr>().is_ok())?;
        (listener.address.port() != 0).then_some((listener.address, text.span))
    });
    refuse_twins("address", addresses, problems);
    listeners
}

fn refuse_twins<T: Eq + Hash>(what: &str, items: impl Iterator<Item = (T, Span)>, problems: &mut Problems) {
    let mut seen = HashMap::new();
    for (item, span) in items {
        if let Some(first) = seen.get(&item) {
            let problem = Problem::error(Code::SAME_NAME, span, format!("two listeners have the same {what}"));
            problems.push(problem.related(*first, "the other one"));
        } else {
            seen.insert(item, span);
        }
    }
}

fn listener(at: usize, raw: &RawListener, problems: &mut Problems) -> Listener {
    let default = Listener::default();
    let name = match &raw.name {
        Some(name) => checked_name(name, problems),
        None if at == 0 => default.name,
        None => format!("listener{}", at.saturating_add(1)),
    };
    let address = raw
        .address
        .as_ref()
        .and_then(|text| address(text, problems))
        .unwrap_or(default.address);
    let paths: Vec<_> = raw.paths.iter().filter_map(|text| path(text, problems)).collect();
    Listener {
        name,
        address,
        paths: if paths.is_empty() { default.paths } else { paths },
        hosts: raw.hosts.iter().filter_map(|text| host(text, problems)).collect(),
        operator: raw.operator.as_deref() == Some(&true),
        cors: raw.cors.as_ref().map(|cors| self::cors(cors, problems)),
    }
}

fn checked_name(name: &Text, problems: &mut Problems) -> String {
    if !is_name(name) {
        let problem = Problem::error(Code::BAD_NAME, name.span, format!("{} cannot be a name", quoted(name)));
        problems.push(problem.hint("use letters, digits, `-`, `_` and `.`, at most 64"));
    }
    name.value.clone()
}

fn address(text: &Text, problems: &mut Problems) -> Option<SocketAddr> {
    let parsed = text.parse().ok();
    if parsed.is_none() {
        let problem = Problem::error(
            Code::BAD_ADDRESS,
            text.span,
            format!("{} is not an address with a port", quoted(text)),
        );
        problems.push(problem.hint(address_hint(text)));
    }
    parsed
}

fn address_hint(text: &str) -> String {
    let port = |rest: &str| rest.parse::<u16>().ok();
    if let Some(port) = text.strip_prefix("localhost:").and_then(port) {
        return format!("write `127.0.0.1:{port}`");
    }
    if let Some(port) = text.strip_prefix(':').and_then(port) {
        return format!("write `127.0.0.1:{port}`, or `0.0.0.0:{port}` for every interface");
    }
    match text.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => format!("add a port: `{ip}:8550`"),
        Ok(IpAddr::V6(ip)) => format!("add a port: `[{ip}]:8550`"),
        Err(_) => "write an IP address and a port: `127.0.0.1:8550`, `[::1]:8550`".to_owned(),
    }
}

fn path(text: &Text, problems: &mut Problems) -> Option<String> {
    let characters = text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"?#%\\\"<>{}".contains(&byte));
    let segments = text.split('/').skip(1).all(|segment| segment != "." && segment != "..");
    if text.starts_with('/') && text.len() <= MAX_PATH && characters && segments && !text.contains("//") {
        return Some(text.value.clone());
    }
    let problem = Problem::error(Code::BAD_NAME, text.span, format!("{} is not a path", quoted(text)));
    let hint = if text.starts_with('/') {
        "write it plainly, without `?`, `%` and `..`"
    } else {
        "a path begins with `/`"
    };
    problems.push(problem.hint(hint));
    None
}

fn host(text: &Text, problems: &mut Problems) -> Option<String> {
    if url::is_host(text) {
        return Some(text.to_ascii_lowercase());
    }
    let problem = Problem::error(
        Code::BAD_NAME,
        text.span,
        format!("{} is not a host name", quoted(text)),
    );
    problems.push(problem.hint("write it without scheme and port: `rpc.example.com`"));
    None
}

fn cors(raw: &RawCors, problems: &mut Problems) -> Cors {
    if raw.origins.is_empty() {
        problems.error(Code::CONFLICT, raw.span, "`cors` names no origin and allows nothing");
    }
    let age = raw.max_age.as_ref();
    let age = age.and_then(|age| limits::duration(age, (Duration::ZERO, Duration::from_secs(86_400)), problems));
    Cors {
        origins: raw.origins.iter().filter_map(|text| origin(text, problems)).collect(),
        max_age: age.unwrap_or(DEFAULT_CORS_AGE),
    }
}

fn origin(text: &Text, problems: &mut Problems) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let problem = |message: String| Problem::error(Code::BAD_NAME, text.span, message);
    if text.value == "*" {
        let problem = problem("`*` would let every website call with its visitors' credentials".to_owned());
        problems.push(problem.hint("name the origins: `https://app.example`"));
        return None;
    }
    match url::parts(&lower) {
        Ok(parts) if matches!(parts.scheme, "http" | "https") && parts.rest.is_empty() => Some(lower),
        Ok(parts) if parts.rest == "/" => {
            problems.push(problem(format!("{} is not an origin", quoted(text))).hint("remove the `/` at the end"));
            None
        }
        _ => {
            problems
                .push(problem(format!("{} is not an origin", quoted(text))).hint("as in `https://app.example:8443`"));
            None
        }
    }
}

pub(super) fn admin(raw: Option<&RawAdmin>, problems: &mut Problems) -> SocketAddr {
    let Some(text) = raw.and_then(|admin| admin.address.as_ref()) else {
        return DEFAULT_ADMIN;
    };
    let Some(address) = address(text, problems) else {
        return DEFAULT_ADMIN;
    };
    if !address.ip().is_loopback() {
        let message = format!("the admin address {} is not loopback", quoted(text));
        let hint = "anybody who reaches it could read who calls what: it needs TLS and a credential, which this version does not have; \
                    write `127.0.0.1:9550`";
        problems.push(Problem::error(Code::ADMIN_EXPOSED, text.span, message).hint(hint));
    }
    address
}
