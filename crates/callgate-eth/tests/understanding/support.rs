//! Asking `understand` and writing what it answers, twice.

use callgate_eth::catalogue;
use callgate_eth::{Client, Context, Dialect, Misunderstood, Reason, Understood, Version, understand};
use callgate_rpc::{Limits, Request, Tape, Writer, parse};

pub(crate) const CHAIN: u64 = 3_503_995_874_084_926;

/// A geth of the execution-apis test chain.
pub(crate) const NODE: Context = Context {
    chain_id: Some(CHAIN),
    client: Client {
        dialect: Dialect::Geth,
        version: Some(Version::new(1, 17, 8)),
    },
};

pub(crate) const ALICE: &str = "0x00000000000000000000000000000000000a11ce";
pub(crate) const BOB: &str = "0x0000000000000000000000000000000000000b0b";

/// A node of the same chain that speaks `dialect`, of a version that nobody knows.
pub(crate) fn node(dialect: Dialect) -> Context {
    Context {
        client: dialect.into(),
        ..NODE
    }
}

/// The newest of every client.
pub(crate) const NEWEST: [&str; 8] = [
    "Geth/v1.17.8-stable-1a2b3c4d/linux-amd64/go1.25.1",
    "reth/v2.5.1-a1b2c3d4/x86_64-unknown-linux-gnu",
    "besu/v26.8.0/linux-x86_64/openjdk-java-21",
    "Geth/v1.10.3-stable-0d4a719f(quorum-v24.4.1)/linux-amd64/go1.21.13",
    "Nethermind/v1.39.0+abcdef12/linux-x64/dotnet10.0.0",
    "erigon/3.3.0/linux-amd64/go1.24.7",
    "anvil/v1.7.2",
    "HardhatNetwork/3.12.0/@nomicfoundation/edr/0.18.0",
];

/// A node of the same chain that serves the method: geth where it does, else reth.
pub(crate) fn serving(method: &str) -> Context {
    let served = |context: &Context| {
        let name = context.client.dialect.name();
        catalogue::method(method).is_some_and(|method| {
            method.clients().contains(&name) || method.last_served().iter().any(|(client, _)| *client == name)
        })
    };
    NEWEST.into_iter().map(client).find(served).unwrap_or(NODE)
}

/// A node of the same chain that answers `web3_clientVersion` with this.
pub(crate) fn client(text: &str) -> Context {
    Context {
        client: Client::of_text(text),
        ..NODE
    }
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
    written_for(&serving(method), method, params)
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
