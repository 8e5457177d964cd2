//! Owns the raw form of the top of a policy: what the file says, not yet what it means. Every
//! scalar carries its place; absent keys are `None` or empty. Meaning is given by `settings` and
//! by the compiler.

use crate::diagnostics::{Span, Spanned};
use crate::document::raw_identity::{RawAppCreds, RawJwt, RawTenant};
use crate::document::raw_rules::{RawRuleset, RawSet};

/// A text with its place.
pub type Text = Spanned<String>;
/// A switch with its place.
pub type Switch = Spanned<bool>;

/// The whole file.
#[derive(Debug, Clone, Default)]
pub struct RawDocument {
    /// `version`; absent in BAF objects.
    pub version: Option<Spanned<u64>>,
    /// `listeners`.
    pub listeners: Option<Spanned<Vec<RawListener>>>,
    /// `upstreams`.
    pub upstreams: Option<Spanned<Vec<RawUpstream>>>,
    /// `admin.address`.
    pub admin: Option<RawAdmin>,
    /// `chain_id`.
    pub chain_id: Option<Spanned<RawChainId>>,
    /// `dialect`.
    pub dialect: Option<Text>,
    /// `log`.
    pub log: Option<RawLog>,
    /// `errors.detail`.
    pub errors_detail: Option<Text>,
    /// `limits`.
    pub limits: RawLimits,
    /// `jwt` (BAF).
    pub jwt: Option<RawJwt>,
    /// `appcreds` (BAF).
    pub appcreds: Option<RawAppCreds>,
    /// `tenants_tag` or `tennants_tag` (BAF).
    pub tenants_tag: Option<Text>,
    /// `tenants`.
    pub tenants: Option<RawTenants>,
    /// `sets`, in the order of the file.
    pub sets: Vec<RawSet>,
    /// `rulesets` (BAF), in the order of the file; names may repeat only as a reported mistake.
    pub rulesets: Vec<RawRuleset>,
    /// `insecure_inline_secrets`.
    pub insecure_inline_secrets: Option<Switch>,
}

/// One entry of `listeners`.
#[derive(Debug, Clone)]
pub struct RawListener {
    /// The entry.
    pub span: Span,
    /// `name`.
    pub name: Option<Text>,
    /// `address`, `host:port`.
    pub address: Option<Text>,
    /// `path` or `paths`.
    pub paths: Vec<Text>,
    /// `hosts`: the only `Host` names answered.
    pub hosts: Vec<Text>,
    /// `operator`: sealed methods may be granted here.
    pub operator: Option<Switch>,
    /// `cors`.
    pub cors: Option<RawCors>,
}

/// `cors` of a listener.
#[derive(Debug, Clone)]
pub struct RawCors {
    /// The section.
    pub span: Span,
    /// `origins`: exact origins.
    pub origins: Vec<Text>,
    /// `max_age`: a duration.
    pub max_age: Option<Text>,
}

/// One entry of `upstreams`.
#[derive(Debug, Clone)]
pub struct RawUpstream {
    /// The entry.
    pub span: Span,
    /// `name`.
    pub name: Option<Text>,
    /// `url`.
    pub url: Option<Text>,
    /// `ws`.
    pub ws: Option<Text>,
}

/// `admin`.
#[derive(Debug, Clone)]
pub struct RawAdmin {
    /// The section.
    pub span: Span,
    /// `address`, `host:port`.
    pub address: Option<Text>,
}

/// `chain_id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RawChainId {
    /// Asked from the node and pinned.
    Auto,
    /// The node must agree.
    Pinned(u64),
}

/// `log`: a bare level (BAF) or a section.
#[derive(Debug, Clone)]
pub struct RawLog {
    /// `level`: 1 or 2.
    pub level: Option<Spanned<u64>>,
    /// `audit`.
    pub audit: Option<RawAudit>,
}

/// `log.audit`.
#[derive(Debug, Clone)]
pub enum RawAudit {
    /// `stdout` or `stderr`.
    Word(Text),
    /// `{ file: … }`.
    File(Text),
}

/// `limits`: numbers are plain, sizes and durations carry units.
#[derive(Debug, Clone, Default)]
pub struct RawLimits {
    /// Every key that was written, with its value as text.
    pub entries: Vec<(Text, Text)>,
}

/// `tenants`.
#[derive(Debug, Clone)]
pub enum RawTenants {
    /// `{ file: … }`.
    File(Text),
    /// The list itself.
    List(Vec<RawTenant>),
}
