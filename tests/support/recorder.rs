//! A hop between Callgate and the node that passes bytes on and remembers those that went towards the node.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A recording hop.
pub(crate) struct Recorder {
    address: SocketAddr,
    bytes: Arc<Mutex<Vec<u8>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Recorder {
    /// Listens in front of the node on `port`.
    pub(crate) async fn before(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&bytes);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, port, Arc::clone(&shared)));
            }
        });
        Self { address, bytes, task }
    }

    /// `http://address`
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// `ws://address`
    pub(crate) fn ws_url(&self) -> String {
        format!("ws://{}", self.address)
    }

    /// What went towards the node so far, as text (HTTP is text; WebSocket frames are masked, see `unmasked`).
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().unwrap()).into_owned()
    }

    /// Forgets what went by.
    pub(crate) fn clear(&self) {
        self.bytes.lock().unwrap().clear();
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass(client: TcpStream, port: u16, bytes: Arc<Mutex<Vec<u8>>>) {
    let Ok(node) = TcpStream::connect(("127.0.0.1", port)).await else {
        return;
    };
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_node, mut to_node) = node.into_split();
    let back = tokio::spawn(async move {
        let _ = tokio::io::copy(&mut from_node, &mut to_client).await;
    });
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from_client.read(&mut buffer).await {
        bytes.lock().unwrap().extend_from_slice(&buffer[..read]);
        if to_node.write_all(&buffer[..read]).await.is_err() {
            break;
        }
    }
    drop(to_node);
    let _ = back.await;
}
