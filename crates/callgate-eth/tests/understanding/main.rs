//! Understanding, from outside: what a call becomes, what is refused and why, and that what is written means the same
//! when it is read again. Tests named `a44_…` and `b18_…` are the attacks of the catalogue in the design.
//!
//! - `catalogue`: the data survives compilation; every method is classed
//! - `every_method`: all of them, with nothing, with plausible and with absurd parameters
//! - `objects`: call and transaction objects, member by member
//! - `members`: what members say together: type, lists, costs
//! - `parameters`: arity, numbers, booleans, handles, subscriptions
//! - `reads`: blocks, filters, slots, traces
//! - `simulations`: overrides and senders of calls
//! - `carriers`: methods that carry transactions and signatures (B)
//! - `answers`: what the node may answer
//! - `asked`: what reads ask about
//! - `bundles`: methods that carry several operations (A-59, A-74 to A-76, B-05 to B-07, B-23)
//! - `typed_data`: EIP-712 messages (B-18)
//! - `user_operations`: ERC-4337 and EIP-5792 (B-14, B-15)
//! - `dialects`: what each client reads, and what it would leave unread (A-15, A-44, A-52, B-38)
//! - `private`: participants of private transactions (A-57, B-11, B-37)
//! - `raw`: signed transactions inside a call
//! - `signed`: private and restricted transactions and blocks inside a call (B-11, B-12, C-27, C-28)
//! - `execution_apis`: every form of the specification
//! - `flows`: what libraries were recorded to ask
//! - `once_refused`: forms that libraries send and that were refused
//! - `generated`: calls of every kind, with what they mean
//! - `properties`: generated objects and garbage
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod answers;
mod asked;
mod bundles;
mod carriers;
mod catalogue;
mod dialects;
mod every_method;
mod execution_apis;
mod flows;
mod generated;
mod members;
mod objects;
mod once_refused;
mod parameters;
mod private;
mod properties;
mod raw;
mod reads;
mod signed;
mod simulations;
mod support;
mod typed_data;
mod user_operations;
