//! Owns what is told about problems: findings for machines, and the drawing with file, line,
//! underlined text and help for people. Holds only the lines it shows, with secrets already gone.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::problem::{Problem, Severity};
use super::source::{Excerpt, Source};
use super::{Code, Span};

/// Everything found wrong, ready to be shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Report {
    findings: Vec<Finding>,
    dropped: usize,
}

/// One problem as machines read it (`--format json`). Lines and columns count from 1; columns are
/// characters, not bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Stable code.
    pub code: Code,
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
    /// Where.
    pub place: Place,
    /// Another place that explains it, and what is there.
    pub related: Option<(Place, String)>,
}

/// A place in a file, with the line as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Name of the file, as given by the caller.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column of the first character, from 1.
    pub column: usize,
    /// Line of the last character.
    pub end_line: usize,
    /// Column behind the last character.
    pub end_column: usize,
    /// The text in question, secrets replaced; at most one line.
    pub text: String,
    excerpt: Excerpt,
}

impl Report {
    pub(super) fn new(sources: &[Source], hidden: &[Span], problems: Vec<Problem>, dropped: usize) -> Self {
        let place = |span: Span| Place::of(sources, hidden, span);
        let findings = problems
            .into_iter()
            .map(|problem| Finding {
                code: problem.code,
                severity: problem.severity,
                message: problem.message,
                hint: problem.hint,
                place: place(problem.span),
                related: problem.related.map(|(span, label)| (place(span), label)),
            })
            .collect();
        Self { findings, dropped }
    }

    /// A report of nothing.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// What was found, in the order of the files.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// How many problems there are, those too many to be listed included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.findings.len().saturating_add(self.dropped)
    }

    /// Whether there is no problem.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many of the problems are errors.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .count()
            .saturating_add(self.dropped)
    }

    /// The findings of both, this one's first.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.findings.extend(other.findings);
        self.dropped = self.dropped.saturating_add(other.dropped);
        self
    }

    /// Draws every problem with its line, underlined, coloured for a terminal or plain.
    #[must_use]
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() }.decor_style(DecorStyle::Ascii);
        let mut text = String::new();
        for finding in &self.findings {
            text.push_str(&renderer.render(&groups(finding)));
            text.push_str("\n\n");
        }
        if self.dropped > 0 {
            text.push_str(&format!("error: and {} more\n", self.dropped));
        }
        text
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.render(false))
    }
}

impl std::fmt::Debug for Report {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, out)
    }
}

impl std::error::Error for Report {}

impl Severity {
    /// `error` or `warning`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Place {
    fn of(sources: &[Source], hidden: &[Span], span: Span) -> Self {
        let Some(source) = sources.get(usize::from(span.file().0)) else {
            return Self::unknown();
        };
        let (line, column) = source.position(span.start());
        let (end_line, end_column) = source.position(span.end());
        let excerpt = source.excerpt(span, hidden);
        let text = excerpt.marked().to_owned();
        Self {
            file: source.name().to_owned(),
            line,
            column,
            end_line,
            end_column,
            text,
            excerpt,
        }
    }

    fn unknown() -> Self {
        let excerpt = Excerpt::default();
        Self {
            file: String::new(),
            line: 0,
            column: 0,
            end_line: 0,
            end_column: 0,
            text: String::new(),
            excerpt,
        }
    }

    /// The place as a drawing. A drawing counts columns in the text it is given, so a line cut at its
    /// beginning needs its position told.
    fn draw<'a>(&'a self, group: Group<'a>, annotations: Vec<Annotation<'a>>) -> Group<'a> {
        let snippet = Snippet::source(self.excerpt.text())
            .line_start(self.line)
            .annotations(annotations);
        if self.excerpt.is_cut() {
            let origin = Origin::path(self.file.as_str())
                .line(self.line)
                .char_column(self.column);
            return group.element(origin).element(snippet);
        }
        group.element(snippet.path(self.file.as_str()))
    }

    /// Whether both stand in one line that is shown whole.
    fn shares_line(&self, other: &Self) -> bool {
        self.file == other.file && self.line == other.line && self.excerpt.text() == other.excerpt.text()
    }
}

fn groups(finding: &Finding) -> Vec<Group<'_>> {
    let level = match finding.severity {
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    };
    let title = level.primary_title(finding.message.as_str()).id(finding.code.as_str());
    let mut annotations = vec![AnnotationKind::Primary.span(finding.place.excerpt.range())];
    let context = |place: &Place, label| AnnotationKind::Context.span(place.excerpt.range()).label(label);
    let mut elsewhere = None;
    match &finding.related {
        Some((place, label)) if place.shares_line(&finding.place) => annotations.push(context(place, label.as_str())),
        Some((place, label)) => elsewhere = Some((place, vec![context(place, label.as_str())])),
        None => {}
    }
    let mut group = finding.place.draw(Group::with_title(title), annotations);
    if let Some((place, annotations)) = elsewhere {
        group = place.draw(group, annotations);
    }
    if let Some(hint) = &finding.hint {
        group = group.element(Level::HELP.message(hint.as_str()));
    }
    vec![group]
}

#[cfg(test)]
mod tests {
    use super::super::{Code, Problem, Problems, Span};

    fn report_on(text: &str, start: usize, end: usize) -> super::Report {
        let mut problems = Problems::new();
        let file = problems.add_file("policy.yaml", text);
        let span = Span::new(file, start, end);
        problems.push(Problem::error(Code::UNKNOWN_KEY, span, "unknown key `tz`").hint("did you mean `tx`?"));
        problems.into_report()
    }

    #[test]
    fn a_problem_is_drawn_with_its_line_and_help() {
        let drawn = report_on("a: 1\ntz: []\nb: 2\n", 5, 7).render(false);
        assert_eq!(
            drawn,
            "error[CG-P0003]: unknown key `tz`\n --> policy.yaml:2:1\n  |\n2 | tz: []\n  | ^^\n  |\n  = help: did you mean `tx`?\n\n"
        );
    }

    #[test]
    fn colour_is_asked_for() {
        let report = report_on("tz: []\n", 0, 2);
        assert!(report.render(true).contains('\u{1b}'));
        assert!(!report.render(false).contains('\u{1b}'));
    }

    #[test]
    fn columns_count_characters() {
        let report = report_on("\u{e9}\u{e9}: tz", 6, 8);
        let place = &report.findings()[0].place;
        assert_eq!((place.line, place.column, place.end_column), (1, 5, 7));
        assert_eq!(place.text, "tz");
    }

    #[test]
    fn spans_that_fit_no_file_do_not_harm() {
        for (start, end) in [(100, 200), (1, 2), (0, 0), (3, 3)] {
            assert_eq!(report_on("\u{e9}x", start, end).len(), 1);
            let _ = report_on("\u{e9}x", start, end).render(false);
            let _ = report_on("", start, end).render(true);
        }
    }

    #[test]
    fn a_very_long_line_is_cut_around_the_mistake() {
        let text = format!("{{{}tz: 1}}", " ".repeat(100_000));
        let drawn = report_on(&text, 100_001, 100_003).render(false);
        assert!(drawn.len() < 2_000, "{}", drawn.len());
        assert!(drawn.contains("policy.yaml:1:100002"), "{drawn}");
    }

    #[test]
    fn escape_sequences_of_the_file_do_not_reach_the_terminal() {
        let drawn = report_on("tz: \u{1b}[31m\n", 0, 2).render(false);
        assert!(!drawn.contains('\u{1b}'), "{drawn}");
    }
}
