//! The books: what is where, what waits, and what a movement does to it.
//!
//! ```text
//! enter ──one signature──► Posted
//!   └──two, or the receiver──► Waiting ──post──► Posted ──reversal──► Posted, taken back
//!                                 ├──void, with a reason──► Voided
//!                                 └──time over──► TimedOut
//! ```
//!
//! The books hold as much as they are told: everything, in memory; or what some movements name,
//! read from a database under its lock. What they are asked about must have been told before.

use std::collections::BTreeMap;
use std::sync::Arc;

use egnatia_record::UserId;
use jiff::{SignedDuration, Timestamp};

use super::facts::{Balance, Entered, Entering, Expectation, GoodsFacts, Known, Past, Stage};
use super::journal::{Mark, Undo, put_back};
use super::movement::{
    AccountKind, LATE_DAYS_MAX, Line, Movement, Resolution, Resolving, Signing, signing,
};
use super::refused::LedgerRefused;
use crate::{AccountId, GoodsId, MovementId};

/// The books, or the part of them that was told.
#[derive(Debug, Clone, Default)]
pub struct Books {
    pub(super) accounts: BTreeMap<AccountId, AccountKind>,
    pub(super) goods: BTreeMap<GoodsId, GoodsFacts>,
    pub(super) balances: BTreeMap<(AccountId, GoodsId), Balance>,
    pub(super) movements: BTreeMap<MovementId, Known>,
    pub(super) past: BTreeMap<(AccountId, GoodsId), Vec<Past>>,
    pub(super) revisions: BTreeMap<AccountId, u64>,
    pub(super) last: Option<Timestamp>,
    pub(super) closed_until: Option<Timestamp>,
    pub(super) undo: Vec<Undo>,
}

/// Where and when a line is posted.
#[derive(Clone, Copy)]
pub(super) struct When {
    pub at: Timestamp,
    pub effective_at: Timestamp,
}

impl Books {
    /// Books whose last posting was then, with all periods up to `closed_until` closed.
    pub fn new(last: Option<Timestamp>, closed_until: Option<Timestamp>) -> Self {
        Self {
            last,
            closed_until,
            ..Self::default()
        }
    }

    /// The present moment of the books.
    pub const fn mark(&self) -> Mark {
        Mark(self.undo.len())
    }

    /// Takes the books back to a moment.
    pub fn rewind(&mut self, to: Mark) {
        while self.undo.len() > to.0 {
            match self.undo.pop() {
                Some(Undo::Balance(key, value)) => put_back(&mut self.balances, key, value),
                Some(Undo::Movement(key, value)) => put_back(&mut self.movements, key, value),
                Some(Undo::Revision(key, value)) => put_back(&mut self.revisions, key, value),
                Some(Undo::Account(key)) => drop(self.accounts.remove(&key)),
                Some(Undo::Goods(key)) => drop(self.goods.remove(&key)),
                Some(Undo::Past(key)) => drop(self.past.get_mut(&key).and_then(Vec::pop)),
                Some(Undo::Last(value)) => self.last = value,
                Some(Undo::Closed(value)) => self.closed_until = value,
                None => return,
            }
        }
    }

    /// Forgets how to go back: what was done up to here stays.
    pub fn keep(&mut self) {
        self.undo.clear();
    }

    /// Opens an account.
    ///
    /// # Errors
    /// [`LedgerRefused::AccountExists`]; [`LedgerRefused::UnknownAccount`] where the store of a
    /// place is not there.
    pub fn open_account(&mut self, id: AccountId, kind: AccountKind) -> Result<(), LedgerRefused> {
        if self.accounts.contains_key(&id) {
            return Err(LedgerRefused::AccountExists(id));
        }
        if let Some(store) = kind.store()
            && store != id
            && self.account(store) != Some(AccountKind::Place { store })
        {
            return Err(LedgerRefused::UnknownAccount(store));
        }
        self.accounts.insert(id, kind);
        self.undo.push(Undo::Account(id));
        Ok(())
    }

    /// Registers goods.
    ///
    /// # Errors
    /// [`LedgerRefused::GoodsExist`].
    pub fn register(&mut self, id: GoodsId, facts: GoodsFacts) -> Result<(), LedgerRefused> {
        if self.goods.contains_key(&id) {
            return Err(LedgerRefused::GoodsExist(id));
        }
        self.goods.insert(id, facts);
        self.undo.push(Undo::Goods(id));
        Ok(())
    }

    /// Closes all periods up to and including `until`: nothing counts from then or before any more.
    ///
    /// # Errors
    /// [`LedgerRefused::Closing`].
    pub fn close(&mut self, until: Timestamp, at: Timestamp) -> Result<(), LedgerRefused> {
        let follows = self.closed_until.is_none_or(|closed| until > closed);
        if !follows || until > at {
            return Err(LedgerRefused::Closing);
        }
        self.undo.push(Undo::Closed(self.closed_until));
        self.closed_until = Some(until);
        Ok(())
    }

    /// Takes a movement: posts it, or lets it wait for a signature. A movement that is there
    /// already changes nothing.
    ///
    /// # Errors
    /// [`LedgerRefused`]; the books are then as they were.
    pub fn enter(&mut self, entering: Entering<'_>) -> Result<Entered, LedgerRefused> {
        let mark = self.mark();
        let entered = self.try_enter(entering);
        if entered.is_err() {
            self.rewind(mark);
        }
        entered
    }

    fn try_enter(&mut self, entering: Entering<'_>) -> Result<Entered, LedgerRefused> {
        let movement = entering.movement;
        if let Some(known) = self.movements.get(&movement.id) {
            return match known.digest == entering.digest {
                true => Ok(Entered::Repeated),
                false => Err(LedgerRefused::OtherContent(movement.id)),
            };
        }
        self.meets(entering.expects)?;
        let when = self.when(movement, entering.recorded_at)?;
        let signing = self.signing_of(movement)?;
        let waits = signing != Signing::One;
        if let Some(original) = movement.reverses {
            self.may_reverse(original, movement)?;
        }
        let known = Known {
            movement: Arc::new(movement.clone()),
            digest: entering.digest,
            stage: match waits {
                true => Stage::Waiting {
                    due_at: entering.due_at,
                },
                false => Stage::Posted { counted: None },
            },
            is_reversed: false,
        };
        self.set_movement(movement.id, known);
        if waits {
            for (number, line) in (0u32..).zip(&movement.lines) {
                self.reserve(number, line)?;
            }
            return Ok(Entered::Waiting {
                signing,
                due_at: entering.due_at,
            });
        }
        self.post(movement, None, when)
    }

    /// Posts, voids or times out a movement that waits.
    ///
    /// # Errors
    /// [`LedgerRefused`]; the books are then as they were.
    pub fn resolve(
        &mut self,
        resolving: &Resolving,
        at: Timestamp,
        expects: &[Expectation],
    ) -> Result<Entered, LedgerRefused> {
        let mark = self.mark();
        let resolved = self.try_resolve(resolving, at, expects);
        if resolved.is_err() {
            self.rewind(mark);
        }
        resolved
    }

    fn try_resolve(
        &mut self,
        resolving: &Resolving,
        at: Timestamp,
        expects: &[Expectation],
    ) -> Result<Entered, LedgerRefused> {
        let id = resolving.movement;
        let known = self.movements.get(&id).cloned();
        let known = known.ok_or(LedgerRefused::UnknownMovement(id))?;
        let due_at = match known.stage {
            Stage::Waiting { due_at } => due_at,
            Stage::Posted { .. } => return Err(LedgerRefused::Settled("posted")),
            Stage::Voided => return Err(LedgerRefused::Settled("voided")),
            Stage::TimedOut => return Err(LedgerRefused::Settled("timed out")),
        };
        let movement = Arc::clone(&known.movement);
        for line in &movement.lines {
            self.release(line);
        }
        let stage = match &resolving.what {
            Resolution::Void { .. } => Stage::Voided,
            Resolution::TimeOut if at < due_at => return Err(LedgerRefused::StillWaits),
            Resolution::TimeOut => Stage::TimedOut,
            Resolution::Post { counted } => {
                self.may_post(&movement, &resolving.by, counted.as_deref())?;
                if at >= due_at {
                    return Err(LedgerRefused::TimedOut);
                }
                self.meets(expects)?;
                if let Some(original) = movement.reverses {
                    self.may_reverse(original, &movement)?;
                }
                Stage::Posted {
                    counted: counted.clone(),
                }
            }
        };
        self.set_movement(id, Known { stage, ..known });
        match &resolving.what {
            Resolution::Post { counted } => {
                let when = self.when(&movement, at)?;
                self.post(&movement, counted.as_deref(), when)
            }
            Resolution::Void { .. } | Resolution::TimeOut => Ok(Entered::Ended {
                at: self.no_earlier(at),
            }),
        }
    }

    /// Whether this person may post it, with this count.
    fn may_post(
        &self,
        movement: &Movement,
        by: &UserId,
        counted: Option<&[u64]>,
    ) -> Result<(), LedgerRefused> {
        if *by == movement.by {
            return Err(LedgerRefused::SamePerson);
        }
        let by_receiver = self.signing_of(movement)? == Signing::Receiver;
        let fits = match counted {
            None => !by_receiver,
            Some(counted) => {
                by_receiver
                    && counted.len() == movement.lines.len()
                    && counted
                        .iter()
                        .zip(&movement.lines)
                        .all(|(counted, line)| *counted <= line.quantity.get())
            }
        };
        fits.then_some(()).ok_or(LedgerRefused::Count)
    }

    fn meets(&self, expects: &[Expectation]) -> Result<(), LedgerRefused> {
        let changed = expects
            .iter()
            .find(|expected| self.revision(expected.store) != expected.revision);
        match changed {
            Some(expected) => Err(LedgerRefused::StoreChanged(expected.store)),
            None => Ok(()),
        }
    }

    /// Whether an account holds just so many of goods, for what was decided by it elsewhere.
    ///
    /// # Errors
    /// [`LedgerRefused::GoodsMoved`].
    pub fn holds(
        &self,
        (account, goods): (AccountId, GoodsId),
        quantity: i64,
    ) -> Result<(), LedgerRefused> {
        let held = self.balances.get(&(account, goods));
        let held = held.map_or(0, |balance| balance.quantity);
        (held == quantity)
            .then_some(())
            .ok_or(LedgerRefused::GoodsMoved(goods))
    }

    fn no_earlier(&self, at: Timestamp) -> Timestamp {
        self.last.map_or(at, |last| at.max(last))
    }

    fn when(&self, movement: &Movement, recorded_at: Timestamp) -> Result<When, LedgerRefused> {
        // Postings are in the order of their time, whatever the clocks say.
        let at = self.no_earlier(recorded_at);
        let effective_at = movement.effective_at.unwrap_or(at);
        if effective_at > at {
            return Err(LedgerRefused::Future);
        }
        if at.duration_since(effective_at) > SignedDuration::from_hours(24 * LATE_DAYS_MAX) {
            return Err(LedgerRefused::TooLate);
        }
        if self
            .closed_until
            .is_some_and(|closed| effective_at <= closed)
        {
            return Err(LedgerRefused::Closed);
        }
        Ok(When { at, effective_at })
    }

    /// Who has to sign a movement: the strictest of its lines decides.
    fn signing_of(&self, movement: &Movement) -> Result<Signing, LedgerRefused> {
        let mut strictest = Signing::One;
        for (number, line) in (0u32..).zip(&movement.lines) {
            let kind_of = |id| self.account(id).ok_or(LedgerRefused::UnknownAccount(id));
            if self.goods(line.goods).is_none() {
                return Err(LedgerRefused::UnknownGoods(line.goods));
            }
            let signing = signing(line.kind, kind_of(line.from)?, kind_of(line.to)?);
            let sides = LedgerRefused::Sides { line: number };
            strictest = strictest.max(signing.ok_or(sides)?);
        }
        Ok(strictest)
    }

    /// Whether a movement takes back exactly what another one did.
    fn may_reverse(&self, original: MovementId, by: &Movement) -> Result<(), LedgerRefused> {
        let known = self.movements.get(&original);
        let known = known.ok_or(LedgerRefused::UnknownMovement(original))?;
        let Stage::Posted { counted } = &known.stage else {
            return Err(LedgerRefused::NotReversible);
        };
        let posted = known.movement.posted_lines(counted.as_deref());
        let is_back = |(a, b): (&Line, &Line)| {
            (a.goods, a.from, a.to, a.quantity) == (b.goods, b.to, b.from, b.quantity)
        };
        let whole =
            posted.len() == by.lines.len() && posted.iter().rev().zip(&by.lines).all(is_back);
        let is_reversal = known.movement.reverses.is_some();
        match whole && !known.is_reversed && !is_reversal {
            true => Ok(()),
            false => Err(LedgerRefused::NotReversible),
        }
    }
}
