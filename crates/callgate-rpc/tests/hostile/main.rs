//! What strangers send, through the public door of the crate.
//!
//! - `attacks`: the known ways to make a firewall and a node read the same bytes differently
//! - `json_test_suite`: the parsing cases known as JSONTestSuite
//! - `generated`: bodies in any spelling, and with one thing wrong
//! - `smoke`: random bytes and damaged requests, with serde_json as second reader
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests"
)]

mod attacks;
mod generated;
mod json_test_suite;
mod smoke;

use callgate_rpc::{Limits, ParseErrorKind, Request, Tape, parse};

/// How a body is read.
#[derive(Debug, PartialEq)]
enum Verdict {
    /// The document as a whole is refused.
    Refused(ParseErrorKind),
    /// One call: its text, or the kind of its fault.
    Single(String),
    /// The same for each call of a batch.
    Batch(Vec<String>),
}

fn verdict(body: impl AsRef<[u8]>) -> Verdict {
    let shown = |call: Result<callgate_rpc::Call<'_>, callgate_rpc::InvalidCall<'_>>| match call {
        Ok(call) => {
            let id = call.id().map_or("none".to_owned(), |id| format!("{id}"));
            format!("{id} {} {}", call.method(), call.params().len())
        }
        Err(fault) => format!("{:?}", fault.kind),
    };
    match parse(body.as_ref(), &mut Tape::new(), &Limits::default()) {
        Err(error) => Verdict::Refused(error.kind()),
        Ok(Request::Single(call)) => Verdict::Single(shown(call)),
        Ok(Request::Batch(batch)) => Verdict::Batch(batch.iter().map(shown).collect()),
    }
}
