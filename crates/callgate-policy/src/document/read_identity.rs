//! Owns the way from a checked tree to the raw form of identity.

use super::node::{Entry, Node, Value};
use super::raw_identity::{
    RawAppCreds, RawClaim, RawClaims, RawIssuer, RawJwt, RawKeys, RawMapping, RawPlaces, RawTenant, RawVariable,
};
use super::secret;
use super::take::{Fields, text, texts};

/// `jwt`.
pub(super) fn jwt(fields: Fields<'_>) -> RawJwt {
    RawJwt {
        span: fields.span,
        enabled: fields.switch("enabled"),
        places: places(fields),
        issuers: fields
            .list("issuers")
            .iter()
            .map(|node| issuer(Fields::of(node)))
            .collect(),
        mappings: mappings(fields),
    }
}

/// `appcreds`.
pub(super) fn appcreds(fields: Fields<'_>) -> RawAppCreds {
    RawAppCreds {
        span: fields.span,
        enabled: fields.switch("enabled"),
        basic_auth: fields.switch("basicAuth"),
        places: places(fields),
        credentials_file: fields
            .section("credentials")
            .and_then(|credentials| credentials.text("file")),
        mappings: mappings(fields),
    }
}

fn places(fields: Fields<'_>) -> RawPlaces {
    RawPlaces {
        bearer: fields.switch("bearer"),
        header: fields.text("header"),
        query: fields.text("query"),
        cookie: fields.text("cookie"),
    }
}

fn issuer(fields: Fields<'_>) -> RawIssuer {
    RawIssuer {
        span: fields.span,
        issuer: fields.text("issuer"),
        audiences: fields.texts("audiences"),
        algorithms: fields.texts("algorithms"),
        keys: fields.section("keys").map(keys),
        leeway: fields.text("leeway"),
        typ: fields.text("typ"),
        max_lifetime: fields.text("max_lifetime"),
    }
}

fn keys(fields: Fields<'_>) -> RawKeys {
    RawKeys {
        span: fields.span,
        jwks_file: fields.text("jwks_file"),
        jwks_url: fields.text("jwks_url"),
        pem_file: fields.text("pem_file"),
        discovery: fields.switch("discovery"),
        secret: fields.text("secret").map(|text| text.map(|text| secret::read(&text))),
    }
}

fn mappings(fields: Fields<'_>) -> Vec<RawMapping> {
    fields
        .list("mappings")
        .iter()
        .filter_map(|node| mapping(Fields::of(node)))
        .collect()
}

fn mapping(fields: Fields<'_>) -> Option<RawMapping> {
    Some(RawMapping {
        span: fields.span,
        claims: claims(fields.map("claims")),
        ruleset: fields.text("ruleset")?,
        templated: fields.switch("templated"),
    })
}

fn claims(entries: &[Entry]) -> RawClaims {
    let claim = |node: &Node| match &node.value {
        Value::Map(entries) => Some(RawClaim::Nested(node.span, claims(entries))),
        _ => text(node).map(RawClaim::Pattern),
    };
    entries
        .iter()
        .filter_map(|entry| Some((entry.key.clone(), claim(&entry.value)?)))
        .collect()
}

/// One tenant; `None` when it has no id, which was noted.
pub(super) fn tenant(node: &Node) -> Option<RawTenant> {
    let fields = Fields::of(node);
    Some(RawTenant {
        span: fields.span,
        id: fields.text("id")?,
        name: fields.text("name"),
        tags: fields.texts("tags"),
        hosts: fields.texts("hosts"),
        vars: fields
            .map("vars")
            .iter()
            .filter_map(|entry| Some((entry.key.clone(), variable(&entry.value)?)))
            .collect(),
    })
}

fn variable(node: &Node) -> Option<RawVariable> {
    match &node.value {
        Value::List(_) => Some(RawVariable::Many(texts(node))),
        _ => text(node).map(RawVariable::One),
    }
}
