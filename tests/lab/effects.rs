//! What a node did: the answers it gave, the transactions it took, and what else changed, as far as the node itself tells.

use crate::client::Client;
use crate::wire::Wire;
use crate::world::{EVIL, EVIL_BALANCE, EVIL_WORD, GOOD, GOOD_BALANCE, GOOD_WORD, UNLOCKED};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

/// How long a transaction in the pool is waited for: a development chain mines at once what it can.
const PATIENCE: Duration = Duration::from_millis(1500);

/// What a node did that does not answer any more.
pub(crate) const FALLS_OVER: &str = "falls over";

/// What came of one body, so that two nodes can be compared that have different pasts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Deed {
    /// What was answered with a result, in order; errors are no deeds.
    pub(crate) results: Vec<Outcome>,
    /// The transactions that were taken.
    pub(crate) taken: Vec<Taken>,
    /// What else changed.
    pub(crate) changes: Vec<String>,
}

/// A result, by its type and by the words that give away what was executed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) kind: &'static str,
    pub(crate) marks: Vec<&'static str>,
}

/// A transaction that a node took into a block, or into its pool for later.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Taken {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) value: String,
    pub(crate) input: String,
    pub(crate) delegates: Vec<String>,
    pub(crate) mined: bool,
}

impl Deed {
    /// What is known from answers alone.
    pub(crate) fn of_answers(answers: impl IntoIterator<Item = String>) -> Self {
        Self {
            results: answers.into_iter().flat_map(|answer| results(&answer)).collect(),
            ..Self::default()
        }
    }

    /// Whether nothing was done.
    pub(crate) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the other does all of this, perhaps more.
    pub(crate) fn is_part_of(&self, other: &Self) -> bool {
        fn is_part<T: PartialEq>(part: &[T], whole: &[T]) -> bool {
            let count = |among: &[T], what: &T| among.iter().filter(|one| *one == what).count();
            part.iter().all(|what| count(part, what) <= count(whole, what))
        }
        is_part(&self.results, &other.results)
            && is_part(&self.taken, &other.taken)
            && is_part(&self.changes, &other.changes)
    }

    /// In a few words, for the table.
    pub(crate) fn told(&self) -> String {
        let mut words: Vec<String> = Vec::new();
        for taken in &self.taken {
            let whom = match taken.to.as_str() {
                GOOD => "GOOD",
                EVIL => "EVIL",
                "" => "a new contract",
                _ => "another",
            };
            let later = if taken.mined { "" } else { " later" };
            words.push(format!("pays {whom}{later}"));
        }
        words.extend(self.changes.iter().cloned());
        for result in &self.results {
            words.push(match result.marks.as_slice() {
                [] => format!("answers {}", result.kind),
                marks => format!("tells {}", marks.join(" and ")),
            });
        }
        words.dedup();
        words.truncate(6);
        words.join(", ")
    }
}

/// The results of an answer, whatever it looks like.
pub(crate) fn results(answer: &str) -> Vec<Outcome> {
    let answer: Value = match serde_json::from_str(answer) {
        Ok(answer) => answer,
        Err(_) => return Vec::new(),
    };
    let of_one = |answer: &Value| {
        let result = answer.get("result")?;
        if answer.get("error").is_some_and(|error| !error.is_null()) {
            return None;
        }
        Some(Outcome {
            kind: kind(result),
            marks: marks(result),
        })
    };
    match &answer {
        Value::Array(answers) => answers.iter().filter_map(of_one).collect(),
        answer => of_one(answer).into_iter().collect(),
    }
}

fn kind(result: &Value) -> &'static str {
    match result {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn marks(result: &Value) -> Vec<&'static str> {
    let text = result.to_string().to_ascii_lowercase();
    let quantity = |wei: u64| format!("\"{wei:#x}\"");
    let marks = [
        ("GOOD's word", format!("\"{GOOD_WORD}\"")),
        ("EVIL's word", format!("\"{EVIL_WORD}\"")),
        ("GOOD's savings", quantity(GOOD_BALANCE)),
        ("EVIL's savings", quantity(EVIL_BALANCE)),
    ];
    marks
        .into_iter()
        .filter(|(_, mark)| text.contains(mark))
        .map(|(name, _)| name)
        .collect()
}

/// A node that is watched: what was known of it last.
pub(crate) struct Watched {
    wire: Wire,
    client: Client,
    state: Value,
    head: u64,
    /// Transactions that stay in the pool.
    waiting: BTreeSet<String>,
}

impl Watched {
    /// From now on.
    pub(crate) async fn new(client: Client, wire: Wire) -> Self {
        let mut watched = Self {
            wire,
            client,
            state: Value::Null,
            head: 0,
            waiting: BTreeSet::new(),
        };
        watched.changes().await.expect("the node answers");
        watched
    }

    /// What was taken and what else changed since the last time.
    /// None when the node does not answer any more.
    pub(crate) async fn changes(&mut self) -> Option<(Vec<Taken>, Vec<String>)> {
        let pool = if self.client.shows_its_pool() {
            "txpool_content"
        } else {
            "eth_pendingTransactions"
        };
        let questions = [
            (pool, json!([])),
            ("eth_blockNumber", json!([])),
            ("eth_getBalance", json!([GOOD, "latest"])),
            ("eth_getBalance", json!([EVIL, "latest"])),
            ("eth_getCode", json!([EVIL, "latest"])),
            ("eth_getTransactionCount", json!([UNLOCKED, "latest"])),
            ("eth_chainId", json!([])),
        ];
        let deadline = tokio::time::Instant::now() + PATIENCE;
        let (pool, mut answers) = loop {
            let mut answers = self.wire.ask(&questions).await?;
            let pool = transactions(&answers[0]);
            let is_new = |transaction: &Value| !self.waiting.contains(transaction["hash"].as_str().unwrap_or_default());
            let pending: Vec<_> = pool.into_iter().filter(is_new).collect();
            if pending.is_empty() || tokio::time::Instant::now() > deadline {
                answers.remove(0);
                break (pending, answers);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        };
        let number = answers[0].as_str().unwrap_or("0x0");
        let head = u64::from_str_radix(&number[2..], 16).unwrap();
        let mut taken: Vec<_> = pool.iter().map(|transaction| Taken::of(transaction, false)).collect();
        self.waiting.extend(
            pool.iter()
                .filter_map(|transaction| transaction["hash"].as_str())
                .map(str::to_owned),
        );
        let mut changes = Vec::new();
        if head < self.head {
            changes.push("goes back".to_owned());
        }
        // A node that jumps ahead is not asked for each block of it.
        for number in (self.head + 1..=head).take(64) {
            let block = self
                .wire
                .ask(&[("eth_getBlockByNumber", json!([format!("{number:#x}"), true]))])
                .await?;
            let mined = transactions(&block[0]["transactions"]);
            // geth's development chain makes one now and then by itself; nobody can make it do so.
            if mined.is_empty() && !self.client.makes_blocks_by_itself() {
                changes.push("makes an empty block".to_owned());
            }
            for transaction in &mined {
                // What had been told as waiting is not told again.
                if !self.waiting.remove(transaction["hash"].as_str().unwrap_or_default()) {
                    taken.push(Taken::of(transaction, true));
                }
            }
        }
        taken.sort();
        let state: Value = answers.drain(1..).collect();
        if taken.is_empty() && self.state != state && !self.state.is_null() {
            changes.push("changes its state".to_owned());
        }
        self.head = head;
        self.state = state;
        changes.dedup();
        Some((taken, changes))
    }
}

impl Taken {
    fn of(transaction: &Value, mined: bool) -> Self {
        let text = |name: &str| transaction[name].as_str().unwrap_or_default().to_ascii_lowercase();
        let delegates = transaction["authorizationList"].as_array().into_iter().flatten();
        Self {
            from: text("from"),
            to: text("to"),
            value: text("value"),
            input: text("input"),
            delegates: delegates
                .map(|authorization| {
                    authorization["address"]
                        .as_str()
                        .unwrap_or_default()
                        .to_ascii_lowercase()
                })
                .collect(),
            mined,
        }
    }
}

/// Every object with a hash and a sender in what a node tells of its pool or of a block.
fn transactions(told: &Value) -> Vec<Value> {
    match told {
        Value::Object(members) if members.contains_key("hash") && members.contains_key("from") => vec![told.clone()],
        Value::Object(members) => members.values().flat_map(transactions).collect(),
        Value::Array(items) => items.iter().flat_map(transactions).collect(),
        _ => Vec::new(),
    }
}
