//! Owns the rewriting of a parsed expression into one that needs no flags: every ASCII letter
//! becomes both its cases, classes become sets of scalars, and template values become literals.

use std::fmt::Write as _;

use regex_syntax::ast::{
    Assertion, AssertionKind, Ast, ClassAscii, ClassAsciiKind, ClassBracketed, ClassPerl, ClassPerlKind, ClassSet,
    ClassSetBinaryOpKind, ClassSetItem, ClassUnicode, Flag, Flags, FlagsItemKind, GroupKind, Literal, RepetitionKind,
    RepetitionRange,
};
use regex_syntax::hir::{self, Class, HirKind};

use super::PatternError;
use super::template::placeholder_index;

/// The longest rewritten expression: large classes and long lists of values multiply.
const MAX_FOLDED_BYTES: usize = 1 << 20;

type Set = hir::ClassUnicode;

/// The text an expression stands for when it has no operators at all.
pub(super) fn as_literal(ast: &Ast) -> Option<String> {
    match ast {
        Ast::Empty(_) => Some(String::new()),
        Ast::Literal(literal) if placeholder_index(literal.c).is_none() => Some(literal.c.to_string()),
        Ast::Concat(concat) => concat.asts.iter().map(as_literal).collect(),
        _ => None,
    }
}

/// Rewrites a tree. `values[n]` are the values of placeholder `n`, any of which may stand there.
pub(super) fn write(ast: &Ast, values: &[Vec<String>]) -> Result<String, PatternError> {
    let mut writer = Writer {
        out: String::new(),
        values,
    };
    writer.node(ast)?;
    Ok(writer.out)
}

struct Writer<'v> {
    out: String,
    values: &'v [Vec<String>],
}

impl Writer<'_> {
    fn node(&mut self, ast: &Ast) -> Result<(), PatternError> {
        let at = ast.span().start.offset;
        match ast {
            Ast::Empty(_) => {}
            Ast::Flags(set) => self.flags(&set.flags, "(?", ")")?,
            Ast::Literal(literal) => self.literal(literal)?,
            Ast::Dot(_) => self.out.push('.'),
            Ast::Assertion(assertion) => self.assertion(assertion)?,
            Ast::ClassUnicode(class) => self.set(&unicode(class)?),
            Ast::ClassPerl(class) => self.set(&perl(class)),
            Ast::ClassBracketed(class) => self.set(&bracketed(class)?),
            Ast::Repetition(repetition) => {
                self.out.push_str("(?:");
                self.node(&repetition.ast)?;
                self.out.push(')');
                self.repetition(&repetition.op.kind);
            }
            Ast::Group(group) => {
                match &group.kind {
                    GroupKind::NonCapturing(flags) => self.flags(flags, "(?", ":")?,
                    GroupKind::CaptureIndex(_) | GroupKind::CaptureName { .. } => self.out.push_str("(?:"),
                }
                self.node(&group.ast)?;
                self.out.push(')');
            }
            Ast::Alternation(alternation) => self.alternatives(&alternation.asts)?,
            Ast::Concat(concat) => concat.asts.iter().try_for_each(|part| self.node(part))?,
        }
        if self.out.len() > MAX_FOLDED_BYTES {
            return Err(PatternError::at(at, "the expression is too large"));
        }
        Ok(())
    }

    fn alternatives(&mut self, asts: &[Ast]) -> Result<(), PatternError> {
        self.out.push_str("(?:");
        for (index, part) in asts.iter().enumerate() {
            if index > 0 {
                self.out.push('|');
            }
            self.node(part)?;
        }
        self.out.push(')');
        Ok(())
    }

    /// Flags that change nothing here are dropped, `s` is kept, the others are refused: an author
    /// who writes `(?-i)` expects an exactness that patterns do not have.
    fn flags(&mut self, flags: &Flags, open: &str, close: &str) -> Result<(), PatternError> {
        let mut negated = false;
        let mut dot = "";
        for item in &flags.items {
            let at = item.span.start.offset;
            match (&item.kind, negated) {
                (FlagsItemKind::Negation, _) => negated = true,
                (FlagsItemKind::Flag(Flag::DotMatchesNewLine), false) => dot = "s",
                (FlagsItemKind::Flag(Flag::DotMatchesNewLine), true) => dot = "-s",
                (FlagsItemKind::Flag(Flag::CaseInsensitive | Flag::Unicode), false)
                | (FlagsItemKind::Flag(Flag::SwapGreed | Flag::IgnoreWhitespace), _) => {}
                (FlagsItemKind::Flag(Flag::CaseInsensitive), true) => {
                    return Err(PatternError::at(
                        at,
                        "patterns never regard the case of letters: `(?-i)` is not possible",
                    ));
                }
                (FlagsItemKind::Flag(Flag::MultiLine | Flag::CRLF), _) | (FlagsItemKind::Flag(Flag::Unicode), true) => {
                    return Err(PatternError::at(
                        at,
                        "this flag is not possible: patterns are for the whole text",
                    ));
                }
            }
        }
        if open == "(?" && close == ")" && dot.is_empty() {
            return Ok(());
        }
        self.out.push_str(open);
        self.out.push_str(dot);
        self.out.push_str(close);
        Ok(())
    }

    fn literal(&mut self, literal: &Literal) -> Result<(), PatternError> {
        let Some(index) = placeholder_index(literal.c) else {
            self.char(literal.c);
            return Ok(());
        };
        let Some(values) = self.values.get(index).filter(|values| !values.is_empty()) else {
            return Err(PatternError::at(
                literal.span.start.offset,
                "a template has no value here",
            ));
        };
        self.out.push_str("(?:");
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                self.out.push('|');
            }
            value.chars().for_each(|c| self.char(c));
        }
        self.out.push(')');
        Ok(())
    }

    fn char(&mut self, c: char) {
        if c.is_ascii_alphabetic() {
            let (lower, upper) = (c.to_ascii_lowercase(), c.to_ascii_uppercase());
            self.out.extend(['[', lower, upper, ']']);
        } else if c.is_ascii_digit() {
            self.out.push(c);
        } else {
            let _ = write!(self.out, r"\x{{{:X}}}", u32::from(c));
        }
    }

    fn set(&mut self, set: &Set) {
        if set.ranges().is_empty() {
            self.out.push_str("[^\0-\u{10FFFF}]");
            return;
        }
        self.out.push('[');
        for range in set.ranges() {
            let _ = write!(
                self.out,
                r"\x{{{:X}}}-\x{{{:X}}}",
                u32::from(range.start()),
                u32::from(range.end())
            );
        }
        self.out.push(']');
    }

    fn assertion(&mut self, assertion: &Assertion) -> Result<(), PatternError> {
        self.out.push_str(match assertion.kind {
            AssertionKind::StartLine | AssertionKind::StartText => r"\A",
            AssertionKind::EndLine | AssertionKind::EndText => r"\z",
            AssertionKind::WordBoundary => r"(?-u:\b)",
            _ => {
                return Err(PatternError::at(
                    assertion.span.start.offset,
                    "this assertion is not possible in patterns",
                ));
            }
        });
        Ok(())
    }

    fn repetition(&mut self, kind: &RepetitionKind) {
        let _ = match kind {
            RepetitionKind::ZeroOrOne => self.out.write_char('?'),
            RepetitionKind::ZeroOrMore => self.out.write_char('*'),
            RepetitionKind::OneOrMore => self.out.write_char('+'),
            RepetitionKind::Range(RepetitionRange::Exactly(n)) => write!(self.out, "{{{n}}}"),
            RepetitionKind::Range(RepetitionRange::AtLeast(n)) => write!(self.out, "{{{n},}}"),
            RepetitionKind::Range(RepetitionRange::Bounded(n, m)) => write!(self.out, "{{{n},{m}}}"),
        };
    }
}

/// `[…]`: members are folded first and negated last, so that `[^k]` is neither `k` nor `K`.
fn bracketed(class: &ClassBracketed) -> Result<Set, PatternError> {
    let mut set = class_set(&class.kind)?;
    if class.negated {
        set.negate();
    }
    Ok(set)
}

fn class_set(kind: &ClassSet) -> Result<Set, PatternError> {
    match kind {
        ClassSet::Item(item) => class_item(item),
        ClassSet::BinaryOp(op) => {
            let mut left = class_set(&op.lhs)?;
            let right = class_set(&op.rhs)?;
            match op.kind {
                ClassSetBinaryOpKind::Intersection => left.intersect(&right),
                ClassSetBinaryOpKind::Difference => left.difference(&right),
                ClassSetBinaryOpKind::SymmetricDifference => left.symmetric_difference(&right),
            }
            Ok(left)
        }
    }
}

fn class_item(item: &ClassSetItem) -> Result<Set, PatternError> {
    match item {
        ClassSetItem::Empty(_) => Ok(Set::empty()),
        ClassSetItem::Literal(literal) => range(literal, literal),
        ClassSetItem::Range(limits) => range(&limits.start, &limits.end),
        ClassSetItem::Ascii(class) => Ok(ascii(class)),
        ClassSetItem::Unicode(class) => unicode(class),
        ClassSetItem::Perl(class) => Ok(perl(class)),
        ClassSetItem::Bracketed(class) => bracketed(class),
        ClassSetItem::Union(union) => union.items.iter().try_fold(Set::empty(), |mut set, item| {
            set.union(&class_item(item)?);
            Ok(set)
        }),
    }
}

fn range(start: &Literal, end: &Literal) -> Result<Set, PatternError> {
    if placeholder_index(start.c).is_some() || placeholder_index(end.c).is_some() {
        return Err(PatternError::at(
            start.span.start.offset,
            "a template may not stand inside `[…]`",
        ));
    }
    Ok(folded(ranges(&[(start.c, end.c)])))
}

fn perl(class: &ClassPerl) -> Set {
    let mut set = match class.kind {
        ClassPerlKind::Digit => ranges(&[('0', '9')]),
        ClassPerlKind::Space => ranges(&[('\t', '\n'), ('\x0C', '\r'), (' ', ' ')]),
        ClassPerlKind::Word => ranges(&[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]),
    };
    if class.negated {
        set.negate();
    }
    set
}

fn ascii(class: &ClassAscii) -> Set {
    let mut set = folded(match class.kind {
        ClassAsciiKind::Alnum => ranges(&[('0', '9'), ('A', 'Z'), ('a', 'z')]),
        ClassAsciiKind::Alpha | ClassAsciiKind::Lower | ClassAsciiKind::Upper => ranges(&[('A', 'Z'), ('a', 'z')]),
        ClassAsciiKind::Ascii => ranges(&[('\0', '\x7F')]),
        ClassAsciiKind::Blank => ranges(&[('\t', '\t'), (' ', ' ')]),
        ClassAsciiKind::Cntrl => ranges(&[('\0', '\x1F'), ('\x7F', '\x7F')]),
        ClassAsciiKind::Digit => ranges(&[('0', '9')]),
        ClassAsciiKind::Graph => ranges(&[('!', '~')]),
        ClassAsciiKind::Print => ranges(&[(' ', '~')]),
        ClassAsciiKind::Punct => ranges(&[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')]),
        ClassAsciiKind::Space => ranges(&[('\t', '\r'), (' ', ' ')]),
        ClassAsciiKind::Word => ranges(&[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]),
        ClassAsciiKind::Xdigit => ranges(&[('0', '9'), ('A', 'F'), ('a', 'f')]),
    });
    if class.negated {
        set.negate();
    }
    set
}

/// `\p{…}`, from the tables of the `regex` crate.
fn unicode(class: &ClassUnicode) -> Result<Set, PatternError> {
    let mut positive = class.clone();
    let negated = positive.is_negated();
    positive.negated = false;
    let at = class.span.start.offset;
    let mut set = property(positive).ok_or_else(|| PatternError::at(at, "no such Unicode class"))?;
    set = folded(set);
    if negated {
        set.negate();
    }
    Ok(set)
}

/// The scalars of one Unicode property. `is_negated` also counts `\p{x!=y}`, so what comes out
/// of the tables for the plain spelling is turned back when the spelling itself negates.
fn property(class: ClassUnicode) -> Option<Set> {
    let spelled_negated = class.is_negated();
    let hir = hir::translate::Translator::new()
        .translate("", &Ast::class_unicode(class))
        .ok()?;
    let mut set = match hir.kind() {
        HirKind::Class(Class::Unicode(set)) => set.clone(),
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            Set::new(text.chars().map(|c| hir::ClassUnicodeRange::new(c, c)))
        }
        _ => return None,
    };
    if spelled_negated {
        set.negate();
    }
    Some(set)
}

fn ranges(list: &[(char, char)]) -> Set {
    Set::new(
        list.iter()
            .map(|(start, end)| hir::ClassUnicodeRange::new(*start, *end)),
    )
}

/// Adds the other case of every ASCII letter in the set, and nothing else.
fn folded(mut set: Set) -> Set {
    let mut other = Vec::new();
    for range in set.ranges() {
        for letter in 'a'..='z' {
            let upper = letter.to_ascii_uppercase();
            if (range.start()..=range.end()).contains(&letter) {
                other.push(hir::ClassUnicodeRange::new(upper, upper));
            }
            if (range.start()..=range.end()).contains(&upper) {
                other.push(hir::ClassUnicodeRange::new(letter, letter));
            }
        }
    }
    set.union(&Set::new(other));
    set
}
