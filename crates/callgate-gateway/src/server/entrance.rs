//! One listener as the policy describes it, ready to be compared with heads: paths, host names, origins, door.

use callgate_policy::Door;
use callgate_policy::settings::{Listener, Settings};
use hyper::header::{HeaderName, HeaderValue};

use crate::cors::Cors;

/// What a listener serves.
pub(crate) struct Entrance {
    name: Box<str>,
    door: Door,
    paths: Vec<Box<str>>,
    hosts: Vec<Box<str>>,
    cors: Option<Cors>,
    body_bytes: usize,
}

impl Entrance {
    /// What `listener` serves under these settings.
    pub(crate) fn of(listener: &Listener, settings: &Settings) -> Self {
        let boxed = |list: &[String]| list.iter().map(|text| text.as_str().into()).collect();
        Self {
            name: listener.name.as_str().into(),
            door: Door {
                operator: listener.operator,
            },
            paths: boxed(&listener.paths),
            hosts: boxed(&listener.hosts),
            cors: listener.cors.as_ref().map(|cors| {
                let origins = cors.origins.iter().map(String::as_str);
                Cors::new(origins, &credential_headers(settings), cors.max_age)
            }),
            body_bytes: settings.limits.body_bytes,
        }
    }

    /// The name of the listener.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What may pass here and nowhere else.
    pub(crate) fn door(&self) -> Door {
        self.door
    }

    /// What browsers' pages may do.
    pub(crate) fn cors(&self) -> Option<&Cors> {
        self.cors.as_ref()
    }

    /// The largest body.
    pub(crate) fn body_bytes(&self) -> usize {
        self.body_bytes
    }

    /// Whether `path`, as written in the request, is one of ours.
    pub(super) fn serves_path(&self, path: &str) -> bool {
        self.paths.iter().any(|known| **known == *path)
    }

    /// Whether this `host` of a request is listed; every one is, when none is listed.
    pub(super) fn serves_host(&self, host: &HeaderValue) -> bool {
        let name = || host.to_str().map(without_port);
        let is_listed = |name: &str| self.hosts.iter().any(|known| known.eq_ignore_ascii_case(name));
        self.hosts.is_empty() || name().is_ok_and(is_listed)
    }
}

/// The headers of our own in which credentials are looked for.
fn credential_headers(settings: &Settings) -> Vec<HeaderName> {
    let jwt = settings.jwt.as_ref().map(|jwt| &jwt.places);
    let appcreds = settings.appcreds.as_ref().map(|appcreds| &appcreds.places);
    let names = jwt
        .into_iter()
        .chain(appcreds)
        .filter_map(|places| places.header.as_ref());
    names
        .filter_map(|name| HeaderName::from_bytes(name.as_bytes()).ok())
        .collect()
}

/// The host of `host:port`. An IPv6 address keeps its brackets.
fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}
