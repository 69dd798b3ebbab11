//! Passwords and their hashes: argon2id, in PHC form.

use std::fmt;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params};
use egnatia_record::Entropy;
use zeroize::Zeroizing;

const LENGTH_MIN: usize = 12;
const LENGTH_MAX: usize = 200;

/// A password in clear, for as long as it is needed.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

/// A password that is not accepted for an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Too short, or too long.
    #[error("a password has 12 to 200 characters")]
    Length,
    /// A few characters over and over, or the login.
    #[error("use at least 6 different characters, and not the login")]
    Guessable,
}

impl Password {
    /// Whatever somebody typed.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// A random one of 20 letters and digits that are not mistaken for one another.
    pub fn random(entropy: &dyn Entropy) -> Self {
        const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789_";
        let mut bytes = [0; 20];
        entropy.fill(&mut bytes);
        let letter = |byte: &u8| {
            ALPHABET
                .get(usize::from(byte % 32))
                .map_or('x', |&b| char::from(b))
        };
        Self::new(bytes.iter().map(letter).collect::<String>())
    }

    /// The password in clear. Never logged, never stored.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Refuses what is too short or too easy for the account with this login.
    ///
    /// # Errors
    /// [`WeakPassword`] says what is missing.
    pub fn check_strength(&self, login: &str) -> Result<(), WeakPassword> {
        let length = self.0.chars().count();
        if !(LENGTH_MIN..=LENGTH_MAX).contains(&length) {
            return Err(WeakPassword::Length);
        }
        let mut letters: Vec<char> = self.0.chars().collect();
        letters.sort_unstable();
        letters.dedup();
        if letters.len() < 6 || self.0.eq_ignore_ascii_case(login) {
            return Err(WeakPassword::Guessable);
        }
        Ok(())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Turns passwords into hashes, at a cost.
#[derive(Clone)]
pub struct PasswordHasher(Argon2<'static>);

impl PasswordHasher {
    /// argon2id with 19 MiB, two passes, one lane: the first choice of the OWASP password storage
    /// sheet, and the crate's default.
    pub fn standard() -> Self {
        Self(Argon2::default())
    }

    /// The same function at next to no cost, so that tests are fast. Never for a node.
    pub fn weak_for_tests() -> Self {
        let params = Params::new(Params::MIN_M_COST, 1, 1, None).unwrap_or_default();
        Self(Argon2::new(
            Algorithm::Argon2id,
            argon2::Version::default(),
            params,
        ))
    }

    /// The hash of a password as a PHC string. Takes some 20 ms of a core.
    ///
    /// # Errors
    /// The text of what went wrong: a mistake of ours.
    pub fn hash(&self, password: &Password, entropy: &dyn Entropy) -> Result<String, String> {
        let mut salt = [0; 16];
        entropy.fill(&mut salt);
        let hash: PasswordHash = self
            .0
            .hash_password_with_salt(password.reveal().as_bytes(), &salt)
            .map_err(|error| error.to_string())?;
        Ok(hash.to_string())
    }

    /// Whether the password has this hash. A hash that does not read is nobody's.
    pub fn verifies(&self, password: &Password, hash: &str) -> bool {
        PasswordHash::new(hash).is_ok_and(|hash| {
            self.0
                .verify_password(password.reveal().as_bytes(), &hash)
                .is_ok()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;
    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            (0..).zip(bytes).for_each(|(n, byte)| *byte = n);
        }
    }

    #[test]
    fn a_hash_is_argon2id_and_verifies_only_its_own_password() {
        let hasher = PasswordHasher::weak_for_tests();
        let hash = hasher
            .hash(&Password::new("correct horse battery"), &Counting)
            .unwrap();
        assert!(hash.starts_with("$argon2id$v=19$"), "{hash}");
        assert!(hasher.verifies(&Password::new("correct horse battery"), &hash));
        assert!(!hasher.verifies(&Password::new("correct horse batterz"), &hash));
        assert!(!hasher.verifies(&Password::new("anything"), "no hash"));
    }

    #[test]
    fn refuses_passwords_that_are_short_or_easy() {
        let check = |text: &str| Password::new(text).check_strength("a.officer.of.ours");
        assert_eq!(check("short"), Err(WeakPassword::Length));
        assert_eq!(check(&"ab".repeat(10)), Err(WeakPassword::Guessable));
        assert_eq!(check("A.Officer.Of.Ours"), Err(WeakPassword::Guessable));
        assert_eq!(check("четири коња у пољу"), Ok(()));
        assert_eq!(Password::random(&Counting).check_strength("x"), Ok(()));
    }

    #[test]
    fn is_never_printed() {
        assert_eq!(
            format!("{:?}", Password::new("correct horse")),
            "Password(…)"
        );
    }
}
