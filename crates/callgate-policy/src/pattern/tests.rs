//! Patterns and templates, with the attacks of attacks.md E-28 to E-34.

use proptest::prelude::*;

use super::*;

fn matches(pattern: &str, text: &str) -> bool {
    Pattern::compile(pattern).unwrap().matches(text)
}

fn refused(pattern: &str) -> String {
    Pattern::compile(pattern).unwrap_err().to_string()
}

fn fill(template: &str, values: &[&str]) -> Result<Filled, Unfilled> {
    let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
    Template::parse(template).unwrap().fill(|_| Ok(values.clone()))
}

/// Whether the filled template matches, by whichever way it was filled.
fn filled_matches(filled: &Filled, text: &str) -> bool {
    match filled {
        Filled::Literals(list) => list.iter().any(|literal| Pattern::literal(literal).matches(text)),
        Filled::Pattern(pattern) => pattern.matches(text),
    }
}

#[test]
fn e28_patterns_are_for_the_whole_text() {
    assert!(matches("tenantA", "tenantA"));
    assert!(!matches("tenantA", "evil-tenantA-x"));
    assert!(!matches("tenant.", "evil-tenantA-x"));
    assert!(!matches("dev.*", "xdev"));
    assert!(matches("^dev.*$", "devops"), "anchors are implied and may be written");
}

#[test]
fn e29_newlines_and_line_anchors() {
    assert!(!matches("tenantA", "tenantA\nadmin"));
    assert!(!matches("tenantA$", "tenantA\n"));
    assert!(!matches("tenant.*", "tenantA\nadmin"));
    assert!(
        matches("(?s)tenant.*", "tenantA\nadmin"),
        "written out, the dot may match it"
    );
    assert!(!matches("(?s:tenant.).*", "tenantA\nadmin"));
    for flag in ["(?m)^a$", "(?R)^a$", "(?m:a)"] {
        assert!(refused(flag).contains("not possible"), "{flag}");
    }
}

#[test]
fn e30_only_ascii_letters_lose_their_case() {
    assert!(matches("Kiosk", "kIOSK"));
    assert!(matches("k[i]os[k]", "KIOSK"));
    for spelling in ["\u{212A}iosk", "kio\u{17F}k", "kios\u{212A}"] {
        for pattern in [
            "kiosk",
            "k[i]osk",
            "[k]ios[k]",
            "[a-z]+",
            "(?i)kiosk",
            "(?i:k)iosk",
            r"\w+",
            "[[:alpha:]]+",
        ] {
            assert!(!matches(pattern, spelling), "{pattern} {spelling}");
        }
        assert!(matches(".*", spelling), "any character is any character");
    }
    assert!(matches("straße", "STRAßE"));
    assert!(!matches("straße", "STRASSE"));
    assert!(!matches("é", "É") && matches("[éÉ]", "É"));
    assert!(refused("(?-i)admin").contains("(?-i)"));
    assert!(refused("a(?-i:b)").contains("(?-i)"));
}

#[test]
fn e30_negated_classes_exclude_both_cases() {
    for pattern in [
        "[^k]",
        "[^K]",
        "[^a-z]",
        "[a-z&&[^k]]",
        "[a-z--K]",
        r"\P{L}",
        "[[:^alpha:]]",
        r"[\W]",
    ] {
        assert!(!matches(pattern, "k") && !matches(pattern, "K"), "{pattern}");
    }
    assert!(matches("[a-z&&[^k]]", "J") && matches(r"\p{Lu}", "a") && matches(r"\p{Greek}", "λ"));
    assert!(
        !matches(r"\d", "१") && matches(r"\D", "१"),
        "digits are ASCII, as in RE2"
    );
    assert!(matches("[^@]{1}", "é"), "a class matches one scalar, not one byte");
}

#[test]
fn e31_alternation_is_grouped() {
    assert!(matches("a|b", "a") && matches("a|b", "b"));
    assert!(!matches("a|b", "ax") && !matches("a|b", "xb"));
    assert!(!matches("^a|b$", "ax") && !matches("^a|b$", "xb"));
}

#[test]
fn e31_a_pattern_cannot_leave_its_anchors() {
    for text in ["a)|(b", "a)|(?:b", ")|.*|(", "(?x)a #", "(?x)a #\n", "a\\"] {
        if let Ok(pattern) = Pattern::compile(text) {
            assert!(!pattern.matches("xb") && !pattern.matches("evil"), "{text}");
        }
    }
    assert!(Pattern::compile("a)|(b").is_err());
}

#[test]
fn e32_size_is_bounded() {
    assert!(Pattern::compile(&"a".repeat(MAX_PATTERN_BYTES)).is_ok());
    assert!(refused(&"a".repeat(MAX_PATTERN_BYTES + 1)).contains("longer than"));
    assert!(Pattern::compile(".{100000}").is_err());
    assert!(Pattern::compile("((a{1000}){1000}){1000}").is_err());
    assert!(Pattern::compile(&format!("{}a{}", "(".repeat(30), ")".repeat(30))).is_ok());
    assert!(Pattern::compile(&format!("{}a{}", "(".repeat(100), ")".repeat(100))).is_err());
    assert!(Pattern::compile(&r"\p{L}".repeat(800)).is_err());
}

#[test]
fn e34_values_are_literals() {
    let hostile = [
        ".*",
        ")|(.*",
        "a|b",
        "[a-z]",
        "\\",
        "$",
        "(?i)",
        "{{.x}}",
        "a{1,9}",
        "\u{F0000}",
        "-",
        "]",
    ];
    for value in hostile {
        for (template, before, after) in [
            ("{{.x}}", "", ""),
            ("t-{{.x}}-.", "t-", "-1"),
            ("(a|{{ .x }})+", "", ""),
        ] {
            let filled = fill(template, &[value]).unwrap();
            assert!(
                filled_matches(&filled, &format!("{before}{value}{after}")),
                "{template} {value}"
            );
            for other in ["", "b", "evil", "t-evil-1", "t--1", "xx"] {
                assert!(!filled_matches(&filled, other), "{template} {value} {other}");
            }
        }
    }
}

#[test]
fn e34_an_operator_after_a_value_means_the_whole_value() {
    let filled = fill("{{.x}}*", &["ab"]).unwrap();
    assert!(filled_matches(&filled, "abab") && !filled_matches(&filled, "abb"));
    assert!(Template::parse("[{{.x}}]").unwrap_err().to_string().contains("inside"));
    assert!(Template::parse("[a-{{.x}}]").is_err());
    assert!(Template::parse("a{2,{{.n}}}").is_err());
}

#[test]
fn lists_are_alternatives() {
    let filled = fill("{{.x}}", &["a", "b"]).unwrap();
    assert!(matches!(&filled, Filled::Literals(list) if list.len() == 2));
    let filled = fill("t-{{.x}}.*", &["a", "b."]).unwrap();
    assert!(filled_matches(&filled, "t-A1") && filled_matches(&filled, "t-b.1"));
    assert!(!filled_matches(&filled, "t-bx1") && !filled_matches(&filled, "t-c"));
    let filled = fill("{{.x}}-{{.y}}", &["a", "b"]).unwrap();
    assert!(filled_matches(&filled, "a-b") && filled_matches(&filled, "b-b") && !filled_matches(&filled, "ab"));
}

#[test]
fn a_template_without_value_is_not_filled() {
    let template = Template::parse("{{.wallet}}").unwrap();
    let error = template.fill(|_| Err("missing")).unwrap_err();
    assert_eq!(error.to_string(), "`{{.wallet}}` is missing");
    assert_eq!(
        template.fill(|_| Ok(vec![])).unwrap_err().to_string(),
        "`{{.wallet}}` is empty"
    );
}

#[test]
fn references_are_read_strictly() {
    let reference = |text: &str| Template::parse(text).unwrap().references().first().unwrap().to_string();
    assert_eq!(reference("{{.wallet}}"), ".wallet");
    assert_eq!(reference("{{ .a.b }}"), ".a.b");
    assert_eq!(
        Template::parse("{{.tenant.x}}").unwrap().references(),
        [Reference::Tenant("x".into())]
    );
    assert!(matches!(
        Template::parse("{{.tenant}}").unwrap().references(),
        [Reference::Claim(_)]
    ));
    for text in [
        "{{wallet}}",
        "{{.}}",
        "{{}}",
        "{{.a..b}}",
        "{{.a b}}",
        "{{.a",
        "{{.tenant.a.b}}",
        "{{index . \"x\"}}",
    ] {
        assert!(Template::parse(text).is_err(), "{text}");
    }
    let many = |n: usize| "{{.x}}".repeat(n);
    assert!(Template::parse(&many(64)).is_ok());
    assert!(Template::parse(&many(65)).is_err());
}

proptest! {
    #[test]
    fn any_text_compiles_or_is_refused(text in "\\PC{0,40}") {
        let _ = Pattern::compile(&text);
        let _ = Template::parse(&text);
    }

    #[test]
    fn regex_like_text_never_panics(text in r"[a-zK\[\]()\\{}.*+?|^$&~\-:0-9]{0,24}", claim in "\\PC{0,12}") {
        if let Ok(pattern) = Pattern::compile(&text) {
            let _ = pattern.matches(&claim);
        }
        let _ = Template::parse(&format!("{text}{{{{.x}}}}"));
    }

    /// For ASCII texts our own folding is that of the `regex` crate.
    #[test]
    fn ascii_folding_agrees_with_regex(
        pattern in r"(\[\^?[a-zA-Z]{1,3}\]|[a-zA-Z]|\.|[a-z]\*|(\([a-c]\|[A-C]\)))(\[\^?[a-zA-Z]-z\]|[a-zA-Z])?",
        text in "[a-zA-Z]{0,4}",
    ) {
        if let Ok(expected) = regex::bytes::RegexBuilder::new(&format!(r"\A(?:{pattern})\z"))
            .case_insensitive(true).unicode(false).build() {
            prop_assert_eq!(matches(&pattern, &text), expected.is_match(text.as_bytes()));
        }
    }

    /// A value matches exactly itself (ASCII case aside), whatever it holds.
    #[test]
    fn a_value_matches_only_itself(value in "\\PC{1,10}", other in "\\PC{1,10}") {
        let filled = fill("x{{.v}}(y|z)", &[&value]).unwrap();
        let (own, foreign) = (format!("x{value}y"), format!("x{other}z"));
        prop_assert!(filled_matches(&filled, &own));
        prop_assert_eq!(filled_matches(&filled, &foreign), value.eq_ignore_ascii_case(&other));
    }
}
