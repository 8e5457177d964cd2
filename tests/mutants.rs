//! The list of breaks: what it breaks is there, once. `tests/tools/mutants` puts each in and demands that a test fails.

use crate::support::repository;

#[test]
fn every_break_of_the_list_still_fits_the_code() {
    let list = std::fs::read_to_string(repository("tests/tools/mutants.txt")).unwrap();
    let breaks: Vec<_> = list.split("\n--- ").skip(1).collect();
    assert!(breaks.len() >= 60, "{} breaks", breaks.len());
    for one in breaks {
        let (name, rest) = one.split_once('\n').unwrap();
        let path = rest.lines().nth(1).unwrap();
        let part = |mark: &str| {
            let lines: Vec<_> = rest.lines().filter_map(|line| line.strip_prefix(mark)).collect();
            lines.join("\n")
        };
        let (old, new) = (part("< "), part("> "));
        let code = std::fs::read_to_string(repository(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert_eq!(code.matches(&old).count(), 1, "{path} does not have it once: {name}");
        assert_ne!(old, new, "{name} changes nothing");
    }
}
