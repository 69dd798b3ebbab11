//! What partners ask and report, and what this node asked: rows of tables, by what is due first.

use egnatia_alerts::{Direction, HitReport, Inquiry, InquiryState};
use egnatia_app::Enveloped;
use egnatia_firearms::{AnswerState, Trace, TraceAnswer};
use egnatia_record::RecordId;
use jiff::Timestamp;

use super::terms;
use crate::parts::{Cell, Clock, Empty, Table, Tone};
use crate::visit::Signed;
use crate::{Frame, Texts};

/// So much of a question stands in a table.
const EXCERPT_MAX: usize = 160;

/// A row with when it is due; the greatest instant where it is done.
pub(super) struct Row {
    due_at: Timestamp,
    cells: Vec<Cell>,
    /// Whether this node has to do something, and is late.
    pub is_late: bool,
}

/// The tabs above everything that comes: address, name, whether it is shown.
pub(super) fn tabs(signed: &Signed, shown: &str) -> Vec<(&'static str, String, bool)> {
    let t = signed.t();
    let all = [
        ("/inbox", "inbox-tab"),
        ("/inquiries", "inquiries-title"),
        ("/hit-reports", "hit-reports-title"),
        ("/arrivals", "arrivals-title"),
    ];
    all.into_iter()
        .map(|(href, key)| (href, t.text(key), href == shown))
        .collect()
}

/// A question as a row.
pub(super) fn inquiry(signed: &Signed, frame: &Frame, item: &Enveloped<Inquiry>) -> Row {
    let t = frame.t;
    let body = &item.body;
    let with = terms::authority(&signed.state.app, t, &body.with);
    let (key, theirs) = match body.direction {
        Direction::Received => ("inquiry-from", true),
        Direction::Asked => ("inquiry-to", false),
        Direction::Within => ("inquiry-within", true),
    };
    let is_open = body.state == InquiryState::Open;
    let clock = is_open.then(|| {
        let then = body.urgent.as_ref().map(|_| t.text("inquiry-urgent"));
        clock(frame, (body.since, body.due_at), then)
    });
    Row {
        due_at: due(is_open, body.due_at),
        is_late: theirs && body.is_overdue(frame.now()),
        cells: vec![
            Cell::link_with(
                format!("/inquiries/{}", item.id),
                terms::word(t, &["matter"], &body.matter),
                t.with(key, "partner", with),
            ),
            clock.unwrap_or_else(|| Cell::tag(Tone::Agree, t.text("inquiry-answered"))),
            Cell::Text(excerpt(&body.text)),
            Cell::Time(frame.moment(body.since)),
        ],
    }
}

/// A report of a hit as a row.
pub(super) fn hit_report(signed: &Signed, frame: &Frame, item: &Enveloped<HitReport>) -> Row {
    let t = frame.t;
    let body = &item.body;
    let from = terms::authority(&signed.state.app, t, &body.from);
    let is_open = body.followed_up.is_none();
    let clock = is_open.then(|| {
        let then = body.urgent.then(|| t.text("inquiry-urgent"));
        clock(frame, (body.received_at, body.due_at), then)
    });
    Row {
        due_at: due(is_open, body.due_at),
        is_late: is_open && body.due_at < frame.now(),
        cells: vec![
            Cell::link_with(
                format!("/hit-reports/{}", item.id),
                t.with("hit-report-of", "name", body.name.as_str()),
                t.with("inquiry-from", "partner", from),
            ),
            clock.unwrap_or_else(|| Cell::tag(Tone::Agree, t.text("hit-report-done"))),
            Cell::Text(excerpt(&body.action_taken)),
            Cell::Time(frame.moment(body.received_at)),
        ],
    }
}

/// A partner's trace as a row.
pub(super) fn trace(
    signed: &Signed,
    frame: &Frame,
    (id, answer, trace): (RecordId, &TraceAnswer, &Trace),
) -> Row {
    let t = frame.t;
    let from = terms::authority(&signed.state.app, t, &answer.asker);
    let is_open = answer.state == AnswerState::Open;
    let clock = is_open.then(|| {
        let then = trace.is_urgent().then(|| t.text("inquiry-urgent"));
        clock(frame, (answer.received_at, answer.due_at), then)
    });
    Row {
        due_at: due(is_open, answer.due_at),
        is_late: is_open && answer.due_at < frame.now(),
        cells: vec![
            Cell::link_with(
                format!("/trace-answers/{id}"),
                t.with("inbox-trace", "weapon", trace.weapon.display_name()),
                t.with("inquiry-from", "partner", from),
            ),
            clock.unwrap_or_else(|| Cell::tag(Tone::Agree, t.text("inquiry-answered"))),
            Cell::Text(excerpt(&trace.offence)),
            Cell::Time(frame.moment(answer.received_at)),
        ],
    }
}

fn due(is_open: bool, due_at: Timestamp) -> Timestamp {
    if is_open { due_at } else { Timestamp::MAX }
}

fn clock(frame: &Frame, (since, due_at): (Timestamp, Timestamp), then: Option<String>) -> Cell {
    let times = (since, due_at, frame.now());
    Cell::Clock(Box::new(Clock::new(frame.t, &frame.node.zone, times, then)))
}

fn excerpt(text: &str) -> String {
    let mut letters = text.chars();
    let start: String = letters.by_ref().take(EXCERPT_MAX).collect();
    if letters.next().is_some() {
        format!("{start}…")
    } else {
        start
    }
}

/// What is due first first.
pub(super) fn ordered(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by_key(|row| row.due_at);
    rows
}

/// Only what is not done yet.
pub(super) fn open(rows: Vec<Row>) -> Vec<Row> {
    let open = rows.into_iter().filter(|row| row.due_at < Timestamp::MAX);
    open.collect()
}

/// A table of these rows.
pub(super) fn table(t: &'static Texts, caption: String, empty: &str, rows: Vec<Row>) -> Table {
    let columns = &["column-what", "column-due", "column-says", "column-came"];
    let rows = rows.into_iter().map(|row| row.cells).collect();
    Table::new(t, caption, columns, Empty::of(t, empty)).rows(rows)
}
