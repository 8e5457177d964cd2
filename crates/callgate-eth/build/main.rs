//! Compiles `data/methods.json` and `data/classes.json` into a dense static table and a perfect hash of the names.
//!
//! Every mistake in the data (a name that does not exist, a type nobody knows, a method classed twice) stops the build:
//! the catalogue that is compiled is whole or there is none.

#![expect(clippy::print_stdout, reason = "a build script speaks to cargo that way")]

mod answer;
mod carrier;
mod check;
mod data;
mod difference;
mod method;
mod name;
mod role;
mod shape;

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

use data::{ByClient, Classes, Entry};

pub(crate) type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=data/answers.json");
    println!("cargo::rerun-if-changed=data/dialects.json");
    println!("cargo::rerun-if-changed=data/methods.json");
    println!("cargo::rerun-if-changed=data/classes.json");
    let entries: Vec<Entry> = serde_json::from_str(&std::fs::read_to_string("data/methods.json")?)?;
    let classes: Classes = serde_json::from_str(&std::fs::read_to_string("data/classes.json")?)?;
    let dialects: BTreeMap<String, ByClient> = serde_json::from_str(&std::fs::read_to_string("data/dialects.json")?)?;
    let answers: answer::Answers = serde_json::from_str(&std::fs::read_to_string("data/answers.json")?)?;
    check::check_names(&entries, &classes)?;
    answer::check(&answers, &entries)?;
    if let Some(name) = dialects
        .keys()
        .find(|name| !entries.iter().any(|entry| entry.method == **name))
    {
        return Err(format!("dialects.json names `{name}`, which methods.json does not have").into());
    }
    let mut table = String::new();
    let mut names = phf_codegen::Map::new();
    for (name, members) in &classes.forms {
        shape::write_form(&mut table, name, members, &classes).map_err(|error| format!("form `{name}`: {error}"))?;
    }
    writeln!(table, "pub(super) static METHODS: [Method; {}] = [", entries.len())?;
    for (index, entry) in entries.iter().enumerate() {
        let differences = dialects.get(&entry.method);
        method::write_method(&mut table, index, entry, &classes, &answers, differences)
            .map_err(|error| format!("`{}`: {error}", entry.method))?;
        names.entry(entry.method.as_str(), index.to_string());
    }
    writeln!(table, "];")?;
    answer::write_notifications(&mut table, &answers)?;
    writeln!(
        table,
        "pub(super) static NAMES: phf::Map<&'static str, u16> = {};",
        names.build()
    )?;
    let folder = std::env::var("OUT_DIR")?;
    std::fs::write(Path::new(&folder).join("methods.rs"), table)?;
    Ok(())
}
