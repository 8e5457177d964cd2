//! The typed forms a parameter value is read into and written from, one file per family. A form that exists is valid;
//! writing it gives the one spelling every client reads alike.

pub(crate) mod block;
pub(crate) mod filter;
pub(crate) mod overrides;
pub(crate) mod plain;
pub(crate) mod scalar;
pub(crate) mod storage;
pub(crate) mod subscription;
pub(crate) mod trace;
