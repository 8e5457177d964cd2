//! The credentials file: nodes to valid entries, every mistake at once, each with its spot. No message quotes a
//! value, since values may be secrets.

use super::document::{Broken, Content, Entries, Node, Style};
use super::expiry::parse_time;
use super::key::{Spelling, check_id, digest, read_hash};
use super::{Digest, Entry, State};
use std::collections::HashMap;
use std::sync::Arc;

/// The largest file read, bytes: a hundred thousand entries with everything take about a quarter of it.
pub const FILE_BYTES: usize = 64 * 1024 * 1024;
/// The most credentials of a file.
pub const CREDENTIALS: usize = 1_000_000;
/// The most mistakes listed: beyond, the file is not one of credentials.
const PROBLEMS: usize = 100;
/// The least bytes of a literal secret, where those are allowed at all.
const INLINE_BYTES: usize = 8;
/// The longest literal secret and tenant, bytes.
const TEXT_BYTES: usize = 128;
const NAMES: &str = "`id`, `hash`, `previous`, `expires`, `disabled` and `tenant`";

/// Whether entries may hold a literal `secret` instead of a `hash`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InlineSecrets {
    /// Only hashes.
    Refused,
    /// Literal secrets too: for demonstrations (`insecure_inline_secrets` of the policy).
    Allowed,
}

/// A mistake in a credentials file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}")]
pub struct Problem {
    /// The name the file was read under.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

/// Line and column, both counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) line: usize,
    pub(super) column: usize,
}

pub(super) fn read(name: &str, text: &str, inline: InlineSecrets) -> Result<Vec<Entry>, Vec<Problem>> {
    let mut reader = Reader {
        name,
        inline,
        problems: Vec::new(),
        ids: HashMap::new(),
        digests: HashMap::new(),
    };
    let mut valid = Vec::new();
    if let Err(Broken { spot, message }) = reader.entries(text, &mut valid) {
        reader.problem::<()>(spot, message);
    }
    if reader.problems.is_empty() {
        return Ok(valid);
    }
    reader.problems.sort_by_key(|problem| (problem.line, problem.column));
    Err(reader.problems)
}

struct Reader<'n> {
    name: &'n str,
    inline: InlineSecrets,
    problems: Vec<Problem>,
    /// Ids and digests seen, with the line.
    ids: HashMap<Box<str>, usize>,
    digests: HashMap<Digest, usize>,
}

impl Reader<'_> {
    fn entries(&mut self, text: &str, valid: &mut Vec<Entry>) -> Result<(), Broken> {
        let mut entries = Entries::new(text)?;
        while let Some(node) = entries.next()? {
            let spot = node.spot;
            if valid.len() >= CREDENTIALS {
                return Err(Broken {
                    spot,
                    message: format!("more than {CREDENTIALS} credentials"),
                });
            }
            if self.problems.len() >= PROBLEMS {
                return Err(Broken {
                    spot,
                    message: "too many mistakes, the rest of the file was not read".to_owned(),
                });
            }
            valid.extend(self.entry(&node));
        }
        Ok(())
    }

    fn entry(&mut self, node: &Node<'_>) -> Option<Entry> {
        let Content::Map(members, _) = &node.value else {
            return self.problem(node.spot, "expected a credential: `{ id: …, hash: … }`");
        };
        let fields = self.fields(members, &Fields::ENTRY);
        let id = self.id(node, &fields);
        let digest = self.secret(node, &fields);
        let expires = self.optional(&fields.expires, Self::time);
        let state = self.optional(&fields.disabled, Self::state);
        let tenant = self.optional(&fields.tenant, Self::tenant);
        let previous = self.optional(&fields.previous, Self::previous);
        Some(Entry {
            id: id?,
            digest: digest?,
            previous: previous?,
            expires: expires?,
            state: state?.unwrap_or(State::Live),
            tenant: tenant?,
        })
    }

    /// Sorts members by name; unknown and repeated names are mistakes.
    fn fields<'m, 't>(&mut self, members: &'m [(Node<'t>, Node<'t>)], expected: &Expected) -> Fields<'m, 't> {
        let mut fields = Fields::default();
        for (name, value) in members {
            let Content::Scalar(text, _) = &name.value else {
                self.problem::<()>(name.spot, format!("expected one of {}", expected.names));
                continue;
            };
            match fields.slot(text).filter(|_| expected.has(text)) {
                None => {
                    self.problem::<()>(name.spot, format!("unknown key, expected one of {}", expected.names));
                }
                Some(Some(_)) => {
                    self.problem::<()>(name.spot, "this key occurs twice in one credential");
                }
                Some(slot) => *slot = Some(value),
            }
        }
        fields
    }

    fn id(&mut self, entry: &Node<'_>, fields: &Fields<'_, '_>) -> Option<Box<str>> {
        let Some(node) = fields.id else {
            return self.problem(entry.spot, "`id` is missing");
        };
        let id = self.text(node)?;
        if let Err(error) = check_id(id) {
            return self.problem(node.spot, format!("`id` {error}"));
        }
        if let Some(line) = self.ids.insert(id.into(), node.spot.line) {
            return self.problem(
                node.spot,
                format!("this id is also that of the credential in line {line}"),
            );
        }
        Some(id.into())
    }

    /// The digest of `hash` or `secret`, exactly one of which must be there.
    fn secret(&mut self, entry: &Node<'_>, fields: &Fields<'_, '_>) -> Option<Digest> {
        let (node, digest) = match (fields.hash, fields.secret) {
            (Some(node), None) => (node, self.hash(node)?),
            (None, Some(node)) => (node, self.inline(node, fields.id)?),
            (None, None) => return self.problem(entry.spot, "`hash` is missing"),
            (Some(_), Some(node)) => return self.problem(node.spot, "`hash` and `secret` exclude each other"),
        };
        match self.digests.insert(digest, node.spot.line) {
            Some(line) => self.problem(node.spot, format!("this secret is also that of line {line}")),
            None => Some(digest),
        }
    }

    fn hash(&mut self, node: &Node<'_>) -> Option<Digest> {
        let digest = read_hash(self.text(node)?);
        if digest.is_none() {
            return self.problem(node.spot, "`hash` must be `sha256:` and 64 lower-case hex digits");
        }
        digest
    }

    fn inline(&mut self, node: &Node<'_>, id: Option<&Node<'_>>) -> Option<Digest> {
        if self.inline == InlineSecrets::Refused {
            return self.problem(
                node.spot,
                "literal secrets are refused: store a `hash` as `callgate credential new` writes it",
            );
        }
        let secret = self.text(node)?;
        let printable = secret.bytes().all(|byte| byte.is_ascii_graphic());
        if secret.len() < INLINE_BYTES || secret.len() > TEXT_BYTES || !printable {
            let message = format!("`secret` must be {INLINE_BYTES} to {TEXT_BYTES} visible ASCII characters");
            return self.problem(node.spot, message);
        }
        let presentable = match Spelling::of(secret) {
            Spelling::Other => true,
            Spelling::Wrong => false,
            Spelling::Ours { id: named } => {
                id.is_none_or(|id| matches!(&id.value, Content::Scalar(text, _) if text == named))
            }
        };
        if !presentable {
            let message = "`secret` begins with `callgate_` but is no key of this id: it could never be presented";
            return self.problem(node.spot, message);
        }
        Some(digest(secret))
    }

    fn previous(&mut self, node: &Node<'_>) -> Option<(Digest, u64)> {
        let Content::Map(members, _) = &node.value else {
            return self.problem(node.spot, "`previous` must be `{ hash: …, expires: … }`");
        };
        let fields = self.fields(members, &Fields::PREVIOUS);
        let digest = self.secret(node, &fields);
        let expires = match fields.expires {
            Some(expires) => self.time(expires),
            None => self.problem(node.spot, "`previous` needs `expires`: an old secret must end"),
        };
        Some((digest?, expires?))
    }

    fn time(&mut self, node: &Node<'_>) -> Option<u64> {
        match parse_time(self.text(node)?) {
            Ok(time) => Some(time),
            Err(error) => self.problem(node.spot, format!("`expires` {error}")),
        }
    }

    fn state(&mut self, node: &Node<'_>) -> Option<State> {
        match &node.value {
            Content::Scalar(text, Style::Plain) if text == "true" => Some(State::Disabled),
            Content::Scalar(text, Style::Plain) if text == "false" => Some(State::Live),
            _ => self.problem(node.spot, "`disabled` must be true or false"),
        }
    }

    fn tenant(&mut self, node: &Node<'_>) -> Option<Arc<str>> {
        let tenant = self.text(node)?;
        if tenant.is_empty() || tenant.len() > TEXT_BYTES || tenant.contains(char::is_control) {
            return self.problem(
                node.spot,
                format!("`tenant` must be 1 to {TEXT_BYTES} bytes without control characters"),
            );
        }
        Some(tenant.into())
    }

    /// `Some(None)` when absent, `None` when wrong.
    fn optional<'m, 't, T>(
        &mut self,
        node: &Option<&'m Node<'t>>,
        read: impl FnOnce(&mut Self, &'m Node<'t>) -> Option<T>,
    ) -> Option<Option<T>> {
        match node {
            None => Some(None),
            Some(node) => read(self, node).map(Some),
        }
    }

    fn text<'m>(&mut self, node: &'m Node<'_>) -> Option<&'m str> {
        match &node.value {
            Content::Scalar(text, Style::Plain | Style::Quoted) => Some(text),
            _ => self.problem(node.spot, "expected a single text here"),
        }
    }

    fn problem<T>(&mut self, spot: Spot, message: impl Into<String>) -> Option<T> {
        self.problems.push(Problem {
            file: self.name.to_owned(),
            line: spot.line,
            column: spot.column,
            message: message.into(),
        });
        None
    }
}

/// The members of an entry or of its `previous`, as nodes.
#[derive(Default)]
struct Fields<'m, 't> {
    id: Option<&'m Node<'t>>,
    hash: Option<&'m Node<'t>>,
    secret: Option<&'m Node<'t>>,
    previous: Option<&'m Node<'t>>,
    expires: Option<&'m Node<'t>>,
    disabled: Option<&'m Node<'t>>,
    tenant: Option<&'m Node<'t>>,
}

/// Which members may occur.
struct Expected {
    known: &'static [&'static str],
    names: &'static str,
}

impl Expected {
    fn has(&self, name: &str) -> bool {
        self.known.contains(&name)
    }
}

impl<'m, 't> Fields<'m, 't> {
    const ENTRY: Expected = Expected {
        known: &["id", "hash", "secret", "previous", "expires", "disabled", "tenant"],
        names: NAMES,
    };
    const PREVIOUS: Expected = Expected {
        known: &["hash", "secret", "expires"],
        names: "`hash` and `expires`",
    };

    fn slot(&mut self, name: &str) -> Option<&mut Option<&'m Node<'t>>> {
        match name {
            "id" => Some(&mut self.id),
            "hash" => Some(&mut self.hash),
            "secret" => Some(&mut self.secret),
            "previous" => Some(&mut self.previous),
            "expires" => Some(&mut self.expires),
            "disabled" => Some(&mut self.disabled),
            "tenant" => Some(&mut self.tenant),
            _ => None,
        }
    }
}
