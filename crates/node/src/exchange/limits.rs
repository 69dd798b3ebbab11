//! What one partner may ask for at a time. One that floods is told so, and slows down nobody else.

use std::collections::HashMap;
use std::net::IpAddr;
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
/// Handshakes that come from one address at a time.
const KNOCKS_MAX: usize = 16;
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

/// Who is shaking hands at the moment, by address: a stranger must not take all places.
#[derive(Default)]
pub struct Knocking(Mutex<HashMap<IpAddr, usize>>);

/// One place at the door, until it is dropped.
pub struct Knock {
    knocking: Arc<Knocking>,
    from: IpAddr,
}

impl Knocking {
    /// A place; `None` where too many come from this address at a time.
    pub fn place(self: &Arc<Self>, from: IpAddr) -> Option<Knock> {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = places.entry(from).or_default();
        if *taken >= KNOCKS_MAX {
            return None;
        }
        *taken += 1;
        let knocking = Arc::clone(self);
        Some(Knock { knocking, from })
    }
}

impl Drop for Knock {
    fn drop(&mut self) {
        let mut places = self
            .knocking
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match places.get_mut(&self.from) {
            Some(taken) if *taken > 1 => *taken -= 1,
            _ => {
                places.remove(&self.from);
            }
        }
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

    #[test]
    fn one_address_does_not_take_all_places_at_the_door() {
        let knocking = Arc::new(Knocking::default());
        let [one, other] = ["192.0.2.1", "192.0.2.2"].map(|text| text.parse().unwrap());
        let mut places: Vec<_> = (0..KNOCKS_MAX)
            .map(|_| knocking.place(one).unwrap())
            .collect();
        assert!(knocking.place(one).is_none());
        assert!(knocking.place(other).is_some());
        places.pop();
        assert!(knocking.place(one).is_some());
        drop(places);
        assert!(
            knocking.0.lock().unwrap().is_empty(),
            "nobody is remembered"
        );
    }
}
