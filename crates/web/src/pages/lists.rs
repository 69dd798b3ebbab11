//! Lists: what the node compares with, in which versions, and what each version changed.

use askama::Template;

use crate::Frame;
use crate::parts::{EntryChange, Facts, Field, FieldKind, Form, HandlingBadge, Subject, Table};

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

    const fn files(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Ofac => &[
                ("ofac_entries", "import-ofac-entries"),
                ("ofac_addresses", "import-ofac-addresses"),
                ("ofac_names", "import-ofac-names"),
            ],
            Self::UnitedNations => &[("un_xml", "import-un-xml")],
            Self::FollowTheMoney => &[("ftm_json", "import-ftm-json")],
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
                let list = Field::new(list_field(*format), t.text("import-list"))
                    .hint(t.text("import-list-hint"))
                    .required();
                let files = format.files().iter().map(|(name, key)| {
                    Field::new(name, t.text(key))
                        .kind(FieldKind::File)
                        .required()
                });
                let fields = std::iter::once(list).chain(files).collect();
                let form = Form::new(t, "/lists/import", fields, t.text("import-dry"), None)
                    .csrf(&csrf)
                    .hidden("format", format.as_str().to_owned());
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
}

/// Field names are ids on the page, so that each form has its own.
const fn list_field(format: ListFormat) -> &'static str {
    match format {
        ListFormat::Ofac => "ofac_list",
        ListFormat::UnitedNations => "un_list",
        ListFormat::FollowTheMoney => "ftm_list",
    }
}

/// The page of what an import would do.
#[derive(Debug, Template)]
#[template(path = "list_preview.html")]
pub struct ListPreviewPage {
    /// The frame.
    pub frame: Frame,
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
