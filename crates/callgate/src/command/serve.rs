//! `callgate serve`: options to a configuration, signals to what they mean, errors to exit codes.

use crate::cli::Serve;
use crate::exit::{Exit, Failure, OrExit, fail};
use crate::output::{colours, remark};
use callgate_gateway::level::Detail;
use callgate_gateway::logs::Logs;
use callgate_gateway::{Config, Overrides, Reload, RunError, Sources, Started};
use callgate_policy::settings::Upstream;
use std::future::Future;
use std::num::NonZeroUsize;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// How long the last log lines may take to be written.
const LAST_WORDS: Duration = Duration::from_secs(2);

pub(super) fn run(options: Serve) -> Result<Exit, Failure> {
    let upstream = options.upstream.as_deref().map(upstream).transpose()?;
    let sources = Sources {
        policy: options.policy,
        overrides: Overrides { listen: options.listen, upstream, admin: options.admin },
    };
    let workers = options.workers.and_then(|count| NonZeroUsize::new(usize::from(count)));
    let (logs, writing) = Logs::install(Detail::Decisions).or_exit(Exit::Internal)?;
    let done = runtime()?.block_on(async {
        let reload = Reload::new();
        let shutdown = signals(reload.clone())?;
        let config = Config {
            sources,
            workers,
            logs: Some(logs),
            reload,
            started: Box::new(|started| remark(greeting(&started))),
        };
        callgate_gateway::run(config, shutdown).await.map_err(|error| failure(&error))
    });
    writing.finish(LAST_WORDS);
    done.map(|()| Exit::Done)
}

/// A runtime for signals and the shutdown; calls are served by threads of their own.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().or_exit(Exit::Internal)
}

/// The node that the command line names.
pub(super) fn upstream(url: &str) -> Result<Upstream, Failure> {
    Upstream::at(url).map_err(|error| fail(Exit::Usage, format_args!("--upstream: {error}")))
}

/// SIGHUP reloads; SIGTERM and SIGINT complete the returned future.
fn signals(reload: Reload) -> Result<impl Future<Output = ()>, Failure> {
    let mut hangup = signal(SignalKind::hangup()).or_exit(Exit::Internal)?;
    let mut terminate = signal(SignalKind::terminate()).or_exit(Exit::Internal)?;
    let mut interrupt = signal(SignalKind::interrupt()).or_exit(Exit::Internal)?;
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            reload.ask();
        }
    });
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// The one line for people when everything listens.
fn greeting(started: &Started) -> String {
    let calls: Vec<String> =
        started.listeners.iter().map(|(name, address)| format!("calls on http://{address} ({name})")).collect();
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

