//! The compiled table, written by `build.rs`.

use super::shape::Member;
use super::{
    Access, Carrier, Form, Group, Groups, Handles, Item, Method, Need, OperationKind, Param, ParamType, Seal, SealKind,
    Shape, WhenOmitted,
};

include!(concat!(env!("OUT_DIR"), "/methods.rs"));
