//! What the node says it is: its chain, pinned at the first answer, and its client, by which calls are written. Asked again
//! and again, so that a node that was replaced is noticed: by one of another chain, which gets nothing any more, or by
//! another client or version, for which calls are written as both read them until it has stayed for a while.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use bytes::Bytes;
use callgate_eth::{Client, Dialect};
use callgate_policy::settings::{ChainId, NodeDialect};
use callgate_policy::{Outgoing, Probe};
use callgate_rpc::{Outcome, ReplyId, read_text, scan_reply};

use crate::current::Current;
use crate::readiness::{Condition, Readiness, Standing};
use crate::server::Worker;
use crate::upstream::Repeat;

/// How often a node that answers is asked.
const CALM: Duration = Duration::from_secs(10);

/// How often one that does not is asked.
const ANXIOUS: Duration = Duration::from_secs(1);

/// How many answers in a row a new client must give before it is taken for the node's client: about a minute, longer than
/// the nodes behind one address are of two versions in most upgrades.
const SETTLED: u32 = 6;

/// What is known about the node. Shared by all workers, read by every call.
#[derive(Default)]
pub(crate) struct Chain(ArcSwap<Known>);

#[derive(Clone, Default)]
struct Known {
    /// The node that was asked: another URL may lead to another chain.
    url: Arc<str>,
    /// The chain id that it gave first.
    id: Option<u64>,
    /// The chain id that it gave last.
    latest_id: Option<u64>,
    /// The client that it is.
    client: Option<Client>,
    /// That it has been another of late, too.
    unsettled: Option<Unsettled>,
}

/// Several clients have answered: a node was replaced, or there are several behind one address.
#[derive(Clone, Copy)]
struct Unsettled {
    /// What all that answered have in common.
    common: Client,
    /// Who answered last.
    latest: Client,
    /// How often it has, with nobody between.
    times: u32,
}

impl Chain {
    /// The chain id that the node at `url` first gave; none while it has not been asked.
    pub(crate) fn id(&self, url: &str) -> Option<u64> {
        let known = self.0.load();
        known.id.filter(|_| *known.url == *url)
    }

    /// Whether the node at `url` was last seen on another chain than `wanted`, or than the one it began on.
    pub(crate) fn is_astray(&self, url: &str, wanted: Option<u64>) -> bool {
        let known = self.0.load();
        let wanted = wanted.or(known.id);
        *known.url == *url && known.latest_id.is_some() && known.latest_id != wanted
    }

    /// The client that the node at `url` is, as far as known. While it changes, what the old and the new one have in common.
    pub(crate) fn client(&self, url: &str) -> Client {
        let known = self.0.load();
        match known.unsettled {
            _ if *known.url != *url => Client::default(),
            Some(unsettled) => unsettled.common,
            None => known.client.unwrap_or_default(),
        }
    }

    /// Takes the node's chain id. Gives the pinned one, which is the first.
    fn pin(&self, url: &str, id: u64) -> u64 {
        self.change(|known| {
            if *known.url != *url {
                *known = Known {
                    url: url.into(),
                    ..Known::default()
                };
            }
            known.latest_id = Some(id);
            *known.id.get_or_insert(id)
        })
    }

    /// Takes what the node at `url` says that it is, and tells how that stands.
    fn is_client(&self, url: &str, text: &str, wanted: NodeDialect) -> Standing {
        let said = Client::of_text(text);
        self.change(|known| {
            if *known.url != *url {
                return Standing::Met;
            }
            let client = *known.client.get_or_insert(said);
            let unsettled = match known.unsettled {
                None if said == client => return standing(client, wanted),
                None => Unsettled {
                    common: in_common(client, said),
                    latest: said,
                    times: 1,
                },
                Some(before) if before.latest == said => Unsettled {
                    times: before.times.saturating_add(1),
                    ..before
                },
                Some(before) => Unsettled {
                    common: in_common(before.common, said),
                    latest: said,
                    times: 1,
                },
            };
            if unsettled.times >= SETTLED {
                tracing::warn!(before = %client, now = %said, "the node is one client again");
                (known.client, known.unsettled) = (Some(said), None);
                return standing(said, wanted);
            }
            known.unsettled = Some(unsettled);
            Standing::Degraded(format!(
                "the node was {client} and is not always that any more: it says last that it is {said}; until it has said one \
                 thing for a minute, calls are written as all of them read them, and what they read differently is refused"
            ))
        })
    }

    /// Changes what is known; whoever reads it meanwhile has the state before.
    fn change<R>(&self, change: impl Fn(&mut Known) -> R) -> R {
        let mut outcome = None;
        self.0.rcu(|known| {
            let mut next = Known::clone(known);
            outcome = Some(change(&mut next));
            next
        });
        outcome.unwrap_or_else(|| change(&mut Known::default()))
    }
}

/// What holds of both.
fn in_common(a: Client, b: Client) -> Client {
    match a {
        _ if a == b => a,
        _ if a.dialect == b.dialect => a.dialect.into(),
        _ => Client::default(),
    }
}

/// How it stands that the node is `client`, where the policy wants another or nobody knows it.
fn standing(client: Client, wanted: NodeDialect) -> Standing {
    match wanted {
        NodeDialect::Auto if client.dialect == Dialect::Generic => Standing::Degraded(
            "the node does not say that it is a client known here: only what all clients read alike is taken; name its `dialect` if it is one of them".to_owned(),
        ),
        NodeDialect::Pinned(dialect @ (Dialect::Generic | Dialect::Web3signer)) if client.dialect != dialect => Standing::Met,
        NodeDialect::Pinned(dialect) if client.dialect != dialect => Standing::Degraded(format!(
            "the policy says that the node is {}, the node says that it is {client}",
            dialect.name()
        )),
        NodeDialect::Auto | NodeDialect::Pinned(_) => Standing::Met,
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
    // a node that does not tell is one that nobody has named
    let told = question(worker, current, Probe::ClientVersion).await;
    let settings = current.settings();
    let text = told.as_deref().unwrap_or_default();
    let standing = worker
        .gateway
        .chain
        .is_client(&settings.upstream.url, text, settings.dialect);
    readiness.set(Condition::Client, standing);
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
    async fn nothing_reaches_a_node_that_is_on_another_chain() {
        let node = Node::obedient().await;
        let gateway = Running::of(&node, &policy("").replace("chain_id: 31337", "chain_id: 1")).await;
        until(&gateway, |condition| condition["why"] != "starting").await;
        let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_blockNumber", "params": [] });
        let reply = gateway.post(&call.to_string()).await;
        assert_eq!(
            (reply.code(), reply.reason().as_str()),
            (-32603, "upstream_wrong_chain")
        );
        assert_eq!(
            node.seen()
                .iter()
                .filter(|seen| seen.body.contains("eth_blockNumber"))
                .count(),
            0
        );
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
        assert!(!chain.is_astray("http://a", None));
        assert_eq!(chain.pin("http://a", 8), 7);
        assert!(chain.is_astray("http://a", None), "it has gone to another chain");
        assert!(chain.is_astray("http://a", Some(7)) && !chain.is_astray("http://a", Some(8)));
        chain.pin("http://a", 7);
        assert!(!chain.is_astray("http://a", None), "it has come back");
        assert!(
            !chain.is_astray("http://b", Some(9)),
            "nothing is known of another node"
        );
        chain.is_client("http://a", BESU, NodeDialect::Auto);
        assert_eq!(chain.client("http://a").dialect, Dialect::Besu);
        assert_eq!(
            (chain.id("http://b"), chain.client("http://b")),
            (None, Client::default())
        );
        assert_eq!(chain.pin("http://b", 8), 8);
        chain.is_client("http://a", BESU, NodeDialect::Auto);
        assert_eq!(
            (chain.id("http://b"), chain.client("http://b")),
            (Some(8), Client::default())
        );
    }

    const BESU: &str = "besu/v25.8.0/linux-x86_64/openjdk-java-21";
    const OLD: &str = "Geth/v1.16.7-stable-1a2b3c4d/linux-amd64/go1.24.9";
    const NEW: &str = "Geth/v1.17.8-stable-1a2b3c4d/linux-amd64/go1.25.1";

    #[test]
    fn a_client_that_changes_is_noticed_and_both_are_written_for_until_it_has_settled() {
        let chain = Chain::default();
        chain.pin("http://a", 1);
        let say = |text| chain.is_client("http://a", text, NodeDialect::Auto);
        let client = || chain.client("http://a").to_string();
        assert_eq!(say(OLD), Standing::Met);
        assert_eq!(client(), "geth 1.16.7");
        let Standing::Degraded(why) = say(NEW) else {
            panic!("a new version is told")
        };
        assert!(
            why.contains("was geth 1.16.7 and is not always that any more: it says last that it is geth 1.17.8"),
            "{why}"
        );
        assert_eq!(client(), "geth", "a version that nobody can be sure of is none");
        for text in [OLD, NEW].repeat(SETTLED as usize) {
            assert!(
                matches!(say(text), Standing::Degraded(_)),
                "two nodes behind one address"
            );
            assert_eq!(client(), "geth");
        }
        for _ in 2..SETTLED {
            assert!(matches!(say(NEW), Standing::Degraded(_)));
        }
        assert_eq!(say(NEW), Standing::Met, "it has stayed");
        assert_eq!(client(), "geth 1.17.8");
        assert!(matches!(say(BESU), Standing::Degraded(_)));
        assert_eq!(client(), "generic", "of two clients only what all read alike is left");
        assert!(
            matches!(say(""), Standing::Degraded(_)),
            "one that says nothing is another, too"
        );
    }

    #[test]
    fn a_client_that_nobody_knows_and_one_that_the_policy_does_not_mean_are_told() {
        let chain = Chain::default();
        chain.pin("http://a", 1);
        let say = |wanted| chain.is_client("http://a", "acme/v1.2.3/linux", wanted);
        assert!(matches!(say(NodeDialect::Auto), Standing::Degraded(why) if why.contains("`dialect`")));
        let Standing::Degraded(why) = say(NodeDialect::Pinned(Dialect::Geth)) else {
            panic!("the policy says something else")
        };
        assert_eq!(
            why,
            "the policy says that the node is geth, the node says that it is generic"
        );
        assert_eq!(say(NodeDialect::Pinned(Dialect::Generic)), Standing::Met);
        assert_eq!(say(NodeDialect::Pinned(Dialect::Web3signer)), Standing::Met);
    }
}
