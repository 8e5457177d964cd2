//! Owns comments and tabs of JSON: JSON is read as YAML, which knows no `//` and dislikes tabs, so both
//! become spaces first. No byte moves: places stay those of the file.

use std::borrow::Cow;

/// A comment that is never closed, by the byte where it begins.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unclosed(pub(super) usize);

/// Whether a text is JSON: its first character that is no space and no comment opens an object or a list.
pub(super) fn is_json(text: &str) -> bool {
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let comment_end = if rest.starts_with("//") || rest.starts_with('#') {
            rest.find('\n')
        } else if rest.starts_with("/*") {
            rest.find("*/").map(|at| at.saturating_add(2))
        } else {
            return rest.starts_with(['{', '[']);
        };
        let Some(next) = comment_end.and_then(|end| rest.get(end..)) else {
            return false;
        };
        rest = next;
    }
}

/// Replaces `//` and `/* */` comments and tabs outside strings by spaces.
pub(super) fn without_comments(text: &str) -> Result<Cow<'_, str>, Unclosed> {
    let mut bytes = text.as_bytes().to_vec();
    let mut cursor = Cursor {
        bytes: &mut bytes,
        at: 0,
    };
    while let Some(byte) = cursor.here() {
        match byte {
            b'"' | b'\'' if cursor.begins_token() => cursor.skip_string(byte),
            b'#' if cursor.begins_token() => cursor.skip_line(),
            b'/' if cursor.next() == Some(b'/') && cursor.begins_comment() => cursor.blank_line(),
            b'/' if cursor.next() == Some(b'*') && cursor.begins_comment() => cursor.blank_block()?,
            b'\t' => cursor.blank(1),
            _ => cursor.at = cursor.at.saturating_add(1),
        }
    }
    // Only whole characters were replaced, by ASCII: this is still UTF-8.
    Ok(String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned))
}

struct Cursor<'b> {
    bytes: &'b mut [u8],
    at: usize,
}

impl Cursor<'_> {
    fn here(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn next(&self) -> Option<u8> {
        self.bytes.get(self.at.saturating_add(1)).copied()
    }

    fn back(&self, steps: usize) -> Option<u8> {
        self.bytes.get(self.at.checked_sub(steps)?).copied()
    }

    /// A quote or `#` inside a word is part of it, as in `don't`.
    fn begins_token(&self) -> bool {
        self.back(1)
            .is_none_or(|before| before.is_ascii_whitespace() || b",[{:".contains(&before))
    }

    /// `http://…` without quotes is no comment; `"key": // …` and `"key":// …` are.
    fn begins_comment(&self) -> bool {
        match self.back(1) {
            Some(b':') => matches!(self.back(2), Some(b'"' | b'\'')),
            Some(before) => {
                before.is_ascii_whitespace() || b",[]{}\"'/".contains(&before) || before.is_ascii_alphanumeric()
            }
            None => true,
        }
    }

    fn blank(&mut self, count: usize) {
        for _ in 0..count {
            if let Some(byte) = self.bytes.get_mut(self.at)
                && !matches!(byte, b'\n' | b'\r')
            {
                *byte = b' ';
            }
            self.at = self.at.saturating_add(1);
        }
    }

    fn skip_line(&mut self) {
        while self.here().is_some_and(|byte| byte != b'\n') {
            self.at = self.at.saturating_add(1);
        }
    }

    fn blank_line(&mut self) {
        while self.here().is_some_and(|byte| byte != b'\n') {
            self.blank(1);
        }
    }

    fn blank_block(&mut self) -> Result<(), Unclosed> {
        let start = self.at;
        self.blank(2);
        while let Some(byte) = self.here() {
            if byte == b'*' && self.next() == Some(b'/') {
                self.blank(2);
                return Ok(());
            }
            self.blank(1);
        }
        Err(Unclosed(start))
    }

    /// To the closing quote. In double quotes a backslash protects; in single ones a doubled quote
    /// is two strings, which comes to the same.
    fn skip_string(&mut self, quote: u8) {
        self.at = self.at.saturating_add(1);
        while let Some(byte) = self.here() {
            let step = if byte == b'\\' && quote == b'"' { 2 } else { 1 };
            self.at = self.at.saturating_add(step);
            if byte == quote && self.here() == Some(quote) && quote == b'\'' {
                self.at = self.at.saturating_add(1);
            } else if byte == quote {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripped(text: &str) -> String {
        let stripped = without_comments(text).unwrap().into_owned();
        assert_eq!(stripped.len(), text.len());
        stripped
    }

    #[test]
    fn comments_become_spaces_and_nothing_moves() {
        assert_eq!(
            stripped("{ // a\n\"b\": 1 /* c\nd */ }"),
            "{     \n\"b\": 1     \n     }"
        );
        assert_eq!(stripped("{\"a\":// x\n1}"), "{\"a\":    \n1}");
        assert_eq!(stripped("{\"a\":1// x\n}"), "{\"a\":1    \n}");
    }

    #[test]
    fn strings_keep_their_slashes() {
        for text in [
            r#"{"a": "http://b/*c*/"}"#,
            r#"{"a": "\"// x"}"#,
            r#"{"a": "\\"}"#,
            "{a: 'it''s // x'}",
            "{a: http://b}",
        ] {
            assert_eq!(stripped(text), text);
        }
        assert_eq!(stripped(r#"{"a": "\\" // x"#), r#"{"a": "\\"     "#);
    }

    #[test]
    fn characters_of_several_bytes_in_comments() {
        assert_eq!(stripped("{ // \u{e9}\u{1f600}\n}"), format!("{{ {}\n}}", " ".repeat(9)));
    }

    #[test]
    fn an_open_comment_is_told_by_its_start() {
        assert_eq!(without_comments("{ /* a"), Err(Unclosed(2)));
    }

    #[test]
    fn json_is_known_by_its_first_character() {
        assert!(is_json(" // x\n /* y */ # z\n {"));
        assert!(is_json("[1]"));
        assert!(!is_json("version: 1"));
        assert!(!is_json("--- {}"));
        assert!(!is_json("// only"));
        assert!(!is_json("/* open {"));
        assert!(!is_json(""));
    }
}
