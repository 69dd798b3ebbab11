//! A partner's trace is answered, and passed on where the asker has consented.

use axum::extract::Path;
use axum::response::Response;
use egnatia_app::{Action, NewTraceAnswer, TraceAnswerView};
use egnatia_firearms::{AnswerState, Country, Holder, Outcome, Refusal, Trace, TraceAnswer};
use egnatia_record::{AuthorityId, RecordId};

use super::alert_facts::day;
use super::alert_form::{Filler, Wrong};
use super::firearm_fields::{holder_kinds, partners, read_day, read_holder, words, words_or_none};
use super::firearm_new::like_table;
use super::firearm_sections::{Section, SectionsPage, whole, whole_of, wrong_in_words};
use super::{record_id, terms, traces};
use crate::parts::{Cell, Clock, Empty, Facts, FieldGroup, Form, Table, Tone};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::{Area, Frame, Texts};

/// What can be answered, in the order of the form.
const OUTCOMES: [&str; 5] = ["held-by", "sold-to", "exported-to", "no-record", "refused"];

/// An answer in a line. A holder is named where the answer names one.
pub(super) fn outcome_text(t: &Texts, outcome: &Outcome) -> String {
    let holder = |holder: &Holder| {
        let personal = [&holder.name, &holder.address].into_iter().flatten();
        let personal = personal.map(|text| text.reveal().to_owned());
        let kind = terms::word(t, &["holder"], holder.kind.as_str());
        let texts: Vec<String> = [kind, holder.reference.clone()]
            .into_iter()
            .chain(personal)
            .collect();
        texts.join(", ")
    };
    match outcome {
        Outcome::HeldBy {
            holder: by,
            since,
            standing,
        } => {
            let standing = terms::word(t, &["custody"], standing);
            format!("{}; {}, {standing}", holder(by), day(*since))
        }
        Outcome::SoldTo { holder: to, on } => format!("{}; {}", holder(to), day(*on)),
        Outcome::ExportedTo {
            country,
            on,
            licence,
        } => {
            let licence = licence.as_ref().map(|text| format!(", {text}"));
            format!("{country}, {}{}", day(*on), licence.unwrap_or_default())
        }
        Outcome::NoRecord => String::new(),
        Outcome::Refused { reason } => terms::word(t, &["decline"], reason.as_str()),
    }
}

/// Traces of partners, what is due first first.
pub(super) fn waiting_table(
    signed: &Signed,
    frame: &Frame,
    items: &[(RecordId, TraceAnswer, Trace)],
) -> Table {
    let t = frame.t;
    let columns = &["column-name", "trace-from", "trace-priority", "hop-clock"];
    let rows = items.iter().map(|(id, answer, trace)| {
        let clock = match &answer.state {
            AnswerState::Open => {
                let times = (answer.received_at, answer.due_at, frame.now());
                Cell::Clock(Box::new(Clock::new(t, &frame.node.zone, times, None)))
            }
            AnswerState::Answered { outcome, .. } => Cell::tag(
                Tone::Agree,
                terms::word(t, &["trace-outcome"], outcome.as_str()),
            ),
            AnswerState::Closed { .. } => Cell::tag(Tone::Silent, t.text("trace-not-needed")),
        };
        let mut from = vec![terms::authority(&signed.state.app, t, &answer.asker)];
        if trace.reminded_at.is_some() && answer.state == AnswerState::Open {
            from.push(t.text("trace-reminds"));
        }
        vec![
            Cell::link(format!("/trace-answers/{id}"), trace.weapon.display_name()),
            Cell::Text(from.join(": ")),
            traces::priority(t, trace.is_urgent()),
            clock,
        ]
    });
    let empty = Empty::of(t, "traces-waiting");
    Table::new(t, t.text("traces-waiting"), columns, empty).rows(rows.collect())
}

/// Shows a partner's trace with what this node answers.
pub(crate) async fn show_answer(
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    signed.enter(Action::ViewFirearms)?;
    let id = record_id(&id)?;
    let view = signed
        .state
        .app
        .view_trace_answer(signed.caller(), id)
        .await?;
    let page = page(&signed, &view, (&Posted::default(), &Wrong::new())).await;
    Ok(show(&page))
}

async fn page(
    signed: &Signed,
    view: &TraceAnswerView,
    (posted, wrong): (&Posted, &Wrong),
) -> SectionsPage {
    let t = signed.t();
    let answer = &view.answer;
    let frame = signed
        .frame(view.trace.weapon.display_name(), Some(Area::Firearms))
        .await;
    let app = &signed.state.app;
    let came = Facts::new()
        .with(
            t.text("trace-from"),
            Cell::Text(terms::authority(app, t, &answer.asker)),
        )
        .with(
            t.text("hop-via"),
            Cell::Text(terms::authority(app, t, &answer.via)),
        );
    let mut sections = vec![
        Section::new("asked", t.text("trace-asked")).facts(traces::facts(&frame, &view.trace)),
    ];
    match &answer.state {
        AnswerState::Open => {
            let times = (answer.received_at, answer.due_at, frame.now());
            let clock = Clock::new(t, &frame.node.zone, times, Some(t.text("trace-then")));
            sections.insert(
                0,
                Section::new("came", t.text("trace-came"))
                    .clock(Some(clock))
                    .facts(came),
            );
            if !view.like.is_empty() {
                sections.push(
                    Section::new("like", t.text("trace-like"))
                        .means(t.text("trace-like-means"))
                        .table(like_table(signed, &view.like)),
                );
            }
            if view.may_answer {
                sections.push(answer_form(signed, &frame, view.id, (posted, wrong)));
            }
        }
        AnswerState::Closed { .. } => {
            sections.insert(0, Section::new("came", t.text("trace-came")).facts(came));
        }
        AnswerState::Answered {
            outcome,
            at,
            passed_on,
        } => {
            let facts = came
                .with(
                    t.text("trace-answer"),
                    Cell::Text(terms::word(t, &["trace-outcome"], outcome.as_str())),
                )
                .with(t.text("hop-says"), Cell::Text(outcome_text(t, outcome)))
                .with(t.text("trace-answered-at"), Cell::Time(frame.moment(*at)))
                .with_some(
                    t.text("trace-passed-on"),
                    passed_on
                        .as_ref()
                        .map(|passed| Cell::Text(terms::authority(app, t, &passed.to))),
                );
            sections.insert(
                0,
                Section::new("answer", t.text("trace-own-answer")).facts(facts),
            );
            let may_pass = passed_on.is_none() && matches!(outcome, Outcome::ExportedTo { .. });
            if may_pass && view.may_answer {
                let filler = Filler { t, posted, wrong };
                let to = filler.choice("pass_to", "trace-pass-to", partners(app, t));
                let fields = vec![to.required()];
                let whole = whole(wrong, &fields);
                let action = format!("/trace-answers/{}/pass-on", view.id);
                let form = Form::new(t, action, fields, t.text("trace-pass-submit"), whole);
                sections.push(
                    Section::new("pass", t.text("trace-pass"))
                        .means(t.text("trace-pass-means"))
                        .form(form.csrf(frame.csrf())),
                );
            }
        }
    }
    let closed = matches!(answer.state, AnswerState::Closed { .. });
    SectionsPage {
        back: ("/traces", t.text("traces-title")),
        notice: closed.then(|| t.text("trace-not-needed-means")),
        sections,
        frame,
    }
}

fn answer_form(
    signed: &Signed,
    frame: &Frame,
    id: RecordId,
    (posted, wrong): (&Posted, &Wrong),
) -> Section {
    let t = signed.t();
    let filler = Filler { t, posted, wrong };
    let holders = holder_kinds(t);
    let reasons = words_or_none(t, "decline", Refusal::ALL.iter().map(|word| word.as_str()));
    let standings = ["held", "authority", "lost", "stolen", "destroyed"];
    let outcomes = words_or_none(t, "trace-outcome", OUTCOMES);
    let answer = vec![
        filler
            .choice("outcome", "trace-answer", outcomes)
            .required(),
        filler.line("on", "trace-answer-on"),
    ];
    let holder = vec![
        filler.choice("holder_kind", "firearm-holder-kind", holders),
        filler.line("holder", "trace-holder"),
        filler.line("holder_name", "trace-holder-name"),
        filler.line("holder_address", "firearm-holder-address"),
        filler.choice("standing", "column-custody", words(t, "custody", standings)),
    ];
    let abroad = vec![
        filler.line("event_country", "trace-answer-country"),
        filler.line("number", "firearm-licence"),
        filler.choice("pass_to", "trace-pass-to", partners(&signed.state.app, t)),
    ];
    let refused = vec![filler.choice("reason", "trace-refusal", reasons)];
    // Each answer needs some of them only: what it does not need is not in the way.
    let groups = vec![
        FieldGroup::new(t.text("trace-answer"), answer),
        FieldGroup::new(t.text("trace-group-holder"), holder).folded(),
        FieldGroup::new(t.text("trace-group-abroad"), abroad).folded(),
        FieldGroup::new(t.text("trace-group-refused"), refused).folded(),
    ];
    let whole = whole_of(wrong, &groups);
    let action = format!("/trace-answers/{id}/answer");
    let form = Form::grouped(t, action, groups, t.text("trace-answer-submit"), whole);
    Section::new("answer", t.text("trace-own-answer"))
        .means(t.text("trace-answer-means"))
        .form(form.csrf(frame.csrf()))
}

fn read(posted: &Posted, t: &Texts) -> Result<NewTraceAnswer, Wrong> {
    let wrong = |field: &str, key: &str| Wrong::from([(field.to_owned(), t.text(key))]);
    let on = || read_day(&posted.text("on")).ok_or_else(|| wrong("on", "day-invalid"));
    let holder = || read_holder(posted);
    let outcome = match posted.raw("outcome") {
        "held-by" => Outcome::HeldBy {
            holder: holder(),
            since: on()?,
            standing: posted.text("standing"),
        },
        "sold-to" => Outcome::SoldTo {
            holder: holder(),
            on: on()?,
        },
        "exported-to" => Outcome::ExportedTo {
            country: posted
                .text("event_country")
                .parse::<Country>()
                .map_err(|_| wrong("event_country", "firearm-country-invalid"))?,
            on: on()?,
            licence: posted.some("number"),
        },
        "no-record" => Outcome::NoRecord,
        "refused" => Outcome::Refused {
            reason: Refusal::parse(posted.raw("reason"))
                .ok_or_else(|| wrong("reason", "trace-refusal-missing"))?,
        },
        _ => return Err(wrong("outcome", "trace-answer-missing")),
    };
    let pass_to = match posted
        .some("pass_to")
        .map(|text| text.parse::<AuthorityId>())
    {
        None => None,
        Some(Ok(to)) => Some(to),
        Some(Err(_)) => return Err(wrong("pass_to", "trace-to-missing")),
    };
    Ok(NewTraceAnswer { outcome, pass_to })
}

/// Answers a trace, or passes it on after the answer.
pub(crate) async fn act(
    signed: Signed,
    Path((id, act)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Problem> {
    signed.enter(Action::TraceFirearms)?;
    let id = record_id(&id)?;
    let (app, caller, t) = (&signed.state.app, signed.caller(), signed.t());
    let result = match act.as_str() {
        "answer" => match read(&posted, t) {
            Ok(new) => Ok(app.answer_trace(caller, id, new).await),
            Err(wrong) => Err(wrong),
        },
        "pass-on" => match posted.text("pass_to").parse::<AuthorityId>() {
            Ok(to) => Ok(app.pass_trace_on(caller, id, &to).await),
            Err(_) => Err(Wrong::from([(
                "pass_to".to_owned(),
                t.text("trace-to-missing"),
            )])),
        },
        _ => return Err(Problem::new(ProblemCode::NotFound)),
    };
    let wrong = match result {
        Ok(Ok(())) => return Ok(done(&format!("/trace-answers/{id}"), "trace-answered")),
        Ok(Err(error)) => wrong_in_words(signed.t(), error)?,
        Err(wrong) => wrong,
    };
    let view = app.view_trace_answer(caller, id).await?;
    Ok(show_refused(&page(&signed, &view, (&posted, &wrong)).await))
}
