//! What a screening found goes into a file, whole or not at all.

use std::fs::{File, OpenOptions};
use std::io::BufWriter;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use anyhow::Context;
use egnatia_app::{App, Caller, RowRead};
use egnatia_formats::hits::{HitLine, HitsError, HitsWriter};
use egnatia_record::RecordId;

use super::Target;

/// The output, beside its place until it is whole.
pub struct Output {
    path: PathBuf,
    beside: PathBuf,
    /// `None` once it is in its place.
    writing: Mutex<Option<Writing>>,
}

struct Writing {
    writer: HitsWriter<BufWriter<File>>,
    lines: u64,
}

impl Output {
    /// Opens it, and writes what a run before an interruption has found.
    pub async fn begin(
        app: &App,
        caller: &Caller,
        screening: RecordId,
        out: &Target,
    ) -> anyhow::Result<Self> {
        // What leaves is in the log before anything of it is in a file.
        let mut export = app.export_screening(caller, screening).await?;
        let name = out.path.file_name().and_then(|name| name.to_str());
        // The same name each time: what an interruption leaves is written over by the next run.
        let beside = out
            .path
            .with_file_name(format!(".{}.part", name.unwrap_or("hits")));
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let file = options
            .open(&beside)
            .with_context(|| cannot_write(&out.path))?;
        let writer = HitsWriter::new(out.format, BufWriter::new(file))?;
        let output = Self {
            path: out.path.clone(),
            beside,
            writing: Mutex::new(Some(Writing { writer, lines: 0 })),
        };
        while let Some(found) = export.next().await? {
            let lines: Vec<HitLine> = found.iter().map(RowRead::line).collect();
            output.add(&lines)?;
        }
        Ok(output)
    }

    /// Writes lines of what is durable.
    ///
    /// # Errors
    /// Where the file cannot be written: the run ends, and goes on behind what is durable.
    pub fn add(&self, lines: &[HitLine]) -> Result<(), HitsError> {
        let mut writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(writing) = writing.as_mut() {
            for line in lines {
                writing.writer.line(line)?;
                writing.lines = writing.lines.saturating_add(1);
            }
        }
        Ok(())
    }

    /// Puts the whole file into its place. Returns how many lines it has.
    pub fn finish(self) -> anyhow::Result<u64> {
        let mut lines = 0;
        let mut writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Writing { writer, lines: all }) = writing.take() {
            lines = all;
            let file = writer.finish()?;
            let file = file
                .into_inner()
                .map_err(std::io::IntoInnerError::into_error)?;
            file.sync_all()?;
            std::fs::rename(&self.beside, &self.path).with_context(|| cannot_write(&self.path))?;
        }
        Ok(lines)
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // What is durable is in the store; the next run writes it again.
        let _ = std::fs::remove_file(&self.beside);
    }
}

fn cannot_write(path: &std::path::Path) -> String {
    format!("cannot write `{}`", path.display())
}
