//! Lists, their versions, and what each changed.

use std::sync::Arc;

use egnatia_app::{Change, ListChange, ListChangeRow, ListEntryRow, ListVersionRow, Store};
use egnatia_audit::Hash;
use egnatia_record::Version;

use crate::{Maker, user};

/// A version of a list.
pub fn list(make: &Maker, list: &str, version: u64) -> ListVersionRow {
    ListVersionRow {
        list: list.into(),
        version,
        source_version: format!("2026-11-{version:02}"),
        checksum: Hash::of(b"what was read").to_string(),
        imported_at: make.tick(),
        imported_by: user("os:root"),
        added: 3,
        changed: 2,
        removed: 1,
        unchanged: 700,
        orphans: r#"["QDi.000"]"#.into(),
        orphan_count: 1,
    }
}

/// An entry that the first version of a list added.
pub fn entry(make: &Maker, list: &str, source_id: &str) -> ListEntryRow {
    ListEntryRow {
        list: list.into(),
        source_id: source_id.into(),
        record: make.id(),
        record_version: Version::FIRST,
        content: Hash::of(source_id.as_bytes()),
        listed: true,
        list_version: 1,
        change: ListChange::Added,
    }
}

pub async fn versions_entries_and_changes(store: Arc<dyn Store>) {
    let make = Maker::new(1);
    let (first, second) = (list(&make, "un-sc", 1), list(&make, "un-sc", 2));
    let other = list(&make, "eu-fsf", 1);
    let mut entries: Vec<_> = ["b", "a", "c"].map(|id| entry(&make, "un-sc", id)).into();
    store
        .commit(make.changes(vec![
            Change::PutList(first.clone()),
            Change::PutListEntries(entries.clone()),
            Change::PutList(other.clone()),
            Change::PutListEntries(vec![entry(&make, "eu-fsf", "a")]),
        ]))
        .await
        .unwrap();
    let changes = store.list_changes("un-sc", 1, None, 10).await.unwrap();
    let order: Vec<_> = changes.iter().map(|row| row.source_id.as_str()).collect();
    assert_eq!(order, ["a", "b", "c"]);

    // The second version changes one and removes one.
    let next = Version::new(2).unwrap();
    for (row, change) in entries
        .iter_mut()
        .zip([ListChange::Changed, ListChange::Removed])
    {
        row.record_version = next;
        row.list_version = 2;
        row.listed = change != ListChange::Removed;
        row.change = change;
        row.content = Hash::of(b"something else");
    }
    store
        .commit(make.changes(vec![
            Change::PutList(second.clone()),
            Change::PutListEntries(entries[..2].to_vec()),
        ]))
        .await
        .unwrap();

    assert_eq!(store.lists().await.unwrap(), [other, second.clone()]);
    assert_eq!(store.list_versions("un-sc").await.unwrap(), [second, first]);
    assert_eq!(store.list_versions("none").await.unwrap(), []);
    let mut present = store.list_entries("un-sc").await.unwrap();
    present.sort_by(|a, b| a.source_id.cmp(&b.source_id));
    entries.sort_by(|a, b| a.source_id.cmp(&b.source_id));
    assert_eq!(present, entries);
    let line = |row: &ListEntryRow| ListChangeRow {
        source_id: row.source_id.clone(),
        record: row.record,
        record_version: row.record_version,
        change: row.change,
    };
    let lines: Vec<_> = entries[..2].iter().map(line).collect();
    assert_eq!(
        store.list_changes("un-sc", 2, None, 10).await.unwrap(),
        lines
    );
    assert_eq!(
        store.list_changes("un-sc", 2, None, 1).await.unwrap(),
        lines[..1]
    );
    assert_eq!(
        store.list_changes("un-sc", 2, Some("a"), 9).await.unwrap(),
        lines[1..]
    );
    // What the first version changed stays.
    assert_eq!(
        store.list_changes("un-sc", 1, None, 10).await.unwrap(),
        changes
    );
    assert_eq!(store.list_changes("un-sc", 3, None, 10).await.unwrap(), []);
}
