//! Surplus that is to be destroyed: plans, what is done, by whom, and what is left.

use axum::extract::Path;
use axum::response::Response;
use egnatia_app::{Action, AppError, DisposalView, NewDisposal};
use egnatia_record::RecordId;
use egnatia_stockpile::{Condition, DisposalLine, DisposalState};

use super::alert_form::{Filler, Wrong};
use super::firearm_fields::read_day;
use super::firearm_sections::{Section, SectionsPage, whole, wrong_in, wrong_of};
use super::firearms::FirearmsPage;
use super::stock_words::{
    Names, account, account_cell, day, end_of, goods_cell, goods_name, names, read_reason, tabs,
    wrong_at,
};
use super::{record_id, terms};
use crate::parts::{Cell, Clock, Empty, Facts, Field, Form, Table, Tone};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::{Area, Frame};

/// Lines that the form of a new plan offers, what waits to be destroyed first.
const CHOICES_MAX: usize = 500;

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

/// Shows the form of a new plan.
pub(crate) async fn show_new(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ManageStock)?;
    let nothing = (&Posted::default(), &Wrong::new());
    Ok(show(&new_page(&signed, nothing).await?))
}

/// What may be destroyed: what stands in a store, what waits for it first.
async fn choices(signed: &Signed) -> Result<Vec<(String, String)>, Problem> {
    let app = &signed.state.app;
    let mut found = Vec::new();
    for site in app.stock_sites(signed.caller()).await? {
        for store in site.site.stores() {
            let view = app.stock_store(signed.caller(), store.account).await?;
            for line in view.places {
                for held in line.held.into_iter().filter(|held| held.row.quantity > 0) {
                    let Some(goods) = held.goods else { continue };
                    let name = format!(
                        "{} × {}, {} / {}",
                        held.row.quantity,
                        goods_name(&goods),
                        view.site_name,
                        line.place.code
                    );
                    let waits = goods.condition == Condition::ForDestruction;
                    let value = format!("{} {}", held.row.goods, held.row.account);
                    found.push((!waits, name, value));
                }
            }
        }
    }
    found.sort();
    found.truncate(CHOICES_MAX);
    Ok(found
        .into_iter()
        .map(|(_, name, value)| (value, name))
        .collect())
}

async fn new_page(
    signed: &Signed,
    (posted, wrong): (&Posted, &Wrong),
) -> Result<SectionsPage, Problem> {
    let t = signed.t();
    let title = t.text("disposal-new");
    let frame = signed.frame(title, Some(Area::Stores)).await;
    let filler = Filler { t, posted, wrong };
    let choices = choices(signed).await?;
    let is_cut = choices.len() >= CHOICES_MAX;
    let lines = filler.several("lines", "disposal-lines", choices);
    let lines = match is_cut {
        true => lines.hint(t.text("disposal-lines-cut")),
        false => lines,
    };
    let fields = vec![
        filler.line("name", "disposal-name").required().first(),
        filler.area("reason", "disposal-why").required(),
        filler.line("method", "disposal-method").required(),
        filler.line("due_on", "disposal-due-on").required(),
        lines,
    ];
    let whole = whole(wrong, &fields);
    let submit = t.text("disposal-submit");
    let form = Form::new(t, "/disposals", fields, submit, whole);
    Ok(SectionsPage {
        back: ("/disposals", t.text("disposals")),
        notice: None,
        sections: vec![
            Section::new("new", t.text("disposal-new"))
                .means(t.text("disposal-means"))
                .form(form.csrf(frame.csrf())),
        ],
        frame,
    })
}

/// Plans what is to be destroyed: all of what was chosen.
pub(crate) async fn plan(signed: Signed, posted: Posted) -> Result<Response, Problem> {
    signed.enter(Action::ManageStock)?;
    let wrong = match read_plan(&signed, &posted).await? {
        Ok(new) => match signed.state.app.plan_disposal(signed.caller(), new).await {
            Ok(id) => return Ok(done(&format!("/disposals/{id}"), "disposal")),
            Err(error) => wrong_of(error)?,
        },
        Err(wrong) => wrong,
    };
    Ok(show_refused(&new_page(&signed, (&posted, &wrong)).await?))
}

async fn read_plan(
    signed: &Signed,
    posted: &Posted,
) -> Result<Result<NewDisposal, Wrong>, Problem> {
    let t = signed.t();
    let mut lines = Vec::new();
    for text in posted.all("lines") {
        let sides = text.split_once(' ');
        let sides = sides.and_then(|(goods, from)| Some((goods.parse().ok()?, from.parse().ok()?)));
        let (goods, from) = sides.ok_or(Problem::new(ProblemCode::BadRequest))?;
        let app = &signed.state.app;
        let view = app.stock_goods(signed.caller(), goods, None, 1).await?;
        let held = view.held.iter().find(|row| row.account == from);
        let held = held.and_then(|row| u64::try_from(row.quantity).ok()?.try_into().ok());
        match held {
            Some(quantity) => lines.push(DisposalLine {
                goods,
                from,
                quantity,
            }),
            None => return Ok(Err(wrong_at("lines", t, "disposal-lines-gone"))),
        }
    }
    let reason = match read_reason(posted, "reason", t) {
        Ok(reason) => reason,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let Some(due_on) = read_day(&posted.text("due_on")) else {
        return Ok(Err(wrong_at("due_on", t, "day-invalid")));
    };
    Ok(Ok(NewDisposal {
        name: posted.text("name"),
        reason,
        method: posted.text("method"),
        due_on,
        lines,
    }))
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
    let frame = signed
        .frame(view.disposal.name.clone(), Some(Area::Stores))
        .await;
    let mut sections = vec![
        Section::new("plan", t.text("disposal"))
            .clock(clock(&frame, &view))
            .facts(facts(&frame, &view)),
        Section::new("lines", t.text("disposal-progress"))
            .table(lines_table(&frame, &names, &view)),
        Section::new("carried", t.text("disposal-carried")).table(carried_table(&frame, &view)),
    ];
    let nothing = (Posted::default(), Wrong::new());
    let given = |of: &str| match act == of {
        true => (posted, wrong),
        false => (&nothing.0, &nothing.1),
    };
    let is_open = view.disposal.state == DisposalState::Open;
    if is_open && view.total().left() > 0 && signed.offers(Action::MoveStock) {
        let (posted, wrong) = given("carry-out");
        let fields = quantity_fields(&frame, (&names, &view), (posted, wrong));
        let whole = whole(wrong, &fields);
        let path = format!("/disposals/{id}/carry-out");
        let submit = t.text("disposal-carry-out");
        let movement = match posted.raw("movement") {
            "" => app.stock_form_id(signed.caller()).to_string(),
            kept => kept.to_owned(),
        };
        let form = Form::new(t, path, fields, submit, whole).hidden("movement", movement);
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

/// Names of the fields of lines: a form carries as many as this.
const QUANTITIES: [&str; 40] = [
    "q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "q10", "q11", "q12", "q13", "q14", "q15",
    "q16", "q17", "q18", "q19", "q20", "q21", "q22", "q23", "q24", "q25", "q26", "q27", "q28",
    "q29", "q30", "q31", "q32", "q33", "q34", "q35", "q36", "q37", "q38", "q39", "q40",
];

/// The lines of which something is left, as many as a form carries.
fn lines_left(view: &DisposalView) -> Vec<(usize, &'static str)> {
    let left = view.progress.iter().enumerate();
    let left = left.filter(|(_, line)| line.left() > 0);
    left.map(|(number, _)| number).zip(QUANTITIES).collect()
}

fn quantity_fields(
    frame: &Frame,
    (names, view): (&Names, &DisposalView),
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
    lines_left(view).into_iter().filter_map(of).collect()
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

fn lines_table(frame: &Frame, names: &Names, view: &DisposalView) -> Table {
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
    for (number, name) in lines_left(view) {
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
