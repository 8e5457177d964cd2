use std::io::{Read, Write};

use serde_json::Value;

use super::*;
use crate::audit::Destination;
use crate::clock::Clock;
use crate::level::{Detail, Level};
use crate::readiness::Condition;
use crate::sources::{Source, SourceReport};
use crate::watch::{self, Trigger};

struct Stage {
    server: AdminServer,
    parts: AdminParts,
    requests: watch::Requests,
}

fn stage() -> Stage {
    let (metrics, readiness) = (Metrics::new(0), Readiness::new());
    let file = Destination::File("/dev/null".into());
    let level = Level::new(Detail::Decisions);
    let (audit, _) = Audit::start(file, Clock::manual(0), level, metrics.clone(), readiness.clone()).unwrap();
    let (reloads, requests) = watch::channel();
    let freshness = Freshness::default();
    freshness.set(SourceReport {
        revision: 4,
        digest: "ab12".to_owned(),
        sources: vec![Source {
            name: "policy".to_owned(),
            last_good: Some(7),
            error: None,
        }],
    });
    let parts = AdminParts {
        clock: Clock::manual(9_000_000),
        readiness,
        freshness,
        metrics,
        audit,
        logs: None,
        reloads,
    };
    let server = Admin::bind("127.0.0.1:0".parse().unwrap())
        .unwrap()
        .serve(parts.clone())
        .unwrap();
    Stage {
        server,
        parts,
        requests,
    }
}

impl Stage {
    /// Status and body of one request.
    fn ask(&self, method: &str, path: &str, headers: &str) -> (u16, String) {
        let mut stream = std::net::TcpStream::connect(self.server.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        write!(stream, "{method} {path} HTTP/1.1\r\n{headers}\r\n").unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.to_ascii_lowercase().contains("cache-control: no-store"), "{head}");
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    fn get(&self, path: &str) -> (u16, String) {
        self.ask("GET", path, "Host: 127.0.0.1:9550\r\n")
    }
}

#[test]
fn health_depends_on_nothing_and_ready_on_every_condition() {
    let stage = stage();
    assert_eq!(stage.get("/health"), (200, "ok\n".to_owned()));
    let (status, body) = stage.get("/ready");
    assert_eq!(status, 503);
    let report: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (&report["ready"], &report["revision"]),
        (&Value::from(false), &Value::from(4))
    );
    assert_eq!(report["conditions"][0]["why"], "starting");
    for condition in Condition::ALL {
        stage.parts.readiness.meet(condition);
    }
    stage
        .parts
        .readiness
        .degrade(Condition::Policy, "`policy.yaml` was refused");
    let (status, body) = stage.get("/ready");
    assert_eq!(status, 200, "degraded still serves");
    let report: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(report["conditions"][0]["state"], "degraded");
    let policy = serde_json::json!({ "name": "policy", "last_good": 7, "age": 2, "error": null });
    assert_eq!(report["sources"][0], policy);
}

#[test]
fn metrics_are_told_with_what_stands_elsewhere() {
    let stage = stage();
    let (status, body) = stage.get("/metrics");
    assert_eq!(status, 200);
    assert!(body.contains("callgate_ready{condition=\"upstream\"} 0"), "{body}");
    assert!(body.contains("callgate_source_last_good_timestamp_seconds{source=\"policy\"} 7.0"));
    assert!(body.contains("callgate_audit_backlog_bytes 0"));
}

#[test]
fn reload_is_asked_by_post_only() {
    let mut stage = stage();
    assert_eq!(stage.get("/reload").0, 405);
    assert_eq!(
        stage
            .ask("POST", "/reload", "Host: localhost\r\nContent-Length: 0\r\n")
            .0,
        202
    );
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    assert_eq!(runtime.block_on(stage.requests.next()), Some(Trigger::Admin));
}

#[test]
fn there_is_nothing_else_and_nothing_for_web_pages() {
    let stage = stage();
    for path in ["/", "/debug/pprof", "/health/", "/metrics/x", "//ready", "/ready?x=1#y"] {
        assert_eq!(
            stage.get(path).0,
            if path.starts_with("/ready?") { 503 } else { 404 },
            "{path}"
        );
    }
    assert_eq!(
        stage
            .ask("POST", "/health", "Host: [::1]:9550\r\nContent-Length: 0\r\n")
            .0,
        405
    );
    assert_eq!(stage.ask("GET", "/ready", "Host: rebound.example:9550\r\n").0, 403);
    assert_eq!(
        stage
            .ask(
                "POST",
                "/reload",
                "Host: localhost\r\nOrigin: http://evil.example\r\nContent-Length: 0\r\n"
            )
            .0,
        403
    );
}

#[test]
fn addresses_beyond_loopback_are_refused() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let error = Admin::bind(address.parse().unwrap()).err().unwrap();
        assert!(matches!(error, AdminError::BeyondLoopback(_)), "{error}");
    }
    assert!(Admin::bind("[::1]:0".parse().unwrap()).is_ok());
}

#[test]
fn a_taken_address_is_an_error_that_names_it() {
    let stage = stage();
    let error = Admin::bind(stage.server.address()).err().unwrap().to_string();
    assert!(error.contains(&stage.server.address().to_string()), "{error}");
}
