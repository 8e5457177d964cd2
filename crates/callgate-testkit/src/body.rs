//! Bodies: calls in any spelling that JSON allows, and bodies with one thing wrong.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;

/// A call of a body.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The id as it is answered; none for a notification.
    pub id: Option<Value>,
    /// The method.
    pub method: String,
    /// The parameters, an array.
    pub params: Value,
}

/// A body, and the calls in it.
#[derive(Debug, Clone)]
pub struct Body {
    /// The text.
    pub text: String,
    /// Whether it is a batch.
    pub is_batch: bool,
    /// Its calls, in order.
    pub calls: Vec<Asked>,
}

/// A single request or a batch of up to five, of the given calls (method and parameters).
pub fn body(call: impl Strategy<Value = (String, Value)>) -> impl Strategy<Value = Body> {
    let id = prop_oneof![
        Just(None),
        Just(Some(Value::Null)),
        (0..=1_u64 << 53).prop_map(|id| (id < 1 << 53).then(|| Value::from(id))),
        "[ -!#-~]{1,20}".prop_map(|id| Some(Value::from(id))),
    ];
    let asked = (id, call).prop_map(|(id, (method, params))| Asked { id, method, params });
    (vec(asked, 1..6), any::<bool>(), vec(any::<u8>(), 64)).prop_map(|(mut calls, is_batch, choices)| {
        let mut spelling = Spelling { choices, next: 0 };
        if !is_batch {
            calls.truncate(1);
        }
        let texts: Vec<_> = calls.iter().map(|call| spelling.request(call)).collect();
        let text = if is_batch {
            format!("{}[{}]{}", spelling.space(), texts.join(","), spelling.space())
        } else {
            texts.concat()
        };
        Body { text, is_batch, calls }
    })
}

/// A body that nobody may take for its calls: one name twice or in another case, something beside it or behind it.
pub fn broken(call: impl Strategy<Value = (String, Value)>) -> impl Strategy<Value = String> {
    (call, 0..BREAKS.len()).prop_map(|((method, params), which)| {
        let (members, behind) = BREAKS.get(which).copied().unwrap_or_default();
        let method = Value::from(method);
        format!(r#"{{"jsonrpc":"2.0","id":1,"method":{method},"params":{params}{members}}}{behind}"#)
    })
}

/// What is put behind the members, and behind the body.
const BREAKS: [(&str, &str); 16] = [
    (r#","method":"eth_chainId""#, ""),
    (r#","method":null"#, ""),
    (r#","\u006dethod":"eth_chainId""#, ""),
    (r#","METHOD":"eth_chainId""#, ""),
    (r#","params":[]"#, ""),
    (r#","Params":[]"#, ""),
    (",\"param\u{17f}\":[]", ""),
    (r#","id":2"#, ""),
    (r#","ID":2"#, ""),
    (r#","jsonrpc":"2.0""#, ""),
    (r#","result":"0x1""#, ""),
    (r#","x":1"#, ""),
    (",", ""),
    ("", "{}"),
    ("", "\u{0}"),
    ("", "//"),
];

/// Choices of how a text is spelled.
struct Spelling {
    choices: Vec<u8>,
    next: usize,
}

impl Spelling {
    fn choose(&mut self, bound: u8) -> u8 {
        let choice = self
            .choices
            .get(self.next % self.choices.len().max(1))
            .copied()
            .unwrap_or_default();
        self.next += 1;
        choice % bound
    }

    fn space(&mut self) -> &'static str {
        match self.choose(8) {
            0 => " ",
            1 => "\n",
            2 => "\t\r\n",
            _ => "",
        }
    }

    fn request(&mut self, call: &Asked) -> String {
        let mut members = vec![
            (self.name("jsonrpc"), r#""2.0""#.to_owned()),
            (self.name("method"), self.text(&call.method)),
        ];
        if let Some(id) = &call.id {
            members.push((self.name("id"), id.to_string()));
        }
        let is_empty = call.params.as_array().is_some_and(Vec::is_empty);
        if !is_empty || self.choose(2) == 0 {
            members.push((self.name("params"), self.value(&call.params)));
        }
        let turn = usize::from(self.choose(4)) % members.len();
        members.rotate_left(turn);
        self.object(&members)
    }

    fn object(&mut self, members: &[(String, String)]) -> String {
        let members: Vec<_> = members
            .iter()
            .map(|(name, value)| format!("{}{name}{}:{}{value}", self.space(), self.space(), self.space()))
            .collect();
        format!("{{{}{}}}", members.join(","), self.space())
    }

    fn value(&mut self, value: &Value) -> String {
        match value {
            Value::Array(items) => {
                let items: Vec<_> = items.iter().map(|item| self.value(item)).collect();
                format!("[{}{}]", items.join(","), self.space())
            }
            Value::Object(members) => {
                let members: Vec<_> = members
                    .iter()
                    .map(|(name, value)| (self.name(name), self.value(value)))
                    .collect();
                self.object(&members)
            }
            Value::String(text) => self.text(text),
            scalar => scalar.to_string(),
        }
    }

    fn name(&mut self, name: &str) -> String {
        self.text(name)
    }

    /// A text, sometimes with one character escaped that need not be.
    fn text(&mut self, text: &str) -> String {
        let plain = Value::from(text).to_string();
        if self.choose(6) != 0 || text.is_empty() || plain.len() != text.len() + 2 || !text.is_ascii() {
            return plain;
        }
        let at = usize::from(self.choose(255)) % text.len();
        let (before, rest) = text.split_at(at);
        let (char, after) = rest.split_at(1);
        let escaped: String = char.chars().map(|char| format!("\\u{:04x}", u32::from(char))).collect();
        format!("\"{before}{escaped}{after}\"")
    }
}
