//! What is written of a call is JSON to a second reader, and the same call when that reader's text is read by ours.
#![no_main]

use callgate_eth::{Context, Dialect, Understood, understand};
use callgate_rpc::{Limits, Request, Tape, parse, write_call};

libfuzzer_sys::fuzz_target!(|input: (u8, &[u8])| {
    let (choice, body) = input;
    let dialect = Dialect::ALL[usize::from(choice) % Dialect::ALL.len()];
    let context = Context { chain_id: (choice < 0x80).then_some(1), client: dialect.into() };
    let mut tape = Tape::new();
    let Ok(Request::Single(Ok(call))) = parse(body, &mut tape, &Limits::default()) else { return };
    let Ok(understood) = understand(&call, &context) else { return };
    let written = write(&understood);
    let Ok(theirs) = serde_json::from_slice::<serde_json::Value>(&written) else {
        panic!("the second reader refuses what is written")
    };
    assert_eq!(theirs["method"], understood.method_name());
    // It keeps names in an order of its own, so what is compared is its reading.
    let text = theirs.to_string();
    let mut tape = Tape::new();
    let Ok(Request::Single(Ok(again))) = parse(text.as_bytes(), &mut tape, &Limits::default()) else {
        panic!("what the second reader read is not a call")
    };
    let Ok(again) = understand(&again, &context) else { panic!("what the second reader read is not understood") };
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&write(&again)).ok(), Some(theirs));
});

fn write(call: &Understood<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    write_call(&mut out, 1, call.method_name(), |params| call.write(params, None));
    out
}
