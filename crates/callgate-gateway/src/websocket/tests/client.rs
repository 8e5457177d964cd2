//! A client over WebSocket, and gateways for it.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::node::WsNode;
use crate::testing::{Running, key, policy};

/// Long enough for whatever a test waits for; reached only when it fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// A gateway before `node`, with `more` in its policy.
pub(super) async fn gateway(node: &WsNode, more: &str) -> Running {
    Running::as_written(&format!("{}\n{more}\n", policy(&node.upstreams()))).await
}

/// An open socket.
pub(super) struct Socket {
    stream: WebSocketStream<TcpStream>,
    next: u64,
}

impl Socket {
    /// A socket of `alice`.
    pub(super) async fn of_alice(gateway: &Running) -> Self {
        Self::open(gateway, &[("x-api-key", &key("alice"))]).await.unwrap()
    }

    /// A socket with these headers; the status when it is refused.
    pub(super) async fn open(gateway: &Running, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        let mut request = format!("ws://{}/", gateway.address()).into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().append(*name, value.parse().unwrap());
        }
        let stream = TcpStream::connect(gateway.address()).await.unwrap();
        match client_async(request, stream).await {
            Ok((stream, _)) => Ok(Self { stream, next: 1 }),
            Err(Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// Sends a call and gives its id.
    pub(super) async fn ask(&mut self, method: &str, params: &Value) -> u64 {
        let id = self.next;
        self.next += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string())
            .await;
        id
    }

    /// One call, whose answer must come next.
    pub(super) async fn call(&mut self, method: &str, params: &Value) -> Value {
        let id = self.ask(method, params).await;
        let answer = self.json().await;
        assert_eq!(answer["id"], id, "{answer}");
        answer
    }

    /// Subscribes to blocks and gives our id.
    pub(super) async fn subscribe(&mut self) -> String {
        let answer = self.call("eth_subscribe", &json!(["newHeads"])).await;
        answer["result"]
            .as_str()
            .unwrap_or_else(|| panic!("{answer}"))
            .to_owned()
    }

    /// Sends a text.
    pub(super) async fn send(&mut self, text: &str) {
        self.stream.send(Message::text(text)).await.unwrap();
    }

    /// Sends whatever it is, as far as the gateway still takes it.
    pub(super) async fn send_message(&mut self, message: Message) {
        drop(self.stream.send(message).await);
    }

    /// The text of the next message.
    pub(super) async fn text(&mut self) -> String {
        match self.message().await {
            Some(Message::Text(text)) => text.to_string(),
            other => panic!("no text but {other:?}"),
        }
    }

    /// The next message as JSON.
    pub(super) async fn json(&mut self) -> Value {
        serde_json::from_str(&self.text().await).unwrap()
    }

    /// The close code; texts before it are dropped.
    pub(super) async fn closed(&mut self) -> Option<u16> {
        loop {
            match self.message().await {
                Some(Message::Close(frame)) => return frame.map(|frame| frame.code.into()),
                Some(Message::Text(_)) => {}
                None => return None,
                other => panic!("no close but {other:?}"),
            }
        }
    }

    /// The bare connection below.
    pub(super) fn stream(&mut self) -> &mut TcpStream {
        self.stream.get_mut()
    }

    async fn message(&mut self) -> Option<Message> {
        loop {
            match tokio::time::timeout(PATIENCE, self.stream.next())
                .await
                .expect("a message in time")
            {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(message)) => return Some(message),
                Some(Err(_)) | None => return None,
            }
        }
    }
}
