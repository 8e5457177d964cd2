//! What is written from a call that was read is the same call: for this reader, byte by byte, and for serde_json.
#![no_main]

use callgate_rpc::{Call, Limits, Request, Tape, parse, write_call};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, from_slice};

fuzz_target!(|body: &[u8]| {
    let mut tape = Tape::new();
    let Ok(Request::Single(Ok(call))) = parse(body, &mut tape, &Limits::default()) else {
        return;
    };
    let once = written(&call);
    let second = |bytes: &[u8]| from_slice::<Value>(bytes).map(|call| (call["method"].clone(), call["params"].clone()));
    let (Ok(theirs), Ok(ours)) = (second(body), second(&once)) else {
        panic!("serde_json refuses it")
    };
    assert_eq!(theirs.0, ours.0);
    assert!(theirs.1 == ours.1 || theirs.1.is_null() && call.params().is_empty());
    // A body near the limit can be over it in our spelling: control characters become longer.
    let limits = Limits {
        body_bytes: 64 << 20,
        string_bytes: 64 << 20,
        name_bytes: 4096,
        ..Limits::default()
    };
    let mut tape = Tape::new();
    let Ok(Request::Single(Ok(call))) = parse(&once, &mut tape, &limits) else {
        panic!("we refuse it")
    };
    assert_eq!(written(&call), once);
});

fn written(call: &Call<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    write_call(&mut out, 1, call.method(), |params| {
        params.begin_array();
        call.params().iter().for_each(|value| params.value(value));
        params.end_array();
    });
    out
}
