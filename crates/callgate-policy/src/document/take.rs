//! Owns taking a checked tree apart. Asks no questions: what has the wrong form was noted by `check` and
//! is simply absent here.

use super::node::{Entry, Node, Scalar};
use super::raw::{Switch, Text};
use super::units;
use crate::diagnostics::{Span, Spanned};

/// The members of a section.
#[derive(Clone, Copy)]
pub(super) struct Fields<'n> {
    pub(super) span: Span,
    entries: &'n [Entry],
}

impl<'n> Fields<'n> {
    pub(super) fn of(node: &'n Node) -> Self {
        Self {
            span: node.span,
            entries: node.entries(),
        }
    }

    pub(super) fn node(self, key: &str) -> Option<&'n Node> {
        self.entries
            .iter()
            .find(|entry| entry.key.value == key)
            .map(|entry| &entry.value)
    }

    pub(super) fn section(self, key: &str) -> Option<Self> {
        self.node(key).map(Self::of)
    }

    /// The entries of a map with free names.
    pub(super) fn map(self, key: &str) -> &'n [Entry] {
        self.node(key).map_or(&[], Node::entries)
    }

    pub(super) fn list(self, key: &str) -> &'n [Node] {
        self.node(key).map_or(&[], Node::items)
    }

    pub(super) fn text(self, key: &str) -> Option<Text> {
        self.node(key).and_then(text)
    }

    /// The texts of a list; a single text counts as a list of one.
    pub(super) fn texts(self, key: &str) -> Vec<Text> {
        self.node(key).map(texts).unwrap_or_default()
    }

    /// As `texts`, and whether the key was written at all.
    pub(super) fn spanned_texts(self, key: &str) -> Option<Spanned<Vec<Text>>> {
        self.node(key).map(|node| Spanned::new(texts(node), node.span))
    }

    pub(super) fn switch(self, key: &str) -> Option<Switch> {
        self.node(key).and_then(switch)
    }

    pub(super) fn integer(self, key: &str) -> Option<Spanned<u64>> {
        let node = self.node(key)?;
        Some(Spanned::new(units::integer(node.scalar()?)?, node.span))
    }
}

/// A text, unless it is null.
pub(super) fn text(node: &Node) -> Option<Text> {
    node.text().filter(|_| node.meaning() != Some(Scalar::Null))
}

pub(super) fn texts(node: &Node) -> Vec<Text> {
    text(node)
        .into_iter()
        .chain(node.items().iter().filter_map(text))
        .collect()
}

pub(super) fn switch(node: &Node) -> Option<Switch> {
    match node.meaning() {
        Some(Scalar::Switch(value)) => Some(Spanned::new(value, node.span)),
        _ => None,
    }
}
