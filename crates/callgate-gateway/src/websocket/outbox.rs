//! What waits to be written to a peer: bounded by those who fill it, written in order, ended by a close.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::SinkExt;
use futures_util::stream::SplitSink;
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use super::limits::{CLOSING, OUTBOX_BYTES};
use crate::answer_memory::{AnswerMemory, Room, SMALL_ANSWER_BYTES};
use crate::limits::Limits;

/// Messages on their way to one peer.
///
/// What goes to a client has room in the memory for answers: from here until its bytes are written. What goes to the
/// node has its room where it came in.
#[derive(Default)]
pub(super) struct Outbox {
    waiting: Mutex<Waiting>,
    work: Notify,
    room: Notify,
}

#[derive(Default)]
struct Waiting {
    texts: VecDeque<Text>,
    bytes: usize,
    /// Bytes that are taken and perhaps not written yet.
    taken: usize,
    room: Option<Room>,
    /// Something had no room: nothing more is sent.
    overrun: bool,
    ping: bool,
    end: Option<Option<CloseFrame>>,
}

struct Text {
    id: u64,
    bytes: Bytes,
}

/// What becomes of that which still waits when a socket ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// It is written first.
    Send,
    /// Nobody may have it any more.
    Discard,
}

enum Next {
    Text(Bytes),
    Ping,
    End(Option<CloseFrame>),
    NoRoom,
}

impl Outbox {
    /// An outbox whose messages find room in `memory`.
    pub(super) fn within(memory: &Arc<AnswerMemory>) -> Self {
        let outbox = Self::default();
        outbox.waiting.lock().room = Some(Room::none(memory));
        outbox
    }

    /// Puts a message in. `id` is for [`Outbox::withdraw`]. When it finds no room, the writing ends.
    pub(super) fn push(&self, id: u64, bytes: Bytes) {
        let mut waiting = self.waiting.lock();
        if !waiting.overrun {
            waiting.bytes = waiting.bytes.saturating_add(bytes.len());
            waiting.texts.push_back(Text { id, bytes });
            waiting.find_room();
        }
        drop(waiting);
        self.work.notify_one();
    }

    /// Asks the peer whether it is still there.
    pub(super) fn ping(&self) {
        self.waiting.lock().ping = true;
        self.work.notify_one();
    }

    /// Takes the message `id` out; true when no byte of it was written.
    pub(super) fn withdraw(&self, id: u64) -> bool {
        let mut waiting = self.waiting.lock();
        let Some(place) = waiting.texts.iter().position(|text| text.id == id) else {
            return false;
        };
        let Some(text) = waiting.texts.remove(place) else {
            return false;
        };
        waiting.bytes = waiting.bytes.saturating_sub(text.bytes.len());
        true
    }

    /// Ends the writing, with a close frame or without.
    pub(super) fn end(&self, close: Option<CloseFrame>, rest: Rest) {
        let mut waiting = self.waiting.lock();
        if rest == Rest::Discard {
            waiting.clear();
        }
        waiting.end.get_or_insert(close);
        drop(waiting);
        self.work.notify_one();
    }

    /// Whether more may be made for this peer.
    pub(super) fn has_room(&self) -> bool {
        let waiting = self.waiting.lock();
        !waiting.overrun && waiting.bytes < OUTBOX_BYTES
    }

    /// Waits until there may be room again.
    pub(super) async fn room(&self) {
        self.room.notified().await;
    }

    fn is_empty(&self) -> bool {
        let waiting = self.waiting.lock();
        waiting.texts.is_empty() && !waiting.ping
    }

    async fn next(&self) -> Next {
        loop {
            if let Some(next) = self.take() {
                return next;
            }
            self.work.notified().await;
        }
    }

    fn take(&self) -> Option<Next> {
        let mut waiting = self.waiting.lock();
        if waiting.overrun {
            return Some(Next::NoRoom);
        }
        if std::mem::take(&mut waiting.ping) {
            return Some(Next::Ping);
        }
        if let Some(text) = waiting.texts.pop_front() {
            waiting.bytes = waiting.bytes.saturating_sub(text.bytes.len());
            waiting.taken = waiting.taken.saturating_add(text.bytes.len());
            self.room.notify_one();
            return Some(Next::Text(text.bytes));
        }
        waiting.end.take().map(Next::End)
    }

    /// What was taken is written, or small.
    fn written(&self) {
        let mut waiting = self.waiting.lock();
        waiting.taken = 0;
        let left = waiting.bytes;
        if let Some(room) = &mut waiting.room {
            room.shrink(left);
        }
    }
}

impl Waiting {
    /// Sees that all that is here has room.
    fn find_room(&mut self) {
        let needed = self.bytes.saturating_add(self.taken);
        if self.room.as_mut().is_some_and(|room| room.cover(needed).is_err()) {
            self.overrun = true;
            self.clear();
        }
    }

    /// Drops what waits. What is being written keeps its room.
    fn clear(&mut self) {
        self.texts.clear();
        self.bytes = 0;
        let taken = self.taken;
        if let Some(room) = &mut self.room {
            room.shrink(taken);
        }
    }
}

/// How long a peer may take for what.
#[derive(Clone, Copy)]
pub(super) struct Pace {
    grace: Duration,
    bytes_per_second: usize,
}

impl Pace {
    /// The pace of answers over HTTP.
    pub(super) fn of(limits: &Limits) -> Self {
        Self {
            grace: limits.answer_grace,
            bytes_per_second: limits.slowest_bytes_per_second,
        }
    }

    fn time_for(self, bytes: usize) -> Duration {
        let seconds = bytes.div_ceil(self.bytes_per_second.max(1));
        self.grace.saturating_add(Duration::from_secs(seconds as u64))
    }
}

/// How writing ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrote {
    /// As [`Outbox::end`] wanted.
    All,
    /// The peer does not take what it is sent.
    TooSlow,
    /// Others hold the memory that what waits for the peer would need.
    NoRoom,
    /// The connection broke.
    Broken,
}

/// Writes what is put into `outbox` until its end.
pub(super) async fn write<S>(mut sink: SplitSink<WebSocketStream<S>, Message>, outbox: &Outbox, pace: Pace) -> Wrote
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        let (message, time) = match outbox.next().await {
            // a frame of ours: its text was made or checked here, so it is not checked again
            Next::Text(bytes) => {
                let time = pace.time_for(bytes.len());
                (
                    Message::Frame(Frame::message(bytes, OpCode::Data(Data::Text), true)),
                    time,
                )
            }
            Next::Ping => (Message::Ping(Bytes::new()), pace.grace),
            Next::End(close) => return last_words(sink, close).await,
            Next::NoRoom => return Wrote::NoRoom,
        };
        // what is small may wait in the write buffer for what comes next; what is large has room only until it is written
        let is_large = message.len() > SMALL_ANSWER_BYTES;
        let written = async {
            sink.feed(message).await?;
            if is_large || outbox.is_empty() {
                sink.flush().await
            } else {
                Ok(())
            }
        };
        match timeout(time, written).await {
            Ok(Ok(())) => outbox.written(),
            Ok(Err(_)) => return Wrote::Broken,
            Err(_) => return Wrote::TooSlow,
        }
    }
}

async fn last_words<S>(mut sink: SplitSink<WebSocketStream<S>, Message>, close: Option<CloseFrame>) -> Wrote
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let closed = async {
        if let Some(close) = close {
            sink.send(Message::Close(Some(close))).await?;
        }
        sink.flush().await
    };
    match timeout(CLOSING, closed).await {
        Ok(Ok(())) => Wrote::All,
        Ok(Err(_)) | Err(_) => Wrote::Broken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_written_can_be_taken_back() {
        let outbox = Outbox::default();
        outbox.push(1, Bytes::from_static(b"one"));
        outbox.push(2, Bytes::from_static(b"two"));
        assert!(matches!(outbox.take(), Some(Next::Text(text)) if text == "one"));
        assert!(!outbox.withdraw(1), "it is under way");
        assert!(outbox.withdraw(2));
        assert!(outbox.take().is_none());
        assert_eq!(outbox.waiting.lock().bytes, 0);
    }

    #[test]
    fn the_end_comes_after_the_rest_or_instead_of_it() {
        let outbox = Outbox::default();
        outbox.push(1, Bytes::from_static(b"one"));
        outbox.end(None, Rest::Send);
        assert!(matches!(outbox.take(), Some(Next::Text(_))));
        assert!(matches!(outbox.take(), Some(Next::End(None))));
        let outbox = Outbox::default();
        outbox.push(1, Bytes::from_static(b"one"));
        outbox.end(None, Rest::Discard);
        assert!(matches!(outbox.take(), Some(Next::End(None))));
    }

    #[test]
    fn what_a_client_does_not_read_has_room_until_it_is_written() {
        let memory = AnswerMemory::of(1 << 20);
        let outbox = Outbox::within(&memory);
        let piece = Bytes::from(vec![0; 300 << 10]);
        outbox.push(1, piece.clone());
        assert!(matches!(outbox.take(), Some(Next::Text(_))));
        outbox.push(2, piece.clone());
        assert_eq!(memory.free(), 256 << 10, "one is being written, one waits");
        outbox.written();
        assert_eq!(memory.free(), 512 << 10);
        outbox.push(3, piece.clone());
        outbox.push(4, piece.clone());
        assert!(outbox.has_room());
        outbox.push(5, piece.clone());
        assert!(!outbox.has_room());
        assert!(matches!(outbox.take(), Some(Next::NoRoom)));
        assert_eq!(memory.free(), 1 << 20, "what waited is gone");
        outbox.push(6, piece);
        assert_eq!(memory.free(), 1 << 20, "nothing is taken any more");
    }

    #[test]
    fn room_ends_at_the_mark() {
        let outbox = Outbox::default();
        outbox.push(1, vec![0; OUTBOX_BYTES - 1].into());
        assert!(outbox.has_room());
        outbox.push(2, vec![0; 1].into());
        assert!(!outbox.has_room());
        assert!(outbox.take().is_some());
        assert!(outbox.has_room());
    }
}
