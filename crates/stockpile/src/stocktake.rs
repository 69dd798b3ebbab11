//! A count: blind, compared with what the books said when it began, with movements in between
//! taken into account. Snapshot, scans and differences are stored apart and never changed.
//!
//! ```text
//! Counting ──finish──► Finished: differences open cases
//!     └──abandon, with a reason──► Abandoned
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use egnatia_record::{RecordId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::case::Difference;
use crate::goods::{UnknownGoodsTerm, terms};
use crate::{AccountId, GoodsId, Remark};

terms! {
    /// Why something is counted.
    Occasion, "an occasion: interval, risk, command, hand-over", {
        /// Its interval is over.
        Interval = "interval",
        /// Somebody sees a risk.
        Risk = "risk",
        /// The command changes.
        Command = "command",
        /// A store is handed over.
        HandOver = "hand-over",
    }
}

/// The body of a record of kind `stocktake`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stocktake {
    /// The site.
    pub site: RecordId,
    /// What is counted.
    pub places: BTreeSet<AccountId>,
    /// Why.
    pub occasion: Occasion,
    /// The moment of the books with which it is compared.
    pub started_at: Timestamp,
    /// By whom it was begun.
    pub started_by: UserId,
    /// Who has scanned: they count blind.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub counters: BTreeSet<UserId>,
    /// How many scans were taken.
    #[serde(default)]
    pub scans: u64,
    /// Where it stands.
    pub state: StocktakeState,
}

/// Where a stocktake stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StocktakeState {
    /// Scans are taken.
    Counting,
    /// It was compared with the books; nothing changes any more.
    Finished {
        /// Who said that all was counted.
        by: UserId,
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

impl StocktakeState {
    /// The state as records are filtered by it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Counting => "counting",
            Self::Finished { .. } => "finished",
            Self::Abandoned { .. } => "abandoned",
        }
    }
}

/// A stocktake that has ended takes nothing more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stocktake has ended: begin another one")]
pub struct StocktakeEnded;

impl Stocktake {
    /// Whether scans are taken.
    pub fn is_counting(&self) -> bool {
        self.state == StocktakeState::Counting
    }

    /// Whether this person counts here, and so must not see how many there should be.
    pub fn is_blind_for(&self, person: &UserId) -> bool {
        self.is_counting() && (self.started_by == *person || self.counters.contains(person))
    }

    /// Takes so many scans of a person.
    ///
    /// # Errors
    /// [`StocktakeEnded`].
    pub fn scanned(mut self, by: UserId, scans: u64) -> Result<Self, StocktakeEnded> {
        if !self.is_counting() {
            return Err(StocktakeEnded);
        }
        self.counters.insert(by);
        self.scans = self.scans.saturating_add(scans);
        Ok(self)
    }

    /// Ends the count.
    ///
    /// # Errors
    /// [`StocktakeEnded`].
    pub fn finish(mut self, by: UserId, at: Timestamp) -> Result<Self, StocktakeEnded> {
        if !self.is_counting() {
            return Err(StocktakeEnded);
        }
        self.state = StocktakeState::Finished { by, at };
        Ok(self)
    }

    /// Gives the count up.
    ///
    /// # Errors
    /// [`StocktakeEnded`].
    pub fn abandon(
        mut self,
        reason: Remark,
        by: UserId,
        at: Timestamp,
    ) -> Result<Self, StocktakeEnded> {
        if !self.is_counting() {
            return Err(StocktakeEnded);
        }
        self.state = StocktakeState::Abandoned { reason, by, at };
        Ok(self)
    }
}

/// What the books said of one place when a count began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnapshotLine {
    /// Where.
    pub place: AccountId,
    /// Of what.
    pub goods: GoodsId,
    /// How many.
    pub quantity: u64,
}

/// One scan, or one line that was typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scan {
    /// Chosen by the device: the same scan once more is the same scan.
    pub id: RecordId,
    /// Where.
    pub place: AccountId,
    /// What was read, as it was read.
    pub code: String,
    /// What it is; nothing where nobody knows the code. Such a scan is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goods: Option<GoodsId>,
    /// How many.
    pub quantity: u64,
    /// Who scanned.
    pub by: UserId,
    /// When, by the clock of the device.
    pub at: Timestamp,
}

/// A balance that changed while it was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// Where.
    pub place: AccountId,
    /// Of what.
    pub goods: GoodsId,
    /// By how much.
    pub amount: i64,
    /// When it was posted.
    pub at: Timestamp,
}

/// What a count is compared with.
#[derive(Debug, Clone, Copy)]
pub struct Compared<'a> {
    /// What is counted.
    pub places: &'a BTreeSet<AccountId>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// What the books said when it began.
    pub snapshot: &'a [SnapshotLine],
    /// What was posted since, in these places.
    pub moved: &'a [Moved],
    /// Where each single weapon stands in the books, in whichever place.
    pub booked: &'a BTreeMap<GoodsId, AccountId>,
}

impl Compared<'_> {
    fn moment(&self, scan: &Scan) -> Timestamp {
        within(scan.at, self.started_at, self.finished_at)
    }
}

/// When something was scanned in a count, as far as that can be: not after `until`, and not before it
/// began, whatever the clocks say.
pub fn within(at: Timestamp, started_at: Timestamp, until: Timestamp) -> Timestamp {
    at.min(until).max(started_at)
}

/// What a scan turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScanOutcome {
    /// It counts.
    Counted,
    /// The same was scanned before, or a later line replaces it: it does not count.
    Repeated,
    /// It stands elsewhere in the books.
    WrongPlace {
        /// Where.
        booked: AccountId,
    },
    /// Nobody knows the code.
    Unknown,
}

/// A line that differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountedLine {
    /// Where.
    pub place: AccountId,
    /// Of what.
    pub goods: GoodsId,
    /// How many there were when the count began.
    pub at_start: i64,
    /// How many there had to be when it was counted, after what was moved in between.
    pub expected: i64,
    /// How many were counted.
    pub counted: u64,
    /// By how much it differs.
    pub difference: Difference,
}

/// A weapon that lies elsewhere than the books say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Misplaced {
    /// What.
    pub goods: GoodsId,
    /// Where it was found.
    pub found: AccountId,
    /// Where it stands in the books.
    pub booked: AccountId,
}

/// The body of a record of kind `stock-difference`: what a count led to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TakeResult {
    /// How many lines agreed.
    pub agreed: u64,
    /// The lines that differ.
    pub lines: Vec<CountedLine>,
    /// What lies in a wrong place.
    pub misplaced: Vec<Misplaced>,
    /// Scans that nobody knows, as they were read.
    pub unknown: Vec<Scan>,
    /// How many scans did not count.
    pub repeated: u64,
}

/// The balance of one place and thing over the time of a count.
#[derive(Debug, Default, Clone)]
struct Course {
    at_start: i64,
    /// When, and by how much; in this order.
    changes: Vec<(Timestamp, i64)>,
}

impl Course {
    fn at(&self, at: Timestamp) -> i64 {
        let until = self.changes.iter().take_while(|(when, _)| *when <= at);
        self.at_start + until.map(|(_, amount)| amount).sum::<i64>()
    }

    /// The least that was there at any moment: so many must have been seen.
    fn least(&self) -> i64 {
        let mut balance = self.at_start;
        let later = self.changes.iter().map(|(_, amount)| {
            balance += amount;
            balance
        });
        later.fold(self.at_start, i64::min).max(0)
    }
}

/// What each scan turned out to be, in the order of the scans.
pub fn outcomes(compared: &Compared<'_>, scans: &[Scan]) -> Vec<ScanOutcome> {
    let mut seen_ids = BTreeSet::new();
    // Of several lines on the same thing in the same place the last one counts: the one that was
    // scanned last, whichever device found a line first.
    let mut last: BTreeMap<(AccountId, GoodsId), usize> = BTreeMap::new();
    let mut outcomes = Vec::with_capacity(scans.len());
    for (number, scan) in scans.iter().enumerate() {
        let outcome = match scan.goods {
            _ if !seen_ids.insert(scan.id) => ScanOutcome::Repeated,
            None => ScanOutcome::Unknown,
            Some(goods) => {
                let of = (scan.place, goods);
                match compared.booked.get(&goods) {
                    // There is one of it: a further scan says nothing new.
                    Some(_) if last.contains_key(&of) => ScanOutcome::Repeated,
                    Some(booked) if *booked != scan.place => {
                        last.insert(of, number);
                        ScanOutcome::WrongPlace { booked: *booked }
                    }
                    _ => match last.get(&of).and_then(|before| scans.get(*before)) {
                        Some(before) if compared.moment(before) > compared.moment(scan) => {
                            ScanOutcome::Repeated
                        }
                        _ => {
                            if let Some(before) = last.insert(of, number)
                                && let Some(replaced) = outcomes.get_mut(before)
                            {
                                *replaced = ScanOutcome::Repeated;
                            }
                            ScanOutcome::Counted
                        }
                    },
                }
            }
        };
        outcomes.push(outcome);
    }
    outcomes
}

/// Compares a count with the balance when it began. A movement that was posted in between, before
/// or after the thing was scanned, does no harm.
pub fn compare(compared: &Compared<'_>, scans: &[Scan]) -> TakeResult {
    let mut courses: BTreeMap<(AccountId, GoodsId), Course> = BTreeMap::new();
    for line in compared.snapshot {
        let course = courses.entry((line.place, line.goods)).or_default();
        course.at_start += i64::try_from(line.quantity).unwrap_or(i64::MAX);
    }
    for moved in compared.moved {
        let course = courses.entry((moved.place, moved.goods)).or_default();
        course.changes.push((moved.at, moved.amount));
    }
    for course in courses.values_mut() {
        course.changes.sort_unstable();
    }
    let mut result = TakeResult::default();
    let mut counted: BTreeMap<(AccountId, GoodsId), (u64, Timestamp)> = BTreeMap::new();
    let mut found_elsewhere = BTreeSet::new();
    for (scan, outcome) in scans.iter().zip(outcomes(compared, scans)) {
        match (outcome, scan.goods) {
            (ScanOutcome::Counted, Some(goods)) => {
                let at = compared.moment(scan);
                let is_single = compared.booked.contains_key(&goods);
                let quantity = if is_single { 1 } else { scan.quantity };
                counted.insert((scan.place, goods), (quantity, at));
            }
            (ScanOutcome::WrongPlace { booked }, Some(goods)) => {
                let at = compared.moment(scan);
                let was_here = courses.get(&(scan.place, goods));
                if was_here.is_some_and(|course| course.at(at) > 0) {
                    // It was moved away after it was scanned.
                    counted.insert((scan.place, goods), (1, at));
                } else {
                    found_elsewhere.insert((booked, goods));
                    result.misplaced.push(Misplaced {
                        goods,
                        found: scan.place,
                        booked,
                    });
                }
            }
            (ScanOutcome::Repeated, _) => result.repeated += 1,
            (ScanOutcome::Unknown, _) | (_, None) => result.unknown.push(scan.clone()),
        }
    }
    let pairs: BTreeSet<_> = courses.keys().chain(counted.keys()).copied().collect();
    for of in pairs {
        if !compared.places.contains(&of.0) {
            continue;
        }
        let course = courses.get(&of).cloned().unwrap_or_default();
        let (seen, expected) = match counted.get(&of) {
            Some((quantity, at)) => (*quantity, course.at(*at)),
            None if found_elsewhere.contains(&of) => continue,
            None => (0, course.least()),
        };
        let difference = i128::from(seen) - i128::from(expected);
        let by = u64::try_from(difference.unsigned_abs()).unwrap_or(u64::MAX);
        let difference = match difference {
            0 => {
                result.agreed += 1;
                continue;
            }
            ..0 => Difference::Missing(by),
            _ => Difference::Surplus(by),
        };
        result.lines.push(CountedLine {
            place: of.0,
            goods: of.1,
            at_start: course.at_start,
            expected,
            counted: seen,
            difference,
        });
    }
    result
}
