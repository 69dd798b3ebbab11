//! Secrets of the log that are no secrets.

use egnatia_app::log_origin;
use egnatia_audit::{LogKey, Seal, Signer, TagKey};
use egnatia_record::AuthorityId;

/// A seal with known secrets, for the log `egnatia/test`.
pub fn test_seal() -> Seal {
    Seal {
        signer: signer(),
        tags: test_tag_key(),
    }
}

/// A seal with known secrets, for the log of this authority.
#[expect(
    clippy::expect_used,
    reason = "test kit: an authority's id can name a log"
)]
pub fn test_seal_of(authority: &AuthorityId) -> Seal {
    Seal {
        signer: Signer::new(&log_origin(authority), &[1; 32]).expect("the name of a log"),
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
