//! Owns the way from a checked tree to the raw form of the process: listeners, node, logs, limits.

use super::node::{Node, Value};
use super::raw::{
    RawAdmin, RawAudit, RawChainId, RawCors, RawDocument, RawLimits, RawListener, RawLog, RawTenants, RawUpstream,
};
use super::take::{Fields, text};
use super::{read_identity, read_rules, units};
use crate::diagnostics::Spanned;

/// The whole file.
pub(super) fn document(node: &Node) -> RawDocument {
    let fields = Fields::of(node);
    RawDocument {
        version: fields.integer("version"),
        listeners: fields.node("listeners").map(|node| each(node, listener)),
        upstreams: fields.node("upstreams").map(|node| each(node, upstream)),
        admin: fields.section("admin").map(|admin| RawAdmin {
            span: admin.span,
            address: admin.text("address"),
        }),
        chain_id: fields.node("chain_id").and_then(chain_id),
        dialect: fields.text("dialect"),
        log: fields.section("log").map(log),
        errors_detail: fields.section("errors").and_then(|errors| errors.text("detail")),
        limits: limits(fields),
        jwt: fields.section("jwt").map(read_identity::jwt),
        appcreds: fields.section("appcreds").map(read_identity::appcreds),
        tenants_tag: fields.text("tenants_tag").or_else(|| fields.text("tennants_tag")),
        tenants: fields.node("tenants").and_then(tenants),
        sets: fields.map("sets").iter().map(read_rules::set).collect(),
        rulesets: fields.node("rulesets").map(read_rules::rulesets).unwrap_or_default(),
        insecure_inline_secrets: fields.switch("insecure_inline_secrets"),
    }
}

fn each<T>(node: &Node, read: fn(Fields<'_>) -> T) -> Spanned<Vec<T>> {
    Spanned::new(
        node.items().iter().map(|item| read(Fields::of(item))).collect(),
        node.span,
    )
}

fn listener(fields: Fields<'_>) -> RawListener {
    let mut paths = fields.texts("path");
    paths.extend(fields.texts("paths"));
    RawListener {
        span: fields.span,
        name: fields.text("name"),
        address: fields.text("address"),
        paths,
        hosts: fields.texts("hosts"),
        operator: fields.switch("operator"),
        cors: fields.section("cors").map(|cors| RawCors {
            span: cors.span,
            origins: cors.texts("origins"),
            max_age: cors.text("max_age"),
        }),
    }
}

fn upstream(fields: Fields<'_>) -> RawUpstream {
    RawUpstream {
        span: fields.span,
        name: fields.text("name"),
        url: fields.text("url"),
        ws: fields.text("ws"),
    }
}

fn chain_id(node: &Node) -> Option<Spanned<RawChainId>> {
    let chain_id = match node.scalar()? {
        "auto" => RawChainId::Auto,
        number => RawChainId::Pinned(units::integer(number)?),
    };
    Some(Spanned::new(chain_id, node.span))
}

fn log(fields: Fields<'_>) -> RawLog {
    let audit = fields.node("audit").and_then(|node| match &node.value {
        Value::Scalar(..) => text(node).map(RawAudit::Word),
        _ => Fields::of(node).text("file").map(RawAudit::File),
    });
    RawLog {
        level: fields.integer("level"),
        audit,
    }
}

fn limits(fields: Fields<'_>) -> RawLimits {
    let entry = |entry: &super::node::Entry| Some((entry.key.clone(), text(&entry.value)?));
    RawLimits {
        entries: fields.map("limits").iter().filter_map(entry).collect(),
    }
}

fn tenants(node: &Node) -> Option<RawTenants> {
    match &node.value {
        Value::List(items) => Some(RawTenants::List(
            items.iter().filter_map(read_identity::tenant).collect(),
        )),
        _ => Fields::of(node).text("file").map(RawTenants::File),
    }
}
