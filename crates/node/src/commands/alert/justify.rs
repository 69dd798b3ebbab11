//! `egnatia alert justify`.

use std::path::Path;
use std::process::ExitCode;

use egnatia_app::NewTransfer;
use egnatia_record::{InvalidTransfer, Told, TransferGround};
use serde_json::json;

use super::justified;
use crate::cli::AlertJustify;
use crate::commands::print;
use crate::config::Config;
use crate::data::{Data, Index, operator};
use crate::failure::InputError;

/// Justifies a transfer.
pub async fn run(
    folder: &Path,
    config: Config,
    what: AlertJustify,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let caller = operator(Some(justified(&what.why)?))?;
    let ground = match (what.derogation, what.told, what.told_on) {
        (Some(derogation), None, _) => TransferGround::Derogation(derogation),
        (None, Some(category), Some(on)) => TransferGround::Assessment(Told { category, on }),
        _ => return Err(InputError(InvalidTransfer::Ground.to_string()).into()),
    };
    let new = NewTransfer {
        to: what.to,
        ground,
        justification: what.justification,
        rights: what.rights,
    };
    let data = Data::open(folder, config, Index::Skip).await?;
    data.app.reload_directory().await?;
    let done = data.app.justify_transfer(&caller, what.id, new).await;
    data.close().await;
    let transfer = done?;
    let text = format!("The transfer is justified ({transfer}); the alert leaves.");
    print(json, &json!({ "transfer": transfer }), &text);
    Ok(ExitCode::SUCCESS)
}
