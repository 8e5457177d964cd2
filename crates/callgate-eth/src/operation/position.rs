//! Where an operation stands in its call.

use std::fmt;

/// Where an operation stands in the call; prints as `params[0]` or `params[0].txs[2]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    param: usize,
    /// Empty, without an allocation, for an operation that is a whole parameter.
    within: Box<[Within]>,
}

/// One step into a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Within {
    Member(&'static str),
    Item(usize),
}

impl Position {
    pub(crate) fn new(param: usize, within: Vec<Within>) -> Self {
        Self {
            param,
            within: within.into_boxed_slice(),
        }
    }

    pub(crate) fn of_param(param: usize) -> Self {
        Self::new(param, Vec::new())
    }

    /// The parameter, counted from 0.
    pub fn param(&self) -> usize {
        self.param
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "params[{}]", self.param)?;
        for step in &self.within {
            match step {
                Within::Member(name) => write!(f, ".{name}")?,
                Within::Item(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
