//! `egnatia firearm trace`.

use std::fmt::Write;
use std::process::ExitCode;

use egnatia_app::{Caller, NewTrace, NewTraceAnswer};
use egnatia_firearms::{
    AnswerState, Holder, Mark, MarkPlace, Outcome, Particulars, Personal, TraceAnswer,
};
use egnatia_record::{AuthorityId, RecordId};
use serde_json::{Value, json};

use super::show;
use crate::cli::{Trace, TraceAsk, TraceReply};
use crate::commands::print;
use crate::data::Data;
use crate::failure::InputError;

/// Asks, shows and answers traces.
pub async fn run(
    data: &Data,
    caller: &Caller,
    what: Trace,
    json: bool,
) -> anyhow::Result<ExitCode> {
    match what {
        Trace::Ask(what) => return ask(data, caller, what, json).await,
        Trace::Show { id, .. } => return show::trace(data, caller, id, json).await,
        Trace::List { limit, .. } => return list(data, caller, limit, json).await,
        Trace::Inbox { limit, .. } => return inbox(data, caller, limit, json).await,
        Trace::Further { id, to, .. } => {
            data.app.ask_further(caller, id, &to).await?;
            let text = format!("{to} is asked; its clock starts when the question arrives.");
            print(json, &json!({ "trace": id, "asked": to }), &text);
        }
        Trace::Consent { id, country, .. } => {
            data.app.consent_to_pass_on(caller, id, country).await?;
            let text =
                format!("It may be passed on to {country}; everybody who was asked is told.");
            print(json, &json!({ "trace": id, "consented": country }), &text);
        }
        Trace::Remind { id, .. } => {
            let late = data.app.remind_late(caller, id).await?;
            let names: Vec<&str> = late.iter().map(AuthorityId::as_str).collect();
            let text = format!("Reminded: {}.", names.join(", "));
            print(json, &json!({ "trace": id, "reminded": late }), &text);
        }
        Trace::Close { id, because, .. } => {
            data.app.close_trace(caller, id, because).await?;
            let text = format!("Closed: {because}. Everybody who has it is told.");
            print(json, &json!({ "trace": id, "closed": because }), &text);
        }
        Trace::Late { .. } => return late(data, caller, json).await,
        Trace::Partners { .. } => return partners(data, caller, json).await,
        Trace::Answer(what) => {
            let (id, new) = (what.id, reply(what)?);
            let said = new.outcome.as_str();
            let passed_to = new.pass_to.clone();
            data.app.answer_trace(caller, id, new).await?;
            let value = json!({ "answer": id, "outcome": said, "passed_to": passed_to });
            let text = format!("Answered: {said}. It goes to whoever asks, and to nobody between.");
            print(json, &value, &text);
        }
        Trace::PassOn { id, to, .. } => {
            data.app.pass_trace_on(caller, id, &to).await?;
            let text = format!("Passed on to {to}, in the words of whoever asks.");
            print(json, &json!({ "answer": id, "passed_to": to }), &text);
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn ask(data: &Data, caller: &Caller, what: TraceAsk, json: bool) -> anyhow::Result<ExitCode> {
    let weapon = match what.firearm {
        Some(id) => data.app.view_firearm(caller, id).await?.firearm.particulars,
        None => Particulars {
            marks: vec![Mark::readable(MarkPlace::Receiver, &what.serial)],
            kind: what.kind,
            make: what.make,
            model: what.model,
            calibre: what.calibre,
            category: None,
            country: what.country,
            year: what.year,
            distinguished_by: None,
            photographs: Vec::new(),
        },
    };
    let new = NewTrace {
        weapon,
        firearm: what.firearm,
        recovered_in: what.recovered_in,
        recovered_on: what.recovered_on,
        offence: what.offence,
        urgent: what.urgency.map(|ground| (ground, what.urgency_reason)),
        circumstances: what.circumstances,
        intended_use: what.intended_use,
        question: what.question,
        to: what.to.clone(),
        may_pass_to: what.may_pass_to.into_iter().collect(),
    };
    let id = data.app.start_trace(caller, new).await?;
    let text = format!("Trace {id} is on its way to {}.", what.to);
    print(json, &json!({ "trace": id, "to": what.to }), &text);
    Ok(ExitCode::SUCCESS)
}

async fn list(data: &Data, caller: &Caller, limit: u32, json: bool) -> anyhow::Result<ExitCode> {
    let page = data.app.traces(caller, None, limit).await?;
    let mut text = String::new();
    let mut values: Vec<Value> = Vec::new();
    for item in &page.items {
        let trace = &item.trace;
        writeln!(
            text,
            "{} {} {:8} {:9} {}",
            item.id,
            trace.asked_at,
            trace.priority,
            item.standing.as_str(),
            trace.weapon.display_name()
        )?;
        values.push(json!({
            "trace": item.id, "standing": item.standing.as_str(), "body": trace,
        }));
    }
    if page.items.is_empty() {
        text.push_str("This node asks after no weapon.");
    }
    print(json, &json!(values), text.trim_end());
    Ok(ExitCode::SUCCESS)
}

/// Who is late. The node that serves notes it by itself; whoever asks here does not wait for it.
async fn late(data: &Data, caller: &Caller, json: bool) -> anyhow::Result<ExitCode> {
    data.app.note_late_traces(caller).await?;
    let late = data.app.late_traces(caller).await?;
    let mut text = String::new();
    let mut values: Vec<Value> = Vec::new();
    for view in &late {
        writeln!(text, "{} {}", view.trace, view.name)?;
        for hop in &view.hops {
            let told = match hop.escalated_at {
                Some(at) => format!(", put to the supervisor {at:.0}"),
                None => String::new(),
            };
            writeln!(text, "  OVERDUE {:.0} {}{told}", hop.due_at, hop.authority)?;
        }
        match (view.may_remind, view.reminded_at) {
            (true, _) => writeln!(text, "  egnatia firearm trace remind {}", view.trace)?,
            (false, Some(at)) => writeln!(text, "  reminded {at:.0}, once a day at most")?,
            (false, None) => {}
        }
        values.push(json!({
            "trace": view.trace, "name": view.name, "hops": view.hops,
            "reminded_at": view.reminded_at, "may_remind": view.may_remind,
        }));
    }
    if late.is_empty() {
        text.push_str("Nobody is late with an answer.");
    }
    print(json, &json!(values), text.trim_end());
    Ok(ExitCode::SUCCESS)
}

/// How partners answer.
async fn partners(data: &Data, caller: &Caller, json: bool) -> anyhow::Result<ExitCode> {
    let rows = data.app.trace_partners(caller).await?;
    let mut text = String::new();
    for row in &rows {
        let median = row.median_tenths_of_a_day.map_or_else(
            || "no answer yet".to_owned(),
            |tenths| format!("median {}.{} days", tenths / 10, tenths % 10),
        );
        writeln!(
            text,
            "{:20} asked {:>4}, answered {:>4} ({} late, {} refused), overdue {:>4}, {median}",
            row.authority.as_str(),
            row.asked,
            row.answered,
            row.answered_late,
            row.refused,
            row.overdue
        )?;
    }
    if rows.is_empty() {
        text.push_str("No trace of this node has arrived anywhere yet.");
    }
    print(json, &json!(rows), text.trim_end());
    Ok(ExitCode::SUCCESS)
}

/// Partners' traces. What the register says of the weapon of an open one stands below it.
async fn inbox(data: &Data, caller: &Caller, limit: u32, json: bool) -> anyhow::Result<ExitCode> {
    let page = data.app.traces_to_answer(caller, None, limit).await?;
    let mut text = String::new();
    let mut values: Vec<Value> = Vec::new();
    for (id, answer, trace) in &page.items {
        writeln!(
            text,
            "{id} asked by {} by way of {}, {}: {}",
            answer.asker,
            answer.via,
            standing(answer),
            trace.weapon.display_name()
        )?;
        let like = match answer.state {
            AnswerState::Open => data.app.view_trace_answer(caller, *id).await?.like,
            AnswerState::Answered { .. } | AnswerState::Closed { .. } => Vec::new(),
        };
        for like in &like {
            let probability = like.assessment.probability * 100.0;
            writeln!(
                text,
                "  {probability:>5.1} %  {} {}",
                like.record, like.name
            )?;
        }
        let like: Vec<RecordId> = like.iter().map(|like| like.record).collect();
        values.push(json!({ "answer": id, "body": answer, "trace": trace, "like": like }));
    }
    if page.items.is_empty() {
        text.push_str("No partner asks after a weapon.");
    }
    print(json, &json!(values), text.trim_end());
    Ok(ExitCode::SUCCESS)
}

fn standing(answer: &TraceAnswer) -> String {
    match &answer.state {
        AnswerState::Open => format!("due {}", answer.due_at),
        AnswerState::Answered { outcome, at, .. } => format!("{} {at}", outcome.as_str()),
        AnswerState::Closed { at } => format!("closed {at}"),
    }
}

fn reply(what: TraceReply) -> Result<NewTraceAnswer, InputError> {
    let missing = |flag: &str| InputError(format!("state {flag} for `{}`", what.outcome));
    let on = what.on.ok_or_else(|| missing("--on"));
    let country = what.country.ok_or_else(|| missing("--country"));
    let reason = what.reason.ok_or_else(|| missing("--reason"));
    let kind = what.holder_kind;
    let holder = what.holder.ok_or_else(|| missing("--holder"));
    let holder = holder.map(|reference| Holder {
        kind,
        reference,
        name: what.holder_name.map(Personal::new),
        address: what.holder_address.map(Personal::new),
    });
    let outcome = match what.outcome.as_str() {
        "held-by" => Outcome::HeldBy {
            holder: holder?,
            since: on?,
            standing: what.standing,
        },
        "sold-to" => Outcome::SoldTo {
            holder: holder?,
            on: on?,
        },
        "exported-to" => Outcome::ExportedTo {
            country: country?,
            on: on?,
            licence: what.number,
        },
        "refused" => Outcome::Refused { reason: reason? },
        _ => Outcome::NoRecord,
    };
    Ok(NewTraceAnswer {
        outcome,
        pass_to: what.pass_to,
    })
}
