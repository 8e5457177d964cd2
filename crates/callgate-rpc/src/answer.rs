//! Answers to the client: a node's result or error under the client's own id, and errors of our own.

use crate::error::code;
use crate::id::{AsId, Id};
use crate::reply::node_error;
use crate::write::Writer;

/// An error of our own.
#[derive(Debug, Clone, Copy)]
pub struct ErrorObject<'a> {
    /// The JSON-RPC code.
    pub code: i64,
    /// What is wrong, in a sentence.
    pub message: &'a str,
    /// What a program may act on; left out when empty.
    pub data: ErrorData<'a>,
}

/// The `data` of an error of our own.
#[derive(Debug, Clone, Copy, Default)]
pub struct ErrorData<'a> {
    /// The stable reason code.
    pub reason: Option<&'a str>,
    /// The rule that decided.
    pub rule: Option<&'a str>,
    /// The id under which the operator finds the request.
    pub request_id: Option<&'a str>,
}

/// Appends the answer to a call: `result` is one JSON value as [`crate::scan_reply`] found it.
pub fn write_result(out: &mut Vec<u8>, id: &impl AsId, result: &[u8]) {
    out.reserve(result.len() + 64);
    let mut writer = begin(out, id.as_id());
    writer.name("result");
    writer.raw(result);
    writer.end_object();
}

/// Appends the node's error as the answer to a call: `raw` is the error object as [`crate::scan_reply`] found it. Its
/// code, message and data go on; members that JSON-RPC does not know stay behind.
pub fn write_node_error(out: &mut Vec<u8>, id: &impl AsId, raw: &[u8]) {
    let mut writer = begin(out, id.as_id());
    writer.name("error");
    writer.begin_object();
    writer.name("code");
    if let Ok(error) = node_error(raw) {
        writer.i64(error.code);
        writer.name("message");
        writer.raw(error.message);
        if let Some(data) = error.data {
            writer.name("data");
            writer.raw(data);
        }
    } else {
        writer.i64(code::INTERNAL_ERROR);
        writer.name("message");
        writer.string("the node's error cannot be read");
    }
    writer.end_object();
    writer.end_object();
}

/// Appends an error of our own as the answer to a call.
pub fn write_error(out: &mut Vec<u8>, id: &impl AsId, error: &ErrorObject<'_>) {
    let mut writer = begin(out, id.as_id());
    writer.name("error");
    writer.begin_object();
    writer.name("code");
    writer.i64(error.code);
    writer.name("message");
    writer.string(error.message);
    error.data.write(&mut writer);
    writer.end_object();
    writer.end_object();
}

/// Appends a notification of a subscription:
/// `{"jsonrpc":"2.0","method":"…","params":{"subscription":"…","result":…}}`. `result` is one JSON value as
/// [`crate::scan_message`] found it.
pub fn write_notification(out: &mut Vec<u8>, method: &str, subscription: &str, result: &[u8]) {
    out.reserve(result.len() + 128);
    let mut writer = Writer::new(out);
    writer.begin_object();
    writer.name("jsonrpc");
    writer.string("2.0");
    writer.name("method");
    writer.string(method);
    writer.name("params");
    writer.begin_object();
    writer.name("subscription");
    writer.string(subscription);
    writer.name("result");
    writer.raw(result);
    writer.end_object();
    writer.end_object();
}

/// Appends the answer to a batch out of finished answers, in their order.
pub fn write_answers<'a>(out: &mut Vec<u8>, answers: impl IntoIterator<Item = &'a [u8]>) {
    let mut writer = Writer::new(out);
    writer.begin_array();
    answers.into_iter().for_each(|answer| writer.raw(answer));
    writer.end_array();
}

impl ErrorData<'_> {
    fn write(&self, writer: &mut Writer<'_>) {
        let members = [
            ("reason", self.reason),
            ("rule", self.rule),
            ("requestId", self.request_id),
        ];
        if members.iter().all(|(_, value)| value.is_none()) {
            return;
        }
        writer.name("data");
        writer.begin_object();
        for (name, value) in members {
            if let Some(value) = value {
                writer.name(name);
                writer.string(value);
            }
        }
        writer.end_object();
    }
}

/// `{"jsonrpc":"2.0","id":…`
fn begin<'b>(out: &'b mut Vec<u8>, id: Id<'_>) -> Writer<'b> {
    let mut writer = Writer::new(out);
    writer.begin_object();
    writer.name("jsonrpc");
    writer.string("2.0");
    writer.name("id");
    match id {
        Id::Null => writer.null(),
        Id::Unsigned(number) => writer.u64(number),
        Id::Negative(number) => writer.i64(number),
        Id::String(text) => writer.string(text),
    }
    writer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::OwnedId;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_result_goes_out_under_the_clients_id() {
        for (id, text) in [
            (Id::Null, "null"),
            (Id::Unsigned(u64::MAX), "18446744073709551615"),
            (Id::Negative(i64::MIN), "-9223372036854775808"),
            (Id::String("a\"\\"), r#""a\"\\""#),
        ] {
            let expected = format!(r#"{{"jsonrpc":"2.0","id":{text},"result":[1, 2]}}"#);
            assert_eq!(written(|out| write_result(out, &id, b"[1, 2]")), expected);
            assert_eq!(written(|out| write_result(out, &id.to_owned(), b"[1, 2]")), expected);
        }
    }

    #[test]
    fn a_nodes_error_keeps_code_message_and_data_only() {
        let raw = br#"{"data" : "0x08c379a0", "x":{"code":1}, "message":"execution reverted: \u003c", "code":3 }"#;
        assert_eq!(
            written(|out| write_node_error(out, &Id::Unsigned(1), raw)),
            r#"{"jsonrpc":"2.0","id":1,"error":{"code":3,"message":"execution reverted: \u003c","data":"0x08c379a0"}}"#
        );
        assert_eq!(
            written(|out| write_node_error(out, &Id::Unsigned(1), b"[]")),
            r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"the node's error cannot be read"}}"#
        );
    }

    #[test]
    fn an_error_leaves_out_what_is_not_told() {
        let mut error = ErrorObject {
            code: -32004,
            message: "no `x`\n",
            data: ErrorData::default(),
        };
        assert_eq!(
            written(|out| write_error(out, &OwnedId::Null, &error)),
            r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32004,"message":"no `x`\n"}}"#
        );
        error.data = ErrorData {
            reason: Some("a"),
            rule: None,
            request_id: Some("b"),
        };
        assert_eq!(
            written(|out| write_error(out, &OwnedId::Null, &error)),
            r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32004,"message":"no `x`\n","data":{"reason":"a","requestId":"b"}}}"#
        );
    }

    #[test]
    fn notifications_and_batches() {
        assert_eq!(
            written(|out| write_notification(out, "eth_subscription", "0x1", b"{}")),
            r#"{"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":"0x1","result":{}}}"#
        );
        assert_eq!(written(|out| write_answers(out, [])), "[]");
        assert_eq!(written(|out| write_answers(out, [b"1".as_slice(), b"2"])), "[1,2]");
    }
}
