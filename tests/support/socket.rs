//! A client over WebSocket.

use super::PATIENCE;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::protocol::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// An open socket.
pub(crate) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Messages that came while something else was waited for.
    waiting: std::collections::VecDeque<Value>,
    next: u64,
}

/// What opens a socket with these headers.
pub(crate) fn handshake(url: &str, headers: &[(&str, &str)]) -> Request {
    let mut request = url.into_client_request().unwrap();
    for (name, value) in headers {
        let name = reqwest::header::HeaderName::from_bytes(name.as_bytes()).unwrap();
        request.headers_mut().append(name, value.parse().unwrap());
    }
    request
}

impl Socket {
    /// Opens with these headers; the HTTP status when it is refused.
    pub(crate) async fn open(url: &str, headers: &[(&str, &str)]) -> Result<Self, u16> {
        match tokio_tungstenite::connect_async(handshake(url, headers)).await {
            Ok((stream, _)) => Ok(Self {
                stream,
                waiting: std::collections::VecDeque::new(),
                next: 1,
            }),
            Err(tokio_tungstenite::tungstenite::Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("{url}: {error}"),
        }
    }

    /// Opens with `Authorization: Bearer …`.
    pub(crate) async fn bearer(url: &str, secret: &str) -> Self {
        Self::open(url, &[("authorization", &format!("Bearer {secret}"))])
            .await
            .expect("the socket opens")
    }

    /// One call: its answer, whatever comes between is kept.
    pub(crate) async fn call(&mut self, method: &str, params: Value) -> Value {
        let id = self.next;
        self.next += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string())
            .await;
        let mut passed = std::collections::VecDeque::new();
        loop {
            let message = self
                .message()
                .await
                .unwrap_or_else(|close| panic!("closed ({close:?}) while {method} ran"));
            if message.get("id") == Some(&json!(id)) {
                self.waiting.append(&mut passed);
                return message;
            }
            passed.push_back(message);
        }
    }

    /// Sends a text message as it is.
    pub(crate) async fn send(&mut self, text: &str) {
        self.stream.send(Message::text(text)).await.expect("sent");
    }

    /// Sends a message of any kind.
    pub(crate) async fn send_message(&mut self, message: Message) {
        self.stream.send(message).await.expect("sent");
    }

    /// The next message, or the close code (`None` when the connection just ended).
    pub(crate) async fn message(&mut self) -> Result<Value, Option<u16>> {
        if let Some(message) = self.waiting.pop_front() {
            return Ok(message);
        }
        loop {
            let next = tokio::time::timeout(PATIENCE, self.stream.next())
                .await
                .expect("a message in time");
            match next {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).expect("JSON")),
                Some(Ok(Message::Close(frame))) => return Err(frame.map(|frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(None),
            }
        }
    }

    /// Waits for the close and tells its code; messages on the way are dropped.
    pub(crate) async fn closed(&mut self) -> Option<u16> {
        loop {
            if let Err(code) = self.message().await {
                return code;
            }
        }
    }
}
