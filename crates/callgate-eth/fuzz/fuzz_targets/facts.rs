//! Facts: whatever body is understood, each fact of each operation can be asked for, and facts agree with one another.
#![no_main]

use callgate_eth::{Context, Dialect, Operation, To, understand};
use callgate_rpc::{Call, Limits, Request, Tape, parse};

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
    let _ = understood.asked();
    understood.operations().iter().for_each(agree);
}

fn agree(operation: &Operation<'_>) {
    let input = operation.input_bytes();
    assert_eq!(operation.input_len(), input.len());
    if let Some(selector) = operation.selector() {
        assert!(input.starts_with(&selector) && operation.to() != To::Create);
    }
    if let Some(known) = operation.known_sender() {
        assert_eq!(operation.sender(), Ok(known));
    }
    assert_eq!(operation.creates(), operation.to() == To::Create);
    assert_eq!(operation.is_private(), operation.privacy().is_some());
    let _ = (operation.value(), operation.gas(), operation.gas_price(), operation.nonce(), operation.chain_id());
    let _ = (operation.max_fee_per_gas(), operation.max_priority_fee_per_gas(), operation.max_fee_per_blob_gas());
    let _ = (operation.transaction_type(), operation.access_list_len(), operation.blob_count(), operation.hash());
    let _ = (operation.is_signed(), operation.is_protected(), operation.has_overrides(), operation.kind().name());
    for authorization in operation.authorizations() {
        let _ = authorization.authority();
    }
}
