//! A fresh connection to the node: name, TCP, TLS, and the HTTP/1.1 machinery on top.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::target::{Target, Transport};
use crate::limits::{NODE_HEAD_BYTES, NODE_READ_BUFFER_BYTES};

/// A connection that takes one request at a time.
pub(super) type Link = http1::SendRequest<Full<Bytes>>;

/// Connects to one target.
pub(crate) struct Connector {
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

impl Connector {
    /// A connector for `target`. Reads the platform's root certificates when the target wants TLS.
    pub(crate) fn to(target: &Target) -> std::io::Result<Self> {
        let tls = match target.transport() {
            Transport::Plain => None,
            Transport::Tls => {
                let name = ServerName::try_from(target.host().to_owned()).map_err(std::io::Error::other)?;
                Some((TlsConnector::from(Arc::new(client_config()?)), name))
            }
        };
        Ok(Self { tls })
    }

    /// A fresh connection, driven by a task of its own until either side closes it.
    pub(super) async fn connect(&self, target: &Target) -> std::io::Result<Link> {
        let stream = reach(target).await?;
        match &self.tls {
            None => drive(stream).await,
            Some((connector, name)) => drive(connector.connect(name.clone(), stream).await?).await,
        }
    }

    /// A fresh connection with nothing on top yet: for a WebSocket.
    pub(crate) async fn open(&self, target: &Target) -> std::io::Result<Box<dyn Duplex>> {
        let stream = reach(target).await?;
        Ok(match &self.tls {
            None => Box::new(stream),
            Some((connector, name)) => Box::new(connector.connect(name.clone(), stream).await?),
        })
    }
}

/// A connection, with TLS or without.
pub(crate) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Duplex for S {}

async fn reach(target: &Target) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect((target.host(), target.port())).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

async fn drive<S>(stream: S) -> std::io::Result<Link>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (link, connection) = http1::Builder::new()
        .max_buf_size(NODE_READ_BUFFER_BYTES)
        .max_header_size(NODE_HEAD_BYTES)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(std::io::Error::other)?;
    // its end is seen by whoever waits for an answer on the link
    tokio::spawn(async move { drop(connection.await) });
    Ok(link)
}

/// TLS 1.2 and 1.3 with the platform's roots; HTTP/1.1 is the only protocol offered.
fn client_config() -> std::io::Result<rustls::ClientConfig> {
    let mut roots = rustls::RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        return Err(std::io::Error::other("the platform has no root certificates"));
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(std::io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
