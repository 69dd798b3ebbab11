//! What became of persons, by number only: no name, and nothing by which anybody can be known.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::IncidentRefused;

/// How many persons came how far before a court, as it was known on a day. Each stage counts those of
/// the one before it that came so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proceedings {
    /// When it was so.
    pub on: Date,
    /// Brought into formal contact with the police for it.
    pub suspected: u32,
    /// Of them, arrested.
    pub arrested: u32,
    /// Of the suspected, prosecuted.
    pub prosecuted: u32,
    /// Of the prosecuted, convicted.
    pub convicted: u32,
    /// Of the prosecuted, acquitted.
    pub acquitted: u32,
}

impl Proceedings {
    /// The stages, each with how many.
    pub const fn stages(&self) -> [(&'static str, u32); 5] {
        [
            ("suspected", self.suspected),
            ("arrested", self.arrested),
            ("prosecuted", self.prosecuted),
            ("convicted", self.convicted),
            ("acquitted", self.acquitted),
        ]
    }

    /// Checks that it can be, on `today`.
    ///
    /// # Errors
    /// [`IncidentRefused::InTheFuture`], [`IncidentRefused::Proceedings`].
    pub fn validate(&self, today: Date) -> Result<(), IncidentRefused> {
        if self.on > today {
            return Err(IncidentRefused::InTheFuture);
        }
        let judged = u64::from(self.convicted) + u64::from(self.acquitted);
        for (more, most, is_so) in [
            ("arrested", "suspected", self.arrested > self.suspected),
            ("prosecuted", "suspected", self.prosecuted > self.suspected),
            ("convicted", "prosecuted", self.convicted > self.prosecuted),
            (
                "acquitted",
                "prosecuted",
                judged > u64::from(self.prosecuted),
            ),
        ] {
            if is_so {
                return Err(IncidentRefused::Proceedings { more, most });
            }
        }
        Ok(())
    }
}
