//! The stockpile today: what needs a person, and the stores.

use axum::response::Response;
use egnatia_app::{Action, CountDue, Expiring, SiteView, StoreMargin};
use egnatia_record::RecordId;
use egnatia_stockpile::Stocktake;

use super::firearms::FirearmsPage;
use super::stock_words::{
    Names, account, account_cell, cases_table, day, goods_cell, tabs, waiting_table,
};
use super::stocktakes::takes_table;
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
        due_table(&frame, names, &overview.counts_due),
    ];
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

fn due_table(frame: &Frame, names: &Names, due: &[CountDue]) -> Table {
    let t = frame.t;
    let columns = &[
        "stock-store",
        "column-state",
        "stock-due",
        "stock-counted-on",
    ];
    let rows = due.iter().map(|due| {
        let (tone, key) = match due.is_late {
            true => (Tone::Against, "stock-count-late"),
            false => (Tone::Caution, "stock-count-due"),
        };
        let never = || t.text("stock-counted-never");
        vec![
            Cell::link(
                format!("/stocktakes/new?store={}", due.store),
                account(t, names, due.store),
            ),
            Cell::tag(tone, t.text(key)),
            Cell::Text(day(due.due_on)),
            Cell::Text(due.last_on.map_or_else(never, day)),
        ]
    });
    let empty = Empty::of(t, "stock-counts-due");
    Table::new(t, t.text("stock-counts-due"), columns, empty).rows(rows.collect())
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
