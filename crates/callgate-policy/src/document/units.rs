//! Owns numbers with units: durations (`30s`), sizes (`4MiB`), and integers as YAML writes them.

use std::time::Duration;

const DURATION_UNITS: [(&str, u64); 5] = [
    ("ms", 1),
    ("s", 1_000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];
const SIZE_UNITS: [(&str, u64); 4] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("B", 1)];

/// A duration: a whole number and `ms`, `s`, `m`, `h` or `d`. `0` needs no unit.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    with_unit(text, &DURATION_UNITS).map(Duration::from_millis)
}

/// A size in bytes: a whole number and `B`, `KiB`, `MiB` or `GiB`.
pub(crate) fn size(text: &str) -> Option<u64> {
    with_unit(text, &SIZE_UNITS)
}

/// An integer: decimal without leading zeros, or hex with `0x`.
pub(crate) fn integer(text: &str) -> Option<u64> {
    if let Some(hex) = text.strip_prefix("0x") {
        let digits = hex.bytes().all(|digit| digit.is_ascii_hexdigit());
        return digits.then(|| u64::from_str_radix(hex, 16).ok()).flatten();
    }
    let canonical = text == "0" || (!text.starts_with('0') && text.bytes().all(|digit| digit.is_ascii_digit()));
    canonical.then(|| text.parse().ok()).flatten()
}

fn with_unit(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    if text == "0" {
        return Some(0);
    }
    let (number, factor) = units
        .iter()
        .find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, *factor)))?;
    integer(number.trim_end_matches(' '))
        .filter(|_| !number.starts_with("0x"))?
        .checked_mul(factor)
}

/// What a duration with a mistake should look like.
pub(crate) fn duration_hint(text: &str) -> String {
    match integer(text) {
        Some(_) => format!("add a unit: `{text}s`"),
        None => "write a whole number and `ms`, `s`, `m`, `h` or `d`: `30s`".to_owned(),
    }
}

/// What a size with a mistake should look like.
pub(crate) fn size_hint(text: &str) -> String {
    let corrected = ["KB", "MB", "GB"].iter().find_map(|unit| {
        let number = text
            .strip_suffix(unit)
            .map(str::trim_end)
            .filter(|number| integer(number).is_some())?;
        let letter = unit.chars().next()?;
        Some(format!("write `{number}{letter}iB`"))
    });
    match integer(text) {
        Some(_) => format!("add a unit: `{text}B`"),
        None => corrected.unwrap_or_else(|| "write a whole number and `B`, `KiB`, `MiB` or `GiB`: `4MiB`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        assert_eq!(duration("30s"), Some(Duration::from_secs(30)));
        assert_eq!(duration("500ms"), Some(Duration::from_millis(500)));
        assert_eq!(duration("2 h"), Some(Duration::from_secs(7_200)));
        assert_eq!(duration("0"), Some(Duration::ZERO));
        for wrong in [
            "",
            "s",
            "30",
            "1.5s",
            "-1s",
            "030s",
            "0x1s",
            "30 S",
            "99999999999999999999d",
            "18446744073709551615d",
        ] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn sizes() {
        assert_eq!(size("4MiB"), Some(4 << 20));
        assert_eq!(size("512B"), Some(512));
        for wrong in ["4MB", "4", "4mib", "MiB", "99999999999GiB"] {
            assert_eq!(size(wrong), None, "{wrong}");
        }
        assert_eq!(size_hint("4MB"), "write `4MiB`");
        assert_eq!(size_hint("4096"), "add a unit: `4096B`");
    }

    #[test]
    fn integers_at_their_limit() {
        assert_eq!(integer("18446744073709551615"), Some(u64::MAX));
        assert_eq!(integer("18446744073709551616"), None);
        assert_eq!(integer("0xffffffffffffffff"), Some(u64::MAX));
        assert_eq!(integer("0x"), None);
        assert_eq!(integer("010"), None);
        assert_eq!(integer("+1"), None);
    }
}
