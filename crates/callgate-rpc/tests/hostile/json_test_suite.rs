//! Every case as a whole body and as parameters. Texts that are not JSON, and texts that readers may treat as they like,
//! are refused; JSON is read, with two deviations: no name twice in an object, and no U+0000.

use callgate_rpc::{Limits, ParseErrorKind, Request, Tape, code, parse};

const CASES: &str = include_str!("../../../../tests/fixtures/json-test-suite/cases.tsv");

/// JSON that is refused all the same, and why.
const DEVIATIONS: [(&str, &str); 4] = [
    ("y_object_duplicated_key", "duplicate"),
    ("y_object_duplicated_key_and_value", "duplicate"),
    ("y_object_escaped_null_in_key", "nul"),
    ("y_string_null_escape", "nul"),
];

/// Nothing between brackets is an empty array: these two are no cases there.
const EMPTY: [&str; 2] = ["n_single_space", "n_structure_no_data"];

fn cases() -> impl Iterator<Item = (&'static str, Vec<u8>)> {
    CASES.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let (name, bytes) = line.split_once('\t').expect("name, tab, bytes");
        (name, unescaped(bytes))
    })
}

/// `\xNN` is a byte, `\\` a backslash, `\{N:text}` the text N times.
fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((plain, after)) = rest.split_once('\\') {
        bytes.extend_from_slice(plain.as_bytes());
        rest = if let Some(after) = after.strip_prefix('x') {
            bytes.push(u8::from_str_radix(&after[..2], 16).expect("hex"));
            &after[2..]
        } else if let Some(after) = after.strip_prefix('{') {
            let (count, after) = after.split_once(':').expect("count");
            let (repeated, after) = after.split_once('}').expect("text");
            bytes.extend(repeated.repeat(count.parse().expect("number")).bytes());
            after
        } else {
            bytes.push(b'\\');
            &after[1..]
        };
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}

fn as_params(params: &[u8]) -> Vec<u8> {
    [
        br#"{"jsonrpc":"2.0","id":1,"method":"eth_call","params":"#.as_slice(),
        params,
        b"}",
    ]
    .concat()
}

fn as_param(param: &[u8]) -> Vec<u8> {
    as_params(&[b"[", param, b"]"].concat())
}

/// The kind of refusal of a document, if it is refused.
fn refusal(body: &[u8]) -> Option<(ParseErrorKind, i64)> {
    parse(body, &mut Tape::new(), &Limits::default())
        .err()
        .map(|error| (error.kind(), error.code()))
}

#[test]
fn the_suite_is_complete() {
    let count = |prefix: &str| cases().filter(|(name, _)| name.starts_with(prefix)).count();
    assert_eq!((count("y_"), count("n_"), count("i_")), (95, 188, 35));
}

#[test]
fn text_that_is_not_json_is_refused_everywhere() {
    for (name, bytes) in cases().filter(|(name, _)| name.starts_with("n_")) {
        assert!(refusal(&bytes).is_some(), "{name} as a body");
        assert!(refusal(&as_params(&bytes)).is_some(), "{name} as params");
        if !EMPTY.contains(&name) {
            assert!(refusal(&as_param(&bytes)).is_some(), "{name} as a parameter");
        }
    }
}

#[test]
fn text_that_readers_treat_differently_is_refused_everywhere() {
    for (name, bytes) in cases().filter(|(name, _)| name.starts_with("i_")) {
        assert!(refusal(&bytes).is_some(), "{name} as a body");
        assert!(refusal(&as_params(&bytes)).is_some(), "{name} as params");
        assert!(refusal(&as_param(&bytes)).is_some(), "{name} as a parameter");
    }
}

#[test]
fn json_is_accepted_as_a_parameter() {
    for (name, bytes) in cases().filter(|(name, _)| name.starts_with("y_")) {
        let body = as_param(&bytes);
        match DEVIATIONS.iter().find(|(deviation, _)| *deviation == name) {
            None => {
                let mut tape = Tape::new();
                let request = parse(&body, &mut tape, &Limits::default());
                let Ok(Request::Single(Ok(call))) = request else {
                    panic!("{name}: {request:?}")
                };
                assert_eq!(call.params().len(), 1, "{name}");
            }
            Some((_, "nul")) => assert!(
                matches!(refusal(&body), Some((ParseErrorKind::NulCharacter, _))),
                "{name}"
            ),
            Some(_) => assert!(
                matches!(refusal(&body), Some((ParseErrorKind::DuplicateName { .. }, _))),
                "{name}"
            ),
        }
    }
}

/// As a whole body nothing of it is a call, but nothing of it is a fault of syntax either.
#[test]
fn json_that_is_no_request_is_no_syntax_error() {
    for (name, bytes) in cases().filter(|(name, _)| name.starts_with("y_")) {
        let mut tape = Tape::new();
        match parse(&bytes, &mut tape, &Limits::default()) {
            Ok(Request::Single(call)) => assert!(call.is_err(), "{name}"),
            Ok(Request::Batch(batch)) => assert!(batch.iter().all(|call| call.is_err()), "{name}"),
            Err(error) if error.kind() == ParseErrorKind::NulCharacter => {}
            Err(error) => assert_eq!(error.code(), code::INVALID_REQUEST, "{name}: {error}"),
        }
    }
}

/// What this reader takes, serde_json takes as well, and in the same sense.
#[test]
fn serde_json_agrees_on_what_is_accepted() {
    for (name, bytes) in cases() {
        let body = as_param(&bytes);
        if refusal(&body).is_none() {
            assert!(serde_json::from_slice::<serde_json::Value>(&body).is_ok(), "{name}");
        }
    }
}
