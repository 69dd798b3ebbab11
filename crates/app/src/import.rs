//! A version of a list comes in: a diff against the version before, all or nothing.

use std::collections::{BTreeMap, HashMap};

use egnatia_alerts::ListEntry;
use egnatia_audit::{Hash, Operation};
use egnatia_formats::{Orphan, ParsedList};
use egnatia_matching::Schema;
use egnatia_record::{Handling, Kind, Nature, Purpose, RecordId, SubjectCategory, Version};
use serde::Serialize;
use serde_json::json;

use crate::index::MatchKeys;
use crate::port::{Change, KeyChange, ListChange, ListEntryRow, ListVersionRow, StoredRecord};
use crate::writing::{Beside, EventAbout, Keep, Terms, Writing};
use crate::{Action, App, AppError, Caller, Invalid, ListTerms};

/// How many stored records are read at a time.
const PAGE: usize = 500;

/// What an import is about to do, or did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// The list.
    pub list: String,
    /// The node's number of the version: the new one, or the present one where nothing changed.
    pub version: u64,
    /// Entries that were not there before.
    pub added: u64,
    /// Entries that say something else than before.
    pub changed: u64,
    /// Entries that are gone.
    pub removed: u64,
    /// Entries that say the same.
    pub unchanged: u64,
    /// Rows that join no entry.
    pub orphans: u64,
    /// Those rows.
    #[serde(skip)]
    pub orphan_rows: Vec<Orphan>,
    /// Whether nothing was written, because nobody asked to.
    #[serde(skip)]
    pub dry_run: bool,
}

/// How an import is made.
pub struct Importing<'a> {
    /// SHA-256 of what was read.
    pub checksum: Hash,
    /// Count and write nothing.
    pub dry_run: bool,
    /// Told how many entries of how many are prepared.
    pub progress: &'a (dyn Fn(u64, u64) + Send + Sync),
}

impl App {
    /// Imports a version of a list. Repeating it changes nothing.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::Invalid`] where the list is empty or badly named;
    /// [`AppError::Conflict`] where another import of the same list was faster.
    pub async fn import(
        &self,
        caller: &Caller,
        parsed: ParsedList,
        importing: Importing<'_>,
    ) -> Result<ImportReport, AppError> {
        self.authorise(caller, Action::ImportList, None)?;
        check_name(&parsed.list)?;
        if parsed.entries.is_empty() {
            let text = "the list holds no entry; an empty list would remove everybody";
            return Err(Invalid::new("file", "empty", text).into());
        }
        let newest = self
            .store()
            .list_versions(&parsed.list)
            .await?
            .into_iter()
            .next();
        let stored = self.store().list_entries(&parsed.list).await?;
        let mut diff = Diff::of(parsed.entries, stored)?;
        let present = newest.as_ref().map_or(0, |row| row.version);
        let mut report = ImportReport {
            list: parsed.list,
            version: if diff.is_empty() {
                present
            } else {
                present.saturating_add(1)
            },
            added: count(diff.added.len()),
            changed: count(diff.changed.len()),
            removed: count(diff.removed.len()),
            unchanged: diff.unchanged,
            orphans: count(parsed.orphans.len()),
            orphan_rows: parsed.orphans,
            dry_run: importing.dry_run,
        };
        if importing.dry_run {
            return Ok(report);
        }
        let mut writing = self.writing(caller);
        let about = EventAbout::subject(format!("list:{}", report.list)).data(json!({
            "version": report.version,
            "source_version": parsed.source_version,
            "checksum": importing.checksum,
            "added": report.added, "changed": report.changed,
            "removed": report.removed, "unchanged": report.unchanged,
            "orphans": report.orphans,
        }));
        writing.log(Operation::Administration, about);
        if !diff.is_empty() {
            let rows = self
                .write_diff(&mut writing, &report, &mut diff, importing.progress)
                .await?;
            let version = ListVersionRow {
                list: report.list.clone(),
                version: report.version,
                source_version: parsed.source_version,
                checksum: importing.checksum.to_string(),
                imported_at: writing.at,
                imported_by: caller.login.clone(),
                added: report.added,
                changed: report.changed,
                removed: report.removed,
                unchanged: report.unchanged,
                orphans: serde_json::to_string(&report.orphan_rows)
                    .map_err(|error| AppError::Internal(error.to_string()))?,
                orphan_count: report.orphans,
            };
            writing.batch.changes.push(Change::PutList(version));
            writing.batch.changes.push(Change::PutListEntries(rows));
        }
        self.store().commit(writing.batch).await?;
        self.follow_own().await?;
        report
            .orphan_rows
            .sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        Ok(report)
    }

    async fn write_diff(
        &self,
        writing: &mut Writing<'_>,
        report: &ImportReport,
        diff: &mut Diff,
        progress: &(dyn Fn(u64, u64) + Send + Sync),
    ) -> Result<Vec<ListEntryRow>, AppError> {
        let terms = self.terms(&report.list).clone();
        let total = count(diff.added.len() + diff.changed.len() + diff.removed.len());
        let mut writer = EntryWriter {
            report,
            terms: &terms,
            keep_removed_days: self.inner.settings.keep_hits_days,
            rows: Vec::new(),
            total,
            progress,
        };
        for (entry, content) in diff.added.drain(..) {
            writer.add(writing, &entry, content)?;
        }
        let before: Vec<RecordId> = diff
            .changed
            .iter()
            .map(|(_, _, row)| row.record)
            .chain(diff.removed.iter().map(|row| row.record))
            .collect();
        let mut stored: HashMap<RecordId, StoredRecord> = HashMap::new();
        for page in before.chunks(PAGE) {
            let records = self.store().records(page).await?;
            stored.extend(
                records
                    .into_iter()
                    .map(|record| (record.envelope.id, record)),
            );
        }
        let gone = || AppError::Internal("a list's entry has no record".to_owned());
        for (entry, content, row) in diff.changed.drain(..) {
            let record = stored.remove(&row.record).ok_or_else(gone)?;
            // One who comes back after the erasure is a new record: nothing of the old one is left.
            if record.body.is_none() {
                writer.add(writing, &entry, content)?;
            } else {
                writer.change(writing, &entry, content, &record)?;
            }
        }
        for row in diff.removed.drain(..) {
            let record = stored.remove(&row.record).ok_or_else(gone)?;
            writer.remove(writing, row, &record)?;
        }
        Ok(writer.rows)
    }
}

/// What a version says differently from the one before.
struct Diff {
    added: Vec<(ListEntry, Hash)>,
    changed: Vec<(ListEntry, Hash, ListEntryRow)>,
    removed: Vec<ListEntryRow>,
    unchanged: u64,
}

impl Diff {
    fn of(entries: Vec<ListEntry>, stored: Vec<ListEntryRow>) -> Result<Self, AppError> {
        let mut stored: BTreeMap<String, ListEntryRow> = stored
            .into_iter()
            .map(|row| (row.source_id.clone(), row))
            .collect();
        let mut diff = Self {
            added: Vec::new(),
            changed: Vec::new(),
            removed: Vec::new(),
            unchanged: 0,
        };
        for entry in entries {
            let json = serde_json::to_vec(&entry).map_err(|error| {
                AppError::Internal(format!("an entry cannot be written: {error}"))
            })?;
            let content = Hash::of(&json);
            match stored.remove(&entry.source_id) {
                None => diff.added.push((entry, content)),
                Some(row) if row.listed && row.content == content => {
                    diff.unchanged = diff.unchanged.saturating_add(1);
                }
                // Came back, or says something else: the same record goes on.
                Some(row) => diff.changed.push((entry, content, row)),
            }
        }
        diff.removed = stored.into_values().filter(|row| row.listed).collect();
        Ok(diff)
    }

    fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }
}

struct EntryWriter<'a> {
    report: &'a ImportReport,
    terms: &'a ListTerms,
    keep_removed_days: u16,
    rows: Vec<ListEntryRow>,
    total: u64,
    progress: &'a (dyn Fn(u64, u64) + Send + Sync),
}

impl EntryWriter<'_> {
    fn add(
        &mut self,
        writing: &mut Writing<'_>,
        entry: &ListEntry,
        content: Hash,
    ) -> Result<(), AppError> {
        let id = writing.new_local_id();
        let terms = Terms {
            kind: Kind::ListEntry,
            purpose: Purpose::Sanctions,
            legal_basis: self.terms.legal_basis,
            handling: Handling::published(),
            evaluation: self.terms.evaluation,
            subject: match entry.schema {
                Schema::Person | Schema::Unknown => SubjectCategory::Undetermined,
                Schema::Organization | Schema::Vessel | Schema::Aircraft => {
                    SubjectCategory::NoPerson
                }
            },
            nature: Nature::Fact,
            keep: Keep::Review(self.terms.review_days),
        };
        let beside = Beside::new("listed", Operation::Collection).keys(self.keys(entry)?);
        writing.create(id, terms, entry, beside)?;
        self.row(
            entry.source_id.clone(),
            (id, Version::FIRST),
            content,
            ListChange::Added,
        );
        Ok(())
    }

    fn change(
        &mut self,
        writing: &mut Writing<'_>,
        entry: &ListEntry,
        content: Hash,
        record: &StoredRecord,
    ) -> Result<(), AppError> {
        let beside = Beside::new("listed", Operation::Alteration).keys(self.keys(entry)?);
        writing.change(
            record,
            Some(Keep::Review(self.terms.review_days)),
            entry,
            beside,
        )?;
        let version = record
            .envelope
            .version
            .next()
            .unwrap_or(record.envelope.version);
        self.row(
            entry.source_id.clone(),
            (record.envelope.id, version),
            content,
            ListChange::Changed,
        );
        Ok(())
    }

    /// The removed leave the index, and keep their history as long as hits on them are kept.
    fn remove(
        &mut self,
        writing: &mut Writing<'_>,
        row: ListEntryRow,
        record: &StoredRecord,
    ) -> Result<(), AppError> {
        let entry: ListEntry = crate::read_body(record)?
            .ok_or_else(|| AppError::Internal("a listed entry has been erased".to_owned()))?;
        let beside = Beside::new("removed", Operation::Alteration).keys(KeyChange::Remove);
        writing.change(
            record,
            Some(Keep::Erase(self.keep_removed_days)),
            &entry,
            beside,
        )?;
        let version = record
            .envelope
            .version
            .next()
            .unwrap_or(record.envelope.version);
        self.row(
            row.source_id,
            (row.record, version),
            row.content,
            ListChange::Removed,
        );
        Ok(())
    }

    fn keys(&self, entry: &ListEntry) -> Result<KeyChange, AppError> {
        let keys = MatchKeys {
            list: self.report.list.clone(),
            source_id: entry.source_id.clone(),
            name: entry.display_name().to_owned(),
            action: None,
            description: entry.describe(),
        };
        serde_json::to_vec(&keys)
            .map(KeyChange::Set)
            .map_err(|error| AppError::Internal(format!("a match key cannot be written: {error}")))
    }

    fn row(
        &mut self,
        source_id: String,
        (record, record_version): (RecordId, Version),
        content: Hash,
        change: ListChange,
    ) {
        self.rows.push(ListEntryRow {
            list: self.report.list.clone(),
            source_id,
            record,
            record_version,
            content,
            listed: change != ListChange::Removed,
            list_version: self.report.version,
            change,
        });
        (self.progress)(count(self.rows.len()), self.total);
    }
}

fn check_name(list: &str) -> Result<(), Invalid> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if (1..=64).contains(&list.len()) && list.chars().all(allowed) {
        Ok(())
    } else {
        let text = "a list's name has 1 to 64 of a-z, 0-9, `-` and `_`";
        Err(Invalid::new("list", "invalid", text))
    }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
