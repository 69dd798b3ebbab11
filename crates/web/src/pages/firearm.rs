//! One weapon: its marks, its life, where it is; and what may be done with it.

use axum::extract::Path;
use axum::response::Response;
use egnatia_app::{Action, FirearmView};
use egnatia_firearms::{Custody, Event, EventKind, Particulars, Proposal};
use egnatia_record::RecordId;

use super::alert_facts::day;
use super::alert_form::{Filler, Wrong};
use super::firearm_fields::read_day;
use super::firearm_photographs;
use super::firearm_sections::{Section, SectionsPage, whole, wrong_in_words};
use super::firearms::custody_cell;
use super::{firearm_event, firearm_events};
use super::{record_id, terms};
use crate::parts::{Cell, Clock, Empty, Facts, Field, Form, Table, Tone};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::{Area, Frame};

/// A form that came back: which, what was filled in, and what is wrong.
#[derive(Default)]
struct Refused {
    act: String,
    posted: Posted,
    wrong: Wrong,
}

/// Shows a weapon.
pub(crate) async fn show_firearm(
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    signed.enter(Action::ViewFirearms)?;
    let id = record_id(&id)?;
    let view = signed.state.app.view_firearm(signed.caller(), id).await?;
    Ok(show(&page(&signed, id, &view, &Refused::default()).await))
}

async fn page(
    signed: &Signed,
    id: RecordId,
    view: &FirearmView,
    refused: &Refused,
) -> SectionsPage {
    let t = signed.t();
    let what = &view.firearm.particulars;
    let nothing = (Posted::default(), Wrong::new());
    let frame = signed
        .frame(what.display_name(), Some(Area::Firearms))
        .await;
    let mut sections = vec![
        whereabouts(&frame, view),
        Section::new("marks", t.text("firearm-marks-heading"))
            .table(marks(&frame, what))
            .link(
                format!("/firearms/{id}/label"),
                t.text("firearm-label-print"),
            ),
        description(signed, &frame, id, view),
        firearm_photographs::section(
            signed,
            &frame,
            (id, view),
            match refused.act.as_str() {
                "photographs" => (&refused.posted, &refused.wrong),
                _ => (&nothing.0, &nothing.1),
            },
        ),
        Section::new("life", t.text("firearm-life")).table(life(&frame, id, view)),
        Section::new("stays", t.text("firearm-stays")).table(stays(&frame, view)),
    ];
    if view.may_change {
        sections.extend(offered(signed, &frame, (id, view), refused));
    }
    SectionsPage {
        back: ("/firearms", t.text("firearms-title")),
        notice: match &view.firearm.proposed {
            Some(_) => Some(t.text("firearm-waits")),
            None => {
                let missing = view.standing.custody.is_missing();
                missing.then(|| t.text("firearm-is-missing"))
            }
        },
        sections,
        frame,
    }
}

/// What the weapon is; and the ways to correct that, and to trace it.
fn description(signed: &Signed, frame: &Frame, id: RecordId, view: &FirearmView) -> Section {
    let t = frame.t;
    let facts = facts(signed, frame, &view.firearm.particulars);
    let mut section = Section::new("what", t.text("firearm-what")).facts(facts);
    if view.may_change && view.standing.custody != Custody::Destroyed {
        let path = format!("/firearms/{id}/description");
        section = section.link(path, t.text("firearm-describe"));
    }
    if signed.offers(Action::TraceFirearms) {
        let path = format!("/traces/new?firearm={id}");
        section = section.link(path, t.text("firearm-trace"));
    }
    section
}

/// The page of a weapon after a photograph was refused.
pub(super) async fn refused_photograph(
    signed: &Signed,
    (id, view): (RecordId, &FirearmView),
    (posted, wrong): (Posted, Wrong),
) -> SectionsPage {
    let refused = Refused {
        act: "photographs".to_owned(),
        posted,
        wrong,
    };
    page(signed, id, view, &refused).await
}

fn whereabouts(frame: &Frame, view: &FirearmView) -> Section {
    let t = frame.t;
    let standing = &view.standing;
    let mut facts = Facts::new().with(
        t.text("column-custody"),
        custody_cell(t, standing.custody.as_str()),
    );
    if let Some(since) = standing.since {
        facts = facts.with(t.text("firearm-since"), Cell::Text(day(since)));
    }
    facts = facts.with(
        t.text("firearm-form"),
        Cell::Text(terms::word(t, &["arms-form"], standing.form.as_str())),
    );
    if let Some(alert) = view.firearm.alert {
        let link = Cell::link(format!("/alerts/{alert}"), t.text("firearm-alert-see"));
        facts = facts.with(t.text("firearm-alert"), link);
    }
    let incidents = view
        .incidents
        .iter()
        .map(|id| Cell::link(format!("/incidents/{id}"), t.text("firearm-incident-see")));
    facts = facts.with_all(t.text("incidents-title"), incidents.collect());
    let clock = view.clock.map(|clock| {
        let reported = clock.reported_at.unwrap_or(frame.now());
        let times = (clock.from, clock.due_at, reported);
        Clock::new(t, &frame.node.zone, times, Some(t.text("firearm-reported")))
    });
    Section::new("where", t.text("firearm-where"))
        .clock(clock)
        .facts(facts)
}

fn marks(frame: &Frame, what: &Particulars) -> Table {
    let t = frame.t;
    let columns = &[
        "firearm-mark-place",
        "firearm-mark",
        "column-state",
        "firearm-doubts",
    ];
    let rows = what.marks.iter().map(|mark| {
        let tone = match mark.is_sound() {
            true => Tone::Agree,
            false => Tone::Caution,
        };
        let doubts = mark.doubts.iter().map(|doubt| {
            let mut values = vec![
                ("place", doubt.place.to_string()),
                ("percent", doubt.percent.to_string()),
            ];
            match doubt.perhaps {
                Some(perhaps) => {
                    values.push(("perhaps", perhaps.to_string()));
                    t.with_all("firearm-doubt-perhaps", &values)
                }
                None => t.with_all("firearm-doubt", &values),
            }
        });
        vec![
            Cell::Text(terms::word(t, &["mark-place"], mark.place.as_str())),
            Cell::Exact(mark.text.clone()),
            Cell::tag(tone, terms::word(t, &["mark-state"], mark.state.as_str())),
            Cell::Text(doubts.collect::<Vec<_>>().join("; ")),
        ]
    });
    Table::new(t, String::new(), columns, Empty::default()).rows(rows.collect())
}

fn facts(signed: &Signed, frame: &Frame, what: &Particulars) -> Facts {
    let t = frame.t;
    let reference = signed.state.app.firearms_reference().ok();
    // Whoever wrote that nobody knows it said something: it is told apart from a name.
    let named = |text: &str| match reference.is_some_and(|all| all.is_unknown(text)) {
        true => Cell::Lines(
            t.text("firearm-not-known"),
            t.with("firearm-as-written", "text", text),
        ),
        false => Cell::Text(text.to_owned()),
    };
    let text = |text: &str| (!text.is_empty()).then(|| named(text));
    Facts::new()
        .with(
            t.text("firearm-kind"),
            Cell::Text(terms::word(t, &["weapon"], what.kind.as_str())),
        )
        .with(t.text("firearm-make"), named(&what.make))
        .with_some(t.text("firearm-model"), text(&what.model))
        .with(t.text("firearm-calibre"), named(&what.calibre))
        .with_some(
            t.text("firearm-category"),
            what.category.map(|c| Cell::Text(c.to_string())),
        )
        .with_some(
            t.text("firearm-country"),
            what.country.as_ref().map(|c| Cell::Text(c.to_string())),
        )
        .with_some(
            t.text("firearm-year"),
            what.year.map(|year| Cell::Text(year.to_string())),
        )
        .with_some(
            t.text("firearm-distinguished"),
            what.distinguished_by.clone().map(Cell::Text),
        )
}

fn life(frame: &Frame, id: RecordId, view: &FirearmView) -> Table {
    let t = frame.t;
    let mut columns = vec![
        "firearm-number",
        "firearm-event",
        "column-on",
        "column-said",
        "column-by",
    ];
    if view.may_change {
        columns.push("firearm-wrong");
    }
    let rows = (1_u32..).zip(&view.firearm.life).map(|(number, entry)| {
        let kind = entry.event.kind();
        let word = terms::word(t, &["event"], kind.as_str());
        let corrected = (1_u32..).zip(&view.firearm.life).filter(
            |(_, later)| matches!(&later.event, Event::Correction { of, .. } if *of == number),
        );
        let mut cells = vec![
            Cell::Text(number.to_string()),
            match corrected.last() {
                Some((by, _)) => {
                    let by = t.with("firearm-corrected-by", "number", by.to_string());
                    Cell::Lines(word, by)
                }
                None => Cell::Text(word),
            },
            Cell::Text(day(entry.on)),
            Cell::Text(firearm_events::says(t, &entry.event)),
            Cell::Text(entry.by.to_string()),
        ];
        if view.may_change {
            cells.push(match kind {
                EventKind::Correction => Cell::Text(String::new()),
                _ => Cell::link(
                    format!("/firearms/{id}/events/correction?corrects={number}"),
                    t.with("firearm-correct", "of", number.to_string()),
                ),
            });
        }
        cells
    });
    let empty = Empty::of(t, "firearm-life");
    Table::new(t, String::new(), &columns, empty).rows(rows.collect())
}

fn stays(frame: &Frame, view: &FirearmView) -> Table {
    let t = frame.t;
    let columns = &["column-custody", "firearm-from", "firearm-to"];
    let rows = view.stays.iter().map(|stay| {
        vec![
            custody_cell(t, stay.custody.as_str()),
            Cell::Text(day(stay.from)),
            Cell::Text(stay.to.map(day).unwrap_or_default()),
        ]
    });
    Table::new(t, String::new(), columns, Empty::of(t, "firearm-stays")).rows(rows.collect())
}

/// What may be done with the weapon.
fn offered(
    signed: &Signed,
    frame: &Frame,
    (id, view): (RecordId, &FirearmView),
    refused: &Refused,
) -> Vec<Section> {
    let t = signed.t();
    let nothing = (Posted::default(), Wrong::new());
    let form = |act: &'static str, fields: &MakeFields<'_>| {
        let (posted, wrong) = match refused.act == act {
            true => (&refused.posted, &refused.wrong),
            false => (&nothing.0, &nothing.1),
        };
        let filler = Filler { t, posted, wrong };
        let fields = fields(&filler);
        let submit = t.text(&format!("firearm-act-{act}-submit"));
        let wrong = whole(wrong, &fields);
        let form = Form::new(t, format!("/firearms/{id}/{act}"), fields, submit, wrong);
        Section::new(act, t.text(&format!("firearm-act-{act}")))
            .means(t.text(&format!("firearm-act-{act}-means")))
            .form(form.csrf(frame.csrf()))
    };
    let custody = &view.standing.custody;
    let mut sections = Vec::new();
    if custody.is_open() {
        let report = Section::new("report", t.text("firearm-act-report"))
            .means(t.text("firearm-act-report-means"))
            .link(
                format!("/firearms/{id}/report"),
                t.text("firearm-act-report-submit"),
            );
        sections.push(report);
    }
    // Only a correction can follow a destruction: it stands beside the event.
    if *custody != Custody::Destroyed {
        let event = Section::new("event", t.text("firearm-act-event"))
            .means(t.text("firearm-act-event-means"))
            .ways(firearm_event::ways(t, id, None));
        sections.push(event);
    }
    match (&view.firearm.proposed, custody.as_str()) {
        (Some(proposed), _) => sections.extend(waiting(frame, view, proposed, &form)),
        (None, "authority") => sections.push(form("propose-destruction", &|filler| {
            vec![
                filler.line("method", "firearm-method").required(),
                filler.area("evidence", "firearm-evidence").required(),
            ]
        })),
        (None, _) => {}
    }
    sections
}

/// The fields of a form.
type MakeFields<'a> = dyn Fn(&Filler<'_>) -> Vec<Field> + 'a;
/// A section with the form of an act, from its fields.
type MakeForm<'a> = dyn Fn(&'static str, &MakeFields<'_>) -> Section + 'a;

/// What one officer has proposed: another one signs it, or it is taken back.
fn waiting(
    frame: &Frame,
    view: &FirearmView,
    proposed: &Proposal,
    form: &MakeForm<'_>,
) -> [Section; 2] {
    let t = frame.t;
    let by = match firearm_events::unbound(t, &[proposed.by()]) {
        Some(text) => Cell::Lines(proposed.by().to_string(), text),
        None => Cell::Text(proposed.by().to_string()),
    };
    let facts = Facts::new().with(t.text("column-by"), by);
    match proposed {
        Proposal::Destruction(proposed) => {
            let today = day(frame.today());
            let sign = form("sign-destruction", &|filler| {
                let on = filler.line("sign_on", "column-on");
                vec![on.value(today.as_str()).required()]
            });
            let (method, evidence) = (proposed.method.clone(), proposed.evidence.clone());
            let facts = facts
                .with(t.text("firearm-method"), Cell::Text(method))
                .with(t.text("firearm-evidence"), Cell::Text(evidence));
            let withdraw = form("withdraw-destruction", &|_| Vec::new());
            [sign.facts(facts), withdraw]
        }
        Proposal::Correction(proposed) => {
            let sign = form("sign-correction", &|_| Vec::new());
            let place = usize::try_from(proposed.of).ok();
            let entry = place.and_then(|of| view.firearm.life.get(of.checked_sub(1)?));
            let recorded = entry.map_or_else(String::new, |entry| {
                let word = terms::word(t, &["event"], entry.event.kind().as_str());
                let (on, said) = (day(entry.on), firearm_events::says(t, &entry.event));
                format!("{}. {word}, {on}: {said}", proposed.of)
            });
            let truth = match &proposed.instead {
                None => t.text("firearm-strike"),
                Some(instead) => {
                    let word = terms::word(t, &["event"], instead.kind().as_str());
                    let (on, said) = (day(proposed.on), firearm_events::says(t, instead));
                    format!("{word}, {on}: {said}")
                }
            };
            let reason = Cell::Text(proposed.reason.clone());
            let facts = facts
                .with(t.text("firearm-is-corrected"), Cell::Text(recorded))
                .with(t.text("firearm-in-truth"), Cell::Text(truth))
                .with(t.text("firearm-correct-reason"), reason);
            let withdraw = form("withdraw-correction", &|_| Vec::new());
            [sign.facts(facts), withdraw]
        }
    }
}

/// Does something with a weapon.
pub(crate) async fn act(
    signed: Signed,
    Path((id, act)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Problem> {
    signed.enter(Action::KeepFirearms)?;
    let id = record_id(&id)?;
    let (app, caller, t) = (&signed.state.app, signed.caller(), signed.t());
    let result = match act.as_str() {
        "propose-destruction" => {
            let (method, evidence) = (posted.text("method"), posted.text("evidence"));
            Ok(app.propose_destruction(caller, id, method, evidence).await)
        }
        "withdraw-destruction" | "withdraw-correction" => {
            Ok(app.withdraw_proposal(caller, id).await)
        }
        "sign-correction" => Ok(app.sign_correction(caller, id).await),
        "sign-destruction" => match read_day(&posted.text("sign_on")) {
            Some(on) => Ok(app.sign_destruction(caller, id, on).await),
            None => Err(Wrong::from([("sign_on".to_owned(), t.text("day-invalid"))])),
        },
        _ => return Err(Problem::new(ProblemCode::NotFound)),
    };
    let wrong = match result {
        Ok(Ok(())) => return Ok(done(&format!("/firearms/{id}"), &format!("firearm-{act}"))),
        Ok(Err(error)) => wrong_in_words(signed.t(), error)?,
        Err(wrong) => wrong,
    };
    let view = app.view_firearm(caller, id).await?;
    let refused = Refused { act, posted, wrong };
    Ok(show_refused(&page(&signed, id, &view, &refused).await))
}
