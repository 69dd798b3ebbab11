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

use super::journal::{Mark, Undo, put_back};
use super::movement::{
    AccountKind, LATE_DAYS_MAX, Line, Movement, Resolution, Resolving, Signing, signing,
};
use super::refused::LedgerRefused;
use crate::{AccountId, GoodsId, MovementId};

/// What the books have to know of goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GoodsFacts {
    /// Whether there is one of it.
    pub is_serialised: bool,
    /// Whether it counts for the safety of a store.
    pub is_explosive: bool,
}

/// How much is in an account, and how much of it is promised to movements that wait.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Balance {
    /// Pieces. Below zero only outside.
    pub quantity: i64,
    /// Of these, promised.
    pub reserved: i64,
}

/// A movement that the books have taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// What it says.
    pub movement: Arc<Movement>,
    /// What its content hashes to: the same id with another hash is refused.
    pub digest: [u8; 32],
    /// Where it stands.
    pub stage: Stage,
    /// Whether another movement has taken it back.
    pub is_reversed: bool,
}

/// Where a movement stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// It waits for a signature until then.
    Waiting {
        /// Until when.
        due_at: Timestamp,
    },
    /// It is posted; where the receiver counted, with the count.
    Posted {
        /// What was counted, line by line.
        counted: Option<Vec<u64>>,
    },
    /// It was given up.
    Voided,
    /// Nobody signed in time.
    TimedOut,
}

/// A posting of before, as far as it matters for a movement that is entered late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Past {
    /// From when it counts.
    pub effective_at: Timestamp,
    /// By how much the balance went up or down.
    pub amount: i64,
}

/// One side of a posted line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// Of which line, from 0.
    pub line: u32,
    /// Which account.
    pub account: AccountId,
    /// Of what.
    pub goods: GoodsId,
    /// By how much the balance goes up or down.
    pub amount: i64,
    /// What is there afterwards, in the order of posting.
    pub balance: i64,
}

/// What the receiver did not find: the case that opens is about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Short {
    /// Where it still stands in the books: the sender.
    pub account: AccountId,
    /// What.
    pub goods: GoodsId,
    /// How many.
    pub missing: u64,
}

/// What a store must still be like, for a movement that was planned by its licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expectation {
    /// The store.
    pub store: AccountId,
    /// How often what is in it had changed.
    pub revision: u64,
}

/// What the books did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entered {
    /// The same movement was there already; nothing changed.
    Repeated,
    /// It waits.
    Waiting {
        /// For whom.
        signing: Signing,
        /// Until when.
        due_at: Timestamp,
    },
    /// It is posted.
    Posted {
        /// When: never before an earlier posting.
        at: Timestamp,
        /// From when it counts.
        effective_at: Timestamp,
        /// Both sides of every line.
        postings: Vec<Posting>,
        /// What the receiver did not find.
        short: Vec<Short>,
    },
    /// A movement that waited was voided or has timed out.
    Ended {
        /// When.
        at: Timestamp,
    },
}

/// A movement as it is entered.
#[derive(Debug, Clone, Copy)]
pub struct Entering<'a> {
    /// What is moved.
    pub movement: &'a Movement,
    /// What its content hashes to.
    pub digest: [u8; 32],
    /// When it is entered.
    pub recorded_at: Timestamp,
    /// Until when it waits for a signature, where it needs one.
    pub due_at: Timestamp,
    /// What stores must still be like.
    pub expects: &'a [Expectation],
}

/// The books, or the part of them that was told.
#[derive(Debug, Clone, Default)]
pub struct Books {
    accounts: BTreeMap<AccountId, AccountKind>,
    goods: BTreeMap<GoodsId, GoodsFacts>,
    balances: BTreeMap<(AccountId, GoodsId), Balance>,
    movements: BTreeMap<MovementId, Known>,
    past: BTreeMap<(AccountId, GoodsId), Vec<Past>>,
    revisions: BTreeMap<AccountId, u64>,
    last: Option<Timestamp>,
    closed_until: Option<Timestamp>,
    undo: Vec<Undo>,
}

/// Where and when a line is posted.
#[derive(Clone, Copy)]
struct When {
    at: Timestamp,
    effective_at: Timestamp,
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

    /// Tells an account.
    pub fn tell_account(&mut self, id: AccountId, kind: AccountKind) {
        self.accounts.insert(id, kind);
    }

    /// Tells goods.
    pub fn tell_goods(&mut self, id: GoodsId, facts: GoodsFacts) {
        self.goods.insert(id, facts);
    }

    /// Tells a balance.
    pub fn tell_balance(&mut self, of: (AccountId, GoodsId), balance: Balance) {
        self.balances.insert(of, balance);
    }

    /// Tells a movement.
    pub fn tell_movement(&mut self, known: Known) {
        self.movements.insert(known.movement.id, known);
    }

    /// Tells the postings of an account that were made since the effective date of a late movement.
    pub fn tell_past(&mut self, of: (AccountId, GoodsId), past: Vec<Past>) {
        self.past.insert(of, past);
    }

    /// Tells how often what is in a store has changed.
    pub fn tell_revision(&mut self, store: AccountId, revision: u64) {
        self.revisions.insert(store, revision);
    }

    /// What an account is.
    pub fn account(&self, id: AccountId) -> Option<AccountKind> {
        self.accounts.get(&id).copied()
    }

    /// What the books know of goods.
    pub fn goods(&self, id: GoodsId) -> Option<GoodsFacts> {
        self.goods.get(&id).copied()
    }

    /// What is in an account.
    pub fn balance(&self, of: (AccountId, GoodsId)) -> Balance {
        self.balances.get(&of).copied().unwrap_or_default()
    }

    /// Every balance that was told or changed.
    pub fn balances(&self) -> impl Iterator<Item = ((AccountId, GoodsId), Balance)> {
        self.balances.iter().map(|(of, balance)| (*of, *balance))
    }

    /// A movement.
    pub fn movement(&self, id: MovementId) -> Option<&Known> {
        self.movements.get(&id)
    }

    /// How often what is in a store has changed.
    pub fn revision(&self, store: AccountId) -> u64 {
        self.revisions.get(&store).copied().unwrap_or(0)
    }

    /// When the last posting was made.
    pub const fn last(&self) -> Option<Timestamp> {
        self.last
    }

    /// Up to when all periods are closed.
    pub const fn closed_until(&self) -> Option<Timestamp> {
        self.closed_until
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

    fn post(
        &mut self,
        movement: &Movement,
        counted: Option<&[u64]>,
        when: When,
    ) -> Result<Entered, LedgerRefused> {
        let mut postings = Vec::with_capacity(movement.lines.len() * 2);
        let mut short = Vec::new();
        for (number, line) in (0u32..).zip(&movement.lines) {
            let sent = line.quantity.get();
            let place = usize::try_from(number).unwrap_or(usize::MAX);
            let moved = counted.and_then(|counted| counted.get(place)).copied();
            let moved = moved.unwrap_or(sent);
            if moved < sent {
                short.push(Short {
                    account: line.from,
                    goods: line.goods,
                    missing: sent - moved,
                });
            }
            let amount = i64::try_from(moved);
            let amount = amount.map_err(|_| LedgerRefused::TooMuch { line: number })?;
            if amount > 0 {
                postings.push(self.shift(number, (line.from, line.goods), -amount, when)?);
                postings.push(self.shift(number, (line.to, line.goods), amount, when)?);
            }
        }
        if let Some(original) = movement.reverses
            && let Some(known) = self.movements.get(&original).cloned()
        {
            let reversed = Known {
                is_reversed: true,
                ..known
            };
            self.set_movement(original, reversed);
        }
        self.undo.push(Undo::Last(self.last));
        self.last = Some(when.at);
        Ok(Entered::Posted {
            at: when.at,
            effective_at: when.effective_at,
            postings,
            short,
        })
    }

    /// Whether there is a least that may be in an account.
    pub fn has_floor(&self, of: (AccountId, GoodsId)) -> bool {
        self.floor(of).is_some()
    }

    /// The least that may be in an account; nothing where there is no least.
    fn floor(&self, (account, goods): (AccountId, GoodsId)) -> Option<i64> {
        let is_serialised = self.goods(goods).is_some_and(|facts| facts.is_serialised);
        match self.account(account) {
            // INVARIANT: what comes in from outside leaves a debt there, so that the sum over all
            // accounts is zero. Of one weapon the debt is at most one.
            Some(AccountKind::Outside) => is_serialised.then_some(-1),
            _ => Some(0),
        }
    }

    /// INVARIANT: nothing is below its floor, now or at any moment that has passed; of one weapon
    /// no account holds more than one.
    fn shift(
        &mut self,
        line: u32,
        of: (AccountId, GoodsId),
        amount: i64,
        when: When,
    ) -> Result<Posting, LedgerRefused> {
        let (account, goods) = of;
        let before = self.balance(of);
        let quantity = before.quantity.checked_add(amount);
        let quantity = quantity.ok_or(LedgerRefused::TooMuch { line })?;
        let facts = self
            .goods(goods)
            .ok_or(LedgerRefused::UnknownGoods(goods))?;
        let kind = self
            .account(account)
            .ok_or(LedgerRefused::UnknownAccount(account))?;
        if amount < 0 {
            self.has_free(line, of, amount.unsigned_abs())?;
        } else if facts.is_serialised && kind != AccountKind::Outside && quantity > 1 {
            return Err(LedgerRefused::DoubleCustody { line });
        }
        if when.effective_at < when.at && amount < 0 && !self.was_there(of, amount, when) {
            return Err(LedgerRefused::NotThere { line });
        }
        if when.effective_at < when.at || self.past.contains_key(&of) {
            self.past.entry(of).or_default().push(Past {
                effective_at: when.effective_at,
                amount,
            });
            self.undo.push(Undo::Past(of));
        }
        self.set_balance(of, Balance { quantity, ..before });
        if let Some(store) = kind.store().filter(|_| facts.is_explosive) {
            let revision = self.revisions.get(&store).copied();
            self.undo.push(Undo::Revision(store, revision));
            self.revisions
                .insert(store, revision.unwrap_or(0).saturating_add(1));
        }
        Ok(Posting {
            line,
            account,
            goods,
            amount,
            balance: quantity,
        })
    }

    /// Whether so many are there and not promised to another movement.
    fn has_free(
        &self,
        line: u32,
        of: (AccountId, GoodsId),
        wanted: u64,
    ) -> Result<(), LedgerRefused> {
        let Some(floor) = self.floor(of) else {
            return Ok(());
        };
        let balance = self.balance(of);
        let available = balance.quantity - balance.reserved - floor;
        if i64::try_from(wanted).is_ok_and(|wanted| wanted <= available) {
            return Ok(());
        }
        Err(match self.account(of.0) {
            Some(AccountKind::Outside) => LedgerRefused::DoubleCustody { line },
            _ => LedgerRefused::TooLittle {
                line,
                available,
                wanted,
            },
        })
    }

    /// Whether taking away `amount` from its effective date on leaves nothing below the floor.
    fn was_there(&self, of: (AccountId, GoodsId), amount: i64, when: When) -> bool {
        let Some(floor) = self.floor(of) else {
            return true;
        };
        let mut later: BTreeMap<Timestamp, i64> = BTreeMap::new();
        for past in self.past.get(&of).into_iter().flatten() {
            if past.effective_at > when.effective_at {
                *later.entry(past.effective_at).or_default() += past.amount;
            }
        }
        let mut running = self.balance(of).quantity - later.values().sum::<i64>() + amount;
        running >= floor
            && later.values().all(|change| {
                running += change;
                running >= floor
            })
    }

    fn reserve(&mut self, number: u32, line: &Line) -> Result<(), LedgerRefused> {
        let of = (line.from, line.goods);
        let wanted = line.quantity.get();
        self.has_free(number, of, wanted)?;
        let before = self.balance(of);
        let too_much = LedgerRefused::TooMuch { line: number };
        let wanted = i64::try_from(wanted).map_err(|_| too_much.clone())?;
        let reserved = before.reserved.checked_add(wanted).ok_or(too_much)?;
        self.set_balance(of, Balance { reserved, ..before });
        Ok(())
    }

    fn release(&mut self, line: &Line) {
        let of = (line.from, line.goods);
        let before = self.balance(of);
        // It was reserved with the same quantity.
        let promised = i64::try_from(line.quantity.get()).unwrap_or(0);
        let reserved = before.reserved - promised;
        self.set_balance(of, Balance { reserved, ..before });
    }

    fn set_balance(&mut self, of: (AccountId, GoodsId), balance: Balance) {
        let before = self.balances.insert(of, balance);
        self.undo.push(Undo::Balance(of, before));
    }

    fn set_movement(&mut self, id: MovementId, known: Known) {
        let before = self.movements.insert(id, known);
        self.undo.push(Undo::Movement(id, before));
    }
}
