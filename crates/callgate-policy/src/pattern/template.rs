//! Owns templates: texts with `{{.claim}}` in them. A value is only ever inserted as a literal
//! (attacks.md E-34): each reference stands in the parsed expression as one character that cannot
//! be written, and is replaced by an alternation of escaped values where that character stands.

use std::fmt;
use std::sync::Arc;

use regex_syntax::ast::Ast;

use super::{Pattern, PatternError, fold, parse};

/// References stand as characters of this private plane, one after the other; a text that holds
/// such a character itself is refused.
const FIRST_PLACEHOLDER: u32 = 0xF_0000;

/// The most references in one text.
const MAX_REFERENCES: u32 = 64;

/// What a reference names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Reference {
    /// `{{.a.b}}`: a claim, or a member of a structured claim; each name taken whole.
    Claim(Arc<[Box<str>]>),
    /// `{{.tenant.x}}`: `id`, `name` or a variable of the principal's tenant.
    Tenant(Box<str>),
}

impl fmt::Display for Reference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Claim(path) => path.iter().try_for_each(|name| write!(out, ".{name}")),
            Self::Tenant(name) => write!(out, ".tenant.{name}"),
        }
    }
}

/// A text with references, parsed and checked once.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    source: Arc<str>,
    ast: Arc<Ast>,
    references: Arc<[Reference]>,
}

/// What became of a template.
#[derive(Debug, Clone)]
pub(crate) enum Filled {
    /// Plain texts, any of which may be meant.
    Literals(Vec<String>),
    /// An expression around them.
    Pattern(Pattern),
}

/// A template that cannot be filled: what it stands in matches nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unfilled {
    /// The principal has no usable value for the reference.
    #[error("`{{{{{reference}}}}}` is {why}")]
    NoValue {
        /// Which reference.
        reference: Reference,
        /// Missing, empty, structured …
        why: &'static str,
    },
    /// The values make the expression too large.
    #[error("{0}")]
    Pattern(#[from] PatternError),
}

impl Template {
    /// Whether a text is a template.
    #[must_use]
    pub(crate) fn is_in(text: &str) -> bool {
        text.contains("{{")
    }

    /// Parses a text with references and checks that each stands where a literal can stand.
    ///
    /// # Errors
    /// Says what is wrong and at which byte.
    pub(crate) fn parse(text: &str) -> Result<Self, PatternError> {
        let (marked, references) = mark(text)?;
        let ast = parse(&marked)?;
        let trial = vec![vec!["x".to_owned()]; references.len()];
        Pattern::build(text, &fold::write(&ast, &trial)?)?;
        Ok(Self {
            source: text.into(),
            ast: Arc::new(ast),
            references: references.into(),
        })
    }

    /// The references, in the order of the text.
    #[must_use]
    pub(crate) fn references(&self) -> &[Reference] {
        &self.references
    }

    /// The text as written.
    #[must_use]
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// Inserts values. `lookup` gives the texts of a reference, or why there are none.
    ///
    /// # Errors
    /// When a reference has no value, or the result is too large.
    pub(crate) fn fill(
        &self,
        mut lookup: impl FnMut(&Reference) -> Result<Vec<String>, &'static str>,
    ) -> Result<Filled, Unfilled> {
        let mut values = Vec::with_capacity(self.references.len());
        for reference in self.references.iter() {
            let found = lookup(reference).and_then(|texts| if texts.is_empty() { Err("empty") } else { Ok(texts) });
            values.push(found.map_err(|why| Unfilled::NoValue {
                reference: reference.clone(),
                why,
            })?);
        }
        if let Some(literals) = literals(&self.ast, &values) {
            return Ok(Filled::Literals(literals));
        }
        Ok(Filled::Pattern(Pattern::build(
            &self.source,
            &fold::write(&self.ast, &values)?,
        )?))
    }
}

/// Which reference a character stands for.
pub(super) fn placeholder_index(c: char) -> Option<usize> {
    let index = u32::from(c).checked_sub(FIRST_PLACEHOLDER)?;
    if index < MAX_REFERENCES {
        usize::try_from(index).ok()
    } else {
        None
    }
}

/// All texts a template without operators stands for: the common case, no expression needed.
fn literals(ast: &Ast, values: &[Vec<String>]) -> Option<Vec<String>> {
    match ast {
        Ast::Literal(literal) => match placeholder_index(literal.c) {
            Some(index) => values.get(index).cloned(),
            None => Some(vec![literal.c.to_string()]),
        },
        Ast::Concat(concat) => {
            let mut texts = vec![String::new()];
            for part in &concat.asts {
                let next = literals(part, values)?;
                // A product of two lists is left to the expression: it stays linear there.
                if texts.len() > 1 && next.len() > 1 {
                    return None;
                }
                texts = texts
                    .iter()
                    .flat_map(|head| next.iter().map(move |tail| format!("{head}{tail}")))
                    .collect();
            }
            Some(texts)
        }
        _ => None,
    }
}

/// Replaces references by placeholders.
fn mark(text: &str) -> Result<(String, Vec<Reference>), PatternError> {
    if let Some((offset, _)) = text.char_indices().find(|(_, c)| u32::from(*c) >= FIRST_PLACEHOLDER) {
        return Err(PatternError::at(
            offset,
            "private characters may not be used in templates",
        ));
    }
    let (mut marked, mut references) = (String::with_capacity(text.len()), Vec::new());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let offset = text.len().saturating_sub(after.len()).saturating_sub(2);
        let Some((inner, tail)) = after.split_once("}}") else {
            return Err(PatternError::at(offset, "`{{` is not closed by `}}`"));
        };
        let placeholder = u32::try_from(references.len())
            .ok()
            .filter(|index| *index < MAX_REFERENCES);
        let Some(c) = placeholder.and_then(|index| char::from_u32(FIRST_PLACEHOLDER.saturating_add(index))) else {
            return Err(PatternError::at(
                offset,
                format!("more than {MAX_REFERENCES} references in one text"),
            ));
        };
        references.push(reference(inner.trim(), offset)?);
        marked.push_str(before);
        marked.push(c);
        rest = tail;
    }
    marked.push_str(rest);
    Ok((marked, references))
}

/// Reads `.name`, `.a.b` or `.tenant.x`.
fn reference(text: &str, offset: usize) -> Result<Reference, PatternError> {
    let wrong = || {
        PatternError::at(
            offset,
            format!("`{{{{{text}}}}}` is not a reference: write `{{{{.name}}}}`"),
        )
    };
    let names: Vec<&str> = text.strip_prefix('.').ok_or_else(wrong)?.split('.').collect();
    if !names.iter().all(|name| is_name(name)) {
        return Err(wrong());
    }
    match names.as_slice() {
        ["tenant", name] => Ok(Reference::Tenant((*name).into())),
        ["tenant", _, ..] => Err(wrong()),
        _ => Ok(Reference::Claim(names.iter().map(|name| (*name).into()).collect())),
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ':' | '/' | '@'))
}
