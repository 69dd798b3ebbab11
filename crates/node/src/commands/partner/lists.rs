//! Tables: partners, arrangements, deliveries.

use std::fmt::Write;
use std::process::ExitCode;

use egnatia_app::{Caller, DeliveryFilter, LedgerPart};
use egnatia_record::AuthorityId;
use serde_json::{Value, json};

use super::print;
use crate::data::Data;

/// All partners with what waits for them.
pub async fn partners(data: &Data, caller: &Caller, json: bool) -> anyhow::Result<ExitCode> {
    let partners = data.app.partners(caller).await?;
    let mut text = String::new();
    let mut values: Vec<Value> = Vec::new();
    for partner in &partners {
        let (row, card) = (&partner.row, &partner.card);
        let oldest = partner
            .oldest
            .map_or_else(|| "-".to_owned(), |at| at.to_string());
        writeln!(
            text,
            "{:20} {:3} {:9} waiting {:6} since {oldest:27} {} {}{}",
            row.authority.as_str(),
            row.partner.to_string(),
            row.state.as_str(),
            partner.waiting,
            partner.fingerprint,
            card.addresses.join(" "),
            partner
                .log_alarm()
                .and_then(|row| row.problem.as_deref())
                .map_or_else(String::new, |problem| match problem {
                    "not-countersigned" => " ALARM: it does not countersign our log".to_owned(),
                    problem => format!(" ALARM: its log is {problem}"),
                })
        )?;
        values.push(json!({
            "authority": row.authority, "partner": row.partner, "state": row.state.as_str(),
            "decided_by": row.decided_by, "decided_at": row.decided_at,
            "waiting": partner.waiting, "oldest": partner.oldest, "names": card.names,
            "addresses": card.addresses, "card": card.serial,
            "fingerprint": partner.fingerprint,
            "log_problem": partner.log_problems.first().and_then(|row| row.problem.as_deref()),
        }));
    }
    if partners.is_empty() {
        text.push_str(
            "There are no partners yet. Give them your card (`egnatia partner card`), and accept \
             theirs (`egnatia partner accept --help`).",
        );
    }
    print(json, &json!(values), text.trim_end());
    Ok(ExitCode::SUCCESS)
}

/// What was agreed with whom.
pub async fn arrangements(
    data: &Data,
    caller: &Caller,
    adopt: bool,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let adopted = if adopt {
        Some(data.app.adopt_shipped_arrangements(caller).await?)
    } else {
        None
    };
    let arrangements = data.app.arrangements(caller)?;
    let mut text = String::new();
    if let Some(count) = adopted {
        writeln!(text, "{count} adopted; a lawyer has to confirm them.")?;
    }
    let mut values: Vec<Value> = Vec::new();
    for (id, agreed) in &arrangements {
        writeln!(
            text,
            "{:3} {:20} {:22} {:13} {}",
            agreed.partner.to_string(),
            agreed.gate.to_string(),
            if agreed.personal_data {
                "with personal data"
            } else {
                "no personal data"
            },
            if agreed.confirmed {
                "confirmed"
            } else {
                "not confirmed"
            },
            agreed.instrument
        )?;
        values.push(json!({ "id": id, "arrangement": agreed }));
    }
    if arrangements.is_empty() {
        text.push_str(
            "Nothing is agreed with anybody: nothing is sent. --adopt takes the shipped matrix.",
        );
    }
    let value = json!({ "adopted": adopted, "arrangements": values });
    print(json, &value, text.trim_end());
    Ok(ExitCode::SUCCESS)
}

/// What was queued for a partner, newest first.
pub async fn deliveries(
    data: &Data,
    caller: &Caller,
    (authority, wanted): (&AuthorityId, DeliveryFilter),
    json: bool,
) -> anyhow::Result<ExitCode> {
    let rows = data.app.deliveries_to(caller, authority, wanted).await?;
    let mut text = String::new();
    let mut values: Vec<Value> = Vec::new();
    for row in &rows {
        let record = row
            .record
            .map_or_else(|| "-".to_owned(), |record| record.to_string());
        let done = row
            .done_at
            .map_or_else(|| "-".to_owned(), |at| at.to_string());
        writeln!(
            text,
            "{:8} {:8} {record:32} {:9} queued {:27} done {done:27} {}",
            row.position,
            row.kind,
            row.state.as_str(),
            row.queued_at.to_string(),
            row.reason.as_deref().unwrap_or_default()
        )?;
        values.push(json!({
            "position": row.position, "kind": row.kind, "record": row.record,
            "version": row.version, "ground": row.ground, "state": row.state.as_str(),
            "queued_at": row.queued_at, "done_at": row.done_at, "reason": row.reason,
            "has_receipt": row.receipt.is_some(),
        }));
    }
    if rows.is_empty() {
        text.push_str(match (wanted.before, wanted.part) {
            (Some(_), _) => "There is nothing before that.",
            (None, LedgerPart::Shared) => {
                "Nothing was ever told to this partner. Keys and checkpoints: --part upkeep."
            }
            (None, _) => "Nothing was ever queued for this partner.",
        });
    }
    print(json, &json!(values), text.trim_end());
    Ok(ExitCode::SUCCESS)
}
