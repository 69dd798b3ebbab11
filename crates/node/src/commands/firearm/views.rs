//! `egnatia firearm list`, `egnatia firearm view`.

use std::fmt::Write;
use std::process::ExitCode;

use egnatia_app::{Caller, FirearmOrder, FirearmSearch, PresetArea};
use serde_json::{Value, json};

use crate::cli::{Filter, List, View};
use crate::commands::pages::up_to;
use crate::commands::print;
use crate::data::Data;

/// What is stated, and for the rest what was kept.
fn search_of(filter: &Filter, kept: FirearmSearch) -> FirearmSearch {
    let stated = |text: &Option<String>, kept: String| text.clone().unwrap_or(kept);
    FirearmSearch {
        text: stated(&filter.text, kept.text),
        make: stated(&filter.make, kept.make),
        calibre: stated(&filter.calibre, kept.calibre),
        kind: stated(&filter.kind, kept.kind),
        custody: stated(&filter.custody, kept.custody),
        model: stated(&filter.model, kept.model),
        category: stated(&filter.category, kept.category),
        year: stated(&filter.year, kept.year),
        order: match filter.oldest_first {
            true => FirearmOrder::Oldest,
            false => kept.order,
        },
    }
}

/// Weapons of the register that are wanted.
pub async fn list(
    data: &Data,
    caller: &Caller,
    what: &List,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let kept = match &what.view {
        Some(name) => data.app.firearm_view(caller, name).await?,
        None => FirearmSearch::default(),
    };
    let search = &search_of(&what.filter, kept);
    let limit = what.limit;
    let found = up_to(limit, async |after, size| {
        data.app.firearms(caller, search, after, size).await
    })
    .await?;
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

/// Lists, keeps and forgets the caller's views.
pub async fn run(data: &Data, caller: &Caller, what: View, json: bool) -> anyhow::Result<ExitCode> {
    let area = PresetArea::FirearmsView;
    match what {
        View::List { .. } => {
            let kept = data.app.presets(caller, area).await?;
            let mut text = String::new();
            let mut values: Vec<Value> = Vec::new();
            for view in &kept {
                writeln!(text, "{:30} {}", view.name, view.text)?;
                values.push(json!({ "name": view.name, "filter": view.text, "at": view.at }));
            }
            if kept.is_empty() {
                text.push_str("You keep no views.");
            }
            print(json, &json!(values), text.trim_end());
        }
        View::Add { name, filter, .. } => {
            let search = search_of(&filter, FirearmSearch::default());
            data.app.keep_firearm_view(caller, &name, &search).await?;
            let text = format!("The view is kept: firearm list --view \"{name}\" uses it.");
            let value = json!({ "name": name, "filter": search.filter() });
            print(json, &value, &text);
        }
        View::Delete { name, .. } => {
            data.app.drop_preset(caller, area, &name).await?;
            print(json, &json!({ "deleted": name }), "The view is forgotten.");
        }
    }
    Ok(ExitCode::SUCCESS)
}
