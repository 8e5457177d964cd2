//! Differentials between a firewall and the nodes behind it, each under its number in the attack catalogue: the ones
//! that concern the text and the envelope. Those about the meaning of parameters are tested where meaning is known.

use callgate_rpc::ParseErrorKind as Kind;

use crate::{Verdict, verdict};

/// The call everything here is a distortion of.
const CALL: &str = r#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}"#;

fn single(text: &str) -> Verdict {
    Verdict::Single(text.to_owned())
}

fn batch(items: &[&str]) -> Verdict {
    Verdict::Batch(items.iter().map(|&item| item.to_owned()).collect())
}

/// The call with one member written differently.
fn with(from: &str, to: &str) -> Verdict {
    assert!(CALL.contains(from));
    verdict(CALL.replace(from, to))
}

fn assert_duplicate(body: &str) {
    assert!(
        matches!(verdict(body), Verdict::Refused(Kind::DuplicateName { .. })),
        "{body}: {:?}",
        verdict(body)
    );
}

fn assert_syntax(body: impl AsRef<[u8]>) {
    let error = callgate_rpc::parse(
        body.as_ref(),
        &mut callgate_rpc::Tape::new(),
        &callgate_rpc::Limits::default(),
    )
    .expect_err("not JSON");
    assert_eq!(error.code(), callgate_rpc::code::PARSE_ERROR, "{error}");
}

#[test]
fn the_call_itself_is_accepted() {
    assert_eq!(verdict(CALL), single("1 eth_chainId 0"));
}

#[test]
fn a01_duplicate_method_is_refused() {
    assert_duplicate(
        r#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[],"method":"eth_sendRawTransaction"}"#,
    );
    assert_duplicate(
        r#"{"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransaction","params":[],"method":"eth_chainId"}"#,
    );
    assert_duplicate(
        r#"[{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[],"method":"eth_sendRawTransaction"}]"#,
    );
}

#[test]
fn a02_duplicate_method_of_another_kind_is_refused() {
    for second in ["null", "7", "[]", "{}"] {
        assert_duplicate(&format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransaction","method":{second}}}"#
        ));
        assert_duplicate(&format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":{second},"method":"eth_sendRawTransaction"}}"#
        ));
    }
    assert_eq!(
        with(r#""eth_chainId""#, "null"),
        single("WrongMethodKind { found: Null }")
    );
    assert_eq!(
        with(r#""eth_chainId""#, "7"),
        single("WrongMethodKind { found: Number }")
    );
}

#[test]
fn a03_duplicate_params_are_refused() {
    assert_duplicate(r#"{"jsonrpc":"2.0","id":1,"method":"eth_call","params":["0x1"],"params":["0x2"]}"#);
    assert_duplicate(r#"{"jsonrpc":"2.0","id":1,"method":"eth_call","params":["0x1"],"params":null}"#);
}

#[test]
fn a04_duplicate_id_is_refused() {
    assert_duplicate(r#"{"jsonrpc":"2.0","id":1,"id":null,"method":"eth_chainId"}"#);
    assert_duplicate(r#"{"jsonrpc":"2.0","id":7,"id":8,"method":"eth_chainId"}"#);
}

#[test]
fn a05_names_in_another_case_are_refused() {
    for (from, to) in [
        ("method", "Method"),
        ("params", "PARAMS"),
        ("\"id\"", "\"ID\""),
        ("jsonrpc", "JsonRpc"),
    ] {
        assert_eq!(with(from, to), single("UnknownMember"));
    }
    assert_duplicate(r#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId","Method":"eth_sendRawTransaction"}"#);
    assert_eq!(with("params", "param\u{17f}"), single("UnknownMember"));
    assert_duplicate("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_call\",\"params\":[],\"param\u{17f}\":[1]}");
    assert_duplicate(r#"{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[],"param\u017f":[1]}"#);
    assert_duplicate("[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_x\",\"params\":[{\"k\":1,\"\u{212a}\":2}]}]");
}

#[test]
fn a07_escapes_are_resolved_before_anything_is_compared() {
    assert_eq!(with("method", r"\u006dethod"), single("1 eth_chainId 0"));
    assert_eq!(
        with("eth_chainId", r"eth_\u0073endRawTransaction"),
        single("1 eth_sendRawTransaction 0")
    );
    assert_duplicate(r#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId","\u006dethod":"eth_sendRawTransaction"}"#);
    assert_duplicate(r#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId","\u004dethod":"eth_sendRawTransaction"}"#);
}

#[test]
fn a08_a_wrong_version_is_refused() {
    for version in [
        r#""1.0""#,
        "2.0",
        "2",
        "null",
        r#"{"2.0":null}"#,
        r#"" 2.0""#,
        r#""2.0 ""#,
        r#"["2.0"]"#,
    ] {
        assert_eq!(with(r#""2.0""#, version), single("WrongVersion"), "{version}");
    }
    assert_eq!(with(r#""jsonrpc":"2.0","#, ""), single("MissingVersion"));
}

#[test]
fn a09_a_missing_id_is_a_notification_to_be_judged() {
    assert_eq!(with(r#""id":1,"#, ""), single("none eth_chainId 0"));
}

#[test]
fn a10_a_null_id_is_a_call() {
    assert_eq!(with(r#""id":1"#, r#""id":null"#), single("null eth_chainId 0"));
}

#[test]
fn a11_odd_ids_are_refused_or_kept_exactly() {
    for id in ["1.5", "1.0", "-0", "true", "{}", "[]"] {
        assert_eq!(with(r#""id":1"#, &format!(r#""id":{id}"#)), single("WrongId"), "{id}");
    }
    for id in ["1e400", "18446744073709551616", "-9223372036854775809"] {
        assert_eq!(
            with(r#""id":1"#, &format!(r#""id":{id}"#)),
            Verdict::Refused(Kind::NumberOutOfRange),
            "{id}"
        );
    }
    for id in ["9007199254740993", "-1", "18446744073709551615"] {
        assert_eq!(
            with(r#""id":1"#, &format!(r#""id":{id}"#)),
            single(&format!("{id} eth_chainId 0"))
        );
    }
    let long = format!(r#""id":"{}""#, "x".repeat(1 << 20));
    assert_eq!(with(r#""id":1"#, &long), single("IdTooLong { limit: 128 }"));
    assert_eq!(with(r#""id":1"#, r#""id":"a\u001b[31m""#), single("UnprintableId"));
}

#[test]
fn a13_params_by_name_are_refused() {
    assert_eq!(
        with("[]", r#"{"bytes":"0x02"}"#),
        single("WrongParams { found: Object }")
    );
}

#[test]
fn a14_params_of_other_kinds_are_refused() {
    for (params, found) in [(r#""""#, "String"), (r#""[]""#, "String"), ("0", "Number")] {
        assert_eq!(with("[]", params), single(&format!("WrongParams {{ found: {found} }}")));
    }
    assert_eq!(with(r#","params":[]"#, ""), single("1 eth_chainId 0"));
    assert_eq!(with("[]", "null"), single("1 eth_chainId 0"));
    assert_eq!(with("[]", "[null]"), single("1 eth_chainId 1"));
}

#[test]
fn a16_a_call_written_as_an_array_is_no_call() {
    let array = r#"["2.0",1,"eth_sendRawTransaction",["0x02"]]"#;
    assert_eq!(verdict(array), batch(&["NotAnObject"; 4]));
    assert_eq!(
        verdict(format!("[{CALL},{array}]")),
        batch(&["1 eth_chainId 0", "NotAnObject"])
    );
}

#[test]
fn a17_unknown_members_are_refused() {
    for member in [
        "result",
        "error",
        "meta",
        "auth",
        "sessionToken",
        "chainId",
        "",
        "jsonrpc2",
    ] {
        assert_eq!(
            with(r#""id":1"#, &format!(r#""id":1,"{member}":1"#)),
            single("UnknownMember"),
            "{member}"
        );
    }
}

#[test]
fn a19_white_space_around_a_method_is_refused() {
    for space in [
        " ", "\\n", "\\t", "\\u00a0", "\\u2003", "\\ufeff", "\u{a0}", "\u{2003}", "\u{feff}",
    ] {
        assert_eq!(
            with("eth_chainId", &format!("{space}eth_chainId")),
            single("WrongMethodName")
        );
        assert_eq!(
            with("eth_chainId", &format!("eth_chainId{space}")),
            single("WrongMethodName")
        );
    }
}

#[test]
fn a22_names_are_compared_whole() {
    for name in [
        "eth_call\\nadmin_x",
        "eth.call",
        "ethXcall",
        "eth_call;admin_x",
        "eth_call/../admin_x",
        "eth_call*",
    ] {
        assert_eq!(with("eth_chainId", name), single("WrongMethodName"), "{name}");
    }
}

#[test]
fn a23_method_names_are_short() {
    assert_eq!(with("chainId", &"x".repeat(61)), single("MethodTooLong { limit: 64 }"));
    assert_eq!(
        with("chainId", &"x".repeat(4 << 19)),
        single("MethodTooLong { limit: 64 }")
    );
    for name in ["eth_%s", "eth_\\u001b[31m", "eth_a\\r\\nb"] {
        assert_eq!(with("eth_chainId", name), single("WrongMethodName"));
    }
}

#[test]
fn a25_only_four_bytes_are_white_space() {
    for blanks in [" ".repeat(127), " ".repeat(128), "\r\n\t ".repeat(100_000)] {
        assert_eq!(verdict(format!("{blanks}{CALL}{blanks}")), single("1 eth_chainId 0"));
        assert_eq!(verdict(format!("{blanks}[{CALL}]")), batch(&["1 eth_chainId 0"]));
    }
    for odd in ["\u{b}", "\u{c}", "\u{a0}", "\0", "\u{2003}", "\u{85}", "\u{feff}"] {
        assert_syntax(format!("{odd}{CALL}"));
        assert_syntax(format!("{CALL}{odd}"));
        assert_syntax(CALL.replace(':', &format!(":{odd}")));
    }
}

#[test]
fn a26_other_encodings_are_refused() {
    assert_eq!(
        verdict(format!("\u{feff}{CALL}")),
        Verdict::Refused(Kind::ByteOrderMark)
    );
    let utf16: Vec<u16> = CALL.encode_utf16().collect();
    let utf16le: Vec<u8> = utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let utf16be: Vec<u8> = utf16.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    let utf32le: Vec<u8> = CALL
        .chars()
        .flat_map(|character| u32::from(character).to_le_bytes())
        .collect();
    for body in [utf16le, utf16be, utf32le] {
        assert_syntax(&body);
        assert_syntax([b"\xff\xfe".as_slice(), &body].concat());
        assert_syntax([b"\xfe\xff".as_slice(), &body].concat());
    }
}

#[test]
fn a27_bytes_that_are_not_utf8_are_refused_everywhere() {
    let bad: [&[u8]; 6] = [
        b"\xc1\xa5",
        b"\x80",
        b"\xed\xa0\x80",
        b"\xe2\x82",
        b"\xf5\x80\x80\x80",
        b"\xff",
    ];
    for bytes in bad {
        for place in ["jsonrpc", "2.0", "method", "eth_chainId", "params"] {
            let (before, after) = CALL.split_once(place).unwrap();
            let body = [before.as_bytes(), place.as_bytes(), bytes, after.as_bytes()].concat();
            assert_eq!(verdict(&body), Verdict::Refused(Kind::NotUtf8), "{place} {bytes:?}");
        }
        let hidden = [br#"{"x":{"y":[""#.as_slice(), bytes, br#""]}}"#].concat();
        assert_eq!(verdict(&hidden), Verdict::Refused(Kind::NotUtf8));
    }
}

#[test]
fn a28_comments_are_refused() {
    assert_syntax(r#"{/*","method":"x*/"method":"eth_chainId"}"#);
    assert_syntax(format!("//\n{CALL}"));
    assert_syntax(format!("{CALL}//"));
    assert_syntax(format!("{CALL}/**/"));
    assert_syntax(CALL.replace(':', ":/**/"));
    assert_syntax(CALL.replace(',', "/**/,"));
    assert_syntax(format!("#\n{CALL}"));
}

#[test]
fn a29_surrogates_nul_and_control_characters_are_refused() {
    for text in [
        r"\ud800",
        r"\udc00",
        r"\ud800\u0041",
        r"\udc00\ud800",
        r"\ud800\ud800",
        r"\ud800x",
    ] {
        assert_eq!(
            with("[]", &format!(r#"["{text}"]"#)),
            Verdict::Refused(Kind::LoneSurrogate),
            "{text}"
        );
        assert_eq!(
            with("[]", &format!(r#"[{{"{text}":1}}]"#)),
            Verdict::Refused(Kind::LoneSurrogate),
            "{text}"
        );
    }
    assert_eq!(
        with("eth_chainId", r"eth_chainId\u0000"),
        Verdict::Refused(Kind::NulCharacter)
    );
    assert_eq!(with("method", r"method\u0000"), Verdict::Refused(Kind::NulCharacter));
    for control in 0..0x20u8 {
        let text = format!("[\"{}\"]", char::from(control));
        assert_eq!(with("[]", &text), Verdict::Refused(Kind::ControlCharacter), "{control}");
    }
}

#[test]
fn a31_numbers_are_bounded() {
    for number in ["01", "+1", "NaN", "0x10", "Infinity", ".5", "1.", "1e", "--1", "1_000"] {
        assert_syntax(CALL.replace("[]", &format!("[{number}]")));
    }
    for number in ["1e999999999", "-1e999999999", "1e-999999999", "99999999999999999999"] {
        assert_eq!(
            with("[]", &format!("[{number}]")),
            Verdict::Refused(Kind::NumberOutOfRange),
            "{number}"
        );
    }
    let long = format!("[{}]", "9".repeat(1_000_000));
    assert_eq!(with("[]", &long), Verdict::Refused(Kind::NumberTooLong { limit: 128 }));
}

#[test]
fn a32_many_names_are_refused_early() {
    let members: Vec<String> = (0..100_000).map(|name| format!("\"{name}\":0")).collect();
    let object = format!("[{{{}}}]", members.join(","));
    assert_eq!(
        with("[]", &object),
        Verdict::Refused(Kind::TooManyMembers { limit: 1024 })
    );
}

#[test]
fn a33_tokens_are_bounded() {
    for item in ["[]", "0", "{}"] {
        let many = vec![item; 100_000].join(",");
        let nested = format!("[[{many}],[{many}]]");
        assert_eq!(
            with("[]", &nested),
            Verdict::Refused(Kind::TooManyTokens { limit: 200_000 })
        );
    }
    let many = format!("[{}]", vec!["0"; 100_001].join(","));
    assert_eq!(
        with("[]", &many),
        Verdict::Refused(Kind::TooManyItems { limit: 100_000 })
    );
}

#[test]
fn a34_nothing_is_left_unread() {
    for hidden in ["\"\\x\"", "[1,]", "{\"a\":1,\"A\":2}", "\"\\ud800\"", "1e999", "tru"] {
        let body = CALL.replace("[]", &format!("[{{\"unused\":{{\"deep\":[{hidden}]}}}}]"));
        assert!(matches!(verdict(&body), Verdict::Refused(_)), "{hidden}");
        // Not even in a member that makes the call invalid anyway.
        let body = CALL.replace(r#""id":1"#, &format!(r#""id":1,"x":{hidden}"#));
        assert!(matches!(verdict(&body), Verdict::Refused(_)), "{hidden}");
    }
}

#[test]
fn a35_items_of_a_batch_are_judged_alone() {
    let good = "1 eth_chainId 0";
    assert_eq!(verdict("[]"), Verdict::Refused(Kind::EmptyBatch));
    assert_eq!(verdict("[{}]"), batch(&["MissingVersion"]));
    assert_eq!(verdict(format!("[[{CALL}]]")), batch(&["NotAnObject"]));
    for item in ["1", "null", "[]", "\"x\"", "true"] {
        assert_eq!(
            verdict(format!("[{CALL},{item},{CALL}]")),
            batch(&[good, "NotAnObject", good])
        );
    }
    // A fault of the text spoils everything: nobody knows where the next call begins.
    assert_syntax(format!("[{CALL},{CALL}"));
    assert_syntax(format!("[{CALL},{CALL},]"));
}

#[test]
fn a38_batches_are_bounded() {
    let calls = |count: usize| format!("[{}]", vec![CALL; count].join(","));
    assert!(matches!(verdict(calls(1000)), Verdict::Batch(items) if items.len() == 1000));
    assert_eq!(
        verdict(calls(1001)),
        Verdict::Refused(Kind::BatchTooLong { limit: 1000 })
    );
}

#[test]
fn a40_a_string_stays_a_string() {
    let body = CALL.replace("[]", r#"["{\"to\":\"0x00\"}","latest"]"#);
    let mut tape = callgate_rpc::Tape::new();
    let request = callgate_rpc::parse(body.as_bytes(), &mut tape, &callgate_rpc::Limits::default());
    let Ok(callgate_rpc::Request::Single(Ok(call))) = request else {
        panic!("{request:?}")
    };
    let first = call.params().get(0).unwrap();
    assert!(first.as_object().is_none());
    assert_eq!(first.as_str(), Some(r#"{"to":"0x00"}"#));
}

#[test]
fn two_documents_in_one_body_are_refused() {
    for between in ["", " ", "\n", ","] {
        assert_syntax(format!("{CALL}{between}{CALL}"));
        assert_syntax(format!("[{CALL}]{between}[{CALL}]"));
    }
}
