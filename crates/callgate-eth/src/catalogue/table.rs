//! The compiled table, written by `build/`.

use super::difference::{Difference, Since};
use super::shape::Member;
use super::{
    Access, Carrier, Form, Group, Groups, Handles, Item, Method, Need, OperationKind, Param, ParamType, Role, Seal,
    SealKind, Shape, WhenOmitted,
};
use crate::dialect::{Dialect, Version};

include!(concat!(env!("OUT_DIR"), "/methods.rs"));
