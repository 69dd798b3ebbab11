//! The chain of custody, as the country that asks sees it.

use egnatia_record::AuthorityId;
use jiff::{SignedDuration, Timestamp};

use super::{AnswerState, Outcome, TraceAnswer};

/// Where a hop stands, as the asker sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HopState {
    /// It waits to be delivered, or was not taken.
    NotDelivered,
    /// No answer yet.
    Silent,
    /// Answered.
    Answered {
        /// What.
        outcome: Outcome,
        /// When.
        at: Timestamp,
    },
}

impl HopState {
    /// Its name.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::NotDelivered => "not-delivered",
            Self::Silent => "silent",
            Self::Answered { .. } => "answered",
        }
    }

    /// What was answered, and when.
    pub const fn answer(&self) -> Option<(&Outcome, Timestamp)> {
        match self {
            Self::Answered { outcome, at } => Some((outcome, *at)),
            Self::NotDelivered | Self::Silent => None,
        }
    }
}

/// One country of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// Who was asked.
    pub authority: AuthorityId,
    /// Who handed the question over.
    pub via: AuthorityId,
    /// Since when it has it, as far as the asker knows.
    pub since: Timestamp,
    /// When the answer is due.
    pub due_at: Timestamp,
    /// Where it stands.
    pub state: HopState,
    /// How far it is from the asker, from 1.
    pub depth: usize,
}

impl Hop {
    /// Whether the answer is late.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        !matches!(self.state, HopState::Answered { .. }) && self.due_at < now
    }

    /// How long the answer took.
    pub fn took(&self) -> Option<SignedDuration> {
        let (_, at) = self.state.answer()?;
        Some(at.duration_since(self.since))
    }
}

/// The chain of custody: whom the asker asked, with since when each has it and whether it was
/// delivered, and what came back, put in order. A country that somebody passed the question on to
/// stands behind them, also while it is silent.
pub fn hops(
    asker: &AuthorityId,
    asked: &[(AuthorityId, Timestamp, bool)],
    answers: &[(AuthorityId, TraceAnswer)],
    answer_within: SignedDuration,
) -> Vec<Hop> {
    let due = |from: Timestamp| from.checked_add(answer_within).unwrap_or(Timestamp::MAX);
    let mut hops: Vec<Hop> = Vec::new();
    let mut waiting: Vec<(AuthorityId, AuthorityId, Timestamp, bool, usize)> = asked
        .iter()
        .rev()
        .map(|(to, at, delivered)| (to.clone(), asker.clone(), *at, *delivered, 1))
        .collect();
    while let Some((authority, via, since, delivered, depth)) = waiting.pop() {
        // A circle ends where it comes back to somebody.
        if hops.iter().any(|hop| hop.authority == authority) {
            continue;
        }
        let answer = answers.iter().find(|(from, _)| *from == authority);
        let answered = answer.and_then(|(_, answer)| match &answer.state {
            AnswerState::Answered {
                outcome,
                at,
                passed_on,
            } => Some((answer, outcome, *at, passed_on)),
            AnswerState::Open | AnswerState::Closed { .. } => None,
        });
        match answered {
            Some((answer, outcome, at, passed_on)) => {
                hops.push(Hop {
                    authority: authority.clone(),
                    via,
                    since: answer.received_at,
                    due_at: answer.due_at,
                    state: HopState::Answered {
                        outcome: outcome.clone(),
                        at,
                    },
                    depth,
                });
                if let Some(passed) = passed_on {
                    let further = (passed.to.clone(), authority, passed.at, true, depth + 1);
                    waiting.push(further);
                }
            }
            None => hops.push(Hop {
                authority,
                via,
                since,
                due_at: due(since),
                state: match delivered {
                    true => HopState::Silent,
                    false => HopState::NotDelivered,
                },
                depth,
            }),
        }
    }
    hops
}

/// The median time of the answered hops, in tenths of a day.
pub fn median_days<'a>(hops: impl IntoIterator<Item = &'a Hop>) -> Option<i64> {
    let took = hops.into_iter().filter_map(Hop::took);
    median_tenths(took.map(|took| took.as_secs()).collect())
}

/// The median of seconds, in tenths of a day.
pub(crate) fn median_tenths(mut seconds: Vec<i64>) -> Option<i64> {
    seconds.sort_unstable();
    let middle = seconds.len().checked_div(2)?;
    let upper = *seconds.get(middle)?;
    let median = match seconds.len() % 2 {
        1 => upper,
        _ => (seconds.get(middle.checked_sub(1)?)? + upper) / 2,
    };
    Some((median + 4_320) / 8_640)
}
