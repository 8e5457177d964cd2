//! The data files, as they are read.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Entry {
    pub(crate) method: String,
    pub(crate) namespace: String,
    pub(crate) clients: Vec<String>,
    #[serde(default)]
    pub(crate) last_served: BTreeMap<String, String>,
    pub(crate) access: String,
    pub(crate) group: String,
    pub(crate) params: Vec<Param>,
    pub(crate) required: usize,
    #[serde(default)]
    pub(crate) node_key: bool,
    pub(crate) alias_of: Option<String>,
    pub(crate) since: Option<String>,
    pub(crate) note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Param {
    pub(crate) name: String,
    pub(crate) r#type: String,
    pub(crate) items: Option<String>,
    #[serde(default)]
    pub(crate) contains: Vec<String>,
    #[serde(default)]
    pub(crate) variadic: bool,
}

pub(crate) type ByParameter = BTreeMap<String, BTreeMap<String, String>>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Classes {
    pub(crate) sealed: BTreeMap<String, Listed>,
    pub(crate) open_admin: Listed,
    pub(crate) baf_groups: BTreeMap<String, Vec<String>>,
    pub(crate) understood: BTreeMap<String, String>,
    pub(crate) opaque: BTreeMap<String, String>,
    pub(crate) no_operation: BTreeMap<String, String>,
    pub(crate) not_understood: BTreeMap<String, String>,
    pub(crate) handles: BTreeMap<String, String>,
    pub(crate) latest_when_omitted: BTreeSet<String>,
    pub(crate) integer_namespaces: BTreeSet<String>,
    pub(crate) shapes: ByParameter,
    pub(crate) roles: ByParameter,
    pub(crate) forms: BTreeMap<String, Members>,
    pub(crate) words: BTreeMap<String, Vec<String>>,
    pub(crate) refused_parameters: ByParameter,
}

/// The members of a form, in the order of the file.
pub(crate) struct Members(pub(crate) Vec<(String, String)>);

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
pub(crate) struct Listed {
    pub(crate) because: String,
    pub(crate) methods: Vec<String>,
}

/// What one client reads differently from the general form, from a version on; newest first.
#[derive(Deserialize, Clone, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    pub(crate) from: Option<String>,
    /// How many leading parameters it reads.
    pub(crate) takes: Option<usize>,
    #[serde(default)]
    pub(crate) shapes: BTreeMap<String, String>,
    /// What it takes an omitted parameter for.
    #[serde(default)]
    pub(crate) omitted: BTreeMap<String, String>,
    /// Why nothing can be said to it.
    pub(crate) refused: Option<String>,
}

pub(crate) type ByClient = BTreeMap<String, Vec<Rule>>;
