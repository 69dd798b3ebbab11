//! Backup and restore: every row of one moment, out and in.

use egnatia_app::{DumpRow, StoreError};
use tokio::sync::mpsc;

use crate::ask::{composed, sql};
use crate::backend::{Argument, Backend, Link, argument_of, store_error};
use crate::insert::{Rows, Statements};
use crate::read::audit::load_frontier;
use crate::read::{READ_HEAD, first, head};
use crate::row::Row;
use crate::schema::{DUMPED, HEAD, SESSIONS, Table};
use crate::writer::roll_back;

/// Rows that are written at once while a restore reads.
const PORTION: usize = 256;

/// Sends every row. The connection has to be in a transaction that reads one moment.
pub async fn dump(link: &mut dyn Link, rows: &mpsc::Sender<DumpRow>) -> Result<(), StoreError> {
    for table in DUMPED {
        let text = format!(
            "SELECT {} FROM {} ORDER BY {}",
            table.columns.join(", "),
            table.name,
            table.key
        );
        let sent = link.send(composed(text), table.name, rows).await;
        sent.map_err(|error| store_error(&error))?;
    }
    // A backup that nobody took to its end is none.
    match rows.is_closed() {
        true => Err(StoreError::Unavailable("nobody takes the dump".into())),
        false => Ok(()),
    }
}

/// Replaces everything by these rows, in one transaction.
pub async fn restore(
    backend: &dyn Backend,
    rows: mpsc::Receiver<DumpRow>,
) -> Result<u64, StoreError> {
    let mut link = backend.writer().await?;
    let begun = link.run(sql(backend.dialect().begin), vec![]).await;
    begun.map_err(|error| store_error(&error))?;
    let restored = match replace(&mut *link, backend, rows).await {
        Ok(count) => {
            let committed = link.run(sql("COMMIT"), vec![]).await;
            committed
                .map(|()| count)
                .map_err(|error| store_error(&error))
        }
        Err(error) => Err(error),
    };
    if restored.is_err() {
        roll_back(link).await;
    }
    restored
}

async fn replace(
    link: &mut dyn Link,
    backend: &dyn Backend,
    mut rows: mpsc::Receiver<DumpRow>,
) -> Result<u64, StoreError> {
    head(link, backend.dialect().read_head).await?;
    for table in DUMPED.iter().chain([&&SESSIONS]) {
        if table.name != HEAD.name {
            let text = format!("DELETE FROM {}", table.name);
            let done = link.run(composed(text), vec![]).await;
            done.map_err(|error| store_error(&error))?;
        }
    }
    let (mut count, mut ended) = (0, false);
    let mut statements = Statements::new(backend.dialect().marks);
    let mut portion: Option<(&Table, Rows, usize)> = None;
    while let Some(row) = rows.recv().await {
        let unknown = || StoreError::Corrupt(format!("a backup with a table `{}`", row.table));
        let table = DUMPED.iter().find(|table| table.name == row.table);
        let table = *table.ok_or_else(unknown)?;
        let arguments = arguments_of(table, row)?;
        count += 1;
        if ended {
            return Err(StoreError::Corrupt(
                "a backup that goes on after its end".into(),
            ));
        }
        if table.name == HEAD.name {
            set_head(link, backend, arguments).await?;
            ended = true;
            continue;
        }
        let (waiting, filled) = match &mut portion {
            Some((of, waiting, filled)) if of.name == table.name => (waiting, filled),
            other => {
                if let Some((_, mut waiting, _)) = other.take() {
                    flush(link, &mut statements, &mut waiting).await?;
                }
                let (_, waiting, filled) = other.insert((table, Rows::of(table), 0));
                (waiting, filled)
            }
        };
        waiting.push(arguments);
        *filled += 1;
        if *filled % PORTION == 0 {
            flush(link, &mut statements, waiting).await?;
        }
    }
    if let Some((_, mut waiting, _)) = portion {
        flush(link, &mut statements, &mut waiting).await?;
    }
    if !ended {
        return Err(StoreError::Corrupt(
            "a backup without its end: it was cut off".into(),
        ));
    }
    check_log(link).await?;
    Ok(count)
}

async fn flush(
    link: &mut dyn Link,
    statements: &mut Statements,
    waiting: &mut Rows,
) -> Result<(), StoreError> {
    let flushed = waiting.flush(link, statements).await;
    flushed.map_err(|error| store_error(&error))
}

fn arguments_of(table: &Table, row: DumpRow) -> Result<Vec<Argument>, StoreError> {
    let unfit = || StoreError::Corrupt(format!("a row that does not fit table `{}`", table.name));
    if row.values.len() != table.types.len() {
        return Err(unfit());
    }
    row.values
        .into_iter()
        .zip(table.types)
        .map(|(value, like)| argument_of(value, *like).ok_or_else(unfit))
        .collect()
}

async fn set_head(
    link: &mut dyn Link,
    backend: &dyn Backend,
    arguments: Vec<Argument>,
) -> Result<(), StoreError> {
    let text = format!(
        "UPDATE head SET log_size = $1, position = $2, commits = $3, epoch = {} WHERE id = 1",
        backend.dialect().new_epoch
    );
    let done = link.run(composed(text), arguments).await;
    done.map_err(|error| store_error(&error))
}

/// The log has to be whole enough to be continued; whether it is genuine, its verification says.
async fn check_log(link: &mut dyn Link) -> Result<(), StoreError> {
    let size = head(link, READ_HEAD).await?.log_size;
    let text = "SELECT COUNT(*), COALESCE(MAX(sequence) + 1, 0) FROM audit_entries";
    let counts = first(link, sql(text), vec![], |row: &mut Row| {
        Ok((row.count()?, row.count()?))
    });
    if counts.await? != Some((size, size)) {
        return Err(StoreError::Corrupt(
            "a backup with gaps in its audit log".into(),
        ));
    }
    load_frontier(link, size).await.map(drop)
}
