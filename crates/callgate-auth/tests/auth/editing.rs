//! Changes to credential files keep what the operator wrote.

use crate::common::NOW;
use callgate_auth::credential::{EditError, InlineSecrets, NewCredential, Store, add, list, rotate};

const A: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const B: &str = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
const C: &str = "sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc";
const UNTIL: &str = "2027-01-15T08:00:00Z";

fn new(id: &'static str) -> NewCredential<'static> {
    NewCredential {
        id,
        hash: B,
        tenant: None,
        expires: None,
    }
}

fn added(text: &str) -> String {
    let out = add("f", text, &new("two")).unwrap();
    let ids: Vec<String> = list("f", &out).unwrap().into_iter().map(|listed| listed.id).collect();
    assert_eq!(ids.last().unwrap(), "two", "{out}");
    out
}

#[test]
fn adding_to_a_yaml_file_appends_in_its_style() {
    let text = format!("# ours\n- id: one # first\n  hash: {A}\n");
    assert_eq!(added(&text), format!("{text}- id: \"two\"\n  hash: {B}\n"));
    let indented = format!("  - id: one\n    hash: {A}");
    assert_eq!(
        added(&indented),
        format!("{indented}\n  - id: \"two\"\n    hash: {B}\n")
    );
    let windows = format!("- id: one\r\n  hash: {A}\r\n");
    assert_eq!(added(&windows), format!("{windows}- id: \"two\"\r\n  hash: {B}\r\n"));
    let mixed = format!("- {{ id: one, hash: {A} }}\n");
    assert_eq!(added(&mixed), format!("{mixed}- id: \"two\"\n  hash: {B}\n"));
}

#[test]
fn adding_to_an_empty_file_begins_one() {
    assert_eq!(added(""), format!("- id: \"two\"\n  hash: {B}\n"));
    assert_eq!(added("# keys\n"), format!("# keys\n- id: \"two\"\n  hash: {B}\n"));
    assert_eq!(added("[]"), format!("[\n  {{ \"id\": \"two\", \"hash\": \"{B}\" }}\n]"));
}

#[test]
fn adding_to_a_json_file_stays_json() {
    let text = format!("[\n  {{ \"id\": \"one\", \"hash\": \"{A}\" }}\n]\n");
    let everything = NewCredential {
        tenant: Some("ac\"me"),
        expires: Some(NOW),
        ..new("two")
    };
    let out = add("f", &text, &everything).unwrap();
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        json[1],
        serde_json::json!({ "id": "two", "hash": B, "tenant": "ac\"me", "expires": UNTIL })
    );
}

#[test]
fn adding_refuses_what_would_not_be_a_credential() {
    let text = format!("- id: one\n  hash: {A}\n");
    assert_eq!(add("f", &text, &new("one")), Err(EditError::Taken("one".to_owned())));
    assert!(matches!(add("f", &text, &new("a_b")), Err(EditError::Id(_))));
    assert_eq!(
        add(
            "f",
            &text,
            &NewCredential {
                hash: "x",
                ..new("two")
            }
        ),
        Err(EditError::Hash)
    );
    assert!(matches!(add("f", "- x\n", &new("two")), Err(EditError::Unreadable(_))));
    // The same hash twice would be refused when read.
    assert!(matches!(
        add("f", &text, &NewCredential { hash: A, ..new("two") }),
        Err(EditError::WouldBreak(_))
    ));
    // An end-of-document mark cannot be appended to.
    assert!(matches!(
        add("f", &format!("{text}...\n"), &new("two")),
        Err(EditError::WouldBreak(_))
    ));
}

#[test]
fn rotating_keeps_comments_order_and_the_old_secret() {
    let text =
        format!("# ours\n- id: one # first\n  hash: {A} # since spring\n  tenant: acme\n- id: two\n  hash: {C}\n");
    let out = rotate("f", &text, "one", B, NOW).unwrap();
    let expected = format!(
        "# ours\n- id: one # first\n  hash: {B} # since spring\n  previous: {{ hash: \"{A}\", expires: \"{UNTIL}\" }}\n  tenant: acme\n- id: two\n  hash: {C}\n"
    );
    assert_eq!(out, expected);
    assert_eq!(list("f", &out).unwrap()[0].previous_expires, Some(NOW));
}

#[test]
fn rotating_again_replaces_the_older_secret() {
    let text = format!("- id: one\n  previous:\n    expires: 1700000000\n    hash: '{C}'\n  hash: {A}");
    let out = rotate("f", &text, "one", B, NOW).unwrap();
    assert_eq!(
        out,
        format!("- id: one\n  previous:\n    expires: \"{UNTIL}\"\n    hash: \"{A}\"\n  hash: {B}")
    );
}

#[test]
fn rotating_in_json_and_flow_style() {
    let json = format!("[{{\"hash\":\"{A}\",\"id\":\"one\"}}]");
    let out = rotate("f", &json, "one", B, NOW).unwrap();
    let value: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        value[0],
        serde_json::json!({ "id": "one", "hash": B, "previous": { "hash": A, "expires": UNTIL } })
    );
    let flow = format!("- {{ id: one, hash: {A} }}\n");
    let expected = format!("- {{ id: one, hash: {B}, previous: {{ hash: \"{A}\", expires: \"{UNTIL}\" }} }}\n");
    assert_eq!(rotate("f", &flow, "one", B, NOW).unwrap(), expected);
}

#[test]
fn rotating_turns_a_literal_secret_into_hashes() {
    let out = rotate("f", "- id: demo\n  secret: demo-app-key\n", "demo", B, NOW).unwrap();
    assert!(!out.contains("demo-app-key"), "{out}");
    let store = Store::read("f", &out, InlineSecrets::Refused).unwrap();
    let place = callgate_auth::Place::Header;
    assert_eq!(store.find("demo-app-key", place, NOW - 1).unwrap().id, "demo");
    assert!(store.find("demo-app-key", place, NOW).is_err());
}

#[test]
fn rotating_nobody_says_so() {
    assert_eq!(
        rotate("f", "[]", "one", B, NOW),
        Err(EditError::NoSuchId("one".to_owned()))
    );
    assert_eq!(rotate("f", "[]", "one", "B", NOW), Err(EditError::Hash));
    assert_eq!(rotate("f", "[]", "one", B, u64::MAX), Err(EditError::Time));
}
