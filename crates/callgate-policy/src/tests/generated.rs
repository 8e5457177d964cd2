//! Generated operations: a rule made of an operation's own facts allows it, and no rule with one fact changed does.

use callgate_testkit::Meaning;
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
        Self { facts, permissions }
    }

    fn allows(&self, method: &str, params: &Value) -> bool {
        let facts: String = self
            .facts
            .iter()
            .map(|(name, fact)| format!("{name}: {fact}, "))
            .collect();
        let entry = format!("tx: [ {{ {facts}{} }} ]", self.permissions);
        let compiled = super::compiled(&super::for_all(&entry));
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
    fn a_transaction_is_allowed_by_its_own_facts_alone(signed in transaction(1)) {
        let mut rule = Rule::of(&signed.meaning, "raw");
        rule.permissions.push_str(", protected: any");
        if !signed.delegations.is_empty() {
            rule.permissions.push_str(", authorizations: { delegate: \".*\" }");
        }
        let raw = alloy_primitives::hex::encode_prefixed(&signed.raw);
        judged_by_its_facts(&rule, "eth_sendRawTransaction", &json!([raw]));
    }
}
