//! Where lines go: the process's own output streams or a file that is appended to.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

/// Where lines go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
    /// A file, created readable by its owner only, appended to, opened anew on request.
    File(PathBuf),
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdout => f.write_str("stdout"),
            Self::Stderr => f.write_str("stderr"),
            Self::File(path) => write!(f, "`{}`", path.display()),
        }
    }
}

/// Opens a destination; tests give sinks of their own.
pub(crate) type Open = Box<dyn FnMut(&Destination) -> io::Result<Box<dyn Write + Send>> + Send>;

/// Opens `destination` as the operating system knows it. The streams are written without a buffer of ours between, so
/// that a write that fails half-way can be continued where it stopped.
pub(crate) fn open(destination: &Destination) -> io::Result<Box<dyn Write + Send>> {
    let file = match destination {
        Destination::Stdout => File::from(io::stdout().as_fd().try_clone_to_owned()?),
        Destination::Stderr => File::from(io::stderr().as_fd().try_clone_to_owned()?),
        Destination::File(path) => OpenOptions::new().append(true).create(true).mode(0o600).open(path)?,
    };
    Ok(Box::new(file))
}
