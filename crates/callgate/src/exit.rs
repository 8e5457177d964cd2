//! Exit codes: part of the interface, so that scripts can tell a refusal from a broken file.

use std::process::ExitCode;

/// How the command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done; for `explain`: allowed.
    Done = 0,
    /// `explain`: denied; `check --deny-warnings`: warnings; `decode`: not a valid transaction.
    Denied = 1,
    /// The command line is wrong (clap uses the same number).
    Usage = 2,
    /// A policy, credential, tenant or key file is wrong.
    BadPolicy = 3,
    /// An address cannot be bound, or the node cannot be reached.
    Unreachable = 4,
    /// A fault of ours (EX_SOFTWARE of sysexits.h).
    Internal = 70,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A failed command: what to tell, and how to exit.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The exit code.
    pub(crate) exit: Exit,
    /// What to tell the person.
    pub(crate) error: anyhow::Error,
}

/// Gives an error its exit code.
pub(crate) trait OrExit<T> {
    /// Fails with `exit`.
    fn or_exit(self, exit: Exit) -> Result<T, Failure>;
}

impl<T, E: Into<anyhow::Error>> OrExit<T> for Result<T, E> {
    fn or_exit(self, exit: Exit) -> Result<T, Failure> {
        self.map_err(|error| Failure {
            exit,
            error: error.into(),
        })
    }
}

/// A failure made of a sentence.
pub(crate) fn fail(exit: Exit, sentence: impl std::fmt::Display) -> Failure {
    Failure {
        exit,
        error: anyhow::anyhow!("{sentence}"),
    }
}
