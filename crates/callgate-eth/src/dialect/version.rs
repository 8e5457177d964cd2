//! Versions of clients, as far as differences between them are told by: three numbers.

use std::fmt;

/// A release: major, minor, patch. What stands behind them (`-stable`, `+commit`, `-dev`) is not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Version(u16, u16, u16);

impl Version {
    /// A release.
    pub const fn new(major: u16, minor: u16, patch: u16) -> Self {
        Self(major, minor, patch)
    }

    /// `v1.17.8-stable-…`, `26.7.1`, `3.00.0`: an optional `v`, then three numbers; none for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.');
        let (numbers, _) = text.split_at_checked(end.unwrap_or(text.len()))?;
        let mut numbers = numbers.split('.').map(|number| number.parse().ok());
        match (numbers.next(), numbers.next(), numbers.next(), numbers.next()) {
            (Some(Some(major)), Some(Some(minor)), Some(Some(patch)), None) => Some(Self(major, minor, patch)),
            _ => None,
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_three_numbers() {
        assert_eq!(Version::parse("v1.17.8-stable-1a2b"), Some(Version::new(1, 17, 8)));
        assert_eq!(Version::parse("3.00.0"), Some(Version::new(3, 0, 0)));
        assert!(Version::new(1, 9, 25) < Version::new(1, 10, 0));
        for text in [
            "",
            "v",
            "1.2",
            "1.2.3.4",
            "1..3",
            "a.b.c",
            "1.2.x",
            "v1.70000.0",
            "linux-x64",
        ] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }
}
