//! `egnatia firearm`.

mod figures;
mod import;
mod incident;
mod life;
mod register;
mod report;
mod returns;
mod show;
mod trace;
mod views;

use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;

use egnatia_app::{AppError, Caller};
use egnatia_record::Justification;
use serde_json::json;

use super::print;
use crate::cli::{Correction, Destruction, Firearm, IncidentAct, Photographs, Trace, View, Why};
use crate::config::Config;
use crate::data::{Data, Index, operator};

/// Does what is asked for.
pub async fn run(
    folder: &Path,
    config: Config,
    what: Firearm,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let caller = operator(Some(justified(why_of(&what))?))?;
    // What is written is searched for by this process, and followed by the index of the one that serves.
    let index = match &what {
        Firearm::Register(_)
        | Firearm::Describe(_)
        | Firearm::Import(_)
        | Firearm::Event(_)
        | Firearm::Report(_) => Index::Load,
        Firearm::Trace(what) if matches!(**what, Trace::Inbox { .. }) => Index::Load,
        Firearm::Incident(what) if matches!(**what, IncidentAct::Record(_)) => Index::Load,
        _ => Index::Skip,
    };
    let data = Data::open(folder, config, index).await?;
    let caller = data.app.as_account(caller).await?;
    let code = act(&data, &caller, what, json).await;
    data.close().await;
    code
}

async fn act(data: &Data, caller: &Caller, what: Firearm, json: bool) -> anyhow::Result<ExitCode> {
    // Partners, and what was agreed with them.
    data.app.reload_directory().await?;
    match what {
        Firearm::Register(what) => register::register(data, caller, *what, json).await,
        Firearm::Import(what) => import::run(data, caller, &what, json).await,
        Firearm::List(what) => views::list(data, caller, &what, json).await,
        Firearm::View(what) => views::run(data, caller, *what, json).await,
        Firearm::Photograph {
            id, file, shows, ..
        } => register::photograph(data, caller, (id, &file, shows), json).await,
        Firearm::Label { id, out, .. } => register::label(data, caller, (id, &out), json).await,
        Firearm::Photographs(what) => register::photographs(data, caller, what, json).await,
        Firearm::Describe(what) => register::describe(data, caller, *what, json).await,
        Firearm::Correction(what) => life::correction(data, caller, what, json).await,
        Firearm::Progress(what) => figures::progress(data, caller, &what, json).await,
        Firearm::Show { id, .. } => show::one(data, caller, id, json).await,
        Firearm::Event(what) => life::event(data, caller, *what, json).await,
        Firearm::Report(what) => life::report(data, caller, *what, json).await,
        Firearm::Destruction(what) => life::destruction(data, caller, what, json).await,
        Firearm::Trace(what) => trace::run(data, caller, *what, json).await,
        Firearm::Incident(what) => incident::run(data, caller, *what, json).await,
        Firearm::Return {
            kind,
            period,
            freeze,
            ..
        } => returns::count(data, caller, (kind, &period, freeze), json).await,
        Firearm::Returns(what) => returns::run(data, caller, what, json).await,
        Firearm::Series(what) => figures::series(data, caller, &what, json).await,
        Firearm::Places(what) => figures::places(data, caller, &what, json).await,
        Firearm::Clusters { .. } => clusters(data, caller, json).await,
        Firearm::Waiting { .. } => life::waiting(data, caller, json).await,
    }
}

fn why_of(what: &Firearm) -> &Why {
    match what {
        Firearm::Register(what) => &what.why,
        Firearm::Describe(what) => &what.why,
        Firearm::Progress(what) => &what.why,
        Firearm::Correction(Correction::Sign { why, .. } | Correction::Withdraw { why, .. }) => why,
        Firearm::Photographs(Photographs::Show { why, .. } | Photographs::Remove { why, .. }) => {
            why
        }
        Firearm::Import(what) => &what.why,
        Firearm::Series(what) | Firearm::Places(what) => &what.why,
        Firearm::List(what) => &what.why,
        Firearm::Event(what) => &what.why,
        Firearm::Report(what) => &what.why,
        Firearm::Trace(what) => what.why(),
        Firearm::Incident(what) => what.why(),
        Firearm::Returns(what) => what.why(),
        Firearm::View(what) => match &**what {
            View::List { why } | View::Add { why, .. } | View::Delete { why, .. } => why,
        },
        Firearm::Destruction(
            Destruction::Propose { why, .. }
            | Destruction::Sign { why, .. }
            | Destruction::Withdraw { why, .. },
        )
        | Firearm::Photograph { why, .. }
        | Firearm::Label { why, .. }
        | Firearm::Show { why, .. }
        | Firearm::Return { why, .. }
        | Firearm::Clusters { why }
        | Firearm::Waiting { why } => why,
    }
}

/// Purpose and case, both of them.
fn justified(why: &Why) -> Result<Justification, AppError> {
    match (why.purpose, why.case.clone()) {
        (Some(purpose), Some(case)) => Ok(Justification { purpose, case }),
        _ => Err(AppError::NoJustification),
    }
}

async fn clusters(data: &Data, caller: &Caller, json: bool) -> anyhow::Result<ExitCode> {
    let found = data.app.incident_clusters(caller).await?;
    let mut text = String::new();
    let mut values = Vec::new();
    for cluster in &found {
        writeln!(
            text,
            "{:8} {:4} {}",
            cluster.by,
            cluster.incidents.len(),
            cluster.name
        )?;
        let incidents: Vec<_> = cluster.incidents.iter().map(|item| item.incident).collect();
        values.push(json!({ "by": cluster.by, "name": cluster.name, "incidents": incidents }));
    }
    if found.is_empty() {
        text.push_str("No two incidents have anything in common.");
    }
    print(json, &json!(values), text.trim_end());
    Ok(ExitCode::SUCCESS)
}
