//! Callgate with the policy of the lab, before a node: what goes in, what goes on to the node, what comes of it.

use crate::case::Case;
use crate::client::Client;
use crate::effects::{Deed, results};
use crate::judge::{self, Behind, Chance, Exchange};
use crate::line::{LAST, Line};
use crate::stage::Stage;
use crate::support::tap::Tap;
use crate::support::{Callgate, PATIENCE, Wallet, repository};
use crate::wire::Wire;
use serde_json::Value;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

const SECRET: &str = "lab-secret-0123456789abcdef";

/// Callgate, the hop behind it, and the node behind that.
pub(crate) struct Door {
    callgate: Callgate,
    tap: Tap,
    entrance: Entrance,
    pub(crate) stage: Stage,
    /// How much of what Callgate wrote was read.
    read: usize,
}

/// How bodies come to Callgate, and go on from it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Front {
    Http,
    WebSocket,
}

enum Entrance {
    Http(Wire),
    WebSocket(Box<Line>),
}

impl Entrance {
    /// What is answered to a body.
    async fn say(&mut self, body: &[u8]) -> Result<Vec<String>, String> {
        match self {
            Self::Http(wire) => Ok(vec![wire.post(body).await]),
            Self::WebSocket(line) => line.say(body).await,
        }
    }

    /// What was answered late.
    async fn rest(&mut self) -> Result<Vec<String>, String> {
        match self {
            Self::Http(_) => Ok(Vec::new()),
            Self::WebSocket(line) => line.rest().await,
        }
    }
}

/// What came of a body at Callgate.
struct Passage {
    /// What was answered.
    answer: Deed,
    /// What went to the node.
    exchanges: Vec<Exchange>,
    /// The audit lines of calls.
    audit: Vec<Value>,
}

impl Door {
    /// Callgate before a node.
    pub(crate) async fn before(stage: Stage, front: Front) -> Self {
        let port = match front {
            Front::Http => stage.node.port,
            Front::WebSocket => stage.node.ws_port,
        };
        let tap = Tap::before(SocketAddr::from(([127, 0, 0, 1], port))).await;
        let file = |name: &str| std::fs::read_to_string(repository("tests/lab").join(name)).unwrap();
        let upstream = match front {
            Front::Http => format!("url: \"{}\"", tap.url()),
            Front::WebSocket => format!("url: \"{}\", ws: \"{}\"", stage.node.url(), tap.ws_url()),
        };
        let policy = format!("{}upstreams: [ {{ name: node, {upstream} }} ]\n", file("policy.yaml"));
        let callgate = Callgate::with_policy(&policy)
            .file("credentials.yaml", &file("credentials.yaml"))
            .start_as_written()
            .ready()
            .await;
        let entrance = match front {
            Front::Http => Entrance::Http(Wire::to(&callgate.url()).bearer(SECRET)),
            Front::WebSocket => Entrance::WebSocket(Box::new(Line::to(&callgate.ws_url(), SECRET))),
        };
        let read = callgate.output_from(0).len();
        tap.take();
        Self {
            callgate,
            tap,
            entrance,
            stage,
            read,
        }
    }

    /// Another one takes its place when its node fell over or was made unfit. None when the client is not installed.
    pub(crate) async fn renew(&mut self, client: Client, senders: &[Wallet]) -> Option<()> {
        if !self.stage.is_fit {
            let front = match self.entrance {
                Entrance::Http(_) => Front::Http,
                Entrance::WebSocket(_) => Front::WebSocket,
            };
            *self = Self::before(Stage::new(client, senders).await?, front).await;
        }
        Some(())
    }

    /// What was answered to a body, what went to the node because of it, and what the audit says of it.
    async fn pass(&mut self, body: &[u8]) -> Result<Passage, String> {
        let mut said = self.entrance.say(body).await?;
        let exchanges = self.answered().await?;
        let answered = said.iter().map(|said| results(said).len()).sum();
        let audit = self.audit(&exchanges, answered).await;
        said.extend(self.entrance.rest().await?);
        self.tap.take();
        Ok(Passage {
            answer: Deed::of_answers(said),
            exchanges,
            audit,
        })
    }

    /// What went to the node, once all of it is answered.
    async fn answered(&self) -> Result<Vec<Exchange>, String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let mut exchanges = judge::exchanges(&self.tap.heard());
            exchanges.retain(|exchange| !exchange.body.contains(LAST));
            if exchanges.iter().all(|exchange| !exchange.answer.is_empty()) {
                self.tap.take();
                return Ok(exchanges);
            }
            if Instant::now() > deadline {
                return Err("the node does not answer".to_owned());
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Gives the case to Callgate, and the twin what went on to the node: `not sent`, `sent as audited`, or what is wrong.
    pub(crate) async fn judge(&mut self, case: &Case, twin: &mut Stage) -> Result<&'static str, String> {
        let Passage {
            answer,
            mut exchanges,
            audit,
        } = self.pass(&case.body).await?;
        let allowed = judge::allowed(&audit);
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
        let behind = Behind {
            exchanges: &exchanges,
            audit: &audit,
            answer: &answer,
            guarded: &guarded,
            twin: &given,
            chance: Chance::of(self.stage.client, &case.body),
        };
        behind.verdict()
    }

    /// The audit lines of the calls of this case, which are written a moment after the answer: one for each result, and one
    /// for each call that was sent on. What was sent on may also be a question of Callgate's own.
    async fn audit(&mut self, exchanges: &[Exchange], results: usize) -> Vec<Value> {
        let (own, sent): (Vec<_>, Vec<_>) = exchanges
            .iter()
            .partition(|exchange| judge::is_own_question(&exchange.body));
        let sent = sent.iter().map(|exchange| calls(&exchange.body)).sum::<usize>();
        let expected = sent.max(results);
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
        lines.extend(audit.filter(|line| line["event"] == "call" && line["method"] != LAST));
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
