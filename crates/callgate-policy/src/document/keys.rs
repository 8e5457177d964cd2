//! Owns the table of every key a policy may have, what its value is, and one sentence about it. The
//! checker and the JSON Schema are made from it, so they cannot disagree.

use super::kind::{Forms, Key, Kind, Section, may, must};

/// The highest TCP port, for nothing but the schema's sake numbers here are `u64`.
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

const BEARER: Key = may(
    "bearer",
    &Kind::Switch,
    "Accept `Authorization: Bearer`, and `access_token` in the query.",
);
const HEADER: Key = may("header", &Kind::Text, "Name of a header that may hold it.");
const QUERY: Key = may("query", &Kind::Text, "Name of a query parameter that may hold it.");
const COOKIE: Key = may("cookie", &Kind::Text, "Name of a cookie that may hold it.");
const ENABLED: Key = may("enabled", &Kind::Switch, "Whether this way of authentication is used.");
const MAPPINGS: Key = may(
    "mappings",
    &MAPPING_LIST,
    "From claims to a ruleset; the first that matches counts.",
);

static JWT: Section = Section {
    name: "jwt",
    keys: &[
        ENABLED,
        BEARER,
        HEADER,
        QUERY,
        COOKIE,
        may(
            "issuers",
            &Kind::List(&Kind::Section(&ISSUER)),
            "Whose tokens are accepted.",
        ),
        MAPPINGS,
    ],
    later: &["introspection", "dpop", "deny"],
};

static ISSUER: Section = Section {
    name: "issuer",
    keys: &[
        must("issuer", &Kind::Text, "The `iss` claim, compared as a whole."),
        must("audiences", &TEXTS, "One of these must be in the `aud` claim."),
        must(
            "algorithms",
            &Kind::List(&Kind::Words(ALGORITHMS)),
            "Signature algorithms accepted.",
        ),
        must(
            "keys",
            &Kind::Section(&KEYS),
            "Where the keys are: exactly one of the members.",
        ),
        may("leeway", &Kind::Duration, "Difference of clocks that is tolerated."),
        may("typ", &Kind::Words(TOKEN_TYPES), "The `typ` header a token must have."),
        may("max_lifetime", &Kind::Duration, "Tokens that live longer are refused."),
    ],
    later: &["require", "claims", "hosts"],
};

/// Words for `algorithms`: never `none`.
pub(crate) const ALGORITHMS: &[&str] = &[
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA", "HS256", "HS384", "HS512",
];

/// Words for `typ`.
pub(crate) const TOKEN_TYPES: &[&str] = &["usual", "at+jwt"];

static KEYS: Section = Section {
    name: "keys",
    keys: &[
        may("jwks_file", &Kind::Text, "A file with a JSON Web Key Set."),
        may(
            "jwks_url",
            &Kind::Text,
            "A URL with a JSON Web Key Set, fetched and refreshed.",
        ),
        may(
            "pem_file",
            &Kind::Text,
            "A file with a public key or certificate in PEM.",
        ),
        may("discovery", &Kind::Switch, "Ask the issuer's metadata for the key set."),
        may(
            "secret",
            &Kind::Secret,
            "The shared secret of HS algorithms: `file:`, `env:` or `cred:`.",
        ),
    ],
    later: &["ca_file", "proxy"],
};

static APPCREDS: Section = Section {
    name: "appcreds",
    keys: &[
        ENABLED,
        may(
            "basicAuth",
            &Kind::Switch,
            "Accept `Authorization: Basic` with id and secret.",
        ),
        BEARER,
        HEADER,
        QUERY,
        COOKIE,
        may(
            "credentials",
            &Kind::Section(&FILE),
            "The file `callgate credential` writes.",
        ),
        MAPPINGS,
    ],
    later: &["cache"],
};

static MAPPING_LIST: Kind = Kind::List(&Kind::Section(&MAPPING));

static MAPPING: Section = Section {
    name: "mapping",
    keys: &[
        must(
            "claims",
            &CLAIMS,
            "Expressions that must match the claims of the same name.",
        ),
        must("ruleset", &Kind::Text, "The ruleset that then counts."),
        may("templated", &Kind::Switch, "One copy of this mapping per tenant."),
    ],
    later: &["tenant", "when"],
};

static CLAIMS: Kind = Kind::Map {
    of: &CLAIM,
    names: "claim",
};
static CLAIM: Kind = Kind::OneOf(&Forms {
    name: "claim",
    scalar: Some(&Kind::Loose),
    list: None,
    map: Some(&CLAIMS),
});

static TENANTS: Kind = Kind::OneOf(&Forms {
    name: "tenants",
    scalar: None,
    list: Some(&TENANT_LIST),
    map: Some(&Kind::Section(&FILE)),
});

/// The contents of a tenants file.
pub(crate) static TENANT_LIST: Kind = Kind::List(&Kind::Section(&TENANT));

static TENANT: Section = Section {
    name: "tenant",
    keys: &[
        must("id", &Kind::Text, "Its id, unique."),
        may("name", &Kind::Text, "Its name."),
        may("tags", &TEXTS, "Its tags; see `tenants_tag`."),
        may("hosts", &TEXTS, "Host names that belong to it."),
        may(
            "vars",
            &Kind::Map {
                of: &VARIABLE,
                names: "variable",
            },
            "Values for templates.",
        ),
    ],
    later: &["limits", "issuers"],
};

static VARIABLE: Kind = Kind::OneOf(&Forms {
    name: "variable",
    scalar: Some(&Kind::Loose),
    list: Some(&LOOSE_LIST),
    map: None,
});

static SET_MEMBER: Kind = Kind::OneOf(&Forms {
    name: "setMember",
    scalar: Some(&Kind::Text),
    list: None,
    map: Some(&Kind::Section(&FILE)),
});

static RULESETS: Kind = Kind::OneOf(&Forms {
    name: "rulesets",
    scalar: None,
    list: Some(&Kind::List(&Kind::Section(&NAMED_RULESET))),
    map: Some(&Kind::Map {
        of: &Kind::Section(&RULESET),
        names: "ruleset",
    }),
});

const RULESET_TEMPLATED: Key = may(
    "templated",
    &Kind::Switch,
    "Matchers are filled from the claims of the client.",
);
const CHAIN_KEY: Key = may("chain", &CHAIN_SECTION, "Groups of methods that read the chain.");
const TX_KEY: Key = may(
    "tx",
    &TX_LIST,
    "Calls and transactions; the first entry that matches counts.",
);
const NAMESPACES_KEY: Key = may(
    "namespaces",
    &Kind::Map {
        of: &Kind::Switch,
        names: "namespace",
    },
    "Read methods of whole namespaces.",
);
const METHODS_KEY: Key = may("methods", &TEXTS, "Methods by exact name.");
const UNSAFE_PATTERN_KEY: Key = may("unsafe_pattern", &Kind::Switch, "Allows patterns in `methods`.");
const RULESET_LATER: &[&str] = &["reads", "limits", "rego", "shadow", "responses", "mode"];

static RULESET: Section = Section {
    name: "ruleset",
    keys: &[
        RULESET_TEMPLATED,
        CHAIN_KEY,
        TX_KEY,
        NAMESPACES_KEY,
        METHODS_KEY,
        UNSAFE_PATTERN_KEY,
    ],
    later: RULESET_LATER,
};

static NAMED_RULESET: Section = Section {
    name: "namedRuleset",
    keys: &[
        must("name", &Kind::Text, "Its name, unique."),
        RULESET_TEMPLATED,
        CHAIN_KEY,
        TX_KEY,
        NAMESPACES_KEY,
        METHODS_KEY,
        UNSAFE_PATTERN_KEY,
    ],
    later: RULESET_LATER,
};

static CHAIN_SECTION: Kind = Kind::Section(&CHAIN);

static CHAIN: Section = Section {
    name: "chain",
    keys: &[
        may(
            "info",
            &Kind::Switch,
            "What a wallet needs: chain id, network, gas price.",
        ),
        may("blocks", &Kind::Switch, "Blocks and their numbers."),
        may("receipts", &Kind::Switch, "Receipts by transaction hash."),
        may("transactions", &Kind::Switch, "Transactions, logs and code."),
        may("pending", &Kind::Switch, "Transactions that wait."),
        may("filter", &Kind::Switch, "Filters and their polling."),
        may("state", &Kind::Switch, "Balances, nonces, storage, proofs."),
        may("fees", &Kind::Switch, "Fee history and suggestions."),
        may(
            "subscribe",
            &Kind::Switch,
            "Subscriptions; each also needs the group of what it tells.",
        ),
    ],
    later: &["accounts"],
};

static TX_LIST: Kind = Kind::List(&Kind::Section(&TX));

static TX: Section = Section {
    name: "tx",
    keys: &[
        may("name", &Kind::Text, "Name in logs and errors."),
        may(
            "templated",
            &Kind::Switch,
            "Matchers are filled from the claims of the client.",
        ),
        may(
            "from",
            &ADDRESSES,
            "The sender: for raw transactions the recovered signer.",
        ),
        may("to", &ADDRESSES, "The receiver; a creation has none and never matches."),
        may(
            "function",
            &TEXT_OR_TEXTS,
            "Signature or selector; `fallback` for less than 4 bytes.",
        ),
        may("value", &CONDITION, "Wei sent along; units as in `1.5 ether`."),
        may("gas", &CONDITION, "Gas limit."),
        may("types", &TYPES, "Transaction types."),
        may(
            "protected",
            &Kind::SwitchOr { word: "any" },
            "EIP-155 protection: required when absent.",
        ),
        may(
            "authorizations",
            &Kind::Section(&AUTHORIZATIONS),
            "EIP-7702 authorizations; none may be carried when absent.",
        ),
        may("call", &Kind::Switch, "Allows reading calls."),
        may("raw", &Kind::Switch, "Allows sending transactions the client signed."),
        may("send", &Kind::Switch, "Allows transactions the node signs and sends."),
        may("sign", &Kind::Switch, "Allows the node to sign without sending."),
        may("estimate", &Kind::Switch, "Allows estimating gas."),
        may("trace", &Kind::Switch, "Allows tracing calls."),
        may(
            "private",
            &Kind::Switch,
            "Allows private transactions, beside the other permissions.",
        ),
        may(
            "create",
            &Kind::Switch,
            "Allows creating contracts, beside the other permissions.",
        ),
        may(
            "overrides",
            &Kind::Switch,
            "Allows state and block overrides, beside the other permissions.",
        ),
    ],
    later: &[
        "args",
        "max_fee_per_gas",
        "max_priority_fee_per_gas",
        "max_cost",
        "nonce",
        "data_length",
        "access_list",
        "blobs",
        "limit",
    ],
};

static TYPES: Kind = Kind::OneOf(&Forms {
    name: "transactionTypes",
    scalar: Some(&TYPE),
    list: Some(&Kind::List(&TYPE)),
    map: None,
});

static TYPE: Kind = Kind::Words(TRANSACTION_TYPES);

/// Words for `types`.
pub(crate) const TRANSACTION_TYPES: &[&str] = &["legacy", "eip2930", "eip1559", "eip4844", "eip7702"];

static ADDRESSES: Kind = Kind::OneOf(&Forms {
    name: "addresses",
    scalar: Some(&Kind::Text),
    list: Some(&Kind::List(&ADDRESS)),
    map: Some(&Kind::Section(&SET)),
});

static ADDRESS: Kind = Kind::OneOf(&Forms {
    name: "address",
    scalar: Some(&Kind::Text),
    list: None,
    map: Some(&Kind::Section(&SET)),
});

static SET: Section = Section {
    name: "setReference",
    keys: &[must("set", &Kind::Text, "Name of a set in `sets`.")],
    later: &["regex", "not"],
};

static CONDITION: Kind = Kind::OneOf(&Forms {
    name: "condition",
    scalar: Some(&Kind::Loose),
    list: None,
    map: Some(&Kind::Section(&COMPARISONS)),
});

static COMPARISONS: Section = Section {
    name: "comparisons",
    keys: &[
        may("eq", &Kind::Loose, "Equal."),
        may("in", &LOOSE_LIST, "One of these."),
        may("not_in", &LOOSE_LIST, "None of these."),
        may("lt", &Kind::Loose, "Less."),
        may("lte", &Kind::Loose, "Less or equal."),
        may("gt", &Kind::Loose, "Greater."),
        may("gte", &Kind::Loose, "Greater or equal."),
        may("regex", &Kind::Text, "An expression for the decimal text."),
    ],
    later: &[],
};

static AUTHORIZATIONS: Section = Section {
    name: "authorizations",
    keys: &[
        may("authority", &ADDRESSES, "Who signed the authorization."),
        may("delegate", &ADDRESSES, "Whose code the account takes."),
    ],
    later: &["chain_id", "nonce"],
};
