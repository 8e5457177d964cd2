//! What the head of a request asks for, and everything a head can be refused for. Pure: no socket, no clock.
//!
//! Strictness here is what keeps two readers of one byte stream from disagreeing: the body's length is declared once
//! and in digits, nothing is encoded, the path is compared as written.

use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, Version};

use super::entrance::Entrance;
use crate::limits::HEAD_FIELDS;
use crate::reply::Refused;

/// A head that may pass.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Calls, in a body of this many bytes.
    Calls {
        /// The declared length of the body.
        length: usize,
    },
    /// A browser asks whether a page may call.
    Preflight,
    /// The connection wants to become a WebSocket.
    WebSocket,
}

/// Says what `head` asks of `entrance`.
pub(super) fn examine(head: &Parts, entrance: &Entrance) -> Result<Asked, Refused> {
    if head.version != Version::HTTP_11 {
        return Err(Refused::Version);
    }
    if head.headers.len() > HEAD_FIELDS {
        return Err(Refused::HeadTooLarge);
    }
    if head.headers.contains_key(header::TRANSFER_ENCODING) {
        return Err(Refused::TransferEncoding);
    }
    let host = only(&head.headers, &header::HOST).ok_or(Refused::HostMissing)?;
    if !entrance.serves_host(host) {
        return Err(Refused::Host);
    }
    // a URL with a host in it is for proxies, which this is not
    if head.uri.authority().is_some() || !entrance.serves_path(head.uri.path()) {
        return Err(Refused::Path);
    }
    match head.method {
        Method::POST => calls(&head.headers, entrance),
        Method::OPTIONS if entrance.cors().is_some() && is_preflight(&head.headers) => Ok(Asked::Preflight),
        Method::GET if head.headers.contains_key(header::UPGRADE) => Ok(Asked::WebSocket),
        _ => Err(Refused::Method),
    }
}

fn calls(headers: &HeaderMap, entrance: &Entrance) -> Result<Asked, Refused> {
    if headers.contains_key(header::UPGRADE) {
        return Err(Refused::UpgradeWithBody);
    }
    if headers.contains_key(header::CONTENT_ENCODING) {
        return Err(Refused::ContentEncoding);
    }
    if !is_json(headers) {
        return Err(Refused::MediaType);
    }
    expectation(headers)?;
    let length = declared_length(headers)?;
    if length > entrance.body_bytes() {
        return Err(Refused::BodyTooLarge {
            limit: entrance.body_bytes(),
        });
    }
    Ok(Asked::Calls { length })
}

/// Exactly one `content-type`, which is `application/json`, perhaps with `charset=utf-8`.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = only(headers, &header::CONTENT_TYPE) else {
        return false;
    };
    if value == "application/json" {
        return true;
    }
    let Ok(text) = value.to_str() else { return false };
    let (media, parameter) = match text.split_once(';') {
        Some((media, parameter)) => (media.trim(), Some(parameter.trim())),
        None => (text.trim(), None),
    };
    media.eq_ignore_ascii_case("application/json")
        && parameter.is_none_or(|parameter| {
            parameter.eq_ignore_ascii_case("charset=utf-8") || parameter.eq_ignore_ascii_case("charset=\"utf-8\"")
        })
}

/// `100-continue`, which hyper answers when the body is read, or nothing.
fn expectation(headers: &HeaderMap) -> Result<(), Refused> {
    if !headers.contains_key(header::EXPECT) {
        return Ok(());
    }
    match only(headers, &header::EXPECT) {
        Some(value) if value.as_bytes().eq_ignore_ascii_case(b"100-continue") => Ok(()),
        _ => Err(Refused::Expectation),
    }
}

/// The one `content-length`. hyper has refused what is not digits, and different lengths.
fn declared_length(headers: &HeaderMap) -> Result<usize, Refused> {
    let value = only(headers, &header::CONTENT_LENGTH).ok_or(Refused::LengthRequired)?;
    let digits = value.to_str().map_err(|_| Refused::LengthRequired)?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refused::LengthRequired);
    }
    // more than a machine word is more than any limit
    Ok(digits.parse().unwrap_or(usize::MAX))
}

fn is_preflight(headers: &HeaderMap) -> bool {
    headers.contains_key(header::ORIGIN) && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

fn only<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a HeaderValue> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    values.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::settings;
    use callgate_policy::settings::Listener;
    use hyper::Request;

    fn entrance() -> Entrance {
        let mut settings = settings();
        settings.limits.body_bytes = 100;
        let listener = Listener {
            paths: vec!["/".to_owned(), "/rpc".to_owned()],
            hosts: vec!["node.example".to_owned()],
            ..Listener::default()
        };
        Entrance::of(&listener, &settings)
    }

    fn request(method: &str, uri: &str, headers: &[(&'static str, &str)]) -> Parts {
        let mut request = Request::new(());
        *request.method_mut() = method.parse().unwrap();
        *request.uri_mut() = uri.parse().unwrap();
        for (name, value) in headers {
            request
                .headers_mut()
                .append(*name, HeaderValue::from_str(value).unwrap());
        }
        request.into_parts().0
    }

    fn post(path: &str, extra: &[(&'static str, &str)]) -> Result<Asked, Refused> {
        let mut headers = vec![
            ("host", "node.example"),
            ("content-type", "application/json"),
            ("content-length", "5"),
        ];
        for (name, value) in extra {
            if value.is_empty() {
                headers.retain(|(known, _)| known != name);
            } else if let Some(place) = headers.iter().position(|(known, _)| known == name) {
                headers[place] = (name, value);
            } else {
                headers.push((name, value));
            }
        }
        examine(&request("POST", path, &headers), &entrance())
    }

    #[test]
    fn an_ordinary_call_passes() {
        assert_eq!(post("/", &[]), Ok(Asked::Calls { length: 5 }));
        assert_eq!(post("/rpc?apikey=x", &[]), Ok(Asked::Calls { length: 5 }));
        assert_eq!(post("/", &[("expect", "100-Continue")]), Ok(Asked::Calls { length: 5 }));
    }

    // D-16
    #[test]
    fn paths_are_compared_as_written() {
        for path in [
            "//", "/./", "/rpc/", "/RPC", "/%72pc", "/rpc/..", "/;x", "/rpc%2f", "/x", "/graphql", "/metrics",
        ] {
            assert_eq!(post(path, &[]), Err(Refused::Path), "{path}");
        }
        assert_eq!(post("http://node.example/rpc", &[]), Err(Refused::Path));
    }

    // D-13
    #[test]
    fn methods_other_than_post_are_refused() {
        for method in [
            "GET", "HEAD", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "post", "QUERY",
        ] {
            let head = request(method, "/", &[("host", "node.example"), ("content-length", "5")]);
            assert_eq!(examine(&head, &entrance()), Err(Refused::Method), "{method}");
        }
    }

    // D-18
    #[test]
    fn the_media_type_is_exactly_json() {
        for good in [
            "application/json; charset=utf-8",
            "application/json;charset=UTF-8",
            "Application/JSON",
            "application/json;charset=\"utf-8\"",
        ] {
            assert!(post("/", &[("content-type", good)]).is_ok(), "{good}");
        }
        for bad in [
            "",
            "text/plain",
            "application/json, text/plain",
            "application/json;charset=utf-16",
            "application/json; charset=utf-8; x=y",
            "application/json-rpc",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "application/json;",
        ] {
            assert_eq!(post("/", &[("content-type", bad)]), Err(Refused::MediaType), "{bad}");
        }
        let twice = [
            ("host", "node.example"),
            ("content-length", "5"),
            ("content-type", "application/json"),
            ("content-type", "application/json"),
        ];
        assert_eq!(
            examine(&request("POST", "/", &twice), &entrance()),
            Err(Refused::MediaType)
        );
    }

    // D-01, D-02, D-03, D-07, D-19
    #[test]
    fn framing_is_one_length_in_digits() {
        assert_eq!(
            post("/", &[("transfer-encoding", "chunked")]),
            Err(Refused::TransferEncoding)
        );
        assert_eq!(
            post("/", &[("transfer-encoding", "identity")]),
            Err(Refused::TransferEncoding)
        );
        assert_eq!(post("/", &[("content-length", "")]), Err(Refused::LengthRequired));
        assert_eq!(post("/", &[("content-length", "+5")]), Err(Refused::LengthRequired));
        assert_eq!(post("/", &[("content-length", "5, 5")]), Err(Refused::LengthRequired));
        assert_eq!(
            post("/", &[("content-length", "100")]),
            Ok(Asked::Calls { length: 100 })
        );
        assert_eq!(
            post("/", &[("content-length", "101")]),
            Err(Refused::BodyTooLarge { limit: 100 })
        );
        let endless = "9".repeat(40);
        assert_eq!(
            post("/", &[("content-length", &endless)]),
            Err(Refused::BodyTooLarge { limit: 100 })
        );
        assert_eq!(post("/", &[("expect", "200-ok")]), Err(Refused::Expectation));
        assert_eq!(
            post("/", &[("content-encoding", "gzip")]),
            Err(Refused::ContentEncoding)
        );
        assert_eq!(
            post("/", &[("content-encoding", "identity")]),
            Err(Refused::ContentEncoding)
        );
        assert_eq!(post("/", &[("upgrade", "websocket")]), Err(Refused::UpgradeWithBody));
    }

    // D-20
    #[test]
    fn only_listed_hosts_are_served() {
        for host in ["evil.example", "node.example.", "node.example@evil", "127.0.0.1"] {
            assert_eq!(post("/", &[("host", host)]), Err(Refused::Host), "{host}");
        }
        assert!(post("/", &[("host", "NODE.example:8550")]).is_ok());
        assert_eq!(post("/", &[("host", "")]), Err(Refused::HostMissing));
    }

    // D-25
    #[test]
    fn a_head_has_a_bounded_number_of_fields() {
        let with = |count: usize| {
            let mut head = request(
                "POST",
                "/",
                &[
                    ("host", "node.example"),
                    ("content-type", "application/json"),
                    ("content-length", "5"),
                ],
            );
            while head.headers.len() < count {
                head.headers.append("x-more", HeaderValue::from_static("1"));
            }
            examine(&head, &entrance())
        };
        assert!(with(HEAD_FIELDS).is_ok());
        assert_eq!(with(HEAD_FIELDS + 1), Err(Refused::HeadTooLarge));
    }
}
