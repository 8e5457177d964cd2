//! The writer: spelling, and what is written is read back as the same by this crate and by serde_json.

use proptest::prelude::*;
use serde_json::Value as Json;

use super::*;
use crate::call::Request;
use crate::limits::Limits;
use crate::parse::parse;
use crate::tape::Tape;

fn written(write: impl FnOnce(&mut Writer<'_>)) -> String {
    let mut out = Vec::new();
    write(&mut Writer::new(&mut out));
    String::from_utf8(out).unwrap()
}

#[test]
fn commas_come_by_themselves() {
    let text = written(|out| {
        out.begin_object();
        out.name("a");
        out.begin_array();
        out.null();
        out.bool(true);
        out.begin_array();
        out.end_array();
        out.begin_object();
        out.end_object();
        out.u64(7);
        out.end_array();
        out.name("b");
        out.string("x");
        out.end_object();
    });
    assert_eq!(text, r#"{"a":[null,true,[],{},7],"b":"x"}"#);
}

#[test]
fn strings_have_one_spelling() {
    assert_eq!(
        written(|out| out.string("\"\\/\u{8}\t\n\u{c}\r\u{1}\u{1f}")),
        r#""\"\\/\b\t\n\f\r\u0001\u001f""#
    );
    assert_eq!(
        written(|out| out.string("<&é\u{2028}\u{7f}😹")),
        "\"<&é\u{2028}\u{7f}😹\""
    );
    assert_eq!(written(|out| out.string("\0")), r#""\u0000""#);
}

#[test]
fn hex_and_quantities() {
    assert_eq!(written(|out| out.hex(&[])), "\"0x\"");
    assert_eq!(written(|out| out.hex(&[0, 0xab, 0xff])), "\"0x00abff\"");
    assert_eq!(written(|out| out.hex_text("00aBFf")), "\"0x00abff\"");
    assert_eq!(written(|out| out.hex_text("0\",\"")), r#""0\",\"""#);
    for (number, text) in [(0, "0x0"), (1, "0x1"), (0x10, "0x10"), (u64::MAX, "0xffffffffffffffff")] {
        assert_eq!(written(|out| out.quantity_u64(number)), format!("\"{text}\""));
    }
    assert_eq!(written(|out| out.quantity_be(&[])), "\"0x0\"");
    assert_eq!(written(|out| out.quantity_be(&[0, 0x0a, 0])), "\"0xa00\"");
}

#[test]
fn numbers() {
    for number in [0, 9, 10, 1234567890, u64::MAX] {
        assert_eq!(written(|out| out.u64(number)), number.to_string());
    }
    for number in [0, -1, 5, i64::MIN, i64::MAX] {
        assert_eq!(written(|out| out.i64(number)), number.to_string());
    }
    assert_eq!(written(|out| out.number_text("-1.50e+7")), "-1.50e+7");
    for text in ["", "1,2", "01", "NaN", "1 ", "\"1\""] {
        assert_eq!(written(|out| out.number_text(text)), "null", "{text}");
    }
    let list = written(|out| {
        out.begin_array();
        out.i64(-1);
        out.i64(-2);
        out.number_text("3");
        out.end_array();
    });
    assert_eq!(list, "[-1,-2,3]");
}

#[test]
fn calls_and_batches() {
    let mut out = Vec::new();
    write_call(&mut out, 7, "eth_chainId", |_| {});
    assert_eq!(out, br#"{"jsonrpc":"2.0","id":7,"method":"eth_chainId","params":[]}"#);
    let mut out = Vec::new();
    let mut batch = BatchWriter::new(&mut out);
    for id in 1..=2 {
        batch.call(id, "eth_call", |params| {
            params.begin_array();
            params.string("a");
            params.null();
            params.end_array();
        });
    }
    assert_eq!(batch.finish(), 2);
    assert_eq!(
        String::from_utf8(out).unwrap(),
        r#"[{"jsonrpc":"2.0","id":1,"method":"eth_call","params":["a",null]},{"jsonrpc":"2.0","id":2,"method":"eth_call","params":["a",null]}]"#
    );
    let mut out = Vec::new();
    assert_eq!(BatchWriter::new(&mut out).finish(), 0);
    assert_eq!(out, b"[]");
}

/// Reads a call and writes it again in our spelling.
fn rewritten(body: &str) -> Option<String> {
    let mut tape = Tape::new();
    let Ok(Request::Single(Ok(call))) = parse(body.as_bytes(), &mut tape, &Limits::default()) else {
        return None;
    };
    let mut out = Vec::new();
    write_call(&mut out, 1, call.method(), |params| {
        params.begin_array();
        call.params().iter().for_each(|value| params.value(value));
        params.end_array();
    });
    Some(String::from_utf8(out).unwrap())
}

fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        any::<String>().prop_map(Json::from),
        "0x[0-9a-fA-F]{0,64}".prop_map(Json::from),
    ];
    leaf.prop_recursive(6, 64, 12, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..12).prop_map(Json::from),
            prop::collection::btree_map("[a-zA-Zäς\u{17f}\"\\\\\n]{0,8}", inner, 0..12)
                .prop_map(|members| Json::Object(members.into_iter().collect())),
        ]
    })
}

/// The same value in a spelling that nobody would choose: escapes and white space at random.
fn spell(value: &Json, wild: &mut dyn FnMut() -> u8, out: &mut String) {
    let blank = |wild: &mut dyn FnMut() -> u8, out: &mut String| {
        out.push_str(["", "", " ", "\n\t", "\r"][usize::from(wild()) % 5]);
    };
    let text = |text: &str, wild: &mut dyn FnMut() -> u8, out: &mut String| {
        out.push('"');
        for character in text.chars() {
            if wild() < 64 || (character as u32) < 0x20 || "\"\\".contains(character) {
                let mut units = [0; 2];
                character
                    .encode_utf16(&mut units)
                    .iter()
                    .for_each(|unit| out.push_str(&format!("\\u{unit:04X}")));
            } else {
                out.push(character);
            }
        }
        out.push('"');
    };
    blank(wild, out);
    match value {
        Json::String(string) => text(string, wild, out),
        Json::Array(items) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                out.push_str(if place > 0 { "," } else { "" });
                spell(item, wild, out);
            }
            out.push(']');
        }
        Json::Object(members) => {
            out.push('{');
            for (place, (name, item)) in members.iter().enumerate() {
                out.push_str(if place > 0 { "," } else { "" });
                blank(wild, out);
                text(name, wild, out);
                blank(wild, out);
                out.push(':');
                spell(item, wild, out);
            }
            out.push('}');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
    blank(wild, out);
}

proptest! {
    #[test]
    fn what_is_written_is_what_was_read(params in prop::collection::vec(json(), 0..6), seed in prop::collection::vec(any::<u8>(), 1..64)) {
        let mut dice = seed.iter().copied().cycle();
        let mut spelled = String::new();
        spell(&Json::from(params.clone()), &mut || dice.next().unwrap(), &mut spelled);
        let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"eth_call","params":{spelled}}}"#);
        // Names that fold together and U+0000 are refused; everything else is read.
        let odd = spelled.contains("\\u0000") || spelled.contains('\0') || folds_together(&Json::from(params.clone()));
        let ours = rewritten(&body);
        prop_assert_eq!(ours.is_none(), odd);
        if let Some(ours) = ours {
            let second: Json = serde_json::from_str(&ours).unwrap();
            prop_assert_eq!(&second["params"], &serde_json::from_str::<Json>(&body).unwrap()["params"]);
            prop_assert_eq!(rewritten(&ours), Some(ours));
        }
    }

    #[test]
    fn every_string_survives(text in "[^\0]*") {
        let mut out = Vec::new();
        write_call(&mut out, 1, "eth_call", |params| {
            params.begin_array();
            params.string(&text);
            params.end_array();
        });
        let second: Json = serde_json::from_slice(&out).unwrap();
        prop_assert_eq!(second["params"][0].as_str(), Some(text.as_str()));
        let mut tape = Tape::new();
        let Ok(Request::Single(Ok(call))) = parse(&out, &mut tape, &Limits::default()) else { panic!() };
        prop_assert_eq!(call.params().get(0).unwrap().as_str(), Some(text.as_str()));
    }
}

fn folds_together(value: &Json) -> bool {
    match value {
        Json::Array(items) => items.iter().any(folds_together),
        Json::Object(members) => {
            let names: Vec<&String> = members.keys().collect();
            let pair = |place: usize| {
                names[..place]
                    .iter()
                    .any(|other| crate::fold::same_name(other, names[place]))
            };
            (0..names.len()).any(pair) || members.values().any(folds_together)
        }
        _ => false,
    }
}
