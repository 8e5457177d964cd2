//! Examples compile.

use super::*;

#[test]
fn documented_examples_compile_without_errors() {
    for text in [
        include_str!("../../../fixtures/baf/appcreds.json"),
        include_str!("../../../fixtures/baf/mappings.json"),
        include_str!("../../../fixtures/baf/tennants.json"),
    ] {
        let document = clean(text);
        assert!(crate::compile(&document, &Inputs::default()).is_ok());
    }
    let document = clean(include_str!("../../../fixtures/baf/tenants.yaml"));
    crate::compile(&document, &Inputs::default()).unwrap();
}

#[test]
fn warnings_come_with_a_compiled_policy() {
    let document = clean(include_str!("../../../fixtures/baf/appcreds.json"));
    let compiled = crate::compile(&document, &Inputs::default()).unwrap();
    let codes: Vec<_> = compiled
        .warnings
        .findings()
        .iter()
        .map(|finding| finding.code.as_str())
        .collect();
    assert_eq!(codes, ["CG-P0305"]);
}
