//! How the cost of a decision grows with the number of entries. Prints, asserts nothing about time:
//! `cargo test -p callgate-policy speed -- --nocapture --ignored`.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

use alloy_primitives::Address;
use callgate_eth::To;

use crate::matcher::address::Addresses;
use crate::ruleset::facts::Facts;
use crate::ruleset::matchers::Matchers;
use crate::ruleset::permission::{Permission, Permissions};
use crate::ruleset::rules::{Entry, FilledRules, Found, Rules};

fn nth(number: u32) -> Address {
    Address::left_padding_from(&number.to_be_bytes())
}

fn rules(count: u32, matchers: impl Fn(u32) -> Matchers) -> Rules {
    let permissions = Permissions::default().with(Permission::Call);
    Rules::new(
        (1..=count)
            .map(|n| Entry {
                matchers: matchers(n),
                permissions,
                ..Entry::default()
            })
            .collect(),
    )
}

fn just(address: Address) -> Option<std::sync::Arc<Addresses>> {
    let mut addresses = Addresses::default();
    addresses.add(address);
    Some(std::sync::Arc::new(addresses))
}

/// Nanoseconds to find the last entry.
fn cost(rules: &Rules, facts: &Facts<'_>, last: u32) -> f64 {
    let filled = FilledRules::default();
    let rounds = 20_000_u32;
    let run = || {
        for _ in 0..rounds {
            assert_eq!(
                black_box(rules.find(&filled, black_box(facts)).0),
                Found::Entry(last - 1)
            );
        }
    };
    run();
    let start = Instant::now();
    run();
    start.elapsed().as_secs_f64() * 1e9 / f64::from(rounds)
}

#[test]
#[ignore = "prints a measurement"]
fn speed_of_decisions_by_number_of_entries() {
    let by_callee = |n| Matchers {
        to: just(nth(n)),
        ..Matchers::default()
    };
    let by_sender = |n| Matchers {
        from: just(nth(n)),
        to: just(nth(1)),
        ..Matchers::default()
    };
    for (name, is_callee) in [("to", true), ("from", false)] {
        let costs = [10, 10_000].map(|count| {
            let (rules, facts) = if is_callee {
                (rules(count, by_callee), Facts::sample(nth(1), To::Address(nth(count))))
            } else {
                (rules(count, by_sender), Facts::sample(nth(count), To::Address(nth(1))))
            };
            cost(&rules, &facts, count)
        });
        let [few, many] = costs;
        println!(
            "by `{name}`: 10 entries {few:.0} ns, 10,000 entries {many:.0} ns, ratio {:.2}",
            many / few
        );
    }
}

/// How long it takes to read and compile 10,000 entries, and to judge by them.
#[test]
#[ignore = "prints a measurement"]
fn speed_of_a_policy_of_ten_thousand_entries() {
    let mut ruleset = String::from("tx:\n");
    for number in 1..=10_000_u32 {
        let _ = writeln!(
            ruleset,
            "  - {{ name: rule-{number}, to: \"{:#x}\", function: \"transfer(address,uint256)\", value: {{ lte: \"1 ether\" }}, call: true, raw: true }}",
            nth(number)
        );
    }
    let text = super::for_all(&ruleset);
    let start = Instant::now();
    let document = crate::read("policy.yaml", &text).unwrap();
    let read = start.elapsed();
    let compiled =
        crate::compile(&document, &crate::Inputs::default()).unwrap_or_else(|report| panic!("{}", report.len()));
    let total = start.elapsed();
    println!("{} bytes: read {read:.0?}, read and compiled {total:.0?}", text.len());
    let subject = super::app(&compiled, "x");
    let params = serde_json::json!([{ "to": nth(10_000), "data": "0xa9059cbb" }, "latest"]);
    let decision = super::decide(&compiled, &subject, "eth_call", params);
    assert_eq!(
        decision.rule().and_then(|rule| rule.name.map(str::to_owned)).as_deref(),
        Some("rule-10000")
    );
}
