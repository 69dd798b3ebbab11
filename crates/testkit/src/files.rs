//! Files of the matching index, in memory.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use egnatia_app::{IndexFiles, SegmentBytes, SegmentFile};

/// Keeps what is written for as long as it lives; tests look into it and damage it.
#[derive(Debug, Clone, Default)]
pub struct MemoryFiles {
    files: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
}

const MANIFEST: &str = "manifest";

impl MemoryFiles {
    /// No files yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Names of all segments, also of those that the manifest does not name.
    pub fn segments(&self) -> Vec<String> {
        self.with(|files| {
            files
                .keys()
                .filter(|name| *name != MANIFEST)
                .cloned()
                .collect()
        })
    }

    /// Whether a text stands anywhere in the segments.
    pub fn hold(&self, text: &str) -> bool {
        let holds = |bytes: &Vec<u8>| {
            let mut places = bytes.windows(text.len().max(1));
            places.any(|window| window == text.as_bytes())
        };
        self.with(|files| files.values().any(holds))
    }

    /// Changes a byte in the middle of every segment.
    pub fn damage(&self) {
        self.with(|files| {
            for (_, bytes) in files.iter_mut().filter(|(name, _)| *name != MANIFEST) {
                let middle = bytes.len() / 2;
                if let Some(byte) = bytes.get_mut(middle) {
                    *byte ^= 1;
                }
            }
        });
    }

    /// Makes the manifest that of another store.
    pub fn change_epoch(&self, epoch: &str) {
        let mark = format!("\"{epoch}\"");
        self.with(|files| {
            if let Some(manifest) = files.get_mut(MANIFEST) {
                let text = String::from_utf8_lossy(manifest).replace(&mark, "\"another\"");
                *manifest = text.into_bytes();
            }
        });
    }

    fn with<T>(&self, work: impl FnOnce(&mut BTreeMap<String, Vec<u8>>) -> T) -> T {
        work(&mut self.files.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl IndexFiles for MemoryFiles {
    fn load(&self) -> io::Result<Option<Vec<u8>>> {
        Ok(self.with(|files| files.get(MANIFEST).cloned()))
    }

    fn open(&self, name: &str) -> io::Result<SegmentBytes> {
        let bytes = self.with(|files| files.get(name).cloned());
        Ok(Box::new(bytes.ok_or(io::ErrorKind::NotFound)?))
    }

    fn keeps(&self) -> bool {
        true
    }

    fn create(&self) -> io::Result<Box<dyn SegmentFile>> {
        Ok(Box::new(NewSegment {
            files: self.clone(),
            bytes: Vec::new(),
        }))
    }

    fn save(&self, manifest: &[u8], segments: &[String]) -> io::Result<()> {
        self.with(|files| {
            files.retain(|name, _| segments.contains(name));
            files.insert(MANIFEST.to_owned(), manifest.to_vec());
        });
        Ok(())
    }
}

struct NewSegment {
    files: MemoryFiles,
    bytes: Vec<u8>,
}

impl Write for NewSegment {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl SegmentFile for NewSegment {
    fn keep(self: Box<Self>) -> io::Result<String> {
        let Self { files, bytes } = *self;
        Ok(files.with(|files| {
            let mut name = format!("segment-{}", files.len());
            while files.contains_key(&name) {
                name.push('+');
            }
            files.insert(name.clone(), bytes);
            name
        }))
    }
}
