//! Owns the command line: what may be typed, with help and examples. Meaning is in `command`.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;

/// A JSON-RPC application firewall in front of an Ethereum node.
#[derive(Debug, Parser)]
#[command(
    name = "callgate",
    version,
    propagate_version = true,
    max_term_width = 110,
    after_help = "Exit codes: 0 ok, 1 denied or failed check, 2 usage, 3 bad policy, 4 cannot bind or reach, 70 internal fault."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the firewall
    Serve(Serve),
    /// See it work: starts a development node and the firewall, and shows a short tour
    Demo(Demo),
    /// Read a policy and report every mistake and warning
    Check(Check),
    /// Say what a policy decides about a call, and why
    Explain(Explain),
    /// Create, rotate and list application credentials
    #[command(subcommand)]
    Credential(Credential),
    /// Decode a raw transaction as the firewall does, and recover its sender
    Decode(Decode),
    /// Print the JSON Schema of the policy file, for editors
    #[command(after_help = "Example:\n  callgate schema > callgate.schema.json")]
    Schema,
}

/// `callgate serve`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  callgate serve --policy policy.yaml
  callgate serve --policy policy.yaml --upstream http://10.0.0.7:8545 --listen 0.0.0.0:8550
  CALLGATE_POLICY=/etc/callgate/policy.yaml callgate serve

The policy, credentials, tenants, sets and keys are watched: a change takes effect without a
restart, a broken file keeps the last good one. SIGHUP reloads at once and reopens the audit file.
SIGTERM and Ctrl-C finish the calls in flight and stop.")]
pub(crate) struct Serve {
    /// The policy file
    #[arg(long, value_name = "FILE", env = "CALLGATE_POLICY")]
    pub(crate) policy: PathBuf,
    /// The node, instead of the policy's `upstreams`
    #[arg(long, value_name = "URL", env = "CALLGATE_UPSTREAM")]
    pub(crate) upstream: Option<String>,
    /// Where to listen for calls, instead of the policy's first listener
    #[arg(long, value_name = "ADDR", env = "CALLGATE_LISTEN")]
    pub(crate) listen: Option<SocketAddr>,
    /// Where to serve /health, /ready and /metrics, instead of the policy's `admin`
    #[arg(long, value_name = "ADDR", env = "CALLGATE_ADMIN")]
    pub(crate) admin: Option<SocketAddr>,
    /// Worker threads; each has a listener and a connection pool of its own [default: one per core]
    #[arg(long, value_name = "N", env = "CALLGATE_WORKERS", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) workers: Option<u16>,
}

/// `callgate demo`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  callgate demo
  callgate demo --upstream http://127.0.0.1:8545
  callgate demo --once          # the tour only, then stop

Without --upstream it starts `anvil` or `geth --dev` from the PATH, else anvil through npx.
Its secrets are public: it listens on loopback only.")]
pub(crate) struct Demo {
    /// A development node that runs already
    #[arg(long, value_name = "URL")]
    pub(crate) upstream: Option<String>,
    /// Where to listen for calls [default: 127.0.0.1:8550, or a free port when that is taken]
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
    /// Stop after the tour
    #[arg(long)]
    pub(crate) once: bool,
}

/// `callgate check`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  callgate check policy.yaml
  callgate check --format json policy.yaml | jq .
  callgate check --deny-warnings policy.yaml     # for CI")]
pub(crate) struct Check {
    /// The policy file
    #[arg(value_name = "FILE")]
    pub(crate) policy: PathBuf,
    /// How to report
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
    /// Exit with 1 when there are warnings
    #[arg(long)]
    pub(crate) deny_warnings: bool,
}

/// How to print a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Human,
    /// For programs
    Json,
}

/// `callgate explain`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  callgate explain --policy policy.yaml --as shop --call '{\"method\":\"eth_call\",\"params\":[{\"to\":\"0x…\"},\"latest\"]}'
  callgate explain --policy policy.yaml --as '{\"sub\":\"u1\",\"wallet\":\"0x…\"}' --call @call.json
  echo '[…a batch…]' | callgate explain --policy policy.yaml --as shop --call -

Exits with 0 when every call is allowed, with 1 when one is denied.")]
pub(crate) struct Explain {
    /// The policy file
    #[arg(long, value_name = "FILE", env = "CALLGATE_POLICY")]
    pub(crate) policy: PathBuf,
    /// Who calls: the id of an application credential, or the claims of a token as a JSON object
    #[arg(long = "as", value_name = "CLAIMS-OR-ID")]
    pub(crate) principal: String,
    /// The call or batch as JSON; `@FILE` reads a file, `-` standard input. `jsonrpc` and `id` may be left out
    #[arg(long, value_name = "JSON")]
    pub(crate) call: String,
    /// The chain id, when the policy says `auto` [default: the one that the transaction names]
    #[arg(long, value_name = "ID")]
    pub(crate) chain_id: Option<u64>,
    /// What the node answers to `web3_clientVersion` [default: the policy's `dialect`, in a version that is not known]
    #[arg(long, value_name = "TEXT")]
    pub(crate) client: Option<String>,
    /// Judge as on a listener marked `operator: true`
    #[arg(long)]
    pub(crate) operator: bool,
    /// How to report
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
}

/// `callgate credential …`.
#[derive(Debug, Subcommand)]
pub(crate) enum Credential {
    /// Create a credential: its secret is shown once, the file keeps a hash
    #[command(
        after_help = "Example:\n  callgate credential new --file credentials.yaml --id shop-backend --tenant acme"
    )]
    New(NewCredential),
    /// Give a credential a new secret; the old one works on for a while
    #[command(
        after_help = "Example:\n  callgate credential rotate --file credentials.yaml --id shop-backend --keep 24h"
    )]
    Rotate(RotateCredential),
    /// List the credentials of a file, without secrets
    #[command(after_help = "Example:\n  callgate credential list --file credentials.yaml")]
    List(ListCredentials),
}

/// `callgate credential new`.
#[derive(Debug, Args)]
pub(crate) struct NewCredential {
    /// The credentials file; made when it does not exist
    #[arg(long, value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The credential's id: the claim `id` that mappings see
    #[arg(long, value_name = "ID")]
    pub(crate) id: String,
    /// The tenant it belongs to
    #[arg(long, value_name = "TENANT")]
    pub(crate) tenant: Option<String>,
    /// When it ends: RFC 3339, such as 2027-01-31T00:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) expires: Option<String>,
}

/// `callgate credential rotate`.
#[derive(Debug, Args)]
pub(crate) struct RotateCredential {
    /// The credentials file
    #[arg(long, value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The credential's id
    #[arg(long, value_name = "ID")]
    pub(crate) id: String,
    /// How long the old secret works on: a number with s, m, h or d
    #[arg(long, value_name = "TIME", default_value = "24h")]
    pub(crate) keep: String,
}

/// `callgate credential list`.
#[derive(Debug, Args)]
pub(crate) struct ListCredentials {
    /// The credentials file
    #[arg(long, value_name = "FILE")]
    pub(crate) file: PathBuf,
}

/// `callgate decode`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  callgate decode 0x02f8…")]
pub(crate) struct Decode {
    /// The raw transaction: 0x and hex, or `-` for standard input
    #[arg(value_name = "RAWTX")]
    pub(crate) raw: String,
}
