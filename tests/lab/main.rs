//! The lab: a corpus of bodies, run on real nodes as they are and through Callgate.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::string_slice,
    reason = "tests"
)]

#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "the black-box suite uses the rest")]
mod support;

mod case;
mod corpus;
mod world;

#[test]
fn the_corpus_is_large_and_nothing_stands_in_it_twice() {
    let corpus = corpus::all(1);
    let cases = corpus.cases();
    assert!(cases.len() >= 2500, "{} bodies", cases.len());
    let mut names: Vec<_> = cases.iter().map(|case| (case.group, &case.name)).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), cases.len(), "two cases have one name");
}
