//! The objects of calls and of transactions that a node signs.

use alloy_primitives::{Address, U256, hex};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::Meaning;

/// An object, and what it says.
#[derive(Debug, Clone)]
pub struct Object {
    /// The object, in one of the spellings that clients send.
    pub value: Value,
    /// What it does.
    pub meaning: Meaning,
    /// Its gas limit.
    pub gas: Option<u64>,
}

/// An object of a call: everything may be left out.
pub fn call_object() -> impl Strategy<Value = Object> {
    members(option::of(any::<[u8; 20]>()))
}

/// An object that a node signs: it names who sends.
pub fn transaction_object() -> impl Strategy<Value = Object> {
    members(any::<[u8; 20]>().prop_map(Some))
}

/// The name or names under which the calldata stands.
const INPUT: [&[&str]; 3] = [&["data"], &["input"], &["data", "input"]];

fn members(from: impl Strategy<Value = Option<[u8; 20]>>) -> impl Strategy<Value = Object> {
    let fees = prop_oneof![
        Just((None, None)),
        any::<u64>().prop_map(|price| (Some(price), None)),
        any::<u64>().prop_map(|most| (None, Some(most))),
    ];
    let list = vec((any::<[u8; 20]>(), vec(any::<[u8; 32]>(), 0..3)), 0..3);
    (
        from,
        option::weighted(0.8, any::<[u8; 20]>()),
        option::of(any::<u128>()),
        option::of(any::<u32>().prop_map(u64::from)),
        option::of(vec(any::<u8>(), 0..100)),
        fees,
        option::of(list),
        proptest::sample::select(INPUT.to_vec()),
        any::<bool>(),
    )
        .prop_map(|(from, to, value, gas, input, fees, list, names, upper)| {
            let spell = |bytes: &[u8]| {
                let digits = hex::encode(bytes);
                Value::from(format!("0x{}", if upper { digits.to_uppercase() } else { digits }))
            };
            let quantity = |number: u128| Value::from(format!("{number:#x}"));
            let mut members = Map::new();
            let mut set = |name: &str, value: Option<Value>| value.map(|value| members.insert(name.to_owned(), value));
            set("from", from.map(|from| spell(&from)));
            set("to", to.map(|to| spell(&to)));
            set("value", value.map(quantity));
            set("gas", gas.map(|gas| quantity(gas.into())));
            // Beside an access list a price is read by some clients only.
            set("gasPrice", fees.0.filter(|_| list.is_none()).map(|price| quantity(price.into())));
            set("maxFeePerGas", fees.1.map(|most| quantity(most.into())));
            for name in names {
                set(name, input.as_deref().map(spell));
            }
            let entry = |(address, keys): &([u8; 20], Vec<[u8; 32]>)| {
                json!({ "address": spell(address), "storageKeys": keys.iter().map(|key| spell(key)).collect::<Vec<_>>() })
            };
            set("accessList", list.as_ref().map(|list| list.iter().map(entry).collect()));
            Object {
                value: Value::Object(members),
                meaning: Meaning {
                    from: from.map(Address::from),
                    to: to.map(Address::from),
                    value: U256::from(value.unwrap_or_default()),
                    input: input.unwrap_or_default(),
                    accessed: list.map_or(0, |list| list.len()),
                    ..Meaning::default()
                },
                gas,
            }
        })
}
