//! Reading and writing the files that subcommands name. Whole files only, written beside and renamed into place.

use crate::exit::{Exit, Failure, OrExit, fail};
use anyhow::Context;
use std::io::{Read, Write};
use std::path::Path;

/// Longest text taken from a file or standard input: a policy, a call, a transaction.
const TEXT_BYTES: u64 = 64 * 1024 * 1024;

/// The text of a file.
pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    let file = std::fs::File::open(path)
        .with_context(|| format!("`{}` cannot be opened", path.display()))
        .or_exit(Exit::Usage)?;
    read_text(file, &path.display().to_string())
}

/// The text of a file, or nothing when there is no such file.
pub(crate) fn read_if_there(path: &Path) -> Result<Option<String>, Failure> {
    if path.exists() { read(path).map(Some) } else { Ok(None) }
}

/// All of standard input.
pub(crate) fn read_standard_input() -> Result<String, Failure> {
    read_text(std::io::stdin().lock(), "standard input")
}

fn read_text(source: impl Read, name: &str) -> Result<String, Failure> {
    let mut text = String::new();
    let read = source
        .take(TEXT_BYTES + 1)
        .read_to_string(&mut text)
        .with_context(|| format!("`{name}` cannot be read as text"))
        .or_exit(Exit::Usage)?;
    if read as u64 > TEXT_BYTES {
        return Err(fail(
            Exit::Usage,
            format_args!("`{name}` is longer than {TEXT_BYTES} bytes"),
        ));
    }
    Ok(text)
}

/// Replaces a file in one step, readable by its owner alone: a watcher sees the old text or the new, never a part.
pub(crate) fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    write_beside(path, text)
        .with_context(|| format!("`{}` cannot be written", path.display()))
        .or_exit(Exit::Usage)
}

fn write_beside(path: &Path, text: &str) -> anyhow::Result<()> {
    let name = path.file_name().context("not a file name")?.to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&beside).and_then(|mut file| {
        if let Ok(before) = std::fs::metadata(path) {
            file.set_permissions(before.permissions())?;
        }
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    let done = written.and_then(|()| std::fs::rename(&beside, path));
    if done.is_err() {
        // The half-written file is of no use; that it cannot be removed changes nothing about the failure told.
        let _ = std::fs::remove_file(&beside);
    }
    Ok(done?)
}
