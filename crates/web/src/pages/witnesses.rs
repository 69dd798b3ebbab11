//! Witnesses: how far partners have seen this node's audit log, and this node theirs; and which log
//! was rewritten.

use std::collections::BTreeSet;

use egnatia_app::{AWAITED, Action, PROOF_WITHIN, WitnessRow, Witnessed};
use jiff::Timestamp;

use super::terms;
use crate::parts::{Cell, Empty, Table, Tone};
use crate::problem::Problem;
use crate::visit::Signed;
use crate::{Frame, words};

/// What the audit page says of witnesses.
#[derive(Debug)]
pub struct Witnesses {
    /// Logs that were rewritten, one sentence each.
    pub alarms: Vec<String>,
    /// The sign before each of them.
    pub sign: &'static str,
    /// Who has countersigned this node's log, and how far.
    pub own: Table,
    /// How far the partners' logs were seen, and by whom.
    pub others: Table,
}

/// The section, for whoever may verify the log.
pub(super) async fn section(signed: &Signed, frame: &Frame) -> Result<Option<Witnesses>, Problem> {
    if !signed.offers(Action::VerifyAudit) {
        return Ok(None);
    }
    let mut rows = signed.state.app.witnesses(signed.caller()).await?;
    // Who is only waited for stands in the table as one who has not countersigned yet.
    rows.retain(|witnessed| witnessed.row.problem.as_deref() != Some(AWAITED));
    let (broken, whole): (Vec<Witnessed>, Vec<Witnessed>) = rows
        .into_iter()
        .partition(|witnessed| witnessed.row.problem.is_some());
    let alarms = broken.iter().filter(|witnessed| witnessed.row.is_alarm());
    let (own, others): (Vec<Witnessed>, Vec<Witnessed>) =
        whole.into_iter().partition(|witnessed| witnessed.is_own);
    let own = broken.iter().chain(&own).filter(|found| found.is_own);
    let others = broken.iter().chain(&others).filter(|found| !found.is_own);
    Ok(Some(Witnesses {
        alarms: alarms.map(|found| alarm(signed, frame, found)).collect(),
        sign: Tone::Against.sign(),
        own: own_log(signed, frame, &own.collect::<Vec<_>>()),
        others: other_logs(signed, frame, others),
    }))
}

fn alarm(signed: &Signed, frame: &Frame, Witnessed { row, is_own }: &Witnessed) -> String {
    let (app, t) = (&signed.state.app, signed.t());
    let values = [
        ("log", terms::authority(app, t, &row.log)),
        ("witness", witness(signed, row)),
        ("size", words::quantity(row.size)),
        ("time", frame.moment(row.seen_at).text),
    ];
    let key = match *is_own && !row.is_silence() {
        true => "witness-alarm-own".to_owned(),
        false => problem_key("alarm", row),
    };
    t.with_all(&key, &values)
}

/// The text for what is wrong; a problem that has no text of its own reads as a rewritten log.
pub(super) fn problem_key(start: &str, row: &WitnessRow) -> String {
    match row.problem.as_deref() {
        Some(
            problem @ ("shortened" | "forked" | "unproved" | "proof-withheld" | "silent"
            | "not-countersigned"),
        ) => {
            format!("witness-{start}-{problem}")
        }
        _ => format!("witness-{start}-rewritten"),
    }
}

fn witness(signed: &Signed, row: &WitnessRow) -> String {
    let (app, t) = (&signed.state.app, signed.t());
    if row.witness == app.settings().authority {
        t.text("alert-issuer-own")
    } else {
        terms::authority(app, t, &row.witness)
    }
}

/// Partner by partner; one that has not countersigned yet is named too.
fn own_log(signed: &Signed, frame: &Frame, rows: &[&Witnessed]) -> Table {
    let (app, t) = (&signed.state.app, frame.t);
    let columns = &[
        "column-partner",
        "column-countersigned",
        "column-seen",
        "column-state",
    ];
    let seen: BTreeSet<_> = rows
        .iter()
        .map(|witnessed| &witnessed.row.witness)
        .collect();
    let directory = app.directory();
    let accepted = directory.partners().filter(|partner| partner.is_accepted());
    let silent = accepted
        .map(|partner| &partner.row.authority)
        .filter(|authority| !seen.contains(authority))
        .map(|authority| {
            vec![
                Cell::Lines(terms::authority(app, t, authority), authority.to_string()),
                Cell::Number(words::quantity(0)),
                Cell::Text(String::new()),
                Cell::tag(Tone::Silent, t.text("witness-silent")),
            ]
        });
    let vouched = rows.iter().map(|Witnessed { row, .. }| {
        let state = if row.is_alarm() {
            Cell::tag(Tone::Against, t.text(&problem_key("is", row)))
        } else if row.statement.is_some() {
            Cell::tag(Tone::Agree, t.text("witness-signed"))
        } else {
            Cell::tag(Tone::Silent, t.text("witness-unsigned"))
        };
        vec![
            Cell::Lines(witness(signed, row), row.witness.to_string()),
            Cell::Number(words::quantity(row.size)),
            Cell::Time(frame.moment(row.seen_at)),
            state,
        ]
    });
    let rows = vouched.chain(silent).collect();
    let caption = t.text("witness-own");
    Table::new(t, caption, columns, Empty::of(t, "witness-own")).rows(rows)
}

fn other_logs<'a>(
    signed: &Signed,
    frame: &Frame,
    rows: impl Iterator<Item = &'a Witnessed>,
) -> Table {
    let (app, t) = (&signed.state.app, frame.t);
    let columns = &[
        "column-log",
        "column-witness",
        "column-entries",
        "column-seen",
        "column-state",
    ];
    // Who saw the same of a log stands in one row: seven sides have seen each of seven logs.
    let mut same: Vec<(&WitnessRow, Vec<String>, Timestamp)> = Vec::new();
    for Witnessed { row, .. } in rows {
        let name = witness(signed, row);
        let is_same = |held: &WitnessRow| {
            held.problem.is_none()
                && row.problem.is_none()
                && (&held.log, held.size, &held.root) == (&row.log, row.size, &row.root)
        };
        match same.iter_mut().find(|(held, ..)| is_same(held)) {
            Some((_, names, seen_at)) => {
                names.push(name);
                *seen_at = row.seen_at.max(*seen_at);
            }
            None => same.push((row, vec![name], row.seen_at)),
        }
    }
    let rows = same
        .into_iter()
        .map(|(row, names, seen_at)| {
            let state = if row.is_alarm() {
                Cell::tag(Tone::Against, t.text(&problem_key("is", row)))
            } else if row.waits_for_proof() {
                let until = row.seen_at.checked_add(PROOF_WITHIN).unwrap_or(row.seen_at);
                let until = frame.moment(until).text;
                Cell::tag(
                    Tone::Caution,
                    t.with("witness-is-unproved-until", "time", until),
                )
            } else {
                Cell::tag(Tone::Agree, t.text("witness-whole"))
            };
            vec![
                Cell::Lines(terms::authority(app, t, &row.log), row.log.to_string()),
                Cell::Text(names.join(", ")),
                Cell::Number(words::quantity(row.size)),
                Cell::Time(frame.moment(seen_at)),
                state,
            ]
        })
        .collect();
    let caption = t.text("witness-others");
    Table::new(t, caption, columns, Empty::of(t, "witness-others")).rows(rows)
}
