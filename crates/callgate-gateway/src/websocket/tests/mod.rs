//! Sockets through the running gateway, before a node that follows a script.

mod calls;
mod client;
mod grants;
mod node;
mod subscriptions;
