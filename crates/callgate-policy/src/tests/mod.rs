//! What policy.md says, sentence by sentence, as tables of cases; and the attacks that concern
//! rules, by their numbers.

mod attacks;
mod generated;
mod operations;
mod outgoing;
mod properties;
mod rulesets;
mod signing;
mod telling;
mod who;

use callgate_eth::{Client, Context, Dialect, Version, understand};
use callgate_rpc::{Limits, Request, Tape};
use serde_json::{Map, Value};

use crate::{Cases, Compiled, Decision, Door, Inputs, Section, Subject, compile, read};

/// What every test asks about: chain 1, a geth.
pub(crate) const CONTEXT: Context = Context {
    chain_id: Some(1),
    client: Client {
        dialect: Dialect::Geth,
        version: Some(Version::new(1, 17, 8)),
    },
};

pub(crate) const ALICE: &str = "0xa94f5374fce5edbc8e2a8697c15331677e6ebf0b";
pub(crate) const BOB: &str = "0x00000000000000000000000000000000000b0b0b";
pub(crate) const TOKEN: &str = "0xdac17f958d2ee523a2206206994597c13d831ec7";

/// Compiles a policy that is right.
pub(crate) fn compiled(policy: &str) -> Compiled {
    let document = read("policy.yaml", policy).unwrap_or_else(|report| panic!("{}", report.render(false)));
    compile(&document, &Inputs::default()).unwrap_or_else(|report| panic!("{}", report.render(false)))
}

/// The report of a policy that is wrong.
pub(crate) fn mistakes(policy: &str) -> String {
    let document = read("policy.yaml", policy).unwrap_or_else(|report| panic!("{}", report.render(false)));
    match compile(&document, &Inputs::default()) {
        Ok(_) => panic!("no mistake was found"),
        Err(report) => report.render(false),
    }
}

/// Runs a table of cases against a policy.
pub(crate) fn check(policy: &str, cases: &str) {
    let compiled = compiled(policy);
    let cases = Cases::read("cases.yaml", cases).unwrap_or_else(|report| panic!("{}", report.render(false)));
    assert!(!cases.is_empty());
    let failures = cases.run(&compiled.policy, &CONTEXT);
    let told: Vec<String> = failures.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{}", told.join("\n\n"));
}

pub(crate) fn claims(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(claims) => claims,
        other => panic!("{other} is no set of claims"),
    }
}

/// The subject of an application credential.
pub(crate) fn app(compiled: &Compiled, id: &str) -> Subject {
    let claims = claims(serde_json::json!({ "id": id }));
    compiled.policy.subject(Section::AppCreds, &claims, None).unwrap()
}

/// Judges one call at the public listener.
pub(crate) fn decide(compiled: &Compiled, subject: &Subject, method: &str, params: Value) -> Decision {
    decide_for(&CONTEXT, compiled, subject, method, params)
}

/// The same for another node.
#[expect(clippy::needless_pass_by_value, reason = "cases read better")]
pub(crate) fn decide_for(
    context: &Context,
    compiled: &Compiled,
    subject: &Subject,
    method: &str,
    params: Value,
) -> Decision {
    let body = serde_json::json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
    let mut tape = Tape::new();
    let request = callgate_rpc::parse(body.as_bytes(), &mut tape, &Limits::default()).unwrap();
    let Request::Single(Ok(call)) = request else {
        panic!("no single call: {body}")
    };
    let understood = understand(&call, context).unwrap_or_else(|error| panic!("{error}: {body}"));
    compiled
        .policy
        .judge(subject, understood, Door::default())
        .decision()
        .clone()
}

/// A policy with one ruleset for every application credential.
pub(crate) fn for_all(ruleset: &str) -> String {
    let indented: String = ruleset.lines().map(|line| format!("    {line}\n")).collect();
    format!(
        "appcreds:\n  enabled: true\n  bearer: true\n  credentials: {{ file: c.yaml }}\n  mappings:\n    - claims: {{ id: \".+\" }}\n      ruleset: r\nrulesets:\n  r:\n{indented}"
    )
}
