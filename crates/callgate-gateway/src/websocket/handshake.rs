//! The opening handshake (RFC 6455, section 4.2): exactly that, and neither extensions nor sub-protocols.
//!
//! No extension is ever agreed on, so frames are never compressed. A sub-protocol is never echoed: some clients put
//! tokens there.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::reply::Refused;

/// The only version there is.
const VERSION: &[u8] = b"13";

/// The length of 16 bytes in base64.
const KEY_LENGTH: usize = 24;

/// The answer to a handshake with these headers.
///
/// # Errors
/// When it is no handshake for version 13, or brings a body.
pub(super) fn answer(headers: &HeaderMap) -> Result<Response<Full<Bytes>>, Refused> {
    match only(headers, &header::UPGRADE) {
        Some(value) if value.as_bytes().eq_ignore_ascii_case(b"websocket") => {}
        _ => return Err(Refused::Handshake("the upgrade must be to websocket")),
    }
    if !lists_upgrade(headers) {
        return Err(Refused::Handshake("the connection header must name upgrade"));
    }
    if has_body(headers) {
        return Err(Refused::UpgradeWithBody);
    }
    if only(headers, &header::SEC_WEBSOCKET_VERSION).is_none_or(|value| value != VERSION) {
        return Err(Refused::WebSocketVersion);
    }
    let key = only(headers, &header::SEC_WEBSOCKET_KEY).filter(|key| is_key(key.as_bytes()));
    let key = key.ok_or(Refused::Handshake("sec-websocket-key must be 16 bytes in base64"))?;
    let accept = HeaderValue::from_str(&derive_accept_key(key.as_bytes()));
    Ok(agreed(accept.map_err(|_| Refused::Crashed)?))
}

fn agreed(accept: HeaderValue) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::new()));
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    response
}

fn lists_upgrade(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::CONNECTION).iter();
    let mut tokens = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    tokens.any(|token| token.trim_ascii().eq_ignore_ascii_case(b"upgrade"))
}

/// Whether bytes follow that are no frames. A transfer-encoding has been refused before.
fn has_body(headers: &HeaderMap) -> bool {
    headers.contains_key(header::EXPECT)
        || headers
            .get_all(header::CONTENT_LENGTH)
            .iter()
            .any(|length| length != "0")
}

/// Canonical base64 of 16 bytes: 22 digits, of which the last has four zero bits, and two signs of padding.
fn is_key(key: &[u8]) -> bool {
    let Some((digits, b"==")) = key.split_at_checked(KEY_LENGTH - 2) else {
        return false;
    };
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    digits.iter().all(is_digit) && matches!(digits.last(), Some(b'A' | b'Q' | b'g' | b'w'))
}

fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a HeaderValue> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    values.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: [(&str, &str); 4] = [
        ("connection", "keep-alive, Upgrade"),
        ("upgrade", "WebSocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];

    /// The good handshake, with `name` replaced by `values`.
    fn with(name: &'static str, values: &[&str]) -> Result<Response<Full<Bytes>>, Refused> {
        let mut headers = HeaderMap::new();
        for (known, value) in GOOD.iter().filter(|(known, _)| *known != name) {
            headers.append(*known, HeaderValue::from_str(value).unwrap());
        }
        for value in values {
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        answer(&headers)
    }

    // The example of RFC 6455, section 1.3.
    #[test]
    fn a_handshake_is_agreed_to() {
        let response = with("x-other", &["1"]).unwrap();
        assert_eq!(response.status(), 101);
        assert_eq!(
            response.headers()["sec-websocket-accept"],
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        );
        assert_eq!(response.headers().len(), 3);
    }

    // D-30, E-23
    #[test]
    fn no_extension_and_no_sub_protocol_is_agreed_to() {
        for name in ["sec-websocket-extensions", "sec-websocket-protocol"] {
            let response = with(name, &["permessage-deflate"]).unwrap();
            assert_eq!(response.headers().len(), 3, "{name}");
        }
    }

    // D-38
    #[test]
    fn what_is_no_handshake_is_refused() {
        for version in [&["7"] as &[&str], &[], &["13, 13"], &["13", "13"], &["013"], &["8"]] {
            assert_eq!(
                with("sec-websocket-version", version).err(),
                Some(Refused::WebSocketVersion),
                "{version:?}"
            );
        }
        for key in [
            &[] as &[&str],
            &["short"],
            &["dGhlIHNhbXBsZSBub25jZQ=="; 2],
            &["dGhlIHNhbXBsZSBub25jZR=="],
            &["dGhlIHNhbXBsZSBub25jZQ=A"],
            &["dGhlIHNhbXBsZSBub25jZ-=="],
            &["dGhlIHNhbXBsZSBub25jZQQQ=="],
        ] {
            assert!(
                matches!(with("sec-websocket-key", key), Err(Refused::Handshake(_))),
                "{key:?}"
            );
        }
        for upgrade in [
            &["h2c"] as &[&str],
            &["websocket, h2c"],
            &["websocket", "websocket"],
            &[],
        ] {
            assert!(
                matches!(with("upgrade", upgrade), Err(Refused::Handshake(_))),
                "{upgrade:?}"
            );
        }
        for connection in [&[] as &[&str], &["keep-alive"], &["xupgrade"]] {
            assert!(
                matches!(with("connection", connection), Err(Refused::Handshake(_))),
                "{connection:?}"
            );
        }
        for length in [&["1"] as &[&str], &["0", "5"], &["00"], &["nonsense"]] {
            assert_eq!(
                with("content-length", length).err(),
                Some(Refused::UpgradeWithBody),
                "{length:?}"
            );
        }
        assert_eq!(with("expect", &["100-continue"]).err(), Some(Refused::UpgradeWithBody));
        assert!(with("content-length", &["0"]).is_ok());
    }
}
