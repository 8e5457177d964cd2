//! Bodies as messages of a WebSocket, to Callgate. It answers when it likes, or not at all: a message is over when the answer
//! to a question that was sent behind it is there, for both ends keep the order of what they send on.

use crate::support::socket::handshake;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// What is asked behind each message. No body of the corpus calls it.
pub(crate) const LAST: &str = "net_listening";

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where messages go.
pub(crate) struct Line {
    url: String,
    credential: String,
    /// None when the other end has closed.
    stream: Option<WebSocketStream<MaybeTlsStream<TcpStream>>>,
    asked: u64,
}

impl Line {
    /// To `url`, as the owner of a secret.
    pub(crate) fn to(url: &str, secret: &str) -> Self {
        Self {
            url: url.to_owned(),
            credential: format!("Bearer {secret}"),
            stream: None,
            asked: 0,
        }
    }

    /// Says it, and gives what was answered until a question behind it is answered, or the other end closes.
    ///
    /// # Errors
    /// What is the matter, when neither happens.
    pub(crate) async fn say(&mut self, body: &[u8]) -> Result<Vec<String>, String> {
        // Text has to be UTF-8 (RFC 6455, 8.1); Callgate reads the bytes of both kinds alike.
        let message = match std::str::from_utf8(body) {
            Ok(text) => Message::text(text),
            Err(_) => Message::binary(body.to_vec()),
        };
        self.send(message).await;
        self.rest().await
    }

    /// What is answered until a question that is asked now is answered.
    ///
    /// # Errors
    /// Nothing is.
    pub(crate) async fn rest(&mut self) -> Result<Vec<String>, String> {
        self.asked += 1;
        let id = json!(format!("last {}", self.asked));
        let question = json!({ "jsonrpc": "2.0", "id": id, "method": LAST, "params": [] });
        self.send(Message::text(question.to_string())).await;
        let mut said = Vec::new();
        while let Some(stream) = &mut self.stream {
            let next = tokio::time::timeout(PATIENCE, stream.next()).await;
            match next.map_err(|_| "Callgate is silent".to_owned())? {
                Some(Ok(Message::Text(text))) => {
                    let is_last = serde_json::from_str(&text).is_ok_and(|answer: Value| answer["id"] == id);
                    if is_last {
                        return Ok(said);
                    }
                    said.push(text.as_str().to_owned());
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => self.stream = None,
                Some(Ok(_)) => {}
            }
        }
        Ok(said)
    }

    async fn send(&mut self, message: Message) {
        if self.stream.is_none() {
            let request = handshake(&self.url, &[("authorization", &self.credential)]);
            let (stream, _) = tokio_tungstenite::connect_async(request).await.expect("it opens");
            self.stream = Some(stream);
        }
        if let Some(stream) = &mut self.stream
            && stream.send(message).await.is_err()
        {
            self.stream = None;
        }
    }
}
