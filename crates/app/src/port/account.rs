//! Accounts of the node and their sessions.

use egnatia_record::{Justification, UserId};
use jiff::Timestamp;

use crate::Role;

/// SHA-256 of a session's token. The token itself is never stored.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenHash(pub [u8; 32]);

impl std::fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

/// Somebody who may sign in.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The name under which they sign in, and under which the log knows them.
    pub login: UserId,
    /// The name of the person.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// argon2id hash of the password, PHC string.
    pub password: String,
    /// Whether they may sign in.
    pub state: AccountState,
    /// Failed log-ins since the last one that succeeded.
    pub failures: u32,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When they last signed in.
    pub signed_in_at: Option<Timestamp>,
    /// Counts the changes of the account, from 1.
    pub revision: u64,
    /// Under which name of the operating system the same person works at the node's command line.
    pub os_user: Option<String>,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Account({}, {})", self.login, self.role)
    }
}

/// Whether somebody may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountState {
    /// Yes.
    Active,
    /// No: too many failed log-ins. An administrator lifts it.
    Locked,
    /// No: the person has left. The login is never given to somebody else.
    Closed,
}

impl AccountState {
    /// The state as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Locked => "locked",
            Self::Closed => "closed",
        }
    }

    /// The state with this stored form.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Locked, Self::Closed]
            .into_iter()
            .find(|s| s.as_str() == text)
    }
}

/// A signed-in person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Names the session through its rotations. Random, never shown.
    pub id: [u8; 16],
    /// Hash of the present token.
    pub token: TokenHash,
    /// Hash of the token before the last rotation, good for a short overlap.
    pub previous: Option<TokenHash>,
    /// When the token was last rotated.
    pub rotated_at: Timestamp,
    /// Whose it is.
    pub login: UserId,
    /// When they signed in.
    pub created_at: Timestamp,
    /// When they were last active, to the minute.
    pub seen_at: Timestamp,
    /// When it ends whatever happens.
    pub expires_at: Timestamp,
    /// The token that every form carries.
    pub csrf: String,
    /// For what and in which case they act.
    pub justification: Option<Justification>,
}
