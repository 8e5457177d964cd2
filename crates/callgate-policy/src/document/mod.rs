//! Owns the text of a policy: reading YAML and JSON into the raw form, every mistake at once.
//! What the raw form means is decided elsewhere.

pub mod raw;
pub mod raw_identity;
pub mod raw_rules;
