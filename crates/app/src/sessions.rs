//! Signing in and out, and who a token belongs to.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use egnatia_audit::{Hash, Operation};
use egnatia_record::{Entropy, Justification, UserId};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::doors::Cached;
use crate::port::{Account, AccountState, Change, CommitError, Conflict, Session, TokenHash};
use crate::writing::{EventAbout, to_the_microsecond};
use crate::{App, AppError, Caller, Password, Role};

/// How long the token before the last rotation still works, for requests under way.
const OVERLAP: SignedDuration = SignedDuration::from_secs(60);
/// How often a change of an account is tried again when somebody else changed it too.
const TRIES: usize = 5;

/// A session's token, in clear, on its way to the browser or client.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(String);

impl SessionToken {
    fn random(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; 32];
        entropy.fill(&mut bytes);
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The token in clear. Never logged, never stored.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    fn hash(text: &str) -> TokenHash {
        TokenHash(*Hash::of(text.as_bytes()).as_bytes())
    }
}

impl std::fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

/// What presents the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionKind {
    /// A browser's cookie: the token changes now and then.
    Browser,
    /// A program's bearer token: it stays.
    Bearer,
}

/// Somebody has signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The token of the new session.
    pub token: SessionToken,
    /// Who it is.
    pub caller: Caller,
    /// When the session ends whatever happens.
    pub expires_at: Timestamp,
}

/// Why somebody may not sign in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// Login or password is wrong; which one is not said.
    #[error("login or password is wrong")]
    Refused,
    /// The password is right, but the account is locked after too many wrong ones.
    #[error("the account is locked after too many wrong passwords; an administrator can lift it")]
    Locked,
    /// Too many attempts in a short time.
    #[error("too many attempts; try again in {retry_after_s} seconds")]
    TooMany {
        /// After how many seconds.
        retry_after_s: u64,
    },
    /// The node cannot tell at the moment.
    #[error(transparent)]
    App(#[from] AppError),
}

/// A request by somebody who has signed in.
#[derive(Debug, Clone)]
pub struct Authenticated {
    /// Who acts, and why.
    pub caller: Caller,
    /// The name of the person.
    pub name: String,
    /// The token that every form carries.
    pub csrf: String,
    /// When the session ends whatever happens.
    pub expires_at: Timestamp,
    /// A new token to give to the browser.
    pub rotated: Option<SessionToken>,
    session: Session,
}

impl App {
    /// Signs somebody in. `client` is the address that asks, for the limit of attempts.
    ///
    /// # Errors
    /// [`SignInError`]; every outcome is in the log.
    pub async fn sign_in(
        &self,
        login: &str,
        password: Password,
        client: &str,
    ) -> Result<SignedIn, SignInError> {
        self.limit_attempts(&format!("client:{client}"))?;
        let parsed: Option<UserId> = login.trim().to_lowercase().parse().ok();
        if let Some(login) = &parsed {
            self.limit_attempts(&format!("login:{login}"))?;
        }
        let account = match &parsed {
            Some(login) => self.store().account(login).await.map_err(AppError::from)?,
            None => None,
        };
        let known = account
            .as_ref()
            .filter(|account| account.state != AccountState::Closed);
        let right = self
            .verify(password, known.map(|account| account.password.clone()))
            .await?;
        let Some(account) = known else {
            self.log_stranger().await?;
            return Err(SignInError::Refused);
        };
        match (right, account.state) {
            (false, _) => {
                self.count_failure(&account.login).await?;
                Err(SignInError::Refused)
            }
            (true, AccountState::Active) => Ok(self.open_session(&account.login).await?),
            (true, AccountState::Locked | AccountState::Closed) => {
                self.log_access(account, "locked").await?;
                Err(SignInError::Locked)
            }
        }
    }

    /// Who presents this token; `None` where it is nobody's, or not any more.
    ///
    /// # Errors
    /// [`AppError::Store`] where the store does not answer.
    pub async fn authenticate(
        &self,
        token: &str,
        kind: SessionKind,
    ) -> Result<Option<Authenticated>, AppError> {
        let hash = SessionToken::hash(token);
        let now = to_the_microsecond(self.now());
        if let Some(cached) = self.inner.doors.cached(hash, now) {
            let due = kind == SessionKind::Browser && self.rotation_due(&cached.session, hash, now);
            if !due && self.is_alive(&cached.session, now) {
                return Ok(Some(authenticated(cached, None)));
            }
        }
        let Some(mut cached) = self.read_session(hash, now).await? else {
            return Ok(None);
        };
        let mut rotated = None;
        if kind == SessionKind::Browser && self.rotation_due(&cached.session, hash, now) {
            let _one_at_a_time = self.inner.doors.rotating.lock().await;
            // Somebody may have been faster while this request waited.
            let Some(again) = self.read_session(hash, now).await? else {
                return Ok(None);
            };
            cached = again;
            if self.rotation_due(&cached.session, hash, now) {
                rotated = Some(self.rotate(&mut cached, now).await?);
            }
        } else if now.duration_since(cached.session.seen_at) >= SignedDuration::from_mins(1) {
            cached.session.seen_at = now;
            self.put_session(&cached.session).await?;
        }
        self.inner.doors.remember(hash, cached.clone());
        Ok(Some(authenticated(cached, rotated)))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`AppError::Store`] where the store does not answer.
    pub async fn sign_out(&self, who: &Authenticated) -> Result<(), AppError> {
        let mut writing = self.writing(&who.caller);
        writing.log(
            Operation::Access,
            EventAbout::subject(format!("account:{}", who.caller.login))
                .data(json!({ "outcome": "signed-out" })),
        );
        writing
            .batch
            .changes
            .push(Change::DropSession(who.session.token));
        self.store().commit(writing.batch).await?;
        self.inner.doors.forget(&who.caller.login);
        Ok(())
    }

    /// Sets for what and in which case somebody acts from now on.
    ///
    /// # Errors
    /// [`AppError::Store`] where the store does not answer.
    pub async fn set_justification(
        &self,
        who: &Authenticated,
        justification: Justification,
    ) -> Result<(), AppError> {
        let session = Session {
            justification: Some(justification),
            ..who.session.clone()
        };
        self.put_session(&session).await?;
        self.inner.doors.forget(&who.caller.login);
        Ok(())
    }

    async fn count_failure(&self, login: &UserId) -> Result<(), AppError> {
        let most = u32::from(self.inner.settings.sessions.failures_max);
        self.change_account(login, |account| {
            account.failures = account.failures.saturating_add(1);
            let locks = account.failures >= most && account.state == AccountState::Active;
            if locks {
                account.state = AccountState::Locked;
            }
            if locks { "locked" } else { "refused" }
        })
        .await
        .map(|_| ())
    }

    async fn open_session(&self, login: &UserId) -> Result<SignedIn, AppError> {
        let now = to_the_microsecond(self.now());
        let account = self
            .change_account(login, |account| {
                account.failures = 0;
                account.signed_in_at = Some(now);
                "signed-in"
            })
            .await?;
        let entropy = self.inner.entropy.as_ref();
        let token = SessionToken::random(entropy);
        let mut id = [0; 16];
        entropy.fill(&mut id);
        let minutes = i64::from(self.inner.settings.sessions.lifetime_minutes);
        let expires_at = now
            .checked_add(SignedDuration::from_mins(minutes))
            .map_err(|error| AppError::Internal(error.to_string()))?;
        self.put_session(&Session {
            id,
            token: SessionToken::hash(token.reveal()),
            previous: None,
            rotated_at: now,
            login: account.login.clone(),
            created_at: now,
            seen_at: now,
            expires_at,
            csrf: SessionToken::random(entropy).0,
            justification: None,
        })
        .await?;
        let caller = Caller {
            login: account.login,
            role: account.role,
            justification: None,
        };
        Ok(SignedIn {
            token,
            caller,
            expires_at,
        })
    }

    /// Changes an account and logs the access that changed it, again if somebody was faster.
    async fn change_account(
        &self,
        login: &UserId,
        mut change: impl FnMut(&mut Account) -> &'static str,
    ) -> Result<Account, AppError> {
        for _ in 0..TRIES {
            let account = self.store().account(login).await?;
            let Some(mut account) = account else {
                return Err(AppError::NotFound("account"));
            };
            let outcome = change(&mut account);
            account.revision = account.revision.saturating_add(1);
            let caller = Caller {
                login: login.clone(),
                role: account.role,
                justification: None,
            };
            let mut writing = self.writing(&caller);
            let about = EventAbout::subject(format!("account:{login}"));
            writing.log(Operation::Access, about.data(json!({ "outcome": outcome })));
            writing
                .batch
                .changes
                .push(Change::PutAccount(account.clone()));
            if outcome == "locked" {
                writing
                    .batch
                    .changes
                    .push(Change::DropSessionsOf(login.clone()));
                self.inner.doors.forget(login);
            }
            match self.store().commit(writing.batch).await {
                Ok(_) => return Ok(account),
                Err(CommitError::Conflict(Conflict::Account(_))) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(AppError::Conflict(
            "the account keeps changing; try again".to_owned(),
        ))
    }

    async fn log_access(&self, account: &Account, outcome: &str) -> Result<(), AppError> {
        let caller = Caller {
            login: account.login.clone(),
            role: account.role,
            justification: None,
        };
        let mut writing = self.writing(&caller);
        let about = EventAbout::subject(format!("account:{}", account.login));
        writing.log(Operation::Access, about.data(json!({ "outcome": outcome })));
        self.store().commit(writing.batch).await?;
        Ok(())
    }

    /// Logs that somebody without an account tried. What they typed is not kept: people type
    /// passwords into the wrong field.
    async fn log_stranger(&self) -> Result<(), AppError> {
        let login = "unknown"
            .parse()
            .map_err(|error| AppError::unreadable("login", &error))?;
        let caller = Caller {
            login,
            role: Role::Officer,
            justification: None,
        };
        let mut writing = self.writing(&caller);
        let about = EventAbout::subject("account:unknown");
        writing.log(
            Operation::Access,
            about.data(json!({ "outcome": "refused" })),
        );
        self.store().commit(writing.batch).await?;
        Ok(())
    }

    async fn read_session(
        &self,
        hash: TokenHash,
        now: Timestamp,
    ) -> Result<Option<Cached>, AppError> {
        let Some(session) = self.store().session(hash).await? else {
            return Ok(None);
        };
        if !self.is_alive(&session, now) {
            return Ok(None);
        }
        let old = session.token != hash;
        if old && now.duration_since(session.rotated_at) > OVERLAP {
            return Ok(None);
        }
        let account = self.store().account(&session.login).await?;
        Ok(account
            .filter(|account| account.state == AccountState::Active)
            .map(|account| Cached {
                session,
                name: account.name,
                role: account.role,
                read_at: now,
            }))
    }

    fn is_alive(&self, session: &Session, now: Timestamp) -> bool {
        let idle = SignedDuration::from_mins(i64::from(self.inner.settings.sessions.idle_minutes));
        now < session.expires_at && now.duration_since(session.seen_at) < idle
    }

    fn rotation_due(&self, session: &Session, presented: TokenHash, now: Timestamp) -> bool {
        let minutes = i64::from(self.inner.settings.sessions.rotation_minutes);
        session.token == presented
            && now.duration_since(session.rotated_at) >= SignedDuration::from_mins(minutes)
    }

    async fn rotate(&self, cached: &mut Cached, now: Timestamp) -> Result<SessionToken, AppError> {
        let token = SessionToken::random(self.inner.entropy.as_ref());
        cached.session.previous = Some(cached.session.token);
        cached.session.token = SessionToken::hash(token.reveal());
        cached.session.rotated_at = now;
        cached.session.seen_at = now;
        self.put_session(&cached.session).await?;
        Ok(token)
    }

    async fn put_session(&self, session: &Session) -> Result<(), AppError> {
        let batch = crate::Batch {
            changes: vec![Change::PutSession(session.clone())],
            ..crate::Batch::default()
        };
        self.store().commit(batch).await?;
        Ok(())
    }
}

fn authenticated(cached: Cached, rotated: Option<SessionToken>) -> Authenticated {
    Authenticated {
        caller: Caller {
            login: cached.session.login.clone(),
            role: cached.role,
            justification: cached.session.justification.clone(),
        },
        name: cached.name,
        csrf: cached.session.csrf.clone(),
        expires_at: cached.session.expires_at,
        rotated,
        session: cached.session,
    }
}
