//! Brings the schema up to date.

use egnatia_app::StoreError;

use crate::ask::sql;
use crate::backend::{Backend, Link, store_error};
use crate::read::first;
use crate::row::Row;
use crate::writer::roll_back;

/// Why a store cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// A newer program made the database.
    #[error(
        "the database has schema {found}, and this program knows schemas up to {known}: use a \
         newer version of the program"
    )]
    Newer {
        /// The schema of the database.
        found: u64,
        /// The newest schema that this program knows.
        known: u64,
    },
    /// The database cannot be reached, read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Applies the migrations that the database lacks, in one transaction.
pub async fn migrate(backend: &dyn Backend) -> Result<(), OpenError> {
    let mut link = backend.writer().await?;
    let failed = |error| OpenError::Store(store_error(&error));
    let begin = sql(backend.dialect().begin);
    link.run(begin, vec![]).await.map_err(failed)?;
    match apply(&mut *link, backend).await {
        Ok(()) => link.run(sql("COMMIT"), vec![]).await.map_err(failed),
        Err(error) => {
            roll_back(link).await;
            Err(error)
        }
    }
}

async fn apply(link: &mut dyn Link, backend: &dyn Backend) -> Result<(), OpenError> {
    let failed = |error| OpenError::Store(store_error(&error));
    let dialect = backend.dialect();
    link.script(dialect.lock_schema).await.map_err(failed)?;
    let table = "CREATE TABLE IF NOT EXISTS applied_migrations (number BIGINT PRIMARY KEY)";
    link.script(table).await.map_err(failed)?;
    let newest = sql("SELECT COALESCE(MAX(number), 0) FROM applied_migrations");
    let found = first(link, newest, vec![], Row::count).await?.unwrap_or(0);
    let known = u64::try_from(dialect.migrations.len()).unwrap_or(u64::MAX);
    if found > known {
        return Err(OpenError::Newer { found, known });
    }
    for (number, migration) in (1u64..).zip(dialect.migrations) {
        if number > found {
            link.script(migration).await.map_err(failed)?;
            let applied = sql("INSERT INTO applied_migrations VALUES ($1)");
            link.run(applied, vec![number.into()])
                .await
                .map_err(failed)?;
        }
    }
    Ok(())
}
