//! `egnatia audit`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use egnatia_audit::{EntryProof, LogKey};
use serde_json::json;

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
