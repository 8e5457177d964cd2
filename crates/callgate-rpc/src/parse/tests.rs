//! The reader of requests: limits at the limit and one beyond, offsets, the tape from body to body.

use super::*;
use crate::call::Request;
use crate::value::{Kind as ValueKind, Value};

fn kind(body: &str, limits: &Limits) -> Result<(), (Kind, usize)> {
    match parse(body.as_bytes(), &mut Tape::new(), limits) {
        Ok(_) => Ok(()),
        Err(error) => Err((error.kind(), error.offset())),
    }
}

fn refused(body: &str) -> (Kind, usize) {
    kind(body, &Limits::default()).expect_err(body)
}

/// A call with these params, and where they begin.
fn call(params: &str) -> (String, usize) {
    let head = r#"{"jsonrpc":"2.0","id":1,"method":"eth_call","params":"#;
    (format!("{head}{params}}}"), head.len())
}

#[test]
fn body_bytes_at_the_limit_and_beyond() {
    let (body, _) = call("[]");
    let at = Limits {
        body_bytes: body.len(),
        ..Limits::default()
    };
    let below = Limits {
        body_bytes: body.len() - 1,
        ..Limits::default()
    };
    assert_eq!(kind(&body, &at), Ok(()));
    assert_eq!(
        kind(&body, &below),
        Err((Kind::BodyTooLong { limit: body.len() - 1 }, body.len() - 1))
    );
}

#[test]
fn depth_at_the_limit_and_beyond() {
    let nested = |depth: usize| call(&format!("{}{}", "[".repeat(depth), "]".repeat(depth)));
    let limits = Limits::default();
    assert_eq!(limits.depth, 32);
    assert_eq!(kind(&nested(31).0, &limits), Ok(()));
    let (body, start) = nested(32);
    assert_eq!(kind(&body, &limits), Err((Kind::TooDeep { limit: 32 }, start + 31)));
    let objects = |depth: usize| call(&format!("[{}1{}]", r#"{"a":"#.repeat(depth), "}".repeat(depth))).0;
    assert_eq!(kind(&objects(30), &limits), Ok(()));
    assert!(matches!(kind(&objects(31), &limits), Err((Kind::TooDeep { .. }, _))));
}

#[test]
fn depth_costs_no_stack() {
    let limits = Limits {
        depth: 1_000_000,
        tokens: 10_000_000,
        ..Limits::default()
    };
    let (body, _) = call(&format!("{}{}", "[".repeat(500_000), "]".repeat(500_000)));
    assert_eq!(kind(&body, &limits), Ok(()));
}

#[test]
fn tokens_at_the_limit_and_beyond() {
    // An object, four names, four values.
    let (body, start) = call("[]");
    assert_eq!(
        kind(
            &body,
            &Limits {
                tokens: 9,
                ..Limits::default()
            }
        ),
        Ok(())
    );
    let below = Limits {
        tokens: 8,
        ..Limits::default()
    };
    assert_eq!(kind(&body, &below), Err((Kind::TooManyTokens { limit: 8 }, start)));
    let (many, _) = call(&format!("[{}[]]", "[],".repeat(199_999)));
    let limits = Limits {
        array_items: usize::MAX,
        ..Limits::default()
    };
    assert!(matches!(
        kind(&many, &limits),
        Err((Kind::TooManyTokens { limit: 200_000 }, _))
    ));
}

#[test]
fn array_items_at_the_limit_and_beyond() {
    let limits = Limits {
        array_items: 3,
        ..Limits::default()
    };
    assert_eq!(kind(&call("[1,2,3]").0, &limits), Ok(()));
    let (body, start) = call("[1,2,3, 4]");
    assert_eq!(kind(&body, &limits), Err((Kind::TooManyItems { limit: 3 }, start + 8)));
}

#[test]
fn object_members_at_the_limit_and_beyond() {
    let object = |count: usize| {
        let members: Vec<String> = (0..count).map(|name| format!("\"k{name}\":0")).collect();
        call(&format!("[{{{}}}]", members.join(","))).0
    };
    assert_eq!(kind(&object(1024), &Limits::default()), Ok(()));
    assert!(matches!(
        kind(&object(1025), &Limits::default()),
        Err((Kind::TooManyMembers { limit: 1024 }, _))
    ));
}

#[test]
fn name_bytes_at_the_limit_and_beyond() {
    let named = |length: usize| call(&format!("[{{\"{}\":0}}]", "k".repeat(length)));
    assert_eq!(kind(&named(256).0, &Limits::default()), Ok(()));
    let (body, start) = named(257);
    assert_eq!(
        kind(&body, &Limits::default()),
        Err((Kind::NameTooLong { limit: 256 }, start + 2))
    );
}

#[test]
fn string_bytes_at_the_limit_and_beyond() {
    let limits = Limits {
        string_bytes: 10,
        ..Limits::default()
    };
    for text in ["aaaaaaaaaa", r"aaaa\u0061", "ääää12"] {
        assert_eq!(kind(&call(&format!("[\"{text}\"]")).0, &limits), Ok(()));
        let (body, start) = call(&format!("[\"{text}x\"]"));
        assert_eq!(
            kind(&body, &limits),
            Err((Kind::StringTooLong { limit: 10 }, start + 1))
        );
    }
}

#[test]
fn number_bytes_at_the_limit_and_beyond() {
    let number = |length: usize| call(&format!("[0.{}]", "1".repeat(length - 2)));
    assert_eq!(kind(&number(128).0, &Limits::default()), Ok(()));
    let (body, start) = number(129);
    assert_eq!(
        kind(&body, &Limits::default()),
        Err((Kind::NumberTooLong { limit: 128 }, start + 1))
    );
}

#[test]
fn batch_calls_at_the_limit_and_beyond() {
    let batch = |count: usize| format!("[{}1]", "1,".repeat(count - 1));
    assert_eq!(kind(&batch(1000), &Limits::default()), Ok(()));
    assert_eq!(
        kind(&batch(1001), &Limits::default()),
        Err((Kind::BatchTooLong { limit: 1000 }, 2001))
    );
}

#[test]
fn errors_name_the_byte() {
    for (body, offset) in [
        ("", 0),
        ("   ", 3),
        ("{\"a\" 1}", 5),
        ("{\"a\":tru}", 8),
        ("{\"a\":1,}", 7),
        ("{\"a\":01}", 6),
        ("{\"a\":-}", 6),
        ("{\"a\":1.}", 7),
        ("{\"a\":1e+}", 8),
        ("{\"a\":\"\\x\"}", 6),
        ("{\"a\":\"\\ud800\"}", 6),
        ("{\"a\":\"ab\\u0000\"}", 8),
        ("{\"a\":\"\u{1}\"}", 6),
        ("{\"a\":1} {}", 8),
        ("{\"a\":18446744073709551616}", 5),
        (" 7", 1),
        (" []", 1),
    ] {
        assert_eq!(refused(body).1, offset, "{body}");
    }
}

#[test]
fn duplicates_are_found_in_small_and_large_objects() {
    assert_eq!(
        refused(r#"{"a":1,"b":[],"A":2}"#),
        (Kind::DuplicateName { first: 1 }, 14)
    );
    for count in [2usize, 7, 8, 9, 100, 1023] {
        let mut members: Vec<String> = (0..count).map(|name| format!("\"key{name}\":{{\"x\":[1]}}")).collect();
        assert_eq!(
            kind(&call(&format!("[{{{}}}]", members.join(","))).0, &Limits::default()),
            Ok(())
        );
        members.push("\"KEY0\":0".to_owned());
        let (body, start) = call(&format!("[{{{}}}]", members.join(",")));
        let place = body.find("\"KEY0\"").unwrap();
        assert_eq!(
            kind(&body, &Limits::default()),
            Err((Kind::DuplicateName { first: start + 2 }, place))
        );
    }
}

#[test]
fn names_fold_by_unicode_in_large_objects_too() {
    for (one, other) in [
        ("kind", "\u{212a}ind"),
        ("params", "param\u{17f}"),
        ("é", "É"),
        ("x", "\\u0058"),
    ] {
        for filler in [0, 20] {
            let filler: String = (0..filler).map(|name| format!("\"n{name}\":0,")).collect();
            let (body, _) = call(&format!("[{{\"{one}\":0,{filler}\"{other}\":0}}]"));
            assert!(
                matches!(kind(&body, &Limits::default()), Err((Kind::DuplicateName { .. }, _))),
                "{body}"
            );
        }
    }
}

#[test]
fn an_inner_object_does_not_lend_its_names_to_the_outer_one() {
    let (body, _) = call(r#"[{"a":{"a":{"a":1},"b":2},"b":[{"a":1},{"a":1}]}]"#);
    assert_eq!(kind(&body, &Limits::default()), Ok(()));
}

#[test]
fn many_large_objects_are_cheap() {
    // As many members as the token limit allows: with pairwise comparison this would take minutes.
    let object: String = (0..1000).map(|name| format!("\"{name:0>66}\":0,")).collect();
    let object = format!("{{{}}}", object.trim_end_matches(','));
    let (body, _) = call(&format!("[{}]", vec![object; 50].join(",")));
    assert_eq!(kind(&body, &Limits::default()), Ok(()));
}

#[test]
fn values_are_what_was_written() {
    let (body, start) = call(r#"[null, true ,false,-0,1.5e3,"a\u00e9\ud83d\ude39\/","plain",[],{"n\u0061me":[1,{}]}]"#);
    let mut tape = Tape::new();
    let Ok(Request::Single(Ok(call))) = parse(body.as_bytes(), &mut tape, &Limits::default()) else {
        panic!()
    };
    let params = call.params();
    assert_eq!(params.len(), 9);
    assert_eq!(params.offset(), Some(start));
    let value = |place: usize| params.get(place).unwrap();
    assert!(value(0).is_null());
    assert_eq!(
        (value(1).as_bool(), value(2).as_bool(), value(0).as_bool()),
        (Some(true), Some(false), None)
    );
    let number = value(3).as_number().unwrap();
    assert_eq!(
        (number.text(), number.is_integer(), number.as_u64(), number.as_i64()),
        ("-0", true, None, Some(0))
    );
    let number = value(4).as_number().unwrap();
    assert_eq!(
        (number.is_integer(), number.as_u64(), number.as_f64()),
        (false, None, Some(1500.0))
    );
    assert_eq!(value(5).as_str(), Some("aé😹/"));
    assert_eq!(value(6).as_str(), Some("plain"));
    assert_eq!(value(6).offset(), body.find("\"plain\"").unwrap());
    assert!(value(7).as_array().unwrap().is_empty());
    let object = value(8).as_object().unwrap();
    let (name, inner) = object.iter().next().unwrap();
    assert_eq!((name.as_str(), name.offset()), ("name", body.find("\"n\\u").unwrap()));
    let inner: Vec<ValueKind> = inner.as_array().unwrap().iter().map(Value::kind).collect();
    assert_eq!(inner, [ValueKind::Number, ValueKind::Object]);
    assert!(object.get("name").is_some() && object.get("Name").is_none());
    assert!(params.get(9).is_none());
    assert_eq!(params.iter().count(), 9);
}

#[test]
fn a_tape_forgets_the_body_before() {
    let mut tape = Tape::new();
    let (escaped, _) = call(r#"["\u0061\u0062",[1,2,3]]"#);
    assert!(parse(escaped.as_bytes(), &mut tape, &Limits::default()).is_ok());
    assert!(parse(b"[[[[\"\\u0061", &mut tape, &Limits::default()).is_err());
    let (body, _) = call(r#"["\u0063"]"#);
    let Ok(Request::Single(Ok(call))) = parse(body.as_bytes(), &mut tape, &Limits::default()) else {
        panic!()
    };
    assert_eq!(call.params().get(0).unwrap().as_str(), Some("c"));
    assert_eq!(call.params().len(), 1);
}

#[test]
fn a_warm_tape_does_not_grow() {
    let mut tape = Tape::new();
    let (body, _) = call(r#"[{"to":"0x00","data":"0x0102","x":[1,{"y":null}]},"latest"]"#);
    let room = |tape: &Tape| {
        let Tape {
            tokens,
            scratch,
            open,
            names,
            ..
        } = tape;
        (tokens.capacity(), scratch.capacity(), open.capacity(), names.capacity())
    };
    assert!(parse(body.as_bytes(), &mut tape, &Limits::default()).is_ok());
    let first = room(&tape);
    for _ in 0..100 {
        assert!(parse(body.as_bytes(), &mut tape, &Limits::default()).is_ok());
    }
    assert_eq!(room(&tape), first);
    assert_eq!(first.1, 0, "nothing had escapes");
}

#[test]
fn a_batch_of_one_is_a_batch() {
    let (body, _) = call("[]");
    let mut tape = Tape::new();
    assert!(matches!(
        parse(body.as_bytes(), &mut tape, &Limits::default()),
        Ok(Request::Single(Ok(_)))
    ));
    let batch = format!("[{body}]");
    match parse(batch.as_bytes(), &mut tape, &Limits::default()) {
        Ok(Request::Batch(batch)) => assert_eq!(batch.len(), 1),
        other => panic!("{other:?}"),
    }
}
