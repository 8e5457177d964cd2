//! What the admin surface answers: the only file of it with paths, status codes and bodies.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HOST, HeaderValue, ORIGIN, X_CONTENT_TYPE_OPTIONS};
use hyper::{Method, Request, Response, StatusCode};
use serde_json::{Value, json};

use super::AdminParts;
use crate::readiness::{Condition, Standing};
use crate::sources::Source;
use crate::watch::Trigger;

const TEXT: &str = "text/plain; charset=utf-8";
const JSON: &str = "application/json";
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Answers one request. Its body is not read.
pub(super) fn answer<B>(request: &Request<B>, parts: &AdminParts) -> Response<Full<Bytes>> {
    if request.headers().contains_key(ORIGIN) || !names_this_machine(request) {
        return page(StatusCode::FORBIDDEN, TEXT, "not for web pages\n");
    }
    match (request.uri().path(), request.method()) {
        ("/health", &Method::GET) => page(StatusCode::OK, TEXT, "ok\n"),
        ("/ready", &Method::GET) => ready(parts),
        ("/metrics", &Method::GET) => metrics(parts),
        ("/reload", &Method::POST) => {
            parts.reloads.ask(Trigger::Admin);
            page(
                StatusCode::ACCEPTED,
                TEXT,
                "reading the files again; /ready tells the outcome\n",
            )
        }
        ("/health" | "/ready" | "/metrics", _) => not_allowed("GET"),
        ("/reload", _) => not_allowed("POST"),
        _ => page(
            StatusCode::NOT_FOUND,
            TEXT,
            "here are /health, /ready, /metrics and /reload\n",
        ),
    }
}

/// A name that somebody else's DNS leads here would let a web page read the answers.
fn names_this_machine<B>(request: &Request<B>) -> bool {
    let Some(host) = request.headers().get(HOST) else {
        return true;
    };
    let Some(authority) = host
        .to_str()
        .ok()
        .and_then(|host| host.parse::<hyper::http::uri::Authority>().ok())
    else {
        return false;
    };
    let name = authority.host().trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok()
}

fn ready(parts: &AdminParts) -> Response<Full<Bytes>> {
    let report = parts.readiness.report();
    let is_ready = report
        .iter()
        .all(|(_, standing)| !matches!(standing, Standing::Unmet(_)));
    let sources = parts.freshness.report();
    let now = parts.clock.unix_seconds();
    let body = json!({
        "ready": is_ready,
        "revision": sources.revision,
        "digest": sources.digest,
        "conditions": report.iter().map(condition).collect::<Vec<_>>(),
        "sources": sources.sources.iter().map(|known| source(known, now)).collect::<Vec<_>>(),
    });
    let status = if is_ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    page(status, JSON, format!("{body:#}\n"))
}

fn condition((condition, standing): &(Condition, Standing)) -> Value {
    let name = condition.name();
    match standing {
        Standing::Met => json!({ "name": name, "state": "met" }),
        Standing::Degraded(why) => json!({ "name": name, "state": "degraded", "why": why }),
        Standing::Unmet(why) => json!({ "name": name, "state": "unmet", "why": why }),
    }
}

fn source(source: &Source, now: u64) -> Value {
    json!({
        "name": source.name,
        "last_good": source.last_good,
        "age": source.last_good.map(|last_good| now.saturating_sub(last_good)),
        "error": source.error,
    })
}

fn metrics(parts: &AdminParts) -> Response<Full<Bytes>> {
    parts.metrics.conditions(&parts.readiness.report());
    parts.metrics.audit_backlog(parts.audit.backlog());
    if let Some(logs) = &parts.logs {
        parts.metrics.log_lost(logs.lost());
    }
    parts.freshness.tell(&parts.metrics);
    page(StatusCode::OK, OPENMETRICS, parts.metrics.render())
}

fn not_allowed(method: &'static str) -> Response<Full<Bytes>> {
    let mut response = page(StatusCode::METHOD_NOT_ALLOWED, TEXT, format!("only {method}\n"));
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(method));
    response
}

fn page(status: StatusCode, media: &'static str, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
