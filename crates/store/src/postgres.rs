//! PostgreSQL: several nodes' processes may share one database.

use std::time::Duration;

use async_trait::async_trait;
use egnatia_app::{DumpRow, DumpValue, StoreError};
use futures_util::StreamExt;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPoolOptions, PgRow};
use sqlx::query::Query;
use sqlx::{Decode, PgPool, Postgres, Row as _, SqlStr, TypeInfo, ValueRef};
use tokio::sync::mpsc;

use crate::backend::{Argument, Backend, Dialect, Link, store_error};
use crate::insert::Marks;
use crate::migrate::{OpenError, migrate};
use crate::row::Row;
use crate::store::SqlStore;

/// Connections that read.
const READERS: u32 = 8;
/// How long to wait for a connection.
const PATIENCE: Duration = Duration::from_secs(10);
/// Prepared statements that a connection keeps: nine sizes of insert for each table, and reads.
const STATEMENTS: usize = 300;

static DIALECT: Dialect = Dialect {
    begin: "BEGIN",
    begin_reading: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    read_head: "SELECT epoch, log_size, position, commits FROM head WHERE id = 1 FOR UPDATE",
    new_epoch: "replace(gen_random_uuid()::text, '-', '')",
    marks: Marks::Numbered,
    // An arbitrary number that only this program uses.
    lock_schema: "SELECT pg_advisory_xact_lock(7305804385276224870)",
    migrations: &[
        include_str!("../migrations/postgres/0001_schema.sql"),
        include_str!("../migrations/postgres/0002_due.sql"),
        include_str!("../migrations/postgres/0003_exchange.sql"),
        include_str!("../migrations/postgres/0004_witnesses.sql"),
        include_str!("../migrations/postgres/0005_firearms.sql"),
        include_str!("../migrations/postgres/0006_stockpile.sql"),
        include_str!("../migrations/postgres/0008_firearm_filters.sql"),
        include_str!("../migrations/postgres/0009_stock_numbers.sql"),
        include_str!("../migrations/postgres/0010_ledger_parts.sql"),
        include_str!("../migrations/postgres/0011_os_users.sql"),
    ],
};

/// PostgreSQL behind the store.
#[derive(Debug)]
pub struct PostgresBackend {
    writer: PgPool,
    readers: PgPool,
}

/// A store in a PostgreSQL database.
pub type PostgresStore = SqlStore<PostgresBackend>;

impl PostgresStore {
    /// Connects to the database at `url`, which has to exist, and brings its schema up to date.
    /// `seal` signs and tags what is appended to the log.
    ///
    /// Erased data stay in dead rows until the server vacuums the table.
    ///
    /// # Errors
    /// [`OpenError`] where a newer program made the schema, or where the server does not answer.
    pub async fn connect(url: &str, seal: egnatia_audit::Seal) -> Result<Self, OpenError> {
        let failed = |error| OpenError::Store(store_error(&error));
        let options: PgConnectOptions = url.parse().map_err(failed)?;
        let options = options.statement_cache_capacity(STATEMENTS);
        let pool = |connections| {
            PgPoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(PATIENCE)
        };
        let backend = PostgresBackend {
            writer: pool(1)
                .connect_with(options.clone())
                .await
                .map_err(failed)?,
            readers: pool(READERS).connect_with(options).await.map_err(failed)?,
        };
        migrate(&backend).await?;
        Ok(Self::start(backend, seal))
    }
}

#[async_trait]
impl Backend for PostgresBackend {
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

fn bound(sql: SqlStr, arguments: Vec<Argument>) -> Query<'static, Postgres, PgArguments> {
    arguments
        .into_iter()
        .fold(sqlx::query(sql), |query, argument| match argument {
            Argument::Int(number) => query.bind(number),
            Argument::Text(text) => query.bind(text),
            Argument::Blob(bytes) => query.bind(bytes),
        })
}

fn values(row: &PgRow) -> Result<Vec<DumpValue>, sqlx::Error> {
    (0..row.len())
        .map(|column| {
            let value = row.try_get_raw(column)?;
            if value.is_null() {
                return Ok(DumpValue::Null);
            }
            let kind = value.type_info().into_owned();
            let read = match kind.name() {
                "INT8" => <i64 as Decode<Postgres>>::decode(value).map(DumpValue::Int),
                "BYTEA" => <Vec<u8> as Decode<Postgres>>::decode(value).map(DumpValue::Blob),
                _ => <String as Decode<Postgres>>::decode(value).map(DumpValue::Text),
            };
            read.map_err(sqlx::Error::Decode)
        })
        .collect()
}

#[async_trait]
impl Link for PoolConnection<Postgres> {
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
