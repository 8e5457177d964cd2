//! Owns a file's text while problems are collected: positions, and the part of a line that may be
//! shown. Whatever looks like a secret is replaced here, before anything is drawn.

use super::Span;

/// What stands where a secret was.
const HIDDEN: &str = "[hidden]";
/// Bytes of a line shown on either side of a mistake: a policy may be one line of JSON.
const EXCERPT_REACH: usize = 120;
/// A mistake further right than this shows its surroundings only, not the line from its start.
const LONG_LINE: usize = 1_000;
/// How far before what is shown the key of a secret is looked for; longer secrets are none people write.
const KEY_REACH: usize = 4_096;
/// Members whose values are taken for secrets wherever they stand, also in text that is no policy.
const SECRET_WORDS: [&str; 6] = ["secret", "password", "passwd", "token", "private", "dsn"];
/// Beginnings of values that only say where a secret is.
const REFERENCES: [&str; 3] = ["file:", "env:", "cred:"];

/// A file by name.
#[derive(Clone)]
pub(super) struct Source {
    name: String,
    text: String,
    line_starts: Vec<usize>,
}

/// A piece of one line and the marked range in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Excerpt {
    text: String,
    start: usize,
    end: usize,
    cut: bool,
}

impl Source {
    pub(super) fn new(name: &str, text: &str) -> Self {
        let breaks = text
            .bytes()
            .enumerate()
            .filter(|(_, byte)| *byte == b'\n')
            .map(|(at, _)| at.saturating_add(1));
        Self {
            name: name.to_owned(),
            text: text.to_owned(),
            line_starts: std::iter::once(0).chain(breaks).collect(),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Line and column of a byte, both from 1, columns in characters.
    pub(super) fn position(&self, offset: usize) -> (usize, usize) {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.line_starts.partition_point(|start| *start <= offset).max(1);
        let start = self.line_starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let column = self.text.get(start..offset).map_or(0, |before| before.chars().count());
        (line, column.saturating_add(1))
    }

    /// The part of the first line of `span` that may be shown.
    pub(super) fn excerpt(&self, span: Span, hidden: &[Span]) -> Excerpt {
        let start = self.text.floor_char_boundary(span.start());
        let (line, _) = self.position(start);
        let line_start = self.line_starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let rest = self.text.get(line_start..).unwrap_or_default();
        let line_text = rest.split('\n').next().unwrap_or_default().trim_end_matches('\r');
        let line_end = line_start.saturating_add(line_text.len());
        let end = self
            .text
            .floor_char_boundary(span.end())
            .clamp(start, line_end.max(start));
        let window = match start.saturating_sub(line_start) {
            0..=LONG_LINE => line_start,
            _ => self
                .text
                .floor_char_boundary(start.saturating_sub(EXCERPT_REACH))
                .max(line_start),
        };
        let shown_end = self.text.floor_char_boundary(
            end.min(start.saturating_add(EXCERPT_REACH))
                .saturating_add(EXCERPT_REACH),
        );
        let looked_at = self
            .text
            .floor_char_boundary(window.saturating_sub(KEY_REACH))
            .max(line_start);
        let looked_text = self.text.get(looked_at..shown_end.min(line_end)).unwrap_or_default();
        let secret = first_hidden(span, hidden, line_start, line_end)
            .into_iter()
            .chain(secret_value(looked_text).map(|at| at.saturating_add(looked_at)))
            .min();
        let excerpt = Excerpt::cut(&self.text, window..shown_end.min(line_end), start..end, secret);
        Excerpt {
            cut: window > line_start,
            ..excerpt
        }
    }
}

impl Excerpt {
    fn cut(text: &str, window: std::ops::Range<usize>, marked: std::ops::Range<usize>, secret: Option<usize>) -> Self {
        let hide_from = secret
            .filter(|at| *at < window.end)
            .map(|at| text.floor_char_boundary(at.max(window.start)));
        let shown_end = hide_from.unwrap_or(window.end);
        let mut shown = text
            .get(window.start..shown_end)
            .unwrap_or_default()
            .replace(|c: char| c.is_control() && c != '\t', "?");
        if shown.len() != shown_end.saturating_sub(window.start) {
            // A control character of more than one byte moved what follows: show nothing of it.
            shown.clear();
        }
        let visible = shown.len();
        if hide_from.is_some() {
            shown.push_str(HIDDEN);
        }
        let inside = |at: usize| at.saturating_sub(window.start);
        let (mut start, mut end) = (inside(marked.start).min(visible), inside(marked.end).min(visible));
        if hide_from.is_some() && inside(marked.start) >= visible {
            (start, end) = (visible, shown.len());
        }
        start = shown.floor_char_boundary(start);
        end = shown.floor_char_boundary(end).max(start);
        Self {
            text: shown,
            start,
            end,
            cut: false,
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) const fn range(&self) -> std::ops::Range<usize> {
        self.start..self.end
    }

    /// Whether the line was cut at its beginning.
    pub(super) const fn is_cut(&self) -> bool {
        self.cut
    }

    pub(super) fn marked(&self) -> &str {
        self.text.get(self.range()).unwrap_or_default()
    }
}

/// Where the first registered secret begins in a line.
fn first_hidden(span: Span, hidden: &[Span], line_start: usize, line_end: usize) -> Option<usize> {
    hidden
        .iter()
        .filter(|secret| secret.file() == span.file() && secret.start() < line_end && secret.end() > line_start)
        .map(|secret| secret.start().max(line_start))
        .min()
}

/// Where, in a line nobody understood yet, a value begins that looks like a secret: after a key
/// that sounds like one, or the user part of a URL. Rather one too many than one too few.
fn secret_value(line: &str) -> Option<usize> {
    let lower = line.to_ascii_lowercase();
    let by_word = SECRET_WORDS
        .iter()
        .flat_map(|word| lower.match_indices(word))
        .filter_map(|(at, _)| value_after(line, &lower, at));
    let by_url = lower
        .match_indices("://")
        .filter_map(|(at, _)| user_part(line, at.saturating_add(3)));
    by_word.chain(by_url).min()
}

/// The start of the value of the member whose key holds byte `at`, unless it is a reference.
fn value_after(line: &str, lower: &str, at: usize) -> Option<usize> {
    let colon = at.saturating_add(lower.get(at..)?.find(':')?);
    let key = lower.get(at..colon)?;
    if !key
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"_-\"' ".contains(&byte))
    {
        return None;
    }
    let after = line.get(colon.saturating_add(1)..)?;
    let value = after.trim_start_matches([' ', '\t', '"', '\'']);
    let harmless = value.trim().is_empty() || REFERENCES.iter().any(|reference| value.starts_with(reference));
    (!harmless).then(|| line.len().saturating_sub(value.len()))
}

/// The start of `user:password` in a URL whose authority begins at `start`.
fn user_part(line: &str, start: usize) -> Option<usize> {
    let authority = line.get(start..)?.split(['/', '"', '\'', ' ', ',', '?', '#']).next()?;
    authority.contains('@').then_some(start)
}

#[cfg(test)]
mod tests {
    use super::super::FileId;
    use super::*;

    fn shown(text: &str, start: usize, end: usize, hidden: &[(usize, usize)]) -> String {
        let file = FileId::default();
        let hidden: Vec<_> = hidden.iter().map(|(from, to)| Span::new(file, *from, *to)).collect();
        Source::new("f", text)
            .excerpt(Span::new(file, start, end), &hidden)
            .text()
            .to_owned()
    }

    #[test]
    fn registered_secrets_are_hidden_to_the_end_of_the_line() {
        assert_eq!(shown("key: hunter2 # x", 0, 3, &[(5, 12)]), "key: [hidden]");
        assert_eq!(shown("key: |\n  hunter2\n  more", 9, 12, &[(5, 24)]), "[hidden]");
    }

    #[test]
    fn values_that_sound_like_secrets_are_hidden_unregistered() {
        assert_eq!(
            shown("  client_secret: hunter2", 0, 3, &[]),
            "  client_secret: [hidden]"
        );
        assert_eq!(
            shown("{\"password\":\"hunter2\"}", 0, 3, &[]),
            "{\"password\":\"[hidden]"
        );
        assert_eq!(shown("url: http://user:pass@node", 0, 3, &[]), "url: http://[hidden]");
    }

    #[test]
    fn references_to_secrets_are_shown() {
        assert_eq!(shown("secret: env:KEY", 0, 3, &[]), "secret: env:KEY");
        assert_eq!(
            shown("secret: \"file:/run/key\"", 0, 3, &[]),
            "secret: \"file:/run/key\""
        );
    }

    #[test]
    fn a_mistake_inside_a_secret_marks_the_replacement() {
        let file = FileId::default();
        let excerpt = Source::new("f", "secret: hunter2").excerpt(Span::new(file, 8, 15), &[]);
        assert_eq!((excerpt.text(), excerpt.marked()), ("secret: [hidden]", "[hidden]"));
    }

    #[test]
    fn positions_at_the_end_and_beyond() {
        let source = Source::new("f", "ab\ncd\n");
        assert_eq!(source.position(0), (1, 1));
        assert_eq!(source.position(2), (1, 3));
        assert_eq!(source.position(3), (2, 1));
        assert_eq!(source.position(6), (3, 1));
        assert_eq!(source.position(600), (3, 1));
    }
}
