//! Backup and restore of everything, while the node runs.
//!
//! A backup is a text file: a header line, one line a row, and a last line with the number of rows
//! and the SHA-256 of all that stands before it. It is as secret as the node: it holds personal
//! data and the node's keys.

use std::collections::HashMap;
use std::io::{self, BufRead, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use egnatia_audit::{Hash, Operation};
use egnatia_record::AuthorityId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use crate::port::{DumpRow, DumpValue, StoreError};
use crate::writing::EventAbout;
use crate::{Action, App, AppError, Caller};

const FORMAT: u32 = 2;
/// The longest line that is read: an entry of a list with all its orphans.
const LINE_MAX: u64 = 64 * 1024 * 1024;
const QUEUE: usize = 1_024;

/// Why a backup was not made or not restored. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The use case refused or failed.
    #[error(transparent)]
    App(#[from] AppError),
    /// The file cannot be read or written.
    #[error("the file cannot be read or written: {0}")]
    File(#[from] io::Error),
    /// The file is no backup, or not whole.
    #[error("line {line}: {problem}")]
    Malformed {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The file is the backup of another authority's node.
    #[error("this is the backup of `{0}`; a node is restored only from its own")]
    AnotherNode(AuthorityId),
}

/// What a restore did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// When the backup was made.
    pub made_at: Timestamp,
    /// How many rows were written.
    pub rows: u64,
    /// How many partners are asked for what they sent since.
    pub asked: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    egnatia_backup: u32,
    authority: AuthorityId,
    made_at: Timestamp,
    /// The node's keys, in the node's own form.
    keys: String,
    /// The keys of the exchange, sealed as they lie; absent in a node that does not exchange, and in
    /// backups of releases before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exchange: Option<String>,
    /// What opens them, where it lies beside them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exchange_unlock: Option<String>,
}

/// What makes a restored node the same node, in the node's own form.
#[derive(Clone, PartialEq, Eq)]
pub struct BackupKeys {
    /// The keys of the log and its tags.
    pub node: String,
    /// The keys of the exchange, sealed as they lie.
    pub exchange: Option<String>,
    /// What opens them, where it lies beside them; elsewhere its keeper brings it.
    pub exchange_unlock: Option<String>,
}

impl std::fmt::Debug for BackupKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BackupKeys(…)")
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Footer {
    rows: u64,
    sha256: Hash,
}

impl App {
    /// Writes everything of one consistent moment into `out`, with the node's `keys`. Returns the
    /// number of rows.
    ///
    /// # Errors
    /// [`BackupError::File`] where it cannot be written.
    pub async fn back_up(
        &self,
        caller: &Caller,
        keys: &BackupKeys,
        out: &mut (dyn Write + Send),
    ) -> Result<u64, BackupError> {
        self.authorise(caller, Action::BackUp, None)?;
        let mut writing = self.writing(caller);
        writing.log(Operation::Administration, EventAbout::subject("backup"));
        let made_at = writing.at;
        self.store()
            .commit(writing.batch)
            .await
            .map_err(AppError::from)?;
        let mut out = Hashing {
            out,
            hasher: Sha256::new(),
        };
        let header = Header {
            egnatia_backup: FORMAT,
            authority: self.inner.settings.authority.clone(),
            made_at,
            keys: keys.node.clone(),
            exchange: keys.exchange.clone(),
            exchange_unlock: keys.exchange_unlock.clone(),
        };
        write_line(&mut out, &header)?;
        let (send, mut receive) = mpsc::channel(QUEUE);
        let store = std::sync::Arc::clone(&self.inner.store);
        let dump = tokio::spawn(async move { store.dump(send).await });
        let mut rows: u64 = 0;
        while let Some(row) = receive.recv().await {
            write_line(&mut out, &row_to_json(&row))?;
            rows = rows.saturating_add(1);
        }
        dump.await
            .map_err(|error| AppError::Internal(error.to_string()))?
            .map_err(AppError::from)?;
        let sha256 = Hash::from_bytes(out.hasher.clone().finalize().into());
        write_line(&mut out, &Footer { rows, sha256 })?;
        out.out.flush()?;
        Ok(rows)
    }

    /// Replaces everything by the backup that `open` reads: once to see that it is whole, once to
    /// write. All or nothing.
    ///
    /// # Errors
    /// [`BackupError::Malformed`] where it is no backup or not whole,
    /// [`BackupError::AnotherNode`] where it is somebody else's.
    pub async fn restore<R: BufRead>(
        &self,
        caller: &Caller,
        open: impl Fn() -> io::Result<R>,
    ) -> Result<Restored, BackupError> {
        self.authorise(caller, Action::BackUp, None)?;
        let header = check_whole(open()?)?;
        if header.authority != self.inner.settings.authority {
            return Err(BackupError::AnotherNode(header.authority));
        }
        let (send, receive) = mpsc::channel(QUEUE);
        let store = std::sync::Arc::clone(&self.inner.store);
        let restore = tokio::spawn(async move { store.restore(receive).await });
        let columns: HashMap<&'static str, usize> = self
            .store()
            .dump_columns()
            .iter()
            .map(|(name, columns)| (*name, columns.len()))
            .collect();
        let mut lines = Lines::new(open()?);
        lines.next()?;
        while let Some(line) = lines.next()? {
            if line.starts_with(b"[") {
                let row = row_from_json(&line, &columns).ok_or(lines.malformed("not a row"))?;
                // The store ended the transaction; its result says why.
                if send.send(row).await.is_err() {
                    break;
                }
            }
        }
        drop(send);
        let rows = restore
            .await
            .map_err(|error| AppError::Internal(error.to_string()))?
            .map_err(|error: StoreError| AppError::from(error))?;
        let mut writing = self.writing(caller);
        writing.log(
            Operation::Administration,
            EventAbout::subject("restore").data(json!({ "made_at": header.made_at, "rows": rows })),
        );
        self.store()
            .commit(writing.batch)
            .await
            .map_err(AppError::from)?;
        // Partners have this node's receipts for what it does not have any more.
        let asked = self.ask_again(caller, header.made_at).await?;
        Ok(Restored {
            made_at: header.made_at,
            rows,
            asked,
        })
    }
}

/// The authority and the keys of a whole backup.
///
/// # Errors
/// [`BackupError::Malformed`] where it is no backup or not whole.
pub fn keys_of_backup(input: impl BufRead) -> Result<(AuthorityId, BackupKeys), BackupError> {
    let header = check_whole(input)?;
    let keys = BackupKeys {
        node: header.keys,
        exchange: header.exchange,
        exchange_unlock: header.exchange_unlock,
    };
    Ok((header.authority, keys))
}

struct Hashing<'a> {
    out: &'a mut (dyn Write + Send),
    hasher: Sha256,
}

fn write_line(out: &mut Hashing<'_>, line: &impl Serialize) -> io::Result<()> {
    let mut bytes = serde_json::to_vec(line)?;
    bytes.push(b'\n');
    out.hasher.update(&bytes);
    out.out.write_all(&bytes)
}

fn row_to_json(row: &DumpRow) -> Value {
    let values = row.values.iter().map(|value| match value {
        DumpValue::Null => Value::Null,
        DumpValue::Int(number) => json!(number),
        DumpValue::Text(text) => json!(text),
        DumpValue::Blob(bytes) => json!({ "b": STANDARD.encode(bytes) }),
    });
    std::iter::once(json!(row.table)).chain(values).collect()
}

fn row_from_json(line: &[u8], columns: &HashMap<&'static str, usize>) -> Option<DumpRow> {
    let Value::Array(values) = serde_json::from_slice(line).ok()? else {
        return None;
    };
    let mut values = values.into_iter();
    let name = values.next()?;
    let (&table, &width) = columns.get_key_value(name.as_str()?)?;
    let values: Vec<DumpValue> = values
        .map(|value| match value {
            Value::Null => Some(DumpValue::Null),
            Value::Number(number) => number.as_i64().map(DumpValue::Int),
            Value::String(text) => Some(DumpValue::Text(text)),
            Value::Object(blob) => {
                let text = blob.get("b")?.as_str()?;
                STANDARD.decode(text).ok().map(DumpValue::Blob)
            }
            Value::Bool(_) | Value::Array(_) => None,
        })
        .collect::<Option<_>>()?;
    (values.len() == width).then_some(DumpRow { table, values })
}

/// Reads a backup from beginning to end and compares its checksum.
fn check_whole(input: impl BufRead) -> Result<Header, BackupError> {
    let mut lines = Lines::new(input);
    let first = lines.next()?.ok_or(BackupError::Malformed {
        line: 1,
        problem: "an empty file",
    })?;
    let header: Header = serde_json::from_slice(&first)
        .map_err(|_| lines.malformed("not the header of a backup of this program"))?;
    if header.egnatia_backup != FORMAT {
        return Err(lines.malformed("a backup of another version of the format"));
    }
    let mut hasher = Sha256::new();
    let mut line = first;
    let mut rows: u64 = 0;
    loop {
        hasher.update(&line);
        line = lines
            .next()?
            .ok_or_else(|| lines.malformed("the file ends too early"))?;
        if line.starts_with(b"{") {
            break;
        }
        rows = rows.saturating_add(1);
    }
    let footer: Footer =
        serde_json::from_slice(&line).map_err(|_| lines.malformed("not the end of a backup"))?;
    let sha256 = Hash::from_bytes(hasher.finalize().into());
    if footer.rows != rows || footer.sha256 != sha256 {
        return Err(lines.malformed("the checksum does not fit: the file was changed or damaged"));
    }
    match lines.next()? {
        None => Ok(header),
        Some(_) => Err(lines.malformed("something stands after the end")),
    }
}

/// Lines with their ends, counted, of bounded length.
struct Lines<R> {
    input: R,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    fn new(input: R) -> Self {
        Self { input, number: 0 }
    }

    fn next(&mut self) -> Result<Option<Vec<u8>>, BackupError> {
        self.number = self.number.saturating_add(1);
        let mut line = Vec::new();
        let read = io::Read::take(&mut self.input, LINE_MAX).read_until(b'\n', &mut line)?;
        match line.last() {
            None => Ok(None),
            Some(b'\n') if read > 1 => Ok(Some(line)),
            Some(_) => Err(self.malformed("the line is cut off")),
        }
    }

    fn malformed(&self, problem: &'static str) -> BackupError {
        BackupError::Malformed {
            line: self.number,
            problem,
        }
    }
}
