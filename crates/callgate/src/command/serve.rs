//! `callgate serve`: options to a configuration, signals to what they mean, errors to exit codes.

use crate::cli::Serve;
use crate::exit::{Exit, Failure, OrExit, fail};
use crate::output::{colours, remark};
use callgate_gateway::level::Detail;
use callgate_gateway::logs::Logs;
use callgate_gateway::snapshot::{Overrides, Sources};
use callgate_gateway::watch::{Reloads, Trigger};
use callgate_gateway::{Config, RunError, Started};
use callgate_policy::settings::Upstream;
use std::future::Future;
use std::num::NonZeroUsize;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// How long the last log lines may take to be written.
const LAST_WORDS: Duration = Duration::from_secs(2);

pub(super) fn run(options: Serve) -> Result<Exit, Failure> {
    let upstream = options.upstream.as_deref().map(upstream).transpose()?;
    let sources = Sources {
        policy: options.policy,
        overrides: Overrides {
            listen: options.listen,
            upstream,
            admin: options.admin,
        },
    };
    let workers = options.workers.and_then(|count| NonZeroUsize::new(usize::from(count)));
    let (logs, writing) = Logs::install(Detail::Decisions).or_exit(Exit::Internal)?;
    let done = runtime()?.block_on(async {
        let shutdown = shutdown()?;
        let hangup = signal(SignalKind::hangup()).or_exit(Exit::Internal)?;
        let config = Config {
            sources,
            workers,
            logs: Some(logs),
            started: Box::new(|started, reloads| {
                tokio::spawn(reload_on(hangup, reloads));
                remark(greeting(&started));
            }),
        };
        callgate_gateway::run(config, shutdown)
            .await
            .map_err(|error| failure(&error))
    });
    writing.finish(LAST_WORDS);
    done.map(|()| Exit::Done)
}

/// A runtime for signals and the shutdown; calls are served by threads of their own.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .or_exit(Exit::Internal)
}

/// The node that the command line names.
pub(super) fn upstream(url: &str) -> Result<Upstream, Failure> {
    Upstream::at(url).map_err(|error| fail(Exit::Usage, format_args!("--upstream: {error}")))
}

/// SIGHUP reads every file again, now.
async fn reload_on(mut hangup: Signal, reloads: Reloads) {
    while hangup.recv().await.is_some() {
        reloads.ask(Trigger::Signal);
    }
}

/// Completes at SIGTERM or SIGINT.
pub(super) fn shutdown() -> Result<impl Future<Output = ()>, Failure> {
    let mut terminate = signal(SignalKind::terminate()).or_exit(Exit::Internal)?;
    let mut interrupt = signal(SignalKind::interrupt()).or_exit(Exit::Internal)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// The one line for people when everything listens.
fn greeting(started: &Started) -> String {
    let calls: Vec<String> = started
        .listeners
        .iter()
        .map(|(name, address)| format!("calls on http://{address} ({name})"))
        .collect();
    format!(
        "callgate: {}, admin on http://{}, in front of {}, {} {}",
        calls.join(", "),
        started.admin,
        started.upstream,
        started.workers,
        if started.workers == 1 { "worker" } else { "workers" },
    )
}

/// Every way in which the gateway fails, and its exit code.
pub(super) fn failure(error: &RunError) -> Failure {
    match error {
        RunError::Policy(refusal) => fail(Exit::BadPolicy, format_args!("{}\n", refusal.render(colours()))),
        RunError::Listen { .. } | RunError::Admin(_) => fail(Exit::Unreachable, error),
        RunError::Audit(_) => fail(Exit::BadPolicy, error),
        RunError::Start(_) | RunError::Worker(_) => fail(Exit::Internal, error),
    }
}
