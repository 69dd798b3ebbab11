//! Firearms: the register, searched and filtered.

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use egnatia_app::{Action, AppError, FirearmRow, FirearmSearch, Page};
use egnatia_firearms::{Custody, Label, WeaponKind};

use super::alert_form::{Filler, Wrong};
use super::firearm_fields::words_or_none;
use super::terms;
use crate::parts::{Cell, Empty, Field, FieldKind, Table, Tone};
use crate::problem::Problem;
use crate::visit::{Posted, Signed, show, show_refused};
use crate::{Area, Frame, Texts, cursor, encode};

const PAGE: u32 = 50;

/// A page of lists: of weapons, incidents, traces, returns.
#[derive(Debug, Template)]
#[template(path = "firearms.html")]
pub struct FirearmsPage {
    /// The frame.
    pub frame: Frame,
    /// The lists: address, name, whether it is shown.
    pub tabs: Vec<(&'static str, String, bool)>,
    /// What the list is.
    pub lede: String,
    /// What may be entered: address and words.
    pub links: Vec<(&'static str, String)>,
    /// By what the list is searched; empty where it is not.
    pub filters: Vec<Field>,
    /// The rows.
    pub tables: Vec<Table>,
}

impl FirearmsPage {
    /// Where the search is sent: to the list that is shown.
    fn action(&self) -> &'static str {
        let shown = self.tabs.iter().find(|(_, _, is_shown)| *is_shown);
        shown.map_or("", |(path, _, _)| path)
    }
}

/// The lists about firearms.
pub(super) fn tabs(t: &Texts, shown: &str) -> Vec<(&'static str, String, bool)> {
    [
        ("/firearms", "firearms-title"),
        ("/incidents", "incidents-title"),
        ("/traces", "traces-title"),
        ("/returns", "returns-title"),
    ]
    .into_iter()
    .map(|(path, key)| (path, t.text(key), path == shown))
    .collect()
}

/// Where a weapon is, as a word with a sign.
pub(super) fn custody_cell(t: &Texts, custody: &str) -> Cell {
    let tone = match custody {
        "held" | "authority" => Tone::Agree,
        "lost" | "stolen" => Tone::Against,
        "transit" => Tone::Caution,
        _ => Tone::Silent,
    };
    Cell::tag(tone, terms::word(t, &["custody"], custody))
}

/// Shows the register.
pub(crate) async fn show_firearms(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ViewFirearms)?;
    let asked = |name: &str| signed.visit.query(name).unwrap_or_default();
    // What a scanner reads comes as `q`, or into the field of the search.
    let scanned = signed.visit.query("q");
    let text = scanned.unwrap_or_else(|| asked("text"));
    let label = Label::parse(&text);
    if let Some(label) = &label {
        let app = &signed.state.app;
        match app.view_firearm(signed.caller(), label.record).await {
            Ok(_) => {
                let path = format!("/firearms/{}", label.record);
                return Ok(Redirect::to(&path).into_response());
            }
            // The label is of another register: its number may be in this one all the same.
            Err(AppError::NotFound(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let search = FirearmSearch {
        text: label.map_or(text, |label| label.number),
        make: asked("make"),
        calibre: asked("calibre"),
        kind: asked("kind"),
        custody: asked("custody"),
    };
    let after = cursor::read(signed.visit.query("after").as_deref())?;
    let app = &signed.state.app;
    match app.firearms(signed.caller(), &search, after, PAGE).await {
        Ok(page) => Ok(show(&list(&signed, &search, &page, Wrong::new()).await)),
        // A mask in the box: what is wrong stands beside it.
        Err(AppError::Invalid(error)) => {
            let wrong = Wrong::from([(
                error.field.to_owned(),
                crate::words::sentence(&error.problem),
            )]);
            let none = Page {
                items: Vec::new(),
                next: None,
            };
            Ok(show_refused(&list(&signed, &search, &none, wrong).await))
        }
        Err(error) => Err(error.into()),
    }
}

async fn list(
    signed: &Signed,
    search: &FirearmSearch,
    page: &Page<FirearmRow>,
    wrong: Wrong,
) -> FirearmsPage {
    let t = signed.t();
    let title = t.text("firearms-title");
    let frame = signed.frame(title, Some(Area::Firearms)).await;
    let pairs = [
        ("text", &search.text),
        ("make", &search.make),
        ("calibre", &search.calibre),
        ("kind", &search.kind),
        ("custody", &search.custody),
    ];
    let filled = pairs
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).clone()));
    let posted = Posted::of(filled.collect());
    let filler = Filler {
        t,
        posted: &posted,
        wrong: &wrong,
    };
    let kinds = WeaponKind::ALL.iter().map(|kind| kind.as_str());
    let kinds = words_or_none(t, "weapon", kinds);
    let custodies = words_or_none(t, "custody", Custody::WORDS.iter().copied());
    let filters = vec![
        filler
            .line("text", "firearms-text")
            .kind(FieldKind::Exact)
            .first(),
        filler.line("make", "firearm-make"),
        filler.line("calibre", "firearm-calibre"),
        filler.choice("kind", "firearm-kind", kinds),
        filler.choice("custody", "column-custody", custodies),
    ];
    let next = page.next.map(|next| {
        let mut address = format!("/firearms?after={}", cursor::write(next));
        for (name, text) in pairs.iter().filter(|(_, text)| !text.is_empty()) {
            address.push_str(&format!("&{name}={}", encode(text)));
        }
        address
    });
    let links = match signed.offers(Action::KeepFirearms) {
        true => vec![
            ("/firearms/new", t.text("firearm-new")),
            ("/firearms/import", t.text("firearm-import-open")),
        ],
        false => Vec::new(),
    };
    FirearmsPage {
        tabs: tabs(t, "/firearms"),
        lede: t.text("firearms-lede"),
        links,
        filters,
        tables: vec![table(&frame, &page.items).next(next)],
        frame,
    }
}

fn table(frame: &Frame, rows: &[FirearmRow]) -> Table {
    let t = frame.t;
    let columns = &[
        "column-name",
        "column-custody",
        "firearm-kind",
        "firearm-calibre",
        "column-written",
    ];
    let rows = rows
        .iter()
        .map(|row| {
            vec![
                Cell::link(format!("/firearms/{}", row.record), row.name.as_str()),
                custody_cell(t, &row.custody),
                Cell::Text(terms::word(t, &["weapon"], &row.kind)),
                Cell::Text(row.calibre.clone()),
                Cell::Time(frame.moment(row.updated_at)),
            ]
        })
        .collect();
    Table::new(t, String::new(), columns, Empty::of(t, "firearms")).rows(rows)
}
