//! What must hold for any rules and any operation.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use alloy_primitives::{Address, U256};
use callgate_eth::To;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::matcher::address::{AddressSet, Addresses};
use crate::matcher::condition::{Comparison, Condition};
use crate::matcher::function::{Function, Functions};
use crate::pattern::Pattern;
use crate::ruleset::facts::Facts;
use crate::ruleset::matchers::{Matcher, Matchers, Mismatch};
use crate::ruleset::permission::{Permission, Permissions};
use crate::ruleset::rules::{Entry, FilledRules, Found, Rules};
use crate::{Compiled, Section};

/// Few addresses, so that entries and operations meet.
fn address(number: u8) -> Address {
    Address::with_last_byte(number % 6)
}

#[derive(Debug, Clone)]
enum Part {
    Exact(u8),
    Set(u8),
    Pattern(u8),
}

#[derive(Debug, Clone)]
struct Sketch {
    to: Option<Vec<Part>>,
    from: Option<Vec<Part>>,
    selector: Option<u8>,
    most: Option<u8>,
}

fn part() -> impl Strategy<Value = Part> {
    prop_oneof![
        4 => (0_u8..6).prop_map(Part::Exact),
        1 => (0_u8..6).prop_map(Part::Set),
        1 => (0_u8..6).prop_map(Part::Pattern)
    ]
}

fn sketch() -> impl Strategy<Value = Sketch> {
    let parts = || proptest::option::weighted(0.8, proptest::collection::vec(part(), 0..3));
    let number = || proptest::option::weighted(0.3, 0_u8..3);
    (parts(), parts(), number(), number()).prop_map(|(to, from, selector, most)| Sketch {
        to,
        from,
        selector,
        most,
    })
}

fn addresses(parts: &[Part]) -> Arc<Addresses> {
    let mut addresses = Addresses::default();
    for part in parts {
        match part {
            Part::Exact(number) => addresses.add(address(*number)),
            Part::Set(number) => {
                let members = HashSet::from([address(*number), address(number + 1)]);
                addresses.add_set(Arc::new(AddressSet::new(members)));
            }
            Part::Pattern(number) => addresses.add_pattern(Pattern::compile(&format!(".*{number}")).unwrap()),
        }
    }
    Arc::new(addresses)
}

fn entry(sketch: &Sketch) -> Entry {
    let function = |number: u8| Functions::new([Function::Selector([number; 4])]);
    let most = |number: u8| Condition::new(vec![Comparison::AtMost(U256::from(number))]);
    Entry {
        matchers: Matchers {
            to: sketch.to.as_deref().map(addresses),
            from: sketch.from.as_deref().map(addresses),
            functions: sketch.selector.map(|number| Arc::new(function(number))),
            value: sketch.most.map(|number| Arc::new(most(number))),
            ..Matchers::default()
        },
        permissions: Permissions::default().with(Permission::Call),
        ..Entry::default()
    }
}

fn rules(sketches: &[Sketch]) -> Rules {
    Rules::new(sketches.iter().map(entry).collect())
}

fn facts() -> impl Strategy<Value = Facts<'static>> {
    let to =
        prop_oneof![8 => (0_u8..6).prop_map(|n| To::Address(address(n))), 1 => Just(To::Create), 1 => Just(To::None)];
    let selector = proptest::option::of((0_u8..3).prop_map(|number| [number; 4]));
    (0_u8..6, to, selector, 0_u8..4, proptest::bool::weighted(0.2)).prop_map(|(from, to, selector, value, unsigned)| {
        let mut facts = Facts::sample(address(from), to);
        (facts.selector, facts.value) = (selector, Some(U256::from(value)));
        if unsigned { facts.without_sender() } else { facts }
    })
}

impl std::fmt::Debug for Facts<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            out,
            "from {:?} to {:?} selector {:?} value {:?}",
            self.sender(),
            self.to,
            self.selector,
            self.value
        )
    }
}

/// What was found, the nearest miss aside: the index leaves entries out.
fn verdict(found: Found) -> Found {
    match found {
        Found::Nothing { .. } => Found::Nothing { nearest: None },
        other => other,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// The index changes how fast an entry is found, and nothing else.
    #[test]
    fn the_index_finds_what_a_walk_finds(
        sketches in proptest::collection::vec(sketch(), 0..60),
        facts in facts(),
    ) {
        let (rules, filled) = (rules(&sketches), FilledRules::default());
        prop_assert_eq!(verdict(rules.find(&filled, &facts).0), verdict(rules.find_by_walking(&filled, &facts)));
    }

    /// With many entries for one callee, senders are found by hash too.
    #[test]
    fn the_index_by_sender_finds_what_a_walk_finds(
        mut sketches in proptest::collection::vec(sketch(), 30..80),
        facts in facts(),
    ) {
        for sketch in sketches.iter_mut().step_by(2) {
            sketch.to = Some(vec![Part::Exact(1)]);
        }
        let (rules, filled) = (rules(&sketches), FilledRules::default());
        prop_assert_eq!(verdict(rules.find(&filled, &facts).0), verdict(rules.find_by_walking(&filled, &facts)));
    }

    /// Entries added behind never change which entry an operation found.
    #[test]
    fn later_entries_never_change_a_first_match(
        sketches in proptest::collection::vec(sketch(), 1..30),
        later in proptest::collection::vec(sketch(), 1..30),
        facts in facts(),
    ) {
        let filled = FilledRules::default();
        let before = rules(&sketches).find(&filled, &facts).0;
        if !matches!(before, Found::Nothing { .. }) {
            let all: Vec<Sketch> = sketches.into_iter().chain(later).collect();
            prop_assert_eq!(rules(&all).find(&filled, &facts).0, before);
        }
    }

    /// The found entry matches, and none before it does.
    #[test]
    fn the_found_entry_is_the_first_that_matches(
        sketches in proptest::collection::vec(sketch(), 0..40),
        facts in facts(),
    ) {
        let (rules, filled) = (rules(&sketches), FilledRules::default());
        let first = sketches.iter().position(|sketch| entry(sketch).matchers.check(&facts).is_ok());
        match rules.find(&filled, &facts).0 {
            Found::Entry(number) => prop_assert_eq!(Some(number as usize), first),
            Found::Nothing { .. } => prop_assert_eq!(first, None),
            Found::Undecidable { entry, .. } => prop_assert!(first.is_none_or(|first| entry as usize <= first)),
        }
    }
}

proptest! {
    /// The steps of a check are those that explanations list, in the same order.
    #[test]
    fn a_check_is_its_matchers_in_order(sketch in sketch(), facts in facts()) {
        let matchers = entry(&sketch).matchers;
        let failing = Matcher::ORDER.into_iter().find_map(|matcher| match matchers.holds(matcher, &facts) {
            Ok(None | Some(true)) => None,
            Ok(Some(false)) => Some(Mismatch::Matcher(matcher)),
            Err(_) => Some(Mismatch::Undecidable(matcher)),
        });
        prop_assert_eq!(matchers.check(&facts).err(), failing);
    }
}

#[test]
fn blobs_need_their_type_written_out() {
    use crate::ruleset::matchers::Types;
    use callgate_eth::TransactionType::{Eip1559, Eip4844};
    let to = To::Address(address(1));
    let types = |list: &[callgate_eth::TransactionType]| Matchers {
        types: Some(list.iter().fold(Types::default(), |types, kind| types.with(*kind))),
        ..Matchers::default()
    };
    let carrying = |transaction_type| {
        let mut facts = Facts::sample(address(0), to);
        (facts.transaction_type, facts.blobs) = (transaction_type, 1);
        facts
    };
    assert!(Matchers::default().check(&carrying(Eip4844)).is_err());
    assert!(types(&[Eip1559]).check(&carrying(Eip4844)).is_err());
    assert!(types(&[Eip4844]).check(&carrying(Eip4844)).is_ok());
    let odd = carrying(Eip1559);
    assert!(Matchers::default().check(&odd).is_err() && types(&[Eip1559]).check(&odd).is_err());
}

#[test]
fn a_sender_is_recovered_only_when_an_entry_asks_for_it() {
    let only_to = |to: u8| Sketch {
        to: Some(vec![Part::Exact(to)]),
        from: None,
        selector: None,
        most: None,
    };
    let with_from = Sketch {
        from: Some(vec![Part::Exact(0)]),
        selector: Some(2),
        ..only_to(1)
    };
    let facts = || {
        let mut facts = Facts::sample(address(0), To::Address(address(1))).without_sender();
        facts.selector = Some([1; 4]);
        facts
    };
    let filled = FilledRules::default();
    let rules = rules(&[with_from.clone(), only_to(1)]);
    assert_eq!(
        rules.find(&filled, &facts()).0,
        Found::Entry(1),
        "the cheap matchers of the first fail before"
    );
    let asking = Sketch {
        selector: None,
        ..with_from
    };
    let rules = super::properties::rules(&[asking, only_to(1)]);
    assert!(matches!(
        rules.find(&filled, &facts()).0,
        Found::Undecidable { entry: 0, .. }
    ));
}

/// The index lost an entry whose `from` names nobody when all others for its callee name no sender: an
/// operation whose sender cannot be recovered was then decided by a later entry.
#[test]
fn an_entry_that_names_nobody_is_not_lost_by_the_index() {
    let for_all = Sketch {
        to: None,
        from: None,
        selector: None,
        most: None,
    };
    let for_nobody = Sketch {
        from: Some(Vec::new()),
        ..for_all.clone()
    };
    let sketches: Vec<Sketch> = [for_nobody].into_iter().chain(vec![for_all; 16]).collect();
    let (rules, filled) = (rules(&sketches), FilledRules::default());
    let facts = Facts::sample(address(0), To::Address(address(1)));
    assert_eq!(rules.find(&filled, &facts).0, Found::Entry(1));
    let unsigned = facts.without_sender();
    let undecidable = Found::Undecidable {
        entry: 0,
        matcher: Matcher::From,
    };
    assert_eq!(rules.find_by_walking(&filled, &unsigned), undecidable);
    assert_eq!(rules.find(&filled, &unsigned).0, undecidable);
}

/// Claims as strangers might have them signed.
fn any_claim() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        "\\PC{0,12}",
        "0x[0-9a-fA-F]{40}",
        Just(super::ALICE.to_owned()),
        "[.*|()\\[\\]\\\\$^a-c]{0,8}"
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec(("[a-c]", inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn templated() -> &'static Compiled {
    static POLICY: LazyLock<Compiled> = LazyLock::new(|| {
        let entry = "tx: [ { from: \"{{.id}}\", to: \"({{.id}}|{{.x.y}})\", call: true } ]";
        super::compiled(&super::for_all(entry).replace("\".+\"", "\"(?s).*\""))
    });
    &POLICY
}

proptest! {
    /// Whatever a claim holds, it fills a template with the addresses it is, and with nothing else.
    #[test]
    fn a_claim_grants_the_addresses_it_names(claim in any_claim(), other in any_claim()) {
        let claims = Map::from_iter([("id".to_owned(), claim.clone()), ("x".to_owned(), json!({ "y": other }))]);
        let Ok(subject) = templated().policy.subject(Section::AppCreds, &claims, None) else { return Ok(()) };
        let alice = super::ALICE;
        let params = json!([{ "from": alice, "to": alice }, "latest"]);
        let allowed = super::decide(templated(), &subject, "eth_call", params).reason().jsonrpc_code().is_none();
        let is_alice = |value: &Value| value.as_str().is_some_and(|text| text.eq_ignore_ascii_case(alice));
        let named = is_alice(&claim) || claim.as_array().is_some_and(|list| list.iter().any(is_alice));
        prop_assert!(named || !allowed, "{} is allowed", claim);
    }
}
