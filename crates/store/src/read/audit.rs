//! The log.

use egnatia_app::{AuditFilter, AuditHead, AuditRow, StoreError, StoredCheckpoint};
use egnatia_audit::{Frontier, Hash, Leaf};

use super::{READ_HEAD, all, first, head};
use crate::ask::{composed, sql};
use crate::backend::{Argument, Link};
use crate::row::Row;

const ENTRIES: &str = "SELECT sequence, at_us, operation, commitment, leaf_hash, tag, salt, detail \
     FROM audit_entries";

fn entry(row: &mut Row) -> Result<AuditRow, StoreError> {
    Ok(AuditRow {
        leaf: Leaf {
            sequence: row.count()?,
            at: row.time()?,
            operation: row.parsed()?,
            commitment: row.hash()?,
        },
        leaf_hash: row.hash()?,
        tag: row.hash()?,
        detail: row.maybe_salt()?.zip(row.maybe_blob()?),
    })
}

/// The edge of the tree of `size` entries.
pub async fn load_frontier(link: &mut dyn Link, size: u64) -> Result<Frontier, StoreError> {
    let mut peaks = Vec::new();
    for id in Frontier::peak_ids(size) {
        let found = nodes(link, id.level, id.index, 1).await?;
        peaks.extend(
            found
                .into_iter()
                .filter(|(at, _)| *at == id.index)
                .map(|(_, hash)| hash),
        );
    }
    Frontier::from_peaks(size, peaks)
        .map_err(|error| StoreError::Corrupt(format!("the audit log: {error}")))
}

/// The end of the log. The connection has to be in a transaction.
pub async fn end(link: &mut dyn Link) -> Result<AuditHead, StoreError> {
    let size = head(link, READ_HEAD).await?.log_size;
    let frontier = load_frontier(link, size).await?;
    let text = "SELECT note FROM checkpoints WHERE size = $1";
    Ok(AuditHead {
        size,
        root: frontier.root(),
        checkpoint: first(link, sql(text), vec![size.into()], Row::text).await?,
    })
}

/// Entries that the filter asks for, newest first.
pub async fn find(link: &mut dyn Link, filter: &AuditFilter) -> Result<Vec<AuditRow>, StoreError> {
    let mut arguments: Vec<Argument> = vec![filter.limit.clamp(1, 1000).into()];
    let mut conditions = Vec::new();
    let wanted = [
        (
            "actor =",
            filter.actor.as_ref().map(|user| user.as_str().into()),
        ),
        (
            "operation =",
            filter.operation.map(|operation| operation.as_str().into()),
        ),
        (
            "object =",
            filter.object.map(|id| id.as_bytes().as_slice().into()),
        ),
        ("case_ref =", filter.case.as_deref().map(Into::into)),
        ("at_us >=", filter.from.map(|at| at.as_microsecond().into())),
        ("at_us <", filter.until.map(|at| at.as_microsecond().into())),
        ("sequence <", filter.before.map(Into::into)),
    ];
    for (condition, value) in wanted {
        if let Some(value) = value {
            arguments.push(value);
            conditions.push(format!("{condition} ${}", arguments.len()));
        }
    }
    let condition = match conditions.is_empty() {
        true => String::new(),
        false => format!(" WHERE {}", conditions.join(" AND ")),
    };
    let text = format!("{ENTRIES}{condition} ORDER BY sequence DESC LIMIT $1");
    all(link, composed(text), arguments, entry).await
}

/// Entries from `from` on.
pub async fn entries(
    link: &mut dyn Link,
    from: u64,
    limit: u32,
) -> Result<Vec<AuditRow>, StoreError> {
    let text = format!("{ENTRIES} WHERE sequence >= $1 ORDER BY sequence LIMIT $2");
    all(link, composed(text), vec![from.into(), limit.into()], entry).await
}

/// Nodes of a level; those of level 0 are kept with the entries.
pub async fn nodes(
    link: &mut dyn Link,
    level: u8,
    from: u64,
    limit: u32,
) -> Result<Vec<(u64, Hash)>, StoreError> {
    let mut arguments = vec![from.into(), limit.into()];
    let text = if level == 0 {
        "SELECT sequence, leaf_hash FROM audit_entries WHERE sequence >= $1 \
         ORDER BY sequence LIMIT $2"
    } else {
        arguments.push(u32::from(level).into());
        "SELECT place, hash FROM audit_nodes WHERE level = $3 AND place >= $1 \
         ORDER BY place LIMIT $2"
    };
    all(link, sql(text), arguments, |row| {
        Ok((row.count()?, row.hash()?))
    })
    .await
}

/// Checkpoints of more than `size` entries.
pub async fn checkpoints(
    link: &mut dyn Link,
    size: u64,
    limit: u32,
) -> Result<Vec<StoredCheckpoint>, StoreError> {
    let text = "SELECT size, note FROM checkpoints WHERE size > $1 ORDER BY size LIMIT $2";
    all(link, sql(text), vec![size.into(), limit.into()], |row| {
        Ok(StoredCheckpoint {
            size: row.count()?,
            note: row.text()?,
        })
    })
    .await
}
