//! Raw transactions, seen from outside the crate.
//!
//! - `vectors`: the published vectors, every deviation named
//! - `encoding`, `values`, `blobs`, `delegation`: hand-made faults, named after their entry in the list of attacks
//! - `accepted`: signed transactions of every type decode to what was signed
//! - `differential`: ethers-core and rlp as second opinions, on vectors, generated transactions and byte mutations
//! - `support`: signing and taking apart
//!
//! Private transactions of GoQuorum, restricted ones of the EEA, and blocks:
//! - `private_vectors`: vectors of our own, made from the specifications
//! - `private`, `block`: what they say, and faults that need more than a vector
//! - `private_differential`: second opinions on generated ones and on byte mutations
//! - `forms`, `opinion`: making them and reading them, apart from the crate
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod accepted;
mod blobs;
mod block;
mod delegation;
mod differential;
mod encoding;
mod forms;
mod opinion;
mod private;
mod private_differential;
mod private_vectors;
mod support;
mod values;
mod vectors;
