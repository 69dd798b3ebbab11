//! The certificates that this node shows on the wire. They change while it runs.

use std::sync::{Arc, PoisonError, RwLock};

use anyhow::Context;
use jiff::Timestamp;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;

use crate::identity::HeldCertificate;

/// The node's certificates. Whoever connects takes those of the moment.
#[derive(Debug, Default)]
pub struct Credentials(RwLock<Arc<Vec<Credential>>>);

#[derive(Debug)]
struct Credential {
    key: Arc<CertifiedKey>,
    /// Partners may not know a newer one before.
    first_until: Option<Timestamp>,
    on_card: bool,
}

impl Credentials {
    /// Takes these certificates, the newest first, for all connections from now on.
    ///
    /// # Errors
    /// Where a key does not have the form of one.
    pub fn take(&self, held: &[HeldCertificate]) -> anyhow::Result<()> {
        let all: anyhow::Result<Vec<Credential>> = held.iter().map(read).collect();
        let all = Arc::new(all?);
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = all;
        Ok(())
    }

    /// All certificates in the order in which they are tried at `now`.
    ///
    /// While keys rotate, the old one comes first: every partner knows it, and the new one only
    /// those who have the new card. Towards the end of the overlap it is the other way round. A
    /// revoked one is no longer on the card, and comes last: with it the new card reaches those
    /// who have the old card only.
    pub fn shown_first(&self, now: Timestamp) -> Vec<Arc<CertifiedKey>> {
        let held = Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner));
        let on_card = |wanted| held.iter().filter(move |one| one.on_card == wanted);
        let (known, new): (Vec<&Credential>, Vec<&Credential>) =
            on_card(true).partition(|one| one.first_until.is_some_and(|end| now < end));
        // Of several old ones the oldest is known to the most.
        let order = known.into_iter().rev().chain(new).chain(on_card(false));
        order.map(|one| Arc::clone(&one.key)).collect()
    }
}

fn read(held: &HeldCertificate) -> anyhow::Result<Credential> {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(held.key.reveal().to_vec()));
    let key = aws_lc_rs::sign::any_supported_type(&key)
        .context("the private key of the exchange certificate cannot be used")?;
    let certificate = CertificateDer::from(held.certificate.clone());
    Ok(Credential {
        key: Arc::new(CertifiedKey::new(vec![certificate], key)),
        first_until: held.first_until,
        on_card: held.on_card,
    })
}
