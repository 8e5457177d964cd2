//! Owns the way from a checked tree to the raw form of rulesets and sets.

use super::node::{Entry, Node, Scalar, Value};
use super::raw::Text;
use super::raw_rules::{
    RawAddresses, RawAuthorizations, RawChain, RawCondition, RawMatchers, RawPermissions, RawProtected, RawRuleset,
    RawSet, RawSetMember, RawTx,
};
use super::take::{Fields, switch, text, texts};
use crate::diagnostics::Spanned;

/// `rulesets`, by name or as a list of named ones.
pub(super) fn rulesets(node: &Node) -> Vec<RawRuleset> {
    let named = |node: &Node| {
        let fields = Fields::of(node);
        fields.text("name").map(|name| ruleset(name, fields))
    };
    let by_key = node
        .entries()
        .iter()
        .map(|entry| ruleset(entry.key.clone(), Fields::of(&entry.value)));
    by_key.chain(node.items().iter().filter_map(named)).collect()
}

fn ruleset(name: Text, fields: Fields<'_>) -> RawRuleset {
    let namespace = |entry: &Entry| Some((entry.key.clone(), switch(&entry.value)?));
    RawRuleset {
        span: fields.span,
        name,
        templated: fields.switch("templated"),
        chain: fields.section("chain").map(chain).unwrap_or_default(),
        tx: fields.list("tx").iter().map(|node| tx(Fields::of(node))).collect(),
        namespaces: fields.map("namespaces").iter().filter_map(namespace).collect(),
        methods: fields.texts("methods"),
        unsafe_pattern: fields.switch("unsafe_pattern"),
    }
}

fn chain(fields: Fields<'_>) -> RawChain {
    RawChain {
        info: fields.switch("info"),
        blocks: fields.switch("blocks"),
        receipts: fields.switch("receipts"),
        transactions: fields.switch("transactions"),
        pending: fields.switch("pending"),
        filter: fields.switch("filter"),
        state: fields.switch("state"),
        fees: fields.switch("fees"),
        subscribe: fields.switch("subscribe"),
    }
}

fn tx(fields: Fields<'_>) -> RawTx {
    RawTx {
        span: fields.span,
        name: fields.text("name"),
        templated: fields.switch("templated"),
        matchers: matchers(fields),
        permissions: permissions(fields),
    }
}

fn matchers(fields: Fields<'_>) -> RawMatchers {
    RawMatchers {
        from: fields.node("from").and_then(addresses),
        to: fields.node("to").and_then(addresses),
        function: fields.spanned_texts("function"),
        value: fields.node("value").map(condition),
        gas: fields.node("gas").map(condition),
        types: fields.spanned_texts("types"),
        protected: fields.node("protected").and_then(protected),
        authorizations: fields.section("authorizations").map(|section| RawAuthorizations {
            span: section.span,
            authority: section.node("authority").and_then(addresses),
            delegate: section.node("delegate").and_then(addresses),
        }),
    }
}

fn permissions(fields: Fields<'_>) -> RawPermissions {
    RawPermissions {
        call: fields.switch("call"),
        raw: fields.switch("raw"),
        send: fields.switch("send"),
        sign: fields.switch("sign"),
        estimate: fields.switch("estimate"),
        trace: fields.switch("trace"),
        userop: fields.switch("userop"),
        private: fields.switch("private"),
        create: fields.switch("create"),
        overrides: fields.switch("overrides"),
    }
}

fn addresses(node: &Node) -> Option<RawAddresses> {
    match &node.value {
        Value::Scalar(..) => text(node).map(RawAddresses::Text),
        Value::Map(_) => Fields::of(node).text("set").map(RawAddresses::Set),
        Value::List(items) => Some(RawAddresses::List(
            node.span,
            items.iter().filter_map(addresses).collect(),
        )),
    }
}

fn condition(node: &Node) -> RawCondition {
    let fields = Fields::of(node);
    let list = |key| fields.node(key).map(|node| Spanned::new(texts(node), node.span));
    RawCondition {
        span: node.span,
        eq: text(node).or_else(|| fields.text("eq")),
        among: list("in"),
        not_among: list("not_in"),
        lt: fields.text("lt"),
        lte: fields.text("lte"),
        gt: fields.text("gt"),
        gte: fields.text("gte"),
        regex: fields.text("regex"),
    }
}

fn protected(node: &Node) -> Option<Spanned<RawProtected>> {
    let protected = match (node.meaning()?, node.scalar()?) {
        (Scalar::Switch(true), _) => RawProtected::Only,
        (Scalar::Switch(false), _) => RawProtected::Unprotected,
        (_, "any") => RawProtected::Any,
        _ => return None,
    };
    Some(Spanned::new(protected, node.span))
}

/// One entry of `sets`.
pub(super) fn set(entry: &Entry) -> RawSet {
    let member = |node: &Node| match &node.value {
        Value::Map(_) => Fields::of(node).text("file").map(RawSetMember::File),
        _ => text(node).map(RawSetMember::Address),
    };
    RawSet {
        name: entry.key.clone(),
        members: entry.value.items().iter().filter_map(member).collect(),
    }
}
