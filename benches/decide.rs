//! Decisions: what one costs, and that it costs the same however many rules and addresses there are.
#![expect(clippy::expect_used, clippy::panic, reason = "a bench: a failed step ends it")]

mod sample;

use callgate_policy::{Compiled, Door, Effect, Section};
use criterion::{BatchSize, BenchmarkId, Criterion};
use std::hint::black_box;

fn main() {
    let mut criterion = sample::criterion();
    rules(&mut criterion);
    address_sets(&mut criterion);
    subjects(&mut criterion);
    criterion.final_summary();
}

fn rules(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("judge eth_call by rules");
    for count in [10, 10_000] {
        let compiled = sample::policy_with_rules(count);
        judge(
            &mut group,
            "permitted",
            count,
            &compiled,
            &sample::eth_call(),
            Effect::Allow,
        );
        let stranger = sample::calling("0x3333333333333333333333333333333333333333", "00");
        judge(&mut group, "refused", count, &compiled, &stranger, Effect::Deny);
    }
    group.finish();
}

fn address_sets(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("judge eth_call by a set of addresses");
    for count in [10, 100_000] {
        let compiled = sample::policy_with_set(count);
        judge(
            &mut group,
            "permitted",
            count,
            &compiled,
            &sample::eth_call(),
            Effect::Allow,
        );
    }
    group.finish();
}

fn judge(
    group: &mut criterion::BenchmarkGroup<'_, criterion::measurement::WallTime>,
    name: &str,
    count: usize,
    compiled: &Compiled,
    body: &str,
    expected: Effect,
) {
    let subject = sample::subject(compiled);
    sample::with_call(body, |call| {
        let judgement = compiled
            .policy
            .judge(&subject, sample::understood(call), Door::default());
        assert_eq!(judgement.decision().effect(), expected, "{body}");
        group.bench_function(BenchmarkId::new(name, count), |bencher| {
            bencher.iter_batched(
                || sample::understood(call),
                |understood| compiled.policy.judge(&subject, black_box(understood), Door::default()),
                BatchSize::SmallInput,
            );
        });
    });
}

fn subjects(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("subject");
    let policies = [
        ("10 rules", sample::policy_with_rules(10)),
        ("10,000 rules", sample::policy_with_rules(10_000)),
        ("templates", sample::policy_with_templates()),
    ];
    let claims = sample::claims();
    for (name, compiled) in policies {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                black_box(
                    compiled
                        .policy
                        .subject(Section::AppCreds, black_box(&claims), None)
                        .is_ok(),
                )
            });
        });
    }
    group.finish();
}
