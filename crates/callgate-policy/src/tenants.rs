//! Owns the tenants of this node: those of the tenants list that carry `tenants_tag`.

use std::collections::HashMap;
use std::sync::Arc;

use crate::pattern::Reference;

/// A tenant, with its values as texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tenant {
    id: Arc<str>,
    name: Option<Box<str>>,
    variables: HashMap<Box<str>, Vec<String>>,
}

/// The tenants of this node, in the order of the file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tenants {
    list: Vec<Arc<Tenant>>,
    by_id: HashMap<Arc<str>, Arc<Tenant>>,
    /// Without a `tenants` section a credential's tenant is a label for logs and nothing more.
    pub(crate) configured: bool,
}

impl Tenant {
    /// A tenant from the file.
    pub(crate) fn new(id: &str, name: Option<&str>, variables: HashMap<Box<str>, Vec<String>>) -> Self {
        Self {
            id: id.into(),
            name: name.map(Into::into),
            variables,
        }
    }

    /// Its id.
    pub(crate) fn id(&self) -> &Arc<str> {
        &self.id
    }

    /// The values of `id`, `name` or a variable, or why there are none.
    pub(crate) fn values(&self, name: &str) -> Result<Vec<String>, &'static str> {
        let values = match name {
            "id" => vec![self.id.to_string()],
            "name" => self.name.iter().map(ToString::to_string).collect(),
            variable => self.variables.get(variable).cloned().unwrap_or_default(),
        };
        match values.as_slice() {
            [] => Err("missing"),
            texts if texts.iter().any(String::is_empty) => Err("empty"),
            texts if texts.iter().any(|text| text.chars().any(char::is_control)) => Err("not a plain text"),
            _ => Ok(values),
        }
    }

    /// The values a templated mapping means: `{{.id}}`, `{{.name}}`, `{{.variable}}`.
    pub(crate) fn values_for_mapping(&self, reference: &Reference) -> Result<Vec<String>, &'static str> {
        match reference {
            Reference::Tenant(name) => self.values(name),
            Reference::Claim(path) => match &**path {
                [name] => self.values(name),
                _ => Err("not a variable of a tenant"),
            },
        }
    }
}

impl Tenants {
    /// The tenants of this node; the ids must differ.
    pub(crate) fn new(list: Vec<Tenant>) -> Self {
        let list: Vec<Arc<Tenant>> = list.into_iter().map(Arc::new).collect();
        let by_id = list
            .iter()
            .map(|tenant| (Arc::clone(tenant.id()), Arc::clone(tenant)))
            .collect();
        Self {
            list,
            by_id,
            configured: true,
        }
    }

    /// All, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Tenant>> {
        self.list.iter()
    }

    /// One by its id.
    pub(crate) fn get(&self, id: &str) -> Option<&Arc<Tenant>> {
        self.by_id.get(id)
    }
}
