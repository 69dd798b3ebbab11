//! Lists: what the node compares with, in which versions, and what each version changed.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use egnatia_alerts::ListEntry;
use egnatia_app::{Action, EntryVersion, ListVersionRow};

use super::{checking, entry_fields, record_id, subjects};
use crate::parts::{
    Cell, Empty, EntryChange, Facts, Field, FieldKind, Form, HandlingBadge, Subject, Table,
};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Signed, show};
use crate::{Area, Frame, Texts, words};

/// The page of all lists.
#[derive(Debug, Template)]
#[template(path = "lists.html")]
pub struct ListsPage {
    /// The frame.
    pub frame: Frame,
    /// The newest version of each.
    pub table: Table,
    /// Whether somebody may import one.
    pub may_import: bool,
}

/// The page of one list.
#[derive(Debug, Template)]
#[template(path = "list_versions.html")]
pub struct ListVersionsPage {
    /// The frame.
    pub frame: Frame,
    /// Title, source, what is done after a hit.
    pub facts: Facts,
    /// Its versions, newest first.
    pub table: Table,
}

/// The page of what a version changed.
#[derive(Debug, Template)]
#[template(path = "list_changes.html")]
pub struct ListChangesPage {
    /// The frame.
    pub frame: Frame,
    /// The list's page.
    pub list_href: String,
    /// Source, checksum, counts.
    pub facts: Facts,
    /// What changed, an entry at a time.
    pub changes: Vec<EntryChange>,
    /// The next page of them.
    pub next: Option<String>,
    /// Rows of the source that join no entry.
    pub orphans: Table,
}

/// The page on which a list is imported.
#[derive(Debug, Template)]
#[template(path = "list_import.html")]
pub struct ListImportPage {
    frame: Frame,
    forms: Vec<(String, String, Form)>,
    wrong: Option<String>,
}

/// How a list's files are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListFormat {
    /// OFAC: entries, addresses and other names in three files.
    Ofac,
    /// United Nations: one XML file.
    UnitedNations,
    /// FollowTheMoney: one JSON entity a line.
    FollowTheMoney,
}

impl ListFormat {
    /// Every format.
    pub const ALL: &'static [Self] = &[Self::Ofac, Self::UnitedNations, Self::FollowTheMoney];

    /// The format as forms name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ofac => "ofac",
            Self::UnitedNations => "un",
            Self::FollowTheMoney => "ftm",
        }
    }

    /// The fields, the keys of their labels, and whether they are needed.
    pub(crate) const fn files(self) -> &'static [(&'static str, &'static str, bool)] {
        match self {
            Self::Ofac => &[
                ("ofac_entries", "import-ofac-entries", true),
                ("ofac_addresses", "import-ofac-addresses", false),
                ("ofac_names", "import-ofac-names", false),
            ],
            Self::UnitedNations => &[("un_xml", "import-un-xml", true)],
            Self::FollowTheMoney => &[("ftm_json", "import-ftm-json", true)],
        }
    }
}

impl ListImportPage {
    /// The page; `wrong` says why the last attempt was refused.
    pub fn new(frame: Frame, wrong: Option<String>) -> Self {
        let t = frame.t;
        let csrf = frame.csrf().to_owned();
        let forms = ListFormat::ALL
            .iter()
            .map(|format| {
                let form = Self::form(t, *format, "", t.text("import-dry")).csrf(&csrf);
                let heading = t.text(&format!("import-{}", format.as_str()));
                (format.as_str().to_owned(), heading, form)
            })
            .collect();
        Self {
            frame,
            forms,
            wrong,
        }
    }

    /// The form for the files of one format. Only FollowTheMoney does not say which list it is.
    pub(crate) fn form(t: &'static Texts, format: ListFormat, list: &str, submit: String) -> Form {
        let named = (format == ListFormat::FollowTheMoney).then(|| {
            Field::new("list", t.text("import-list"))
                .hint(t.text("import-list-hint"))
                .value(list)
                .required()
        });
        let files = format.files().iter().map(|(name, key, needed)| {
            let field = Field::new(name, t.text(key)).kind(FieldKind::File);
            if *needed { field.required() } else { field }
        });
        let fields = named.into_iter().chain(files).collect();
        Form::new(t, "/lists/import", fields, submit, None)
            .hidden("format", format.as_str().to_owned())
    }
}

/// The page of what an import would do.
#[derive(Debug, Template)]
#[template(path = "list_preview.html")]
pub struct ListPreviewPage {
    /// The frame.
    pub frame: Frame,
    /// What to do next.
    pub lede: String,
    /// What would change.
    pub facts: Facts,
    /// The button that does it; absent where nothing would change.
    pub form: Option<Form>,
    /// Rows of the source that join no entry.
    pub orphans: Table,
}

/// The page of one entry.
#[derive(Debug, Template)]
#[template(path = "entry.html")]
pub struct EntryPage {
    /// The frame.
    pub frame: Frame,
    /// The listed person or thing.
    pub subject: Subject,
    /// What may be done with it.
    pub handling: HandlingBadge,
    /// Whether the list holds it no more.
    pub gone: bool,
    /// All names.
    pub names: Table,
    /// All numbers.
    pub documents: Table,
    /// Everything else that the source says.
    pub facts: Facts,
    /// Its versions.
    pub versions: Table,
}

/// Columns of a version, after its name.
const COLUMNS: [&str; 8] = [
    "column-source-version",
    "column-imported",
    "column-entries",
    "column-added",
    "column-changed",
    "column-removed",
    "column-unchanged",
    "list-orphans",
];

/// Shows the newest version of every list.
pub(crate) async fn show_lists(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ListLists)?;
    let t = signed.t();
    let app = &signed.state.app;
    let lists = app.lists(signed.caller()).await?;
    let frame = signed.frame(t.text("lists-title"), Some(Area::Lists)).await;
    let rows = lists
        .iter()
        .map(|row| {
            let name = checking::list_link(app, &row.list);
            let mut cells = version_row(&frame, name, row);
            cells.insert(1, Cell::Number(row.version.to_string()));
            cells
        })
        .collect();
    let columns = [&["column-list", "column-list-version"], COLUMNS.as_slice()].concat();
    let table = Table::new(t, String::new(), &columns, Empty::of(t, "lists")).rows(rows);
    let may_import = signed.offers(Action::ImportList);
    Ok(show(&ListsPage {
        frame,
        table,
        may_import,
    }))
}

/// Shows the versions of a list.
pub(crate) async fn show_versions(
    signed: Signed,
    Path(list): Path<String>,
) -> Result<Response, Problem> {
    signed.enter(Action::ListLists)?;
    let t = signed.t();
    let app = &signed.state.app;
    let versions = app.list_versions(signed.caller(), &list).await?;
    let title = t.with("list-title", "list", app.list_name(&list));
    let frame = signed.frame(title, Some(Area::Lists)).await;
    // Who may not see names is not led to them.
    let open = signed.offers(Action::ListChanges);
    let rows = versions
        .iter()
        .map(|row| {
            let text = t.with("entry-version", "version", row.version.to_string());
            let name = if open {
                Cell::link(format!("/lists/{list}/versions/{}", row.version), text)
            } else {
                Cell::Text(text)
            };
            version_row(&frame, name, row)
        })
        .collect();
    let caption = t.text("list-versions");
    let columns = [&["column-list-version"], COLUMNS.as_slice()].concat();
    let table = Table::new(t, caption, &columns, Empty::of(t, "list-versions")).rows(rows);
    let terms = app.terms(&list);
    let facts = Facts::new()
        .with(t.text("list-full-title"), Cell::Text(terms.title.clone()))
        .with(t.text("list-source"), Cell::Text(terms.source.clone()))
        .with(t.text("match-action"), Cell::Text(terms.action.clone()));
    Ok(show(&ListVersionsPage {
        frame,
        facts,
        table,
    }))
}

fn version_row(frame: &Frame, name: Cell, row: &ListVersionRow) -> Vec<Cell> {
    let number = |number: u64| Cell::Number(words::quantity(number));
    let moved = |sign: &str, number: u64| Cell::Number(words::signed(sign, number));
    vec![
        name,
        Cell::Text(words::source_date(&row.source_version)),
        Cell::Time(frame.moment(row.imported_at)),
        number(checking::entries_of(row)),
        moved("+", row.added),
        number(row.changed),
        moved("−", row.removed),
        number(row.unchanged),
        number(row.orphan_count),
    ]
}

/// Shows an entry in its newest version that is not erased.
pub(crate) async fn show_entry(
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    signed.enter(Action::ViewEntry)?;
    let id = record_id(&id)?;
    let t = signed.t();
    let view = signed.state.app.entry(signed.caller(), id).await?;
    let shown = view
        .versions
        .iter()
        .find_map(|version| version.entry.as_ref().map(|entry| (version, entry)));
    let (version, entry) = shown.ok_or(Problem::new(ProblemCode::NotFound))?;
    let title = t.with("entry-title", "name", entry.display_name());
    let frame = signed.frame(title, Some(Area::Lists)).await;
    let page = EntryPage {
        subject: subjects::of_entry(entry, t),
        handling: HandlingBadge::new(&version.envelope, t),
        gone: view.state != "listed",
        names: names(t, entry),
        documents: documents(t, entry),
        facts: entry_facts(t, entry),
        versions: versions(&frame, &view.versions),
        frame,
    };
    Ok(show(&page))
}

pub(super) fn names(t: &'static Texts, entry: &ListEntry) -> Table {
    let columns = &[
        "column-name",
        "column-kind",
        "column-quality",
        "column-note",
    ];
    let rows = entry
        .names
        .iter()
        .map(|name| {
            let quality = words::quality_key(name.quality).map(|key| t.text(key));
            vec![
                Cell::Text(name.text.clone()),
                Cell::Text(t.text(entry_fields::name_kind_key(name.kind))),
                Cell::Text(quality.unwrap_or_default()),
                Cell::Text(name.note.clone().unwrap_or_default()),
            ]
        })
        .collect();
    Table::new(
        t,
        t.text("entry-names"),
        columns,
        Empty::of(t, "entry-names"),
    )
    .rows(rows)
}

pub(super) fn documents(t: &'static Texts, entry: &ListEntry) -> Table {
    let columns = &[
        "column-number",
        "column-kind",
        "column-country",
        "column-note",
    ];
    let rows = entry
        .documents
        .iter()
        .map(|document| {
            vec![
                Cell::Exact(document.number.clone()),
                Cell::Text(match document.label.as_str() {
                    "" => t.text(words::identifier_key(document.kind)),
                    label => label.to_owned(),
                }),
                Cell::Text(words::country(document.country.as_deref().unwrap_or(""), t)),
                Cell::Text(document.note.clone().unwrap_or_default()),
            ]
        })
        .collect();
    let caption = t.text("entry-documents");
    Table::new(t, caption, columns, Empty::of(t, "entry-documents")).rows(rows)
}

fn entry_facts(t: &Texts, entry: &ListEntry) -> Facts {
    let id = Cell::Exact(entry.source_id.clone());
    entry_fields::other_fields(entry, t).into_iter().fold(
        Facts::new().with(t.text("entry-source-id"), id),
        |facts, (key, texts)| {
            facts.with_all(t.text(key), texts.into_iter().map(Cell::Text).collect())
        },
    )
}

fn versions(frame: &Frame, versions: &[EntryVersion]) -> Table {
    let t = frame.t;
    let columns = &[
        "column-list-version",
        "column-at",
        "column-by",
        "column-changed",
    ];
    let older = versions
        .iter()
        .skip(1)
        .map(|version| version.entry.as_ref());
    let rows = versions
        .iter()
        .zip(older.chain(std::iter::once(None)))
        .map(|(version, before)| {
            let changed = match (before, &version.entry) {
                (Some(before), Some(after)) => {
                    let changes = entry_fields::differences(before, after, t);
                    let labels: Vec<String> = changes.into_iter().map(|c| c.label).collect();
                    labels.join(", ")
                }
                _ => String::new(),
            };
            let envelope = &version.envelope;
            vec![
                Cell::Text(t.with("entry-version", "version", envelope.version.to_string())),
                Cell::Time(frame.moment(envelope.recorded_at)),
                Cell::Text(envelope.author.to_string()),
                Cell::Text(changed),
            ]
        })
        .collect();
    let caption = t.text("entry-versions");
    Table::new(t, caption, columns, Empty::of(t, "entry-versions")).rows(rows)
}
