//! What an operator sets, as the use cases need it. The node reads it from its configuration.

use egnatia_matching::Thresholds;
use egnatia_record::{AuthorityId, PartnerCode};
use egnatia_stockpile::mixing::Mixing;

/// Settings of the use cases.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Whose node this is.
    pub authority: AuthorityId,
    /// Of which partner the authority is; without it, nothing is exchanged.
    pub partner: Option<PartnerCode>,
    /// From which probability on a candidate is shown.
    pub thresholds: Thresholds,
    /// How many candidates a check shows at most, 1 to 100.
    pub candidates_max: u16,
    /// How many entries the matching index keeps outside its segments, about.
    pub index_in_memory: usize,
    /// After how many days checks and rejected matches are erased. Rule PR-09: 3 years.
    pub keep_checks_days: u16,
    /// After how many days hits, their matches, decisions and follow-ups are erased. Rule SIS-23.
    pub keep_hits_days: u16,
    /// Where nothing has come of a partner's log for so many hours, or no countersignature of this
    /// node's, it is reported.
    pub silent_after_hours: u16,
    /// Which compatibility groups may lie together in a store; the table of transport where the
    /// authority has filled in none.
    pub storage_mixing: Option<Mixing>,
    /// Sessions and log-in.
    pub sessions: SessionSettings,
}

/// How long a session lasts, and how many times somebody may try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionSettings {
    /// A session ends after so many minutes without activity.
    pub idle_minutes: u16,
    /// A session ends after so many minutes whatever happens.
    pub lifetime_minutes: u16,
    /// The token changes after so many minutes.
    pub rotation_minutes: u16,
    /// So many wrong passwords in a row lock the account.
    pub failures_max: u16,
    /// So many attempts a minute from one address, or for one account.
    pub attempts_per_minute: u16,
}

impl Settings {
    /// The defaults for the node of this authority.
    pub fn of(authority: AuthorityId) -> Self {
        Self {
            authority,
            partner: None,
            thresholds: Thresholds::default(),
            candidates_max: 20,
            index_in_memory: 20_000,
            keep_checks_days: 1_095,
            keep_hits_days: 1_095,
            silent_after_hours: 24,
            storage_mixing: None,
            sessions: SessionSettings::default(),
        }
    }
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self {
            idle_minutes: 30,
            lifetime_minutes: 600,
            rotation_minutes: 15,
            failures_max: 8,
            attempts_per_minute: 20,
        }
    }
}
