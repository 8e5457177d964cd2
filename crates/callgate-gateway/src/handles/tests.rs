//! Filters: whose they are, how many there may be, and how they end.

use serde_json::{Value, json};

use super::*;
use crate::audit::Front;
use crate::current::NodeMarks;
use crate::testing::{Act, Node, Running, caller, credentials_without, echo, policy, principal, request_of, settings};

fn mark() -> NodeMark {
    NodeMarks::of(&settings()).at(Front::Http)
}

fn filter(owner: &Arc<Caller>, node: &str, used: Duration) -> Filter {
    let owner = OwnerKey::of(owner.principal());
    Filter {
        owner,
        node: node.into(),
        at: mark(),
        deed: Arc::new([]),
        used,
    }
}

fn put(filters: &Filters, owner: &Arc<Caller>, node: &str) -> HandleId {
    let id = HandleId::random().unwrap();
    filters
        .table
        .lock()
        .insert(id, filter(owner, node, filters.clock.steady()), owner);
    id
}

fn names(ended: Vec<Ended>) -> Vec<String> {
    let mut names: Vec<_> = ended.into_iter().map(|ended| ended.node.to_string()).collect();
    names.sort();
    names
}

#[test]
fn filters_end_when_nobody_uses_them() {
    let clock = Clock::manual(1_000_000);
    let (filters, alice) = (Filters::new(clock.clone()), caller(principal("alice")));
    put(&filters, &alice, "0x1");
    clock.advance(IDLE - Duration::from_secs(1));
    put(&filters, &alice, "0x2");
    assert_eq!(names(filters.end_overdue()), [] as [&str; 0]);
    clock.advance(Duration::from_secs(1));
    assert_eq!(names(filters.end_overdue()), ["0x1"]);
    clock.advance(IDLE);
    assert_eq!(names(filters.end_overdue()), ["0x2"]);
    assert!(
        filters.table.lock().owners.is_empty(),
        "owners without filters are forgotten"
    );
}

#[test]
fn filters_end_with_their_owners_credential() {
    let clock = Clock::manual(1_000_000_000_000);
    let filters = Filters::new(clock.clone());
    let mut short = principal("alice");
    short.expires_at = Some(1_000_000 + 10);
    put(&filters, &caller(short), "short");
    put(&filters, &caller(principal("bob")), "long");
    clock.advance(Duration::from_secs(10 + GRANT_GRACE_SECONDS - 1));
    assert_eq!(names(filters.end_overdue()), [] as [&str; 0]);
    clock.advance(Duration::from_secs(1));
    assert_eq!(names(filters.end_overdue()), ["short"]);
}

#[test]
fn room_is_bounded_for_each_and_for_all() {
    let filters = Filters::new(Clock::manual(0));
    let (alice, bob) = (caller(principal("alice")), caller(principal("bob")));
    let room = |owner: &Arc<Caller>| filters.table.lock().has_room(&OwnerKey::of(owner.principal()), 0);
    for n in 0..PER_PRINCIPAL {
        assert!(room(&alice));
        put(&filters, &alice, &n.to_string());
    }
    assert!(!room(&alice));
    assert!(room(&bob));
    for n in PER_PRINCIPAL..IN_ALL {
        assert!(room(&bob));
        let mut stranger = principal("alice");
        stranger.id = n.to_string();
        put(&filters, &caller_of(&alice, stranger), &n.to_string());
    }
    assert!(!room(&bob));
}

#[test]
fn the_calls_that_made_filters_are_bounded_too() {
    let filters = Filters::new(Clock::manual(0));
    let (alice, bob) = (caller(principal("alice")), caller(principal("bob")));
    let room = |owner: &Arc<Caller>, bytes| filters.table.lock().has_room(&OwnerKey::of(owner.principal()), bytes);
    assert!(room(&alice, PER_PRINCIPAL_BYTES));
    assert!(!room(&alice, PER_PRINCIPAL_BYTES + 1));
    let id = HandleId::random().unwrap();
    let large = Filter {
        deed: vec![0; PER_PRINCIPAL_BYTES - 1].into(),
        ..filter(&alice, "0x1", Duration::ZERO)
    };
    filters.table.lock().insert(id, large, &alice);
    assert!(room(&alice, 1));
    assert!(!room(&alice, 2));
    assert!(room(&bob, PER_PRINCIPAL_BYTES));
    filters.table.lock().remove(id);
    assert!(room(&alice, PER_PRINCIPAL_BYTES));
    assert_eq!(filters.table.lock().bytes, 0);
}

/// As `other` is seen by the policy, under another name; far cheaper than compiling one.
fn caller_of(other: &Arc<Caller>, principal: callgate_auth::Principal) -> Arc<Caller> {
    Caller::of(principal, other.subject().clone())
}

#[test]
fn identities_do_not_run_into_each_other() {
    let of = |issuer: Option<&str>, tenant: Option<&str>, id: &str| {
        let mut principal = principal(id);
        principal.issuer = issuer.map(str::to_owned);
        principal.tenant = tenant.map(str::to_owned);
        OwnerKey::of(&principal)
    };
    let all = [
        of(None, None, "a"),
        of(Some("a"), None, "a"),
        of(None, Some("a"), "a"),
        of(Some(""), None, "a"),
        of(None, None, "-1:a"),
        of(Some("a1:b"), None, "c"),
        of(Some("a"), Some("b"), "c"),
        of(Some("a"), None, "b1:c"),
    ];
    for (n, one) in all.iter().enumerate() {
        assert!(all.iter().skip(n + 1).all(|other| other != one), "{one:?}");
    }
}

/// A node that counts its filters from one, as some do.
async fn counting() -> Node {
    let next = std::sync::atomic::AtomicU64::new(1);
    Node::start(move |seen| {
        let call: Value = serde_json::from_str(&seen.body).unwrap();
        let result = match call["method"].as_str().unwrap() {
            "eth_newBlockFilter" => json!(format!(
                "0x{:x}",
                next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
            )),
            "eth_uninstallFilter" => json!(true),
            "eth_getFilterChanges" => json!([{ "of": call["params"][0] }]),
            _ => return Act::Answer(echo(&seen.body)),
        };
        Act::Answer(json!({ "jsonrpc": "2.0", "id": call["id"], "result": result }).to_string())
    })
    .await
}

async fn call(gateway: &Running, who: &str, method: &str, params: &Value) -> Value {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
    gateway.raw(&request_of(who, &body)).await.json()
}

// A-71
#[tokio::test]
async fn only_the_owner_uses_a_filter_and_only_by_our_id() {
    let node = counting().await;
    let gateway = Running::before(&node).await;
    let made = call(&gateway, "alice", "eth_newBlockFilter", &json!([])).await;
    let ours = made["result"].as_str().unwrap();
    assert!(HandleId::parse(ours).is_some(), "{made}");
    let polled = call(&gateway, "alice", "eth_getFilterChanges", &json!([ours])).await;
    assert_eq!(polled["result"], json!([{ "of": "0x1" }]));
    let before = node.seen().len();
    let unknown = HandleId::random().unwrap().to_string();
    let strange = call(&gateway, "alice", "eth_getFilterChanges", &json!([unknown])).await;
    let error = &strange["error"];
    assert_eq!(
        (&error["code"], &error["message"]),
        (&json!(-32000), &json!("filter not found")),
        "as geth says it"
    );
    for (who, id) in [("bob", ours), ("alice", "0x1"), ("bob", "0x1"), ("bob", &unknown)] {
        for method in ["eth_getFilterChanges", "eth_uninstallFilter"] {
            let answer = call(&gateway, who, method, &json!([id])).await;
            let error = |answer: &Value| (answer["error"]["code"].clone(), answer["error"]["message"].clone());
            assert_eq!(
                error(&answer),
                error(&strange),
                "{who} {method}: nobody learns whether an id exists"
            );
        }
    }
    assert_eq!(node.seen().len(), before, "the node heard of none of them");
    assert_eq!(
        call(&gateway, "alice", "eth_uninstallFilter", &json!([ours])).await["result"],
        true
    );
    assert!(call(&gateway, "alice", "eth_getFilterChanges", &json!([ours])).await["error"].is_object());
}

#[tokio::test]
async fn what_a_filter_delivers_must_be_granted_when_it_is_polled() {
    let node = counting().await;
    let gateway = Running::before(&node).await;
    let made = call(&gateway, "alice", "eth_newBlockFilter", &json!([])).await;
    let ours = &made["result"];
    let narrower = policy("").replace("blocks: true, ", "");
    std::fs::write(gateway.directory.path().join("policy.yaml"), narrower).unwrap();
    while call(&gateway, "alice", "eth_newBlockFilter", &json!([])).await["error"].is_null() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let polled = call(&gateway, "alice", "eth_getFilterChanges", &json!([ours])).await;
    assert_eq!(polled["error"]["code"], -32004, "{polled}");
    assert_eq!(
        call(&gateway, "alice", "eth_uninstallFilter", &json!([ours])).await["result"],
        true
    );
}

#[tokio::test]
async fn the_filters_of_a_revoked_credential_are_removed_at_the_node() {
    let node = counting().await;
    let gateway = Running::before(&node).await;
    assert_eq!(
        call(&gateway, "bob", "eth_newBlockFilter", &json!([])).await["error"],
        Value::Null
    );
    assert_eq!(
        call(&gateway, "alice", "eth_newBlockFilter", &json!([])).await["error"],
        Value::Null
    );
    std::fs::write(
        gateway.directory.path().join("credentials.yaml"),
        credentials_without("bob"),
    )
    .unwrap();
    let removed = || {
        node.bodies()
            .into_iter()
            .filter(|body| body.contains("eth_uninstallFilter"))
            .collect::<Vec<_>>()
    };
    while removed().is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(removed().len(), 1);
    assert!(removed()[0].contains(r#"["0x1"]"#), "{:?}", removed());
}

// A node that counts its filters starts again after a restart.
#[tokio::test]
async fn a_filter_of_before_a_restart_never_names_somebody_elses() {
    let node = Node::start(|seen| {
        let call: Value = serde_json::from_str(&seen.body).unwrap();
        let result = match call["method"].as_str().unwrap() {
            "eth_newBlockFilter" => json!("0x1"),
            "eth_getFilterChanges" => json!([{ "of": "whoever made it last" }]),
            _ => return Act::Answer(echo(&seen.body)),
        };
        Act::Answer(json!({ "jsonrpc": "2.0", "id": call["id"], "result": result }).to_string())
    })
    .await;
    let gateway = Running::before(&node).await;
    let hers = call(&gateway, "alice", "eth_newBlockFilter", &json!([])).await["result"].clone();
    let his = call(&gateway, "bob", "eth_newBlockFilter", &json!([])).await["result"].clone();
    let polled = call(&gateway, "alice", "eth_getFilterChanges", &json!([hers])).await;
    assert!(polled["result"].is_null(), "alice reads what is bob's: {polled}");
    let polled = call(&gateway, "bob", "eth_getFilterChanges", &json!([his])).await;
    assert!(polled["error"].is_null(), "{polled}");
}

#[test]
fn a_filter_is_of_the_node_that_its_front_leads_to() {
    let of = |url: &str, ws: &str| {
        let mut settings = settings();
        (settings.upstream.url, settings.upstream.ws) = (url.to_owned(), ws.to_owned());
        let marks = NodeMarks::of(&settings);
        (marks.at(Front::Http), marks.at(Front::WebSocket))
    };
    let (http, ws) = of("http://a:8545/key", "ws://a:8546");
    assert_eq!(http, ws, "two ports of one node");
    assert_ne!(http, of("http://a:8545/other", "ws://a:8546").0);
    let (http, ws) = of("http://a:8545", "ws://b:8546");
    assert_ne!(http, ws, "two nodes count on their own");
}
