//! Returns of the stockpile: what is held, what was counted, what became of what was missing.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use egnatia_app::{Action, StockReturn};

use super::firearm_sections::{Section, SectionsPage};
use super::stock_words::day;
use super::terms;
use crate::parts::{Cell, Empty, Facts, Table};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Signed, show};
use crate::{Area, Frame};

/// The period that is asked for; the present year where none is.
fn asked(signed: &Signed) -> String {
    let present = || signed.visit.today().year().to_string();
    signed.visit.query("period").unwrap_or_else(present)
}

async fn counted(signed: &Signed) -> Result<StockReturn, Problem> {
    signed.enter(Action::ViewStock)?;
    let (state, period) = (&signed.state, asked(signed));
    let day_of = |at| state.day_of(at);
    let app = &state.app;
    Ok(app
        .count_stock_return(signed.caller(), &period, day_of)
        .await?)
}

/// Shows a return.
pub(crate) async fn show_return(signed: Signed) -> Result<Response, Problem> {
    let counted = counted(&signed).await?;
    let t = signed.t();
    let title = t.text("stock-return");
    let frame = signed.frame(title, Some(Area::Stores)).await;
    let (period, year) = (asked(&signed), signed.visit.today().year());
    let file = |kind: &str| format!("/stock-returns/file?period={period}&as={kind}");
    let facts = Facts::new()
        .with(
            t.text("return-period"),
            Cell::Text(format!(
                "{} – {}",
                day(counted.period.from),
                day(counted.period.to)
            )),
        )
        .with(
            t.text("stock-return-at"),
            Cell::Time(frame.moment(counted.at)),
        );
    let mut rows = Section::new("rows", t.text("return-rows"))
        .facts(facts)
        .table(rows_table(&frame, &counted))
        .link(file("csv"), t.text("return-csv"))
        .link(file("xlsx"), t.text("return-xlsx"));
    if counted.is_hidden {
        rows = rows.means(t.text("stock-hidden"));
    }
    let mut periods = Section::new("periods", t.text("stock-return-periods"));
    let halves = [format!("{year}-H1"), format!("{year}-H2")];
    let before = year.saturating_sub(1);
    let halves_before = [format!("{before}-H1"), format!("{before}-H2")];
    let years = [year.to_string(), before.to_string()];
    for period in years.into_iter().chain(halves).chain(halves_before) {
        periods = periods.link(format!("/stock-returns?period={period}"), period);
    }
    Ok(show(&SectionsPage {
        back: ("/stores", t.text("stock-title")),
        notice: None,
        sections: vec![rows, periods],
        frame,
    }))
}

fn rows_table(frame: &Frame, counted: &StockReturn) -> Table {
    let t = frame.t;
    let columns = &["stock-return-group", "stock-what", "incident-count"];
    let rows = counted.rows.iter().map(|row| {
        vec![
            Cell::Text(terms::word(t, &["stock-return"], row.group.as_str())),
            Cell::Text(match row.what.is_empty() {
                true => t.text("stock-return-all"),
                false => row.what.clone(),
            }),
            Cell::Number(row.count.to_string()),
        ]
    });
    Table::new(t, String::new(), columns, Empty::default()).rows(rows.collect())
}

/// Gives a return as a file.
pub(crate) async fn download(signed: Signed) -> Result<Response, Problem> {
    let counted = counted(&signed).await?;
    let table = counted.table();
    let (bytes, kind, ending) = match signed.visit.query("as").as_deref() {
        Some("csv") => (
            crate::export::text_of(table).into_bytes(),
            "text/csv; charset=utf-8; header=present",
            "csv",
        ),
        Some("xlsx") => {
            let sheet = egnatia_formats::table_sheet(&table);
            let sheet = sheet.map_err(|_| Problem::new(ProblemCode::Internal))?;
            let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            (sheet, kind, "xlsx")
        }
        _ => return Err(Problem::new(ProblemCode::NotFound)),
    };
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let name = format!(
        "attachment; filename=\"stock-{}.{ending}\"",
        counted.period.from
    );
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
