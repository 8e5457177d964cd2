//! Policy text: whatever it is, it is read or refused with places inside the text, and drawing the report does no harm.
#![no_main]

use callgate_policy::{Inputs, Settings, lint, read};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let report = match read("policy.yaml", text) {
        Err(report) => report,
        Ok(document) => {
            let mut problems = document.problems();
            let files = document.files().into_iter().map(|need| (need.path, text.to_owned())).collect();
            let inputs = Inputs { files };
            let _ = document.tenants(&inputs, &mut problems);
            let _ = document.sets(&inputs, &mut problems);
            let _ = Settings::of(&document, &mut problems);
            lint(&document, &mut problems);
            problems.into_report()
        }
    };
    for finding in report.findings() {
        assert!(finding.place.line >= 1 && finding.place.column >= 1);
    }
    assert_eq!(report.render(false).is_empty(), report.is_empty());
});
