//! Owns the keys of rulesets and sets.

use super::super::kind::{Forms, Key, Kind, Section, may, must};
use super::{FILE, LOOSE_LIST, TEXT_OR_TEXTS, TEXTS};

pub(super) static SET_MEMBER: Kind = Kind::OneOf(&Forms {
    name: "setMember",
    scalar: Some(&Kind::Text),
    list: None,
    map: Some(&Kind::Section(&FILE)),
});

pub(super) static RULESETS: Kind = Kind::OneOf(&Forms {
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
        may("userop", &Kind::Switch, "Allows submitting user operations (ERC-4337)."),
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
const TRANSACTION_TYPES: &[&str] = &["legacy", "eip2930", "eip1559", "eip4844", "eip7702"];

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
