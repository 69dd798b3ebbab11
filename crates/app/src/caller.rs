//! Who acts, and why.

use egnatia_record::{Justification, UserId};

use crate::Role;

/// Whoever acts: a signed-in account, or a person at the node's command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The name under which the log knows them.
    pub login: UserId,
    /// What they may do.
    pub role: Role,
    /// For what and in which case they act; without it no personal data is touched.
    pub justification: Option<Justification>,
}
