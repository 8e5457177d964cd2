//! Owns compiled rulesets (BAF): what a principal that has one may do.
//!
//! A method is granted by `chain`, `namespaces` or `methods`; an operation by the first `tx` entry
//! that matches it. What nothing grants is denied.

pub(crate) mod draft;
pub(crate) mod facts;
pub(crate) mod grants;
pub(crate) mod index;
pub(crate) mod matchers;
pub(crate) mod permission;
pub(crate) mod rules;

use std::sync::Arc;

use self::grants::Grants;
use self::rules::Rules;

/// One ruleset.
#[derive(Debug)]
pub(crate) struct Ruleset {
    pub(crate) name: Arc<str>,
    pub(crate) grants: Grants,
    pub(crate) rules: Rules,
}
