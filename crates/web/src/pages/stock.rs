//! The stockpile today: what needs a person, and the stores.

use axum::response::Response;
use egnatia_app::{
    Action, CaseSummary, ClimateDue, Expiring, SiteView, StoreMargin, SurveillanceDue,
};
use egnatia_record::RecordId;
use egnatia_stockpile::{CaseState, Stocktake};

use super::count_plans::{commands_table, due_table};
use super::firearms::FirearmsPage;
use super::stock_disposals::plans_table;
use super::stock_words::{
    Names, account, account_cell, cases_table, day, goods_cell, tabs, waiting_table,
};
use super::stocktakes::takes_table;
use super::terms;
use crate::parts::{Cell, Empty, Table, Tone};
use crate::problem::Problem;
use crate::visit::{Signed, show};
use crate::{Area, Frame};

/// Shows what needs a person today.
pub(crate) async fn show_overview(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ViewStock)?;
    let t = signed.t();
    let app = &signed.state.app;
    let overview = app.stock_overview(signed.caller()).await?;
    let sites = app.stock_sites(signed.caller()).await?;
    let title = t.text("stock-title");
    let frame = signed.frame(title, Some(Area::Stores)).await;
    let names = &overview.names;
    let mut tables = vec![
        waiting_table(&frame, &overview.waiting),
        cases_table(&frame, names, &overview.cases),
        due_table(&frame, names, (&overview.counts_due, "stock-counts-due")),
    ];
    if !overview.commands.is_empty() {
        tables.push(commands_table(&frame, &overview.commands));
    }
    if !overview.away.is_empty() {
        tables.push(away_table(&frame, &overview.away));
    }
    if !overview.climates.is_empty() {
        tables.push(climates_table(&frame, names, &overview.climates));
    }
    if !overview.surveillance.is_empty() {
        tables.push(surveillance_table(&frame, names, &overview.surveillance));
    }
    if !overview.disposals.is_empty() {
        tables.push(plans_table(&frame, &overview.disposals));
    }
    let going: &[(RecordId, Stocktake)] = &overview.counting;
    if !going.is_empty() {
        tables.push(takes_table(&frame, names, going, "stocktakes-going"));
    }
    tables.push(expiring_table(&frame, names, &overview.expiring));
    tables.push(margins_table(&frame, names, &overview.margins));
    let may_see_plans = signed.offers(Action::ViewSitePlan);
    tables.push(stores_table(&frame, &sites, may_see_plans));
    let mut links = Vec::new();
    if signed.offers(Action::MoveStock) {
        links.push(("/stock-movements/new", t.text("stock-move")));
    }
    if signed.offers(Action::CountStock) {
        links.push(("/stocktakes/new", t.text("stocktake-new")));
    }
    if signed.offers(Action::ManageStock) {
        links.push(("/stock-import", t.text("stock-import")));
        links.push(("/stock-setup", t.text("stock-setup")));
    }
    Ok(show(&FirearmsPage {
        tabs: tabs(t, "/stores"),
        lede: t.text("stock-lede"),
        links,
        filters: Vec::new(),
        tables,
        frame,
    }))
}

/// What is found, and in no store yet.
fn away_table(frame: &Frame, away: &[CaseSummary]) -> Table {
    let t = frame.t;
    let columns = &["column-name", "stock-found-on", "stock-case"];
    let rows = away.iter().map(|summary| {
        let at = match summary.case.state {
            CaseState::Found { at, .. } => at,
            _ => summary.case.opened_at,
        };
        vec![
            goods_cell(summary.case.goods, summary.goods.as_ref()),
            Cell::Time(frame.moment(at)),
            Cell::link(
                format!("/stock-cases/{}", summary.envelope.id),
                t.text("stock-case-see"),
            ),
        ]
    });
    let empty = Empty::of(t, "stock-away");
    Table::new(t, t.text("stock-away"), columns, empty).rows(rows.collect())
}

fn climates_table(frame: &Frame, names: &Names, climates: &[ClimateDue]) -> Table {
    let t = frame.t;
    let columns = &["stock-store", "column-state", "climate-last"];
    let rows = climates.iter().map(|due| {
        let state = match due.out {
            Some(out) => Cell::tag(Tone::Against, t.count("climate-out", out.count)),
            None => Cell::tag(Tone::Caution, t.text("climate-unread")),
        };
        let last = due.out.map(|out| out.last.at);
        let last = last.or_else(|| due.unread_since.flatten());
        vec![
            Cell::link(
                format!("/stores/{}/climate", due.store),
                account(t, names, due.store),
            ),
            state,
            match last {
                Some(at) => Cell::Time(frame.moment(at)),
                None => Cell::Text(t.text("climate-never")),
            },
        ]
    });
    let empty = Empty::of(t, "climates");
    Table::new(t, t.text("climates"), columns, empty).rows(rows.collect())
}

fn surveillance_table(frame: &Frame, names: &Names, due: &[SurveillanceDue]) -> Table {
    let t = frame.t;
    let columns = &[
        "column-name",
        "column-state",
        "stock-due",
        "count-why",
        "stock-place",
    ];
    let rows = due.iter().map(|item| {
        let (tone, key) = match item.due_on < frame.today() {
            true => (Tone::Against, "stock-count-late"),
            false => (Tone::Caution, "stock-count-due"),
        };
        vec![
            goods_cell(item.row.goods, Some(&item.goods)),
            Cell::tag(tone, t.text(key)),
            Cell::Text(day(item.due_on)),
            Cell::Text(terms::word(t, &["surveillance-why"], item.why.as_str())),
            account_cell(t, names, item.row.account),
        ]
    });
    let empty = Empty::of(t, "surveillance");
    Table::new(t, t.text("surveillance"), columns, empty).rows(rows.collect())
}

fn expiring_table(frame: &Frame, names: &Names, expiring: &[Expiring]) -> Table {
    let t = frame.t;
    let columns = &[
        "column-name",
        "column-state",
        "stock-expires-on",
        "stock-place",
        "stock-quantity",
    ];
    let rows = expiring.iter().map(|item| {
        let (tone, key) = match item.goods.is_expired(frame.today()) {
            true => (Tone::Against, "stock-expired"),
            false => (Tone::Caution, "stock-expires-soon"),
        };
        vec![
            goods_cell(item.row.goods, Some(&item.goods)),
            Cell::tag(tone, t.text(key)),
            Cell::Text(day(item.on)),
            account_cell(t, names, item.row.account),
            Cell::Number(item.row.quantity.to_string()),
        ]
    });
    let empty = Empty::of(t, "stock-expiring");
    Table::new(t, t.text("stock-expiring"), columns, empty).rows(rows.collect())
}

fn margins_table(frame: &Frame, names: &Names, margins: &[StoreMargin]) -> Table {
    let t = frame.t;
    let columns = &[
        "stock-store",
        "column-state",
        "stock-exposed",
        "stock-margin",
    ];
    let rows = margins.iter().map(|margin| {
        let metres = margin.least.as_ref().map(|least| least.margin_m);
        let (tone, key) = match metres {
            _ if margin.is_missing => (Tone::Against, "stock-licence-missing"),
            _ if margin.is_expired => (Tone::Against, "stock-licence-expired"),
            Some(..0) => (Tone::Against, "stock-too-near"),
            _ if !margin.breaches.is_empty() => (Tone::Against, "stock-licence-broken"),
            _ => (Tone::Agree, "stock-licence-kept"),
        };
        let least = margin.least.as_ref();
        let exposed = least.map(|least| least.exposure.name.clone());
        vec![
            Cell::link(
                format!("/stores/{}", margin.store),
                account(t, names, margin.store),
            ),
            Cell::tag(tone, t.text(key)),
            Cell::Text(exposed.unwrap_or_default()),
            Cell::Text(
                metres
                    .map(|metres| format!("{metres} m"))
                    .unwrap_or_default(),
            ),
        ]
    });
    let empty = Empty::of(t, "stock-margins");
    Table::new(t, t.text("stock-margins"), columns, empty).rows(rows.collect())
}

fn stores_table(frame: &Frame, sites: &[SiteView], may_see_plans: bool) -> Table {
    let t = frame.t;
    let columns = &["stock-store", "stock-site", "stock-licence"];
    let rows = sites.iter().flat_map(|view| {
        view.site.stores().map(|store| {
            let licence = store.licence.as_ref().map(|licence| licence.number.clone());
            vec![
                Cell::link_with(
                    format!("/stores/{}", store.account),
                    store.code.clone(),
                    store.name.clone(),
                ),
                match may_see_plans {
                    true => Cell::link_with(
                        format!("/stock-sites/{}/plan", view.envelope.id),
                        t.text("plan-see"),
                        view.site.name.clone(),
                    ),
                    false => Cell::Text(view.site.name.clone()),
                },
                Cell::Text(licence.unwrap_or_else(|| t.text("stock-licence-none"))),
            ]
        })
    });
    let empty = Empty::of(t, "stock-stores");
    Table::new(t, t.text("stock-stores"), columns, empty).rows(rows.collect())
}
