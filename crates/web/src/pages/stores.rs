//! One store: what lies in it and what it may hold; the ledger of an account; holders.

use axum::extract::Path;
use axum::response::Response;
use egnatia_app::{Action, LedgerView, StoreView};
use egnatia_stockpile::{AccountId, Margin};

use super::alert_form::{Filler, Wrong};
use super::firearm_sections::{Section, SectionsPage, whole, wrong_of};
use super::stock_words::{Names, account, day, goods_cell, goods_name};
use super::{record_id, terms};
use crate::parts::{Cell, Empty, Facts, Form, Table, Tone};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::{Area, Frame};

const PAGE: u32 = 50;

/// Shows a store.
pub(crate) async fn show_store(
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    signed.enter(Action::ViewStock)?;
    let t = signed.t();
    let id = AccountId(record_id(&id)?);
    let view = signed.state.app.stock_store(signed.caller(), id).await?;
    let title = format!("{} / {}", view.site_name, view.store.code);
    let frame = signed.frame(title, Some(Area::Stores)).await;
    let mut inside = Section::new("inside", t.text("stock-inside"))
        .table(inside_table(&frame, &view))
        .link(format!("/stock-accounts/{id}"), t.text("stock-ledger"))
        .link(format!("/stores/{id}/labels"), t.text("stock-labels"))
        .link(format!("/stores/{id}/climate"), t.text("climate"));
    if signed.offers(Action::CountStock) {
        let href = format!("/stocktakes/new?store={id}");
        inside = inside.link(href, t.text("stocktake-new"));
    }
    if signed.offers(Action::MoveStock) {
        let href = format!("/stock-movements/new?to={id}");
        inside = inside.link(href, t.text("stock-bring"));
    }
    if view.places.iter().any(|line| line.is_hidden) {
        inside = inside.means(t.text("stock-hidden"));
    }
    let mut licence =
        Section::new("licence", t.text("stock-licence")).facts(licence_facts(&frame, &view));
    if view.store.licence.is_some() {
        licence = licence
            .means(t.text("stock-licence-means"))
            .table(margins_table(&frame, &view.margins));
    }
    Ok(show(&SectionsPage {
        back: ("/stores", t.text("stock-title")),
        notice: (!view.breaches.is_empty()).then(|| {
            let what = view.breaches.join("; ");
            format!("{}: {what}", t.text("stock-licence-broken"))
        }),
        sections: vec![inside, licence],
        frame,
    }))
}

fn inside_table(frame: &Frame, view: &StoreView) -> Table {
    let t = frame.t;
    let columns = &[
        "column-name",
        "stock-place",
        "stock-quantity",
        "stock-promised",
        "stock-condition",
        "stock-expires-on",
    ];
    let mut rows = Vec::new();
    for line in &view.places {
        let mut all: Vec<_> = line.held.iter().collect();
        all.sort_by_key(|held| held.goods.as_ref().map(goods_name));
        for held in all.into_iter().filter(|held| held.row.quantity > 0) {
            let goods = held.goods.as_ref();
            let condition = goods.map(|goods| goods.condition.as_str());
            let condition = condition.map(|word| terms::word(t, &["stock-condition"], word));
            let expires = goods.and_then(|goods| goods.expires_on);
            let place = &line.place;
            rows.push(vec![
                goods_cell(held.row.goods, goods),
                Cell::link(
                    format!("/stock-accounts/{}", place.account),
                    place.code.clone(),
                ),
                Cell::Number(held.row.quantity.to_string()),
                Cell::Number(held.row.reserved.to_string()),
                Cell::Text(condition.unwrap_or_default()),
                Cell::Text(expires.map(day).unwrap_or_default()),
            ]);
        }
    }
    let empty = Empty::of(t, "stock-inside");
    Table::new(t, String::new(), columns, empty).rows(rows)
}

fn licence_facts(frame: &Frame, view: &StoreView) -> Facts {
    let t = frame.t;
    let Some(licence) = &view.store.licence else {
        let none = Cell::tag(Tone::Caution, t.text("stock-licence-none"));
        return Facts::new().with(t.text("stock-licence"), none);
    };
    let until = licence
        .valid_until
        .map(|until| match until < frame.today() {
            true => Cell::tag(
                Tone::Against,
                format!("{} {}", t.text("stock-licence-expired"), day(until)),
            ),
            false => Cell::Text(day(until)),
        });
    let most = licence
        .mass_max
        .iter()
        .map(|(division, mass)| Cell::Text(format!("{division}: {mass} kg")));
    let total = licence
        .total_max
        .map(|mass| Cell::Text(format!("{mass} kg")));
    let conditions = licence.conditions_met.iter().cloned().map(Cell::Text);
    Facts::new()
        .with(
            t.text("stock-licence-number"),
            Cell::Exact(licence.number.clone()),
        )
        .with_some(t.text("stock-licence-until"), until)
        .with_all(t.text("stock-licence-most"), most.collect())
        .with_some(t.text("stock-licence-total"), total)
        .with_all(t.text("stock-licence-conditions"), conditions.collect())
}

fn margins_table(frame: &Frame, margins: &[Margin]) -> Table {
    let t = frame.t;
    let columns = &[
        "stock-around",
        "stock-away",
        "stock-needed",
        "stock-margin",
        "stock-rule",
    ];
    let rows = margins.iter().map(|margin| {
        let needed = margin.needed.as_ref();
        let tone = match margin.margin_m {
            ..0 => Tone::Against,
            _ => Tone::Agree,
        };
        let memory = needed.filter(|needed| !needed.from_memory.is_empty());
        let memory = memory.map(|_| format!(", {}", t.text("stock-from-memory")));
        let rule = needed.map(|needed| {
            format!(
                "{}, {}{}",
                needed.rule(),
                needed.source,
                memory.unwrap_or_default()
            )
        });
        vec![
            Cell::Text(margin.exposure.name.clone()),
            Cell::Text(format!("{} m", margin.exposure.distance_m)),
            Cell::Text(
                needed
                    .map(|needed| format!("{} m", needed.metres))
                    .unwrap_or_default(),
            ),
            Cell::tag(tone, format!("{} m", margin.margin_m)),
            Cell::Text(rule.unwrap_or_default()),
        ]
    });
    let empty = Empty::of(t, "stock-exposures");
    Table::new(t, t.text("stock-exposures"), columns, empty).rows(rows.collect())
}

/// Shows the ledger of an account: a place, a holder, what was lost.
pub(crate) async fn show_ledger(
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    signed.enter(Action::ViewStock)?;
    let t = signed.t();
    let id = AccountId(record_id(&id)?);
    let before = read_before(&signed)?;
    let app = &signed.state.app;
    let view = app.stock_ledger(signed.caller(), id, before, PAGE).await?;
    let names = Names::from([(id, view.name.clone())]);
    let title = account(t, &names, id);
    let frame = signed.frame(title, Some(Area::Stores)).await;
    let next = view.postings.next;
    let next = next.map(|next| format!("/stock-accounts/{id}?before={next}"));
    let means = match view.is_hidden {
        true => "stock-hidden",
        false => "stock-ledger-means",
    };
    let section = Section::new("ledger", t.text("stock-ledger"))
        .means(t.text(means))
        .table(ledger_table(&frame, &view).next(next));
    Ok(show(&SectionsPage {
        back: ("/stores", t.text("stock-title")),
        notice: None,
        sections: vec![section],
        frame,
    }))
}

/// Before which posting a page ends.
pub(super) fn read_before(signed: &Signed) -> Result<Option<u64>, Problem> {
    let before = signed.visit.query("before");
    let before = before.map(|text| text.parse::<u64>()).transpose();
    before.map_err(|_| Problem::new(ProblemCode::BadRequest))
}

fn ledger_table(frame: &Frame, view: &LedgerView) -> Table {
    let t = frame.t;
    let columns = &[
        "column-name",
        "stock-amount",
        "stock-balance",
        "stock-effective",
        "stock-posted",
        "stock-movement",
    ];
    let rows = view.postings.items.iter().map(|row| {
        vec![
            goods_cell(row.goods, view.goods.get(&row.goods)),
            Cell::Number(format!("{:+}", row.amount)),
            Cell::Number(row.balance.to_string()),
            Cell::Time(frame.moment(row.effective_at)),
            Cell::Time(frame.moment(row.posted_at)),
            Cell::link(
                format!("/stock-movements/{}", row.movement),
                t.text("stock-movement-see"),
            ),
        ]
    });
    let empty = Empty::of(t, "stock-ledger");
    Table::new(t, String::new(), columns, empty).rows(rows.collect())
}

/// Shows the form of a new holder.
pub(crate) async fn show_new_holder(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::MoveStock)?;
    Ok(show(
        &holder_page(&signed, (&Posted::default(), &Wrong::new())).await,
    ))
}

async fn holder_page(signed: &Signed, (posted, wrong): (&Posted, &Wrong)) -> SectionsPage {
    let t = signed.t();
    let title = t.text("stock-holder-new");
    let frame = signed.frame(title, Some(Area::Stores)).await;
    let filler = Filler { t, posted, wrong };
    let fields = vec![filler.line("name", "stock-holder-name").required().first()];
    let whole = whole(wrong, &fields);
    let submit = t.text("stock-holder-submit");
    let form = Form::new(t, "/stock-holders/new", fields, submit, whole);
    SectionsPage {
        back: ("/stores", t.text("stock-title")),
        notice: None,
        sections: vec![
            Section::new("new", t.text("stock-holder-new"))
                .means(t.text("stock-holder-means"))
                .form(form.csrf(frame.csrf())),
        ],
        frame,
    }
}

/// Adds a unit or a person to whom stock can be issued.
pub(crate) async fn add_holder(signed: Signed, posted: Posted) -> Result<Response, Problem> {
    signed.enter(Action::MoveStock)?;
    let app = &signed.state.app;
    match app.add_holder(signed.caller(), &posted.text("name")).await {
        Ok(id) => Ok(done(&format!("/stock-accounts/{id}"), "stock-holder")),
        Err(error) => {
            let wrong = wrong_of(error)?;
            Ok(show_refused(&holder_page(&signed, (&posted, &wrong)).await))
        }
    }
}
