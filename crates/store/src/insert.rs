//! Writes many rows with few statements.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

use crate::backend::{Argument, Link};
use crate::schema::Table;

/// The most rows of one statement. Rows are written in powers of two up to it, so that there are
/// few statements, which stay prepared: 256 rows of 12 columns are within the limits of both
/// databases (32,766 and 65,535 arguments).
const ROWS_MAX: usize = 256;

/// How arguments are marked in a statement with many of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marks {
    /// `$1`, `$2`, …
    Numbered,
    /// `?`. In SQLite a numbered argument is a named one, and every name is looked for among all
    /// names before it: with thousands of arguments that is most of the time of an import.
    Plain,
}

/// The texts of the statements, made once.
#[derive(Debug)]
pub struct Statements {
    marks: Marks,
    texts: HashMap<(&'static str, usize), SqlStr>,
}

impl Statements {
    /// No statements yet, for a database with these marks.
    pub fn new(marks: Marks) -> Self {
        Self {
            marks,
            texts: HashMap::new(),
        }
    }

    fn insert(&mut self, table: &Table, rows: usize) -> SqlStr {
        let marks = self.marks;
        self.texts
            .entry((table.name, rows))
            .or_insert_with(|| AssertSqlSafe(insert_text(table, rows, marks)).into_sql_str())
            .clone()
    }
}

fn insert_text(table: &Table, rows: usize, marks: Marks) -> Arc<str> {
    let mut sql = format!(
        "INSERT INTO {} ({}) VALUES ",
        table.name,
        table.columns.join(", ")
    );
    let mut number = 0;
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..table.columns.len() {
            number += 1;
            let comma = if column == 0 { "" } else { ", " };
            // Writing to a string does not fail.
            let _ = match marks {
                Marks::Numbered => write!(sql, "{comma}${number}"),
                Marks::Plain => write!(sql, "{comma}?"),
            };
        }
        sql.push(')');
    }
    sql.push_str(table.on_conflict);
    sql.into()
}

/// Rows that wait to be written to a table.
#[derive(Debug)]
pub struct Rows {
    table: &'static Table,
    rows: Vec<Vec<Argument>>,
    /// Where the row with a key waits. One statement may not write the same row twice.
    places: HashMap<Vec<u8>, usize>,
}

impl Rows {
    /// No rows, for this table.
    pub fn of(table: &'static Table) -> Self {
        Self {
            table,
            rows: Vec::new(),
            places: HashMap::new(),
        }
    }

    /// Adds a row.
    pub fn push(&mut self, row: Vec<Argument>) {
        self.rows.push(row);
    }

    /// Adds a row, or replaces the waiting one with the same key.
    pub fn replace(&mut self, key: Vec<u8>, row: Vec<Argument>) {
        match self
            .places
            .get(&key)
            .and_then(|place| self.rows.get_mut(*place))
        {
            Some(waiting) => *waiting = row,
            None => {
                self.places.insert(key, self.rows.len());
                self.rows.push(row);
            }
        }
    }

    /// Whether a row with this key waits.
    pub fn holds(&self, key: &[u8]) -> bool {
        self.places.contains_key(key)
    }

    /// Writes what waits.
    pub async fn flush(
        &mut self,
        link: &mut dyn Link,
        statements: &mut Statements,
    ) -> Result<(), sqlx::Error> {
        self.places.clear();
        let mut left = self.rows.len();
        let mut rows = self.rows.drain(..);
        while left > 0 {
            let count = largest_power(left.min(ROWS_MAX));
            let arguments = rows.by_ref().take(count).flatten().collect();
            link.run(statements.insert(self.table, count), arguments)
                .await?;
            left -= count;
        }
        Ok(())
    }
}

/// The largest power of two up to `number`; 1 for 0.
fn largest_power(number: usize) -> usize {
    1 << number.checked_ilog2().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::CLAIMS;

    #[test]
    fn a_statement_marks_its_arguments() {
        assert_eq!(
            &*insert_text(&CLAIMS, 2, Marks::Numbered),
            "INSERT INTO claims (name, record) VALUES ($1, $2), ($3, $4) ON CONFLICT DO NOTHING"
        );
        assert_eq!(
            &*insert_text(&CLAIMS, 1, Marks::Plain),
            "INSERT INTO claims (name, record) VALUES (?, ?) ON CONFLICT DO NOTHING"
        );
    }

    #[test]
    fn counts_are_split_into_powers_of_two() {
        assert_eq!([1, 2, 3, 255, 256].map(largest_power), [1, 2, 2, 128, 256]);
    }
}
