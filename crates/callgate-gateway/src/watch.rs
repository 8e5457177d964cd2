//! When to read the files again: events of the directories they lie in, a slow poll, a signal, or somebody who asks.
//!
//! Directories are watched, never files: a Kubernetes volume swaps a `..data` link, editors rename over a file, and a watch
//! on the file itself misses the second such change. An event only says that it is worth looking; what counts are contents.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use parking_lot::Mutex;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// How long the files must be quiet before they are read: a copy or a `kubectl apply` touches several in turn.
pub(crate) const QUIET: Duration = Duration::from_millis(150);

/// Files that never become quiet are read after this long: a revoked credential must end its sockets within a second.
pub(crate) const RESTLESS: Duration = Duration::from_millis(500);

/// How often the files are read without any event: some network and overlay filesystems send none.
pub const POLL: Duration = Duration::from_secs(60);

/// How many requests to read again may wait; one would do, since each reads everything.
const WAITING: usize = 8;

/// How many links are followed from a name to its file, as the kernel does.
const LINKS: usize = 40;

/// Why the files are read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// The process starts.
    Start,
    /// Something changed in a directory.
    File,
    /// Time for a look.
    Poll,
    /// SIGHUP.
    Signal,
    /// Somebody asked on the admin address.
    Admin,
    /// An issuer's keys were fetched.
    Keys,
}

impl Trigger {
    /// The stable name in audit lines.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::File => "file",
            Self::Poll => "poll",
            Self::Signal => "signal",
            Self::Admin => "admin",
            Self::Keys => "keys",
        }
    }
}

/// Asks for the files to be read again. Clones ask the same task.
#[derive(Clone)]
pub struct Reloads(mpsc::Sender<Trigger>);

/// The other end of [`Reloads`].
pub(crate) struct Requests {
    receiver: mpsc::Receiver<Trigger>,
    /// A file event whose files are not quiet yet, and when that is enough: kept here, so that waiting can be broken off.
    settling: Option<Instant>,
}

pub(crate) fn channel() -> (Reloads, Requests) {
    let (sender, receiver) = mpsc::channel(WAITING);
    (
        Reloads(sender),
        Requests {
            receiver,
            settling: None,
        },
    )
}

impl Reloads {
    /// Asks. When enough requests wait already this does nothing, for those will see the same files.
    pub fn ask(&self, trigger: Trigger) {
        let _ = self.0.try_send(trigger);
    }
}

impl Requests {
    /// The next request; file events are gathered until the files are quiet. May be dropped and called again.
    pub(crate) async fn next(&mut self) -> Option<Trigger> {
        if self.settling.is_none() {
            match self.receiver.recv().await? {
                Trigger::File => self.settling = Some(Instant::now() + RESTLESS),
                other => return Some(other),
            }
        }
        let trigger = self.settle().await;
        self.settling = None;
        Some(trigger)
    }

    /// Waits until the files are quiet, or somebody asks who does not want to wait.
    async fn settle(&mut self) -> Trigger {
        loop {
            let Some(deadline) = self.settling.filter(|deadline| Instant::now() < *deadline) else {
                return Trigger::File;
            };
            let quiet = (Instant::now() + QUIET).min(deadline);
            match tokio::time::timeout_at(quiet, self.receiver.recv()).await {
                Ok(Some(Trigger::File)) => {}
                Ok(Some(other)) => return other,
                Ok(None) | Err(_) => return Trigger::File,
            }
        }
    }
}

/// Watches the directories of the files in use.
pub(crate) struct Watch {
    watcher: Option<RecommendedWatcher>,
    directories: BTreeSet<PathBuf>,
    names: Arc<Mutex<BTreeSet<OsString>>>,
}

impl Watch {
    /// Starts to watch nothing. Where the system has no events, the poll is left, and the log says so.
    pub(crate) fn start(reloads: Reloads) -> Self {
        let names = Arc::new(Mutex::new(BTreeSet::new()));
        let known = Arc::clone(&names);
        let tell = move |event: notify::Result<Event>| match event {
            Ok(event) if !concerns(&event, &known.lock()) => {}
            // An error (a queue that overflowed, a directory that is gone) is worth a look as well.
            _ => reloads.ask(Trigger::File),
        };
        let watcher = notify::recommended_watcher(tell)
            .inspect_err(|why| tracing::warn!(error = %why, "no file events, files are only polled"))
            .ok();
        Self {
            watcher,
            directories: BTreeSet::new(),
            names,
        }
    }

    /// Watches the directories that lead to `files`, and no others.
    pub(crate) fn follow<'p>(&mut self, files: impl IntoIterator<Item = &'p Path>) {
        let mut wanted = BTreeSet::new();
        let mut names = BTreeSet::new();
        for step in files.into_iter().flat_map(steps) {
            names.extend(step.file_name().map(ToOwned::to_owned));
            wanted.extend(directory(&step));
        }
        *self.names.lock() = names;
        let Some(watcher) = &mut self.watcher else { return };
        for gone in self.directories.difference(&wanted) {
            let _ = watcher.unwatch(gone);
        }
        // All are watched anew: a directory that was replaced under the same name has lost its watch.
        self.directories = wanted;
        self.directories.retain(|directory| match watcher.watch(directory, RecursiveMode::NonRecursive) {
            Ok(()) => true,
            Err(why) => {
                tracing::warn!(directory = %directory.display(), error = %why, "no file events, files are only polled");
                false
            }
        });
    }
}

/// Whether an event can mean that a source changed. Reading is an event as well and must not lead to reading; a file beside
/// ours that is written all the time (a log) must not either. Names that come and go always count.
fn concerns(event: &Event, names: &BTreeSet<OsString>) -> bool {
    let named = || {
        event
            .paths
            .iter()
            .filter_map(|path| path.file_name())
            .any(|name| names.contains(name))
    };
    match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => named(),
        EventKind::Access(_) => false,
        EventKind::Modify(ModifyKind::Data(_) | ModifyKind::Metadata(_) | ModifyKind::Any) => named(),
        _ => true,
    }
}

/// A name, and every name its links lead through.
fn steps(path: &Path) -> Vec<PathBuf> {
    let mut steps = vec![path.to_path_buf()];
    let mut at = path.to_path_buf();
    while let (Ok(target), true) = (std::fs::read_link(&at), steps.len() < LINKS) {
        at = directory(&at).unwrap_or_default().join(target);
        steps.push(at.clone());
    }
    steps
}

/// The directory a name lies in.
fn directory(path: &Path) -> Option<PathBuf> {
    let parent = path.parent()?;
    Some(if parent.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        parent.to_path_buf()
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use notify::event::{CreateKind, DataChange, RenameMode};

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(20);

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap()
    }

    async fn seen(requests: &mut Requests) -> Trigger {
        tokio::time::timeout(PATIENCE, requests.next())
            .await
            .expect("an event")
            .unwrap()
    }

    /// A volume as Kubernetes makes it: `policy.yaml` → `..data/policy.yaml`, `..data` → a directory per version.
    fn swap(root: &Path, version: &str, text: &str) {
        fs::create_dir(root.join(version)).unwrap();
        fs::write(root.join(version).join("policy.yaml"), text).unwrap();
        symlink(version, root.join("..new")).unwrap();
        fs::rename(root.join("..new"), root.join("..data")).unwrap();
    }

    #[test]
    fn every_swap_of_a_kubernetes_volume_is_seen() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        swap(root, "..v0", "zero");
        let file = root.join("policy.yaml");
        symlink("..data/policy.yaml", &file).unwrap();
        let (reloads, mut requests) = channel();
        let mut watch = Watch::start(reloads);
        watch.follow([file.as_path()]);
        runtime().block_on(async {
            for version in 1..=4 {
                swap(root, &format!("..v{version}"), "next");
                assert_eq!(seen(&mut requests).await, Trigger::File, "version {version}");
                fs::remove_dir_all(root.join(format!("..v{}", version - 1))).unwrap();
                watch.follow([file.as_path()]);
                seen(&mut requests).await;
            }
        });
    }

    #[test]
    fn writing_renaming_and_a_link_to_elsewhere_are_seen() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (file, link, target) = (
            here.path().join("a.yaml"),
            here.path().join("b.yaml"),
            there.path().join("real.yaml"),
        );
        fs::write(&file, "1").unwrap();
        fs::write(&target, "1").unwrap();
        symlink(&target, &link).unwrap();
        let (reloads, mut requests) = channel();
        let mut watch = Watch::start(reloads);
        watch.follow([file.as_path(), link.as_path()]);
        runtime().block_on(async {
            fs::write(&file, "2").unwrap();
            seen(&mut requests).await;
            fs::write(here.path().join("a.tmp"), "3").unwrap();
            fs::rename(here.path().join("a.tmp"), &file).unwrap();
            seen(&mut requests).await;
            fs::write(&target, "2").unwrap();
            seen(&mut requests).await;
        });
    }

    #[test]
    fn reading_and_the_writing_of_other_files_do_not_count() {
        let names = BTreeSet::from([OsString::from("policy.yaml")]);
        let event = |kind, path: &str| Event::new(kind).add_path(PathBuf::from(path));
        let written = EventKind::Modify(ModifyKind::Data(DataChange::Any));
        let closed = EventKind::Access(AccessKind::Close(AccessMode::Write));
        assert!(concerns(&event(written, "/etc/policy.yaml"), &names));
        assert!(concerns(&event(closed, "/etc/policy.yaml"), &names));
        assert!(!concerns(&event(written, "/etc/audit.log"), &names));
        assert!(!concerns(&event(closed, "/etc/audit.log"), &names));
        assert!(!concerns(
            &event(EventKind::Access(AccessKind::Open(AccessMode::Any)), "/etc/policy.yaml"),
            &names
        ));
        assert!(concerns(
            &event(EventKind::Create(CreateKind::Any), "/etc/..data_tmp"),
            &names
        ));
        assert!(concerns(
            &event(EventKind::Modify(ModifyKind::Name(RenameMode::To)), "/etc/..data"),
            &names
        ));
    }

    #[test]
    fn more_requests_than_can_wait_are_one() {
        let (reloads, mut requests) = channel();
        for _ in 0..100 {
            reloads.ask(Trigger::File);
        }
        runtime().block_on(async {
            assert_eq!(requests.next().await, Some(Trigger::File));
            assert!(
                tokio::time::timeout(Duration::from_millis(1), requests.receiver.recv())
                    .await
                    .is_err()
            );
        });
    }

    #[test]
    fn links_in_a_circle_end() {
        let directory = tempfile::tempdir().unwrap();
        let (a, b) = (directory.path().join("a"), directory.path().join("b"));
        symlink(&a, &b).unwrap();
        symlink(&b, &a).unwrap();
        assert_eq!(steps(&a).len(), LINKS);
    }
}
