//! `egnatia alert list`, `egnatia alert show`.

use std::fmt::Write;
use std::process::ExitCode;

use egnatia_app::{AlertList, AlertView, Caller};
use egnatia_record::RecordId;
use serde_json::{Value, json};

use crate::commands::pages::up_to;
use crate::commands::print;
use crate::data::Data;

/// Alerts, what is due for review first.
pub async fn list(
    data: &Data,
    caller: &Caller,
    which: AlertList,
    limit: u32,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let found = up_to(limit, async |after, size| {
        data.app.alerts(caller, which, after, size).await
    })
    .await?;
    let mut text = String::new();
    let mut values: Vec<Value> = Vec::new();
    for summary in &found {
        let (alert, envelope) = (&summary.body, &summary.envelope);
        writeln!(
            text,
            "{} {:9} {:25} review {} {:20} {}",
            summary.alert,
            summary.state,
            alert.category.as_str(),
            alert.review_on,
            envelope.originator.as_str(),
            alert.display_name()
        )?;
        values.push(json!({
            "alert": summary.alert, "state": summary.state, "originator": envelope.originator,
            "name": alert.display_name(), "category": alert.category,
            "entered_on": alert.entered_on, "review_on": alert.review_on,
            "reference": alert.reference,
        }));
    }
    if found.is_empty() {
        text.push_str("There are no alerts here.");
    }
    print(json, &json!(values), text.trim_end());
    Ok(ExitCode::SUCCESS)
}

/// An alert with where it went.
pub async fn one(
    data: &Data,
    caller: &Caller,
    id: RecordId,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let view = data.app.view_alert(caller, id).await?;
    let recipients: Vec<Value> = view
        .recipients
        .iter()
        .map(|recipient| {
            json!({
                "authority": recipient.authority, "partner": recipient.partner,
                "ground": recipient.outcome.as_ref().ok(),
                "withheld": recipient.outcome.as_ref().err().map(|why| why.as_str()),
            })
        })
        .collect();
    let deliveries: Vec<Value> = view
        .deliveries
        .iter()
        .map(|row| {
            json!({
                "to": row.to, "kind": row.kind, "version": row.version,
                "state": row.state.as_str(), "queued_at": row.queued_at, "done_at": row.done_at,
                "reason": row.reason,
            })
        })
        .collect();
    let value = json!({
        "alert": id, "state": view.state, "is_own": view.is_own, "envelope": view.envelope,
        "body": view.alert, "warn_on": view.warn_on, "recipients": recipients,
        "deliveries": deliveries, "matches": view.matches, "inquiries": view.inquiries,
        "hit_reports": view.hit_reports,
    });
    print(json, &value, to_text(&view)?.trim_end());
    Ok(ExitCode::SUCCESS)
}

fn to_text(view: &AlertView) -> Result<String, std::fmt::Error> {
    let (alert, envelope) = (&view.alert, &view.envelope);
    let mut text = String::new();
    let mut line = |what: &str, value: &str| {
        if value.is_empty() {
            return Ok(());
        }
        writeln!(text, "{what:16} {value}")
    };
    let joined = |texts: &mut dyn Iterator<Item = String>| texts.collect::<Vec<_>>().join("; ");
    let subject = &alert.subject;
    let stated = |text: &Option<String>| text.clone().unwrap_or_default();
    line(
        "Alert",
        &format!("{}, version {}", envelope.id, envelope.version.number()),
    )?;
    line("State", &view.state)?;
    line("Issuer", envelope.originator.as_str())?;
    line("Category", alert.category.as_str())?;
    line("Object", alert.object.map_or("", |object| object.as_str()))?;
    let mut names = subject.names.iter().map(|name| name.text.clone());
    line("Name", &joined(&mut names))?;
    let mut births = subject.births.iter().map(ToString::to_string);
    line("Born", &joined(&mut births))?;
    line("Nationality", &subject.nationalities.join("; "))?;
    line("Place", &subject.places.join("; "))?;
    let mut numbers = subject.identifiers.iter().map(|id| id.value.clone());
    line("Numbers", &joined(&mut numbers))?;
    let mut warnings = alert.warnings.iter().map(|w| w.as_str().to_owned());
    line("Warnings", &joined(&mut warnings))?;
    line("Action", &alert.action)?;
    line("Reason", alert.reason.as_str())?;
    line("Decision", &alert.decision)?;
    line("Offence", &stated(&alert.offence))?;
    line("Characteristics", &stated(&alert.characteristics))?;
    line("Told apart by", &stated(&alert.distinguished_by))?;
    line("Reference", &stated(&alert.reference))?;
    line("Entered on", &alert.entered_on.to_string())?;
    line("Review on", &alert.review_on.to_string())?;
    for row in &view.deliveries {
        let done = row.done_at.unwrap_or(row.queued_at);
        line(
            "Delivery",
            &format!("{} {} {} {done}", row.to, row.kind, row.state.as_str()),
        )?;
    }
    for recipient in &view.recipients {
        if let Err(why) = &recipient.outcome {
            line("Does not go", &format!("{}: {why}", recipient.authority))?;
        }
    }
    Ok(text)
}
