//! `egnatia qd`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::process::ExitCode;

use egnatia_stockpile::distance::{
    Ask, Barricade, Distance, DistanceRefused, Labelled, Tables, Value,
};
use egnatia_stockpile::{Division, Mass};
use serde_json::{Value as Json, json};

use super::print;
use crate::cli::Qd;
use crate::failure::InputError;

/// Says a distance, with the functions and the numbers that were used.
pub fn run(ask: &Qd, json: bool) -> anyhow::Result<ExitCode> {
    let tables = Tables::shipped()?;
    let refused = |error: DistanceRefused| InputError(error.to_string());
    let (Some(label), Some(exposed)) = (&ask.hd, &ask.exposed) else {
        let name = ask.rule.as_deref().unwrap_or_default();
        let value = tables.value(name, ask.neq, ask.edges).map_err(refused)?;
        return one(&tables, &value, ask, json);
    };
    let exposed = tables.site_named(exposed);
    let barricade = if ask.barricaded {
        Barricade::With
    } else {
        Barricade::Without
    };
    let distance = match ask.also.as_slice() {
        [] => {
            let asked = Ask {
                // The label says which.
                division: Division::D1_1,
                quantity: ask.neq,
                exposed,
                barricade,
                edges: ask.edges,
            };
            let distance = tables.distance_as_labelled(label, &asked, ask.mce);
            distance.map_err(refused)?
        }
        _ => of_several(&tables, ask, label, (exposed, barricade))?,
    };
    let functions: Vec<Json> = distance.terms.iter().map(function).collect();
    let value = json!({
        "distance_m": distance.metres, "rule": distance.rule(), "source": distance.source,
        "division": distance.division, "neq_kg": distance.quantity.to_string(),
        "mce_kg": ask.mce.map(|event| event.to_string()),
        "exposed": exposed, "barricade": barricade, "edges": distance.edges,
        "sums": (!ask.also.is_empty()).then_some(ask.sums),
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
    if !ask.also.is_empty() {
        writeln!(text, "  sums: {}", ask.sums)?;
    }
    writeln!(text, "  edges: {}", distance.edges)?;
    writeln!(text, "  source: {}", distance.source)?;
    for note in &distance.from_memory {
        writeln!(text, "  from memory, not looked up: {note}")?;
    }
    print(json, &value, text.trim_end());
    Ok(ExitCode::SUCCESS)
}

/// Several divisions in one store, by the rule for sums.
fn of_several(
    tables: &Tables,
    ask: &Qd,
    label: &Labelled,
    to: (&str, Barricade),
) -> anyhow::Result<Distance> {
    let [division] = label.divisions() else {
        let text = format!("state the subdivision of {label}: several divisions are summed");
        return Err(InputError(text).into());
    };
    let mut contents = BTreeMap::from([(*division, ask.neq)]);
    for (division, mass) in &ask.also {
        let sum: &mut Mass = contents.entry(*division).or_default();
        let more = sum.plus(*mass);
        *sum = more.ok_or_else(|| InputError(format!("too much of division {division}")))?;
    }
    if let Some((division, _)) = contents.iter().find(|(_, mass)| **mass == Mass::default()) {
        let text = format!("state more than 0 kg of division {division}, or leave it out");
        return Err(InputError(text).into());
    }
    let found = tables.distance_of(&contents, to, (ask.edges, ask.sums));
    let found = found.map_err(|error| InputError(error.to_string()))?;
    Ok(found.ok_or_else(|| InputError("state more than 0 kg".to_owned()))?)
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
        "formula": value.formula, "note": value.note, "read_in": value.read_in,
    })
}

fn line(text: &mut String, value: &Value) -> std::fmt::Result {
    writeln!(
        text,
        "  {}: {} = {:.2}, rounded up {} m",
        value.function, value.formula, value.exact_m, value.metres
    )?;
    if value.read_in < 2 {
        writeln!(text, "  its numbers were read in one transcription only")?;
    }
    match &value.note {
        Some(note) => writeln!(text, "  corrected: {note}"),
        None => Ok(()),
    }
}
