//! Owns the matchers of `tx` entries: what a single field of an operation may be.

pub(crate) mod address;
pub(crate) mod amount;
pub(crate) mod condition;
pub(crate) mod function;
