//! The form in which a parameter is read: its type, or what `data/classes.json` says.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::Outcome;
use crate::carrier::carried;
use crate::data::{ByParameter, Classes, Entry, Members, Param};
use crate::name::{camel, known_type};
use crate::role;

/// The member of a form that stands for all that it does not list.
const OTHERS: &str = "*";

/// An object whose members are typed: a static of its own, so that forms can hold each other.
pub(crate) fn write_form(out: &mut String, name: &str, members: &Members, classes: &Classes) -> Outcome<()> {
    let mut once = BTreeSet::new();
    let open = members.0.iter().any(|(key, _)| key == OTHERS);
    write!(
        out,
        "pub(super) static {}: Form = Form {{ open: {open}, members: &[",
        form_name(name)
    )?;
    for (key, shape) in members.0.iter().filter(|(key, _)| key != OTHERS) {
        let (member, need) = match key.strip_suffix(['!', '|']) {
            Some(member) if key.ends_with('!') => (member, "Must"),
            Some(member) => (member, "One"),
            None => (key.as_str(), "May"),
        };
        if !once.insert(member) {
            return Err(format!("`{member}` is listed twice").into());
        }
        let shape = named_shape(shape, classes).map_err(|error| format!("`{member}`: {error}"))?;
        write!(
            out,
            "Member {{ name: {member:?}, shape: {shape}, need: Need::{need} }}, "
        )?;
    }
    writeln!(out, "] }};")?;
    Ok(())
}

fn form_name(name: &str) -> String {
    let letters = name.chars().flat_map(|letter| {
        letter
            .is_uppercase()
            .then_some('_')
            .into_iter()
            .chain(letter.to_uppercase())
    });
    format!("FORM_{}", letters.collect::<String>())
}

/// A shape by its name in `classes.json`: a leaf, the name of a form or of a list of words, `list<shape,most>`,
/// `tuple<shape,…>`, `byAddress<shape>`, `bySlot<shape>`, `textOr<shape,shape>` or `pretend<shape>`.
pub(crate) fn named_shape(text: &str, classes: &Classes) -> Outcome<String> {
    let Some((name, rest)) = text.split_once('<') else {
        return if classes.forms.contains_key(text) {
            Ok(format!("Shape::Form(&{})", form_name(text)))
        } else if let Some(words) = classes.words.get(text) {
            Ok(format!("Shape::Word(&{words:?})"))
        } else if let Some(items) = text.strip_suffix("List") {
            Ok(format!("Shape::Scalars(Item::{})", camel(known_type(items)?)))
        } else {
            Ok(format!("Shape::{}", camel(text)))
        };
    };
    let inner = rest.strip_suffix('>').ok_or_else(|| format!("`{text}` does not end"))?;
    let parts = split_parts(inner);
    let shapes = || {
        let shapes = parts.iter().map(|part| named_shape(part, classes));
        shapes.collect::<Outcome<Vec<_>>>()
    };
    Ok(match (name, parts.as_slice()) {
        ("list", [of, most]) => {
            let most: usize = most.parse()?;
            format!("Shape::List {{ of: &{}, most: {most} }}", named_shape(of, classes)?)
        }
        ("refused", _) => format!("Shape::Refused({inner:?})"),
        ("tuple", [_, ..]) => format!("Shape::Tuple(&[{}])", shapes()?.join(", ")),
        ("pretend", [_]) => format!("Shape::Pretend(&{})", shapes()?.concat()),
        ("byAddress", [_]) => format!("Shape::ByAddress(&{})", shapes()?.concat()),
        ("bySlot", [_]) => format!("Shape::BySlot(&{})", shapes()?.concat()),
        ("textOr", [_, _]) => format!(
            "Shape::TextOr({})",
            shapes()?
                .iter()
                .map(|shape| format!("&{shape}"))
                .collect::<Vec<_>>()
                .join(", ")
        ),
        _ => return Err(format!("there is no shape `{text}`").into()),
    })
}

/// Splits at commas outside of angle brackets.
fn split_parts(text: &str) -> Vec<String> {
    let (mut parts, mut depth) = (vec![String::new()], 0_usize);
    for letter in text.chars() {
        match letter {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match parts.last_mut() {
            Some(part) if letter != ',' || depth > 0 => part.push(letter),
            _ => parts.push(String::new()),
        }
    }
    parts
}

/// How the value at one position is read; narrower than its type where `classes.json` says so.
pub(crate) fn shape(entry: &Entry, param: &Param, classes: &Classes) -> Outcome<String> {
    let named = |table: &ByParameter| {
        table
            .get(&entry.method)
            .and_then(|params| params.get(&param.name))
            .cloned()
    };
    if let Some(why) = named(&classes.refused_parameters) {
        return Ok(format!("Shape::Refused({why:?})"));
    }
    if let Some(name) = named(&classes.shapes) {
        return named_shape(&name, classes);
    }
    let integers = classes.integer_namespaces.contains(&entry.namespace);
    let opaque = classes.opaque.contains_key(&entry.method);
    Ok(match (param.r#type.as_str(), param.items.as_deref()) {
        (kind, None) if opaque && carried(kind).is_some() => "Shape::Any".to_owned(),
        ("hash", None) => role::hash(entry, param)?.to_owned(),
        ("block" | "address" | "data" | "boolean" | "string" | "filter", None)
        | ("rawTransaction" | "callObject" | "transactionObject" | "userOperation" | "typedData", None)
        | ("stateOverride" | "blockOverride" | "traceConfig", None) => format!("Shape::{}", camel(&param.r#type)),
        ("quantity", None) if integers => "Shape::Integer".to_owned(),
        ("quantity", None) => "Shape::Quantity".to_owned(),
        ("other", Some(items @ ("address" | "data" | "hash" | "quantity" | "string"))) => {
            format!("Shape::Scalars(Item::{})", camel(items))
        }
        ("object", None) if param.contains.iter().any(|item| carried_within(item)) && !opaque => {
            return Err(format!("parameter `{}` carries operations and has no shape", param.name).into());
        }
        ("object", None) => "Shape::Object".to_owned(),
        ("callObjectList" | "rawTransactionList", _) if !opaque => {
            return Err(format!("parameter `{}` carries operations and has no shape", param.name).into());
        }
        // Nothing in it that would be executed; the rest is a plain JSON value.
        _ => "Shape::Any".to_owned(),
    })
}

fn carried_within(item: &str) -> bool {
    item.rsplit_once(':').is_some_and(|(_, kind)| carried(kind).is_some())
}
