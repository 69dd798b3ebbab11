//! Transfers that somebody has justified: who justified what to whom, on which ground, and what left when.

use askama::Template;
use axum::response::Response;
use egnatia_app::{Action, DeliveryRow, DeliveryState, TransferView};

use super::terms;
use crate::parts::{Cell, Empty, Table};
use crate::problem::Problem;
use crate::visit::{Signed, show};
use crate::{Area, Frame, cursor, words};

const PAGE: u32 = 50;

/// The page of the transfers.
#[derive(Debug, Template)]
#[template(path = "transfers.html")]
pub struct TransfersPage {
    /// The frame.
    pub frame: Frame,
    /// The transfers, newest first.
    pub table: Table,
}

/// Shows the transfers, newest first.
pub(crate) async fn show_transfers(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ListAlerts)?;
    let t = signed.t();
    let after = cursor::read(signed.visit.query("after").as_deref())?;
    let app = &signed.state.app;
    let page = app.transfers(signed.caller(), after, PAGE).await?;
    let frame = signed
        .frame(t.text("transfers-title"), Some(Area::Alerts))
        .await;
    let next = page
        .next
        .map(|next| format!("/transfers?after={}", cursor::write(next)));
    let table = table(&signed, &frame, &page.items).next(next);
    Ok(show(&TransfersPage { frame, table }))
}

fn table(signed: &Signed, frame: &Frame, transfers: &[TransferView]) -> Table {
    let t = frame.t;
    let columns = &[
        "transfer-at",
        "transfer-to",
        "transfer-data",
        "transfer-ground",
        "transfer-justification",
        "transfer-told",
        "transfer-rights",
        "column-by",
        "transfer-left",
    ];
    let rows = transfers
        .iter()
        .map(|item| row(signed, frame, item))
        .collect();
    Table::new(t, String::new(), columns, Empty::of(t, "transfers")).rows(rows)
}

fn row(signed: &Signed, frame: &Frame, item: &TransferView) -> Vec<Cell> {
    let t = frame.t;
    let transfer = &item.transfer;
    let to = terms::authority(&signed.state.app, t, &transfer.to);
    let ground = match &transfer.derogation {
        Some(derogation) => terms::word(t, &["derogation"], derogation.as_str()),
        None => terms::word(t, &["gate"], transfer.gate().as_str()),
    };
    let version = transfer.version.to_string();
    vec![
        Cell::Time(frame.moment(transfer.at)),
        Cell::Lines(to, transfer.to.to_string()),
        Cell::link_with(
            format!("/alerts/{}", transfer.record),
            t.text("match-see-alert"),
            t.with("entry-version", "version", version),
        ),
        Cell::Lines(ground, transfer.instrument.clone()),
        Cell::Text(transfer.justification.clone()),
        match &transfer.told {
            Some(told) => Cell::Lines(
                told.category.clone(),
                words::source_date(&told.on.to_string()),
            ),
            None => Cell::Text(String::new()),
        },
        Cell::Text(transfer.rights.clone().unwrap_or_default()),
        Cell::Text(transfer.by.to_string()),
        left(frame, &item.deliveries),
    ]
}

/// Since when the recipient has it, in how many versions.
fn left(frame: &Frame, rows: &[DeliveryRow]) -> Cell {
    let t = frame.t;
    let arrived = rows.iter().filter(|row| {
        row.state == DeliveryState::Delivered && (row.kind == "record" || row.kind == "hit")
    });
    let times: Vec<_> = arrived.filter_map(|row| row.done_at).collect();
    match times.first() {
        Some(first) => Cell::Time(frame.moment(*first)),
        None => Cell::Text(t.text("transfer-not-left")),
    }
}
