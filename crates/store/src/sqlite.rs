//! SQLite: one file, one writer connection, several readers beside it (write-ahead log).

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use egnatia_app::{DumpRow, DumpValue, StoreError};
use futures_util::StreamExt;
use sqlx::pool::PoolConnection;
use sqlx::query::Query;
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{Decode, Row as _, SqlStr, Sqlite, SqlitePool, TypeInfo, ValueRef};
use tokio::sync::mpsc;

use crate::backend::{Argument, Backend, Dialect, Link, store_error};
use crate::insert::Marks;
use crate::migrate::{OpenError, migrate};
use crate::row::Row;
use crate::store::SqlStore;

/// Connections that read. They never wait for the writer.
const READERS: u32 = 4;
/// What a connection keeps of the file in memory, in KiB (SQLite counts them below zero). All of
/// them together stay under 64 MiB: the operating system caches the file too.
const WRITER_CACHE: &str = "-24576";
const READER_CACHE: &str = "-4096";
/// From so many pages on a commit copies the write-ahead log into the database. All others wait
/// meanwhile, so it is done often and takes a few milliseconds: with 4,000 pages, or on another
/// connection beside the writer, one check in a hundred waited twice as long.
const LOG_PAGES: &str = "500";
/// How long a transaction waits for another process that writes.
const BUSY: Duration = Duration::from_secs(10);
/// Prepared statements that a connection keeps: nine sizes of insert for each table, and reads.
const STATEMENTS: usize = 300;

static DIALECT: Dialect = Dialect {
    begin: "BEGIN IMMEDIATE",
    begin_reading: "BEGIN",
    read_head: crate::read::READ_HEAD,
    new_epoch: "lower(hex(randomblob(16)))",
    marks: Marks::Plain,
    lock_schema: "",
    migrations: &[
        include_str!("../migrations/sqlite/0001_schema.sql"),
        include_str!("../migrations/sqlite/0002_due.sql"),
        include_str!("../migrations/sqlite/0003_exchange.sql"),
        include_str!("../migrations/sqlite/0004_witnesses.sql"),
        include_str!("../migrations/sqlite/0005_firearms.sql"),
        include_str!("../migrations/sqlite/0006_stockpile.sql"),
        include_str!("../migrations/sqlite/0008_firearm_filters.sql"),
        include_str!("../migrations/sqlite/0009_stock_numbers.sql"),
        include_str!("../migrations/sqlite/0010_ledger_parts.sql"),
        include_str!("../migrations/sqlite/0011_os_users.sql"),
    ],
};

/// SQLite behind the store.
#[derive(Debug)]
pub struct SqliteBackend {
    writer: SqlitePool,
    readers: SqlitePool,
}

/// A store in one SQLite file.
pub type SqliteStore = SqlStore<SqliteBackend>;

impl SqliteStore {
    /// Opens the database at `path`, makes it where there is none, and brings its schema up to
    /// date. `seal` signs and tags what is appended to the log.
    ///
    /// A new file is readable by its owner only. Erased data are overwritten in it
    /// (`secure_delete`); in the write-ahead log beside it they stay until that is used again.
    ///
    /// # Errors
    /// [`OpenError`] where a newer program made the database, or where it cannot be opened.
    pub async fn open(path: &Path, seal: egnatia_audit::Seal) -> Result<Self, OpenError> {
        let backend = SqliteBackend::open(path).await?;
        migrate(&backend).await?;
        Ok(Self::start(backend, seal))
    }
}

/// Makes the file, for its owner only, where there is none.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

impl SqliteBackend {
    /// Opens the connections; the schema is not looked at.
    pub async fn open(path: &Path) -> Result<Self, OpenError> {
        make_private(path).map_err(|error| {
            OpenError::Store(StoreError::Unavailable(format!(
                "{}: {error}",
                path.display()
            )))
        })?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            .statement_cache_capacity(STATEMENTS)
            .pragma("secure_delete", "ON")
            .pragma("temp_store", "MEMORY")
            .pragma("cache_size", WRITER_CACHE)
            .pragma("wal_autocheckpoint", LOG_PAGES)
            .pragma("journal_size_limit", "67108864");
        let pool = || {
            // A connection to a file does not go stale, and its prepared statements are worth
            // keeping.
            SqlitePoolOptions::new()
                .test_before_acquire(false)
                .idle_timeout(None)
                .max_lifetime(None)
        };
        let failed = |error| OpenError::Store(store_error(&error));
        // The writer first: it makes the file and its mode.
        let writer = pool().max_connections(1).connect_with(options.clone());
        let writer = writer.await.map_err(failed)?;
        let reading = options
            .pragma("query_only", "ON")
            .pragma("cache_size", READER_CACHE);
        let readers = pool().max_connections(READERS).connect_with(reading);
        Ok(Self {
            writer,
            readers: readers.await.map_err(failed)?,
        })
    }
}

#[async_trait]
impl Backend for SqliteBackend {
    fn dialect(&self) -> &'static Dialect {
        &DIALECT
    }

    async fn reader(&self) -> Result<Box<dyn Link>, StoreError> {
        let link = self.readers.acquire().await;
        Ok(Box::new(link.map_err(|error| store_error(&error))?))
    }

    async fn writer(&self) -> Result<Box<dyn Link>, StoreError> {
        let link = self.writer.acquire().await;
        Ok(Box::new(link.map_err(|error| store_error(&error))?))
    }

    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

fn bound(sql: SqlStr, arguments: Vec<Argument>) -> Query<'static, Sqlite, SqliteArguments> {
    arguments
        .into_iter()
        .fold(sqlx::query(sql), |query, argument| match argument {
            Argument::Int(number) => query.bind(number),
            Argument::Text(text) => query.bind(text),
            Argument::Blob(bytes) => query.bind(bytes),
        })
}

fn values(row: &SqliteRow) -> Result<Vec<DumpValue>, sqlx::Error> {
    (0..row.len())
        .map(|column| {
            let value = row.try_get_raw(column)?;
            if value.is_null() {
                return Ok(DumpValue::Null);
            }
            let kind = value.type_info().into_owned();
            let read = match kind.name() {
                "INTEGER" => <i64 as Decode<Sqlite>>::decode(value).map(DumpValue::Int),
                "TEXT" => <String as Decode<Sqlite>>::decode(value).map(DumpValue::Text),
                _ => <Vec<u8> as Decode<Sqlite>>::decode(value).map(DumpValue::Blob),
            };
            read.map_err(sqlx::Error::Decode)
        })
        .collect()
}

#[async_trait]
impl Link for PoolConnection<Sqlite> {
    async fn rows(
        &mut self,
        sql: SqlStr,
        arguments: Vec<Argument>,
    ) -> Result<Vec<Row>, sqlx::Error> {
        let rows = bound(sql, arguments).fetch_all(&mut **self).await?;
        rows.iter().map(|row| values(row).map(Row::new)).collect()
    }

    async fn run(&mut self, sql: SqlStr, arguments: Vec<Argument>) -> Result<(), sqlx::Error> {
        bound(sql, arguments).execute(&mut **self).await.map(drop)
    }

    async fn script(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        sqlx::raw_sql(sql).execute(&mut **self).await.map(drop)
    }

    async fn send(
        &mut self,
        sql: SqlStr,
        table: &'static str,
        rows: &mpsc::Sender<DumpRow>,
    ) -> Result<(), sqlx::Error> {
        let mut found = bound(sql, vec![]).fetch(&mut **self);
        while let Some(row) = found.next().await {
            let values = values(&row?)?;
            if rows.send(DumpRow { table, values }).await.is_err() {
                break;
            }
        }
        Ok(())
    }

    async fn discard(self: Box<Self>) {
        // Closing is all that is left; that it fails changes nothing.
        let _ = self.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ask::sql;
    use egnatia_app::{CommitError, Store};
    use egnatia_record::Kind;
    use egnatia_testkit::{Maker, test_seal, verify_log};

    /// Lets the file grow to so many pages. There is one writing connection, so that it holds.
    async fn limit_pages(store: &SqliteStore, text: &'static str) {
        let mut link = store.backend().writer().await.unwrap();
        link.rows(sql(text), vec![]).await.unwrap();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_full_disk_writes_nothing_and_the_log_goes_on_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("egnatia.db");
        let store = SqliteStore::open(&path, test_seal()).await.unwrap();
        let make = Maker::new(1);
        let put = make.new_record(Kind::Check);
        store.commit(make.batch(vec![put])).await.unwrap();
        let before = store.audit_head().await.unwrap();

        limit_pages(&store, "PRAGMA max_page_count = 1").await;
        let large = "\"x\"".repeat(100_000);
        let envelope = make.envelope(Kind::Check);
        let id = envelope.id;
        let refused = store
            .commit(make.batch(vec![make.put(envelope, &large)]))
            .await;
        assert_eq!(refused, Err(CommitError::Store(StoreError::Full)));
        assert_eq!(store.audit_head().await.unwrap(), before);
        assert!(store.record(id).await.unwrap().is_none());

        limit_pages(&store, "PRAGMA max_page_count = 1000000").await;
        let put = make.new_record(Kind::Check);
        let done = store.commit(make.batch(vec![put])).await.unwrap();
        assert_eq!(done.first_event, 1);
        verify_log(&store).await;
    }
}
