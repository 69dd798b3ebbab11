//! Records, and what is kept beside them.

use egnatia_app::{
    Cursor, DueFilter, DuePlace, DueRecord, KeyRow, RecordFilter, StoreError, StoredRecord,
};
use egnatia_record::{Kind, RecordId, Version};
use jiff::civil::Date;

use super::all;
use crate::ask::{composed, rows_of, sql};
use crate::backend::{Argument, Link, store_error};
use crate::row::Row;
use crate::stage::day_us;

/// Versions of records with the state of the newest one.
const VERSIONS: &str = "SELECT r.envelope, r.body, r.salt, r.commitment, h.state, r.event \
     FROM records r JOIN record_heads h ON h.id = r.id";
/// Newest versions. The heads come first, so that they lead where they are what is searched.
const NEWEST: &str = "SELECT r.envelope, r.body, r.salt, r.commitment, h.state, r.event \
     FROM record_heads h JOIN records r ON r.id = h.id AND r.version = h.version";

/// The same with the time by which something has to be done.
const DUE: &str = "SELECT r.envelope, r.body, r.salt, r.commitment, h.state, r.event, h.due_us \
     FROM record_heads h JOIN records r ON r.id = h.id AND r.version = h.version";

fn record(row: &mut Row) -> Result<StoredRecord, StoreError> {
    let envelope_json = row.blob()?;
    let envelope = serde_json::from_slice(&envelope_json)
        .map_err(|error| StoreError::Corrupt(format!("an envelope: {error}")))?;
    Ok(StoredRecord {
        envelope,
        envelope_json,
        // Half of it opens nothing: then it counts as erased.
        body: row.maybe_blob()?.zip(row.maybe_salt()?),
        commitment: row.hash()?,
        state: row.text()?,
        event: row.count()?,
    })
}

fn id(id: &RecordId) -> Argument {
    id.as_bytes().as_slice().into()
}

/// The newest versions of these records.
pub async fn newest(
    link: &mut dyn Link,
    ids: &[RecordId],
) -> Result<Vec<StoredRecord>, StoreError> {
    let unique: std::collections::BTreeSet<_> = ids.iter().collect();
    let keys = unique.into_iter().map(id).collect();
    let rows = rows_of(link, &format!("{NEWEST} WHERE h.id"), keys).await;
    let rows = rows.map_err(|error| store_error(&error))?;
    rows.into_iter().map(|mut row| record(&mut row)).collect()
}

/// All versions of a record, oldest first.
pub async fn history(link: &mut dyn Link, of: RecordId) -> Result<Vec<StoredRecord>, StoreError> {
    let text = format!("{VERSIONS} WHERE r.id = $1 ORDER BY r.version");
    all(link, composed(text), vec![id(&of)], record).await
}

/// The newest versions that the filter asks for, newest first.
pub async fn find(
    link: &mut dyn Link,
    filter: &RecordFilter,
) -> Result<Vec<StoredRecord>, StoreError> {
    // Before everything: the end of time, the last id.
    let after = filter
        .after
        .map_or((i64::MAX, RecordId::from_bytes([0xff; 16])), |cursor| {
            (cursor.at_us, cursor.id)
        });
    let mut arguments = vec![
        filter.kind.as_str().into(),
        after.0.into(),
        id(&after.1),
        filter.limit.clamp(1, 1000).into(),
    ];
    let mut text = format!("{NEWEST} WHERE h.kind = $1 AND (h.updated_us, h.id) < ($2, $3)");
    let conditions = [
        ("state", filter.state.as_deref()),
        (
            "created_by",
            filter
                .created_by
                .as_ref()
                .map(egnatia_record::UserId::as_str),
        ),
    ];
    for (column, value) in conditions {
        if let Some(value) = value {
            arguments.push(value.into());
            text.push_str(&format!(" AND h.{column} = ${}", arguments.len()));
        }
    }
    text.push_str(" ORDER BY h.updated_us DESC, h.id DESC LIMIT $4");
    all(link, composed(text), arguments, record).await
}

/// The open ones by what is due first, then the others, newest first.
pub async fn find_due(
    link: &mut dyn Link,
    filter: &DueFilter,
) -> Result<Vec<DueRecord>, StoreError> {
    let limit = filter.limit.clamp(1, 1000);
    let mut found = match filter.after {
        Some(DuePlace::Closed(_)) => Vec::new(),
        Some(DuePlace::Open { due_us, id }) => {
            open(link, filter, (due_us, id.as_bytes().to_vec()), limit).await?
        }
        None => open(link, filter, (i64::MIN, Vec::new()), limit).await?,
    };
    let taken = u32::try_from(found.len()).unwrap_or(limit);
    if let Some(left @ 1..) = limit.checked_sub(taken) {
        found.extend(closed(link, filter, left).await?);
    }
    Ok(found)
}

async fn open(
    link: &mut dyn Link,
    filter: &DueFilter,
    after: (i64, Vec<u8>),
    limit: u32,
) -> Result<Vec<DueRecord>, StoreError> {
    let mut arguments = vec![
        filter.kind.as_str().into(),
        filter.open.into(),
        after.0.into(),
        after.1.as_slice().into(),
        limit.into(),
    ];
    let about = about(filter, &mut arguments);
    let text = format!(
        "{DUE} WHERE h.kind = $1 AND h.state = $2 AND (h.due_us, h.id) > ($3, $4){about} \
         ORDER BY h.due_us, h.id LIMIT $5"
    );
    all(link, composed(text), arguments, |row| {
        let record = record(row)?;
        let place = DuePlace::Open {
            due_us: row.int()?,
            id: record.envelope.id,
        };
        Ok(DueRecord { record, place })
    })
    .await
}

async fn closed(
    link: &mut dyn Link,
    filter: &DueFilter,
    limit: u32,
) -> Result<Vec<DueRecord>, StoreError> {
    // Before everything: the end of time, the last id.
    let (at_us, last) = match filter.after {
        Some(DuePlace::Closed(cursor)) => (cursor.at_us, cursor.id),
        _ => (i64::MAX, RecordId::from_bytes([0xff; 16])),
    };
    let mut arguments = vec![
        filter.kind.as_str().into(),
        filter.open.into(),
        at_us.into(),
        id(&last),
        limit.into(),
    ];
    let about = about(filter, &mut arguments);
    let text = format!(
        "{NEWEST} WHERE h.kind = $1 AND h.state <> $2 AND (h.updated_us, h.id) < ($3, $4){about} \
         ORDER BY h.updated_us DESC, h.id DESC LIMIT $5"
    );
    all(link, composed(text), arguments, |row| {
        let record = record(row)?;
        let place = DuePlace::Closed(Cursor {
            at_us: record.envelope.recorded_at.as_microsecond(),
            id: record.envelope.id,
        });
        Ok(DueRecord { record, place })
    })
    .await
}

/// The condition that a record refers to somebody's.
fn about(filter: &DueFilter, arguments: &mut Vec<Argument>) -> String {
    let Some(about) = &filter.about else {
        return String::new();
    };
    let first = arguments.len().saturating_add(1);
    arguments.extend([
        about.relation.into(),
        about.kind.as_str().into(),
        about.created_by.as_str().into(),
    ]);
    format!(
        " AND h.id IN (SELECT l.from_id FROM record_heads o JOIN links l ON l.to_id = o.id \
         WHERE l.relation = ${first} AND o.kind = ${} AND o.created_by = ${})",
        first.saturating_add(1),
        first.saturating_add(2)
    )
}

/// How many records of this kind are in this state.
pub async fn count(link: &mut dyn Link, kind: Kind, state: &str) -> Result<u64, StoreError> {
    let text = "SELECT COUNT(*) FROM record_heads WHERE kind = $1 AND state = $2";
    let arguments = vec![kind.as_str().into(), state.into()];
    let counts = all(link, sql(text), arguments, Row::count).await?;
    Ok(counts.into_iter().sum())
}

/// Who refers to `to`, oldest first.
pub async fn linked(
    link: &mut dyn Link,
    to: RecordId,
    relation: &str,
) -> Result<Vec<RecordId>, StoreError> {
    let text = "SELECT from_id FROM links WHERE to_id = $1 AND relation = $2 ORDER BY position";
    all(link, sql(text), vec![id(&to), relation.into()], Row::id).await
}

/// Who holds these names.
pub async fn claims(
    link: &mut dyn Link,
    names: &[String],
) -> Result<Vec<(String, RecordId)>, StoreError> {
    let unique: std::collections::BTreeSet<_> = names.iter().collect();
    let keys = unique
        .into_iter()
        .map(|name| name.as_str().into())
        .collect();
    let rows = rows_of(link, "SELECT name, record FROM claims WHERE name", keys).await;
    let rows = rows.map_err(|error| store_error(&error))?;
    rows.into_iter()
        .map(|mut row| Ok((row.text()?, row.id()?)))
        .collect()
}

/// Whose review date has come.
pub async fn due(
    link: &mut dyn Link,
    today: Date,
    limit: u32,
) -> Result<Vec<RecordId>, StoreError> {
    let text = "SELECT id FROM record_heads WHERE review_us IS NOT NULL AND review_us <= $1 \
                ORDER BY review_us, id LIMIT $2";
    all(
        link,
        sql(text),
        vec![day_us(today).into(), limit.into()],
        Row::id,
    )
    .await
}

/// The feed of match keys.
pub async fn keys_after(
    link: &mut dyn Link,
    sequence: u64,
    limit: u32,
) -> Result<Vec<KeyRow>, StoreError> {
    let text = "SELECT sequence, record, version, keys FROM match_keys WHERE sequence > $1 \
                ORDER BY sequence LIMIT $2";
    all(
        link,
        sql(text),
        vec![sequence.into(), limit.into()],
        |row| {
            Ok(KeyRow {
                sequence: row.count()?,
                record: row.id()?,
                version: row.version()?,
                keys: row.maybe_blob()?,
            })
        },
    )
    .await
}

/// Versions in the order of the entries that state them.
pub async fn by_event(
    link: &mut dyn Link,
    after: Option<(u64, RecordId, Version)>,
    limit: u32,
) -> Result<Vec<StoredRecord>, StoreError> {
    let mut arguments = vec![limit.into()];
    let mut text = VERSIONS.to_owned();
    if let Some((event, record, version)) = after {
        arguments.extend([event.into(), id(&record), version.number().into()]);
        text.push_str(" WHERE (r.event, r.id, r.version) > ($2, $3, $4)");
    }
    text.push_str(" ORDER BY r.event, r.id, r.version LIMIT $1");
    all(link, composed(text), arguments, record).await
}
