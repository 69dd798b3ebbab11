//! `egnatia import`, `egnatia lists`.

use std::fmt::Write;
use std::process::ExitCode;

use egnatia_app::ImportReport;
use serde_json::json;

use super::print;
use crate::cli::{How, Import};
use crate::data::{Data, operator};
use crate::lists::{Source, list_name};

/// Imports a version of a list.
pub async fn run(data: Data, which: Import, json: bool) -> anyhow::Result<ExitCode> {
    let (source, how) = match which {
        Import::Ofac { dir, how } => (Source::Ofac(dir), how),
        Import::Un { file, how } => (Source::Un(file), how),
        Import::Ftm { file, list, how } => {
            let list = list.unwrap_or_else(|| list_name(&file));
            (Source::Ftm(file, list), how)
        }
    };
    let caller = operator(None)?;
    let read = source.read(json)?;
    let report = read.import(&data.app, &caller, how.dry_run, json).await?;
    print(json, &to_json(&report, how), &to_text(&report, how));
    data.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Shows the lists.
pub async fn list(data: Data, json: bool) -> anyhow::Result<ExitCode> {
    let lists = data.app.lists(&operator(None)?).await?;
    let mut text = String::new();
    for row in &lists {
        let title = &data.app.terms(&row.list).title;
        writeln!(
            text,
            "{:16} version {:<4} imported {} by {}  {title}",
            row.list, row.version, row.imported_at, row.imported_by
        )?;
    }
    if lists.is_empty() {
        text.push_str("There are no lists yet. `egnatia import --help` says how to import one.\n");
    }
    print(json, &serde_json::to_value(&lists)?, text.trim_end());
    data.close().await;
    Ok(ExitCode::SUCCESS)
}

fn to_json(report: &ImportReport, how: How) -> serde_json::Value {
    let mut value = json!(report);
    if let (true, Some(object)) = (how.orphans, value.as_object_mut()) {
        object.insert("orphan_rows".to_owned(), json!(report.orphan_rows));
    }
    value
}

/// What an import did, for people.
pub fn to_text(report: &ImportReport, how: How) -> String {
    let ImportReport {
        list,
        version,
        added,
        changed,
        removed,
        unchanged,
        orphans,
        ..
    } = report;
    let what = if report.dry_run { "would be" } else { "is now" };
    let mut text = format!(
        "{list} {what} version {version}: {added} added, {changed} changed, {removed} removed, \
         {unchanged} unchanged"
    );
    if report.dry_run {
        text.push_str("\nNothing was written: this was a dry run.");
    }
    if *orphans > 0 {
        text.push_str(&format!("\n{orphans} rows join no entry"));
        text.push_str(if how.orphans {
            ":"
        } else {
            "; --orphans lists them."
        });
    }
    for orphan in report.orphan_rows.iter().filter(|_| how.orphans) {
        let row = format!(
            "\n  {}:{} → {}: {}",
            orphan.file, orphan.line, orphan.source_id, orphan.text
        );
        text.push_str(&row);
    }
    text
}
