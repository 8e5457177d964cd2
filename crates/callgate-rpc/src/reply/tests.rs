//! The scanner of answers: shapes, limits, hostile bytes.

use proptest::prelude::*;
use serde::de::IgnoredAny;

use super::*;

fn reply(text: &str) -> Result<Reply<'_>, Kind> {
    scan_reply(text.as_bytes(), &ReplyLimits::default()).map_err(|error| error.kind())
}

fn message(text: &str) -> Result<NodeMessage<'_>, Kind> {
    scan_message(text.as_bytes(), &ReplyLimits::default()).map_err(|error| error.kind())
}

#[test]
fn a_result_is_found_in_any_order_and_relayed_as_it_is() {
    for text in [
        r#"{"jsonrpc":"2.0","id":7,"result":{"a": [1, "\u003c"] }}"#,
        "\n{ \"result\" : {\"a\": [1, \"\\u003c\"] } , \"id\" : 7 , \"jsonrpc\" : \"2.0\" }\r\n",
    ] {
        let reply = reply(text).unwrap();
        assert_eq!(reply.id, ReplyId::Ours(7));
        assert_eq!(reply.outcome, Outcome::Result(br#"{"a": [1, "\u003c"] }"#));
    }
}

#[test]
fn every_kind_of_result() {
    for result in [
        "null",
        "true",
        "false",
        "0",
        "-1.5E+300",
        "1e999",
        "\"\"",
        "\"0x\\\"\"",
        "[]",
        "{}",
        "[[],{\"a\":{}}]",
    ] {
        let text = format!(r#"{{"jsonrpc":"2.0","id":1,"result":{result}}}"#);
        assert_eq!(reply(&text).unwrap().outcome, Outcome::Result(result.as_bytes()));
    }
}

#[test]
fn ids_of_ours_and_of_others() {
    for (id, expected) in [
        ("0", ReplyId::Ours(0)),
        ("18446744073709551615", ReplyId::Ours(u64::MAX)),
        ("18446744073709551616", ReplyId::Foreign),
        ("null", ReplyId::Null),
        ("-1", ReplyId::Foreign),
        ("1.0", ReplyId::Foreign),
        ("\"1\"", ReplyId::Foreign),
        ("{\"id\":1}", ReplyId::Foreign),
    ] {
        assert_eq!(
            reply(&format!(r#"{{"jsonrpc":"2.0","id":{id},"result":1}}"#))
                .unwrap()
                .id,
            expected,
            "{id}"
        );
    }
}

#[test]
fn errors_have_a_code_and_a_message() {
    let raw = r#"{"code":-32000,"message":"a \"b\"","data":{"x":[]},"extra":{"code":1}}"#;
    let text = format!(r#"{{"jsonrpc":"2.0","id":1,"error": {raw} }}"#);
    let expected = NodeError {
        code: -32000,
        message: br#""a \"b\"""#,
        data: Some(br#"{"x":[]}"#),
        raw: raw.as_bytes(),
    };
    assert_eq!(reply(&text).unwrap().outcome, Outcome::Error(expected));
    for raw in [
        "null",
        "{}",
        "\"x\"",
        r#"{"code":1}"#,
        r#"{"message":"x"}"#,
        r#"{"code":"1","message":"x"}"#,
        r#"{"code":1.5,"message":"x"}"#,
        r#"{"code":9223372036854775808,"message":"x"}"#,
        r#"{"code":1,"message":null}"#,
        r#"{"code":1,"message":"x","code":2}"#,
        r#"{"code":1,"message":"x","message":"y"}"#,
        r#"{"\u0063ode":1,"message":"x"}"#,
    ] {
        assert!(
            reply(&format!(r#"{{"jsonrpc":"2.0","id":1,"error":{raw}}}"#)).is_err(),
            "{raw}"
        );
    }
}

/// Erigon's streaming methods have begun a result when they fail; block builders write the `error` of JSON-RPC 1.0.
#[test]
fn an_error_beside_a_result_counts_and_one_that_is_null_does_not() {
    for text in [
        r#"{"jsonrpc":"2.0","id":1,"result":null,"error":{"code":-7,"message":""}}"#,
        r#"{"jsonrpc":"2.0","id":1,"error":{"code":-7,"message":""},"result":[{"partial":1}]}"#,
    ] {
        assert!(matches!(reply(text).unwrap().outcome, Outcome::Error(error) if error.code == -7));
    }
    let builder = reply(r#"{"jsonrpc":"2.0","result":200,"error":null,"id":1}"#).unwrap();
    assert_eq!(builder.outcome, Outcome::Result(b"200"));
}

#[test]
fn members_and_items_of_results_can_be_looked_at() {
    let object = br#"{"a":1,"b":{"a":2},"twice":1,"twice":2,"c":[1 , "x",{}]}"#;
    assert_eq!(read_member(object, "a"), Some(b"1".as_slice()));
    assert_eq!(read_member(object, "b"), Some(br#"{"a":2}"#.as_slice()));
    for name in ["twice", "none", ""] {
        assert_eq!(read_member(object, name), None, "{name}");
    }
    for raw in [b"1".as_slice(), b"[]", b"\"a\"", b""] {
        assert_eq!(read_member(raw, "a"), None);
    }
    let list = read_member(object, "c").unwrap();
    let seen = |most| {
        let mut seen = Vec::new();
        read_items(list, |item| {
            seen.push(String::from_utf8_lossy(item).into_owned());
            seen.len() < most
        });
        seen
    };
    assert_eq!(seen(9), ["1", "\"x\"", "{}"]);
    assert_eq!(seen(1), ["1"]);
    read_items(b"{}", |_| panic!("no array"));
}

#[test]
fn exactly_the_members_of_an_answer() {
    for (text, kind) in [
        (r#"{"jsonrpc":"2.0","id":1}"#, Kind::NoOutcome),
        (r#"{"jsonrpc":"2.0","id":1,"error":null}"#, Kind::NoOutcome),
        (
            r#"{"jsonrpc":"2.0","id":1,"error":null,"error":{"code":1,"message":""}}"#,
            Kind::DuplicateMember,
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"result":1,"error":null,"error":null}"#,
            Kind::DuplicateMember,
        ),
        (r#"{"jsonrpc":"2.0","result":1}"#, Kind::MissingId),
        (r#"{"id":1,"result":1}"#, Kind::MissingVersion),
        (r#"{"jsonrpc":"1.0","id":1,"result":1}"#, Kind::WrongVersion),
        (r#"{"jsonrpc":2.0,"id":1,"result":1}"#, Kind::WrongVersion),
        (
            r#"{"jsonrpc":"2.0","id":1,"result":1,"result":1}"#,
            Kind::DuplicateMember,
        ),
        (
            r#"{"jsonrpc":"2.0","jsonrpc":"2.0","id":1,"result":1}"#,
            Kind::DuplicateMember,
        ),
        (r#"{"jsonrpc":"2.0","id":1,"id":2,"result":1}"#, Kind::DuplicateMember),
        (r#"{"jsonrpc":"2.0","id":1,"result":1,"x":1}"#, Kind::UnknownMember),
        (r#"{"jsonrpc":"2.0","id":1,"Result":1}"#, Kind::UnknownMember),
        (r#"{"jsonrpc":"2.0","\u0069d":1,"result":1}"#, Kind::UnknownMember),
        (
            r#"{"jsonrpc":"2.0","id":1,"result":1,"method":"a"}"#,
            Kind::UnknownMember,
        ),
    ] {
        assert_eq!(reply(text), Err(kind), "{text}");
    }
    for text in [
        "",
        " ",
        "null",
        "1",
        "\"a\"",
        "[]",
        "<html>",
        "{",
        "{}x",
        "{\"a\"}",
        "{\"jsonrpc\":\"2.0\",}",
        "\u{feff}{}",
    ] {
        assert!(reply(text).is_err(), "{text}");
    }
}

#[test]
fn bytes_that_are_no_json_are_refused_wherever_they_hide() {
    let hidden = |value: &[u8]| [br#"{"jsonrpc":"2.0","id":1,"result":[{"a":"#.as_slice(), value, b"}]}"].concat();
    assert!(scan_reply(&hidden(b"1"), &ReplyLimits::default()).is_ok());
    for value in [
        b"\"\xff\"".as_slice(),
        b"\"\xc1\xa5\"",
        b"\"\x01\"",
        b"\"\\x\"",
        b"\"\\u00g0\"",
        b"\"\\",
        b"01",
        b"+1",
        b".5",
        b"1.",
        b"1e",
        b"NaN",
        b"tru",
        b"nulll",
        b"1 2",
        b"[1,]",
        b"[1 2]",
        b"[1}",
        b"{\"a\":1]",
        b"{\"a\":1,}",
        b"{\"a\" 1}",
        b"{a:1}",
        b"/**/1",
        b"",
    ] {
        assert!(
            scan_reply(&hidden(value), &ReplyLimits::default()).is_err(),
            "{value:?}"
        );
    }
}

#[test]
fn depth_at_the_limit_and_beyond() {
    let nested = |depth: usize, open: &str, close: &str| {
        format!(
            r#"{{"jsonrpc":"2.0","id":1,"result":{}1{}}}"#,
            open.repeat(depth),
            close.repeat(depth)
        )
    };
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        assert!(reply(&nested(511, open, close)).is_ok());
        assert_eq!(reply(&nested(512, open, close)), Err(Kind::TooDeep { limit: 512 }));
    }
    // A wish for more is not granted, one for less is.
    let more = ReplyLimits {
        depth: 5_000,
        ..ReplyLimits::default()
    };
    assert!(scan_reply(nested(512, "[", "]").as_bytes(), &more).is_err());
    let less = ReplyLimits {
        depth: 3,
        ..ReplyLimits::default()
    };
    assert!(scan_reply(nested(2, "[", "]").as_bytes(), &less).is_ok());
    assert!(scan_reply(nested(3, "[", "]").as_bytes(), &less).is_err());
    assert!(reply(&"[".repeat(1_000_000)).is_err());
    assert!(reply(&nested(1_000_000, "[", "]")).is_err());
}

#[test]
fn mixed_nesting_is_remembered() {
    let open: String = (0..500)
        .map(|level| if level % 3 == 0 { "{\"a\":" } else { "[" })
        .collect();
    let close: String = (0..500)
        .rev()
        .map(|level| if level % 3 == 0 { "}" } else { "]" })
        .collect();
    assert!(reply(&format!(r#"{{"jsonrpc":"2.0","id":1,"result":{open}1{close}}}"#)).is_ok());
    let wrong = close.replacen(']', "}", 1);
    assert!(reply(&format!(r#"{{"jsonrpc":"2.0","id":1,"result":{open}1{wrong}}}"#)).is_err());
}

#[test]
fn bytes_at_the_limit_and_beyond() {
    let text = r#"{"jsonrpc":"2.0","id":1,"result":1}"#;
    let limits = |bytes| ReplyLimits {
        bytes,
        ..ReplyLimits::default()
    };
    assert!(scan_reply(text.as_bytes(), &limits(text.len())).is_ok());
    let error = scan_reply(text.as_bytes(), &limits(text.len() - 1)).unwrap_err();
    assert_eq!(error.kind(), Kind::TooLong { limit: text.len() - 1 });
}

#[test]
fn batches() {
    let limits = ReplyLimits {
        batch: 2,
        ..ReplyLimits::default()
    };
    let one = r#"{"jsonrpc":"2.0","id":2,"result":[1,2]}"#;
    let two = r#"{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"x"}}"#;
    let text = format!("[{one} , {two}]");
    let Ok(BatchReply::Replies(replies)) = scan_batch(text.as_bytes(), &limits) else {
        panic!()
    };
    assert_eq!(
        replies.iter().map(|reply| reply.id).collect::<Vec<_>>(),
        [ReplyId::Ours(2), ReplyId::Ours(1)]
    );
    let three = format!("[{one},{one},{one}]");
    let error = scan_batch(three.as_bytes(), &limits).map_err(|error| error.kind());
    assert_eq!(error, Err(Kind::TooManyReplies { limit: 2 }));
    assert_eq!(scan_batch(b" [ ] ", &limits), Ok(BatchReply::Replies(Vec::new())));
    for text in [
        format!("[{one},]"),
        format!("[{one}"),
        format!("[{one}]]"),
        "[1]".into(),
        "[[]]".into(),
        one.into(),
        two.into(),
    ] {
        assert!(scan_batch(text.as_bytes(), &limits).is_err(), "{text}");
    }
    let whole = r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"batch too large"}}"#;
    let Ok(BatchReply::Error(error)) = scan_batch(whole.as_bytes(), &limits) else {
        panic!()
    };
    assert_eq!(error.code, -32600);
}

#[test]
fn messages_of_a_socket() {
    let text =
        r#"{"jsonrpc":"2.0","method":"eth_subscription","params":{"result":{"number":"0x1"},"subscription":"0x9c"}}"#;
    let news = Notification {
        method: "eth_subscription".into(),
        subscription: "0x9c".into(),
        result: br#"{"number":"0x1"}"#,
    };
    assert_eq!(message(text), Ok(NodeMessage::Notification(news)));
    let numbered = text.replace("\"0x9c\"", "12");
    let Ok(NodeMessage::Notification(news)) = message(&numbered) else {
        panic!()
    };
    assert_eq!(news.subscription, "12");
    assert!(matches!(
        message(r#"{"jsonrpc":"2.0","id":1,"result":"0x9c"}"#),
        Ok(NodeMessage::Reply(_))
    ));
    assert!(matches!(
        message(r#"[{"jsonrpc":"2.0","id":1,"result":"0x9c"}]"#),
        Ok(NodeMessage::Batch(_))
    ));
    for text in [
        r#"{"jsonrpc":"2.0","method":"eth_subscription"}"#,
        r#"{"jsonrpc":"2.0","method":"eth_subscription","params":[]}"#,
        r#"{"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":"0x1"}}"#,
        r#"{"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":null,"result":1}}"#,
        r#"{"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":-1,"result":1}}"#,
        r#"{"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":"1","result":1,"x":1}}"#,
        r#"{"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":"1","result":1,"result":1}}"#,
        r#"{"jsonrpc":"2.0","method":null,"params":{"subscription":"1","result":1}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"eth_subscription","params":{"subscription":"1","result":1}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[]}"#,
        r#"{"method":"eth_subscription","params":{"subscription":"1","result":1}}"#,
    ] {
        assert!(message(text).is_err(), "{text}");
    }
}

#[test]
fn text_of_a_result() {
    assert_eq!(read_text(b"\"0x1\"").as_deref(), Some("0x1"));
    assert_eq!(read_text(br#""a\u00e9\n\ud83d\ude39b""#).as_deref(), Some("aé\n😹b"));
    assert_eq!(read_text(b"42").as_deref(), Some("42"));
    for raw in [
        "",
        "\"",
        "-1",
        "1.5",
        "null",
        "[]",
        "\"a\"b\"",
        "\"\\\"",
        "\"\\ud800\"",
        "\"\u{1}\"",
    ] {
        assert_eq!(read_text(raw.as_bytes()), None, "{raw}");
    }
}

#[test]
fn errors_name_the_byte() {
    let error = scan_reply(br#"{"jsonrpc":"2.0","id":1,"result":tru}"#, &ReplyLimits::default()).unwrap_err();
    assert_eq!(error.to_string(), "unexpected `}`, expected true at byte 36");
    let error = scan_reply(b"<html>", &ReplyLimits::default()).unwrap_err();
    assert_eq!(
        (error.to_string().as_str(), error.offset()),
        ("unexpected `<`, expected an object at byte 0", 0)
    );
}

const ANSWERS: [&str; 4] = [
    r#"{"jsonrpc":"2.0","id":12,"result":{"a":["0x1",null,true,-1.5e3],"b":{"c":"\u00e9\\\"","d":[]}}}"#,
    r#"{"jsonrpc":"2.0","id":12,"error":{"code":3,"message":"execution reverted","data":"0x08c379a0"}}"#,
    r#"[{"jsonrpc":"2.0","id":1,"result":[]},{"jsonrpc":"2.0","id":2,"result":{"x":[{}]}}]"#,
    r#"{"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":"0x9c","result":{"n":"0x1"}}}"#,
];

proptest! {
    #[test]
    fn any_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = scan_reply(&bytes, &ReplyLimits::default());
        let _ = scan_batch(&bytes, &ReplyLimits::default());
        let _ = scan_message(&bytes, &ReplyLimits::default());
        let _ = read_text(&bytes);
        let _ = node_error(&bytes);
    }

    #[test]
    fn what_is_accepted_is_json(
        which in 0..ANSWERS.len(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
    ) {
        let mut bytes = ANSWERS[which].as_bytes().to_vec();
        for (place, byte) in edits {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let accepted = scan_message(&bytes, &ReplyLimits::default());
        if let Ok(message) = accepted {
            prop_assert!(serde_json::from_slice::<IgnoredAny>(&bytes).is_ok());
            let results = match &message {
                NodeMessage::Reply(reply) => vec![*reply],
                NodeMessage::Batch(replies) => replies.clone(),
                NodeMessage::Notification(news) => {
                    prop_assert!(serde_json::from_slice::<IgnoredAny>(news.result).is_ok());
                    Vec::new()
                }
            };
            for reply in results {
                let raw = match reply.outcome {
                    Outcome::Result(result) => result,
                    Outcome::Error(error) => error.raw,
                };
                prop_assert!(serde_json::from_slice::<IgnoredAny>(raw).is_ok());
            }
        }
    }
}
