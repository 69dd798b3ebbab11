//! `egnatia alert import`.

use std::fs::File;
use std::io::{BufReader, Seek};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use egnatia_app::{AlertImporting, AlertTerms, checksum};
use egnatia_audit::Hash;
use egnatia_formats::rows::alerts::{AlertReading, AlertTable, stated_alert_columns};
use egnatia_record::Handling;

use super::{justified, report};
use crate::cli::AlertImport;
use crate::commands::{columns, print};
use crate::config::Config;
use crate::data::{Data, Index, operator};
use crate::failure::{INPUT, InputError};
use crate::output::rate_bar;

/// Enters the alerts of a file.
pub async fn run(
    folder: &Path,
    config: Config,
    what: AlertImport,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let caller = operator(Some(justified(&what.why)?))?;
    let terms = terms(&what)?;
    let cannot = format!("cannot import `{}`", what.file.display());
    let (table, checksum) = read(&what).context(cannot.clone())?;
    if !json {
        let how = (table.row_count, table.written.as_str());
        eprintln!("{}", columns::to_text(how, &table.columns, &table.unused));
    }
    let columns = table.columns.clone();
    let bar = rate_bar(table.row_count, "checking rows", json);
    let importing = AlertImporting {
        terms,
        checksum,
        dry_run: what.dry_run,
        progress: &|done, _| bar.set_position(done),
    };
    let data = Data::open(folder, config, Index::Load).await?;
    let done = data.app.import_alerts(&caller, table, importing).await;
    data.close().await;
    bar.finish_and_clear();
    let done = done.context(cannot)?;
    let value = columns::to_json(&done, &columns)?;
    print(json, &value, report::to_text(&done, &columns).trim_end());
    // What is wrong was printed, all of it.
    let code = match done.error_count {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::from(INPUT),
    };
    Ok(code)
}

fn terms(what: &AlertImport) -> anyhow::Result<AlertTerms> {
    let handling = Handling::new(
        what.handling.iter().copied(),
        what.restriction.clone(),
        what.release_to.clone(),
        what.origin,
    );
    Ok(AlertTerms {
        handling: handling.map_err(|error| InputError(error.to_string()))?,
        legal_basis: what.legal_basis,
        evaluation: what.evaluation,
        subject: what.subject,
        nature: what.nature,
        category: what.category,
        reason: what.reason.clone(),
        decision: what.decision.clone(),
        proportionality: what.proportionality.clone(),
        like_are_different: what.like_are_different.clone(),
    })
}

/// The whole table, and the checksum of what was read.
fn read(what: &AlertImport) -> anyhow::Result<(AlertTable, Hash)> {
    let stated = what.columns.iter().map(|text| stated_alert_columns(text));
    let columns: Result<Vec<_>, _> = stated.collect();
    let reading = AlertReading {
        columns: columns?.concat(),
        headings: !what.no_headings,
        category: what.category,
    };
    let unusable = |error: std::io::Error| InputError(error.to_string());
    let file = File::open(&what.file).map_err(unusable)?;
    if !file.metadata().map_err(unusable)?.is_file() {
        let text = "this is no file; an import reads its input twice";
        return Err(InputError(text.to_owned()).into());
    }
    let mut file = BufReader::new(file);
    let sum = checksum(&mut file)?;
    file.rewind()?;
    let table = AlertTable::read(&mut file, &reading)?;
    file.rewind()?;
    // Somebody may have written to the file between the two readings.
    if checksum(&mut file)? != sum {
        let text = "the file has changed while it was read; give it again";
        return Err(InputError(text.to_owned()).into());
    }
    Ok((table, sum))
}
