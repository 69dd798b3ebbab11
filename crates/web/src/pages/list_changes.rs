//! Handler of what a version of a list changed.

use axum::extract::Path;
use axum::response::Response;
use egnatia_app::{Action, ChangesQuery, EntryChange as Change, ListVersionRow};
use serde::Deserialize;

use super::lists::ListChangesPage;
use super::{checking, entry_fields};
use crate::parts::{Cell, Empty, EntryChange, Facts, Table};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Signed, show};
use crate::{Area, Frame, Texts, encode, words};

const PAGE: u32 = 50;

/// The most orphans on one page; the version says how many there are.
const ORPHANS_MAX: usize = 200;

/// A row that joined no entry, as the import wrote it.
#[derive(Debug, Deserialize)]
pub(crate) struct OrphanRow {
    file: String,
    line: u64,
    text: String,
}

/// Shows what a version changed, entry by entry.
pub(crate) async fn show_changes(
    signed: Signed,
    Path((list, version)): Path<(String, String)>,
) -> Result<Response, Problem> {
    signed.enter(Action::ListChanges)?;
    let not_found = || Problem::new(ProblemCode::NotFound);
    let version: u64 = version.parse().map_err(|_| not_found())?;
    let t = signed.t();
    let app = &signed.state.app;
    let after = signed.visit.query("after");
    let query = ChangesQuery {
        list: &list,
        version,
        after: after.as_deref(),
        limit: PAGE,
    };
    let changes = app.list_changes(signed.caller(), query).await?;
    let versions = app.list_versions(signed.caller(), &list).await?;
    let row = versions.iter().find(|row| row.version == version);
    let row = row.ok_or_else(not_found)?;
    let values = [
        ("list", app.list_name(&list)),
        ("version", version.to_string()),
    ];
    let title = t.with_all("list-version-title", &values);
    let frame = signed.frame(title, Some(Area::Lists)).await;
    let full = u32::try_from(changes.len()).is_ok_and(|count| count >= PAGE);
    let next = changes.last().filter(|_| full).map(|last| {
        let after = encode(&last.source_id);
        format!("/lists/{list}/versions/{version}?after={after}")
    });
    let orphans: Vec<OrphanRow> = serde_json::from_str(&row.orphans).unwrap_or_default();
    let page = ListChangesPage {
        list_href: format!("/lists/{list}"),
        facts: facts(&frame, row),
        changes: changes.iter().map(|change| shown(change, t)).collect(),
        next,
        orphans: orphans_table(t, &orphans),
        frame,
    };
    Ok(show(&page))
}

fn shown(change: &Change, t: &'static Texts) -> EntryChange {
    let entry = change.after.as_ref().or(change.before.as_ref());
    let fields = match (&change.before, &change.after) {
        (Some(before), Some(after)) => entry_fields::differences(before, after, t),
        _ => Vec::new(),
    };
    EntryChange {
        t,
        what: EntryChange::tag(change.change, t),
        name: entry.map_or_else(
            || t.text("subject-unnamed"),
            |entry| entry.display_name().to_owned(),
        ),
        source_id: change.source_id.clone(),
        href: format!("/entries/{}", change.record),
        fields,
    }
}

fn facts(frame: &Frame, row: &ListVersionRow) -> Facts {
    let t = frame.t;
    let start = Facts::new()
        .with(
            t.text("list-source-version"),
            Cell::Text(words::source_date(&row.source_version)),
        )
        .with(
            t.text("list-imported-at"),
            Cell::Time(frame.moment(row.imported_at)),
        )
        .with(
            t.text("list-imported-by"),
            Cell::Text(row.imported_by.to_string()),
        )
        .with(t.text("list-checksum"), Cell::Exact(row.checksum.clone()));
    let total = checking::entries_of(row);
    let counts = [row.added, row.changed, row.removed, row.unchanged];
    count_facts(t, start, (total, counts, row.orphan_count))
}

/// How many entries there are, how many came, changed, went and stayed, and how many rows belong
/// to none.
pub(crate) fn count_facts(
    t: &Texts,
    start: Facts,
    (total, [added, changed, removed, unchanged], orphans): (u64, [u64; 4], u64),
) -> Facts {
    [
        ("list-total", words::quantity(total)),
        ("list-added", words::signed("+", added)),
        ("list-changed", words::quantity(changed)),
        ("list-removed", words::signed("−", removed)),
        ("list-unchanged", words::quantity(unchanged)),
        ("list-orphans", words::quantity(orphans)),
    ]
    .into_iter()
    .fold(start, |facts, (key, text)| {
        facts.with(t.text(key), Cell::Text(text))
    })
}

/// Rows that join no entry.
pub(crate) fn orphans_table(t: &'static Texts, orphans: &[OrphanRow]) -> Table {
    let rows = orphans.iter().take(ORPHANS_MAX).map(|orphan| {
        vec![
            Cell::Text(format!("{}:{}", orphan.file, orphan.line)),
            Cell::Exact(orphan.text.clone()),
        ]
    });
    let columns = &["column-place", "column-row"];
    // Without rows it is not shown: the facts say that there are none.
    Table::new(t, t.text("list-orphans"), columns, Empty::default()).rows(rows.collect())
}

impl OrphanRow {
    /// A row of a list that was just read.
    pub(crate) fn of(orphan: &egnatia_formats::Orphan) -> Self {
        Self {
            file: orphan.file.clone(),
            line: orphan.line,
            text: orphan.text.clone(),
        }
    }
}
