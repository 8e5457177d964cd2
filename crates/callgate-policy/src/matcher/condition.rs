//! Owns conditions on numbers: comparisons that must all hold.

use std::fmt;

use alloy_primitives::U256;

use crate::pattern::Pattern;

/// A condition on a 256-bit number; every comparison must hold.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Condition {
    comparisons: Vec<Comparison>,
}

/// One comparison with the number of the transaction.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Comparison {
    /// Equal.
    Equal(U256),
    /// One of these, sorted.
    Among(Vec<U256>),
    /// None of these, sorted.
    NotAmong(Vec<U256>),
    /// Less.
    Less(U256),
    /// Less or equal.
    AtMost(U256),
    /// Greater.
    Greater(U256),
    /// Greater or equal.
    AtLeast(U256),
    /// The decimal text matches.
    Text(Pattern),
}

impl Condition {
    /// A condition of these comparisons.
    #[must_use]
    pub(crate) fn new(mut comparisons: Vec<Comparison>) -> Self {
        for comparison in &mut comparisons {
            if let Comparison::Among(list) | Comparison::NotAmong(list) = comparison {
                list.sort_unstable();
                list.dedup();
            }
        }
        Self { comparisons }
    }

    /// Whether the number satisfies every comparison.
    #[must_use]
    pub(crate) fn holds(&self, number: U256) -> bool {
        self.comparisons.iter().all(|comparison| comparison.holds(number))
    }

    /// Whether no number can satisfy the comparisons.
    #[must_use]
    pub(crate) fn is_impossible(&self) -> bool {
        let (mut low, mut high) = (U256::ZERO, U256::MAX);
        for comparison in &self.comparisons {
            match comparison {
                Comparison::Equal(value) => (low, high) = (low.max(*value), high.min(*value)),
                Comparison::Less(value) => match value.checked_sub(U256::from(1)) {
                    Some(value) => high = high.min(value),
                    None => return true,
                },
                Comparison::AtMost(value) => high = high.min(*value),
                Comparison::Greater(value) => match value.checked_add(U256::from(1)) {
                    Some(value) => low = low.max(value),
                    None => return true,
                },
                Comparison::AtLeast(value) => low = low.max(*value),
                Comparison::Among(list) if list.is_empty() => return true,
                Comparison::Among(_) | Comparison::NotAmong(_) | Comparison::Text(_) => {}
            }
        }
        let none_in_range = |list: &[U256]| !list.iter().any(|value| (low..=high).contains(value));
        low > high
            || self
                .comparisons
                .iter()
                .any(|c| matches!(c, Comparison::Among(list) if none_in_range(list)))
    }
}

impl Comparison {
    fn holds(&self, number: U256) -> bool {
        match self {
            Self::Equal(value) => number == *value,
            Self::Among(list) => list.binary_search(&number).is_ok(),
            Self::NotAmong(list) => list.binary_search(&number).is_err(),
            Self::Less(value) => number < *value,
            Self::AtMost(value) => number <= *value,
            Self::Greater(value) => number > *value,
            Self::AtLeast(value) => number >= *value,
            Self::Text(pattern) => pattern.matches(&number.to_string()),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, comparison) in self.comparisons.iter().enumerate() {
            if index > 0 {
                out.write_str(" and ")?;
            }
            match comparison {
                Comparison::Equal(value) => write!(out, "= {value}"),
                Comparison::Among(list) => write!(out, "one of {} values", list.len()),
                Comparison::NotAmong(list) => write!(out, "none of {} values", list.len()),
                Comparison::Less(value) => write!(out, "< {value}"),
                Comparison::AtMost(value) => write!(out, "<= {value}"),
                Comparison::Greater(value) => write!(out, "> {value}"),
                Comparison::AtLeast(value) => write!(out, ">= {value}"),
                Comparison::Text(pattern) => write!(out, "text `{}`", pattern.source()),
            }?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(value: u64) -> U256 {
        U256::from(value)
    }

    #[test]
    fn every_comparison_has_its_edge() {
        use Comparison::{Among, AtLeast, AtMost, Equal, Greater, Less, NotAmong};
        let list = || vec![number(7), number(5), number(7)];
        for (comparison, accepted) in [
            (Equal(number(5)), [false, true, false]),
            (Among(list()), [false, true, false]),
            (NotAmong(list()), [true, false, true]),
            (Less(number(5)), [true, false, false]),
            (AtMost(number(5)), [true, true, false]),
            (Greater(number(5)), [false, false, true]),
            (AtLeast(number(5)), [false, true, true]),
            (
                Comparison::Text(Pattern::compile("5|15").unwrap()),
                [false, true, false],
            ),
        ] {
            let condition = Condition::new(vec![comparison]);
            let got = [4, 5, 6].map(|value| condition.holds(number(value)));
            assert_eq!(got, accepted, "{condition}");
        }
    }

    #[test]
    fn all_comparisons_must_hold_and_256_bits_are_exact() {
        let top = U256::MAX - U256::from(1);
        let condition = Condition::new(vec![Comparison::AtLeast(number(2)), Comparison::Less(top)]);
        assert!(!condition.holds(number(1)));
        assert!(condition.holds(top - U256::from(1)));
        assert!(!condition.holds(top));
    }

    #[test]
    fn impossible_conditions_are_found() {
        use Comparison::{Among, Equal, Greater, Less};
        for comparisons in [
            vec![Less(U256::ZERO)],
            vec![Greater(U256::MAX)],
            vec![Less(number(5)), Greater(number(5))],
            vec![Less(number(5)), Greater(number(4))],
            vec![Equal(number(1)), Equal(number(2))],
            vec![Among(vec![])],
            vec![Among(vec![number(1)]), Greater(number(1))],
        ] {
            assert!(Condition::new(comparisons.clone()).is_impossible(), "{comparisons:?}");
        }
        assert!(!Condition::new(vec![Less(number(6)), Greater(number(4))]).is_impossible());
    }
}
