//! Alerts: the node's own by review date, and those of partners.

use askama::Template;
use axum::response::Response;
use egnatia_app::{Action, AlertList, AlertSummary};
use jiff::civil::Date;

use super::{alert_facts, subjects, terms};
use crate::parts::{Cell, Empty, Table, Tone};
use crate::problem::Problem;
use crate::visit::{Signed, show};
use crate::{Area, Frame, cursor};

const PAGE: u32 = 50;

/// The page of the alerts.
#[derive(Debug, Template)]
#[template(path = "alerts.html")]
pub struct AlertsPage {
    /// The frame.
    pub frame: Frame,
    /// The two lists: address, name, whether it is shown.
    pub tabs: Vec<(&'static str, String, bool)>,
    /// What the list is.
    pub lede: String,
    /// The alerts, what is due for review first.
    pub table: Table,
    /// Whether somebody may enter one.
    pub may_enter: bool,
}

/// Shows the alerts, what is due for review first first.
pub(crate) async fn show_alerts(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ListAlerts)?;
    let t = signed.t();
    let (list, name) = match signed.visit.query("list").as_deref() {
        Some("received") => (AlertList::Received, "received"),
        Some("returned") => (AlertList::Returned, "returned"),
        _ => (AlertList::Own, "own"),
    };
    let received = list == AlertList::Received;
    let after = cursor::read_due(signed.visit.query("after").as_deref())?;
    let app = &signed.state.app;
    let page = app.alerts(signed.caller(), list, after, PAGE).await?;
    let frame = signed
        .frame(t.text("alerts-title"), Some(Area::Alerts))
        .await;
    let next = page
        .next
        .map(|next| format!("/alerts?list={name}&after={}", cursor::write_due(next)));
    let table = if received {
        received_table(&signed, &frame, &page.items)
    } else {
        own_table(&signed, &frame, &page.items)
    };
    let mut tabs = vec![
        ("/alerts", t.text("alerts-own"), list == AlertList::Own),
        ("/alerts?list=received", t.text("alerts-received"), received),
        ("/transfers", t.text("transfers-title"), false),
    ];
    let waiting = app.returned_alerts().await?;
    if waiting > 0 || list == AlertList::Returned {
        let name = t.count("alerts-returned", waiting);
        let is_shown = list == AlertList::Returned;
        tabs.push(("/alerts?list=returned", name, is_shown));
    }
    Ok(show(&AlertsPage {
        tabs,
        lede: t.text(match list {
            AlertList::Own => "alerts-own-lede",
            AlertList::Received => "alerts-received-lede",
            AlertList::Returned => "alerts-returned-lede",
        }),
        table: table.next(next),
        may_enter: list == AlertList::Own && signed.offers(Action::EnterAlert),
        frame,
    }))
}

fn own_table(signed: &Signed, frame: &Frame, alerts: &[AlertSummary]) -> Table {
    let t = frame.t;
    let columns = &[
        "column-name",
        "column-review",
        "alert-category",
        "column-born",
        "column-document",
        "column-by",
    ];
    let profile = signed.state.app.profile();
    let rows = alerts
        .iter()
        .map(|item| {
            let entry = item.body.to_entry(item.alert);
            let [born, _, number] = subjects::distinguishing(Some(&entry), t);
            let warn_on = profile.warn_on(item.body.review_on);
            vec![
                name(item),
                review(frame, item, Some(warn_on)),
                Cell::Text(terms::category(t, item.body.category)),
                born,
                number,
                Cell::Text(item.envelope.author.to_string()),
            ]
        })
        .collect();
    Table::new(t, String::new(), columns, Empty::of(t, "alerts-own")).rows(rows)
}

fn received_table(signed: &Signed, frame: &Frame, alerts: &[AlertSummary]) -> Table {
    let t = frame.t;
    let columns = &[
        "column-name",
        "column-issuer",
        "alert-category",
        "column-born",
        "column-document",
        "column-review",
    ];
    let rows = alerts
        .iter()
        .map(|item| {
            let entry = item.body.to_entry(item.alert);
            let [born, _, number] = subjects::distinguishing(Some(&entry), t);
            let issuer = &item.envelope.originator;
            vec![
                name(item),
                Cell::Text(terms::authority(&signed.state.app, t, issuer)),
                Cell::Text(terms::category(t, item.body.category)),
                born,
                number,
                review(frame, item, None),
            ]
        })
        .collect();
    let empty = Empty::of(t, "alerts-received");
    Table::new(t, String::new(), columns, empty).rows(rows)
}

fn name(item: &AlertSummary) -> Cell {
    Cell::link(format!("/alerts/{}", item.alert), item.body.display_name())
}

/// The review date, with what is to be done about it.
fn review(frame: &Frame, item: &AlertSummary, warn_on: Option<Date>) -> Cell {
    let t = frame.t;
    if !matches!(item.state.as_str(), "active" | "received") {
        return Cell::tag(Tone::Silent, state_text(t, &item.state));
    }
    let date = alert_facts::day(item.body.review_on);
    match warn_on {
        Some(warn_on) if warn_on <= frame.today() => {
            Cell::tag(Tone::Caution, t.with("alert-review-near", "date", date))
        }
        _ => Cell::Text(date),
    }
}

/// Where an alert stands.
pub(super) fn state_text(t: &crate::Texts, state: &str) -> String {
    terms::word(t, &["alert-state"], state)
}
