//! How a command fails: one line that says what happened and what to do, and an exit code that
//! scripts can use.

use std::process::ExitCode;

use egnatia_app::{AppError, BackupError, ScreenError};
use egnatia_formats::ListError;
use egnatia_formats::hits::HitsError;
use egnatia_formats::rows::RowsError;
use serde_json::json;

/// A log that is not whole, and whatever else a command was asked to find out and found wrong.
pub const NEGATIVE: u8 = 1;
/// Input that cannot be used: nothing was stored.
pub const INPUT: u8 = 2;
/// Not allowed, or without purpose and case.
pub const REFUSED: u8 = 3;
/// Somebody else was faster: try again.
pub const CONFLICT: u8 = 4;
/// The store, the disk or the network does not do its part.
pub const UNAVAILABLE: u8 = 5;

/// Bad input that has no type of its own.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct InputError(pub String);

/// Prints what went wrong, and returns the exit code.
pub fn report(error: &anyhow::Error, json: bool) -> ExitCode {
    let (exit, code) = classify(error);
    if json {
        let message = format!("{error:#}");
        eprintln!(
            "{}",
            json!({ "error": { "code": code, "message": message } })
        );
    } else {
        eprintln!("egnatia: {error:#}");
    }
    ExitCode::from(exit)
}

fn classify(error: &anyhow::Error) -> (u8, &'static str) {
    for cause in error.chain() {
        if cause.is::<ListError>() {
            return (INPUT, "malformed-list");
        }
        if cause.is::<RowsError>() {
            return (INPUT, "malformed-rows");
        }
        if let Some(HitsError::TooMany) = cause.downcast_ref() {
            return (INPUT, "too-many-lines");
        }
        if cause.is::<InputError>() {
            return (INPUT, "invalid-input");
        }
        if let Some(BackupError::Malformed { .. } | BackupError::AnotherNode(_)) =
            cause.downcast_ref()
        {
            return (INPUT, "malformed-backup");
        }
        let screen = match cause.downcast_ref() {
            Some(ScreenError::Rows(_)) => return (INPUT, "malformed-rows"),
            Some(ScreenError::Output(HitsError::TooMany)) => return (INPUT, "too-many-lines"),
            Some(ScreenError::Output(HitsError::Write(_))) => return (UNAVAILABLE, "failed"),
            Some(ScreenError::App(error)) => Some(error),
            None => None,
        };
        if let Some(error) = screen.or_else(|| cause.downcast_ref::<AppError>()) {
            return match error {
                AppError::NoJustification => (REFUSED, "no-justification"),
                AppError::Forbidden(_) => (REFUSED, "forbidden"),
                AppError::NotFound(_) => (INPUT, "not-found"),
                AppError::Invalid(_) => (INPUT, "invalid-input"),
                AppError::Conflict(_) | AppError::Clash { .. } => (CONFLICT, "conflict"),
                AppError::Store(_) => (UNAVAILABLE, "store"),
                AppError::Internal(_) => (UNAVAILABLE, "internal"),
            };
        }
    }
    (UNAVAILABLE, "failed")
}
