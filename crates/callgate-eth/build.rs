//! Compiles `data/methods.json` and `data/classes.json` into a dense static table and a perfect hash of the names.
//!
//! Every mistake in the data (a name that does not exist, a type nobody knows, a method classed twice) stops the build:
//! the catalogue that is compiled is whole or there is none.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;

type Outcome<T> = Result<T, Box<dyn Error>>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Entry {
    method: String,
    namespace: String,
    clients: Vec<String>,
    #[serde(default)]
    last_served: BTreeMap<String, String>,
    access: String,
    group: String,
    params: Vec<Param>,
    required: usize,
    #[serde(default)]
    node_key: bool,
    alias_of: Option<String>,
    since: Option<String>,
    note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Param {
    name: String,
    r#type: String,
    items: Option<String>,
    #[serde(default)]
    contains: Vec<String>,
    #[serde(default)]
    variadic: bool,
}

type ByParameter = BTreeMap<String, BTreeMap<String, String>>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Classes {
    sealed: BTreeMap<String, Listed>,
    open_admin: Listed,
    baf_groups: BTreeMap<String, Vec<String>>,
    understood: BTreeMap<String, String>,
    opaque: BTreeMap<String, String>,
    no_operation: BTreeMap<String, String>,
    not_understood: BTreeMap<String, String>,
    handles: BTreeMap<String, String>,
    latest_when_omitted: BTreeSet<String>,
    integer_namespaces: BTreeSet<String>,
    shapes: ByParameter,
    forms: BTreeMap<String, Members>,
    words: BTreeMap<String, Vec<String>>,
    refused_parameters: ByParameter,
}

/// The members of a form, in the order of the file.
struct Members(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> serde::de::Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("members with their shapes")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    because: String,
    methods: Vec<String>,
}

/// What one client reads differently from the general form, from a version on; newest first.
#[derive(Deserialize, Clone, Default)]
#[serde(deny_unknown_fields)]
struct Rule {
    from: Option<String>,
    /// How many leading parameters it reads.
    takes: Option<usize>,
    #[serde(default)]
    shapes: BTreeMap<String, String>,
    /// What it takes an omitted parameter for.
    #[serde(default)]
    omitted: BTreeMap<String, String>,
    /// Why nothing can be said to it.
    refused: Option<String>,
}

type ByClient = BTreeMap<String, Vec<Rule>>;

/// The dialects that differ, by their names; `generic` and `web3signer` are made of them.
const CLIENTS: [&str; 8] = [
    "geth",
    "besu",
    "goquorum",
    "nethermind",
    "erigon",
    "reth",
    "anvil",
    "hardhat",
];

fn main() -> Outcome<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=data/dialects.json");
    println!("cargo::rerun-if-changed=data/methods.json");
    println!("cargo::rerun-if-changed=data/classes.json");
    let entries: Vec<Entry> = serde_json::from_str(&std::fs::read_to_string("data/methods.json")?)?;
    let classes: Classes = serde_json::from_str(&std::fs::read_to_string("data/classes.json")?)?;
    let dialects: BTreeMap<String, ByClient> = serde_json::from_str(&std::fs::read_to_string("data/dialects.json")?)?;
    check_names(&entries, &classes)?;
    if let Some(name) = dialects
        .keys()
        .find(|name| !entries.iter().any(|entry| entry.method == **name))
    {
        return Err(format!("dialects.json names `{name}`, which methods.json does not have").into());
    }
    let mut table = String::new();
    let mut names = phf_codegen::Map::new();
    for (name, members) in &classes.forms {
        write_form(&mut table, name, members, &classes).map_err(|error| format!("form `{name}`: {error}"))?;
    }
    writeln!(table, "pub(super) static METHODS: [Method; {}] = [", entries.len())?;
    for (index, entry) in entries.iter().enumerate() {
        let differences = dialects.get(&entry.method);
        write_method(&mut table, index, entry, &classes, differences)
            .map_err(|error| format!("`{}`: {error}", entry.method))?;
        names.entry(entry.method.as_str(), index.to_string());
    }
    writeln!(table, "];")?;
    writeln!(
        table,
        "pub(super) static NAMES: phf::Map<&'static str, u16> = {};",
        names.build()
    )?;
    let folder = std::env::var("OUT_DIR")?;
    std::fs::write(Path::new(&folder).join("methods.rs"), table)?;
    Ok(())
}

/// Refuses a classification of something that `methods.json` does not have, and a method sealed twice.
fn check_names(entries: &[Entry], classes: &Classes) -> Outcome<()> {
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
    for (name, parameters) in classes.shapes.iter().chain(&classes.refused_parameters) {
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

fn write_method(
    out: &mut String,
    index: usize,
    entry: &Entry,
    classes: &Classes,
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
         note: {:?}, carrier: {}, seal: {seal}, operation: {operation}, handles: Handles::{handles}, params: &[",
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

/// Every rule of every client; then, for a client whose version is not known, what all its versions read alike; then, for
/// one that is not known at all, what all clients that serve the method read alike.
fn write_differences(out: &mut String, entry: &Entry, classes: &Classes, by_client: &ByClient) -> Outcome<()> {
    let mut all = Vec::new();
    for (client, rules) in by_client {
        if !CLIENTS.contains(&client.as_str()) {
            return Err(format!("there is no client `{client}`").into());
        }
        match rules.as_slice() {
            [] => return Err(format!("`{client}` has no rule").into()),
            [only] if only.from.is_none() => write_rule(out, entry, classes, client, "Always", only)?,
            several => {
                for rule in several {
                    let since = match &rule.from {
                        Some(version) => format!("Version({})", version_numbers(version)?),
                        None => "Always".to_owned(),
                    };
                    write_rule(out, entry, classes, client, &since, rule)?;
                }
                let alike = alike(several);
                write_rule(out, entry, classes, client, "Unknown", &alike)?;
            }
        }
        all.extend(rules.iter().cloned());
    }
    let others = CLIENTS
        .iter()
        .any(|client| !by_client.contains_key(*client) && entry.clients.iter().any(|served| served == client));
    if others {
        all.push(Rule::default());
    }
    write_rule(out, entry, classes, "generic", "Always", &alike(&all))
}

/// What several rules have in common.
fn alike(rules: &[Rule]) -> Rule {
    const DIFFERS: &str =
        "clients and their versions read this differently, and this node's is not known: name its `dialect`";
    let takes = rules.iter().filter_map(|rule| rule.takes).min();
    let keys: BTreeSet<&String> = rules.iter().flat_map(|rule| rule.shapes.keys()).collect();
    let shapes = keys.into_iter().map(|key| {
        let mut ways: Vec<Option<&String>> = rules.iter().map(|rule| rule.shapes.get(key)).collect();
        ways.sort();
        ways.dedup();
        let shape = match ways.as_slice() {
            [Some(one)] => (*one).clone(),
            // Of trace configurations the narrowest is in all of them.
            _ if ways.iter().flatten().all(|way| way.starts_with("trace")) => narrowest_trace(&ways),
            _ => format!("refused<{DIFFERS}>"),
        };
        (key.clone(), shape)
    });
    let omitted: BTreeSet<&String> = rules.iter().flat_map(|rule| rule.omitted.keys()).collect();
    let omitted = omitted.into_iter().filter_map(|key| {
        let ways: BTreeSet<Option<&String>> = rules.iter().map(|rule| rule.omitted.get(key)).collect();
        match (ways.len(), ways.into_iter().next()) {
            (1, Some(Some(one))) => Some((key.clone(), one.clone())),
            _ => None,
        }
    });
    Rule {
        from: None,
        takes,
        shapes: shapes.collect(),
        omitted: omitted.collect(),
        refused: rules
            .iter()
            .any(|rule| rule.refused.is_some())
            .then(|| DIFFERS.to_owned()),
    }
}

fn narrowest_trace(ways: &[Option<&String>]) -> String {
    let has = |name: &str| ways.iter().flatten().any(|way| *way == name);
    let narrowest = ["traceConfig", "traceStateConfig"].into_iter().find(|name| has(name));
    narrowest.unwrap_or("traceCallConfig").to_owned()
}

fn version_numbers(text: &str) -> Outcome<String> {
    let numbers = text.split('.').map(str::parse::<u16>).collect::<Result<Vec<_>, _>>()?;
    match numbers.as_slice() {
        [major, minor, patch] => Ok(format!("Version::new({major}, {minor}, {patch})")),
        _ => Err(format!("`{text}` is no version").into()),
    }
}

fn write_rule(
    out: &mut String,
    entry: &Entry,
    classes: &Classes,
    client: &str,
    since: &str,
    rule: &Rule,
) -> Outcome<()> {
    let place = |name: &String| {
        let place = entry.params.iter().position(|param| param.name == *name);
        place.ok_or_else(|| format!("`{client}`: there is no parameter `{name}`"))
    };
    let mut shapes = Vec::new();
    for (name, shape) in &rule.shapes {
        shapes.push(format!("({}, {})", place(name)?, named_shape(shape, classes)?));
    }
    let mut omitted = Vec::new();
    for (name, tag) in &rule.omitted {
        let tag = match tag.as_str() {
            "latest" | "pending" => camel(tag),
            other => return Err(format!("`{client}`: nothing is omitted as `{other}`").into()),
        };
        omitted.push(format!("({}, WhenOmitted::{tag})", place(name)?));
    }
    write!(
        out,
        "Difference {{ dialect: Dialect::{}, since: Since::{since}, takes: {}, shapes: &[{}], omitted: &[{}], refused: {:?} }}, ",
        camel(client),
        rule.takes.unwrap_or(entry.params.len()),
        shapes.join(", "),
        omitted.join(", "),
        rule.refused,
    )?;
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
    write!(
        out,
        "Param {{ name: {:?}, kind: ParamType::{}, items: {items}, contains: &{contains:?}, variadic: {}, shape: {}, \
         when_omitted: WhenOmitted::{} }}, ",
        param.name,
        camel(known_type(&param.r#type)?),
        param.variadic,
        shape(entry, param, classes)?,
        if omitted { "Latest" } else { "Nothing" },
    )?;
    Ok(())
}

/// What a method is to the reader: nothing to judge in it, operations understood, or operations that nobody judges.
fn carrier(entry: &Entry, classes: &Classes) -> Outcome<String> {
    let name = &entry.method;
    if classes.understood.contains_key(name) {
        return Ok("Carrier::Understood".to_owned());
    }
    if let Some(what) = classes.opaque.get(name) {
        return Ok(format!("Carrier::Opaque({what:?})"));
    }
    if let Some(why) = classes.not_understood.get(name) {
        return Ok(format!("Carrier::NotUnderstood({why:?})"));
    }
    let Some(what) = suspicion(entry, classes) else {
        return Ok("Carrier::None".to_owned());
    };
    if classes.no_operation.contains_key(name) {
        return Ok("Carrier::None".to_owned());
    }
    Err(format!("{what}: class it as understood, opaque, noOperation or notUnderstood").into())
}

/// Why a method may carry operations.
fn suspicion(entry: &Entry, classes: &Classes) -> Option<String> {
    for param in &entry.params {
        let within = param
            .contains
            .iter()
            .filter_map(|item| item.rsplit_once(':'))
            .map(|(_, kind)| kind);
        for kind in [param.r#type.as_str()]
            .into_iter()
            .chain(param.items.as_deref())
            .chain(within)
        {
            if let Some(what) = carried(kind) {
                return Some(format!("parameter `{}` carries {what}", param.name));
            }
        }
    }
    let handled = classes.handles.contains_key(&entry.method);
    Some(
        match entry.access.as_str() {
            "write" => "it submits something that its parameters do not spell out",
            "sign" => "it signs something that its parameters do not spell out",
            "call" => "it executes something that its parameters do not spell out",
            "filter" if !handled => "its filter ids are not bound to who made them",
            "subscription" if !handled => "its subscription ids are not bound to who made them",
            _ => return None,
        }
        .to_owned(),
    )
}

fn carried(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "rawTransaction" => "a signed transaction",
        "rawTransactionList" => "signed transactions",
        "callObject" => "a call",
        "callObjectList" => "a list of calls",
        "transactionObject" => "a transaction",
        "userOperation" => "a user operation",
        "typedData" => "typed data to sign",
        "stateOverride" | "blockOverride" => "overrides of the state a call runs on",
        "mevBundle" => "a bundle",
        _ => return None,
    })
}

/// An object whose members are typed: a static of its own, so that forms can hold each other.
fn write_form(out: &mut String, name: &str, members: &Members, classes: &Classes) -> Outcome<()> {
    let mut once = BTreeSet::new();
    write!(out, "pub(super) static {}: Form = Form {{ members: &[", form_name(name))?;
    for (key, shape) in &members.0 {
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
fn named_shape(text: &str, classes: &Classes) -> Outcome<String> {
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
fn shape(entry: &Entry, param: &Param, classes: &Classes) -> Outcome<String> {
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
        ("block" | "hash" | "address" | "data" | "boolean" | "string" | "filter", None)
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

fn known_type(name: &str) -> Outcome<&str> {
    const TYPES: [&str; 21] = [
        "block",
        "hash",
        "address",
        "quantity",
        "data",
        "rawTransaction",
        "callObject",
        "transactionObject",
        "callObjectList",
        "rawTransactionList",
        "filter",
        "typedData",
        "userOperation",
        "stateOverride",
        "blockOverride",
        "subscriptionType",
        "traceConfig",
        "boolean",
        "string",
        "object",
        "other",
    ];
    if TYPES.contains(&name) {
        Ok(name)
    } else {
        Err(format!("there is no type `{name}`").into())
    }
}

fn group(name: &str) -> Outcome<&'static str> {
    Ok(match name {
        "accounts" => "Accounts",
        "admin" => "Admin",
        "chain.blocks" => "Blocks",
        "chain.fees" => "Fees",
        "chain.filter" => "Filter",
        "chain.info" => "Info",
        "chain.pending" => "Pending",
        "chain.receipts" => "Receipts",
        "chain.state" => "State",
        "chain.subscribe" => "Subscribe",
        "chain.transactions" => "Transactions",
        "debug" => "Debug",
        "dev" => "Dev",
        "engine" => "Engine",
        "other" => "Other",
        "privacy" => "Privacy",
        "tx.call" => "Call",
        "tx.estimate" => "Estimate",
        "tx.raw" => "Raw",
        "tx.send" => "Send",
        "tx.sign" => "Sign",
        "tx.trace" => "Trace",
        "txpool" => "Txpool",
        _ => return Err(format!("there is no group `{name}`").into()),
    })
}

/// `camelCase` or `snake_case` to the name of a variant.
fn camel(name: &str) -> String {
    name.split('_')
        .map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_uppercase().chain(letters).collect::<String>())
                .unwrap_or_default()
        })
        .collect()
}
