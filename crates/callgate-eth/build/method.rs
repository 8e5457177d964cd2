//! One entry of the table.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::Outcome;
use crate::answer::{Answers, members};
use crate::carrier::carrier;
use crate::data::{ByClient, Classes, Entry, Param};
use crate::difference::write_differences;
use crate::name::{camel, group, known_type};
use crate::role::{check_asked, role};
use crate::shape::shape;

pub(crate) fn write_method(
    out: &mut String,
    index: usize,
    entry: &Entry,
    classes: &Classes,
    answers: &Answers,
    differences: Option<&ByClient>,
) -> Outcome<()> {
    let mut groups = BTreeSet::from([group(&entry.group)?]);
    for (name, methods) in &classes.baf_groups {
        if methods.contains(&entry.method) {
            groups.insert(group(name)?);
        }
    }
    let groups: Vec<String> = groups.into_iter().map(|name| format!("Group::{name}")).collect();
    let seal = match classes
        .sealed
        .iter()
        .find(|(_, listed)| listed.methods.contains(&entry.method))
    {
        Some((name, listed)) => format!(
            "Some(Seal {{ kind: SealKind::{}, because: {:?} }})",
            camel(name),
            listed.because
        ),
        None => "None".to_owned(),
    };
    let operation = match classes.understood.get(&entry.method) {
        Some(kind) => format!("Some(OperationKind::{})", camel(kind)),
        None => "None".to_owned(),
    };
    let handles = classes
        .handles
        .get(&entry.method)
        .map_or("Nothing".to_owned(), |name| camel(name));
    write!(
        out,
        "Method {{ name: {:?}, index: {index}, namespace: {:?}, clients: &{:?}, last_served: &{:?}, access: Access::{}, \
         group: Group::{}, groups: Groups::of(&[{}]), required: {}, uses_node_key: {}, alias_of: {:?}, since: {:?}, \
         note: {:?}, carrier: {}, seal: {seal}, operation: {operation}, handles: Handles::{handles}, {}, params: &[",
        entry.method,
        entry.namespace,
        entry.clients,
        entry.last_served.iter().collect::<Vec<_>>(),
        camel(&entry.access),
        group(&entry.group)?,
        groups.join(", "),
        entry.required,
        entry.node_key,
        entry.alias_of,
        entry.since,
        entry.note,
        carrier(entry, classes)?,
        members(answers, entry)?,
    )?;
    for (position, param) in entry.params.iter().enumerate() {
        write_param(out, entry, position, param, classes)?;
    }
    write!(out, "], differences: &[")?;
    if let Some(differences) = differences {
        write_differences(out, entry, classes, differences)?;
    }
    writeln!(out, "] }},")?;
    Ok(())
}

fn write_param(out: &mut String, entry: &Entry, position: usize, param: &Param, classes: &Classes) -> Outcome<()> {
    let contains = param
        .contains
        .iter()
        .map(|item| item.rsplit_once(':').ok_or_else(|| format!("`{item}` has no type")))
        .collect::<Result<Vec<_>, _>>()?;
    let items = match &param.items {
        Some(items) => format!("Some(ParamType::{})", camel(known_type(items)?)),
        None => "None".to_owned(),
    };
    let omitted =
        position >= entry.required && param.r#type == "block" && classes.latest_when_omitted.contains(&entry.method);
    let shape = shape(entry, param, classes)?;
    check_asked(entry, param, &shape, classes)?;
    write!(
        out,
        "Param {{ name: {:?}, kind: ParamType::{}, items: {items}, contains: &{contains:?}, variadic: {}, shape: {}, \
         when_omitted: WhenOmitted::{}, role: {} }}, ",
        param.name,
        camel(known_type(&param.r#type)?),
        param.variadic,
        shape,
        if omitted { "Latest" } else { "Nothing" },
        role(entry, param, classes)?,
    )?;
    Ok(())
}
