use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use alloy_primitives::{U256, address, b256};
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::*;
use crate::level::Detail;
use crate::readiness::Standing;

const END: Duration = Duration::from_secs(20);

#[derive(Clone, Default)]
struct Sink {
    taken: Arc<Mutex<Vec<u8>>>,
    stuck: Arc<AtomicBool>,
    refuses: Arc<AtomicBool>,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.refuses.load(Ordering::SeqCst) {
            return Err(io::Error::other("no space left on device"));
        }
        if self.stuck.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.taken.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Stage {
    audit: Audit,
    writing: AuditWriting,
    sink: Sink,
    level: Level,
    metrics: Metrics,
    readiness: Readiness,
}

fn stage(backlog: usize) -> Stage {
    let (sink, level, readiness) = (Sink::default(), Level::new(Detail::Decisions), Readiness::new());
    let (metrics, opened) = (Metrics::new(0), sink.clone());
    let (audit, writing) = Audit::start_with(
        Destination::Stdout,
        backlog,
        Box::new(move |destination| match destination {
            Destination::File(_) => Err(io::Error::other("no such directory")),
            _ => Ok(Box::new(opened.clone())),
        }),
        Clock::manual(1_795_317_131_123_456),
        level.clone(),
        metrics.clone(),
        readiness.clone(),
    )
    .unwrap();
    Stage {
        audit,
        writing,
        sink,
        level,
        metrics,
        readiness,
    }
}

impl Stage {
    fn lines(self) -> Vec<Value> {
        assert_eq!(self.writing.finish(END), 0);
        let text = String::from_utf8(self.sink.taken.lock().clone()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + END;
    while !holds() {
        assert!(Instant::now() < deadline, "never: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn origin() -> Origin<'static> {
    Origin {
        request_id: "7f3a",
        front: Front::Http,
        listener: "public",
        peer: Some([10, 0, 0, 9].into()),
        connection: None,
    }
}

fn call<'a>(operations: &'a [OperationFacts], why: Option<&'a dyn std::fmt::Display>) -> CallEvent<'a> {
    CallEvent {
        origin: origin(),
        item: None,
        actor: Some(Actor {
            principal: "u0abcd",
            auth: "jwt",
            tenant: None,
        }),
        ruleset: Some("apps"),
        method: Some("eth_call"),
        decision: Verdict::Allow,
        reason: "allowed",
        rule: Some(Rule {
            index: 3,
            name: Some("pay \"suppliers\""),
        }),
        operations,
        asks: None,
        upstream: Some(Sent {
            name: "node",
            outcome: NodeOutcome::Error,
            code: Some(-32000),
        }),
        us_callgate: 17,
        us_node: Some(940),
        revision: 4,
        why,
    }
}

#[test]
fn a_call_is_one_line_with_its_fields_in_order() {
    let stage = stage(1 << 20);
    let operation = OperationFacts {
        kind: "raw",
        from: Some(address!("00000000000000000000000000000000000000aa")),
        to: None,
        creates: true,
        value: U256::from(1000),
        selector: Some([0xa9, 0x05, 0x9c, 0xbb]),
        hash: Some(b256!(
            "00000000000000000000000000000000000000000000000000000000000000ff"
        )),
        at: None,
        overrides: true,
        private: true,
        message: Some("Permit".into()),
        contract: Some(address!("00000000000000000000000000000000000000bb")),
    };
    stage
        .audit
        .record(&Event::Call(call(&[operation], Some(&"hidden at level 1"))))
        .unwrap();
    let taken = stage.sink.taken.clone();
    assert_eq!(stage.writing.finish(END), 0);
    assert_eq!(
        String::from_utf8(taken.lock().clone()).unwrap(),
        concat!(
            r#"{"seq":0,"ts":"2026-11-22T03:12:11.123456Z","event":"call","request_id":"7f3a","front":"http","#,
            r#""listener":"public","peer":"10.0.0.9","principal":"u0abcd","auth":"jwt","ruleset":"apps","#,
            r#""method":"eth_call","decision":"allow","reason":"allowed","rule":3,"rule_name":"pay \"suppliers\"","#,
            r#""kind":"raw","from":"0x00000000000000000000000000000000000000aa","creates":true,"value":"0x3e8","selector":"0xa9059cbb","#,
            r#""hash":"0x00000000000000000000000000000000000000000000000000000000000000ff","overrides":true,"private":true,"#,
            r#""message":"Permit","contract":"0x00000000000000000000000000000000000000bb","upstream":"node","#,
            r#""upstream_outcome":"error","upstream_code":-32000,"us_callgate":17,"us_node":940,"revision":4}"#,
            "\n"
        )
    );
}

#[test]
fn level_two_adds_why_from_the_next_line_on() {
    let stage = stage(1 << 20);
    let why: &dyn std::fmt::Display = &"rule 0: `to` is not in `payees`";
    stage.audit.record(&Event::Call(call(&[], Some(why)))).unwrap();
    stage.level.set(Detail::Reasons);
    stage.audit.record(&Event::Call(call(&[], Some(why)))).unwrap();
    let lines = stage.lines();
    assert_eq!(lines[0].get("why"), None);
    assert_eq!(lines[1]["why"], "rule 0: `to` is not in `payees`");
}

#[test]
fn several_operations_stand_in_a_list() {
    let stage = stage(1 << 20);
    let kinds = [
        OperationFacts {
            kind: "call",
            ..Default::default()
        },
        OperationFacts {
            kind: "raw",
            at: Some("params[0].txs[1]".into()),
            ..Default::default()
        },
    ];
    stage.audit.record(&Event::Call(call(&kinds, None))).unwrap();
    assert_eq!(
        stage.lines()[0]["operations"],
        json!([{ "n": 0, "kind": "call" }, { "n": 1, "kind": "raw", "at": "params[0].txs[1]" }])
    );
}

#[test]
fn every_other_event_is_json_and_says_what_it_is() {
    let stage = stage(1 << 20);
    let actor = Actor {
        principal: "u0",
        auth: "app_credential",
        tenant: Some("t1"),
    };
    let socket = Origin {
        front: Front::WebSocket,
        connection: Some("c1"),
        ..origin()
    };
    let closed = ConnectionChange::Closed {
        reason: "revoked",
        code: Some(4403),
        calls: 9,
    };
    let address = "127.0.0.1:8550".parse().unwrap();
    for event in [
        Event::Refusal(RefusalEvent {
            origin: origin(),
            kind: Refusal::Authentication,
            reason: "bad_signature",
            actor: None,
            presented: Some("bearer"),
            us_callgate: 3,
            revision: 1,
            why: None,
        }),
        Event::Connection(ConnectionEvent {
            origin: socket,
            actor,
            change: ConnectionChange::Opened,
        }),
        Event::Connection(ConnectionEvent {
            origin: socket,
            actor,
            change: closed,
        }),
        Event::Reload(ReloadEvent {
            trigger: "file",
            revision: 2,
            digest: "ab",
            failure: None,
        }),
        Event::Reload(ReloadEvent {
            trigger: "signal",
            revision: 2,
            digest: "ab",
            failure: Some("line 3\nline 4"),
        }),
        Event::Listener(ListenerEvent {
            name: "public",
            address,
            change: ListenerChange::Started,
        }),
        Event::Listener(ListenerEvent {
            name: "public",
            address,
            change: ListenerChange::Stopped,
        }),
    ] {
        stage.audit.note(&event);
    }
    let lines = stage.lines();
    let names: Vec<_> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
    let expected = [
        "refusal",
        "connection_opened",
        "connection_closed",
        "reload",
        "reload_refused",
        "listener_started",
        "listener_stopped",
    ];
    assert_eq!(names, expected);
    assert_eq!(
        (&lines[0]["refused"], &lines[0]["reason"]),
        (&json!("authentication"), &json!("bad_signature"))
    );
    assert_eq!(
        (&lines[2]["reason"], &lines[2]["code"], &lines[2]["calls"]),
        (&json!("revoked"), &json!(4403), &json!(9))
    );
    assert_eq!(lines[4]["failure"], "line 3\nline 4");
    assert_eq!(lines[5]["address"], "127.0.0.1:8550");
}

#[test]
fn with_a_stuck_sink_a_call_waits_and_goes_on_when_it_moves() {
    let stage = stage(2048);
    stage.sink.stuck.store(true, Ordering::SeqCst);
    let mut kept = 0;
    while stage.audit.record(&Event::Call(call(&[], None))).is_ok() {
        kept += 1;
    }
    assert!(kept > 0);
    let release = stage.sink.stuck.clone();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(async {
        let call = Event::Call(call(&[], None));
        let waits = stage.audit.record_or_wait(&call);
        let moves = async { release.store(false, Ordering::SeqCst) };
        assert_eq!(tokio::join!(waits, moves).0, Ok(()));
    });
    assert!(stage.metrics.render().contains("callgate_audit_waits_total 1"));
    let lines = stage.lines();
    assert_eq!(lines.len(), kept + 1);
    assert!(
        lines
            .iter()
            .enumerate()
            .all(|(place, line)| line["seq"] == json!(place))
    );
}

#[test]
fn a_sink_that_never_moves_fails_the_call_and_readiness_and_the_loss_is_told() {
    let stage = stage(2048);
    stage.sink.stuck.store(true, Ordering::SeqCst);
    while stage.audit.record(&Event::Call(call(&[], None))).is_ok() {}
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let event = Event::Call(call(&[], None));
    assert_eq!(runtime.block_on(stage.audit.record_or_wait(&event)), Err(AuditFull));
    assert!(matches!(stage.readiness.standing(Condition::Audit), Standing::Unmet(_)));
    stage.sink.stuck.store(false, Ordering::SeqCst);
    eventually("the sink takes lines again", || {
        stage.readiness.standing(Condition::Audit) == Standing::Met
    });
    stage.audit.record(&event).unwrap();
    assert!(stage.metrics.render().contains("callgate_audit_lost_total 1"));
    let lines = stage.lines();
    let gap = &lines[lines.len() - 2];
    assert_eq!((&gap["event"], &gap["lost"]), (&json!("gap"), &json!(1)));
}

#[test]
fn a_refusing_sink_turns_readiness_off_and_on_again() {
    let stage = stage(1 << 20);
    stage.sink.refuses.store(true, Ordering::SeqCst);
    stage.audit.record(&Event::Call(call(&[], None))).unwrap();
    eventually("readiness is off", || {
        matches!(stage.readiness.standing(Condition::Audit), Standing::Unmet(_))
    });
    stage.sink.refuses.store(false, Ordering::SeqCst);
    eventually("readiness is on", || {
        stage.readiness.standing(Condition::Audit) == Standing::Met
    });
    assert_eq!(stage.lines().len(), 1, "the line was kept");
}

#[test]
fn a_place_that_cannot_be_opened_later_leaves_the_old_sink_and_says_so() {
    let stage = stage(1 << 20);
    stage.audit.redirect(Destination::File("/nowhere/audit.log".into()));
    stage.audit.record(&Event::Call(call(&[], None))).unwrap();
    eventually(
        "readiness says so",
        || matches!(stage.readiness.standing(Condition::Audit), Standing::Degraded(why) if why.contains("/nowhere/audit.log")),
    );
    stage.audit.redirect(Destination::Stderr);
    stage.audit.record(&Event::Call(call(&[], None))).unwrap();
    eventually("readiness is restored", || {
        stage.readiness.standing(Condition::Audit) == Standing::Met
    });
    assert_eq!(stage.lines().len(), 2);
}
