//! Lists, their versions, what each version changed, and the entries.

use egnatia_alerts::ListEntry;
use egnatia_record::{Envelope, Kind, RecordId};
use serde_json::json;

use crate::port::{ListChange, ListVersionRow};
use crate::writing::EventAbout;
use crate::{Action, App, AppError, Caller, read_body};

/// Which changes are wanted.
#[derive(Debug, Clone, Copy)]
pub struct ChangesQuery<'a> {
    /// Of which list.
    pub list: &'a str,
    /// By which version, the node's number.
    pub version: u64,
    /// Only entries whose source id comes after this one: the next page.
    pub after: Option<&'a str>,
    /// At most so many, 1 to 200.
    pub limit: u32,
}

/// What a version of a list did to an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryChange {
    /// The entry's id in its source.
    pub source_id: String,
    /// The record.
    pub record: RecordId,
    /// What happened.
    pub change: ListChange,
    /// What the entry says after the change; absent once erased.
    pub after: Option<ListEntry>,
    /// What it said before, where it was changed or removed.
    pub before: Option<ListEntry>,
}

/// A version of an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryVersion {
    /// Who wrote it, when.
    pub envelope: Envelope,
    /// What it says; absent once erased.
    pub entry: Option<ListEntry>,
}

/// An entry with its history.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryView {
    /// `listed`, `removed` or `erased`.
    pub state: String,
    /// All versions, newest first.
    pub versions: Vec<EntryVersion>,
}

impl App {
    /// The newest version of every list. Counts only, nothing personal.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub async fn lists(&self, caller: &Caller) -> Result<Vec<ListVersionRow>, AppError> {
        self.authorise(caller, Action::ListLists, None)?;
        let lists = self.store().lists().await?;
        Ok(lists.into_iter().map(without_orphans).collect())
    }

    /// All versions of a list, newest first. The rows that joined nothing stand in them for those
    /// who may see entries; everybody else gets their number.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::NotFound`] where there is no such list.
    pub async fn list_versions(
        &self,
        caller: &Caller,
        list: &str,
    ) -> Result<Vec<ListVersionRow>, AppError> {
        self.authorise(caller, Action::ListLists, None)?;
        let versions = self.store().list_versions(list).await?;
        if versions.is_empty() {
            return Err(AppError::NotFound("list"));
        }
        if !self.inner.policy.permits(caller, Action::ListChanges, None) {
            return Ok(versions.into_iter().map(without_orphans).collect());
        }
        self.log_consultation(caller, EventAbout::subject(format!("list:{list}")))
            .await?;
        Ok(versions)
    }

    /// What a version of a list changed, entry by entry, ordered by source id.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`]; [`AppError::NotFound`] where there
    /// is no such version.
    pub async fn list_changes(
        &self,
        caller: &Caller,
        query: ChangesQuery<'_>,
    ) -> Result<Vec<EntryChange>, AppError> {
        let ChangesQuery {
            list,
            version,
            after,
            limit,
        } = query;
        self.authorise(caller, Action::ListChanges, None)?;
        let known = self.store().list_versions(list).await?;
        if !known.iter().any(|row| row.version == version) {
            return Err(AppError::NotFound("version of the list"));
        }
        let rows = self
            .store()
            .list_changes(list, version, after, limit.clamp(1, 200))
            .await?;
        let mut changes = Vec::with_capacity(rows.len());
        for row in rows {
            let history = self.store().history(row.record).await?;
            let at = |number: u32| {
                let stored = history
                    .iter()
                    .find(|r| r.envelope.version.number() == number);
                stored
                    .map(read_body::<ListEntry>)
                    .transpose()
                    .map(Option::flatten)
            };
            let number = row.record_version.number();
            let before = match row.change {
                ListChange::Added => None,
                ListChange::Changed | ListChange::Removed => at(number.saturating_sub(1))?,
            };
            changes.push(EntryChange {
                after: at(number)?,
                before,
                source_id: row.source_id,
                record: row.record,
                change: row.change,
            });
        }
        let ids: Vec<RecordId> = changes.iter().map(|change| change.record).collect();
        let about = EventAbout::subject(format!("list:{list}"))
            .data(json!({ "version": version, "records": ids }));
        self.log_consultation(caller, about).await?;
        Ok(changes)
    }

    /// An entry with all its versions.
    ///
    /// # Errors
    /// [`AppError::NoJustification`]; [`AppError::NotFound`] where there is none, or none that the
    /// caller may see.
    pub async fn entry(&self, caller: &Caller, id: RecordId) -> Result<EntryView, AppError> {
        self.authorise(caller, Action::ViewEntry, Some(&caller.login))?;
        let history = self.store().history(id).await?;
        let newest = history.last().ok_or(AppError::NotFound("entry"))?;
        if newest.envelope.kind != Kind::ListEntry {
            return Err(AppError::NotFound("entry"));
        }
        let seen = EventAbout::seen(id, newest.envelope.version);
        let state = newest.state.clone();
        let mut versions = Vec::with_capacity(history.len());
        for stored in history.iter().rev() {
            let entry = read_body(stored)?;
            versions.push(EntryVersion {
                envelope: stored.envelope.clone(),
                entry,
            });
        }
        self.log_consultation(caller, seen).await?;
        Ok(EntryView { state, versions })
    }
}

/// Rows that join nothing hold names: only those who may see entries see them.
fn without_orphans(row: ListVersionRow) -> ListVersionRow {
    ListVersionRow {
        orphans: "[]".to_owned(),
        ..row
    }
}
