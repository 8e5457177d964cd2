//! Metrics as handles with verbs, over one Prometheus registry that the process owns. Names and help stand at the top of
//! the files; label sets are closed, except issuers and sources, which the operator's files name.

mod labels;
mod worker;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use parking_lot::RwLock;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

pub use labels::{CacheOutcome, CallClass, FetchOutcome, ReloadOutcome, UnexpectedAnswer};
pub use worker::{OpenConnection, WorkerMetrics};

use crate::readiness::{Condition, Standing};
use worker::Workers;

const BUILD: (&str, &str) = ("build", "What is running");
const STARTED: (&str, &str) = (
    "start_time_seconds",
    "When the process started, in seconds since the Unix epoch",
);
const READY: (&str, &str) = ("ready", "Conditions of readiness: 1 met or degraded, 0 not met");
const DEGRADED: (&str, &str) = ("degraded", "Conditions that hold only just: 1 degraded");
const REVISION: (&str, &str) = ("policy_revision", "The revision of the snapshot in force");
const RELOADS: (&str, &str) = ("reloads", "Times the files were read again, by result");
const SOURCE_GOOD: (&str, &str) = (
    "source_last_good_timestamp_seconds",
    "When a source was last read and found good, in seconds since the Unix epoch",
);
const SOURCE_FAILING: (&str, &str) = (
    "source_failing",
    "1 while the newest state of a source is refused or unreachable",
);
const FETCHES: (&str, &str) = ("jwks_fetches", "Fetches of an issuer's keys, by result");
const UNKNOWN_KIDS: (&str, &str) = ("jwks_unknown_kid", "Tokens that named a key their issuer did not have");
const AUDIT_BYTES: (&str, &str) = ("audit_written_bytes", "Bytes of audit lines taken by the sink");
const AUDIT_BACKLOG: (&str, &str) = ("audit_backlog_bytes", "Bytes of audit lines that wait for the sink");
const AUDIT_WAITS: (&str, &str) = ("audit_waits", "Calls that waited for the audit to have room");
const AUDIT_LOST: (&str, &str) = (
    "audit_lost",
    "Events for which the audit had no room; their answers did not leave",
);
const AUDIT_FAILURES: (&str, &str) = ("audit_write_failures", "Times the audit's sink refused lines");
const LOG_LOST: (&str, &str) = ("log_lost", "Lines of the operational log that were dropped");

/// One label.
type Label = [(&'static str, &'static str); 1];
/// One label whose value the operator's files name.
type Named = [(&'static str, String); 1];

/// The process's metrics. Clones share them.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: RwLock<Registry>,
    workers: Workers,
    ready: Family<Label, Gauge>,
    degraded: Family<Label, Gauge>,
    revision: Gauge,
    reloads: Family<Label, Counter>,
    source_good: Family<Named, Gauge<f64, AtomicU64>>,
    source_failing: Family<Named, Gauge>,
    fetches: Family<[(&'static str, String); 2], Counter>,
    unknown_kids: Family<Named, Counter>,
    audit_bytes: Counter,
    audit_backlog: Gauge,
    audit_waits: Counter,
    audit_lost: Counter,
    audit_failures: Counter,
    log_lost: Gauge,
}

/// How fresh one source is, for [`Metrics::sources`].
pub struct SourceFreshness<'a> {
    /// The source's name: `policy`, `credentials`, `keys of https://idp.example`.
    pub name: &'a str,
    /// When it was last good, in seconds since the Unix epoch.
    pub last_good: Option<u64>,
    /// Whether its newest state is refused or unreachable.
    pub failing: bool,
}

impl Metrics {
    /// An empty registry for a process that started at `unix_seconds`.
    pub fn new(unix_seconds: u64) -> Self {
        let mut registry = Registry::with_prefix("callgate");
        let inner = Inner {
            workers: Workers::default(),
            ready: register(&mut registry, READY),
            degraded: register(&mut registry, DEGRADED),
            revision: register(&mut registry, REVISION),
            reloads: register(&mut registry, RELOADS),
            source_good: register(&mut registry, SOURCE_GOOD),
            source_failing: register(&mut registry, SOURCE_FAILING),
            fetches: register(&mut registry, FETCHES),
            unknown_kids: register(&mut registry, UNKNOWN_KIDS),
            audit_bytes: register(&mut registry, AUDIT_BYTES),
            audit_backlog: register(&mut registry, AUDIT_BACKLOG),
            audit_waits: register(&mut registry, AUDIT_WAITS),
            audit_lost: register(&mut registry, AUDIT_LOST),
            audit_failures: register(&mut registry, AUDIT_FAILURES),
            log_lost: register(&mut registry, LOG_LOST),
            registry: RwLock::new(Registry::default()),
        };
        registry.register(BUILD.0, BUILD.1, Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        register::<Gauge<f64, AtomicU64>>(&mut registry, STARTED).set(seconds(unix_seconds));
        registry.register_collector(Box::new(inner.workers.clone()));
        *inner.registry.write() = registry;
        Self(Arc::new(inner))
    }

    /// The counters of one more worker.
    pub fn worker(&self) -> WorkerMetrics {
        self.0.workers.add()
    }

    /// Says how the conditions of readiness stand.
    pub fn conditions(&self, report: &[(Condition, Standing)]) {
        for (condition, standing) in report {
            let label = [("condition", condition.name())];
            self.0
                .ready
                .get_or_create(&label)
                .set(i64::from(!matches!(standing, Standing::Unmet(_))));
            self.0
                .degraded
                .get_or_create(&label)
                .set(i64::from(matches!(standing, Standing::Degraded(_))));
        }
    }

    /// Counts a reload and says which revision is in force.
    pub fn reloaded(&self, outcome: ReloadOutcome, revision: u64) {
        self.0.reloads.get_or_create(&[("result", outcome.name())]).inc();
        self.0.revision.set(i64::try_from(revision).unwrap_or(i64::MAX));
    }

    /// Says how fresh all sources are; sources that are no longer named disappear.
    pub fn sources<'a>(&self, sources: impl IntoIterator<Item = SourceFreshness<'a>>) {
        self.0.source_good.clear();
        self.0.source_failing.clear();
        for source in sources {
            let label = [("source", source.name.to_owned())];
            if let Some(last_good) = source.last_good {
                self.0.source_good.get_or_create(&label).set(seconds(last_good));
            }
            self.0
                .source_failing
                .get_or_create(&label)
                .set(i64::from(source.failing));
        }
    }

    /// Counts a fetch of the keys of a configured `issuer`.
    pub fn keys_fetched(&self, issuer: &str, outcome: FetchOutcome) {
        let labels = [("issuer", issuer.to_owned()), ("result", outcome.name().to_owned())];
        self.0.fetches.get_or_create(&labels).inc();
    }

    /// Counts a token of a configured `issuer` that named a key it does not have.
    pub fn key_unknown(&self, issuer: &str) {
        self.0
            .unknown_kids
            .get_or_create(&[("issuer", issuer.to_owned())])
            .inc();
    }

    /// Counts bytes that the audit's sink took.
    pub fn audit_wrote(&self, bytes: usize) {
        self.0.audit_bytes.inc_by(bytes as u64);
    }

    /// Says how much the audit's sink is behind.
    pub fn audit_backlog(&self, bytes: usize) {
        self.0.audit_backlog.set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    /// Counts a call that waits for the audit to have room.
    pub fn audit_waited(&self) {
        self.0.audit_waits.inc();
    }

    /// Counts an event the audit had no room for.
    pub fn audit_lost(&self) {
        self.0.audit_lost.inc();
    }

    /// Counts a refusal of the audit's sink.
    pub fn audit_write_failed(&self) {
        self.0.audit_failures.inc();
    }

    /// Says how many lines of the operational log were dropped so far.
    pub fn log_lost(&self, lines: u64) {
        self.0.log_lost.set(i64::try_from(lines).unwrap_or(i64::MAX));
    }

    /// Everything in the OpenMetrics text format.
    pub fn render(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail; a metric that cannot be encoded leaves the rest readable.
        let _ = encode(&mut text, &self.0.registry.read());
        text
    }
}

fn register<M>(registry: &mut Registry, (name, help): (&str, &str)) -> M
where
    M: Clone + Default + prometheus_client::registry::Metric,
{
    let metric = M::default();
    registry.register(name, help, metric.clone());
    metric
}

/// Dates are exact in a float for the next hundred million years.
#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 need 31 of 52 bits")]
fn seconds(unix_seconds: u64) -> f64 {
    unix_seconds as f64
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::audit::{Front, NodeOutcome, Refusal, Verdict};

    #[test]
    fn the_sheets_of_all_workers_are_summed() {
        let metrics = Metrics::new(1_800_000_000);
        let (one, two) = (metrics.worker(), metrics.worker());
        one.call(CallClass::Read, Verdict::Allow);
        two.call(CallClass::Read, Verdict::Allow);
        two.call(CallClass::Unknown, Verdict::Error);
        two.call_refused("no_rule");
        one.request_refused(Refusal::Authentication, "no_credential");
        one.request(Front::Http);
        let _open = one.connection_opened(Front::WebSocket);
        drop(two.connection_opened(Front::WebSocket));
        one.exchanged(NodeOutcome::ClientGone, Duration::from_millis(3));
        one.took(Duration::from_micros(10));
        two.took(Duration::from_micros(11));
        two.took(Duration::from_secs(9));
        one.credential_looked_up(CacheOutcome::Miss);
        let text = metrics.render();
        for line in [
            "callgate_calls_total{class=\"read\",decision=\"allow\"} 2",
            "callgate_calls_total{class=\"unknown\",decision=\"error\"} 1",
            "callgate_refused_calls_total{reason=\"no_rule\"} 1",
            "callgate_refused_requests_total{refused=\"authentication\",reason=\"no_credential\"} 1",
            "callgate_requests_total{front=\"http\"} 1",
            "callgate_connections_open{front=\"ws\"} 1",
            "callgate_upstream_exchanges_total{outcome=\"client_gone\"} 1",
            "callgate_overhead_seconds_bucket{le=\"0.00001\"} 1",
            "callgate_overhead_seconds_bucket{le=\"0.00002\"} 2",
            "callgate_overhead_seconds_bucket{le=\"+Inf\"} 3",
            "callgate_overhead_seconds_count 3",
            "callgate_credential_cache_total{outcome=\"miss\"} 1",
            "callgate_panics_total 0",
            "callgate_build_info{version=\"0.1.0\"} 1",
            "callgate_start_time_seconds 1800000000.0",
        ] {
            assert!(text.lines().any(|found| found == line), "no `{line}` in\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));
    }

    #[test]
    fn every_label_has_the_slot_of_its_place_in_the_list() {
        assert!(
            CallClass::ALL
                .iter()
                .enumerate()
                .all(|(place, class)| *class as usize == place)
        );
        assert!(
            Verdict::ALL
                .iter()
                .enumerate()
                .all(|(place, verdict)| *verdict as usize == place)
        );
        assert!(
            NodeOutcome::ALL
                .iter()
                .enumerate()
                .all(|(place, outcome)| *outcome as usize == place)
        );
    }

    #[test]
    fn sources_that_are_no_longer_named_disappear() {
        let metrics = Metrics::new(0);
        let source = |name, failing| SourceFreshness {
            name,
            last_good: Some(7),
            failing,
        };
        metrics.sources([source("policy", false), source("credentials", true)]);
        assert!(
            metrics
                .render()
                .contains("callgate_source_failing{source=\"credentials\"} 1")
        );
        metrics.sources([source("policy", true)]);
        let text = metrics.render();
        assert!(!text.contains("credentials"), "{text}");
        assert!(text.contains("callgate_source_failing{source=\"policy\"} 1"));
        assert!(text.contains("callgate_source_last_good_timestamp_seconds{source=\"policy\"} 7.0"));
    }

    #[test]
    fn readiness_is_told_per_condition() {
        let metrics = Metrics::new(0);
        metrics.conditions(&[
            (Condition::Policy, Standing::Degraded("why".to_owned())),
            (Condition::Upstream, Standing::Unmet("why".to_owned())),
        ]);
        let text = metrics.render();
        assert!(text.contains("callgate_ready{condition=\"policy\"} 1"), "{text}");
        assert!(text.contains("callgate_degraded{condition=\"policy\"} 1"));
        assert!(text.contains("callgate_ready{condition=\"upstream\"} 0"));
    }
}
