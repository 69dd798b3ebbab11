//! `egnatia qd`.

use std::fmt::Write;
use std::process::ExitCode;

use egnatia_stockpile::distance::{Ask, Barricade, Tables, Value};
use serde_json::{Value as Json, json};

use super::print;
use crate::cli::Qd;
use crate::failure::InputError;

/// Says a distance, with the functions and the numbers that were used.
pub fn run(ask: &Qd, json: bool) -> anyhow::Result<ExitCode> {
    let tables = Tables::shipped()?;
    let refused =
        |error: egnatia_stockpile::distance::DistanceRefused| InputError(error.to_string());
    let (Some(division), Some(exposed)) = (ask.hd, &ask.exposed) else {
        let name = ask.rule.as_deref().unwrap_or_default().to_uppercase();
        let value = tables.value(&name, ask.neq, ask.edges).map_err(refused)?;
        return one(&tables, &value, ask, json);
    };
    let barricade = if ask.barricaded {
        Barricade::With
    } else {
        Barricade::Without
    };
    let asked = Ask {
        division,
        quantity: ask.neq,
        exposed,
        barricade,
        edges: ask.edges,
    };
    let distance = tables.distance_by_event(&asked, ask.mce);
    let distance = distance.map_err(refused)?;
    let functions: Vec<Json> = distance.terms.iter().map(function).collect();
    let value = json!({
        "distance_m": distance.metres, "rule": distance.rule(), "source": distance.source,
        "division": distance.division, "neq_kg": distance.quantity.to_string(),
        "mce_kg": ask.mce.map(|event| event.to_string()),
        "exposed": exposed, "barricade": barricade, "edges": distance.edges,
        "functions": functions, "from_memory": distance.from_memory,
    });
    let mut text = format!(
        "{} m   division {}, {} kg, to {exposed}, {barricade} barricade\n",
        distance.metres, distance.division, distance.quantity
    );
    for term in &distance.terms {
        line(&mut text, term)?;
    }
    if distance.terms.is_empty() {
        writeln!(text, "  the table says: no quantity-distance")?;
    }
    if distance.terms.len() > 1 {
        writeln!(text, "  the greatest of these holds")?;
    }
    writeln!(text, "  edges: {}", distance.edges)?;
    writeln!(text, "  source: {}", distance.source)?;
    for note in &distance.from_memory {
        writeln!(text, "  from memory, not looked up: {note}")?;
    }
    print(json, &value, text.trim_end());
    Ok(ExitCode::SUCCESS)
}

/// One function by its name.
fn one(tables: &Tables, value: &Value, ask: &Qd, json: bool) -> anyhow::Result<ExitCode> {
    let source = tables
        .functions()
        .find(|function| function.name == value.function)
        .map(|function| format!("{}, table {}", tables.edition(), function.table))
        .unwrap_or_default();
    let found = json!({
        "distance_m": value.metres, "rule": value.function, "source": source,
        "neq_kg": ask.neq.to_string(), "edges": ask.edges, "functions": [function(value)],
    });
    let mut text = format!("{} m   {} kg\n", value.metres, ask.neq);
    line(&mut text, value)?;
    writeln!(text, "  edges: {}", ask.edges)?;
    writeln!(text, "  source: {source}")?;
    print(json, &found, text.trim_end());
    Ok(ExitCode::SUCCESS)
}

fn function(value: &Value) -> Json {
    json!({
        "function": value.function, "metres": value.metres, "exact_m": value.exact_m,
        "formula": value.formula, "note": value.note,
    })
}

fn line(text: &mut String, value: &Value) -> std::fmt::Result {
    writeln!(
        text,
        "  {}: {} = {:.2}, rounded up {} m",
        value.function, value.formula, value.exact_m, value.metres
    )?;
    match &value.note {
        Some(note) => writeln!(text, "  corrected: {note}"),
        None => Ok(()),
    }
}
