//! Owns how mistakes in policy text are told: codes, places, the sink they are collected in, and
//! the report people and editors read. Knows nothing of what a policy means.

mod code;
mod problem;
mod report;
mod source;
mod span;
mod words;

pub use code::Code;
pub use problem::{MAX_PROBLEMS, Problem, Problems, Severity};
pub use report::{Finding, Place, Report};
pub use span::{FileId, Span, Spanned};
pub use words::{did_you_mean, nearest, one_of, quoted};
