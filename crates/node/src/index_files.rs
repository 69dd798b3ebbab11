//! Segments of the matching index as files of the data folder, mapped into memory.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use egnatia_app::{IndexFiles, SegmentBytes, SegmentFile};
use egnatia_record::Entropy;
use memmap2::Mmap;

use crate::ambient::SystemEntropy;

const FOLDER: &str = "index";
const LOCK: &str = "index.lock";
const MANIFEST: &str = "manifest.json";
const ENDING: &str = ".segment";

/// The files in one data folder. Of all processes one at a time may write them, the one that has
/// the lock; others only read.
pub struct Folder {
    path: PathBuf,
    lock: Mutex<Option<File>>,
}

impl Folder {
    /// For a process that reads what was saved.
    pub fn read(data: &Path) -> Self {
        Self {
            path: data.join(FOLDER),
            lock: Mutex::new(None),
        }
    }

    /// For the node that serves: it keeps the files as long as it runs. Waits for a command that
    /// is making the index.
    ///
    /// # Errors
    /// What the file system says.
    pub fn keep(data: &Path) -> io::Result<Self> {
        let lock = File::create(data.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                tracing::info!("another command makes the index of the lists; waiting for it");
                lock.lock()?;
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
        Ok(Self {
            lock: Mutex::new(Some(lock)),
            ..Self::read(data)
        })
    }

    /// For a command that searches: where no other process has the lock it saves the index that
    /// it makes, until [`Self::release`], so that the next one need not make it again.
    ///
    /// # Errors
    /// What the file system says.
    pub fn build(data: &Path) -> io::Result<Self> {
        let lock = File::create(data.join(LOCK))?;
        let lock = match lock.try_lock() {
            Ok(()) => Some(lock),
            Err(TryLockError::WouldBlock) => None,
            Err(TryLockError::Error(error)) => return Err(error),
        };
        Ok(Self {
            lock: Mutex::new(lock),
            ..Self::read(data)
        })
    }

    /// Lets others write the files. What this process has mapped stays as it is.
    pub fn release(&self) {
        *self.lock.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn segment(&self, name: &str) -> io::Result<PathBuf> {
        let plain = name.strip_suffix(ENDING).is_some_and(|stem| {
            !stem.is_empty() && stem.bytes().all(|byte| byte.is_ascii_hexdigit())
        });
        if plain {
            Ok(self.path.join(name))
        } else {
            Err(io::ErrorKind::InvalidData.into())
        }
    }

    /// Makes names durable that were given or taken in the folder.
    fn sync(&self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()
    }
}

impl IndexFiles for Folder {
    fn load(&self) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.path.join(MANIFEST)) {
            Ok(manifest) => Ok(Some(manifest)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn open(&self, name: &str) -> io::Result<SegmentBytes> {
        let file = File::open(self.segment(name)?)?;
        #[expect(
            unsafe_code,
            reason = "mapping a file is unsafe where somebody changes it"
        )]
        // SAFETY: segments are written once under a random name in a folder that only the owner
        // of the node enters, and only ever removed, which leaves the mapping as it is.
        let map = unsafe { Mmap::map(&file) }?;
        Ok(Box::new(map))
    }

    fn keeps(&self) -> bool {
        self.lock
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some()
    }

    fn create(&self) -> io::Result<Box<dyn SegmentFile>> {
        if !self.keeps() {
            return Err(io::ErrorKind::Unsupported.into());
        }
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.path)?;
        let mut random = [0_u8; 16];
        SystemEntropy.fill(&mut random);
        let stem: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let name = format!("{stem}{ENDING}");
        let path = self.path.join(&name);
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        Ok(Box::new(NewSegment {
            name,
            path,
            folder: self.path.clone(),
            file: Some(BufWriter::with_capacity(1 << 20, file)),
        }))
    }

    fn save(&self, manifest: &[u8], segments: &[String]) -> io::Result<()> {
        if !self.keeps() || (segments.is_empty() && !self.path.exists()) {
            return Ok(());
        }
        let beside = self.path.join("manifest.new");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(&beside)?;
        file.write_all(manifest)?;
        file.sync_all()?;
        fs::rename(&beside, self.path.join(MANIFEST))?;
        self.sync()?;
        for entry in fs::read_dir(&self.path)? {
            let name = entry?.file_name();
            let text = name.to_string_lossy();
            if text.ends_with(ENDING) && !segments.iter().any(|kept| *kept == text) {
                fs::remove_file(self.path.join(&name))?;
            }
        }
        Ok(())
    }
}

struct NewSegment {
    name: String,
    path: PathBuf,
    folder: PathBuf,
    /// `None` once kept.
    file: Option<BufWriter<File>>,
}

impl NewSegment {
    fn open(&mut self) -> io::Result<&mut BufWriter<File>> {
        self.file.as_mut().ok_or(io::ErrorKind::BrokenPipe.into())
    }
}

impl Write for NewSegment {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.open()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.open()?.flush()
    }
}

impl SegmentFile for NewSegment {
    fn keep(mut self: Box<Self>) -> io::Result<String> {
        let file = self.open()?;
        file.flush()?;
        file.get_ref().sync_all()?;
        File::open(&self.folder)?.sync_all()?;
        self.file = None;
        Ok(self.name.clone())
    }
}

impl Drop for NewSegment {
    fn drop(&mut self) {
        if self.file.is_some() {
            // What cannot be removed now is removed at the next save.
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_kept_and_named_stays() {
        let data = tempfile::tempdir().unwrap();
        let folder = Folder::keep(data.path()).unwrap();
        assert_eq!(folder.load().unwrap(), None);
        let mut dropped = folder.create().unwrap();
        dropped.write_all(b"half").unwrap();
        drop(dropped);
        let keep = |text: &[u8]| {
            let mut file = folder.create().unwrap();
            file.write_all(text).unwrap();
            file.keep().unwrap()
        };
        let (first, second) = (keep(b"first"), keep(b"second"));
        let old = folder.open(&first).unwrap();
        folder.save(b"{}", std::slice::from_ref(&second)).unwrap();
        assert_eq!(folder.load().unwrap().unwrap(), b"{}");
        assert_eq!((*folder.open(&second).unwrap()).as_ref(), b"second");
        assert!(folder.open(&first).is_err());
        assert_eq!((*old).as_ref(), b"first", "what is mapped stays readable");
        assert_eq!(fs::read_dir(data.path().join(FOLDER)).unwrap().count(), 2);
    }

    #[test]
    fn names_stay_in_the_folder_and_readers_write_nothing() {
        let data = tempfile::tempdir().unwrap();
        let folder = Folder::read(data.path());
        for name in ["../egnatia.db", ".segment", "a/b.segment", "manifest.json"] {
            assert!(folder.open(name).is_err(), "{name}");
        }
        assert!(folder.create().is_err());
        assert!(!data.path().join(FOLDER).exists());
    }
    #[test]
    fn one_process_at_a_time_writes() {
        let data = tempfile::tempdir().unwrap();
        let first = Folder::build(data.path()).unwrap();
        let second = Folder::build(data.path()).unwrap();
        assert_eq!((first.keeps(), second.keeps()), (true, false));
        assert!(second.create().is_err());
        first.release();
        assert!(!first.keeps() && first.create().is_err());
        let serving = Folder::keep(data.path()).unwrap();
        assert!(serving.keeps() && !Folder::build(data.path()).unwrap().keeps());
    }
}
