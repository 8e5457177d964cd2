//! Tests of the schema: it knows every key, and agrees with the reader on good and bad texts.

use std::collections::BTreeMap;

use regex::Regex;

use super::*;
use crate::document;

fn parsed() -> Value {
    serde_json::from_str(&schema()).unwrap()
}

/// As much of JSON Schema as the schema uses; an unknown keyword is a failure, so nothing is skipped unseen.
fn accepts(root: &Value, schema: &Value, value: &Value) -> bool {
    schema
        .as_object()
        .unwrap()
        .iter()
        .all(|(keyword, rule)| match keyword.as_str() {
            "$schema" | "$id" | "title" | "description" | "$defs" => true,
            "$ref" => accepts(
                root,
                root.pointer(rule.as_str().unwrap().trim_start_matches('#')).unwrap(),
                value,
            ),
            "type" => match rule {
                Value::Array(types) => types.iter().any(|name| is_type(name, value)),
                name => is_type(name, value),
            },
            "enum" => rule.as_array().unwrap().contains(value),
            "const" => rule == value,
            "not" => !accepts(root, rule, value),
            "anyOf" => rule
                .as_array()
                .unwrap()
                .iter()
                .any(|schema| accepts(root, schema, value)),
            "minimum" => value.as_u64().is_none_or(|number| number >= rule.as_u64().unwrap()),
            "maximum" => value.as_u64().is_none_or(|number| number <= rule.as_u64().unwrap()),
            "minLength" => value.as_str().is_none_or(|text| !text.is_empty()),
            "pattern" => value
                .as_str()
                .is_none_or(|text| Regex::new(rule.as_str().unwrap()).unwrap().is_match(text)),
            "items" => value
                .as_array()
                .is_none_or(|items| items.iter().all(|item| accepts(root, rule, item))),
            "required" => value.as_object().is_none_or(|members| {
                rule.as_array()
                    .unwrap()
                    .iter()
                    .all(|key| members.contains_key(key.as_str().unwrap()))
            }),
            "propertyNames" => value
                .as_object()
                .is_none_or(|members| members.keys().all(|key| accepts(root, rule, &json!(key)))),
            "properties" => value.as_object().is_none_or(|members| {
                members
                    .iter()
                    .all(|(key, value)| rule.get(key).is_none_or(|schema| accepts(root, schema, value)))
            }),
            "additionalProperties" => value.as_object().is_none_or(|members| {
                let known = |key: &str| schema.get("properties").is_some_and(|known| known.get(key).is_some());
                members
                    .iter()
                    .filter(|(key, _)| !known(key))
                    .all(|(_, value)| *rule != json!(false) && accepts(root, rule, value))
            }),
            unknown => panic!("keyword {unknown}"),
        })
}

fn is_type(name: &Value, value: &Value) -> bool {
    match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.is_u64() || value.is_i64(),
        other => panic!("type {other}"),
    }
}

fn schema_accepts(value: &Value) -> bool {
    let root = parsed();
    accepts(&root, &root, value)
}

fn reader_accepts(value: &Value) -> bool {
    document::read("policy.json", &value.to_string())
        .unwrap()
        .mistakes()
        .is_empty()
}

fn sections<'s>(kind: &'s Kind, found: &mut BTreeMap<&'static str, &'s Section>) {
    match kind {
        Kind::List(of) | Kind::Map { of, .. } => sections(of, found),
        Kind::Section(section) => {
            if let Some(twin) = found.insert(section.name, section) {
                assert!(std::ptr::eq(twin, *section), "two sections are called {}", section.name);
                return;
            }
            section.keys.iter().for_each(|key| sections(key.kind, found));
        }
        // Claims nest in themselves.
        Kind::OneOf(forms) if forms.name != "claim" => {
            let forms = [forms.scalar, forms.list, forms.map];
            forms.into_iter().flatten().for_each(|form| sections(form, found));
        }
        _ => {}
    }
}

#[test]
fn every_key_of_every_section_is_in_the_schema_and_no_other() {
    let mut found = BTreeMap::new();
    let whole = Kind::Section(&DOCUMENT);
    sections(&whole, &mut found);
    let root = parsed();
    assert_eq!(found.len(), 22);
    for (name, section) in found {
        let definition = if name == "policy" { &root } else { &root["$defs"][name] };
        assert_eq!(definition["additionalProperties"], json!(false), "{name}");
        let properties = definition["properties"].as_object().unwrap();
        let mut keys: Vec<_> = section.keys.iter().map(|key| key.name).collect();
        keys.sort_unstable();
        assert_eq!(properties.keys().collect::<Vec<_>>(), keys, "{name}");
        assert!(properties.values().all(|property| {
            property["description"]
                .as_str()
                .is_some_and(|about| about.ends_with('.'))
        }));
        assert!(section.later.iter().all(|later| !keys.contains(later)), "{name}");
    }
}

/// A document with every key, as JSON.
fn full() -> Value {
    serde_json::from_str(include_str!("../../fixtures/full.json")).unwrap()
}

#[test]
fn both_accept_a_document_with_every_key() {
    assert!(schema_accepts(&full()) && reader_accepts(&full()));
    assert!(schema_accepts(&json!({})) && reader_accepts(&json!({})));
    let list = json!({ "rulesets": [{ "name": "a", "tx": [{ "to": "a", "protected": false }] }], "tennants_tag": "a" });
    assert!(schema_accepts(&list) && reader_accepts(&list));
    for example in [
        include_str!("../../fixtures/baf/appcreds.json"),
        include_str!("../../fixtures/baf/tennants.json"),
    ] {
        let without_comments: String = example
            .lines()
            .map(|line| line.split(" //").next().unwrap().to_owned() + "\n")
            .collect();
        assert!(schema_accepts(&serde_json::from_str(&without_comments).unwrap()));
    }
}

/// Every change of one place in a value: an unknown key beside each key, and each value replaced by each of `others`.
fn changes(value: &Value, others: &[Value]) -> Vec<Value> {
    let mut changed: Vec<_> = others.iter().filter(|other| *other != value).cloned().collect();
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                for change in changes(member, others) {
                    let mut copy = members.clone();
                    copy.insert(key.clone(), change);
                    changed.push(Value::Object(copy));
                }
                let mut copy = members.clone();
                copy.insert(format!("{key}x"), member.clone());
                changed.push(Value::Object(copy));
                let mut copy = members.clone();
                copy.remove(key);
                changed.push(Value::Object(copy));
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                for change in changes(item, others) {
                    let mut copy = items.clone();
                    copy[at] = change;
                    changed.push(Value::Array(copy));
                }
            }
        }
        _ => {}
    }
    changed
}

#[test]
fn both_say_the_same_of_every_change_of_one_place() {
    let others = [
        json!(null),
        json!(true),
        json!(7),
        json!("7q"),
        json!([]),
        json!(["7q"]),
        json!({}),
        json!({ "": "a" }),
    ];
    let root = parsed();
    let changes = changes(&full(), &others);
    assert!(changes.len() > 1_000, "{}", changes.len());
    let mut refused = 0;
    for change in changes {
        let schema = accepts(&root, &root, &change);
        assert_eq!(schema, reader_accepts(&change), "{change}");
        refused += usize::from(!schema);
    }
    assert!(refused > 700, "{refused}");
}
