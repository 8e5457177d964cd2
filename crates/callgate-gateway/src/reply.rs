//! From what went wrong to what the client sees: the only place with HTTP statuses, JSON-RPC codes and public texts.
//!
//! Three kinds: a request [`Refused`] as a whole (its answer has the id null), a [`Trouble`] of one call, and the answer
//! of the node. The two enums are matched exhaustively, so a new case without a wire form does not compile.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use callgate_eth::HandleKind;
use callgate_policy::settings::ErrorDetail;
use callgate_policy::{Decision, ReasonCode};
use callgate_rpc::{AsId, ErrorData, ErrorObject, Id, InvalidCallKind, ParseError, ParseErrorKind, code};
use http_body_util::Full;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Response, StatusCode};

use crate::audit::{self, Verdict};
use crate::request_id::RequestId;
use crate::upstream::{Fault, Sent};

/// Nobody may call with what was presented.
const UNAUTHORIZED: i64 = 4100;
/// The method is not granted. The policy has this code and its sibling -32003 (refused by a rule) with its reasons.
const NOT_GRANTED: i64 = -32004;
/// No such filter or subscription: the code and text of geth, at which clients make a new one.
const NOT_FOUND: i64 = -32000;
/// A limit was reached.
const LIMIT_REACHED: i64 = -32005;

/// How long a client should wait after a limit of the whole house was reached.
const SHORT_WHILE: Duration = Duration::from_secs(1);

/// A request that is refused as a whole.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Not HTTP/1.1.
    Version,
    /// More header fields than are read.
    HeadTooLarge,
    /// Another framing than one `content-length`.
    TransferEncoding,
    /// No usable `content-length`.
    LengthRequired,
    /// No `host`, or several.
    HostMissing,
    /// The name in `host` is not served.
    Host,
    /// The path is not served.
    Path,
    /// Another method than POST.
    Method,
    /// An upgrade that also brings a body.
    UpgradeWithBody,
    /// A WebSocket handshake that is not one.
    Handshake(&'static str),
    /// A version of the WebSocket protocol other than 13.
    WebSocketVersion,
    /// The body is compressed.
    ContentEncoding,
    /// The body is not declared as JSON.
    MediaType,
    /// An expectation other than `100-continue`.
    Expectation,
    /// The declared length is over the limit.
    BodyTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The body ended early, or its framing broke.
    BodyCut,
    /// Other bodies hold all the memory that bodies may take.
    Memory,
    /// A page of this origin may not call.
    Origin,
    /// No credential, or a bad one. The client is not told which.
    Credential {
        /// Why, for the audit.
        reason: &'static str,
        /// What to present instead.
        challenge: Challenge,
    },
    /// The credential is good, but no mapping gives it a ruleset.
    Mapping,
    /// This peer has presented too many bad credentials.
    Failures,
    /// The body is not JSON, or no request.
    Document(ParseError),
    /// As many WebSockets are open as may be, of this principal or in all.
    Rooms,
    /// Something of ours broke.
    Crashed,
    /// The policy in force no longer has the listener that the request came through.
    ListenerGone,
    /// The gateway is about to stop.
    Stopping,
}

/// What a 401 asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Challenge {
    /// A token or key.
    Bearer,
    /// Also a name and password.
    BearerOrBasic,
}

/// The wire form of a refusal.
struct Wire {
    status: StatusCode,
    code: i64,
    reason: &'static str,
    kind: audit::Refusal,
}

const fn wire(status: StatusCode, code: i64, reason: &'static str, kind: audit::Refusal) -> Wire {
    Wire {
        status,
        code,
        reason,
        kind,
    }
}

impl Refused {
    fn wire(&self) -> Wire {
        use audit::Refusal::{Authentication, Body, Http, Limit, Mapping};
        use code::{INTERNAL_ERROR, INVALID_REQUEST};
        match self {
            Self::Version => wire(
                StatusCode::HTTP_VERSION_NOT_SUPPORTED,
                INVALID_REQUEST,
                "http_version_not_supported",
                Http,
            ),
            Self::HeadTooLarge => wire(
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                INVALID_REQUEST,
                "head_too_large",
                Http,
            ),
            Self::TransferEncoding => wire(
                StatusCode::BAD_REQUEST,
                INVALID_REQUEST,
                "transfer_encoding_not_accepted",
                Http,
            ),
            Self::LengthRequired => wire(StatusCode::LENGTH_REQUIRED, INVALID_REQUEST, "length_required", Http),
            Self::HostMissing => wire(StatusCode::BAD_REQUEST, INVALID_REQUEST, "host_missing", Http),
            Self::Host => wire(StatusCode::FORBIDDEN, INVALID_REQUEST, "host_not_served", Http),
            Self::Path => wire(StatusCode::NOT_FOUND, INVALID_REQUEST, "path_not_served", Http),
            Self::Method => wire(
                StatusCode::METHOD_NOT_ALLOWED,
                INVALID_REQUEST,
                "http_method_not_allowed",
                Http,
            ),
            Self::UpgradeWithBody => wire(StatusCode::BAD_REQUEST, INVALID_REQUEST, "upgrade_with_body", Http),
            Self::Handshake(_) => wire(
                StatusCode::BAD_REQUEST,
                INVALID_REQUEST,
                "bad_websocket_handshake",
                Http,
            ),
            Self::WebSocketVersion => wire(
                StatusCode::UPGRADE_REQUIRED,
                INVALID_REQUEST,
                "websocket_version_not_supported",
                Http,
            ),
            Self::ContentEncoding => wire(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                INVALID_REQUEST,
                "content_encoding_not_accepted",
                Http,
            ),
            Self::MediaType => wire(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                INVALID_REQUEST,
                "media_type_not_accepted",
                Http,
            ),
            Self::Expectation => wire(
                StatusCode::EXPECTATION_FAILED,
                INVALID_REQUEST,
                "expectation_failed",
                Http,
            ),
            Self::BodyTooLarge { .. } => wire(StatusCode::PAYLOAD_TOO_LARGE, INVALID_REQUEST, "body_too_large", Body),
            Self::BodyCut => wire(StatusCode::BAD_REQUEST, code::PARSE_ERROR, "body_incomplete", Body),
            Self::Memory => wire(
                StatusCode::SERVICE_UNAVAILABLE,
                LIMIT_REACHED,
                "body_memory_exhausted",
                Limit,
            ),
            Self::Origin => wire(StatusCode::FORBIDDEN, INVALID_REQUEST, "origin_not_allowed", Http),
            Self::Credential { reason, .. } => wire(StatusCode::UNAUTHORIZED, UNAUTHORIZED, reason, Authentication),
            Self::Mapping => wire(StatusCode::FORBIDDEN, UNAUTHORIZED, "no_mapping", Mapping),
            Self::Failures => wire(
                StatusCode::TOO_MANY_REQUESTS,
                LIMIT_REACHED,
                "too_many_bad_credentials",
                Limit,
            ),
            Self::Document(error) => document(error),
            Self::Rooms => wire(
                StatusCode::TOO_MANY_REQUESTS,
                LIMIT_REACHED,
                "too_many_websockets",
                Limit,
            ),
            Self::Crashed => wire(
                StatusCode::INTERNAL_SERVER_ERROR,
                INTERNAL_ERROR,
                "internal_error",
                Limit,
            ),
            Self::ListenerGone => wire(StatusCode::SERVICE_UNAVAILABLE, LIMIT_REACHED, "listener_gone", Limit),
            Self::Stopping => wire(StatusCode::SERVICE_UNAVAILABLE, LIMIT_REACHED, "stopping", Limit),
        }
    }

    /// The stable code that says why, for records.
    pub(crate) fn reason(&self) -> &'static str {
        self.wire().reason
    }

    /// What failed, for records.
    pub(crate) fn kind(&self) -> audit::Refusal {
        self.wire().kind
    }

    /// The reason that the client is told: of a credential only that it is not accepted.
    fn public_reason(&self) -> &'static str {
        match self {
            Self::Credential { .. } => "unauthorized",
            _ => self.reason(),
        }
    }

    /// Whether the rest of the stream cannot be trusted, or is not worth reading.
    fn ends_connection(&self) -> bool {
        match self {
            Self::Version
            | Self::HeadTooLarge
            | Self::TransferEncoding
            | Self::LengthRequired
            | Self::UpgradeWithBody
            | Self::Handshake(_)
            | Self::WebSocketVersion
            | Self::Expectation
            | Self::BodyTooLarge { .. }
            | Self::BodyCut
            | Self::Memory
            | Self::Crashed
            | Self::ListenerGone
            | Self::Stopping => true,
            Self::HostMissing
            | Self::Host
            | Self::Path
            | Self::Method
            | Self::ContentEncoding
            | Self::MediaType
            | Self::Origin
            | Self::Credential { .. }
            | Self::Mapping
            | Self::Failures
            | Self::Rooms
            | Self::Document(_) => false,
        }
    }

    fn headers(&self, into: &mut HeaderMap) {
        match self {
            Self::Credential { challenge, .. } => {
                into.insert(
                    header::WWW_AUTHENTICATE,
                    HeaderValue::from_static("Bearer realm=\"callgate\""),
                );
                // browsers ask their user for a password when they see this: only where it would be taken
                if *challenge == Challenge::BearerOrBasic {
                    into.append(
                        header::WWW_AUTHENTICATE,
                        HeaderValue::from_static("Basic realm=\"callgate\""),
                    );
                }
            }
            Self::Method => {
                into.insert(header::ALLOW, HeaderValue::from_static("POST"));
            }
            Self::WebSocketVersion => {
                into.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
                into.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
            }
            Self::Memory | Self::Failures | Self::Rooms | Self::Stopping => {
                into.insert(header::RETRY_AFTER, HeaderValue::from(SHORT_WHILE.as_secs()));
            }
            _ => {}
        }
    }
}

/// JSON that is no request, or no JSON: 400, and 413 when it is only too long.
fn document(error: &ParseError) -> Wire {
    let status = match error.kind() {
        ParseErrorKind::BodyTooLong { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::BAD_REQUEST,
    };
    let reason = if error.code() == code::PARSE_ERROR {
        "parse_error"
    } else {
        "invalid_request"
    };
    wire(status, error.code(), reason, audit::Refusal::Body)
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Version => "only http/1.1 is served",
            Self::HeadTooLarge => "the request has too many header fields",
            Self::TransferEncoding => "a transfer-encoding is not accepted: send the body with a content-length",
            Self::LengthRequired => "the body needs one content-length in digits",
            Self::HostMissing => "the request needs one host header",
            Self::Host => "this host name is not served",
            Self::Path => "nothing is served under this path",
            Self::Method => "calls are sent with the http method POST",
            Self::UpgradeWithBody => "a request with a body cannot be upgraded",
            Self::Handshake(why) => why,
            Self::WebSocketVersion => "the websocket protocol is version 13",
            Self::ContentEncoding => "an encoded body is not accepted",
            Self::MediaType => "the content-type must be application/json",
            Self::Expectation => "only the expectation 100-continue can be met",
            Self::BodyTooLarge { limit } => return write!(f, "the body has more than {limit} bytes"),
            Self::BodyCut => "the body ended early",
            Self::Memory => "too many large bodies are being read",
            Self::Origin => "pages of this origin may not call",
            Self::Credential { .. } => "no accepted credential",
            Self::Mapping => "nothing is granted to this credential",
            Self::Failures => "too many bad credentials from this address",
            Self::Document(error) => return fmt::Display::fmt(error, f),
            Self::Rooms => "too many websockets are open",
            Self::Crashed => "internal error",
            Self::ListenerGone => "the policy in force no longer has this listener",
            Self::Stopping => "the gateway is about to stop",
        })
    }
}

/// Why one call has no answer of the node.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// Not a JSON-RPC call.
    Invalid {
        /// What is wrong with it.
        kind: InvalidCallKind,
        /// The byte of the body.
        offset: usize,
    },
    /// Its parameters are not understood.
    Misunderstood(callgate_eth::Misunderstood),
    /// The policy does not permit it.
    Denied {
        /// The policy's reason.
        reason: ReasonCode,
    },
    /// A subscription outside of a WebSocket.
    NeedsWebSocket,
    /// A filter or subscription that this principal does not have.
    UnknownHandle(HandleKind),
    /// This principal has as many filters or subscriptions as it may have.
    TooManyHandles,
    /// The calls before it carry as many signatures as one body may make us check.
    TooManySignatures,
    /// The node gave no usable answer.
    Upstream {
        /// Why.
        fault: Fault,
        /// What the call may have done.
        act: Act,
    },
    /// The record of the call cannot be kept, so its answer does not leave.
    Audit {
        /// What the call may have done.
        act: Act,
    },
}

/// What a call does when the node receives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// It reads.
    Reads,
    /// It sends, signs or changes something.
    Acts,
}

impl Trouble {
    /// The stable code that says why.
    pub(crate) fn reason(&self) -> &'static str {
        match self {
            Self::Invalid { .. } => "invalid_request",
            Self::Misunderstood(why) => why.reason().code(),
            Self::Denied { reason } => reason.code(),
            Self::NeedsWebSocket => "needs_websocket",
            Self::UnknownHandle(_) => "unknown_filter_or_subscription",
            Self::TooManyHandles => "too_many_filters_or_subscriptions",
            Self::TooManySignatures => "too_many_signatures",
            Self::Upstream { fault, .. } => fault.reason(),
            Self::Audit { .. } => "audit_unavailable",
        }
    }

    /// The verdict on record.
    pub(crate) fn verdict(&self) -> Verdict {
        match self {
            Self::Invalid { .. } | Self::Misunderstood(_) | Self::UnknownHandle(_) => Verdict::Invalid,
            Self::Denied { .. } | Self::NeedsWebSocket => Verdict::Deny,
            Self::TooManyHandles | Self::TooManySignatures => Verdict::Limit,
            Self::Upstream { .. } | Self::Audit { .. } => Verdict::Error,
        }
    }

    fn code(&self) -> i64 {
        match self {
            Self::Invalid { .. } => code::INVALID_REQUEST,
            Self::Misunderstood(_) => code::INVALID_PARAMS,
            Self::UnknownHandle(_) => NOT_FOUND,
            Self::Denied { reason } => reason.jsonrpc_code().map_or(NOT_GRANTED, i64::from),
            Self::NeedsWebSocket => NOT_GRANTED,
            Self::TooManyHandles | Self::TooManySignatures => LIMIT_REACHED,
            Self::Upstream { .. } | Self::Audit { .. } => code::INTERNAL_ERROR,
        }
    }

    /// The HTTP status when this call is the whole request.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Invalid { .. } => StatusCode::BAD_REQUEST,
            Self::Misunderstood(_) | Self::Denied { .. } | Self::NeedsWebSocket | Self::UnknownHandle(_) => {
                StatusCode::OK
            }
            Self::TooManyHandles | Self::TooManySignatures => StatusCode::TOO_MANY_REQUESTS,
            Self::Upstream { fault, .. } => match fault {
                Fault::TimedOut(_) => StatusCode::GATEWAY_TIMEOUT,
                Fault::Busy | Fault::Memory => StatusCode::SERVICE_UNAVAILABLE,
                Fault::Unreachable
                | Fault::Broken(_)
                | Fault::TooLarge
                | Fault::Status(_)
                | Fault::Invalid
                | Fault::Unexpected
                | Fault::OtherTransaction
                | Fault::Astray => StatusCode::BAD_GATEWAY,
            },
            Self::Audit { .. } => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// What the client reads. Without detail the texts say no more than the codes.
    fn message(&self, detail: ErrorDetail, decision: Option<&Decision>) -> Cow<'_, str> {
        match self {
            Self::Invalid { .. } if detail == ErrorDetail::None => "invalid request".into(),
            Self::Invalid { kind, offset } => format!("{kind} at byte {offset}").into(),
            Self::Misunderstood(_) if detail == ErrorDetail::None => "invalid params".into(),
            Self::Misunderstood(why) => why.to_string().into(),
            Self::Denied { .. } if detail == ErrorDetail::None => "not permitted".into(),
            Self::Denied { reason } => {
                match decision
                    .and_then(Decision::nearest_miss)
                    .filter(|_| detail == ErrorDetail::Full)
                {
                    Some(miss) => format!("{}; nearest: {miss}", reason.sentence()).into(),
                    None => reason.sentence().into(),
                }
            }
            Self::NeedsWebSocket => "subscriptions need a websocket".into(),
            Self::UnknownHandle(HandleKind::Filter) => "filter not found".into(),
            Self::UnknownHandle(HandleKind::Subscription) => "subscription not found".into(),
            Self::TooManyHandles => "too many filters or subscriptions".into(),
            Self::TooManySignatures => "too many signed transactions and authorizations in one body".into(),
            Self::Upstream { fault, act: Act::Acts } if fault.sent() == Sent::Maybe => {
                format!("{fault}; the call may have been carried out: look before sending it again").into()
            }
            Self::Upstream { fault, .. } => fault.to_string().into(),
            Self::Audit { act: Act::Reads } => "the record of this call cannot be kept".into(),
            Self::Audit { act: Act::Acts } => {
                "the record of this call cannot be kept; it may have been carried out: look before sending it again"
                    .into()
            }
        }
    }

    /// Writes the error answer to the call `id`, about which this was decided.
    pub(crate) fn write(&self, out: &mut Vec<u8>, id: &impl AsId, decision: Option<&Decision>, signature: &Signature) {
        let message = self.message(signature.detail, decision);
        let rule = decision
            .filter(|_| signature.detail == ErrorDetail::Full)
            .and_then(Decision::rule);
        let rule = rule.map(|rule| rule.to_string());
        write_error(
            out,
            id,
            self.code(),
            &message,
            self.reason(),
            rule.as_deref(),
            signature,
        );
    }
}

/// What every error answer of a request carries.
#[derive(Clone, Copy)]
pub(crate) struct Signature {
    /// The request.
    pub(crate) request_id: RequestId,
    /// How much the policy lets clients know.
    pub(crate) detail: ErrorDetail,
}

fn write_error(
    out: &mut Vec<u8>,
    id: &impl AsId,
    code: i64,
    message: &str,
    reason: &'static str,
    rule: Option<&str>,
    signature: &Signature,
) {
    let mut digits = [0; 32];
    let data = ErrorData {
        reason: (signature.detail != ErrorDetail::None).then_some(reason),
        rule,
        request_id: Some(signature.request_id.encode(&mut digits)),
    };
    callgate_rpc::write_error(out, id, &ErrorObject { code, message, data });
}

/// The whole answer to a refused request.
pub(crate) fn refuse(refused: &Refused, signature: &Signature) -> Response<Full<Bytes>> {
    let wire = refused.wire();
    let mut body = Vec::with_capacity(256);
    let message = refused.to_string();
    write_error(
        &mut body,
        &Id::Null,
        wire.code,
        &message,
        refused.public_reason(),
        None,
        signature,
    );
    let mut response = json(wire.status, body);
    refused.headers(response.headers_mut());
    if refused.ends_connection() {
        response
            .headers_mut()
            .insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// The error that a WebSocket is told about a message that was refused as a whole.
pub(crate) fn refusal_text(refused: &Refused, signature: &Signature) -> Vec<u8> {
    let mut body = Vec::with_capacity(256);
    let (code, message) = (refused.wire().code, refused.to_string());
    write_error(
        &mut body,
        &Id::Null,
        code,
        &message,
        refused.public_reason(),
        None,
        signature,
    );
    body
}

/// An answer with a JSON body.
pub(crate) fn json(status: StatusCode, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.reserve(4);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));

    response
}

/// An answer that says only that the request was taken: to notifications and preflights.
pub(crate) fn nothing() -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::new()));
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}
