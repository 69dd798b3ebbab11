//! `egnatia firearm`.

mod figures;
mod import;
mod incident;
mod life;
mod report;
mod returns;
mod show;
mod trace;
mod views;

use std::fmt::Write;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use egnatia_app::{AppError, Caller, LikeFirearm, NewFirearm};
use egnatia_firearms::{Mark, Particulars};
use egnatia_formats::photographs::PHOTOGRAPH_BYTES_MAX;
use egnatia_record::{Justification, RecordId};
use serde_json::{Value, json};

use super::print;
use crate::cli::{Destruction, Firearm, IncidentAct, Register, Trace, View, Why};
use crate::config::Config;
use crate::data::{Data, Index, operator};
use crate::failure::{InputError, REFUSED};

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
        Firearm::Register(_) | Firearm::Import(_) | Firearm::Event(_) | Firearm::Report(_) => {
            Index::Load
        }
        Firearm::Trace(what) if matches!(**what, Trace::Inbox { .. }) => Index::Load,
        Firearm::Incident(what) if matches!(**what, IncidentAct::Record(_)) => Index::Load,
        _ => Index::Skip,
    };
    let data = Data::open(folder, config, index).await?;
    let code = act(&data, &caller, what, json).await;
    data.close().await;
    code
}

async fn act(data: &Data, caller: &Caller, what: Firearm, json: bool) -> anyhow::Result<ExitCode> {
    // Partners, and what was agreed with them.
    data.app.reload_directory().await?;
    match what {
        Firearm::Register(what) => register(data, caller, *what, json).await,
        Firearm::Import(what) => import::run(data, caller, &what, json).await,
        Firearm::List(what) => views::list(data, caller, &what, json).await,
        Firearm::View(what) => views::run(data, caller, *what, json).await,
        Firearm::Photograph {
            id, file, shows, ..
        } => photograph(data, caller, (id, &file, shows), json).await,
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
    }
}

fn why_of(what: &Firearm) -> &Why {
    match what {
        Firearm::Register(what) => &what.why,
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
        | Firearm::Show { why, .. }
        | Firearm::Return { why, .. }
        | Firearm::Clusters { why } => why,
    }
}

/// Purpose and case, both of them.
fn justified(why: &Why) -> Result<Justification, AppError> {
    match (why.purpose, why.case.clone()) {
        (Some(purpose), Some(case)) => Ok(Justification { purpose, case }),
        _ => Err(AppError::NoJustification),
    }
}

fn like_json(like: &LikeFirearm) -> Value {
    json!({
        "record": like.record, "list": like.list, "name": like.name,
        "probability": like.assessment.probability, "band": like.assessment.band,
        "evidence": like.assessment.evidence,
    })
}

async fn register(
    data: &Data,
    caller: &Caller,
    what: Register,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let new = NewFirearm {
        particulars: Particulars {
            marks: vec![Mark {
                state: what.state,
                ..Mark::readable(what.place, &what.serial)
            }],
            kind: what.kind,
            make: what.make,
            model: what.model,
            calibre: what.calibre,
            category: what.category,
            country: what.country,
            year: what.year,
            distinguished_by: what.distinguished_by,
            photographs: Vec::new(),
        },
        reference: None,
        first: None,
        different_from: what.different_from.into_iter().collect(),
    };
    let like = data.app.like_firearms(caller, &new.particulars).await?;
    let mut text = String::new();
    for like in &like {
        writeln!(
            text,
            "{:>5.1} %  {} {:10} {}",
            like.assessment.probability * 100.0,
            like.record,
            like.list,
            like.name
        )?;
    }
    let matched = data.app.settings().thresholds.matched;
    let seen = |like: &LikeFirearm| {
        like.assessment.probability < matched || new.different_from.contains(&like.record)
    };
    let agrees = !like.iter().all(seen);
    let found: Vec<Value> = like.iter().map(like_json).collect();
    if what.dry_run || agrees {
        text.push_str(match agrees {
            true => {
                "Nothing is registered: this agrees with what is known already. Look at it; where \
                 it is another weapon, say so with --different-from."
            }
            false => "Nothing like it is known. Nothing is registered: this was a dry run.",
        });
        print(json, &json!({ "registered": null, "like": found }), &text);
        let refused = agrees && !what.dry_run;
        return Ok(match refused {
            true => ExitCode::from(REFUSED),
            false => ExitCode::SUCCESS,
        });
    }
    let id = data.app.register_firearm(caller, new).await?;
    write!(text, "Weapon {id} is registered.")?;
    print(json, &json!({ "registered": id, "like": found }), &text);
    Ok(ExitCode::SUCCESS)
}

async fn photograph(
    data: &Data,
    caller: &Caller,
    (id, file, shows): (RecordId, &Path, String),
    json: bool,
) -> anyhow::Result<ExitCode> {
    let unusable = |error: std::io::Error| InputError(format!("`{}`: {error}", file.display()));
    // One byte more than is taken: then it is too large, and is not read to its end.
    let most = u64::try_from(PHOTOGRAPH_BYTES_MAX)?.saturating_add(1);
    let mut bytes = Vec::new();
    let opened = File::open(file).map_err(unusable)?;
    opened
        .take(most)
        .read_to_end(&mut bytes)
        .map_err(unusable)?;
    let kept = data.app.add_photograph(caller, id, (bytes, shows)).await?;
    let text = format!("Photograph {kept} is kept.");
    print(json, &json!({ "photograph": kept }), &text);
    Ok(ExitCode::SUCCESS)
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
