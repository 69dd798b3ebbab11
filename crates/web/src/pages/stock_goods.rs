//! One weapon or lot: found by its number, registered, where it is and was.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use egnatia_app::{Action, GoodsView};
use egnatia_stockpile::{Condition, Division, Goods, GoodsId, Group, Tracking};

use super::alert_form::{Filler, Wrong};
use super::firearm_fields::words_or_none;
use super::firearm_sections::{Section, SectionsPage, whole, wrong_of};
use super::firearms::FirearmsPage;
use super::stock_goods_acts::{inspect_section, missing_section};
use super::stock_goods_form::{read, read_day_of, read_record, state_fields};
use super::stock_words::{account_cell, day, goods_cell, goods_name, tabs};
use super::stores::read_before;
use super::{record_id, terms};
use crate::parts::{Cell, Empty, Facts, FieldKind, Form, Table, Tone};
use crate::problem::Problem;
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::{Area, Frame, Texts};

const PAGE: u32 = 50;

/// Shows what has a number.
pub(crate) async fn search(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ViewStock)?;
    let t = signed.t();
    let code = signed.visit.query("code").unwrap_or_default();
    let found = match code.is_empty() {
        true => Vec::new(),
        false => {
            let app = &signed.state.app;
            app.find_goods(signed.caller(), &code).await?
        }
    };
    let frame = signed
        .frame(t.text("stock-goods"), Some(Area::Stores))
        .await;
    let columns = &["column-name", "stock-tracking", "stock-condition"];
    let rows = found.iter().map(|(id, goods)| {
        vec![
            goods_cell(*id, Some(goods)),
            Cell::Text(tracking(t, goods)),
            Cell::Text(terms::word(
                t,
                &["stock-condition"],
                goods.condition.as_str(),
            )),
        ]
    });
    let empty = match code.is_empty() {
        true => Empty::of(t, "stock-goods"),
        false => Empty::of(t, "stock-not-found"),
    };
    let table = Table::new(t, String::new(), columns, empty).rows(rows.collect());
    let posted = Posted::of(vec![("code".to_owned(), code)]);
    let filler = Filler {
        t,
        posted: &posted,
        wrong: &Wrong::new(),
    };
    let code = filler.line("code", "stock-code").kind(FieldKind::Exact);
    let links = match signed.offers(Action::MoveStock) {
        true => vec![("/stock-goods/new", t.text("stock-goods-new"))],
        false => Vec::new(),
    };
    Ok(show(&FirearmsPage {
        tabs: tabs(t, "/stock-goods"),
        lede: t.text("stock-goods-lede"),
        links,
        filters: vec![code.first()],
        tables: vec![table],
        frame,
    }))
}

fn tracking(t: &Texts, goods: &Goods) -> String {
    t.text(match goods.is_serialised() {
        true => "stock-by-serial",
        false => "stock-by-lot",
    })
}

/// Shows one weapon or lot.
pub(crate) async fn show_one(signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    signed.enter(Action::ViewStock)?;
    let id = GoodsId(record_id(&id)?);
    let before = read_before(&signed)?;
    let app = &signed.state.app;
    let view = app.stock_goods(signed.caller(), id, before, PAGE).await?;
    let nothing = ("", &Posted::default(), &Wrong::new());
    Ok(show(&page(&signed, (id, &view), nothing).await))
}

/// What may change of goods, as a form has it.
fn state_of(goods: &Goods) -> Posted {
    let day = |on: Option<jiff::civil::Date>| on.map(day).unwrap_or_default();
    Posted::of(vec![
        ("condition".to_owned(), goods.condition.to_string()),
        ("made_on".to_owned(), day(goods.made_on)),
        ("expires_on".to_owned(), day(goods.expires_on)),
        (
            "category".to_owned(),
            goods
                .category
                .map(|category| category.to_string())
                .unwrap_or_default(),
        ),
        (
            "record".to_owned(),
            goods
                .register_record()
                .map(|record| record.to_string())
                .unwrap_or_default(),
        ),
    ])
}

async fn page(
    signed: &Signed,
    (id, view): (GoodsId, &GoodsView),
    (act, posted, wrong): (&str, &Posted, &Wrong),
) -> SectionsPage {
    let t = signed.t();
    let refused = |of: &str| (act == of).then_some((posted, wrong));
    let frame = signed
        .frame(goods_name(&view.goods), Some(Area::Stores))
        .await;
    let mut place = Section::new("where", t.text("stock-where")).table(held_table(&frame, view));
    place = place.link(
        format!("/stock-goods/{id}/label"),
        t.text("stock-label-print"),
    );
    if view.is_hidden {
        place = place.means(t.text("stock-hidden"));
    }
    let may_move = signed.offers(Action::MoveStock);
    if may_move {
        let href = format!("/stock-movements/new?goods={id}");
        place = place.link(href, t.text("stock-move"));
    }
    let next = view.history.next;
    let next = next.map(|next| format!("/stock-goods/{id}?before={next}"));
    let mut sections = vec![
        place,
        Section::new("what", t.text("stock-what")).facts(facts(signed, view)),
        Section::new("life", t.text("stock-life")).table(life_table(&frame, view).next(next)),
    ];
    if signed.offers(Action::CountStock) {
        if view.goods.explosive.is_some() {
            let goods = (id, &view.goods);
            sections.push(inspect_section(&frame, goods, refused("inspect")));
        }
        if !view.is_hidden && view.held.iter().any(|row| row.quantity > 0) {
            sections.push(missing_section(&frame, (id, view), refused("missing")));
        }
    }
    if may_move {
        let now = (state_of(&view.goods), Wrong::new());
        let (posted, wrong) = refused("change").unwrap_or((&now.0, &now.1));
        let filler = Filler { t, posted, wrong };
        let mut fields = state_fields(&filler);
        if !view.goods.is_serialised() {
            // What a lot is never stands in the register of weapons.
            fields.retain(|field| !matches!(field.name, "category" | "record"));
        }
        let whole = whole(wrong, &fields);
        let submit = t.text("stock-change-submit");
        let form = Form::new(
            t,
            format!("/stock-goods/{id}/change"),
            fields,
            submit,
            whole,
        );
        sections.push(
            Section::new("change", t.text("stock-change"))
                .means(t.text("stock-change-means"))
                .form(form.csrf(frame.csrf())),
        );
    }
    SectionsPage {
        back: ("/stock-goods", t.text("stock-goods")),
        notice: view
            .goods
            .is_expired(frame.today())
            .then(|| t.text("stock-is-expired")),
        sections,
        frame,
    }
}

fn held_table(frame: &Frame, view: &GoodsView) -> Table {
    let t = frame.t;
    let columns = &["stock-place", "stock-quantity", "stock-promised"];
    let held = view.held.iter().filter(|row| row.quantity > 0);
    let rows = held.map(|row| {
        vec![
            account_cell(t, &view.names, row.account),
            Cell::Number(row.quantity.to_string()),
            Cell::Number(row.reserved.to_string()),
        ]
    });
    let empty = Empty::of(t, "stock-held");
    Table::new(t, String::new(), columns, empty).rows(rows.collect())
}

fn facts(signed: &Signed, view: &GoodsView) -> Facts {
    let (t, goods) = (signed.t(), &view.goods);
    let tone = match goods.condition {
        Condition::Serviceable => Tone::Agree,
        Condition::Repairable | Condition::Unknown => Tone::Caution,
        Condition::Unserviceable | Condition::ForDestruction => Tone::Against,
    };
    let condition = terms::word(t, &["stock-condition"], goods.condition.as_str());
    let number = t.text(match goods.is_serialised() {
        true => "stock-serial",
        false => "stock-lot",
    });
    let record = goods
        .register_record()
        .map(|record| match signed.offers(Action::ViewFirearms) {
            true => Cell::link(format!("/firearms/{record}"), t.text("stock-firearm-see")),
            false => Cell::Exact(record.to_string()),
        });
    let hazard = goods.explosive.map(|explosive| {
        Cell::Text(format!(
            "{}{}, {} kg",
            explosive.division, explosive.group, explosive.mass_each
        ))
    });
    let on = |on: Option<jiff::civil::Date>| on.map(|on| Cell::Text(day(on)));
    let cases = view
        .cases
        .iter()
        .map(|case| Cell::link(format!("/stock-cases/{case}"), t.text("stock-case-see")));
    Facts::new()
        .with(
            t.text("stock-nomenclature"),
            Cell::Text(goods.nomenclature.clone()),
        )
        .with(number, Cell::Exact(goods.number().to_owned()))
        .with(t.text("stock-condition"), Cell::tag(tone, condition))
        .with_some(
            t.text("stock-category"),
            goods
                .category
                .map(|category| Cell::Text(terms::word(t, &["stock-category"], category.as_str()))),
        )
        .with_some(t.text("stock-hazard"), hazard)
        .with_some(t.text("stock-made-on"), on(goods.made_on))
        .with_some(t.text("stock-expires-on"), on(goods.expires_on))
        .with_some(
            t.text("stock-inspected"),
            goods.inspected.as_ref().map(|seen| {
                let by = format!("{}, {}", day(seen.on), seen.by);
                Cell::Lines(seen.found.to_string(), by)
            }),
        )
        .with_some(t.text("stock-firearm"), record)
        .with_all(t.text("stock-cases"), cases.collect())
        .with(
            t.text("stock-label"),
            Cell::Exact(view.envelope.id.to_string()),
        )
}

fn life_table(frame: &Frame, view: &GoodsView) -> Table {
    let t = frame.t;
    let columns = &[
        "stock-place",
        "stock-amount",
        "stock-balance",
        "stock-effective",
        "stock-posted",
        "stock-movement",
    ];
    let rows = view.history.items.iter().map(|row| {
        vec![
            account_cell(t, &view.names, row.account),
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
    let empty = Empty::of(t, "stock-life");
    Table::new(t, String::new(), columns, empty).rows(rows.collect())
}

/// Shows the form of a new weapon or lot.
pub(crate) async fn show_new(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::MoveStock)?;
    let number = signed.visit.query("number").unwrap_or_default();
    let posted = Posted::of(vec![("number".to_owned(), number)]);
    Ok(show(&new_page(&signed, (&posted, &Wrong::new())).await))
}

async fn new_page(signed: &Signed, (posted, wrong): (&Posted, &Wrong)) -> SectionsPage {
    let t = signed.t();
    let title = t.text("stock-goods-new");
    let frame = signed.frame(title, Some(Area::Stores)).await;
    let filler = Filler { t, posted, wrong };
    let tracked = ["serial", "lot"].map(|by| (by.to_owned(), t.text(&format!("stock-by-{by}"))));
    let divisions = Division::ALL.iter().map(|division| division.as_str());
    let groups = Group::ALL.iter().map(|group| group.as_str());
    let number = filler.line("number", "stock-number").kind(FieldKind::Exact);
    let mut fields = vec![
        filler
            .line("nomenclature", "stock-nomenclature")
            .required()
            .first(),
        filler.choice("tracking", "stock-tracking", tracked.to_vec()),
        number.required(),
        filler.choice(
            "division",
            "stock-division",
            words_or_none(t, "stock-division", divisions),
        ),
        filler.choice(
            "group",
            "stock-group",
            words_or_none(t, "stock-group", groups),
        ),
        filler.line("mass_each", "stock-mass-each"),
    ];
    fields.extend(state_fields(&filler));
    let whole = whole(wrong, &fields);
    let submit = t.text("stock-goods-submit");
    let form = Form::new(t, "/stock-goods", fields, submit, whole);
    SectionsPage {
        back: ("/stock-goods", t.text("stock-goods")),
        notice: None,
        sections: vec![
            Section::new("new", t.text("stock-goods-new"))
                .means(t.text("stock-goods-new-means"))
                .form(form.csrf(frame.csrf())),
        ],
        frame,
    }
}

/// Registers a weapon or lot, and goes on to its receipt.
pub(crate) async fn register(signed: Signed, posted: Posted) -> Result<Response, Problem> {
    signed.enter(Action::MoveStock)?;
    let wrong = match read(&posted, signed.t()) {
        Ok(goods) => {
            let app = &signed.state.app;
            match app.register_goods(signed.caller(), goods).await {
                Ok(id) => {
                    let path = "/stock-movements/new?done=stock-registered&kind=receipt";
                    return Ok(Redirect::to(&format!("{path}&goods={id}")).into_response());
                }
                Err(error) => wrong_of(error)?,
            }
        }
        Err(wrong) => wrong,
    };
    Ok(show_refused(&new_page(&signed, (&posted, &wrong)).await))
}

pub(super) async fn refused_page(
    signed: &Signed,
    id: GoodsId,
    refused: (&'static str, &Posted, &Wrong),
) -> Result<Response, Problem> {
    let app = &signed.state.app;
    let view = app.stock_goods(signed.caller(), id, None, PAGE).await?;
    Ok(show_refused(&page(signed, (id, &view), refused).await))
}

/// Corrects condition, dates, category, and which weapon of the register it is.
pub(crate) async fn change(
    signed: Signed,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    signed.enter(Action::MoveStock)?;
    let (app, caller, t) = (&signed.state.app, signed.caller(), signed.t());
    let id = GoodsId(record_id(&id)?);
    let view = app.stock_goods(caller, id, None, PAGE).await?;
    let mut wrong = Wrong::new();
    let changed = Goods {
        made_on: read_day_of(&posted, "made_on", t, &mut wrong),
        expires_on: read_day_of(&posted, "expires_on", t, &mut wrong),
        condition: posted
            .raw("condition")
            .parse()
            .unwrap_or(view.goods.condition),
        category: posted.raw("category").parse().ok(),
        tracking: match &view.goods.tracking {
            Tracking::Serial { serial, .. } => Tracking::Serial {
                serial: serial.clone(),
                record: read_record(&posted, t, &mut wrong),
            },
            lot @ Tracking::Lot { .. } => lot.clone(),
        },
        ..view.goods.clone()
    };
    if wrong.is_empty() {
        match app.change_goods(caller, id, changed).await {
            Ok(()) => return Ok(done(&format!("/stock-goods/{id}"), "stock-changed")),
            Err(error) => wrong = wrong_of(error)?,
        }
    }
    refused_page(&signed, id, ("change", &posted, &wrong)).await
}
