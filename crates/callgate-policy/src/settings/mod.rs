//! Owns the settings of the process: what the raw form means for listeners, the node, logs, limits and
//! credentials. Every value here is checked; rules are compiled elsewhere.

mod identity;
mod limits;
mod listen;
mod upstream;
mod url;

pub use identity::{AppCredsSettings, IssuerSettings, JwtSettings, KeySource, Places, TokenType};
pub use limits::Limits;
pub use listen::{Cors, DEFAULT_ADMIN, DEFAULT_LISTEN, Listener};
pub use upstream::{DEFAULT_UPSTREAM, Upstream, UrlError};

use core::net::SocketAddr;

use callgate_eth::Dialect;

use crate::diagnostics::Problems;
use crate::document::Document;
use crate::document::raw::{RawAudit, RawChainId, RawDocument, RawLog};

/// Everything of a policy that is not a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where clients connect; at least one.
    pub listeners: Vec<Listener>,
    /// The node.
    pub upstream: Upstream,
    /// Health, readiness and metrics; loopback.
    pub admin: SocketAddr,
    /// Which chain the node must be on.
    pub chain_id: ChainId,
    /// Which client the node is.
    pub dialect: NodeDialect,
    /// What is recorded, and where.
    pub log: Log,
    /// What refused clients are told.
    pub errors_detail: ErrorDetail,
    /// Bounds of the process.
    pub limits: Limits,
    /// Tokens; `None` when the section is absent or not enabled.
    pub jwt: Option<JwtSettings>,
    /// Application credentials; `None` when the section is absent or not enabled.
    pub appcreds: Option<AppCredsSettings>,
    /// Secrets may be written out in files: demonstrations only.
    pub insecure_inline_secrets: bool,
}

/// Which chain the node must be on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainId {
    /// The node is asked once; its answer is pinned.
    Auto,
    /// The node must agree.
    Pinned(u64),
}

/// Which client the node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeDialect {
    /// The node is asked.
    Auto,
    /// This one.
    Pinned(Dialect),
}

/// `log`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// How much.
    pub level: LogLevel,
    /// Where to.
    pub audit: AuditSink,
}

/// How much is recorded (BAF levels).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// 1: a line per call.
    Calls,
    /// 2: also why something was refused.
    Reasons,
}

/// Where audit lines go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditSink {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
    /// A file, path as written.
    File(String),
}

/// What a refused client is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ErrorDetail {
    /// That it was refused.
    None,
    /// Also the reason code.
    Reason,
    /// Also the rule and what did not match.
    Full,
}

impl Settings {
    /// The settings of a document; mistakes go to `problems`. A setting with a mistake has its default here, so the
    /// value may be used only when `problems` holds no error.
    #[must_use]
    pub fn of(document: &Document, problems: &mut Problems) -> Self {
        let raw = document.raw();
        Self {
            listeners: listen::listeners(raw.listeners.as_ref(), problems),
            upstream: upstream::upstream(raw.upstreams.as_ref(), problems),
            admin: listen::admin(raw.admin.as_ref(), problems),
            chain_id: chain_id(raw),
            dialect: dialect(raw),
            log: log(raw.log.as_ref()),
            errors_detail: errors_detail(raw),
            limits: limits::limits(&raw.limits, problems),
            jwt: raw.jwt.as_ref().and_then(|jwt| identity::jwt(jwt, problems)),
            appcreds: raw
                .appcreds
                .as_ref()
                .and_then(|appcreds| identity::appcreds(appcreds, problems)),
            insecure_inline_secrets: raw.insecure_inline_secrets.as_deref() == Some(&true),
        }
    }
}

fn chain_id(raw: &RawDocument) -> ChainId {
    match raw.chain_id.as_deref() {
        None | Some(RawChainId::Auto) => ChainId::Auto,
        Some(RawChainId::Pinned(number)) => ChainId::Pinned(*number),
    }
}

/// The words are those of `document::keys`: others were refused there.
fn dialect(raw: &RawDocument) -> NodeDialect {
    let named = raw.dialect.as_ref().and_then(|word| Dialect::by_name(word));
    named.map_or(NodeDialect::Auto, NodeDialect::Pinned)
}

fn log(raw: Option<&RawLog>) -> Log {
    let level = match raw.and_then(|log| log.level.as_deref()) {
        Some(2) => LogLevel::Reasons,
        _ => LogLevel::Calls,
    };
    let audit = match raw.and_then(|log| log.audit.as_ref()) {
        Some(RawAudit::Word(word)) if word.value == "stderr" => AuditSink::Stderr,
        Some(RawAudit::File(path)) => AuditSink::File(path.value.clone()),
        _ => AuditSink::Stdout,
    };
    Log { level, audit }
}

fn errors_detail(raw: &RawDocument) -> ErrorDetail {
    match raw.errors_detail.as_ref().map(|word| word.as_str()) {
        Some("none") => ErrorDetail::None,
        Some("full") => ErrorDetail::Full,
        _ => ErrorDetail::Reason,
    }
}

/// Whether a name may stand in logs and metrics: letters, digits, `-`, `_` and `.`, at most 64.
fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

#[cfg(test)]
mod tests;
