//! `egnatia firearm import`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::process::ExitCode;

use anyhow::Context;
use egnatia_app::{Caller, FirearmImporting, ImportStep, RowDecision, checksum};
use egnatia_audit::Hash;
use egnatia_formats::rows::firearms::{
    FIREARM_BYTES_MAX, FirearmReading, FirearmTable, OtherColumns, stated_firearm_columns,
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
    let reading = reading(data, caller, what).await.with_context(cannot)?;
    let (table, checksum) = read(what, &reading).with_context(cannot)?;
    if let Some(name) = &what.keep_mapping {
        let kept = (&table, &reading);
        data.app.keep_firearm_mapping(caller, name, kept).await?;
    }
    if !json {
        let how = (table.row_count, table.written.as_str());
        eprintln!("{}", columns::to_text(how, &table.columns, &table.unused));
    }
    let bar = rate_bar(table.row_count, "checking rows", json);
    let importing = FirearmImporting {
        checksum,
        like_are_different: what.like_are_different.clone(),
        decisions: decisions(what),
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

/// What was decided on single rows.
fn decisions(what: &FirearmImport) -> BTreeMap<u64, RowDecision> {
    let different = RowDecision::Different {
        distinguished_by: None,
    };
    let different = what.different.iter().map(|row| (*row, different.clone()));
    let out = what
        .leave_out
        .iter()
        .map(|row| (*row, RowDecision::LeaveOut));
    different.chain(out).collect()
}

/// How the table is read: as it was kept, and as the arguments say.
async fn reading(
    data: &Data,
    caller: &Caller,
    what: &FirearmImport,
) -> anyhow::Result<FirearmReading> {
    let mut reading = match &what.mapping {
        Some(name) => data.app.firearm_mapping(caller, name).await?,
        None => FirearmReading {
            columns: Vec::new(),
            headings: !what.no_headings,
            others: OtherColumns::Recognise,
            kind: None,
        },
    };
    for text in &what.columns {
        let stated = stated_firearm_columns(text)?;
        // What is said now counts for a field, not what was kept.
        reading
            .columns
            .retain(|(field, _)| stated.iter().all(|(said, _)| said != field));
        reading.columns.extend(stated);
    }
    reading.kind = what.kind.or(reading.kind);
    Ok(reading)
}

/// The table, and the checksum of what was read.
fn read(what: &FirearmImport, reading: &FirearmReading) -> anyhow::Result<(FirearmTable, Hash)> {
    let unusable = |error: std::io::Error| InputError(error.to_string());
    // One byte more than is taken: then it is too large, and is not read to its end.
    let most = u64::try_from(FIREARM_BYTES_MAX)?.saturating_add(1);
    let mut bytes = Vec::new();
    let file = File::open(&what.file).map_err(unusable)?;
    file.take(most).read_to_end(&mut bytes).map_err(unusable)?;
    let sum = checksum(&mut bytes.as_slice())?;
    Ok((FirearmTable::read(bytes, reading)?, sum))
}
