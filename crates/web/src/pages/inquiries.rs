//! Questions between this authority and partners, each with its clock and its answer.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use egnatia_alerts::{Direction, Inquiry, InquiryState, Reason};
use egnatia_app::{Action, Enveloped};
use egnatia_protocol::{Decision, DeclineGround};
use egnatia_record::RecordId;

use super::alert_form::{Filler, Wrong};
use super::{incoming, record_id, terms};
use crate::parts::{Cell, Clock, Facts, FieldKind, Form, Table};
use crate::problem::Problem;
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::words::sentence;
use crate::{Area, Frame, cursor};

const PAGE: u32 = 50;

/// The page of the questions, or of the reports of hits.
#[derive(Debug, Template)]
#[template(path = "incoming.html")]
pub struct IncomingPage {
    /// The frame.
    pub frame: Frame,
    /// What else came: address, name, whether it is shown.
    pub tabs: Vec<(&'static str, String, bool)>,
    /// What the list is.
    pub lede: String,
    /// What is due first first, then what is done.
    pub table: Table,
}

/// The page of one question.
#[derive(Debug, Template)]
#[template(path = "inquiry.html")]
pub struct InquiryPage {
    /// The frame.
    pub frame: Frame,
    /// What is asked.
    pub text: String,
    /// Until when it is answered, while it is open.
    pub clock: Option<Clock>,
    /// With whom, about what.
    pub facts: Facts,
    /// The form that answers it.
    pub answer: Option<Form>,
    /// The answer.
    pub answered: Option<Facts>,
    /// Why there is neither.
    pub waits: Option<String>,
}

/// Shows the questions, what is due first first.
pub(crate) async fn show_inquiries(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ListAlerts)?;
    let t = signed.t();
    let after = cursor::read_due(signed.visit.query("after").as_deref())?;
    let app = &signed.state.app;
    let page = app.inquiries(signed.caller(), after, PAGE).await?;
    let title = t.text("inquiries-title");
    let frame = signed.frame(title, Some(Area::Inbox)).await;
    let rows = page.items.iter();
    let rows = rows.map(|item| incoming::inquiry(&signed, &frame, item));
    let table = incoming::table(t, String::new(), "inquiries", rows.collect());
    let next = page
        .next
        .map(|next| format!("/inquiries?after={}", cursor::write_due(next)));
    Ok(show(&IncomingPage {
        tabs: incoming::tabs(&signed, "/inquiries"),
        lede: t.text("inquiries-lede"),
        table: table.next(next),
        frame,
    }))
}

/// Shows a question.
pub(crate) async fn show_inquiry(
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    signed.enter(Action::ViewAlert)?;
    let id = record_id(&id)?;
    let view = signed.state.app.view_inquiry(signed.caller(), id).await?;
    let page = page(&signed, &view, (&Posted::default(), &Wrong::new())).await;
    Ok(show(&page))
}

async fn page(
    signed: &Signed,
    view: &Enveloped<Inquiry>,
    (posted, wrong): (&Posted, &Wrong),
) -> InquiryPage {
    let t = signed.t();
    let body = &view.body;
    let matter = terms::word(t, &["matter"], &body.matter);
    let frame = signed
        .frame(t.with("inquiry-title", "matter", matter), Some(Area::Inbox))
        .await;
    let is_open = body.state == InquiryState::Open;
    let received = body.direction == Direction::Received;
    let may_answer = is_open && received && signed.offers(Action::Exchange);
    let waits = (is_open && !may_answer).then(|| {
        t.text(match body.direction {
            Direction::Received => "inquiry-may-not",
            Direction::Asked => "inquiry-waits",
            Direction::Within => "alert-achieved-answer",
        })
    });
    InquiryPage {
        text: body.text.clone(),
        clock: is_open.then(|| {
            let times = (body.since, body.due_at, frame.now());
            let then = t.text(match body.direction {
                Direction::Received => "inquiry-then",
                Direction::Asked => "inquiry-then-asked",
                Direction::Within => "alert-achieved-then",
            });
            Clock::new(t, &frame.node.zone, times, Some(then))
        }),
        facts: facts(signed, &frame, body),
        answer: may_answer.then(|| answer_form(&frame, view, (posted, wrong))),
        answered: answered(signed, &frame, body),
        waits,
        frame,
    }
}

fn facts(signed: &Signed, frame: &Frame, body: &Inquiry) -> Facts {
    let t = frame.t;
    let with = terms::authority(&signed.state.app, t, &body.with);
    let key = match body.direction {
        Direction::Received => "inquiry-asks",
        Direction::Asked => "inquiry-asked",
        Direction::Within => "inquiry-told",
    };
    Facts::new()
        .with(t.text(key), Cell::Lines(with, body.with.to_string()))
        .with(
            t.text("inquiry-about"),
            Cell::link(format!("/alerts/{}", body.about), t.text("match-see-alert")),
        )
        .with_some(
            t.text("inquiry-recipient"),
            body.recipient.as_ref().map(|recipient| {
                let name = terms::authority(&signed.state.app, t, recipient);
                Cell::Lines(name, recipient.to_string())
            }),
        )
        .with_some(
            t.text("inquiry-urgent-why"),
            body.urgent.clone().map(Cell::Text),
        )
        .with(t.text("column-came"), Cell::Time(frame.moment(body.since)))
}

fn answered(signed: &Signed, frame: &Frame, body: &Inquiry) -> Option<Facts> {
    let t = frame.t;
    let InquiryState::Answered(answer) = &body.state else {
        return None;
    };
    let decision = answer.decision.as_ref().map(|decision| {
        let (word, ground) = match decision.split_once(": ") {
            Some((word, ground)) => (word, Some(ground)),
            None => (decision.as_str(), None),
        };
        let word = terms::word(t, &["answer"], word);
        match ground {
            Some(ground) => Cell::Lines(word, terms::word(t, &["decline"], ground)),
            None => Cell::Text(word),
        }
    });
    let by = match &answer.by {
        Some(by) => by.to_string(),
        None => terms::authority(&signed.state.app, t, &body.with),
    };
    let facts = Facts::new()
        .with_some(t.text("inquiry-decision"), decision)
        .with(t.text("inquiry-answer"), Cell::Text(answer.text.clone()))
        .with(t.text("column-by"), Cell::Text(by))
        .with(t.text("column-at"), Cell::Time(frame.moment(answer.at)));
    Some(facts)
}

/// What may be decided on a question of this kind.
fn decisions(matter: &str) -> &'static [&'static str] {
    match matter {
        "duplicate-question" => &["same", "different"],
        "supplementary-information" => &["words", "refused"],
        _ => &["granted", "refused"],
    }
}

fn answer_form(
    frame: &Frame,
    view: &Enveloped<Inquiry>,
    (posted, wrong): (&Posted, &Wrong),
) -> Form {
    let t = frame.t;
    let filler = Filler { t, posted, wrong };
    let matter = view.body.matter.as_str();
    let words = decisions(matter).iter().copied();
    let decision = terms::choices_or_none(t, "choose", "answer", words);
    let mut fields = vec![
        filler
            .choice("decision", "inquiry-decision", decision)
            .required()
            .first(),
    ];
    if decisions(matter).contains(&"refused") {
        let grounds = DeclineGround::ALL.iter().map(|ground| ground.as_str());
        let grounds = terms::choices_or_none(t, "inquiry-no-ground", "decline", grounds);
        fields.push(filler.choice("ground", "inquiry-ground", grounds));
    }
    let text = filler.line("text", "inquiry-answer").kind(FieldKind::Area);
    fields.push(text.required());
    let action = format!("/inquiries/{}/answer", view.id);
    Form::new(t, action, fields, t.text("inquiry-submit"), None).csrf(frame.csrf())
}

/// Answers a question.
pub(crate) async fn answer(
    signed: Signed,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    signed.enter(Action::Exchange)?;
    let id = record_id(&id)?;
    let (app, caller, t) = (&signed.state.app, signed.caller(), signed.t());
    let mut wrong = Wrong::new();
    let mut refuse = |field: &str, key: &str| {
        wrong.insert(field.to_owned(), t.text(key));
    };
    let decision = match (posted.raw("decision"), posted.raw("ground").parse()) {
        ("granted", _) => Some(Decision::Granted),
        ("same", _) => Some(Decision::Same),
        ("different", _) => Some(Decision::Different),
        ("refused", Ok(ground)) => Some(Decision::Refused { ground }),
        ("words", _) => None,
        ("refused", Err(_)) => {
            refuse("ground", "inquiry-ground-missing");
            None
        }
        _ => {
            refuse("decision", "alert-choose");
            None
        }
    };
    let text = Reason::try_from(posted.text("text"));
    if text.is_err() {
        refuse("text", "alert-reason-invalid");
    }
    match text {
        Ok(text) if wrong.is_empty() => {
            let answered = app.answer(caller, id, decision, &text).await;
            match answered.map_err(Problem::from) {
                Ok(()) => return Ok(done(&path(id), "inquiry-answered")),
                Err(problem) => match problem.errors.first() {
                    Some(error) => wrong.insert("text".to_owned(), sentence(&error.detail)),
                    None => return Err(problem),
                },
            };
        }
        _ => {}
    }
    let view = app.view_inquiry(caller, id).await?;
    let page = page(&signed, &view, (&posted, &wrong)).await;
    Ok(show_refused(&page))
}

fn path(id: RecordId) -> String {
    format!("/inquiries/{id}")
}
