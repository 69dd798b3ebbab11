//! `egnatia backup`, `egnatia restore`.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use egnatia_app::{BackupError, BackupKeys, keys_of_backup};
use egnatia_record::Entropy;
use serde_json::json;

use super::print;
use crate::ambient::{SystemClock, SystemEntropy};
use crate::config::Config;
use crate::data::{Data, Index, claim, operator};
use crate::failure::InputError;
use crate::identity::{SealedKeys, TakenBack};
use crate::keys::Keys;

/// Writes a backup, whole or not at all.
pub async fn back_up(data: Data, file: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let cannot = || format!("cannot write the backup `{}`", file.display());
    if file.exists() {
        let text = format!(
            "`{}` exists already; a backup never replaces a file",
            file.display()
        );
        return Err(InputError(text).into());
    }
    let mut unique = [0; 4];
    SystemEntropy.fill(&mut unique);
    let name = file
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or("backup");
    let beside = file.with_file_name(format!(".{name}.{:08x}", u32::from_be_bytes(unique)));
    let written = write(&data, &beside).await;
    let rows = match written {
        Ok(rows) => rows,
        Err(error) => {
            let _ = std::fs::remove_file(&beside);
            return Err(error.context(cannot()));
        }
    };
    std::fs::rename(&beside, file).with_context(cannot)?;
    let text = format!(
        "{rows} rows are in `{}`. It holds personal data and the node's keys: guard it as the node.",
        file.display()
    );
    print(json, &json!({ "file": file, "rows": rows }), &text);
    data.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn write(data: &Data, file: &Path) -> anyhow::Result<u64> {
    let out = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .map_err(|error| InputError(error.to_string()))?;
    let mut out = BufWriter::new(out);
    let rows = data
        .app
        .back_up(&operator(None)?, &backup_keys(data)?, &mut out)
        .await?;
    out.flush()?;
    out.get_ref().sync_all()?;
    Ok(rows)
}

/// All that makes a restored node the same node.
fn backup_keys(data: &Data) -> anyhow::Result<BackupKeys> {
    let sealed = SealedKeys::read(&data.folder, &data.config)?;
    let (exchange, exchange_unlock) = match sealed {
        Some(sealed) => (Some(sealed.text), sealed.unlock),
        None => (None, None),
    };
    Ok(BackupKeys {
        node: data.keys.to_text(),
        exchange,
        exchange_unlock,
    })
}

/// What comes back of what was written after the backup, and what does not.
const LOST: &str = "partner(s) are asked for what is missing since then.
Alerts of this node come back and wait for a decision: `egnatia alert list --returned`. Traces, answers,
and what partners sent come back by themselves.
Hits that this node confirmed and questions that it asked do not come back: partners hold them in their
inboxes. Ask each of them, check again, and confirm again. What no partner has received is lost.";

/// Replaces everything by a backup.
pub async fn restore(
    folder: &Path,
    config: Config,
    file: &Path,
    replace: bool,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let open = || File::open(file).map(BufReader::new);
    let input = open()
        .map_err(|error| InputError(error.to_string()))
        .with_context(|| format!("cannot read the backup `{}`", file.display()))?;
    let (authority, all) =
        keys_of_backup(input).with_context(|| format!("in the backup `{}`", file.display()))?;
    if authority != config.node.authority {
        return Err(BackupError::AnotherNode(authority).into());
    }
    let keys = Keys::parse(&all.node)?;
    let mut data = Data::open(folder, config.clone(), Index::Skip).await?;
    if !data.app.is_empty().await? && !replace {
        let text = "the node holds data already; --replace confirms that they are given up";
        return Err(InputError(text.to_owned()).into());
    }
    let before = data.keys.clone();
    let other_keys = before.to_text() != keys.to_text();
    // A running node would go on to sign with its old keys.
    let claim = other_keys
        .then(|| claim(&data.folder).context("the backup comes from a node with other keys"))
        .transpose()?;
    if other_keys {
        data.close().await;
        keys.write(folder, true)
            .context("cannot write the node's keys")?;
        data = Data::open(folder, config, Index::Skip).await?;
    }
    let restored = match data.app.restore(&operator(None)?, open).await {
        Ok(restored) => restored,
        Err(error) => {
            if other_keys {
                before
                    .write(folder, true)
                    .context("cannot write the node's keys back")?;
            }
            let what = format!("cannot restore `{}`; nothing was changed", file.display());
            return Err(anyhow::Error::new(error).context(what));
        }
    };
    let exchange = put_back(folder, &data.config, all)
        .context("the records are restored, the exchange keys are not; restore again")?;
    drop(claim);
    let lost = match restored.asked {
        0 => String::new(),
        count => format!("\n{count} {LOST}"),
    };
    let text = format!(
        "{} rows of {} are restored.{}{lost}",
        restored.rows,
        restored.made_at,
        match exchange {
            Some(TakenBack::Written) => " The node has its exchange keys back.",
            Some(TakenBack::Kept) => " The node keeps its exchange keys: they are those, or newer.",
            None => "",
        }
    );
    print(
        json,
        &json!({
            "rows": restored.rows,
            "made_at": restored.made_at,
            "partners_asked": restored.asked,
            "exchange_keys": exchange.map(|taken| match taken {
                TakenBack::Written => "written",
                TakenBack::Kept => "kept",
            }),
        }),
        &text,
    );
    data.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Puts the exchange keys of a backup into the data folder, where it has some.
fn put_back(folder: &Path, config: &Config, keys: BackupKeys) -> anyhow::Result<Option<TakenBack>> {
    let Some(text) = keys.exchange else {
        return Ok(None);
    };
    let sealed = SealedKeys {
        text,
        unlock: keys.exchange_unlock,
    };
    sealed.put_back(folder, config, &SystemClock).map(Some)
}
