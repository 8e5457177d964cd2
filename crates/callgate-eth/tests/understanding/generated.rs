//! Generated calls of every kind: they have exactly the operations that were generated, at each client that serves them;
//! what is written of them is the same call to our reader and to serde_json.

use callgate_eth::{Address, To};
use callgate_testkit::call::{Call, call};
use proptest::prelude::*;
use serde_json::Value;

use crate::support::{CHAIN, client, with, written_for};

/// The operations are those that were generated, in their order.
fn has_its_operations(generated: &Call) {
    let params = generated.params.to_string();
    with(&client(generated.client), generated.method, &params, |understood| {
        let understood = understood.unwrap_or_else(|error| panic!("{error}: {} {params}", generated.method));
        assert_eq!(understood.operations().len(), generated.operations.len());
        for (operation, meaning) in understood.operations().iter().zip(&generated.operations) {
            assert_eq!(operation.kind().name(), generated.kind);
            // Who names nobody calls as the zero address.
            assert_eq!(operation.sender(), Ok(meaning.from.unwrap_or(Address::ZERO)));
            assert_eq!(operation.to(), meaning.to.map_or(To::Create, To::Address));
            assert_eq!(operation.value(), Some(meaning.value));
            assert_eq!(operation.input_bytes().as_ref(), meaning.input);
            assert_eq!(operation.selector(), meaning.selector());
            assert_eq!(operation.access_list_len(), meaning.accessed);
            assert_eq!(operation.blob_count(), meaning.blobs);
            let delegations: Vec<_> = operation
                .authorizations()
                .iter()
                .map(|authorization| (authorization.authority().unwrap(), authorization.delegate()))
                .collect();
            assert_eq!(delegations, meaning.delegations);
        }
    });
}

/// Every text of a JSON value, in order.
fn texts(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.to_lowercase()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, into)),
        Value::Object(members) => members.values().for_each(|value| texts(value, into)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_generated_call_has_exactly_its_operations(generated in call(CHAIN)) {
        has_its_operations(&generated);
    }

    #[test]
    fn what_is_written_is_the_same_call_to_both_readers(generated in call(CHAIN)) {
        let context = client(generated.client);
        let written = written_for(&context, generated.method, &generated.params.to_string());
        let written: Value = serde_json::from_str(&written.unwrap()).expect("serde_json reads it");
        // Nothing that was said is lost: each text is there again, as a node compares it.
        let (mut before, mut after) = (Vec::new(), Vec::new());
        texts(&generated.params, &mut before);
        texts(&written, &mut after);
        for text in before {
            let place = after.iter().position(|other| *other == text);
            prop_assert!(place.is_some(), "{} is lost in {}", text, written);
        }
        // The second reader's text means the same to us.
        let again = Call { params: written, ..generated };
        has_its_operations(&again);
    }
}
