//! Owns the grammar a policy is described in: kinds of values and sections of keys. One table in
//! this grammar (`keys`) is what the checker enforces and what the JSON Schema is printed from.

/// What a value must be.
#[derive(Debug)]
pub(crate) enum Kind {
    /// `true` or `false`.
    Switch,
    /// A text. What YAML takes for a number or boolean must be quoted, except hex.
    Text,
    /// A text, number or boolean, read as its text.
    Loose,
    /// A whole number in a range.
    Integer { min: u64, max: u64 },
    /// A whole number of any size in a range, or a word.
    IntegerOr { min: u64, max: u64, word: &'static str },
    /// A switch or a word.
    SwitchOr { word: &'static str },
    /// A whole number with a unit of time.
    Duration,
    /// A whole number with a unit of size.
    Size,
    /// One of these words.
    Words(&'static [&'static str]),
    /// A reference to a secret; a literal is hidden wherever it is shown.
    Secret,
    /// A list of values of one kind.
    List(&'static Self),
    /// A map with free names.
    Map { of: &'static Self, names: &'static str },
    /// A map with known keys.
    Section(&'static Section),
    /// A kind for each shape.
    OneOf(&'static Forms),
}

/// What a value may be, by its shape.
#[derive(Debug)]
pub(crate) struct Forms {
    /// As what the schema knows it.
    pub(crate) name: &'static str,
    pub(crate) scalar: Option<&'static Kind>,
    pub(crate) list: Option<&'static Kind>,
    pub(crate) map: Option<&'static Kind>,
}

/// A map with known keys.
#[derive(Debug)]
pub(crate) struct Section {
    /// As what messages and the schema know it.
    pub(crate) name: &'static str,
    /// Its keys.
    pub(crate) keys: &'static [Key],
    /// Keys the language has and this version does not: refused with a better hint.
    pub(crate) later: &'static [&'static str],
}

/// A key of a section.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) kind: &'static Kind,
    pub(crate) need: Need,
    /// One sentence for editors.
    pub(crate) about: &'static str,
}

/// Whether a key may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Optional,
    Required,
}

/// A key that may be left out.
pub(crate) const fn may(name: &'static str, kind: &'static Kind, about: &'static str) -> Key {
    Key {
        name,
        kind,
        need: Need::Optional,
        about,
    }
}

/// A key that must be written.
pub(crate) const fn must(name: &'static str, kind: &'static Kind, about: &'static str) -> Key {
    Key {
        name,
        kind,
        need: Need::Required,
        about,
    }
}
