//! The seam to the WebSocket front: an authenticated request that wants to become one.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::{Request, Response};

use super::front::Visit;
use crate::authenticate::Caller;
use crate::reply::Refused;

/// Answers a handshake. The origin has been checked, the caller is known, the path is ours.
pub(super) fn accept(_: &Visit, _: Arc<Caller>, _: Request<Incoming>) -> Result<Response<Full<Bytes>>, Refused> {
    Err(Refused::Handshake("websockets are not served"))
}
