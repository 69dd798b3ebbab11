//! `egnatia firearm return`, `egnatia firearm returns`.

use std::fmt::Write;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use egnatia_app::{Caller, ReturnView};
use egnatia_firearms::{IncidentKind, ReturnKind, ReturnSection};
use serde_json::{Value, json};

use crate::cli::Returns;
use crate::commands::print;
use crate::data::Data;
use crate::failure::{InputError, NEGATIVE};

/// Counts a return, and freezes it where told.
pub async fn count(
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
            "{:22} {:10} {:16} {:40} {}",
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

/// Lists and shows frozen returns.
pub async fn run(
    data: &Data,
    caller: &Caller,
    what: Returns,
    json: bool,
) -> anyhow::Result<ExitCode> {
    match what {
        Returns::List { limit, .. } => {
            let page = data.app.returns(caller, None, limit).await?;
            let mut text = String::new();
            for view in &page.items {
                let body = &view.body;
                writeln!(
                    text,
                    "{} {:20} {} to {}, {} incidents",
                    view.id, body.kind, body.period.from, body.period.to, body.incidents
                )?;
            }
            if page.items.is_empty() {
                text.push_str("No return is frozen yet.");
            }
            let values: Vec<Value> = page.items.iter().map(value).collect();
            print(json, &json!(values), text.trim_end());
            Ok(ExitCode::SUCCESS)
        }
        Returns::Show { id, out, .. } => {
            let view = data.app.view_return(caller, id).await?;
            if let Some(file) = &out {
                write(&view, file)?;
            }
            let mut text = match &out {
                Some(file) => format!("Written to `{}`.\n", file.display()),
                None => view.body.csv(),
            };
            text.push_str(match view.is_whole {
                true => "The table has the hash that it was frozen with: SHA-256 ",
                false => "The table does NOT have the hash that it was frozen with: SHA-256 ",
            });
            text.push_str(&view.body.sha256);
            print(json, &value(&view), &text);
            Ok(match view.is_whole {
                true => ExitCode::SUCCESS,
                false => ExitCode::from(NEGATIVE),
            })
        }
    }
}

fn value(view: &ReturnView) -> Value {
    json!({ "return": view.id, "body": view.body, "is_whole": view.is_whole })
}

fn write(view: &ReturnView, file: &Path) -> anyhow::Result<()> {
    let ending = file.extension().and_then(|ending| ending.to_str());
    let bytes = match ending {
        Some("csv") => view.body.csv().into_bytes(),
        Some("xlsx") => egnatia_formats::table_sheet(&view.body.table())?,
        _ => {
            let text = format!("`{}` ends neither in .csv nor in .xlsx", file.display());
            return Err(InputError(text).into());
        }
    };
    let cannot = || format!("cannot write `{}`", file.display());
    let opened = File::create_new(file).map_err(|error| InputError(error.to_string()));
    opened
        .with_context(cannot)?
        .write_all(&bytes)
        .with_context(cannot)
}
