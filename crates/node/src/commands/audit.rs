//! `egnatia audit`.

use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use egnatia_app::{AWAITED, NOT_COUNTERSIGNED, SILENT, UNPROVED, Witnessed};
use egnatia_audit::{EntryProof, LogKey};
use serde_json::{Value, json};

use super::print;
use crate::cli::Audit;
use crate::data::{Data, operator};
use crate::failure::{InputError, NEGATIVE};
use crate::output;

/// Verifies the log, or prints its key.
pub async fn run(data: Data, what: &Audit, json: bool) -> anyhow::Result<ExitCode> {
    if matches!(what, Audit::Key) {
        let key = data.app.log_key().to_string();
        print(json, &json!({ "key": key }), &key);
        return Ok(ExitCode::SUCCESS);
    }
    if matches!(what, Audit::Witnesses) {
        let code = witnesses(&data, json).await;
        data.close().await;
        return code;
    }
    let bar = output::bar(0, "verifying", json);
    let progress = |done: u64, total: u64| {
        bar.set_length(total);
        bar.set_position(done);
    };
    let result = data.app.audit_verify(&operator(None)?, &progress).await?;
    bar.finish_and_clear();
    let code = match result {
        Ok(whole) => {
            let text = format!(
                "The log is whole: {} entries under {} signed checkpoints, {} erased; {} versions \
                 of records and {} movements of stock are those that it states.\nRoot {}",
                whole.entries,
                whole.checkpoints,
                whole.erased,
                whole.records,
                whole.movements,
                whole.root
            );
            print(json, &json!({ "whole": true, "log": whole }), &text);
            ExitCode::SUCCESS
        }
        Err(problem) => {
            let value = json!({ "whole": false, "first": problem, "message": problem.to_string() });
            print(json, &value, &format!("THE LOG IS NOT WHOLE: {problem}."));
            ExitCode::from(NEGATIVE)
        }
    };
    data.close().await;
    Ok(code)
}

/// Which log was seen by whom, and what is wrong with one.
async fn witnesses(data: &Data, json: bool) -> anyhow::Result<ExitCode> {
    let mut rows = data.app.witnesses(&operator(None)?).await?;
    rows.sort_by_key(|one| (!one.row.is_alarm(), !one.row.waits_for_proof()));
    let is_alarm = rows.iter().any(|one| one.row.is_alarm());
    let mut text = String::new();
    let mut values: Vec<Value> = Vec::new();
    for Witnessed { row, is_own } in &rows {
        let state = match row.problem.as_deref() {
            None if row.statement.is_some() => "whole",
            None => "shown",
            Some(UNPROVED) => "waits for a proof",
            Some(AWAITED) => "nothing yet since then",
            Some(SILENT) => "nothing comes any more since then",
            Some(NOT_COUNTERSIGNED) => "not countersigned any more since then",
            Some(problem) => problem,
        };
        let sign = if row.is_alarm() { "ALARM " } else { "" };
        writeln!(
            text,
            "{sign}{:20} seen by {:20} {:10} entries {:.0} {state}",
            row.log.as_str(),
            row.witness.as_str(),
            row.size,
            row.seen_at
        )?;
        values.push(json!({
            "log": row.log, "is_own": is_own, "witness": row.witness, "size": row.size,
            "root": row.root, "seen_at": row.seen_at, "problem": row.problem,
            "alarm": row.is_alarm(), "has_statement": row.statement.is_some(),
        }));
    }
    if rows.is_empty() {
        text.push_str(
            "Nobody has seen a log yet: partners that are accepted are asked every ten minutes \
             while the node serves.",
        );
    }
    if is_alarm {
        text.push_str(
            "Call whose log it is, or who does not countersign; proofs are kept here, and stand on \
             the page Audit.",
        );
    }
    print(
        json,
        &json!({ "alarm": is_alarm, "witnesses": values }),
        text.trim_end(),
    );
    Ok(if is_alarm {
        ExitCode::from(NEGATIVE)
    } else {
        ExitCode::SUCCESS
    })
}

/// Verifies a downloaded proof.
pub fn check_proof(file: &Path, key: &str, json: bool) -> anyhow::Result<ExitCode> {
    let unusable = |what: &str| InputError(format!("`{}` {what}", file.display()));
    let text = std::fs::read_to_string(file)
        .map_err(|error| InputError(error.to_string()))
        .with_context(|| format!("cannot read `{}`", file.display()))?;
    let proof: EntryProof =
        serde_json::from_str(&text).map_err(|error| unusable(&format!("is no proof: {error}")))?;
    let key: LogKey = key
        .parse()
        .map_err(|error| InputError(format!("the key does not read: {error}")))?;
    match proof.verify(&key) {
        Ok(checkpoint) => {
            let (sequence, at) = (proof.leaf.sequence, proof.leaf.at);
            let text = format!(
                "Proven: entry {sequence} of {at} stands in the log `{}` of {} entries.",
                checkpoint.origin, checkpoint.size
            );
            let value = json!({ "proven": true, "sequence": sequence, "size": checkpoint.size });
            print(json, &value, &text);
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            let value = json!({ "proven": false, "message": error.to_string() });
            print(json, &value, &format!("NOT PROVEN: {error}."));
            Ok(ExitCode::from(NEGATIVE))
        }
    }
}
