//! Turns a credential into a [`Principal`], given keys and a time.
//!
//! This crate owns the strict JWT layer ([`jwt`]), application credentials ([`credential`]), the
//! question which credential of a request counts ([`presented`]) and the order in which the two
//! systems are tried ([`Authenticator`]). It fetches nothing, reads no file and no clock: keys,
//! file texts, random bytes and the time are arguments. It knows no rules; what a principal may do
//! is the policy's business.

mod authenticate;
pub mod credential;
mod json;
pub mod jwt;
pub mod presented;
mod principal;
mod secret;

pub use authenticate::{AuthError, Authenticator};
pub use presented::{Places, Presented, PresentedError, Switches};
pub use principal::{Method, Place, Principal};
pub use secret::Secret;
