//! What arrived, and a stream that says when there is more. Nothing moves by itself: whoever looks
//! at the page is told that something came, and asks for it.

use std::convert::Infallible;
use std::time::Duration;

use askama::Template;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use egnatia_app::{Action, AlertSummary, App, AppError};
use serde::Serialize;
use tokio::time::{MissedTickBehavior, interval};

use super::{incoming, subjects, terms};
use crate::parts::{Cell, Empty, Table};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Signed, show};
use crate::{Area, Frame};

/// So many alerts stand on the page.
const ALERTS: u32 = 30;
/// The counts are taken so often.
const PERIOD: Duration = Duration::from_secs(3);
/// A stream ends after so many looks, as a session does that nobody uses; the page then says so.
const LOOKS_MAX: u32 = 600;

/// The page of what arrived.
#[derive(Debug, Template)]
#[template(path = "arrivals.html")]
pub struct ArrivalsPage {
    /// The frame.
    pub frame: Frame,
    /// What else came: address, name, whether it is shown.
    pub tabs: Vec<(&'static str, String, bool)>,
    /// How much there is now.
    pub counts: Counts,
    /// Alerts of partners, the newest first.
    pub alerts: Table,
}

/// How much there is. No name, no number of a record: the same for everybody who may list them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Matches that wait for a decision.
    pub matches: u64,
    /// Questions and reports that nobody has acted on.
    pub to_answer: u64,
    /// Alerts of partners.
    pub alerts: u64,
}

impl Counts {
    async fn of(app: &App) -> Result<Self, AppError> {
        Ok(Self {
            matches: app.waiting().await?,
            to_answer: app.to_answer().await?,
            alerts: app.received_alerts().await?,
        })
    }
}

/// Shows what arrived.
pub(crate) async fn show_arrivals(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ListAlerts)?;
    let t = signed.t();
    let app = &signed.state.app;
    let counts = Counts::of(app).await?;
    let alerts = app.arrived_alerts(signed.caller(), ALERTS).await?;
    let title = t.text("arrivals-title");
    let frame = signed.frame(title, Some(Area::Inbox)).await;
    let columns = &[
        "column-name",
        "column-issuer",
        "alert-category",
        "column-born",
        "column-document",
        "column-came",
    ];
    let rows = alerts
        .iter()
        .map(|item| row(&signed, &frame, item))
        .collect();
    let empty = Empty::of(t, "alerts-received");
    Ok(show(&ArrivalsPage {
        tabs: incoming::tabs(&signed, "/arrivals"),
        counts,
        alerts: Table::new(t, t.text("arrivals-alerts"), columns, empty).rows(rows),
        frame,
    }))
}

fn row(signed: &Signed, frame: &Frame, item: &AlertSummary) -> Vec<Cell> {
    let t = frame.t;
    let entry = item.body.to_entry(item.alert);
    let [born, _, number] = subjects::distinguishing(Some(&entry), t);
    let issuer = &item.envelope.originator;
    vec![
        Cell::link(format!("/alerts/{}", item.alert), item.body.display_name()),
        Cell::Text(terms::authority(&signed.state.app, t, issuer)),
        Cell::Text(terms::category(t, item.body.category)),
        born,
        number,
        Cell::Time(frame.moment(item.envelope.recorded_at)),
    ]
}

/// Says whenever the counts change, as server-sent events.
pub(crate) async fn follow(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ListAlerts)?;
    let app = signed.state.app.clone();
    let followers = signed.state.followers.clone();
    let busy = |_| Problem::new(ProblemCode::TooManyRequests);
    let permit = followers.try_acquire_owned().map_err(busy)?;
    let mut clock = interval(PERIOD);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let start = (app, clock, None::<Counts>, 0_u32, permit);
    let events = futures_util::stream::unfold(start, |state| async move {
        let (app, mut clock, mut told, mut looks, permit) = state;
        while looks < LOOKS_MAX {
            clock.tick().await;
            looks = looks.saturating_add(1);
            let Ok(counts) = Counts::of(&app).await else {
                continue;
            };
            if told != Some(counts) {
                told = Some(counts);
                let data = serde_json::to_string(&counts).unwrap_or_default();
                let event = Event::default().event("arrivals").data(data);
                return Some((
                    Ok::<_, Infallible>(event),
                    (app, clock, told, looks, permit),
                ));
            }
        }
        None
    });
    Ok(Sse::new(events)
        .keep_alive(KeepAlive::default())
        .into_response())
}
