//! Firearms: the register, searched and filtered.

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use egnatia_app::{
    Action, AppError, EXPORT_ROWS_MAX, ExportedTable, FirearmOrder, FirearmRow, FirearmSearch,
    Page, PresetArea,
};
use egnatia_firearms::{Category, Custody, Label, Proposal, WeaponKind};

use egnatia_record::RecordId;

use super::alert_form::{Filler, Wrong};
use super::firearm_fields::{words, words_or_none};
use super::firearm_sections::wrong_in_words;
use super::terms;
use crate::parts::{Cell, Empty, Field, FieldKind, Table, Tone};
use crate::problem::Problem;
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::{Area, Frame, Texts, cursor, export};

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

/// The page of the register.
#[derive(Debug, Template)]
#[template(path = "firearm_register.html")]
pub struct RegisterPage {
    /// The frame.
    pub frame: Frame,
    /// The lists: address, name, whether it is shown.
    pub tabs: Vec<(&'static str, String, bool)>,
    /// What may be entered: address and words.
    pub links: Vec<(&'static str, String)>,
    /// By what the register is searched.
    pub filters: Vec<Field>,
    /// What is found.
    pub table: Table,
    /// Views of the register that the reader keeps.
    pub views: Views,
    /// Where the labels of what is found are printed.
    pub labels: String,
}

/// Views that somebody keeps, and how another one is kept.
#[derive(Debug)]
pub struct Views {
    /// Address and name of each.
    pub kept: Vec<(String, String)>,
    /// The filter that is shown, as it stands in an address; empty where nothing is filtered.
    pub filter: String,
    /// What is wrong with the name that was given.
    pub wrong: Option<String>,
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
        ("/incidents/figures", "figures-title"),
        ("/traces", "traces-title"),
        ("/returns", "returns-title"),
        ("/returns/progress", "progress-title"),
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

/// By what the register is filtered, as forms and addresses name it.
const FILTERS: [&str; 9] = [
    "text", "make", "model", "calibre", "kind", "category", "custody", "year", "order",
];

/// What is asked for: filters, each with what was filled in.
fn asked(signed: &Signed) -> Posted {
    let fields = FILTERS.iter().filter_map(|name| {
        let value = signed.visit.query(name)?;
        Some(((*name).to_owned(), value))
    });
    Posted::of(fields.collect())
}

fn search_of(posted: &Posted) -> FirearmSearch {
    FirearmSearch {
        text: posted.text("text"),
        make: posted.text("make"),
        model: posted.text("model"),
        calibre: posted.text("calibre"),
        kind: posted.text("kind"),
        category: posted.text("category"),
        custody: posted.text("custody"),
        year: posted.text("year"),
        order: match posted.raw("order") {
            "oldest" => FirearmOrder::Oldest,
            _ => FirearmOrder::Newest,
        },
    }
}

/// The filter as it stands in an address.
fn query_of(posted: &Posted) -> String {
    search_of(posted).filter()
}

/// Shows the register.
pub(crate) async fn show_firearms(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ViewFirearms)?;
    // What a scanner reads comes as `q`, or into the field of the search.
    let scanned = signed.visit.query("q");
    let text = scanned
        .or_else(|| signed.visit.query("text"))
        .unwrap_or_default();
    let mut posted = asked(&signed);
    if let Some(label) = Label::parse(&text) {
        let app = &signed.state.app;
        match app.view_firearm(signed.caller(), label.record).await {
            Ok(_) => {
                let path = format!("/firearms/{}", label.record);
                return Ok(Redirect::to(&path).into_response());
            }
            // The label is of another register: its number may be in this one all the same.
            Err(AppError::NotFound(_)) => posted = with_text(&posted, label.number),
            Err(error) => return Err(error.into()),
        }
    } else if signed.visit.query("q").is_some() {
        posted = with_text(&posted, text);
    }
    found(&signed, &posted).await
}

fn with_text(posted: &Posted, text: String) -> Posted {
    let others = posted.fields().filter(|(name, _)| *name != "text");
    let others = others.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Posted::of(others.chain([("text".to_owned(), text)]).collect())
}

/// Searches while somebody types: the same page, of which the results are taken.
pub(crate) async fn search(signed: Signed, posted: Posted) -> Result<Response, Problem> {
    signed.enter(Action::ViewFirearms)?;
    let login = &signed.caller().login;
    signed.state.readings.admit(login, signed.visit.now)?;
    found(&signed, &posted).await
}

async fn found(signed: &Signed, posted: &Posted) -> Result<Response, Problem> {
    let after = cursor::read(signed.visit.query("after").as_deref())?;
    let app = &signed.state.app;
    let search = search_of(posted);
    match app.firearms(signed.caller(), &search, after, PAGE).await {
        Ok(page) => {
            let wrong = Wrong::new();
            Ok(show(&list(signed, (posted, &wrong), &page, None).await))
        }
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
            Ok(show_refused(
                &list(signed, (posted, &wrong), &none, None).await,
            ))
        }
        Err(error) => Err(error.into()),
    }
}

/// Keeps the filter that is shown as a view, or forgets one.
pub(crate) async fn keep_view(signed: Signed, posted: Posted) -> Result<Response, Problem> {
    signed.enter(Action::ViewFirearms)?;
    let (app, caller) = (&signed.state.app, signed.caller());
    if let Some(name) = posted.some("drop") {
        app.drop_preset(caller, PresetArea::FirearmsView, &name)
            .await?;
        return Ok(done("/firearms", "view-dropped"));
    }
    // Only filters are kept, whatever else was sent.
    let filter = posted.raw("filter").to_owned();
    let fields: Vec<(String, String)> = serde_urlencoded::from_str(&filter).unwrap_or_default();
    let fields = Posted::of(fields);
    let query = query_of(&fields);
    let search = search_of(&fields);
    match app
        .keep_firearm_view(caller, &posted.text("name"), &search)
        .await
    {
        Ok(_) => Ok(done(&format!("/firearms?{query}"), "view-kept")),
        Err(error) => {
            let wrong = wrong_in_words(signed.t(), error)?;
            let text = wrong.into_values().next();
            let page = app.firearms(caller, &search, None, PAGE).await?;
            let none = Wrong::new();
            Ok(show_refused(
                &list(&signed, (&fields, &none), &page, text).await,
            ))
        }
    }
}

/// Gives what is found as a file.
pub(crate) async fn export_firearms(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ViewFirearms)?;
    let (app, caller) = (&signed.state.app, signed.caller());
    let search = search_of(&asked(&signed));
    let (mut items, mut after): (Vec<FirearmRow>, _) = (Vec::new(), None);
    loop {
        let page = app.firearms(caller, &search, after, 100).await?;
        items.extend(page.items);
        after = page.next;
        if after.is_none() || items.len() >= EXPORT_ROWS_MAX {
            break;
        }
    }
    let records: Vec<_> = items.iter().map(|row| row.record).collect();
    let which = ExportedTable::Firearms;
    app.log_export(caller, which, items.len(), &records).await?;
    let frame = signed.frame(String::new(), Some(Area::Firearms)).await;
    let table = table(&frame, &items).cut(after.is_some());
    Ok(export::download(&table, which, frame.today()))
}

/// The first weapons that the address asks for, the filter as it stands there, and whether there are
/// more.
pub(super) async fn found_ids(
    signed: &Signed,
    most: usize,
) -> Result<(Vec<RecordId>, String, bool), Problem> {
    let posted = asked(signed);
    let (app, caller) = (&signed.state.app, signed.caller());
    let limit = u32::try_from(most).unwrap_or(PAGE);
    let page = app
        .firearms(caller, &search_of(&posted), None, limit)
        .await?;
    let ids = page.items.iter().map(|row| row.record);
    Ok((ids.collect(), query_of(&posted), page.next.is_some()))
}

/// Shows the weapons that wait for a second officer.
pub(crate) async fn show_waiting(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ViewFirearms)?;
    let t = signed.t();
    let waiting = signed.state.app.firearms_waiting(signed.caller()).await?;
    let frame = signed
        .frame(t.text("firearms-waiting"), Some(Area::Firearms))
        .await;
    let columns = &[
        "column-name",
        "firearms-waiting-what",
        "column-by",
        "column-on",
    ];
    let rows = waiting.iter().filter_map(|(id, firearm)| {
        let proposed = firearm.proposed.as_ref()?;
        let (what, at) = match proposed {
            Proposal::Destruction(proposed) => ("event-destruction", proposed.at),
            Proposal::Correction(proposed) => ("event-correction", proposed.at),
        };
        Some(vec![
            Cell::link(
                format!("/firearms/{id}"),
                firearm.particulars.display_name(),
            ),
            Cell::Text(t.text(what)),
            Cell::Text(proposed.by().to_string()),
            Cell::Time(frame.moment(at)),
        ])
    });
    let empty = Empty::of(t, "firearms-waiting");
    let table = Table::new(t, String::new(), columns, empty).rows(rows.collect());
    Ok(show(&FirearmsPage {
        tabs: tabs(t, "/firearms"),
        lede: t.text("firearms-waiting-lede"),
        links: Vec::new(),
        filters: Vec::new(),
        tables: vec![table],
        frame,
    }))
}

async fn list(
    signed: &Signed,
    (posted, wrong): (&Posted, &Wrong),
    page: &Page<FirearmRow>,
    wrong_name: Option<String>,
) -> RegisterPage {
    let t = signed.t();
    let title = t.text("firearms-title");
    let frame = signed.frame(title, Some(Area::Firearms)).await;
    let query = query_of(posted);
    let next = page
        .next
        .map(|next| format!("/firearms?after={}&{query}", cursor::write(next)));
    let links = match signed.offers(Action::KeepFirearms) {
        true => vec![
            ("/firearms/new", t.text("firearm-new")),
            ("/firearms/import", t.text("firearm-import-open")),
        ],
        false => Vec::new(),
    };
    let app = &signed.state.app;
    let mut links = links;
    let waiting = app.firearms_waiting_count().await.unwrap_or_default();
    if waiting > 0 {
        links.push((
            "/firearms/waiting",
            t.count("firearms-waiting-count", waiting),
        ));
    }
    let kept = app.presets(signed.caller(), PresetArea::FirearmsView).await;
    let kept = kept.unwrap_or_default().into_iter();
    let views = Views {
        kept: kept
            .map(|preset| (format!("/firearms?{}", preset.text), preset.name))
            .collect(),
        filter: query.clone(),
        wrong: wrong_name,
    };
    let table = table(&frame, &page.items).next(next);
    RegisterPage {
        tabs: tabs(t, "/firearms"),
        links,
        filters: filters(&Filler { t, posted, wrong }),
        table: table.export(format!("/firearms.csv?{query}")),
        views,
        labels: format!("/firearms/labels?{query}"),
        frame,
    }
}

fn filters(filler: &Filler<'_>) -> Vec<Field> {
    let t = filler.t;
    let kinds = WeaponKind::ALL.iter().map(|kind| kind.as_str());
    let custodies = Custody::WORDS.iter().copied();
    let categories = Category::ALL.iter().map(|category| category.as_str());
    vec![
        filler
            .line("text", "firearms-text")
            .kind(FieldKind::Exact)
            .first(),
        filler.line("make", "firearm-make"),
        filler.line("model", "firearm-model"),
        filler.line("calibre", "firearm-calibre"),
        filler.choice("kind", "firearm-kind", words_or_none(t, "weapon", kinds)),
        filler.choice(
            "category",
            "firearms-category",
            words_or_none(t, "arms-category", categories),
        ),
        filler.choice(
            "custody",
            "column-custody",
            words_or_none(t, "custody", custodies),
        ),
        filler.line("year", "firearms-year"),
        filler.choice(
            "order",
            "firearms-order",
            words(t, "firearms-order", ["newest", "oldest"]),
        ),
    ]
}

fn table(frame: &Frame, rows: &[FirearmRow]) -> Table {
    let t = frame.t;
    let columns = &[
        "column-name",
        "column-custody",
        "firearm-kind",
        "firearm-calibre",
        "firearms-category",
        "firearms-year",
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
                Cell::Text(row.category.clone()),
                Cell::Text(row.year.map_or_else(String::new, |year| year.to_string())),
                Cell::Time(frame.moment(row.updated_at)),
            ]
        })
        .collect();
    Table::new(t, String::new(), columns, Empty::of(t, "firearms")).rows(rows)
}
