//! Owns one mistake and the sink all readers push mistakes into, so that a file's mistakes are
//! told all at once.

use super::source::Source;
use super::{Code, FileId, Report, Span};

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The policy can be used, and probably does not do what its author thinks.
    Warning,
    /// The policy cannot be used.
    Error,
}

/// One mistake: what, where, and what to do about it. The message is lower case without full
/// stop, what the author wrote stands in backticks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable code.
    pub code: Code,
    /// Error or warning.
    pub severity: Severity,
    /// Where it is.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
    /// Another place that explains it, with what is there ("first written here").
    pub related: Option<(Span, String)>,
}

impl Problem {
    /// A mistake that makes the policy unusable.
    #[must_use]
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            span,
            message: message.into(),
            hint: None,
            related: None,
        }
    }

    /// Something suspicious.
    #[must_use]
    pub fn warning(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, span, message)
        }
    }

    /// Adds what to write instead.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds a hint when there is one.
    #[must_use]
    pub fn maybe_hint(mut self, hint: Option<impl Into<String>>) -> Self {
        if let Some(hint) = hint {
            self.hint = Some(hint.into());
        }
        self
    }

    /// Adds another place that explains the problem.
    #[must_use]
    pub fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related = Some((span, label.into()));
        self
    }
}

/// More problems than this are counted, not kept: nobody reads on, and a hostile file must not
/// make us write megabytes.
pub const MAX_PROBLEMS: usize = 200;

/// Where readers put problems. Owns the texts of all files, so that a report can show them.
#[derive(Clone, Default)]
pub struct Problems {
    sources: Vec<Source>,
    secrets: Vec<Span>,
    list: Vec<Problem>,
    dropped: usize,
}

impl Problems {
    /// An empty sink without files.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Registers a file; the number goes into the spans of what is read from it.
    pub fn add_file(&mut self, name: &str, text: &str) -> FileId {
        let id = FileId(u16::try_from(self.sources.len()).unwrap_or(u16::MAX));
        self.sources.push(Source::new(name, text));
        id
    }

    /// Marks a place that holds a secret: no report ever shows it.
    pub fn hide(&mut self, secret: Span) {
        self.secrets.push(secret);
    }

    /// Notes a problem.
    pub fn push(&mut self, problem: Problem) {
        if self.list.len() < MAX_PROBLEMS {
            self.list.push(problem);
        } else if problem.severity == Severity::Error {
            self.dropped = self.dropped.saturating_add(1);
        }
    }

    /// Shorthand for an error without hint.
    pub fn error(&mut self, code: Code, span: Span, message: impl Into<String>) {
        self.push(Problem::error(code, span, message));
    }

    /// Whether any problem is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.dropped > 0 || self.list.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// How many problems were noted, warnings included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len().saturating_add(self.dropped)
    }

    /// Whether nothing was noted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Closes the sink: everything noted, in the order of the files.
    #[must_use]
    pub fn into_report(mut self) -> Report {
        self.list
            .sort_by_key(|problem| (problem.span, std::cmp::Reverse(problem.severity)));
        Report::new(&self.sources, &self.secrets, self.list, self.dropped)
    }
}
