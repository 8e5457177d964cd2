//! Owns the way to the node: its HTTP and WebSocket URLs.

use super::is_name;
use super::url::{self, Fault};
use crate::diagnostics::{Code, Problem, Problems, Span, Spanned, quoted};
use crate::document::raw::{RawUpstream, Text};

/// Where nodes listen unless told: a policy without `upstreams` protects the node beside it.
pub const DEFAULT_UPSTREAM: &str = "http://127.0.0.1:8545";
/// Where consensus clients drive a node: nothing behind this port is for clients.
const ENGINE_PORT: u16 = 8551;

/// The node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upstream {
    /// Name in logs and metrics.
    pub name: String,
    /// `http` or `https`.
    pub url: String,
    /// `ws` or `wss`; the same server as `url` unless the policy names another.
    pub ws: String,
}

impl Default for Upstream {
    fn default() -> Self {
        Self {
            name: "node".to_owned(),
            url: DEFAULT_UPSTREAM.to_owned(),
            ws: ws_of(DEFAULT_UPSTREAM),
        }
    }
}

/// Why a URL cannot be a node's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Not a URL of a server.
    #[error("{0} is not a URL: {1}")]
    NotAUrl(String, &'static str),
    /// Holds a user or password; the URL is not repeated here.
    #[error("the URL holds a user or password")]
    UserInfo,
    /// Another protocol.
    #[error("{0} must begin with {1}")]
    Scheme(String, &'static str),
    /// The port consensus clients use.
    #[error("{0} is the port of the engine API")]
    EnginePort(u16),
}

impl Upstream {
    /// A node by its HTTP URL, as given on a command line; its WebSocket URL is derived.
    ///
    /// # Errors
    /// When the URL cannot be a node's.
    pub fn at(url: &str) -> Result<Self, UrlError> {
        check(url, Protocol::Http)?;
        Ok(Self {
            url: url.to_owned(),
            ws: ws_of(url),
            ..Self::default()
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Http,
    WebSocket,
}

pub(super) fn upstream(raw: Option<&Spanned<Vec<RawUpstream>>>, problems: &mut Problems) -> Upstream {
    let Some(raw) = raw else { return Upstream::default() };
    let Some(first) = raw.value.first() else {
        let problem = Problem::error(
            Code::BAD_COUNT,
            raw.span,
            "`upstreams` is empty: there is nothing to protect",
        );
        problems.push(problem.hint(format!("remove the key to use {DEFAULT_UPSTREAM}")));
        return Upstream::default();
    };
    if let Some(second) = raw.value.get(1) {
        let problem = Problem::error(Code::BAD_COUNT, second.span, "this version forwards to one node");
        problems.push(problem.related(first.span, "the node").hint("keep one entry"));
    }
    one(first, problems)
}

fn one(raw: &RawUpstream, problems: &mut Problems) -> Upstream {
    let default = Upstream::default();
    let url = raw.url.as_ref().filter(|text| note(text, Protocol::Http, problems));
    let ws = raw.ws.as_ref().filter(|text| note(text, Protocol::WebSocket, problems));
    if let Some(name) = raw.name.as_ref().filter(|name| !is_name(name)) {
        let problem = Problem::error(Code::BAD_NAME, name.span, format!("{} cannot be a name", quoted(name)));
        problems.push(problem.hint("use letters, digits, `-`, `_` and `.`, at most 64"));
    }
    let url = url.map_or(default.url, |text| text.value.clone());
    Upstream {
        name: raw.name.as_ref().map_or(default.name, |name| name.value.clone()),
        ws: ws.map_or_else(|| ws_of(&url), |text| text.value.clone()),
        url,
    }
}

/// `http` becomes `ws`, `https` becomes `wss`.
fn ws_of(url: &str) -> String {
    url.strip_prefix("http")
        .map_or_else(|| url.to_owned(), |rest| format!("ws{rest}"))
}

fn check(text: &str, protocol: Protocol) -> Result<(), UrlError> {
    let parts = url::parts(text).map_err(|fault| match fault {
        Fault::UserInfo => UrlError::UserInfo,
        fault => UrlError::NotAUrl(quoted(text), describe(fault)),
    })?;
    match (protocol, parts.scheme) {
        (Protocol::Http, "http" | "https") | (Protocol::WebSocket, "ws" | "wss") => {}
        (Protocol::Http, _) => return Err(UrlError::Scheme(quoted(text), "`http://` or `https://`")),
        (Protocol::WebSocket, _) => return Err(UrlError::Scheme(quoted(text), "`ws://` or `wss://`")),
    }
    if parts.port == Some(ENGINE_PORT) {
        return Err(UrlError::EnginePort(ENGINE_PORT));
    }
    Ok(())
}

fn note(text: &Text, protocol: Protocol, problems: &mut Problems) -> bool {
    let Err(error) = check(text, protocol) else { return true };
    let (code, hint) = match &error {
        UrlError::EnginePort(_) => (
            Code::ENGINE_PORT,
            "whoever reaches it rules the node: name the port of its JSON-RPC API, mostly 8545".to_owned(),
        ),
        UrlError::UserInfo => {
            problems.hide(user_info(text));
            (
                Code::BAD_URL,
                "a policy holds no secrets; this version cannot log in to a node".to_owned(),
            )
        }
        UrlError::Scheme(..) if protocol == Protocol::WebSocket && text.starts_with("http") => {
            (Code::BAD_URL, format!("write {}", quoted(&ws_of(text))))
        }
        UrlError::Scheme(..) | UrlError::NotAUrl(..) if protocol == Protocol::WebSocket => {
            (Code::BAD_URL, "as in `ws://127.0.0.1:8546`".to_owned())
        }
        UrlError::Scheme(..) | UrlError::NotAUrl(..) => (Code::BAD_URL, format!("as in `{DEFAULT_UPSTREAM}`")),
    };
    problems.push(Problem::error(code, text.span, error.to_string()).hint(hint));
    false
}

/// From behind `://` on: quotes around the text move this by one at most, and hiding goes to the end of the line.
fn user_info(text: &Text) -> Span {
    let start = text.find("://").map_or(0, |at| at.saturating_add(3));
    text.span.part(start, usize::MAX)
}

pub(super) const fn describe(fault: Fault) -> &'static str {
    match fault {
        Fault::NoScheme => "it has no `://`",
        Fault::Character => "it holds a character that must be escaped",
        Fault::UserInfo => "it holds a user or password",
        Fault::Host => "its host is no name and no address",
        Fault::Port => "its port is not a number from 1 to 65535",
        Fault::Fragment => "it has a `#`",
    }
}
