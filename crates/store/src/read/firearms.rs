//! The register of firearms.

use egnatia_app::{FirearmFilter, FirearmOrder, FirearmRow, StoreError};
use egnatia_record::RecordId;

use super::{all, first};
use crate::ask::{composed, sql};
use crate::backend::{Argument, Link};
use crate::row::Row;

const COLUMNS: &str = "SELECT record, identity, serial, make, calibre, kind, custody, is_open, \
     name, updated_us, model, category, year FROM firearms";

fn firearm(row: &mut Row) -> Result<FirearmRow, StoreError> {
    Ok(FirearmRow {
        record: row.id()?,
        identity: row.text()?,
        serial: row.text()?,
        make: row.text()?,
        calibre: row.text()?,
        kind: row.text()?,
        custody: row.text()?,
        is_open: row.int()? == 1,
        name: row.text()?,
        updated_at: row.time()?,
        model: row.text()?,
        category: row.text()?,
        year: row.maybe_int()?.and_then(|year| i16::try_from(year).ok()),
    })
}

/// The lines that the filter asks for, in its order.
pub async fn find(
    link: &mut dyn Link,
    filter: &FirearmFilter,
) -> Result<Vec<FirearmRow>, StoreError> {
    // Before everything: the end of time, the last id; the other way round for the oldest first.
    let (start, sign, order) = match filter.order {
        FirearmOrder::Newest => ((i64::MAX, [0xff; 16]), '<', "DESC"),
        FirearmOrder::Oldest => ((i64::MIN, [0; 16]), '>', "ASC"),
    };
    let after = filter
        .after
        .map_or((start.0, RecordId::from_bytes(start.1)), |cursor| {
            (cursor.at_us, cursor.id)
        });
    let mut arguments: Vec<Argument> = vec![
        after.0.into(),
        after.1.as_bytes().as_slice().into(),
        filter.limit.clamp(1, 1000).into(),
    ];
    let mut text = format!("{COLUMNS} WHERE (updated_us, record) {sign} ($1, $2)");
    let equal = [
        ("make", &filter.make),
        ("calibre", &filter.calibre),
        ("kind", &filter.kind),
        ("custody", &filter.custody),
        ("model", &filter.model),
        ("category", &filter.category),
    ];
    for (column, value) in equal {
        if let Some(value) = value {
            arguments.push(value.as_str().into());
            text.push_str(&format!(" AND {column} = ${}", arguments.len()));
        }
    }
    if let Some(serial) = &filter.serial {
        // What begins so lies between it and the last text that does.
        arguments.push(serial.as_str().into());
        text.push_str(&format!(" AND serial >= ${}", arguments.len()));
        arguments.push(format!("{serial}\u{10ffff}").into());
        text.push_str(&format!(" AND serial < ${}", arguments.len()));
    }
    if let Some((first, last)) = filter.years {
        arguments.push(i64::from(first).into());
        text.push_str(&format!(" AND year >= ${}", arguments.len()));
        arguments.push(i64::from(last).into());
        text.push_str(&format!(" AND year <= ${}", arguments.len()));
    }
    if filter.model.is_some() {
        // Lets the index be used that holds models only.
        text.push_str(" AND model <> ''");
    }
    text.push_str(&format!(
        " ORDER BY updated_us {order}, record {order} LIMIT $3"
    ));
    all(link, composed(text), arguments, firearm).await
}

/// The weapon of an identity that somebody has.
pub async fn in_custody(
    link: &mut dyn Link,
    identity: &str,
) -> Result<Option<RecordId>, StoreError> {
    let text = "SELECT record FROM firearms WHERE identity = $1 AND is_open = 1";
    first(link, sql(text), vec![identity.into()], Row::id).await
}
