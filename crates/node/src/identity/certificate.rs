//! Certificates of the wire: signed by themselves, since only their key counts.

use anyhow::Context;
use egnatia_protocol::{Digest, Pin};
use egnatia_record::AuthorityId;
use jiff::{SignedDuration, Timestamp};
use rcgen::{CertificateParams, DnType, KeyPair, PKCS_ECDSA_P256_SHA256};
use rustls::pki_types::CertificateDer;
use serde::{Deserialize, Serialize};

use super::secret::Secret;
use crate::exchange::pin_of;

/// Five years: until then somebody has rotated the keys.
const LASTS: SignedDuration = SignedDuration::from_hours(24 * 365 * 5);

/// A certificate with its key.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldCertificate {
    /// The private key, PKCS#8.
    pub key: Secret,
    /// The certificate, DER.
    #[serde(with = "as_base64")]
    pub certificate: Vec<u8>,
    /// On the card from here.
    pub not_before: Timestamp,
    /// On the card until before here.
    pub not_after: Timestamp,
    /// Until here it is shown before a newer one, which not all partners know yet.
    pub first_until: Option<Timestamp>,
    /// Whether the card lists it: a revoked one only brings the new card to those who do not have
    /// it yet.
    pub on_card: bool,
    /// From here on it is not kept.
    pub drop_at: Option<Timestamp>,
}

impl HeldCertificate {
    /// A new one. Its key is made by the TLS library.
    ///
    /// # Errors
    /// Where the library fails.
    pub fn make(authority: &AuthorityId, now: Timestamp) -> anyhow::Result<Self> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)
            .context("no key can be made for the exchange certificate")?;
        // No names but the authority's own, and no dates: partners know it by its key, and the
        // card says how long.
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, authority.as_str());
        let certificate = params
            .self_signed(&key)
            .context("the exchange certificate cannot be made")?;
        Ok(Self {
            key: Secret::new(key.serialize_der()),
            certificate: certificate.der().to_vec(),
            not_before: now,
            not_after: now.saturating_add(LASTS)?,
            first_until: None,
            on_card: true,
            drop_at: None,
        })
    }

    /// As the card lists it.
    ///
    /// # Errors
    /// Where it is no certificate.
    pub fn pin(&self) -> anyhow::Result<Pin> {
        let sha256: Digest = pin_of(&CertificateDer::from(self.certificate.as_slice()))
            .context("the exchange certificate cannot be read")?;
        Ok(Pin {
            sha256,
            not_before: self.not_before,
            not_after: self.not_after,
        })
    }
}

mod as_base64 {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(from)?;
        let bytes = STANDARD.decode(text);
        bytes.map_err(|_| D::Error::custom("not base64"))
    }
}
