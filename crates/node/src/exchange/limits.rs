//! What one partner may ask for at a time. One that floods is told so, and slows down nobody else.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};

use egnatia_record::AuthorityId;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::problem::{Problem, TOO_MANY};

/// Requests of one partner that are under way at a time.
const REQUESTS_MAX: usize = 4;
/// Connections of one partner at a time.
const CONNECTIONS_MAX: usize = 4;
/// So many seconds' worth of requests may come at once.
const BURST_SECONDS: u32 = 2;

/// The limits of all partners.
pub struct Limits {
    quota: Quota,
    partners: Mutex<HashMap<AuthorityId, Arc<Allowance>>>,
}

/// What one partner has left.
struct Allowance {
    rate: DefaultDirectRateLimiter,
    requests: Arc<Semaphore>,
    connections: Arc<Semaphore>,
}

impl Limits {
    /// So many requests of each partner a second.
    pub fn new(per_second: NonZeroU32) -> Self {
        Self {
            quota: Quota::per_second(per_second).allow_burst(
                per_second
                    .saturating_mul(NonZeroU32::new(BURST_SECONDS).unwrap_or(NonZeroU32::MIN)),
            ),
            partners: Mutex::default(),
        }
    }

    /// Counts a request. It is under way until the permit is dropped.
    ///
    /// # Errors
    /// [`TOO_MANY`].
    pub fn request(&self, partner: &AuthorityId) -> Result<OwnedSemaphorePermit, Problem> {
        let allowance = self.of(partner);
        allowance.rate.check().map_err(|_| TOO_MANY)?;
        Arc::clone(&allowance.requests)
            .try_acquire_owned()
            .map_err(|_| TOO_MANY)
    }

    /// Counts a connection; `None` where the partner has enough of them.
    pub fn connection(&self, partner: &AuthorityId) -> Option<OwnedSemaphorePermit> {
        let connections = Arc::clone(&self.of(partner).connections);
        connections.try_acquire_owned().ok()
    }

    fn of(&self, partner: &AuthorityId) -> Arc<Allowance> {
        let mut partners = self.partners.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(allowance) = partners.get(partner) {
            return Arc::clone(allowance);
        }
        let allowance = Arc::new(Allowance {
            rate: RateLimiter::direct(self.quota),
            requests: Arc::new(Semaphore::new(REQUESTS_MAX)),
            connections: Arc::new(Semaphore::new(CONNECTIONS_MAX)),
        });
        partners.insert(partner.clone(), Arc::clone(&allowance));
        allowance
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partner_that_floods_is_refused_and_another_one_is_not() {
        let limits = Limits::new(NonZeroU32::new(10).unwrap());
        let (one, other) = ("aa-one".parse().unwrap(), "bb-other".parse().unwrap());
        let under_way: Vec<_> = (0..4).map(|_| limits.request(&one).unwrap()).collect();
        assert_eq!(limits.request(&one).unwrap_err(), TOO_MANY);
        assert!(limits.request(&other).is_ok());
        drop(under_way);
        let taken = (0..100).filter(|_| limits.request(&one).is_ok()).count();
        assert!((14..40).contains(&taken), "{taken}");
        assert!(limits.request(&other).is_ok());
        let connections: Vec<_> = (0..4).map(|_| limits.connection(&one).unwrap()).collect();
        assert!(limits.connection(&one).is_none());
        assert!(limits.connection(&other).is_some());
        drop(connections);
        assert!(limits.connection(&one).is_some());
    }
}
