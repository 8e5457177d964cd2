//! Which credential of a request counts: at most one, from the places that are switched on.
//!
//! The caller hands over headers and query as they came; no HTTP type is known here. A header, parameter or cookie of
//! a credential that occurs twice, or two places with different values, are refused: a firewall that picked one of
//! two identities could be made to pick the wrong one. No error contains a value.

mod places;
mod text;

pub use places::{Places, PlacesError, Switches};

use crate::principal::Place;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use places::{ACCESS_TOKEN, Systems};
use text::{Text, is_value, percent_decode};
use zeroize::Zeroizing;

/// The longest value of a credential, bytes, in whatever place.
pub const VALUE_BYTES: usize = crate::jwt::TOKEN_BYTES;

impl Places {
    /// Finds the one credential of a request. `headers` are all headers, name and value, in any order; `query` is the
    /// raw query string, without the question mark.
    pub fn extract<'r>(
        &self,
        headers: impl IntoIterator<Item = (&'r str, &'r [u8])>,
        query: Option<&'r str>,
    ) -> Result<Presented<'r>, PresentedError> {
        let mut found = Found::default();
        for (name, value) in headers {
            if name.eq_ignore_ascii_case("authorization") {
                found.once(Source::Authorization, Place::Bearer)?;
                self.authorization(value, &mut found)?;
            } else if name.eq_ignore_ascii_case("cookie") {
                self.cookie(value, &mut found)?;
            } else if let Some((at, systems)) = self.headers.find(|known| known.eq_ignore_ascii_case(name)) {
                found.once(Source::Header(at), Place::Header)?;
                found.add(Place::Header, systems, Value::Key(Text::header(value, Place::Header)?))?;
            }
        }
        for pair in query.unwrap_or_default().split('&') {
            self.parameter(pair, &mut found)?;
        }
        found.credential.ok_or(PresentedError::Missing)
    }

    fn authorization<'r>(&self, value: &'r [u8], found: &mut Found<'r>) -> Result<(), PresentedError> {
        let (scheme, rest) = match value.iter().position(|byte| *byte == b' ') {
            Some(at) => value.split_at_checked(at).unwrap_or((value, &[])),
            None => (value, [].as_slice()),
        };
        let spaces = rest.iter().take_while(|byte| **byte == b' ').count();
        let value = rest.get(spaces..).unwrap_or_default();
        if scheme.eq_ignore_ascii_case(b"bearer") && self.bearer.any() {
            found.add(
                Place::Bearer,
                self.bearer,
                Value::Key(Text::header(value, Place::Bearer)?),
            )
        } else if scheme.eq_ignore_ascii_case(b"basic") && self.basic.any() {
            found.add(Place::Basic, self.basic, basic(value)?)
        } else {
            // A scheme that is switched off is no credential: nothing of it is used or passed on.
            Ok(())
        }
    }

    fn cookie<'r>(&self, header: &'r [u8], found: &mut Found<'r>) -> Result<(), PresentedError> {
        for pair in header.split(|byte| *byte == b';') {
            let pair = pair.trim_ascii();
            let at = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            let (name, value) = pair.split_at_checked(at).unwrap_or((pair, &[]));
            if let Some((at, systems)) = self.cookies.find(|known| known.as_bytes() == name) {
                found.once(Source::Cookie(at), Place::Cookie)?;
                let value = value.strip_prefix(b"=").unwrap_or_default();
                found.add(Place::Cookie, systems, Value::Key(Text::header(value, Place::Cookie)?))?;
            }
        }
        Ok(())
    }

    fn parameter<'r>(&self, pair: &'r str, found: &mut Found<'r>) -> Result<(), PresentedError> {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        // Other parameters mean nothing here and are not passed on, so one that cannot be decoded does no harm.
        let Some(name) = percent_decode(name) else {
            return Ok(());
        };
        let Some((at, systems)) = self.queries.find(|known| known == name.as_str()) else {
            return Ok(());
        };
        let place = if name.as_str() == ACCESS_TOKEN {
            Place::AccessToken
        } else {
            Place::Query
        };
        found.once(Source::Query(at), place)?;
        let value = percent_decode(value).ok_or(PresentedError::Malformed(place))?;
        found.add(place, systems, Value::Key(value.checked(place)?))
    }
}

/// The credential of a request, not yet judged. Wiped on drop where it had to be copied; shown by nothing.
pub struct Presented<'r> {
    place: Place,
    systems: Systems,
    value: Value<'r>,
}

impl Presented<'_> {
    /// Where it stood.
    pub fn place(&self) -> Place {
        self.place
    }

    /// Gives everything the outcome depends on, besides time and configuration, piece by piece: for a digest under
    /// which the outcome is remembered. The pieces of two different credentials never join to the same bytes.
    pub fn feed(&self, mut sink: impl FnMut(&[u8])) {
        sink(&[
            self.place as u8,
            u8::from(self.systems.jwt),
            u8::from(self.systems.appcreds),
        ]);
        match &self.value {
            Value::Key(key) => {
                sink(&[0]);
                sink(key.as_str().as_bytes());
            }
            Value::Pair { id, key } => {
                sink(&[1]);
                sink(&(id.len() as u64).to_le_bytes());
                sink(id.as_bytes());
                sink(key.as_bytes());
            }
        }
    }

    /// A copy that outlives the request: for a connection that is judged again when keys or credentials change.
    pub fn into_owned(self) -> Presented<'static> {
        let value = match self.value {
            Value::Key(text) => Value::Key(Text::Owned(text.into_owned())),
            Value::Pair { id, key } => Value::Pair { id, key },
        };
        Presented {
            place: self.place,
            systems: self.systems,
            value,
        }
    }

    pub(crate) fn systems(&self) -> Systems {
        self.systems
    }

    pub(crate) fn secret(&self) -> Shown<'_> {
        match &self.value {
            Value::Key(key) => Shown::Key(key.as_str()),
            Value::Pair { id, key } => Shown::Pair { id, key },
        }
    }
}

/// Why no credential of a request counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PresentedError {
    /// There is none.
    #[error("no credential was presented")]
    Missing,
    /// There are several.
    #[error("two credentials were presented ({0} and {1}): send exactly one")]
    Ambiguous(Place, Place),
    /// One cannot be read.
    #[error("the credential in {0} is malformed: empty, too long or with characters it cannot have")]
    Malformed(Place),
}

impl PresentedError {
    /// A stable code for audit lines.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "credential_missing",
            Self::Ambiguous(..) => "credential_ambiguous",
            Self::Malformed(_) => "credential_malformed",
        }
    }
}

/// The value, for those who judge it.
pub(crate) enum Shown<'p> {
    Key(&'p str),
    Pair { id: &'p str, key: &'p str },
}

enum Value<'r> {
    Key(Text<'r>),
    Pair { id: String, key: Zeroizing<String> },
}

/// Something that may stand in a request only once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Authorization,
    Header(usize),
    Query(usize),
    Cookie(usize),
}

#[derive(Default)]
struct Found<'r> {
    seen: Vec<Source>,
    credential: Option<Presented<'r>>,
}

impl<'r> Found<'r> {
    /// Refuses a second occurrence, equal or not: behind some proxies it is a second sender's.
    fn once(&mut self, source: Source, place: Place) -> Result<(), PresentedError> {
        if self.seen.contains(&source) {
            return Err(PresentedError::Ambiguous(place, place));
        }
        self.seen.push(source);
        Ok(())
    }

    fn add(&mut self, place: Place, systems: Systems, value: Value<'r>) -> Result<(), PresentedError> {
        match &mut self.credential {
            None => self.credential = Some(Presented { place, systems, value }),
            Some(first) => match (&first.value, &value) {
                // The same key in two places is one credential.
                (Value::Key(one), Value::Key(other)) if one.as_str() == other.as_str() => first.systems.join(systems),
                _ => return Err(PresentedError::Ambiguous(first.place, place)),
            },
        }
        Ok(())
    }
}

/// Reads `id:key` in canonical base64 (RFC 7617); the key may contain colons, the id cannot.
fn basic<'r>(encoded: &[u8]) -> Result<Value<'r>, PresentedError> {
    let malformed = PresentedError::Malformed(Place::Basic);
    if encoded.len() > VALUE_BYTES * 4 / 3 {
        return Err(malformed);
    }
    let bytes = Zeroizing::new(STANDARD.decode(encoded).map_err(|_| malformed)?);
    let text = std::str::from_utf8(&bytes).map_err(|_| malformed)?;
    let (id, key) = text.split_once(':').ok_or(malformed)?;
    if !is_value(id) || !is_value(key) {
        return Err(malformed);
    }
    Ok(Value::Pair {
        id: id.to_owned(),
        key: Zeroizing::new(key.to_owned()),
    })
}
