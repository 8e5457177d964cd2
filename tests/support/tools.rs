//! Programs that tests start: where they are, and what happens when one is missing.
//!
//! anvil is installed on first need (npm, pinned); geth and the client libraries take minutes, so a run that lacks them says
//! "skipped" and why, unless `CALLGATE_TESTS_MUST_RUN` is set, as it is in CI.

use super::repository;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// Where `tests/tools/install` puts things.
pub(crate) fn directory() -> PathBuf {
    std::env::var_os("CALLGATE_TEST_TOOLS").map_or_else(|| repository("target/test-tools"), PathBuf::from)
}

/// anvil, installed when it is not there yet.
pub(crate) fn anvil() -> Option<PathBuf> {
    static ANVIL: OnceLock<Option<PathBuf>> = OnceLock::new();
    ANVIL
        .get_or_init(|| {
            let program = directory().join("bin/anvil");
            if !program.exists() && on_path("npm").is_some() {
                let done = Command::new(repository("tests/tools/install"))
                    .arg("anvil")
                    .output()
                    .expect("the install script runs");
                assert!(
                    done.status.success(),
                    "tests/tools/install anvil: {}",
                    String::from_utf8_lossy(&done.stderr)
                );
            }
            program.exists().then_some(program).or_else(|| on_path("anvil"))
        })
        .clone()
}

/// geth, when it was installed.
pub(crate) fn geth() -> Option<PathBuf> {
    let program = directory().join("bin/geth");
    program.exists().then_some(program).or_else(|| on_path("geth"))
}

/// A program on the PATH.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|dir| dir.join(name))
        .find(|file| file.is_file())
}

/// Says visibly that a test did not run; fails where every test must run.
pub(crate) fn skip(why: &str) {
    assert!(
        std::env::var_os("CALLGATE_TESTS_MUST_RUN").is_none(),
        "this test may not be skipped here: {why}"
    );
    // Written past the test harness's capture, so that it is seen without --nocapture.
    use std::io::Write;
    let name = std::thread::current().name().unwrap_or("a test").to_owned();
    let _ = writeln!(std::io::stderr().lock(), "skipped: {name}: {why}");
}

/// `let anvil = need!(tools::anvil(), "anvil is missing: …");` or a visible skip.
macro_rules! need {
    ($tool:expr, $why:expr) => {
        match $tool {
            Some(tool) => tool,
            None => {
                $crate::support::tools::skip($why);
                return;
            }
        }
    };
}
pub(crate) use need;
