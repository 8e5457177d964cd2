//! Owns the index of `tx` entries: which entries can match an operation, found by hash of `to` and
//! then of `from`, so that ten thousand entries cost what ten do. The index only leaves out
//! entries that surely do not match; one that may be undecidable stays in. Order and matching stay those of the list.

use std::collections::HashMap;
use std::sync::Arc;

use alloy_primitives::Address;
use smallvec::SmallVec;

use super::facts::{Facts, Unrecoverable};
use super::matchers::Matchers;
use crate::matcher::address::{AddressSet, Addresses};

/// Up to this many entries a walk is as quick as a lookup.
const SMALL: usize = 8;

/// From this many entries for one callee on, those that name senders are found by sender. Below,
/// their cheap matchers are tried first, and a signature is recovered only when those hold.
const MANY_FOR_ONE_CALLEE: usize = 16;

/// An entry with more addresses than this is not spread over the index.
const MAX_KEYS: usize = 1024;

/// Entries by what they ask of `to`. Numbers are positions in the list.
#[derive(Debug, Default)]
pub(crate) struct Index {
    by_callee: HashMap<Address, Bucket>,
    by_set: Vec<(Arc<AddressSet>, Bucket)>,
    anywhere: Bucket,
}

#[derive(Debug, Default)]
struct Bucket {
    entries: Vec<u32>,
    by_sender: Option<Box<BySender>>,
}

#[derive(Debug, Default)]
struct BySender {
    entries: HashMap<Address, Vec<u32>>,
    first: u32,
}

/// The entries that can match, in order; lists by sender are opened only when their turn comes.
pub(crate) struct Candidates<'i> {
    open: SmallVec<[&'i [u32]; 8]>,
    closed: SmallVec<[&'i BySender; 4]>,
}

impl Index {
    /// Indexes entries, given with their numbers in ascending order.
    pub(crate) fn build<'m>(entries: impl Iterator<Item = (u32, &'m Matchers)> + Clone) -> Self {
        let mut index = Self::default();
        let is_small = entries.clone().count() <= SMALL;
        for (number, matchers) in entries.clone() {
            match &matchers.to {
                Some(to) if !is_small && is_spreadable(to) => index.spread(number, to),
                _ => index.anywhere.entries.push(number),
            }
        }
        if !is_small {
            let by_number: HashMap<u32, &Matchers> = entries.collect();
            let sets = index.by_set.iter_mut().map(|(_, bucket)| bucket);
            for bucket in index.by_callee.values_mut().chain(sets).chain([&mut index.anywhere]) {
                bucket.split_by_sender(&by_number);
            }
        }
        index
    }

    fn spread(&mut self, number: u32, to: &Addresses) {
        for address in to.exact() {
            self.by_callee.entry(*address).or_default().entries.push(number);
        }
        for set in to.sets() {
            match self.by_set.iter_mut().find(|(known, _)| Arc::ptr_eq(known, set)) {
                Some((_, bucket)) => bucket.push_once(number),
                None => self.by_set.push((
                    Arc::clone(set),
                    Bucket {
                        entries: vec![number],
                        by_sender: None,
                    },
                )),
            }
        }
    }

    /// Adds what can match these facts.
    pub(crate) fn candidates<'i>(&'i self, facts: &Facts<'_>, out: &mut Candidates<'i>) {
        out.add(&self.anywhere);
        let Some(callee) = facts.callee() else { return };
        if let Some(bucket) = self.by_callee.get(&callee) {
            out.add(bucket);
        }
        for (set, bucket) in &self.by_set {
            if set.contains(&callee) {
                out.add(bucket);
            }
        }
    }
}

impl Bucket {
    fn push_once(&mut self, number: u32) {
        if self.entries.last() != Some(&number) {
            self.entries.push(number);
        }
    }

    fn split_by_sender(&mut self, matchers: &HashMap<u32, &Matchers>) {
        if self.entries.len() <= MANY_FOR_ONE_CALLEE {
            return;
        }
        let mut split = BySender {
            first: u32::MAX,
            ..BySender::default()
        };
        self.entries.retain(|number| {
            let from = matchers.get(number).and_then(|matchers| matchers.from.as_ref());
            // One that names nobody has no list by sender to be in, and must not be lost: an operation whose
            // sender cannot be recovered is undecidable there.
            let names_senders =
                |from: &&Arc<Addresses>| is_spreadable(from) && from.sets().is_empty() && !from.exact().is_empty();
            let Some(from) = from.filter(names_senders) else {
                return true;
            };
            split.first = split.first.min(*number);
            for address in from.exact() {
                split.entries.entry(*address).or_default().push(*number);
            }
            false
        });
        if !split.entries.is_empty() {
            self.by_sender = Some(Box::new(split));
        }
    }
}

impl<'i> Candidates<'i> {
    /// No candidates yet.
    pub(crate) fn none() -> Self {
        Self {
            open: SmallVec::new(),
            closed: SmallVec::new(),
        }
    }

    fn add(&mut self, bucket: &'i Bucket) {
        if !bucket.entries.is_empty() {
            self.open.push(&bucket.entries);
        }
        if let Some(by_sender) = &bucket.by_sender {
            self.closed.push(by_sender);
        }
    }

    /// The next entry in order.
    ///
    /// # Errors
    /// The sender is needed to know it, and the signature recovers nobody.
    pub(crate) fn next(&mut self, facts: &Facts<'_>) -> Result<Option<u32>, Unrecoverable> {
        let mut next = self.smallest();
        while let Some(at) = self
            .closed
            .iter()
            .position(|list| next.is_none_or(|next| list.first < next))
        {
            let list = self.closed.swap_remove(at);
            if let Some(entries) = list.entries.get(&facts.sender()?) {
                self.open.push(entries);
                next = self.smallest();
            }
        }
        let Some(next) = next else { return Ok(None) };
        for list in &mut self.open {
            if let Some((first, rest)) = list.split_first()
                && *first == next
            {
                *list = rest;
            }
        }
        Ok(Some(next))
    }

    fn smallest(&self) -> Option<u32> {
        self.open.iter().filter_map(|list| list.first().copied()).min()
    }
}

fn is_spreadable(addresses: &Addresses) -> bool {
    addresses.patterns().is_empty() && addresses.exact().len() <= MAX_KEYS
}
