//! `egnatia hit`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;

use egnatia_alerts::{FollowUpState, HitReport};
use egnatia_app::{AlertPurpose, Caller, Enveloped, HitView};
use egnatia_record::RecordId;
use serde_json::{Value, json};

use super::alert::justified;
use super::pages::up_to;
use super::{due, print};
use crate::cli::Hit;
use crate::config::Config;
use crate::data::{Data, Index, operator};

/// Lists and shows hits, and closes what they ask for.
pub async fn run(folder: &Path, config: Config, what: Hit, json: bool) -> anyhow::Result<ExitCode> {
    let (Hit::List { why, .. }
    | Hit::Show { why, .. }
    | Hit::Report { why, .. }
    | Hit::FollowUp { why, .. }) = &what;
    let caller = operator(Some(justified(why)?))?;
    let data = Data::open(folder, config, Index::Skip).await?;
    let done = act(&data, &caller, what, json).await;
    data.close().await;
    done
}

async fn act(data: &Data, caller: &Caller, what: Hit, json: bool) -> anyhow::Result<ExitCode> {
    data.app.reload_directory().await?;
    let (value, text) = match what {
        Hit::List {
            reported: true,
            limit,
            ..
        } => reported(data, caller, limit).await?,
        Hit::List { limit, .. } => own(data, caller, limit).await?,
        Hit::Show {
            id, reported: true, ..
        } => {
            let found = data.app.view_hit_report(caller, id).await?;
            (report_value(&found), report_text(&found))
        }
        Hit::Show { id, .. } => {
            let found = data.app.hit(caller, id).await?;
            (hit_value(id, &found), hit_text(id, &found))
        }
        Hit::Report {
            id, text, fields, ..
        } => {
            let fields: BTreeMap<_, _> = fields.into_iter().collect();
            let done = data.app.finish_follow_up_with(caller, id, text, fields);
            done.await?;
            let text = format!(
                "The follow-up of hit {id} is closed. Where it is on a partner's alert, its issuer \
                 is told."
            );
            (json!({ "closed": id }), text)
        }
        Hit::FollowUp {
            id, text, achieved, ..
        } => {
            let purpose = match achieved {
                true => AlertPurpose::Achieved,
                false => AlertPurpose::Lasts,
            };
            let done = data.app.follow_up_report_with(caller, id, text, purpose);
            done.await?;
            let text = format!("Report {id} is followed up.");
            (json!({ "followed_up": id }), text)
        }
    };
    print(json, &value, &text);
    Ok(ExitCode::SUCCESS)
}

/// Hits that were confirmed here.
async fn own(data: &Data, caller: &Caller, limit: u32) -> anyhow::Result<(Value, String)> {
    let found = up_to(limit, async |after, size| {
        data.app.hits(caller, after, size).await
    })
    .await?;
    let now = data.app.now();
    let mut text = String::new();
    let mut values: Vec<Value> = Vec::new();
    for hit in &found {
        let until = match hit.due_at {
            Some(due_at) => due(due_at, !hit.done, now),
            None => due(hit.at, false, now),
        };
        writeln!(
            text,
            "{} {until} {:20} {} ({}), asked: {}",
            hit.hit, hit.case, hit.entry, hit.list, hit.asked
        )?;
        values.push(json!({
            "hit": hit.hit, "confirmed_at": hit.at, "confirmed_by": hit.by, "case": hit.case,
            "asked": hit.asked, "entry": hit.entry, "list": hit.list, "due_at": hit.due_at,
            "done": hit.done,
        }));
    }
    if found.is_empty() {
        text.push_str("There are no hits. A match is confirmed on its page by a named officer.");
    }
    Ok((json!(values), text.trim_end().to_owned()))
}

/// Hits that partners have reported on alerts of this node.
async fn reported(data: &Data, caller: &Caller, limit: u32) -> anyhow::Result<(Value, String)> {
    let found = up_to(limit, async |after, size| {
        data.app.hit_reports(caller, after, size).await
    })
    .await?;
    let now = data.app.now();
    let mut text = String::new();
    for one in &found {
        let report = &one.body;
        let is_open = report.followed_up.is_none();
        writeln!(
            text,
            "{} {} {:20} found {} (alert {})",
            one.id,
            due(report.due_at, is_open, now),
            report.from.as_str(),
            report.name,
            report.alert
        )?;
    }
    if found.is_empty() {
        text.push_str("No partner has reported a hit on an alert of this node.");
    }
    let values: Vec<Value> = found.iter().map(report_value).collect();
    Ok((json!(values), text.trim_end().to_owned()))
}

fn report_value(found: &Enveloped<HitReport>) -> Value {
    json!({ "id": found.id, "hit_report": found.body })
}

fn report_text(found: &Enveloped<HitReport>) -> String {
    let report = &found.body;
    let mut lines = vec![
        format!("Report {}: {} found {}", found.id, report.from, report.name),
        format!(
            "on alert {}, version {}",
            report.alert, report.alert_version
        ),
        format!(
            "confirmed {}, received {}, due {}",
            report.confirmed_at, report.received_at, report.due_at
        ),
        report.action_taken.clone(),
    ];
    let fields = report.report.iter();
    lines.extend(fields.map(|(field, text)| format!("{field}: {text}")));
    if let Some(done) = &report.followed_up {
        lines.push(format!(
            "followed up {} by {}: {}",
            done.at, done.by, done.report
        ));
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

fn hit_value(id: RecordId, found: &HitView) -> Value {
    json!({
        "hit": id, "confirmed": found.hit, "reason": found.reason,
        "follow_up": found.follow_up, "covert": found.covert,
    })
}

fn hit_text(id: RecordId, found: &HitView) -> String {
    let hit = &found.hit;
    let mut lines = vec![
        format!("Hit {id}: {} ({})", hit.entry.name, hit.entry.list),
        format!("confirmed {} by {}", hit.confirmed_at, hit.confirmed_by),
    ];
    if found.covert {
        lines.push("THE PERSON MUST NOT LEARN OF IT.".to_owned());
    }
    lines.push(hit.action.clone());
    match found
        .follow_up
        .as_ref()
        .map(|follow_up| (&follow_up.state, follow_up.due_at))
    {
        Some((FollowUpState::Open, due_at)) => lines.push(format!("to be followed up by {due_at}")),
        Some((FollowUpState::Done { report, by, at }, _)) => {
            lines.push(format!("followed up {at} by {by}: {report}"));
        }
        None => {}
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}
