//! policy.md section 7, as far as the proof of a decision goes: what is sent is written from what was
//! judged, and nothing that was refused can be sent.

use callgate_eth::{HandleKind, understand};
use callgate_rpc::{Limits, Request, Tape};

use super::{CONTEXT, TOKEN, app, compiled, for_all};
use crate::{Door, Form, Judgement, Outgoing, Probe};

/// What goes out for each call of a body, under the ids 70, 71, …
fn sent(ruleset: &str, body: &str, node_handle: Option<&str>) -> Vec<Option<String>> {
    let compiled = compiled(&for_all(ruleset));
    let subject = app(&compiled, "x");
    let mut tape = Tape::new();
    let calls = match callgate_rpc::parse(body.as_bytes(), &mut tape, &Limits::default()).unwrap() {
        Request::Single(call) => vec![call.unwrap()],
        Request::Batch(batch) => batch.iter().map(Result::unwrap).collect(),
    };
    let judged = calls.iter().zip(70..).map(|(call, id)| {
        let understood = understand(call, &CONTEXT).unwrap();
        match compiled.policy.judge(&subject, understood, Door::default()) {
            Judgement::Refused(_) => None,
            Judgement::Permitted(permitted) => {
                let outgoing = Outgoing::single(id, &permitted, node_handle);
                assert_eq!(outgoing.form(), Form::Single);
                Some(String::from_utf8(outgoing.into_bytes()).unwrap())
            }
        }
    });
    judged.collect()
}

#[test]
fn a_call_is_written_anew_under_our_id() {
    let body = r#"{ "params": [], "id": "client", "method": "eth_chainId", "jsonrpc": "2.0" }"#;
    let expected = r#"{"jsonrpc":"2.0","id":70,"method":"eth_chainId","params":[]}"#;
    assert_eq!(sent("chain: { info: true }", body, None), [Some(expected.to_owned())]);
}

#[test]
fn the_clients_filter_id_is_replaced_by_the_nodes() {
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"eth_getFilterChanges","params":["0xaaaa"]}"#;
    let expected = r#"{"jsonrpc":"2.0","id":70,"method":"eth_getFilterChanges","params":["0x9"]}"#;
    assert_eq!(
        sent("chain: { filter: true }", body, Some("0x9")),
        [Some(expected.to_owned())]
    );
}

#[test]
fn refused_calls_have_nothing_to_send() {
    let body = format!(
        r#"[{{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber"}},{{"jsonrpc":"2.0","id":2,"method":"eth_call","params":[{{"to":"{TOKEN}"}},"latest"]}},{{"jsonrpc":"2.0","id":3,"method":"eth_chainId"}}]"#
    );
    let sent = sent("chain: { info: true }", &body, None);
    assert_eq!(
        sent.iter().map(Option::is_some).collect::<Vec<_>>(),
        [false, false, true]
    );
}

#[test]
fn a_batch_of_one_stays_a_batch() {
    let compiled = compiled(&for_all("chain: { info: true }"));
    let subject = app(&compiled, "x");
    let body = br#"[{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}]"#;
    let mut tape = Tape::new();
    let Request::Batch(batch) = callgate_rpc::parse(body, &mut tape, &Limits::default()).unwrap() else {
        panic!()
    };
    let calls: Vec<_> = batch.iter().map(Result::unwrap).collect();
    let mut permitted = Vec::new();
    for call in &calls {
        let understood = understand(call, &CONTEXT).unwrap();
        match compiled.policy.judge(&subject, understood, Door::default()) {
            Judgement::Permitted(one) => permitted.push(one),
            Judgement::Refused(_) => panic!("refused"),
        }
    }
    let outgoing = Outgoing::batch(permitted.iter().map(|one| (7, one, None)));
    assert_eq!(outgoing.form(), Form::Batch(1));
    assert_eq!(
        outgoing.bytes(),
        br#"[{"jsonrpc":"2.0","id":7,"method":"eth_chainId","params":[]}]"#
    );
}

#[test]
fn our_own_questions_are_fixed() {
    let text = |outgoing: Outgoing| String::from_utf8(outgoing.into_bytes()).unwrap();
    for (probe, method) in [
        (Probe::ChainId, "eth_chainId"),
        (Probe::ClientVersion, "web3_clientVersion"),
        (Probe::Syncing, "eth_syncing"),
    ] {
        let expected = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":[]}}"#);
        assert_eq!(text(Outgoing::probe(1, probe)), expected);
    }
    for (kind, method) in [
        (HandleKind::Filter, "eth_uninstallFilter"),
        (HandleKind::Subscription, "eth_unsubscribe"),
    ] {
        let expected =
            format!(r#"{{"jsonrpc":"2.0","id":2,"method":"{method}","params":["0x\"9"]}}"#).replace("\\\"", "\\\"");
        assert_eq!(text(Outgoing::release(2, kind, "0x\"9")), expected);
    }
}
