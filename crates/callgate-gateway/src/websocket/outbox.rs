//! What waits to be written to a peer: bounded by those who fill it, written in order, ended by a close.

use std::collections::VecDeque;
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
use crate::limits::Limits;

/// Messages on their way to one peer.
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
}

impl Outbox {
    /// Puts a message in. `id` is for [`Outbox::withdraw`].
    pub(super) fn push(&self, id: u64, bytes: Bytes) {
        let mut waiting = self.waiting.lock();
        waiting.bytes = waiting.bytes.saturating_add(bytes.len());
        waiting.texts.push_back(Text { id, bytes });
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
            waiting.texts.clear();
            waiting.bytes = 0;
        }
        waiting.end.get_or_insert(close);
        drop(waiting);
        self.work.notify_one();
    }

    /// Whether more may be made for this peer.
    pub(super) fn has_room(&self) -> bool {
        self.waiting.lock().bytes < OUTBOX_BYTES
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
        if std::mem::take(&mut waiting.ping) {
            return Some(Next::Ping);
        }
        if let Some(text) = waiting.texts.pop_front() {
            waiting.bytes = waiting.bytes.saturating_sub(text.bytes.len());
            self.room.notify_one();
            return Some(Next::Text(text.bytes));
        }
        waiting.end.take().map(Next::End)
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
        };
        let written = async {
            sink.feed(message).await?;
            if outbox.is_empty() { sink.flush().await } else { Ok(()) }
        };
        match timeout(time, written).await {
            Ok(Ok(())) => {}
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
