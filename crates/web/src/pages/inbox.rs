//! Inbox: what partners ask and report, by what is due first, and the matches that wait.

use askama::Template;
use axum::response::Response;
use egnatia_app::{Action, App, EXPORT_ROWS_MAX, ExportedTable, MatchSummary};
use egnatia_record::RecordId;

use super::incoming::{self, Row};
use super::late_traces::LateList;
use super::{checking, subjects, terms};
use crate::cursor;
use crate::parts::{Cell, Empty, Table};
use crate::problem::Problem;
use crate::visit::{Signed, show};
use crate::{Area, Frame, export};

const PAGE: u32 = 50;
const EXPORT_PAGE: u32 = 100;

/// The page of what waits.
#[derive(Debug, Template)]
#[template(path = "inbox.html")]
pub struct InboxPage {
    /// The frame.
    pub frame: Frame,
    /// What else came: address, name, whether it is shown.
    pub tabs: Vec<(&'static str, String, bool)>,
    /// To which traces of the node's own somebody is late.
    pub late_traces: Option<LateList>,
    /// That something is late.
    pub late: Option<String>,
    /// Questions and reports, what is due first first; absent where they are not for the caller.
    pub due: Option<Table>,
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
    let next = page
        .next
        .map(|next| format!("/inbox?after={}", cursor::write(next)));
    let due = match after {
        None => due(&signed, &frame).await?,
        Some(_) => None,
    };
    let late_traces = match after {
        None => LateList::of(&signed, &frame).await?,
        Some(_) => None,
    };
    let late = due.iter().flatten().filter(|row| row.is_late).count();
    let late = u64::try_from(late).unwrap_or(u64::MAX);
    let due = due.map(|rows| {
        let caption = t.text("inbox-due");
        incoming::table(t, caption, "inbox-due", rows)
    });
    let mut table = table(app, &frame, &page.items)
        .next(next)
        .export("/inbox.csv");
    let due = match due {
        Some(rows) if !rows.is_empty() => Some(rows.focus_first()),
        other => {
            table = table.focus_first();
            other
        }
    };
    Ok(show(&InboxPage {
        tabs: incoming::tabs(&signed, "/inbox"),
        late_traces,
        late: (late > 0).then(|| t.count("inbox-late", late)),
        due,
        table,
        frame,
    }))
}

/// What partners ask and report and nobody has acted on, and what they have not answered yet; absent
/// where it is not for the caller's purpose.
async fn due(signed: &Signed, frame: &Frame) -> Result<Option<Vec<Row>>, Problem> {
    if !signed.offers(Action::ListAlerts) {
        return Ok(None);
    }
    let (app, caller) = (&signed.state.app, signed.caller());
    let inquiries = app.inquiries(caller, None, EXPORT_PAGE).await;
    let Some(inquiries) = terms::unless_forbidden(inquiries)? else {
        return Ok(None);
    };
    let reports = app.hit_reports(caller, None, EXPORT_PAGE).await?;
    let inquiries = inquiries
        .items
        .iter()
        .map(|item| incoming::inquiry(signed, frame, item));
    let reports = reports
        .items
        .iter()
        .map(|item| incoming::hit_report(signed, frame, item));
    let mut rows: Vec<Row> = inquiries.chain(reports).collect();
    if signed.offers(Action::ViewFirearms) {
        let traces = app.traces_to_answer(caller, None, EXPORT_PAGE).await;
        let traces = terms::unless_forbidden(traces)?.map(|page| page.items);
        let traces = traces.iter().flatten();
        rows.extend(
            traces.map(|(id, answer, trace)| incoming::trace(signed, frame, (*id, answer, trace))),
        );
    }
    let rows = incoming::open(rows);
    Ok(Some(incoming::ordered(rows)))
}

fn table(app: &App, frame: &Frame, items: &[MatchSummary]) -> Table {
    let t = frame.t;
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
    let rows = items.iter().map(|item| row(app, frame, item)).collect();
    let caption = t.text("inbox-matches");
    Table::new(t, caption, columns, Empty::of(t, "inbox")).rows(rows)
}

/// Everything that waits, as a file.
pub(crate) async fn export(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ListMatches)?;
    let (app, caller) = (&signed.state.app, signed.caller());
    let (mut items, mut after) = (Vec::new(), None);
    loop {
        let page = app.matches(caller, "waiting", after, EXPORT_PAGE).await?;
        items.extend(page.items);
        after = page.next;
        if after.is_none() || items.len() >= EXPORT_ROWS_MAX {
            break;
        }
    }
    let frame = signed.frame(String::new(), Some(Area::Inbox)).await;
    let records: Vec<RecordId> = items.iter().map(|item| item.matched).collect();
    let which = ExportedTable::Inbox;
    app.log_export(caller, which, items.len(), &records).await?;
    let table = table(app, &frame, &items).cut(after.is_some());
    Ok(export::download(&table, which, frame.today()))
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
