//! Owns the raw form of rulesets and sets.

use super::raw::{Switch, Text};
use crate::diagnostics::{Span, Spanned};

/// One ruleset (BAF).
#[derive(Debug, Clone)]
pub struct RawRuleset {
    /// The body of the ruleset.
    pub span: Span,
    /// Its name: the key of the map, or `name` in the list form.
    pub name: Text,
    /// `templated` (BAF).
    pub templated: Option<Switch>,
    /// `chain`.
    pub chain: RawChain,
    /// `tx`, in order.
    pub tx: Vec<RawTx>,
    /// `namespaces`: name to switch.
    pub namespaces: Vec<(Text, Switch)>,
    /// `methods`: exact names; patterns when `unsafe_pattern` is true.
    pub methods: Vec<Text>,
    /// `unsafe_pattern`.
    pub unsafe_pattern: Option<Switch>,
}

/// `chain` of a ruleset.
#[derive(Debug, Clone, Default)]
pub struct RawChain {
    /// `info` (BAF).
    pub info: Option<Switch>,
    /// `blocks` (BAF).
    pub blocks: Option<Switch>,
    /// `receipts` (BAF).
    pub receipts: Option<Switch>,
    /// `transactions` (BAF).
    pub transactions: Option<Switch>,
    /// `pending` (BAF).
    pub pending: Option<Switch>,
    /// `filter` (BAF).
    pub filter: Option<Switch>,
    /// `state`.
    pub state: Option<Switch>,
    /// `fees`.
    pub fees: Option<Switch>,
    /// `subscribe`.
    pub subscribe: Option<Switch>,
}

/// One entry of `tx`.
#[derive(Debug, Clone)]
pub struct RawTx {
    /// The entry.
    pub span: Span,
    /// `name`.
    pub name: Option<Text>,
    /// `templated` (BAF writes it on the ruleset; on an entry it means the same for this entry).
    pub templated: Option<Switch>,
    /// The matchers.
    pub matchers: RawMatchers,
    /// The permissions.
    pub permissions: RawPermissions,
}

/// Matchers of a `tx` entry; all that are present must hold.
#[derive(Debug, Clone, Default)]
pub struct RawMatchers {
    /// `from` (BAF).
    pub from: Option<RawAddresses>,
    /// `to` (BAF).
    pub to: Option<RawAddresses>,
    /// `function`: signatures, selectors or `fallback`; a bare text arrives as a list of one.
    pub function: Option<Spanned<Vec<Text>>>,
    /// `value`, in wei.
    pub value: Option<RawCondition>,
    /// `gas`.
    pub gas: Option<RawCondition>,
    /// `types`.
    pub types: Option<Spanned<Vec<Text>>>,
    /// `protected`.
    pub protected: Option<Spanned<RawProtected>>,
    /// `authorizations`.
    pub authorizations: Option<RawAuthorizations>,
}

/// An address matcher.
#[derive(Debug, Clone)]
pub enum RawAddresses {
    /// A regular expression, an address, or a template.
    Text(Text),
    /// `{ set: name }`; the span is that of the name.
    Set(Text),
    /// A list of the above; any may match.
    List(Span, Vec<RawAddresses>),
}

impl RawAddresses {
    /// Where it stands.
    #[must_use]
    pub const fn span(&self) -> Span {
        match self {
            Self::Text(text) | Self::Set(text) => text.span,
            Self::List(span, _) => *span,
        }
    }
}

/// A condition on a number. A bare value means `eq`. Values are the text as written: decimal, hex,
/// or with a unit.
#[derive(Debug, Clone)]
pub struct RawCondition {
    /// The whole condition.
    pub span: Span,
    /// `eq`.
    pub eq: Option<Text>,
    /// `in`.
    pub among: Option<Spanned<Vec<Text>>>,
    /// `not_in`.
    pub not_among: Option<Spanned<Vec<Text>>>,
    /// `lt`.
    pub lt: Option<Text>,
    /// `lte`.
    pub lte: Option<Text>,
    /// `gt`.
    pub gt: Option<Text>,
    /// `gte`.
    pub gte: Option<Text>,
    /// `regex`, over the decimal text.
    pub regex: Option<Text>,
}

/// `protected`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RawProtected {
    /// Only EIP-155 protected transactions: also the meaning when absent.
    Only,
    /// Only unprotected ones (`false`).
    Unprotected,
    /// Both (`any`).
    Any,
}

/// `authorizations` (EIP-7702).
#[derive(Debug, Clone)]
pub struct RawAuthorizations {
    /// The section.
    pub span: Span,
    /// `authority`: who signed.
    pub authority: Option<RawAddresses>,
    /// `delegate`: whose code it becomes.
    pub delegate: Option<RawAddresses>,
}

/// Permissions of a `tx` entry.
#[derive(Debug, Clone, Default)]
pub struct RawPermissions {
    /// `call` (BAF).
    pub call: Option<Switch>,
    /// `raw` (BAF).
    pub raw: Option<Switch>,
    /// `send`.
    pub send: Option<Switch>,
    /// `sign`.
    pub sign: Option<Switch>,
    /// `estimate`.
    pub estimate: Option<Switch>,
    /// `trace`.
    pub trace: Option<Switch>,
    /// `userop`.
    pub userop: Option<Switch>,
    /// `private`.
    pub private: Option<Switch>,
    /// `create`.
    pub create: Option<Switch>,
    /// `overrides`.
    pub overrides: Option<Switch>,
}

/// One named set of addresses.
#[derive(Debug, Clone)]
pub struct RawSet {
    /// Its name.
    pub name: Text,
    /// Its members, in the order of the file.
    pub members: Vec<RawSetMember>,
}

/// A member of a set.
#[derive(Debug, Clone)]
pub enum RawSetMember {
    /// An address.
    Address(Text),
    /// `{ file: … }`: one address per line.
    File(Text),
}
