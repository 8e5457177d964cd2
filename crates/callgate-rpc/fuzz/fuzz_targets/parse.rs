//! Bodies as strangers write them: nothing panics, and what is accepted is JSON for a second reader too.
#![no_main]

use callgate_rpc::{Limits, Request, Tape, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let mut tape = Tape::new();
    let Ok(request) = parse(body, &mut tape, &Limits::default()) else {
        return;
    };
    assert!(serde_json::from_slice::<serde_json::Value>(body).is_ok());
    if let Request::Batch(batch) = request {
        assert_eq!(batch.iter().count(), batch.len());
    }
});
