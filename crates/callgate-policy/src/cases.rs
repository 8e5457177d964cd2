//! Owns tables of cases: calls with the decision a policy must come to. They stand beside a policy
//! and prove it.
//!
//! ```yaml
//! - name: a developer reads
//!   as: { jwt: { email: dev@example.com } }      # or { id: u0abcd1234 }, for application credentials
//!   call: { method: eth_blockNumber }
//!   expect: allow                                # allow, deny, no_mapping or invalid
//! - name: nobody creates contracts
//!   as: { id: u0abcd1234, tenant: acme }
//!   listener: operator                           # a listener marked `operator: true`
//!   call: { method: eth_call, params: [ { data: "0x00" } ] }
//!   expect: deny
//!   rule: pay-suppliers                          # or the position: 0
//!   reason: create_not_permitted
//! ```

use std::fmt;

use callgate_eth::{Context, understand};
use callgate_rpc::{Limits, Request, Tape};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::claims::Claims;
use crate::decision::{Decision, Effect, RuleRef};
use crate::diagnostics::{Code, Problems, Report, Span};
use crate::document::value;
use crate::explain::{Explanation, Principal};
use crate::judge::Door;
use crate::policy::Policy;
use crate::subject::Section;

/// A table of cases.
#[derive(Debug, Clone)]
pub struct Cases {
    list: Vec<Case>,
}

/// One case.
#[derive(Debug, Clone)]
pub struct Case {
    /// What it proves.
    pub name: String,
    section: Section,
    claims: Claims,
    tenant: Option<String>,
    door: Door,
    body: String,
    expected: Expected,
}

/// A case whose decision was another.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The case.
    pub case: String,
    /// What was expected.
    pub expected: String,
    /// What came.
    pub got: String,
    /// How the decision came about, when there was one.
    pub explanation: Option<Explanation>,
}

#[derive(Debug, Clone)]
struct Expected {
    result: Expect,
    rule: Option<String>,
    reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Expect {
    Allow,
    Deny,
    /// No mapping matches: HTTP 403.
    NoMapping,
    /// The call is not understood: -32602.
    Invalid,
}

/// A case as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCase {
    name: String,
    #[serde(rename = "as")]
    principal: RawPrincipal,
    #[serde(default)]
    listener: RawListener,
    call: RawCall,
    expect: Expect,
    rule: Option<Value>,
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPrincipal {
    jwt: Option<Claims>,
    id: Option<String>,
    tenant: Option<String>,
}

#[derive(Deserialize, Default, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum RawListener {
    #[default]
    Public,
    Operator,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCall {
    method: String,
    #[serde(default)]
    params: Vec<Value>,
}

/// What came of a case.
struct Came {
    result: Expect,
    rule: Option<(String, Option<String>)>,
    reason: String,
}

impl Cases {
    /// Reads a table.
    ///
    /// # Errors
    /// Every case that is none, by its position.
    pub fn read(name: &str, text: &str) -> Result<Self, Report> {
        let mut problems = Problems::new();
        let value = value::value(name, text, &mut problems);
        let start = Span::default();
        let mut list = Vec::new();
        match value {
            Some(Value::Array(items)) => {
                for (position, item) in items.into_iter().enumerate() {
                    match serde_json::from_value(item)
                        .map_err(|error| error.to_string())
                        .and_then(Case::of)
                    {
                        Ok(case) => list.push(case),
                        Err(error) => problems.error(Code::WRONG_TYPE, start, format!("case {position}: {error}")),
                    }
                }
            }
            Some(_) => problems.error(Code::WRONG_TYPE, start, "a table of cases is a list"),
            None => {}
        }
        if problems.has_errors() {
            Err(problems.into_report())
        } else {
            Ok(Self { list })
        }
    }

    /// The cases, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Case> {
        self.list.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Runs all cases against a policy. Empty when every decision is the expected one.
    #[must_use]
    pub fn run(&self, policy: &Policy, context: &Context) -> Vec<Failure> {
        self.list
            .iter()
            .filter_map(|case| case.run(policy, context).err().map(|failure| *failure))
            .collect()
    }
}

impl Case {
    fn of(raw: RawCase) -> Result<Self, String> {
        let (section, claims) = match (raw.principal.jwt, raw.principal.id) {
            (Some(claims), None) => (Section::Jwt, claims),
            (None, Some(id)) => (
                Section::AppCreds,
                Map::from_iter([("id".to_owned(), Value::String(id))]),
            ),
            _ => return Err("`as` is either `{ jwt: { … } }` or `{ id: … }`".to_owned()),
        };
        let rule = match raw.rule {
            None => None,
            Some(Value::String(name)) => Some(name),
            Some(Value::Number(position)) => Some(position.to_string()),
            Some(_) => return Err("`rule` is the name or the position of an entry".to_owned()),
        };
        let call = serde_json::json!({
            "jsonrpc": "2.0", "id": 1, "method": raw.call.method, "params": raw.call.params,
        });
        Ok(Self {
            name: raw.name,
            section,
            claims,
            tenant: raw.principal.tenant,
            door: Door {
                operator: raw.listener == RawListener::Operator,
            },
            body: call.to_string(),
            expected: Expected {
                result: raw.expect,
                rule,
                reason: raw.reason,
            },
        })
    }

    /// Runs the case.
    ///
    /// # Errors
    /// The decision is not the expected one.
    pub fn run(&self, policy: &Policy, context: &Context) -> Result<(), Box<Failure>> {
        let mut tape = Tape::new();
        let came = self.judge(policy, context, &mut tape);
        if self.expected.is_met_by(&came) {
            return Ok(());
        }
        let mut tape = Tape::new();
        Err(Box::new(Failure {
            case: self.name.clone(),
            expected: self.expected.to_string(),
            got: came.to_string(),
            explanation: self.explain(policy, context, &mut tape),
        }))
    }

    fn judge(&self, policy: &Policy, context: &Context, tape: &mut Tape) -> Came {
        let subject = match policy.subject(self.section, &self.claims, self.tenant.as_deref()) {
            Ok(subject) => subject,
            Err(error) => {
                return Came {
                    result: Expect::NoMapping,
                    rule: None,
                    reason: error.code().to_owned(),
                };
            }
        };
        let invalid = |reason: &str| Came {
            result: Expect::Invalid,
            rule: None,
            reason: reason.to_owned(),
        };
        let request = callgate_rpc::parse(self.body.as_bytes(), tape, &Limits::default());
        let Ok(Request::Single(Ok(call))) = request else {
            return invalid("invalid_request");
        };
        match understand(&call, context) {
            Err(error) => invalid(error.reason().code()),
            Ok(understood) => Came::of(policy.judge(&subject, understood, self.door).decision()),
        }
    }

    fn explain(&self, policy: &Policy, context: &Context, tape: &mut Tape) -> Option<Explanation> {
        let principal = Principal {
            section: self.section,
            claims: &self.claims,
            tenant: self.tenant.as_deref(),
        };
        let request = callgate_rpc::parse(self.body.as_bytes(), tape, &Limits::default()).ok()?;
        let Request::Single(Ok(call)) = request else {
            return None;
        };
        let understood = understand(&call, context).ok()?;
        Some(policy.explain(&principal, understood, self.door))
    }
}

impl Came {
    fn of(decision: &Decision) -> Self {
        let named = |rule: RuleRef<'_>| (rule.index.to_string(), rule.name.map(str::to_owned));
        Self {
            result: if decision.effect() == Effect::Allow {
                Expect::Allow
            } else {
                Expect::Deny
            },
            rule: decision.rule().map(named),
            reason: decision.reason().code().to_owned(),
        }
    }
}

impl Expected {
    fn is_met_by(&self, came: &Came) -> bool {
        let is_rule = |expected: &String| match &came.rule {
            Some((index, name)) => index == expected || name.as_ref() == Some(expected),
            None => false,
        };
        self.result == came.result
            && self.rule.as_ref().is_none_or(is_rule)
            && self.reason.as_ref().is_none_or(|reason| *reason == came.reason)
    }
}

impl Expect {
    fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::NoMapping => "no_mapping",
            Self::Invalid => "invalid",
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.result.name())?;
        if let Some(rule) = &self.rule {
            write!(out, " by rule `{rule}`")?;
        }
        match &self.reason {
            Some(reason) => write!(out, " for `{reason}`"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Came {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.result.name())?;
        match &self.rule {
            Some((index, Some(name))) => write!(out, " by rule `{name}` ({index})")?,
            Some((index, None)) => write!(out, " by rule {index}")?,
            None => {}
        }
        write!(out, " for `{}`", self.reason)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: expected {}, got {}", self.case, self.expected, self.got)?;
        match &self.explanation {
            Some(explanation) => write!(out, "\n{explanation}"),
            None => Ok(()),
        }
    }
}
