//! Values of credentials as text: borrowed where possible, wiped where copied.

use super::{PresentedError, VALUE_BYTES};
use crate::principal::Place;
use zeroize::Zeroizing;

pub(super) enum Text<'r> {
    Borrowed(&'r str),
    Owned(Zeroizing<String>),
}

impl<'r> Text<'r> {
    pub(super) fn header(bytes: &'r [u8], place: Place) -> Result<Self, PresentedError> {
        let text = std::str::from_utf8(bytes).map_err(|_| PresentedError::Malformed(place))?;
        Self::Borrowed(text).checked(place)
    }

    /// Visible ASCII only: no key has anything else, and a space is what joined headers contain.
    pub(super) fn checked(self, place: Place) -> Result<Self, PresentedError> {
        if is_value(self.as_str()) {
            Ok(self)
        } else {
            Err(PresentedError::Malformed(place))
        }
    }

    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Owned(text) => text,
        }
    }

    pub(super) fn into_owned(self) -> Zeroizing<String> {
        match self {
            Self::Borrowed(text) => Zeroizing::new(text.to_owned()),
            Self::Owned(text) => text,
        }
    }
}

pub(super) fn is_value(text: &str) -> bool {
    !text.is_empty() && text.len() <= VALUE_BYTES && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Decodes `%XX`. A `+` stays what it is: no credential contains a space, and some contain a plus.
pub(super) fn percent_decode(text: &str) -> Option<Text<'_>> {
    if !text.contains('%') {
        return Some(Text::Borrowed(text));
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => hex(rest.next()?)? << 4 | hex(rest.next()?)?,
            byte => byte,
        });
    }
    let text = std::str::from_utf8(&bytes).ok()?;
    Some(Text::Owned(Zeroizing::new(text.to_owned())))
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}
