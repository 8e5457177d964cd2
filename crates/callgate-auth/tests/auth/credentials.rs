//! Files of application credentials and lookups in them.

use crate::common::NOW;
use callgate_auth::credential::{InlineSecrets, Problem, RANDOM_BYTES, Refusal, Store, generate};
use callgate_auth::{Method, Place, Principal};
use serde_json::json;
use std::time::Instant;

/// A key and its hash, different for every `seed`.
fn key(id: &str, seed: u64) -> (String, String) {
    let mut random = [0; RANDOM_BYTES];
    for (at, chunk) in random.chunks_mut(8).enumerate() {
        chunk.copy_from_slice(
            &(seed.wrapping_add(at as u64))
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .to_le_bytes(),
        );
    }
    let generated = generate(id, &random).unwrap();
    (generated.key.expose_str().unwrap().to_owned(), generated.hash)
}

fn read(text: &str) -> Store {
    Store::read("credentials.yaml", text, InlineSecrets::Refused).unwrap()
}

fn problems(text: &str) -> Vec<Problem> {
    Store::read("credentials.yaml", text, InlineSecrets::Refused).unwrap_err()
}

fn find(store: &Store, key: &str) -> Result<Principal, Refusal> {
    store.find(key, Place::Header, NOW)
}

#[test]
fn a_key_is_found_by_itself_and_claims_only_its_id() {
    let (secret, hash) = key("app-1", 1);
    let store = read(&format!(
        "- id: app-1\n  hash: {hash}\n  tenant: acme\n  expires: {}\n",
        NOW + 10
    ));
    let principal = find(&store, &secret).unwrap();
    assert_eq!(principal.id, "app-1");
    assert_eq!(principal.method, Method::AppCredential);
    assert_eq!(principal.presented, Place::Header);
    assert_eq!(principal.tenant.as_deref(), Some("acme"));
    assert_eq!(principal.issuer, None);
    assert_eq!(principal.expires_at, Some(NOW + 10));
    assert_eq!(serde_json::Value::Object(principal.claims), json!({ "id": "app-1" }));
}

#[test]
fn yaml_and_json_are_the_same_file() {
    let (secret, hash) = key("app-1", 1);
    for text in [
        format!("- id: app-1\n  hash: {hash}\n"),
        format!("# comment\n---\n- {{ id: 'app-1', hash: \"{hash}\" }} # more\n"),
        format!("[{{\"id\":\"app-1\",\"hash\":\"{hash}\"}}]"),
        format!("[\r\n  {{ \"hash\": \"{hash}\",\r\n \"id\": \"app-1\" }}\r\n]\r\n"),
    ] {
        assert!(find(&read(&text), &secret).is_ok(), "{text}");
    }
    for empty in ["", "[]", "# nothing yet\n", "---\n", "~\n"] {
        assert!(read(empty).is_empty(), "{empty:?}");
    }
}

#[test]
fn basic_needs_id_and_key_of_one_credential() {
    let (one, hash_one) = key("one", 1);
    let (two, hash_two) = key("two", 2);
    let store = read(&format!(
        "- {{ id: one, hash: {hash_one} }}\n- {{ id: two, hash: {hash_two} }}\n"
    ));
    let find = |id, key| {
        store
            .find_pair(id, key, Place::Basic, NOW)
            .map(|principal| principal.id)
    };
    assert_eq!(find("one", &one), Ok("one".to_owned()));
    assert_eq!(find("two", &two), Ok("two".to_owned()));
    for (id, key) in [
        ("one", &two),
        ("two", &one),
        ("", &one),
        ("One", &one),
        ("three", &one),
        ("one ", &one),
    ] {
        assert_eq!(find(id, key), Err(Refusal::Unknown), "{id}");
    }
}

#[test]
fn e24_unknown_wrong_disabled_and_expired_are_refused_and_told_apart_only_inside() {
    let (live, hash) = key("live", 1);
    let (off, off_hash) = key("off", 2);
    let (over, over_hash) = key("over", 3);
    let (stranger, _) = key("live", 4);
    let store = read(&format!(
        "- {{ id: live, hash: {hash} }}\n- {{ id: off, hash: {off_hash}, disabled: true }}\n- {{ id: over, hash: {over_hash}, expires: {NOW} }}\n"
    ));
    assert!(find(&store, &live).is_ok());
    assert_eq!(find(&store, &stranger), Err(Refusal::Unknown));
    assert_eq!(find(&store, &off), Err(Refusal::Disabled));
    assert_eq!(find(&store, &over), Err(Refusal::Expired(NOW)));
    assert!(store.find(&over, Place::Header, NOW - 1).is_ok());
    assert_eq!(find(&Store::default(), &live), Err(Refusal::Unknown));
}

#[test]
fn e26_keys_are_exact() {
    let (secret, hash) = key("app", 1);
    let store = read(&format!("- {{ id: app, hash: {hash} }}\n"));
    for changed in [
        format!(" {secret}"),
        format!("{secret} "),
        format!("{secret}\n"),
        secret.to_uppercase(),
        secret.to_lowercase(),
        secret.replace('_', "%5F"),
        secret[..secret.len() - 1].to_owned(),
        hash.clone(),
        hash["sha256:".len()..].to_owned(),
        String::new(),
    ] {
        assert!(find(&store, &changed).is_err(), "{changed}");
    }
    // A misspelled key of ours is told from a wrong one without any lookup.
    let misspelled = secret.replacen("callgate_app_", "callgate_apq_", 1);
    assert_eq!(find(&store, &misspelled), Err(Refusal::Misspelled));
}

#[test]
fn two_secrets_live_side_by_side_each_with_its_own_end() {
    let (old, old_hash) = key("app", 1);
    let (new, new_hash) = key("app", 2);
    let text = |expires: &str| {
        format!(
            "- id: app\n  hash: {new_hash}\n{expires}  previous: {{ hash: {old_hash}, expires: {} }}\n",
            NOW + 60
        )
    };
    let store = read(&text(""));
    assert_eq!(find(&store, &new).unwrap().expires_at, None);
    assert_eq!(find(&store, &old).unwrap().expires_at, Some(NOW + 60));
    assert_eq!(find(&store, &old).unwrap().id, "app");
    assert_eq!(
        store.find(&old, Place::Header, NOW + 60),
        Err(Refusal::Expired(NOW + 60))
    );
    assert!(store.find(&new, Place::Header, NOW + 60).is_ok());
    // The old secret never outlives the credential.
    let store = read(&text(&format!("  expires: {}\n", NOW + 30)));
    assert_eq!(find(&store, &old).unwrap().expires_at, Some(NOW + 30));
}

#[test]
fn a_hash_copied_to_another_entry_does_not_make_the_key_that_entrys() {
    let (secret, hash) = key("guest", 1);
    let store = read(&format!("- {{ id: admin, hash: {hash} }}\n"));
    assert_eq!(find(&store, &secret), Err(Refusal::Unknown));
}

#[test]
fn literal_secrets_need_permission() {
    let text = "- { id: demo, secret: demo-app-key }\n";
    assert!(problems(text)[0].message.contains("literal secrets are refused"));
    let store = Store::read("c", text, InlineSecrets::Allowed).unwrap();
    assert_eq!(find(&store, "demo-app-key").unwrap().id, "demo");
    assert!(store.find_pair("demo", "demo-app-key", Place::Basic, NOW).is_ok());
    assert!(store.find_pair("other", "demo-app-key", Place::Basic, NOW).is_err());
    for secret in [
        "short",
        "with space in it",
        "\"tab\\tinside\"",
        "callgate_demo_abc",
        "naïve-secret",
    ] {
        let text = format!("- {{ id: demo, secret: {secret} }}\n");
        assert!(Store::read("c", &text, InlineSecrets::Allowed).is_err(), "{secret}");
    }
    let (key, _) = key("demo", 1);
    let as_literal = |id: &str| {
        Store::read(
            "c",
            &format!("- {{ id: {id}, secret: {key} }}\n"),
            InlineSecrets::Allowed,
        )
    };
    assert!(find(&as_literal("demo").unwrap(), &key).is_ok());
    assert!(as_literal("other").is_err());
}

#[test]
fn all_mistakes_are_told_at_once_with_their_places() {
    let (_, hash) = key("a", 1);
    let text = format!(
        "- id: a\n  hash: {hash}\n- id: a\n  hash: sha256:123\n- hash: {hash}\n  colour: red\n- id: B_2\n  secret: literal-secret-value\n  disabled: \"yes\"\n- just text\n- id: c\n  id: d\n  hash: sha1:0\n  expires: tomorrow\n  previous: {{ hash: sha256:00 }}\n"
    );
    let found: Vec<String> = problems(&text).iter().map(Problem::to_string).collect();
    let expected = [
        "3:7: this id is also that of the credential in line 1",
        "4:9: `hash` must be `sha256:` and 64 lower-case hex digits",
        "5:3: `id` is missing",
        "5:9: this secret is also that of line 2",
        "6:3: unknown key, expected one of `id`, `hash`, `previous`, `expires`, `disabled` and `tenant`",
        "7:7: `id` must be 1 to 64 characters out of a-z, 0-9 and `-`",
        "8:11: literal secrets are refused: store a `hash` as `callgate credential new` writes it",
        "9:13: `disabled` must be true or false",
        "10:3: expected a credential: `{ id: …, hash: … }`",
        "12:3: this key occurs twice in one credential",
        "13:9: `hash` must be `sha256:` and 64 lower-case hex digits",
        "14:12: `expires` must be a time such as `2030-01-31T12:00:00Z` (with an offset) or unix seconds, not before 1970",
        "15:13: `previous` needs `expires`: an old secret must end",
        "15:21: `hash` must be `sha256:` and 64 lower-case hex digits",
    ];
    let expected: Vec<String> = expected.iter().map(|line| format!("credentials.yaml:{line}")).collect();
    assert_eq!(found, expected, "{found:#?}");
    assert!(!found.join("").contains("literal-secret-value"));
}

#[test]
fn what_is_not_a_list_of_credentials_is_refused() {
    let (_, hash) = key("a", 1);
    for text in [
        "credentials: []\n".to_owned(),
        "text\n".to_owned(),
        "- [a]\n".to_owned(),
        format!("- &x {{ id: a, hash: {hash} }}\n- *x\n"),
        format!("- !!map {{ id: a, hash: {hash} }}\n"),
        format!("- {{ id: !!str a, hash: {hash} }}\n"),
        format!("- {{ id: a, hash: {hash} }}\n---\n- {{ id: b, hash: {hash} }}\n"),
        format!("- {{ id: a, hash: {hash}\n"),
        format!("\u{feff}- {{ id: a, hash: {hash} }}\n"),
        format!("- {{ id: a, hash: {hash}, previous: {{ hash: {{ hash: {{ a: b }} }} }} }}\n"),
        format!("- id: |\n    a\n  hash: {hash}\n"),
        "%YAML 1.1\n---\n[]\n".to_owned(),
        "- id: [".repeat(2000),
    ] {
        assert!(!problems(&text).is_empty(), "{text}");
    }
    assert_eq!(problems(&"- x\n".repeat(1000)).len(), 101);
}

/// The promise is a flat cost. The bound is loose, for a busy machine: a scan would be ten thousand times slower.
#[test]
fn e25_a_lookup_costs_the_same_among_ten_and_a_hundred_thousand() {
    let entries = |count: u64| {
        let line = |at| format!("- {{ id: app-{at}, hash: {} }}\n", key(&format!("app-{at}"), at * 8).1);
        (0..count).map(line).collect::<String>()
    };
    let (small, text) = (read(&entries(10)), entries(100_000));
    let start = Instant::now();
    let large = read(&text);
    let reading = start.elapsed();
    assert_eq!(large.len(), 100_000);
    let time = |store: &Store, at: u64| {
        let (key, _) = key(&format!("app-{at}"), at * 8);
        let start = Instant::now();
        for _ in 0..2000 {
            assert!(store.find(&key, Place::Header, NOW).is_ok());
        }
        start.elapsed() / 2000
    };
    let (few, many) = (time(&small, 5), time(&large, 77_777));
    println!("read 100,000 in {reading:?}; lookup {few:?} among 10, {many:?} among 100,000");
    assert!(many < few * 5 + std::time::Duration::from_micros(50));
}
