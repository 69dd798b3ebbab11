//! Surplus that is to be destroyed: plans, what is done, by whom, and what is left.

use axum::extract::Path;
use axum::response::Response;
use egnatia_app::{Action, AppError, DisposalView};
use egnatia_record::RecordId;
use egnatia_stockpile::DisposalState;

use super::alert_form::{Filler, Wrong};
use super::firearm_sections::{Section, SectionsPage, whole, wrong_in};
use super::firearms::FirearmsPage;
use super::stock_words::{
    Names, account, account_cell, day, end_of, goods_cell, goods_name, names, read_reason, tabs,
    wrong_at,
};
use super::{record_id, terms};
use crate::parts::{Cell, Clock, Empty, Facts, Field, Form, Table, Tone};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::{Area, Frame, Texts};

/// Shows plans.
pub(crate) async fn show_all(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ViewStock)?;
    let t = signed.t();
    let app = &signed.state.app;
    let plans = app.disposals(signed.caller(), false).await?;
    let title = t.text("disposals");
    let frame = signed.frame(title, Some(Area::Stores)).await;
    let links = match signed.offers(Action::ManageStock) {
        true => vec![("/disposals/new", t.text("disposal-new"))],
        false => Vec::new(),
    };
    Ok(show(&FirearmsPage {
        tabs: tabs(t, "/disposals"),
        lede: t.text("disposals-lede"),
        links,
        filters: Vec::new(),
        tables: vec![plans_table(&frame, &plans)],
        frame,
    }))
}

fn clock(frame: &Frame, view: &DisposalView) -> Option<Clock> {
    let plan = &view.disposal;
    if plan.state != DisposalState::Open {
        return None;
    }
    let zone = &frame.node.zone;
    let due = end_of(frame, plan.due_on)?;
    Some(Clock::new(
        frame.t,
        zone,
        (plan.planned_at, due, frame.now()),
        None,
    ))
}

/// Plans with how far they are.
pub(super) fn plans_table(frame: &Frame, plans: &[DisposalView]) -> Table {
    let t = frame.t;
    let columns = &[
        "column-name",
        "column-state",
        "disposal-planned",
        "disposal-done",
        "disposal-waiting",
        "disposal-left",
        "stock-due",
    ];
    let rows = plans.iter().map(|view| {
        let tone = match view.disposal.state {
            DisposalState::Open => Tone::Caution,
            DisposalState::Done { .. } => Tone::Agree,
            DisposalState::Abandoned { .. } => Tone::Silent,
        };
        let state = terms::word(t, &["disposal-is"], view.disposal.state.as_str());
        let total = view.total();
        vec![
            Cell::link(
                format!("/disposals/{}", view.envelope.id),
                view.disposal.name.clone(),
            ),
            Cell::tag(tone, state),
            Cell::Number(total.planned.to_string()),
            Cell::Number(total.done.to_string()),
            Cell::Number(total.waiting.to_string()),
            Cell::Number(total.left().to_string()),
            match clock(frame, view) {
                Some(clock) => Cell::Clock(Box::new(clock)),
                None => Cell::Text(day(view.disposal.due_on)),
            },
        ]
    });
    let empty = Empty::of(t, "disposals");
    Table::new(t, t.text("disposals"), columns, empty).rows(rows.collect())
}

/// Shows a plan.
pub(crate) async fn show_one(signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    signed.enter(Action::ViewStock)?;
    let id = record_id(&id)?;
    let nothing = ("", &Posted::default(), &Wrong::new());
    Ok(show(&page(&signed, id, nothing).await?))
}

async fn page(
    signed: &Signed,
    id: RecordId,
    (act, posted, wrong): (&str, &Posted, &Wrong),
) -> Result<SectionsPage, Problem> {
    let t = signed.t();
    let app = &signed.state.app;
    let view = app.view_disposal(signed.caller(), id).await?;
    let names = names(signed).await?;
    let asked = posted.some("from").or_else(|| signed.visit.query("from"));
    let from = first_line(&view, asked.as_deref());
    let frame = signed
        .frame(view.disposal.name.clone(), Some(Area::Stores))
        .await;
    let mut sections = vec![
        Section::new("plan", t.text("disposal"))
            .clock(clock(&frame, &view))
            .facts(facts(&frame, &view)),
        paging(&view, id, from, t).into_iter().fold(
            Section::new("lines", t.text("disposal-progress"))
                .table(lines_table(&frame, &names, &view, from)),
            |section, (href, text)| section.link(href, text),
        ),
        Section::new("carried", t.text("disposal-carried")).table(carried_table(&frame, &view)),
    ];
    let nothing = (Posted::default(), Wrong::new());
    let given = |of: &str| match act == of {
        true => (posted, wrong),
        false => (&nothing.0, &nothing.1),
    };
    let is_open = view.disposal.state == DisposalState::Open;
    let is_left = !lines_left(&view, from).is_empty();
    if is_open && is_left && signed.offers(Action::MoveStock) {
        let (posted, wrong) = given("carry-out");
        let fields = quantity_fields(&frame, (&names, &view, from), (posted, wrong));
        let whole = whole(wrong, &fields);
        let path = format!("/disposals/{id}/carry-out");
        let submit = t.text("disposal-carry-out");
        let movement = match posted.raw("movement") {
            "" => app.stock_form_id(signed.caller()).to_string(),
            kept => kept.to_owned(),
        };
        let form = Form::new(t, path, fields, submit, whole)
            .hidden("movement", movement)
            .hidden("from", from.to_string());
        sections.push(
            Section::new("carry-out", t.text("disposal-carry-out"))
                .means(t.text("disposal-carry-out-means"))
                .form(form.csrf(frame.csrf())),
        );
    }
    if is_open && signed.offers(Action::ManageStock) {
        let (posted, wrong) = given("abandon");
        let filler = Filler { t, posted, wrong };
        let fields = vec![filler.area("reason", "stock-why").required()];
        let whole = whole(wrong, &fields);
        let path = format!("/disposals/{id}/abandon");
        let form = Form::new(t, path, fields, t.text("disposal-abandon"), whole);
        sections.push(
            Section::new("abandon", t.text("disposal-abandon"))
                .form(form.csrf(frame.csrf()).danger()),
        );
    }
    Ok(SectionsPage {
        back: ("/disposals", t.text("disposals")),
        notice: None,
        sections,
        frame,
    })
}

/// Names of the fields of lines: a page of a plan has as many as this.
const QUANTITIES: [&str; 40] = [
    "q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "q10", "q11", "q12", "q13", "q14", "q15",
    "q16", "q17", "q18", "q19", "q20", "q21", "q22", "q23", "q24", "q25", "q26", "q27", "q28",
    "q29", "q30", "q31", "q32", "q33", "q34", "q35", "q36", "q37", "q38", "q39", "q40",
];

/// The lines of a page, from this one on, of which something is left.
fn lines_left(view: &DisposalView, from: usize) -> Vec<(usize, &'static str)> {
    let page = view.progress.iter().enumerate().skip(from);
    let page = page.take(QUANTITIES.len());
    let left = page.filter(|(_, line)| line.left() > 0);
    left.map(|(number, _)| number).zip(QUANTITIES).collect()
}

/// The first line of the page that is asked for; else of the first page on which something is left.
fn first_line(view: &DisposalView, asked: Option<&str>) -> usize {
    let page = QUANTITIES.len();
    let number = match asked.and_then(|text| text.parse::<usize>().ok()) {
        Some(number) => number.min(view.progress.len().saturating_sub(1)),
        None => {
            let mut lines = view.progress.iter();
            lines.position(|line| line.left() > 0).unwrap_or_default()
        }
    };
    number / page * page
}

/// Ways to the pages before and after.
fn paging(view: &DisposalView, id: RecordId, from: usize, t: &Texts) -> Vec<(String, String)> {
    let (page, all) = (QUANTITIES.len(), view.progress.len());
    let way = |first: usize, key: &str| {
        let last = (first + page).min(all);
        let text = t.with_all(
            key,
            &[("from", (first + 1).to_string()), ("to", last.to_string())],
        );
        (format!("/disposals/{id}?from={first}"), text)
    };
    let before = from.checked_sub(page);
    let after = Some(from + page).filter(|next| *next < all);
    let ways = [
        before.map(|first| way(first, "disposal-lines-before")),
        after.map(|first| way(first, "disposal-lines-after")),
    ];
    ways.into_iter().flatten().collect()
}

fn quantity_fields(
    frame: &Frame,
    (names, view, from): (&Names, &DisposalView, usize),
    (posted, wrong): (&Posted, &Wrong),
) -> Vec<Field> {
    let t = frame.t;
    let of = |(number, name): (usize, &'static str)| {
        let (line, progress) = (view.disposal.lines.get(number)?, view.progress.get(number)?);
        let goods = view.goods.get(&line.goods);
        let what = goods.map_or_else(|| line.goods.to_string(), goods_name);
        let label = format!("{what}, {}", account(t, names, line.from));
        let field = Field::new(name, label)
            .value(posted.raw(name))
            .error(wrong.get(name).cloned());
        Some(field.hint(t.count("disposal-left-hint", progress.left())))
    };
    lines_left(view, from).into_iter().filter_map(of).collect()
}

fn facts(frame: &Frame, view: &DisposalView) -> Facts {
    let (t, plan) = (frame.t, &view.disposal);
    let lines = |by: &dyn std::fmt::Display, at| Cell::Lines(by.to_string(), frame.moment(at).text);
    let facts = Facts::new()
        .with(
            t.text("column-state"),
            Cell::Text(terms::word(t, &["disposal-is"], plan.state.as_str())),
        )
        .with(t.text("disposal-why"), Cell::Text(plan.reason.to_string()))
        .with(t.text("disposal-method"), Cell::Text(plan.method.clone()))
        .with(t.text("disposal-due-on"), Cell::Text(day(plan.due_on)))
        .with(
            t.text("disposal-planned-by"),
            lines(&plan.planned_by, plan.planned_at),
        );
    match &plan.state {
        DisposalState::Open => facts,
        DisposalState::Done { at } => {
            facts.with(t.text("disposal-done-at"), Cell::Time(frame.moment(*at)))
        }
        DisposalState::Abandoned { reason, by, at } => facts
            .with(t.text("disposal-abandoned-by"), lines(by, *at))
            .with(t.text("stock-why"), Cell::Text(reason.to_string())),
    }
}

fn lines_table(frame: &Frame, names: &Names, view: &DisposalView, from: usize) -> Table {
    let t = frame.t;
    let columns = &[
        "column-name",
        "stock-place",
        "disposal-planned",
        "disposal-done",
        "disposal-waiting",
        "disposal-left",
    ];
    let lines = view.disposal.lines.iter().zip(&view.progress);
    let lines = lines.skip(from).take(QUANTITIES.len());
    let rows = lines.map(|(line, progress)| {
        vec![
            goods_cell(line.goods, view.goods.get(&line.goods)),
            account_cell(t, names, line.from),
            Cell::Number(progress.planned.to_string()),
            Cell::Number(progress.done.to_string()),
            Cell::Number(progress.waiting.to_string()),
            Cell::Number(progress.left().to_string()),
        ]
    });
    Table::new(t, String::new(), columns, Empty::default()).rows(rows.collect())
}

fn carried_table(frame: &Frame, view: &DisposalView) -> Table {
    let t = frame.t;
    let columns = &[
        "stock-movement",
        "column-state",
        "disposal-pieces",
        "disposal-first",
        "disposal-second",
    ];
    let rows = view.carried.iter().map(|carried| {
        let (tone, word) = match (carried.waits, &carried.second) {
            _ if carried.is_reversed => (Tone::Caution, "reversed"),
            (true, _) => (Tone::Caution, "waiting"),
            (false, Some(_)) => (Tone::Agree, "posted"),
            (false, None) => (Tone::Silent, "voided"),
        };
        let second = carried.second.as_ref().zip(carried.posted_at);
        let lines =
            |by: &dyn std::fmt::Display, at| Cell::Lines(by.to_string(), frame.moment(at).text);
        vec![
            Cell::link(
                format!("/stock-movements/{}", carried.movement),
                t.text("stock-movement-see"),
            ),
            Cell::tag(tone, terms::word(t, &["stock-state"], word)),
            Cell::Number(carried.pieces.to_string()),
            lines(&carried.first, carried.at),
            match second {
                Some((by, at)) => lines(by, at),
                None => Cell::Text(String::new()),
            },
        ]
    });
    let empty = Empty::of(t, "disposal-carried");
    Table::new(t, String::new(), columns, empty).rows(rows.collect())
}

/// Destroys some of it, or gives the plan up.
pub(crate) async fn act(
    signed: Signed,
    Path((id, act)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Problem> {
    let needed = match act.as_str() {
        "carry-out" => Action::MoveStock,
        "abandon" => Action::ManageStock,
        _ => return Err(Problem::new(ProblemCode::NotFound)),
    };
    signed.enter(needed)?;
    let id = record_id(&id)?;
    let (app, caller) = (&signed.state.app, signed.caller());
    let went: Result<Result<(), AppError>, Wrong> = match act.as_str() {
        "carry-out" => {
            let view = app.view_disposal(caller, id).await?;
            match read_quantities(&signed, &view, &posted) {
                Ok(quantities) => {
                    let movement = posted.raw("movement").parse().ok();
                    let entered = app
                        .carry_out_disposal(caller, id, movement, &quantities)
                        .await;
                    Ok(entered.map(|_| ()))
                }
                Err(wrong) => Err(wrong),
            }
        }
        _ => match read_reason(&posted, "reason", signed.t()) {
            Ok(reason) => Ok(app.abandon_disposal(caller, id, reason).await),
            Err(wrong) => Err(wrong),
        },
    };
    let Some(wrong) = wrong_in(went)? else {
        return Ok(done(
            &format!("/disposals/{id}"),
            &format!("disposal-{act}"),
        ));
    };
    Ok(show_refused(
        &page(&signed, id, (&act, &posted, &wrong)).await?,
    ))
}

fn read_quantities(
    signed: &Signed,
    view: &DisposalView,
    posted: &Posted,
) -> Result<Vec<u64>, Wrong> {
    let mut quantities = vec![0; view.disposal.lines.len()];
    let from = first_line(view, posted.some("from").as_deref());
    for (number, name) in lines_left(view, from) {
        if let Some(text) = posted.some(name) {
            let wrong = |_| wrong_at(name, signed.t(), "stock-count-invalid");
            let read = text.parse::<u64>().map_err(wrong)?;
            if let Some(quantity) = quantities.get_mut(number) {
                *quantity = read;
            }
        }
    }
    Ok(quantities)
}
