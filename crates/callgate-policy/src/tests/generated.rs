//! Generated operations: a rule made of an operation's own facts allows it, and no rule with one fact changed does.

use callgate_eth::{Client, Context};
use callgate_testkit::Meaning;
use callgate_testkit::call::{Call, of_several, of_signed};
use callgate_testkit::object::call_object;
use callgate_testkit::transaction::transaction;
use proptest::prelude::*;
use serde_json::{Value, json};

/// The facts of a rule, each as it is written in the policy.
struct Rule {
    facts: Vec<(&'static str, String)>,
    permissions: String,
}

impl Rule {
    fn of(meaning: &Meaning, permission: &str) -> Self {
        let from = meaning.from.unwrap_or_default();
        let mut facts = vec![
            ("from", format!("\"{from:#x}\"")),
            ("value", format!("{{ eq: \"{}\" }}", meaning.value)),
        ];
        let mut permissions = format!("{permission}: true");
        match meaning.to {
            Some(to) => facts.push(("to", format!("\"{to:#x}\""))),
            None => permissions.push_str(", create: true"),
        }
        if let (Some(_), selector) = (meaning.to, meaning.selector()) {
            let function = selector.map_or("fallback".to_owned(), |selector| {
                format!("\"{}\"", alloy_primitives::hex::encode_prefixed(selector))
            });
            facts.push(("function", function));
        }
        if permission == "raw" {
            permissions.push_str(", protected: any");
        }
        // What an entry must name to match it at all.
        if meaning.blobs > 0 {
            permissions.push_str(", types: [ eip4844 ]");
        }
        if !meaning.delegations.is_empty() {
            permissions.push_str(", authorizations: { delegate: \".*\" }");
        }
        Self { facts, permissions }
    }

    /// As it is written in the policy.
    fn text(&self) -> String {
        let facts: String = self
            .facts
            .iter()
            .map(|(name, fact)| format!("{name}: {fact}, "))
            .collect();
        format!("{{ {facts}{} }}", self.permissions)
    }

    fn allows(&self, method: &str, params: &Value) -> bool {
        let compiled = super::compiled(&super::for_all(&format!("tx: [ {} ]", self.text())));
        let subject = super::app(&compiled, "somebody");
        super::decide(&compiled, &subject, method, params.clone())
            .reason()
            .jsonrpc_code()
            .is_none()
    }

    /// The same with one fact of another value.
    fn otherwise(&self) -> Vec<Self> {
        let other = |name: &str| match name {
            "value" => "{ eq: \"340282366920938463463374607431768211999\" }",
            "function" => "\"0x0badf00d\"",
            _ => "\"0x0badf00d0badf00d0badf00d0badf00d0badf00d\"",
        };
        (0..self.facts.len())
            .map(|changed| Self {
                facts: self
                    .facts
                    .iter()
                    .enumerate()
                    .map(|(place, (name, fact))| {
                        (
                            *name,
                            if place == changed {
                                other(name).to_owned()
                            } else {
                                fact.clone()
                            },
                        )
                    })
                    .collect(),
                permissions: self.permissions.clone(),
            })
            .collect()
    }
}

/// Whether a rule for what `other` does is one for what `meaning` does.
fn is_covered(meaning: &Meaning, other: &Meaning) -> bool {
    let called = |meaning: &Meaning| (meaning.to, meaning.selector());
    meaning.from.unwrap_or_default() == other.from.unwrap_or_default()
        && meaning.value == other.value
        && (other.to.is_none() || called(meaning) == called(other))
}

/// Whether a call is allowed by one rule for each of these.
fn is_allowed_by(rules: &[&Meaning], call: &Call) -> bool {
    let rules: Vec<_> = rules
        .iter()
        .map(|meaning| Rule::of(meaning, call.kind).text())
        .collect();
    let compiled = super::compiled(&super::for_all(&format!("tx: [ {} ]", rules.join(", "))));
    let context = Context {
        client: Client::of_text(call.client),
        ..super::CONTEXT
    };
    let subject = super::app(&compiled, "somebody");
    super::decide_for(&context, &compiled, &subject, call.method, call.params.clone())
        .reason()
        .jsonrpc_code()
        .is_none()
}

fn judged_by_its_facts(rule: &Rule, method: &str, params: &Value) {
    assert!(rule.allows(method, params), "its own facts do not allow {params}");
    for other in rule.otherwise() {
        assert!(!other.allows(method, params), "{:?} allows {params}", other.facts);
    }
    let closed = Rule {
        facts: rule.facts.clone(),
        permissions: "sign: true, create: true".to_owned(),
    };
    assert!(
        !closed.allows(method, params),
        "a permission for something else allows {params}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_call_is_allowed_by_its_own_facts_alone(object in call_object()) {
        judged_by_its_facts(&Rule::of(&object.meaning, "call"), "eth_call", &json!([object.value, "latest"]));
    }

    #[test]
    fn of_several_operations_every_one_must_be_allowed(call in prop_oneof![of_several(), of_signed(1)]) {
        let all: Vec<_> = call.operations.iter().collect();
        prop_assert!(is_allowed_by(&all, &call), "its own rules do not allow {}", call.params);
        for missing in 0..all.len() {
            let mut rest = all.clone();
            let removed = rest.remove(missing);
            if rest.is_empty() || rest.iter().any(|other| is_covered(removed, other)) {
                continue;
            }
            prop_assert!(!is_allowed_by(&rest, &call), "allowed without a rule for operation {missing}: {}", call.params);
        }
    }

    #[test]
    fn a_transaction_is_allowed_by_its_own_facts_alone(signed in transaction(1)) {
        let raw = alloy_primitives::hex::encode_prefixed(&signed.raw);
        judged_by_its_facts(&Rule::of(&signed.meaning, "raw"), "eth_sendRawTransaction", &json!([raw]));
    }
}
