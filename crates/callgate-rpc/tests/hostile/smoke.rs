//! Random bytes do no harm, and a damaged request that is still accepted means the same to serde_json.

use callgate_rpc::{Limits, Request, Tape, Writer, parse};
use proptest::prelude::*;
use serde_json::Value as Json;

const BODIES: [&str; 4] = [
    r#"{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"to":"0x6b175474e89094c44da98b954eedeac495271d0f","data":"0x70a08231"},"latest"]}"#,
    r#" [ {"jsonrpc":"2.0","id":"a\u0062","method":"eth_chainId"} , {"id":null,"params":[[],{}],"jsonrpc":"2.0","method":"eth_x"},7 ] "#,
    r#"{"jsonrpc":"2.0","method":"eth_feeHistory","params":[4,"latest",[25.5,1e1,-0]],"id":-9223372036854775808}"#,
    r#"{"jsonrpc":"2.0","id":18446744073709551615,"method":"eth_call","params":["\ud83d\ude39\n\"\\",null,true,false,{"a":{"b":[1]}}]}"#,
];

/// Everything that was read, as serde_json would have it.
fn seen(body: &[u8]) -> Option<Vec<Json>> {
    let mut tape = Tape::new();
    let calls = match parse(body, &mut tape, &Limits::default()).ok()? {
        Request::Single(call) => vec![call],
        Request::Batch(batch) => batch.iter().collect(),
    };
    let read = calls.into_iter().filter_map(Result::ok).map(|call| {
        let mut text = Vec::new();
        let mut writer = Writer::new(&mut text);
        writer.begin_object();
        writer.name("method");
        writer.string(call.method());
        writer.name("params");
        writer.begin_array();
        call.params().iter().for_each(|value| writer.value(value));
        writer.end_array();
        writer.end_object();
        serde_json::from_slice(&text).expect("what we write is JSON")
    });
    Some(read.collect())
}

/// The same by serde_json, of what is a call to this crate.
fn second(body: &[u8]) -> Vec<Json> {
    let document: Json = serde_json::from_slice(body).expect("what we accept is JSON");
    let calls = match document {
        Json::Array(calls) => calls,
        call => vec![call],
    };
    let call = |call: Json| {
        let method = call.get("method")?.clone();
        let params = call.get("params").cloned().unwrap_or(Json::Array(Vec::new()));
        Some(serde_json::json!({ "method": method, "params": params }))
    };
    calls.into_iter().filter_map(call).collect()
}

fn check(body: &[u8]) {
    let Some(seen) = seen(body) else { return };
    let second = second(body);
    for call in &seen {
        assert!(
            second.contains(call),
            "{call} is not in {}",
            String::from_utf8_lossy(body)
        );
    }
}

#[test]
fn the_bodies_are_accepted() {
    for body in BODIES {
        assert!(!seen(body.as_bytes()).expect(body).is_empty());
        check(body.as_bytes());
    }
}

#[test]
fn every_truncation_is_refused() {
    for body in BODIES {
        for end in 0..body.trim_end().len() {
            assert!(seen(&body.as_bytes()[..end]).is_none(), "{}", &body[..end]);
        }
    }
}

#[test]
fn every_byte_at_every_place_does_no_harm() {
    for body in BODIES {
        for place in 0..body.len() {
            for byte in [
                0, b'"', b'\\', b',', b'{', b']', b'0', b'e', b'u', b' ', 0x7f, 0x80, 0xff,
            ] {
                let mut damaged = body.as_bytes().to_vec();
                damaged[place] = byte;
                check(&damaged);
            }
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        check(&bytes);
    }

    #[test]
    fn any_text_of_json_bytes_does_no_harm(text in "[\\[\\]{},:\"\\\\ 0-9eE.+\\-truefalsn]{0,80}") {
        check(text.as_bytes());
    }

    #[test]
    fn damaged_requests_mean_the_same_to_both(
        which in 0..BODIES.len(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3), 1..5),
    ) {
        let mut body = BODIES[which].as_bytes().to_vec();
        for (place, byte, how) in edits {
            let place = place.index(body.len());
            match how {
                0 => body[place] = byte,
                1 => body.insert(place, byte),
                _ => { body.remove(place); }
            }
        }
        check(&body);
    }
}
