//! Signed checkpoints, in the format that transparency logs share: C2SP `tlog-checkpoint` and
//! `signed-note` (<https://c2sp.org/tlog-checkpoint>, <https://c2sp.org/signed-note>).

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::Hash;

/// The largest note that is read, in bytes. The format leaves the limit to the reader.
const NOTE_BYTES_MAX: usize = 16 * 1024;
/// Ed25519 in the registry of signature types of `signed-note`.
const ED25519: u8 = 1;

/// What the log was at some moment: so many entries, this root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Names the log, such as `egnatia/mk-mvr`: one line, not empty.
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Hash,
}

impl Checkpoint {
    /// The checkpoint that a note holds, whoever has signed it: for a reader who knows in another
    /// way from whom the note comes.
    ///
    /// # Errors
    /// [`CheckpointError::Malformed`] where the note does not have the format.
    pub fn of_note(note: &str) -> Result<Self, CheckpointError> {
        if note.len() > NOTE_BYTES_MAX {
            return Err(CheckpointError::Malformed);
        }
        let end = note.rfind("\n\n").ok_or(CheckpointError::Malformed)?;
        let (text, _) = note.split_at(end + 1);
        text.parse()
    }
}

/// Why a note is not a checkpoint of this log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// It does not have the format.
    #[error("the checkpoint is not a signed note with origin, size and root")]
    Malformed,
    /// It names another log.
    #[error("the checkpoint is that of another log")]
    OtherLog,
    /// The key has not signed it.
    #[error("the checkpoint has no valid signature by the log's key")]
    NotSigned,
}

/// A name of a key: not empty, no spaces, no plus sign (`signed-note`).
fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

/// A key's name or text that cannot be one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The name is empty, or has a space or a plus sign.
    #[error("the name of a log is not empty and has neither spaces nor `+`")]
    Name,
    /// The text is not `NAME+HASH+KEY`, or its parts do not fit each other.
    #[error("a log's public key is written `name+hash+key`, as its node prints it")]
    Malformed,
}

/// Signs checkpoints for one log. The secret is wiped from memory when it goes.
pub struct Signer {
    name: String,
    key: SigningKey,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({}, …)", self.name)
    }
}

impl Signer {
    /// The signer of the log `name` with this Ed25519 secret of 32 random bytes.
    ///
    /// # Errors
    /// [`KeyError::Name`] where the name is empty or has a space or a plus sign.
    pub fn new(name: &str, secret: &[u8; 32]) -> Result<Self, KeyError> {
        if !is_name(name) {
            return Err(KeyError::Name);
        }
        Ok(Self {
            name: name.to_owned(),
            key: SigningKey::from_bytes(secret),
        })
    }

    /// The log's name, which is its origin and the name of its key.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public key, to be given to whoever verifies.
    pub fn log_key(&self) -> LogKey {
        LogKey {
            name: self.name.clone(),
            key: self.key.verifying_key(),
        }
    }

    /// The checkpoint as a signed note.
    pub fn sign(&self, checkpoint: &Checkpoint) -> String {
        let text = checkpoint.to_string();
        let mut signed = self.log_key().hash().to_vec();
        signed.extend_from_slice(&self.key.sign(text.as_bytes()).to_bytes());
        format!(
            "{text}\n\u{2014} {} {}\n",
            self.name,
            STANDARD.encode(signed)
        )
    }
}

/// A log's public key, written as a note verifier: `name+hash+key`.
///
/// ```
/// use egnatia_audit::{Checkpoint, Frontier, LogKey, Signer};
///
/// let signer = Signer::new("egnatia/mk-mvr", &[7; 32])?;
/// let frontier = Frontier::default();
/// let note = signer.sign(&Checkpoint {
///     origin: "egnatia/mk-mvr".into(),
///     size: 0,
///     root: frontier.root(),
/// });
/// let key: LogKey = signer.log_key().to_string().parse()?;
/// assert_eq!(key.open(&note)?.size, 0);
/// assert!(key.open(&note.replace("\n0\n", "\n1\n")).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogKey {
    name: String,
    key: VerifyingKey,
}

impl LogKey {
    /// The name of the log.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first four bytes of SHA-256 over name, line feed, type and key.
    fn hash(&self) -> [u8; 4] {
        let mut hasher = Sha256::new();
        hasher.update(self.name.as_bytes());
        hasher.update([b'\n', ED25519]);
        hasher.update(self.key.as_bytes());
        let [a, b, c, d, ..]: [u8; 32] = hasher.finalize().into();
        [a, b, c, d]
    }

    /// The checkpoint that the note holds, if this log's key has signed it. Signatures by others,
    /// such as witnesses, are passed over.
    ///
    /// # Errors
    /// [`CheckpointError`] where the note does not have the format, names another log, or is not
    /// signed by this key.
    pub fn open(&self, note: &str) -> Result<Checkpoint, CheckpointError> {
        if note.len() > NOTE_BYTES_MAX {
            return Err(CheckpointError::Malformed);
        }
        // The last blank line stands between text and signatures.
        let end = note.rfind("\n\n").ok_or(CheckpointError::Malformed)?;
        let (text, signatures) = note.split_at(end + 1);
        let checkpoint: Checkpoint = text.parse()?;
        if checkpoint.origin != self.name {
            return Err(CheckpointError::OtherLog);
        }
        let signatures = signatures
            .strip_prefix('\n')
            .and_then(|lines| lines.strip_suffix('\n'))
            .ok_or(CheckpointError::Malformed)?;
        let mut valid = false;
        for line in signatures.split('\n') {
            let (name, signed) = read_signature(line).ok_or(CheckpointError::Malformed)?;
            valid |= name == self.name && self.has_signed(text, &signed);
        }
        valid
            .then_some(checkpoint)
            .ok_or(CheckpointError::NotSigned)
    }

    fn has_signed(&self, text: &str, signed: &[u8]) -> bool {
        let Some((hash, signature)) = signed.split_first_chunk::<4>() else {
            return false;
        };
        *hash == self.hash()
            && Signature::from_slice(signature)
                .is_ok_and(|signature| self.key.verify_strict(text.as_bytes(), &signature).is_ok())
    }
}

fn read_signature(line: &str) -> Option<(&str, Vec<u8>)> {
    let (name, signed) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
    if !is_name(name) {
        return None;
    }
    Some((name, STANDARD.decode(signed).ok()?))
}

impl fmt::Display for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d] = self.hash();
        let mut typed = vec![ED25519];
        typed.extend_from_slice(self.key.as_bytes());
        let key = STANDARD.encode(typed);
        write!(f, "{}+{a:02x}{b:02x}{c:02x}{d:02x}+{key}", self.name)
    }
}

impl FromStr for LogKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let parsed = || {
            // The key's base64 may hold plus signs; name and hash cannot.
            let mut parts = text.splitn(3, '+');
            let (name, _hash, key) = (parts.next()?, parts.next()?, parts.next()?);
            let typed: [u8; 33] = STANDARD.decode(key).ok()?.try_into().ok()?;
            let (&[ED25519], bytes) = typed.split_first_chunk::<1>()? else {
                return None;
            };
            let key = VerifyingKey::from_bytes(bytes.try_into().ok()?).ok()?;
            Some(Self {
                name: name.to_owned(),
                key,
            })
        };
        // Written back it has to be the same: that covers the hash and every variant of base64.
        parsed()
            .filter(|key| is_name(&key.name) && key.to_string() == text)
            .ok_or(KeyError::Malformed)
    }
}

impl fmt::Display for Checkpoint {
    /// The text that is signed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = STANDARD.encode(self.root.as_bytes());
        write!(f, "{}\n{}\n{root}\n", self.origin, self.size)
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    /// Reads the signed text. Extension lines, which the format advises against, are refused: a
    /// node of Egnatia writes none.
    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        let parsed = || {
            let mut lines = text.strip_suffix('\n')?.split('\n');
            let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
            let root: [u8; 32] = STANDARD.decode(root).ok()?.try_into().ok()?;
            let checkpoint = Self {
                origin: origin.to_owned(),
                size: size.parse().ok()?,
                root: Hash::from_bytes(root),
            };
            (lines.next().is_none() && !origin.is_empty()).then_some(checkpoint)
        };
        // Written back it has to be the same: no leading zeros, no plus sign.
        parsed()
            .filter(|checkpoint| checkpoint.to_string() == text)
            .ok_or(CheckpointError::Malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Go's `golang.org/x/mod/sumdb/note`, from which C2SP `signed-note` comes.
    #[test]
    fn agrees_with_the_published_signed_note() {
        let key: LogKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
            .parse()
            .unwrap();
        let text = "If you think cryptography is the answer to your problem,\n\
                    then you don't know what your problem is.\n";
        let (name, signed) = read_signature(
            "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXg\
             KvqfqdngotpRZb6KE6RyyBwJnAM=",
        )
        .unwrap();
        assert_eq!(name, key.name());
        assert!(key.has_signed(text, &signed));
        assert!(!key.has_signed(&text.replace("answer", "question"), &signed));
    }
}
