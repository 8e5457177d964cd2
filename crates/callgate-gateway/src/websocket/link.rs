//! The node's end: one WebSocket per client's socket, opened for its first permitted call.
//!
//! Calls may be put in before it is open. Nothing of the client's handshake reaches the node; no extension is asked for,
//! so its frames are plain text.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::SplitStream;
use hyper::Request;
use hyper::header;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::limits::{GONE_AFTER, NODE_BUFFER_BYTES, PING_AFTER, TICK};
use super::meter::{Arrival, Metered, Overrun};
use super::outbox::{self, Outbox, Pace};
use crate::answer_memory::AnswerMemory;
use crate::limits::Limits;
use crate::metrics::WorkerMetrics;
use crate::upstream::{Connector, Duplex, Fault, Sent, Target, Transport};

/// Messages of the node that may wait for the session: enough that neither waits for the other all the time.
const NEWS: usize = 4;

/// The way to the node's WebSocket.
pub(crate) struct Route {
    target: Target,
    connector: Connector,
}

type NodeStream = WebSocketStream<Metered<Box<dyn Duplex>, Arrival>>;

impl Route {
    /// A way to `target`.
    ///
    /// # Errors
    /// When the platform's certificates cannot be used.
    pub(crate) fn to(target: Target) -> std::io::Result<Self> {
        Ok(Self {
            connector: Connector::to(&target)?,
            target,
        })
    }

    /// Whether this is the way to `target`.
    pub(crate) fn leads_to(&self, target: &Target) -> bool {
        self.target == *target
    }

    async fn open(&self, message_bytes: usize, arrival: Arc<Arrival>) -> Result<NodeStream, Error> {
        let stream = Metered::new(self.connector.open(&self.target).await?, arrival);
        let config = WebSocketConfig::default()
            .read_buffer_size(NODE_BUFFER_BYTES)
            .write_buffer_size(NODE_BUFFER_BYTES)
            .max_message_size(Some(message_bytes))
            .max_frame_size(Some(message_bytes));
        let (stream, _) = client_async_with_config(self.handshake()?, stream, Some(config)).await?;
        Ok(stream)
    }

    fn handshake(&self) -> Result<Request<()>, Error> {
        let scheme = match self.target.transport() {
            Transport::Plain => "ws",
            Transport::Tls => "wss",
        };
        let authority = self.target.authority();
        let uri = format!(
            "{scheme}://{}{}",
            authority.to_str().unwrap_or_default(),
            self.target.path()
        );
        let request = Request::get(uri)
            .header(header::HOST, authority)
            .header(header::CONNECTION, "Upgrade")
            .header(header::UPGRADE, "websocket")
            .header(header::SEC_WEBSOCKET_VERSION, "13")
            .header(header::SEC_WEBSOCKET_KEY, generate_key());
        Ok(request.body(())?)
    }
}

/// What comes from the node.
pub(super) enum FromNode {
    /// The connection stands.
    Opened,
    /// A text message.
    Message(Bytes),
    /// The connection ended, or never came to be. Nothing follows.
    Lost(Fault),
}

/// A connection to the node, or one that is being made; ends when dropped.
pub(super) struct Link {
    /// What is on its way to the node.
    pub(super) outbox: Arc<Outbox>,
    news: mpsc::Receiver<FromNode>,
    route: Arc<Route>,
    task: AbortHandle,
}

impl Link {
    /// Starts connecting.
    pub(super) fn start(
        route: &Arc<Route>,
        limits: &Limits,
        memory: &Arc<AnswerMemory>,
        metrics: &WorkerMetrics,
    ) -> Self {
        let outbox = Arc::<Outbox>::default();
        let (sender, news) = mpsc::channel(NEWS);
        let life = Life {
            route: Arc::clone(route),
            outbox: Arc::clone(&outbox),
            news: sender,
            connect_time: limits.connect_time,
            message_bytes: limits.answer_bytes,
            arrival: Arrival::new(limits.answer_bytes, memory),
            pace: Pace::of(limits),
        };
        metrics.dialled();
        let task = tokio::spawn(life.run()).abort_handle();
        Self {
            outbox,
            news,
            route: Arc::clone(route),
            task,
        }
    }

    /// Whether it goes this way.
    pub(super) fn goes(&self, route: &Arc<Route>) -> bool {
        Arc::ptr_eq(&self.route, route)
    }

    /// The next thing that comes from the node.
    pub(super) async fn next(&mut self) -> FromNode {
        self.news
            .recv()
            .await
            .unwrap_or(FromNode::Lost(Fault::Broken(Sent::Maybe)))
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The task behind a link.
struct Life {
    route: Arc<Route>,
    outbox: Arc<Outbox>,
    news: mpsc::Sender<FromNode>,
    connect_time: Duration,
    message_bytes: usize,
    arrival: Arc<Arrival>,
    pace: Pace,
}

impl Life {
    async fn run(self) {
        let opening = self.route.open(self.message_bytes, Arc::clone(&self.arrival));
        let fault = match timeout(self.connect_time, opening).await {
            Ok(Ok(stream)) => self.live(stream).await,
            Ok(Err(error)) => {
                tracing::debug!(kind = kind(&error), "no websocket to the node");
                Fault::Unreachable
            }
            Err(_) => Fault::Unreachable,
        };
        // an error means that nobody waits any more
        drop(self.news.send(FromNode::Lost(fault)).await);
    }

    async fn live(&self, stream: NodeStream) -> Fault {
        if self.news.send(FromNode::Opened).await.is_err() {
            return Fault::Broken(Sent::No);
        }
        // the bytes of the handshake were the first
        drop(self.arrival.message());
        let (sink, stream) = stream.split();
        tokio::select! {
            fault = self.read(stream) => fault,
            _ = outbox::write(sink, &self.outbox, self.pace) => Fault::Broken(Sent::Maybe),
        }
    }

    async fn read(&self, mut stream: SplitStream<NodeStream>) -> Fault {
        let mut heard = Instant::now();
        let mut ticks = tokio::time::interval(TICK);
        loop {
            let message = tokio::select! {
                message = stream.next() => message,
                _ = ticks.tick() => {
                    if heard.elapsed() >= GONE_AFTER {
                        return Fault::Broken(Sent::Maybe);
                    }
                    if heard.elapsed() >= PING_AFTER {
                        self.outbox.ping();
                    }
                    continue;
                }
            };
            match message {
                Some(Ok(Message::Text(text))) => {
                    let message = self.arrival.message().around(Bytes::from(text));
                    if self.news.send(FromNode::Message(message)).await.is_err() {
                        return Fault::Broken(Sent::Maybe);
                    }
                }
                Some(Ok(Message::Ping(payload) | Message::Pong(payload))) => self.arrival.control(payload.len()),
                Some(Ok(Message::Close(_))) | None => return Fault::Broken(Sent::Maybe),
                Some(Ok(Message::Binary(_) | Message::Frame(_))) => return Fault::Invalid,
                Some(Err(error)) => return fault_of(&error),
            }
            heard = Instant::now();
        }
    }
}

fn fault_of(error: &Error) -> Fault {
    match error {
        Error::Capacity(_) => Fault::TooLarge,
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Fault::Broken(Sent::Maybe),
        Error::Protocol(_) | Error::Utf8(_) => Fault::Invalid,
        Error::Io(error) => match Overrun::of(error) {
            Some(Overrun::Memory) => Fault::Memory,
            Some(Overrun::Framing) => Fault::Invalid,
            None => Fault::Broken(Sent::Maybe),
        },
        _ => Fault::Broken(Sent::Maybe),
    }
}

/// The kind of a failure. Its text is not for logs: it can hold the URL, which may hold a key.
fn kind(error: &Error) -> &'static str {
    match error {
        Error::Io(_) => "io",
        Error::Tls(_) => "tls",
        Error::Http(_) | Error::HttpFormat(_) => "http",
        Error::Protocol(_) => "protocol",
        _ => "other",
    }
}
