//! Generated bodies: in whatever spelling they come, they are read as the calls that they hold, and what is written from
//! them is the same to a second reader. With one thing wrong they hold no call.

use callgate_rpc::{Call, Id, Limits, Request, Tape, parse, write_call};
use callgate_testkit::body::{Asked, body, broken};
use callgate_testkit::call::call;
use proptest::prelude::*;
use serde_json::Value;

fn any_call() -> impl Strategy<Value = (String, Value)> {
    call(1).prop_map(|call| (call.method.to_owned(), call.params))
}

fn agrees(read: &Call<'_>, asked: &Asked) {
    assert_eq!(read.method(), asked.method);
    let id = read.id().map(|id| match id {
        Id::Null => Value::Null,
        Id::Unsigned(number) => number.into(),
        Id::Negative(number) => number.into(),
        Id::String(text) => text.into(),
    });
    assert_eq!(id, asked.id);
    let mut written = Vec::new();
    write_call(&mut written, 7, read.method(), |params| {
        params.begin_array();
        read.params().iter().for_each(|value| params.value(value));
        params.end_array();
    });
    let written: Value = serde_json::from_slice(&written).expect("what is written is JSON");
    assert_eq!(written["method"], asked.method.as_str());
    assert_eq!(written["params"], asked.params);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_generated_body_holds_its_calls(body in body(any_call())) {
        let mut tape = Tape::new();
        match parse(body.text.as_bytes(), &mut tape, &Limits::default()) {
            Ok(Request::Single(Ok(read))) => {
                prop_assert!(!body.is_batch);
                agrees(&read, &body.calls[0]);
            }
            Ok(Request::Batch(batch)) => {
                let read: Vec<_> = batch.iter().map(|call| call.expect("a call")).collect();
                prop_assert!(body.is_batch && read.len() == body.calls.len());
                read.iter().zip(&body.calls).for_each(|(read, asked)| agrees(read, asked));
            }
            _ => prop_assert!(false, "refused: {}", body.text),
        }
    }

    #[test]
    fn a_body_with_one_thing_wrong_holds_no_call(body in broken(any_call())) {
        let mut tape = Tape::new();
        let read = parse(body.as_bytes(), &mut tape, &Limits::default());
        prop_assert!(!matches!(read, Ok(Request::Single(Ok(_)) | Request::Batch(_))), "{}", body);
    }
}
