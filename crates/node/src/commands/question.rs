//! `egnatia question`.

use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;

use egnatia_alerts::{Direction, Inquiry, InquiryState};
use egnatia_app::{Caller, Enveloped, NewQuestion, PassedOn};
use egnatia_protocol::{Decision, Matter};
use egnatia_record::RecordId;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::alert::justified;
use super::pages::up_to;
use super::print;
use crate::cli::{AnswerQuestion, Ask, DecisionWord, Question};
use crate::config::Config;
use crate::data::{Data, Index, operator};
use crate::failure::InputError;

/// Lists, shows, asks and answers questions.
pub async fn run(
    folder: &Path,
    config: Config,
    what: Question,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let why = match &what {
        Question::List { why, .. } | Question::Show { why, .. } => why,
        Question::Ask(ask) => &ask.why,
        Question::Answer(answer) => &answer.why,
    };
    let caller = operator(Some(justified(why)?))?;
    let data = Data::open(folder, config, Index::Skip).await?;
    let done = act(&data, &caller, what, json).await;
    data.close().await;
    done
}

async fn act(data: &Data, caller: &Caller, what: Question, json: bool) -> anyhow::Result<ExitCode> {
    data.app.reload_directory().await?;
    match what {
        Question::List { limit, .. } => list(data, caller, limit, json).await,
        Question::Show { id, .. } => {
            let found = data.app.view_inquiry(caller, id).await?;
            print(json, &value(&found), &text(&found));
            Ok(ExitCode::SUCCESS)
        }
        Question::Ask(what) => ask(data, caller, *what, json).await,
        Question::Answer(what) => answer(data, caller, *what, json).await,
    }
}

async fn list(data: &Data, caller: &Caller, limit: u32, json: bool) -> anyhow::Result<ExitCode> {
    let found = up_to(limit, async |after, size| {
        data.app.inquiries(caller, after, size).await
    })
    .await?;
    let now = data.app.now();
    let mut text = String::new();
    for one in &found {
        let inquiry = &one.body;
        writeln!(
            text,
            "{} {} {:11} {:25} about {} {}",
            one.id,
            due(inquiry, now),
            way(inquiry),
            inquiry.matter,
            inquiry.about,
            inquiry.with
        )?;
    }
    if found.is_empty() {
        text.push_str("There are no questions. `egnatia question ask --help` says how to ask one.");
    }
    let values: Vec<Value> = found.iter().map(value).collect();
    print(json, &json!(values), text.trim_end());
    Ok(ExitCode::SUCCESS)
}

fn way(inquiry: &Inquiry) -> &'static str {
    match (inquiry.direction, &inquiry.state) {
        (_, InquiryState::Answered(_)) => "answered",
        (Direction::Received, _) => "to answer",
        (Direction::Asked, _) => "we asked",
        (Direction::Within, _) => "within",
    }
}

/// Until when, with the word that nobody overlooks.
fn due(inquiry: &Inquiry, now: Timestamp) -> String {
    let is_open = inquiry.state == InquiryState::Open;
    super::due(inquiry.due_at, is_open, now)
}

fn value(found: &Enveloped<Inquiry>) -> Value {
    json!({ "id": found.id, "inquiry": found.body })
}

fn text(found: &Enveloped<Inquiry>) -> String {
    let Enveloped { id, body, .. } = found;
    let mut lines = vec![
        format!("Question {id}: {}, {}", body.matter, way(body)),
        format!("with {}, about alert {}", body.with, body.about),
        format!("since {:.0}, due {:.0}", body.since, body.due_at),
        body.text.clone(),
    ];
    if let Some(to) = &body.recipient {
        lines.push(format!("whether {to} may have it"));
    }
    if let Some(urgent) = &body.urgent {
        lines.push(format!("urgent: {urgent}"));
    }
    if let InquiryState::Answered(answer) = &body.state {
        let decision = answer.decision.as_deref().unwrap_or("in words");
        lines.push(format!("answered {:.0}: {decision}", answer.at));
        lines.push(answer.text.clone());
    }
    lines.join("\n")
}

async fn ask(data: &Data, caller: &Caller, what: Ask, json: bool) -> anyhow::Result<ExitCode> {
    if let (Matter::OnwardTransfer, Some(to)) = (what.matter, &what.to) {
        if what.urgent.is_some() {
            let text = "--urgent does not go with onward-transfer: say it in --text";
            return Err(InputError(text.to_owned()).into());
        }
        let passed = data.app.pass_on(caller, what.about, to, what.text).await?;
        let (id, state, text) = match passed {
            PassedOn::Queued => (
                None,
                "sent",
                format!("The issuer has permitted it before: the alert goes to {to}."),
            ),
            PassedOn::Asked(id) => (
                Some(id),
                "asked",
                format!(
                    "The issuer is asked (question {id}). Once they permit it, it goes to {to}."
                ),
            ),
            PassedOn::Waits(id) => (
                Some(id),
                "waits",
                format!("The issuer was asked before and has not answered (question {id})."),
            ),
        };
        print(json, &json!({ "question": id, "state": state }), &text);
        return Ok(ExitCode::SUCCESS);
    }
    if what.to.is_some() {
        let text = "--to goes with --matter onward-transfer only: questions go to the issuer";
        return Err(InputError(text.to_owned()).into());
    }
    let question = NewQuestion {
        about: what.about,
        matter: what.matter,
        recipient: None,
        text: what.text,
        urgent: what.urgent,
    };
    let id = data.app.ask(caller, question).await?;
    let text = format!("Asked: question {id}. `egnatia question show {id}` shows the answer.");
    print(json, &json!({ "question": id, "state": "asked" }), &text);
    Ok(ExitCode::SUCCESS)
}

async fn answer(
    data: &Data,
    caller: &Caller,
    what: AnswerQuestion,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let decision = match (what.decision, what.ground) {
        (None, None) => None,
        (Some(DecisionWord::Granted), None) => Some(Decision::Granted),
        (Some(DecisionWord::Same), None) => Some(Decision::Same),
        (Some(DecisionWord::Different), None) => Some(Decision::Different),
        (Some(DecisionWord::Refused), Some(ground)) => Some(Decision::Refused { ground }),
        _ => {
            let text = "--ground goes with --decision refused, and with nothing else";
            return Err(InputError(text.to_owned()).into());
        }
    };
    let id: RecordId = what.id;
    data.app.answer(caller, id, decision, &what.text).await?;
    let text = format!("Question {id} is answered; the partner gets the answer at once.");
    print(json, &json!({ "answered": id }), &text);
    Ok(ExitCode::SUCCESS)
}
