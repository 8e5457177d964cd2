//! Owns address matchers: addresses and sets by hash, patterns over the lower-case text.

use std::collections::HashSet;
use std::sync::Arc;

use alloy_primitives::Address;

use crate::pattern::Pattern;

/// A named set of addresses, of any size; shared by all matchers that name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AddressSet {
    addresses: HashSet<Address>,
}

impl AddressSet {
    /// A set of these members.
    pub(crate) fn new(addresses: HashSet<Address>) -> Self {
        Self { addresses }
    }

    /// Whether the address is a member.
    #[must_use]
    pub(crate) fn contains(&self, address: &Address) -> bool {
        self.addresses.contains(address)
    }
}

/// Which addresses match: any of the parts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Addresses {
    /// Written out.
    exact: Vec<Address>,
    /// Sets by name.
    sets: Vec<Arc<AddressSet>>,
    /// Patterns over `0x` and forty lower-case digits.
    patterns: Vec<Pattern>,
}

impl Addresses {
    /// Adds an address.
    pub(crate) fn add(&mut self, address: Address) {
        if let Err(at) = self.exact.binary_search(&address) {
            self.exact.insert(at, address);
        }
    }

    /// Adds many addresses at once.
    pub(crate) fn extend(&mut self, addresses: impl IntoIterator<Item = Address>) {
        self.exact.extend(addresses);
        self.exact.sort_unstable();
        self.exact.dedup();
    }

    /// Adds a set.
    pub(crate) fn add_set(&mut self, set: Arc<AddressSet>) {
        self.sets.push(set);
    }

    /// Adds a pattern. One that is an address is one; one that can be nothing else than another
    /// text matches no address and is dropped.
    pub(crate) fn add_pattern(&mut self, pattern: Pattern) {
        match pattern.as_literal() {
            Some(text) => {
                if let Some(address) = read_address(text) {
                    self.add(address);
                }
            }
            None => self.patterns.push(pattern),
        }
    }

    /// Whether the address matches.
    #[must_use]
    pub(crate) fn matches(&self, address: &Address) -> bool {
        self.contains_exactly(address) || self.matches_pattern(address)
    }

    /// Whether the address matches by being named, not by a pattern.
    #[must_use]
    pub(crate) fn contains_exactly(&self, address: &Address) -> bool {
        self.exact.binary_search(address).is_ok() || self.sets.iter().any(|set| set.contains(address))
    }

    fn matches_pattern(&self, address: &Address) -> bool {
        if self.patterns.is_empty() {
            return false;
        }
        let text = format!("{address:#x}");
        self.patterns.iter().any(|pattern| pattern.matches(&text))
    }

    /// The addresses written out, sorted.
    #[must_use]
    pub(crate) fn exact(&self) -> &[Address] {
        &self.exact
    }

    /// The sets named.
    #[must_use]
    pub(crate) fn sets(&self) -> &[Arc<AddressSet>] {
        &self.sets
    }

    /// The patterns.
    #[must_use]
    pub(crate) fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }
}

/// Reads `0x` (or `0X`) and forty hex digits in any case.
#[must_use]
pub(crate) fn read_address(text: &str) -> Option<Address> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
    if digits.len() != 40 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    digits.parse().ok()
}

/// Whether an address in mixed case carries a wrong EIP-55 checksum: probably mistyped.
#[must_use]
pub(crate) fn has_wrong_checksum(text: &str) -> bool {
    let digits = text.get(2..).unwrap_or("");
    let mixed = digits.bytes().any(|b| b.is_ascii_lowercase()) && digits.bytes().any(|b| b.is_ascii_uppercase());
    mixed && read_address(text).is_some_and(|address| address.to_checksum(None).get(2..) != Some(digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAYEE: &str = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";

    fn address(byte: u8) -> Address {
        Address::repeat_byte(byte)
    }

    #[test]
    fn parts_of_a_matcher_are_alternatives() {
        let mut matcher = Addresses::default();
        assert!(!matcher.matches(&address(1)));
        matcher.add(address(1));
        matcher.add_set(Arc::new(AddressSet::new(HashSet::from([address(2)]))));
        matcher.add_pattern(Pattern::compile("0x(03)+").unwrap());
        assert!([1, 2, 3].into_iter().all(|byte| matcher.matches(&address(byte))));
        assert!(!matcher.matches(&address(4)));
        assert!(!matcher.contains_exactly(&address(3)));
    }

    #[test]
    fn a_pattern_is_for_the_whole_lower_case_text() {
        let mut matcher = Addresses::default();
        matcher.add_pattern(Pattern::compile("0xAB.*").unwrap());
        assert!(matcher.matches(&address(0xab)));
        let mut partial = Addresses::default();
        partial.add_pattern(Pattern::compile("[aA]b(ab)*").unwrap());
        assert!(!partial.matches(&address(0xab)));
    }

    #[test]
    fn literals_in_any_case_are_addresses_and_other_literals_match_nothing() {
        let mut matcher = Addresses::default();
        matcher.add_pattern(Pattern::compile(PAYEE).unwrap());
        matcher.add_pattern(Pattern::compile("").unwrap());
        matcher.add_pattern(Pattern::compile("alice").unwrap());
        assert_eq!((matcher.exact().len(), matcher.patterns().len()), (1, 0));
        assert!(matcher.matches(&read_address(&PAYEE.to_lowercase()).unwrap()));
    }

    #[test]
    fn checksums_are_checked_only_in_mixed_case() {
        assert!(!has_wrong_checksum(PAYEE));
        assert!(!has_wrong_checksum(&PAYEE.to_lowercase()));
        assert!(has_wrong_checksum(&PAYEE.replace("dA6", "Da6")));
        assert_eq!(read_address("0x12"), None);
        assert_eq!(read_address(&format!("{PAYEE}0")), None);
        assert_eq!(read_address(&PAYEE.replace("0x", "")), None);
    }
}
