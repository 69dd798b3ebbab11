//! `egnatia alert`.

mod import;
mod justify;
mod report;
mod show;

use std::path::Path;
use std::process::ExitCode;

use egnatia_app::{AlertList, AppError};
use egnatia_record::Justification;
use serde_json::json;

use super::print;
use crate::cli::{Alert, Why};
use crate::config::Config;
use crate::data::{Data, Index, operator};

/// Enters, lists, shows and ends alerts; takes them over again; justifies that they go to somebody.
pub async fn run(
    folder: &Path,
    config: Config,
    what: Alert,
    json: bool,
) -> anyhow::Result<ExitCode> {
    match what {
        Alert::Import(what) => import::run(folder, config, *what, json).await,
        Alert::List {
            received,
            returned,
            limit,
            why,
        } => {
            let which = match (received, returned) {
                (true, _) => AlertList::Received,
                (_, true) => AlertList::Returned,
                _ => AlertList::Own,
            };
            let caller = operator(Some(justified(&why)?))?;
            let data = Data::open(folder, config, Index::Skip).await?;
            let code = show::list(&data, &caller, which, limit, json).await;
            data.close().await;
            code
        }
        Alert::Show { id, why } => {
            let caller = operator(Some(justified(&why)?))?;
            let data = Data::open(folder, config, Index::Skip).await?;
            data.app.reload_directory().await?;
            let code = show::one(&data, &caller, id, json).await;
            data.close().await;
            code
        }
        Alert::Adopt { id, why } => {
            let caller = operator(Some(justified(&why)?))?;
            let data = Data::open(folder, config, Index::Load).await?;
            data.app.reload_directory().await?;
            let done = data.app.adopt_alert(&caller, id).await;
            data.close().await;
            done?;
            let text = format!("Alert {id} is taken over again; partners get a new version.");
            print(json, &json!({ "adopted": id }), &text);
            Ok(ExitCode::SUCCESS)
        }
        Alert::Justify(what) => justify::run(folder, config, *what, json).await,
        Alert::Withdraw {
            id,
            reason,
            because,
            why,
        } => {
            let caller = operator(Some(justified(&why)?))?;
            // The index follows what was written.
            let data = Data::open(folder, config, Index::Load).await?;
            data.app.reload_directory().await?;
            let done = data.app.withdraw_alert(&caller, id, reason, because).await;
            data.close().await;
            done?;
            let text = format!("Alert {id} is withdrawn; whoever received it is told.");
            print(json, &json!({ "withdrawn": id }), &text);
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Purpose and case, both of them.
pub fn justified(why: &Why) -> Result<Justification, AppError> {
    match (why.purpose, why.case.clone()) {
        (Some(purpose), Some(case)) => Ok(Justification { purpose, case }),
        _ => Err(AppError::NoJustification),
    }
}
