//! Owns matchers with templates in them, and their filling with what a principal brought.
//! Filling happens once per principal. A reference without a usable value makes the whole entry
//! match nothing.

use std::sync::Arc;

use alloy_primitives::U256;

use super::matchers::{Delegations, Matchers};
use crate::claims::{self, Claims};
use crate::matcher::address::{Addresses, read_address};
use crate::matcher::amount::{Unit, read_amount};
use crate::matcher::condition::{Comparison, Condition};
use crate::matcher::function::{Function, Functions};
use crate::pattern::{Filled, Reference, Template, Unfilled};
use crate::tenants::Tenant;

/// What templates are filled from.
#[derive(Clone, Copy)]
pub(crate) struct Values<'v> {
    pub(crate) claims: &'v Claims,
    pub(crate) tenant: Option<&'v Tenant>,
}

/// The matchers of an entry that hold templates; those without stay where they are.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    pub(crate) from: Option<AddressesDraft>,
    pub(crate) to: Option<AddressesDraft>,
    pub(crate) authority: Option<AddressesDraft>,
    pub(crate) delegate: Option<AddressesDraft>,
    pub(crate) functions: Option<FunctionsDraft>,
    pub(crate) value: Option<ConditionDraft>,
    pub(crate) gas: Option<ConditionDraft>,
}

/// An address matcher: what stands, and what is filled in.
#[derive(Debug, Clone, Default)]
pub(crate) struct AddressesDraft {
    pub(crate) fixed: Addresses,
    pub(crate) templates: Vec<Template>,
}

/// A function matcher.
#[derive(Debug, Clone, Default)]
pub(crate) struct FunctionsDraft {
    pub(crate) fixed: Vec<Function>,
    pub(crate) templates: Vec<Template>,
}

/// A condition on a number.
#[derive(Debug, Clone)]
pub(crate) struct ConditionDraft {
    pub(crate) unit: Unit,
    /// The comparisons without templates, `in` aside.
    pub(crate) fixed: Vec<Comparison>,
    /// The numbers written out in `in`.
    pub(crate) among: Vec<U256>,
    pub(crate) templates: Vec<(Operator, Template)>,
}

/// The comparisons a template may stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    Among,
    NotAmong,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

/// Why an entry matches nothing for a principal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Dead {
    /// A reference has no value.
    #[error(transparent)]
    Unfilled(#[from] Unfilled),
    /// The value is not what the matcher takes.
    #[error("the value of `{template}` is {why}")]
    Unsuitable {
        /// The template as written.
        template: Arc<str>,
        /// What it is not.
        why: &'static str,
    },
}

impl Values<'_> {
    fn of(self, reference: &Reference) -> Result<Vec<String>, &'static str> {
        match reference {
            Reference::Claim(path) => claims::values(claims::at(self.claims, path)),
            Reference::Tenant(name) => match self.tenant {
                Some(tenant) => tenant.values(name),
                None => Err("missing: the principal has no tenant"),
            },
        }
    }
}

impl Draft {
    /// Whether nothing is to be filled.
    pub(crate) fn is_empty(&self) -> bool {
        let addresses = [&self.from, &self.to, &self.authority, &self.delegate];
        addresses.iter().all(|draft| draft.is_none())
            && self.functions.is_none()
            && self.value.is_none()
            && self.gas.is_none()
    }

    /// The matchers of the entry for one principal.
    pub(crate) fn fill(&self, base: &Matchers, values: Values<'_>) -> Result<Matchers, Dead> {
        let mut matchers = base.clone();
        if let Some(draft) = &self.from {
            matchers.from = Some(Arc::new(draft.fill(values)?));
        }
        if let Some(draft) = &self.to {
            matchers.to = Some(Arc::new(draft.fill(values)?));
        }
        if self.authority.is_some() || self.delegate.is_some() {
            let delegations = matchers.authorizations.get_or_insert_with(Delegations::default);
            if let Some(draft) = &self.authority {
                delegations.authority = Some(Arc::new(draft.fill(values)?));
            }
            if let Some(draft) = &self.delegate {
                delegations.delegate = Some(Arc::new(draft.fill(values)?));
            }
        }
        if let Some(draft) = &self.functions {
            matchers.functions = Some(Arc::new(draft.fill(values)?));
        }
        if let Some(draft) = &self.value {
            matchers.value = Some(Arc::new(draft.fill(values)?));
        }
        if let Some(draft) = &self.gas {
            matchers.gas = Some(Arc::new(draft.fill(values)?));
        }
        Ok(matchers)
    }
}

impl AddressesDraft {
    /// A value that is no address stays a literal, and matches no address.
    fn fill(&self, values: Values<'_>) -> Result<Addresses, Dead> {
        let mut addresses = self.fixed.clone();
        for template in &self.templates {
            match template.fill(|reference| values.of(reference))? {
                Filled::Literals(texts) => addresses.extend(texts.iter().filter_map(|text| read_address(text))),
                Filled::Pattern(pattern) => addresses.add_pattern(pattern),
            }
        }
        Ok(addresses)
    }
}

impl FunctionsDraft {
    fn fill(&self, values: Values<'_>) -> Result<Functions, Dead> {
        let mut list = self.fixed.clone();
        for template in &self.templates {
            for text in literals(template, values)? {
                list.push(Function::read(&text).map_err(|_| unsuitable(template, "not a function"))?);
            }
        }
        Ok(Functions::new(list))
    }
}

impl ConditionDraft {
    fn fill(&self, values: Values<'_>) -> Result<Condition, Dead> {
        let mut comparisons = self.fixed.clone();
        let mut among = self.among.clone();
        for (operator, template) in &self.templates {
            let mut numbers = Vec::new();
            for text in literals(template, values)? {
                numbers.push(read_amount(&text, self.unit).map_err(|_| unsuitable(template, "not an amount"))?);
            }
            match operator {
                Operator::Among => among.append(&mut numbers),
                other => comparisons.push(
                    other
                        .compare(numbers)
                        .ok_or_else(|| unsuitable(template, "more than one number"))?,
                ),
            }
        }
        if !among.is_empty() {
            comparisons.push(Comparison::Among(among));
        }
        Ok(Condition::new(comparisons))
    }
}

impl Operator {
    /// The comparison with these numbers. A list is an alternative for equality, and nothing an order
    /// can be compared with.
    pub(crate) fn compare(self, numbers: Vec<U256>) -> Option<Comparison> {
        let one = || match numbers.as_slice() {
            [number] => Some(*number),
            _ => None,
        };
        Some(match self {
            Self::Equal => one().map_or_else(|| Comparison::Among(numbers.clone()), Comparison::Equal),
            Self::Among => Comparison::Among(numbers),
            Self::NotAmong => Comparison::NotAmong(numbers),
            Self::Less => Comparison::Less(one()?),
            Self::AtMost => Comparison::AtMost(one()?),
            Self::Greater => Comparison::Greater(one()?),
            Self::AtLeast => Comparison::AtLeast(one()?),
        })
    }
}

fn literals(template: &Template, values: Values<'_>) -> Result<Vec<String>, Dead> {
    match template.fill(|reference| values.of(reference))? {
        Filled::Literals(texts) => Ok(texts),
        Filled::Pattern(_) => Err(unsuitable(template, "an expression")),
    }
}

fn unsuitable(template: &Template, why: &'static str) -> Dead {
    Dead::Unsuitable {
        template: template.source().into(),
        why,
    }
}
