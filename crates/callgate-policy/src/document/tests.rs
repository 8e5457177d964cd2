//! Tests of reading: documented examples load, mistakes are told all at once, YAML's traps are none.

use proptest::prelude::*;

use super::raw::{RawChainId, RawTenants};
use super::raw_identity::{RawClaim, RawSecret, RawVariable};
use super::raw_rules::{RawAddresses, RawProtected, RawSetMember};
use super::*;

const FULL: &str = include_str!("../../fixtures/full.yaml");

/// Code, line, column, message and hint of every finding.
fn told(report: &Report) -> Vec<(&'static str, usize, usize, &str, &str)> {
    let findings = report.findings().iter();
    findings
        .map(|finding| {
            let place = &finding.place;
            let hint = finding.hint.as_deref().unwrap_or("");
            (
                finding.code.as_str(),
                place.line,
                place.column,
                finding.message.as_str(),
                hint,
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

mod beside;
mod compiled;
mod examples;
mod many_mistakes;
mod secrets;
mod traps;

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
