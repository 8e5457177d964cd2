//! Callgate beside nginx's plain `proxy_pass`, on the same core, in the same run.
//!
//! One core runs the load (`wrk`) and the stand-in node, the other runs only the proxy under test, limited to one
//! thread. Every round visits every subject once, ratios are taken within a round and the median over the rounds is
//! told, so that a machine whose speed drifts still gives a comparison. CPU per request is the column to trust.
//!
//! ```text
//! apt-get install nginx-light wrk
//! cargo bench --bench compare -- --rounds 5 --secs 3
//! ```
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::panic,
    reason = "a bench: a failed step ends it"
)]

mod load;
mod node;
mod report;
mod subject;

use std::time::Duration;

fn main() {
    let plan = Plan::from_args();
    if let Some(missing) = ["nginx", "wrk", "taskset"]
        .into_iter()
        .find(|tool| !load::on_path(tool))
    {
        println!("skipped: `{missing}` is not on the PATH (apt-get install nginx-light wrk util-linux)");
        return;
    }
    let work = tempfile::tempdir().expect("a work directory");
    load::pin_this_process(LOAD_CPU);
    let node = node::start();
    let scenarios = load::scenarios(work.path());
    let subjects = subject::start_all(work.path(), node, PROXY_CPU);
    let mut table = report::Table::default();
    for round in 0..plan.rounds {
        for scenario in &scenarios {
            for subject in &subjects {
                if !subject.takes(scenario.name) {
                    continue;
                }
                load::run(subject, scenario, Duration::from_millis(300), work.path());
                let sample = load::run(subject, scenario, plan.span, work.path());
                table.add(round, scenario.name, subject.name, sample);
            }
        }
    }
    table.print(&subjects);
}

/// The core that runs the load and the stand-in node.
const LOAD_CPU: &str = "0";
/// The core that runs the proxy under test, alone.
const PROXY_CPU: &str = "1";

/// How long to measure.
struct Plan {
    rounds: usize,
    span: Duration,
}

impl Plan {
    fn from_args() -> Self {
        let args: Vec<String> = std::env::args().collect();
        let number = |name: &str, default: u64| {
            args.iter()
                .position(|arg| arg == name)
                .and_then(|at| args.get(at + 1))
                .and_then(|value| value.parse().ok())
                .unwrap_or(default)
        };
        Self {
            rounds: usize::try_from(number("--rounds", 5)).expect("a small number"),
            span: Duration::from_secs(number("--secs", 2)),
        }
    }
}
