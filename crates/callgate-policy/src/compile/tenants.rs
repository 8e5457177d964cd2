//! Owns the choice of tenants: those that carry `tenants_tag`, or all without it.

use crate::diagnostics::Problems;
use crate::document::raw_identity::{RawTenant, RawVariable};
use crate::document::{Document, Inputs};
use crate::tenants::{Tenant, Tenants};

/// The tenants of this node.
pub(super) fn tenants(document: &Document, inputs: &Inputs, problems: &mut Problems) -> Tenants {
    let raw = document.tenants(inputs, problems);
    if document.raw().tenants.is_none() {
        return Tenants::default();
    }
    let tag = document.raw().tenants_tag.as_ref().map(|tag| tag.value.as_str());
    let is_here = |tenant: &&RawTenant| tag.is_none_or(|tag| tenant.tags.iter().any(|own| own.value == tag));
    Tenants::new(raw.iter().filter(is_here).map(tenant).collect())
}

fn tenant(raw: &RawTenant) -> Tenant {
    let variables = raw.vars.iter().map(|(name, variable)| {
        let values = match variable {
            RawVariable::One(text) => vec![text.value.clone()],
            RawVariable::Many(texts) => texts.iter().map(|text| text.value.clone()).collect(),
        };
        (name.value.as_str().into(), values)
    });
    Tenant::new(
        &raw.id,
        raw.name.as_ref().map(|name| name.value.as_str()),
        variables.collect(),
    )
}
