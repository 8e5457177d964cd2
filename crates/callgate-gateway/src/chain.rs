//! What the node says it is: its chain, pinned at the first answer, and its client. Asked again and again, so that a node
//! that was replaced by one of another chain is noticed.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use callgate_eth::Dialect;
use callgate_policy::settings::ChainId;
use callgate_policy::{Outgoing, Probe};
use callgate_rpc::{Outcome, ReplyId, read_text, scan_reply};
use parking_lot::Mutex;

use crate::current::Current;
use crate::readiness::{Condition, Readiness};
use crate::server::Worker;
use crate::upstream::Repeat;

/// How often a node that answers is asked.
const CALM: Duration = Duration::from_secs(10);

/// How often one that does not is asked.
const ANXIOUS: Duration = Duration::from_secs(1);

/// What is known about the node. Shared by all workers.
#[derive(Default)]
pub(crate) struct Chain(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// The node that was asked: another URL may lead to another chain.
    url: String,
    id: Option<u64>,
    dialect: Dialect,
}

impl Chain {
    /// The chain id that the node at `url` first gave; none while it has not been asked.
    pub(crate) fn id(&self, url: &str) -> Option<u64> {
        let known = self.0.lock();
        known.id.filter(|_| known.url == url)
    }

    /// The client that the node at `url` is, as far as known.
    pub(crate) fn dialect(&self, url: &str) -> Dialect {
        let known = self.0.lock();
        if known.url == url {
            known.dialect
        } else {
            Dialect::default()
        }
    }

    /// Takes the node's chain id. Gives the pinned one, which is the first.
    fn pin(&self, url: &str, id: u64) -> u64 {
        let mut known = self.0.lock();
        if known.url != url {
            *known = Known {
                url: url.to_owned(),
                ..Known::default()
            };
        }
        *known.id.get_or_insert(id)
    }

    fn is_client(&self, url: &str, version: &str) {
        let mut known = self.0.lock();
        if known.url == url {
            known.dialect = Dialect::of_client(version);
        }
    }
}

/// Asks the node for ever, and at once when the policy changes, which may name another; ends by being dropped.
pub(crate) async fn watch(worker: Arc<Worker>) {
    let mut changed = worker.gateway.live.subscribe();
    loop {
        let current = worker.current();
        let pause = match ask(&worker, &current).await {
            Ok(()) => CALM,
            Err(why) => {
                worker.gateway.readiness.fail(why.condition, why.text);
                ANXIOUS
            }
        };
        if let Ok(Err(_)) = tokio::time::timeout(pause, changed.changed()).await {
            return; // no policy will come any more: the gateway is gone
        }
    }
}

/// What keeps the node from being used.
struct Unfit {
    condition: Condition,
    text: String,
}

async fn ask(worker: &Worker, current: &Current) -> Result<(), Unfit> {
    let readiness = &worker.gateway.readiness;
    let id = chain_id(worker, current).await?;
    readiness.meet(Condition::Upstream);
    agree(current, &worker.gateway.chain, id, readiness)?;
    // which client it is helps, but a node may well not tell
    if let Ok(version) = question(worker, current, Probe::ClientVersion).await {
        let url = &current.settings().upstream.url;
        worker.gateway.chain.is_client(url, &version);
    }
    Ok(())
}

async fn chain_id(worker: &Worker, current: &Current) -> Result<u64, Unfit> {
    let answer = question(worker, current, Probe::ChainId).await;
    let unfit = |text| Unfit {
        condition: Condition::Upstream,
        text,
    };
    let text = answer.map_err(unfit)?;
    let digits = text
        .strip_prefix("0x")
        .and_then(|digits| u64::from_str_radix(digits, 16).ok());
    digits.ok_or_else(|| unfit("the node's chain id is not a number of 64 bits".to_owned()))
}

fn agree(current: &Current, chain: &Chain, id: u64, readiness: &Readiness) -> Result<(), Unfit> {
    let settings = current.settings();
    let seen = chain.pin(&settings.upstream.url, id);
    let wanted = match settings.chain_id {
        ChainId::Pinned(number) => number,
        ChainId::Auto => seen,
    };
    if wanted == id {
        readiness.meet(Condition::ChainId);
        return Ok(());
    }
    let text = format!("the node is on chain {id}, not on chain {wanted}");
    Err(Unfit {
        condition: Condition::ChainId,
        text,
    })
}

/// The text that the node answers to a question of ours.
async fn question(worker: &Worker, current: &Current, probe: Probe) -> Result<String, String> {
    let id = worker.node_ids(1);
    let bytes = Bytes::from(Outgoing::probe(id, probe).into_bytes());
    let answer = current
        .upstream()
        .ask(bytes, Repeat::Harmless)
        .await
        .map_err(|fault| fault.to_string())?;
    let invalid = || format!("the node's answer to {} is not valid", probe.method());
    let reply = scan_reply(&answer, current.reply_limits()).map_err(|_| invalid())?;
    match reply.outcome {
        Outcome::Result(result) if reply.id == ReplyId::Ours(id) => {
            read_text(result).map(std::borrow::Cow::into_owned).ok_or_else(invalid)
        }
        Outcome::Result(_) => Err(invalid()),
        Outcome::Error(error) => Err(format!("the node refuses {} with error {}", probe.method(), error.code)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    use crate::testing::{Act, Node, Running, echo, policy};

    /// How the admin surface says that the chain stands.
    async fn condition(gateway: &Running) -> Value {
        let mut client = gateway.admin().await;
        client.send("GET /ready HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
        let report = client.reply().await.unwrap().json();
        let conditions = report["conditions"].as_array().unwrap();
        conditions
            .iter()
            .find(|condition| condition["name"] == "chain_id")
            .unwrap()
            .clone()
    }

    async fn until(gateway: &Running, what: impl Fn(&Value) -> bool) -> Value {
        loop {
            let found = condition(gateway).await;
            if what(&found) {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    #[tokio::test]
    async fn nothing_signed_is_understood_before_the_chain_is_known() {
        let node = Node::start(|seen| match seen.body.contains("eth_chainId") {
            true => Act::Close,
            false => Act::Answer(echo(&seen.body)),
        })
        .await;
        let gateway = Running::of(&node, &policy("").replace("chain_id: 31337", "chain_id: auto")).await;
        let raw = json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_sendRawTransaction", "params": ["0x01"] });
        let reply = gateway.post(&raw.to_string()).await;
        assert_eq!((reply.code(), reply.reason().as_str()), (-32602, "chain_unknown"));
        assert_eq!(condition(&gateway).await["state"], "unmet");
    }

    #[tokio::test]
    async fn a_node_that_answers_makes_ready() {
        let node = Node::obedient().await;
        let gateway = Running::of(&node, &policy("").replace("chain_id: 31337", "chain_id: auto")).await;
        until(&gateway, |condition| condition["state"] == "met").await;
    }

    #[tokio::test]
    async fn a_node_of_another_chain_does_not() {
        let node = Node::obedient().await;
        let gateway = Running::of(&node, &policy("").replace("chain_id: 31337", "chain_id: 1")).await;
        let told = until(&gateway, |condition| condition["why"] != "starting").await;
        assert_eq!(told["why"], "the node is on chain 31337, not on chain 1");
    }

    #[test]
    fn the_first_answer_is_pinned_until_another_node_is_named() {
        let chain = Chain::default();
        assert_eq!(chain.id("http://a"), None);
        assert_eq!(chain.pin("http://a", 7), 7);
        assert_eq!(chain.pin("http://a", 8), 7);
        chain.is_client("http://a", "besu/v25.8.0/linux-x86_64/openjdk-java-21");
        assert_eq!(
            (chain.id("http://a"), chain.dialect("http://a")),
            (Some(7), Dialect::Besu)
        );
        assert_eq!(
            (chain.id("http://b"), chain.dialect("http://b")),
            (None, Dialect::Generic)
        );
        assert_eq!(chain.pin("http://b", 8), 8);
        chain.is_client("http://a", "besu/v25.8.0/linux-x86_64/openjdk-java-21");
        assert_eq!(
            (chain.id("http://b"), chain.dialect("http://b")),
            (Some(8), Dialect::Generic)
        );
    }
}
