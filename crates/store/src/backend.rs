//! The narrow waist between the store and its databases: statements with arguments go in, rows of
//! plain values come out. All SQL above it is written once.

use async_trait::async_trait;
use egnatia_app::{DumpRow, DumpValue, StoreError};
use sqlx::SqlStr;
use tokio::sync::mpsc;

use crate::row::Row;

/// An argument of a statement. PostgreSQL wants to know the type also of what is absent.
#[derive(Debug, Clone)]
pub enum Argument {
    /// A number, or microseconds UTC.
    Int(Option<i64>),
    /// Text.
    Text(Option<String>),
    /// Bytes.
    Blob(Option<Vec<u8>>),
}

impl From<i64> for Argument {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<u64> for Argument {
    /// Counters stay far below `i64::MAX`.
    fn from(number: u64) -> Self {
        Self::Int(Some(i64::try_from(number).unwrap_or(i64::MAX)))
    }
}

impl From<u32> for Argument {
    fn from(number: u32) -> Self {
        Self::Int(Some(number.into()))
    }
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<Vec<u8>> for Argument {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Blob(Some(bytes))
    }
}

impl From<&[u8]> for Argument {
    fn from(bytes: &[u8]) -> Self {
        Self::Blob(Some(bytes.to_vec()))
    }
}

/// A connection to a database.
#[async_trait]
pub trait Link: Send {
    /// Runs a statement and returns its rows.
    async fn rows(
        &mut self,
        sql: SqlStr,
        arguments: Vec<Argument>,
    ) -> Result<Vec<Row>, sqlx::Error>;

    /// Runs a statement that has no rows.
    async fn run(&mut self, sql: SqlStr, arguments: Vec<Argument>) -> Result<(), sqlx::Error>;

    /// Runs several statements without arguments.
    async fn script(&mut self, sql: &'static str) -> Result<(), sqlx::Error>;

    /// Sends every row of a query without arguments, as rows of `table`. Ends early where nobody
    /// takes them.
    async fn send(
        &mut self,
        sql: SqlStr,
        table: &'static str,
        rows: &mpsc::Sender<DumpRow>,
    ) -> Result<(), sqlx::Error>;

    /// Closes a connection of which it is not known in what state it is.
    async fn discard(self: Box<Self>);
}

/// What the two databases say differently.
#[derive(Debug)]
pub struct Dialect {
    /// Begins a transaction that will write.
    pub begin: &'static str,
    /// Begins a transaction that reads one consistent moment.
    pub begin_reading: &'static str,
    /// Reads the head; keeps other writers out until the end of the transaction.
    pub read_head: &'static str,
    /// A new random epoch.
    pub new_epoch: &'static str,
    /// How arguments are marked in large inserts.
    pub marks: crate::insert::Marks,
    /// Keeps others out while the schema is brought up to date.
    pub lock_schema: &'static str,
    /// The migrations, from the first.
    pub migrations: &'static [&'static str],
}

/// A database.
#[async_trait]
pub trait Backend: Send + Sync + 'static {
    /// What it says in its own way.
    fn dialect(&self) -> &'static Dialect;

    /// A connection for reading.
    async fn reader(&self) -> Result<Box<dyn Link>, StoreError>;

    /// The connection for writing.
    async fn writer(&self) -> Result<Box<dyn Link>, StoreError>;

    /// Closes all connections.
    async fn close(&self);
}

/// What an error of the database means to the caller.
pub fn store_error(error: &sqlx::Error) -> StoreError {
    let full = match error {
        // SQLITE_FULL; disk_full of PostgreSQL.
        sqlx::Error::Database(error) => {
            matches!(error.code().as_deref(), Some("13" | "53100"))
        }
        sqlx::Error::Io(error) => error.kind() == std::io::ErrorKind::StorageFull,
        _ => false,
    };
    match error {
        _ if full => StoreError::Full,
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
            StoreError::Corrupt(error.to_string())
        }
        sqlx::Error::Encode(_) => StoreError::Rejected(error.to_string()),
        sqlx::Error::Database(inner) if inner.code().is_some_and(|code| is_of_the_data(&code)) => {
            StoreError::Rejected(error.to_string())
        }
        _ => StoreError::Unavailable(error.to_string()),
    }
}

/// Whether the database says with this code that it cannot hold what it was given: the classes 22,
/// 23 and 54 of PostgreSQL, which has five characters; SQLITE_TOOBIG, SQLITE_CONSTRAINT,
/// SQLITE_MISMATCH of SQLite, of whose extended codes the low byte counts.
fn is_of_the_data(code: &str) -> bool {
    if code.len() == 5 {
        return ["22", "23", "54"]
            .iter()
            .any(|class| code.starts_with(class));
    }
    let primary = code.parse::<u32>().map(|code| code & 0xff);
    matches!(primary, Ok(18..=20))
}

/// The value of a dump as an argument for a column of this type.
pub fn argument_of(value: DumpValue, like: crate::schema::Type) -> Option<Argument> {
    use crate::schema::Type;
    Some(match (like, value) {
        (Type::Int, DumpValue::Null) => Argument::Int(None),
        (Type::Int, DumpValue::Int(number)) => Argument::Int(Some(number)),
        (Type::Text, DumpValue::Null) => Argument::Text(None),
        (Type::Text, DumpValue::Text(text)) => Argument::Text(Some(text)),
        (Type::Blob, DumpValue::Null) => Argument::Blob(None),
        (Type::Blob, DumpValue::Blob(bytes)) => Argument::Blob(Some(bytes)),
        _ => return None,
    })
}
