//! YAML's traps.

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
    let document = clean("appcreds: { header: no, cookie: on, mappings: [ { claims: { a: yes }, ruleset: off } ] }\n");
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
