//! The only place that allows or denies: policy text to compiled rules to a decision with reasons.
//!
//! Two halves. The document half (`diagnostics`, `document`, `settings`, `lint`, `schema`) reads text and
//! tells every mistake of it at once; the deciding half compiles what was read and judges calls.
//! Pure: no runtime, socket, file or clock.

pub mod diagnostics;
pub mod document;
pub mod settings;

mod matcher;
mod pattern;

pub use diagnostics::{Code, Finding, Problem, Problems, Report, Severity, Span, Spanned};
pub use document::{AddressSet, Document, FileNeed, FilePurpose, Inputs, read};
pub use settings::Settings;
