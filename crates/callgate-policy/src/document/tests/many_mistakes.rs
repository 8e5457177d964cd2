//! Mistakes are told together, each with place and hint.

use super::*;

const TEN: &str = include_str!("../../../fixtures/mistakes/of_text.yaml");

#[test]
fn are_told_together_each_with_place_and_hint() {
    let report = mistakes(TEN);
    let told = told(&report);
    assert_eq!(
        told,
        [
            ("CG-P0008", 1, 10, "`version` must be 1, not 2", ""),
            (
                "CG-P0003",
                3,
                5,
                "unknown key `addres` in an item of `listeners`",
                "did you mean `address`?"
            ),
            (
                "CG-P0005",
                4,
                15,
                "`operator` must be `true` or `false`, not the text `yes`",
                "write `true`"
            ),
            ("CG-P0010", 5, 17, "`body` must be a size, not `4MB`", "write `4MiB`"),
            (
                "CG-P0009",
                5,
                36,
                "`head_timeout` must be a duration, not `30`",
                "add a unit: `30s`"
            ),
            (
                "CG-P0005",
                5,
                47,
                "`batch` must be a whole number, not the text `many`",
                ""
            ),
            (
                "CG-P0005",
                7,
                12,
                "`enabled` must be `true` or `false`, not the text `true`",
                "write `true`"
            ),
            (
                "CG-P0005",
                9,
                24,
                "the claim `email` must be a single value or a map, not a list",
                ""
            ),
            (
                "CG-P0004",
                11,
                7,
                "the key `ruleset` is written twice",
                "keep one of them"
            ),
            (
                "CG-P0003",
                14,
                5,
                "unknown key `tz` in the ruleset `apps`",
                "did you mean `tx`?"
            ),
            (
                "CG-P0005",
                15,
                20,
                "`info` must be `true` or `false`, not `1`",
                "write `true`"
            ),
            (
                "CG-P0003",
                17,
                9,
                "unknown key `args` in an item of `tx`",
                "`args` is not available in this version, it would have no effect"
            ),
            (
                "CG-P0007",
                18,
                18,
                "an item of `types` must be `legacy`, `eip2930`, `eip1559`, `eip4844` or `eip7702`, not `eip1995`",
                "did you mean `eip1559`?"
            ),
        ]
    );
}

const TEXT_AND_MEANING: &str = include_str!("../../../fixtures/mistakes/of_text_and_meaning.yaml");

#[test]
fn of_text_and_of_meaning_are_told_together() {
    let document = read("policy.yaml", TEXT_AND_MEANING).unwrap();
    let report = crate::compile(&document, &Inputs::default()).unwrap_err();
    let errors = report
        .findings()
        .iter()
        .filter(|finding| finding.severity == crate::Severity::Error);
    let places: Vec<_> = errors
        .map(|f| (f.code.as_str(), f.place.line, f.place.text.as_str()))
        .collect();
    assert_eq!(
        places,
        [
            ("CG-P0101", 1, "localhost:8550"),
            ("CG-P0103", 2, "\"http://127.0.0.1:8551\""),
            ("CG-P0104", 3, "\"0.0.0.0:9550\""),
            ("CG-P0201", 4, "nowhere.yaml"),
            ("CG-P0005", 6, "maybe"),
            ("CG-P0303", 8, "HS256"),
            ("CG-P0401", 10, "\"(\""),
            ("CG-P0306", 11, "aps"),
            ("CG-P0203", 12, "0x12"),
            ("CG-P0003", 15, "chian"),
            ("CG-P0403", 17, "payee"),
            ("CG-P0404", 17, "\"transfer(addres)\""),
            ("CG-P0405", 17, "1 gwai"),
        ],
        "{report}"
    );
}

#[test]
fn a_drawing_underlines_the_text() {
    let drawn = mistakes(TEN).render(false);
    let expected = "\
error[CG-P0003]: unknown key `addres` in an item of `listeners`
 --> policy.yaml:3:5
  |
3 |   - addres: \"127.0.0.1:8550\"
  |     ^^^^^^
  |
  = help: did you mean `address`?
";
    assert!(drawn.contains(expected), "{drawn}");
    let expected = "\
error[CG-P0004]: the key `ruleset` is written twice
  --> policy.yaml:11:7
   |
11 |       ruleset: devs
   |       ^^^^^^^
   |
  ::: policy.yaml:10:7
   |
10 |       ruleset: apps
   |       ------- first written here
";
    assert!(drawn.contains(expected), "{drawn}");
}

#[test]
fn missing_keys_are_told_once() {
    let report = mistakes("listeners: [ { name: a } ]\nupstreams: [ {} ]\njwt: { mappings: [ { claims: {} } ] }\n");
    let told: Vec<_> = told(&report)
        .into_iter()
        .map(|(code, line, _, message, _)| (code, line, message))
        .collect();
    assert_eq!(
        told,
        [
            ("CG-P0006", 1, "an item of `listeners` has no `address`"),
            ("CG-P0006", 2, "an item of `upstreams` has no `url`"),
            ("CG-P0006", 3, "an item of `mappings` has no `ruleset`"),
        ]
    );
}

#[test]
fn later_keys_are_refused_wherever_they_stand() {
    for text in [
        "users: {}",
        "abis: {}",
        "shadow: x.yaml",
        "rulesets: { a: { reads: [] } }",
        "rulesets: { a: { limits: {} } }",
        "rulesets: { a: { rego: x } }",
        "rulesets: { a: { tx: [ { nonce: 1 } ] } }",
        "rulesets: { a: { tx: [ { blobs: 1 } ] } }",
        "appcreds: { credentials: { file: a, dir: b } }",
    ] {
        let report = mistakes(text);
        let hints: Vec<_> = report
            .findings()
            .iter()
            .filter_map(|finding| finding.hint.as_deref())
            .collect();
        assert!(
            matches!(hints.as_slice(), [hint] if hint.contains("not available in this version")),
            "{text}: {hints:?}"
        );
    }
}

#[test]
fn too_many_are_counted() {
    let text = "x".to_owned() + &(0..500).map(|n| format!("{n}: 1\nx")).collect::<String>() + ": 1\n";
    let report = mistakes(&text);
    assert_eq!(report.findings().len(), crate::diagnostics::MAX_PROBLEMS);
    assert_eq!(report.len(), 501);
    assert!(report.render(false).contains("and 301 more"));
}
