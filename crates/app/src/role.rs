//! What somebody may do is decided by their role; the policies are Cedar files.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The role of an account. One account has one role: who decides on persons never administers,
/// and who supervises does nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Checks, and sees what comes of it.
    Officer,
    /// An officer who also decides on matches.
    VerifyingOfficer,
    /// Registers, checks and traces weapons: the firearms focal point.
    FirearmsOfficer,
    /// Enters what moves in the stores, and counts.
    Storekeeper,
    /// Signs and counts beside the storekeeper, sets up sites and licences, decides on cases.
    StockInspector,
    /// Reads the log, and nothing else.
    Supervisor,
    /// Reads the log and the records that it is about, to answer citizens and authorities.
    DataProtectionOfficer,
    /// Accounts, lists and the node itself; no personal data.
    Administrator,
    /// Somebody at the node's own command line, known by their name at the operating system.
    Operator,
}

/// Text that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a role; expected one of officer, verifying-officer, firearms-officer, storekeeper, \
     stock-inspector, supervisor, data-protection-officer, administrator"
)]
pub struct UnknownRole(String);

impl Role {
    /// The roles that an account can have. [`Role::Operator`] has no account.
    pub const OF_ACCOUNTS: &'static [Self] = &[
        Self::Officer,
        Self::VerifyingOfficer,
        Self::FirearmsOfficer,
        Self::Storekeeper,
        Self::StockInspector,
        Self::Supervisor,
        Self::DataProtectionOfficer,
        Self::Administrator,
    ];

    /// The role as it is stored and as policies name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Officer => "officer",
            Self::VerifyingOfficer => "verifying-officer",
            Self::FirearmsOfficer => "firearms-officer",
            Self::Storekeeper => "storekeeper",
            Self::StockInspector => "stock-inspector",
            Self::Supervisor => "supervisor",
            Self::DataProtectionOfficer => "data-protection-officer",
            Self::Administrator => "administrator",
            Self::Operator => "operator",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    /// Reads the role of an account.
    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::OF_ACCOUNTS
            .iter()
            .copied()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| UnknownRole(text.chars().take(32).collect()))
    }
}
