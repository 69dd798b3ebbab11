//! Inbox: the matches that wait for a decision.

use askama::Template;
use axum::response::Response;
use egnatia_app::{Action, App, MatchSummary};

use super::{checking, subjects};
use crate::cursor;
use crate::parts::{Cell, Empty, Table};
use crate::problem::Problem;
use crate::visit::{Signed, show};
use crate::{Area, Frame};

const PAGE: u32 = 50;

/// The page of the matches that wait.
#[derive(Debug, Template)]
#[template(path = "inbox.html")]
pub struct InboxPage {
    /// The frame.
    pub frame: Frame,
    /// The matches, the newest first.
    pub table: Table,
}

/// Shows what waits.
pub(crate) async fn show_inbox(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ListMatches)?;
    let t = signed.t();
    let after = cursor::read(signed.visit.query("after").as_deref())?;
    let app = &signed.state.app;
    let page = app.matches(signed.caller(), "waiting", after, PAGE).await?;
    let frame = signed.frame(t.text("inbox-title"), Some(Area::Inbox)).await;
    let columns = &[
        "column-name",
        "column-born",
        "column-nationality",
        "column-document",
        "column-likelihood",
        "column-asked",
        "column-list",
        "column-case-by",
        "column-since",
    ];
    let rows = page
        .items
        .iter()
        .map(|item| row(app, &frame, item))
        .collect();
    let next = page
        .next
        .map(|next| format!("/inbox?after={}", cursor::write(next)));
    let table = Table::new(t, String::new(), columns, Empty::of(t, "inbox"))
        .rows(rows)
        .next(next)
        .focus_first();
    Ok(show(&InboxPage { frame, table }))
}

fn row(app: &App, frame: &Frame, item: &MatchSummary) -> Vec<Cell> {
    let [born, nationality, document] = subjects::distinguishing(item.listed.as_ref(), frame.t);
    vec![
        Cell::link(format!("/matches/{}", item.matched), &item.entry),
        born,
        nationality,
        document,
        checking::likelihood(frame.t, item.probability),
        Cell::Text(item.asked.clone()),
        checking::list_cell(app, frame.t, &item.list, None),
        Cell::Lines(item.case.clone(), item.by.to_string()),
        Cell::Time(frame.moment(item.at)),
    ]
}
