//! What understanding allocates: nothing at all for the calls that wallets and applications send most, whose facts borrow
//! from the body. A binary of its own, because the counter is the allocator of all of it.
#![expect(clippy::panic, reason = "tests")]

use std::hint::black_box;

use callgate_eth::{Client, Context, Dialect, Version, understand};
use callgate_rpc::{Limits, Request, Tape, parse, write_call};

const NODE: Context = Context {
    chain_id: Some(1),
    client: Client {
        dialect: Dialect::Geth,
        version: Some(Version::new(1, 17, 8)),
    },
};

/// How often `understand`, the facts and the outgoing text of a call allocate.
fn allocations(method: &str, params: &str) -> u64 {
    let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{params}}}"#);
    let mut tape = Tape::new();
    let Ok(Request::Single(Ok(call))) = parse(body.as_bytes(), &mut tape, &Limits::default()) else {
        panic!("{body}")
    };
    let mut out = Vec::with_capacity(64 * 1024);
    let info = allocation_counter::measure(|| {
        let understood = understand(&call, &NODE).unwrap_or_else(|error| panic!("{error}"));
        for operation in understood.operations() {
            black_box((
                operation.kind(),
                operation.to(),
                operation.value(),
                operation.selector(),
            ));
            black_box((operation.sender().is_ok(), operation.has_overrides(), operation.gas()));
        }
        black_box(understood.expected());
        write_call(&mut out, 7, understood.method_name(), |params| {
            understood.write(params, None);
        });
    });
    assert!(!out.is_empty());
    info.count_total
}

#[test]
fn calls_whose_facts_borrow_allocate_nothing() {
    let address = "\"0x00000000000000000000000000000000000000aa\"";
    let hash = format!("\"0x{}\"", "ab".repeat(32));
    let call = format!(
        r#"{{"from":{address},"to":{address},"data":"0x70a08231{}","value":"0x1"}}"#,
        "ab".repeat(512)
    );
    for (method, params) in [
        ("eth_call", format!("[{call},\"latest\"]")),
        ("eth_call", format!("[{call}]")),
        ("eth_estimateGas", format!("[{call}]")),
        ("eth_sendTransaction", format!("[{call}]")),
        ("eth_blockNumber", "[]".to_owned()),
        ("eth_getBalance", format!("[{address},\"latest\"]")),
        ("eth_getTransactionCount", format!("[{address}]")),
        ("eth_getCode", format!("[{address},\"0x10\"]")),
        ("eth_getStorageAt", format!("[{address},\"0x0\",\"latest\"]")),
        ("eth_getBlockByNumber", "[\"latest\",false]".to_owned()),
        ("eth_getTransactionReceipt", format!("[{hash}]")),
        ("eth_getFilterChanges", "[\"0x1\"]".to_owned()),
        ("personal_sign", format!("[\"0x1234\",{address}]")),
    ] {
        assert_eq!(allocations(method, &params), 0, "{method} {params}");
    }
}

#[test]
fn a_simulation_allocates_its_lists_and_no_more_per_call() {
    let call = |n: usize| format!(r#"{{"from":"0x{n:040x}","to":"0x{n:040x}","data":"0x70a08231"}}"#);
    let simulation = |calls: usize| {
        let calls: Vec<_> = (0..calls).map(call).collect();
        format!(
            r#"[{{"blockStateCalls":[{{"calls":[{}]}}]}},"latest"]"#,
            calls.join(",")
        )
    };
    let (few, many) = (
        allocations("eth_simulateV1", &simulation(8)),
        allocations("eth_simulateV1", &simulation(16)),
    );
    // Each call keeps its place; the list that holds them grows once more.
    assert!(many - few <= 8 + 2, "{few} and {many}");
}
