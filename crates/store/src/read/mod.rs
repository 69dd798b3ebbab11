//! Queries: SQL in, the port's types out. Each takes a connection and is the same on both
//! databases.

pub mod audit;
pub mod exchange;
pub mod firearms;
pub mod lists;
pub mod people;
pub mod records;
pub mod stock;

use egnatia_app::StoreError;
use sqlx::SqlStr;

use crate::ask::sql;
use crate::backend::{Argument, Link, store_error};
use crate::row::Row;
use crate::stage::Head;

/// The rows of a statement, each read by `read`.
pub async fn all<T>(
    link: &mut dyn Link,
    sql: SqlStr,
    arguments: Vec<Argument>,
    read: impl Fn(&mut Row) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let rows = link.rows(sql, arguments).await;
    let rows = rows.map_err(|error| store_error(&error))?;
    rows.into_iter().map(|mut row| read(&mut row)).collect()
}

/// The first row of a statement, if there is one.
pub async fn first<T>(
    link: &mut dyn Link,
    sql: SqlStr,
    arguments: Vec<Argument>,
    read: impl Fn(&mut Row) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    Ok(all(link, sql, arguments, read).await?.into_iter().next())
}

/// Reads the head by this statement.
pub async fn head(link: &mut dyn Link, statement: &'static str) -> Result<Head, StoreError> {
    let head = first(link, sql(statement), vec![], |row| {
        Ok(Head {
            epoch: row.text()?,
            log_size: row.count()?,
            position: row.count()?,
            commits: row.count()?,
        })
    });
    let missing = || StoreError::Corrupt("the table `head` is empty".into());
    head.await?.ok_or_else(missing)
}

/// Reads the head without keeping others out.
pub const READ_HEAD: &str = "SELECT epoch, log_size, position, commits FROM head WHERE id = 1";
