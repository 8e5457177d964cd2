//! Why the files are not taken: every mistake that was found, for people at a terminal and in one line for logs.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::Path;

use callgate_auth::credential;
use callgate_auth::jwt::{IssuerError, KeyError, UnknownAlgorithm};
use callgate_auth::presented::PlacesError;
use callgate_policy::{Finding, Report, Severity};

use crate::files::FileError;
use crate::keys::KeyUrlError;

/// The most bytes of a summary.
const SUMMARY: usize = 400;

/// Everything that was found wrong; never nothing.
#[derive(Debug)]
pub struct Refusal {
    mistakes: Vec<Mistake>,
}

/// One thing that is wrong, or everything that is wrong with the policy's text.
#[derive(Debug, thiserror::Error)]
pub enum Mistake {
    /// A file cannot be read.
    #[error("{0}")]
    File(#[from] FileError),
    /// The policy has mistakes.
    #[error("{}", first(.0))]
    Policy(Report),
    /// The credentials file has mistakes.
    #[error("{}{}", .0.first().map(ToString::to_string).unwrap_or_default(), more(.0.len()))]
    Credentials(Vec<credential::Problem>),
    /// A key or secret file is of no use.
    #[error("`{file}`: {why}")]
    Keys {
        /// The file, or the name of the secret.
        file: String,
        /// Why.
        why: KeyError,
    },
    /// A secret is not there.
    #[error("{0} is not set")]
    NoSecret(String),
    /// An issuer's settings and keys do not fit.
    #[error("{0}")]
    Issuer(#[from] IssuerError),
    /// An algorithm that is not known.
    #[error("issuer `{issuer}`: algorithm {why}")]
    Algorithm {
        /// The issuer.
        issuer: String,
        /// Why.
        why: UnknownAlgorithm,
    },
    /// A URL that keys may not come from.
    #[error("issuer `{issuer}`: the URL of its keys {why}")]
    Url {
        /// The issuer.
        issuer: String,
        /// Why.
        why: KeyUrlError,
    },
    /// A node that there is no way to.
    #[error("the node cannot be used: {0}")]
    Upstream(std::io::Error),
    /// A place that cannot carry credentials.
    #[error("{0}")]
    Place(#[from] PlacesError),
    /// Secrets that stand in files as they are, before strangers.
    #[error(
        "`insecure_inline_secrets: true` is for loopback only, and listener `{listener}` is at {address}: put hashes and secret files in place of inline secrets, or listen on 127.0.0.1 or [::1]"
    )]
    InlineSecrets {
        /// The listener.
        listener: String,
        /// Its address, with what stands above the policy.
        address: SocketAddr,
    },
    /// The files did not keep still.
    #[error("the files change faster than they can be read")]
    Restless,
    /// A mistake of ours.
    #[error("compiling the policy failed; this is a bug in callgate")]
    Internal,
}

impl Refusal {
    /// Of what was found; none found although something is wrong is a mistake of ours.
    pub(super) fn of(mistakes: Vec<Mistake>) -> Self {
        if mistakes.is_empty() {
            Self::one(Mistake::Internal)
        } else {
            Self { mistakes }
        }
    }

    pub(super) fn one(mistake: impl Into<Mistake>) -> Self {
        Self {
            mistakes: vec![mistake.into()],
        }
    }

    /// The mistakes.
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }

    /// Everything, drawn with lines and underlines where there are any, coloured for a terminal or plain.
    pub fn render(&self, colour: bool) -> String {
        let mut text = String::new();
        for mistake in &self.mistakes {
            match mistake {
                Mistake::Policy(report) => text.push_str(&report.render(colour)),
                Mistake::Credentials(problems) => {
                    problems
                        .iter()
                        .for_each(|problem| text.push_str(&format!("error: {problem}\n")));
                }
                other => text.push_str(&format!("error: {other}\n")),
            }
        }
        text
    }

    /// The first mistake and how many more there are, in one bounded line.
    pub fn summary(&self) -> String {
        let all = self.mistakes.iter().map(Mistake::count).sum();
        let first = self.mistakes.first().map(Mistake::first).unwrap_or_default();
        let mut line: String = first
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(SUMMARY)
            .collect();
        line.push_str(&more(all));
        line
    }

    /// The files at fault and why; what is not about another file is about the policy.
    pub(super) fn faults(&self, policy: &Path) -> BTreeMap<String, String> {
        let mut faults = BTreeMap::new();
        for mistake in &self.mistakes {
            for (file, error) in mistake.by_file() {
                let path = match file {
                    // a report names the policy as it was given, and other files as the policy writes them
                    Some(file) if policy != Path::new(&file) => policy.with_file_name(file),
                    _ => policy.to_owned(),
                };
                faults.entry(path.display().to_string()).or_insert(error);
            }
        }
        faults
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.summary())
    }
}

impl std::error::Error for Refusal {}

impl Mistake {
    fn count(&self) -> usize {
        match self {
            Self::Policy(report) => report.errors(),
            Self::Credentials(problems) => problems.len(),
            _ => 1,
        }
    }

    fn first(&self) -> String {
        match self {
            Self::Policy(report) => plain_first(report),
            Self::Credentials(problems) => problems.first().map(ToString::to_string).unwrap_or_default(),
            other => other.to_string(),
        }
    }

    /// What is wrong with which file; none stands for the policy.
    fn by_file(&self) -> Vec<(Option<String>, String)> {
        let source = match self {
            Self::Policy(report) => return by_file(report),
            Self::File(error) => Some(error.path.display().to_string()),
            Self::Credentials(problems) => problems.first().map(|problem| problem.file.clone()),
            Self::Keys { file, .. } => Some(file.clone()),
            _ => None,
        };
        vec![(source, self.to_string())]
    }
}

fn by_file(report: &Report) -> Vec<(Option<String>, String)> {
    let mut files = BTreeMap::<&str, (&Finding, usize)>::new();
    for finding in errors(report) {
        files.entry(&finding.place.file).or_insert((finding, 0)).1 += 1;
    }
    let told = |(file, (first, count)): (&str, (&Finding, usize))| (Some(file.to_owned()), place(first) + &more(count));
    files.into_iter().map(told).collect()
}

fn errors(report: &Report) -> impl Iterator<Item = &Finding> {
    report
        .findings()
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
}

fn place(finding: &Finding) -> String {
    let place = &finding.place;
    format!("{}:{}:{}: {}", place.file, place.line, place.column, finding.message)
}

fn first(report: &Report) -> String {
    plain_first(report) + &more(report.errors())
}

fn plain_first(report: &Report) -> String {
    errors(report).next().map_or_else(String::new, place)
}

fn more(all: usize) -> String {
    if all > 1 {
        format!(" (and {} more)", all - 1)
    } else {
        String::new()
    }
}
