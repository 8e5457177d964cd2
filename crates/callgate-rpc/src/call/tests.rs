//! The envelope: members, ids, method names, what spoils one call of a batch and what does not.

use super::*;
use crate::parse::parse;
use crate::tape::Tape;

/// What becomes of a single call, as text: `id method params`, or the kind and the id of its fault.
fn outcome(body: &str) -> String {
    let mut tape = Tape::new();
    match parse(body.as_bytes(), &mut tape, &Limits::default()) {
        Ok(Request::Single(call)) => shown(call),
        other => panic!("{body} is {other:?}"),
    }
}

fn shown(call: Result<Call<'_>, InvalidCall<'_>>) -> String {
    match call {
        Ok(call) => format!("{:?} {} {}", call.id(), call.method(), call.params().len()),
        Err(fault) => format!("{:?} {:?} {}", fault.kind, fault.id, fault.offset),
    }
}

fn with_id(id: &str) -> String {
    outcome(&format!(r#"{{"jsonrpc":"2.0","method":"eth_chainId","id":{id}}}"#))
}

fn with_method(method: &str) -> String {
    outcome(&format!(r#"{{"jsonrpc":"2.0","id":1,"method":{method}}}"#))
}

fn with_params(params: &str) -> String {
    outcome(&format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":{params}}}"#
    ))
}

#[test]
fn ids_of_64_bits_text_and_null() {
    for (id, shown) in [
        ("0", "Unsigned(0)"),
        ("18446744073709551615", "Unsigned(18446744073709551615)"),
        ("-1", "Negative(-1)"),
        ("-9223372036854775808", "Negative(-9223372036854775808)"),
        ("null", "Null"),
        ("\"\"", "String(\"\")"),
        ("\"a b~\"", "String(\"a b~\")"),
        (r#""\u0061""#, "String(\"a\")"),
    ] {
        assert_eq!(with_id(id), format!("Some({shown}) eth_chainId 0"));
    }
    assert_eq!(
        outcome(r#"{"jsonrpc":"2.0","method":"eth_chainId"}"#),
        "None eth_chainId 0"
    );
}

#[test]
fn ids_that_are_none() {
    for id in ["-0", "1.0", "1e2", "true", "{}", "[]", "[1]"] {
        assert_eq!(with_id(id), "WrongId Null 45", "{id}");
    }
    for id in ["\"ä\"", r#""\n""#, "\"\u{7f}\"", r#""\u202e""#] {
        assert_eq!(with_id(id), "UnprintableId Null 45", "{id}");
    }
}

#[test]
fn id_bytes_at_the_limit_and_beyond() {
    let id = |length: usize| format!("\"{}\"", "i".repeat(length));
    assert!(with_id(&id(128)).starts_with("Some(String("));
    assert_eq!(with_id(&id(129)), "IdTooLong { limit: 128 } Null 45");
}

#[test]
fn method_bytes_at_the_limit_and_beyond() {
    let method = |length: usize| format!("\"eth_{}\"", "m".repeat(length - 4));
    assert!(with_method(&method(64)).starts_with("Some(Unsigned(1)) eth_m"));
    assert_eq!(with_method(&method(65)), "MethodTooLong { limit: 64 } Unsigned(1) 33");
}

#[test]
fn method_names() {
    for name in [
        "eth_call",
        "rpc_modules",
        "rpc.discover",
        "trace_rawTransaction",
        "eth_getBlockByHash_2",
        "a_b",
        "e2e_1",
        "plugin@account_newAccount",
        "eth__x",
    ] {
        assert!(is_method_name(name), "{name}");
    }
    for name in [
        "",
        "_",
        "eth",
        "eth_",
        "_call",
        "Eth_call",
        "2th_call",
        "eth.call",
        "eth_call ",
        " eth_call",
        "eth_call\n",
        "eth_ca-ll",
        "eth_çall",
        "eth call_x",
        "rpc.discover2",
        "rpc.modules",
        "@x_y",
        "a@_y",
        "a@b@c_d",
        "eth_a@b",
        "eth_call\0",
    ] {
        assert!(!is_method_name(name), "{name}");
    }
}

#[test]
fn methods_that_are_no_string() {
    assert_eq!(with_method("null"), "WrongMethodKind { found: Null } Unsigned(1) 33");
    assert_eq!(with_method("7"), "WrongMethodKind { found: Number } Unsigned(1) 33");
    assert_eq!(
        with_method(r#"["eth_call"]"#),
        "WrongMethodKind { found: Array } Unsigned(1) 33"
    );
}

#[test]
fn params_are_an_array_or_null_or_absent() {
    assert_eq!(with_params("[]"), "Some(Unsigned(1)) eth_chainId 0");
    assert_eq!(with_params("[null,[]]"), "Some(Unsigned(1)) eth_chainId 2");
    for (params, kind) in [("{}", "Object"), ("\"\"", "String"), ("0", "Number"), ("true", "Bool")] {
        assert_eq!(
            with_params(params),
            format!("WrongParams {{ found: {kind} }} Unsigned(1) 56")
        );
    }
}

#[test]
fn members_missing_or_unknown() {
    assert_eq!(outcome("{}"), "MissingVersion Null 0");
    assert_eq!(outcome(r#"{"id":7}"#), "MissingVersion Unsigned(7) 0");
    assert_eq!(outcome(r#"{"id":7,"jsonrpc":"2.0"}"#), "MissingMethod Unsigned(7) 0");
    assert_eq!(
        outcome(r#"{"id":7,"jsonrpc":"2.0","x":1}"#),
        "UnknownMember Unsigned(7) 24"
    );
}

#[test]
fn a_bad_item_spoils_only_itself() {
    let good = r#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}"#;
    let bad_id = r#"{"jsonrpc":"2.0","id":{},"method":"eth_chainId"}"#;
    let bad_params = r#"{"jsonrpc":"2.0","id":"b","method":"eth_chainId","params":{}}"#;
    let body = format!("[{good},1,null,[{good}],{{}},{bad_id},{bad_params},{good}]");
    let mut tape = Tape::new();
    let Ok(Request::Batch(batch)) = parse(body.as_bytes(), &mut tape, &Limits::default()) else {
        panic!()
    };
    assert_eq!(batch.len(), 8);
    let items: Vec<String> = batch
        .iter()
        .map(shown)
        .map(|item| item.split(' ').next().unwrap().to_owned())
        .collect();
    assert_eq!(
        items,
        [
            "Some(Unsigned(1))",
            "NotAnObject",
            "NotAnObject",
            "NotAnObject",
            "MissingVersion",
            "WrongId",
            "WrongParams",
            "Some(Unsigned(1))"
        ]
    );
    let ids: Vec<Id<'_>> = batch.iter().filter_map(Result::err).map(|fault| fault.id).collect();
    assert_eq!(ids, [Id::Null, Id::Null, Id::Null, Id::Null, Id::Null, Id::String("b")]);
}

#[test]
fn calls_of_cast_were_refused_for_null_where_params_stand() {
    assert_eq!(with_params("null"), "Some(Unsigned(1)) eth_chainId 0");
    let body = r#"{"method":"anvil_nodeInfo","params":null,"id":1,"jsonrpc":"2.0"}"#;
    let mut tape = Tape::new();
    let Ok(Request::Single(Ok(call))) = parse(body.as_bytes(), &mut tape, &Limits::default()) else {
        panic!()
    };
    assert_eq!(
        (call.params().len(), call.params().offset()),
        (0, None),
        "as if left out"
    );
}

#[test]
fn messages_say_what_and_where() {
    let fault = InvalidCall {
        id: Id::Null,
        kind: InvalidCallKind::WrongParams { found: Kind::Object },
        offset: 55,
    };
    assert_eq!(fault.to_string(), "`params` must be an array, not an object at byte 55");
    assert_eq!(fault.code(), -32600);
}

#[test]
fn offsets_point_into_the_body() {
    let body = r#" [ {"method":"eth_call","jsonrpc":"2.0"} ]"#;
    let mut tape = Tape::new();
    let Ok(Request::Batch(batch)) = parse(body.as_bytes(), &mut tape, &Limits::default()) else {
        panic!()
    };
    let call = batch.iter().next().unwrap().unwrap();
    assert_eq!(
        (call.offset(), call.method_offset(), call.params().offset()),
        (3, 13, None)
    );
}
