use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use parking_lot::Mutex;
use tempfile::TempDir;

use super::*;
use crate::audit::AuditWriting;
use crate::readiness::{Condition, Standing};
use crate::watch::Trigger;

const PATIENCE: Duration = Duration::from_secs(30);
const SECRET: &str = "canary-1f0a6b7c8d9e-0123456789abcdef";
const OTHER_SECRET: &str = "canary-ffffffffffff-0123456789abcdef";

/// One P-256 key (RFC 7517, appendix A.1) under different names.
fn key_set(kids: &[&str]) -> String {
    let key = |kid: &&str| {
        format!(
            r#"{{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","use":"sig","kid":"{kid}"}}"#
        )
    };
    format!(r#"{{"keys":[{}]}}"#, kids.iter().map(key).collect::<Vec<_>>().join(","))
}

fn policy(listener: &str, jwt: &str) -> String {
    format!(
        "version: 1
listeners: [ {{ name: {listener}, address: \"127.0.0.1:8550\" }} ]
log: {{ level: 1, audit: {{ file: audit.log }} }}
appcreds:
  enabled: true
  header: X-Api-Key
  credentials: {{ file: credentials.yaml }}
  mappings: [ {{ claims: {{ id: \".+\" }}, ruleset: apps }} ]
{jwt}rulesets:
  apps:
    chain: {{ info: true }}
"
    )
}

fn jwt(keys: &str, algorithm: &str) -> String {
    format!(
        "jwt:
  enabled: true
  bearer: true
  issuers:
    - issuer: https://idp.example
      audiences: [ callgate ]
      algorithms: [ {algorithm} ]
      keys: {{ {keys} }}
  mappings: [ {{ claims: {{ sub: \".+\" }}, ruleset: apps }} ]
"
    )
}

fn credentials(id: &str) -> String {
    let generated = callgate_auth::credential::generate(id, &[7; 64]).unwrap();
    format!("- {{ id: {id}, hash: \"{}\" }}\n", generated.hash)
}

/// A directory with a policy and its credentials.
fn files() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("policy.yaml"), policy("first", "")).unwrap();
    fs::write(directory.path().join("credentials.yaml"), credentials("u1")).unwrap();
    directory
}

fn sources(directory: &Path) -> Sources {
    Sources {
        policy: directory.join("policy.yaml"),
        overrides: Overrides::default(),
    }
}

struct Stage {
    live: Live,
    keeper: Keeper,
    clock: Clock,
    metrics: Metrics,
    readiness: Readiness,
    level: Level,
    audit: AuditWriting,
    directory: TempDir,
}

fn start(directory: TempDir) -> Stage {
    start_with(directory, Overrides::default(), Duration::from_secs(3600))
}

fn start_with(directory: TempDir, overrides: Overrides, poll: Duration) -> Stage {
    let loaded = Loaded::read(Sources {
        overrides,
        ..sources(directory.path())
    })
    .unwrap();
    let (clock, metrics, readiness) = (Clock::manual(1_800_000_000_000_000), Metrics::new(0), Readiness::new());
    let level = Level::new(loaded.detail());
    let destination = loaded.audit_destination();
    let (audit, writing) = Audit::start(
        destination,
        clock.clone(),
        level.clone(),
        metrics.clone(),
        readiness.clone(),
    )
    .unwrap();
    readiness.meet(Condition::Listeners);
    let around = Surroundings {
        clock: clock.clone(),
        metrics: metrics.clone(),
        readiness: readiness.clone(),
        level: level.clone(),
        audit,
        logs: None,
        poll,
        key_times: KeyTimes {
            wait: PATIENCE,
            ..KeyTimes::default()
        },
    };
    let (live, keeper) = loaded.start(around).unwrap();
    Stage {
        live,
        keeper,
        clock,
        metrics,
        readiness,
        level,
        audit: writing,
        directory,
    }
}

impl Stage {
    fn write(&self, name: &str, text: &str) {
        let path = self.directory.path().join(name);
        let new = path.with_extension("new");
        fs::write(&new, text).unwrap();
        fs::rename(new, path).unwrap();
    }

    fn reload(&self) {
        self.live.reloads().ask(Trigger::Signal);
    }

    fn reloads(&self, result: &str) -> u64 {
        let name = format!("callgate_reloads_total{{result=\"{result}\"}} ");
        let text = self.metrics.render();
        text.lines()
            .find_map(|line| line.strip_prefix(&name)?.parse().ok())
            .unwrap_or(0)
    }

    fn listener(&self) -> String {
        self.live.load().compiled.settings.listeners[0].name.clone()
    }

    fn policy_standing(&self) -> Standing {
        self.readiness.standing(Condition::Policy)
    }

    /// Stops everything; what the audit said.
    fn end(self) -> (String, TempDir) {
        drop(self.keeper);
        assert_eq!(self.audit.finish(PATIENCE), 0);
        let text = fs::read_to_string(self.directory.path().join("audit.log")).unwrap();
        (text, self.directory)
    }
}

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "never: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn run<F: Future>(test: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(test)
}

#[test]
fn a_changed_file_is_in_force_without_anybody_asking() {
    let stage = start(files());
    let mut changes = stage.live.subscribe();
    assert_eq!((stage.live.load().revision, stage.listener().as_str()), (1, "first"));
    assert_eq!(stage.policy_standing(), Standing::Met);
    let digest = stage.live.load().digest.clone();
    stage.write("policy.yaml", &policy("second", ""));
    let change = run(async { tokio::time::timeout(PATIENCE, changes.changed()).await });
    assert!(change.unwrap().is_ok());
    assert_eq!((*changes.borrow(), stage.listener().as_str()), (2, "second"));
    assert_ne!(stage.live.load().digest, digest);
    stage.write("policy.yaml", &policy("first", ""));
    eventually("the first again", || stage.live.load().revision == 3);
    assert_eq!(stage.live.load().digest, digest, "equal files have equal digests");
    let (audit, _) = stage.end();
    let reloads = audit
        .lines()
        .filter(|line| line.contains(r#""event":"reload","#))
        .count();
    assert_eq!(reloads, 3, "{audit}");
    assert!(audit.contains(r#""trigger":"file","revision":2"#), "{audit}");
}

#[test]
fn unchanged_files_change_nothing() {
    let stage = start(files());
    let before = stage.live.load_full();
    stage.write("policy.yaml", &policy("first", ""));
    stage.reload();
    eventually("a reload", || stage.reloads("unchanged") > 0);
    assert!(Arc::ptr_eq(&before, &stage.live.load_full()));
    assert!(!stage.live.subscribe().has_changed().unwrap());
}

#[test]
fn a_changed_part_leaves_the_others_as_they_are() {
    let directory = files();
    fs::write(directory.path().join("keys.json"), key_set(&["one"])).unwrap();
    fs::write(
        directory.path().join("policy.yaml"),
        policy("first", &jwt("jwks_file: keys.json", "ES256")),
    )
    .unwrap();
    let stage = start(directory);
    let parts = || {
        let now = stage.live.load_full();
        let verifier = now.authenticator.verifier.clone().unwrap();
        let keys = Arc::clone(verifier.issuers().next().unwrap().1);
        (
            now.revision,
            Arc::clone(&now.compiled),
            now.authenticator.store.clone().unwrap(),
            keys,
        )
    };
    let (_, compiled, store, keys) = parts();
    stage.write("credentials.yaml", &credentials("u2"));
    eventually("new credentials", || parts().0 == 2);
    let now = parts();
    assert!(
        Arc::ptr_eq(&compiled, &now.1) && Arc::ptr_eq(&keys, &now.3),
        "neither rules nor keys were made again"
    );
    assert_eq!(now.2.ids().collect::<Vec<_>>(), ["u2"]);
    stage.write("keys.json", &key_set(&["one", "two"]));
    eventually("new keys", || parts().0 == 3);
    let last = parts();
    assert!(Arc::ptr_eq(&compiled, &last.1) && Arc::ptr_eq(&now.2, &last.2));
    assert_eq!(last.3.len(), 2);
    stage.write("policy.yaml", &policy("second", &jwt("jwks_file: keys.json", "ES256")));
    eventually("a new policy", || parts().0 == 4);
    let end = parts();
    assert!(Arc::ptr_eq(&last.2, &end.2) && Arc::ptr_eq(&last.3, &end.3) && !Arc::ptr_eq(&compiled, &end.1));
    assert!(!Arc::ptr_eq(&store, &end.2));
}

#[test]
fn a_bad_file_keeps_the_last_good_one_and_says_so_until_it_is_good() {
    let stage = start(files());
    stage.write("policy.yaml", "version: 1\nlisteners: [ { nam: x } ]\nrulsets: {}\n");
    eventually("a refusal", || stage.reloads("refused") > 0);
    assert_eq!((stage.live.load().revision, stage.listener().as_str()), (1, "first"));
    let Standing::Degraded(why) = stage.policy_standing() else {
        panic!("{:?}", stage.policy_standing())
    };
    assert!(
        why.starts_with("revision 1 stays in force") && why.contains("policy.yaml:2"),
        "{why}"
    );
    let report = stage.live.freshness().report();
    let policy_source = report
        .sources
        .iter()
        .find(|source| source.name.ends_with("policy.yaml"))
        .unwrap();
    assert!(
        policy_source.error.is_some() && policy_source.last_good == Some(1_800_000_000),
        "{policy_source:?}"
    );
    stage.write("credentials.yaml", "- { id: u1 }\n");
    stage.write("policy.yaml", &policy("second", ""));
    eventually("the credentials are refused", || {
        stage
            .live
            .freshness()
            .report()
            .sources
            .iter()
            .any(|s| s.name.ends_with("credentials.yaml") && s.error.is_some())
    });
    assert_eq!(stage.listener(), "first", "all or nothing");
    stage.write("credentials.yaml", &credentials("u3"));
    eventually("good files", || stage.listener() == "second");
    assert_eq!(stage.policy_standing(), Standing::Met);
    assert!(
        stage
            .live
            .freshness()
            .report()
            .sources
            .iter()
            .all(|source| source.error.is_none())
    );
    let (audit, _) = stage.end();
    assert!(audit.contains(r#""event":"reload_refused""#), "{audit}");
}

#[test]
fn a_policy_whose_node_cannot_be_used_is_refused_and_not_half_in_force() {
    let stage = start(files());
    // a URL to the policy, which the way to the node cannot take
    let upstream = "upstreams: [ { name: node, url: \"http://127.0.0.1:7777/a<b?key=s3cret\" } ]\n";
    stage.write("policy.yaml", &policy("second", upstream));
    eventually("a refusal", || stage.reloads("refused") + stage.reloads("swapped") > 1);
    assert_eq!((stage.live.load().revision, stage.listener().as_str()), (1, "first"));
    assert!(matches!(stage.policy_standing(), Standing::Degraded(_)));
    let (audit, _) = stage.end();
    assert!(
        audit.contains(r#""event":"reload_refused""#) && !audit.contains("s3cret"),
        "{audit}"
    );
}

#[test]
fn files_are_read_without_any_event_and_a_lasting_mistake_is_told_once() {
    let stage = start_with(files(), Overrides::default(), Duration::from_millis(20));
    eventually("two polls", || stage.reloads("unchanged") >= 2);
    stage.write("policy.yaml", "nonsense: [");
    eventually("two refusals", || stage.reloads("refused") >= 4);
    let (audit, _) = stage.end();
    let told = audit.lines().filter(|line| line.contains("reload_refused"));
    // Once by whichever came first, and once more at most by the event.
    assert!((1..=2).contains(&told.count()), "{audit}");
}

#[test]
fn a_missing_file_is_waited_for() {
    let stage = start(files());
    fs::remove_file(stage.directory.path().join("policy.yaml")).unwrap();
    eventually("a refusal", || stage.reloads("refused") > 0);
    assert_eq!(stage.listener(), "first");
    stage.write("policy.yaml", &policy("second", ""));
    eventually("the file", || stage.listener() == "second");
}

#[test]
fn starting_refuses_with_every_mistake() {
    let directory = files();
    let text = policy("first", &jwt("pem_file: missing.pem", "ES256"));
    fs::write(directory.path().join("policy.yaml"), text).unwrap();
    fs::write(
        directory.path().join("credentials.yaml"),
        "- { id: u1 }\n- { id: u1, hash: x }\n",
    )
    .unwrap();
    let refusal = Loaded::read(sources(directory.path())).err().unwrap();
    let text = refusal.render(false);
    assert!(
        text.contains("missing.pem") && text.contains("credentials.yaml:1") && text.contains("credentials.yaml:2"),
        "{text}"
    );
    assert!(refusal.summary().contains("more)"), "{}", refusal.summary());
    fs::remove_file(directory.path().join("policy.yaml")).unwrap();
    let refusal = Loaded::read(sources(directory.path())).err().unwrap();
    assert!(
        refusal.summary().contains("policy.yaml") && refusal.summary().contains("No such file"),
        "{refusal}"
    );
}

#[test]
fn inline_secrets_are_for_loopback_only() {
    let directory = files();
    let at = |address: &str| policy("first", "insecure_inline_secrets: true\n").replace("127.0.0.1:8550", address);
    let read = |address: &str, listen: Option<&str>| {
        fs::write(directory.path().join("policy.yaml"), at(address)).unwrap();
        let overrides = Overrides {
            listen: listen.map(|listen| listen.parse().unwrap()),
            ..Overrides::default()
        };
        Loaded::read(Sources {
            overrides,
            ..sources(directory.path())
        })
        .err()
        .map(|refusal| refusal.render(false))
    };
    for address in ["127.0.0.1:8550", "127.9.9.9:8550", "[::1]:8550"] {
        assert_eq!(read(address, None), None, "{address}");
        let text = read(address, Some("192.0.2.1:8550")).unwrap();
        assert!(text.contains("listener `first` is at 192.0.2.1:8550"), "{text}");
    }
    for address in ["0.0.0.0:8550", "[::]:8550", "10.0.0.1:8550"] {
        let text = read(address, None).unwrap();
        assert!(
            text.contains("`insecure_inline_secrets: true` is for loopback only"),
            "{text}"
        );
        assert_eq!(
            read(address, Some("127.0.0.1:1")),
            None,
            "what counts is where it listens"
        );
    }
    fs::write(directory.path().join("policy.yaml"), policy("first", "")).unwrap();
    let stage = start(directory);
    stage.write(
        "policy.yaml",
        &at("0.0.0.0:8550").replace("name: first", "name: exposed"),
    );
    eventually("the refusal", || stage.reloads("refused") > 0);
    assert_eq!(stage.listener(), "first", "the last good one stays");
}

/// Many swaps of a volume whose files belong together: no snapshot ever mixes two versions.
#[test]
fn a_storm_of_volume_swaps_never_mixes_versions() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().to_path_buf();
    let swap = move |version: usize| {
        let data = root.join(format!("..v{version}"));
        fs::create_dir(&data).unwrap();
        fs::write(data.join("policy.yaml"), policy(&format!("v{version}"), "")).unwrap();
        fs::write(data.join("credentials.yaml"), credentials(&format!("v{version}"))).unwrap();
        symlink(format!("..v{version}"), root.join("..new")).unwrap();
        fs::rename(root.join("..new"), root.join("..data")).unwrap();
        if version > 0 {
            fs::remove_dir_all(root.join(format!("..v{}", version - 1))).unwrap();
        }
    };
    swap(0);
    for name in ["policy.yaml", "credentials.yaml"] {
        symlink(format!("..data/{name}"), directory.path().join(name)).unwrap();
    }
    let stage = start(directory);
    let (done, seen) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let (live, stop, highest) = (stage.live.clone(), Arc::clone(&done), Arc::clone(&seen));
    let reader = std::thread::spawn(move || {
        while !stop.load(Ordering::SeqCst) {
            let now = live.load_full();
            let store = now.authenticator.store.clone().unwrap();
            assert_eq!(store.ids().next().unwrap(), now.compiled.settings.listeners[0].name);
            assert!(
                highest.fetch_max(now.revision, Ordering::SeqCst) <= now.revision,
                "revisions only grow"
            );
            std::thread::yield_now();
        }
    });
    for version in 1..=60 {
        swap(version);
        stage.reload();
        std::thread::sleep(Duration::from_millis(7));
    }
    eventually("the last version", || stage.listener() == "v60");
    done.store(true, Ordering::SeqCst);
    reader.join().unwrap();
    assert!(seen.load(Ordering::SeqCst) > 1);
}

#[test]
fn secrets_change_live_and_are_never_told() {
    let directory = files();
    fs::write(directory.path().join("secret"), format!("{SECRET}\n")).unwrap();
    fs::write(
        directory.path().join("policy.yaml"),
        policy("first", &jwt("secret: \"file:secret\"", "HS256")),
    )
    .unwrap();
    let stage = start(directory);
    let digest = stage.live.load().digest.clone();
    stage.write("secret", OTHER_SECRET);
    eventually("a new secret", || stage.live.load().revision == 2);
    assert_eq!(
        stage.live.load().digest,
        digest,
        "a short secret cannot be guessed from the digest"
    );
    stage.write("secret", "canary-short");
    eventually("a refusal", || stage.reloads("refused") > 0);
    let report = stage.live.freshness().report();
    let mut told = format!(
        "{:?} {:?} {}",
        report.sources,
        stage.readiness.report(),
        stage.metrics.render()
    );
    assert!(told.contains("at least 32 are needed"), "{told}");
    told.push_str(&stage.end().0);
    assert!(!told.contains("canary"), "{told}");
}

#[test]
fn settings_that_can_change_live_do_and_addresses_do_not() {
    let directory = files();
    let overrides = Overrides {
        listen: Some("127.0.0.1:1234".parse().unwrap()),
        upstream: Some(Upstream::at("http://127.0.0.1:7777").unwrap()),
        admin: Some("127.0.0.1:4321".parse().unwrap()),
    };
    let stage = start_with(directory, overrides, Duration::from_secs(3600));
    let overridden = || {
        let settings = &stage.live.load().compiled.settings;
        let upstream = (settings.upstream.url.clone(), settings.upstream.name.clone());
        (settings.listeners[0].address.port(), settings.admin.port(), upstream)
    };
    let expected = (1234, 4321, ("http://127.0.0.1:7777".to_owned(), "node".to_owned()));
    assert_eq!(overridden(), expected);
    let louder = policy("first", "").replace(
        "level: 1, audit: { file: audit.log }",
        "level: 2, audit: { file: other.log }",
    );
    stage.write("policy.yaml", &louder);
    eventually("level 2", || stage.level.tells_why());
    eventually("the other log", || stage.directory.path().join("other.log").exists());
    assert_eq!(overridden(), expected, "what the command line says stays");
    assert_eq!(stage.readiness.standing(Condition::Listeners), Standing::Met);
    stage.write("policy.yaml", &louder.replace("name: first", "name: renamed"));
    eventually("it is told", || {
        matches!(stage.readiness.standing(Condition::Listeners), Standing::Degraded(_))
    });
    stage.write("policy.yaml", &louder);
    eventually("it is good again", || {
        stage.readiness.standing(Condition::Listeners) == Standing::Met
    });
}

/// An identity provider's double on a thread of its own: answers with what the lock holds, or with an error.
fn provider() -> (String, Arc<Mutex<Option<String>>>, Arc<AtomicU64>) {
    use std::io::{Read, Write};
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/keys", listener.local_addr().unwrap());
    let (answer, asked) = (Arc::new(Mutex::new(None::<String>)), Arc::new(AtomicU64::new(0)));
    let (here, count) = (Arc::clone(&answer), Arc::clone(&asked));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                if stream.read(&mut byte).unwrap() == 0 {
                    break;
                }
                head.push(byte[0]);
            }
            count.fetch_add(1, Ordering::SeqCst);
            let (status, body) = match here.lock().clone() {
                Some(body) => ("200 OK", body),
                None => ("503 Service Unavailable", String::new()),
            };
            let length = body.len();
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
            );
        }
    });
    (url, answer, asked)
}

fn with_provider(url: &str) -> TempDir {
    let directory = files();
    let text = policy("first", &jwt(&format!("jwks_url: \"{url}\""), "ES256"));
    fs::write(directory.path().join("policy.yaml"), text).unwrap();
    directory
}

impl Stage {
    fn keys(&self) -> usize {
        let snapshot = self.live.load();
        snapshot
            .authenticator
            .verifier
            .as_ref()
            .unwrap()
            .issuers()
            .next()
            .unwrap()
            .1
            .len()
    }
}

#[test]
fn fetched_keys_are_there_at_the_start_and_an_unknown_key_fetches_once() {
    let (url, answer, asked) = provider();
    *answer.lock() = Some(key_set(&["one"]));
    let stage = start(with_provider(&url));
    assert_eq!((stage.keys(), asked.load(Ordering::SeqCst)), (1, 1));
    assert_eq!(stage.readiness.standing(Condition::Keys), Standing::Met);
    *answer.lock() = Some(key_set(&["one", "two"]));
    let live = &stage.live;
    run(async {
        let issuer = "https://idp.example";
        let (one, two) = tokio::join!(live.refresh_keys(issuer), live.refresh_keys(issuer));
        assert_eq!((one, two), (Refreshed::Asked, Refreshed::Asked));
        assert_eq!(stage.keys(), 2, "in force when the wait ends");
        assert_eq!(live.refresh_keys(issuer).await, Refreshed::Stands, "cooling down");
    });
    assert_eq!(asked.load(Ordering::SeqCst), 2, "single flight");
    assert!(
        stage
            .metrics
            .render()
            .contains("callgate_jwks_fetches_total{issuer=\"https://idp.example\",result=\"ok\"} 2")
    );
}

#[test]
fn an_issuer_that_is_away_harms_nobody_else_and_its_keys_come_when_it_is_back() {
    let (url, answer, _) = provider();
    let stage = start(with_provider(&url));
    let Standing::Degraded(why) = stage.readiness.standing(Condition::Keys) else {
        panic!("no keys at all")
    };
    assert!(why.contains("https://idp.example") && why.contains("503"), "{why}");
    assert_eq!(stage.keys(), 0);
    *answer.lock() = Some(key_set(&["one"]));
    stage.clock.advance(Duration::from_secs(30));
    stage.reload();
    eventually("keys", || stage.keys() == 1);
    eventually("readiness", || {
        stage.readiness.standing(Condition::Keys) == Standing::Met
    });
    *answer.lock() = None;
    stage.clock.advance(Duration::from_secs(480));
    stage.reload();
    eventually("a failed fetch", || {
        matches!(stage.readiness.standing(Condition::Keys), Standing::Degraded(_))
    });
    assert_eq!(stage.keys(), 1, "the last good ones stay");
    stage.clock.advance(Duration::from_secs(24 * 3600));
    stage.reload();
    eventually("the old keys are gone", || stage.keys() == 0);
}

#[test]
fn when_nobody_can_prove_anything_the_process_is_not_ready() {
    let (url, _, _) = provider();
    let directory = with_provider(&url);
    let path = directory.path().join("policy.yaml");
    let text = fs::read_to_string(&path)
        .unwrap()
        .replacen("enabled: true", "enabled: false", 1);
    fs::write(&path, text).unwrap();
    let stage = start(directory);
    assert!(stage.live.load().authenticator.store.is_none());
    assert!(matches!(stage.readiness.standing(Condition::Keys), Standing::Unmet(_)));
}

#[test]
fn fetched_keys_come_into_force_beside_a_broken_file() {
    let (url, answer, _) = provider();
    *answer.lock() = Some(key_set(&["one"]));
    let stage = start(with_provider(&url));
    stage.write("policy.yaml", "nonsense: [");
    eventually("a refusal", || stage.reloads("refused") > 0);
    *answer.lock() = Some(key_set(&["one", "two"]));
    assert_eq!(run(stage.live.refresh_keys("https://idp.example")), Refreshed::Asked);
    assert_eq!(stage.keys(), 2);
    assert!(matches!(stage.policy_standing(), Standing::Degraded(_)), "still said");
}
