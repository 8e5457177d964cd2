//! What a client has sent of a message that is not yet whole: how much, for how long, and in whose memory.
//!
//! The protocol machine joins fragments by itself and shows only whole messages, so endless empty fragments and
//! messages that trickle in would be seen by nobody. Here every byte is counted below it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::answer_memory::{AnswerMemory, Room};
use crate::limits::{BodyMemory, Reserved};

/// Bytes of framing that a message may have beside twice its own: fragments of a few bytes are an attack on the machine.
const FRAMING: usize = 64 * 1024;

/// The header of a client's control frame: two bytes and the mask.
const CONTROL_HEADER: usize = 6;

/// Counts for one socket.
pub(super) struct Meter {
    most: usize,
    memory: Arc<BodyMemory>,
    partial: Mutex<Partial>,
}

#[derive(Default)]
struct Partial {
    bytes: usize,
    since: Option<Instant>,
    held: usize,
    reserved: Vec<Reserved>,
}

impl Meter {
    /// For messages of at most `message_bytes`, which are held in `memory` until they are whole.
    pub(super) fn new(message_bytes: usize, memory: Arc<BodyMemory>) -> Arc<Self> {
        Arc::new(Self {
            most: with_framing(message_bytes),
            memory,
            partial: Mutex::default(),
        })
    }

    /// A message is whole and on its way.
    pub(super) fn message(&self) {
        *self.partial.lock() = Partial::default();
    }

    /// A control frame with a payload of this many bytes came, perhaps between the fragments of a message.
    pub(super) fn control(&self, payload: usize) {
        let mut partial = self.partial.lock();
        partial.bytes = partial.bytes.saturating_sub(payload.saturating_add(CONTROL_HEADER));
        if partial.bytes == 0 {
            *partial = Partial::default();
        }
    }

    /// Nobody reads just now, so the client cannot be called slow.
    pub(super) fn excuse(&self) {
        if let Some(since) = &mut self.partial.lock().since {
            *since = Instant::now();
        }
    }

    /// For how long the present message has been coming in.
    pub(super) fn age(&self) -> Duration {
        self.partial
            .lock()
            .since
            .map_or(Duration::ZERO, |since| since.elapsed())
    }
}

impl Count for Meter {
    fn came(&self, bytes: usize) -> io::Result<()> {
        if bytes == 0 {
            return Ok(());
        }
        let mut partial = self.partial.lock();
        partial.bytes = partial.bytes.saturating_add(bytes);
        partial.since.get_or_insert_with(Instant::now);
        if partial.bytes > self.most {
            return Err(io::Error::other(Overrun::Framing));
        }
        if partial.bytes > partial.held {
            // what is held doubles each time, so there are few pieces
            let more = partial.bytes;
            let reserved = self
                .memory
                .reserve(more)
                .ok_or_else(|| io::Error::other(Overrun::Memory))?;
            partial.reserved.push(reserved);
            partial.held = partial.held.saturating_add(more);
        }
        Ok(())
    }
}

/// What the node has sent of a message that is not yet whole, and its room in the memory for answers.
pub(super) struct Arrival {
    most: usize,
    memory: Arc<AnswerMemory>,
    partial: Mutex<(usize, Room)>,
}

impl Arrival {
    /// For messages of at most `message_bytes`, which are held in `memory` from their first byte on.
    pub(super) fn new(message_bytes: usize, memory: &Arc<AnswerMemory>) -> Arc<Self> {
        Arc::new(Self {
            most: with_framing(message_bytes),
            memory: Arc::clone(memory),
            partial: Mutex::new((0, Room::none(memory))),
        })
    }

    /// A message is whole; this is its room.
    pub(super) fn message(&self) -> Room {
        let (_, room) = std::mem::replace(&mut *self.partial.lock(), (0, Room::none(&self.memory)));
        room
    }

    /// A control frame with a payload of this many bytes came, perhaps between the fragments of a message.
    pub(super) fn control(&self, payload: usize) {
        let (bytes, _) = &mut *self.partial.lock();
        *bytes = bytes.saturating_sub(payload.saturating_add(CONTROL_HEADER));
    }
}

impl Count for Arrival {
    fn came(&self, bytes: usize) -> io::Result<()> {
        let (all, room) = &mut *self.partial.lock();
        *all = all.saturating_add(bytes);
        if *all > self.most {
            return Err(io::Error::other(Overrun::Framing));
        }
        room.cover(*all).map_err(|_| io::Error::other(Overrun::Memory))
    }
}

/// As many bytes as a message of `message_bytes` may have on the wire.
fn with_framing(message_bytes: usize) -> usize {
    message_bytes.saturating_mul(2).saturating_add(FRAMING)
}

/// Counts what is read.
pub(super) trait Count {
    /// Takes note of so many bytes.
    ///
    /// # Errors
    /// With an [`Overrun`] when no more may be read.
    fn came(&self, bytes: usize) -> io::Result<()>;
}

/// Why a peer's bytes are read no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Overrun {
    /// Too many bytes for any message that may be whole.
    #[error("the message has too much framing")]
    Framing,
    /// Others hold the memory that it would need.
    #[error("too many large messages are being read")]
    Memory,
}

impl Overrun {
    /// The overrun that ended a stream, if one did.
    pub(super) fn of(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref().copied()
    }
}

/// A peer's stream with its meter.
pub(super) struct Metered<S, C = Meter> {
    stream: S,
    meter: Arc<C>,
}

impl<S, C> Metered<S, C> {
    /// `stream`, counted by `meter`.
    pub(super) fn new(stream: S, meter: Arc<C>) -> Self {
        Self { stream, meter }
    }
}

impl<S: AsyncRead + Unpin, C: Count> AsyncRead for Metered<S, C> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        match Pin::new(&mut self.stream).poll_read(context, buffer) {
            Poll::Ready(Ok(())) => Poll::Ready(self.meter.came(buffer.filled().len().saturating_sub(before))),
            other => other,
        }
    }
}

impl<S: AsyncWrite + Unpin, C> AsyncWrite for Metered<S, C> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, buffer)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_node_sends_has_room_before_it_is_whole() {
        let memory = AnswerMemory::of(1 << 20);
        let arrival = Arrival::new(1 << 20, &memory);
        arrival.came(1000).unwrap();
        assert_eq!(memory.free(), 1 << 20, "small");
        arrival.came(300 << 10).unwrap();
        arrival.control(10);
        let room = arrival.message();
        assert!(memory.free() < 1 << 20);
        arrival.came(500 << 10).unwrap();
        let error = arrival.came(500 << 10).unwrap_err();
        assert_eq!(Overrun::of(&error), Some(Overrun::Memory));
        drop((room, arrival.message()));
        assert_eq!(memory.free(), 1 << 20, "given back");
        let arrival = Arrival::new(10, &memory);
        arrival.came(FRAMING + 20).unwrap();
        let error = arrival.came(1).unwrap_err();
        assert_eq!(Overrun::of(&error), Some(Overrun::Framing));
    }

    #[test]
    fn a_message_is_bounded_with_its_framing() {
        let meter = Meter::new(100, BodyMemory::of(1 << 20));
        assert!(meter.came(200 + FRAMING).is_ok());
        let error = meter.came(1).unwrap_err();
        assert_eq!(Overrun::of(&error), Some(Overrun::Framing));
        meter.message();
        assert!(meter.came(200).is_ok(), "the next one starts anew");
    }

    #[test]
    fn large_messages_share_the_memory_for_bodies() {
        let memory = BodyMemory::of(1 << 20);
        let (one, other) = (Meter::new(1 << 20, Arc::clone(&memory)), Meter::new(1 << 20, memory));
        assert!(one.came(1 << 20).is_ok());
        let error = other.came(1 << 19).unwrap_err();
        assert_eq!(Overrun::of(&error), Some(Overrun::Memory));
        one.message();
        other.message();
        assert!(other.came(1 << 19).is_ok());
    }

    #[test]
    fn pongs_are_no_part_of_a_message() {
        let meter = Meter::new(100, BodyMemory::of(1 << 20));
        meter.came(CONTROL_HEADER + 4).unwrap();
        meter.control(4);
        assert_eq!(meter.age(), Duration::ZERO);
        meter.came(3).unwrap();
        assert!(meter.partial.lock().since.is_some());
    }
}
