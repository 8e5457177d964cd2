//! What is known about the node a call is meant for: its chain, and its client.

use crate::dialect::Client;

/// The node a call is meant for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context {
    /// The chain id; while it is unknown nothing signed or to be signed is understood.
    pub chain_id: Option<u64>,
    /// The client that will read what is written.
    pub client: Client,
}
