//! Tenants and set files.

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
fn a_variable_does_not_hide_the_name_of_a_tenant() {
    let document = clean("tenants: [ { id: a, vars: { id: b, x: c } } ]\n");
    let mut problems = document.problems();
    let _ = document.tenants(&Inputs::default(), &mut problems);
    let report = problems.into_report();
    let told = told(&report);
    let hint = "`{{.id}}` is the tenant's own; choose another name";
    assert_eq!(told, [("CG-P0202", 1, 29, "a variable cannot be called `id`", hint)]);
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
