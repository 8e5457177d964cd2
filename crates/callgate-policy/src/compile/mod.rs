//! Owns the way from the raw form of a policy to the compiled one. Tells every mistake at once: no
//! step stops at the first, and nothing is used when any step found an error.

mod entries;
mod mappings;
mod numbers;
mod rulesets;
mod tenants;
mod texts;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use alloy_primitives::{Keccak256, hex};

use crate::diagnostics::{Problems, Report};
use crate::document::{Document, Inputs};
use crate::lint::lint;
use crate::mapping::Mappings;
use crate::matcher::address::AddressSet;
use crate::policy::{Identity, Policy};
use crate::settings::Settings;

/// A policy ready for use.
#[derive(Debug)]
pub struct Compiled {
    /// How the process is to run.
    pub settings: Settings,
    /// What it allows.
    pub policy: Policy,
    /// What looks suspicious.
    pub warnings: Report,
}

/// What rules refer to by name.
pub(crate) struct Names<'d> {
    pub(crate) document: &'d Document,
    pub(crate) sets: HashMap<String, Arc<AddressSet>>,
}

/// Compiles a policy.
///
/// # Errors
/// Every mistake of the policy and of the files beside it.
pub fn compile(document: &Document, inputs: &Inputs) -> Result<Compiled, Report> {
    let mut problems = document.problems();
    let settings = Settings::of(document, &mut problems);
    let mut policy = compile_policy(document, inputs, &mut problems);
    // A section that is off authenticates nobody; should anybody ask all the same, nobody is mapped.
    if settings.jwt.is_none() {
        policy.jwt = Mappings::default();
    }
    if settings.appcreds.is_none() {
        policy.appcreds = Mappings::default();
    }
    if problems.has_errors() {
        return Err(problems.into_report());
    }
    lint(document, &mut problems);
    Ok(Compiled {
        settings,
        policy,
        warnings: problems.into_report(),
    })
}

/// The policy, of use only when `problems` holds no error afterwards.
pub(crate) fn compile_policy(document: &Document, inputs: &Inputs, problems: &mut Problems) -> Policy {
    let sets = document.sets(inputs, problems).into_iter();
    let sets = sets
        .map(|set| (set.name.value.clone(), Arc::new(AddressSet::new(set.addresses))))
        .collect();
    let names = Names { document, sets };
    let tenants = tenants::tenants(document, inputs, problems);
    let rulesets = rulesets::rulesets(&names, problems);
    let raw = document.raw();
    let mut mappings = |list| mappings::mappings(list, &rulesets, &tenants, problems);
    let jwt = raw
        .jwt
        .as_ref()
        .map(|section| mappings(&section.mappings))
        .unwrap_or_default();
    let appcreds = raw
        .appcreds
        .as_ref()
        .map(|section| mappings(&section.mappings))
        .unwrap_or_default();
    Policy {
        jwt,
        appcreds,
        tenants,
        rulesets,
        digest: digest(document, inputs),
        identity: Identity::default(),
    }
}

/// A digest of everything a policy is made from, secrets aside (they are not policy).
fn digest(document: &Document, inputs: &Inputs) -> String {
    struct Sink(Keccak256);
    impl fmt::Write for Sink {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0.update(text.as_bytes());
            Ok(())
        }
    }
    let mut sink = Sink(Keccak256::new());
    let mut files: Vec<_> = inputs.files.iter().collect();
    files.sort_unstable();
    // Lengths keep neighbours apart; writing to a hash does not fail.
    let _ = fmt::write(&mut sink, format_args!("{:?}", document.raw()));
    for (path, text) in files {
        let _ = fmt::write(&mut sink, format_args!("{}:{path}{}:{text}", path.len(), text.len()));
    }
    let hash = sink.0.finalize();
    hex::encode(hash.get(..16).unwrap_or_default())
}
