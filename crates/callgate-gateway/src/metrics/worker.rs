//! What the workers count. Each worker owns a sheet of plain atomics that no other worker writes, so counting a call
//! costs a few uncontended adds; a scrape sums the sheets.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

use super::labels::{CacheOutcome, CallClass, UnexpectedAnswer};
use crate::audit::{Front, NodeOutcome, Refusal, Verdict};

const CALLS: (&str, &str) = ("calls", "Calls by class of method and decision");
const REASONS: (&str, &str) = (
    "refused_calls",
    "Calls that were not sent on, by the stable reason code",
);
const REFUSALS: (&str, &str) = (
    "refused_requests",
    "Requests refused as a whole, by what failed and the reason code",
);
const NODE: (&str, &str) = ("upstream_exchanges", "Exchanges with the node by outcome");
const UNEXPECTED: (&str, &str) = (
    "unexpected_answers",
    "What the node said that cannot be, and was not passed on; a transaction is an incident",
);
const CACHE: (&str, &str) = (
    "credential_cache",
    "Credentials found verified in a worker's cache, or not",
);
const PANICS: (&str, &str) = ("panics", "Tasks that ended in a panic; each is a mistake in Callgate");
const REQUESTS: (&str, &str) = ("requests", "HTTP requests and WebSocket messages taken in");
const OPEN: (&str, &str) = ("connections_open", "Connections that are open");
const DIALLED: (&str, &str) = ("upstream_connections_opened", "Connections made to the node");
const OWN_SECONDS: (&str, &str) = ("overhead_seconds", "Time a request or message spent in Callgate itself");
const NODE_SECONDS: (&str, &str) = ("upstream_seconds", "Time waited for the node");

/// Upper bounds of the buckets for Callgate's own time, in microseconds.
const OWN_BOUNDS: [u64; 13] = [5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000, 250_000];

/// Upper bounds of the buckets for the node's time, in microseconds.
const NODE_BOUNDS: [u64; 13] = [
    200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 500_000, 1_000_000, 5_000_000, 30_000_000,
];

/// One worker's counters.
#[derive(Clone)]
pub struct WorkerMetrics(Arc<Sheet>);

impl WorkerMetrics {
    /// Counts a judged call.
    pub fn call(&self, class: CallClass, verdict: Verdict) {
        self.0.calls.add(class as usize * Verdict::ALL.len() + verdict as usize);
    }

    /// Counts why a call was not sent on. `reason` is one of our stable codes, so the label set is closed.
    pub fn call_refused(&self, reason: &'static str) {
        *self.0.reasons.lock().entry(reason).or_default() += 1;
    }

    /// Counts a request that was refused as a whole, with one of our stable codes.
    pub fn request_refused(&self, kind: Refusal, reason: &'static str) {
        *self.0.refusals.lock().entry((kind.name(), reason)).or_default() += 1;
    }

    /// Counts an HTTP request or a WebSocket message.
    pub fn request(&self, front: Front) {
        self.0.requests.add(front as usize);
    }

    /// Records the time a request or message spent in Callgate itself.
    pub fn took(&self, own: Duration) {
        self.0.own.observe(&OWN_BOUNDS, own);
    }

    /// Counts an exchange with the node and the time waited for it.
    pub fn exchanged(&self, outcome: NodeOutcome, waited: Duration) {
        self.0.node.add(outcome as usize);
        self.0.node_time.observe(&NODE_BOUNDS, waited);
    }

    /// Counts something that the node said that cannot be.
    pub fn unexpected(&self, what: UnexpectedAnswer) {
        self.0.unexpected.add(what as usize);
    }

    /// Counts a connection made to the node.
    pub fn dialled(&self) {
        self.0.dialled.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a look into the cache of verified credentials.
    pub fn credential_looked_up(&self, outcome: CacheOutcome) {
        self.0.cache.add(outcome as usize);
    }

    /// Counts a connection as open until the guard is dropped.
    pub fn connection_opened(&self, front: Front) -> OpenConnection {
        self.0.open.add(front as usize, 1);
        OpenConnection {
            sheet: Arc::clone(&self.0),
            front,
        }
    }

    /// Counts a task that panicked.
    pub fn panicked(&self) {
        self.0.panics.fetch_add(1, Ordering::Relaxed);
    }
}

/// One open connection in the metrics; ends when dropped.
pub struct OpenConnection {
    sheet: Arc<Sheet>,
    front: Front,
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.sheet.open.add(self.front as usize, -1);
    }
}

/// All workers' sheets.
#[derive(Clone, Default)]
pub(super) struct Workers(Arc<Mutex<Vec<Arc<Sheet>>>>);

impl Workers {
    /// A sheet for one more worker. Workers live as long as the process, so the list stays as short as the machine has
    /// cores.
    pub(super) fn add(&self) -> WorkerMetrics {
        let sheet = Arc::new(Sheet::default());
        self.0.lock().push(Arc::clone(&sheet));
        WorkerMetrics(sheet)
    }
}

#[derive(Default)]
struct Sheet {
    calls: Counts<{ CallClass::ALL.len() * Verdict::ALL.len() }>,
    reasons: Mutex<BTreeMap<&'static str, u64>>,
    refusals: Mutex<BTreeMap<(&'static str, &'static str), u64>>,
    requests: Counts<2>,
    open: Levels<2>,
    own: Times,
    node: Counts<{ NodeOutcome::ALL.len() }>,
    node_time: Times,
    unexpected: Counts<{ UnexpectedAnswer::ALL.len() }>,
    dialled: AtomicU64,
    cache: Counts<{ CacheOutcome::ALL.len() }>,
    panics: AtomicU64,
}

struct Counts<const N: usize>([AtomicU64; N]);

impl<const N: usize> Default for Counts<N> {
    fn default() -> Self {
        Self(std::array::from_fn(|_| AtomicU64::new(0)))
    }
}

impl<const N: usize> Counts<N> {
    fn add(&self, slot: usize) {
        if let Some(count) = self.0.get(slot) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn read(&self, slot: usize) -> u64 {
        self.0.get(slot).map_or(0, |count| count.load(Ordering::Relaxed))
    }
}

struct Levels<const N: usize>([AtomicI64; N]);

impl<const N: usize> Default for Levels<N> {
    fn default() -> Self {
        Self(std::array::from_fn(|_| AtomicI64::new(0)))
    }
}

impl<const N: usize> Levels<N> {
    fn add(&self, slot: usize, by: i64) {
        if let Some(level) = self.0.get(slot) {
            level.fetch_add(by, Ordering::Relaxed);
        }
    }

    fn read(&self, slot: usize) -> i64 {
        self.0.get(slot).map_or(0, |level| level.load(Ordering::Relaxed))
    }
}

/// How often a duration fell into each bucket; the last slot is for what is longer than every bound.
#[derive(Default)]
struct Times {
    buckets: Counts<14>,
    micros: AtomicU64,
}

impl Times {
    fn observe(&self, bounds: &[u64; 13], duration: Duration) {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        self.buckets.add(bounds.partition_point(|&bound| bound < micros));
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }
}

impl fmt::Debug for Workers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workers").finish_non_exhaustive()
    }
}

impl Collector for Workers {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let sheets = self.0.lock().clone();
        let page = Page { sheets };
        page.calls(&mut encoder)?;
        page.requests(&mut encoder)?;
        page.node(&mut encoder)?;
        page.histogram(&mut encoder, OWN_SECONDS, &OWN_BOUNDS, |sheet| &sheet.own)?;
        page.histogram(&mut encoder, NODE_SECONDS, &NODE_BOUNDS, |sheet| &sheet.node_time)
    }
}

/// The sheets of one scrape.
struct Page {
    sheets: Vec<Arc<Sheet>>,
}

/// One series: its labels and its value.
type Series<const L: usize> = ([(&'static str, &'static str); L], u64);

impl Page {
    fn sum(&self, read: impl Fn(&Sheet) -> u64) -> u64 {
        self.sheets.iter().map(|sheet| read(sheet)).sum()
    }

    fn calls(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let mut calls = Vec::new();
        for class in CallClass::ALL {
            for verdict in Verdict::ALL {
                let slot = class as usize * Verdict::ALL.len() + verdict as usize;
                let labels = [("class", class.name()), ("decision", verdict.name())];
                calls.push((labels, self.sum(|sheet| sheet.calls.read(slot))));
            }
        }
        counters(encoder, CALLS, calls)?;
        let mut reasons = BTreeMap::<_, u64>::new();
        let mut refusals = BTreeMap::<_, u64>::new();
        for sheet in &self.sheets {
            sheet
                .reasons
                .lock()
                .iter()
                .for_each(|(key, n)| *reasons.entry(*key).or_default() += n);
            sheet
                .refusals
                .lock()
                .iter()
                .for_each(|(key, n)| *refusals.entry(*key).or_default() += n);
        }
        counters(
            encoder,
            REASONS,
            reasons.into_iter().map(|(reason, n)| ([("reason", reason)], n)),
        )?;
        let labelled = refusals
            .into_iter()
            .map(|((kind, reason), n)| ([("refused", kind), ("reason", reason)], n));
        counters(encoder, REFUSALS, labelled)
    }

    fn requests(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let fronts = [(Front::Http, "http"), (Front::WebSocket, "ws")];
        let requests = fronts.map(|(front, name)| ([("front", name)], self.sum(|s| s.requests.read(front as usize))));
        counters(encoder, REQUESTS, requests)?;
        let mut open = encoder.encode_descriptor(OPEN.0, OPEN.1, None, MetricType::Gauge)?;
        for (front, name) in fronts {
            let level: i64 = self.sheets.iter().map(|sheet| sheet.open.read(front as usize)).sum();
            ConstGauge::new(level).encode(open.encode_family(&[("front", name)])?)?;
        }
        let cache = CacheOutcome::ALL.map(|outcome| {
            (
                [("outcome", outcome.name())],
                self.sum(|sheet| sheet.cache.read(outcome as usize)),
            )
        });
        counters(encoder, CACHE, cache)?;
        counters(
            encoder,
            PANICS,
            [([], self.sum(|sheet| sheet.panics.load(Ordering::Relaxed)))],
        )
    }

    fn node(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let unexpected = UnexpectedAnswer::ALL.map(|what| {
            (
                [("what", what.name())],
                self.sum(|sheet| sheet.unexpected.read(what as usize)),
            )
        });
        counters(encoder, UNEXPECTED, unexpected)?;
        let outcomes = NodeOutcome::ALL.map(|outcome| {
            (
                [("outcome", outcome.name())],
                self.sum(|sheet| sheet.node.read(outcome as usize)),
            )
        });
        counters(encoder, NODE, outcomes)?;
        counters(
            encoder,
            DIALLED,
            [([], self.sum(|sheet| sheet.dialled.load(Ordering::Relaxed)))],
        )
    }

    fn histogram(
        &self,
        encoder: &mut DescriptorEncoder<'_>,
        (name, help): (&str, &str),
        bounds: &[u64; 13],
        times: impl Fn(&Sheet) -> &Times,
    ) -> fmt::Result {
        let mut buckets = Vec::with_capacity(bounds.len() + 1);
        for slot in 0..=bounds.len() {
            let bound = bounds
                .get(slot)
                .map_or(f64::INFINITY, |&micros| Duration::from_micros(micros).as_secs_f64());
            buckets.push((bound, self.sum(|sheet| times(sheet).buckets.read(slot))));
        }
        let count = buckets.iter().map(|(_, n)| n).sum();
        let micros = self.sum(|sheet| times(sheet).micros.load(Ordering::Relaxed));
        let seconds = Duration::from_micros(micros).as_secs_f64();
        let mut histogram = encoder.encode_descriptor(name, help, None, MetricType::Histogram)?;
        histogram.encode_histogram::<[(&str, &str); 0]>(seconds, count, &buckets, None)
    }
}

fn counters<const L: usize>(
    encoder: &mut DescriptorEncoder<'_>,
    (name, help): (&str, &str),
    series: impl IntoIterator<Item = Series<L>>,
) -> fmt::Result {
    let mut family = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
    for (labels, value) in series {
        let counter = ConstCounter::new(value);
        if L == 0 {
            return counter.encode(family);
        }
        counter.encode(family.encode_family(&labels)?)?;
    }
    Ok(())
}
