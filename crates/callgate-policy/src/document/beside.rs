//! Owns the files beside a policy that rules are made from: tenants and address sets. They come as texts;
//! reading them from a disk is somebody else's.

use std::collections::{HashMap, HashSet};

use alloy_primitives::Address;

use super::raw::{RawTenants, Text};
use super::raw_identity::RawTenant;
use super::raw_rules::{RawSet, RawSetMember};
use super::{Document, check, keys, read_identity, yaml};
use crate::diagnostics::{Code, FileId, Problem, Problems, Span, Spanned, quoted};

/// A set file holds one address per line: room for 500,000.
const MAX_SET_BYTES: usize = 32 << 20;
/// Mistakes told per set file: one wrong column makes a mistake of every line.
const MAX_SET_MISTAKES: usize = 20;

/// The texts of the files a policy needs for its rules, by path as written: purposes
/// [`FilePurpose::Set`](super::FilePurpose::Set) and [`FilePurpose::Tenants`](super::FilePurpose::Tenants).
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// Path as written to text.
    pub files: HashMap<String, String>,
}

/// A named set, its files read.
#[derive(Debug, Clone)]
pub struct AddressSet {
    /// Its name.
    pub name: Text,
    /// Its members, each once.
    pub addresses: HashSet<Address>,
}

impl Document {
    /// All tenants of the policy, whatever their tags; mistakes go to `problems`.
    pub fn tenants(&self, inputs: &Inputs, problems: &mut Problems) -> Vec<RawTenant> {
        let tenants = match &self.raw.tenants {
            None => Vec::new(),
            Some(RawTenants::List(tenants)) => tenants.clone(),
            Some(RawTenants::File(path)) => tenants_file(path, inputs, problems),
        };
        refuse_twins(&tenants, problems);
        refuse_reserved_names(&tenants, problems);
        tenants
    }

    /// All sets of the policy with the members of their files; mistakes go to `problems`.
    pub fn sets(&self, inputs: &Inputs, problems: &mut Problems) -> Vec<AddressSet> {
        self.raw
            .sets
            .iter()
            .map(|set| address_set(set, inputs, problems))
            .collect()
    }
}

/// The text of a file the policy names, registered for spans.
fn open<'i>(path: &Text, inputs: &'i Inputs, problems: &mut Problems) -> Option<(FileId, &'i str)> {
    let Some(text) = inputs.files.get(&path.value) else {
        let message = format!("the file {} cannot be read", quoted(path));
        let hint = "paths are relative to the policy file";
        problems.push(Problem::error(Code::FILE_MISSING, path.span, message).hint(hint));
        return None;
    };
    Some((problems.add_file(path, text), text))
}

fn tenants_file(path: &Text, inputs: &Inputs, problems: &mut Problems) -> Vec<RawTenant> {
    let Some((file, text)) = open(path, inputs, problems) else {
        return Vec::new();
    };
    let Some(tree) = yaml::tree(text, file, yaml::TENANTS, problems) else {
        return Vec::new();
    };
    check::check(&tree, &keys::TENANT_LIST, "the tenants file", problems);
    tree.items().iter().filter_map(read_identity::tenant).collect()
}

fn refuse_twins(tenants: &[RawTenant], problems: &mut Problems) {
    let mut seen: HashMap<&str, Span> = HashMap::new();
    for tenant in tenants {
        if let Some(first) = seen.get(tenant.id.as_str()) {
            let message = format!("two tenants have the id {}", quoted(&tenant.id));
            let problem = Problem::error(Code::BAD_TENANT, tenant.id.span, message);
            problems.push(problem.related(*first, "the other one").hint("an id names one tenant"));
        } else {
            seen.insert(&tenant.id, tenant.id.span);
        }
    }
}

/// Templates already know these names.
fn refuse_reserved_names(tenants: &[RawTenant], problems: &mut Problems) {
    let names = tenants.iter().flat_map(|tenant| &tenant.vars).map(|(name, _)| name);
    for name in names.filter(|name| matches!(name.as_str(), "id" | "name")) {
        let message = format!("a variable cannot be called {}", quoted(name));
        let hint = format!("`{{{{.{}}}}}` is the tenant's own; choose another name", name.value);
        problems.push(Problem::error(Code::BAD_TENANT, name.span, message).hint(hint));
    }
}

fn address_set(set: &RawSet, inputs: &Inputs, problems: &mut Problems) -> AddressSet {
    let mut addresses = HashSet::new();
    for member in &set.members {
        match member {
            RawSetMember::Address(text) => addresses.extend(set_member(text, problems)),
            RawSetMember::File(path) => set_file(path, inputs, &mut addresses, problems),
        }
    }
    AddressSet {
        name: set.name.clone(),
        addresses,
    }
}

fn set_member(text: &Text, problems: &mut Problems) -> Option<Address> {
    let address = address(text);
    if address.is_none() {
        let message = format!("{} is not an address", quoted(text));
        let hint = "a member of a set is `0x` and 40 hex digits, or `{ file: … }`";
        problems.push(Problem::error(Code::BAD_SET_MEMBER, text.span, message).hint(hint));
    }
    address
}

/// One address per line; everything behind `#` is a comment, blank lines count for nothing.
fn set_file(path: &Text, inputs: &Inputs, addresses: &mut HashSet<Address>, problems: &mut Problems) {
    let Some((file, text)) = open(path, inputs, problems) else {
        return;
    };
    if text.len() > MAX_SET_BYTES {
        let message = format!("the file has {} bytes, at most {MAX_SET_BYTES} are read", text.len());
        problems.error(Code::TOO_BIG, path.span, message);
        return;
    }
    let mut mistakes = 0_usize;
    let mut start = 0_usize;
    for line in text.split('\n') {
        let word = line.split('#').next().unwrap_or_default();
        let trimmed = word.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\u{feff}');
        match address(trimmed) {
            Some(address) => drop(addresses.insert(address)),
            None if trimmed.is_empty() => {}
            None => {
                let from = start.saturating_add(word.find(trimmed).unwrap_or(0));
                let span = Span::new(file, from, from.saturating_add(trimmed.len()));
                mistakes = mistakes.saturating_add(1);
                if mistakes <= MAX_SET_MISTAKES {
                    set_member(&Spanned::new(trimmed.to_owned(), span), problems);
                }
            }
        }
        start = start.saturating_add(line.len()).saturating_add(1);
    }
    if mistakes > MAX_SET_MISTAKES {
        problems.error(
            Code::BAD_SET_MEMBER,
            path.span,
            format!("{mistakes} lines of {} are not addresses", quoted(path)),
        );
    }
}

/// An address: `0x` and 40 hex digits in any case. A checksum is not asked for: policies are compared, not sent to.
pub(crate) fn address(text: &str) -> Option<Address> {
    let digits = text.strip_prefix("0x")?;
    let plain = digits.len() == 40 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    plain.then(|| text.parse().ok()).flatten()
}
