//! Recordings of what libraries ask: one request body a line, each form of a call once.

use super::flows::Library;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// What a library asked, without repetitions.
pub(crate) struct Recording {
    pub(crate) bodies: Vec<String>,
}

/// The longest body that is recorded: blobs are longer, and tried live.
const MAX_BODY: usize = 16 * 1024;

/// The most lines of a recording.
const MAX_LINES: usize = 200;

impl Recording {
    /// The first body of each form.
    pub(crate) fn of(requests: &[String]) -> Self {
        let mut seen = BTreeSet::new();
        let is_new = |body: &&String| body.len() <= MAX_BODY && seen.insert(form_of_body(body));
        let bodies: Vec<_> = requests.iter().filter(is_new).cloned().collect();
        assert!(bodies.len() < MAX_LINES, "{} bodies are too many", bodies.len());
        Self { bodies }
    }

    /// That of a library: its version stands on the first line.
    pub(crate) fn read(library: Library) -> Self {
        let text = std::fs::read_to_string(library.recording()).unwrap();
        let mut lines = text.lines();
        let version: Value = serde_json::from_str(lines.next().unwrap()).unwrap();
        assert_eq!(
            version,
            json!({ "library": library.version() }),
            "the recording is of another version"
        );
        Self {
            bodies: lines.map(str::to_owned).collect(),
        }
    }

    /// Writes it down.
    pub(crate) fn write(&self, library: Library) {
        let mut text = json!({ "library": library.version() }).to_string();
        text.push('\n');
        for body in &self.bodies {
            text.push_str(body);
            text.push('\n');
        }
        std::fs::create_dir_all(library.recording().parent().unwrap()).unwrap();
        std::fs::write(library.recording(), text).unwrap();
    }
}

/// The methods asked, and how many parameters each was given.
pub(crate) fn kinds_of_calls(bodies: &[String]) -> BTreeSet<String> {
    let mut kinds = BTreeSet::new();
    for body in bodies.iter().filter(|body| body.len() <= MAX_BODY) {
        let calls = match serde_json::from_str(body).unwrap() {
            Value::Array(calls) => calls,
            call => vec![call],
        };
        for call in calls {
            let params = call["params"].as_array().map_or(0, Vec::len);
            kinds.insert(format!("{} with {params}", call["method"].as_str().unwrap()));
        }
    }
    kinds
}

/// A body with every value replaced by its kind, so that two bodies of one form are equal. Their order within a batch
/// counts for nothing.
fn form_of_body(body: &str) -> String {
    match serde_json::from_str(body).unwrap() {
        Value::Array(calls) => {
            let forms: BTreeSet<_> = calls.iter().map(form_of_call).collect();
            format!("batch {forms:?}")
        }
        call => form_of_call(&call),
    }
}

fn form_of_call(call: &Value) -> String {
    let method = call["method"].as_str().unwrap();
    // Of signed transactions the type counts: it is their first byte.
    let params = match method.contains("RawTransaction") {
        true => json!(call["params"][0].as_str().unwrap()[..4]),
        false => form(&call["params"]),
    };
    let members: Vec<_> = call.as_object().unwrap().keys().collect();
    format!("{members:?} {method} {params}")
}

fn form(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.iter().map(form).collect()),
        Value::Object(members) => {
            let member = |(name, member): (&String, &Value)| (form_of_text(name), form(member));
            Value::Object(members.iter().map(member).collect::<Map<_, _>>())
        }
        Value::String(text) => json!(form_of_text(text)),
        Value::Number(_) => json!("number"),
        Value::Bool(_) | Value::Null => value.clone(),
    }
}

fn form_of_text(text: &str) -> String {
    let Some(digits) = text.strip_prefix("0x") else {
        return text.to_owned();
    };
    let case = if digits.bytes().any(|byte| byte.is_ascii_uppercase()) {
        "mixed"
    } else {
        "lower"
    };
    match digits.len() {
        40 => format!("address in {case} case"),
        64 => "word".to_owned(),
        0 => "nothing".to_owned(),
        length if length < 40 && !digits.starts_with('0') => "quantity".to_owned(),
        length if length % 2 == 0 => "data".to_owned(),
        _ => "zero".to_owned(),
    }
}
