//! `egnatia firearm`.

mod figures;
mod import;
mod report;
mod show;

use std::fmt::Write;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use egnatia_app::{AppError, Caller, FirearmOrder, FirearmSearch, LikeFirearm, NewFirearm};
use egnatia_firearms::{IncidentKind, Mark, Particulars, ReturnKind, ReturnSection};
use egnatia_formats::photographs::PHOTOGRAPH_BYTES_MAX;
use egnatia_record::{Justification, RecordId};
use serde_json::{Value, json};

use super::print;
use crate::cli::{Firearm, Register, Why};
use crate::config::Config;
use crate::data::{Data, Index, operator};
use crate::failure::{InputError, REFUSED};

/// How many are read at a time.
const PAGE: u32 = 100;

/// Registers, lists, shows, counts.
pub async fn run(
    folder: &Path,
    config: Config,
    what: Firearm,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let caller = operator(Some(justified(why_of(&what))?))?;
    let index = match what {
        Firearm::Register(_) | Firearm::Import(_) => Index::Load,
        _ => Index::Skip,
    };
    let data = Data::open(folder, config, index).await?;
    let code = match what {
        Firearm::Register(what) => register(&data, &caller, *what, json).await,
        Firearm::Import(what) => import::run(&data, &caller, &what, json).await,
        Firearm::List(what) => {
            let limit = what.limit;
            let search = FirearmSearch {
                text: what.text,
                custody: what.custody,
                make: what.make,
                model: what.model,
                calibre: what.calibre,
                kind: what.kind,
                category: what.category,
                year: what.year,
                order: match what.oldest_first {
                    true => FirearmOrder::Oldest,
                    false => FirearmOrder::Newest,
                },
            };
            list(&data, &caller, (&search, limit), json).await
        }
        Firearm::Photograph {
            id, file, shows, ..
        } => photograph(&data, &caller, (id, &file, shows), json).await,
        Firearm::Show { id, .. } => show::one(&data, &caller, id, json).await,
        Firearm::Trace { id, .. } => {
            data.app.reload_directory().await?;
            show::trace(&data, &caller, id, json).await
        }
        Firearm::Return {
            kind,
            period,
            freeze,
            ..
        } => count(&data, &caller, (kind, &period, freeze), json).await,
        Firearm::Series(what) => figures::series(&data, &caller, &what, json).await,
        Firearm::Places(what) => figures::places(&data, &caller, &what, json).await,
        Firearm::Clusters { .. } => clusters(&data, &caller, json).await,
    };
    data.close().await;
    code
}

fn why_of(what: &Firearm) -> &Why {
    match what {
        Firearm::Register(what) => &what.why,
        Firearm::Import(what) => &what.why,
        Firearm::Series(what) | Firearm::Places(what) => &what.why,
        Firearm::List(what) => &what.why,
        Firearm::Photograph { why, .. }
        | Firearm::Show { why, .. }
        | Firearm::Trace { why, .. }
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

async fn list(
    data: &Data,
    caller: &Caller,
    (search, limit): (&FirearmSearch, u32),
    json: bool,
) -> anyhow::Result<ExitCode> {
    let most = usize::try_from(limit)?;
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = data
            .app
            .firearms(caller, search, after, PAGE.min(limit))
            .await?;
        found.extend(page.items);
        after = page.next;
        if after.is_none() || found.len() >= most {
            break;
        }
    }
    found.truncate(most);
    let mut text = String::new();
    let mut values = Vec::new();
    for row in &found {
        writeln!(
            text,
            "{} {:9} {:14} {}",
            row.record, row.custody, row.kind, row.name
        )?;
        values.push(json!({
            "firearm": row.record, "name": row.name, "serial": row.serial, "make": row.make,
            "calibre": row.calibre, "kind": row.kind, "custody": row.custody,
            "model": row.model, "category": row.category, "year": row.year,
        }));
    }
    if found.is_empty() {
        text.push_str("There are no such weapons here.");
    }
    print(json, &json!(values), text.trim_end());
    Ok(ExitCode::SUCCESS)
}

async fn count(
    data: &Data,
    caller: &Caller,
    (kind, period, freeze): (ReturnKind, &str, bool),
    json: bool,
) -> anyhow::Result<ExitCode> {
    if freeze {
        let id = data.app.freeze_return(caller, kind, period).await?;
        let view = data.app.view_return(caller, id).await?;
        let text = format!(
            "{}\nReturn {id} is frozen, SHA-256 {}.",
            view.body.csv(),
            view.body.sha256
        );
        let value = json!({ "return": id, "body": view.body });
        print(json, &value, &text);
        return Ok(ExitCode::SUCCESS);
    }
    let (period, rows, incidents) = data.app.count_firearms_return(caller, kind, period).await?;
    let mut text = format!(
        "{kind}, {} to {}, {incidents} incidents\n",
        period.from, period.to
    );
    for row in rows.iter().filter(|row| row.count > 0) {
        writeln!(
            text,
            "{:20} {:10} {:20} {:7} {}",
            row.section.map_or("", ReturnSection::as_str),
            row.group.map_or("", IncidentKind::as_str),
            row.what,
            row.at,
            row.count
        )?;
    }
    let value = json!({ "kind": kind, "period": period, "rows": rows, "incidents": incidents });
    print(json, &value, text.trim_end());
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
