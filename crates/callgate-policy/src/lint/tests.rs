//! Tests of warnings: each is told where it should, and not where it should not.

use super::*;
use crate::diagnostics::Report;
use crate::document;

fn linted(text: &str) -> Report {
    let document = document::read("policy.yaml", text).unwrap();
    let mut problems = document.problems();
    lint(&document, &mut problems);
    let report = problems.into_report();
    assert_eq!(report.errors(), 0, "{report}");
    report
}

fn told(text: &str) -> Vec<(&'static str, usize)> {
    linted(text)
        .findings()
        .iter()
        .map(|finding| (finding.code.as_str(), finding.place.line))
        .collect()
}

fn mappings(lines: &str) -> String {
    format!("rulesets: {{ a: {{}} }}\njwt:\n  enabled: true\n  mappings:\n{lines}")
}

#[test]
fn an_unescaped_dot_of_a_name_is_told() {
    let text = |pattern: &str| mappings(&format!("    - {{ claims: {{ email: '{pattern}' }}, ruleset: a }}\n"));
    for pattern in [".*@example.com", "a.b", "(x|node-1.eu)"] {
        assert_eq!(told(&text(pattern)), [("CG-P0901", 5)], "{pattern}");
    }
    for pattern in [
        ".*@example\\.com",
        ".+",
        "dev.*",
        "a[.]b",
        "{{.org}}",
        "x{{a.b}}",
        "a.?b",
        "\\w.x",
        "v1.{2}",
    ] {
        assert_eq!(told(&text(pattern)), [], "{pattern}");
    }
    assert_eq!(
        linted(&text("a.b")).findings()[0].hint.as_deref(),
        Some("to match a dot write `a\\.b`, in double quotes with the backslash doubled")
    );
}

#[test]
fn nested_claims_are_looked_at() {
    let text = mappings("    - { claims: { a: { b: x.y } }, ruleset: a }\n");
    assert_eq!(told(&text), [("CG-P0901", 5)]);
}

#[test]
fn a_mapping_behind_a_wider_one_is_told() {
    for (earlier, later) in [
        ("{ id: '.+' }", "{ id: u1 }"),
        ("{}", "{ id: u1 }"),
        ("{ id: u1 }", "{ id: u1 }"),
        ("{ id: u1 }", "{ id: u1, b: c }"),
        ("{ a: { b: '.*' } }", "{ a: { b: x, c: y } }"),
    ] {
        let text = mappings(&format!(
            "    - {{ claims: {earlier}, ruleset: a }}\n    - {{ claims: {later}, ruleset: a }}\n"
        ));
        assert_eq!(told(&text), [("CG-P0903", 6)], "{earlier} {later}");
    }
    for (earlier, later) in [
        ("{ id: u1 }", "{ id: '.+' }"),
        ("{ id: u1, b: c }", "{ id: u1 }"),
        ("{ a: '.*' }", "{ b: x }"),
        ("{ a: '.*' }", "{ a: { b: x } }"),
        ("{ a: { b: x } }", "{ a: x }"),
    ] {
        let text = mappings(&format!(
            "    - {{ claims: {earlier}, ruleset: a }}\n    - {{ claims: {later}, ruleset: a }}\n"
        ));
        assert_eq!(told(&text), [], "{earlier} {later}");
    }
    let templated = mappings(
        "    - { claims: { o: '.*' }, ruleset: a, templated: true }\n    - { claims: { o: x }, ruleset: a }\n",
    );
    assert_eq!(told(&templated), []);
}

#[test]
fn a_ruleset_nobody_gets_is_told() {
    let text = "rulesets:\n  a: {}\n  b: {}\nappcreds: { enabled: true, mappings: [ { claims: { id: '.+' }, ruleset: b } ] }\n";
    assert_eq!(told(text), [("CG-P0904", 2)]);
}

#[test]
fn a_section_that_lets_nobody_in_is_told() {
    assert_eq!(told("jwt: { enabled: true }\n"), [("CG-P0907", 1)]);
    assert_eq!(told("jwt: { enabled: false }\n"), []);
}

fn tx(entries: &str) -> String {
    mappings("    - { claims: { a: b }, ruleset: a }\n").replace("a: {}", &format!("a: {{ tx: [ {entries} ] }}"))
}

fn codes(text: &str) -> Vec<&'static str> {
    told(text).into_iter().map(|(code, _)| code).collect()
}

#[test]
fn entries_behind_a_catch_all_are_told() {
    for entries in [
        "{ call: true }, { to: '0x.*', raw: true }",
        "{ from: '.*', call: true }, { raw: true }",
        "{ protected: any, call: true }, { protected: any, raw: true }",
        "{ protected: true, call: true }, { raw: true }",
    ] {
        assert_eq!(codes(&tx(entries)), ["CG-P0902"], "{entries}");
    }
    for entries in [
        "{ to: '.*', call: true }, { raw: true }",
        "{ types: legacy, call: true }, { raw: true }",
        "{ call: true }, { protected: false, raw: true }",
        "{ call: true }, { protected: any, raw: true }",
        "{ call: true }, { authorizations: {}, raw: true }",
        "{ protected: false, call: true }, { raw: true }",
        "{ authorizations: { delegate: '0x.*' }, call: true }, { raw: true }",
    ] {
        assert_eq!(codes(&tx(entries)), Vec::<&str>::new(), "{entries}");
    }
}

#[test]
fn permissions_that_need_another_are_told() {
    assert_eq!(codes(&tx("{ create: true }")), ["CG-P0906"]);
    assert_eq!(
        codes(&tx("{ private: true, overrides: true }")),
        ["CG-P0906", "CG-P0906"]
    );
    assert_eq!(codes(&tx("{ create: true, raw: true }")), Vec::<&str>::new());
    assert_eq!(codes(&tx("{ to: '0x.*', create: true, raw: true }")), ["CG-P0907"]);
    assert_eq!(codes(&tx("{ from: '0x.*' }")), Vec::<&str>::new());
}

#[test]
fn a_wrong_checksum_in_a_set_is_told() {
    let good = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
    for address in [
        good.to_owned(),
        good.to_lowercase(),
        good.to_uppercase().replace("0X", "0x"),
    ] {
        assert_eq!(told(&format!("sets: {{ x: [ {address} ] }}\n")), []);
    }
    let bad = good.replace("5aA", "5AA");
    assert_eq!(told(&format!("sets: {{ x: [ {bad} ] }}\n")), [("CG-P0909", 1)]);
}

#[test]
fn an_abbreviated_address_is_told() {
    assert_eq!(codes(&tx("{ to: '0x12..34', call: true }")), ["CG-P0901"]);
    assert_eq!(codes(&tx("{ to: '0x12.*34', call: true }")), Vec::<&str>::new());
}

#[test]
fn a_method_granted_twice_is_told() {
    let text =
        mappings("    - { claims: { a: b }, ruleset: a }\n").replace("a: {}", "a: { methods: [ a_b, a_c, a_b ] }");
    assert_eq!(codes(&text), ["CG-P0905"]);
    let text =
        |body: &str| mappings("    - { claims: { a: b }, ruleset: a }\n").replace("a: {}", &format!("a: {body}"));
    assert_eq!(
        codes(&text("{ chain: { info: true }, methods: [ eth_chainId ] }")),
        ["CG-P0905"]
    );
    assert_eq!(
        codes(&text("{ namespaces: { txpool: true }, methods: [ txpool_status ] }")),
        ["CG-P0905"]
    );
    assert_eq!(
        codes(&text("{ chain: { info: false }, methods: [ eth_chainId ] }")),
        Vec::<&str>::new()
    );
    assert_eq!(
        codes(&text("{ chain: { blocks: true }, methods: [ eth_chainId ] }")),
        Vec::<&str>::new()
    );
}

#[test]
fn an_operator_listener_beyond_loopback_is_told() {
    assert_eq!(
        told("listeners: [ { address: '0.0.0.0:1', operator: true } ]\n"),
        [("CG-P0908", 1)]
    );
    assert_eq!(
        told("listeners: [ { address: '127.0.0.1:1', operator: true }, { address: '0.0.0.0:2' } ]\n"),
        []
    );
}
