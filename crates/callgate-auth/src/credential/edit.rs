//! Changes to a credentials file as text: what the operator wrote, comments and order included, stays.

use super::document::{Broken, Content, Entries, Layout, Node};
use super::expiry::write_time;
use super::file::{InlineSecrets, Problem, read};
use super::key::{check_id, digest, read_hash, write_hash};
use super::{Entry, IdError, State};
use std::ops::Range;

/// A credential to be added.
#[derive(Clone, Copy, Debug)]
pub struct NewCredential<'c> {
    /// Its id, not yet in the file.
    pub id: &'c str,
    /// `sha256:<hex>` of its key.
    pub hash: &'c str,
    /// Its tenant, if any.
    pub tenant: Option<&'c str>,
    /// Unix second of its end, if any.
    pub expires: Option<u64>,
}

/// A credential as `list` shows it: nothing secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: String,
    /// Its tenant, if any.
    pub tenant: Option<String>,
    /// Whether it is switched off.
    pub disabled: bool,
    /// Unix second of its end, if any.
    pub expires: Option<u64>,
    /// Unix second until which the secret before the last rotation still counts, if there is one.
    pub previous_expires: Option<u64>,
}

/// Why a file cannot be changed as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The file has mistakes of its own.
    #[error("the file has mistakes: {}", first(.0))]
    Unreadable(Vec<Problem>),
    /// The change would make a file that cannot be read: its form is too unusual to be edited.
    #[error("the file is written in a form that cannot be edited safely ({}): change it by hand", first(.0))]
    WouldBreak(Vec<Problem>),
    /// There is no such credential.
    #[error("no credential has the id `{0}`")]
    NoSuchId(String),
    /// There is one already.
    #[error("the id `{0}` is taken: rotate it, or choose another")]
    Taken(String),
    /// Not an id.
    #[error("id {0}")]
    Id(#[from] IdError),
    /// Not a hash as [`super::generate`] makes it.
    #[error("hash must be `sha256:` and 64 lower-case hex digits")]
    Hash,
    /// Not a second before the year 10000.
    #[error("expiry is beyond the year 9999")]
    Time,
}

/// Lists the credentials of a file, in its order.
pub fn list(name: &str, text: &str) -> Result<Vec<Listed>, Vec<Problem>> {
    let entries = read(name, text, InlineSecrets::Allowed)?;
    let listed = entries.into_iter().map(|entry| Listed {
        id: entry.id.into(),
        tenant: entry.tenant.as_deref().map(str::to_owned),
        disabled: entry.state == State::Disabled,
        expires: entry.expires,
        previous_expires: entry.previous.map(|(_, expires)| expires),
    });
    Ok(listed.collect())
}

/// The text with one credential more, at the end. An empty text becomes a file.
pub fn add(name: &str, text: &str, new: &NewCredential<'_>) -> Result<String, EditError> {
    check_id(new.id)?;
    let digest = read_hash(new.hash).ok_or(EditError::Hash)?;
    let mut entries = read(name, text, InlineSecrets::Allowed).map_err(EditError::Unreadable)?;
    if entries.iter().any(|entry| &*entry.id == new.id) {
        return Err(EditError::Taken(new.id.to_owned()));
    }
    let expires = new
        .expires
        .map(|seconds| write_time(seconds).ok_or(EditError::Time))
        .transpose()?;
    let (list, last) = outline(text).map_err(|broken| EditError::Unreadable(vec![problem(name, broken)]))?;
    let edit = match list {
        None => append(text, "", new, expires.as_deref()),
        Some((Layout::Block, range)) => append(text, indent_of(text, range.start), new, expires.as_deref()),
        Some((Layout::Flow, range)) => {
            let entry = flow_entry(new, expires.as_deref());
            match last {
                Some(end) => Edit {
                    at: end..end,
                    with: format!(",\n  {entry}"),
                },
                None => Edit {
                    at: range.start + 1..range.start + 1,
                    with: format!("\n  {entry}\n"),
                },
            }
        }
    };
    entries.push(Entry {
        id: new.id.into(),
        digest,
        previous: None,
        expires: new.expires,
        state: State::Live,
        tenant: new.tenant.map(Into::into),
    });
    finish(name, text, vec![edit], &entries)
}

/// The text with a new hash for `id`; its present secret stays valid until `until` (unix seconds), the one before it
/// ends at once.
pub fn rotate(name: &str, text: &str, id: &str, hash: &str, until: u64) -> Result<String, EditError> {
    let digest = read_hash(hash).ok_or(EditError::Hash)?;
    let written = write_time(until).ok_or(EditError::Time)?;
    let mut expected = read(name, text, InlineSecrets::Allowed).map_err(EditError::Unreadable)?;
    let changed = expected.iter_mut().find(|entry| &*entry.id == id);
    let changed = changed.ok_or_else(|| EditError::NoSuchId(id.to_owned()))?;
    changed.previous = Some((std::mem::replace(&mut changed.digest, digest), until));
    let unreadable = |broken| EditError::Unreadable(vec![problem(name, broken)]);
    let mut entries = Entries::new(text).map_err(unreadable)?;
    while let Some(entry) = entries.next().map_err(unreadable)? {
        let Content::Map(members, layout) = &entry.value else {
            continue;
        };
        if member(members, "id").and_then(|(_, value)| scalar(value)) != Some(id) {
            continue;
        }
        let edits = rotation(text, members, *layout, hash, &written);
        return finish(
            name,
            text,
            edits.ok_or_else(|| EditError::WouldBreak(Vec::new()))?,
            &expected,
        );
    }
    Err(EditError::NoSuchId(id.to_owned()))
}

/// The edits that move the present hash to `previous` and put the new one in its place.
fn rotation(
    text: &str,
    members: &[(Node<'_>, Node<'_>)],
    layout: Layout,
    hash: &str,
    until: &str,
) -> Option<Vec<Edit>> {
    let (name, value) = member(members, "hash").or_else(|| member(members, "secret"))?;
    let old = stored_hash(name, value)?;
    let mut edits = replace_secret(text, name, value, hash);
    if let Some((_, previous)) = member(members, "previous") {
        let Content::Map(inner, _) = &previous.value else {
            return None;
        };
        let (name, value) = member(inner, "hash").or_else(|| member(inner, "secret"))?;
        edits.extend(replace_secret(text, name, value, &old));
        let (_, expires) = member(inner, "expires")?;
        edits.push(Edit {
            at: expires.bytes.clone(),
            with: format!("\"{until}\""),
        });
        return Some(edits);
    }
    let quote = if text.as_bytes().get(name.bytes.start) == Some(&b'"') {
        "\""
    } else {
        ""
    };
    let previous =
        format!("{quote}previous{quote}: {{ {quote}hash{quote}: \"{old}\", {quote}expires{quote}: \"{until}\" }}");
    edits.push(match layout {
        Layout::Flow => Edit {
            at: value.bytes.end..value.bytes.end,
            with: format!(", {previous}"),
        },
        Layout::Block => {
            let at = line_end(text, value.bytes.end);
            let with = format!(
                "{}{:indent$}{previous}",
                newline(text),
                "",
                indent = name.spot.column - 1
            );
            Edit { at: at..at, with }
        }
    });
    Some(edits)
}

/// Puts a hash where a hash or a literal secret stood.
fn replace_secret(text: &str, name: &Node<'_>, value: &Node<'_>, hash: &str) -> Vec<Edit> {
    let quoted = |node: &Node<'_>| {
        text.as_bytes()
            .get(node.bytes.start)
            .is_some_and(|byte| matches!(byte, b'"' | b'\''))
    };
    let spell = |node: &Node<'_>, word: &str| {
        if quoted(node) {
            format!("\"{word}\"")
        } else {
            word.to_owned()
        }
    };
    vec![
        Edit {
            at: name.bytes.clone(),
            with: spell(name, "hash"),
        },
        Edit {
            at: value.bytes.clone(),
            with: spell(value, hash),
        },
    ]
}

fn stored_hash(name: &Node<'_>, value: &Node<'_>) -> Option<String> {
    let value = scalar(value)?;
    if scalar(name) == Some("hash") {
        Some(value.to_owned())
    } else {
        Some(write_hash(&digest(value)))
    }
}

fn member<'m, 't>(members: &'m [(Node<'t>, Node<'t>)], name: &str) -> Option<&'m (Node<'t>, Node<'t>)> {
    members.iter().find(|(node, _)| scalar(node) == Some(name))
}

fn scalar<'m>(node: &'m Node<'_>) -> Option<&'m str> {
    match &node.value {
        Content::Scalar(text, _) => Some(text),
        _ => None,
    }
}

/// The list's layout and bytes, and where its last entry ends.
#[expect(clippy::type_complexity, reason = "two facts about one text, used once")]
fn outline(text: &str) -> Result<(Option<(Layout, Range<usize>)>, Option<usize>), Broken> {
    let mut entries = Entries::new(text)?;
    let mut last = None;
    while let Some(entry) = entries.next()? {
        last = Some(entry.bytes.end);
    }
    Ok((entries.list, last))
}

/// A new entry at the end of a file that is written with indentation.
fn append(text: &str, indent: &str, new: &NewCredential<'_>, expires: Option<&str>) -> Edit {
    let newline = newline(text);
    let mut entry = String::new();
    if !text.is_empty() && !text.ends_with('\n') {
        entry.push_str(newline);
    }
    entry.push_str(&format!(
        "{indent}- id: {}{newline}{indent}  hash: {}{newline}",
        quoted(new.id),
        new.hash
    ));
    if let Some(tenant) = new.tenant {
        entry.push_str(&format!("{indent}  tenant: {}{newline}", quoted(tenant)));
    }
    if let Some(expires) = expires {
        entry.push_str(&format!("{indent}  expires: \"{expires}\"{newline}"));
    }
    Edit {
        at: text.len()..text.len(),
        with: entry,
    }
}

fn flow_entry(new: &NewCredential<'_>, expires: Option<&str>) -> String {
    let mut entry = format!("{{ \"id\": {}, \"hash\": \"{}\"", quoted(new.id), new.hash);
    if let Some(tenant) = new.tenant {
        entry.push_str(&format!(", \"tenant\": {}", quoted(tenant)));
    }
    if let Some(expires) = expires {
        entry.push_str(&format!(", \"expires\": \"{expires}\""));
    }
    entry.push_str(" }");
    entry
}

/// A JSON string, which is also a YAML one; an id such as `123` or `null` would otherwise read as something else.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The spaces before `at` in its line.
fn indent_of(text: &str, at: usize) -> &str {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    if line.bytes().all(|byte| byte == b' ') {
        line
    } else {
        ""
    }
}

/// The end of the line that holds `from`, before its line break.
fn line_end(text: &str, from: usize) -> usize {
    let line = text
        .get(from..)
        .unwrap_or_default()
        .split('\n')
        .next()
        .unwrap_or_default();
    from + line.strip_suffix('\r').unwrap_or(line).len()
}

fn newline(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

struct Edit {
    at: Range<usize>,
    with: String,
}

/// Applies the edits and makes sure that the outcome reads as exactly what was meant: no text is trusted to mean what
/// it looks like.
fn finish(name: &str, text: &str, mut edits: Vec<Edit>, expected: &[Entry]) -> Result<String, EditError> {
    edits.sort_by_key(|edit| edit.at.start);
    let mut out = String::with_capacity(text.len() + 512);
    let mut from = 0;
    for edit in &edits {
        let between = text
            .get(from..edit.at.start)
            .ok_or_else(|| EditError::WouldBreak(Vec::new()))?;
        out.push_str(between);
        out.push_str(&edit.with);
        from = edit.at.end;
    }
    out.push_str(text.get(from..).ok_or_else(|| EditError::WouldBreak(Vec::new()))?);
    match read(name, &out, InlineSecrets::Allowed) {
        Ok(entries) if entries == expected => Ok(out),
        Ok(_) => Err(EditError::WouldBreak(Vec::new())),
        Err(problems) => Err(EditError::WouldBreak(problems)),
    }
}

fn problem(name: &str, broken: Broken) -> Problem {
    let Broken { spot, message } = broken;
    Problem {
        file: name.to_owned(),
        line: spot.line,
        column: spot.column,
        message,
    }
}

fn first(problems: &[Problem]) -> String {
    match problems {
        [] => "unusual layout".to_owned(),
        [one] => one.to_string(),
        [one, rest @ ..] => format!("{one}, and {} more", rest.len()),
    }
}
