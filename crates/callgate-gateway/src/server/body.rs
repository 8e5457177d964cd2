//! The body of a request: as many bytes as were declared, in one piece.

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Incoming;

use crate::reply::Refused;

/// Reads `length` bytes. How long that may take is the connection's business.
pub(super) async fn read(mut body: Incoming, length: usize) -> Result<Bytes, Refused> {
    if length == 0 {
        return Ok(Bytes::new());
    }
    let first = piece(&mut body).await?;
    if first.len() == length {
        return Ok(first);
    }
    let mut whole = BytesMut::with_capacity(length);
    whole.extend_from_slice(&first);
    while whole.len() < length {
        whole.extend_from_slice(&piece(&mut body).await?);
    }
    Ok(whole.freeze())
}

async fn piece(body: &mut Incoming) -> Result<Bytes, Refused> {
    loop {
        match body.frame().await {
            None | Some(Err(_)) => return Err(Refused::BodyCut),
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    return Ok(data);
                }
            }
        }
    }
}
