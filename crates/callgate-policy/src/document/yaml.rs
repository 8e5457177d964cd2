//! Owns reading YAML (and JSON, which YAML 1.2 holds) into a tree: the one place that knows the
//! YAML library. Refuses what a policy has no use for: tags, merge keys, several documents; and
//! whatever exceeds its budget, before it is built.

use std::collections::HashMap;

use serde_saphyr::granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Span as Range};

use super::jsonc;
use super::node::{Entry, Measure, Node, Style, Value};
use super::raw::Text;
use crate::diagnostics::{Code, FileId, Problem, Problems, Span, quoted};

/// What a file may cost.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    /// Bytes of text.
    pub(super) bytes: usize,
    /// Scalars, lists and maps, those behind aliases counted where they are used.
    pub(super) nodes: usize,
}

/// Policies are also generated: 10,000 entries of a dozen values must fit. Beyond this, use sets and
/// tenant files.
pub(super) const POLICY: Budget = Budget {
    bytes: 8 << 20,
    nodes: 400_000,
};
/// A tenants file is generated: room for 20,000 tenants of ten values.
pub(super) const TENANTS: Budget = Budget {
    bytes: 16 << 20,
    nodes: 400_000,
};
/// Lists and maps inside each other; the deepest thing in a policy has eight.
pub(super) const MAX_DEPTH: usize = 32;
/// Uses of anchors: enough to avoid repetition, too few for a bomb.
pub(super) const MAX_ALIASES: usize = 64;

/// The tree of a text, or `None` when there is none to speak of; mistakes are noted either way.
pub(super) fn tree(text: &str, file: FileId, budget: Budget, problems: &mut Problems) -> Option<Node> {
    if text.len() > budget.bytes {
        let message = format!("the file has {} bytes, at most {} are read", text.len(), budget.bytes);
        problems.error(Code::TOO_BIG, Span::new(file, 0, 0), message);
        return None;
    }
    if let Some((at, character)) = text.char_indices().find(|(_, character)| is_forbidden(*character)) {
        let message = format!(
            "the control character U+{:04X} may not stand in a policy",
            u32::from(character)
        );
        problems.error(Code::SYNTAX, Span::new(file, at, at.saturating_add(1)), message);
        return None;
    }
    let base = text
        .len()
        .saturating_sub(text.trim_start_matches('\u{feff}').len())
        .min('\u{feff}'.len_utf8());
    let body = text.get(base..).unwrap_or_default();
    if !jsonc::is_json(body) {
        return Builder::new(file, base, budget, problems).build(body);
    }
    match jsonc::without_comments(body) {
        Ok(body) => Builder::new(file, base, budget, problems).build(&body),
        Err(jsonc::Unclosed(at)) => {
            let start = base.saturating_add(at);
            let span = Span::new(file, start, start.saturating_add(2));
            problems
                .push(Problem::error(Code::SYNTAX, span, "this comment is never closed").hint("close it with `*/`"));
            None
        }
    }
}

/// Control characters YAML forbids, and those that make an editor show a line in another order than it
/// is read (trojan source). The rest of the grammar is the library's.
fn is_forbidden(character: char) -> bool {
    let control = character.is_control() && !matches!(character, '\t' | '\n' | '\r' | '\u{85}');
    control || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

struct Builder<'p> {
    file: FileId,
    base: usize,
    budget: Budget,
    problems: &'p mut Problems,
    stack: Vec<Frame>,
    anchors: HashMap<usize, (Node, Measure)>,
    root: Option<Node>,
    documents: usize,
    nodes: usize,
    aliases: usize,
}

/// A list or map that is not closed yet.
struct Frame {
    start: Span,
    anchor: usize,
    kind: FrameKind,
}

enum FrameKind {
    List(Vec<Node>),
    Map {
        entries: Vec<Entry>,
        seen: HashMap<String, Span>,
        key: Key,
    },
}

/// What a map waits for.
enum Key {
    /// The next node is a key.
    Awaited,
    /// The next node is the value of this key.
    Known(Text),
    /// The next node is the value of a key that was refused.
    Refused,
}

/// The text cannot be read further; why has been noted.
struct Stop;

impl<'p> Builder<'p> {
    fn new(file: FileId, base: usize, budget: Budget, problems: &'p mut Problems) -> Self {
        Self {
            file,
            base,
            budget,
            problems,
            stack: Vec::new(),
            anchors: HashMap::new(),
            root: None,
            documents: 0,
            nodes: 0,
            aliases: 0,
        }
    }

    fn build(mut self, text: &str) -> Option<Node> {
        let mut options = serde_saphyr::granit_parser::Options::default();
        options.set_emit_comments(false);
        for event in Parser::new_from_str_with_options(text, options) {
            let taken = match event {
                Ok((event, range)) => self.take(event, &range),
                Err(error) => self.syntax(&error, text.len()),
            };
            if taken.is_err() {
                return None;
            }
        }
        if self.root.is_none() {
            self.problems
                .error(Code::SYNTAX, Span::new(self.file, 0, 0), "the file holds nothing");
        }
        self.root
    }

    fn take(&mut self, event: Event<'_>, range: &Range) -> Result<(), Stop> {
        let span = self.span(range);
        match event {
            Event::DocumentStart(..) => self.document(span),
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_tag(tag.is_some(), span);
                self.count(1, span)?;
                let style = if style == ScalarStyle::Plain {
                    Style::Plain
                } else {
                    Style::Quoted
                };
                self.place(
                    Node {
                        span,
                        value: Value::Scalar(text.into_owned(), style),
                    },
                    anchor,
                );
                Ok(())
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.refuse_tag(tag.is_some(), span);
                self.open(span, anchor, FrameKind::List(Vec::new()))
            }
            Event::MappingStart(_, anchor, tag) => {
                self.refuse_tag(tag.is_some(), span);
                let kind = FrameKind::Map {
                    entries: Vec::new(),
                    seen: HashMap::new(),
                    key: Key::Awaited,
                };
                self.open(span, anchor, kind)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.close(span);
                Ok(())
            }
            Event::Alias(anchor) => self.alias(anchor, span),
            _ => Ok(()),
        }
    }

    fn span(&self, range: &Range) -> Span {
        let bytes = range.byte_range().unwrap_or_default();
        Span::new(
            self.file,
            bytes.start.saturating_add(self.base),
            bytes.end.saturating_add(self.base),
        )
    }

    fn syntax(&mut self, error: &ScanError, length: usize) -> Result<(), Stop> {
        let at = error
            .marker()
            .byte_offset()
            .unwrap_or(length)
            .min(length)
            .saturating_add(self.base);
        if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
            let message = format!("lists and maps are nested more than {MAX_DEPTH} deep");
            self.problems
                .error(Code::TOO_BIG, Span::new(self.file, at, at), message);
            return Err(Stop);
        }
        let why = error.info();
        let why = why.lines().next().unwrap_or_default();
        let problem = Problem::error(
            Code::SYNTAX,
            Span::new(self.file, at, at.saturating_add(1)),
            format!("not YAML: {why}"),
        );
        let hint = why.contains("tab").then_some("indent with spaces, not tabs");
        self.problems.push(problem.maybe_hint(hint));
        Err(Stop)
    }

    fn document(&mut self, span: Span) -> Result<(), Stop> {
        self.documents = self.documents.saturating_add(1);
        if self.documents == 1 {
            return Ok(());
        }
        let problem = Problem::error(
            Code::YAML_FEATURE,
            span,
            "a second document begins here, a policy is one document",
        );
        self.problems
            .push(problem.hint("remove `---`, or put this into a file of its own"));
        Err(Stop)
    }

    fn refuse_tag(&mut self, tagged: bool, span: Span) {
        if tagged {
            let problem = Problem::error(Code::YAML_FEATURE, span, "a policy has no use for tags");
            self.problems
                .push(problem.hint("remove the `!…`; a text is written in quotes"));
        }
    }

    fn count(&mut self, nodes: usize, span: Span) -> Result<(), Stop> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes <= self.budget.nodes {
            return Ok(());
        }
        self.problems.error(
            Code::TOO_BIG,
            span,
            format!("the file has more than {} values", self.budget.nodes),
        );
        Err(Stop)
    }

    fn check_depth(&mut self, more: usize, span: Span) -> Result<(), Stop> {
        if self.stack.len().saturating_add(more) <= MAX_DEPTH {
            return Ok(());
        }
        self.problems.error(
            Code::TOO_BIG,
            span,
            format!("lists and maps are nested more than {MAX_DEPTH} deep"),
        );
        Err(Stop)
    }

    fn open(&mut self, start: Span, anchor: usize, kind: FrameKind) -> Result<(), Stop> {
        self.count(1, start)?;
        self.check_depth(1, start)?;
        self.stack.push(Frame { start, anchor, kind });
        Ok(())
    }

    fn close(&mut self, end: Span) {
        let Some(frame) = self.stack.pop() else { return };
        let span = Span::new(self.file, frame.start.start(), end.end());
        let value = match frame.kind {
            FrameKind::List(items) => Value::List(items),
            FrameKind::Map { entries, .. } => Value::Map(entries),
        };
        self.place(Node { span, value }, frame.anchor);
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Stop> {
        self.aliases = self.aliases.saturating_add(1);
        if self.aliases > MAX_ALIASES {
            self.problems.error(
                Code::TOO_BIG,
                span,
                format!("the file uses anchors more than {MAX_ALIASES} times"),
            );
            return Err(Stop);
        }
        let Some((_, measure)) = self.anchors.get(&anchor) else {
            self.problems
                .error(Code::YAML_FEATURE, span, "this alias stands inside what it names");
            return Err(Stop);
        };
        let measure = *measure;
        self.count(measure.nodes, span)?;
        self.check_depth(measure.depth, span)?;
        if let Some((node, _)) = self.anchors.get(&anchor) {
            let node = node.clone();
            self.place(node, 0);
        }
        Ok(())
    }

    /// Puts a finished node where it belongs.
    fn place(&mut self, node: Node, anchor: usize) {
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), node.measure()));
        }
        let Some(frame) = self.stack.last_mut() else {
            self.root.get_or_insert(node);
            return;
        };
        match &mut frame.kind {
            FrameKind::List(items) => items.push(node),
            FrameKind::Map { entries, seen, key } => match std::mem::replace(key, Key::Awaited) {
                Key::Awaited => *key = read_key(&node, seen, self.problems),
                Key::Known(key) => entries.push(Entry { key, value: node }),
                Key::Refused => {}
            },
        }
    }
}

fn read_key(node: &Node, seen: &mut HashMap<String, Span>, problems: &mut Problems) -> Key {
    let Value::Scalar(text, style) = &node.value else {
        problems.error(Code::WRONG_TYPE, node.span, "a key must be a text");
        return Key::Refused;
    };
    if text == "<<" && *style == Style::Plain {
        let problem = Problem::error(Code::YAML_FEATURE, node.span, "a policy has no merge keys");
        problems.push(problem.hint("write the members out, or use an alias for a whole value"));
        return Key::Refused;
    }
    if let Some(first) = seen.get(text) {
        let problem = Problem::error(
            Code::DUPLICATE_KEY,
            node.span,
            format!("the key {} is written twice", quoted(text)),
        );
        problems.push(problem.related(*first, "first written here").hint("keep one of them"));
        return Key::Refused;
    }
    seen.insert(text.clone(), node.span);
    Key::Known(Text::new(text.clone(), node.span))
}
