use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::fetch::{FetchError, Fetched};
use super::*;
use crate::clock::Clock;
use crate::metrics::Metrics;

/// One P-256 key (RFC 7517, appendix A.1).
const KEYS: &str = r#"{"keys":[{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","use":"sig","kid":"one"}]}"#;

type Answer = Arc<dyn Fn(&str, SocketAddr) -> Response<Full<Bytes>> + Send + Sync>;

/// An identity provider's double: answers each path as told.
async fn provider(answer: Answer) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let answer = Arc::clone(&answer);
            let service = service_fn(move |request: Request<hyper::body::Incoming>| {
                let response = answer(request.uri().path(), address);
                async move { Ok::<_, Infallible>(response) }
            });
            tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    address
}

fn page(status: u16, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(Full::new(body.into())).unwrap()
}

fn run<F: Future>(test: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(test)
}

async fn fetch(address: SocketAddr, path: &str) -> Result<Fetched, FetchError> {
    let fetcher = Fetcher::new(Duration::from_secs(20)).unwrap();
    let url = KeyUrl::parse(&format!("http://{address}{path}")).unwrap();
    fetcher.fetch("https://idp.example", &Place::Url(url)).await
}

#[test]
fn keys_are_fetched_with_their_freshness() {
    run(async {
        let headers = [("cache-control", "public, max-age=120, must-revalidate")];
        let address = provider(Arc::new(move |_, _| page(200, &headers, KEYS))).await;
        let fetched = fetch(address, "/keys").await.unwrap();
        assert_eq!(fetched.keys.len(), 1);
        assert_eq!(fetched.fresh, Some(Duration::from_secs(120)));
        assert_eq!(fetched.hash, blake3::hash(KEYS.as_bytes()));
    });
}

#[test]
fn every_bad_answer_is_named() {
    run(async {
        let address = provider(Arc::new(|path, address| match path {
            "/redirect" => page(302, &[("location", &format!("http://{address}/good"))], ""),
            "/large" => page(200, &[], vec![b' '; callgate_auth::jwt::KEYS_BYTES + 1]),
            "/good" => page(200, &[], KEYS),
            "/none" => page(200, &[], r#"{"keys":[]}"#),
            "/bytes" => page(200, &[], &b"\xff\xfe"[..]),
            _ => page(500, &[], "secret trace"),
        }))
        .await;
        for (path, expected) in [
            (
                "/redirect",
                "answered with status 302 Found, without being followed anywhere",
            ),
            ("/large", "answer is larger than 524288 bytes"),
            ("/none", "no key of the set can verify a signature"),
            ("/bytes", "answer is not UTF-8"),
            ("/missing", "answered with status 500 Internal Server Error"),
        ] {
            assert_eq!(fetch(address, path).await.err().unwrap().to_string(), expected);
        }
        assert!(fetch(address, "/good").await.is_ok());
        let closed: SocketAddr = "127.0.0.1:1".parse().unwrap();
        let error = fetch(closed, "/keys?key=s3cret").await.err().unwrap().to_string();
        assert!(error.starts_with("no answer: ") && !error.contains("s3cret"), "{error}");
    });
}

#[test]
fn metadata_leads_to_keys_only_when_it_is_the_issuers_own() {
    run(async {
        let metadata = |path: &str, address: SocketAddr| {
            let issuer = path.strip_suffix("/.well-known/openid-configuration")?;
            let (named, keys) = match issuer {
                "/other" => (format!("http://{address}/good"), format!("http://{address}/keys")),
                "/unsafe" => (format!("http://{address}/unsafe"), "http://idp.example/keys".to_owned()),
                _ => (format!("http://{address}{issuer}"), format!("http://{address}/keys")),
            };
            Some(serde_json::json!({ "issuer": named, "jwks_uri": keys }).to_string())
        };
        let address = provider(Arc::new(move |path, address| match metadata(path, address) {
            Some(text) => page(200, &[], text),
            None => page(200, &[], KEYS),
        }))
        .await;
        let fetcher = Fetcher::new(Duration::from_secs(20)).unwrap();
        let discover = async |issuer: &str| {
            fetcher
                .fetch(&format!("http://{address}{issuer}"), &Place::Discovery)
                .await
        };
        assert_eq!(discover("/good").await.unwrap().keys.len(), 1);
        assert!(matches!(discover("/other").await, Err(FetchError::Issuer)));
        assert!(matches!(
            discover("/unsafe").await,
            Err(FetchError::Url(KeyUrlError::Unprotected))
        ));
    });
}

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

fn fetched(text: &str, fresh: Option<u64>) -> Result<Fetched, FetchError> {
    let keys = callgate_auth::jwt::KeySet::from_jwks(text).unwrap();
    Ok(Fetched {
        keys,
        hash: blake3::hash(text.as_bytes()),
        fresh: fresh.map(seconds),
    })
}

fn ring() -> Ring {
    let mut ring = Ring::new(KeyTimes::default());
    ring.configure([("a".to_owned(), Place::Discovery)]);
    ring
}

#[test]
fn a_new_issuer_is_due_once_and_again_before_its_keys_get_old() {
    let mut ring = ring();
    let due = ring.due(seconds(10)).remove(0);
    assert_eq!(ring.due(seconds(10)), [], "it is being asked");
    assert_eq!(ring.take(&due, fetched(KEYS, None), seconds(11), 111), Taken::Changed);
    assert_eq!(ring.next(), Some(seconds(11 + 480)), "80 % of ten minutes");
    assert_eq!(ring.due(seconds(490)), []);
    let due = ring.due(seconds(491)).remove(0);
    assert_eq!(ring.take(&due, fetched(KEYS, Some(1)), seconds(500), 600), Taken::Same);
    assert_eq!(
        ring.next(),
        Some(seconds(500 + 48)),
        "never sooner than 80 % of a minute"
    );
    assert_eq!(ring.held("a").unwrap().good_unix, 600);
    let due = ring.due(seconds(600)).remove(0);
    ring.take(&due, fetched(KEYS, Some(1_000_000)), seconds(600), 700);
    assert_eq!(
        ring.next(),
        Some(seconds(600 + 2880)),
        "never later than 80 % of an hour"
    );
}

#[test]
fn keys_outlive_an_outage_for_a_day_and_no_longer() {
    let mut ring = ring();
    let due = ring.due(seconds(0)).remove(0);
    ring.take(&due, fetched(KEYS, None), seconds(0), 0);
    let due = ring.due(seconds(480)).remove(0);
    let failure = || Err(FetchError::Unreachable("connection refused".to_owned()));
    assert_eq!(ring.take(&due, failure(), seconds(480), 480), Taken::Failed);
    assert_eq!(ring.error("a"), Some("no answer: connection refused"));
    assert_eq!(ring.next(), Some(seconds(510)), "asked again after half a minute");
    let day = 24 * 3600;
    assert!(!ring.expire(seconds(day - 1)) && ring.held("a").is_some());
    assert!(ring.expire(seconds(day)) && ring.held("a").is_none());
    let due = ring.due(seconds(day)).remove(0);
    assert_eq!(ring.take(&due, fetched(KEYS, None), seconds(day), day), Taken::Changed);
    assert_eq!(ring.error("a"), None);
}

#[test]
fn a_reload_keeps_the_keys_of_issuers_that_stay_where_they_are() {
    let mut ring = ring();
    let due = ring.due(seconds(0)).remove(0);
    ring.take(&due, fetched(KEYS, None), seconds(0), 0);
    let elsewhere = Place::Url(KeyUrl::parse("https://idp.example/keys").unwrap());
    ring.configure([("a".to_owned(), Place::Discovery), ("b".to_owned(), Place::Discovery)]);
    assert!(ring.held("a").is_some());
    assert_eq!(ring.due(seconds(1)).len(), 1, "only the new one");
    let asked = ring.ask("a").unwrap();
    assert_eq!(ring.ask("a"), None, "single flight");
    ring.configure([("a".to_owned(), elsewhere)]);
    assert!(ring.held("a").is_none(), "keys of another place are not its keys");
    assert_eq!(ring.take(&asked, fetched(KEYS, None), seconds(2), 2), Taken::Outdated);
}

#[test]
fn of_many_unknown_keys_one_asks_the_others_wait_and_later_ones_are_refused() {
    run(async {
        let (wanted, mut asked) = mpsc::channel(4);
        let clock = Clock::manual(0);
        let times = KeyTimes {
            wait: Duration::from_secs(20),
            ..KeyTimes::default()
        };
        let gate = Gate::new(wanted, clock.clone(), times, Metrics::new(0));
        gate.configure(["idp"]);
        let keeper = async {
            assert_eq!(asked.recv().await.as_deref(), Some("idp"));
            tokio::task::yield_now().await;
            gate.end("idp");
        };
        let (first, second, third, ()) =
            tokio::join!(gate.refresh("idp"), gate.refresh("idp"), gate.refresh("idp"), keeper);
        assert_eq!([first, second, third], [Refreshed::Asked; 3]);
        assert!(asked.try_recv().is_err(), "one fetch for three");
        assert_eq!(gate.refresh("idp").await, Refreshed::Stands, "cooling down");
        assert_eq!(gate.refresh("nobody").await, Refreshed::Stands, "not configured");
        clock.advance(seconds(30) - Duration::from_micros(1));
        gate.configure(["idp", "new"]);
        assert_eq!(
            gate.refresh("idp").await,
            Refreshed::Stands,
            "a reload does not open the gate"
        );
        clock.advance(Duration::from_micros(1));
        let keeper = async {
            asked.recv().await.unwrap();
            gate.end("idp");
        };
        assert_eq!(tokio::join!(gate.refresh("idp"), keeper).0, Refreshed::Asked);
    });
}

#[test]
fn nobody_waits_long_for_a_slow_issuer() {
    run(async {
        let (wanted, _asked) = mpsc::channel(4);
        let gate = Gate::new(
            wanted,
            Clock::manual(0),
            KeyTimes {
                wait: Duration::from_millis(5),
                ..KeyTimes::default()
            },
            Metrics::new(0),
        );
        gate.configure(["idp"]);
        assert_eq!(gate.refresh("idp").await, Refreshed::Stands);
    });
}

#[test]
fn a_fetch_that_was_planned_is_waited_for_as_well() {
    run(async {
        let (wanted, mut asked) = mpsc::channel(4);
        let times = KeyTimes {
            wait: Duration::from_secs(20),
            ..KeyTimes::default()
        };
        let gate = Gate::new(wanted, Clock::manual(0), times, Metrics::new(0));
        gate.configure(["idp"]);
        gate.begin("idp");
        let finish = async { gate.end("idp") };
        assert_eq!(tokio::join!(gate.refresh("idp"), finish).0, Refreshed::Asked);
        assert!(asked.try_recv().is_err());
    });
}
