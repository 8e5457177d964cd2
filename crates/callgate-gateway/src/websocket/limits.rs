//! Bounds of one WebSocket, and of all of them.

use std::time::Duration;

/// Messages of one socket under way at once; further ones wait unread. Nodes work on a few dozen per connection.
pub(super) const IN_FLIGHT: usize = 64;

/// Subscriptions of one socket. Nodes hold a hundred or more per connection; a dapp uses a handful.
pub(super) const SUBSCRIPTIONS: usize = 100;

/// The calls that made a socket's subscriptions, in bytes: they are judged again when the policy changes. A few thousand
/// addresses.
pub(super) const DEED_BYTES: usize = 256 * 1024;

/// Sockets of one principal: every instance of a backend has a few. Later ones are refused, not earlier ones closed.
pub(super) const PER_PRINCIPAL: usize = 256;

/// News that came before the answer that names their subscription: one block's worth of logs.
pub(super) const HELD_NEWS: usize = 256;

/// The same in bytes.
pub(super) const HELD_BYTES: usize = 4 * 1024 * 1024;

/// What may wait for a peer before we stop making more: some large answers. One more always fits on top.
pub(super) const OUTBOX_BYTES: usize = 8 * 1024 * 1024;

/// How often a socket looks after itself.
pub(super) const TICK: Duration = Duration::from_secs(5);

/// Pings and pongs that a client may send per tick. Honest ones send one every few seconds.
pub(super) const CONTROL_FRAMES: u32 = 64;

/// A peer that has been silent for so long is asked whether it is still there.
pub(super) const PING_AFTER: Duration = Duration::from_secs(30);

/// A peer that stays silent for so long, though asked, is gone.
pub(super) const GONE_AFTER: Duration = Duration::from_secs(75);

/// How long a peer may take to answer our close.
pub(super) const CLOSING: Duration = Duration::from_secs(2);

/// How long a connection whose frames cannot be read any more stays open for the client to read why.
pub(super) const LINGER: Duration = Duration::from_millis(200);

/// From the answer to a handshake to the socket.
pub(super) const OPENING: Duration = Duration::from_secs(10);

/// How soon a credential whose time is over, but which leeway still lets pass, is judged again.
pub(super) const LEEWAY_LOOK: Duration = Duration::from_secs(1);

/// The read buffer of a client's socket: most messages fit, and thousands of idle sockets stay cheap.
pub(super) const CLIENT_BUFFER_BYTES: usize = 4 * 1024;

/// The read buffer of a socket to the node: answers are larger than calls.
pub(super) const NODE_BUFFER_BYTES: usize = 16 * 1024;

/// Ids of ended subscriptions whose last news may still be under way.
pub(super) const ENDED: usize = 128;
