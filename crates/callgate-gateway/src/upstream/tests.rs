//! The node as it may behave, well or badly.

use std::time::Duration;

use bytes::Bytes;

use super::*;
use crate::answer_memory::AnswerMemory;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::testing::{Act, Node, http};

const QUESTION: &[u8] = br#"{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}"#;
const ANSWER: &str = r#"{"jsonrpc":"2.0","id":1,"result":"0x1"}"#;

fn limits() -> Limits {
    Limits {
        exchange_time: Duration::from_millis(200),
        answer_bytes: 1000,
        exchanges: 2,
        ..Limits::default()
    }
}

fn upstream(node: &Node) -> Upstream {
    Upstream::to(
        Target::parse(&format!("{}/v3/key?x=1", node.url())).ok().unwrap(),
        &limits(),
        &AnswerMemory::of(1 << 20),
        &Metrics::new(0).worker(),
    )
    .unwrap()
}

async fn ask(upstream: &Upstream, repeat: Repeat) -> Result<Bytes, Fault> {
    upstream.ask(Bytes::from_static(QUESTION), repeat).await
}

/// What a node that follows `act` makes of one question.
async fn outcome(act: impl Fn() -> Act + Send + Sync + 'static) -> Result<Bytes, Fault> {
    let node = Node::start(move |_| act()).await;
    ask(&upstream(&node), Repeat::Never).await
}

#[tokio::test]
async fn the_node_sees_fixed_headers_and_the_configured_path() {
    let node = Node::start(|_| Act::Answer(ANSWER.to_owned())).await;
    assert_eq!(ask(&upstream(&node), Repeat::Harmless).await.unwrap(), ANSWER);
    let seen = &node.seen()[0];
    assert_eq!(seen.body.as_bytes(), QUESTION);
    let mut lines: Vec<_> = seen.head.trim_end().lines().collect();
    assert_eq!(lines.remove(0), "POST /v3/key?x=1 HTTP/1.1");
    lines.sort_unstable();
    let host = format!("host: {}", node.address);
    let length = format!("content-length: {}", QUESTION.len());
    assert_eq!(
        lines,
        [
            "accept: application/json",
            &length,
            "content-type: application/json",
            &host
        ]
    );
}

#[tokio::test]
async fn connections_are_used_again() {
    let node = Node::start(|_| Act::Answer(ANSWER.to_owned())).await;
    let upstream = upstream(&node);
    for repeat in [Repeat::Harmless, Repeat::Never, Repeat::Harmless] {
        ask(&upstream, repeat).await.unwrap();
    }
    assert!(node.seen().iter().all(|seen| seen.connection == 0));
}

#[tokio::test]
async fn a_dead_connection_costs_a_reader_nothing_and_a_sender_is_told_the_truth() {
    // the first request on each connection is answered, the second one meets a closed door
    let node = Node::start(|seen| match seen.connection {
        0 | 1 => Act::RawThenClose(http("200 OK", ANSWER)),
        _ => Act::Answer(ANSWER.to_owned()),
    })
    .await;
    let upstream = upstream(&node);
    for _ in 0..3 {
        ask(&upstream, Repeat::Harmless).await.unwrap();
    }
    assert_eq!(node.bodies().len(), 3, "nothing was asked twice: {:?}", node.seen());
}

// D-42
#[tokio::test]
async fn a_call_that_acts_is_written_once() {
    let node = Node::start(|seen| {
        if seen.connection == 0 && seen.body.len() > 2 {
            Act::Close
        } else {
            Act::Hang
        }
    })
    .await;
    let upstream = upstream(&node);
    assert_eq!(ask(&upstream, Repeat::Never).await, Err(Fault::Broken(Sent::Maybe)));
    assert_eq!(node.bodies().len(), 1);
}

#[tokio::test]
async fn a_reader_gets_a_second_try_only_after_an_old_connection() {
    let node = Node::start(|_| Act::Close).await;
    assert_eq!(
        ask(&upstream(&node), Repeat::Harmless).await,
        Err(Fault::Broken(Sent::Maybe))
    );
    assert_eq!(node.bodies().len(), 1);
}

#[tokio::test]
async fn a_node_that_is_not_there_is_unreachable() {
    let address = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let upstream = Upstream::to(
        Target::parse(&format!("http://{address}")).ok().unwrap(),
        &limits(),
        &AnswerMemory::of(1 << 20),
        &Metrics::new(0).worker(),
    )
    .unwrap();
    assert_eq!(ask(&upstream, Repeat::Never).await, Err(Fault::Unreachable));
}

#[tokio::test]
async fn a_node_that_hangs_is_given_up_and_its_place_is_free_again() {
    let node = Node::start(|_| Act::Hang).await;
    let upstream = upstream(&node);
    for _ in 0..4 {
        assert_eq!(ask(&upstream, Repeat::Never).await, Err(Fault::TimedOut(Sent::Maybe)));
    }
}

// D-39
#[tokio::test]
async fn answers_that_are_none_are_faults() {
    let long = |length: usize| move || Act::Raw(http("200 OK", &"x".repeat(length)));
    assert_eq!(outcome(long(1000)).await.map(|answer| answer.len()), Ok(1000));
    assert_eq!(outcome(long(1001)).await, Err(Fault::TooLarge));
    let endless = || {
        let mut raw = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
        for _ in 0..100 {
            raw.extend_from_slice(b"40\r\n");
            raw.extend_from_slice(&[b'x'; 64]);
            raw.extend_from_slice(b"\r\n");
        }
        Act::Raw(raw)
    };
    assert_eq!(outcome(endless).await, Err(Fault::TooLarge));
    let raw = |text: &'static str| move || Act::RawThenClose(text.as_bytes().to_vec());
    let redirect = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 2\r\n\r\n{}";
    assert_eq!(outcome(raw(redirect)).await, Err(Fault::Status(302)));
    let html = "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 6\r\n\r\n<html>";
    assert_eq!(outcome(raw(html)).await, Err(Fault::Status(502)));
    let gzip = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}";
    assert_eq!(outcome(raw(gzip)).await, Err(Fault::Invalid));
    let short = "HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{}";
    assert_eq!(outcome(raw(short)).await, Err(Fault::Broken(Sent::Maybe)));
    let nonsense = "what?\r\n\r\n";
    assert_eq!(outcome(raw(nonsense)).await, Err(Fault::Broken(Sent::Maybe)));
    let silent = || Act::Close;
    assert_eq!(outcome(silent).await, Err(Fault::Broken(Sent::Maybe)));
}

#[tokio::test]
async fn answers_hold_memory_until_nobody_has_them() {
    let large = |length: usize| move || Act::Raw(http("200 OK", &"x".repeat(length)));
    let chunked = || {
        let mut raw = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
        for _ in 0..3 {
            raw.extend_from_slice(b"40000\r\n");
            raw.extend_from_slice(&[b'x'; 0x40000]);
            raw.extend_from_slice(b"\r\n");
        }
        raw.extend_from_slice(b"0\r\n\r\n");
        Act::Raw(raw)
    };
    let limits = Limits {
        exchange_time: Duration::from_secs(10),
        ..Limits::default()
    };
    let acts: [Box<dyn Fn() -> Act + Send + Sync>; 2] = [Box::new(large(0xc0000)), Box::new(chunked)];
    for act in acts {
        let memory = AnswerMemory::of(1 << 20);
        let node = Node::start(move |_| act()).await;
        let target = Target::parse(&node.url()).ok().unwrap();
        let upstream = Upstream::to(target, &limits, &memory, &Metrics::new(0).worker()).unwrap();
        let answer = ask(&upstream, Repeat::Never).await.unwrap();
        assert_eq!((answer.len(), memory.free()), (0xc0000, 0x40000));
        assert_eq!(ask(&upstream, Repeat::Never).await, Err(Fault::Memory));
        assert_eq!(memory.free(), 0x40000, "what was read of it is gone");
        drop(answer);
        assert_eq!(memory.free(), 1 << 20);
        assert!(ask(&upstream, Repeat::Never).await.is_ok());
    }
}

#[tokio::test]
async fn json_under_an_error_status_is_read() {
    let answer = || Act::Raw(http("400 Bad Request", ANSWER));
    assert_eq!(outcome(answer).await.unwrap(), ANSWER);
}

// D-12: a second answer on the wire belongs to nobody
#[tokio::test]
async fn an_answer_too_many_poisons_no_later_call() {
    let node = Node::start(|seen| {
        let mut raw = http("200 OK", ANSWER);
        if seen.connection == 0 {
            raw.extend_from_slice(&http("200 OK", r#"{"poison":true}"#));
        }
        Act::Raw(raw)
    })
    .await;
    let upstream = upstream(&node);
    for _ in 0..3 {
        assert_eq!(ask(&upstream, Repeat::Harmless).await.unwrap(), ANSWER);
    }
}

#[tokio::test]
async fn trailers_and_cookies_are_dropped() {
    let answer = "HTTP/1.1 200 OK\r\nset-cookie: a=b\r\ntransfer-encoding: chunked\r\ntrailer: x\r\n\r\n2\r\n{}\r\n0\r\nx: y\r\n\r\n";
    assert_eq!(
        outcome(move || Act::RawThenClose(answer.as_bytes().to_vec()))
            .await
            .unwrap(),
        "{}"
    );
}
