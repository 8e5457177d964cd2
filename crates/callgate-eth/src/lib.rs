//! The only place that knows what an Ethereum call means: the catalogue of methods, the typed parameters and operations
//! of a call, signed transactions.
//!
//! [`understand`] turns a call into an [`Understood`]: every parameter typed, every operation (call, send, signature,
//! signed transaction) with its facts, and the one way to write it for a node. What is not understood completely is a
//! [`Misunderstood`] that says what and where. No policy, no identity, no I/O, no clock.

pub mod catalogue;
pub mod transaction;

mod answer;
mod asked;
mod call_object;
mod context;
mod dialect;
mod form;
mod misunderstood;
mod operation;
mod privacy;
mod send_calls;
mod spot;
mod typed_data;
mod understand;
mod understood;
mod user_operation;

pub use alloy_primitives::{Address, B256, U256};

pub use self::answer::{AnswerKinds, Expected, Unexpected};
pub use self::asked::{Asked, Blocks, TransactionId};
pub use self::context::Context;
pub use self::dialect::{Client, Dialect, Version};
pub use self::form::block::{Block, Tag};
pub use self::form::filter::Topic;
pub use self::misunderstood::{Misunderstood, Reason};
pub use self::operation::{Operation, OperationKind, Position, To};
pub use self::privacy::{MAX_PARTICIPANTS, Participant, Privacy, Protection, Recipients};
pub use self::transaction::{Authorization, RecoverError, TransactionType};
pub use self::typed_data::TypedMessage;
pub use self::understand::understand;
pub use self::understood::{Handle, HandleKind, SubscriptionKind, Understood};
pub use self::user_operation::{ENTRY_POINT_06, ENTRY_POINT_07, ENTRY_POINT_08, UserOperation};
