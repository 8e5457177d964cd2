//! When two member names are the same name for somebody: after case folding.
//!
//! Nodes exist that match names in any letter case, by Unicode's rules (`ſ` is an s, the Kelvin sign a k). So names that
//! differ only in case count as duplicates, here and for every reader behind.

use std::hash::BuildHasher;

use crate::error::{ParseError, ParseErrorKind};
use crate::tape::{Tape, TokenKind};

/// Up to so many members are compared pair by pair: cheaper than hashing, and 28 comparisons at most.
const PAIRWISE_MEMBERS: u32 = 8;

/// Which characters a body consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Letters {
    /// ASCII alone: names without escapes fold byte by byte.
    Ascii,
    /// Any.
    Unicode,
}

impl Letters {
    pub(crate) fn of(text: &str) -> Self {
        if text.is_ascii() { Self::Ascii } else { Self::Unicode }
    }
}

/// Refuses an object two of whose names are equal after folding.
///
/// `object` is the object's token, and everything in it is on the tape already. Costs O(members · log members).
pub(crate) fn refuse_duplicates(text: &str, letters: Letters, tape: &mut Tape, object: u32) -> Result<(), ParseError> {
    let count = tape.token(object).first;
    if count < 2 {
        return Ok(());
    }
    let mut names = std::mem::take(&mut tape.names);
    names.clear();
    collect_names(tape, object, &mut names);
    let duplicate = if count > PAIRWISE_MEMBERS {
        hashed(text, tape, &mut names)
    } else if letters == Letters::Ascii && tape.scratch.is_empty() {
        pairwise(text, tape, &names, str::eq_ignore_ascii_case)
    } else {
        pairwise(text, tape, &names, same_name)
    };
    tape.names = names;
    match duplicate {
        None => Ok(()),
        Some((one, other)) => {
            let (one, other) = (tape.token(one).at as usize, tape.token(other).at as usize);
            Err(ParseError::new(
                ParseErrorKind::DuplicateName { first: one.min(other) },
                one.max(other),
            ))
        }
    }
}

fn collect_names(tape: &Tape, object: u32, names: &mut Vec<(u64, u32)>) {
    let mut index = object + 1;
    for _ in 0..tape.token(object).first {
        names.push((0, index));
        index = after(tape, index + 1);
    }
}

/// The token that follows a value and all that is in it.
fn after(tape: &Tape, index: u32) -> u32 {
    let token = tape.token(index);
    match token.kind {
        TokenKind::Array | TokenKind::Object => token.last,
        _ => index + 1,
    }
}

fn pairwise(text: &str, tape: &Tape, names: &[(u64, u32)], same: impl Fn(&str, &str) -> bool) -> Option<(u32, u32)> {
    let mut rest = names;
    while let Some((&(_, one), others)) = rest.split_first() {
        let name = name(text, tape, one);
        if let Some(&(_, other)) = others
            .iter()
            .find(|&&(_, other)| same(name, self::name(text, tape, other)))
        {
            return Some((one, other));
        }
        rest = others;
    }
    None
}

fn hashed(text: &str, tape: &mut Tape, names: &mut [(u64, u32)]) -> Option<(u32, u32)> {
    let mut folded = std::mem::take(&mut tape.folded);
    for (hash, index) in names.iter_mut() {
        folded.clear();
        fold_into(name(text, tape, *index), &mut folded);
        *hash = tape.hashing.hash_one(folded.as_str());
    }
    tape.folded = folded;
    names.sort_unstable();
    // Names that are equal have equal hashes; within a run of equal hashes the names themselves decide.
    names
        .chunk_by(|one, other| one.0 == other.0)
        .find_map(|run| pairwise(text, tape, run, same_name))
}

fn name<'t>(text: &'t str, tape: &'t Tape, index: u32) -> &'t str {
    let token = tape.token(index);
    let whole = if token.kind == TokenKind::EscapedName {
        tape.scratch.as_str()
    } else {
        text
    };
    whole.get(token.first as usize..token.last as usize).unwrap_or_default()
}

/// Whether two names are equal after case folding.
pub(crate) fn same_name(one: &str, other: &str) -> bool {
    if one.is_ascii() && other.is_ascii() {
        one.eq_ignore_ascii_case(other)
    } else {
        one.chars().flat_map(folded).eq(other.chars().flat_map(folded))
    }
}

fn fold_into(name: &str, out: &mut String) {
    if name.is_ascii() {
        out.push_str(name);
        out.make_ascii_lowercase();
    } else {
        out.extend(name.chars().flat_map(folded));
    }
}

/// Lower case of upper case of lower case: whatever two characters any of the common foldings (simple, full, by lower
/// case, by upper case) takes for one, this does too.
fn folded(character: char) -> impl Iterator<Item = char> {
    character
        .to_lowercase()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_some_reader_takes_for_one_are_one() {
        for (one, other) in [
            ("params", "param\u{17f}"),
            ("kind", "\u{212a}ind"),
            ("Σ", "ς"),
            ("ß", "ẞ"),
            ("method", "METHOD"),
            ("µ", "μ"),
        ] {
            assert!(same_name(one, other), "{one} {other}");
        }
        assert!(!same_name("from", "form"));
        assert!(!same_name("é", "e"));
    }

    #[test]
    fn folding_agrees_with_lower_and_upper_case_of_every_character() {
        // Of a character that has no other case the rest is true by itself.
        let has_case =
            |character: &char| !character.to_lowercase().eq([*character]) || !character.to_uppercase().eq([*character]);
        for character in (char::MIN..=char::MAX).filter(has_case) {
            assert!(
                folded(character).eq(character.to_lowercase().flat_map(folded)),
                "{character:?}"
            );
            assert!(
                folded(character).eq(character.to_uppercase().flat_map(folded)),
                "{character:?}"
            );
        }
    }

    #[test]
    fn both_ways_of_folding_agree() {
        for name in ["", "Params", "ſ\u{212a}", "ΑΣ", "straße"] {
            let mut out = String::new();
            fold_into(name, &mut out);
            assert!(out.chars().eq(name.chars().flat_map(folded)));
        }
    }
}
