//! Calls: no body panics, and what is understood is written as a call that means the same when it is read again.
#![no_main]

use callgate_eth::{Context, Dialect, Understood, understand};
use callgate_rpc::{Call, Limits, Request, Tape, parse, write_call};

libfuzzer_sys::fuzz_target!(|input: (u8, &[u8])| {
    let (choice, body) = input;
    let dialect = Dialect::ALL[usize::from(choice) % Dialect::ALL.len()];
    let context = Context { chain_id: (choice < 0x80).then_some(1), client: dialect.into() };
    let mut tape = Tape::new();
    match parse(body, &mut tape, &Limits::default()) {
        Ok(Request::Single(Ok(call))) => check(&call, &context),
        Ok(Request::Batch(batch)) => batch.iter().flatten().for_each(|call| check(&call, &context)),
        Ok(Request::Single(Err(_))) | Err(_) => {}
    }
});

fn check(call: &Call<'_>, context: &Context) {
    let Ok(understood) = understand(call, context) else { return };
    let written = write(&understood);
    let mut tape = Tape::new();
    let Ok(Request::Single(Ok(again))) = parse(&written, &mut tape, &Limits::default()) else {
        panic!("what is written is not a call")
    };
    let Ok(twice) = understand(&again, context) else { panic!("what is written is not understood") };
    assert_eq!(write(&twice), written);
    assert_eq!(twice.operations().len(), understood.operations().len());
    for (one, other) in understood.operations().iter().zip(twice.operations()) {
        assert_eq!((one.kind(), one.sender(), one.to()), (other.kind(), other.sender(), other.to()));
        assert_eq!((one.value(), one.input_bytes()), (other.value(), other.input_bytes()));
        assert_eq!(one.has_overrides(), other.has_overrides());
    }
}

fn write(call: &Understood<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    write_call(&mut out, 1, call.method_name(), |params| call.write(params, None));
    out
}
