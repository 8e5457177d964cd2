//! Owns the table of every key a policy may have, what its value is, and one sentence about it. The
//! checker and the JSON Schema are made from it, so they cannot disagree.

mod identity;
mod rules;

pub(crate) use identity::TENANT_LIST;

use identity::{APPCREDS, JWT, TENANTS};
use rules::{RULESETS, SET_MEMBER};

use super::kind::{Forms, Kind, Section, may, must};

/// The largest chain id that fits what nodes use.
const ANY: u64 = u64::MAX;

const TEXTS: Kind = Kind::List(&Kind::Text);
const LOOSE_LIST: Kind = Kind::List(&Kind::Loose);
static TEXT_OR_TEXTS: Kind = Kind::OneOf(&Forms {
    name: "textOrTexts",
    scalar: Some(&Kind::Text),
    list: Some(&TEXTS),
    map: None,
});

/// The whole file.
pub(crate) static DOCUMENT: Section = Section {
    name: "policy",
    keys: &[
        may(
            "version",
            &Kind::Integer { min: 1, max: 1 },
            "Version of the policy language; absent in BAF objects.",
        ),
        may(
            "listeners",
            &Kind::List(&Kind::Section(&LISTENER)),
            "Addresses clients connect to.",
        ),
        may(
            "upstreams",
            &Kind::List(&Kind::Section(&UPSTREAM)),
            "The node behind the firewall.",
        ),
        may("admin", &Kind::Section(&ADMIN), "Health, readiness and metrics."),
        may(
            "chain_id",
            &Kind::IntegerOr {
                min: 1,
                max: ANY,
                word: "auto",
            },
            "The chain; `auto` asks the node and pins the answer.",
        ),
        may(
            "dialect",
            &Kind::Words(DIALECTS),
            "Which client the node is; `auto` asks it.",
        ),
        may("log", &Kind::Section(&LOG), "What is recorded, and where."),
        may("errors", &Kind::Section(&ERRORS), "What refused clients are told."),
        may("limits", &Kind::Section(&LIMITS), "Limits of the whole process."),
        may("jwt", &Kind::Section(&JWT), "Clients that present a JSON Web Token."),
        may(
            "appcreds",
            &Kind::Section(&APPCREDS),
            "Clients that present an application credential.",
        ),
        may("tenants_tag", &Kind::Text, "Only tenants with this tag are used."),
        may(
            "tennants_tag",
            &Kind::Text,
            "The same as `tenants_tag`, as some BAF configurations spell it.",
        ),
        may("tenants", &TENANTS, "Tenants that templated mappings are copied for."),
        may(
            "sets",
            &Kind::Map {
                of: &Kind::List(&SET_MEMBER),
                names: "set",
            },
            "Named sets of addresses.",
        ),
        may("rulesets", &RULESETS, "What may be called, by name of the ruleset."),
        may(
            "insecure_inline_secrets",
            &Kind::Switch,
            "Allows secrets written out in files: demonstrations only.",
        ),
    ],
    later: &[
        "users",
        "abis",
        "shadow",
        "enforcement",
        "store",
        "spending",
        "console",
        "tls",
    ],
};

/// Words for `dialect`.
pub(crate) const DIALECTS: &[&str] = &[
    "auto",
    "generic",
    "geth",
    "besu",
    "goquorum",
    "nethermind",
    "erigon",
    "reth",
    "anvil",
    "hardhat",
    "web3signer",
];

static LISTENER: Section = Section {
    name: "listener",
    keys: &[
        may("name", &Kind::Text, "Name in logs and metrics."),
        must("address", &Kind::Text, "Address and port, as `127.0.0.1:8550`."),
        may("path", &TEXT_OR_TEXTS, "Path answered, `/` when absent."),
        may("paths", &TEXTS, "Paths answered."),
        may("hosts", &TEXTS, "The only `Host` names answered; any when absent."),
        may(
            "operator",
            &Kind::Switch,
            "Methods sealed for everybody else may be granted here.",
        ),
        may("cors", &Kind::Section(&CORS), "Browsers on these origins may call."),
    ],
    later: &["tls", "allow", "deny", "trusted_proxies", "limits"],
};

static CORS: Section = Section {
    name: "cors",
    keys: &[
        must("origins", &TEXTS, "Exact origins, as `https://app.example`."),
        may("max_age", &Kind::Duration, "How long browsers may remember the answer."),
    ],
    later: &[],
};

static UPSTREAM: Section = Section {
    name: "upstream",
    keys: &[
        may("name", &Kind::Text, "Name in logs and metrics."),
        must("url", &Kind::Text, "HTTP address of the node."),
        may(
            "ws",
            &Kind::Text,
            "WebSocket address of the node; the host and port of `url` when absent.",
        ),
    ],
    later: &["tls", "auth", "proxy", "weight", "limits"],
};

static ADMIN: Section = Section {
    name: "admin",
    keys: &[must(
        "address",
        &Kind::Text,
        "Address and port, loopback only, as `127.0.0.1:9550`.",
    )],
    later: &["tls", "credential", "expose"],
};

static LOG: Section = Section {
    name: "log",
    keys: &[
        may(
            "level",
            &Kind::Integer { min: 1, max: 2 },
            "1: a line per call; 2: also why something was refused.",
        ),
        may("audit", &AUDIT, "Where the lines go: `stdout`, `stderr` or a file."),
    ],
    later: &["format", "targets"],
};

static AUDIT: Kind = Kind::OneOf(&Forms {
    name: "audit",
    scalar: Some(&Kind::Words(&["stdout", "stderr"])),
    list: None,
    map: Some(&Kind::Section(&FILE)),
});

static FILE: Section = Section {
    name: "file",
    keys: &[must("file", &Kind::Text, "Path, relative to the policy.")],
    later: &["dir", "sql"],
};

static ERRORS: Section = Section {
    name: "errors",
    keys: &[may(
        "detail",
        &Kind::Words(ERROR_DETAILS),
        "How much a refused client is told.",
    )],
    later: &[],
};

/// Words for `errors.detail`.
pub(crate) const ERROR_DETAILS: &[&str] = &["none", "reason", "full"];

/// Limits of the whole process; their ranges and defaults stand in `settings::limits`.
pub(crate) static LIMITS: Section = Section {
    name: "limits",
    keys: &[
        may("body", &Kind::Size, "Size of a request body or WebSocket message."),
        may("batch", &Kind::Integer { min: 1, max: 100_000 }, "Calls in one batch."),
        may(
            "depth",
            &Kind::Integer { min: 4, max: 256 },
            "Lists and objects inside each other in a request.",
        ),
        may("head", &Kind::Size, "Size of a request's head."),
        may("response", &Kind::Size, "Size of an answer of the node."),
        may(
            "connections",
            &Kind::Integer { min: 1, max: 1_000_000 },
            "Open connections.",
        ),
        may(
            "connections_per_peer",
            &Kind::Integer { min: 1, max: 1_000_000 },
            "Open connections of one IPv4 address or IPv6 /64; no bound of its own when absent, for behind a proxy all \
             clients have one address.",
        ),
        may("head_timeout", &Kind::Duration, "Time a client has to send a head."),
        may("body_timeout", &Kind::Duration, "Time a client has to send a body."),
        may(
            "write_timeout",
            &Kind::Duration,
            "Time a client has to take what it is sent.",
        ),
        may("idle_timeout", &Kind::Duration, "Time a connection may be silent."),
        may("upstream_timeout", &Kind::Duration, "Time the node has to answer."),
        may(
            "connect_timeout",
            &Kind::Duration,
            "Time the node has to accept a connection.",
        ),
        may(
            "drain_timeout",
            &Kind::Duration,
            "Time open calls have when the process ends.",
        ),
    ],
    later: &["per_principal", "per_tenant", "per_ruleset", "per_method"],
};
