//! The command: parse, dispatch, exit code. Everything else is elsewhere.

mod cli;
mod command;
mod exit;
mod files;
mod output;

use clap::Parser;
use std::process::ExitCode;

// Callgate allocates and frees small buffers per call on several threads: what mimalloc is made for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match command::run(cli::Cli::parse()) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            output::complain(&failure);
            failure.exit.into()
        }
    }
}
