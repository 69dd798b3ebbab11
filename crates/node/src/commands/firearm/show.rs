//! `egnatia firearm show`, `egnatia firearm trace show`.

use std::fmt::Write;
use std::process::ExitCode;

use egnatia_app::{Caller, FirearmView, TraceView};
use egnatia_firearms::{HopState, Proposal};
use egnatia_record::RecordId;
use serde_json::{Value, json};

use crate::commands::print;
use crate::data::Data;

/// A weapon with its life.
pub async fn one(
    data: &Data,
    caller: &Caller,
    id: RecordId,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let view = data.app.view_firearm(caller, id).await?;
    let value = json!({
        "firearm": id, "envelope": view.envelope, "body": view.firearm,
        "custody": view.standing.custody, "since": view.standing.since,
        "form": view.standing.form, "hints": view.hints, "incidents": view.incidents,
    });
    print(json, &value, to_text(&view)?.trim_end());
    Ok(ExitCode::SUCCESS)
}

fn to_text(view: &FirearmView) -> Result<String, std::fmt::Error> {
    let what = &view.firearm.particulars;
    let mut text = String::new();
    let mut line = |label: &str, value: &str| match value.is_empty() {
        true => Ok(()),
        false => writeln!(text, "{label:16} {value}"),
    };
    line("Weapon", &what.display_name())?;
    line("Custody", view.standing.custody.as_str())?;
    line("Kind", what.kind.as_str())?;
    line("Calibre", &what.calibre)?;
    line("Form", view.standing.form.as_str())?;
    for mark in &what.marks {
        line(
            "Mark",
            &format!("{}: {} ({})", mark.place, mark.text, mark.state),
        )?;
    }
    for hint in &view.hints {
        line("Hint", hint)?;
    }
    if let Some(clock) = &view.clock {
        line("Report due", &clock.due_at.to_string())?;
    }
    for kept in &view.firearm.photographs {
        line("Photograph", &format!("{} {}", kept.record, kept.shows))?;
    }
    if let Some(proposed) = &view.firearm.proposed {
        let what = match proposed {
            Proposal::Destruction(_) => "destruction",
            Proposal::Correction(_) => "correction",
        };
        line("Proposed", &format!("{what}, by {}", proposed.by()))?;
    }
    for (number, entry) in (1_usize..).zip(&view.firearm.life) {
        let said = format!(
            "{number}. {} {} by {}",
            entry.on,
            entry.event.kind(),
            entry.by
        );
        line("Event", &said)?;
    }
    Ok(text)
}

/// A trace with its chain.
pub async fn trace(
    data: &Data,
    caller: &Caller,
    id: RecordId,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let view = data.app.view_trace(caller, id).await?;
    let now = data.app.now();
    let hops: Vec<Value> = view
        .hops
        .iter()
        .map(|hop| {
            let answered = hop.state.answer();
            let (outcome, at) = answered.unzip();
            json!({
                "authority": hop.authority, "via": hop.via, "depth": hop.depth,
                "since": hop.since, "due_at": hop.due_at, "overdue": hop.is_overdue(now),
                "state": hop.state.as_str(), "answer": outcome, "answered_at": at,
            })
        })
        .collect();
    let value = json!({
        "trace": id, "envelope": view.envelope, "body": view.trace, "hops": hops,
        "standing": view.standing.as_str(), "median_tenths_of_a_day": view.median_tenths, "leads": view.leads(),
        "last_holder_known": view.last_holder().is_some(),
    });
    print(json, &value, chain(&view, now)?.trim_end());
    Ok(ExitCode::SUCCESS)
}

fn chain(view: &TraceView, now: jiff::Timestamp) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    writeln!(text, "{}", view.trace.weapon.display_name())?;
    for hop in &view.hops {
        let says = match &hop.state {
            HopState::NotDelivered => "not delivered",
            HopState::Silent if hop.is_overdue(now) => "silent, late",
            HopState::Silent => "silent",
            HopState::Answered { outcome, .. } => outcome.as_str(),
        };
        let indent = "  ".repeat(hop.depth);
        writeln!(
            text,
            "{indent}{} ({says}), since {}, due {}",
            hop.authority, hop.since, hop.due_at
        )?;
    }
    if view.last_holder().is_some() {
        writeln!(text, "The last who had it is known.")?;
    }
    for country in view.leads() {
        writeln!(text, "It went to {country}, and nobody has asked there.")?;
    }
    if let Some(tenths) = view.median_tenths {
        writeln!(text, "Median answer: {}.{} days", tenths / 10, tenths % 10)?;
    }
    Ok(text)
}
