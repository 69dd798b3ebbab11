//! Returns: counted as they would be today, frozen with a hash, downloaded as CSV or Excel.

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use egnatia_app::{Action, ReturnView};
use egnatia_firearms::{Period, ReturnKind, ReturnRow};

use super::alert_facts::day;
use super::alert_form::{Filler, Wrong};
use super::firearm_fields::words;
use super::firearm_sections::{Section, SectionsPage, whole, wrong_in_words};
use super::firearms::{FirearmsPage, tabs};
use super::{record_id, return_rows, terms};
use crate::parts::{Cell, Empty, Facts, Form, Table, Tone};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::{Area, Frame, cursor};

const PAGE: u32 = 50;

/// Shows frozen returns.
pub(crate) async fn show_returns(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ViewFirearms)?;
    let t = signed.t();
    let after = cursor::read(signed.visit.query("after").as_deref())?;
    let app = &signed.state.app;
    let page = app.returns(signed.caller(), after, PAGE).await?;
    let frame = signed
        .frame(t.text("returns-title"), Some(Area::Firearms))
        .await;
    let columns = &[
        "return-kind",
        "return-period",
        "cluster-incidents",
        "return-frozen-at",
    ];
    let rows = page.items.iter().map(|item| {
        let kind = terms::word(t, &["return-is"], item.body.kind.as_str());
        vec![
            Cell::link(format!("/returns/{}", item.id), kind),
            Cell::Text(period(item.body.period)),
            Cell::Number(item.body.incidents.to_string()),
            Cell::Time(frame.moment(item.body.frozen_at)),
        ]
    });
    let table = Table::new(t, String::new(), columns, Empty::of(t, "returns"));
    let next = page
        .next
        .map(|next| format!("/returns?after={}", cursor::write(next)));
    Ok(show(&FirearmsPage {
        tabs: tabs(t, "/returns"),
        lede: t.text("returns-lede"),
        links: vec![("/returns/count", t.text("return-count"))],
        filters: Vec::new(),
        tables: vec![table.rows(rows.collect()).next(next)],
        frame,
    }))
}

fn period(period: Period) -> String {
    format!("{} – {}", day(period.from), day(period.to))
}

/// Shows the form, and what would be frozen.
pub(crate) async fn show_count(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ViewFirearms)?;
    let page = count_page(&signed, (&Posted::default(), &Wrong::new()), None).await;
    Ok(show(&page))
}

async fn count_page(
    signed: &Signed,
    (posted, wrong): (&Posted, &Wrong),
    counted: Option<(Period, Vec<ReturnRow>, u64)>,
) -> SectionsPage {
    let t = signed.t();
    let frame = signed
        .frame(t.text("return-count"), Some(Area::Firearms))
        .await;
    let filler = Filler { t, posted, wrong };
    let kinds = words(
        t,
        "return-is",
        ReturnKind::ALL.iter().map(|kind| kind.as_str()),
    );
    let fields = || {
        vec![
            filler.choice("kind", "return-kind", kinds.clone()),
            filler.line("period", "return-period").required(),
        ]
    };
    let count = Form::new(
        t,
        "/returns/count",
        fields(),
        t.text("return-count-submit"),
        whole(wrong, &fields()),
    );
    let mut sections = vec![
        Section::new("count", t.text("return-count"))
            .means(t.text("return-count-means"))
            .form(count.csrf(frame.csrf())),
    ];
    if let Some((of, rows, incidents)) = counted {
        let facts = Facts::new()
            .with(t.text("return-period"), Cell::Text(period(of)))
            .with(
                t.text("cluster-incidents"),
                Cell::Text(incidents.to_string()),
            );
        let mut section = Section::new("rows", t.text("return-rows")).facts(facts);
        if signed.offers(Action::KeepFirearms) {
            let form = Form::new(t, "/returns", Vec::new(), t.text("return-freeze"), None);
            let form = form
                .hidden("kind", posted.text("kind"))
                .hidden("period", posted.text("period"));
            section = section.form(form.csrf(frame.csrf()).danger());
        }
        sections.push(section);
        sections.extend(return_rows::sections(t, &rows));
    }
    SectionsPage {
        back: ("/returns", t.text("returns-title")),
        notice: None,
        sections,
        frame,
    }
}

fn kind_of(posted: &Posted) -> Result<ReturnKind, Problem> {
    ReturnKind::parse(posted.raw("kind")).ok_or(Problem::new(ProblemCode::NotFound))
}

/// Counts a return.
pub(crate) async fn count(signed: Signed, posted: Posted) -> Result<Response, Problem> {
    signed.enter(Action::ViewFirearms)?;
    let kind = kind_of(&posted)?;
    let app = &signed.state.app;
    let asked = posted.text("period");
    match app
        .count_firearms_return(signed.caller(), kind, &asked)
        .await
    {
        Ok(counted) => {
            let none = Wrong::new();
            let page = count_page(&signed, (&posted, &none), Some(counted)).await;
            Ok(show(&page))
        }
        Err(error) => {
            let wrong = wrong_in_words(signed.t(), error)?;
            Ok(show_refused(
                &count_page(&signed, (&posted, &wrong), None).await,
            ))
        }
    }
}

/// Freezes a return.
pub(crate) async fn freeze(signed: Signed, posted: Posted) -> Result<Response, Problem> {
    signed.enter(Action::KeepFirearms)?;
    let kind = kind_of(&posted)?;
    let app = &signed.state.app;
    let asked = posted.text("period");
    match app.freeze_return(signed.caller(), kind, &asked).await {
        Ok(id) => Ok(done(&format!("/returns/{id}"), "return-frozen")),
        Err(error) => {
            let wrong = wrong_in_words(signed.t(), error)?;
            Ok(show_refused(
                &count_page(&signed, (&posted, &wrong), None).await,
            ))
        }
    }
}

/// Shows a frozen return.
pub(crate) async fn show_return(
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    signed.enter(Action::ViewFirearms)?;
    let id = record_id(&id)?;
    let t = signed.t();
    let view = signed.state.app.view_return(signed.caller(), id).await?;
    let kind = terms::word(t, &["return-is"], view.body.kind.as_str());
    let frame = signed.frame(kind, Some(Area::Firearms)).await;
    let section = Section::new("rows", t.text("return-rows"))
        .facts(facts(&frame, &view))
        .link(format!("/returns/{id}/table.csv"), t.text("return-csv"))
        .link(format!("/returns/{id}/table.xlsx"), t.text("return-xlsx"));
    Ok(show(&SectionsPage {
        back: ("/returns", t.text("returns-title")),
        notice: None,
        sections: std::iter::once(section)
            .chain(return_rows::sections(t, &view.body.rows))
            .collect(),
        frame,
    }))
}

fn facts(frame: &Frame, view: &ReturnView) -> Facts {
    let t = frame.t;
    let body = &view.body;
    let whole = match view.is_whole {
        true => Cell::tag(Tone::Agree, t.text("return-whole")),
        false => Cell::tag(Tone::Against, t.text("return-broken")),
    };
    Facts::new()
        .with(t.text("return-period"), Cell::Text(period(body.period)))
        .with(
            t.text("cluster-incidents"),
            Cell::Text(body.incidents.to_string()),
        )
        .with(
            t.text("return-frozen-at"),
            Cell::Time(frame.moment(body.frozen_at)),
        )
        .with(
            t.text("column-by"),
            Cell::Text(view.envelope.author.to_string()),
        )
        .with(t.text("return-hash"), Cell::Exact(body.sha256.clone()))
        .with(t.text("column-state"), whole)
}

/// Gives a frozen return as a file: the CSV is what the hash is of.
pub(crate) async fn download(
    signed: Signed,
    Path((id, file)): Path<(String, String)>,
) -> Result<Response, Problem> {
    signed.enter(Action::ViewFirearms)?;
    let id = record_id(&id)?;
    let view = signed.state.app.view_return(signed.caller(), id).await?;
    let body = &view.body;
    let (bytes, kind) = match file.as_str() {
        "table.csv" => (
            body.csv().into_bytes(),
            "text/csv; charset=utf-8; header=present",
        ),
        "table.xlsx" => {
            let sheet = egnatia_formats::table_sheet(&body.table());
            let sheet = sheet.map_err(|_| Problem::new(ProblemCode::Internal))?;
            let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            (sheet, kind)
        }
        _ => return Err(Problem::new(ProblemCode::NotFound)),
    };
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let ending = file.rsplit('.').next().unwrap_or("csv");
    let name = format!(
        "attachment; filename=\"{}-{}.{ending}\"",
        body.kind, body.period.from
    );
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
