//! Owns the settings of authentication: where credentials are looked for, whose tokens count, where keys are.

use std::collections::HashMap;
use std::time::Duration;

use super::limits;
use super::upstream::describe;
use super::url;
use crate::diagnostics::{Code, Problem, Problems, Span, quoted};
use crate::document::raw::{Switch, Text};
use crate::document::raw_identity::{RawAppCreds, RawIssuer, RawJwt, RawKeys, RawPlaces, RawSecret};

/// Covers ordinary drift of clocks.
const DEFAULT_LEEWAY: Duration = Duration::from_secs(30);
/// More would make short-lived tokens meaningless.
const MAX_LEEWAY: Duration = Duration::from_secs(300);
/// A year: whatever lives longer is not meant to end.
const MAX_LIFETIME: Duration = Duration::from_secs(366 * 86_400);
/// Headers with a meaning of their own, which cannot carry a credential.
const TAKEN_HEADERS: [&str; 14] = [
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "host",
    "origin",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];

/// Where credentials are looked for; a place is off unless it is named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// `Authorization: Basic`; application credentials only.
    pub basic: bool,
    /// `Authorization: Bearer`, and `access_token` in the query (RFC 6750 section 2.3).
    pub bearer: bool,
    /// A header of this name.
    pub header: Option<String>,
    /// A query parameter of this name.
    pub query: Option<String>,
    /// A cookie of this name.
    pub cookie: Option<String>,
}

/// `jwt`, enabled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JwtSettings {
    /// Where tokens are looked for.
    pub places: Places,
    /// Whose tokens count; empty: nobody's.
    pub issuers: Vec<IssuerSettings>,
}

/// One trusted issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerSettings {
    /// The `iss` claim.
    pub issuer: String,
    /// At least one must be in `aud`.
    pub audiences: Vec<String>,
    /// JOSE names, HMAC ones only with [`KeySource::Secret`].
    pub algorithms: Vec<String>,
    /// Where the keys are.
    pub keys: KeySource,
    /// Difference of clocks tolerated.
    pub leeway: Duration,
    /// What `typ` must be.
    pub typ: TokenType,
    /// The longest a token may live.
    pub max_lifetime: Option<Duration>,
}

/// Where the keys of an issuer are; paths as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// A key set in a file.
    JwksFile(String),
    /// A key set behind a URL: `https`, or `http` on this machine.
    JwksUrl(String),
    /// A public key or certificate in a file.
    PemFile(String),
    /// The issuer's metadata names the URL.
    Discovery,
    /// A shared secret.
    Secret(RawSecret),
}

/// What the `typ` header of a token must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenType {
    /// Absent, `JWT` or `at+jwt`.
    Usual,
    /// `at+jwt` only (RFC 9068).
    AccessToken,
}

/// `appcreds`, enabled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppCredsSettings {
    /// Where credentials are looked for.
    pub places: Places,
    /// The file with their hashes, path as written; `None`: nobody has one.
    pub credentials_file: Option<String>,
}

pub(super) fn jwt(raw: &RawJwt, problems: &mut Problems) -> Option<JwtSettings> {
    let issuers: Vec<_> = raw.issuers.iter().filter_map(|raw| issuer(raw, problems)).collect();
    let mut places = places(&raw.places, problems);
    // A token has one customary place; BAF configurations name none.
    places.bearer |= raw.places.bearer.is_none() && places == Places::default();
    refuse_twins(&raw.issuers, problems);
    if !enabled(raw.enabled.as_ref(), raw.span, "jwt", problems) {
        return None;
    }
    if raw.issuers.is_empty() {
        warn_useless(
            raw.span,
            "`jwt` names no issuers: no token is accepted",
            "add `issuers`",
            problems,
        );
    }
    if places == Places::default() {
        warn_useless(
            raw.span,
            "`jwt` names no place to look for tokens",
            "add `bearer: true`",
            problems,
        );
    }
    Some(JwtSettings { places, issuers })
}

pub(super) fn appcreds(raw: &RawAppCreds, problems: &mut Problems) -> Option<AppCredsSettings> {
    let places = Places {
        basic: is_on(raw.basic_auth.as_ref()),
        ..places(&raw.places, problems)
    };
    if !enabled(raw.enabled.as_ref(), raw.span, "appcreds", problems) {
        return None;
    }
    if raw.credentials_file.is_none() {
        let hint = "add `credentials: { file: … }`, which `callgate credential new` writes";
        warn_useless(
            raw.span,
            "`appcreds` names no credentials: nobody has one",
            hint,
            problems,
        );
    }
    if places == Places::default() {
        let hint = "add `basicAuth: true`, `bearer: true` or `header: X-Api-Key`";
        warn_useless(
            raw.span,
            "`appcreds` names no place to look for credentials",
            hint,
            problems,
        );
    }
    Some(AppCredsSettings {
        places,
        credentials_file: raw.credentials_file.as_ref().map(|path| path.value.clone()),
    })
}

fn is_on(switch: Option<&Switch>) -> bool {
    switch.is_some_and(|switch| switch.value)
}

/// An absent switch is off, as in BAF; what is written below it then has no effect, which is worth a word.
fn enabled(switch: Option<&Switch>, section: Span, name: &str, problems: &mut Problems) -> bool {
    if switch.is_none() {
        let message = format!("`{name}` has no `enabled: true` and has no effect");
        problems.push(Problem::warning(Code::LINT_NO_EFFECT, section, message).hint("add `enabled: true`"));
    }
    is_on(switch)
}

fn warn_useless(span: Span, message: &str, hint: &str, problems: &mut Problems) {
    problems.push(Problem::warning(Code::USELESS_SECTION, span, message).hint(hint));
}

fn places(raw: &RawPlaces, problems: &mut Problems) -> Places {
    Places {
        basic: false,
        bearer: is_on(raw.bearer.as_ref()),
        header: raw.header.as_ref().and_then(|name| header(name, problems)),
        query: raw.query.as_ref().and_then(|name| parameter(name, problems)),
        cookie: raw.cookie.as_ref().and_then(|name| parameter(name, problems)),
    }
}

fn header(name: &Text, problems: &mut Problems) -> Option<String> {
    let problem = |message| Problem::error(Code::BAD_NAME, name.span, message);
    let lower = name.to_ascii_lowercase();
    if TAKEN_HEADERS.contains(&lower.as_str()) {
        let problem = problem(format!("the header {} has a meaning of its own", quoted(name)));
        problems.push(problem.hint("name one of your own: `X-Api-Key`"));
        return None;
    }
    // Software that folds `_` and `-` would see another header than we do.
    if name.len() > 64 || name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        problems.push(problem(format!("{} is not a header name", quoted(name))).hint("use letters, digits and `-`"));
        return None;
    }
    Some(name.value.clone())
}

fn parameter(name: &Text, problems: &mut Problems) -> Option<String> {
    if super::is_name(name) {
        return Some(name.value.clone());
    }
    let problem = Problem::error(
        Code::BAD_NAME,
        name.span,
        format!("{} cannot name a parameter or cookie", quoted(name)),
    );
    problems.push(problem.hint("use letters, digits, `-`, `_` and `.`, at most 64"));
    None
}

fn refuse_twins(issuers: &[RawIssuer], problems: &mut Problems) {
    let mut seen: HashMap<&str, Span> = HashMap::new();
    for name in issuers.iter().filter_map(|issuer| issuer.issuer.as_ref()) {
        if let Some(first) = seen.get(name.as_str()) {
            let problem = Problem::error(
                Code::BAD_ISSUER,
                name.span,
                format!("the issuer {} is defined twice", quoted(name)),
            );
            problems.push(
                problem
                    .related(*first, "first defined here")
                    .hint("a token must belong to one entry"),
            );
        } else {
            seen.insert(name, name.span);
        }
    }
}

fn issuer(raw: &RawIssuer, problems: &mut Problems) -> Option<IssuerSettings> {
    for (list, name) in [(&raw.audiences, "audiences"), (&raw.algorithms, "algorithms")] {
        if list.is_empty() {
            // An absent key was told by its absence.
            let span = raw.issuer.as_ref().map_or(raw.span, |issuer| issuer.span);
            problems.error(
                Code::BAD_ISSUER,
                span,
                format!("`{name}` of this issuer is empty: no token is accepted"),
            );
        }
    }
    let keys = raw.keys.as_ref().and_then(|keys| key_source(raw, keys, problems));
    if let (Some(keys), Some(section)) = (&keys, &raw.keys) {
        check_algorithms(&raw.algorithms, keys, section, problems);
    }
    let leeway = raw
        .leeway
        .as_ref()
        .and_then(|text| limits::duration(text, (Duration::ZERO, MAX_LEEWAY), problems));
    let range = (Duration::from_secs(1), MAX_LIFETIME);
    Some(IssuerSettings {
        issuer: raw.issuer.as_ref()?.value.clone(),
        audiences: raw.audiences.iter().map(|text| text.value.clone()).collect(),
        algorithms: raw.algorithms.iter().map(|text| text.value.clone()).collect(),
        keys: keys?,
        leeway: leeway.unwrap_or(DEFAULT_LEEWAY),
        typ: match raw.typ.as_ref().map(|text| text.as_str()) {
            Some("at+jwt") => TokenType::AccessToken,
            _ => TokenType::Usual,
        },
        max_lifetime: raw
            .max_lifetime
            .as_ref()
            .and_then(|text| limits::duration(text, range, problems)),
    })
}

fn key_source(issuer: &RawIssuer, raw: &RawKeys, problems: &mut Problems) -> Option<KeySource> {
    let discovery = raw.discovery.as_ref().filter(|switch| switch.value);
    let sources = [
        raw.jwks_file
            .as_ref()
            .map(|path| KeySource::JwksFile(path.value.clone())),
        raw.jwks_url.as_ref().map(|url| KeySource::JwksUrl(url.value.clone())),
        raw.pem_file.as_ref().map(|path| KeySource::PemFile(path.value.clone())),
        raw.secret
            .as_ref()
            .map(|secret| KeySource::Secret(secret.value.clone())),
        discovery.map(|_| KeySource::Discovery),
    ];
    let mut sources = sources.into_iter().flatten();
    let (source, more) = (sources.next(), sources.next());
    if source.is_none() || more.is_some() {
        let problem = Problem::error(Code::BAD_ISSUER, raw.span, "`keys` must name exactly one source");
        problems.push(problem.hint("one of `jwks_file`, `jwks_url`, `pem_file`, `discovery: true`, `secret`"));
    }
    if let Some(text) = &raw.jwks_url {
        check_key_url(text, problems);
    }
    if let (Some(_), Some(issuer)) = (discovery, &issuer.issuer) {
        check_key_url(issuer, problems);
    }
    source
}

/// Keys decide who everybody is: they come encrypted, or from this machine.
fn check_key_url(text: &Text, problems: &mut Problems) {
    let message = match url::parts(text) {
        Ok(parts) if parts.scheme == "https" || (parts.scheme == "http" && url::is_loopback(parts.host)) => return,
        Ok(_) => format!("keys cannot be fetched from {}", quoted(text)),
        Err(url::Fault::UserInfo) => {
            problems.hide(text.span);
            "the URL of keys holds a user or password".to_owned()
        }
        Err(fault) => format!("{} is not a URL: {}", quoted(text), describe(fault)),
    };
    let hint = "write `https://…`; `http://` is accepted from this machine only";
    problems.push(Problem::error(Code::BAD_URL, text.span, message).hint(hint));
}

/// HMAC goes with a secret and nothing else does: a public key must never serve as a secret.
fn check_algorithms(algorithms: &[Text], keys: &KeySource, section: &RawKeys, problems: &mut Problems) {
    let with_secret = matches!(keys, KeySource::Secret(_));
    for algorithm in algorithms {
        let problem =
            |message| Problem::error(Code::BAD_ALGORITHM, algorithm.span, message).related(section.span, "the keys");
        match (algorithm.starts_with("HS"), with_secret) {
            (true, false) => {
                let problem = problem(format!("{} needs a shared secret, not public keys", quoted(algorithm)));
                problems.push(problem.hint("use `keys: { secret: env:NAME }`, or another algorithm"));
            }
            (false, true) => {
                let problem = problem(format!("{} needs public keys, not a secret", quoted(algorithm)));
                problems.push(problem.hint("with `secret` only HS256, HS384 and HS512 can be used"));
            }
            _ => {}
        }
    }
}
