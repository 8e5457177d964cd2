//! The ids that clients see: 128 random bits as a quantity, so that clients that treat ids as numbers keep them whole.

use std::fmt;

/// How many hex digits an id has, behind its `0x`.
const DIGITS: usize = 32;

/// The least value with all digits: no id begins with a zero, which a client that reads quantities would drop.
const LEAST: u128 = 1 << 124;

/// A filter's or subscription's id. Shown as `0x` and 32 lower-case hex digits, the first of which is no zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct HandleId(u128);

impl HandleId {
    /// A new id; none when the system has no randomness.
    pub(crate) fn random() -> Option<Self> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).ok()?;
        Some(Self::of_bits(u128::from_be_bytes(bytes)))
    }

    fn of_bits(bits: u128) -> Self {
        Self(if bits < LEAST { bits | LEAST } else { bits })
    }

    /// The id that `text` spells, in either letter case; none when it is none of ours.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("0x").filter(|digits| digits.len() == DIGITS)?;
        // no sign may stand where a digit should
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        u128::from_str_radix(digits, 16)
            .ok()
            .filter(|bits| *bits >= LEAST)
            .map(Self)
    }
}

impl fmt::Display for HandleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_canonical_quantities() {
        for bits in [0, 1, LEAST - 1, LEAST, u128::MAX] {
            let id = HandleId::of_bits(bits);
            let text = id.to_string();
            assert_eq!(text.len(), 2 + DIGITS, "{text}");
            assert!(!text.starts_with("0x0"));
            assert_eq!(HandleId::parse(&text), Some(id));
            assert_eq!(HandleId::parse(&text.to_uppercase().replace("0X", "0x")), Some(id));
        }
        assert_ne!(HandleId::random(), HandleId::random());
    }

    #[test]
    fn other_texts_name_nothing() {
        let digits = "f".repeat(DIGITS);
        for text in [
            "",
            "0x",
            "0x1",
            &digits,
            &format!("0X{digits}"),
            &format!("0x{digits}f"),
            &format!("0x+{}", "f".repeat(DIGITS - 1)),
            &format!("0x0{}", "f".repeat(DIGITS - 1)),
            &format!("0x{}é", "f".repeat(DIGITS - 2)),
        ] {
            assert_eq!(HandleId::parse(text), None, "{text}");
        }
    }
}
