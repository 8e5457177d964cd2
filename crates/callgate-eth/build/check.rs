//! That the data files agree with each other.

use std::collections::{BTreeMap, BTreeSet};

use crate::Outcome;
use crate::data::{Classes, Entry};

/// Refuses a classification of something that `methods.json` does not have, and a method sealed twice.
pub(crate) fn check_names(entries: &[Entry], classes: &Classes) -> Outcome<()> {
    let known: BTreeMap<&str, &Entry> = entries.iter().map(|entry| (entry.method.as_str(), entry)).collect();
    if known.len() != entries.len() {
        return Err("a method is listed twice".into());
    }
    let sealed = classes.sealed.values().flat_map(|listed| &listed.methods);
    let mut once = BTreeSet::new();
    for name in sealed.chain(&classes.open_admin.methods) {
        if !once.insert(name) {
            return Err(format!("`{name}` is sealed or opened twice").into());
        }
    }
    let mut classed = BTreeSet::new();
    let ways = [
        &classes.understood,
        &classes.opaque,
        &classes.no_operation,
        &classes.not_understood,
    ];
    for name in ways.into_iter().flat_map(BTreeMap::keys) {
        if !classed.insert(name) {
            return Err(format!("`{name}` is classed twice").into());
        }
    }
    if let Some(name) = classes.opaque.keys().find(|name| !once.contains(name)) {
        return Err(format!("`{name}` is opaque and must be sealed").into());
    }
    let keyed = classed.iter().copied().chain(classes.handles.keys());
    let listed = classes
        .baf_groups
        .values()
        .flatten()
        .chain(&classes.latest_when_omitted);
    for name in once.iter().copied().chain(keyed).chain(listed) {
        if !known.contains_key(name.as_str()) {
            return Err(format!("classes.json names `{name}`, which methods.json does not have").into());
        }
    }
    for (name, parameters) in classes
        .shapes
        .iter()
        .chain(&classes.roles)
        .chain(&classes.refused_parameters)
    {
        let entry = known
            .get(name.as_str())
            .ok_or_else(|| format!("classes.json shapes `{name}`, which does not exist"))?;
        for parameter in parameters.keys() {
            if !entry.params.iter().any(|param| param.name == *parameter) {
                return Err(format!("`{name}` has no parameter `{parameter}`").into());
            }
        }
    }
    let namespaces: BTreeSet<&str> = entries.iter().map(|entry| entry.namespace.as_str()).collect();
    match classes
        .integer_namespaces
        .iter()
        .find(|name| !namespaces.contains(name.as_str()))
    {
        Some(name) => Err(format!("there is no namespace `{name}`").into()),
        None => Ok(()),
    }
}
