//! What guards the way in: the limit of attempts, the cost of a password, sessions in memory.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use egnatia_record::UserId;
use governor::clock::Clock as GovernorClock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Semaphore;

use crate::port::{Account, Session, TokenHash};
use crate::{App, AppError, Password, PasswordHasher, Role, SessionSettings, SignInError};

/// How long a session is answered from memory: another process may have closed the account.
const CACHED: SignedDuration = SignedDuration::from_secs(2);
const CACHE_MAX: usize = 10_000;
/// How many passwords are verified at a time: each takes a core and 19 MiB.
const VERIFICATIONS: usize = 2;

/// Sees the node's clock as governor needs it.
#[derive(Clone)]
struct Ticks(Arc<dyn egnatia_record::Clock>);

impl GovernorClock for Ticks {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let microseconds = u64::try_from(self.0.now().as_microsecond()).unwrap_or(0);
        Nanos::from(microseconds.saturating_mul(1_000))
    }
}

type Limiter = RateLimiter<String, DefaultKeyedStateStore<String>, Ticks, NoOpMiddleware<Nanos>>;

/// A session and its account, as they were read.
#[derive(Clone)]
pub(crate) struct Cached {
    pub session: Session,
    pub name: String,
    pub role: Role,
    pub read_at: Timestamp,
}

/// The doors of the node.
pub(crate) struct Doors {
    hasher: PasswordHasher,
    verifications: Semaphore,
    nobody: OnceLock<String>,
    limiter: OnceLock<Limiter>,
    attempts_per_minute: NonZeroU32,
    cache: Mutex<HashMap<TokenHash, Cached>>,
    pub rotating: tokio::sync::Mutex<()>,
}

impl Doors {
    pub fn new(hasher: PasswordHasher, settings: &SessionSettings) -> Self {
        let attempts = u32::from(settings.attempts_per_minute.max(1));
        Self {
            hasher,
            verifications: Semaphore::new(VERIFICATIONS),
            nobody: OnceLock::new(),
            limiter: OnceLock::new(),
            attempts_per_minute: NonZeroU32::new(attempts).unwrap_or(NonZeroU32::MIN),
            cache: Mutex::default(),
            rotating: tokio::sync::Mutex::default(),
        }
    }

    fn limiter(&self, clock: &Arc<dyn egnatia_record::Clock>) -> &Limiter {
        self.limiter.get_or_init(|| {
            let quota = Quota::per_minute(self.attempts_per_minute);
            RateLimiter::new(
                quota,
                DefaultKeyedStateStore::default(),
                Ticks(Arc::clone(clock)),
            )
        })
    }

    pub fn cached(&self, token: TokenHash, now: Timestamp) -> Option<Cached> {
        let cache = self.cache.lock().ok()?;
        let cached = cache.get(&token)?;
        let age = now.duration_since(cached.read_at);
        (age >= SignedDuration::ZERO && age < CACHED).then(|| cached.clone())
    }

    pub fn remember(&self, token: TokenHash, cached: Cached) {
        if let Ok(mut cache) = self.cache.lock() {
            if cache.len() >= CACHE_MAX {
                cache.clear();
            }
            cache.insert(token, cached);
        }
    }

    pub fn forget(&self, login: &UserId) {
        if let Ok(mut cache) = self.cache.lock() {
            cache.retain(|_, cached| cached.session.login != *login);
        }
    }
}

impl App {
    pub(crate) fn limit_attempts(&self, key: &str) -> Result<(), SignInError> {
        let limiter = self.inner.doors.limiter(&self.inner.clock);
        let now = Ticks(Arc::clone(&self.inner.clock)).now();
        limiter
            .check_key(&key.to_owned())
            .map(|_| ())
            .map_err(|not_until| {
                let wait: Duration = not_until.wait_time_from(now);
                SignInError::TooMany {
                    retry_after_s: wait.as_secs().saturating_add(1),
                }
            })?;
        // Forget those who have waited long enough: the table must not grow for ever.
        if limiter.len() > CACHE_MAX {
            limiter.retain_recent();
        }
        Ok(())
    }

    /// Verifies a password, also of nobody, so that the time does not tell which logins exist.
    pub(crate) async fn verify(
        &self,
        password: Password,
        hash: Option<String>,
    ) -> Result<bool, AppError> {
        let _permit = self
            .inner
            .doors
            .verifications
            .acquire()
            .await
            .map_err(|error| AppError::Internal(error.to_string()))?;
        let inner = Arc::clone(&self.inner);
        tokio::task::spawn_blocking(move || {
            let hasher = &inner.doors.hasher;
            match hash {
                Some(hash) => hasher.verifies(&password, &hash),
                None => {
                    let nobody = inner.doors.nobody.get_or_init(|| {
                        let password = Password::random(inner.entropy.as_ref());
                        hasher
                            .hash(&password, inner.entropy.as_ref())
                            .unwrap_or_default()
                    });
                    hasher.verifies(&password, nobody);
                    false
                }
            }
        })
        .await
        .map_err(|error| AppError::Internal(error.to_string()))
    }

    /// Hashes a password away from the threads that answer.
    pub(crate) async fn hash(&self, password: Password) -> Result<String, AppError> {
        let inner = Arc::clone(&self.inner);
        tokio::task::spawn_blocking(move || {
            inner.doors.hasher.hash(&password, inner.entropy.as_ref())
        })
        .await
        .map_err(|error| AppError::Internal(error.to_string()))?
        .map_err(AppError::Internal)
    }

    /// Whether this is the account's password.
    pub(crate) async fn is_password_of(
        &self,
        account: &Account,
        password: Password,
    ) -> Result<bool, AppError> {
        self.verify(password, Some(account.password.clone())).await
    }
}
