//! Talking to the person: results on standard output, complaints on standard error. A closed pipe is not an error.

use crate::exit::Failure;
use std::fmt::Display;
use std::io::{IsTerminal, Write};

/// Writes one result to standard output.
pub(crate) fn say(text: impl Display) {
    // A reader that went away (`| head`) wants no more: there is nobody left to tell.
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// Writes one remark to standard error.
pub(crate) fn remark(text: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Tells why the command failed. Reports that span lines stand alone; sentences say who speaks.
pub(crate) fn complain(failure: &Failure) {
    let text = format!("{:#}", failure.error);
    if text.contains('\n') {
        remark(text.trim_end());
    } else {
        remark(format_args!("callgate: {text}"));
    }
}

/// Whether reports on standard error may be coloured: a terminal, and no `NO_COLOR`.
pub(crate) fn colours() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}
