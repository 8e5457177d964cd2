//! What came of a case: on a bare node against what a careful reader expects, and behind Callgate against what its audit
//! says, what it sent, and what a node does that is given only what it sent.

use crate::client::Client;
use crate::effects::{Deed, FALLS_OVER, Taken};
use crate::reader::{Operation, Reading, operations};
use crate::support::tap::{End, Heard};
use crate::world::{EVIL, GOOD, GOOD_CONTRACT, MOST, READ};
use alloy_primitives::{U256, hex};
use serde_json::Value;

/// The method by which a node signs and sends.
const SIGNS: &str = "eth_sendTransaction";

/// What of a body a node leaves to chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chance {
    /// Nothing.
    None,
    /// The order of its transactions.
    Order,
    /// Whether it takes the second of two transactions that it signs.
    Second,
}

impl Chance {
    /// What a client leaves to chance of a body.
    pub(crate) fn of(client: Client, body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let has_several = |name: &str| text.trim_start().starts_with('[') && text.matches(name).count() > 1;
        if client.runs_batches_in_any_order() && has_several("eth_send") {
            Self::Order
        } else if client.gives_nonces_twice() && has_several(SIGNS) {
            Self::Second
        } else {
            Self::None
        }
    }

    /// Whether two nodes that are given the same may do these.
    fn allows(self, one: &Deed, other: &Deed) -> bool {
        one == other || (self == Self::Second && (one.is_part_of(other) || other.is_part_of(one)))
    }
}

/// What a bare node made of a body. It may do less than a careful reader expects, but nothing else.
pub(crate) fn bare(careful: &Reading, bare: &Deed, control: &Deed, chance: Chance) -> String {
    let nothing = Deed::default();
    let expected = if careful.calls.is_empty() { &nothing } else { control };
    let sent = careful.calls.iter().filter(|call| call.method == SIGNS).count();
    if bare.is_nothing() {
        "does nothing".to_owned()
    } else if chance == Chance::Order {
        IN_ANY_ORDER.to_owned()
    } else if chance == Chance::Second && sent > 1 && sent >= bare.taken.len() && chance.allows(bare, expected) {
        "as read or less".to_owned()
    } else if bare == expected {
        "as read".to_owned()
    } else if bare.is_part_of(expected) {
        "less than read".to_owned()
    } else {
        format!("{SURPRISE} {}", bare.told())
    }
}

/// What is told of a batch with several transactions where the node takes them in any order.
pub(crate) const IN_ANY_ORDER: &str = "in any order";

/// How a cell of the table begins when a node does what a careful reader does not expect.
pub(crate) const SURPRISE: &str = "!";

/// What was seen of a case behind Callgate.
pub(crate) struct Behind<'a> {
    /// What went to the node and what it answered.
    pub(crate) exchanges: &'a [Exchange],
    /// The audit lines of calls.
    pub(crate) audit: &'a [Value],
    /// What the client was answered.
    pub(crate) answer: &'a Deed,
    /// What the node did.
    pub(crate) guarded: &'a Deed,
    /// What a node did that was given only what Callgate sent.
    pub(crate) twin: &'a Deed,
    /// What may differ between the two.
    pub(crate) chance: Chance,
}

/// A body that Callgate sent on, and what the node answered.
pub(crate) struct Exchange {
    pub(crate) body: String,
    pub(crate) answer: String,
}

/// What Callgate sent, also by itself.
pub(crate) fn exchanges(hop: &[Heard]) -> Vec<Exchange> {
    hop.iter()
        .enumerate()
        .filter(|(_, heard)| heard.from == End::Client && !heard.text.is_empty())
        .map(|(place, asked)| {
            let later = hop[place..].iter();
            let mut said = later.filter(|later| later.connection == asked.connection && later.from == End::Server);
            // Over a WebSocket the answers come in any order; what a node could not read it answers without an id.
            let ids = ids(&asked.text);
            let is_answer = |said: &&Heard| {
                let answered = self::ids(&said.text);
                answered == ids || answered.iter().all(|id| id == "null")
            };
            let answer = said.find(is_answer);
            Exchange {
                body: asked.text.clone(),
                answer: answer.map_or_else(String::new, |answer| answer.text.clone()),
            }
        })
        .collect()
}

/// The ids of a call or answer, or of all in a batch, in no order.
fn ids(text: &str) -> Vec<String> {
    let mut ids: Vec<_> = match serde_json::from_str(text) {
        Ok(Value::Array(items)) => items.iter().map(|item| item["id"].to_string()).collect(),
        Ok(item) => vec![item["id"].to_string()],
        Err(_) => Vec::new(),
    };
    ids.sort();
    ids
}

/// Leaves out what Callgate asked by itself: as many questions as the audit does not tell of.
pub(crate) fn leave_own_questions_out(exchanges: &mut Vec<Exchange>, allowed: &[&Value]) {
    for question in OWN_QUESTIONS {
        let names = |body: &str| body.matches(&format!("\"{question}\"")).count();
        let asked: usize = exchanges.iter().map(|exchange| names(&exchange.body)).sum();
        let by_clients = allowed.iter().filter(|line| line["method"] == question).count();
        let mut own = asked.saturating_sub(by_clients);
        exchanges.retain(|exchange| {
            let is_own = own > 0 && is_own_question(&exchange.body) && names(&exchange.body) > 0;
            own -= usize::from(is_own);
            !is_own
        });
    }
}

/// What Callgate asks by itself.
const OWN_QUESTIONS: [&str; 2] = ["eth_chainId", "web3_clientVersion"];

/// Whether Callgate may have asked it by itself.
pub(crate) fn is_own_question(body: &str) -> bool {
    !body.starts_with('[') && OWN_QUESTIONS.iter().any(|own| body.contains(&format!("\"{own}\"")))
}

/// The audit lines of calls that were sent on.
pub(crate) fn allowed(audit: &[Value]) -> Vec<&Value> {
    audit.iter().filter(|line| line["decision"] == "allow").collect()
}

impl Behind<'_> {
    /// `not sent`, `sent as audited`; or what is wrong.
    pub(crate) fn verdict(&self) -> Result<&'static str, String> {
        let allowed = allowed(self.audit);
        if self.guarded.changes.iter().any(|change| change == FALLS_OVER) {
            return Err("the node falls over".to_owned());
        }
        if self.exchanges.is_empty() {
            if !allowed.is_empty() {
                return Err("the audit allows a call that was not sent".to_owned());
            }
            if !self.guarded.is_nothing() || !self.answer.results.is_empty() {
                return Err(format!("nothing was sent, but the node {}", self.guarded.told()));
            }
            return Ok("not sent");
        }
        let mut audited = allowed.iter();
        let mut done = Vec::new();
        for Exchange { body, .. } in self.exchanges {
            let reading = Reading::of(body.as_bytes());
            if reading.refused > 0 {
                return Err(format!("what was sent is not careful: {body}"));
            }
            for call in &reading.calls {
                let Some(line) = audited.next() else {
                    return Err(format!("sent without an audit line: {body}"));
                };
                if line["method"] != call.method.as_str() {
                    return Err(format!(
                        "the audit tells of {} where {} was sent",
                        line["method"], call.method
                    ));
                }
                let operations = operations(&call.params);
                tells(line, &operations)?;
                for operation in operations {
                    permits(line, &operation)?;
                    if EXECUTES.contains(&call.method.as_str()) && line["upstream_outcome"] == "result" {
                        done.push(operation);
                    }
                }
            }
        }
        if audited.next().is_some() {
            return Err("the audit allows a call that was not sent".to_owned());
        }
        executes(&self.guarded.taken, &done)?;
        if !self.chance.allows(self.guarded, self.twin) {
            return Err(format!(
                "a node that is given only what Callgate sent does otherwise: {} instead of {}",
                self.twin.told(),
                self.guarded.told()
            ));
        }
        if self.answer.results.len() > self.guarded.results.len() {
            return Err("the client got more results than the node gave".to_owned());
        }
        if self
            .answer
            .results
            .iter()
            .any(|result| result.marks.contains(&"EVIL's word"))
        {
            return Err("the client got the word of EVIL's contract".to_owned());
        }
        Ok("sent as audited")
    }
}

/// The methods of the clients here that put a transaction into the pool.
const EXECUTES: [&str; 4] = [
    "eth_sendRawTransaction",
    "eth_sendRawTransactionSync",
    "eth_sendTransaction",
    "eth_sendTransactionSync",
];

/// The audit line tells exactly these operations.
fn tells(line: &Value, operations: &[Operation]) -> Result<(), String> {
    let told: Vec<&Value> = match line["operations"].as_array() {
        Some(several) => several.iter().collect(),
        None if line.get("kind").is_some() => vec![line],
        None => Vec::new(),
    };
    if told.len() != operations.len() {
        return Err(format!(
            "the audit tells {} operations of {}",
            told.len(),
            operations.len()
        ));
    }
    for (told, operation) in told.iter().zip(operations) {
        let text = |name: &str| told[name].as_str();
        let value = text("value").map_or(U256::ZERO, |value| value.parse().unwrap());
        let selector = (operation.input.len() >= 4).then(|| hex::encode_prefixed(&operation.input[..4]));
        let agrees = (text("kind") == Some("raw")) == operation.is_raw
            && text("to") == operation.to.as_deref()
            && (operation.from.is_none() || text("from") == operation.from.as_deref())
            && value == operation.value
            && text("selector") == selector.as_deref();
        if !agrees {
            return Err(format!("the audit tells {told}, sent was {operation:?}"));
        }
    }
    Ok(())
}

/// The policy of the lab permits it, judged from what was sent.
fn permits(line: &Value, operation: &Operation) -> Result<(), String> {
    let kinds: Vec<_> = match line["operations"].as_array() {
        Some(several) => several.iter().map(|told| &told["kind"]).collect(),
        None => vec![&line["kind"]],
    };
    let is_one_of = |permitted: &[&str]| {
        kinds
            .iter()
            .all(|kind| permitted.iter().any(|permitted| *kind == permitted))
    };
    let to = operation.to.as_deref();
    let pays = to == Some(GOOD)
        && operation.value <= U256::from(MOST)
        && operation.input.len() < 4
        && is_one_of(&["raw", "send", "estimate"]);
    let reads = to == Some(GOOD_CONTRACT)
        && operation.value.is_zero()
        && operation.input.get(..4) == Some(&hex::decode(READ).unwrap()[..])
        && is_one_of(&["call", "estimate"]);
    if (pays || reads) && !operation.does_more {
        return Ok(());
    }
    Err(format!("sent although no rule permits it: {operation:?}"))
}

/// The node took exactly these transactions.
fn executes(taken: &[Taken], done: &[Operation]) -> Result<(), String> {
    if let Some(evil) = taken.iter().find(|taken| taken.to == EVIL) {
        return Err(format!("the node pays EVIL: {evil:?}"));
    }
    let mut expected: Vec<_> = done
        .iter()
        .map(|operation| {
            let to = operation.to.clone().unwrap_or_default();
            (
                operation.from.clone().unwrap_or_default(),
                to,
                operation.value,
                operation.input.clone(),
            )
        })
        .collect();
    let mut found: Vec<_> = taken
        .iter()
        .map(|taken| {
            let value = taken.value.parse().unwrap();
            (
                taken.from.clone(),
                taken.to.clone(),
                value,
                hex::decode(&taken.input).unwrap_or_default(),
            )
        })
        .collect();
    expected.sort();
    found.sort();
    if expected == found {
        return Ok(());
    }
    Err(format!("the node takes {found:?} where the audit tells {expected:?}"))
}
