//! Tests of reading: documented examples load, mistakes are told all at once, YAML's traps are none.

use proptest::prelude::*;

use super::raw::{RawChainId, RawTenants};
use super::raw_identity::{RawClaim, RawSecret, RawVariable};
use super::raw_rules::{RawAddresses, RawProtected, RawSetMember};
use super::*;

const FULL: &str = include_str!("../../fixtures/full.yaml");

/// Code, line, column, message and hint of every finding.
fn told(report: &Report) -> Vec<(&'static str, usize, usize, &str, &str)> {
    let one = |f: &'_ crate::diagnostics::Finding| (f.code.as_str(), f.place.line, f.place.column);
    let findings = report.findings().iter();
    findings
        .map(|f| {
            (
                one(f).0,
                one(f).1,
                one(f).2,
                f.message.as_str(),
                f.hint.as_deref().unwrap_or(""),
            )
        })
        .collect()
}

fn mistakes(text: &str) -> Report {
    read("policy.yaml", text).map_or_else(|report| report, |document| document.mistakes())
}

fn clean(text: &str) -> Document {
    let document = read("policy.yaml", text).unwrap();
    assert_eq!(document.mistakes().render(false), "");
    document
}

fn codes(text: &str) -> Vec<&'static str> {
    mistakes(text)
        .findings()
        .iter()
        .map(|finding| finding.code.as_str())
        .collect()
}

mod examples {
    use super::*;

    #[test]
    fn every_key_of_the_language_is_read() {
        let document = clean(FULL);
        let raw = document.raw();
        assert_eq!(raw.version.as_deref(), Some(&1));
        assert_eq!(raw.chain_id.as_deref(), Some(&RawChainId::Pinned(31337)));
        assert_eq!(raw.listeners.as_ref().unwrap().value.len(), 2);
        assert_eq!(raw.limits.entries.len(), 13);
        assert_eq!(raw.jwt.as_ref().unwrap().issuers.len(), 5);
        let tx = &raw.rulesets[1].tx[0];
        assert_eq!(tx.name.as_ref().unwrap().value, "pay-suppliers");
        assert!(matches!(&tx.matchers.to, Some(RawAddresses::Set(name)) if name.value == "payees"));
        assert_eq!(tx.matchers.gas.as_ref().unwrap().gt.as_ref().unwrap().value, "20_000");
        assert_eq!(tx.matchers.value.as_ref().unwrap().eq.as_ref().unwrap().value, "0");
        assert_eq!(tx.matchers.protected.as_deref(), Some(&RawProtected::Any));
        assert_eq!(tx.permissions.raw.as_deref(), Some(&true));
        assert_eq!(tx.permissions.overrides.as_deref(), Some(&false));
        let other = &raw.rulesets[1].tx[1].matchers;
        assert_eq!(other.function.as_ref().unwrap().value.len(), 2);
        assert_eq!(other.types.as_ref().unwrap().value[0].value, "eip1559");
        assert!(matches!(&other.to, Some(RawAddresses::List(_, list)) if list.len() == 2));
        assert!(matches!(raw.sets[0].members[1], RawSetMember::File(_)));
    }

    #[test]
    fn needed_files_are_told_with_their_purpose() {
        let files: Vec<_> = clean(FULL)
            .files()
            .into_iter()
            .map(|need| (need.path, need.purpose))
            .collect();
        let expected = [
            ("payees.txt", FilePurpose::Set),
            ("tenants.yaml", FilePurpose::Tenants),
            ("credentials.yaml", FilePurpose::Credentials),
            ("idp-keys.json", FilePurpose::Jwks),
            ("pem.pem", FilePurpose::Pem),
            ("hs.key", FilePurpose::Secret),
        ];
        assert_eq!(files, expected.map(|(path, purpose)| (path.to_owned(), purpose)));
    }

    #[test]
    fn baf_application_credentials_load_unchanged() {
        let document = clean(include_str!("../../fixtures/baf/appcreds.json"));
        let appcreds = document.raw().appcreds.as_ref().unwrap();
        assert_eq!(appcreds.basic_auth.as_deref(), Some(&true));
        assert_eq!(appcreds.places.header.as_ref().unwrap().value, "X-Api-Key");
        assert_eq!(appcreds.places.cookie.as_ref().unwrap().value, "apikey");
        let rulesets: Vec<_> = appcreds
            .mappings
            .iter()
            .map(|mapping| mapping.ruleset.as_str())
            .collect();
        assert_eq!(rulesets, ["admin-rules", "rules1"]);
        assert!(
            matches!(&appcreds.mappings[0].claims[0], (name, RawClaim::Pattern(id)) if name.value == "id" && id.value == "u0abcd1234")
        );
    }

    #[test]
    fn baf_claim_mappings_load_unchanged() {
        let document = clean(include_str!("../../fixtures/baf/mappings.json"));
        let mapping = &document.raw().jwt.as_ref().unwrap().mappings[0];
        assert!(matches!(&mapping.claims[0].1, RawClaim::Pattern(email) if email.value == ".*@mydomain\\.com"));
        let RawClaim::Nested(_, access) = &mapping.claims[1].1 else {
            panic!("nested")
        };
        let names: Vec<_> = access.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["roles", "level", "approved"]);
        assert_eq!(document.raw().rulesets[0].name.value, "rules1");
        assert_eq!(document.raw().rulesets[0].tx.len(), 2);
    }

    #[test]
    fn multi_tenant_examples_load_unchanged() {
        let document = clean(include_str!("../../fixtures/baf/tenants.yaml"));
        assert_eq!(document.raw().tenants_tag.as_ref().unwrap().value, "node-a");
        let Some(RawTenants::List(tenants)) = &document.raw().tenants else {
            panic!("a list")
        };
        assert!(matches!(&tenants[0].vars[1].1, RawVariable::One(signer) if signer.value == "0x12..34"));
        let document = clean(include_str!("../../fixtures/baf/tennants.json"));
        assert_eq!(document.raw().tenants_tag.as_ref().unwrap().value, "shared-node");
    }
}

mod many_mistakes {
    use super::*;

    const TEN: &str = "\
version: 2
listeners:
  - addres: \"127.0.0.1:8550\"
    operator: yes
limits: { body: 4MB, head_timeout: 30, batch: many }
jwt:
  enabled: \"true\"
  mappings:
    - claims: { email: [ a ] }
      ruleset: apps
      ruleset: devs
rulesets:
  apps:
    tz: []
    chain: { info: 1 }
    tx:
      - args: { \"1\": 2 }
        types: [ eip1995 ]
";

    #[test]
    fn are_told_together_each_with_place_and_hint() {
        let report = mistakes(TEN);
        let told = told(&report);
        assert_eq!(
            told,
            [
                ("CG-P0008", 1, 10, "`version` must be between 1 and 1, not 2", ""),
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
}

mod traps {
    use super::*;

    #[test]
    fn syntax_is_one_problem_with_its_place() {
        for (text, line) in [
            ("version: 1\nlisteners: [ {\n", 2),
            ("version: 1\n  jwt: {}\n", 2),
            ("jwt:\n\tenabled: true\n", 2),
            ("{ \"version\": 1 \"jwt\": {} }", 1),
            ("a: *nowhere\n", 1),
            ("{ /* never closed", 1),
            ("a: \"open\n", 2),
        ] {
            let report = read("policy.yaml", text).err().unwrap();
            assert_eq!(report.len(), 1, "{text}: {report}");
            let finding = &report.findings()[0];
            assert_eq!(
                (finding.code, finding.place.line),
                (Code::SYNTAX, line),
                "{text}: {report}"
            );
        }
    }

    #[test]
    fn tabs_are_named() {
        let report = mistakes("jwt:\n\tenabled: true\n");
        assert_eq!(
            report.findings()[0].hint.as_deref(),
            Some("indent with spaces, not tabs"),
            "{report}"
        );
    }

    #[test]
    fn nothing_is_no_policy() {
        for text in ["", "\n\n", "# only a comment\n", "// only a comment\n{}x"] {
            assert!(!mistakes(text).is_empty(), "{text}");
        }
        assert_eq!(codes("null"), ["CG-P0005"]);
        assert_eq!(codes("[]"), ["CG-P0005"]);
        assert_eq!(codes("{}"), Vec::<&str>::new());
    }

    #[test]
    fn a_second_document_is_refused() {
        assert_eq!(codes("version: 1\n---\nversion: 1\n"), ["CG-P0012"]);
        assert_eq!(codes("---\nversion: 1\n...\n"), Vec::<&str>::new());
    }

    #[test]
    fn byte_order_mark_and_carriage_returns_do_not_matter() {
        let text = FULL.replace('\n', "\r\n");
        clean(&format!("\u{feff}{text}"));
        let report = mistakes("\u{feff}version: 1\r\nlistenerz: []\r\n");
        assert_eq!(told(&report)[0].1, 2);
        assert_eq!(report.findings()[0].place.text, "listenerz");
        assert_eq!(report.findings()[0].place.column, 1);
    }

    #[test]
    fn words_of_yaml_1_1_are_texts() {
        let document =
            clean("appcreds: { header: no, cookie: on, mappings: [ { claims: { a: yes }, ruleset: off } ] }\n");
        assert_eq!(
            document
                .raw()
                .appcreds
                .as_ref()
                .unwrap()
                .places
                .header
                .as_ref()
                .unwrap()
                .value,
            "no"
        );
        assert_eq!(codes("appcreds: { enabled: no }\n"), ["CG-P0005"]);
    }

    #[test]
    fn numbers_are_what_they_look_like() {
        assert_eq!(
            clean("chain_id: 0x10\n").raw().chain_id.as_deref(),
            Some(&RawChainId::Pinned(16))
        );
        assert_eq!(codes("chain_id: 010\n"), ["CG-P0008"]);
        assert_eq!(codes("chain_id: 1_000\n"), ["CG-P0005"]);
        assert_eq!(codes("chain_id: -1\n"), ["CG-P0008"]);
        assert_eq!(codes("chain_id: 18446744073709551616\n"), ["CG-P0008"]);
        assert_eq!(codes("chain_id: \"1\"\n"), ["CG-P0005"]);
        assert_eq!(codes("chain_id: 0\n"), ["CG-P0008"]);
        assert_eq!(codes("chain_id: 1e3\n"), ["CG-P0005"]);
        assert_eq!(codes("tenants_tag: 12\n"), ["CG-P0005"]);
        assert_eq!(codes("tenants_tag: 1.5\n"), ["CG-P0005"]);
        assert_eq!(
            clean("tenants_tag: 0x12\n").raw().tenants_tag.as_ref().unwrap().value,
            "0x12"
        );
    }

    #[test]
    fn a_key_without_value_is_told() {
        let report = mistakes("jwt:\nrulesets:\n  a:\n    tx:\n");
        let lines: Vec<_> = told(&report).iter().map(|told| (told.0, told.1)).collect();
        assert_eq!(lines, [("CG-P0005", 1), ("CG-P0005", 4)], "{report}");
    }

    #[test]
    fn duplicate_keys_are_found_at_every_depth() {
        assert_eq!(codes("version: 1\nversion: 1\n"), ["CG-P0004"]);
        assert_eq!(codes("{\"sets\": {\"a\": [], \"a\": []}}"), ["CG-P0004"]);
        assert_eq!(codes("rulesets: { a: {}, \"\\u0061\": {} }\n"), ["CG-P0004"]);
        assert_eq!(codes("tenants_tag: a\ntennants_tag: b\n"), ["CG-P0011"]);
    }

    #[test]
    fn anchors_repeat_values_and_cannot_explode() {
        let text = "sets:\n  a: &a [ 0x00000000000000000000000000000000000000aa ]\n  b: *a\n";
        assert_eq!(clean(text).raw().sets[1].members.len(), 1);
        let bomb: String = (1..10)
            .map(|n| format!("  a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 9].join(",")))
            .collect();
        assert_eq!(codes(&format!("sets:\n  a0: &a0 [x]\n{bomb}")), ["CG-P0002"]);
        let wide = vec!["*a"; 64].join(",");
        assert_eq!(codes(&format!("sets: {{ x: &a [], b: [{wide},*a] }}")), ["CG-P0002"]);
        assert_eq!(codes("sets: { a: &a [ *a ] }"), ["CG-P0012"]);
        assert_eq!(codes("rulesets: { a: &a { chain: {} }, b: { <<: *a } }"), ["CG-P0012"]);
    }

    #[test]
    fn tags_are_refused() {
        assert_eq!(codes("tenants_tag: !!str 1\n"), ["CG-P0012", "CG-P0005"]);
        assert_eq!(codes("jwt: !include x.yaml\n"), ["CG-P0012", "CG-P0005"]);
    }

    #[test]
    fn depth_and_size_have_limits() {
        let nested = |depth: usize| format!("sets: {}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(!codes(&nested(yaml::MAX_DEPTH - 1)).contains(&"CG-P0002"));
        assert_eq!(codes(&nested(yaml::MAX_DEPTH)), ["CG-P0002"]);
        assert_eq!(codes(&nested(100_000)), ["CG-P0002"]);
        let values = |count: usize| format!("sets: {{ a: [{}] }}", "x,".repeat(count));
        // The map, its key and value, twice, and the list.
        assert!(!codes(&values(yaml::POLICY.nodes - 5)).contains(&"CG-P0002"));
        assert_eq!(codes(&values(yaml::POLICY.nodes - 4)), ["CG-P0002"]);
        let padded = |size: usize| format!("version: 1\n#{}", " ".repeat(size - 12));
        assert!(codes(&padded(yaml::POLICY.bytes)).is_empty());
        assert_eq!(codes(&padded(yaml::POLICY.bytes + 1)), ["CG-P0002"]);
    }

    #[test]
    fn invisible_characters_are_refused() {
        assert_eq!(codes("tenants_tag: \"a\u{202e}b\"\n"), ["CG-P0001"]);
        assert_eq!(codes("tenants_tag: \"a\u{0}b\"\n"), ["CG-P0001"]);
        assert_eq!(codes("tenants_tag: \"a\u{7f}b\"\n"), ["CG-P0001"]);
    }

    #[test]
    fn json_escapes_and_slashes() {
        let document = clean(r#"{"tenants_tag": "\ud83d\ude00 \/ // \u0041", /* x */ "version": 1}"#);
        assert_eq!(document.raw().tenants_tag.as_ref().unwrap().value, "\u{1f600} / // A");
    }
}

mod secrets {
    use super::*;

    const INLINE: &str =
        "jwt: { issuers: [ { issuer: a, audiences: [b], algorithms: [HS256], keys: { secret: hunter2 } } ] }\n";

    #[test]
    fn a_literal_is_refused_and_never_shown() {
        let report = mistakes(INLINE);
        assert_eq!(report.findings()[0].code, Code::INLINE_SECRET);
        assert!(
            !format!("{report:?} {:?}", report.findings()).contains("hunter2"),
            "{report}"
        );
        let document = read("policy.yaml", INLINE).unwrap();
        assert!(!format!("{:?}", document.raw()).contains("hunter2"));
    }

    #[test]
    fn a_policy_may_say_that_it_is_a_demonstration() {
        let document = clean(&format!("insecure_inline_secrets: true\n{INLINE}"));
        let keys = document.raw().jwt.as_ref().unwrap().issuers[0].keys.as_ref().unwrap();
        assert_eq!(keys.secret.as_deref(), Some(&RawSecret::Literal("hunter2".to_owned())));
    }

    #[test]
    fn mistakes_around_a_secret_do_not_show_it() {
        for text in [
            "jwt: { issuers: [ { keys: { secrets: hunter2 } } ] }\n",
            "jwt: { issuers: [ { keys: { secret: [ hunter2 ] } } ] }\n",
            "password: hunter2\n",
            "jwt: { issuers: [ { keys: { secret: hunter2 \n",
            "{\"keys\": {\"client-secret\": \"hunter2\" \"x\"}}",
        ] {
            let report = mistakes(text);
            assert!(
                !report.is_empty() && !format!("{report} {:?}", report.findings()).contains("hunter2"),
                "{report}"
            );
        }
    }
}

mod beside {
    use super::*;

    fn with(files: &[(&str, &str)]) -> Inputs {
        Inputs {
            files: files
                .iter()
                .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
                .collect(),
        }
    }

    #[test]
    fn tenants_come_from_a_file_with_the_same_diagnostics() {
        let document = clean("tenants: { file: tenants.yaml }\n");
        let good = "- { id: acme, name: Acme, tags: [a], hosts: [acme.example], vars: { wallets: [0xaa, b], n: 5 } }\n";
        let mut problems = document.problems();
        let tenants = document.tenants(&with(&[("tenants.yaml", good)]), &mut problems);
        assert!(problems.is_empty());
        assert!(matches!(&tenants[0].vars[0].1, RawVariable::Many(list) if list.len() == 2));
        let bad = "- { id: acme }\n- { id: acme, vers: {} }\n- { name: x }\n";
        let _ = document.tenants(&with(&[("tenants.yaml", bad)]), &mut problems);
        let report = problems.into_report();
        let told: Vec<_> = told(&report)
            .into_iter()
            .map(|(code, line, column, ..)| (code, line, column))
            .collect();
        assert_eq!(
            told,
            [("CG-P0202", 2, 9), ("CG-P0003", 2, 15), ("CG-P0006", 3, 5)],
            "{report}"
        );
        assert_eq!(report.findings()[0].place.file, "tenants.yaml");
    }

    #[test]
    fn a_missing_file_is_told_where_it_is_named() {
        let document = clean("tenants: { file: nowhere.yaml }\nsets: { a: [ { file: nothing.txt } ] }\n");
        let mut problems = document.problems();
        let _ = document.tenants(&Inputs::default(), &mut problems);
        let _ = document.sets(&Inputs::default(), &mut problems);
        let report = problems.into_report();
        let told: Vec<_> = told(&report)
            .into_iter()
            .map(|(code, line, column, ..)| (code, line, column))
            .collect();
        assert_eq!(told, [("CG-P0201", 1, 18), ("CG-P0201", 2, 22)]);
    }

    #[test]
    fn sets_are_read_from_lists_and_files() {
        let a = "0x00000000000000000000000000000000000000aa";
        let b = "0x00000000000000000000000000000000000000BB";
        let document = clean(&format!("sets: {{ payees: [ {a}, {{ file: payees.txt }} ] }}\n"));
        let mut problems = document.problems();
        let text = format!("\u{feff}# suppliers\r\n{a}\r\n  {b} # second\r\n\r\n");
        let sets = document.sets(&with(&[("payees.txt", &text)]), &mut problems);
        assert!(problems.is_empty());
        assert_eq!(sets[0].addresses.len(), 2);
        let text = format!("{a}\n  0x123 # short\n{b}cc\nbb{b}\n");
        let _ = document.sets(&with(&[("payees.txt", &text)]), &mut problems);
        let report = problems.into_report();
        let told: Vec<_> = told(&report)
            .into_iter()
            .map(|(code, line, column, ..)| (code, line, column))
            .collect();
        assert_eq!(told, [("CG-P0203", 2, 3), ("CG-P0203", 3, 1), ("CG-P0203", 4, 1)]);
        assert_eq!(report.findings()[0].place.text, "0x123");
    }

    #[test]
    fn a_file_of_something_else_is_told_in_few_words() {
        let document = clean("sets: { a: [ { file: a.txt } ] }\n");
        let mut problems = document.problems();
        let _ = document.sets(&with(&[("a.txt", &"nonsense\n".repeat(10_000))]), &mut problems);
        assert_eq!(problems.len(), 21);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        let _ = mistakes(&text).render(false);
    }

    #[test]
    fn any_yaml_like_text_is_read_or_refused(text in "[\\[\\]{}:,&*!|>'\"#%@` \\t\\r\\n/a-c0-1x~<?.-]{0,120}") {
        let _ = mistakes(&text).render(true);
    }

    #[test]
    fn a_policy_with_holes_is_read_or_refused(from in 0..FULL.len(), length in 0_usize..40, patch in "[\\[\\]{}:, \\n\"']{0,4}") {
        let mut text = FULL.to_owned();
        let end = (from + length).min(text.len());
        text.replace_range(from..end, &patch);
        let report = mistakes(&text);
        for finding in report.findings() {
            prop_assert!(finding.place.line >= 1 && finding.place.column >= 1);
        }
        let _ = report.render(false);
    }
}
