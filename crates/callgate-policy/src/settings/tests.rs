//! Tests of settings: defaults, every value, and what is refused.

use std::time::Duration;

use super::*;
use crate::diagnostics::{Code, Report};
use crate::document;

const FULL: &str = include_str!("../../fixtures/full.yaml");

fn settings(text: &str) -> (Settings, Report) {
    let document = document::read("policy.yaml", text).unwrap();
    let mut problems = document.problems();
    let settings = Settings::of(&document, &mut problems);
    (settings, problems.into_report())
}

fn clean(text: &str) -> Settings {
    let (settings, report) = settings(text);
    assert_eq!(report.render(false), "");
    settings
}

/// Code, line and column of every finding.
fn places(text: &str) -> Vec<(&'static str, usize, usize)> {
    let (_, report) = settings(text);
    report
        .findings()
        .iter()
        .map(|f| (f.code.as_str(), f.place.line, f.place.column))
        .collect()
}

#[test]
fn an_empty_policy_listens_on_loopback() {
    let settings = clean("version: 1\n");
    assert_eq!(settings.listeners, [Listener::default()]);
    assert_eq!(settings.listeners[0].address, "127.0.0.1:8550".parse().unwrap());
    assert_eq!(settings.admin, "127.0.0.1:9550".parse().unwrap());
    assert_eq!(settings.upstream.ws, "ws://127.0.0.1:8545");
    assert_eq!(settings.limits, Limits::default());
    assert_eq!(
        (settings.chain_id, settings.dialect),
        (ChainId::Auto, NodeDialect::Auto)
    );
    assert_eq!(
        settings.log,
        Log {
            level: LogLevel::Calls,
            audit: AuditSink::Stdout
        }
    );
    assert_eq!(settings.errors_detail, ErrorDetail::Reason);
    assert_eq!((settings.jwt, settings.appcreds), (None, None));
    assert!(!settings.insecure_inline_secrets);
}

#[test]
fn every_setting_arrives() {
    let settings = clean(FULL);
    assert_eq!(settings.listeners[0].paths, ["/rpc"]);
    assert_eq!(settings.listeners[0].hosts, ["rpc.example.com"]);
    assert!(settings.listeners[1].operator);
    let cors = settings.listeners[1].cors.as_ref().unwrap();
    assert_eq!(
        (cors.origins.as_slice(), cors.max_age),
        (
            ["https://console.example:8443".to_owned()].as_slice(),
            Duration::from_secs(600)
        )
    );
    assert_eq!(settings.upstream.ws, "ws://127.0.0.1:8546");
    assert_eq!(settings.chain_id, ChainId::Pinned(31337));
    assert_eq!(settings.dialect, NodeDialect::Pinned(Dialect::Anvil));
    assert_eq!(
        settings.log,
        Log {
            level: LogLevel::Reasons,
            audit: AuditSink::File("audit.jsonl".to_owned())
        }
    );
    assert_eq!(settings.errors_detail, ErrorDetail::Full);
    let expected = Limits {
        body_bytes: 2 << 20,
        batch_calls: 200,
        depth: 24,
        head_bytes: 32 << 10,
        response_bytes: 128 << 20,
        connections: 5000,
        connections_per_peer: Some(500),
        head_timeout: Duration::from_secs(5),
        body_timeout: Duration::from_secs(20),
        write_timeout: Duration::from_secs(25),
        idle_timeout: Duration::from_secs(120),
        upstream_timeout: Duration::from_secs(45),
        connect_timeout: Duration::from_secs(2),
        drain_timeout: Duration::from_secs(15),
    };
    assert_eq!(settings.limits, expected);
}

#[test]
fn identity_arrives() {
    let settings = clean(FULL);
    let jwt = settings.jwt.unwrap();
    let places = Places {
        basic: false,
        bearer: true,
        header: Some("X-Token".to_owned()),
        query: Some("token".to_owned()),
        cookie: Some("token".to_owned()),
    };
    assert_eq!(jwt.places, places);
    let first = &jwt.issuers[0];
    assert_eq!(first.keys, KeySource::JwksFile("idp-keys.json".to_owned()));
    assert_eq!(
        (first.leeway, first.typ),
        (Duration::from_secs(10), TokenType::AccessToken)
    );
    assert_eq!(first.max_lifetime, Some(Duration::from_secs(86_400)));
    assert_eq!(jwt.issuers[1].leeway, Duration::from_secs(30));
    assert_eq!(jwt.issuers[4].keys, KeySource::Discovery);
    let appcreds = settings.appcreds.unwrap();
    assert!(appcreds.places.basic && appcreds.places.bearer);
    assert_eq!(appcreds.credentials_file.as_deref(), Some("credentials.yaml"));
}

#[test]
fn every_dialect_of_the_table_has_a_meaning() {
    for word in document::keys::DIALECTS.iter().filter(|word| **word != "auto") {
        assert_ne!(
            clean(&format!("dialect: {word}\n")).dialect,
            NodeDialect::Auto,
            "{word}"
        );
    }
    for word in document::keys::ERROR_DETAILS.iter().filter(|word| **word != "reason") {
        assert_ne!(
            clean(&format!("errors: {{ detail: {word} }}\n")).errors_detail,
            ErrorDetail::Reason,
            "{word}"
        );
    }
}

#[test]
fn baf_sections_without_kaleidos_resources_are_usable_with_a_warning() {
    let (settings, report) =
        settings("jwt: { enabled: true, mappings: [] }\nappcreds: { enabled: true, basicAuth: true }\n");
    assert_eq!(report.errors(), 0);
    assert_eq!(report.len(), 2);
    assert!(settings.jwt.unwrap().places.bearer);
    assert!(settings.appcreds.unwrap().places.basic);
}

#[test]
fn a_section_that_is_not_enabled_is_absent() {
    let (settings, report) = settings("jwt: { bearer: true }\nappcreds: { enabled: false }\n");
    assert_eq!((settings.jwt, settings.appcreds), (None, None));
    assert_eq!((report.errors(), report.len()), (0, 1));
}

#[test]
fn addresses_are_addresses_with_a_port() {
    for (address, hint) in [
        ("localhost:8550", "write `127.0.0.1:8550`"),
        (":8550", "write `127.0.0.1:8550`, or `0.0.0.0:8550` for every interface"),
        ("127.0.0.1", "add a port: `127.0.0.1:8550`"),
        ("::1", "add a port: `[::1]:8550`"),
        (
            "127.0.0.1:99999",
            "write an IP address and a port: `127.0.0.1:8550`, `[::1]:8550`",
        ),
    ] {
        let (_, report) = settings(&format!("listeners: [ {{ address: \"{address}\" }} ]\n"));
        assert_eq!(report.findings()[0].code, Code::BAD_ADDRESS);
        assert_eq!(report.findings()[0].hint.as_deref(), Some(hint));
    }
}

#[test]
fn the_admin_address_stays_on_this_machine() {
    assert_eq!(places("admin: { address: \"0.0.0.0:9550\" }\n"), [("CG-P0104", 1, 19)]);
    assert_eq!(
        places("admin: { address: \"192.168.1.1:9550\" }\n"),
        [("CG-P0104", 1, 19)]
    );
    assert_eq!(
        clean("admin: { address: \"[::1]:9550\" }\n").admin,
        "[::1]:9550".parse().unwrap()
    );
}

#[test]
fn listeners_differ_and_say_what_they_mean() {
    let twins = "listeners:\n  - { name: a, address: \"127.0.0.1:1\" }\n  - { name: a, address: \"127.0.0.1:1\" }\n";
    assert_eq!(places(twins), [("CG-P0107", 3, 13), ("CG-P0107", 3, 25)]);
    let unnamed = clean("listeners: [ { address: \"127.0.0.1:1\" }, { address: \"127.0.0.1:2\" } ]\n");
    assert_eq!(unnamed.listeners[1].name, "listener2");
    assert_eq!(places("listeners: []\n"), [("CG-P0105", 1, 12)]);
    for bad in [
        "name: \"a b\"",
        "path: rpc",
        "path: /a/../b",
        "path: /a?b",
        "path: //a",
        "hosts: [ \"http://a\" ]",
        "hosts: [ \"a:1\" ]",
        "cors: { origins: [ \"*\" ] }",
        "cors: { origins: [ \"https://a/\" ] }",
        "cors: { origins: [ a ] }",
    ] {
        let codes: Vec<_> = places(&format!("listeners: [ {{ address: \"127.0.0.1:1\", {bad} }} ]\n"))
            .iter()
            .map(|place| place.0)
            .collect();
        assert_eq!(codes, ["CG-P0106"], "{bad}");
    }
}

#[test]
fn the_node_is_reached_by_a_plain_url() {
    for (url, code) in [
        ("http://127.0.0.1:8551", "CG-P0103"),
        ("https://node.example:8551/x", "CG-P0103"),
        ("ws://127.0.0.1:8545", "CG-P0102"),
        ("ftp://node", "CG-P0102"),
        ("127.0.0.1:8545", "CG-P0102"),
        ("http://node:0", "CG-P0102"),
        ("http://user@node", "CG-P0102"),
    ] {
        assert_eq!(
            places(&format!("upstreams: [ {{ url: \"{url}\" }} ]\n")),
            [(code, 1, 21)],
            "{url}"
        );
    }
    assert_eq!(
        places("upstreams: [ { url: \"http://a\", ws: \"http://a\" } ]\n"),
        [("CG-P0102", 1, 37)]
    );
    assert_eq!(
        places("upstreams: [ { url: \"http://a\" }, { url: \"http://b\" } ]\n"),
        [("CG-P0105", 1, 35)]
    );
    assert_eq!(
        clean("upstreams: [ { url: \"https://a/v3\" } ]\n").upstream.ws,
        "wss://a/v3"
    );
}

#[test]
fn a_password_in_a_url_is_never_shown() {
    let (_, report) = settings("upstreams:\n  - url: http://admin:hunter2@node:8545\n");
    assert_eq!(report.len(), 1);
    assert!(
        !format!("{report} {:?}", report.findings()).contains("hunter2"),
        "{report}"
    );
}

#[test]
fn a_node_of_the_command_line_is_checked_alike() {
    assert_eq!(Upstream::at("https://a:1/x").unwrap().ws, "wss://a:1/x");
    assert_eq!(Upstream::at("http://a:8551"), Err(UrlError::EnginePort(8551)));
    assert!(
        !Upstream::at("http://user:hunter2@a")
            .unwrap_err()
            .to_string()
            .contains("hunter2")
    );
}

#[test]
fn limits_at_their_ends() {
    for (good, bad) in [
        ("body: 1KiB", "body: 1023B"),
        ("body: 64MiB", "body: 65MiB"),
        ("head: 4KiB", "head: 4095B"),
        ("response: 1GiB", "response: 2GiB"),
        ("batch: 1", "batch: 0"),
        ("batch: 100000", "batch: 100001"),
        ("connections_per_peer: 1", "connections_per_peer: 0"),
        ("depth: 256", "depth: 257"),
        ("head_timeout: 1s", "head_timeout: 999ms"),
        ("idle_timeout: 24h", "idle_timeout: 25h"),
        ("drain_timeout: 0", "drain_timeout: 601s"),
    ] {
        clean(&format!("limits: {{ {good} }}\n"));
        assert_eq!(places(&format!("limits: {{ {bad} }}\n")).len(), 1, "{bad}");
    }
}

#[test]
fn issuers_need_what_makes_a_token_trustworthy() {
    let with = |rest: &str| {
        format!("jwt: {{ enabled: true, issuers: [ {{ issuer: \"https://i\", audiences: [a], {rest} }} ] }}\n")
    };
    let codes = |text: &str| places(text).into_iter().map(|place| place.0).collect::<Vec<_>>();
    assert_eq!(codes(&with("algorithms: [none], keys: { pem_file: a }")), ["CG-P0007"]);
    assert_eq!(codes(&with("algorithms: [], keys: { pem_file: a }")), ["CG-P0304"]);
    assert_eq!(codes(&with("algorithms: [ES256]")), ["CG-P0006"]);
    assert_eq!(codes(&with("algorithms: [ES256], keys: {}")), ["CG-P0304"]);
    assert_eq!(
        codes(&with("algorithms: [ES256], keys: { discovery: false }")),
        ["CG-P0304"]
    );
    assert_eq!(
        codes(&with("algorithms: [ES256], keys: { pem_file: a, jwks_file: b }")),
        ["CG-P0304"]
    );
    assert_eq!(codes(&with("algorithms: [HS256], keys: { pem_file: a }")), ["CG-P0303"]);
    assert_eq!(
        codes(&with("algorithms: [HS256, ES256], keys: { secret: \"env:A\" }")),
        ["CG-P0303"]
    );
    assert_eq!(
        codes(&with("algorithms: [ES256], keys: { jwks_url: \"http://idp/jwks\" }")),
        ["CG-P0102"]
    );
    assert_eq!(
        codes(&with(
            "algorithms: [ES256], keys: { jwks_url: \"http://127.0.0.1/jwks\" }"
        )),
        Vec::<&str>::new()
    );
    assert_eq!(
        codes(&with("algorithms: [ES256], keys: { pem_file: a }, leeway: 301s")),
        ["CG-P0009"]
    );
    let twice = "{ issuer: i, audiences: [a], algorithms: [ES256], keys: { pem_file: a } }";
    assert_eq!(
        codes(&format!("jwt: {{ enabled: true, issuers: [ {twice}, {twice} ] }}\n")),
        ["CG-P0304"]
    );
}

#[test]
fn places_for_credentials_have_usable_names() {
    for bad in [
        "header: Authorization",
        "header: X_Key",
        "header: \"X Key\"",
        "query: \"a b\"",
        "cookie: \"a;b\"",
        "header: Host",
    ] {
        assert_eq!(
            places(&format!("appcreds: {{ enabled: false, {bad} }}\n")).len(),
            1,
            "{bad}"
        );
    }
}
