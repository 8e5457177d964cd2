//! Generators for the tests of all crates: transactions of every kind, the objects of calls, calls that carry them, and
//! bodies that carry calls. Each comes with what it means, computed from the generated values and never by Callgate, so that
//! every crate is held to the same meaning.
//!
//! - [`transaction`]: signed transactions of types 0 to 4
//! - [`object`]: call and transaction objects, member by member
//! - [`call`]: methods with their parameters, and the operations in them
//! - [`body`]: requests and batches in any spelling, and bodies with one break
#![expect(clippy::expect_used, reason = "tests")]

pub mod body;
pub mod call;
pub mod object;
pub mod transaction;

use alloy_primitives::{Address, U256};

/// What a part of a call would do at the node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Meaning {
    /// Who acts; none when nobody is named.
    pub from: Option<Address>,
    /// Who is called; none for a contract creation.
    pub to: Option<Address>,
    /// What is sent along, in wei.
    pub value: U256,
    /// The calldata or the init code.
    pub input: Vec<u8>,
    /// How many addresses its access list has.
    pub accessed: usize,
    /// Who gives code away, and to whom (EIP-7702).
    pub delegations: Vec<(Address, Address)>,
    /// How many blobs it carries (EIP-4844).
    pub blobs: usize,
}

impl Meaning {
    /// The function that is called: the first four bytes of calldata, if there are as many and it is no creation.
    #[must_use]
    pub fn selector(&self) -> Option<[u8; 4]> {
        self.to.and(self.input.first_chunk().copied())
    }
}
