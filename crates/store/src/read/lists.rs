//! Lists.

use egnatia_app::{ListChange, ListChangeRow, ListEntryRow, ListVersionRow, StoreError};

use super::all;
use crate::ask::{composed, sql};
use crate::backend::Link;
use crate::row::Row;

const VERSIONS: &str = "SELECT list, version, source_version, checksum, imported_us, imported_by, \
     added, changed, removed, unchanged, orphans, orphan_count FROM lists l";

fn version(row: &mut Row) -> Result<ListVersionRow, StoreError> {
    Ok(ListVersionRow {
        list: row.text()?,
        version: row.count()?,
        source_version: row.text()?,
        checksum: row.text()?,
        imported_at: row.time()?,
        imported_by: row.parsed()?,
        added: row.count()?,
        changed: row.count()?,
        removed: row.count()?,
        unchanged: row.count()?,
        orphans: row.text()?,
        orphan_count: row.count()?,
    })
}

/// The newest version of every list, by name.
pub async fn newest(link: &mut dyn Link) -> Result<Vec<ListVersionRow>, StoreError> {
    let text = format!(
        "{VERSIONS} WHERE version = (SELECT MAX(version) FROM lists n WHERE n.list = l.list) \
         ORDER BY list"
    );
    all(link, composed(text), vec![], version).await
}

/// All versions of a list, newest first.
pub async fn versions(link: &mut dyn Link, list: &str) -> Result<Vec<ListVersionRow>, StoreError> {
    let text = format!("{VERSIONS} WHERE list = $1 ORDER BY version DESC");
    all(link, composed(text), vec![list.into()], version).await
}

/// The present line of every entry.
pub async fn entries(link: &mut dyn Link, list: &str) -> Result<Vec<ListEntryRow>, StoreError> {
    let text = "SELECT list, source_id, record, record_version, content, listed, list_version, \
                change FROM list_entries WHERE list = $1";
    all(link, sql(text), vec![list.into()], |row| {
        Ok(ListEntryRow {
            list: row.text()?,
            source_id: row.text()?,
            record: row.id()?,
            record_version: row.version()?,
            content: row.hash()?,
            listed: row.int()? != 0,
            list_version: row.count()?,
            change: row.term(ListChange::parse)?,
        })
    })
    .await
}

/// What a version changed, by source id.
pub async fn changes(
    link: &mut dyn Link,
    (list, number): (&str, u64),
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<ListChangeRow>, StoreError> {
    // An id may be empty, so that "after nothing" needs its own text.
    let mut arguments = vec![list.into(), number.into(), limit.into()];
    let mut condition = "";
    if let Some(after) = after {
        arguments.push(after.into());
        condition = "AND source_id > $4 ";
    }
    let text = format!(
        "SELECT source_id, record, record_version, change FROM list_changes \
         WHERE list = $1 AND list_version = $2 {condition}ORDER BY source_id LIMIT $3"
    );
    all(link, composed(text), arguments, |row| {
        Ok(ListChangeRow {
            source_id: row.text()?,
            record: row.id()?,
            record_version: row.version()?,
            change: row.term(ListChange::parse)?,
        })
    })
    .await
}
