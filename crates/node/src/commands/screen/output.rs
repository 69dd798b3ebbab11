//! What a screening found goes into a file, whole or not at all.

use std::fs::{File, OpenOptions};
use std::io::BufWriter;
use std::os::unix::fs::OpenOptionsExt;

use anyhow::Context;
use egnatia_app::{App, Caller};
use egnatia_formats::hits::HitsWriter;
use egnatia_record::RecordId;

use super::Target;

/// Writes the output beside its place and puts it there. Returns how many lines it has.
pub async fn write(
    app: &App,
    caller: &Caller,
    screening: RecordId,
    out: &Target,
) -> anyhow::Result<u64> {
    let cannot = || format!("cannot write `{}`", out.path.display());
    let name = out.path.file_name().and_then(|name| name.to_str());
    // The same name each time: what an interruption leaves is written over by the next run.
    let beside = out
        .path
        .with_file_name(format!(".{}.part", name.unwrap_or("hits")));
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)
        .with_context(cannot)?;
    let written = lines(app, caller, screening, out, file).await;
    let put = written.and_then(|count| {
        std::fs::rename(&beside, &out.path).with_context(cannot)?;
        Ok(count)
    });
    if put.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    put
}

async fn lines(
    app: &App,
    caller: &Caller,
    screening: RecordId,
    out: &Target,
    file: File,
) -> anyhow::Result<u64> {
    let mut export = app.export_screening(caller, screening).await?;
    let mut writer = HitsWriter::new(out.format, BufWriter::new(file))?;
    let mut count = 0_u64;
    while let Some(found) = export.next().await? {
        for row in found {
            writer.line(&row.line())?;
            count = count.saturating_add(1);
        }
    }
    let file = writer.finish()?;
    let file = file
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error)?;
    file.sync_all()?;
    Ok(count)
}
