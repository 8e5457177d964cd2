//! Owns the text of a policy: reading YAML and JSON into the raw form, every mistake at once.
//! What the raw form means is decided elsewhere.
//!
//! The way of a text: `jsonc` blanks comments, `yaml` builds a tree of `node`s, `check` compares it
//! with the table in `keys`, `read_*` take it apart into `raw*`.

mod beside;
mod check;
mod jsonc;
pub(crate) mod keys;
pub(crate) mod kind;
mod node;
pub mod raw;
pub mod raw_identity;
pub mod raw_rules;
mod read_identity;
mod read_process;
mod read_rules;
mod secret;
mod take;
pub(crate) mod units;
pub(crate) mod value;
mod yaml;

pub use beside::{AddressSet, Inputs};

use crate::diagnostics::{Code, FileId, Problem, Problems, Report, Span, Spanned};
use raw::{RawDocument, RawTenants};
use raw_identity::RawSecret;
use raw_rules::RawSetMember;

/// A policy as it was written, with the mistakes found so far. It becomes usable only by being compiled,
/// which tells these mistakes together with its own.
#[derive(Clone)]
pub struct Document {
    raw: RawDocument,
    file: FileId,
    problems: Problems,
}

/// A file a policy needs, by the path it is written with (relative to the policy).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileNeed {
    /// As written.
    pub path: String,
    /// What for.
    pub purpose: FilePurpose,
}

/// What a file beside the policy is for. `Set` and `Tenants` are [`Inputs`] of the policy, the rest is
/// read by those who verify credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FilePurpose {
    /// Addresses, one per line.
    Set,
    /// The list of tenants.
    Tenants,
    /// Application credentials.
    Credentials,
    /// A JSON Web Key Set.
    Jwks,
    /// A public key or certificate.
    Pem,
    /// A shared secret.
    Secret,
}

/// Reads a policy, YAML 1.2 or JSON with comments. `name` is what reports call it.
///
/// # Errors
/// When the text cannot be read to its end: broken syntax, or beyond the limits of a policy. Every other
/// mistake stays in the document and is told, with all later ones, when it is compiled.
pub fn read(name: &str, text: &str) -> Result<Document, Report> {
    let mut problems = Problems::new();
    let file = problems.add_file(name, text);
    let Some(tree) = yaml::tree(text, file, yaml::POLICY, &mut problems) else {
        return Err(problems.into_report());
    };
    check::check(
        &tree,
        &kind::Kind::Section(&keys::DOCUMENT),
        "the policy",
        &mut problems,
    );
    let raw = read_process::document(&tree);
    refuse_two_spellings(&tree, &mut problems);
    refuse_inline_secrets(&raw, &mut problems);
    Ok(Document { raw, file, problems })
}

impl Document {
    /// The raw form. Parts with mistakes are absent from it: never judge by a document whose problems hold errors.
    #[must_use]
    pub const fn raw(&self) -> &RawDocument {
        &self.raw
    }

    /// A sink that already holds this document's text and mistakes: what a compiler starts from.
    #[must_use]
    pub fn problems(&self) -> Problems {
        self.problems.clone()
    }

    /// The mistakes of the text itself; compiling finds more.
    #[must_use]
    pub fn mistakes(&self) -> Report {
        self.problems.clone().into_report()
    }

    /// The beginning of the file, for problems that have no better place.
    #[must_use]
    pub fn start(&self) -> Span {
        Span::new(self.file, 0, 0)
    }

    /// Every file the policy needs, each once, in order of purpose.
    #[must_use]
    pub fn files(&self) -> Vec<FileNeed> {
        let mut files: Vec<_> = self.policy_files().chain(self.identity_files()).collect();
        files.sort_by(|a, b| (a.purpose, &a.path).cmp(&(b.purpose, &b.path)));
        files.dedup();
        files
    }

    fn policy_files(&self) -> impl Iterator<Item = FileNeed> + '_ {
        let members = self.raw.sets.iter().flat_map(|set| &set.members);
        let sets = members.filter_map(|member| match member {
            RawSetMember::File(path) => Some(FileNeed::new(path, FilePurpose::Set)),
            RawSetMember::Address(_) => None,
        });
        let tenants = match &self.raw.tenants {
            Some(RawTenants::File(path)) => Some(FileNeed::new(path, FilePurpose::Tenants)),
            Some(RawTenants::List(_)) | None => None,
        };
        sets.chain(tenants)
    }

    fn identity_files(&self) -> impl Iterator<Item = FileNeed> + '_ {
        let credentials = self
            .raw
            .appcreds
            .iter()
            .filter_map(|section| section.credentials_file.as_ref());
        let keys = self
            .raw
            .jwt
            .iter()
            .flat_map(|jwt| &jwt.issuers)
            .filter_map(|issuer| issuer.keys.as_ref());
        let keys = keys.flat_map(|keys| {
            let secret = match keys.secret.as_deref() {
                Some(RawSecret::File(path)) => Some(FileNeed {
                    path: path.clone(),
                    purpose: FilePurpose::Secret,
                }),
                _ => None,
            };
            let jwks = keys
                .jwks_file
                .as_ref()
                .map(|path| FileNeed::new(path, FilePurpose::Jwks));
            let pem = keys.pem_file.as_ref().map(|path| FileNeed::new(path, FilePurpose::Pem));
            [secret, jwks, pem].into_iter().flatten()
        });
        credentials
            .map(|path| FileNeed::new(path, FilePurpose::Credentials))
            .chain(keys)
    }
}

impl FileNeed {
    fn new(path: &Spanned<String>, purpose: FilePurpose) -> Self {
        Self {
            path: path.value.clone(),
            purpose,
        }
    }
}

fn refuse_two_spellings(tree: &node::Node, problems: &mut Problems) {
    let place = |key: &str| {
        tree.entries()
            .iter()
            .find(|entry| entry.key.value == key)
            .map(|entry| entry.key.span)
    };
    if let (Some(one), Some(other)) = (place("tenants_tag"), place("tennants_tag")) {
        let problem = Problem::error(
            Code::CONFLICT,
            other,
            "`tennants_tag` and `tenants_tag` are the same key",
        );
        problems.push(problem.related(one, "the other spelling").hint("keep one of them"));
    }
}

/// Literal secrets stand in demonstrations only, where the policy says so itself.
fn refuse_inline_secrets(raw: &RawDocument, problems: &mut Problems) {
    let allowed = raw.insecure_inline_secrets.as_deref() == Some(&true);
    let keys = raw
        .jwt
        .iter()
        .flat_map(|jwt| &jwt.issuers)
        .filter_map(|issuer| issuer.keys.as_ref());
    for secret in keys.filter_map(|keys| keys.secret.as_ref()) {
        if matches!(secret.value, RawSecret::Literal(_)) && !allowed {
            let problem = Problem::error(Code::INLINE_SECRET, secret.span, "a secret is written out here");
            problems.push(problem.hint("write `file:PATH`, `env:NAME` or `cred:NAME`, and treat this secret as lost"));
        }
    }
}

#[cfg(test)]
mod tests;
