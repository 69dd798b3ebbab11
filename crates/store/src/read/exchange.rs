//! Partners, what waits for them, and what came from them.

use egnatia_app::{
    DeliveryFilter, DeliveryRow, DeliveryState, LedgerPart, PartnerRow, PartnerState, Queue,
    ReceivedRow, StoreError, WitnessRow,
};
use egnatia_record::{AuthorityId, RecordId, Version};
use jiff::tz::TimeZone;

use super::all;
use crate::ask::{composed, rows_of, sql};
use crate::backend::{Argument, Link, store_error};
use crate::row::Row;

const DELIVERIES: &str = "SELECT position, recipient, kind, record, version, payload, ground, \
     queued_us, state, done_us, reason, receipt FROM deliveries";
const RECEIVED: &str = "SELECT record, version, sender, received_us, digest, statement, \
     keep_until_us FROM received r WHERE version = (SELECT MAX(version) FROM received n \
     WHERE n.record = r.record) AND record";

/// All partners' nodes, by authority.
pub async fn partners(link: &mut dyn Link) -> Result<Vec<PartnerRow>, StoreError> {
    let text = "SELECT authority, partner, state, card, decided_by, decided_us, revision \
                FROM partners ORDER BY authority";
    all(link, sql(text), vec![], |row| {
        Ok(PartnerRow {
            authority: row.parsed()?,
            partner: row.parsed()?,
            state: row.term(PartnerState::parse)?,
            card: row.blob()?,
            decided_by: row.parsed()?,
            decided_at: row.time()?,
            revision: row.count()?,
        })
    })
    .await
}

fn delivery(row: &mut Row) -> Result<DeliveryRow, StoreError> {
    Ok(DeliveryRow {
        position: row.count()?,
        to: row.parsed()?,
        kind: row.text()?,
        record: row.maybe_bytes()?.map(RecordId::from_bytes),
        version: row
            .maybe_int()?
            .and_then(|number| u32::try_from(number).ok().and_then(Version::new)),
        payload: row.maybe_blob()?,
        ground: row.text()?,
        queued_at: row.time()?,
        state: row.term(DeliveryState::parse)?,
        done_at: row.maybe_time()?,
        reason: row.maybe_text()?,
        receipt: row.maybe_blob()?,
    })
}

/// What waits for a partner, oldest first.
pub async fn waiting(
    link: &mut dyn Link,
    to: &AuthorityId,
    limit: u32,
) -> Result<Vec<DeliveryRow>, StoreError> {
    let text = format!(
        "{DELIVERIES} WHERE recipient = $1 AND state = 'queued' ORDER BY position LIMIT $2"
    );
    let arguments = vec![to.as_str().into(), limit.into()];
    all(link, composed(text), arguments, delivery).await
}

/// How much waits for whom.
pub async fn queues(link: &mut dyn Link) -> Result<Vec<Queue>, StoreError> {
    let text = "SELECT recipient, COUNT(*), MIN(queued_us) FROM deliveries \
                WHERE state = 'queued' GROUP BY recipient ORDER BY recipient";
    all(link, sql(text), vec![], |row| {
        Ok(Queue {
            to: row.parsed()?,
            waiting: row.count()?,
            oldest: row.time()?,
        })
    })
    .await
}

/// All that was ever queued about a record, oldest first.
pub async fn deliveries_of(
    link: &mut dyn Link,
    record: RecordId,
) -> Result<Vec<DeliveryRow>, StoreError> {
    let text = format!("{DELIVERIES} WHERE record = $1 ORDER BY position");
    let arguments = vec![record.as_bytes().as_slice().into()];
    all(link, composed(text), arguments, delivery).await
}

/// What was ever queued for a partner, newest first.
pub async fn deliveries_to(
    link: &mut dyn Link,
    to: &AuthorityId,
    wanted: DeliveryFilter,
) -> Result<Vec<DeliveryRow>, StoreError> {
    // As in the conditions of the indexes: one of them is taken for each part.
    let part = |has: &str| {
        format!(
            "{DELIVERIES} WHERE recipient = $1 AND position < $2 AND kind {has} \
             ('record', 'recall', 'hit', 'request', 'answer') ORDER BY position DESC LIMIT $3"
        )
    };
    let text = match wanted.part {
        LedgerPart::Shared => part("IN"),
        LedgerPart::Upkeep => part("NOT IN"),
        LedgerPart::All => format!(
            "SELECT * FROM (SELECT * FROM ({}) AS shared UNION ALL SELECT * FROM ({}) AS upkeep) \
             AS ledger ORDER BY position DESC LIMIT $3",
            part("IN"),
            part("NOT IN")
        ),
    };
    let before = wanted
        .before
        .and_then(|position| i64::try_from(position).ok());
    let arguments = vec![
        to.as_str().into(),
        before.unwrap_or(i64::MAX).into(),
        wanted.limit.into(),
    ];
    all(link, composed(text), arguments, delivery).await
}

const WITNESSES: &str = "SELECT log, witness, size, root, seen_us, statement, problem \
     FROM witnesses w";

fn witness(row: &mut Row) -> Result<WitnessRow, StoreError> {
    Ok(WitnessRow {
        log: row.parsed()?,
        witness: row.parsed()?,
        size: row.count()?,
        root: row.hash()?,
        seen_at: row.time()?,
        statement: row.maybe_blob()?,
        problem: row.maybe_text()?,
    })
}

/// Of every log and witness, what was seen last, and whatever is wrong.
pub async fn witnesses(link: &mut dyn Link) -> Result<Vec<WitnessRow>, StoreError> {
    // There are few pairs of a log and a witness, and very many rows of each: from one pair to the
    // next by the index.
    let next = |column: &str| {
        format!(
            "(SELECT n.{column} FROM witnesses n WHERE (n.log, n.witness) > (p.log, p.witness) \
             ORDER BY n.log, n.witness LIMIT 1)"
        )
    };
    let text = format!(
        "WITH RECURSIVE pairs (log, witness) AS (\
         SELECT MIN(log), (SELECT MIN(witness) FROM witnesses WHERE log = (SELECT MIN(log) \
         FROM witnesses)) FROM witnesses \
         UNION ALL SELECT {}, {} FROM pairs p WHERE p.log IS NOT NULL) \
         SELECT w.log, w.witness, w.size, w.root, w.seen_us, w.statement, w.problem \
         FROM pairs p JOIN witnesses w ON w.log = p.log AND w.witness = p.witness \
         AND w.problem IS NULL AND w.size = (SELECT MAX(n.size) FROM witnesses n \
         WHERE n.log = p.log AND n.witness = p.witness AND n.problem IS NULL) \
         UNION ALL {WITNESSES} WHERE problem IS NOT NULL ORDER BY 1, 2, 3, 4",
        next("log"),
        next("witness")
    );
    all(link, composed(text), vec![], witness).await
}

/// Everything that was ever seen of a log at a size.
pub async fn witnessed_at(
    link: &mut dyn Link,
    log: &AuthorityId,
    size: u64,
) -> Result<Vec<WitnessRow>, StoreError> {
    let text = format!("{WITNESSES} WHERE log = $1 AND size = $2 ORDER BY witness, root");
    let arguments = vec![log.as_str().into(), size.into()];
    all(link, composed(text), arguments, witness).await
}

/// The newest received version of each of these records.
pub async fn received(
    link: &mut dyn Link,
    records: &[RecordId],
) -> Result<Vec<ReceivedRow>, StoreError> {
    let unique: std::collections::BTreeSet<_> = records.iter().collect();
    let keys: Vec<Argument> = unique
        .into_iter()
        .map(|id| id.as_bytes().as_slice().into())
        .collect();
    let rows = rows_of(link, RECEIVED, keys).await;
    let rows = rows.map_err(|error| store_error(&error))?;
    rows.into_iter()
        .map(|mut row| {
            Ok(ReceivedRow {
                record: row.id()?,
                version: row.version()?,
                from: row.parsed()?,
                received_at: row.time()?,
                digest: row.hash()?,
                statement: row.maybe_blob()?,
                keep_until: row
                    .maybe_time()?
                    .map(|at| at.to_zoned_datetime(TimeZone::UTC).date()),
            })
        })
        .collect()
}
