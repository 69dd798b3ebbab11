//! The files of a list between its preview and its import, so that nobody chooses them twice.
//!
//! They lie in a folder of the node, for one session, for half an hour at most, within bounds.
//! What is left from before is removed when the node starts.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use axum::body::Bytes;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

/// For so long files are kept.
const KEEP: SignedDuration = SignedDuration::from_mins(30);
/// For so many sessions at once.
const SESSIONS_MAX: usize = 8;

/// The files of one preview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    /// How they are read.
    pub format: String,
    /// The list that they are of, where they do not say it.
    pub list: String,
    /// The files by the names of their fields.
    pub files: Vec<(String, Bytes)>,
}

/// Where files are kept, and which.
#[derive(Debug)]
pub struct Uploads {
    folder: PathBuf,
    bytes_max: u64,
    held: Mutex<HashMap<String, Held>>,
}

#[derive(Debug)]
struct Held {
    format: String,
    list: String,
    files: Vec<(String, PathBuf)>,
    bytes: u64,
    until: Timestamp,
}

impl Uploads {
    /// Keeps files in this folder, `bytes_max` of all sessions together. Whatever is in it is
    /// removed: nobody's session knows it any more.
    ///
    /// # Errors
    /// Where the folder cannot be made or emptied.
    pub fn open(folder: PathBuf, bytes_max: u64) -> io::Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        only_for_the_node(&folder, 0o700)?;
        Ok(Self {
            folder,
            bytes_max,
            held: Mutex::default(),
        })
    }

    /// Keeps the files of a session; those that it had before go. `false` where they are beyond
    /// the bounds or cannot be written: then they have to be chosen again.
    pub(crate) fn keep(&self, session: &str, kept: &Kept, now: Timestamp) -> bool {
        self.forget(session);
        self.sweep(now);
        let bytes = kept.files.iter().map(|(_, bytes)| bytes.len());
        let bytes = u64::try_from(bytes.sum::<usize>()).unwrap_or(u64::MAX);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let others: u64 = held.values().map(|held| held.bytes).sum();
        if held.len() >= SESSIONS_MAX || others.saturating_add(bytes) > self.bytes_max {
            return false;
        }
        let Ok(until) = now.checked_add(KEEP) else {
            return false;
        };
        let mut files = Vec::new();
        for (name, bytes) in &kept.files {
            let path = self.folder.join(file_name(session, name));
            files.push((name.clone(), path.clone()));
            if write(&path, bytes).is_err() {
                remove(&files);
                return false;
            }
        }
        let new = Held {
            format: kept.format.clone(),
            list: kept.list.clone(),
            files,
            bytes,
            until,
        };
        held.insert(session.to_owned(), new);
        true
    }

    /// The files of a session, which are then kept no more.
    pub(crate) fn take(&self, session: &str, now: Timestamp) -> Option<Kept> {
        self.sweep(now);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let found = held.remove(session)?;
        drop(held);
        let read = found
            .files
            .iter()
            .map(|(name, path)| Some((name.clone(), Bytes::from(fs::read(path).ok()?))));
        let files = read.collect::<Option<_>>();
        remove(&found.files);
        Some(Kept {
            format: found.format,
            list: found.list,
            files: files?,
        })
    }

    /// Removes what has been kept for long enough. The node calls it now and then.
    pub fn sweep(&self, now: Timestamp) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|_, held| {
            if held.until <= now {
                remove(&held.files);
            }
            held.until > now
        });
    }

    /// Removes the files of a session.
    pub(crate) fn forget(&self, session: &str) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = held.remove(session) {
            remove(&held.files);
        }
    }
}

/// A name that leads to nobody's session.
fn file_name(session: &str, field: &str) -> String {
    let digest = Sha256::digest(format!("{session}\n{field}"));
    digest.iter().take(16).map(|b| format!("{b:02x}")).collect()
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::write(path, b"")?;
    only_for_the_node(path, 0o600)?;
    fs::write(path, bytes)
}

#[cfg(unix)]
fn only_for_the_node(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn only_for_the_node(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

fn remove(files: &[(String, PathBuf)]) {
    for (_, path) in files {
        if let Err(error) = fs::remove_file(path)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "a file of an import cannot be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str) -> Kept {
        Kept {
            format: "ftm".to_owned(),
            list: "x".to_owned(),
            files: vec![("ftm_json".to_owned(), Bytes::from(text.to_owned()))],
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn on_disk(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn files_come_back_once_and_leave_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("uploads");
        let uploads = Uploads::open(path.clone(), 100).unwrap();
        assert!(uploads.keep("one", &kept("first"), at(0)));
        assert!(
            uploads.keep("one", &kept("second"), at(1)),
            "instead of the first"
        );
        assert_eq!(on_disk(&path), 1);
        assert_eq!(uploads.take("two", at(2)), None, "of nobody else");
        assert_eq!(uploads.take("one", at(2)), Some(kept("second")));
        assert_eq!(uploads.take("one", at(2)), None);
        assert_eq!(on_disk(&path), 0);
    }

    #[test]
    fn they_are_bounded_in_time_number_and_size() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("uploads");
        let uploads = Uploads::open(path.clone(), 100).unwrap();
        assert!(!uploads.keep("big", &kept(&"x".repeat(101)), at(0)));
        assert!(uploads.keep("one", &kept(&"x".repeat(60)), at(0)));
        assert!(!uploads.keep("two", &kept(&"x".repeat(60)), at(0)));
        assert!(
            uploads.keep("two", &kept(&"x".repeat(60)), at(1_800)),
            "the first has ended"
        );
        assert_eq!(uploads.take("one", at(1_800)), None);
        assert_eq!(on_disk(&path), 1);
        uploads.sweep(at(4_000));
        assert_eq!(on_disk(&path), 0);
        for number in 0..SESSIONS_MAX {
            assert!(uploads.keep(&number.to_string(), &kept("x"), at(5_000)));
        }
        assert!(!uploads.keep("more", &kept("x"), at(5_000)));
        let again = Uploads::open(path.clone(), 100).unwrap();
        assert_eq!(on_disk(&path), 0, "nothing is left from before");
        assert_eq!(again.take("1", at(5_000)), None);
    }
}
