//! Owns how text of the author is quoted in messages, and which known word an unknown one
//! probably was.

/// Characters of a quoted text before it is cut.
const QUOTE_LENGTH: usize = 60;
/// Longer words are not compared: nobody mistypes fifty characters, and comparing costs a square.
const GUESS_LENGTH: usize = 48;

/// A text of the author in backticks: one line, no control characters, not endless.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(QUOTE_LENGTH).flat_map(plain).collect();
    if text.chars().nth(QUOTE_LENGTH).is_some() {
        shown.push('\u{2026}');
    }
    format!("`{shown}`")
}

fn plain(character: char) -> Vec<char> {
    match character {
        '`' => vec!['\''],
        _ if character.is_control() => character.escape_default().collect(),
        _ => vec![character],
    }
}

/// The candidate that looks most like `word`, when one looks enough like it.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > GUESS_LENGTH {
        return None;
    }
    let lower = word.to_ascii_lowercase();
    let limit = word.chars().count().div_ceil(3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= GUESS_LENGTH)
        .map(|candidate| (strsim::osa_distance(&lower, &candidate.to_ascii_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// "did you mean `x`?" for the nearest candidate.
#[must_use]
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}

/// Words in backticks with commas and a last "or".
#[must_use]
pub fn one_of(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistyped_words_are_guessed_and_strange_ones_are_not() {
        let keys = ["tx", "chain", "methods", "namespaces"];
        assert_eq!(nearest("tz", keys), Some("tx"));
        assert_eq!(nearest("method", keys), Some("methods"));
        assert_eq!(nearest("Chain", keys), Some("chain"));
        assert_eq!(nearest("hcain", keys), Some("chain"));
        assert_eq!(nearest("banana", keys), None);
        assert_eq!(nearest(&"x".repeat(100_000), keys), None);
    }

    #[test]
    fn quotes_are_one_short_line() {
        assert_eq!(quoted("a\nb`c"), "`a\\nb'c`");
        assert_eq!(quoted(&"x".repeat(1000)).chars().count(), QUOTE_LENGTH + 3);
    }

    #[test]
    fn alternatives_read_as_a_sentence() {
        assert_eq!(one_of(&["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(one_of(&["a"]), "`a`");
    }
}
