//! The compiled table, written by `build/`.

use super::difference::{Difference, Since};
use super::shape::Member;
use super::{
    Access, Carrier, Form, Group, Groups, Handles, Item, Method, Need, OperationKind, Param, ParamType, Role, Seal,
    SealKind, Shape, WhenOmitted,
};
use crate::answer::{AnswerKinds, Kinds};
use crate::dialect::{Dialect, Version};
use crate::understood::SubscriptionKind;

include!(concat!(env!("OUT_DIR"), "/methods.rs"));
