//! How the server, the store and the workers tell each other that there is something to do.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use egnatia_record::AuthorityId;
use tokio::sync::Notify;

/// The bells of all workers.
#[derive(Debug, Default)]
pub struct Bells(RwLock<BTreeMap<AuthorityId, Arc<Bell>>>);

/// The bells of one worker.
#[derive(Debug, Default)]
pub struct Bell {
    /// The partner is there: there is no use in waiting any longer.
    pub heard: Notify,
    /// Something waits, written by another process.
    pub waits: Notify,
}

impl Bells {
    /// The bell of a partner's worker.
    pub fn of(&self, partner: &AuthorityId) -> Arc<Bell> {
        let mut bells = self.0.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(bells.entry(partner.clone()).or_default())
    }

    /// The partner has just shown that it is there.
    pub fn heard(&self, partner: &AuthorityId) {
        if let Some(bell) = self.known(partner) {
            // It is kept where nobody listens: the worker may be about to find out that it failed.
            bell.heard.notify_one();
        }
    }

    /// Something waits for the partner.
    pub fn waits(&self, partner: &AuthorityId) {
        if let Some(bell) = self.known(partner) {
            bell.waits.notify_waiters();
        }
    }

    fn known(&self, partner: &AuthorityId) -> Option<Arc<Bell>> {
        let bells = self.0.read().unwrap_or_else(PoisonError::into_inner);
        bells.get(partner).map(Arc::clone)
    }
}
