//! Generated calls: what was generated is what is understood, what is written is JSON of the same meaning to a second
//! reader, and nothing panics on garbage.

use callgate_eth::catalogue;
use callgate_eth::{Address, Context, Dialect, OperationKind, To, U256, understand};
use callgate_rpc::{Limits, Request, Tape, Writer, parse};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::support::{NODE, node, with, written_for};

/// A call object and the facts it must have.
#[derive(Debug, Clone)]
struct Model {
    from: Option<[u8; 20]>,
    to: Option<[u8; 20]>,
    gas: Option<u32>,
    fees: Fees,
    value: Option<u128>,
    nonce: Option<u32>,
    input: Option<Vec<u8>>,
    named: Named,
    accessed: Option<Vec<Accessed>>,
    upper: bool,
}

type Accessed = ([u8; 20], Vec<[u8; 32]>);

#[derive(Debug, Clone, Copy)]
enum Fees {
    None,
    Price(u64),
    Dynamic(u64, u64),
}

#[derive(Debug, Clone, Copy)]
enum Named {
    Data,
    Input,
    Both,
}

fn model() -> impl Strategy<Value = Model> {
    let fees = prop_oneof![
        Just(Fees::None),
        any::<u64>().prop_map(Fees::Price),
        (any::<u64>(), any::<u64>()).prop_map(|(one, other)| Fees::Dynamic(one.max(other), one.min(other))),
    ];
    let named = prop_oneof![Just(Named::Data), Just(Named::Input), Just(Named::Both)];
    let accessed = proptest::collection::vec(
        (any::<[u8; 20]>(), proptest::collection::vec(any::<[u8; 32]>(), 0..3)),
        0..3,
    );
    (
        any::<Option<[u8; 20]>>(),
        any::<Option<[u8; 20]>>(),
        any::<Option<u32>>(),
        fees,
        any::<Option<u128>>(),
        any::<Option<u32>>(),
        proptest::option::of(proptest::collection::vec(any::<u8>(), 0..100)),
        named,
        proptest::option::of(accessed),
        any::<bool>(),
    )
        .prop_map(
            |(from, to, gas, fees, value, nonce, input, named, accessed, upper)| Model {
                from,
                to,
                gas,
                fees,
                value,
                nonce,
                input,
                named,
                accessed,
                upper,
            },
        )
}

fn hex(bytes: &[u8]) -> String {
    alloy_primitives::hex::encode_prefixed(bytes)
}

impl Model {
    fn members(&self, input_names: &[&str]) -> Map<String, Value> {
        let mut members = Map::new();
        let mut set = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                members.insert(name.to_owned(), value);
            }
        };
        set("from", self.from.map(|bytes| hex(&bytes).into()));
        set("to", self.to.map(|bytes| hex(&bytes).into()));
        set("gas", self.gas.map(|number| format!("{number:#x}").into()));
        set("value", self.value.map(|number| format!("{number:#x}").into()));
        set("nonce", self.nonce.map(|number| format!("{number:#x}").into()));
        match self.fees {
            Fees::None => {}
            Fees::Price(price) => set("gasPrice", Some(format!("{price:#x}").into())),
            Fees::Dynamic(most, tip) => {
                set("maxFeePerGas", Some(format!("{most:#x}").into()));
                set("maxPriorityFeePerGas", Some(format!("{tip:#x}").into()));
            }
        }
        for name in input_names {
            set(name, self.input.as_ref().map(|bytes| hex(bytes).into()));
        }
        set(
            "accessList",
            self.accessed.as_ref().map(|list| {
                list.iter()
                    .map(|(address, keys)| {
                        json!({ "address": hex(address), "storageKeys": keys.iter().map(|key| hex(key)).collect::<Vec<_>>() })
                    })
                    .collect()
            }),
        );
        members
    }

    fn params(&self) -> String {
        let names: &[&str] = match self.named {
            Named::Data => &["data"],
            Named::Input => &["input"],
            Named::Both => &["data", "input"],
        };
        let text = Value::Array(vec![Value::Object(self.members(names))]).to_string();
        if self.upper { in_upper_case(&text) } else { text }
    }

    /// What a client must read.
    fn expected(&self) -> Value {
        let mut members = self.members(&["data"]);
        members.entry("from").or_insert_with(|| hex(&[0; 20]).into());
        // What is no legacy call says so: Nethermind goes by it.
        let kind = match (self.fees, &self.accessed) {
            (Fees::Dynamic(..), _) => Some("0x2"),
            (_, Some(_)) => Some("0x1"),
            _ => None,
        };
        if let Some(kind) = kind {
            members.insert("type".to_owned(), kind.into());
        }
        json!([members, "latest"])
    }
}

/// Hex digits in upper case; names and the `0x` stay.
fn in_upper_case(text: &str) -> String {
    text.split('"')
        .map(|part| {
            part.strip_prefix("0x")
                .map_or(part.to_owned(), |digits| format!("0x{}", digits.to_uppercase()))
        })
        .collect::<Vec<_>>()
        .join("\"")
}

proptest! {
    #[test]
    fn a_generated_call_has_its_facts_and_is_written_with_its_meaning(model in model(), dialect in 0..Dialect::ALL.len()) {
        let context = node(Dialect::ALL[dialect]);
        let params = model.params();
        with(&context, "eth_call", &params, |call| {
            let call = call.unwrap();
            let operation = &call.operations()[0];
            assert_eq!(operation.kind(), OperationKind::Call);
            assert_eq!(operation.sender(), Ok(Address::from(model.from.unwrap_or_default())));
            assert_eq!(operation.to(), model.to.map_or(To::Create, |to| To::Address(to.into())));
            assert_eq!(operation.value(), Some(U256::from(model.value.unwrap_or_default())));
            assert_eq!(operation.gas(), model.gas.map(u64::from));
            assert_eq!(operation.nonce(), model.nonce.map(u64::from));
            let input = model.input.clone().unwrap_or_default();
            assert_eq!(operation.input_bytes().as_ref(), input);
            assert_eq!(operation.input_len(), input.len());
            let selector = input.first_chunk().copied().filter(|_| model.to.is_some());
            assert_eq!(operation.selector(), selector);
            assert_eq!(operation.access_list_len(), model.accessed.as_ref().map_or(0, Vec::len));
        });
        let written = written_for(&context, "eth_call", &params).unwrap();
        prop_assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), model.expected());
        prop_assert_eq!(&written, &written.to_lowercase().replace("gasprice", "gasPrice").replace("maxfeepergas", "maxFeePerGas")
            .replace("maxpriorityfeepergas", "maxPriorityFeePerGas").replace("accesslist", "accessList").replace("storagekeys", "storageKeys"));
    }

    #[test]
    fn one_changed_member_name_is_refused(model in model(), name in "[a-zA-Z]{1,12}") {
        let mut members = model.members(&["data"]);
        prop_assume!(written_for(&NODE, "eth_call", &json!([{ name.as_str(): "0x1" }]).to_string()).is_err());
        prop_assume!(!members.keys().any(|known| known.eq_ignore_ascii_case(&name)));
        members.insert(name, "0x1".into());
        prop_assert!(written_for(&NODE, "eth_call", &json!([members]).to_string()).is_err());
    }

    #[test]
    fn bodies_with_a_few_wrong_bytes_never_panic_and_what_passes_is_a_fixed_point(
        seed in any::<proptest::sample::Index>(),
        wounds in proptest::collection::vec((any::<proptest::sample::Index>(), wound()), 1..5),
    ) {
        let mut body = seed.get(&SEEDS).1.as_bytes().to_vec();
        for (place, wound) in wounds {
            let place = place.index(body.len());
            match wound {
                Wound::Replace(byte) => body[place] = byte,
                Wound::Insert(byte) => body.insert(place, byte),
                Wound::Remove if body.len() > 1 => drop(body.remove(place)),
                Wound::Remove => {}
            }
        }
        check_body(&body);
    }

    #[test]
    fn garbage_never_panics_and_what_passes_is_a_fixed_point(method in 0..catalogue::all().len(), values in proptest::collection::vec(garbage(), 0..6)) {
        let method = &catalogue::all()[method];
        let _ = written_for(&NODE, method.name(), &Value::Array(values).to_string());
    }
}

/// The bodies the fuzz target starts from.
const SEEDS: [(&str, &str); 8] = [
    ("call", include_str!("../../fuzz/corpus/understand/call")),
    ("estimate", include_str!("../../fuzz/corpus/understand/estimate")),
    ("raw", include_str!("../../fuzz/corpus/understand/raw")),
    ("send", include_str!("../../fuzz/corpus/understand/send")),
    ("logs", include_str!("../../fuzz/corpus/understand/logs")),
    ("trace", include_str!("../../fuzz/corpus/understand/trace")),
    ("values", include_str!("../../fuzz/corpus/understand/values")),
    ("subscribe", include_str!("../../fuzz/corpus/understand/subscribe")),
];

/// One wrong byte.
#[derive(Debug, Clone, Copy)]
enum Wound {
    Replace(u8),
    Insert(u8),
    Remove,
}

fn wound() -> impl Strategy<Value = Wound> {
    let byte = prop_oneof![
        proptest::sample::select(b"0123456789abcdefxX\"{}[],:nul\\ ".to_vec()),
        any::<u8>()
    ];
    prop_oneof![
        byte.clone().prop_map(Wound::Replace),
        byte.prop_map(Wound::Insert),
        Just(Wound::Remove)
    ]
}

/// The first byte of a seed chooses the dialect for the fuzz target; the rest is the body.
fn check_body(seed: &[u8]) {
    let body = seed.get(1..).unwrap_or_default();
    let mut tape = Tape::new();
    let context = Context {
        chain_id: Some(1),
        ..NODE
    };
    if let Ok(Request::Single(Ok(call))) = parse(body, &mut tape, &Limits::default())
        && let Ok(understood) = understand(&call, &context)
    {
        let mut written = Vec::new();
        understood.write(&mut Writer::new(&mut written), None);
        let written = String::from_utf8(written).unwrap();
        // The same call to a second reader.
        let theirs: Value = serde_json::from_str(&written).unwrap();
        // It reads long fractions to within a bit: those are left to the fuzz target.
        if serde_json::from_str::<Value>(&theirs.to_string()).unwrap() == theirs {
            let by_theirs = written_for(&context, understood.method_name(), &theirs.to_string()).unwrap();
            assert_eq!(serde_json::from_str::<Value>(&by_theirs).unwrap(), theirs);
        }
        assert_eq!(written_for(&context, understood.method_name(), &written), Ok(written));
        for operation in understood.operations() {
            let input = operation.input_bytes();
            assert_eq!(operation.input_len(), input.len());
            assert!(
                operation
                    .selector()
                    .is_none_or(|selector| input.starts_with(&selector) && !operation.creates())
            );
        }
    }
}

#[test]
fn every_seed_is_understood() {
    for (name, seed) in SEEDS {
        let context = Context {
            chain_id: Some(1),
            ..NODE
        };
        let mut tape = Tape::new();
        let Ok(Request::Single(Ok(call))) = parse(&seed.as_bytes()[1..], &mut tape, &Limits::default()) else {
            panic!("{name} is no call")
        };
        assert!(understand(&call, &context).is_ok(), "{name}");
        check_body(seed.as_bytes());
    }
}

/// JSON that looks a little like parameters.
fn garbage() -> impl Strategy<Value = Value> {
    let words = prop_oneof![
        Just("latest".to_owned()),
        Just("logs".to_owned()),
        Just("newPendingTransactions".to_owned()),
        "0x[0-9a-fA-F]{0,70}",
        Just(hex(&[7; 20])),
        Just(hex(&[7; 32])),
        "[ -~é世\u{301}]{0,8}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        words.prop_map(Value::String),
    ];
    let name = prop_oneof![
        Just("from"),
        Just("to"),
        Just("data"),
        Just("input"),
        Just("address"),
        Just("topics"),
        Just("fromBlock"),
        Just("blockHash"),
        Just("accessList"),
        Just("storageKeys"),
        Just("state"),
        Just("stateDiff"),
        Just("tracer"),
        Just("0x0707070707070707070707070707070707070707"),
        Just("x"),
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            proptest::collection::btree_map(name.clone(), inner, 0..4).prop_map(|members| Value::Object(
                members
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect()
            )),
        ]
    })
}
