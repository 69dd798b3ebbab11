//! Secrets of the log that are no secrets.

use egnatia_audit::{LogKey, Seal, Signer, TagKey};

/// A seal with known secrets, for the log `egnatia/test`.
pub fn test_seal() -> Seal {
    Seal {
        signer: signer(),
        tags: test_tag_key(),
    }
}

/// The public key of [`test_seal`].
pub fn test_log_key() -> LogKey {
    signer().log_key()
}

/// The tag key of [`test_seal`].
pub fn test_tag_key() -> TagKey {
    TagKey::new(&[2; 32])
}

#[expect(clippy::expect_used, reason = "test kit: a constant")]
fn signer() -> Signer {
    Signer::new("egnatia/test", &[1; 32]).expect("the name of a log")
}
