//! Files as one consistent, bounded reading: every file is read once, hashed, and looked at again in the end, so that a
//! volume that is swapped while it is read is never taken half old and half new.

use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::Zeroizing;

/// The most bytes of a policy file: what the policy's own reader takes, generated files of 10,000 rules among them.
pub(crate) const POLICY_BYTES: u64 = 8 * 1024 * 1024;

/// The most bytes of a set, tenant or credential file: more than half a million entries.
pub(crate) const TABLE_BYTES: u64 = 64 * 1024 * 1024;

/// The most bytes of a file that holds a secret or a key.
pub(crate) const KEY_BYTES: u64 = 512 * 1024;

/// What a file held. Wiped when dropped, since it may be a secret.
pub(crate) struct Content {
    bytes: Zeroizing<Vec<u8>>,
    hash: blake3::Hash,
}

impl Content {
    /// The hash of the bytes.
    pub(crate) fn hash(&self) -> blake3::Hash {
        self.hash
    }

    /// The bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The text, when it is UTF-8; otherwise where it stops to be.
    pub(crate) fn text(&self) -> Result<&str, FileFault> {
        std::str::from_utf8(&self.bytes).map_err(|why| FileFault::NotText {
            byte: why.valid_up_to(),
        })
    }
}

/// A file that could not be used.
#[derive(Debug, thiserror::Error)]
#[error("`{}`: {fault}", path.display())]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub fault: FileFault,
}

/// Why a file could not be used.
#[derive(Clone, Debug, thiserror::Error)]
pub enum FileFault {
    /// The system said no.
    #[error("{0}")]
    Io(Arc<io::Error>),
    /// A directory, pipe or device.
    #[error("is not a regular file")]
    NotAFile,
    /// Longer than the limit of its kind.
    #[error("is longer than the limit of {limit} bytes")]
    TooLong {
        /// The limit.
        limit: u64,
    },
    /// Not UTF-8.
    #[error("is not UTF-8 from byte {byte} on")]
    NotText {
        /// The first byte that does not belong.
        byte: usize,
    },
}

impl From<io::Error> for FileFault {
    fn from(error: io::Error) -> Self {
        Self::Io(Arc::new(error))
    }
}

/// One reading of several files.
#[derive(Default)]
pub(crate) struct Reading {
    seen: Vec<(PathBuf, Option<Identity>)>,
}

/// What changes when a name leads to other bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
    length: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Reading {
    /// Reads the whole of `path`, up to `limit` bytes.
    pub(crate) fn read(&mut self, path: &Path, limit: u64) -> Result<Content, FileError> {
        let (result, identity) = match read(path, limit) {
            Ok((bytes, identity)) => {
                let hash = blake3::hash(&bytes);
                (Ok(Content { bytes, hash }), Some(identity))
            }
            Err(fault) => (
                Err(FileError {
                    path: path.to_path_buf(),
                    fault,
                }),
                identity(path),
            ),
        };
        self.seen.push((path.to_path_buf(), identity));
        result
    }

    /// Whether every name still leads to what was read.
    pub(crate) fn still_holds(&self) -> bool {
        self.seen.iter().all(|(path, before)| identity(path) == *before)
    }

    /// Every name that was asked for, found or not.
    pub(crate) fn names(&self) -> impl Iterator<Item = &Path> {
        self.seen.iter().map(|(path, _)| path.as_path())
    }
}

fn read(path: &Path, limit: u64) -> Result<(Zeroizing<Vec<u8>>, Identity), FileFault> {
    // Asked before opening: opening a pipe would wait for a writer.
    if !std::fs::metadata(path)?.is_file() {
        return Err(FileFault::NotAFile);
    }
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.len() > limit {
        return Err(FileFault::TooLong { limit });
    }
    // Sized at once: a buffer that grows would leave copies of a secret behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1));
    file.by_ref().take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(FileFault::TooLong { limit });
    }
    Ok((bytes, Identity::of(&metadata)))
}

fn identity(path: &Path) -> Option<Identity> {
    std::fs::metadata(path).ok().as_ref().map(Identity::of)
}

impl Identity {
    fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            length: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_limit_and_not_beyond() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("f");
        std::fs::write(&path, "12345").unwrap();
        let mut reading = Reading::default();
        assert_eq!(reading.read(&path, 5).unwrap().text().unwrap(), "12345");
        let error = reading.read(&path, 4).err().unwrap();
        assert_eq!(
            error.to_string(),
            format!("`{}`: is longer than the limit of 4 bytes", path.display())
        );
        assert!(matches!(
            reading.read(directory.path(), 5).err().unwrap().fault,
            FileFault::NotAFile
        ));
        assert!(matches!(
            reading.read(Path::new("/dev/zero"), 5).err().unwrap().fault,
            FileFault::NotAFile
        ));
        std::fs::write(&path, b"ab\xff").unwrap();
        let content = reading.read(&path, 5).unwrap();
        assert!(matches!(content.text(), Err(FileFault::NotText { byte: 2 })));
    }

    #[test]
    fn a_change_behind_a_reading_is_noticed() {
        let directory = tempfile::tempdir().unwrap();
        let (one, two) = (directory.path().join("1"), directory.path().join("2"));
        std::fs::write(&one, "a").unwrap();
        let mut reading = Reading::default();
        reading.read(&one, 9).unwrap();
        assert!(reading.read(&two, 9).is_err());
        assert!(reading.still_holds());
        assert_eq!(reading.names().count(), 2, "a missing file is waited for");
        std::fs::write(&two, "b").unwrap();
        assert!(!reading.still_holds(), "it came");
        let mut reading = Reading::default();
        reading.read(&one, 9).unwrap();
        std::fs::rename(&two, &one).unwrap();
        assert!(!reading.still_holds(), "it was replaced");
    }
}
