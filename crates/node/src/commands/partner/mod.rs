//! `egnatia partner`.

mod card;
mod lists;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use egnatia_app::DeliveryFilter;
use egnatia_protocol::CARD_BYTES_MAX;
use serde_json::json;

use super::{done, print};
use crate::ambient::{SystemClock, SystemEntropy};
use crate::cli::{Partner, RotateKeys};
use crate::config::Config;
use crate::data::{Data, Index, claim, operator};
use crate::failure::InputError;
use crate::identity::{ExchangeKeys, Rotation};

/// Manages partners' nodes.
pub async fn run(
    folder: &Path,
    config: Config,
    what: Partner,
    json: bool,
) -> anyhow::Result<ExitCode> {
    if let Partner::Card(how) = what {
        return card::give(folder, &config, &how, json);
    }
    let data = Data::open(folder, config, Index::Skip).await?;
    data.app.reload_directory().await?;
    let code = on(&data, what, json).await;
    data.close().await;
    code
}

async fn on(data: &Data, what: Partner, json: bool) -> anyhow::Result<ExitCode> {
    let caller = operator(None)?;
    let app = &data.app;
    match what {
        Partner::Card(_) => Ok(ExitCode::SUCCESS),
        Partner::Read { file } => {
            let view = app.read_card(&caller, &read(&file)?)?;
            card::show(&view, json)
        }
        Partner::Accept { file, fingerprint } => {
            let bytes = read(&file)?;
            let authority = app.accept_partner(&caller, &bytes, &fingerprint).await?;
            let text = format!(
                "{authority} is accepted. What was agreed with it: `egnatia partner arrangements`."
            );
            print(json, &json!({ "accepted": authority }), &text);
            Ok(ExitCode::SUCCESS)
        }
        Partner::List => lists::partners(data, &caller, json).await,
        Partner::Revoke { authority } => {
            app.revoke_partner(&caller, &authority).await?;
            Ok(done(
                json,
                &format!(
                    "{authority} is not trusted any more: nothing goes there or comes from there."
                ),
            ))
        }
        Partner::Arrangements { adopt } => lists::arrangements(data, &caller, adopt, json).await,
        Partner::Deliveries {
            authority,
            part,
            before,
            limit,
        } => {
            let wanted = DeliveryFilter {
                part: part.parse().map_err(InputError)?,
                before,
                limit,
            };
            lists::deliveries(data, &caller, (&authority, wanted), json).await
        }
        Partner::RotateKeys(how) => rotate(data, &how, json).await,
    }
}

/// New keys, first into the file, then to the partners: a card whose keys were lost would be the
/// end of the exchange.
async fn rotate(data: &Data, how: &RotateKeys, json: bool) -> anyhow::Result<ExitCode> {
    exchanges(&data.config)?;
    let caller = operator(None)?;
    let rotation = Rotation {
        overlap_days: how.overlap_days,
        revoke: how.revoke,
    };
    let mut keys = ExchangeKeys::rotate(
        &data.folder,
        &data.config,
        rotation,
        &SystemClock,
        &SystemEntropy,
    )?;
    // A node that serves tells partners itself, once it has the keys: a partner that had the new
    // card before would take the old keys for revoked.
    let told = match claim(&data.folder) {
        Ok(_claim) => {
            data.app.rotate_identity(&caller, keys.identity()?).await?;
            keys.announced(&SystemEntropy)?;
            "is queued for all partners"
        }
        Err(_) => "is told to all partners by the node that runs, within seconds",
    };
    let card = keys.card()?;
    let (serial, fingerprint) = (card.card().serial, card.fingerprint());
    let old = if how.revoke {
        "The old keys are revoked".to_owned()
    } else {
        format!("The old keys are valid for {} more days", how.overlap_days)
    };
    let text =
        format!("There are new keys, and card {serial} {told}. {old}.\nFingerprint {fingerprint}");
    let value = json!({ "serial": serial, "fingerprint": fingerprint, "revoked": how.revoke });
    print(json, &value, &text);
    Ok(ExitCode::SUCCESS)
}

/// Refuses where the node is not set up for the exchange.
fn exchanges(config: &Config) -> Result<(), InputError> {
    if config.exchanges() {
        return Ok(());
    }
    let text = "this node does not exchange: set [node] partner and [exchange] listen in its \
                configuration; `egnatia config sample` explains them";
    Err(InputError(text.to_owned()))
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    use std::io::Read;
    let cannot = || format!("cannot read the card `{}`", file.display());
    let opened = std::fs::File::open(file)
        .map_err(|error| InputError(error.to_string()))
        .with_context(cannot)?;
    let mut bytes = Vec::new();
    // One more than may be, so that a larger one is refused as such.
    let limit = u64::try_from(CARD_BYTES_MAX).unwrap_or(u64::MAX);
    opened
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .with_context(cannot)?;
    Ok(bytes)
}
