//! One file per subcommand; this one only dispatches.

mod check;
mod credential;
mod decode;
mod demo;
mod explain;
mod schema;
mod serve;

use crate::cli::{Cli, Command};
use crate::exit::{Exit, Failure};

/// Carries out what was asked.
pub(crate) fn run(cli: Cli) -> Result<Exit, Failure> {
    match cli.command {
        Command::Serve(options) => serve::run(options),
        Command::Demo(options) => demo::run(options),
        Command::Check(options) => check::run(&options),
        Command::Explain(options) => explain::run(&options),
        Command::Credential(action) => credential::run(&action),
        Command::Decode(options) => decode::run(&options),
        Command::Schema => schema::run(),
    }
}
