//! `egnatia firearm import`.

use std::fs::File;
use std::io::Read;
use std::process::ExitCode;

use anyhow::Context;
use egnatia_app::{Caller, FirearmImporting, ImportStep, checksum};
use egnatia_audit::Hash;
use egnatia_formats::rows::firearms::{
    FIREARM_BYTES_MAX, FirearmReading, FirearmTable, stated_firearm_columns,
};

use super::report;
use crate::cli::FirearmImport;
use crate::commands::{columns, print};
use crate::data::Data;
use crate::failure::{INPUT, InputError};
use crate::output::rate_bar;

/// Registers the weapons of a file.
pub async fn run(
    data: &Data,
    caller: &Caller,
    what: &FirearmImport,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let cannot = || format!("cannot import `{}`", what.file.display());
    let (table, checksum) = read(what).with_context(cannot)?;
    if !json {
        let how = (table.row_count, table.written.as_str());
        eprintln!("{}", columns::to_text(how, &table.columns, &table.unused));
    }
    let bar = rate_bar(table.row_count, "checking rows", json);
    let importing = FirearmImporting {
        checksum,
        like_are_different: what.like_are_different.clone(),
        dry_run: what.dry_run,
        progress: &|step, done| {
            if step == ImportStep::Writing {
                bar.set_message("registering weapons");
            }
            bar.set_position(done);
        },
    };
    let done = data.app.import_firearms(caller, &table, &importing).await;
    bar.finish_and_clear();
    let done = done.with_context(cannot)?;
    let value = columns::to_json(&done, &table.columns)?;
    print(
        json,
        &value,
        report::to_text(&done, &table.columns).trim_end(),
    );
    // What is wrong was printed, all of it.
    Ok(match done.error_count {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::from(INPUT),
    })
}

/// The table, and the checksum of what was read.
fn read(what: &FirearmImport) -> anyhow::Result<(FirearmTable, Hash)> {
    let stated = what.columns.iter().map(|text| stated_firearm_columns(text));
    let columns: Result<Vec<_>, _> = stated.collect();
    let reading = FirearmReading {
        columns: columns?.concat(),
        headings: !what.no_headings,
        kind: what.kind,
    };
    let unusable = |error: std::io::Error| InputError(error.to_string());
    // One byte more than is taken: then it is too large, and is not read to its end.
    let most = u64::try_from(FIREARM_BYTES_MAX)?.saturating_add(1);
    let mut bytes = Vec::new();
    let file = File::open(&what.file).map_err(unusable)?;
    file.take(most).read_to_end(&mut bytes).map_err(unusable)?;
    let sum = checksum(&mut bytes.as_slice())?;
    Ok((FirearmTable::read(bytes, &reading)?, sum))
}
