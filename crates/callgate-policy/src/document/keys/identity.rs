//! Owns the keys of identity: tokens, application credentials, mappings, tenants.

use super::super::kind::{Forms, Key, Kind, Section, may, must};
use super::{FILE, LOOSE_LIST, TEXTS};

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

pub(super) static JWT: Section = Section {
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
const ALGORITHMS: &[&str] = &[
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA", "HS256", "HS384", "HS512",
];

/// Words for `typ`.
const TOKEN_TYPES: &[&str] = &["usual", "at+jwt"];

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

pub(super) static APPCREDS: Section = Section {
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

pub(super) static TENANTS: Kind = Kind::OneOf(&Forms {
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
