//! Owns the JSON Schema (2020-12) of a policy, printed from the table of keys that the checker enforces,
//! for editors to complete and underline.

use serde_json::{Map, Value, json};

use crate::document::keys::DOCUMENT;
use crate::document::kind::{Forms, Key, Kind, Need, Section};

/// The schema as JSON text. What it refuses is refused by [`read`](crate::read) too, never the other way round: a
/// schema cannot see duplicate keys, nor what only compiling finds.
#[must_use]
pub fn schema() -> String {
    let mut definitions = Map::new();
    let Value::Object(mut document) = section(&DOCUMENT, &mut definitions) else {
        return String::new();
    };
    let mut whole = Map::new();
    whole.insert(
        "$schema".to_owned(),
        json!("https://json-schema.org/draft/2020-12/schema"),
    );
    whole.insert("$id".to_owned(), json!("urn:callgate:policy:1"));
    whole.insert("title".to_owned(), json!("Callgate policy"));
    whole.append(&mut document);
    whole.insert("$defs".to_owned(), Value::Object(definitions));
    format!("{:#}\n", Value::Object(whole))
}

fn section(section: &Section, definitions: &mut Map<String, Value>) -> Value {
    let mut properties = Map::new();
    for key in section.keys {
        properties.insert(key.name.to_owned(), property(key, definitions));
    }
    let required: Vec<_> = section
        .keys
        .iter()
        .filter(|key| key.need == Need::Required)
        .map(|key| key.name)
        .collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn property(key: &Key, definitions: &mut Map<String, Value>) -> Value {
    let mut property = kind(key.kind, definitions);
    if let Value::Object(members) = &mut property {
        members.insert("description".to_owned(), json!(key.about));
    }
    property
}

fn kind(of: &Kind, definitions: &mut Map<String, Value>) -> Value {
    match of {
        Kind::Switch => json!({ "type": "boolean" }),
        Kind::Text | Kind::Secret => json!({ "type": "string", "minLength": 1 }),
        Kind::Loose => json!({ "type": ["string", "number", "boolean"] }),
        Kind::Integer { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Kind::IntegerOr { min, max, word } => {
            json!({ "anyOf": [{ "type": "integer", "minimum": min, "maximum": max }, { "const": word }] })
        }
        Kind::SwitchOr { word } => json!({ "enum": [true, false, word] }),
        Kind::Duration => with_unit("ms|s|m|h|d"),
        Kind::Size => with_unit("B|KiB|MiB|GiB"),
        Kind::Words(words) => json!({ "enum": words }),
        Kind::List(of) => json!({ "type": "array", "items": kind(of, definitions) }),
        Kind::Map { of, .. } => {
            let names = json!({ "minLength": 1, "not": { "const": "<<" } });
            json!({ "type": "object", "additionalProperties": kind(of, definitions), "propertyNames": names })
        }
        Kind::Section(known) => defined(known.name, definitions, |definitions| section(known, definitions)),
        Kind::OneOf(forms) => defined(forms.name, definitions, |definitions| one_of(forms, definitions)),
    }
}

/// A whole number and a unit; zero needs none.
fn with_unit(units: &str) -> Value {
    let pattern = format!("^(0|(0|[1-9][0-9]*) *({units}))$");
    json!({ "anyOf": [{ "type": "string", "pattern": pattern }, { "const": 0 }] })
}

fn one_of(forms: &Forms, definitions: &mut Map<String, Value>) -> Value {
    let forms = [forms.scalar, forms.list, forms.map].into_iter().flatten();
    json!({ "anyOf": forms.map(|form| kind(form, definitions)).collect::<Vec<_>>() })
}

/// A definition made once, and a reference to it; one that is being made already may refer to itself.
fn defined(
    name: &str,
    definitions: &mut Map<String, Value>,
    make: impl FnOnce(&mut Map<String, Value>) -> Value,
) -> Value {
    if !definitions.contains_key(name) {
        definitions.insert(name.to_owned(), Value::Null);
        let definition = make(definitions);
        definitions.insert(name.to_owned(), definition);
    }
    json!({ "$ref": format!("#/$defs/{name}") })
}

#[cfg(test)]
mod tests;
