//! Raw transactions, seen from outside the crate.
//!
//! - `vectors`: the published vectors, every deviation named
//! - `encoding`, `values`, `blobs`, `delegation`: hand-made faults, named after their entry in the list of attacks
//! - `accepted`: signed transactions of every type decode to what was signed
//! - `differential`: ethers-core and rlp as second opinions, on vectors, generated transactions and byte mutations
//! - `support`: signing and taking apart
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod accepted;
mod blobs;
mod delegation;
mod differential;
mod encoding;
mod support;
mod values;
mod vectors;
