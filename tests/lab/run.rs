//! The run of all cases on one client: four nodes in the same world. One gets the bodies as they are, one what a careful
//! reader reads, one stands behind Callgate, and one is given what Callgate sent.

use crate::case::Case;
use crate::client::Client;
use crate::door::{Door, Front};
use crate::effects::Deed;
use crate::judge::Chance;
use crate::reader::Reading;
use crate::stage::Stage;
use crate::support::{Node, Wallet};
use crate::{judge, world};
use serde_json::Value;

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

/// Runs the cases. None when the client is not installed.
pub(crate) async fn run(client: Client, cases: &[Case]) -> Option<Outcome> {
    let mut senders = senders_of(cases, 0);
    let mut bare = Stage::new(client, &senders).await?;
    let mut control = Stage::new(client, &senders).await?;
    let mut twin = Stage::new(client, &senders).await?;
    let mut door = Door::before(Stage::new(client, &senders).await?, Front::Http).await;
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
        outcome
            .violations
            .extend(behind.as_ref().err().map(|violation| told(case, violation)));
        outcome.rows.push(Row {
            case: name(case),
            bare: judge::bare(&reading, &done, &expected, Chance::of(client, &case.body)),
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
        door.renew(client, &senders).await?;
    }
    Some(outcome)
}

/// What came of the cases as messages to Callgate, by their names, and everything that may not be. None when the client is not
/// installed.
pub(crate) async fn run_over_websocket(client: Client, cases: &[Case]) -> Option<(Vec<Sent>, Vec<String>)> {
    let mut senders = senders_of(cases, 0);
    let mut twin = Stage::new(client, &senders).await?;
    let mut door = Door::before(Stage::new(client, &senders).await?, Front::WebSocket).await;
    let (mut sent, mut violations) = (Vec::new(), Vec::new());
    for (number, case) in cases.iter().enumerate() {
        match door.judge(case, &mut twin).await {
            Ok(behind) => sent.push((name(case), behind.to_owned())),
            Err(violation) => violations.push(told(case, &violation)),
        }
        if !(twin.is_fit && door.stage.is_fit) {
            senders = senders_of(cases, number + 1);
        }
        twin.renew(&senders).await;
        door.renew(client, &senders).await?;
    }
    Some((sent, violations))
}

/// A case, and what came of it behind Callgate.
pub(crate) type Sent = (String, String);

fn name(case: &Case) -> String {
    format!("{} {}", case.group, case.name)
}

/// What may not be, with the beginning of the body that did it.
fn told(case: &Case, violation: &str) -> String {
    let beginning = String::from_utf8_lossy(&case.body[..case.body.len().min(1000)]);
    format!("{}: {violation}\n  {beginning}", name(case))
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
