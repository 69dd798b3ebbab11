//! A data folder, opened: keys, store, use cases.

use std::fs::{self, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use egnatia_app::{App, Caller, Catalogue, Parts, PasswordHasher, Role, Settings, Store};
use egnatia_record::{Clock, Justification, UserId};
use egnatia_store::{PostgresStore, SqliteStore};

use crate::ambient::{SystemClock, SystemEntropy};
use crate::config::Config;
use crate::failure::InputError;
use crate::identity::ExchangeKeys;
use crate::index_files::Folder;
use crate::keys::Keys;

const DATABASE: &str = "egnatia.db";
const LOCK: &str = "serving.lock";

/// An opened node.
pub struct Data {
    /// The folder.
    pub folder: PathBuf,
    /// The configuration.
    pub config: Config,
    /// The node's keys.
    pub keys: Keys,
    /// The use cases.
    pub app: App,
    /// The keys by which partners know the node, where it serves and exchanges.
    pub exchange_keys: Option<ExchangeKeys>,
    /// The store, to be closed at the end.
    store: Opened,
    /// Held while this process serves the folder.
    _claim: Option<File>,
}

/// A store of either kind.
enum Opened {
    Sqlite(Arc<SqliteStore>),
    Postgres(Arc<PostgresStore>),
}

impl Opened {
    fn port(&self) -> Arc<dyn Store> {
        match self {
            Self::Sqlite(store) => store.clone(),
            Self::Postgres(store) => store.clone(),
        }
    }

    async fn close(&self) {
        match self {
            Self::Sqlite(store) => store.close().await,
            Self::Postgres(store) => store.close().await,
        }
    }
}

/// Whether the use cases need the matching index.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Index {
    /// They search, and leave the files of the index to the next one where nobody serves.
    Load,
    /// They search, serve the folder, and keep the files of the index.
    Keep,
    /// They do not.
    Skip,
}

impl Data {
    /// Opens a data folder, and makes it where it is not there yet.
    ///
    /// # Errors
    /// Where the configuration, the keys or the store cannot be used.
    pub async fn open(folder: &Path, config: Config, index: Index) -> anyhow::Result<Self> {
        Self::open_at(folder, config, (index, Arc::new(SystemClock))).await
    }

    /// The same with another clock than that of the machine.
    ///
    /// # Errors
    /// As [`Data::open`].
    pub async fn open_at(
        folder: &Path,
        config: Config,
        (index, clock): (Index, Arc<dyn Clock>),
    ) -> anyhow::Result<Self> {
        make_folder(folder)?;
        let claim = match index {
            Index::Keep => Some(claim(folder)?),
            Index::Load | Index::Skip => None,
        };
        let keys = Keys::load_or_make(folder, &config.node.authority, &SystemEntropy)?;
        // Other commands need no secrets of the exchange.
        let exchange_keys = (index == Index::Keep && config.exchanges())
            .then(|| ExchangeKeys::open_or_make(folder, &config, &SystemClock, &SystemEntropy))
            .transpose()?;
        let identity = exchange_keys.as_ref().map(ExchangeKeys::identity);
        let seal = || keys.seal();
        let store = match &config.store.postgres_url_file {
            None => {
                let opened = SqliteStore::open(&folder.join(DATABASE), seal()?).await;
                Opened::Sqlite(Arc::new(opened.with_context(|| cannot_open(folder))?))
            }
            Some(file) => {
                let url = fs::read_to_string(file)
                    .map_err(|error| InputError(error.to_string()))
                    .with_context(|| format!("cannot read `{}`", file.display()))?;
                let opened = PostgresStore::connect(url.trim(), seal()?).await;
                Opened::Postgres(Arc::new(
                    opened.context("cannot open the PostgreSQL database")?,
                ))
            }
        };
        let index_files = match index {
            Index::Keep => Folder::keep(folder),
            Index::Load => Folder::build(folder),
            Index::Skip => Ok(Folder::read(folder)),
        };
        let index_files = Arc::new(index_files.context("cannot lock the files of the index")?);
        let parts = Parts {
            store: store.port(),
            index_files: index_files.clone(),
            clock,
            entropy: Arc::new(SystemEntropy),
            seal: seal()?,
            hasher: PasswordHasher::standard(),
            catalogue: Catalogue::shipped()?,
            identity: identity.transpose()?,
            settings: Settings {
                storage_mixing: config.stock.mixing()?,
                ..config.settings()
            },
        };
        let app = match index {
            Index::Load | Index::Keep => App::start(parts).await?,
            Index::Skip => App::without_index(parts)?,
        };
        if index != Index::Keep {
            index_files.release();
        }
        Ok(Self {
            folder: folder.to_owned(),
            config,
            keys,
            app,
            exchange_keys,
            store,
            _claim: claim,
        })
    }

    /// Writes what is still under way, and closes the store.
    pub async fn close(self) {
        self.store.close().await;
    }
}

/// Claims the folder for a node that serves; a second one is refused. Held until dropped.
///
/// # Errors
/// Where another node serves the folder.
pub fn claim(folder: &Path) -> anyhow::Result<File> {
    let file = File::create(folder.join(LOCK)).context("cannot write the lock file")?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => {
            let text = format!(
                "another node serves `{}` already; stop it, or use another --data",
                folder.display()
            );
            Err(InputError(text).into())
        }
        Err(fs::TryLockError::Error(error)) => Err(error).context("cannot lock the folder"),
    }
}

fn cannot_open(folder: &Path) -> String {
    format!("cannot open the database in `{}`", folder.display())
}

/// Makes a data folder that only its owner enters.
///
/// # Errors
/// Where the file system refuses.
pub fn make_folder(folder: &Path) -> anyhow::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|error| InputError(error.to_string()))
        .with_context(|| format!("cannot make the data folder `{}`", folder.display()))
}

/// Whoever is at the command line, by their name at the operating system.
///
/// # Errors
/// Where the operating system does not know them.
pub fn operator(justification: Option<Justification>) -> anyhow::Result<Caller> {
    let name = whoami::username().context("the operating system does not say who you are")?;
    Ok(Caller {
        login: operator_id(&name)?,
        role: Role::Operator,
        justification,
    })
}

/// The name of a user of the operating system as the log has it.
///
/// # Errors
/// Where it is empty.
pub fn os_name(name: &str) -> anyhow::Result<String> {
    let id = operator_id(name)?;
    let name = id.as_str().strip_prefix("os:").unwrap_or_default();
    Ok(name.to_owned())
}

fn operator_id(name: &str) -> anyhow::Result<UserId> {
    let folded: String = name
        .to_lowercase()
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "-._".contains(c) {
                c
            } else {
                '_'
            }
        })
        .take(60)
        .collect();
    format!("os:{folded}").parse().map_err(|_| {
        InputError("the name of the operating system's user is empty".to_owned()).into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_are_known_by_their_name_at_the_operating_system() {
        assert_eq!(operator_id("root").unwrap().as_str(), "os:root");
        assert_eq!(
            operator_id("DOMAIN\\Ana K").unwrap().as_str(),
            "os:domain_ana_k"
        );
    }
}
