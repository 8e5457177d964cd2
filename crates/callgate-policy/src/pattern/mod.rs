//! Owns text patterns of policies: a regular expression for the **whole** text, without regard to
//! the case of ASCII letters, in the dialect that RE2 (BAF) and the `regex` crate share.
//!
//! Three traps are closed by construction (attacks.md E-28 to E-34): the expression is parsed
//! *before* it is anchored, so it cannot close a group around it; case folding is ASCII only, so
//! the Kelvin sign and the long s do not pass for `k` and `s`; `\d`, `\w`, `\s` and `\b` are
//! ASCII. Values of templates are spliced in as literals, at places the parser vouches for.

mod fold;
mod template;

use std::fmt;
use std::sync::Arc;

use regex::{Regex, RegexBuilder};
use regex_syntax::ast::{self, Ast};
use regex_syntax::hir;

pub(crate) use template::{Filled, Reference, Template, Unfilled};

/// The longest expression: nobody writes more by hand, and compiling costs memory.
pub(crate) const MAX_PATTERN_BYTES: usize = 4096;

/// The most memory one compiled expression may take.
const MAX_PROGRAM_BYTES: usize = 1 << 20;

/// How deep groups may nest: our walk over the tree is recursive.
const MAX_NESTING: u32 = 40;

/// A compiled pattern for a whole text.
#[derive(Clone)]
pub(crate) struct Pattern {
    source: Arc<str>,
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    /// No expression at all: compared as it is, ASCII letters in any case.
    Literal(Arc<str>),
    Expression(Regex),
}

impl Pattern {
    /// Compiles an expression. No templates here: see [`Template`].
    ///
    /// # Errors
    /// Says what is wrong and at which byte of the text.
    pub(crate) fn compile(text: &str) -> Result<Self, PatternError> {
        let ast = parse(text)?;
        if let Some(literal) = fold::as_literal(&ast) {
            return Ok(Self {
                source: text.into(),
                kind: Kind::Literal(literal.into()),
            });
        }
        Self::build(text, &fold::write(&ast, &[])?)
    }

    /// A pattern that matches this text only (ASCII letters in any case).
    #[cfg(test)]
    pub(crate) fn literal(text: &str) -> Self {
        Self {
            source: text.into(),
            kind: Kind::Literal(text.into()),
        }
    }

    /// Whether the whole text matches.
    #[must_use]
    pub(crate) fn matches(&self, text: &str) -> bool {
        match &self.kind {
            Kind::Literal(literal) => literal.eq_ignore_ascii_case(text),
            Kind::Expression(regex) => regex.is_match(text),
        }
    }

    /// The only text that matches, when there is only one (up to the case of ASCII letters).
    #[must_use]
    pub(crate) fn as_literal(&self) -> Option<&str> {
        match &self.kind {
            Kind::Literal(literal) => Some(literal),
            Kind::Expression(_) => None,
        }
    }

    /// The expression as written.
    #[must_use]
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// Compiles what [`fold::write`] wrote, anchored.
    fn build(source: &str, folded: &str) -> Result<Self, PatternError> {
        let regex = RegexBuilder::new(&format!(r"\A(?:{folded})\z"))
            .size_limit(MAX_PROGRAM_BYTES)
            .dfa_size_limit(MAX_PROGRAM_BYTES)
            .nest_limit(MAX_NESTING.saturating_mul(4))
            .build()
            .map_err(|_| PatternError::at(0, "the expression is too large when compiled"))?;
        Ok(Self {
            source: source.into(),
            kind: Kind::Expression(regex),
        })
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Pattern({:?})", self.source)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source && self.as_literal().is_some() == other.as_literal().is_some()
    }
}

/// An expression for a whole text in which the case of letters counts: for method names.
#[derive(Debug, Clone)]
pub(crate) struct ExactPattern {
    source: Arc<str>,
    regex: Regex,
}

impl ExactPattern {
    /// Compiles an expression.
    ///
    /// # Errors
    /// Says what is wrong and at which byte of the text.
    pub(crate) fn compile(text: &str) -> Result<Self, PatternError> {
        let ast = parse(text)?;
        let too_large = || PatternError::at(0, "the expression is too large when compiled");
        let tree = hir::translate::Translator::new()
            .translate(text, &ast)
            .map_err(|_| too_large())?;
        let regex = RegexBuilder::new(&format!(r"\A(?:{tree})\z"))
            .size_limit(MAX_PROGRAM_BYTES)
            .dfa_size_limit(MAX_PROGRAM_BYTES)
            .build()
            .map_err(|_| too_large())?;
        Ok(Self {
            source: text.into(),
            regex,
        })
    }

    /// Whether the whole text matches.
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// The expression as written.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }
}

/// What is wrong with an expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct PatternError {
    /// Byte offset in the expression.
    pub(crate) offset: usize,
    /// Why, as a sentence without full stop.
    pub(crate) message: String,
}

impl PatternError {
    fn at(offset: usize, message: impl Into<String>) -> Self {
        Self {
            offset,
            message: message.into(),
        }
    }
}

/// Parses an expression on its own: what is not balanced in itself is refused here.
fn parse(text: &str) -> Result<Ast, PatternError> {
    if text.len() > MAX_PATTERN_BYTES {
        return Err(PatternError::at(
            0,
            format!("the expression is longer than {MAX_PATTERN_BYTES} bytes"),
        ));
    }
    ast::parse::ParserBuilder::new()
        .nest_limit(MAX_NESTING)
        .build()
        .parse(text)
        .map_err(|error| PatternError::at(error.span().start.offset, error.kind().to_string()))
}

#[cfg(test)]
mod tests;
