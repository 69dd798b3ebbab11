//! What is surplus and to be destroyed: a plan, and how much of it is done. Every piece leaves by a
//! movement that two persons sign.
//!
//! ```text
//! Open ──all of it destroyed──► Done
//!   └──given up, with a reason──► Abandoned
//! ```

use std::collections::BTreeSet;

use egnatia_record::UserId;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::words::is_short;
use crate::{AccountId, GoodsId, Line, MovementId, Remark};

/// Lines of one plan.
const LINES_MAX: usize = 500;

/// The body of a record of kind `stock-disposal`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disposal {
    /// What it is called.
    pub name: String,
    /// Why it is surplus.
    pub reason: Remark,
    /// How it is destroyed, and where.
    pub method: String,
    /// By when.
    pub due_on: Date,
    /// What.
    pub lines: Vec<DisposalLine>,
    /// Who planned it.
    pub planned_by: UserId,
    /// When.
    pub planned_at: Timestamp,
    /// The movements by which it was carried out, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub movements: Vec<MovementId>,
    /// Where it stands.
    pub state: DisposalState,
}

/// Goods that are to be destroyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisposalLine {
    /// What.
    pub goods: GoodsId,
    /// From which place.
    pub from: AccountId,
    /// How many pieces.
    pub quantity: std::num::NonZeroU64,
}

/// Where a plan stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DisposalState {
    /// Something of it is still there.
    Open,
    /// All of it is destroyed.
    Done {
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

impl DisposalState {
    /// The state as records are filtered by it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done { .. } => "done",
            Self::Abandoned { .. } => "abandoned",
        }
    }
}

/// Why a plan is not kept, or not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DisposalRefused {
    /// No name.
    #[error("state what the plan is called, 1 to 100 characters")]
    Name,
    /// No method.
    #[error("state how and where it is destroyed, 1 to 200 characters")]
    Method,
    /// No lines, too many, or one twice.
    #[error("a plan has 1 to {LINES_MAX} lines, each thing in each place once")]
    Lines,
    /// It is over.
    #[error("the plan has ended")]
    Ended,
    /// Nothing is to be destroyed.
    #[error("state how many of at least one line are destroyed")]
    Nothing,
    /// More than is planned.
    #[error("line {0}: of that, {1} are left in the plan")]
    TooMany(usize, u64),
    /// Something waits for its signature.
    #[error("a destruction of the plan waits for its signature: sign it or give it up first")]
    Waits,
}

impl DisposalRefused {
    /// The field that is wrong, as forms and the API name it.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Method => "method",
            Self::Lines => "lines",
            Self::Ended | Self::Waits => "state",
            Self::Nothing | Self::TooMany(..) => "quantity",
        }
    }
}

/// How a movement of a plan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MovementStanding {
    /// It waits for its second signature.
    Waits,
    /// It is posted, and not taken back.
    Posted,
    /// It was given up, has lapsed, or was taken back.
    Void,
}

/// How far a line of a plan is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineProgress {
    /// How many are planned.
    pub planned: u64,
    /// How many are destroyed.
    pub done: u64,
    /// How many wait for the second signature.
    pub waiting: u64,
}

impl LineProgress {
    /// How many are neither destroyed nor wait.
    pub const fn left(&self) -> u64 {
        self.planned
            .saturating_sub(self.done)
            .saturating_sub(self.waiting)
    }
}

/// How far each line of a plan is, by the movements that carried it out.
pub fn progress<'a>(
    lines: &[DisposalLine],
    movements: impl IntoIterator<Item = (MovementStanding, &'a [Line])>,
) -> Vec<LineProgress> {
    let start = |line: &DisposalLine| LineProgress {
        planned: line.quantity.get(),
        ..LineProgress::default()
    };
    let mut all: Vec<LineProgress> = lines.iter().map(start).collect();
    for (standing, moved) in movements {
        for of in moved {
            let place = lines
                .iter()
                .position(|line| line.goods == of.goods && line.from == of.from);
            let Some(line) = place.and_then(|place| all.get_mut(place)) else {
                continue;
            };
            let sum = match standing {
                MovementStanding::Waits => &mut line.waiting,
                MovementStanding::Posted => &mut line.done,
                MovementStanding::Void => continue,
            };
            *sum = sum.saturating_add(of.quantity.get());
        }
    }
    all
}

impl Disposal {
    /// Checks a plan before it is kept.
    ///
    /// # Errors
    /// [`DisposalRefused`], by the first thing that is wrong.
    pub fn validate(&self) -> Result<(), DisposalRefused> {
        if !is_short(&self.name, 100) {
            return Err(DisposalRefused::Name);
        }
        if !is_short(&self.method, 200) {
            return Err(DisposalRefused::Method);
        }
        let mut seen = BTreeSet::new();
        let once = self
            .lines
            .iter()
            .all(|line| seen.insert((line.goods, line.from)));
        match once && (1..=LINES_MAX).contains(&self.lines.len()) {
            true => Ok(()),
            false => Err(DisposalRefused::Lines),
        }
    }

    /// The lines of the movement that destroys so many of each line, in the order of the plan; lines of
    /// which nothing is destroyed are left out.
    ///
    /// # Errors
    /// [`DisposalRefused::Ended`], [`DisposalRefused::Nothing`], [`DisposalRefused::TooMany`].
    pub fn destroy(
        &self,
        progress: &[LineProgress],
        quantities: &[u64],
    ) -> Result<Vec<Line>, DisposalRefused> {
        if self.state != DisposalState::Open {
            return Err(DisposalRefused::Ended);
        }
        let mut lines = Vec::new();
        for (number, ((line, progress), quantity)) in
            (1_usize..).zip(self.lines.iter().zip(progress).zip(quantities))
        {
            if *quantity > progress.left() {
                return Err(DisposalRefused::TooMany(number, progress.left()));
            }
            if let Some(quantity) = std::num::NonZeroU64::new(*quantity) {
                lines.push(Line {
                    kind: crate::MovementKind::Destruction,
                    goods: line.goods,
                    from: line.from,
                    to: AccountId::DESTROYED,
                    quantity,
                });
            }
        }
        match lines.is_empty() {
            true => Err(DisposalRefused::Nothing),
            false => Ok(lines),
        }
    }

    /// The plan after its movements changed: done where all of it is destroyed, open again where a
    /// destruction was taken back.
    pub fn settled(mut self, progress: &[LineProgress], at: Timestamp) -> Self {
        let done = progress.iter().all(|line| line.done >= line.planned);
        self.state = match (self.state, done) {
            (DisposalState::Open, true) => DisposalState::Done { at },
            (DisposalState::Done { .. }, false) => DisposalState::Open,
            (state, _) => state,
        };
        self
    }

    /// Gives the plan up; what was destroyed is.
    ///
    /// # Errors
    /// [`DisposalRefused::Ended`], [`DisposalRefused::Waits`].
    pub fn abandon(
        mut self,
        progress: &[LineProgress],
        reason: Remark,
        (by, at): (UserId, Timestamp),
    ) -> Result<Self, DisposalRefused> {
        if self.state != DisposalState::Open {
            return Err(DisposalRefused::Ended);
        }
        if progress.iter().any(|line| line.waiting > 0) {
            return Err(DisposalRefused::Waits);
        }
        self.state = DisposalState::Abandoned { reason, by, at };
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MovementKind;
    use proptest::prelude::*;

    const RACK: AccountId = AccountId::from_bytes([1; 16]);

    fn at() -> Timestamp {
        Timestamp::from_second(1_772_000_000).unwrap()
    }

    fn goods(number: u8) -> GoodsId {
        GoodsId::from_bytes([number; 16])
    }

    fn plan(quantities: &[u64]) -> Disposal {
        let lines = (1_u8..)
            .zip(quantities)
            .map(|(number, quantity)| DisposalLine {
                goods: goods(number),
                from: RACK,
                quantity: (*quantity).try_into().unwrap(),
            });
        Disposal {
            name: "surplus mines 2026".into(),
            reason: "convention of 1997".to_owned().try_into().unwrap(),
            method: "open detonation, range 3".into(),
            due_on: jiff::civil::date(2026, 12, 31),
            lines: lines.collect(),
            planned_by: "ines".parse().unwrap(),
            planned_at: at(),
            movements: Vec::new(),
            state: DisposalState::Open,
        }
    }

    #[test]
    fn no_more_than_is_planned_is_destroyed() {
        let plan = plan(&[10, 5]);
        let start = progress(&plan.lines, []);
        assert_eq!(plan.destroy(&start, &[0, 0]), Err(DisposalRefused::Nothing));
        let too_many = plan.destroy(&start, &[0, 6]);
        assert_eq!(too_many, Err(DisposalRefused::TooMany(2, 5)));
        let some = plan.destroy(&start, &[7, 0]).unwrap();
        assert_eq!((some.len(), some[0].quantity.get()), (1, 7));
        let waits = progress(&plan.lines, [(MovementStanding::Waits, some.as_slice())]);
        assert_eq!(
            plan.destroy(&waits, &[4, 0]),
            Err(DisposalRefused::TooMany(1, 3))
        );
        let given_up = plan.clone().abandon(
            &waits,
            "too dear".to_owned().try_into().unwrap(),
            ("ines".parse().unwrap(), at()),
        );
        assert_eq!(given_up, Err(DisposalRefused::Waits));
        let void = progress(&plan.lines, [(MovementStanding::Void, some.as_slice())]);
        assert_eq!(void, start);
    }

    #[test]
    fn it_is_done_when_all_is_destroyed_and_open_again_when_one_is_taken_back() {
        let plan = plan(&[10]);
        let all = plan.destroy(&progress(&plan.lines, []), &[10]).unwrap();
        let posted = progress(&plan.lines, [(MovementStanding::Posted, all.as_slice())]);
        let done = plan.clone().settled(&posted, at());
        assert_eq!(done.state, DisposalState::Done { at: at() });
        let back = progress(&plan.lines, [(MovementStanding::Void, all.as_slice())]);
        assert_eq!(done.settled(&back, at()).state, DisposalState::Open);
    }

    #[test]
    fn the_same_thing_in_the_same_place_stands_there_once() {
        let mut twice = plan(&[1, 2]);
        twice.lines[1].goods = goods(1);
        assert_eq!(twice.validate(), Err(DisposalRefused::Lines));
        assert_eq!(plan(&[]).validate(), Err(DisposalRefused::Lines));
        assert_eq!(plan(&[1]).validate(), Ok(()));
    }

    proptest! {
        /// Whatever is entered, done and waiting never pass what is planned.
        #[test]
        fn what_is_done_and_waits_is_never_more_than_is_planned(
            asked in proptest::collection::vec((0_u64..8, 0_u64..8, 0_u8..3), 1..40)
        ) {
            let plan = plan(&[9, 20]);
            let mut entered: Vec<(MovementStanding, Vec<Line>)> = Vec::new();
            for (first, second, standing) in asked {
                let now = progress(&plan.lines, entered.iter().map(|(s, l)| (*s, l.as_slice())));
                if let Ok(lines) = plan.destroy(&now, &[first, second]) {
                    prop_assert!(lines.iter().all(|line| line.kind == MovementKind::Destruction));
                    let all = [MovementStanding::Waits, MovementStanding::Posted, MovementStanding::Void];
                    entered.push((all[usize::from(standing)], lines));
                }
                let now = progress(&plan.lines, entered.iter().map(|(s, l)| (*s, l.as_slice())));
                for line in now {
                    prop_assert!(line.done + line.waiting <= line.planned);
                    prop_assert_eq!(line.done + line.waiting + line.left(), line.planned);
                }
            }
        }
    }
}
