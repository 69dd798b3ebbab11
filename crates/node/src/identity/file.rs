//! The files: `exchange.keys`, encrypted with ChaCha20-Poly1305, and the key that opens it, which
//! may lie somewhere else.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use egnatia_protocol::SignedCard;
use egnatia_record::{AuthorityId, Entropy};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Secrets, do_not_open};
use crate::config::Config;
use crate::failure::InputError;

const FILE: &str = "exchange.keys";
const LOCK: &str = "exchange.lock";
const UNLOCK: &str = "exchange.unlock";
const FORMAT: &str = "egnatia-exchange-keys/1";
const NONCE_BYTES: usize = 12;

/// Where the keys of a node lie.
#[derive(Debug)]
pub struct Place {
    folder: PathBuf,
    authority: AuthorityId,
    /// As the configuration names it.
    unlock_file: Option<PathBuf>,
}

/// What everybody may see of the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed {
    format: String,
    authority: AuthorityId,
    /// The node's card, so that nothing has to be opened to give it away.
    card: String,
    nonce: String,
    sealed: String,
}

impl Place {
    pub fn of(folder: &Path, config: &Config) -> Self {
        Self {
            folder: folder.to_owned(),
            authority: config.node.authority.clone(),
            unlock_file: config.exchange.unlock_file.clone(),
        }
    }

    fn file(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    fn unlock_file(&self) -> PathBuf {
        let beside = || self.folder.join(UNLOCK);
        self.unlock_file.clone().unwrap_or_else(beside)
    }

    pub fn unlock_lies_beside(&self) -> bool {
        self.unlock_file.is_none()
    }

    pub fn can_unlock(&self) -> bool {
        File::open(self.unlock_file()).is_ok()
    }

    pub fn exists(&self) -> bool {
        self.file().exists()
    }

    pub fn changed_at(&self) -> Option<SystemTime> {
        fs::metadata(self.file()).ok()?.modified().ok()
    }

    /// Held by whoever changes the keys.
    pub fn lock(&self) -> anyhow::Result<File> {
        let file = self.folder.join(LOCK);
        let mut options = OpenOptions::new();
        let opened = options.write(true).create(true).truncate(false).mode(0o600);
        let file = opened.open(file).context("cannot write the lock file")?;
        file.lock().context("cannot lock the exchange keys")?;
        Ok(file)
    }

    /// Writes the first keys, and the key that opens them where nobody else keeps it.
    pub fn make(&self, secrets: &Secrets, entropy: &dyn Entropy) -> anyhow::Result<()> {
        let unlock = self.unlock_file();
        if self.unlock_file.is_none() && !unlock.exists() {
            let mut key = Zeroizing::new([0; 32]);
            entropy.fill(key.as_mut());
            let hash = egnatia_audit::Hash::from_bytes(*key);
            let text = Zeroizing::new(format!("{hash}\n"));
            replace(&unlock, text.as_bytes())
                .with_context(|| format!("cannot write `{}`", unlock.display()))?;
        }
        self.write(secrets, entropy)
    }

    /// Replaces the file, whole or not at all.
    pub fn write(&self, secrets: &Secrets, entropy: &dyn Entropy) -> anyhow::Result<()> {
        let key = self.unlock_key()?;
        let mut nonce = [0; NONCE_BYTES];
        entropy.fill(&mut nonce);
        let plain = Zeroizing::new(serde_json::to_vec(secrets)?);
        let aad = aad(&self.authority, &secrets.card);
        let payload = Payload {
            msg: &plain,
            aad: &aad,
        };
        let sealed = cipher(&key)
            .encrypt(&Nonce::from(nonce), payload)
            .map_err(|_| anyhow::anyhow!("the exchange keys cannot be encrypted"))?;
        let file = Sealed {
            format: FORMAT.to_owned(),
            authority: self.authority.clone(),
            card: secrets.card.clone(),
            nonce: STANDARD.encode(nonce),
            sealed: STANDARD.encode(sealed),
        };
        let text = serde_json::to_string_pretty(&file)? + "\n";
        replace(&self.file(), text.as_bytes())
            .with_context(|| format!("cannot write the exchange keys `{}`", self.file().display()))
    }

    /// The file as it lies, and what opens it where that lies beside it.
    pub fn text(&self) -> anyhow::Result<Option<(String, Option<String>)>> {
        if !self.exists() {
            return Ok(None);
        }
        let read = |file: PathBuf| {
            fs::read_to_string(&file)
                .map_err(|error| InputError(error.to_string()))
                .with_context(|| format!("cannot read `{}`", file.display()))
        };
        let unlock = match self.unlock_file {
            Some(_) => None,
            None => Some(read(self.unlock_file())?),
        };
        Ok(Some((read(self.file())?, unlock)))
    }

    /// Puts the file back as it lay, with what opens it where that lay beside it.
    pub fn put_back(&self, text: &str, unlock: Option<&str>) -> anyhow::Result<()> {
        if let (Some(unlock), None) = (unlock, &self.unlock_file) {
            replace(&self.unlock_file(), unlock.as_bytes())?;
        }
        replace(&self.file(), text.as_bytes())
            .with_context(|| format!("cannot write the exchange keys `{}`", self.file().display()))
    }

    /// The card that stands in the open in a file of keys.
    pub fn card_in(text: &str, now: Timestamp) -> anyhow::Result<SignedCard> {
        let sealed: Sealed = serde_json::from_str(text)
            .map_err(|_| InputError("these are no exchange keys of this program".to_owned()))?;
        SignedCard::parse(sealed.card.as_bytes(), now).context("the card of the keys is not valid")
    }

    pub fn read(&self) -> anyhow::Result<Secrets> {
        let sealed = self.sealed()?;
        let key = self.unlock_key()?;
        let altered = || do_not_open(&self.file(), &self.unlock_file());
        let nonce = STANDARD.decode(&sealed.nonce).map_err(|_| altered())?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| altered())?;
        let bytes = STANDARD.decode(&sealed.sealed).map_err(|_| altered())?;
        let aad = aad(&self.authority, &sealed.card);
        let payload = Payload {
            msg: &bytes,
            aad: &aad,
        };
        let plain = cipher(&key)
            .decrypt(&Nonce::from(nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| altered())?;
        // The text of the error could hold a part of a secret.
        serde_json::from_slice(&plain).map_err(|_| {
            let text = "the exchange keys were written by another release; use that one";
            InputError(text.to_owned()).into()
        })
    }

    /// The card, without opening anything. That it is whole is seen by its signature.
    pub fn public_card(&self, now: Timestamp) -> anyhow::Result<Option<SignedCard>> {
        if !self.exists() {
            return Ok(None);
        }
        let sealed = self.sealed()?;
        let card = SignedCard::parse(sealed.card.as_bytes(), now);
        Ok(Some(card.context("the card of this node cannot be read")?))
    }

    fn sealed(&self) -> anyhow::Result<Sealed> {
        let file = self.file();
        let text = fs::read_to_string(&file)
            .map_err(|error| InputError(error.to_string()))
            .with_context(|| format!("cannot read the exchange keys `{}`", file.display()))?;
        let sealed: Sealed =
            serde_json::from_str(&text).map_err(|_| do_not_open(&file, &self.unlock_file()))?;
        if sealed.format != FORMAT {
            let text = format!(
                "`{}` has a format that this release does not read",
                file.display()
            );
            return Err(InputError(text).into());
        }
        if sealed.authority != self.authority {
            let text = format!(
                "the exchange keys `{}` are those of `{}`, and the configuration names `{}`: \
                 correct [node] authority",
                file.display(),
                sealed.authority,
                self.authority
            );
            return Err(InputError(text).into());
        }
        Ok(sealed)
    }

    fn unlock_key(&self) -> anyhow::Result<Zeroizing<[u8; 32]>> {
        let file = self.unlock_file();
        let text = fs::read_to_string(&file)
            .map(Zeroizing::new)
            .map_err(|error| {
                InputError(format!(
                    "{error}; it has 64 hexadecimal digits, as `openssl rand -hex 32` makes them"
                ))
            })
            .with_context(|| {
                format!(
                    "cannot read the key to the exchange keys `{}`",
                    file.display()
                )
            })?;
        let hash: Result<egnatia_audit::Hash, _> = text.trim().parse();
        let hash = hash.map_err(|_| {
            InputError(format!(
                "`{}` is not a key: it has 64 hexadecimal digits, as `openssl rand -hex 32` makes them",
                file.display()
            ))
        })?;
        Ok(Zeroizing::new(*hash.as_bytes()))
    }
}

fn cipher(key: &[u8; 32]) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new(&Key::from(*key))
}

/// What stands in the open is bound into the seal.
fn aad(authority: &AuthorityId, card: &str) -> Vec<u8> {
    [FORMAT, authority.as_str(), card].join("\0").into_bytes()
}

/// Writes a file that only its owner reads, whole or not at all, and makes it durable.
fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = file.with_extension(format!("{}.new", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut out = options.open(&beside)?;
    out.write_all(bytes)?;
    out.sync_all()?;
    fs::rename(&beside, file)?;
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}
