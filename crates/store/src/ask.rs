//! Asks for the rows with any of many keys.

use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

use crate::backend::{Argument, Link};
use crate::row::Row;

/// The most keys of one statement.
const KEYS_MAX: usize = 256;

/// A statement as written in the source.
pub fn sql(text: &'static str) -> SqlStr {
    text.into_sql_str()
}

/// A statement put together from pieces of the source: never from anything that came in.
pub fn composed(text: String) -> SqlStr {
    AssertSqlSafe(text).into_sql_str()
}

/// The rows of `select … IN (keys)`, in no order. Keys are filled up to powers of two with the
/// last one, so that there are few statements, which stay prepared.
pub async fn rows_of(
    link: &mut dyn Link,
    select: &str,
    keys: Vec<Argument>,
) -> Result<Vec<Row>, sqlx::Error> {
    let mut found = Vec::new();
    for chunk in keys.chunks(KEYS_MAX) {
        let mut arguments = chunk.to_vec();
        let whole = chunk.len().next_power_of_two();
        if let Some(last) = chunk.last() {
            arguments.resize(whole, last.clone());
        }
        let places: Vec<_> = (1..=whole).map(|number| format!("${number}")).collect();
        let text = format!("{select} IN ({})", places.join(", "));
        found.extend(link.rows(composed(text), arguments).await?);
    }
    Ok(found)
}
