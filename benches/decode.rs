//! From bytes to a typed call and back: parse, understand, write, and raw transactions with and without their sender.
#![expect(clippy::expect_used, clippy::panic, reason = "a bench: a failed step ends it")]

mod sample;

use callgate_eth::{transaction, understand};
use callgate_rpc::{Limits, Tape};
use criterion::Criterion;
use std::hint::black_box;

fn main() {
    let mut criterion = sample::criterion();
    parse(&mut criterion);
    understand_call(&mut criterion);
    write(&mut criterion);
    facts(&mut criterion);
    raw(&mut criterion);
    criterion.final_summary();
}

fn parse(criterion: &mut Criterion) {
    let call = sample::eth_call();
    let batch = format!("[{}]", [call.as_str(); 10].join(","));
    let large = sample::calling(sample::TARGET, &"ab".repeat(64 * 1024));
    let mut group = criterion.benchmark_group("parse");
    for (name, body) in [("eth_call", call), ("batch of 10", batch), ("128 KiB parameter", large)] {
        let mut tape = Tape::new();
        let limits = Limits::default();
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let request = callgate_rpc::parse(black_box(body.as_bytes()), &mut tape, &limits);
                black_box(request.is_ok())
            });
        });
    }
    group.finish();
}

fn understand_call(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("understand");
    for (name, body) in [
        ("eth_call", sample::eth_call()),
        ("eth_simulateV1 of 16 calls", sample::simulation(16)),
        ("eth_getLogs", sample::logs()),
        ("raw transaction", sample::send_raw()),
    ] {
        sample::with_call(&body, |call| {
            group.bench_function(name, |bencher| {
                bencher.iter(|| {
                    let understood = understand(black_box(call), &sample::CONTEXT).expect("right parameters");
                    black_box(understood.operations().len())
                });
            });
        });
    }
    group.finish();
}

fn write(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("write");
    for (name, body) in [
        ("eth_call", sample::eth_call()),
        ("eth_simulateV1 of 16 calls", sample::simulation(16)),
    ] {
        sample::with_call(&body, |call| {
            let understood = sample::understood(call);
            let mut out = Vec::new();
            group.bench_function(name, |bencher| {
                bencher.iter(|| {
                    out.clear();
                    let name = understood.method_name();
                    callgate_rpc::write_call(&mut out, 7, name, |writer| black_box(&understood).write(writer, None));
                    black_box(out.len())
                });
            });
        });
    }
    group.finish();
}

/// What a call asks about, collected for rules and records that look at it; and whether its answer can be one.
fn facts(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("facts");
    sample::with_call(&sample::logs(), |call| {
        let understood = sample::understood(call);
        group.bench_function("asked by eth_getLogs", |bencher| {
            bencher.iter(|| black_box(black_box(&understood).asked().len()));
        });
    });
    sample::with_call(&sample::eth_call(), |call| {
        let expected = sample::understood(call).expected();
        let answer = format!("\"0x{}\"", "00".repeat(32));
        group.bench_function("answer of 32 bytes", |bencher| {
            bencher.iter(|| black_box(expected.check(black_box(answer.as_bytes())).is_ok()));
        });
    });
    group.finish();
}

fn raw(criterion: &mut Criterion) {
    let bytes = sample::raw_transaction();
    let decode = || transaction::decode(black_box(&bytes)).expect("a transaction");
    let mut group = criterion.benchmark_group("raw transaction");
    group.bench_function("decode", |bencher| bencher.iter(|| black_box(decode().nonce())));
    group.bench_function("decode and recover the sender", |bencher| {
        bencher.iter(|| black_box(decode().sender().is_ok()));
    });
    group.finish();
}
