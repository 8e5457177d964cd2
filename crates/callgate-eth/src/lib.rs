//! (being laid)

pub mod transaction;
