//! Owns the `tx` section of a ruleset: ordered entries, of which the first that matches decides.

use std::sync::Arc;

use super::draft::{Dead, Draft, Values};
use super::facts::Facts;
use super::index::{Candidates, Index};
use super::matchers::{Matcher, Matchers, Mismatch};
use super::permission::Permissions;

/// One entry.
#[derive(Debug, Default)]
pub(crate) struct Entry {
    /// `name`.
    pub(crate) name: Option<Arc<str>>,
    /// The matchers without templates.
    pub(crate) matchers: Matchers,
    /// The matchers with templates; empty for most entries.
    pub(crate) draft: Draft,
    /// What a matching operation may be.
    pub(crate) permissions: Permissions,
}

/// All entries of a ruleset.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    entries: Vec<Entry>,
    drafts: Vec<u32>,
    index: Index,
}

/// The entries with templates, filled for one principal.
#[derive(Debug, Default)]
pub(crate) struct FilledRules {
    /// Sorted by number; entries that match nothing are absent.
    entries: Vec<(u32, Matchers)>,
    dead: Vec<(u32, Dead)>,
    index: Index,
}

/// What was found for an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// The first entry that matches.
    Entry(u32),
    /// None matches; the one that came nearest, of those that were looked at.
    Nothing {
        /// Entry, and the matcher that failed.
        nearest: Option<(u32, Matcher)>,
    },
    /// An entry could not be decided.
    Undecidable {
        /// Which entry.
        entry: u32,
        /// Which of its matchers.
        matcher: Matcher,
    },
}

impl Rules {
    /// Entries in the order of the file.
    pub(crate) fn new(entries: Vec<Entry>) -> Self {
        let numbered = || entries.iter().zip(0_u32..);
        let drafts = numbered()
            .filter(|(entry, _)| !entry.draft.is_empty())
            .map(|(_, number)| number)
            .collect();
        let ready = numbered().filter(|(entry, _)| entry.draft.is_empty());
        let index = Index::build(ready.map(|(entry, number)| (number, &entry.matchers)));
        Self { entries, drafts, index }
    }

    /// Fills the entries with templates.
    pub(crate) fn fill(&self, values: Values<'_>) -> FilledRules {
        let mut filled = FilledRules::default();
        for number in &self.drafts {
            let Some(entry) = self.entry(*number) else { continue };
            match entry.draft.fill(&entry.matchers, values) {
                Ok(matchers) => filled.entries.push((*number, matchers)),
                Err(dead) => filled.dead.push((*number, dead)),
            }
        }
        filled.index = Index::build(filled.entries.iter().map(|(number, matchers)| (*number, matchers)));
        filled
    }

    /// The first entry that matches, and of the ones before it that were looked at, the one that came nearest.
    pub(crate) fn find(&self, filled: &FilledRules, facts: &Facts<'_>) -> (Found, Option<(u32, Matcher)>) {
        let mut candidates = Candidates::none();
        self.index.candidates(facts, &mut candidates);
        filled.index.candidates(facts, &mut candidates);
        let mut nearest = None;
        loop {
            match candidates.next(facts) {
                Ok(Some(number)) => {
                    if let Some(found) = self.try_entry(filled, number, facts, &mut nearest) {
                        return (found, nearest);
                    }
                }
                Ok(None) => return (Found::Nothing { nearest }, nearest),
                // Whether anybody needs the sender is for the entries to say.
                Err(_) => return (self.find_by_walking(filled, facts), None),
            }
        }
    }

    /// The same without index.
    pub(crate) fn find_by_walking(&self, filled: &FilledRules, facts: &Facts<'_>) -> Found {
        let mut nearest = None;
        let numbers = (0_u32..).take(self.entries.len());
        let mut found = numbers.filter_map(|number| self.try_entry(filled, number, facts, &mut nearest));
        found.next().unwrap_or(Found::Nothing { nearest })
    }

    fn try_entry(
        &self,
        filled: &FilledRules,
        number: u32,
        facts: &Facts<'_>,
        nearest: &mut Option<(u32, Matcher)>,
    ) -> Option<Found> {
        match self.matchers(filled, number)?.check(facts) {
            Ok(()) => Some(Found::Entry(number)),
            Err(Mismatch::Undecidable(matcher)) => Some(Found::Undecidable { entry: number, matcher }),
            Err(Mismatch::Matcher(matcher)) => {
                if nearest.is_none_or(|(_, known)| matcher > known) {
                    *nearest = Some((number, matcher));
                }
                None
            }
        }
    }

    /// The matchers of an entry for a principal; none when it matches nothing.
    pub(crate) fn matchers<'r>(&'r self, filled: &'r FilledRules, number: u32) -> Option<&'r Matchers> {
        let entry = self.entry(number)?;
        if entry.draft.is_empty() {
            return Some(&entry.matchers);
        }
        let at = filled
            .entries
            .binary_search_by_key(&number, |(number, _)| *number)
            .ok()?;
        filled.entries.get(at).map(|(_, matchers)| matchers)
    }

    /// An entry by its number.
    pub(crate) fn entry(&self, number: u32) -> Option<&Entry> {
        self.entries.get(usize::try_from(number).ok()?)
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether a principal's values are needed at all.
    pub(crate) fn has_templates(&self) -> bool {
        !self.drafts.is_empty()
    }
}

impl FilledRules {
    /// Why an entry matches nothing for this principal.
    pub(crate) fn why_dead(&self, number: u32) -> Option<&Dead> {
        self.dead.iter().find(|(dead, _)| *dead == number).map(|(_, why)| why)
    }
}
