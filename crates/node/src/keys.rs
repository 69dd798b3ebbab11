//! The node's keys: a file that only the node's user can read.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::Context;
use egnatia_audit::{Seal, Signer, TagKey};
use egnatia_record::{AuthorityId, Entropy};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::failure::InputError;

const FILE: &str = "node.keys";

/// The node's secrets, 32 bytes each, in hexadecimal.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// Whose log it is: the name stands in every checkpoint, so it never changes.
    #[zeroize(skip)]
    authority: AuthorityId,
    signing: String,
    tags: String,
}

impl Keys {
    /// The keys of the folder, which are made at the first start.
    ///
    /// # Errors
    /// Where the file cannot be read, or not be written and made durable; where the folder belongs
    /// to another authority than the configuration names.
    pub fn load_or_make(
        folder: &Path,
        authority: &AuthorityId,
        entropy: &dyn Entropy,
    ) -> anyhow::Result<Self> {
        let file = folder.join(FILE);
        if !file.exists() {
            let keys = Self {
                authority: authority.clone(),
                signing: random(entropy),
                tags: random(entropy),
            };
            keys.write(folder, false)
                .context("cannot write the node's keys")?;
        }
        let text = fs::read_to_string(&file)
            .with_context(|| format!("cannot read the node's keys `{}`", file.display()))?;
        let keys = Self::parse(&text).with_context(|| format!("in `{}`", file.display()))?;
        if keys.authority != *authority {
            let text = format!(
                "the folder `{}` holds the data of `{}`, and the configuration names `{authority}`; \
                 an authority's name never changes: correct [node] authority",
                folder.display(),
                keys.authority
            );
            return Err(InputError(text).into());
        }
        Ok(keys)
    }

    /// Reads keys from their text.
    ///
    /// # Errors
    /// Where it is not what [`Keys::to_text`] writes.
    pub fn parse(text: &str) -> Result<Self, InputError> {
        let keys: Self = toml::from_str(text).map_err(|_| {
            InputError("the keys of the node do not read; restore a backup".to_owned())
        })?;
        keys.bytes()?;
        Ok(keys)
    }

    /// The keys as text, for the file and for backups.
    pub fn to_text(&self) -> String {
        format!(
            "# The secrets of this node's audit log. Whoever has them can forge it.\n\
             authority = \"{}\"\nsigning = \"{}\"\ntags = \"{}\"\n",
            self.authority, self.signing, self.tags
        )
    }

    /// Writes the file, whole or not at all. Unless `replace`, keys that are there already stay.
    ///
    /// # Errors
    /// Where the disk does not do its part.
    pub fn write(&self, folder: &Path, replace: bool) -> io::Result<()> {
        let beside = folder.join(format!("{FILE}.{}", std::process::id()));
        let mut out = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&beside)?;
        out.write_all(self.to_text().as_bytes())?;
        out.sync_all()?;
        let file = folder.join(FILE);
        if replace {
            fs::rename(&beside, &file)?;
        } else {
            // Linking never replaces: of two nodes that start at once, one makes the keys.
            let linked = fs::hard_link(&beside, &file);
            fs::remove_file(&beside)?;
            match linked {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
        }
        fs::File::open(folder)?.sync_all()
    }

    /// What appends to the log.
    ///
    /// # Errors
    /// Where a key has the wrong form.
    pub fn seal(&self) -> anyhow::Result<Seal> {
        let (signing, tags) = self.bytes()?;
        let signer = Signer::new(&egnatia_app::log_origin(&self.authority), &signing)?;
        Ok(Seal {
            signer,
            tags: TagKey::new(&tags),
        })
    }

    fn bytes(&self) -> Result<([u8; 32], [u8; 32]), InputError> {
        let read = |text: &str| {
            text.parse::<egnatia_audit::Hash>()
                .map(|hash| *hash.as_bytes())
                .map_err(|_| InputError("a key of the node has the wrong length".to_owned()))
        };
        Ok((read(&self.signing)?, read(&self.tags)?))
    }
}

fn random(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; 32];
    entropy.fill(&mut bytes);
    let text = egnatia_audit::Hash::from_bytes(bytes).to_string();
    bytes.zeroize();
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ambient::SystemEntropy;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn keys_are_made_once_and_only_the_owner_reads_them() {
        let folder = tempfile::tempdir().unwrap();
        let first =
            Keys::load_or_make(folder.path(), &AuthorityId::placeholder(), &SystemEntropy).unwrap();
        let second =
            Keys::load_or_make(folder.path(), &AuthorityId::placeholder(), &SystemEntropy).unwrap();
        assert_eq!(first.to_text(), second.to_text());
        let mode = fs::metadata(folder.path().join(FILE))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "nothing is left beside it"
        );
    }

    #[test]
    fn an_existing_file_is_not_replaced_by_accident() {
        let folder = tempfile::tempdir().unwrap();
        let first =
            Keys::load_or_make(folder.path(), &AuthorityId::placeholder(), &SystemEntropy).unwrap();
        let other = Keys {
            authority: AuthorityId::placeholder(),
            signing: random(&SystemEntropy),
            tags: random(&SystemEntropy),
        };
        other.write(folder.path(), false).unwrap();
        let read =
            Keys::load_or_make(folder.path(), &AuthorityId::placeholder(), &SystemEntropy).unwrap();
        assert_eq!(first.to_text(), read.to_text());
    }

    #[test]
    fn a_folder_stays_with_its_authority() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = ("aa-one".parse().unwrap(), "bb-other".parse().unwrap());
        Keys::load_or_make(folder.path(), &one, &SystemEntropy).unwrap();
        let refused = Keys::load_or_make(folder.path(), &other, &SystemEntropy)
            .err()
            .unwrap();
        let text = refused.to_string();
        assert!(
            text.contains("aa-one") && text.contains("bb-other"),
            "{text}"
        );
    }
}
