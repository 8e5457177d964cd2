//! The bodies, by the sections of the catalogue of attacks.

mod base;
mod carriers;
mod envelope;
mod lies;
mod mutations;
mod objects;
mod transactions;

use crate::case::Corpus;

/// All of them; the generated ones from `seed`.
pub(crate) fn all(seed: u64) -> Corpus {
    let mut corpus = Corpus::default();
    envelope::add(&mut corpus);
    objects::add(&mut corpus);
    lies::add(&mut corpus);
    carriers::add(&mut corpus);
    transactions::add(&mut corpus);
    mutations::add(&mut corpus, seed);
    corpus
}
