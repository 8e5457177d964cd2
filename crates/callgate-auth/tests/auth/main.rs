//! The crate from outside, by topic:
//!
//! - `jwt_good`: what must be accepted, algorithm by algorithm and key source by key source
//! - `jwt_attacks`: the identity attacks, each under its number (E-01 …)
//! - `jwt_library`: what the library underneath accepts by default, refused here
//! - `jwt_keys`: key sets: which keys are left out, and what is refused at load
//! - `credentials`: files of credentials and lookups
//! - `editing`: changes to such files
//! - `presented`: which credential of a request counts, and who judges it
//! - `secrecy`: nothing that prints shows a secret
//! - `smoke`: arbitrary input never panics

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests"
)]

mod common;
mod credentials;
mod editing;
mod jwt_attacks;
mod jwt_good;
mod jwt_keys;
mod jwt_library;
mod presented;
mod secrecy;
mod smoke;
