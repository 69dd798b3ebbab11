//! A site changes its commander: everything is counted, and both sign what was counted. Until then
//! the one who leaves answers for it.
//!
//! ```text
//! Open ──both signed the same counts──► Complete
//!   └──given up, with a reason──► Abandoned
//! ```

use std::collections::BTreeSet;

use egnatia_record::{RecordId, UserId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::words::is_short;
use crate::{AccountId, Remark};

/// The body of a record of kind `stock-command`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandHandOver {
    /// The site.
    pub site: RecordId,
    /// Who hands it over.
    pub outgoing: UserId,
    /// Who takes it over.
    pub incoming: UserId,
    /// The order by which it is handed over.
    pub order: String,
    /// When it was begun: only counts after that count.
    pub began_at: Timestamp,
    /// By whom.
    pub began_by: UserId,
    /// By when everything is counted and signed.
    pub due_on: Date,
    /// Who has signed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signatures: Vec<CommandSignature>,
    /// Where it stands.
    pub state: CommandState,
}

/// A commander signed what was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandSignature {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// The counts that they saw.
    pub counts: BTreeSet<RecordId>,
}

/// Where a hand-over of command stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CommandState {
    /// Something is still to be counted or signed.
    Open,
    /// Both have signed.
    Complete {
        /// When.
        at: Timestamp,
    },
    /// It was given up.
    Abandoned {
        /// Why.
        reason: Remark,
        /// By whom.
        by: UserId,
        /// When.
        at: Timestamp,
    },
}

impl CommandState {
    /// The state as records are filtered by it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Complete { .. } => "complete",
            Self::Abandoned { .. } => "abandoned",
        }
    }
}

/// Why a hand-over of command is not begun, signed or given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommandRefused {
    /// No order.
    #[error("state the order by which it is handed over, 1 to 100 characters")]
    Order,
    /// From and to the same person.
    #[error("it is handed over by one person to another one")]
    SamePerson,
    /// It is over.
    #[error("the hand-over has ended")]
    Ended,
    /// Somebody else.
    #[error("only the two commanders sign it")]
    NotACommander,
    /// Something is not counted.
    #[error("count every place of the site first, in counts that began after the hand-over")]
    NotCounted,
    /// They have signed.
    #[error("you have signed these counts already; the other commander signs")]
    Signed,
}

impl CommandRefused {
    /// The field that is wrong, as forms and the API name it.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::SamePerson => "incoming",
            _ => "site",
        }
    }
}

/// A count of the site that has ended.
#[derive(Debug, Clone, Copy)]
pub struct EndedCount<'a> {
    /// Which.
    pub id: RecordId,
    /// When it was begun.
    pub started_at: Timestamp,
    /// What was counted.
    pub places: &'a BTreeSet<AccountId>,
}

/// What of a site is counted for a hand-over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Covered {
    /// The counts.
    pub counts: BTreeSet<RecordId>,
    /// Places that none of them has counted.
    pub open: BTreeSet<AccountId>,
}

impl CommandHandOver {
    /// Checks a hand-over before it is begun.
    ///
    /// # Errors
    /// [`CommandRefused::Order`], [`CommandRefused::SamePerson`].
    pub fn validate(&self) -> Result<(), CommandRefused> {
        if !is_short(&self.order, 100) {
            return Err(CommandRefused::Order);
        }
        match self.outgoing == self.incoming {
            true => Err(CommandRefused::SamePerson),
            false => Ok(()),
        }
    }

    /// What of the places of the site is counted since it was begun.
    pub fn covered<'a>(
        &self,
        places: impl IntoIterator<Item = AccountId>,
        counts: impl IntoIterator<Item = EndedCount<'a>>,
    ) -> Covered {
        let mut open: BTreeSet<AccountId> = places.into_iter().collect();
        let mut used = BTreeSet::new();
        for count in counts {
            if count.started_at >= self.began_at {
                used.insert(count.id);
                open.retain(|place| !count.places.contains(place));
            }
        }
        Covered { counts: used, open }
    }

    /// Who has not signed these counts.
    pub fn waits_for(&self, counts: &BTreeSet<RecordId>) -> Vec<&UserId> {
        let signed = |who: &UserId| {
            let mut signatures = self.signatures.iter();
            signatures.any(|signature| signature.by == *who && signature.counts == *counts)
        };
        let both = [&self.outgoing, &self.incoming];
        both.into_iter().filter(|who| !signed(who)).collect()
    }

    /// A commander signs what was counted. With both signatures on the same counts it is complete; a
    /// signature on fewer counts than there are by now has to be given anew.
    ///
    /// # Errors
    /// [`CommandRefused::Ended`], [`CommandRefused::NotACommander`], [`CommandRefused::NotCounted`],
    /// [`CommandRefused::Signed`].
    pub fn sign(
        mut self,
        covered: &Covered,
        by: UserId,
        at: Timestamp,
    ) -> Result<Self, CommandRefused> {
        if self.state != CommandState::Open {
            return Err(CommandRefused::Ended);
        }
        if by != self.outgoing && by != self.incoming {
            return Err(CommandRefused::NotACommander);
        }
        if !covered.open.is_empty() || covered.counts.is_empty() {
            return Err(CommandRefused::NotCounted);
        }
        if !self.waits_for(&covered.counts).contains(&&by) {
            return Err(CommandRefused::Signed);
        }
        self.signatures
            .retain(|signature| signature.counts == covered.counts);
        self.signatures.push(CommandSignature {
            by,
            at,
            counts: covered.counts.clone(),
        });
        if self.waits_for(&covered.counts).is_empty() {
            self.state = CommandState::Complete { at };
        }
        Ok(self)
    }

    /// Gives it up: who left stays responsible.
    ///
    /// # Errors
    /// [`CommandRefused::Ended`].
    pub fn abandon(
        mut self,
        reason: Remark,
        by: UserId,
        at: Timestamp,
    ) -> Result<Self, CommandRefused> {
        if self.state != CommandState::Open {
            return Err(CommandRefused::Ended);
        }
        self.state = CommandState::Abandoned { reason, by, at };
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: AccountId = AccountId::from_bytes([1; 16]);
    const B: AccountId = AccountId::from_bytes([2; 16]);

    fn count(number: u8) -> RecordId {
        RecordId::from_bytes([number; 16])
    }

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(1_772_000_000 + hour * 3_600).unwrap()
    }

    fn hand_over() -> CommandHandOver {
        CommandHandOver {
            site: count(9),
            outgoing: "ana".parse().unwrap(),
            incoming: "boris".parse().unwrap(),
            order: "order 12/26".into(),
            began_at: at(0),
            began_by: "ines".parse().unwrap(),
            due_on: jiff::civil::date(2026, 4, 1),
            signatures: Vec::new(),
            state: CommandState::Open,
        }
    }

    fn covered(counts: &[(u8, i64, &[AccountId])]) -> Covered {
        let places: Vec<BTreeSet<AccountId>> = counts
            .iter()
            .map(|(_, _, places)| places.iter().copied().collect())
            .collect();
        let ended = counts.iter().zip(&places);
        let ended = ended.map(|((id, hour, _), places)| EndedCount {
            id: count(*id),
            started_at: at(*hour),
            places,
        });
        hand_over().covered([A, B], ended)
    }

    #[test]
    fn it_is_complete_when_both_have_signed_the_same_counts_and_not_before() {
        let counted = covered(&[(1, 1, &[A]), (2, 2, &[B])]);
        let (ana, boris) = (|| "ana".parse().unwrap(), || "boris".parse().unwrap());
        let one = hand_over().sign(&counted, ana(), at(3)).unwrap();
        assert_eq!(one.state, CommandState::Open);
        let again = one.clone().sign(&counted, ana(), at(3));
        assert_eq!(again, Err(CommandRefused::Signed));
        let other = one.clone().sign(&counted, "ines".parse().unwrap(), at(3));
        assert_eq!(other, Err(CommandRefused::NotACommander));
        let both = one.sign(&counted, boris(), at(4)).unwrap();
        assert_eq!(both.state, CommandState::Complete { at: at(4) });
        let late = both.sign(&counted, boris(), at(5));
        assert_eq!(late, Err(CommandRefused::Ended));
    }

    #[test]
    fn nobody_signs_what_is_not_counted_since_it_was_begun() {
        let ana = || "ana".parse().unwrap();
        for counted in [
            covered(&[]),
            covered(&[(1, 1, &[A])]),
            covered(&[(1, 1, &[A]), (2, -1, &[B])]),
        ] {
            let refused = hand_over().sign(&counted, ana(), at(3));
            assert_eq!(refused, Err(CommandRefused::NotCounted), "{counted:?}");
        }
    }

    #[test]
    fn a_count_after_the_first_signature_asks_for_it_again() {
        let (ana, boris) = (|| "ana".parse().unwrap(), || "boris".parse().unwrap());
        let first = covered(&[(1, 1, &[A, B])]);
        let more = covered(&[(1, 1, &[A, B]), (2, 4, &[B])]);
        let one = hand_over().sign(&first, ana(), at(3)).unwrap();
        let two = one.sign(&more, boris(), at(5)).unwrap();
        assert_eq!(two.state, CommandState::Open);
        assert_eq!(two.waits_for(&more.counts), [&two.outgoing]);
        let both = two.sign(&more, ana(), at(6)).unwrap();
        assert_eq!(both.state.as_str(), "complete");
        assert_eq!(both.signatures.len(), 2);
    }
}
