//! Where the parts of the matching index that no longer change are kept.

use std::io::{self, Write};

/// Bytes of a segment: a file that is mapped, or a list in memory.
pub type SegmentBytes = Box<dyn AsRef<[u8]> + Send + Sync>;

/// A segment that is being written. Dropped without [`SegmentFile::keep`], it is gone.
pub trait SegmentFile: Write + Send {
    /// Makes it durable and returns its name.
    ///
    /// # Errors
    /// What the file system says.
    fn keep(self: Box<Self>) -> io::Result<String>;
}

/// Files beside the store. They hold nothing that the store does not hold: whatever is missing or
/// damaged there is made again.
pub trait IndexFiles: Send + Sync {
    /// What was saved last; `None` where nothing was, or where only others may save.
    ///
    /// # Errors
    /// What the file system says.
    fn load(&self) -> io::Result<Option<Vec<u8>>>;
    /// A segment by its name.
    ///
    /// # Errors
    /// What the file system says.
    fn open(&self, name: &str) -> io::Result<SegmentBytes>;
    /// Whether this process may write segments; others only read.
    fn keeps(&self) -> bool;
    /// A new segment.
    ///
    /// # Errors
    /// What the file system says; [`io::ErrorKind::Unsupported`] where this process only reads.
    fn create(&self) -> io::Result<Box<dyn SegmentFile>>;
    /// Saves a manifest durably in the place of the last one, and removes all segments but these.
    /// Nothing where this process only reads.
    ///
    /// # Errors
    /// What the file system says.
    fn save(&self, manifest: &[u8], segments: &[String]) -> io::Result<()>;
}

/// No files: everything stays in memory.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoIndexFiles;

impl IndexFiles for NoIndexFiles {
    fn load(&self) -> io::Result<Option<Vec<u8>>> {
        Ok(None)
    }

    fn open(&self, _name: &str) -> io::Result<SegmentBytes> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn keeps(&self) -> bool {
        false
    }

    fn create(&self) -> io::Result<Box<dyn SegmentFile>> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn save(&self, _manifest: &[u8], _segments: &[String]) -> io::Result<()> {
        Ok(())
    }
}
