//! The memory that answers of the node may take together, from the first byte that the node sends to the last one that
//! a client takes.
//!
//! Clients choose how large answers are and how slowly they are read, so neither the bound of one answer nor that of
//! connections keeps the sum small. Every copy is counted for as long as it lives.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;

/// What may be held for one client without being counted: the bound on connections bounds it, and nearly every answer
/// fits, so that the usual call pays nothing.
pub(crate) const SMALL_ANSWER_BYTES: usize = 16 * 1024;

/// Room is taken in steps of this size, so that an answer that comes in pieces does not count each of them.
const STEP_BYTES: usize = 256 * 1024;

/// What is left of the memory for answers, over all connections of the process.
#[derive(Debug)]
pub(crate) struct AnswerMemory {
    free: AtomicUsize,
}

/// Others hold the memory that more would need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoRoom;

impl AnswerMemory {
    /// `bytes` for all answers of the process.
    pub(crate) fn of(bytes: usize) -> Arc<Self> {
        Arc::new(Self {
            free: AtomicUsize::new(bytes),
        })
    }

    /// How much is free, in bytes.
    #[cfg(test)]
    pub(crate) fn free(&self) -> usize {
        self.free.load(Ordering::Acquire)
    }
}

/// Room for the bytes of one answer, or of several on their way to one client; given back when dropped.
#[derive(Debug)]
pub(crate) struct Room {
    memory: Arc<AnswerMemory>,
    bytes: usize,
}

impl Room {
    /// No room of `memory` yet: enough for what is small.
    pub(crate) fn none(memory: &Arc<AnswerMemory>) -> Self {
        Self {
            memory: Arc::clone(memory),
            bytes: 0,
        }
    }

    /// Grows until `bytes` have room. Small ones need none.
    ///
    /// # Errors
    /// When others hold too much; then it stays as it is.
    pub(crate) fn cover(&mut self, bytes: usize) -> Result<(), NoRoom> {
        if bytes <= SMALL_ANSWER_BYTES || bytes <= self.bytes {
            return Ok(());
        }
        let missing = steps(bytes).saturating_sub(self.bytes);
        let free = &self.memory.free;
        free.fetch_update(Ordering::AcqRel, Ordering::Relaxed, |free| free.checked_sub(missing))
            .map_err(|_| NoRoom)?;
        self.bytes = self.bytes.saturating_add(missing);
        Ok(())
    }

    /// Gives back what `bytes` do not need.
    pub(crate) fn shrink(&mut self, bytes: usize) {
        let needed = if bytes <= SMALL_ANSWER_BYTES { 0 } else { steps(bytes) };
        let spare = self.bytes.saturating_sub(needed);
        if spare > 0 {
            self.memory.free.fetch_add(spare, Ordering::AcqRel);
            self.bytes = self.bytes.saturating_sub(spare);
        }
    }

    /// `bytes`, which hold this room for as long as any part of them lives.
    pub(crate) fn around(self, bytes: impl AsRef<[u8]> + Into<Bytes> + Send + 'static) -> Bytes {
        if self.bytes == 0 {
            return bytes.into();
        }
        Bytes::from_owner(Held { bytes, _room: self })
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if self.bytes > 0 {
            self.memory.free.fetch_add(self.bytes, Ordering::AcqRel);
        }
    }
}

/// Bytes and their room.
struct Held<B> {
    bytes: B,
    _room: Room,
}

impl<B: AsRef<[u8]>> AsRef<[u8]> for Held<B> {
    fn as_ref(&self) -> &[u8] {
        self.bytes.as_ref()
    }
}

/// `bytes` in whole steps.
fn steps(bytes: usize) -> usize {
    bytes.div_ceil(STEP_BYTES).saturating_mul(STEP_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_ends_at_the_limit_and_small_answers_need_none() {
        let memory = AnswerMemory::of(2 * STEP_BYTES);
        let mut first = Room::none(&memory);
        first.cover(SMALL_ANSWER_BYTES).unwrap();
        assert_eq!(memory.free(), 2 * STEP_BYTES, "small");
        first.cover(SMALL_ANSWER_BYTES + 1).unwrap();
        assert_eq!(memory.free(), STEP_BYTES, "one more than small");
        first.cover(STEP_BYTES).unwrap();
        assert_eq!(memory.free(), STEP_BYTES, "the step has room");
        first.cover(2 * STEP_BYTES).unwrap();
        assert_eq!(first.cover(2 * STEP_BYTES + 1), Err(NoRoom));
        let mut second = Room::none(&memory);
        assert_eq!(second.cover(SMALL_ANSWER_BYTES + 1), Err(NoRoom));
        second.cover(SMALL_ANSWER_BYTES).unwrap();
        first.shrink(STEP_BYTES);
        second.cover(SMALL_ANSWER_BYTES + 1).unwrap();
        drop((first, second));
        assert_eq!(memory.free(), 2 * STEP_BYTES, "given back");
    }

    #[test]
    fn the_bytes_hold_their_room_to_the_last_part() {
        let memory = AnswerMemory::of(STEP_BYTES);
        let mut room = Room::none(&memory);
        room.cover(STEP_BYTES).unwrap();
        let whole = room.around(vec![7; STEP_BYTES]);
        let part = whole.slice(..1);
        drop(whole);
        assert_eq!(memory.free(), 0);
        assert_eq!(part, [7].as_slice());
        drop(part);
        assert_eq!(memory.free(), STEP_BYTES);
        assert_eq!(Room::none(&memory).around(vec![1, 2]), [1, 2].as_slice());
    }
}
