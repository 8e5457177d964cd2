//! The only place that allows or denies: policy text to compiled rules to a decision with reasons.
//!
//! Two halves. The document half (`diagnostics`, `document`, `settings`, `lint`, `schema`) reads text and
//! tells every mistake of it at once; the deciding half compiles what was read and judges calls.
//! Pure: no runtime, socket, file or clock.

pub mod diagnostics;
pub mod document;
pub mod settings;

mod cases;
mod claims;
mod compile;
mod decision;
mod explain;
mod judge;
mod lint;
mod mapping;
mod matcher;
mod pattern;
mod permit;
mod policy;
mod ruleset;
mod schema;
mod subject;
mod tenants;
#[cfg(test)]
mod tests;

pub use cases::{Case, Cases, Failure};
pub use compile::{Compiled, compile};
pub use decision::{Decision, Effect, NearestMiss, ReasonCode, RuleRef};
pub use diagnostics::{Code, Finding, Problem, Problems, Report, Severity, Span, Spanned};
pub use document::{AddressSet, Document, FileNeed, FilePurpose, Inputs, read};
pub use explain::{Explanation, Principal};
pub use judge::{Door, Judgement};
pub use lint::lint;
pub use permit::{Form, Outgoing, Permitted, Probe, Refused};
pub use policy::Policy;
pub use ruleset::matchers::Matcher;
pub use ruleset::permission::Permission;
pub use schema::schema;
pub use settings::Settings;
pub use subject::{NoMapping, Section, Subject};
