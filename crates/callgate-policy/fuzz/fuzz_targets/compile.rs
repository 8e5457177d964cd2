//! Policy text, compiled to the end: no panic, and what compiles has a digest that compiling again repeats.
#![no_main]

use callgate_policy::{Inputs, compile, read};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(document) = read("policy.yaml", text) else { return };
    let files = document.files().into_iter().map(|need| (need.path, text.to_owned())).collect();
    let inputs = Inputs { files };
    match compile(&document, &inputs) {
        Err(report) => assert!(!report.is_empty()),
        Ok(compiled) => {
            let again = compile(&document, &inputs).expect("it compiled before");
            assert_eq!(compiled.policy.revision_digest(), again.policy.revision_digest());
        }
    }
});
