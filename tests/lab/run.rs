//! The run of all cases on one client: four nodes in the same world. One gets the bodies as they are, one what a careful
//! reader reads, one stands behind Callgate, and one is given what Callgate sent.

use crate::case::Case;
use crate::client::Client;
use crate::effects::{Deed, FALLS_OVER, Watched, results};
use crate::judge::{self, Behind};
use crate::reader::Reading;
use crate::support::tap::{Heard, Tap};
use crate::support::{Callgate, Node, PATIENCE, Wallet, repository};
use crate::wire::Wire;
use crate::{ground, world};
use serde_json::Value;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

const SECRET: &str = "lab-secret-0123456789abcdef";

/// What came of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// `group name`
    pub(crate) case: String,
    /// On a bare node; a cell of `judge::bare`.
    pub(crate) bare: String,
    /// Behind Callgate: `not sent` or `sent as audited`.
    pub(crate) behind: String,
}

/// The table of a client and everything that may not be.
pub(crate) struct Outcome {
    /// What the client says it is.
    pub(crate) version: String,
    pub(crate) rows: Vec<Row>,
    pub(crate) violations: Vec<String>,
}

/// A node with what was known of it last.
struct Stage {
    client: Client,
    node: Node,
    wire: Wire,
    watched: Watched,
    /// Whether it takes more bodies.
    is_fit: bool,
}

impl Stage {
    /// None when the client is not installed.
    async fn new(client: Client, senders: &[Wallet]) -> Option<Self> {
        let node = client.start().await?;
        ground::lay(&node, senders).await;
        let wire = Wire::to(&node.url());
        let watched = Watched::new(client, wire.clone()).await;
        Some(Self {
            client,
            node,
            wire,
            watched,
            is_fit: true,
        })
    }

    /// Another node takes its place when it fell over or was made unfit.
    async fn renew(&mut self, senders: &[Wallet]) {
        if !self.is_fit {
            *self = Self::new(self.client, senders).await.expect("it was installed");
        }
    }

    /// What comes of a body.
    async fn take(&mut self, body: &[u8]) -> Deed {
        let answer = self.wire.post(body).await;
        self.deed(&answer).await
    }

    async fn deed(&mut self, answer: &str) -> Deed {
        let (taken, changes) = self.watched.changes().await.unwrap_or_else(|| {
            self.is_fit = false;
            (Vec::new(), vec![FALLS_OVER.to_owned()])
        });
        Deed {
            results: results(answer),
            taken,
            changes,
        }
    }
}

/// Runs the cases. None when the client is not installed.
pub(crate) async fn run(client: Client, cases: &[Case]) -> Option<Outcome> {
    let mut senders = senders_of(cases, 0);
    let mut bare = Stage::new(client, &senders).await?;
    let mut control = Stage::new(client, &senders).await?;
    let mut twin = Stage::new(client, &senders).await?;
    let mut door = Door::before(Stage::new(client, &senders).await?).await;
    let mut outcome = Outcome {
        version: version(&bare.node).await,
        rows: Vec::new(),
        violations: Vec::new(),
    };
    for (number, case) in cases.iter().enumerate() {
        let reading = Reading::of(&case.body);
        let done = bare.take(&case.body).await;
        let expected = match reading.plain() {
            Some(plain) if plain != case.body => control.take(&plain).await,
            Some(_) => done.clone(),
            None => Deed::default(),
        };
        let behind = door.judge(case, &mut twin).await;
        let name = format!("{} {}", case.group, case.name);
        if let Err(violation) = &behind {
            outcome.violations.push(format!(
                "{name}: {violation}\n  {}",
                String::from_utf8_lossy(&case.body[..case.body.len().min(1000)])
            ));
        }
        outcome.rows.push(Row {
            case: name,
            bare: if client.runs_batches_in_any_order() && sends_several(&case.body) && !done.is_nothing() {
                judge::IN_ANY_ORDER.to_owned()
            } else {
                judge::bare(&reading, &done, &expected)
            },
            behind: behind.map_or_else(|_| "VIOLATION".to_owned(), str::to_owned),
        });
        let is_another = |deed: &Deed| case.ruins && !deed.is_nothing();
        bare.is_fit &= !is_another(&done);
        control.is_fit &= !is_another(&expected);
        if ![&bare, &control, &twin, &door.stage].iter().all(|stage| stage.is_fit) {
            senders = senders_of(cases, number + 1);
        }
        for stage in [&mut bare, &mut control, &mut twin] {
            stage.renew(&senders).await;
        }
        if !door.stage.is_fit {
            door = Door::before(Stage::new(client, &senders).await?).await;
        }
    }
    Some(outcome)
}

/// Whether it is a batch with more than one transaction in it: which of them is taken may depend on the order.
fn sends_several(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    text.trim_start().starts_with('[') && text.matches("eth_send").count() > 1
}

/// The wallets of the cases from `first` on.
fn senders_of(cases: &[Case], first: usize) -> Vec<Wallet> {
    let with_sender = cases.iter().enumerate().skip(first).filter(|(_, case)| case.has_sender);
    with_sender.map(|(number, _)| world::sender(number)).collect()
}

/// The name and version, without what machine it was built on.
async fn version(node: &Node) -> String {
    let told = node.call("web3_clientVersion", Value::Array(Vec::new())).await;
    let words: Vec<_> = told.as_str().unwrap().split('/').take(2).collect();
    words.join("/")
}

/// Callgate, the hop behind it, and the node behind that.
struct Door {
    callgate: Callgate,
    tap: Tap,
    wire: Wire,
    stage: Stage,
    /// How much of what Callgate wrote was read.
    read: usize,
}

impl Door {
    async fn before(stage: Stage) -> Self {
        let tap = Tap::before(SocketAddr::from(([127, 0, 0, 1], stage.node.port))).await;
        let file = |name: &str| std::fs::read_to_string(repository("tests/lab").join(name)).unwrap();
        let callgate = Callgate::with_policy(&file("policy.yaml"))
            .file("credentials.yaml", &file("credentials.yaml"))
            .start(&tap.url())
            .ready()
            .await;
        let wire = Wire::to(&callgate.url()).bearer(SECRET);
        let read = callgate.output_from(0).len();
        tap.take();
        Self {
            callgate,
            tap,
            wire,
            stage,
            read,
        }
    }

    async fn judge(&mut self, case: &Case, twin: &mut Stage) -> Result<&'static str, String> {
        let answer = self.wire.post(&case.body).await;
        let hop = self.tap.take();
        let audit = self.audit(&hop, &answer).await;
        let allowed = judge::allowed(&audit);
        let mut exchanges = judge::exchanges(&hop);
        judge::leave_own_questions_out(&mut exchanges, &allowed);
        let mut guarded = self.stage.deed("").await;
        let mut given = Deed::default();
        for exchange in &exchanges {
            guarded.results.extend(results(&exchange.answer));
            let done = twin.take(exchange.body.as_bytes()).await;
            given.results.extend(done.results);
            given.taken.extend(done.taken);
            given.changes.extend(done.changes);
        }
        let answer = Deed {
            results: results(&answer),
            ..Deed::default()
        };
        let behind = Behind {
            exchanges: &exchanges,
            audit: &audit,
            answer: &answer,
            guarded: &guarded,
            twin: &given,
        };
        behind.verdict()
    }

    /// The audit lines of the calls of this case, which are written a moment after the answer: one for each result, and one
    /// for each call that was sent on. What was sent on may also be a question of Callgate's own.
    async fn audit(&mut self, hop: &[Heard], answer: &str) -> Vec<Value> {
        let (own, sent): (Vec<_>, Vec<_>) = judge::exchanges(hop)
            .into_iter()
            .partition(|exchange| judge::is_own_question(&exchange.body));
        let sent = sent.iter().map(|exchange| calls(&exchange.body)).sum::<usize>();
        let expected = sent.max(results(answer).len());
        if expected == 0 && !own.is_empty() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let deadline = Instant::now() + PATIENCE;
        let mut lines = Vec::new();
        loop {
            self.read_lines(&mut lines);
            if judge::allowed(&lines).len() >= expected || Instant::now() > deadline {
                return lines;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    fn read_lines(&mut self, lines: &mut Vec<Value>) {
        let text = self.callgate.output_from(self.read);
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        self.read += whole;
        let audit = text[..whole].lines().filter(|line| line.starts_with("{\"seq\""));
        let audit = audit.map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.extend(audit.filter(|line| line["event"] == "call"));
    }
}

/// How many calls or answers a text holds.
fn calls(text: &str) -> usize {
    match serde_json::from_str(text) {
        Ok(Value::Array(items)) => items.len(),
        Ok(_) => 1,
        Err(_) => 0,
    }
}
