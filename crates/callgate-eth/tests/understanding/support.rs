//! Asking `understand` and writing what it answers, twice.

use callgate_eth::{Context, Dialect, Misunderstood, Reason, Understood, understand};
use callgate_rpc::{Limits, Request, Tape, Writer, parse};

pub(crate) const CHAIN: u64 = 3_503_995_874_084_926;

/// A node of the execution-apis test chain, whose client nobody has named.
pub(crate) const NODE: Context = Context {
    chain_id: Some(CHAIN),
    dialect: Dialect::Generic,
};

pub(crate) const ALICE: &str = "0x00000000000000000000000000000000000a11ce";
pub(crate) const BOB: &str = "0x0000000000000000000000000000000000000b0b";

/// A node of the same chain that speaks `dialect`.
pub(crate) fn node(dialect: Dialect) -> Context {
    Context { dialect, ..NODE }
}

/// Understands the call and hands the outcome on.
pub(crate) fn with<R>(
    context: &Context,
    method: &str,
    params: &str,
    then: impl FnOnce(Result<Understood<'_>, Misunderstood>) -> R,
) -> R {
    let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{params}}}"#);
    let mut tape = Tape::new();
    match parse(body.as_bytes(), &mut tape, &Limits::default()) {
        Ok(Request::Single(Ok(call))) => then(understand(&call, context)),
        Ok(_) => panic!("`{body}` is not one call"),
        Err(error) => panic!("`{body}` is not JSON-RPC: {error}"),
    }
}

/// The params array a call becomes. Checks that it is a fixed point: understood again, it is written the same.
pub(crate) fn written_for(context: &Context, method: &str, params: &str) -> Result<String, Misunderstood> {
    let once = with(context, method, params, |outcome| outcome.map(|call| text(&call)))?;
    let twice = with(context, method, &once, |outcome| outcome.map(|call| text(&call)));
    assert_eq!(
        twice.as_ref(),
        Ok(&once),
        "`{method}` is not the same when it is read again"
    );
    Ok(once)
}

pub(crate) fn written(method: &str, params: &str) -> Result<String, Misunderstood> {
    written_for(&NODE, method, params)
}

fn text(call: &Understood<'_>) -> String {
    let mut bytes = Vec::new();
    call.write(&mut Writer::new(&mut bytes), None);
    String::from_utf8(bytes).unwrap()
}

/// What a call is written as, or why it is not understood.
pub(crate) enum Expected {
    Written(&'static str),
    Same,
    Refused(Reason),
}

pub(crate) use Expected::{Refused, Same, Written};

/// Checks rows of a method: parameters and what becomes of them.
pub(crate) fn check(method: &str, rows: &[(&str, Expected)]) {
    for (params, expected) in rows {
        let outcome = written(method, params);
        match (expected, outcome) {
            (Written(text), Ok(written)) => assert_eq!(written, *text, "{method} {params}"),
            (Same, Ok(written)) => assert_eq!(written, *params, "{method}"),
            (Refused(reason), Err(error)) => assert_eq!(error.reason(), *reason, "{method} {params}: {error}"),
            (Refused(reason), Ok(written)) => {
                panic!("{method} {params} is written as {written}, not refused ({reason:?})")
            }
            (_, Err(error)) => panic!("{method} {params} is refused: {error}"),
        }
    }
}

/// Checks call objects: `eth_call` on one, with the members around `to`.
pub(crate) fn check_objects(method: &str, rows: &[(&str, Expected)]) {
    let rows: Vec<_> = rows
        .iter()
        .map(|(object, expected)| (format!("[{object}]"), expected))
        .collect();
    for (params, expected) in rows {
        match (expected, written(method, &params)) {
            (Written(text), Ok(written)) => assert!(
                written.starts_with(&format!("[{text}")),
                "{method} {params} is written as {written}, not [{text}…"
            ),
            (Same, Ok(written)) => assert!(written.starts_with(params.trim_end_matches(']')), "{params}: {written}"),
            (Refused(reason), Err(error)) => assert_eq!(error.reason(), *reason, "{method} {params}: {error}"),
            (Refused(reason), Ok(written)) => {
                panic!("{method} {params} is written as {written}, not refused ({reason:?})")
            }
            (_, Err(error)) => panic!("{method} {params} is refused: {error}"),
        }
    }
}
