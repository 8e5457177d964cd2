//! The compiled table, written by `build.rs`.

use super::{
    Access, Carrier, Group, Groups, Handles, Item, Method, OperationKind, Param, ParamType, Seal, SealKind, Shape,
    WhenOmitted,
};

include!(concat!(env!("OUT_DIR"), "/methods.rs"));
