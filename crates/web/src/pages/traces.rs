//! Traces: asked, followed country by country, widened.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use egnatia_app::{Action, TraceStanding, TraceSummary, TraceView};
use egnatia_firearms::{Closing, Hop, HopState};
use egnatia_record::{AuthorityId, PartnerCode, RecordId};
use jiff::Timestamp;

use super::alert_facts::day;
use super::alert_form::{Filler, Wrong};
use super::firearm_fields::{partners, words_or_none};
use super::firearm_sections::{
    ChainDrawing, DrawnNode, Section, SectionsPage, whole, wrong_in_words,
};
use super::firearms::tabs;
use super::late_traces::{self, LateList};
use super::trace_answers::{outcome_text, waiting_table};
use super::{record_id, terms};
use crate::parts::{Cell, Clock, Empty, Facts, Form, Table, Tone};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::{Area, Frame, Texts, cursor};

const PAGE: u32 = 50;

/// The page of traces.
#[derive(Debug, Template)]
#[template(path = "traces.html")]
pub struct TracesPage {
    /// The frame.
    pub frame: Frame,
    /// The lists: address, name, whether it is shown.
    pub tabs: Vec<(&'static str, String, bool)>,
    /// What may be done: address and words.
    pub links: Vec<(&'static str, String)>,
    /// To which of the node's own somebody is late.
    pub late: Option<LateList>,
    /// What is to be answered, and the node's own.
    pub tables: Vec<Table>,
}

/// Shows traces of the node's own, and those that it has to answer.
pub(crate) async fn show_traces(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ViewFirearms)?;
    let t = signed.t();
    let after = cursor::read(signed.visit.query("after").as_deref())?;
    let app = &signed.state.app;
    let frame = signed
        .frame(t.text("traces-title"), Some(Area::Firearms))
        .await;
    let mut tables = Vec::new();
    if after.is_none() {
        let waiting = app.traces_to_answer(signed.caller(), None, PAGE).await?;
        tables.push(waiting_table(&signed, &frame, &waiting.items));
    }
    let page = app.traces(signed.caller(), after, PAGE).await?;
    let next = page
        .next
        .map(|next| format!("/traces?after={}", cursor::write(next)));
    tables.push(own_table(&frame, &page.items).next(next));
    let mut links = vec![("/traces/partners", t.text("trace-partners"))];
    if signed.offers(Action::TraceFirearms) {
        links.insert(0, ("/traces/new", t.text("trace-new")));
    }
    let late = match after {
        None => LateList::of(&signed, &frame).await?,
        Some(_) => None,
    };
    Ok(show(&TracesPage {
        tabs: tabs(t, "/traces"),
        links,
        late,
        tables,
        frame,
    }))
}

fn own_table(frame: &Frame, traces: &[TraceSummary]) -> Table {
    let t = frame.t;
    let columns = &[
        "column-name",
        "trace-recovered",
        "trace-priority",
        "trace-standing",
        "hop-clock",
        "trace-asked-at",
    ];
    let rows = traces.iter().map(|item| {
        let trace = &item.trace;
        vec![
            Cell::link(format!("/traces/{}", item.id), trace.weapon.display_name()),
            Cell::Text(format!(
                "{}, {}",
                day(trace.recovered_on),
                trace.recovered_in
            )),
            priority(t, trace.is_urgent()),
            standing(t, item.standing),
            item.due.map_or_else(
                || Cell::Text(String::new()),
                |(since, due_at)| {
                    let times = (since, due_at, frame.now());
                    let clock = Clock::new(t, &frame.node.zone, times, None);
                    Cell::Clock(Box::new(clock))
                },
            ),
            Cell::Time(frame.moment(trace.asked_at)),
        ]
    });
    let empty = Empty::of(t, "traces");
    Table::new(t, t.text("traces-own"), columns, empty).rows(rows.collect())
}

/// Where a trace stands.
fn standing(t: &Texts, standing: TraceStanding) -> Cell {
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    match standing {
        TraceStanding::Closed(why) => {
            let why = terms::word(t, &["trace-closed"], why.as_str());
            Cell::tag(Tone::Silent, t.with("trace-is-closed", "why", why))
        }
        TraceStanding::Traced => Cell::tag(Tone::Agree, t.text("trace-is-traced")),
        TraceStanding::Late(count) => {
            Cell::tag(Tone::Against, t.count("trace-is-late", number(count)))
        }
        TraceStanding::Waiting { answered, asked } => {
            let counts = [
                ("answered", answered.to_string()),
                ("asked", asked.to_string()),
            ];
            Cell::tag(Tone::Caution, t.with_all("trace-is-waiting", &counts))
        }
        TraceStanding::Answered => Cell::tag(Tone::Caution, t.text("trace-is-answered")),
    }
}

pub(super) fn priority(t: &Texts, urgent: bool) -> Cell {
    match urgent {
        true => Cell::tag(Tone::Caution, t.text("trace-urgent")),
        false => Cell::Text(t.text("trace-routine")),
    }
}

/// Shows a trace with its chain.
pub(crate) async fn show_trace(
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    signed.enter(Action::ViewFirearms)?;
    let id = record_id(&id)?;
    let view = signed.state.app.view_trace(signed.caller(), id).await?;
    let none = (Posted::default(), Wrong::new());
    Ok(show(
        &page(&signed, id, &view, ("", &none.0, &none.1)).await,
    ))
}

async fn page(
    signed: &Signed,
    id: RecordId,
    view: &TraceView,
    (refused, posted, wrong): (&str, &Posted, &Wrong),
) -> SectionsPage {
    let t = signed.t();
    let trace = &view.trace;
    let frame = signed
        .frame(trace.weapon.display_name(), Some(Area::Firearms))
        .await;
    let mut sections = Vec::new();
    let said = (refused == "remind").then(|| whole(wrong, &[])).flatten();
    sections.extend(late_traces::section(signed, &frame, (id, view), said));
    if view.is_own {
        let mut chain = Section::new("chain", t.text("trace-chain")).means(summary(t, view));
        chain.drawing = Some(drawing(signed, &frame, view));
        sections.push(chain.table(hops_table(signed, &frame, &view.hops)));
    }
    if let Some(answer) = view.own_answer {
        let answer = Section::new("answer", t.text("trace-own-answer")).link(
            format!("/trace-answers/{answer}"),
            t.text("trace-own-answer-see"),
        );
        sections.push(answer);
    }
    sections.push(Section::new("asked", t.text("trace-asked")).facts(facts(&frame, trace)));
    if view.may_change && trace.closed.is_none() {
        sections.extend(offered(signed, &frame, id, (refused, posted, wrong)));
    }
    SectionsPage {
        back: ("/traces", t.text("traces-title")),
        notice: trace.closed.as_ref().map(|closed| {
            let why = terms::word(t, &["trace-closed"], closed.why.as_str());
            t.with("trace-is-closed", "why", why)
        }),
        sections,
        frame,
    }
}

/// What may be done with a trace that is open.
fn offered(
    signed: &Signed,
    frame: &Frame,
    id: RecordId,
    (refused, posted, wrong): (&str, &Posted, &Wrong),
) -> Vec<Section> {
    let t = signed.t();
    let nothing = (Posted::default(), Wrong::new());
    let form = |act: &'static str| {
        let (posted, wrong) = match refused == act {
            true => (posted, wrong),
            false => (&nothing.0, &nothing.1),
        };
        let filler = Filler { t, posted, wrong };
        let whys = Closing::ALL.iter().map(|why| why.as_str());
        let fields = match act {
            "ask" => {
                let partners = partners(&signed.state.app, t);
                vec![filler.choice("further", "trace-to", partners).required()]
            }
            "consent" => vec![filler.line("country", "trace-consent-country").required()],
            "close" => {
                let whys = words_or_none(t, "trace-closed", whys);
                vec![filler.choice("why", "trace-close-why", whys).required()]
            }
            _ => Vec::new(),
        };
        let whole = whole(wrong, &fields);
        let submit = t.text(&format!("trace-act-{act}-submit"));
        let form = Form::new(t, format!("/traces/{id}/{act}"), fields, submit, whole);
        Section::new(act, t.text(&format!("trace-act-{act}")))
            .means(t.text(&format!("trace-act-{act}-means")))
            .form(form.csrf(frame.csrf()))
    };
    vec![form("ask"), form("consent"), form("close")]
}

/// In a sentence: who had it last, or where to ask next, and how long answers took.
fn summary(t: &Texts, view: &TraceView) -> String {
    let mut texts = Vec::new();
    if view.last_holder().is_some() {
        texts.push(t.text("trace-complete"));
    }
    for country in view.leads() {
        texts.push(t.with("trace-lead", "country", country.to_string()));
    }
    let days = |tenths: i64| format!("{}.{}", tenths / 10, tenths % 10);
    texts.extend(view.median_tenths.map(|tenths| match tenths {
        0 => t.text("trace-median-hours"),
        _ => t.with("trace-median", "days", days(tenths)),
    }));
    if texts.is_empty() {
        texts.push(t.text("trace-waits"));
    }
    texts.join(" ")
}

fn tone(hop: &Hop, now: Timestamp) -> Tone {
    match &hop.state {
        HopState::Answered { outcome, .. } => match outcome.as_str() {
            "refused" | "no-record" => Tone::Silent,
            _ => Tone::Agree,
        },
        _ if hop.is_overdue(now) => Tone::Against,
        _ => Tone::Caution,
    }
}

fn hop_word(t: &Texts, hop: &Hop) -> String {
    match &hop.state {
        HopState::NotDelivered => t.text("hop-not-delivered"),
        HopState::Silent => t.text("hop-silent"),
        HopState::Answered { outcome, .. } => terms::word(t, &["trace-outcome"], outcome.as_str()),
    }
}

/// The code under which the drawing names an authority.
fn code(signed: &Signed, authority: &AuthorityId) -> String {
    let directory = signed.state.app.directory();
    match directory.known(authority) {
        Some(partner) => partner.code().to_string(),
        None => authority
            .as_str()
            .chars()
            .take(2)
            .collect::<String>()
            .to_uppercase(),
    }
}

fn drawing(signed: &Signed, frame: &Frame, view: &TraceView) -> ChainDrawing {
    const STEP: i32 = 150;
    const ROW: i32 = 92;
    let t = frame.t;
    let own = &view.envelope.originator;
    let own_code = signed
        .state
        .app
        .settings()
        .partner
        .map_or_else(|| code(signed, own), |partner| partner.to_string());
    let mut nodes = vec![DrawnNode {
        x: 60,
        y: 44,
        code: own_code,
        own: true,
        says: t.text("trace-asks"),
        tone: Tone::Agree,
    }];
    let mut places: Vec<(&AuthorityId, i32, i32)> = vec![(own, 60, 44)];
    let mut links = Vec::new();
    let mut row = 0;
    let mut widest = 1;
    let mut last_depth = 0;
    for hop in &view.hops {
        let depth = i32::try_from(hop.depth).unwrap_or(1);
        // A further hop stands beside whoever passed it on; the next one that was asked, below.
        if depth <= last_depth {
            row += 1;
        }
        last_depth = depth;
        widest = widest.max(depth);
        let (x, y) = (60 + depth * STEP, 44 + row * ROW);
        let from = places.iter().find(|(authority, ..)| **authority == hop.via);
        let (x1, y1) = from.map_or((60, 44), |(_, x, y)| (*x, *y));
        let tone = tone(hop, frame.now());
        links.push((x1, y1, x, y, tone.class()));
        places.push((&hop.authority, x, y));
        nodes.push(DrawnNode {
            x,
            y,
            code: code(signed, &hop.authority),
            own: false,
            says: hop_word(t, hop),
            tone,
        });
    }
    ChainDrawing {
        label: t.text("trace-drawing"),
        height: 110 + row * ROW,
        width: 140 + widest * STEP,
        nodes,
        links,
    }
}

fn hops_table(signed: &Signed, frame: &Frame, hops: &[Hop]) -> Table {
    let t = frame.t;
    let columns = &[
        "hop-who",
        "hop-via",
        "column-state",
        "hop-says",
        "hop-clock",
    ];
    let rows = hops.iter().map(|hop| {
        let app = &signed.state.app;
        let name = |authority: &AuthorityId| match *authority == app.settings().authority {
            true => t.text("trace-by-us"),
            false => terms::authority(app, t, authority),
        };
        let (says, clock) = match &hop.state {
            HopState::Answered { outcome, at } => {
                (outcome_text(t, outcome), Cell::Time(frame.moment(*at)))
            }
            _ => {
                let times = (hop.since, hop.due_at, frame.now());
                let clock = Clock::new(t, &frame.node.zone, times, None);
                (String::new(), Cell::Clock(Box::new(clock)))
            }
        };
        vec![
            Cell::Text(name(&hop.authority)),
            Cell::Text(name(&hop.via)),
            Cell::tag(tone(hop, frame.now()), hop_word(t, hop)),
            Cell::Text(says),
            clock,
        ]
    });
    Table::new(t, String::new(), columns, Empty::default()).rows(rows.collect())
}

/// What is asked.
pub(super) fn facts(frame: &Frame, trace: &egnatia_firearms::Trace) -> Facts {
    let t = frame.t;
    let what = &trace.weapon;
    let text = |text: &str| (!text.is_empty()).then(|| Cell::Text(text.to_owned()));
    let numbers = what.marks.iter().map(|mark| {
        let place = terms::word(t, &["mark-place"], mark.place.as_str());
        Cell::Lines(mark.text.clone(), place)
    });
    let may_pass = trace
        .may_pass_to
        .iter()
        .map(|code| Cell::Text(terms::partner(t, *code)));
    Facts::new()
        .with_all(t.text("firearm-marks-heading"), numbers.collect())
        .with(t.text("firearm-make"), Cell::Text(what.make.clone()))
        .with_some(t.text("firearm-model"), text(&what.model))
        .with(t.text("firearm-calibre"), Cell::Text(what.calibre.clone()))
        .with_some(
            t.text("firearm-country"),
            what.country
                .as_ref()
                .map(|country| Cell::Text(country.to_string())),
        )
        .with(
            t.text("trace-recovered"),
            Cell::Text(format!(
                "{}, {}",
                day(trace.recovered_on),
                trace.recovered_in
            )),
        )
        .with_some(t.text("trace-circumstances"), text(&trace.circumstances))
        .with(t.text("trace-offence"), Cell::Text(trace.offence.clone()))
        .with(t.text("trace-priority"), priority(t, trace.is_urgent()))
        .with_some(
            t.text("trace-urgency"),
            trace
                .urgency
                .map(|ground| Cell::Text(terms::word(t, &["urgency"], ground.as_str()))),
        )
        .with_some(t.text("trace-urgency-reason"), text(&trace.urgency_reason))
        .with_some(t.text("trace-question"), text(&trace.question))
        .with_some(t.text("trace-intended-use"), text(&trace.intended_use))
        .with_all(t.text("trace-may-pass-to"), may_pass.collect())
        .with(
            t.text("trace-asked-at"),
            Cell::Time(frame.moment(trace.asked_at)),
        )
        .with_some(
            t.text("trace-reminded-at"),
            trace.reminded_at.map(|at| Cell::Time(frame.moment(at))),
        )
}

/// Asks further, or consents that the trace is passed on.
pub(crate) async fn act(
    signed: Signed,
    Path((id, act)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Problem> {
    signed.enter(Action::TraceFirearms)?;
    let id = record_id(&id)?;
    let (app, caller, t) = (&signed.state.app, signed.caller(), signed.t());
    let result = match act.as_str() {
        "ask" => match posted.text("further").parse::<AuthorityId>() {
            Ok(to) => Ok(app.ask_further(caller, id, &to).await),
            Err(_) => Err(("further", "trace-to-missing")),
        },
        "consent" => match posted.text("country").to_uppercase().parse::<PartnerCode>() {
            Ok(to) => Ok(app.consent_to_pass_on(caller, id, to).await),
            Err(_) => Err(("country", "firearm-country-invalid")),
        },
        "remind" => Ok(app.remind_late(caller, id).await.map(|_| ())),
        "close" => match Closing::parse(posted.raw("why")) {
            Some(why) => Ok(app.close_trace(caller, id, why).await),
            None => Err(("why", "trace-close-missing")),
        },
        _ => return Err(Problem::new(ProblemCode::NotFound)),
    };
    let wrong = match result {
        Ok(Ok(())) => return Ok(done(&format!("/traces/{id}"), &format!("trace-{act}"))),
        Ok(Err(error)) => wrong_in_words(signed.t(), error)?,
        Err((field, key)) => Wrong::from([(field.to_owned(), t.text(key))]),
    };
    let view = app.view_trace(caller, id).await?;
    Ok(show_refused(
        &page(&signed, id, &view, (act.as_str(), &posted, &wrong)).await,
    ))
}
