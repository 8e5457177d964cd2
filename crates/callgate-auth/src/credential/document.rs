//! The text of a credentials file as nodes with places, entry by entry: one list of mappings, YAML 1.2 or JSON.
//!
//! Events are taken straight from the parser under serde-saphyr: a derived reader stops at the first mistake, and a
//! file of a hundred thousand entries need not stand in memory twice. Anchors, aliases and tags are refused.

use super::file::{FILE_BYTES, Spot};
use serde_saphyr::granit_parser::{Event, Options, Parser, ScalarStyle, Span, StructureStyle, options};
use std::borrow::Cow;
use std::ops::Range;

/// An entry is a mapping with one mapping inside; one more level makes a helpful message possible.
const DEPTH: usize = 3;

/// A value and where it stands.
pub(super) struct Node<'t> {
    pub(super) spot: Spot,
    /// Its bytes in the text; for a scalar with its quotes.
    pub(super) bytes: Range<usize>,
    pub(super) value: Content<'t>,
}

pub(super) enum Content<'t> {
    /// Text and whether it was written without quotes.
    Scalar(Cow<'t, str>, Style),
    Map(Vec<(Node<'t>, Node<'t>)>, Layout),
    /// A list where none belongs.
    List,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Quoted,
    /// `|` and `>`: allowed nowhere, since their end is hard to see.
    Block,
}

/// How a list or mapping is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Layout {
    /// With indentation.
    Block,
    /// With brackets.
    Flow,
}

/// A mistake that ends the reading of the file.
pub(super) struct Broken {
    pub(super) spot: Spot,
    pub(super) message: String,
}

/// The entries of a file, one at a time.
pub(super) struct Entries<'t> {
    parser: Parser<'t, serde_saphyr::granit_parser::StrInput<'t>>,
    /// Layout of the outer list and its bytes, once known; `None` for an empty file.
    pub(super) list: Option<(Layout, Range<usize>)>,
    state: Reading,
}

#[derive(PartialEq, Eq)]
enum Reading {
    Inside,
    Done,
}

impl<'t> Entries<'t> {
    pub(super) fn new(text: &'t str) -> Result<Self, Broken> {
        let start = Spot { line: 1, column: 1 };
        if text.len() > FILE_BYTES {
            return Err(Broken {
                spot: start,
                message: format!("file is larger than {FILE_BYTES} bytes"),
            });
        }
        if text.starts_with('\u{feff}') {
            return Err(Broken {
                spot: start,
                message: "file begins with a byte order mark".to_owned(),
            });
        }
        let options: Options = options! { emit_comments: false, disallow_directives: true };
        let parser = Parser::new_from_str_with_options(text, options);
        let mut entries = Self {
            parser,
            list: None,
            state: Reading::Inside,
        };
        entries.open()?;
        Ok(entries)
    }

    /// The next entry; `None` after the last.
    pub(super) fn next(&mut self) -> Result<Option<Node<'t>>, Broken> {
        if self.state == Reading::Done {
            return Ok(None);
        }
        let (event, span) = self.event()?;
        if matches!(event, Event::SequenceEnd) {
            if let (Some((_, bytes)), Some(end)) = (&mut self.list, span.end.byte_offset()) {
                bytes.end = end;
            }
            self.close()?;
            return Ok(None);
        }
        self.node(event, &span, DEPTH).map(Some)
    }

    /// Reads up to and including the start of the list.
    fn open(&mut self) -> Result<(), Broken> {
        loop {
            let (event, span) = self.event()?;
            match event {
                Event::StreamStart | Event::DocumentStart(..) => {}
                Event::SequenceStart(style, 0, None) => {
                    self.list = Some((layout(style), bytes(&span)));
                    return Ok(());
                }
                Event::StreamEnd => {
                    self.state = Reading::Done;
                    return Ok(());
                }
                // An empty document, or one with only comments, holds a null.
                Event::Scalar(text, ScalarStyle::Plain, 0, None) if text.is_empty() || text == "~" => {
                    return self.close();
                }
                _ => {
                    return Err(broken(
                        &span,
                        "expected a list of credentials, each `{ id: …, hash: … }`",
                    ));
                }
            }
        }
    }

    /// Reads to the end and refuses a second document.
    fn close(&mut self) -> Result<(), Broken> {
        self.state = Reading::Done;
        loop {
            let (event, span) = self.event()?;
            match event {
                Event::StreamEnd => return Ok(()),
                Event::DocumentEnd => {}
                _ => {
                    return Err(broken(
                        &span,
                        "expected nothing after the list: only one document per file",
                    ));
                }
            }
        }
    }

    fn node(&mut self, event: Event<'t>, span: &Span, depth: usize) -> Result<Node<'t>, Broken> {
        let mut range = bytes(span);
        let value = match event {
            Event::Scalar(text, style, 0, None) => Content::Scalar(text, quoting(style)),
            Event::MappingStart(style, 0, None) if depth > 0 => {
                let (members, end) = self.members(depth - 1)?;
                range.end = end;
                Content::Map(members, layout(style))
            }
            Event::SequenceStart(_, 0, None) if depth > 0 => {
                self.skip_list(depth - 1)?;
                Content::List
            }
            Event::MappingStart(_, 0, None) | Event::SequenceStart(_, 0, None) => {
                return Err(broken(span, "nested too deeply for a credential"));
            }
            _ => return Err(broken(span, "anchors, aliases and tags are not accepted here")),
        };
        Ok(Node {
            spot: spot(span),
            bytes: range,
            value,
        })
    }

    fn members(&mut self, depth: usize) -> Result<(Vec<(Node<'t>, Node<'t>)>, usize), Broken> {
        let mut members = Vec::with_capacity(2);
        loop {
            let (event, span) = self.event()?;
            if matches!(event, Event::MappingEnd) {
                return Ok((members, bytes(&span).end));
            }
            let name = self.node(event, &span, depth)?;
            let (event, span) = self.event()?;
            members.push((name, self.node(event, &span, depth)?));
        }
    }

    fn skip_list(&mut self, depth: usize) -> Result<(), Broken> {
        loop {
            let (event, span) = self.event()?;
            if matches!(event, Event::SequenceEnd) {
                return Ok(());
            }
            self.node(event, &span, depth)?;
        }
    }

    fn event(&mut self) -> Result<(Event<'t>, Span), Broken> {
        match self.parser.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => {
                let spot = Spot {
                    line: error.marker().line(),
                    column: error.marker().col() + 1,
                };
                // Only the kind: the text of an error could quote a literal secret.
                Err(Broken {
                    spot,
                    message: format!("not YAML: {}", error.info()),
                })
            }
            None => Err(Broken {
                spot: Spot { line: 1, column: 1 },
                message: "file ends early".to_owned(),
            }),
        }
    }
}

fn spot(span: &Span) -> Spot {
    Spot {
        line: span.start.line(),
        column: span.start.col() + 1,
    }
}

fn bytes(span: &Span) -> Range<usize> {
    span.byte_range().unwrap_or_default()
}

fn broken(span: &Span, message: &str) -> Broken {
    Broken {
        spot: spot(span),
        message: message.to_owned(),
    }
}

fn layout(style: StructureStyle) -> Layout {
    match style {
        StructureStyle::Block => Layout::Block,
        StructureStyle::Flow => Layout::Flow,
    }
}

fn quoting(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
        ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
    }
}
