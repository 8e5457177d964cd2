//! `callgate demo`: a newcomer's first minute, with nothing installed and nothing configured.

mod http;
mod live;
mod node;
mod token;
mod tour;
mod wallet;

use super::serve;
use crate::cli::Demo;
use crate::exit::{Exit, Failure, OrExit, fail};
use crate::output::say;
use callgate_gateway::snapshot::{Overrides, Sources};
use callgate_gateway::{Config, Started};
use http::Client;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::oneshot;
use tour::Tour;
use wallet::Wallet;

/// The policy and credentials that are shown: the same files as in `policies/`.
const POLICY: &str = include_str!("../../../../../policies/quickstart.yaml");
const CREDENTIALS: &str = include_str!("../../../../../policies/quickstart-credentials.yaml");

/// The secrets of those credentials.
const OPERATOR: &str = "demo-operator-secret";
const APPLICATION: &str = "demo-application-secret";

/// Where the demo listens unless told, or when that is taken, a free port.
const USUAL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8550);

pub(super) fn run(options: Demo) -> Result<Exit, Failure> {
    if let Some(address) = options.listen.filter(|address| !address.ip().is_loopback()) {
        let why = format_args!("--listen: {address} can be reached by others, and the demo's secrets are public");
        return Err(fail(Exit::Usage, why));
    }
    serve::runtime()?.block_on(show(options))
}

async fn show(options: Demo) -> Result<Exit, Failure> {
    let client = Client::new().or_exit(Exit::Internal)?;
    say("Looking for a development node …");
    let node = node::find(options.upstream.as_deref(), &client).await?;
    say(format_args!("Node:      {} at {}", node.what, node.url));

    let stage = tempfile::tempdir().or_exit(Exit::Internal)?;
    set_the_stage(stage.path())?;
    let (told, started) = oneshot::channel();
    let (stop, stopped) = oneshot::channel::<()>();
    let config = configuration(&options, stage.path(), &node, told)?;
    let gateway = tokio::spawn(callgate_gateway::run(config, async {
        // A dropped sender means the same: the show is over.
        let _ = stopped.await;
    }));
    let Ok(started) = started.await else {
        return match gateway.await.or_exit(Exit::Internal)? {
            Err(error) => Err(serve::failure(&error)),
            Ok(()) => Ok(Exit::Done),
        };
    };
    let done = perform(&options, &client, &node, &started, stage.path()).await;
    drop(stop);
    gateway
        .await
        .or_exit(Exit::Internal)?
        .map_err(|error| serve::failure(&error))?;
    say("Stopped.");
    done.map(|()| Exit::Done)
}

/// Everything a visitor sees, until the end of the tour or Ctrl-C.
async fn perform(
    options: &Demo,
    client: &Client,
    node: &node::Node,
    started: &Started,
    stage: &Path,
) -> Result<(), Failure> {
    let address = started.listeners.first().map_or(USUAL, |(_, address)| *address);
    let url = format!("http://{address}");
    let wallet = format!("{:#x}", Wallet::application().or_exit(Exit::Internal)?.address());
    let token = token::mint(
        &wallet,
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs()),
    );
    let policy = stage.join("quickstart.yaml");
    introduce(&url, started, &policy, &token);
    let tour = Tour {
        client,
        callgate: &url,
        node: &node.url,
        application: APPLICATION,
        token: &token,
        policy: &policy,
    };
    tour.ready().await?;
    tour.walk().await?;
    if options.once {
        return Ok(());
    }
    say(
        "\nIt is all yours: paste the lines above, or edit the policy. Every decision shows up below. Ctrl-C stops everything.\n",
    );
    let audit = stage.join("audit.log");
    tokio::select! {
        followed = live::follow(&audit) => followed.or_exit(Exit::Internal),
        () = serve::shutdown()? => Ok(()),
    }
}

fn introduce(url: &str, started: &Started, policy: &Path, token: &str) {
    say(format_args!("Callgate:  {url}  (HTTP and WebSocket)"));
    say(format_args!("Admin:     http://{}/ready and /metrics", started.admin));
    say(format_args!(
        "Policy:    {}  (edit it: changes take effect at once)",
        policy.display()
    ));
    say("\nThree identities, ready to paste:");
    let line = |who: &str, secret: &str, method: &str| {
        say(format_args!(
            "\n  # {who}\n  curl -s {url} -H 'content-type: application/json' -H 'authorization: Bearer {secret}' \\\n    -d '{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"{method}\",\"params\":[]}}'"
        ));
    };
    line(
        "an operator key: may also look into the node",
        OPERATOR,
        "txpool_status",
    );
    line(
        "an application key: reads, and pays listed payees from its wallet",
        APPLICATION,
        "eth_blockNumber",
    );
    line(
        "a JSON Web Token: its `wallet` claim says whose transactions it may send",
        token,
        "eth_chainId",
    );
}

fn set_the_stage(directory: &Path) -> Result<(), Failure> {
    // The live lines are read from a file, so that they can be told in short.
    let policy = POLICY.replace("audit: stdout", "audit: { file: audit.log }");
    std::fs::write(directory.join("quickstart.yaml"), policy).or_exit(Exit::Internal)?;
    std::fs::write(directory.join("quickstart-credentials.yaml"), CREDENTIALS).or_exit(Exit::Internal)
}

fn configuration(
    options: &Demo,
    stage: &Path,
    node: &node::Node,
    told: oneshot::Sender<Started>,
) -> Result<Config, Failure> {
    let mut upstream = serve::upstream(&node.url)?;
    upstream.ws.clone_from(&node.ws);
    let overrides = Overrides {
        listen: Some(options.listen.unwrap_or_else(free_or_usual)),
        upstream: Some(upstream),
        admin: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))),
    };
    Ok(Config {
        sources: Sources {
            policy: stage.join("quickstart.yaml"),
            overrides,
        },
        workers: None,
        logs: None,
        started: Box::new(|started, _| {
            // Nobody waits any more when the demo was interrupted meanwhile.
            let _ = told.send(started);
        }),
    })
}

/// The usual address, or any port when another program has it.
fn free_or_usual() -> SocketAddr {
    match TcpListener::bind(USUAL) {
        Ok(_) => USUAL,
        Err(_) => SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
    }
}
