//! Who may call, on the wire: places, ambiguity, mappings, failures, changes while running.

use serde_json::Value;

use crate::testing::{Node, Running, key, policy, request_of};

const CALL: &str = r#"{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}"#;

/// A request with these header lines and this query, and no credential of its own.
fn bare(query: &str, headers: &str) -> String {
    let length = CALL.len();
    format!(
        "POST /{query} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{headers}\r\n{CALL}"
    )
}

fn basic(id: &str, secret: &str) -> String {
    // RFC 4648 by hand: tests need no crate for it
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let text = format!("{id}:{secret}");
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place)) as usize & 63];
            out.push(if place <= chunk.len() { digit as char } else { '=' });
        }
    }
    out
}

#[tokio::test]
async fn every_place_works_and_two_credentials_do_not() {
    let node = Node::obedient().await;
    let gateway = Running::before(&node).await;
    let (alice, bob) = (key("alice"), key("bob"));
    let login = basic("alice", &alice);
    for (query, headers) in [
        (String::new(), format!("x-api-key: {alice}\r\n")),
        (String::new(), format!("authorization: Bearer {alice}\r\n")),
        (String::new(), format!("authorization: Basic {login}\r\n")),
        (String::new(), format!("cookie: a=b; apikey={alice}\r\n")),
        (format!("?apikey={alice}"), String::new()),
        (format!("?access_token={alice}"), String::new()),
    ] {
        for round in 0..2 {
            let reply = gateway.raw(&bare(&query, &headers)).await;
            assert_eq!(reply.status, 200, "{query}{headers} round {round}: {}", reply.body);
        }
    }
    // D-21
    for (query, headers) in [
        (String::new(), format!("x-api-key: {alice}\r\nx-api-key: {bob}\r\n")),
        (
            String::new(),
            format!("x-api-key: {alice}\r\nauthorization: Bearer {bob}\r\n"),
        ),
        (
            String::new(),
            format!("authorization: Bearer {alice}\r\nauthorization: Bearer {bob}\r\n"),
        ),
        (
            String::new(),
            format!("authorization: Bearer {alice}, Bearer {bob}\r\n"),
        ),
        (format!("?apikey={bob}"), format!("x-api-key: {alice}\r\n")),
        (
            String::new(),
            format!("cookie: apikey={alice}\r\ncookie: apikey={bob}\r\n"),
        ),
    ] {
        let reply = gateway.raw(&bare(&query, &headers)).await;
        assert_eq!((reply.status, reply.code()), (401, 4100), "{query}{headers}");
    }
    let lines = gateway.audit().await;
    let presented: Vec<_> = lines
        .iter()
        .filter(|line| line["event"] == "call")
        .map(|line| &line["principal"])
        .collect();
    assert_eq!(presented, vec![&Value::from("alice"); 12]);
    assert!(
        !lines
            .iter()
            .any(|line| line.to_string().contains(&alice) || line.to_string().contains(&bob))
    );
}

#[tokio::test]
async fn a_refused_client_is_told_nothing_and_the_operator_everything() {
    let node = Node::obedient().await;
    let gateway = Running::before(&node).await;
    let misspelled = format!("{}x", key("alice"));
    for (headers, reason) in [
        (String::new(), "credential_missing"),
        ("x-api-key: nonsense\r\n".to_owned(), "credential_unknown"),
        (format!("x-api-key: {misspelled}\r\n"), "credential_misspelled"),
    ] {
        let reply = gateway.raw(&bare("", &headers)).await;
        assert_eq!(
            (reply.status, reply.code(), reply.reason().as_str()),
            (401, 4100, "unauthorized"),
            "{reason}"
        );
        assert_eq!(reply.header("www-authenticate"), Some("Bearer realm=\"callgate\""));
        assert_eq!(reply.head.matches("www-authenticate").count(), 2, "{}", reply.head);
    }
    let reply = gateway.raw(&request_of("mallory", CALL)).await;
    assert_eq!(
        (reply.status, reply.code(), reply.reason().as_str()),
        (403, 4100, "no_mapping")
    );
    assert_eq!(
        node.bodies()
            .iter()
            .filter(|body| body.contains("eth_blockNumber"))
            .count(),
        0
    );
    let lines = gateway.audit().await;
    let refusals: Vec<_> = lines.iter().filter(|line| line["event"] == "refusal").collect();
    let reasons: Vec<_> = refusals.iter().map(|line| line["reason"].as_str().unwrap()).collect();
    assert_eq!(
        reasons,
        [
            "credential_missing",
            "credential_unknown",
            "credential_misspelled",
            "no_mapping"
        ]
    );
    assert_eq!(refusals[3]["principal"], "mallory");
    assert!(refusals.iter().all(|line| line["why"].is_string()), "{refusals:?}");
    assert!(!lines.iter().any(|line| line.to_string().contains(&misspelled)));
}

#[tokio::test]
async fn a_peer_with_many_bad_credentials_waits_and_those_who_are_known_do_not() {
    let node = Node::obedient().await;
    let gateway = Running::before(&node).await;
    let mut known = gateway.client().await;
    assert_eq!(known.post(CALL).await.status, 200);
    let mut client = gateway.client().await;
    let flood: String = (0..2000)
        .map(|number| bare("", &format!("x-api-key: wrong{number}\r\n")))
        .collect();
    let mut statuses = std::collections::BTreeSet::new();
    let (mut reader, mut writer) = client.stream.split();
    let (_, count) = tokio::join!(
        async { tokio::io::AsyncWriteExt::write_all(&mut writer, flood.as_bytes()).await },
        async {
            let mut text = String::new();
            let mut bytes = vec![0; 16 * 1024];
            while text.matches("\"requestId\"").count() < 2000 {
                let read = tokio::io::AsyncReadExt::read(&mut reader, &mut bytes).await.unwrap();
                text.push_str(std::str::from_utf8(&bytes[..read]).unwrap());
            }
            for line in text.lines().filter_map(|line| line.split("HTTP/1.1 ").nth(1)) {
                statuses.insert(line.chars().take(3).collect::<String>());
            }
            text.matches("HTTP/1.1 429").count()
        }
    );
    assert!(count > 0, "nobody was stopped: {statuses:?}");
    assert_eq!(statuses.into_iter().collect::<Vec<_>>(), ["401", "429"]);
    assert_eq!(
        known.post(CALL).await.status,
        200,
        "a known credential needs no judging"
    );
}

#[tokio::test]
async fn a_revoked_credential_ends_with_the_next_call() {
    let node = Node::obedient().await;
    let gateway = Running::before(&node).await;
    let mut client = gateway.client().await;
    assert_eq!(client.post(CALL).await.status, 200);
    let directory = gateway.directory.path();
    std::fs::write(directory.join("new"), "[]\n").unwrap();
    std::fs::rename(directory.join("new"), directory.join("credentials.yaml")).unwrap();
    let reply = loop {
        let reply = client.post(CALL).await;
        if reply.status != 200 {
            break reply;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    };
    assert_eq!(reply.status, 401);
}

#[tokio::test]
async fn a_page_is_asked_for_a_password_only_where_one_is_taken() {
    let node = Node::obedient().await;
    let gateway = Running::of(&node, &policy("").replace("basicAuth: true", "basicAuth: false")).await;
    let reply = gateway.raw(&bare("", "")).await;
    assert_eq!(reply.status, 401);
    assert_eq!(reply.head.matches("www-authenticate").count(), 1);
}
